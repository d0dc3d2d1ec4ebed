package crew

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// gone are the boxes that rode off; some come back without a word.
type gone struct {
	mu     sync.Mutex
	riding map[string][]string // by the work of who loaded them
	off    []string
	n      int // that rode off
}

const keepGone = 200

func (g *gone) ride(work, waybill string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.riding == nil {
		g.riding = map[string][]string{}
	}
	g.riding[work] = append(g.riding[work], waybill)
}

// comeBack is how many boxes ride off for one that comes back.
const comeBack = 8

// leave is the end of a truck.
func (g *gone) leave(work string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, waybill := range g.riding[work] {
		if g.n%comeBack == 0 {
			g.off = append(g.off, waybill)
		}
		g.n++
	}
	delete(g.riding, work)
	g.off = slices.Clone(g.off[max(0, len(g.off)-keepGone):])
}

// back takes the box that has been away the longest.
func (g *gone) back() (waybill string, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.off) == 0 {
		return "", false
	}
	waybill, g.off = g.off[0], g.off[1:]
	return waybill, true
}

// parcel is the one that was opened on the returns desk, and what is truly in it.
type parcel struct {
	of    string         // the return
	lacks map[string]int // pieces that are told and not in it, by article
	extra bool           // there is a piece in it that nobody told
	left  int            // pieces of the article in hand that still lie in it
	code  string         // of that article
}

// back is the returns desk: parcel, article, grade, place.
func (w *worker) back(ctx context.Context) error {
	s := w.screen
	switch s.Step {
	case "parcel":
		return w.nextParcel(ctx)
	case "item":
		return w.unpack(ctx)
	case "grade":
		return w.grade(ctx)
	case "location":
		if len(s.Expect) == 0 {
			return w.anyPlace(ctx)
		}
	}
	if len(s.Expect) == 0 {
		return w.nothing(ctx)
	}
	return w.meet(ctx, s.Expect[0])
}

// nextParcel takes a parcel off the pile and scans what stands on it: the number of
// the way back, an old one that is still on it, or what nobody here knows.
func (w *worker) nextParcel(ctx context.Context) error {
	if err := w.pause(ctx, 3); err != nil || w.screen.Step != "parcel" {
		return err
	}
	if w.chance(w.crew.cfg.Traits.Odd) {
		return w.oddParcel(ctx)
	}
	if len(w.screen.Expect) == 0 {
		return w.nothing(ctx)
	}
	code := w.screen.Expect[w.rng.IntN(len(w.screen.Expect))].Code
	if old := w.crew.cfg.Old[code]; len(old) > 0 && w.rng.IntN(3) == 0 {
		code = old[w.rng.IntN(len(old))]
	}
	return w.after(w.scan(ctx, "parcel", code))
}

// oddParcel is one that came back unannounced, with a number of this site or with
// one of nobody's, or with none.
func (w *worker) oddParcel(ctx context.Context) error {
	switch n := w.rng.IntN(4); {
	case n == 0:
		return w.after(w.press(ctx, "confirm", map[string]any{"reason": "noCode"}))
	case n == 1:
		_, err := w.scan(ctx, "parcel", fmt.Sprintf("NOBODY%08d", w.rng.IntN(100_000_000)))
		return err // the shelf is next
	}
	code, ok := w.crew.gone.back()
	if !ok {
		return nil
	}
	w.crew.count.unannounced.Add(1)
	_, err := w.scan(ctx, "parcel", code) // one that is no return goes back on the pile
	return err
}

// unpack takes the next piece out of the parcel, or ends it.
func (w *worker) unpack(ctx context.Context) error {
	s, t := w.screen, w.crew.cfg.Traits
	if s.Return.ID != w.parcel.of {
		w.open(s)
	}
	if err := w.pause(ctx, 2); err != nil || w.screen.Rev != s.Rev {
		return err
	}
	left := map[string]int{}
	for _, e := range s.Expect {
		left[e.SKU] += e.Remaining
	}
	for _, e := range s.Expect {
		n := left[e.SKU] - w.lacks(e.SKU, left[e.SKU])
		if e.Kind != "item" || e.Code == "" || n <= 0 {
			continue
		}
		w.parcel.left, w.parcel.code = n, e.Code
		switch {
		case w.chance(t.Odd / 2):
			return w.after(w.press(ctx, "confirm", map[string]any{"text": e.SKU, "reason": "unreadable"}))
		case w.chance(t.Undo) && s.can("undo"):
			return w.after(w.press(ctx, "undo", nil))
		case w.chance(t.Wrong):
			return w.mistake(ctx)
		}
		return w.after(w.scan(ctx, "item", e.Code))
	}
	switch {
	case s.Return.Met != "" && w.parcel.extra:
		w.parcel.extra, w.parcel.left = false, 0
		return w.after(w.press(ctx, "confirm", map[string]any{"reason": "notTold"}))
	case w.parcel.extra:
		code := w.parcel.code
		if len(w.memory) > 0 && (code == "" || w.rng.IntN(2) == 0) {
			code = w.memory[w.rng.IntN(len(w.memory))]
		}
		if code != "" {
			f, err := w.scan(ctx, "item", code) // refused, and it lies there all the same
			if w.parcel.extra = w.screen.Return.Met != ""; f.OK {
				w.parcel.left = 0
			}
			return err
		}
	}
	args := map[string]any(nil)
	if s.Return.Missing > 0 {
		args = map[string]any{"reason": "notInParcel"}
	}
	return w.after(w.press(ctx, "close", args))
}

