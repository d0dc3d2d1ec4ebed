package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"dcedge/edge/access"
	"dcedge/edge/board"
)

// boardConn is a lead's socket: a snapshot, then numbered changes.
type boardConn struct {
	s      *Server
	ws     *websocket.Conn
	sess   *access.Session
	ctx    context.Context
	cancel context.CancelFunc
	once   sync.Once
	code   int
	reason string
}

func (c *call) boardSocket() error {
	s := c.s
	if s.ctx.Err() != nil {
		return unavailable("")
	}
	if s.hub.boardsOf(c.session.Worker) >= maxSockets {
		return &problem{status: http.StatusTooManyRequests, code: "sockets", retry: time.Second, detail: "too many sockets of one session"}
	}
	ws, err := s.upgrader.Upgrade(c.w, c.r, nil)
	if err != nil {
		return nil // the upgrader has answered
	}
	k := &boardConn{s: s, ws: ws, sess: c.session}
	k.ctx, k.cancel = context.WithCancel(s.ctx)
	if !s.hub.addBoard(k) {
		_ = ws.Close()
		return nil
	}
	go k.read()
	go k.write()
	return nil
}

func (k *boardConn) shut(code int, reason string) {
	k.once.Do(func() {
		k.code, k.reason = code, reason
		k.cancel()
	})
}

// read only keeps the socket alive: a lead's page sends nothing.
func (k *boardConn) read() {
	defer k.s.hub.conns.Done()
	defer k.shut(websocket.CloseAbnormalClosure, "")
	alive := func(string) error { return k.ws.SetReadDeadline(time.Now().Add(deadAfter)) }
	k.ws.SetReadLimit(maxFrame)
	k.ws.SetPongHandler(alive)
	if alive("") != nil {
		return
	}
	for {
		if _, _, err := k.ws.NextReader(); err != nil {
			return
		}
	}
}

func (k *boardConn) write() {
	defer k.s.hub.conns.Done()
	defer k.s.hub.removeBoard(k)
	snap, changes, cancel := k.s.deps.Board.Subscribe()
	defer cancel()
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	ok := k.send(k.s.boardView("snapshot", snap))
	for ok {
		select {
		case d, open := <-changes:
			if !open {
				k.shut(closeSlow, "reads too slowly")
				ok = false
				break
			}
			ok = k.send(changeView{"change", k.s.stamp(k.s.deps.Now()), d})
		case <-ping.C:
			ok = k.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin)) == nil
			if _, err := k.s.deps.Access.Roles(k.sess); err != nil {
				k.shut(closeRevoked, "session ended")
			}
		case <-k.ctx.Done():
			ok = false
		}
	}
	k.shut(websocket.CloseAbnormalClosure, "")
	if k.code == websocket.CloseAbnormalClosure ||
		k.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(k.code, k.reason), time.Now().Add(lingerClose)) != nil {
		_ = k.ws.Close()
		return
	}
	time.AfterFunc(lingerClose, func() { _ = k.ws.Close() })
}

type changeView struct {
	T        string `json:"t"`
	EdgeTime string `json:"edgeTime"`
	board.Delta
}

func (k *boardConn) send(v any) bool {
	b, err := k.s.wire.JSON(v)
	if err != nil {
		k.s.deps.Log.Error("board frame", "error", err)
		return false
	}
	_ = k.ws.SetWriteDeadline(time.Now().Add(writeWithin)) // fails only with the write itself
	return k.ws.WriteMessage(websocket.TextMessage, b) == nil
}

// boardsOf counts the board sockets of a worker.
func (h *hub) boardsOf(worker string) (n int) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for k := range h.boards {
		if k.sess.Worker == worker {
			n++
		}
	}
	return n
}

func (h *hub) addBoard(k *boardConn) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closing {
		return false
	}
	h.conns.Add(2)
	h.boards[k] = struct{}{}
	return true
}

func (h *hub) removeBoard(k *boardConn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.boards, k)
}
