package zpl

import (
	"encoding/base64"
	"encoding/binary"
	"hash/adler32"
	"math/bits"
	"slices"
)

// Pictures of text repeat the row above and the byte before. So this compressor looks
// there only: further places give short matches whose distances cost more than they
// save (a tenth of the bytes, measured over every shipped template). It spends its time
// on the code instead: one made for each picture (RFC 1951, section 3.2.7) is a quarter
// shorter than the fixed one.

// deflater holds what one picture after the other is compressed with; it is about
// 10 KB, so a label keeps one for all of its pictures.
type deflater struct {
	out  []byte
	acc  uint64 // bits not yet written, the first lowest
	held uint   // how many

	tokens          []token
	above           int // distance of the row above
	lit, dist, clen huffman
	shop            workshop
	runs            []run // of packed
	packed          [literals + distances]run
}

// run is one symbol of the code lengths, with its extra bits.
type run struct{ symbol, extra, bits uint8 }

// maxDistance is how far back a match may lie (RFC 1951, section 2).
const maxDistance = 32768

func (d *deflater) put(v uint32, n uint) {
	d.acc |= uint64(v) << d.held
	if d.held += n; d.held >= 32 {
		d.out = binary.LittleEndian.AppendUint32(d.out, uint32(d.acc))
		d.acc >>= 32
		d.held -= 32
	}
}

func (d *deflater) flush() {
	for ; d.held > 0; d.held -= min(8, d.held) {
		d.out = append(d.out, byte(d.acc))
		d.acc >>= 8
	}
	d.acc = 0
}

// compress gives data as a zlib stream (RFC 1950). stride is the bytes of a row. What
// it returns is good until the next call.
func (d *deflater) compress(data []byte, stride int) []byte {
	d.out = append(slices.Grow(d.out[:0], len(data)/2), 0x78, 0x01)
	d.find(data, stride)
	d.lit.build(&d.shop, literals, maxLength)
	d.dist.build(&d.shop, distances, maxLength)
	d.put(1|2<<1, 3) // last block, a code of its own
	d.header()
	d.body()
	d.flush()
	return binary.BigEndian.AppendUint32(d.out, adler32.Checksum(data))
}

// lengthSymbol and distanceSymbol give the symbol and the extra bits of RFC 1951,
// section 3.2.5. distance is one less than the distance.
func lengthSymbol(length int) (symbol int, extra uint32, n uint) {
	l := uint32(length - 3)
	switch {
	case length == 258:
		return 285, 0, 0
	case l < 8:
		return 257 + int(l), 0, 0
	}
	n = uint(bits.Len32(l)) - 3
	return 257 + int(4*uint32(n)+l>>n), l & (1<<n - 1), n
}

func distanceSymbol(distance int) (symbol int, extra uint32, n uint) {
	d := uint32(distance)
	if d < 4 {
		return int(d), 0, 0
	}
	n = uint(bits.Len32(d)) - 2
	return int(2*uint32(n) + d>>n), d & (1<<n - 1), n
}

// header writes the lengths of both codes, in a code of their own.
func (d *deflater) header() {
	nl, nd := d.lit.last(literals, 257), d.dist.last(distances, 1)
	var all [literals + distances]uint8
	copy(all[:], d.lit.size[:nl])
	copy(all[nl:], d.dist.size[:nd])
	d.pack(all[:nl+nd])
	clear(d.clen.count[:])
	for _, r := range d.runs {
		d.clen.count[r.symbol]++
	}
	d.clen.build(&d.shop, lengths, 7)
	order := [lengths]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
	n := lengths
	for n > 4 && d.clen.size[order[n-1]] == 0 {
		n--
	}
	d.put(uint32(nl-257), 5)
	d.put(uint32(nd-1), 5)
	d.put(uint32(n-4), 4)
	for _, s := range order[:n] {
		d.put(uint32(d.clen.size[s]), 3)
	}
	for _, r := range d.runs {
		d.put(uint32(d.clen.code[r.symbol]), uint(d.clen.size[r.symbol]))
		d.put(uint32(r.extra), uint(r.bits))
	}
}

// pack writes code lengths with runs: 16 repeats the last 3-6 times, 17 and 18 are
// 3-10 and 11-138 zeros (RFC 1951, section 3.2.7).
func (d *deflater) pack(all []uint8) {
	d.runs = d.packed[:0]
	for i := 0; i < len(all); {
		n := 1
		for i+n < len(all) && all[i+n] == all[i] {
			n++
		}
		i += n
		v := all[i-1]
		for v == 0 && n >= 3 {
			k := min(n, 138)
			if k <= 10 {
				d.runs = append(d.runs, run{17, uint8(k - 3), 3})
			} else {
				d.runs = append(d.runs, run{18, uint8(k - 11), 7})
			}
			n -= k
		}
		if n == 0 {
			continue
		}
		d.runs = append(d.runs, run{symbol: v})
		for n--; n >= 3; {
			k := min(n, 6)
			d.runs = append(d.runs, run{16, uint8(k - 3), 2})
			n -= k
		}
		for range n {
			d.runs = append(d.runs, run{symbol: v})
		}
	}
}

// EncodeZ64 appends bits in the form :Z64:base64:crc, a zlib stream with the CRC of
// its base64 text. The length named in the command stays that of bits; stride is the
// bytes of a row.
func EncodeZ64(dst, bits []byte, stride int) []byte { return new(deflater).encode(dst, bits, stride) }

func (d *deflater) encode(dst, bits []byte, stride int) []byte {
	const hex = "0123456789ABCDEF"
	z := d.compress(bits, stride)
	dst = append(dst, ":Z64:"...)
	from := len(dst)
	dst = base64.StdEncoding.AppendEncode(dst, z)
	crc := crc16(dst[from:])
	return append(dst, ':', hex[crc>>12], hex[crc>>8&15], hex[crc>>4&15], hex[crc&15])
}
