package batch

import (
	"encoding/json"
	"errors"
	"fmt"

	"dcedge/edge"
)

// MaxBody is where a batch ends, in bytes of event lines.
const MaxBody = 4 << 20

// Head is the first line of a batch, inside {"batch":...}.
type Head struct {
	Site     string `json:"site"`
	Epoch    string `json:"epoch"`
	Instance string `json:"instance"` // one run of the edge's program
	First    uint64 `json:"first"`
	Last     uint64 `json:"last"`
	Count    int    `json:"count"`
	SHA256   string `json:"sha256"` // of the event lines with their newlines
	PrevHash string `json:"prevHash"`
	LastHash string `json:"lastHash"`
	Next     string `json:"next"`
	Head     uint64 `json:"head"` // last flushed seq when answering
	Sealed   bool   `json:"sealed"`
}

// AppendLine appends the head's line with its newline.
func (h *Head) AppendLine(b []byte) ([]byte, error) {
	j, err := json.Marshal(struct {
		Batch *Head `json:"batch"`
	}{h})
	if err != nil {
		return nil, fmt.Errorf("batch head: %w", err)
	}
	return append(append(b, j...), '\n'), nil
}

// ParseHead reads a head's line. ErrTorn: it is none.
func ParseHead(line []byte) (*Head, error) {
	var w struct {
		Batch *Head `json:"batch"`
	}
	if err := json.Unmarshal(line, &w); err != nil {
		return nil, fmt.Errorf("%w: head: %w", ErrTorn, err)
	}
	if w.Batch == nil {
		return nil, fmt.Errorf("%w: the first line is no head", ErrTorn)
	}
	return w.Batch, nil
}

// Codes of problems of the sync API.
const (
	BadCursor    = "badCursor"
	Fork         = "fork"
	Gone         = "gone"
	Ahead        = "ahead"
	EpochChanged = "epochChanged"
	WrongEpoch   = "epoch"
	LeaseLost    = "leaseLost"
	Unauthorized = "unauthorized"
	Forbidden    = "scope"
	TooMany      = "tooMany"
	Encoding     = "contentEncoding"
	BadRequest   = "badRequest"
	NotFound     = "notFound"
	BadMethod    = "method"
	Unavailable  = "unavailable"
	StoreFull    = "storeFull"
	VaultLocked  = "vaultLocked"
)

// Problem is an error on the wire (RFC 9457) with the stable Code.
type Problem struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	Status  int    `json:"status"`
	Code    string `json:"code"`
	Detail  string `json:"detail,omitempty"`
	Oldest  uint64 `json:"oldest,omitempty"`  // gone: the oldest event kept
	Archive string `json:"archive,omitempty"` // gone: where older ones are
	Head    uint64 `json:"head,omitempty"`    // ahead: the last event
	Resume  string `json:"resume,omitempty"`  // epochChanged
	Lost    *Lost  `json:"lost,omitempty"`    // epochChanged
}

// Lost is a run of events that an epoch's seal cut off.
type Lost struct {
	From uint64 `json:"from"`
	To   uint64 `json:"to"`
}

// Error tells code and detail.
func (p *Problem) Error() string {
	if p.Detail == "" {
		return p.Code + ": " + p.Title
	}
	return p.Code + ": " + p.Detail
}

// NewProblem makes a problem.
func NewProblem(status int, code, title, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: title, Status: status, Code: code, Detail: detail}
}

// CodeOf gives the code of a problem in err's chain, "" for others.
func CodeOf(err error) string {
	var p *Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

// Ack asks to move a consumer's place; Acked answers.
type Ack struct {
	Cursor string `json:"cursor"`
	Lease  string `json:"lease,omitempty"`
}

// Acked is the answer to an Ack: everything up to it is safe at the consumer.
type Acked struct {
	Acked uint64 `json:"acked"`
	Epoch string `json:"epoch,omitempty"` // of Acked, where it is not the present one
}

// Reconciled is the answer to a part of a reconciliation.
type Reconciled struct {
	Epoch string `json:"epoch"`
	Taken bool   `json:"taken"` // false: the floor was open, nothing was awaited
	Open  bool   `json:"open"`  // the floor works again
}

// Lease fences a second puller of the same consumer.
type Lease struct {
	Lease   string `json:"lease"`
	Expires string `json:"expires"` // edge time
}

// Status is GET /sync/v1/status.
type Status struct {
	Site      string     `json:"site"`
	Epoch     string     `json:"epoch"`
	Instance  string     `json:"instance"`
	Head      uint64     `json:"head"`
	Oldest    uint64     `json:"oldest"`
	Consumers []Consumer `json:"consumers"`
	Reference string     `json:"reference"`
	EdgeTime  string     `json:"edgeTime"`
	Version   string     `json:"version"`
}

// Consumer is one consumer's place in a Status.
type Consumer struct {
	Name       string  `json:"name"`
	Required   bool    `json:"required"`
	Acked      uint64  `json:"acked"`
	Epoch      string  `json:"epoch,omitempty"` // of Acked, where that is not the present one
	LagEvents  uint64  `json:"lagEvents"`
	LagSeconds float64 `json:"lagSeconds"` // age of the oldest event not acknowledged
}

// Epoch is one item of GET /sync/v1/epochs.
type Epoch struct {
	Epoch      string  `json:"epoch"`
	Parent     *string `json:"parent"`
	ParentSeq  uint64  `json:"parentSeq"`
	ParentHash *string `json:"parentHash"`
	Reason     string  `json:"reason"`
	FirstSeq   uint64  `json:"firstSeq"`
	HeadSeq    uint64  `json:"headSeq"`
	Sealed     bool    `json:"sealed"`
}

// SignedHead is one item of GET /sync/v1/heads: Ed25519 over Signed.
type SignedHead struct {
	Epoch     string `json:"epoch"`
	Seq       uint64 `json:"seq"`
	Hash      string `json:"hash"`
	At        string `json:"at"`
	Signature string `json:"signature"` // base64
}

// Signed is what the signature of a head is over.
func (h *SignedHead) Signed() []byte {
	return fmt.Appendf(nil, "dcedge head v1\n%s\n%d\n%s\n%s\n", h.Epoch, h.Seq, h.Hash, h.At)
}

// Pushed is the answer to a push of reference data.
type Pushed struct {
	Accepted      int        `json:"accepted"`
	Unchanged     int        `json:"unchanged"`
	Rejected      []Rejected `json:"rejected"`
	RejectedTotal int        `json:"rejectedTotal"`
	Revision      string     `json:"revision"`
}

// Rejected is one line that was refused. Detail names the field and never
// quotes its value.
type Rejected struct {
	Line   int       `json:"line"` // from 1
	Code   edge.Code `json:"code"`
	Detail string    `json:"detail"`
}
