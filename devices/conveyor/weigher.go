package conveyor

import "strings"

// Weigher gives one weight for each parcel that passes an in-line weigher.
type Weigher struct {
	Empty string // at most this is an empty weigher, in grams as decimal text; empty text: 0

	loaded bool // a weight was given for what lies on it
}

// Weight takes a reading in grams as decimal text, and gives the weight of a
// parcel: the first stable one after the weigher was empty. A negative or
// malformed text is none.
func (w *Weigher) Weight(grams string, stable bool) (string, bool) {
	empty, ok := atMost(grams, w.Empty)
	if !ok || !stable && !empty {
		return "", false
	}
	if empty {
		w.loaded = false
		return "", false
	}
	if w.loaded {
		return "", false
	}
	w.loaded = true
	return grams, true
}

// atMost compares decimal texts. A negative one is at most anything: a weigher
// that drifted below zero is empty.
func atMost(a, b string) (most, ok bool) {
	if rest, neg := strings.CutPrefix(a, "-"); neg {
		_, _, ok = parts(rest)
		return true, ok
	}
	aw, af, ok1 := parts(a)
	if b == "" {
		b = "0"
	}
	bw, bf, ok2 := parts(b)
	if !ok1 || !ok2 {
		return false, false
	}
	if len(aw) != len(bw) {
		return len(aw) < len(bw), true
	}
	n := max(len(af), len(bf))
	return aw+af+strings.Repeat("0", n-len(af)) <= bw+bf+strings.Repeat("0", n-len(bf)), true
}

func parts(s string) (whole, frac string, ok bool) {
	whole, frac, _ = strings.Cut(s, ".")
	return strings.TrimLeft(whole, "0"), frac, whole != "" && strings.Trim(whole+frac, "0123456789") == ""
}
