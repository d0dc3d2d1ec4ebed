package floor

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"dcedge/edge"
)

// Key is a hash of what decides about a screen's rev: flow, mode, step,
// task.id, task.orders, expect, quantity and actions, and nothing else.
func Key(s *edge.Screen) [16]byte {
	var room [1024]byte
	sum := sha256.Sum256(AppendKey(room[:0], s))
	return [16]byte(sum[:16])
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

func names(b []byte, m map[string]string) []byte {
	b = number(b, len(m))
	var room [8]string
	keys := room[:0]
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		b = text(text(b, k), m[k])
	}
	return b
}
