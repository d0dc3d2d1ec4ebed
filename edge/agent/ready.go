package agent

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"dcedge/edge"
	"dcedge/edge/engine"
	"dcedge/edge/floor"
	"dcedge/edge/store"
	"dcedge/edge/web"
)

// Bounds of being ready.
const (
	floorWithin  = time.Second            // the floor answers a question
	storeWithin  = 200 * time.Millisecond // the store has room again for what is decided
	refusedFor   = 30 * time.Second       // a refusal for want of room says so much longer
	roomOnDisk   = 64 << 20               // bytes: the next segments of journal and reference log
	notReadyFull = "storeFull"
)

// ready tells whether scans can be taken, and else which part keeps them out.
// What it asks is quick and writes nothing.
type ready struct {
	floor func(context.Context) error // answers a question
	room  func(context.Context) error // the store is not too far behind
	free  func() (uint64, error)      // bytes on the data folder's file system
	now   func() time.Time            // any clock that goes on

	mu      sync.Mutex
	refused time.Time // last message that was refused for want of room
}

func (a *Agent) newReady() *ready {
	return &ready{
		floor: a.floorOpen,
		room:  a.store.Room,
		free:  func() (uint64, error) { return freeBytes(a.cfg.Data) },
		now:   time.Now,
	}
}

// errClosed is returned by a floor that waits for the WMS; its text is why.
type errClosed string

func (e errClosed) Error() string { return "the floor is closed: " + string(e) }

// floorOpen asks the floor whether it works.
func (a *Agent) floorOpen(ctx context.Context) error {
	why := ""
	if err := a.engine.Read(ctx, func(v floor.View) { why = v.State.Site().Closed }); err != nil {
		return err
	}
	if why != "" {
		return errClosed(why)
	}
	return nil
}

// check implements web.Deps.Ready. Errors: *web.NotReady.
func (r *ready) check(ctx context.Context) error {
	in, cancel := context.WithTimeout(ctx, floorWithin)
	defer cancel()
	closed := errClosed("")
	switch err := r.floor(in); {
	case errors.As(err, &closed):
		return &web.NotReady{Code: "floorClosed", Detail: fmt.Sprintf("a new epoch has begun (%s): the WMS has to tell by POST /sync/v1/reconcile what it saw", string(closed))}
	case err != nil:
		return &web.NotReady{Code: "floorBusy", Detail: fmt.Sprintf("the floor does not answer within %s", floorWithin), Err: err}
	}
	switch free, err := r.free(); {
	case err != nil:
		return &web.NotReady{Code: "diskUnknown", Detail: "the data folder's file system does not say how full it is", Err: err}
	case free < roomOnDisk:
		return &web.NotReady{Code: notReadyFull, Detail: fmt.Sprintf("disk: %d MiB are free in the data folder, the journal's next segments need %d: make room", free>>20, roomOnDisk>>20)}
	case r.lately():
		return &web.NotReady{Code: notReadyFull, Detail: "disk: scans were refused for want of room a moment ago"}
	}
	in, cancel = context.WithTimeout(ctx, storeWithin)
	defer cancel()
	switch err := r.room(in); {
	case errors.Is(err, store.ErrFull):
		return &web.NotReady{Code: notReadyFull, Detail: "store: it cannot follow the journal, the disk is full: make room", Err: err}
	case err != nil:
		return &web.NotReady{Code: "storeBehind", Detail: "store: it is too far behind the journal; scans wait for it", Err: err}
	}
	return nil
}

func (r *ready) lately() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.refused.IsZero() && r.now().Sub(r.refused) < refusedFor
}

// note takes the outcome of a message: want of room is remembered until the
// next message that is decided.
func (r *ready) note(err error) {
	full := errors.Is(err, engine.ErrFull) || errors.Is(err, store.ErrFull)
	if err != nil && !full {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refused = time.Time{}
	if full {
		r.refused = r.now()
	}
}

// notedFloor is the engine as the web side uses it, and tells ready what became
// of each message.
type notedFloor struct {
	*engine.Engine
	ready *ready
}

var _ web.Floor = notedFloor{}

// Submit implements web.Floor.
func (f notedFloor) Submit(ctx context.Context, m *edge.Message) (edge.Verdict, error) {
	v, err := f.Engine.Submit(ctx, m)
	f.ready.note(err)
	return v, err
}

// SubmitFunc implements web.Floor.
func (f notedFloor) SubmitFunc(ctx context.Context, m *edge.Message, done func(edge.Verdict, error)) error {
	return f.Engine.SubmitFunc(ctx, m, func(v edge.Verdict, err error) {
		f.ready.note(err)
		done(v, err)
	})
}
