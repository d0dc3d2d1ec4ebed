package board

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

func stampOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// TestParcels: an order is found by its id and by any number that a box of it ever
// had, with how far it and its boxes are and what is wrong with them.
func TestParcels(t *testing.T) {
	held := order("2", edge.StagePacking)
	held.Held, held.OrderTerms = "address", &edge.OrderTerms{HeldAt: day.Add(-time.Hour)}
	gone := order("3", edge.StageShipped)
	gone.OrderTerms = &edge.OrderTerms{}
	for _, o := range []*edge.Order{held, gone} {
		o.Lines = []*edge.Line{{ID: "1", SKU: "S1", Wanted: 3, Picked: 3, Packed: 1}}
	}
	held.Boxes, gone.Boxes = []string{"B-1", "B-2"}, []string{"B-3"}
	box := func(id, of string, change func(*edge.Box)) edge.Change {
		b := &edge.Box{ID: id, Order: of, Client: "default", Carrier: "cj", N: 1, At: day}
		change(b)
		return put(edge.TableBoxes, id, b)
	}
	f := &fakeEngine{state: []edge.Change{change(held), change(gone), change(order("4", edge.StageReceived)),
		put(edge.TableAttempts, "A-7", &edge.Attempt{ID: "A-7", Box: "B-1", Status: edge.AttemptInDoubt, At: day}),
		box("B-1", "2", func(b *edge.Box) {
			b.Closed, b.Waybill, b.Voided, b.Print.Attempt = true, "650000000011", []string{"650000000000"}, "A-7"
		}),
		box("B-2", "2", func(b *edge.Box) { b.With = []string{"9"} }),
		box("B-3", "3", func(b *edge.Box) {
			b.Closed, b.Bound, b.BoundAt, b.Truck, b.Shipped, b.Collected, b.Missed = true, "A-1", day, "K-1", true, true, true
		}),
	}}
	running(t, f, func(b *Board) {
		for _, asked := range [][2]string{{"2", ""}, {"", "650000000011"}, {"", "6500-0000-0000"}} {
			p := b.Parcels("", asked[0], asked[1], stampOf)
			require.Len(t, p.Items, 1, "%v", asked)
			it := p.Items[0]
			assert.Equal(t, "2", it.Order)
			assert.Equal(t, []any{"packing", 3, 1, "held", "address", stampOf(day.Add(-time.Hour)), ""},
				[]any{it.Stage, it.Pieces, it.Packed, it.Exception, it.Reason, it.Since, it.Ready})
			require.Len(t, it.Boxes, 2)
			assert.Equal(t, []any{"closed", "inDoubt", "650000000011"}, []any{it.Boxes[0].Stage, it.Boxes[0].Exception, it.Boxes[0].Waybill})
			assert.Equal(t, []any{"open", "", []string{"9"}}, []any{it.Boxes[1].Stage, it.Boxes[1].Exception, it.Boxes[1].With})
		}
		it := b.Parcels("default", "3", "", stampOf).Items[0]
		assert.Equal(t, []any{"collected", "", "K-1", stampOf(day)}, []any{it.Boxes[0].Stage, it.Boxes[0].Exception, it.Boxes[0].Truck, it.Boxes[0].Labelled})
		assert.Empty(t, b.Parcels("other", "3", "", stampOf).Items, "another client's")
		assert.Empty(t, b.Parcels("", "nobody's", "", stampOf).Items)
		assert.Empty(t, b.Parcels("", "", "999", stampOf).Items)
	})
}

// TestReadyIsAtThePaceOfNow: an order should be packed after those before it, at the
// pace of the last hours; where nothing was packed nobody can tell.
func TestReadyIsAtThePaceOfNow(t *testing.T) {
	of := func(id string, cutoff time.Time, pieces int) *edge.Order {
		o := order(id, edge.StagePicked)
		o.Cutoff, o.Lines = cutoff, []*edge.Line{{ID: "1", SKU: "S1", Wanted: pieces, Picked: pieces}}
		return o
	}
	v := newView(day)
	v.catching = false
	first, second, never := of("1", day.Add(time.Hour), 30), of("2", day.Add(2*time.Hour), 60), of("3", time.Time{}, 10)
	waits := of("4", day, 1000)
	waits.Held = "address"
	for _, o := range []*edge.Order{first, second, never, waits} {
		v.orders[o.ID] = o
	}
	assert.Zero(t, v.ready(first), "nothing was packed")
	v.counting = day.Add(-time.Hour)
	v.hours[day.Add(-time.Hour).Truncate(time.Hour).Unix()] = &Hour{From: day.Add(-time.Hour).Truncate(time.Hour), Packed: 60}
	v.hours[0] = &Hour{From: time.Unix(0, 0), Packed: 100_000}
	assert.Equal(t, day.Add(30*time.Minute), v.ready(first))
	assert.Equal(t, day.Add(90*time.Minute), v.ready(second), "after the one before it")
	assert.Equal(t, day.Add(100*time.Minute), v.ready(never), "without a cut-off last")
	assert.Zero(t, v.ready(waits), "it waits for a person")
}
