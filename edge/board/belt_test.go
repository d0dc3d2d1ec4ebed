package board

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

func TestNoReadsAreChargedToTheLabel(t *testing.T) {
	v := newView(day)
	read := func(printer, template string, made time.Time, place string, tries int) {
		v.count(&edge.Event{Type: edge.EvParcelRead, At: day, Data: &edge.ParcelEvent{Box: "B-1", Place: place, Printer: printer, Template: template, Labelled: made, Tries: tries}})
	}
	for range 8 {
		read("p1", "cj", day, "tunnel-1", 0)
	}
	read("p1", "cj", day.Add(10*time.Minute), "tunnel-1", 2)
	read("p2", "cj", day, "tunnel-1", 0)
	read("p3", "cj", day, edge.HospitalLane, 1)
	read("p3", "cj", day.Add(-2*time.Hour), "tunnel-1", 1)
	v.count(&edge.Event{Type: edge.EvParcelNoRead, At: day, Data: &edge.ParcelEvent{Box: "B-1", Place: "tunnel-1", Printer: "p2", Labelled: day}})
	v.count(&edge.Event{Type: edge.EvParcelRead, At: day, Data: &edge.ParcelEvent{Place: "tunnel-1"}})
	hour := day.Truncate(time.Hour)
	assert.Equal(t, []Charge{
		{Printer: "p3", Template: "cj", Hour: hour, NoReads: 1},
		{Printer: "p3", Template: "cj", Hour: hour.Add(-2 * time.Hour), Reads: 1, NoReads: 1},
		{Printer: "p1", Template: "cj", Hour: hour, Reads: 9, NoReads: 2},
	}, v.chargeList(), "the worst first; p2's were all read")
	assert.Contains(t, v.render(nil), "reads/p1:cj:"+itoa(hour.Unix()))

	v.now = day.Add(30 * time.Hour)
	read("p4", "cj", v.now, "tunnel-1", 1)
	assert.Len(t, v.charges, 1, "a day later the old ones are gone")
}

func itoa(n int64) string { b, _ := json.Marshal(n); return string(b) }

func TestALostBoxIsATroubleWithItsLastPlace(t *testing.T) {
	v := newView(day)
	v.put(edge.Change{Table: edge.TableOrders, Key: "default\x00o1", Value: &edge.Order{OrderTerms: &edge.OrderTerms{}, ID: "o1", Client: "default", Stage: edge.StagePacked, Boxes: []string{"B-1"}}})
	box := edge.Box{ID: "B-1", Order: "o1", Client: "default", Station: "pack-1", Seen: "tunnel-1", At: day, Missed: true}
	put := func(b edge.Box) []Exception {
		v.put(edge.Change{Table: edge.TableBoxes, Key: "B-1", Value: &b})
		return v.troubles()
	}
	got := put(box)
	require.Len(t, got, 1)
	assert.Equal(t, Exception{Kind: "lost", ID: "B-1", Order: "o1", Box: "B-1", Location: "tunnel-1", Station: "pack-1", Since: day}, got[0])
	loaded := box
	loaded.Truck = "K-1"
	assert.Empty(t, put(loaded), "it went by hand")
	seen := box
	seen.Missed = false
	put(box)
	assert.Empty(t, put(seen), "there it is")
	put(box)
	v.put(edge.Change{Table: edge.TableOrders, Key: "default\x00o1", Value: &edge.Order{OrderTerms: &edge.OrderTerms{}, ID: "o1", Client: "default", Stage: edge.StageCancelled}})
	assert.Empty(t, v.lost(), "nobody waits for a cancelled one")
	v.put(edge.Change{Table: edge.TableBoxes, Key: "B-1"})
	assert.Empty(t, v.missed)
}
