package floor

import (
	"encoding/binary"
	"math/bits"

	"dcedge/edge"
)

// Key is a hash of what decides about a screen's rev: flow, mode, step,
// task.id, task.orders, expect, quantity and actions, and nothing else. It
// tells screens apart and proves nothing: nobody gains by a collision.
func Key(s *edge.Screen) [16]byte {
	var room [1024]byte
	hi, lo := sum(AppendKey(room[:0], s))
	var out [16]byte
	binary.LittleEndian.PutUint64(out[:8], hi)
	binary.LittleEndian.PutUint64(out[8:], lo)
	return out
}

// The odd constants of the hash: the first digits of the golden ratio, pi, e
// and the square root of 2 in binary.
const (
	mix1 = 0x9e3779b97f4a7c15
	mix2 = 0x243f6a8885a308d3
	mix3 = 0xadf85458a2bb4a9b
	mix4 = 0x6a09e667f3bcc909
)

// sum folds the product of each eight bytes with what came before into two
// lanes that see the bytes differently.
func sum(b []byte) (hi, lo uint64) {
	hi, lo = mix1^uint64(len(b)), mix2
	for ; len(b) >= 8; b = b[8:] {
		w := binary.LittleEndian.Uint64(b)
		hi = fold(hi^w, mix3)
		lo = fold(lo+w, mix4) ^ hi
	}
	var tail [8]byte
	copy(tail[:], b)
	w := binary.LittleEndian.Uint64(tail[:])
	hi = fold(hi^w, mix3)
	lo = fold(lo+w, mix4) ^ hi
	return fold(hi^lo, mix2), fold(lo, mix1)
}

func fold(a, b uint64) uint64 {
	h, l := bits.Mul64(a, b)
	return h ^ l
}

// AppendKey appends what Key hashes: every text with its length before it.
func AppendKey(b []byte, s *edge.Screen) []byte {
	b = text(b, string(s.Flow))
	b = text(b, s.Mode)
	b = text(b, s.Step)
	if s.Task != nil {
		b = text(b, s.Task.ID)
		b = texts(b, s.Task.Orders)
	} else {
		b = texts(text(b, ""), nil)
	}
	b = number(b, len(s.Expect))
	for i := range s.Expect {
		e := &s.Expect[i]
		for _, t := range [...]string{e.Kind, e.Code, e.SKU, e.Location, e.Line, e.Box} {
			b = text(b, t)
		}
		if e.Lot != "" {
			b = text(append(b, 1), e.Lot)
		}
		if e.Later {
			b = append(b, 2)
		}
		b = number(b, e.Remaining)
		b = names(b, e.Name)
		b = names(b, e.Variant)
	}
	if q := s.Quantity; q != nil {
		b = number(number(append(b, 1), q.Have), q.Want)
		if q.Typing {
			b = append(b, 1)
		} else {
			b = append(b, 0)
		}
	} else {
		b = append(b, 0)
	}
	return texts(b, s.Actions)
}

func number(b []byte, n int) []byte { return binary.AppendVarint(b, int64(n)) }

func text(b []byte, s string) []byte { return append(number(b, len(s)), s...) }

func texts(b []byte, list []string) []byte {
	b = number(b, len(list))
	for _, s := range list {
		b = text(b, s)
	}
	return b
}

// names appends a sum that does not depend on the order of the map.
func names(b []byte, m map[string]string) []byte {
	b = number(b, len(m))
	if len(m) == 0 {
		return b
	}
	var room [256]byte
	var hi, lo uint64
	for k, v := range m {
		h, l := sum(text(text(room[:0], k), v))
		hi, lo = hi+h, lo+l
	}
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(b, hi), lo)
}
