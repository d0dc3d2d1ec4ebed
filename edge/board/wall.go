package board

import (
	"time"

	"dcedge/edge"
)

// wallKept is how long a full wall stays listed after it last stopped somebody.
const wallKept = 30 * time.Minute

// wall is a put wall without a cell, as those met it who were stopped by it.
type wall struct {
	n           int // times since
	since, last time.Time
}

// noteWall lists a full put wall: what a picker of the next wave or whoever parts
// one was told. A wave that begins, and a piece that finds a cell, end it.
func (v *view) noteWall(e *edge.Event) {
	switch d := e.Data.(type) {
	case *edge.Refused:
		if d.Say != "put.wallFull" && d.Why != "wallFull" {
			return
		}
		if v.wall.n++; v.wall.since.IsZero() || e.At.Before(v.wall.since) {
			v.wall.since = e.At
		}
		if e.At.After(v.wall.last) {
			v.wall.last = e.At
		}
	case *edge.WorkEvent:
		if e.Type == edge.EvWorkStarted && d.Mode == "total" && !e.At.Before(v.wall.last) {
			v.wall = wall{}
		}
	case *edge.PutEvent:
		if !e.At.Before(v.wall.last) && v.wall.n > 0 {
			v.wall = wall{}
		}
	}
}

// walls lists the wall while it is full.
func (v *view) walls() []Exception {
	if v.wall.n == 0 || v.now.Sub(v.wall.last) > wallKept {
		v.wall = wall{}
		return nil
	}
	return []Exception{{Kind: "wallFull", ID: "wall", Units: v.wall.n, Since: v.wall.since}}
}
