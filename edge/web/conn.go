package web

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"dcedge/edge"
	"dcedge/edge/access"
)

// Close codes of the floor contract.
const (
	closeRevoked  = 4401
	closeReplaced = 4409
	closeSlow     = 4429
)

const (
	maxAhead    = 128 // messages of a socket that are submitted and not yet answered on the wire
	maxPushes   = 64  // frames that nobody asked for, waiting for a socket
	pingEvery   = 10 * time.Second
	deadAfter   = 25 * time.Second
	writeWithin = 10 * time.Second
	lingerMoved = 200 * time.Millisecond // for frames on their way when a session was replaced
	lingerClose = time.Second            // for the peer's answer to a close frame
)

// item is one frame to be written: *edge.Verdict, *edge.Screen or []byte. The
// queue of each socket is an array of them, so it is kept small.
type item struct {
	frame any
	asked bool // it answers a message, whose place it gives back
}

// conn is one floor socket: a goroutine that reads and one that writes.
type conn struct {
	s      *Server
	ws     *websocket.Conn
	sess   *access.Session
	source string
	ctx    context.Context
	cancel context.CancelFunc

	ahead chan struct{} // a slot per message under way
	queue chan item
	stop  chan struct{} // closed by shut

	moved   atomic.Bool // the session was replaced
	pushes  atomic.Int32
	once    sync.Once
	code    int
	reason  string
	mu      sync.Mutex // guards the order of queue, rev, early and started
	rev     uint64     // of the newest screen that was queued
	started bool
	early   []item // pushed before hello
}

func (s *Server) newConn(ws *websocket.Conn, sess *access.Session, source string) *conn {
	c := &conn{s: s, ws: ws, sess: sess, source: source, ahead: make(chan struct{}, maxAhead),
		queue: make(chan item, maxAhead+maxPushes+8), stop: make(chan struct{})}
	c.ctx, c.cancel = context.WithCancel(s.ctx)
	return c
}

// shut ends the socket with a close code, once; what is queued goes out first
// unless the peer reads too slowly.
func (c *conn) shut(code int, reason string) {
	c.once.Do(func() {
		c.code, c.reason = code, reason
		close(c.stop)
		c.cancel()
	})
}

// push queues a frame that nobody asked for. A socket that does not take them
// is closed with 4429.
func (c *conn) push(it item) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.started {
		if len(c.early) < maxPushes/2 {
			c.early = append(c.early, it)
		}
		return
	}
	c.pushLocked(it)
}

func (c *conn) pushLocked(it item) {
	if sc, ok := it.frame.(*edge.Screen); ok {
		if sc.Rev < c.rev {
			return // a newer one is on its way
		}
		c.rev = sc.Rev
	}
	if c.pushes.Add(1) > maxPushes {
		c.shut(closeSlow, "reads too slowly")
		return
	}
	c.queue <- it
}

// start lets the pushes go that came before hello and screen.
func (c *conn) start(hello []byte, sc *edge.Screen) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.started = true
	c.pushLocked(item{frame: hello})
	c.pushLocked(item{frame: sc})
	for _, it := range c.early {
		c.pushLocked(it)
	}
	c.early = nil
}

// answer queues the answer to a message, for which a slot is held: the queue
// has room for it.
func (c *conn) answer(it item) {
	it.asked = true
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := it.frame.(*edge.Verdict); ok && v.Screen != nil {
		c.rev = max(c.rev, v.Screen.Rev)
	}
	c.queue <- it
}

// write is the goroutine that writes; it ends the connection.
func (c *conn) write() {
	defer c.s.hub.conns.Done()
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case it := <-c.queue:
			if c.send(it) != nil {
				c.shut(websocket.CloseAbnormalClosure, "")
			}
			continue
		case <-ping.C:
			if c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin)) != nil {
				c.shut(websocket.CloseAbnormalClosure, "")
			}
			if _, err := c.s.deps.Access.Roles(c.sess); err != nil {
				c.s.hub.lost(c, err)
			}
			continue
		case <-c.stop:
		}
		break
	}
	c.finish()
}

// finish sends what is queued and the close frame, and gives the peer a moment
// to answer it: a connection cut at once could lose the frame.
func (c *conn) finish() {
	switch c.code {
	case websocket.CloseAbnormalClosure:
		_ = c.ws.Close()
		return
	case websocket.CloseMessageTooBig: // gorilla has sent the frame itself
		time.AfterFunc(lingerClose, func() { _ = c.ws.Close() })
		return
	}
	for c.code != closeSlow {
		select {
		case it := <-c.queue:
			if c.send(it) != nil {
				_ = c.ws.Close()
				return
			}
			continue
		default:
		}
		break
	}
	text := websocket.FormatCloseMessage(c.code, c.reason)
	if c.ws.WriteControl(websocket.CloseMessage, text, time.Now().Add(lingerClose)) != nil {
		_ = c.ws.Close()
		return
	}
	time.AfterFunc(lingerClose, func() { _ = c.ws.Close() })
}

func (c *conn) send(it item) error {
	if it.asked {
		defer func() { <-c.ahead }()
	} else {
		defer c.pushes.Add(-1)
	}
	buf := c.s.takeBuffer()
	defer c.s.giveBuffer(buf)
	b := (*buf)[:0]
	switch f := it.frame.(type) {
	case *edge.Verdict:
		f.Screen = c.s.dress(f.Screen)
		b = c.s.appendVerdict(b, f)
		c.s.giveVerdict(f)
	case *edge.Screen:
		b = appendScreenFrame(b, c.s.dress(f))
	case []byte:
		b = append(b, f...)
	}
	*buf = b                                               // with the room that it has grown to
	_ = c.ws.SetWriteDeadline(time.Now().Add(writeWithin)) // fails only with the write itself
	return c.ws.WriteMessage(websocket.TextMessage, b)
}

func (s *Server) takeBuffer() *[]byte  { return s.buffers.Get().(*[]byte) }
func (s *Server) giveBuffer(b *[]byte) { s.buffers.Put(b) }

// takeVerdict gives room for a verdict on its way to the writer, which gives it
// back.
func (s *Server) takeVerdict() *edge.Verdict {
	if v, ok := s.verdicts.Get().(*edge.Verdict); ok {
		return v
	}
	return &edge.Verdict{}
}

func (s *Server) giveVerdict(v *edge.Verdict) {
	*v = edge.Verdict{}
	s.verdicts.Put(v)
}
