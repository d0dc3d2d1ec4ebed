package feed_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/sync/batch"
)

// lineageSite has three epochs: 25 events sealed, none sealed, 5 events.
func lineageSite(t testing.TB) *site {
	s := newSite(25)
	s.log.Fork("01JSECOND", "copied")
	s.log.Fork("01JTHIRD", "restored")
	s.log.Add(5, s.now, "b")
	return s
}

func TestEpochsListsTheLineage(t *testing.T) {
	s := lineageSite(t)
	_, h := s.open(t)
	var got []batch.Epoch
	require.NoError(t, json.Unmarshal(call(h, auditKey, "GET", "epochs", "").Body.Bytes(), &got))
	hash, err := s.log.HashAt("01JEPOCH", 25)
	require.NoError(t, err)
	first, second, seal, zero := "01JEPOCH", "01JSECOND", batch.Hex(hash), batch.Hex(batch.Origin("01JSECOND"))
	assert.Equal(t, []batch.Epoch{
		{Epoch: first, Reason: "created", FirstSeq: 1, HeadSeq: 25, Sealed: true},
		{Epoch: second, Parent: &first, ParentSeq: 25, ParentHash: &seal, Reason: "copied", FirstSeq: 1, Sealed: true},
		{Epoch: "01JTHIRD", Parent: &second, ParentHash: &zero, Reason: "restored", FirstSeq: 1, HeadSeq: 5},
	}, got)
}

// A consumer that follows next goes through every seal, and every batch proves
// itself within its epoch.
func TestNextLeadsThroughEverySeal(t *testing.T) {
	s := lineageSite(t)
	_, h := s.open(t)
	var said []string
	query := "after=start&limit=10&wait=30" // a sealed epoch is not waited in
	var at *batch.Place
	for range 6 {
		head, lines := pull(t, h, wmsKey, query)
		require.NoError(t, batch.Check(head, lines, at))
		said = append(said, fmt.Sprintf("%s %d+%d of %d %v", head.Epoch, head.First, head.Count, head.Head, head.Sealed))
		query = "limit=10&after=" + head.Next
		hash, err := batch.ParseHex(head.LastHash)
		require.NoError(t, err)
		at = &batch.Place{Epoch: head.Epoch, Seq: head.Last, Hash: hash}
		if head.Sealed {
			at = nil
		}
	}
	assert.Equal(t, []string{"01JEPOCH 1+10 of 25 false", "01JEPOCH 11+10 of 25 false", "01JEPOCH 21+5 of 25 true",
		"01JSECOND 1+0 of 0 true", "01JTHIRD 1+5 of 5 false", "01JTHIRD 6+0 of 5 false"}, said)
	codec, err := batch.NewCodec(s.CursorKey)
	require.NoError(t, err)
	hash, err := s.log.HashAt("01JEPOCH", 25)
	require.NoError(t, err)
	head, _ := pull(t, h, wmsKey, "after="+codec.Encode(batch.Place{Epoch: "01JEPOCH", Seq: 25, Hash: hash}))
	assert.True(t, head.Sealed, "a cursor at the seal")
	assert.Zero(t, head.Count)
	assert.EqualValues(t, 26, head.First)
}

func TestBeyondASealAndForeignEpochs(t *testing.T) {
	s := newSite(25)
	_, h := s.open(t)
	last, _ := pull(t, h, wmsKey, "after=start&limit=100")
	s.log.Cut(20) // restored from a backup
	s.log.Fork("01JSECOND", "restored")
	s.log.Add(3, s.now, "b")
	_, h = s.open(t)
	for _, w := range []*httptest.ResponseRecorder{call(h, wmsKey, "GET", "events?after="+last.Next, ""), call(h, wmsKey, "POST", "ack", `{"cursor":"`+last.Next+`"}`)} {
		p := problem(t, w, 409, batch.EpochChanged)
		assert.Equal(t, &batch.Lost{From: 21, To: 25}, p.Lost)
		assert.Contains(t, p.Detail, "reconcile")
		head, lines := pull(t, h, wmsKey, "after="+p.Resume)
		assert.Equal(t, "01JSECOND", head.Epoch)
		assert.Equal(t, 3, head.Count)
		require.NoError(t, batch.Check(head, lines, &batch.Place{Epoch: "01JSECOND", Hash: batch.Origin("01JSECOND")}))
	}
	codec, err := batch.NewCodec(s.CursorKey)
	require.NoError(t, err)
	ask := func(at batch.Place) *httptest.ResponseRecorder {
		return call(h, wmsKey, "GET", "events?after="+codec.Encode(at), "")
	}
	problem(t, ask(batch.Place{Epoch: "01JOTHER", Seq: 1}), 409, batch.Fork)
	problem(t, ask(batch.Place{Epoch: "01JEPOCH", Seq: 20}), 409, batch.Fork)
	problem(t, ask(batch.Place{Epoch: "01JSECOND", Seq: 4}), 416, batch.Ahead)
}

func TestAcknowledgedPlacesGoThroughSeals(t *testing.T) {
	s := newSite(25)
	f, h := s.open(t)
	ten, _ := pull(t, h, wmsKey, "after=start&limit=10")
	require.EqualValues(t, 10, ackOf(t, h, ten.Next))
	s.log.Fork("01JSECOND", "copied")
	s.log.Add(4, s.now, "b")
	s.marks = nil
	f, h = s.open(t)
	status := func() batch.Consumer { return f.Status().Consumers[0] }
	assert.Equal(t, "01JEPOCH", status().Epoch)
	assert.EqualValues(t, 10, status().Acked)
	assert.EqualValues(t, 15+4, status().LagEvents)
	head, _ := pull(t, h, wmsKey, "limit=100")
	assert.EqualValues(t, 11, head.First, "from the acknowledged place, in its epoch")
	require.True(t, head.Sealed)
	assert.EqualValues(t, 0, ackOf(t, h, head.Next))
	assert.Empty(t, status().Epoch)
	assert.EqualValues(t, 4, status().LagEvents)
	head, _ = pull(t, h, wmsKey, "limit=3")
	assert.Equal(t, "01JSECOND", head.Epoch)
	assert.EqualValues(t, 3, ackOf(t, h, head.Next))
	assert.EqualValues(t, 3, ackOf(t, h, ten.Next), "a place of the old epoch is an older place")
	mark, ok := f.Mark()
	assert.True(t, ok)
	assert.EqualValues(t, 3, mark)
	assert.Equal(t, []uint64{0, 3}, s.marks)

	f, h = s.open(t) // a restart
	head, _ = pull(t, h, wmsKey, "limit=1")
	assert.EqualValues(t, 4, head.First)
	assert.Equal(t, "01JSECOND", head.Epoch)
}

// A seal is signed once, when the edge first runs in the epoch behind it.
func TestSealsAreSigned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := lineageSite(t)
		for range 2 {
			f, h := s.open(t)
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- f.Run(ctx) }()
			synctest.Wait()
			var got []batch.SignedHead
			require.NoError(t, json.Unmarshal(call(h, auditKey, "GET", "heads", "").Body.Bytes(), &got))
			require.Len(t, got, 1, "an epoch without an event has nothing to sign")
			assert.Equal(t, "01JEPOCH", got[0].Epoch)
			assert.EqualValues(t, 25, got[0].Seq)
			stop()
			require.NoError(t, <-done)
			s.now = s.now.Add(time.Minute)
		}
	})
}
