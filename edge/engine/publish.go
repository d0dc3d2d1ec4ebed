package engine

import (
	"sync"

	"dcedge/edge"
)

// publisher hands commits to subscribers, in order, on a goroutine of its own.
type publisher struct {
	commits chan *edge.Commit

	mu   sync.Mutex
	next int
	subs []subscriber // in the order of subscribing
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

// run ends when commits is closed and everything in it was handed out.
func (p *publisher) run() {
	for c := range p.commits {
		p.mu.Lock()
		subs := p.subs
		p.mu.Unlock()
		for _, s := range subs {
			s.fn(c)
		}
	}
}
