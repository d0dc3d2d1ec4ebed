package crew

import (
	"context"
	"sync"
	"time"
)

const (
	cageRoom  = 12               // boxes of a full roll cage
	cageQuiet = 30 * time.Second // without a box, before a cage is closed as it is: its truck waits for it
)

// cages are those that stand filled at the docks. Their plates can be read also where
// no screen names them: a box in them was held, or cancelled.
type cages struct {
	mu     sync.Mutex
	filled map[string]*filled // by the plate's code
}

type filled struct {
	carrier string
	work    string // of who scanned it last, in vain
	rev     uint64 // of the screen before that scan
}

func (c *cages) fill(code, carrier string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.filled == nil {
		c.filled = map[string]*filled{}
	}
	c.filled[code] = &filled{carrier: carrier}
}

// ride is the end of a cage on a truck; it gives whether it stood here.
func (c *cages) ride(code string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, had := c.filled[code]
	delete(c.filled, code)
	return had
}

// left finds a cage of a carrier which the loader at this work has not tried at this
// screen.
func (c *cages) left(carrier, work string, rev uint64) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for code, f := range c.filled {
		if f.carrier == carrier && (f.work != work || f.rev != rev) {
			f.work, f.rev = work, rev
			return code
		}
	}
	return ""
}

// cage takes a roll cage and fills it, until it is full or nothing comes any more.
func (w *worker) cage(ctx context.Context) error {
	s := w.reach(w.screen)
	switch {
	case len(s.Expect) > 0 && s.Expect[0].Kind == "container":
		return w.meet(ctx, s.Expect[0])
	case len(s.Expect) > 0 && s.Expect[0].Code != "" && s.Task.Done < cageRoom:
		w.loaded = time.Now()
		return w.meet(ctx, w.choose(s))
	}
	if left := w.quietFor(cageQuiet, 400*time.Millisecond); left > 0 && s.Task.Done < cageRoom {
		return w.watch(ctx, left)
	}
	w.asks = time.Now()
	if !w.screen.can("close") {
		_, err := w.press(ctx, "leave", nil) // what is in the hand is empty
		return err
	}
	plate, carrier := w.screen.Container.ID, w.screen.Task.Carrier
	f, err := w.press(ctx, "close", nil)
	if err == nil && f.OK {
		w.crew.cages.fill(plate, carrier)
	}
	return w.after(f, err)
}
