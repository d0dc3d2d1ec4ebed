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

// workshop is what codes are built in, one after the other.
type workshop struct {
	used       [literals]uint16 // the symbols that are wanted, in their order
	tree, sums [literals]uint32
}

// wanted lists the symbols that are. Which they are follows no pattern that a processor
// could foresee, so it is done without a branch.
func (h *huffman) wanted(list *[literals]uint16, n int) []uint16 {
	m := 0
	for s, c := range h.count[:n] {
		list[m] = uint16(s)
		m += int(min(c, 1))
	}
	return list[:m]
}

// build finds the code of the first n symbols, none longer than limit bits. At least
// two symbols get one: a code of one symbol is read in different ways.
func (h *huffman) build(w *workshop, n, limit int) {
	used := h.wanted(&w.used, n)
	for s := 0; len(used) < 2; s++ {
		h.count[s] = max(h.count[s], 1)
		used = h.wanted(&w.used, n)
	}
	clear(h.size[:n])
	tree := w.tree[:len(used)] // count and symbol in one number, the rarest first
	for halve := uint(0); ; halve++ {
		for i, s := range used {
			tree[i] = max(min(h.count[s], 1<<22)>>halve, 1)<<9 | uint32(s)
		}
		slices.Sort(tree)
		if h.depths(tree, &w.sums) <= limit {
			break
		}
	}
	h.assign(used)
}

// depths gives every symbol of a sorted list the length of its code, and tells the
// longest (Moffat and Katajainen, "In-place calculation of minimum-redundancy codes").
func (h *huffman) depths(tree []uint32, a *[literals]uint32) int {
	m := len(tree)
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
func (h *huffman) assign(used []uint16) {
	var of, next [maxLength + 2]uint16
	for _, s := range used {
		of[h.size[s]]++
	}
	for i := 1; i < len(next); i++ {
		next[i] = (next[i-1] + of[i-1]) << 1
	}
	for _, s := range used {
		size := h.size[s]
		h.code[s] = bits.Reverse16(next[size]) >> (16 - size)
		next[size]++
	}
}

// last is one more than the highest symbol with a code, at least least.
func (h *huffman) last(n, least int) int {
	for n > least && h.size[n-1] == 0 {
		n--
	}
	return n
}
