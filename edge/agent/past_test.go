package agent

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/journal"
	"dcedge/edge/printing"
	"dcedge/labels/layout"
)

// The board reads the journal's events as they are; what it does not know is
// passed over and never stops it.
func TestTheBoardReadsTheJournal(t *testing.T) {
	log, err := journal.Open(journal.Options{FS: journal.OSFS{}, Dir: filepath.Join(t.TempDir(), "j"), Logger: quiet()})
	require.NoError(t, err)
	defer func() { require.NoError(t, log.Close()) }()
	var b journal.Batch
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	for i := range 3 {
		e := edge.Event{Seq: uint64(i + 1), At: at, Type: edge.EvPicked, Worker: "w-1", Data: &edge.PickEvent{Quantity: 2}}
		if i == 1 {
			e.Type = "later.thing"
		}
		b.Event(e.AppendLine(nil))
		b.EndMessage()
	}
	_, err = log.Append(&b)
	require.NoError(t, err)
	p := pastEvents{log}
	place, seq := p.Head()
	assert.EqualValues(t, 3, place)
	assert.EqualValues(t, 3, seq)
	list, last, err := p.Events(0, 10)
	require.NoError(t, err)
	assert.EqualValues(t, 3, last, "the place is passed, though the event is not known")
	require.Len(t, list, 2)
	assert.EqualValues(t, 3, list[1].Seq)
	list, last, err = p.Events(2, 1)
	require.NoError(t, err)
	assert.EqualValues(t, 3, last)
	assert.Len(t, list, 1)

	require.NoError(t, log.Fork(journal.Birth{Reason: "copied"}), "places count on across a seal")
	b.Reset()
	e := edge.Event{Seq: 1, At: at, Type: edge.EvPicked, Worker: "w-2", Data: &edge.PickEvent{Quantity: 2}}
	b.Event(e.AppendLine(nil))
	b.EndMessage()
	_, err = log.Append(&b)
	require.NoError(t, err)
	place, seq = p.Head()
	assert.EqualValues(t, 4, place)
	assert.EqualValues(t, 1, seq)
	var all []string
	for at := uint64(0); at < place; {
		list, at, err = p.Events(at, 10)
		require.NoError(t, err)
		for _, e := range list {
			all = append(all, e.Worker)
		}
	}
	assert.Equal(t, []string{"w-1", "w-1", "w-2"}, all)
}

type refuses struct{ err error }

func (r refuses) Render(context.Context, printing.Want) (printing.Label, error) {
	return printing.Label{}, r.err
}

func TestWhyALabelCannotBeDrawnIsRemembered(t *testing.T) {
	var f faults
	box := printing.Want{Box: &edge.Box{ID: "B-1"}}
	for name, c := range map[string]struct {
		err         error
		field, code string
	}{
		"a field":   {&layout.FieldError{Template: "x", Field: "sort", Code: layout.CodeFit}, "sort", "fit"},
		"too long":  {layout.ErrData, "", "tooLong"},
		"template":  {errLabel, "", "noTemplate"},
		"the vault": {errors.New("locked"), "", "vault"},
		"none":      {nil, "", "other"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := watched{refuses{c.err}, &f}.Render(t.Context(), box)
			assert.Equal(t, c.err, err)
			field, code := f.of("B-1")
			assert.Equal(t, []string{c.field, c.code}, []string{field, code})
			f.keep(nil)
			assert.Empty(t, f.all, "a box that wants nothing is forgotten")
		})
	}
}
