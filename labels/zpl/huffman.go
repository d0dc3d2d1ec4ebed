package zpl

import (
	"math/bits"
	"slices"
)

// Sizes of the alphabets of RFC 1951, section 3.2.
const (
	literals  = 286 // bytes, end of block, lengths
	distances = 30
	lengths   = 19 // the code that the code lengths are written in

	endOfBlock = 256
	maxLength  = 15 // bits of a code
)

// huffman is a prefix code over an alphabet of at most 286 symbols.
type huffman struct {
	count [literals]uint32 // how often a symbol is wanted
	size  [literals]uint8  // bits of its code, 0 for none
	code  [literals]uint16 // the code, its first bit lowest
}

// build finds the code of the first n symbols, none longer than limit bits. At least
// two symbols get one: a code of one symbol is read in different ways.
func (h *huffman) build(n, limit int) {
	used := 0
	for _, c := range h.count[:n] {
		if c > 0 {
			used++
		}
	}
	for s := 0; used < 2; s++ {
		if h.count[s] == 0 {
			h.count[s] = 1
			used++
		}
	}
	var few [literals]uint32
	for halve := uint(0); ; halve++ {
		tree := few[:0] // count and symbol in one number, the rarest first
		for s, c := range h.count[:n] {
			if c > 0 {
				tree = append(tree, max(min(c, 1<<22)>>halve, 1)<<9|uint32(s))
			}
		}
		slices.Sort(tree)
		if h.depths(tree, n) <= limit {
			break
		}
	}
	h.assign(n)
}

// depths gives every symbol of a sorted list the length of its code, and tells the
// longest (Moffat and Katajainen, "In-place calculation of minimum-redundancy codes").
func (h *huffman) depths(tree []uint32, n int) int {
	clear(h.size[:n])
	m := len(tree)
	var a [literals]uint32
	for i, v := range tree {
		a[i] = v >> 9
	}
	root, leaf := 0, 0
	take := func(next int) uint32 { // the lighter of the next inner node and the next leaf
		if leaf >= m || root < next && a[root] < a[leaf] {
			w := a[root]
			a[root] = uint32(next)
			root++
			return w
		}
		leaf++
		return a[leaf-1]
	}
	for next := range m - 1 {
		one := take(next)
		a[next] = one + take(next)
	}
	a[m-2] = 0
	for i := m - 3; i >= 0; i-- {
		a[i] = a[a[i]] + 1
	}
	open, depth, at, inner := 1, uint32(0), m-1, m-2
	for open > 0 {
		nodes := 0
		for inner >= 0 && a[inner] == depth {
			nodes++
			inner--
		}
		for ; open > nodes; open-- {
			h.size[tree[at]&511] = uint8(min(depth, 255))
			at--
		}
		open = 2 * nodes
		depth++
	}
	return int(depth) - 1
}

// assign numbers the codes of given lengths (RFC 1951, section 3.2.2).
func (h *huffman) assign(n int) {
	var of, next [maxLength + 2]uint16
	for _, s := range h.size[:n] {
		of[s]++
	}
	of[0] = 0
	for i := 1; i < len(next); i++ {
		next[i] = (next[i-1] + of[i-1]) << 1
	}
	for i, s := range h.size[:n] {
		if s > 0 {
			h.code[i] = bits.Reverse16(next[s]) >> (16 - s)
			next[s]++
		}
	}
}

// last is one more than the highest symbol with a code, at least least.
func (h *huffman) last(n, least int) int {
	for n > least && h.size[n-1] == 0 {
		n--
	}
	return n
}
