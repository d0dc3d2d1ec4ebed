package shift

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// disk keeps the newest record per key, as the store does.
type disk struct {
	t       *testing.T
	now     time.Time
	records map[string]edge.Private
	err     error
}

func (d *disk) Record(_ context.Context, list ...edge.Private) error {
	if d.err != nil {
		return d.err
	}
	for _, p := range list {
		if p.Value == nil {
			delete(d.records, p.Key)
		} else {
			d.records[p.Key] = p
		}
	}
	return nil
}

func (d *disk) open() *Book {
	var saved []edge.Private
	for _, p := range d.records {
		saved = append(saved, p)
	}
	b, err := New(d, func() time.Time { return d.now }, append(saved, edge.Private{Kind: "other", Value: []byte("[]")}))
	require.NoError(d.t, err)
	return b
}

func newDisk(t *testing.T) *disk {
	return &disk{t: t, now: time.Date(2026, 11, 21, 18, 0, 0, 0, time.UTC), records: map[string]edge.Private{}}
}

// TestAnEndIsSignedAndTicked: written before it is signed, ticked once, and there
// after every restart.
func TestAnEndIsSignedAndTicked(t *testing.T) {
	ctx := context.Background()
	d := newDisk(t)
	b := d.open()
	require.NoError(t, b.Begin(ctx, Entry{ID: "a", By: "lead-1", Note: true, Facts: edge.ShiftEvent{Of: "site", Held: 2}}))
	b = d.open()
	require.Len(t, b.List(), 1)
	assert.Zero(t, b.List()[0].Seq, "a power cut here leaves the note, unsigned")
	require.ErrorIs(t, b.Seen(ctx, "a", "lead-2"), ErrUnknown, "nobody ticks what was not signed")
	require.NoError(t, b.Begin(ctx, Entry{ID: "a", By: "somebody"}))
	require.NoError(t, b.Signed(ctx, "a", 42))
	require.NoError(t, b.Signed(ctx, "a", 43))
	d.now = d.now.Add(time.Hour)
	require.NoError(t, b.Seen(ctx, "a", "lead-2"))
	require.NoError(t, b.Seen(ctx, "a", "lead-3"))
	e, ok := d.open().Find("a")
	require.True(t, ok)
	assert.Equal(t, Entry{ID: "a", By: "lead-1", At: d.now.Add(-time.Hour), Seq: 42, Note: true, Facts: edge.ShiftEvent{Of: "site", Held: 2},
		SeenBy: "lead-2", SeenAt: d.now}, e)
	require.ErrorIs(t, b.Signed(ctx, "b", 1), ErrUnknown)
	_, ok = b.Find("b")
	assert.False(t, ok)
}

func TestABrokenDiskChangesNothing(t *testing.T) {
	ctx := context.Background()
	d := newDisk(t)
	b := d.open()
	require.NoError(t, b.Begin(ctx, Entry{ID: "a"}))
	d.err = errors.New("disk")
	require.ErrorIs(t, b.Signed(ctx, "a", 1), d.err)
	assert.Zero(t, b.List()[0].Seq)
	require.ErrorIs(t, b.Begin(ctx, Entry{ID: "b"}), d.err)
	assert.Len(t, b.List(), 1)
}

func TestOldEndsAreForgotten(t *testing.T) {
	d := newDisk(t)
	b := d.open()
	for i := range kept + 5 {
		require.NoError(t, b.Begin(context.Background(), Entry{ID: fmt.Sprintf("%03d", i)}))
	}
	assert.Len(t, d.records, kept)
	list := d.open().List()
	require.Len(t, list, kept)
	assert.Equal(t, fmt.Sprintf("%03d", kept+4), list[0].ID, "the newest first")
	assert.Equal(t, "005", list[kept-1].ID)
}
