package scanner

import (
	"fmt"
	"strings"
	"time"
)

// Event is one thing that a scanner sent: a read, an administrative packet
// (neither Read nor Fault), or bytes that were left out (Fault).
type Event struct {
	Raw       []byte // as it came, without STX and what ends it
	Read      bool
	Code      string // without its AIM identifier
	Symbology string // AIM identifier, or empty
	Fault     error  // why it is left out

	Again    bool   // the scanner marks it as sent again
	Answer   []byte // to be sent when it is stored, or at once where nothing is to be stored
	Refuse   []byte // to be sent when it could not be taken
	Firmware string // of a packet that tells it
}

// Framer turns the bytes of one connection into events. It is pure: the same
// bytes give the same events however they are cut.
type Framer interface {
	// Feed takes the next bytes.
	Feed(p []byte) []Event
	// Quiet is told that nothing came for d, which Wants asked for.
	Quiet(d time.Duration) []Event
	// Wants is the silence that matters next, 0 for none.
	Wants() time.Duration
}

var (
	_ Framer = (*lines)(nil)
	_ Framer = (*ssi)(nil)
)

// Protocols are the words of Config.Protocol; the first is the default.
func Protocols() []string {
	return []string{"auto", "cr", "lf", "crlf", "stx", "ack", "idle", "ssi"}
}

// NewFramer makes the framer of a protocol. maxLen is the longest code in bytes,
// idle the gap that no scanner leaves inside a code, settle the silence after
// which a framer that lost its step begins afresh, midstream whether the first
// bytes may be the end of something.
func NewFramer(protocol string, maxLen int, idle, settle time.Duration, midstream bool) (Framer, error) {
	if maxLen < 1 || idle <= 0 || settle < idle {
		return nil, fmt.Errorf("scanner: framer: length %d, idle %v, settle %v: want 1 or more, 0 < idle <= settle", maxLen, idle, settle)
	}
	f, ok := map[string]framing{
		"":     {ends: "\r\n\x03", stxFresh: true},
		"auto": {ends: "\r\n\x03", stxFresh: true},
		"cr":   {ends: "\r"},
		"lf":   {ends: "\n"},
		"crlf": {pair: true},
		"stx":  {ends: "\x03", begin: true},
		"ack":  {ends: "\x03", begin: true, answers: true},
		"idle": {silence: true},
	}[protocol]
	switch {
	case ok:
		return newLines(f, maxLen, idle, settle, midstream), nil
	case protocol == "ssi":
		return &ssi{idle: idle, settle: settle, max: maxLen}, nil
	}
	return nil, fmt.Errorf("scanner: protocol %q is not known (%s)", protocol, strings.Join(Protocols(), ", "))
}
