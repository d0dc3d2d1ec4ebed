package engine

import (
	"context"
	"fmt"
	"sync"

	"dcedge/edge"
)

// publisher hands commits to subscribers, in order, on a goroutine of its own.
type publisher struct {
	commits chan *edge.Commit

	mu          sync.Mutex
	next        int
	subs        []subscriber  // in the order of subscribing
	given, told uint64        // commits that were announced, and handed out
	more        chan struct{} // closed at the next one handed out; nil while nobody waits
}

type subscriber struct {
	id int
	fn func(*edge.Commit)
}

func newPublisher() *publisher { return &publisher{commits: make(chan *edge.Commit, 256)} }

func (p *publisher) subscribe(fn func(*edge.Commit)) (cancel func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next++
	id := p.next
	p.subs = append(p.subs[:len(p.subs):len(p.subs)], subscriber{id: id, fn: fn})
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		kept := make([]subscriber, 0, len(p.subs))
		for _, s := range p.subs {
			if s.id != id {
				kept = append(kept, s)
			}
		}
		p.subs = kept
	}
}

// expect announces the next commit, before its senders are answered.
func (p *publisher) expect() {
	p.mu.Lock()
	p.given++
	p.mu.Unlock()
}

// caughtUp waits until everything that was announced so far was handed out.
func (p *publisher) caughtUp(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for want := p.given; p.told < want; {
		if p.more == nil {
			p.more = make(chan struct{})
		}
		more := p.more
		p.mu.Unlock()
		var err error
		select {
		case <-more:
		case <-ctx.Done():
			err = fmt.Errorf("engine: subscribers are behind: %w", ctx.Err())
		}
		p.mu.Lock()
		if err != nil {
			return err
		}
	}
	return nil
}

// run ends when commits is closed and everything in it was handed out.
func (p *publisher) run() {
	for c := range p.commits {
		p.mu.Lock()
		subs := p.subs
		p.mu.Unlock()
		for _, s := range subs {
			s.fn(c)
		}
		p.mu.Lock()
		p.told++
		if p.more != nil {
			close(p.more)
			p.more = nil
		}
		p.mu.Unlock()
	}
}
