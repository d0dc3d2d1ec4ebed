package printer

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxGraphic bounds what a ^GF may unpack to, in bytes.
const maxGraphic = 4 << 20

var errGraphic = errors.New("printer: bad graphic")

// graphic is a decoded ^GF: rows of whole bytes, most significant bit left, 1 black.
type graphic struct {
	x, y, row int
	bits      []byte
}

// decodeGraphic reads the arguments of ^GF: type, bytes sent, bytes in all,
// bytes a row, data. A printer drops a graphic that it cannot read; so does the
// caller.
func decodeGraphic(args []byte) (graphic, error) {
	parts := bytes.SplitN(args, []byte(","), 5)
	if len(parts) < 5 || len(parts[0]) != 1 {
		return graphic{}, fmt.Errorf("%w: five arguments wanted", errGraphic)
	}
	total, err1 := strconv.Atoi(strings.TrimSpace(string(parts[2])))
	row, err2 := strconv.Atoi(strings.TrimSpace(string(parts[3])))
	if err1 != nil || err2 != nil || total < 1 || row < 1 || total > maxGraphic || row > total {
		return graphic{}, fmt.Errorf("%w: size", errGraphic)
	}
	g := graphic{row: row}
	var err error
	switch data := parts[4]; {
	case parts[0][0] == 'B' || parts[0][0] == 'b':
		g.bits = data
	case parts[0][0] != 'A' && parts[0][0] != 'a':
		err = fmt.Errorf("%w: type %q", errGraphic, parts[0])
	case bytes.HasPrefix(data, []byte(":Z64:")), bytes.HasPrefix(data, []byte(":B64:")):
		g.bits, err = decode64(data, total)
	default:
		g.bits, err = decodeHex(data, total, row)
	}
	if err != nil {
		return graphic{}, err
	}
	if len(g.bits) > total {
		g.bits = g.bits[:total]
	}
	return g, nil
}

// decode64 reads :Z64:base64:crc and :B64:base64:crc. The four hex digits are
// CRC-16/XMODEM over the base64 text.
func decode64(data []byte, total int) ([]byte, error) {
	body, sum, ok := bytes.Cut(data[5:], []byte(":"))
	sum = bytes.TrimSpace(sum)
	if !ok || len(sum) < 4 {
		return nil, fmt.Errorf("%w: no checksum", errGraphic)
	}
	want, err := strconv.ParseUint(string(sum[:4]), 16, 16)
	if err != nil || uint16(want) != crcXModem(body) {
		return nil, fmt.Errorf("%w: checksum", errGraphic)
	}
	raw, err := base64.StdEncoding.DecodeString(string(body))
	if err != nil {
		return nil, fmt.Errorf("%w: base64: %w", errGraphic, err)
	}
	if data[1] == 'B' {
		return raw, nil
	}
	z, err := zlib.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: zlib: %w", errGraphic, err)
	}
	out, err := io.ReadAll(io.LimitReader(z, int64(total)))
	if err != nil {
		return nil, fmt.Errorf("%w: zlib: %w", errGraphic, err)
	}
	return out, nil
}

func crcXModem(data []byte) uint16 {
	var crc uint16
	for _, b := range data {
		crc ^= uint16(b) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

// decodeHex reads hex digits with the manual's run lengths: G..Y are 1..19 and
// g..z 20..400 repeats of the next digit and add up; ',' fills the row with 0,
// '!' with 1, ':' repeats the row above.
func decodeHex(data []byte, total, row int) ([]byte, error) {
	h := hexRows{width: row * 2, most: total * 2}
	for _, c := range data {
		if len(h.out) >= h.most {
			break
		}
		switch {
		case c == ' ' || c == '\n' || c == '\r' || c == '\t':
		case c >= 'G' && c <= 'Y':
			h.run += int(c-'G') + 1
		case c >= 'g' && c <= 'z':
			h.run += (int(c-'g') + 1) * 20
		case c == ',':
			h.fill('0')
		case c == '!':
			h.fill('F')
		case c == ':':
			h.repeatRow()
		case strings.IndexByte("0123456789abcdefABCDEF", c) >= 0:
			h.digit(c)
		default:
			return nil, fmt.Errorf("%w: character %q", errGraphic, c)
		}
	}
	text := h.out[:min(len(h.out), h.most)]
	bits := make([]byte, (len(text)+1)/2)
	if len(text)%2 == 1 {
		text = append(text, '0')
	}
	_, err := hex.Decode(bits, text)
	return bits, err
}

// hexRows collects hex digits and knows where rows end.
type hexRows struct {
	out         []byte
	width, most int
	run         int
}

func (h *hexRows) digit(c byte) {
	for range min(max(h.run, 1), h.most-len(h.out)) {
		h.out = append(h.out, c)
	}
	h.run = 0
}

// fill ends the present row; at the start of a row it is a whole row.
func (h *hexRows) fill(c byte) {
	for n := h.width - len(h.out)%h.width; n > 0 && len(h.out) < h.most; n-- {
		h.out = append(h.out, c)
	}
	h.run = 0
}

func (h *hexRows) repeatRow() {
	if len(h.out)%h.width != 0 {
		h.fill('0')
	}
	if n := len(h.out); n >= h.width {
		h.out = append(h.out, h.out[n-h.width:]...)
		return
	}
	h.fill('0')
}
