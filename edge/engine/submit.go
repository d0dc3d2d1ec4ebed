package engine

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"dcedge/edge"
	"dcedge/edge/engine/group"
	"dcedge/edge/floor"
)

// request is one thing in the queue: a message, private records, a read or a
// question for a screen. Whoever put it there may look at its results after
// wake or in done.
type request struct {
	message  *edge.Message
	privates []edge.Private
	read     func(floor.View)
	worker   string // whose screen is asked for
	roles    []edge.Role
	practice bool // the screen, or the state, of practice is asked for
	renew    bool // and begins anew
	internal bool // made by the engine: nobody waits

	prior   []byte // outcome that the store knows
	turn    uint32
	done    func(edge.Verdict, error)
	wake    chan struct{}
	dropped atomic.Bool // the one who asked has gone: do not read

	verdict edge.Verdict
	screen  *edge.Screen
	err     error
}

// kind is that of its message; 0 without one.
func (q *request) kind() edge.Kind {
	if q.message == nil {
		return 0
	}
	return q.message.Kind
}

func (q *request) reset() {
	*q = request{wake: q.wake}
}

// finish answers.
func (q *request) finish() {
	if q.done != nil {
		q.done(q.verdict, q.err)
		return
	}
	q.wake <- struct{}{}
}

// Submit gives a message to the floor and waits for the verdict. A nil error
// means that all of it is on disk. The engine sets m.At; m must not be changed
// afterwards. If ctx ends first it is not known whether it was decided.
func (e *Engine) Submit(ctx context.Context, m *edge.Message) (edge.Verdict, error) {
	q := e.pool.Get().(*request)
	q.message = m
	if err := e.put(ctx, q); err != nil {
		e.recycle(q)
		return edge.Verdict{}, err
	}
	if err := e.wait(ctx, q); err != nil {
		return edge.Verdict{}, err
	}
	v, err := q.verdict, q.err
	e.recycle(q)
	return v, err
}

// SubmitFunc gives a message to the floor and returns when it is in the queue;
// what one goroutine submits is decided and answered in that order. It blocks
// while the queue is full, until ctx ends; an error means that done is not
// called. done is called after the flush, by one goroutine for all, and must not
// block.
func (e *Engine) SubmitFunc(ctx context.Context, m *edge.Message, done func(edge.Verdict, error)) error {
	if done == nil {
		return fmt.Errorf("%w: no done", ErrMessage)
	}
	return e.put(ctx, &request{message: m, done: done})
}

// Record writes private records as one message. They are on disk when it
// returns nil; the newest one per (Kind, Key) counts and a nil Value ends it.
func (e *Engine) Record(ctx context.Context, list ...edge.Private) error {
	if len(list) == 0 {
		return nil
	}
	for _, p := range list {
		if err := checkPrivate(p); err != nil {
			return err
		}
	}
	_, err := e.ask(ctx, &request{privates: list, wake: make(chan struct{}, 1)})
	return err
}

// Read runs fn on the engine's goroutine, between two flushes. It is for rare
// and short reads: the floor stands still meanwhile. fn must not keep what it
// was given beyond immutable entities. After an error fn has not run and will
// not.
func (e *Engine) Read(ctx context.Context, fn func(floor.View)) error {
	return e.readOf(ctx, &request{}, fn)
}

// ReadPractice is Read of the state of those who practise.
func (e *Engine) ReadPractice(ctx context.Context, fn func(floor.View)) error {
	return e.readOf(ctx, &request{practice: true}, fn)
}

// RenewPractice begins the state of practice anew: all that was practised is
// forgotten.
func (e *Engine) RenewPractice(ctx context.Context) error {
	return e.readOf(ctx, &request{practice: true, renew: true}, func(floor.View) {})
}

func (e *Engine) readOf(ctx context.Context, q *request, fn func(floor.View)) error {
	q.wake = make(chan struct{}, 1)
	ran := false
	q.read = func(v floor.View) { ran = true; fn(v) }
	_, err := e.ask(ctx, q)
	if err == nil && !ran {
		return ErrStopped
	}
	return err
}

// Screen gives the present screen of a worker.
func (e *Engine) Screen(ctx context.Context, worker string, roles []edge.Role) (*edge.Screen, error) {
	return e.screenFor(ctx, &request{worker: worker, roles: roles})
}

// PracticeScreen gives the present screen of a worker who practises.
func (e *Engine) PracticeScreen(ctx context.Context, worker string, roles []edge.Role) (*edge.Screen, error) {
	return e.screenFor(ctx, &request{worker: worker, roles: roles, practice: true})
}

func (e *Engine) screenFor(ctx context.Context, q *request) (*edge.Screen, error) {
	q.wake = make(chan struct{}, 1)
	q, err := e.ask(ctx, q)
	if err != nil {
		return nil, err
	}
	return q.screen, nil
}

func (e *Engine) ask(ctx context.Context, q *request) (*request, error) {
	if err := e.put(ctx, q); err != nil {
		return nil, err
	}
	if err := e.wait(ctx, q); err != nil {
		return nil, err
	}
	return q, q.err
}

// put looks an old id up and puts the request into the queue.
func (e *Engine) put(ctx context.Context, q *request) error {
	if m := q.message; m != nil {
		if err := checkMessage(m); err != nil {
			return err
		}
		q.turn = e.memory.enter()
		if err := e.lookUp(q); err != nil {
			e.memory.leave(q.turn)
			return err
		}
	}
	err := e.queue.Put(ctx, q)
	if err == nil {
		return nil
	}
	if q.message != nil {
		e.memory.leave(q.turn)
	}
	if errors.Is(err, group.ErrClosed) {
		return ErrStopped
	}
	return err
}

func checkMessage(m *edge.Message) error {
	switch m.Kind {
	case edge.Scan, edge.Act:
		if m.ID.IsZero() || m.Worker == "" {
			return fmt.Errorf("%w: a scan or an act without id or worker", ErrMessage)
		}
	case edge.Belt:
		if m.Worker != "" || m.Device == "" {
			return fmt.Errorf("%w: of a belt, with a worker or without a device", ErrMessage)
		}
	case edge.Record, edge.Print, edge.Refreshed, edge.Tick, edge.Plan, edge.Opened:
		if !m.ID.IsZero() {
			return fmt.Errorf("%w: message of kind %d with an id", ErrMessage, m.Kind)
		}
	default:
		return fmt.Errorf("%w: kind %d", ErrMessage, m.Kind)
	}
	return nil
}

func (e *Engine) lookUp(q *request) error {
	if told, ok := q.message.Body.(*edge.Reconcile); ok {
		return e.lookUpTold(told)
	}
	id := q.message.ID
	if id.IsZero() || e.memory.covers(id) {
		return nil
	}
	data, found, err := e.deps.Past.Outcome(id)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLookup, err)
	}
	if found {
		q.prior = data
	}
	return nil
}

func (e *Engine) wait(ctx context.Context, q *request) error {
	select {
	case <-q.wake:
		return nil
	case <-ctx.Done():
		if q.dropped.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		<-q.wake
		return nil
	}
}

func (e *Engine) recycle(q *request) {
	q.reset()
	e.pool.Put(q)
}
