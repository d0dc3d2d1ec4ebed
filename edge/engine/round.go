package engine

import (
	"slices"
	"strings"
	"time"

	"dcedge/edge"
	"dcedge/edge/floor"
	"dcedge/edge/journal"
)

// round is one batch in the making, then on its way to the disk. While it is
// open it is the engine goroutine's, while it flies the flyer's.
type round struct {
	now      time.Time // edge time of what was decided last
	seq      uint64    // of its last event so far
	messages int
	batch    journal.Batch
	list     []*request // decided in it
	on       bool       // something was decided in it

	// Handed over after the flush: never written again.
	events   []edge.Event
	outcomes []edge.Remembered
	privates []edge.Private
	revs     []edge.Rev
	changes  []edge.Change

	notices   []edge.Notice
	pushes    []edge.Push
	saved     []savedRev
	touched   []*worker
	everyone  bool
	practised bool // everyone who practises
	more      bool // a Refreshed is to follow

	// What became of it.
	place journal.Place
	took  time.Duration
	err   error
}

type savedRev struct {
	worker *worker
	before revMark
}

// begin opens the round, or goes on with it, at the time now; seq is that of
// the last event before it.
func (r *round) begin(seq uint64, now time.Time) {
	if !r.on {
		r.on, r.seq = true, seq
	}
	r.now = now
}

// fits tells that another message may be decided in it.
func (r *round) fits(cfg *Config) bool {
	return len(r.list) == 0 || len(r.list) < cfg.MaxBatch && r.batch.Bytes() < cfg.MaxBytes
}

// reset empties the round; what was handed over is forgotten, not reused.
func (r *round) reset() {
	clear(r.list)
	r.batch.Reset()
	*r = round{batch: r.batch, list: r.list[:0], saved: r.saved[:0], touched: r.touched[:0],
		events:   make([]edge.Event, 0, len(r.events)),
		outcomes: make([]edge.Remembered, 0, len(r.outcomes)),
		revs:     make([]edge.Rev, 0, len(r.revs))}
}

func (e *Engine) present(now time.Time) floor.View {
	v := e.view
	v.Now = now
	return v
}

func (e *Engine) worker(id string, roles []edge.Role, practises bool) *worker {
	w, ok := e.workers[id]
	if !ok {
		w = &worker{id: id}
		e.workers[id] = w
	}
	w.seen, w.roles, w.practises = true, roles, practises
	return w
}

// screenOf makes the present screen of a worker. It raises the rev if the
// screen is another one than the last.
func (e *Engine) screenOf(r *round, w *worker) *edge.Screen {
	v := e.present(r.now)
	if w.practises {
		v.State = e.practice
	}
	s := e.deps.Rules.Screen(v, w.id, w.roles)
	if key, least := floor.Key(s), e.revFloor(); key != w.key || w.rev <= least {
		if !w.saved {
			w.saved = true
			r.saved = append(r.saved, savedRev{worker: w, before: w.revMark})
		}
		w.rev, w.key, w.late = max(w.rev, least)+1, key, true
	}
	s.Rev = w.rev
	return s
}

// tryScreen is screenOf where a panic is only noted: nil.
func (e *Engine) tryScreen(r *round, w *worker) (s *edge.Screen) {
	defer func() {
		if p := recover(); p != nil {
			e.panicked(&edge.Message{Worker: w.id}, p)
			s = nil
		}
	}()
	return e.screenOf(r, w)
}

func (r *round) touch(w *worker) {
	if w.seen && !w.touched {
		w.touched = true
		r.touched = append(r.touched, w)
	}
}

// refreshScreens looks at the screens that this batch may have changed for
// another reason than their workers' own messages, and pushes those that it
// has.
func (e *Engine) refreshScreens(r *round) {
	if r.everyone || r.practised {
		for _, w := range e.workers {
			if r.everyone || w.practises {
				r.touch(w)
			}
		}
		slices.SortFunc(r.touched, func(a, b *worker) int { return strings.Compare(a.id, b.id) })
	}
	for _, w := range r.touched {
		before := w.rev
		if s := e.tryScreen(r, w); s != nil && (s.Rev != before || w.shown) {
			r.pushes = append(r.pushes, edge.Push{Worker: w.id, Screen: s})
		}
	}
}

func (e *Engine) giveScreen(r *round, q *request) {
	if q.screen = e.tryScreen(r, e.worker(q.worker, q.roles, q.practice)); q.screen == nil {
		q.err = ErrRule
	}
}

// writeRevs writes what no outcome of the batch says: revs of screens that
// changed without a message of their worker.
func (e *Engine) writeRevs(r *round) {
	for _, s := range r.saved {
		v := s.worker.of(s.worker.id)
		r.revs = append(r.revs, v)
		if s.worker.late {
			e.lines = appendPrivate(e.lines[:0], v.Private())
			r.batch.Private(e.lines)
		}
	}
	r.batch.EndMessage()
}

// allPushes lists what the publisher tells the workers.
func (r *round) allPushes() []edge.Push {
	out := r.pushes
	for i := range r.notices {
		out = append(out, edge.Push{Worker: r.notices[i].Worker, Notice: &r.notices[i]})
	}
	return out
}
