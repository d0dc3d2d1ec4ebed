package vault

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// TestNote: what one lead leaves to the next may name people: it is sealed, not
// taken for an order's, and reading it is recorded first.
func TestNote(t *testing.T) {
	r := newRig(t)
	v := r.open(t)
	note := edge.PersonalItem{Note: "01J", Data: edge.Personal{Note: "김하늘 님이 포장대 2에서 다쳤음"}}
	_, _, err := v.Put([]edge.PersonalItem{note})
	require.NoError(t, err)
	why := Purpose{Who: "lead-2", What: "note", Why: "shift"}
	got, err := v.Whole(t.Context(), edge.PersonalItem{Note: "01J"}, why)
	require.NoError(t, err)
	assert.Equal(t, note.Data.Note, got.Note)
	require.Len(t, r.diary.records, 1)
	assert.Contains(t, string(r.diary.records[0].Value), `"who":"lead-2"`)
	assert.NotContains(t, string(r.diary.records[0].Value), "김하늘")
	_, err = v.Whole(t.Context(), edge.PersonalItem{Note: "other"}, why)
	require.ErrorIs(t, err, ErrNotFound)

	r.now = r.now.Add(25 * time.Hour)
	require.NoError(t, v.Clean(t.Context()), "no order names it, and it stays")
	_, err = v.Whole(t.Context(), edge.PersonalItem{Note: "01J"}, why)
	require.NoError(t, err)
	raw, err := os.ReadFile(filepath.Join(r.Dir, File))
	require.NoError(t, err)
	assert.False(t, bytes.Contains(raw, []byte("김하늘")))

	_, _, err = v.Put([]edge.PersonalItem{{Worker: "tmp-1", Data: edge.Personal{WorkerName: "응우옌 반 안"}}})
	require.NoError(t, err)
	got, err = v.Whole(t.Context(), edge.PersonalItem{Worker: "tmp-1"}, Purpose{Who: "lead-1", What: "badge", Why: "print"})
	require.NoError(t, err)
	assert.Equal(t, "응우옌 반 안", got.WorkerName)
	r.diary.err = os.ErrClosed
	_, err = v.Whole(t.Context(), edge.PersonalItem{Worker: "tmp-1"}, why)
	require.Error(t, err, "nothing leaves without its record")
}
