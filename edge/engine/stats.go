package engine

import (
	"sync/atomic"
	"time"
)

type statistics struct {
	flushes, messages, bytes, flushing, notYours, idReused, panics atomic.Uint64
}

func (s *statistics) flushed(messages, bytes int, took time.Duration) {
	s.flushing.Add(uint64(took))
	s.bytes.Add(uint64(bytes))
	s.flushes.Add(1)
	s.messages.Add(uint64(messages))
}

// Stats counts since this start.
type Stats struct {
	Flushes  uint64 // of the journal, by the engine
	Messages uint64 // in them
	Bytes    uint64 // of their frames
	Flushing time.Duration
	NotYours uint64 // alarms: an id of another worker's
	IDReused uint64 // alarms: an id with other content
	Panics   uint64 // rules that failed
	Queued   int
}

// Stats tells what the engine has done.
func (e *Engine) Stats() Stats {
	s := &e.statistics
	return Stats{Flushes: s.flushes.Load(), Messages: s.messages.Load(), Bytes: s.bytes.Load(), Flushing: time.Duration(s.flushing.Load()),
		NotYours: s.notYours.Load(),
		IDReused: s.idReused.Load(), Panics: s.panics.Load(), Queued: e.queue.Len()}
}
