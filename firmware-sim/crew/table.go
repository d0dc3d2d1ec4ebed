package crew

import (
	"cmp"
	"context"
	"sync"
	"time"
)

// patient is the box on the table of the hospital.
type patient struct {
	Parcel
	met bool // it was scanned
	way Way  // where it goes, once that was said
}

// shelf is where held boxes wait: by their number, when somebody last looked.
type shelf struct {
	mu    sync.Mutex
	boxes map[string]time.Time
}

func (s *shelf) put(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.boxes == nil {
		s.boxes = map[string]time.Time{}
	}
	s.boxes[code] = time.Now()
}

func (s *shelf) take(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.boxes, code)
}

// due tells whether a box lies here and nobody looked at it for so long.
func (s *shelf) due(code string, after time.Duration) (here, due bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, here := s.boxes[code]
	return here, time.Since(at) > after
}

// hospital is where boxes physically lie; nil: the screen alone knows.
func (c *Crew) hospital() Hospital {
	h, _ := c.cfg.Boxes.(Hospital)
	return h
}

// table is the hospital: a box, why it is here, where it goes.
func (w *worker) table(ctx context.Context) error {
	s := w.screen
	switch s.Step {
	case "box":
		w.offTable()
		return w.nextBox(ctx)
	case "examine":
		return w.examine(ctx)
	case "waybill":
		return w.waybill(ctx, s.Expect[0])
	case "shelf":
		w.goes(Away)
	}
	if len(s.Expect) == 0 || s.Expect[0].Code == "" {
		return w.nothing(ctx)
	}
	return w.meet(ctx, s.Expect[0])
}

func (w *worker) goes(way Way) {
	if w.box != nil {
		w.box.met, w.box.way = true, way
	}
}

// offTable carries the box away that was dealt with.
func (w *worker) offTable() {
	b := w.box
	if b == nil || b.way == "" {
		return
	}
	w.box = nil
	w.crew.count.patients.Add(1)
	if b.way == ToShelf {
		w.crew.shelf.put(b.Code)
	} else {
		w.crew.shelf.take(b.Code)
	}
	if h := w.crew.hospital(); h != nil && b.Code != "" {
		h.Leave(b.Code, b.way)
	}
}

// nextBox takes the next box on the table and reads it.
func (w *worker) nextBox(ctx context.Context) error {
	if err := w.pause(ctx, 2); err != nil || w.screen.Step != "box" {
		return err
	}
	if w.box == nil {
		w.box = w.fetch()
	}
	if w.box == nil {
		if w.looks++; w.looks > looksForBoxes/3 && w.screen.can("leave") {
			_, err := w.press(ctx, "leave", nil)
			return err
		}
		return w.watch(ctx, w.scaled(2*time.Second, 100*time.Millisecond))
	}
	w.looks = 0
	b := w.box
	var f frame
	var err error
	switch {
	case b.Code == "":
		f, err = w.press(ctx, "confirm", map[string]any{"reason": "noCode"})
	case b.Torn:
		m := w.pull("box", b.Code)
		m.Source = "typed"
		f, err = w.tell(ctx, m)
	default:
		f, err = w.scan(ctx, "box", b.Code)
	}
	switch {
	case err != nil:
		return err
	case f.Code == "cancelled": // the siren: it is taken off the line with the ack
		w.goes(Away)
	case w.screen.Step == "box" && !f.OK: // in other hands
		w.goes(Away)
	default:
		b.met = true
	}
	return nil
}

// fetch is a box that lies in the hospital's lane, else one of the shelf or of the
// screen's list that is worth another look.
func (w *worker) fetch() *patient {
	h := w.crew.hospital()
	if h != nil {
		if p, ok := h.Take(); ok {
			return &patient{Parcel: p}
		}
	}
	for _, e := range w.screen.Expect {
		if e.Code == "" {
			continue
		}
		here, due := w.crew.shelf.due(e.Code, w.scaled(time.Minute, 500*time.Millisecond))
		if here && due || !here && h == nil {
			w.crew.shelf.put(e.Code) // nobody else looks at it now
			return &patient{Parcel: Parcel{Code: e.Code}}
		}
	}
	return nil
}

// examine does with the box what its screen says.
func (w *worker) examine(ctx context.Context) error {
	s := w.screen
	if err := w.pause(ctx, 2); err != nil || w.screen.Rev != s.Rev {
		return err
	}
	if w.box == nil { // it lay there when this worker came
		w.box = &patient{}
		if len(s.Expect) > 0 {
			w.box.Code = s.Expect[0].Code
		}
	}
	switch s.Hospital.Todo {
	case "induct":
		if w.chance(w.crew.cfg.Traits.Odd) {
			return w.relabel(ctx, "damaged")
		}
		way := ToBelt
		if s.Hospital.Belt == "noLane" {
			way = ToDock
		}
		w.goes(way)
		if len(s.Expect) > 0 && w.rng.IntN(2) == 0 {
			return w.after(w.scan(ctx, "box", s.Expect[0].Code))
		}
		return w.after(w.press(ctx, "confirm", nil))
	case "reprint":
		return w.relabel(ctx, "unreadable")
	case "desk":
		w.goes(ToDesk)
		return w.after(w.press(ctx, "confirm", nil))
	}
	w.goes(ToShelf)
	return w.after(w.press(ctx, "close", map[string]any{"reason": "waits"}))
}

// relabel asks for a new label of the same number at a desk that is free; where
// none is, the box waits.
func (w *worker) relabel(ctx context.Context, reason string) error {
	args := map[string]any{"reason": reason}
	if desk := w.me.Station; desk != "" {
		args["station"] = desk
	} else if desk, _ := w.freeDesk(ctx); desk != "" {
		args["station"] = desk
	}
	w.goes(ToBelt)
	w.box.Torn = false
	f, err := w.press(ctx, "reprint", args)
	if err != nil || f.OK || f.Say.Key != "pack.noStation" {
		return w.after(f, err)
	}
	w.goes(ToShelf)
	return w.after(w.press(ctx, "close", map[string]any{"reason": cmp.Or(reason, "waits")}))
}

// lying tells that a box waits in the hospital for somebody who has nothing to do.
func (w *worker) lying() bool {
	h := w.crew.hospital()
	return h != nil && h.Lying() > 0
}
