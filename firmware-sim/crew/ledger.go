package crew

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"sync"
	"time"
)

// Entry is one line of the ledger.
//
//	sent     a message left (try above 1: the same id again)
//	verdict  its decision was seen
//	error    the edge did not decide it
//	broken   a repeat was answered otherwise than the first time
//
// A sent id without verdict or error is unknown.
type Entry struct {
	T       string         `json:"t"`
	At      time.Time      `json:"at"`
	Worker  string         `json:"worker"` // badge
	ID      string         `json:"id"`
	Kind    string         `json:"kind,omitempty"` // scan, act
	Code    string         `json:"code,omitempty"` // scanned code; of a verdict its code
	Action  string         `json:"action,omitempty"`
	Args    map[string]any `json:"args,omitempty"`
	Try     int            `json:"try,omitempty"`
	OK      bool           `json:"ok,omitempty"`
	Say     string         `json:"say,omitempty"`
	Epoch   string         `json:"epoch,omitempty"`
	Seq     uint64         `json:"seq,omitempty"`
	Repeat  bool           `json:"repeat,omitempty"`
	Session string         `json:"session,omitempty"`
}

// ledger writes entries, one line each, in the order in which they happened.
type ledger struct {
	mu  sync.Mutex
	w   io.Writer
	err error
}

// put writes one entry; the first write error is kept for Run.
func (l *ledger) put(e Entry) {
	if l.w == nil {
		return
	}
	e.At = time.Now()
	line, err := json.Marshal(e)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		_, err = l.w.Write(append(line, '\n'))
	}
	if err != nil && l.err == nil {
		l.err = err
	}
}

func (l *ledger) failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// newID is a UUIDv7 (RFC 9562, 5.7) whose time is at.
func newID(at time.Time) string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand never returns an error
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
