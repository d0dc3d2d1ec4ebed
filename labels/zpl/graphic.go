package zpl

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxGraphic bounds what a graphic may claim to hold, in bytes: a label of 200 x
// 300 mm at 600 dpi has about 4.2 million.
const maxGraphic = 8 << 20

// ErrGraphic is returned when a graphic payload is malformed.
var ErrGraphic = errors.New("zpl: malformed graphic")

// EncodeASCII appends rows in the ^GFA run-length form: G-Y are 1-19 repeats of the
// next hex digit, g-z 20-400; a comma ends a row in zeros, a colon repeats the row
// before. The exclamation mark (ends a row in ones) is not used: printers that only
// emulate ZPL read it in different ways.
func EncodeASCII(dst, bits []byte, stride int) []byte {
	for at := 0; at+stride <= len(bits); at += stride {
		row := bits[at : at+stride]
		if at > 0 && bytes.Equal(row, bits[at-stride:at]) {
			dst = append(dst, ':')
			continue
		}
		dst = encodeRow(dst, row)
	}
	return dst
}

// encodeRow writes the hex digits of a row in runs.
func encodeRow(dst, row []byte) []byte {
	used := len(row)
	for used > 0 && row[used-1] == 0 {
		used--
	}
	run, last := 0, byte(0xFF)
	for _, b := range row[:used] {
		high, low := b>>4, b&15
		if high == last {
			run++
		} else {
			dst = appendRun(dst, run, last)
			run, last = 1, high
		}
		if low == last {
			run++
		} else {
			dst = appendRun(dst, run, last)
			run, last = 1, low
		}
	}
	if last != 0 { // else the low half of the last byte, zero like the rest of the row
		dst = appendRun(dst, run, last)
	}
	if used < len(row) || last == 0 {
		dst = append(dst, ',')
	}
	return dst
}

func nibble(row []byte, i int) byte {
	if i%2 == 0 {
		return row[i/2] >> 4
	}
	return row[i/2] & 15
}

// appendRun writes a digit n times; not at all for 0.
func appendRun(dst []byte, n int, digit byte) []byte {
	const hex = "0123456789ABCDEF"
	switch n {
	case 0:
		return dst
	case 1:
		return append(dst, hex[digit&15])
	case 2:
		return append(dst, hex[digit&15], hex[digit&15])
	}
	digit = hex[digit&15]
	for n > 419 {
		dst = append(dst, 'z', 'Y', digit)
		n -= 419
	}
	if n >= 20 {
		dst = append(dst, 'g'+byte(n/20-1))
		n %= 20
	}
	if n > 0 {
		dst = append(dst, 'G'+byte(n-1))
	}
	return append(dst, digit)
}

// CRC16 is CRC-16/XMODEM (polynomial 0x1021, start 0), which Z64 and B64 payloads
// carry over their base64 text.
func CRC16(s string) uint16 { return crc16([]byte(s)) }

// DecodeGraphic reads a payload of ^GFA or ~DG in any of its forms (hex with run
// lengths, :Z64:, :B64:) into total bytes of stride bytes a row.
//
// Errors: [ErrGraphic] for bad digits, a wrong CRC or more data than total. Missing
// data is left white, as a printer does.
func DecodeGraphic(payload string, total, stride int) ([]byte, error) {
	if total < 1 || total > maxGraphic || stride < 1 || stride > total {
		return nil, fmt.Errorf("%w: %d bytes, %d a row", ErrGraphic, total, stride)
	}
	if strings.HasPrefix(payload, ":") && len(payload) > 5 && payload[4] == ':' {
		return decodeBase64(payload, total)
	}
	return decodeASCII(payload, total, stride)
}

func decodeBase64(payload string, total int) ([]byte, error) {
	text, crc, ok := strings.Cut(payload[5:], ":")
	want, err := strconv.ParseUint(strings.TrimSpace(crc), 16, 16)
	text = strings.NewReplacer("\r", "", "\n", "", " ", "").Replace(text)
	if !ok || err != nil || uint16(want) != CRC16(text) {
		return nil, fmt.Errorf("%w: CRC", ErrGraphic)
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGraphic, err)
	}
	switch payload[1:4] {
	case "B64":
	case "Z64":
		z, err := zlib.NewReader(bytes.NewReader(raw))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrGraphic, err)
		}
		defer z.Close() //nolint:errcheck // nothing was written
		if raw, err = io.ReadAll(io.LimitReader(z, int64(total)+1)); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrGraphic, err)
		}
	default:
		return nil, fmt.Errorf("%w: form %q", ErrGraphic, payload[1:4])
	}
	if len(raw) > total {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrGraphic, total)
	}
	return append(raw, make([]byte, total-len(raw))...), nil
}

// asciiDecoder writes nibbles row by row.
type asciiDecoder struct {
	out    []byte
	stride int
	at     int // nibbles written
}

func decodeASCII(payload string, total, stride int) ([]byte, error) {
	d := asciiDecoder{out: make([]byte, total), stride: stride}
	repeat := 0
	for i := range len(payload) {
		c := payload[i]
		switch {
		case c >= 'G' && c <= 'Y':
			repeat += int(c-'G') + 1
			continue
		case c >= 'g' && c <= 'z':
			repeat += (int(c-'g') + 1) * 20
			continue
		case c == ',':
			d.fill(0)
		case c == '!':
			d.fill(15)
		case c == ':':
			d.again()
		case c == '\r' || c == '\n' || c == ' ' || c == '\t':
			continue
		default:
			v, ok := hexDigit(c)
			if !ok || d.at+max(repeat, 1) > 2*total {
				return nil, fmt.Errorf("%w: at %d", ErrGraphic, i)
			}
			for range max(repeat, 1) {
				d.put(v)
			}
		}
		repeat = 0
	}
	return d.out, nil
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}

func (d *asciiDecoder) put(v byte) {
	if d.at/2 < len(d.out) {
		d.out[d.at/2] |= v << (4 * (1 - d.at%2))
		d.at++
	}
}

// fill completes the row with one digit; at the beginning of a row it is a whole row.
func (d *asciiDecoder) fill(v byte) {
	row := 2 * d.stride
	for n := row - d.at%row; n > 0; n-- {
		d.put(v)
	}
}

func (d *asciiDecoder) again() {
	row := 2 * d.stride
	d.at -= d.at % row // a row begun is given up
	for range row {
		var v byte
		if d.at >= row {
			v = nibble(d.out, d.at-row)
		}
		d.put(v)
	}
}
