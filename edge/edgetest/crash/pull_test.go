package crash

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest"
)

// puller is a consumer that keeps its cursor with its events, and computes the
// chain by itself.
type puller struct {
	rig    *rig
	oracle *edgetest.Oracle
	cursor string
	doubts int // label.inDoubt seen
}

func newPuller(r *rig) *puller {
	return &puller{rig: r, oracle: edgetest.NewOracle(r.epoch), cursor: "start"}
}

// errHistory says that the edge tells another past than before.
var errHistory = errors.New("another history")

// once pulls one batch whole; half a batch is thrown away. wait in seconds.
func (p *puller) once(limit, wait int) (n int, err error) {
	q, err := http.NewRequest("GET", fmt.Sprintf("%s/sync/v1/events?after=%s&limit=%d&wait=%d", p.rig.url, p.cursor, limit, wait), nil)
	if err != nil {
		return 0, err
	}
	q.Header.Set("Authorization", "Bearer "+p.rig.key)
	a, err := p.rig.http.Do(q)
	if err != nil {
		return 0, err
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		return 0, err
	}
	switch a.StatusCode {
	case http.StatusOK:
	case http.StatusConflict, http.StatusRequestedRangeNotSatisfiable, http.StatusGone, http.StatusBadRequest:
		return 0, fmt.Errorf("%w: HTTP %d %s", errHistory, a.StatusCode, body)
	default:
		return 0, fmt.Errorf("HTTP %d %s", a.StatusCode, body)
	}
	first, rest, ok := bytes.Cut(body, []byte("\n"))
	var head struct {
		Batch struct {
			Epoch, PrevHash, LastHash, Next string
			First                           uint64
			Count                           int
		}
	}
	if err := json.Unmarshal(first, &head); !ok || err != nil {
		return 0, io.ErrUnexpectedEOF
	}
	b := head.Batch
	if bytes.Count(rest, []byte("\n")) != b.Count {
		return 0, io.ErrUnexpectedEOF
	}
	if b.PrevHash != p.oracle.Hash() || b.First != p.oracle.Seq()+1 {
		return 0, fmt.Errorf("%w: batch from %d behind %s, pulled so far %d %s", errHistory, b.First, b.PrevHash, p.oracle.Seq(), p.oracle.Hash())
	}
	p.doubts += bytes.Count(rest, []byte(`"type":"label.inDoubt"`))
	for line := range bytes.Lines(rest) {
		p.oracle.Line(bytes.TrimSuffix(line, []byte("\n")))
	}
	if b.LastHash != hex.EncodeToString(p.oracle.Chain[:]) {
		return 0, fmt.Errorf("%w: batch ends at %s, computed %s", errHistory, b.LastHash, p.oracle.Hash())
	}
	p.cursor = b.Next
	return b.Count, nil
}

// all pulls to the end.
func (p *puller) all(t testing.TB) {
	t.Helper()
	for {
		n, err := p.once(10000, 0)
		require.NoError(t, err)
		if n == 0 {
			return
		}
	}
}

// check compares a ledger with the pulled events: every answered message has
// its events up to its receipt and no further (I1, I2).
func (p *puller) check(h *hand, from int) (known, unknown int) {
	for _, m := range h.ledger[from:] {
		if m.first == nil {
			unknown++
			continue
		}
		known++
		end, ok := p.oracle.ScanEnd(m.id)
		switch {
		case !ok:
			h.fault("I1: %s was answered %s at %s, no event of it was pulled", m.id, m.first.Code, m.first.Receipt)
		case end != m.first.seq():
			h.fault("I2: %s has its last event at %d, its receipt says %d", m.id, end, m.first.seq())
		}
	}
	return known, unknown
}
