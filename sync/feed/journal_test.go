package feed_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/journal"
	"dcedge/sync/batch"
	"dcedge/sync/feed"
	"dcedge/sync/feed/feedtest"
)

// onJournal is how edge/agent puts the feed on the real journal.
type onJournal struct{ *journal.Log }

func (j onJournal) Head() uint64 { return j.Log.Head().Seq }

func (j onJournal) Epochs() (out []feed.Epoch) {
	for _, e := range j.Log.Epochs() {
		out = append(out, feed.Epoch{ID: e.ID, Parent: e.Parent, ParentSeq: e.At.Seq, ParentHash: e.At.Hash, Reason: e.Reason,
			Oldest: e.Oldest, Head: e.Head.Seq, Sealed: e.Sealed})
	}
	return out
}

func (j onJournal) Read(epoch string, after uint64, limit, maxBytes int, dst []byte) (batch.Chunk, error) {
	in, err := j.In(epoch)
	if err != nil {
		return batch.Chunk{}, err
	}
	e, err := in.ReadEvents(after, limit, maxBytes, dst)
	return batch.Chunk{First: e.First, Count: e.Count, Lines: e.Lines, Prev: e.Prev, Last: e.Last}, place(err)
}

func (j onJournal) HashAt(epoch string, seq uint64) ([32]byte, error) {
	h, err := j.HashIn(epoch, seq)
	return h, place(err)
}

func place(err error) error {
	switch {
	case errors.Is(err, journal.ErrGone):
		return fmt.Errorf("%w: %w", feed.ErrGone, err)
	case errors.Is(err, journal.ErrAhead):
		return fmt.Errorf("%w: %w", feed.ErrAhead, err)
	}
	return err
}

// TestOnTheRealJournal: what the journal holds leaves the feed byte for byte,
// private frames never do, and the chain is the contract's.
func TestOnTheRealJournal(t *testing.T) {
	s := newSite(0)
	log, err := journal.Open(journal.Options{FS: journal.OSFS{}, Dir: filepath.Join(t.TempDir(), "journal"), SegmentBytes: 1 << 20,
		Logger: s.Logger, NewEpoch: func() string { return "01JEPOCH" }})
	require.NoError(t, err)
	t.Cleanup(func() { _ = log.Close() })
	j := onJournal{log}
	s.Log, s.Position = j, j
	_, h := s.open(t)
	at := batch.Place{Epoch: "01JEPOCH", Hash: batch.Origin("01JEPOCH")}
	var want []byte
	for n := range 30 {
		var b journal.Batch
		for i := range 10 {
			line := feedtest.Line(uint64(n*10+i+1), s.now.Add(time.Duration(n)*time.Second), "x")
			b.Event(line)
			want = append(append(want, line...), '\n')
		}
		b.Private([]byte(`{"secret":"session"}`))
		b.EndMessage()
		_, err := log.Append(&b)
		require.NoError(t, err)
	}
	var got []byte
	query := "after=start&limit=37"
	for {
		head, lines := pull(t, h, wmsKey, query)
		require.NoError(t, batch.Check(head, lines, &at))
		got = append(got, lines...)
		at.Seq = head.Last
		at.Hash, _ = batch.ParseHex(head.LastHash)
		query = "limit=37&after=" + head.Next
		if head.Count == 0 {
			break
		}
	}
	assert.Equal(t, string(want), string(got))
	codec, err := batch.NewCodec(s.CursorKey)
	require.NoError(t, err)
	problem(t, call(h, wmsKey, "GET", "events?after="+codec.Encode(batch.Place{Epoch: "01JEPOCH", Seq: 301}), ""), 416, batch.Ahead)
	problem(t, call(h, wmsKey, "GET", "events?after="+codec.Encode(batch.Place{Epoch: "01JEPOCH", Seq: 300}), ""), 409, batch.Fork)
}
