package board

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// behindSite is a board with a truck that left two boxes behind.
func behindSite(t *testing.T, said ...BehindSaid) (v *view, put func(table, key string, x any)) {
	b, err := New(Config{Source: &fakeEngine{}, Now: func() time.Time { return day }, Behind: said})
	require.NoError(t, err)
	v = &b.view
	put = func(table, key string, x any) { v.put(edge.Change{Table: table, Key: key, Value: x}) }
	for _, id := range []string{"1", "2"} {
		v.put(change(order(id, edge.StagePacked)))
		put(edge.TableBoxes, "B-"+id, behindBox(id))
	}
	put(edge.TableTrucks, "K-1", behindTruck("K-1", day, "B-1", "B-2"))
	return v, put
}

func behindBox(id string) *edge.Box {
	return &edge.Box{ID: "B-" + id, Order: id, Client: "default", Carrier: "cj", Waybill: "65" + id, Closed: true, Bound: "A-" + id, Seen: "lane-2", At: day.Add(-time.Hour)}
}

func behindTruck(id string, at time.Time, missing ...string) *edge.Truck {
	k := &edge.Truck{ID: id, Dock: "D1", Carrier: "cj", Trip: "cj-1", Closed: true, At: at, Reason: "missing"}
	for _, box := range missing {
		k.Missing = append(k.Missing, edge.Missing{Box: box, Waybill: "65" + box[2:], LastSeen: "lane-2", Since: day.Add(-time.Hour)})
	}
	return k
}

// TestABoxThatStaysBehindIsTrouble: it has its name, where it was last seen and since
// when; its trouble ends when it is loaded, somebody has it in hand, or nobody wants it.
func TestABoxThatStaysBehindIsTrouble(t *testing.T) {
	v, put := behindSite(t)
	list := v.leftBehind()
	require.Len(t, list, 1)
	assert.Equal(t, Exception{Kind: "leftBehind", ID: "K-1", Carrier: "cj", Trip: "cj-1", Station: "D1", Reason: "missing", Units: 2, Since: day, Boxes: []BehindBox{
		{Missing: edge.Missing{Box: "B-1", Waybill: "651", LastSeen: "lane-2", Since: day.Add(-time.Hour)}, Order: "1"},
		{Missing: edge.Missing{Box: "B-2", Waybill: "652", LastSeen: "lane-2", Since: day.Add(-time.Hour)}, Order: "2"}}}, list[0])
	assert.Contains(t, v.troubles(), list[0])

	for what, change := range map[string]func(*edge.Box){
		"loaded":               func(b *edge.Box) { b.Truck, b.Seen = "K-2", "D1" },
		"seen on a belt":       func(b *edge.Box) { b.Seen = "tunnel-1" },
		"stowed":               func(b *edge.Box) { b.Container, b.Seen = "RC-1", "RC-1" },
		"with a label anew":    func(b *edge.Box) { b.BoundAt = day.Add(time.Minute) },
		"in the hospital":      func(b *edge.Box) { b.Aside = "label" },
		"shipped on paper too": func(b *edge.Box) { b.Shipped = true },
	} {
		b := behindBox("1")
		change(b)
		put(edge.TableBoxes, "B-1", b)
		require.Len(t, v.leftBehind(), 1)
		assert.Equal(t, "B-2", v.leftBehind()[0].Boxes[0].Box, what)
	}
	put(edge.TableBoxes, "B-1", behindBox("1"))
	v.put(change(order("1", edge.StageCancelled)))
	assert.Equal(t, 1, v.leftBehind()[0].Units, "nobody wants it")
	put(edge.TableBoxes, "B-2", nil)
	assert.Empty(t, v.leftBehind())
}

// TestABoxIsMissedOnce: the truck that missed it last has it, and one that the site
// forgets does not find it.
func TestABoxIsMissedOnce(t *testing.T) {
	v, put := behindSite(t)
	put(edge.TableTrucks, "K-2", behindTruck("K-2", day.Add(time.Hour), "B-2"))
	units := map[string]int{}
	for _, e := range v.leftBehind() {
		units[e.ID] = e.Units
	}
	assert.Equal(t, map[string]int{"K-1": 1, "K-2": 1}, units)
	put(edge.TableTrucks, "K-1", nil)
	assert.Len(t, v.leftBehind(), 2, "the box is not found by that")
	b := behindBox("1")
	b.Truck = "K-3"
	put(edge.TableBoxes, "B-1", b)
	assert.Len(t, v.leftBehind(), 1)
	assert.Len(t, v.behind, 1, "nothing is kept of it")
}

// TestWhatALeadSaidOfABoxHolds: also of before the start.
func TestWhatALeadSaidOfABoxHolds(t *testing.T) {
	v, _ := behindSite(t, BehindSaid{Truck: "K-1", Owner: "w-901"}, BehindSaid{Truck: "K-1", Owner: "w-900"})
	assert.Equal(t, "w-900", v.leftBehind()[0].Owner)
	v.saidBehind(BehindSaid{Truck: "K-1", Ended: true})
	assert.Empty(t, v.leftBehind())
	v, _ = behindSite(t, BehindSaid{Truck: "K-1", Ended: true})
	assert.Empty(t, v.leftBehind())
}
