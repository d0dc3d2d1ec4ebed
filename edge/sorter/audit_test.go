package sorter

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPackedAndNotSeenIsLost(t *testing.T) {
	a, err := NewAuditor(20 * time.Minute)
	require.NoError(t, err)
	a.Packed(PackedBox{Box: "B1", At: noon})
	a.Packed(PackedBox{Box: "B2", At: noon.Add(time.Minute)})
	a.Packed(PackedBox{Box: "B3", At: noon})
	a.Packed(PackedBox{Box: "B4", At: noon})
	all, _ := a.Missing(noon.Add(20 * time.Minute))
	assert.Empty(t, all)
	a.Take(Event{Type: WasRead, Box: "B3"})
	a.Gone("B4")
	all, fresh := a.Missing(noon.Add(25 * time.Minute))
	assert.Equal(t, []string{"B1", "B2"}, []string{all[0].Box, all[1].Box})
	assert.Len(t, all, 2)
	assert.Len(t, fresh, 2)
	assert.Equal(t, 25*time.Minute, all[0].For)
	_, fresh = a.Missing(noon.Add(26 * time.Minute))
	assert.Empty(t, fresh, "each is told once")
	a.Take(Event{Type: WasRead, Box: "B1"})
	all, _ = a.Missing(noon.Add(27 * time.Minute))
	assert.Len(t, all, 1, "found after all")
	_, err = NewAuditor(0)
	assert.ErrorIs(t, err, ErrWithin)
}

func TestNoReadsAreChargedToTheLabel(t *testing.T) {
	a, _ := NewAuditor(time.Hour)
	worn, good := Label{"printer-3", "cj-123x100", noon.Add(5 * time.Minute)}, Label{"printer-1", "cj-123x100", noon.Add(50 * time.Minute)}
	for _, b := range []string{"B1", "B2", "B3"} {
		a.Packed(PackedBox{Box: b, Label: worn, At: noon})
	}
	a.Packed(PackedBox{Box: "G1", Label: good, At: noon})
	a.Take(Event{Type: WasRead, Parcel: "p1", Box: "G1"})
	a.Take(Event{Type: WasNot, Parcel: "p2"}) // nobody knows whose
	a.Take(Event{Type: WasNot, Parcel: "p2"})
	a.Take(Event{Type: WasRead, Parcel: "p2", Box: "B1"}) // read at last
	a.Take(Event{Type: WasNot, Parcel: "p3"})
	a.Take(Event{Type: Rejected, Parcel: "p3", Lane: Hospital})
	a.Identified("p3", "B2") // a person at hospital
	a.Take(Event{Type: WasNot, Parcel: "p4"})
	a.Take(Event{Type: Lost, Parcel: "p4"}) // nobody ever will
	c := a.Charges()
	require.Len(t, c, 2)
	assert.Equal(t, Charge{"printer-3", "cj-123x100", noon, 1, 3}, c[0])
	assert.Equal(t, 750, c[0].PerMille())
	assert.Equal(t, Charge{"printer-1", "cj-123x100", noon, 1, 0}, c[1])
	a.Before(noon.Add(time.Hour))
	assert.Empty(t, a.Charges())
}
