package zpl

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// token is one symbol of the picture: a literal (its byte), or a match of 3 to 258
// bytes, which stands in the row above or is a run of the byte before.
type token uint16

const (
	matched token = 1 << 15 // the low bits are its length
	running token = 1 << 14 // of the byte before
)

// leastTokens is room for a line of text, so that a label's first picture makes room
// for those after it.
const leastTokens = 3072

// find cuts data into literals and matches, and counts their symbols. Eight bytes are
// compared at once, so the last seven of data have a way of their own.
func (d *deflater) find(data []byte, stride int) {
	clear(d.lit.count[:])
	clear(d.dist.count[:])
	above := stride
	if stride > maxDistance {
		above = len(data) // too far for a match
	}
	d.above = above
	room := max(len(data), leastTokens)
	tokens, k, p := slices.Grow(d.tokens[:0], room)[:room], 0, 0
	var runs, rows uint32
	for p+8 <= len(data) {
		now := binary.LittleEndian.Uint64(data[p:])
		n, t := 0, matched
		switch {
		case p >= above && begins(now, binary.LittleEndian.Uint64(data[p-above:])):
			n = same(data, p, above)
			rows++
		case p > 0 && begins(now, uint64(data[p-1])*0x010101):
			n, t = same(data, p, 1), matched|running
			runs++
		default:
			tokens[k] = token(byte(now))
			d.lit.count[byte(now)]++
			k++
			p++
			continue
		}
		tokens[k] = t | token(n)
		k++
		s, _, _ := lengthSymbol(n)
		d.lit.count[s]++
		p += n
	}
	for ; p < len(data); p++ {
		tokens[k] = token(data[p])
		k++
		d.lit.count[data[p]]++
	}
	d.tokens = tokens[:k]
	d.lit.count[endOfBlock] = 1
	d.dist.count[0] = runs
	if rows > 0 {
		s, _, _ := distanceSymbol(d.above - 1)
		d.dist.count[s] += rows
	}
}

// begins reports whether two words begin with the same three bytes: the least match.
// Most places have none, and are told from the rest without a call.
func begins(a, b uint64) bool { return (a^b)&0xFFFFFF == 0 }

// same counts the bytes at p that stand the same distance before it: 258 at most.
func same(data []byte, p, distance int) int {
	n, most := 0, min(258, len(data)-p)
	for ; n+8 <= most; n += 8 {
		x := binary.LittleEndian.Uint64(data[p+n:]) ^ binary.LittleEndian.Uint64(data[p+n-distance:])
		if x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
	}
	for n < most && data[p+n] == data[p+n-distance] {
		n++
	}
	return n
}

// body writes the tokens, then the end of the block. The distance of the row above is
// one and the same, so its code and extra bits are made once.
func (d *deflater) body() {
	out, acc, held := d.out, d.acc, d.held
	s, extra, n := distanceSymbol(d.above - 1)
	above, aboveSize := uint64(uint32(d.dist.code[s])|extra<<d.dist.size[s]), uint(d.dist.size[s])+n
	run, runSize := uint64(d.dist.code[0]), uint(d.dist.size[0])
	for _, t := range d.tokens {
		if held >= 16 { // a token has up to 48 bits; whole bytes go out
			out = binary.LittleEndian.AppendUint64(out, acc)
			out = out[:len(out)-8+int(held/8)]
			acc >>= held &^ 7
			held &= 7
		}
		if t < matched {
			acc |= uint64(d.lit.code[t&0xFF]) << held
			held += uint(d.lit.size[t&0xFF])
			continue
		}
		s, extra, n := lengthSymbol(int(t & 0x1FF))
		size := uint(d.lit.size[s])
		acc |= uint64(uint32(d.lit.code[s])|extra<<size) << held
		held += size + n
		if t&running != 0 {
			acc |= run << held
			held += runSize
		} else {
			acc |= above << held
			held += aboveSize
		}
	}
	for ; held >= 8; held -= 8 {
		out = append(out, byte(acc))
		acc >>= 8
	}
	d.out, d.acc, d.held = out, acc, held
	d.put(uint32(d.lit.code[endOfBlock]), uint(d.lit.size[endOfBlock]))
}
