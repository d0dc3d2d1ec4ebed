package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"dcedge/edge"
)

// Take hands over what a flush made true. Steps come in the order of the
// journal. It does no I/O.
func (s *Store) Take(step edge.Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps = append(s.steps, step)
	s.taken = step.Pos
	if s.taken-s.applied.Pos >= s.hurry() || s.taken-s.folded >= foldEvery {
		s.wake()
	}
}

// foldEvery is after how many frames what was taken is folded together: a flush
// hands over every version of every row that it changed.
const foldEvery = 2 << 10

// fold takes the steps of s.steps into the next generation; s.gen is held.
func (s *Store) fold() {
	s.mu.Lock()
	steps := s.steps
	s.steps, s.spare, s.folded = s.spare[:0], nil, s.taken
	s.mu.Unlock()
	for i := range steps {
		s.next.fold(&steps[i])
	}
	clear(steps)
	s.mu.Lock()
	s.spare = steps
	s.mu.Unlock()
}

// hurry is how many frames behind the store may be before it stops pausing:
// half of what makes the engine wait.
func (s *Store) hurry() uint64 { return s.opts.MaxBehind / 2 }

func (s *Store) behind() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken - s.applied.Pos
}

// rest lets the journal have the disk for as long as the last commit took: a
// large generation must not slow the verdicts down.
func (s *Store) rest(took time.Duration) {
	s.fold()
	if !s.gently {
		return
	}
	timer := time.NewTimer(min(took, maxRest))
	defer timer.Stop()
	for s.behind() < s.hurry() {
		select {
		case <-timer.C:
			return
		case <-s.kick:
			s.fold()
		}
	}
}

const maxRest = 50 * time.Millisecond

func (s *Store) wake() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

// Room returns when the store is at most MaxBehind frames behind. It is the
// back-pressure on the engine: it waits while the store is merely slow.
// ErrFull: the disk is full; ErrStopped: Run has ended with an error.
func (s *Store) Room(ctx context.Context) error {
	for {
		moved, err := s.roomOr()
		if moved == nil {
			return err
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Store) roomOr() (<-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken-s.applied.Pos <= s.opts.MaxBehind {
		return nil, nil
	}
	if s.why != nil {
		return nil, s.why
	}
	if s.moved == nil {
		s.moved = make(chan struct{})
	}
	s.wake()
	return s.moved, nil
}

// announce wakes those who wait in Room; s.mu is held.
func (s *Store) announce() {
	if s.moved != nil {
		close(s.moved)
		s.moved = nil
	}
}

func (s *Store) setWhy(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.why = err
	s.announce()
}

// Run writes generations until ctx ends, then the last one. While the disk is
// full it tries again; any other error ends it: what a failed flush left is
// unknown, and the process has to start again.
func (s *Store) Run(ctx context.Context) error {
	timer := time.NewTimer(s.opts.Interval)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-s.kick:
			s.gen.Lock()
			s.fold()
			s.gen.Unlock()
			if s.behind() < s.hurry() {
				continue
			}
		case <-ctx.Done():
			return s.end(s.Flush())
		}
		err := s.flush(true)
		for err == nil && s.behind() >= s.hurry() {
			err = s.flush(true)
		}
		switch {
		case err == nil:
			s.setWhy(nil)
		case errors.Is(err, syscall.ENOSPC):
			s.opts.Logger.Error("store cannot follow: the disk is full", "error", err)
			s.setWhy(fmt.Errorf("%w: %w", ErrFull, err))
		default:
			return s.end(err)
		}
		timer.Reset(s.opts.Interval)
	}
}

func (s *Store) end(err error) error {
	if err == nil {
		return nil
	}
	s.setWhy(fmt.Errorf("%w: %w", ErrStopped, err))
	return fmt.Errorf("store: %w", err)
}

// Flush writes what was taken until now. What it could not write is kept for
// the next call.
func (s *Store) Flush() error { return s.flush(false) }

// flush writes a generation; gently: with rests between its commits.
func (s *Store) flush(gently bool) error {
	s.gen.Lock()
	defer s.gen.Unlock()
	s.gently = gently
	g := s.begun()
	if !g.empty() {
		if err := guard(func() error { return s.write(g) }); err != nil {
			s.giveBack(g)
			return s.noteDamage(err)
		}
	}
	s.mu.Lock()
	s.applied = g.mark
	s.announce()
	s.mu.Unlock()
	return s.noteDamage(guard(func() error { return s.purge(g.mark.At) }))
}

// begun ends the generation that was gathered and begins the next; s.gen is
// held.
func (s *Store) begun() *generation {
	s.fold()
	g := s.next
	s.next = newGeneration()
	s.mu.Lock()
	defer s.mu.Unlock()
	g.catalogue, g.reference = s.catalogue, s.reference
	s.catalogue = make(map[string][]byte)
	if !g.moved {
		g.mark = s.applied
	}
	g.mark.Epoch = cmp.Or(g.mark.Epoch, s.applied.Epoch)
	return g
}

func (s *Store) giveBack(g *generation) {
	g.absorb(s.next)
	s.next = g
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, v := range s.catalogue {
		g.catalogue[k] = v
	}
	s.catalogue = g.catalogue
}

// noteDamage leaves a marker for the next Open: a store in which damage was
// met is not trusted again.
func (s *Store) noteDamage(err error) error {
	if !errors.Is(err, ErrDamaged) {
		return err
	}
	return errors.Join(err, os.WriteFile(s.path(markerName), []byte(err.Error()), 0o600))
}
