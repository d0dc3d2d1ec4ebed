package floor

import (
	"fmt"

	"dcedge/firmware-sim/conveyor"
	"dcedge/firmware-sim/crew"
)

var _ crew.Hospital = (*yard)(nil)

// Lying implements crew.Hospital.
func (y *yard) Lying() (n int) {
	y.mu.Lock()
	defer y.mu.Unlock()
	for code, b := range y.open {
		if !b.taken && y.look(code, b) == hospitalLane {
			n++
		}
	}
	return n
}

// Take implements crew.Hospital.
func (y *yard) Take() (crew.Parcel, bool) {
	y.mu.Lock()
	defer y.mu.Unlock()
	for code, b := range y.open {
		if !b.taken && y.look(code, b) == hospitalLane {
			b.taken = true
			return crew.Parcel{Code: code, Torn: b.torn}, true
		}
	}
	return crew.Parcel{}, false
}

// Leave implements crew.Hospital.
func (y *yard) Leave(code string, way crew.Way) {
	y.mu.Lock()
	defer y.mu.Unlock()
	b := y.boxes[code]
	switch {
	case b == nil && way == crew.ToBelt: // of a day before
		y.lay(code, conveyor.Parcel{Codes: []string{code}})
		return
	case b == nil:
		return
	}
	if !b.aside {
		y.line.Take(b.number)
	}
	b.taken, b.torn, b.aside = false, false, way == crew.ToShelf
	switch way {
	case crew.ToBelt:
		b.number = y.line.Put(conveyor.Parcel{Codes: []string{code}})
		y.open[code] = b
	case crew.ToDock:
		b.lies, b.byHand = true, true
		delete(y.open, code)
	case crew.ToShelf:
		delete(y.open, code)
	default:
		delete(y.open, code)
		delete(y.boxes, code)
	}
}

// lay puts a parcel on the belt and follows it under a code.
func (y *yard) lay(code string, p conveyor.Parcel) *yardBox {
	b := &yardBox{number: y.line.Put(p), torn: len(p.Codes) == 0}
	y.boxes[code], y.open[code] = b, b
	return b
}

// stray lays a parcel that is nobody's between the boxes of this site now and then.
func (y *yard) stray() {
	if y.rng.Float64() < y.odd/2 {
		code := fmt.Sprintf("NOBODY%08d", y.rng.IntN(100_000_000))
		y.lay(code, conveyor.Parcel{Codes: []string{code}})
	}
}