// open sees what is in a parcel.
func (w *worker) open(s *screen) {
	w.parcel = parcel{of: s.Return.ID, lacks: map[string]int{}, extra: w.chance(w.crew.cfg.Traits.Odd / 2)}
	w.crew.count.parcels.Add(1)
}

// sentBack is how many pieces of an article people send back at most; of what came by
// the carton they keep the rest.
const sentBack = 4

// lacks is how many of the pieces told of an article are not in the parcel.
func (w *worker) lacks(sku string, told int) int {
	n, seen := w.parcel.lacks[sku]
	if !seen {
		n = max(0, told-sentBack)
		if n == 0 && w.chance(w.crew.cfg.Traits.Odd/2) {
			n = 1
		}
		w.parcel.lacks[sku] = n
	}
	return n
}

// grade looks at the pieces in hand: more of the same are taken to them, then a
// card or a button says how they are.
func (w *worker) grade(ctx context.Context) error {
	s := w.screen
	if err := w.pause(ctx, 2); err != nil || w.screen.Rev != s.Rev || len(s.Expect) == 0 {
		return err
	}
	hand := s.Return.Hand
	switch {
	case hand != nil && hand.Extra == "" && hand.Quantity < w.parcel.left && w.refused == 0 && w.chance(0.7):
		return w.after(w.scan(ctx, "item", w.parcel.code))
	case w.chance(w.crew.cfg.Traits.Undo) && s.can("undo"):
		return w.after(w.press(ctx, "undo", nil))
	}
	n := 0
	if w.rng.IntN(4) == 0 || w.refused > 0 {
		n = w.rng.IntN(len(s.Expect))
	}
	if n < len(s.Return.Grades) && w.rng.IntN(2) == 0 {
		return w.after(w.press(ctx, "grade", map[string]any{"grade": s.Return.Grades[n], "reason": "looked"}))
	}
	return w.after(w.scan(ctx, "grade", s.Expect[n].Code))
}

// anyPlace puts goods that have no home where others lie; who has seen no place
// grades them otherwise.
func (w *worker) anyPlace(ctx context.Context) error {
	if err := w.pause(ctx, 3); err != nil {
		return err
	}
	code, ok := w.crew.places.one(w.rng.IntN)
	if !ok || w.refused > 0 {
		w.refused++ // not the first grade again
		_, err := w.press(ctx, "undo", nil)
		return err
	}
	return w.after(w.scan(ctx, "location", code))
}

// places are those that pickers were sent to.
type places struct {
	mu   sync.Mutex
	seen map[string]bool
	list []string
}

const keepPlaces = 500

func (p *places) add(code string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	if !p.seen[code] && len(p.list) < keepPlaces {
		p.seen[code] = true
		p.list = append(p.list, code)
	}
}

func (p *places) one(intN func(int) int) (code string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.list) == 0 {
		return "", false
	}
	return p.list[intN(len(p.list))], true
}

// learn keeps in mind where goods lie.
func (w *worker) learn(s *screen) {
	if s.Flow != "pick" || w.line.practice {
		return
	}
	for _, e := range s.Expect {
		if e.Kind == "location" && e.Code != "" {
			w.crew.places.add(e.Code)
		}
	}
}

// comesBack scans a parcel that came back while this worker has nothing to do.
func (w *worker) comesBack(ctx context.Context) (bool, error) {
	if w.me.Flows[0] != "return" || !w.chance(w.crew.cfg.Traits.Odd) {
		return false, nil
	}
	code, ok := w.crew.gone.back()
	if !ok {
		return false, nil
	}
	w.crew.count.unannounced.Add(1)
	_, err := w.scan(ctx, "parcel", code)
	return true, err
}
