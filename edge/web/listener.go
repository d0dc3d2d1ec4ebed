package web

import (
	"container/list"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"sync"
)

// A connection that has not asked for anything, not for a while, or not yet
// whole, costs memory and a place and proves nothing of who holds it. So places are bounded
// in all and by source, and a new connection takes the place of the one that
// has waited longest: of its own source where that has used up its own, else of
// the source that holds most. A socket was opened by a session and is nobody's to take; neither
// is a request under way. A hall of hundreds of PDAs behind one address has a
// socket each and some spare connections, far below what a source may hold.
const (
	maxConns  = 4096 // of all sources, sockets included
	maxSource = 1024 // of one source, without its sockets
)

// places is a listener that keeps the bounds; its state is told by conns of
// http.Server.
type places struct {
	net.Listener
	most, each int

	mu      sync.Mutex
	free    sync.Cond // something ended or began to wait, or the listener closed
	n       int
	sources map[string]*sourceConns
	closed  bool
}

// sourceConns are the connections of one source but its sockets.
type sourceConns struct {
	n       int
	waiting *list.List // of *placedConn, the longest wait first
}

// placedConn is a connection and where it stands; places.mu guards all of it.
type placedConn struct {
	net.Conn
	p      *places
	source string
	wait   *list.Element // nil: a whole request is under way, or it is a socket
	asked  bool          // a request has begun on it
	socket bool
	gone   bool
}

func newPlaces(ln net.Listener, most, each int) *places {
	p := &places{Listener: ln, most: most, each: each, sources: map[string]*sourceConns{}}
	p.free.L = &p.mu
	return p
}

// Accept waits for a connection, then for a place for it. One of a source that
// has used up its places, with a request on each, is closed at once.
func (p *places) Accept() (net.Conn, error) {
	for {
		c, err := p.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if err := p.room(); err != nil {
			_ = c.Close()
			return nil, err
		}
		if k := p.admit(c); k != nil {
			return k, nil
		}
		_ = c.Close()
	}
}

// room returns when there is a place, taking one back where that is possible.
func (p *places) room() error {
	for {
		p.mu.Lock()
		var old *placedConn
		for p.n >= p.most && !p.closed {
			if old = p.longest(); old != nil {
				break
			}
			p.free.Wait()
		}
		closed := p.closed
		p.mu.Unlock()
		switch {
		case closed:
			return net.ErrClosed
		case old == nil:
			return nil
		}
		_ = old.Close()
	}
}

// longest is what has waited longest at the source that holds most, of those
// where something waits.
func (p *places) longest() *placedConn {
	var most *sourceConns
	for _, s := range p.sources {
		if s.waiting.Len() > 0 && (most == nil || s.n > most.n) {
			most = s
		}
	}
	if most == nil {
		return nil
	}
	return most.waiting.Front().Value.(*placedConn)
}

// admit gives a connection its place; nil: its source has no more.
func (p *places) admit(c net.Conn) *placedConn {
	source := sourceOf(c.RemoteAddr().String())
	p.mu.Lock()
	s := p.sources[source]
	if s == nil {
		s = &sourceConns{waiting: list.New()}
		p.sources[source] = s
	}
	var old *placedConn
	if s.n >= p.each {
		front := s.waiting.Front()
		if front == nil {
			p.mu.Unlock()
			return nil
		}
		old = front.Value.(*placedConn)
	}
	k := &placedConn{Conn: c, p: p, source: source}
	k.wait = s.waiting.PushBack(k)
	s.n++
	p.n++
	p.mu.Unlock()
	if old != nil {
		_ = old.Close()
	}
	return k
}

// Close ends the listener; connections stay.
func (p *places) Close() error {
	p.mu.Lock()
	p.closed = true
	p.free.Broadcast()
	p.mu.Unlock()
	return p.Listener.Close()
}

// shut closes the listener and who has not asked for anything yet: http.Server would
// wait until each of them is five seconds old.
func (p *places) shut() {
	_ = p.Close()
	p.mu.Lock()
	var mute []*placedConn
	for _, s := range p.sources {
		for e := s.waiting.Front(); e != nil; e = e.Next() {
			if k := e.Value.(*placedConn); !k.asked {
				mute = append(mute, k)
			}
		}
	}
	p.mu.Unlock()
	for _, k := range mute {
		_ = k.Close()
	}
}

// placeOf is the key of a request's connection in its context.
type placeOf struct{}

// known is http.Server.ConnContext.
func (p *places) known(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	return context.WithValue(ctx, placeOf{}, c)
}

// handler takes a connection off those that wait when its request has arrived
// whole: bytes that trickle in hold no place.
func (p *places) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if k, ok := r.Context().Value(placeOf{}).(*placedConn); ok {
			if r.ContentLength == 0 {
				k.whole()
			} else {
				r.Body = &arriving{ReadCloser: r.Body, conn: k}
			}
		}
		next.ServeHTTP(w, r)
	})
}

// arriving is the body of a request.
type arriving struct {
	io.ReadCloser
	conn *placedConn
}

func (a *arriving) Read(b []byte) (int, error) {
	n, err := a.ReadCloser.Read(b)
	if err == io.EOF {
		a.conn.whole()
	}
	return n, err
}

func (k *placedConn) whole() {
	k.p.mu.Lock()
	defer k.p.mu.Unlock()
	if s := k.p.sources[k.source]; s != nil && !k.gone && !k.socket {
		k.busy(s)
	}
}

// state is http.Server.ConnState.
func (p *places) state(c net.Conn, state http.ConnState) {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	k, ok := c.(*placedConn)
	if !ok {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if k.gone || k.socket {
		return
	}
	s := p.sources[k.source]
	switch state {
	case http.StateActive:
		k.asked = true
	case http.StateIdle:
		if k.wait == nil {
			k.wait = s.waiting.PushBack(k)
			p.free.Signal()
		}
	case http.StateHijacked:
		k.busy(s)
		k.socket = true
		s.n--
		p.forget(k.source, s)
	}
}

// busy takes it off the list of those that wait.
func (k *placedConn) busy(s *sourceConns) {
	if k.wait != nil {
		s.waiting.Remove(k.wait)
		k.wait = nil
	}
}

func (p *places) forget(source string, s *sourceConns) {
	if s.n == 0 {
		delete(p.sources, source)
	}
}

// Close gives the place back.
func (k *placedConn) Close() error {
	err := k.Conn.Close()
	p := k.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if k.gone {
		return err
	}
	k.gone = true
	p.n--
	if s := p.sources[k.source]; s != nil && !k.socket {
		k.busy(s)
		s.n--
		p.forget(k.source, s)
	}
	p.free.Signal()
	return err
}
