package zpl

import (
	"encoding/base64"
	"encoding/binary"
	"hash/adler32"
	"math/bits"
)

// Pictures of text repeat themselves along the row, from the row above, and where the
// same stroke stood before. So this compressor looks at those three places only and
// uses the fixed code of RFC 1951: a fraction of the time of a general one.

// bitWriter packs bits from the low end of each byte (RFC 1951, section 3.1.1).
type bitWriter struct {
	out []byte
	acc uint64
	n   uint
}

func (w *bitWriter) bits(v uint32, n uint) {
	w.acc |= uint64(v) << w.n
	w.n += n
	for w.n >= 8 {
		w.out = append(w.out, byte(w.acc))
		w.acc >>= 8
		w.n -= 8
	}
}

// code writes a Huffman code, which begins with its highest bit.
func (w *bitWriter) code(v uint32, n uint) { w.bits(bits.Reverse32(v)>>(32-n), n) }

// symbol writes a literal or length symbol in the fixed code.
func (w *bitWriter) symbol(s uint32) {
	switch {
	case s < 144:
		w.code(0x30+s, 8)
	case s < 256:
		w.code(0x190+s-144, 9)
	case s < 280:
		w.code(s-256, 7)
	default:
		w.code(0xC0+s-280, 8)
	}
}

// match writes a length of 3 to 258 and a distance.
func (w *bitWriter) match(length, distance int) {
	switch l := uint32(length - 3); {
	case length == 258:
		w.symbol(285)
	case l < 8:
		w.symbol(257 + l)
	default:
		extra := uint(bits.Len32(l)) - 3
		w.symbol(257 + 4*uint32(extra) + l>>extra)
		w.bits(l&(1<<extra-1), extra)
	}
	d := uint32(distance - 1)
	if d < 4 {
		w.code(d, 5)
		return
	}
	extra := uint(bits.Len32(d)) - 2
	w.code(2*uint32(extra)+d>>extra, 5)
	w.bits(d&(1<<extra-1), extra)
}

// deflate appends data as a zlib stream (RFC 1950). stride is the bytes of a row.
func deflate(dst, data []byte, stride int) []byte {
	w := bitWriter{out: append(dst, 0x78, 0x01)}
	w.bits(1|1<<1, 3)    // last block, fixed code
	var seen [4096]int32 // where three bytes stood last, plus one, by their hash
	for p := 0; p < len(data); {
		best, distance := 0, 0
		if p > 0 {
			best, distance = common(data, p, 1), 1
		}
		if p >= stride && stride <= maxDistance {
			if n := common(data, p, stride); n >= best {
				best, distance = n, stride
			}
		}
		if p+2 < len(data) {
			h := (uint32(data[p])<<16 | uint32(data[p+1])<<8 | uint32(data[p+2])) * 2654435761 >> 20
			if d := p + 1 - int(seen[h]); seen[h] > 0 && d <= maxDistance && best < 32 {
				if n := common(data, p, d); n > best {
					best, distance = n, d
				}
			}
			seen[h] = int32(p) + 1
		}
		if best >= 3 {
			w.match(best, distance)
			p += best
			continue
		}
		w.symbol(uint32(data[p]))
		p++
	}
	w.symbol(256)
	if w.n > 0 {
		w.bits(0, 8-w.n)
	}
	return binary.BigEndian.AppendUint32(w.out, adler32.Checksum(data))
}

// maxDistance is how far back a match may lie (RFC 1951, section 2).
const maxDistance = 32768

// common counts the bytes at p that stand the same distance before it, 258 at most.
func common(data []byte, p, distance int) int {
	n, most := 0, min(258, len(data)-p)
	for n < most && data[p+n] == data[p+n-distance] {
		n++
	}
	return n
}

// EncodeZ64 appends bits in the form :Z64:base64:crc, a zlib stream with the CRC of
// its base64 text. The length named in the command stays that of bits; stride is the
// bytes of a row.
func EncodeZ64(dst, bits []byte, stride int) []byte {
	const hex = "0123456789ABCDEF"
	z := deflate(make([]byte, 0, len(bits)/2+64), bits, stride)
	dst = append(dst, ":Z64:"...)
	from := len(dst)
	dst = base64.StdEncoding.AppendEncode(dst, z)
	crc := crc16(dst[from:])
	return append(dst, ':', hex[crc>>12], hex[crc>>8&15], hex[crc>>4&15], hex[crc&15])
}
