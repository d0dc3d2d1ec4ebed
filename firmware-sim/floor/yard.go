package floor

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"dcedge/firmware-sim/conveyor"
	"dcedge/firmware-sim/crew"
	"dcedge/firmware-sim/scanner"
)

// yard is the way of boxes from the desks to the docks: over the belt into a
// lane, or to the hospital. Where nobody of the crew works there, a person asks
// with the scanner there and carries the box to the lane that is named. A box that
// it does not know of stands somewhere, and is brought to the belt.
type yard struct {
	line *conveyor.Conveyor
	hand *scanner.Tunnel // nil: the hospital has none, and its boxes are carried away unseen
	wait time.Duration   // that the person at the hospital takes for a box

	staffed bool    // people of the crew work at the hospital
	odd     float64 // of boxes: the label is torn, or nobody's parcel comes behind it
	rng     *rand.Rand

	mu    sync.Mutex
	boxes map[string]*yardBox
	open  map[string]*yardBox // not in a lane yet
}

type yardBox struct {
	number int // of the parcel
	lies   bool
	byHand bool // it was carried to its lane
	torn   bool // no scanner reads its label
	taken  bool // it is on somebody's table
	aside  bool // it waits on a shelf of the hospital
	asked  time.Time
}

var _ crew.Boxes = (*yard)(nil)

func newYard(line *conveyor.Conveyor, hand *scanner.Tunnel, wait time.Duration, seed uint64) *yard {
	y := &yard{line: line, hand: hand, wait: wait, boxes: map[string]*yardBox{}, open: map[string]*yardBox{}, rng: rand.New(rand.NewPCG(seed, 3))}
	if hand != nil {
		hand.OnVerdict(y.told)
	}
	return y
}

// Packed implements crew.Boxes.
func (y *yard) Packed(waybill string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.box(waybill)
}

func (y *yard) box(waybill string) *yardBox {
	if b := y.boxes[waybill]; b != nil {
		return b
	}
	p := conveyor.Parcel{Codes: []string{waybill}}
	if y.staffed {
		defer y.stray()
		if y.rng.Float64() < y.odd {
			p.Codes = nil
		}
	}
	return y.lay(waybill, p)
}

// Lies implements crew.Boxes.
func (y *yard) Lies(waybill string) bool {
	y.mu.Lock()
	defer y.mu.Unlock()
	b := y.box(waybill)
	if !b.lies {
		y.look(waybill, b)
	}
	return b.lies
}

// look sees whether a box has come to a lane.
func (y *yard) look(waybill string, b *yardBox) (where string) {
	if b.aside {
		return hospitalLane
	}
	switch where = y.line.Where(b.number); where {
	case conveyor.Waiting, conveyor.OnBelt, hospitalLane:
		return where
	}
	b.lies = true
	delete(y.open, waybill)
	return where
}

// Loaded implements crew.Boxes.
func (y *yard) Loaded(waybill string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if b := y.boxes[waybill]; b != nil && !b.byHand {
		y.line.Take(b.number)
	}
	delete(y.open, waybill)
}

const askAgain = time.Minute // of a box that the hospital got no lane for

// run is the person at the hospital.
func (y *yard) run(ctx context.Context) error {
	for !y.staffed && pause(ctx, y.wait) == nil {
		if code := y.next(time.Now()); code != "" && y.hand != nil {
			y.hand.Pass(code)
		}
	}
	return nil
}

// next is a box that lies at the hospital and was not asked about for long.
func (y *yard) next(now time.Time) string {
	y.mu.Lock()
	defer y.mu.Unlock()
	for code, b := range y.open {
		if y.look(code, b) != hospitalLane || now.Sub(b.asked) < askAgain {
			continue
		}
		b.asked = now
		if y.hand == nil {
			y.carry(code, b)
			continue
		}
		return code
	}
	return ""
}

// carry takes a box from the hospital to its lane.
func (y *yard) carry(code string, b *yardBox) {
	y.line.Take(b.number)
	b.lies, b.byHand = true, true
	delete(y.open, code)
}

// told takes the answer to a read at the hospital. A box that no lane takes is
// carried to its dock.
func (y *yard) told(r scanner.Read) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if b := y.open[r.Code]; b != nil && !y.staffed && (r.OK && r.Lane != "" && r.Lane != hospitalLane || r.Verdict == "noLane") {
		y.carry(r.Code, b)
	}
}
