package web

import (
	"errors"
	"io"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gorilla/websocket"

	"dcedge/edge"
	"dcedge/edge/access"
)

const maxSockets = 8 // of one session: pages of one browser share it

// openSocket upgrades and leaves the connection to its two goroutines: net/http
// then keeps nothing of it.
func (c *call) openSocket() error {
	s := c.s
	if s.ctx.Err() != nil {
		return unavailable("")
	}
	if s.hub.count(c.session.Worker) >= maxSockets {
		return &problem{status: http.StatusTooManyRequests, code: "sockets", retry: time.Second, detail: "too many sockets of one session"}
	}
	ws, err := s.upgrader.Upgrade(c.w, c.r, nil)
	if err != nil {
		return nil // the upgrader has answered
	}
	k := s.newConn(ws, c.session, c.source())
	if !s.hub.add(k) {
		_ = ws.Close()
		return nil
	}
	go k.write()
	go k.read(c.roles)
	return nil
}

// read is the goroutine that reads: hello and screen first, then frame by
// frame in order.
func (c *conn) read(roles []edge.Role) {
	defer c.s.hub.conns.Done()
	defer c.s.hub.remove(c)
	defer c.shut(websocket.CloseAbnormalClosure, "")
	defer c.guard()
	if _, err := c.s.deps.Access.Roles(c.sess); err != nil { // it ended before the hub knew the socket
		c.s.hub.lost(c, err)
	}
	sc, err := c.s.screenFor(c.ctx, c.sess, roles)
	if err != nil {
		c.shut(websocket.CloseTryAgainLater, "not ready")
		c.drain()
		return
	}
	c.start(c.s.appendHello(nil, c.sess.ID), sc)
	if b := c.s.hub.seenFrame(); b != nil {
		c.push(item{frame: b})
	}
	c.ws.SetReadLimit(maxRead)
	c.ws.SetPongHandler(func(string) error { return c.alive() })
	for {
		if c.alive() != nil {
			return
		}
		kind, r, err := c.ws.NextReader()
		if err == nil && c.frame(kind, r) {
			continue
		}
		if errors.Is(err, websocket.ErrReadLimit) {
			c.shut(websocket.CloseMessageTooBig, "")
		}
		if err == nil {
			c.drain()
		}
		return
	}
}

// guard keeps a panic of one socket from ending the edge.
func (c *conn) guard() {
	if p := recover(); p != nil {
		c.s.deps.Log.Error("socket panicked", "worker", c.sess.Worker, "panic", p, "stack", string(debug.Stack()))
		c.shut(websocket.CloseInternalServerErr, "")
	}
}

func (c *conn) alive() error { return c.ws.SetReadDeadline(time.Now().Add(deadAfter)) }

// drain reads until the peer answers the close frame or the connection is cut.
func (c *conn) drain() {
	for {
		if _, _, err := c.ws.NextReader(); err != nil {
			return
		}
	}
}

// frame takes one frame; false: the socket is ending.
func (c *conn) frame(kind int, r io.Reader) bool {
	buf := c.s.takeBuffer()
	defer c.s.giveBuffer(buf)
	if cap(*buf) < maxFrame+1 {
		*buf = make([]byte, maxFrame+1)
	}
	b := (*buf)[:maxFrame+1]
	n, err := io.ReadFull(r, b)
	switch {
	case err == nil: // more than a frame may hold
		if _, err := io.Copy(io.Discard, r); err != nil {
			if errors.Is(err, websocket.ErrReadLimit) {
				c.shut(websocket.CloseMessageTooBig, "")
			}
			return false
		}
		return c.undecided(&frameError{code: "tooLarge", detail: "a frame holds at most 8 KiB"}, false)
	case !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF):
		return false
	case kind != websocket.TextMessage:
		return c.undecided(&frameError{code: "binary", detail: "frames are JSON text"}, false)
	}
	m, fe := c.s.readMessage(b[:n], "")
	if fe != nil {
		return c.undecided(fe, false)
	}
	return c.submit(m)
}

// undecided answers a frame that was not decided.
func (c *conn) undecided(fe *frameError, retry bool) bool {
	if !c.slot() {
		return false
	}
	c.answer(item{frame: appendError(nil, fe, retry)})
	return true
}

// slot waits until fewer than maxAhead answers are under way. While it waits
// nothing is read, which is what holds a client back that sends too far ahead.
func (c *conn) slot() bool {
	select {
	case c.ahead <- struct{}{}:
		return true
	case <-c.stop:
		return false
	}
}

func (c *conn) submit(m *edge.Message) bool {
	if !c.slot() {
		return false
	}
	roles, err := c.s.deps.Access.Roles(c.sess)
	switch {
	case c.moved.Load(), errors.Is(err, access.ErrReplaced):
		c.answer(item{frame: &edge.Verdict{ID: m.ID, Code: edge.NotYours, Say: edge.Says("session.moved")}})
		return true
	case err != nil:
		<-c.ahead
		c.shut(closeRevoked, "session ended")
		return false
	}
	if err := c.s.stampMessage(c.ctx, m, c.sess, roles, c.source); err != nil {
		var locked *access.LockedError
		code := "unavailable"
		if errors.As(err, &locked) {
			code = "locked"
		}
		c.answer(item{frame: appendError(nil, &frameError{id: m.ID, code: code, detail: "send it again later"}, true)})
		return true
	}
	err = c.s.deps.Floor.SubmitFunc(c.ctx, m, func(v edge.Verdict, err error) { c.decided(m, v, err) })
	if err != nil {
		return c.failed(m.ID, err)
	}
	return true
}

// decided runs on the engine's side and must not block: a slot is held, so the
// queue has room.
func (c *conn) decided(m *edge.Message, v edge.Verdict, err error) {
	if err != nil {
		c.failed(m.ID, err)
		return
	}
	c.s.meter.verdict(v.Code)
	c.s.called(m, &v)
	sc := v.Screen // the writer may dress v's own
	room := c.s.takeVerdict()
	*room = v
	c.answer(item{frame: room})
	if sc != nil {
		c.s.hub.screenOf(m.Worker, sc, c)
	}
}

// failed tells of a message that was certainly not decided; where its outcome
// is unknown it ends the socket, and the client asks again with the same id.
func (c *conn) failed(id edge.ID, err error) bool {
	if code := c.s.deps.ErrorCode(err); code != "" {
		c.answer(item{frame: appendError(nil, &frameError{id: id, code: code, detail: "send it again later"}, true)})
		return true
	}
	<-c.ahead
	if c.ctx.Err() == nil {
		c.s.deps.Log.Error("message without outcome", "error", err)
	}
	c.shut(websocket.CloseInternalServerErr, "outcome unknown")
	return false
}
