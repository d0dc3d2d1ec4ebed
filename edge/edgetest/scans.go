package edgetest

import "iter"

// ScanEnd is the seq of the last event that a message caused, which its
// receipt must name.
func (o *Oracle) ScanEnd(id string) (seq uint64, ok bool) {
	seq, ok = o.scans[id]
	return seq, ok
}

// Scans gives every message that caused an event, with the seq of its last one.
func (o *Oracle) Scans() iter.Seq2[string, uint64] {
	return func(yield func(string, uint64) bool) {
		for id, seq := range o.scans {
			if !yield(id, seq) {
				return
			}
		}
	}
}
