package conveyor

import (
	"slices"
	"strings"
)

// Signal is what a stack light shows.
type Signal struct{ Colour, Reason string }

// The colours, the most urgent first.
const (
	Red   = "red"   // the belt must stop: jam
	Amber = "amber" // somebody is wanted: full lane, sensor, clock
	Green = "green" // it runs
)

// StackLight makes one signal of all that is the matter.
type StackLight struct {
	on    map[Signal]bool
	shown Signal
}

// Set begins or ends something of a colour, named by its reason. It gives the
// signal that is to be shown, and whether that is a new one.
func (l *StackLight) Set(s Signal, on bool) (Signal, bool) {
	if l.on == nil {
		l.on = map[Signal]bool{}
	}
	if on {
		l.on[s] = true
	} else {
		delete(l.on, s)
	}
	now := l.Now()
	changed := now != l.shown
	l.shown = now
	return now, changed
}

// Now is what the light should show: also what it is told again when it comes
// back.
func (l *StackLight) Now() Signal {
	rank := func(s Signal) int { return slices.Index([]string{Red, Amber, Green}, s.Colour) }
	best := Signal{Colour: Green}
	for s := range l.on {
		if r := rank(s); r >= 0 && (r < rank(best) || r == rank(best) && (best.Reason == "" || strings.Compare(s.Reason, best.Reason) < 0)) {
			best = s
		}
	}
	return best
}
