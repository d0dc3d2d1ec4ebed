package store

import (
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/edge/journal"
)

func openReferenceLog(t *testing.T, dir string) *journal.Log {
	t.Helper()
	l, err := journal.Open(journal.Options{FS: journal.OSFS{}, Dir: dir, Logger: slog.New(slog.DiscardHandler), SegmentBytes: 1 << 20})
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() }) // closed twice where a test closes it
	return l
}

func ptr(n int64) *int64 { return &n }

func TestReferenceSurvivesEverything(t *testing.T) {
	dir, logDir := t.TempDir(), t.TempDir()
	s, l := openStore(t, dir), openReferenceLog(t, logDir)
	var swapped []*catalogue.Snapshot
	swap := func(c *catalogue.Snapshot) { swapped = append(swapped, c) }
	r, err := NewReference(l, s, swap)
	require.NoError(t, err)
	changed, rev1, err := r.Put(t.Context(), []RecordChange{
		{Record: &edge.SKURecord{Client: "default", ID: "A", Barcodes: []edge.Barcode{{Code: "1"}}}, Rev: ptr(5)},
		{Record: &edge.LocationRecord{ID: "L1", Barcode: "LOC-L1"}},
		{Record: &edge.OtherRecord{Kind: "lane", ID: "1", Raw: []byte("{}")}},
		{Record: &edge.ToteRecord{ID: "T1"}},
		{Record: &edge.SKURecord{Client: "default", ID: "C", Barcodes: []edge.Barcode{{Code: "77"}}}},
	})
	require.NoError(t, err)
	assert.Equal(t, []bool{true, true, true, true, true}, changed)
	assert.Len(t, swapped, 1)
	changed, rev2, err := r.Put(t.Context(), []RecordChange{
		{Record: &edge.SKURecord{Client: "default", ID: "A"}, Rev: ptr(4)}, // older
		{Record: &edge.LocationRecord{ID: "L1", Barcode: "LOC-L1"}},        // the same
		{Record: &edge.ToteRecord{ID: "T1"}, Gone: true},
		{Record: &edge.SKURecord{Client: "default", ID: "B"}, Rev: ptr(9)},
		{Record: &edge.SKURecord{Client: "default", ID: "B"}, Gone: true, Rev: ptr(10)},
		{Record: &edge.SKURecord{Client: "default", ID: "C"}, Gone: true},
		{Record: &edge.SKURecord{Client: "default", ID: "C"}, Gone: true}, // again
	})
	require.NoError(t, err)
	assert.Equal(t, []bool{false, false, true, true, true, true, false}, changed)
	assert.NotEqual(t, rev1, rev2)
	_, rev3, err := r.Put(t.Context(), []RecordChange{{Record: &edge.LocationRecord{ID: "L1", Barcode: "LOC-L1"}}})
	require.NoError(t, err)
	assert.Equal(t, rev2, rev3, "nothing changed: the revision stays")

	check := func(name string, r *Reference) {
		c := r.Snapshot()
		assert.NotNil(t, c.SKU("default", "A"), name)
		assert.Len(t, c.Resolve("1"), 1, name)
		assert.NotNil(t, c.Location("L1"), name)
		assert.Nil(t, c.SKU("default", "B"), name)
		assert.Empty(t, c.Resolve("T1"), name)
		assert.Nil(t, c.SKU("default", "C"), name)
		assert.Len(t, c.Scanned("77"), 1, "%s: goods of an article that is gone bear its code", name)
		assert.Equal(t, 1, c.Counts()["other"], name)
		changed, _, err := r.Put(t.Context(), []RecordChange{{Record: &edge.SKURecord{Client: "default", ID: "B"}, Rev: ptr(9)}})
		require.NoError(t, err, name)
		assert.Equal(t, []bool{false}, changed, "%s: an older rev does not revive", name)
	}
	check("live", r)
	reopen := func() *Reference {
		s, l := openStore(t, dir), openReferenceLog(t, logDir)
		r, err := NewReference(l, s, swap)
		require.NoError(t, err)
		t.Cleanup(func() { _ = s.Close(); _ = l.Close() })
		check("reopened", r)
		require.NoError(t, s.Flush())
		require.NoError(t, s.Check())
		require.NoError(t, s.Close())
		require.NoError(t, l.Close())
		return r
	}
	require.NoError(t, s.Close()) // nothing of it was written to the store
	require.NoError(t, l.Close())
	reopen() // from the log alone
	reopen() // from the store
	s = openStore(t, dir)
	require.NoError(t, s.Reset())
	require.NoError(t, s.Close())
	reopen() // from the log again
}

func TestReferenceRefusesWhatIsNoRecord(t *testing.T) {
	s, l := openStore(t, t.TempDir()), openReferenceLog(t, t.TempDir())
	r, err := NewReference(l, s, func(*catalogue.Snapshot) { t.Error("swapped") })
	require.NoError(t, err)
	for i, c := range []any{nil, 5, &edge.Order{ID: "1"}, &edge.LocationRecord{}} {
		_, _, err := r.Put(t.Context(), []RecordChange{{Record: &edge.ToteRecord{ID: "T"}}, {Record: c}})
		require.ErrorIs(t, err, ErrRecord, fmt.Sprint(i))
		assert.Empty(t, r.Snapshot().Resolve("T"), "nothing was taken")
		assert.EqualValues(t, 0, l.Head().Pos)
	}
}

func FuzzParseRecord(f *testing.F) {
	f.Add([]byte(`{"kind":"tote","record":{"id":"T-1"}}`))
	f.Add([]byte(`{"kind":"sku","gone":true,"rev":7,"record":{"client":"c","id":"1"}}`))
	f.Add([]byte(`{"kind":"","record":null}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := parseRecord(line)
		if err != nil {
			require.ErrorIs(t, err, ErrRecord)
			return
		}
		again, err := newRecord(RecordChange{Record: r.record, Gone: r.Gone, Rev: r.Rev})
		if err == nil {
			assert.Equal(t, r.key, again.key)
		}
	})
}

func FuzzBlock(f *testing.F) {
	id := testID(start, 1)
	f.Add(block([]edge.Remembered{{ID: id, At: start, Data: []byte("x")}}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		data, found, err := find(b, id)
		if err != nil {
			require.ErrorIs(t, err, ErrDamaged)
			return
		}
		if found {
			assert.LessOrEqual(t, len(data), len(b))
		}
	})
}

// TestACopyHasTheLastRecords: a backup copies the log of a running edge, of which it takes
// what is proven flushed. After the last records of a catalogue nothing may come for weeks.
func TestACopyHasTheLastRecords(t *testing.T) {
	dir, logDir, to := t.TempDir(), t.TempDir(), t.TempDir()
	s, l := openStore(t, dir), openReferenceLog(t, logDir)
	r, err := NewReference(l, s, func(*catalogue.Snapshot) {})
	require.NoError(t, err)
	_, _, err = r.Put(t.Context(), []RecordChange{{Record: &edge.LocationRecord{ID: "L1"}}, {Record: &edge.LocationRecord{ID: "L2"}}})
	require.NoError(t, err)
	_, err = journal.Copy(journal.OSFS{}, logDir, to, nil)
	require.NoError(t, err)
	copied := openReferenceLog(t, to)
	n := 0
	require.NoError(t, copied.ReadFrames(0, func(f journal.Frame) error {
		if f.Kind == journal.Reference {
			n++
		}
		return nil
	}))
	assert.Equal(t, 2, n)
}
