package engine

import (
	"sync/atomic"
	"time"

	"dcedge/edge"
)

const (
	memoryAge  = time.Hour
	memoryMany = 128 << 10 // ids in one generation before it is closed early
	chunkSize  = 256 << 10
	aheadMax   = 5 * time.Minute // an id's own time may be this much ahead
	behindMax  = 72 * time.Hour
)

// memory is what was decided since this start and in the last hour, by id. It
// holds two generations; the older one is let go when all of it is in the
// store, and not before every request that looked into the store earlier than
// that was decided. But for covers, enter and leave it is the engine
// goroutine's.
type memory struct {
	now, old *generation
	gone     atomic.Int64 // ms: no id of a later own time was ever decided and is not in memory
	turn     atomic.Uint32
	inside   [2]atomic.Int64 // requests between lookup and decision, by turn
	leaving  bool            // old is out of use and waits for the last request
	closed   bool            // now became old while a round was open: pos of that one is to come
}

// generation keeps outcomes one behind another in chunks; ids holds no
// pointers, so the collector does not walk it.
type generation struct {
	since  time.Time
	ids    map[edge.ID]place
	chunks [][]byte // the last one is being filled
	latest int64    // ms: own time of its latest id
	pos    uint64   // journal pos up to which it reaches
}

type place struct{ chunk, from, to uint32 }

// newMemory makes an empty memory; no id of a later own time than newest was
// ever decided.
func newMemory(at, newest time.Time) *memory {
	m := &memory{now: newGeneration(at, 0), old: newGeneration(at, 0)}
	m.gone.Store(newest.UnixMilli())
	return m
}

// newGeneration makes one with room for many ids: a busy hour is followed by
// another.
func newGeneration(at time.Time, many int) *generation {
	return &generation{since: at, ids: make(map[edge.ID]place, many), chunks: [][]byte{nil}}
}

// enter begins the time between lookup and decision; pass what it returns to
// leave.
func (m *memory) enter() uint32 {
	for {
		turn := m.turn.Load()
		m.inside[turn&1].Add(1)
		if m.turn.Load() == turn {
			return turn
		}
		m.inside[turn&1].Add(-1)
	}
}

func (m *memory) leave(turn uint32) { m.inside[turn&1].Add(-1) }

// covers tells that an id, if it was ever decided, is in memory: its own time
// is later than that of every id that is not. An id that is not covered may be
// in memory too.
func (m *memory) covers(id edge.ID) bool { return id.Time().UnixMilli() > m.gone.Load() }

func (m *memory) get(id edge.ID) []byte {
	if data := m.now.get(id); data != nil {
		return data
	}
	if id.Time().UnixMilli() > m.old.latest {
		return nil
	}
	return m.old.get(id)
}

func (g *generation) get(id edge.ID) []byte {
	at, ok := g.ids[id]
	if !ok {
		return nil
	}
	return g.chunks[at.chunk][at.from:at.to:at.to]
}

// add encodes o and keeps it. The bytes are never written again.
func (m *memory) add(o *outcome) []byte {
	g := m.now
	n, need := len(g.chunks)-1, o.size()
	if cap(g.chunks[n])-len(g.chunks[n]) < need {
		g.chunks = append(g.chunks, make([]byte, 0, max(chunkSize, need)))
		n++
	}
	from := len(g.chunks[n])
	g.chunks[n] = o.append(g.chunks[n])
	to := len(g.chunks[n])
	g.ids[o.id] = place{chunk: uint32(n), from: uint32(from), to: uint32(to)}
	g.latest = max(g.latest, o.id.Time().UnixMilli())
	return g.chunks[n][from:to:to]
}

// remove forgets an id of a batch that was not written.
func (m *memory) remove(id edge.ID) {
	delete(m.now.ids, id)
	delete(m.old.ids, id)
}

// turnOver closes a generation that is old or large. pos is the last flushed
// place, applied the place up to which the store has written.
func (m *memory) turnOver(at time.Time, pos, applied uint64) {
	m.now.pos = pos
	if m.closed {
		m.old.pos, m.closed = pos, false
	}
	if m.leaving {
		if m.inside[(m.turn.Load()-1)&1].Load() > 0 {
			return
		}
		m.old, m.now, m.leaving, m.closed = m.now, newGeneration(at, len(m.now.ids)), false, true
		return
	}
	full := at.Sub(m.now.since) > memoryAge || len(m.now.ids) > memoryMany
	if full && applied >= m.old.pos {
		m.gone.Store(max(m.gone.Load(), m.old.latest))
		m.turn.Add(1)
		m.leaving = true
	}
}
