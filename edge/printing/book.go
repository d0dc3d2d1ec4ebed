package printing

import (
	"slices"
	"time"

	"dcedge/devices"
	"dcedge/edge"
)

// book is what the state says about labels, and what this process is doing
// about it. Service.mu guards it. It holds wanted labels and open attempts only,
// so it is as large as the work in hand.
type book struct {
	head    uint64
	wanted  map[string]*edge.Box // by box
	fifo    []string             // keys of wanted, oldest first
	open    map[string]edge.Attempt
	doubts  map[string]edge.Attempt  // attempts in doubt that no other label of their box has followed
	marks   map[string]devices.Meter // of attempts sent by this process: what the printer had counted right before
	mute    map[string]bool          // attempts in doubt of which no printer will tell
	owned   map[string]bool          // attempts that this process has begun or is about to
	running map[string]job           // by box
	trails  map[string]*trail
	printer map[string]edge.PrinterStatus // as the state has them
}

// job is a label that a printer's goroutine is busy with.
type job struct {
	printer string
	since   time.Time
}

// trail is what earlier tries of a box left behind.
type trail struct {
	fails   int
	after   uint64               // the state must have come this far before the next try
	first   map[string]time.Time // when a printer refused it for the first time
	avoid   map[string]time.Time // printers not to be used before
	wait    time.Time            // no printer is to be used before
	cleaned string               // the attempt after which its printer was proven empty
	problem string               // code of what keeps it from being printed
}

// Problem says why a wanted label does not come out.
type Problem struct {
	Box, Station, Code string
}

func newBook() book {
	return book{wanted: map[string]*edge.Box{}, open: map[string]edge.Attempt{}, doubts: map[string]edge.Attempt{},
		marks: map[string]devices.Meter{}, mute: map[string]bool{}, owned: map[string]bool{}, running: map[string]job{}, trails: map[string]*trail{}, printer: map[string]edge.PrinterStatus{}}
}

// Committed takes what a flush made true. Commits come in order; the whole state
// as it stands at the start is given as the first one. It does not block.
func (s *Service) Committed(c *edge.Commit) {
	s.mu.Lock()
	changed := false
	for i := range c.Changes {
		changed = s.book.apply(&c.Changes[i]) || changed
	}
	s.book.head = max(s.book.head, c.Head)
	waiting := len(s.book.wanted) > 0
	s.mu.Unlock()
	if changed || waiting {
		s.wake()
	}
}

func (b *book) apply(c *edge.Change) bool {
	switch c.Table {
	case edge.TableBoxes:
		box, _ := c.Value.(*edge.Box)
		return b.applyBox(c.Key, box)
	case edge.TableOrders:
		if o, _ := c.Value.(*edge.Order); o != nil {
			b.freed(o)
		}
		return false
	case edge.TableAttempts:
		a, _ := c.Value.(*edge.Attempt)
		if a != nil && (a.Status == edge.AttemptIntent || a.Status == edge.AttemptSent) {
			b.open[c.Key] = *a
			return true
		}
		delete(b.open, c.Key)
		delete(b.owned, c.Key)
		if a != nil && a.Status == edge.AttemptInDoubt {
			b.doubts[c.Key] = *a
			return true
		}
		delete(b.doubts, c.Key)
		delete(b.marks, c.Key)
		delete(b.mute, c.Key)
		return false
	case edge.TablePrinters:
		if p, _ := c.Value.(*edge.PrinterStatus); p != nil {
			b.printer[c.Key] = *p
		} else {
			delete(b.printer, c.Key)
		}
		return true
	}
	return false
}

func (b *book) applyBox(id string, box *edge.Box) bool {
	if box != nil && box.Print.Wanted {
		if b.wanted[id] == nil {
			b.fifo = append(b.fifo, id)
		}
		b.wanted[id] = box
		return true
	}
	if b.wanted[id] != nil {
		delete(b.wanted, id)
		b.fifo = slices.DeleteFunc(b.fifo, func(have string) bool { return have == id })
	}
	// Its trail stays: this may be the intent of a try that has failed already,
	// with the commit that wants the label again still to come. See forget.
	return false
}

// freed lets the labels of an order that changed be tried at once: a hold may
// have ended, a recipient may have come.
func (b *book) freed(o *edge.Order) {
	for id, t := range b.trails {
		if box := b.wanted[id]; box != nil && box.Client == o.Client && box.Order == o.ID {
			t.wait = time.Time{}
		}
	}
}

func (b *book) trail(box string) *trail {
	t := b.trails[box]
	if t == nil {
		t = &trail{first: map[string]time.Time{}, avoid: map[string]time.Time{}}
		b.trails[box] = t
	}
	return t
}

// next gives the oldest wanted box whose label this printer is to print, and
// marks it as running.
func (s *Service) next(printer string) (*edge.Box, bool) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range s.book.fifo {
		box := s.book.wanted[id]
		if _, running := s.book.running[id]; running || box.Waybill == "" || s.book.hasOpen(box) {
			continue
		}
		if t := s.book.trails[id]; t != nil && (s.book.head < t.after || now.Before(t.wait)) {
			continue
		}
		if s.choose(box, now) == printer {
			s.book.running[id] = job{printer, now}
			return box, true
		}
	}
	return nil, false
}

// hasOpen says that an attempt of the box is under way: nothing is printed then,
// whatever the state wants.
func (b *book) hasOpen(box *edge.Box) bool {
	if box.Print.Attempt == "" {
		return false
	}
	_, open := b.open[box.Print.Attempt]
	return open
}

func (b *book) isRunning(box string) bool { _, ok := b.running[box]; return ok }

// Problems lists the wanted labels that do not come out, oldest first.
func (s *Service) Problems() []Problem {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Problem
	for _, id := range s.book.fifo {
		box := s.book.wanted[id]
		p := Problem{Box: id, Station: box.Station}
		if t := s.book.trails[id]; t != nil {
			p.Code = t.problem
		}
		switch {
		case p.Code != "":
		case box.Waybill == "":
			p.Code = "noWaybill"
		case !s.book.isRunning(id) && s.choose(box, now) == "":
			p.Code = "noPrinter"
		}
		if p.Code != "" {
			out = append(out, p)
		}
	}
	return out
}

// forget drops what is remembered of boxes that want nothing any more.
func (s *Service) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, t := range s.book.trails {
		if s.book.wanted[id] == nil && !s.book.isRunning(id) && s.book.head >= t.after {
			delete(s.book.trails, id)
		}
	}
}

// orphans gives the open attempts that this process did not begin.
func (s *Service) orphans() []edge.Attempt {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []edge.Attempt
	for id, a := range s.book.open {
		if !s.book.owned[id] {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b edge.Attempt) int { return a.At.Compare(b.At) })
	return out
}

// stateOf gives a printer's condition in the words of printer.state. A printer
// that prints is ready: only what stops or frees the work is worth an event.
func stateOf(c devices.Condition) (state, code string) {
	switch c {
	case devices.Ready, devices.Printing:
		return "ready", ""
	case devices.Offline, devices.NoPaper, devices.HeadOpen, devices.Paused:
		return string(c), ""
	}
	return "fault", string(c)
}
