package web

import (
	"errors"
	"sync"
	"time"

	"dcedge/edge"
	"dcedge/edge/access"
)

// hub knows the open floor sockets and what all of them must be told.
type hub struct {
	mu      sync.RWMutex
	workers map[string]map[*conn]struct{}
	boards  map[*boardConn]struct{}
	n       int
	closing bool
	conns   sync.WaitGroup // two goroutines of each socket

	seenMu    sync.Mutex
	seenEpoch string
	seenSeq   uint64
	seenSent  uint64
}

func newHub() *hub {
	return &hub{workers: map[string]map[*conn]struct{}{}, boards: map[*boardConn]struct{}{}}
}

// add takes in a socket and its two goroutines; false while all are closed.
func (h *hub) add(c *conn) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closing {
		return false
	}
	h.conns.Add(2)
	set := h.workers[c.sess.Worker]
	if set == nil {
		set = map[*conn]struct{}{}
		h.workers[c.sess.Worker] = set
	}
	set[c] = struct{}{}
	h.n++
	return true
}

func (h *hub) remove(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	set := h.workers[c.sess.Worker]
	if _, there := set[c]; !there {
		return
	}
	delete(set, c)
	h.n--
	if len(set) == 0 {
		delete(h.workers, c.sess.Worker)
	}
}

func (h *hub) count(worker string) int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return len(h.workers[worker])
}

func (h *hub) open() int {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.n
}

// push runs on the engine's publisher.
func (h *hub) push(c *edge.Commit) {
	if len(c.Pushes) == 0 {
		return
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, p := range c.Pushes {
		for k := range h.workers[p.Worker] {
			if p.Notice != nil {
				k.push(item{frame: appendNotice(nil, string(p.Notice.Code), p.Notice.Say)})
			}
			if p.Screen != nil {
				k.push(item{frame: p.Screen})
			}
		}
	}
}

// tell gives a notice to all sockets of a worker.
func (h *hub) tell(worker string, code edge.Code, say edge.Say) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for k := range h.workers[worker] {
		k.push(item{frame: appendNotice(nil, string(code), say)})
	}
}

// screenOf shows a screen that one socket got with a verdict to the worker's
// other sockets.
func (h *hub) screenOf(worker string, sc *edge.Screen, but *conn) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for k := range h.workers[worker] {
		if k != but {
			k.push(item{frame: sc})
		}
	}
}

// verdictOf shows all sockets of a worker a verdict that none of them asked for, and the
// screen in it by itself too: a client may read no verdict but its own (contract, section
// 2: a screen whenever it changes for another reason than the worker's own message).
func (h *hub) verdictOf(worker string, sc *edge.Screen, frame []byte) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for k := range h.workers[worker] {
		k.push(item{frame: frame})
		if sc != nil {
			k.push(item{frame: sc})
		}
	}
}

// ended closes the sockets of a session that is over.
func (h *hub) ended(e access.Ended) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for k := range h.workers[e.Worker] {
		if k.sess.ID != e.Session {
			continue
		}
		if e.Why == access.Replaced {
			h.lost(k, access.ErrReplaced)
		} else {
			h.lost(k, access.ErrSession)
		}
	}
	for k := range h.boards {
		if k.sess.ID == e.Session {
			code := closeRevoked
			if e.Why == access.Replaced {
				code = closeReplaced
			}
			k.shut(code, string(e.Why))
		}
	}
}

// lost ends a socket whose session is over. A replaced one is told, and open a
// moment longer: what it still sends is answered notYours.
func (h *hub) lost(k *conn, err error) {
	if !errors.Is(err, access.ErrReplaced) {
		if !k.moved.Load() {
			k.shut(closeRevoked, "session ended")
		}
		return
	}
	if k.moved.Swap(true) {
		return
	}
	k.push(item{frame: appendNotice(nil, "session.moved", edge.Says("session.moved"))})
	time.AfterFunc(lingerMoved, func() { k.shut(closeReplaced, "a newer login took over") })
}

// closeAll closes every socket and waits for their goroutines; none opens any
// more.
func (h *hub) closeAll(code int, reason string) {
	h.shutAll(code, reason)
	h.conns.Wait()
}

func (h *hub) shutAll(code int, reason string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closing = true
	for _, set := range h.workers {
		for k := range set {
			k.shut(code, reason)
		}
	}
	for k := range h.boards {
		k.shut(code, reason)
	}
}

func (h *hub) noteSeen(epoch string, seq uint64) {
	h.seenMu.Lock()
	defer h.seenMu.Unlock()
	if h.seenEpoch == epoch && seq <= h.seenSeq {
		return
	}
	if h.seenEpoch != epoch {
		h.seenSent = 0
	}
	h.seenEpoch, h.seenSeq = epoch, seq
}

// seenFrame is the present mark; nil while there is none.
func (h *hub) seenFrame() []byte {
	h.seenMu.Lock()
	defer h.seenMu.Unlock()
	if h.seenEpoch == "" || h.seenSeq == 0 {
		return nil
	}
	return appendSeen(nil, h.seenEpoch, h.seenSeq)
}

// tellSeen sends the mark to all sockets if it moved since it was last told.
func (h *hub) tellSeen() {
	h.seenMu.Lock()
	epoch, seq, sent := h.seenEpoch, h.seenSeq, h.seenSent
	h.seenSent = seq
	h.seenMu.Unlock()
	if epoch == "" || seq == sent {
		return
	}
	b := appendSeen(nil, epoch, seq)
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, set := range h.workers {
		for k := range set {
			k.push(item{frame: b})
		}
	}
}
