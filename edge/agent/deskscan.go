package agent

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"time"

	"dcedge/devices"
	"dcedge/devices/mqtt"
	"dcedge/edge"
)

const (
	maxCode = 2048 // bytes of a code (floor contract)
	// decideWithin is shorter than the time-out of scanners that wait for an
	// acknowledgement (2 s by their manuals): they are told in time and send again.
	decideWithin = 1500 * time.Millisecond
	// sameRead is how long a code that comes again is the read without an answer.
	sameRead = 10 * time.Second
)

// floorSubmit is the engine: nil means that the message's events are on disk.
type floorSubmit interface {
	Submit(ctx context.Context, m *edge.Message) (edge.Verdict, error)
}

// deskScanner is a fixed scanner at a desk: what it reads is a scan of whoever
// works there. It is used by one driver, which calls it one read at a time.
type deskScanner struct {
	device, station string
	at              func(station string) (who, bool)
	floor           floorSubmit
	shown           func(worker string, v edge.Verdict)
	key             []byte // of content hashes
	now             func() time.Time
	log             *slog.Logger

	open   *edge.Message // a read whose outcome is not known: it keeps its id
	openAt time.Time
	last   *edge.Message // the last read of a scanner that names its reads, and its name
	lastID string
	ids    edge.DeviceIDs
}

var (
	_ devices.Sink  = (*deskScanner)(nil)
	_ devices.Judge = (*deskScanner)(nil)
)

// Judge implements devices.Judge: nil after the commit, with the verdict as cue.
func (s *deskScanner) Judge(ctx context.Context, r devices.Reading) (devices.Cue, error) {
	v, err := s.decide(ctx, r)
	if err != nil || !v.OK {
		return devices.CueBad, err
	}
	return devices.CueGood, nil
}

// decide gives a read to whoever works here.
func (s *deskScanner) decide(ctx context.Context, r devices.Reading) (edge.Verdict, error) {
	m := s.message(r)
	in, cancel := context.WithTimeout(ctx, decideWithin)
	defer cancel()
	once := *m // the engine writes into it
	v, err := s.floor.Submit(in, &once)
	if err != nil {
		s.open, s.openAt = m, r.At
		return v, fmt.Errorf("agent: scan at %s: %w", s.station, err)
	}
	s.open = nil
	if !v.Repeat {
		s.shown(m.Worker, v)
	}
	return v, nil
}

// ask decides a read of a scanner behind the broker.
func (s *deskScanner) ask(ctx context.Context, m *mqtt.Message) (edge.Verdict, error) {
	return s.decide(ctx, readingOf(m))
}

// Read implements devices.Sink.
func (s *deskScanner) Read(ctx context.Context, r devices.Reading) error {
	_, err := s.Judge(ctx, r)
	return err
}

// State implements devices.Sink; the device's monitor keeps it.
func (s *deskScanner) State(x devices.State) {
	s.log.Info("scanner state", "condition", string(x.Condition), "detail", x.Detail)
}

// message makes a read a message. A code that comes again because nobody could
// tell what had become of it is the same message, of the same person.
func (s *deskScanner) message(r devices.Reading) *edge.Message {
	if r.ID != "" {
		return s.named(r)
	}
	if o := s.open; o != nil && o.Code == r.Code && o.Symbology == r.Symbology && r.At.Sub(s.openAt) < sameRead {
		return o
	}
	return s.fresh(r, newMessageID(s.now()))
}

// named is the message of a read that has an id of its own: the same one is
// the same message, of the same person. Another code under a known id is for the
// floor to refuse.
func (s *deskScanner) named(r devices.Reading) *edge.Message {
	known := s.last != nil && s.lastID == r.ID
	switch {
	case !known:
		s.last, s.lastID = s.fresh(r, s.ids.Of(s.device, r.ID, s.now())), r.ID
	case s.last.Code != r.Code || s.last.Symbology != r.Symbology:
		other := *s.last
		other.Code, other.Symbology, other.DeviceAt = r.Code, r.Symbology, r.At
		other.Hash = contentHash(s.key, "scan", r.Code, r.Symbology)
		return &other
	}
	return s.last
}

func (s *deskScanner) fresh(r devices.Reading, id edge.ID) *edge.Message {
	at, ok := s.at(s.station)
	if !ok {
		at = nobody(s.station)
	}
	m := &edge.Message{Kind: edge.Scan, ID: id, DeviceAt: r.At, Worker: at.worker, Roles: at.roles, Session: at.session,
		Proven: at.proven, Device: s.device, Code: r.Code, Symbology: r.Symbology, Source: "serial"}
	m.Hash = contentHash(s.key, "scan", r.Code, r.Symbology)
	return m
}

func newMessageID(at time.Time) edge.ID {
	var random [10]byte
	_, _ = rand.Read(random[:]) // never returns an error
	return edge.NewID(at, random)
}

// contentHash is what makes two messages of a device with one id the same.
func contentHash(key []byte, parts ...string) (h [16]byte) {
	mac := hmac.New(sha256.New, key)
	for _, p := range parts {
		fmt.Fprintf(mac, "%d:%s", len(p), p)
	}
	copy(h[:], mac.Sum(nil))
	return h
}
