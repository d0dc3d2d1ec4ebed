package board

import "context"

// waiter waits until the board shows everything up to an event.
type waiter struct {
	seq  uint64
	done chan struct{}
}

// Reach waits until the board shows everything up to the event seq, and has it
// look at once instead of at its next beat. It gives the context's error where
// that ends first.
func (b *Board) Reach(ctx context.Context, seq uint64) error {
	w := &waiter{seq: seq, done: make(chan struct{})}
	b.mu.Lock()
	if b.view.head >= seq {
		b.mu.Unlock()
		return nil
	}
	b.waiters[w] = struct{}{}
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.waiters, w)
	}()
	b.want(seq)
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// want remembers the next event that somebody waits for.
func (b *Board) want(seq uint64) {
	b.noteMu.Lock()
	defer b.noteMu.Unlock()
	if b.wanted == 0 || seq < b.wanted {
		b.wanted = seq
	}
	b.hurry()
}

// hurry asks for a beat where what is waited for has been noted; b.noteMu is
// held.
func (b *Board) hurry() {
	if b.wanted == 0 || b.head < b.wanted {
		return
	}
	b.wanted = 0
	select {
	case b.now <- struct{}{}:
	default: // one is asked for already
	}
}

// reached lets go of those who waited for what is shown now; b.mu is held.
func (b *Board) reached() {
	for w := range b.waiters {
		if w.seq <= b.view.head {
			close(w.done)
			delete(b.waiters, w)
		} else {
			b.want(w.seq)
		}
	}
}
