package board

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"dcedge/edge"
)

// TestAToteThatNobodyTakesUpIsListed: from the end of its picking until a wall or a
// desk has it; one whose order must wait, or that is still picked, is not missed.
func TestAToteThatNobodyTakesUpIsListed(t *testing.T) {
	v := newView(day)
	v.toteWithin = 15 * time.Minute
	put := func(x *edge.Tote) { v.put(edge.Change{Table: edge.TableTotes, Key: x.ID, Value: x}) }
	set := func(o *edge.Order) { v.put(change(o)) }
	o := order("1", edge.StagePicked)
	set(o)
	tote := edge.Tote{ID: "TOTE-1", Client: "default", Order: "1", Work: "T-1"}
	put(&tote)
	v.now = day.Add(time.Hour)
	assert.Empty(t, v.toteTroubles(), "it is being picked")
	done := tote
	done.Done, done.Work = true, ""
	put(&done)
	v.now = day.Add(time.Hour + 14*time.Minute)
	assert.Empty(t, v.toteTroubles(), "there is time yet")
	v.now = day.Add(time.Hour + 16*time.Minute)
	put(&done) // a change of something else begins nothing anew
	assert.Equal(t, []Exception{{Kind: "toteWaits", ID: "TOTE-1", Order: "1", Since: day.Add(time.Hour)}}, v.toteTroubles())

	held := *o
	held.Held = "address"
	set(&held)
	assert.Empty(t, v.toteTroubles(), "it has to wait")
	set(o)
	atDesk := done
	atDesk.Work = "T-2"
	put(&atDesk)
	assert.Empty(t, v.toteTroubles(), "a desk has it")
	put(&done) // put down again
	assert.Empty(t, v.toteTroubles(), "its time begins anew")
	v.put(edge.Change{Table: edge.TableTotes, Key: "TOTE-1"})
	assert.Empty(t, v.idleTotes)

	put(&edge.Tote{ID: "TOTE-2", Client: "default", Wave: "T-3", Done: true})
	v.now = v.now.Add(20 * time.Minute)
	assert.Equal(t, "TOTE-2", v.toteTroubles()[0].ID, "a wave's tote waits for the wall")
	v.toteWithin = 0
	assert.Empty(t, v.toteTroubles(), "the site does not ask for it")
}

// TestAToteThatItsWaveLeftIsNamed: goods of cancelled orders lie in it, and only its
// name leads to them; while its wave has it, the wall does.
func TestAToteThatItsWaveLeftIsNamed(t *testing.T) {
	v := newView(day)
	put := func(table, key string, x any) { v.put(edge.Change{Table: table, Key: key, Value: x}) }
	put(edge.TableTotes, "TOTE-9", &edge.Tote{ID: "TOTE-9", Client: "default", Wave: "W-1", Done: true, Orders: []string{"1", "2"}})
	put(edge.TableSite, edge.MovePrefix+"M-1", &edge.MoveTask{ID: "M-1", Client: "default", SKU: "A", Quantity: 3, Order: "1", Reason: "surplus", Totes: []string{"TOTE-9"}})
	put(edge.TableSite, edge.MovePrefix+"M-2", &edge.MoveTask{ID: "M-2", Client: "default", SKU: "B", Quantity: 2, Aside: 1, Order: "2", Reason: "cancelled", Totes: []string{"TOTE-9"}})
	put(edge.TableSite, edge.MovePrefix+"M-3", &edge.MoveTask{ID: "M-3", Client: "default", SKU: "B", Quantity: 9, Reason: "refill"})
	assert.Empty(t, v.keptTotes(), "its wave has it")
	put(edge.TableTotes, "TOTE-9", &edge.Tote{ID: "TOTE-9", Client: "default", Done: true})
	v.count(&edge.Event{Type: edge.EvReplenish, At: day.Add(time.Minute), Data: &edge.StockEvent{Totes: []string{"TOTE-9"}}})
	v.count(&edge.Event{Type: edge.EvReplenish, At: day, Data: &edge.StockEvent{Totes: []string{"TOTE-9"}}}) // the past, beside it
	want := Exception{Kind: "keptTote", ID: "TOTE-9", Tote: "TOTE-9", Reason: "cancelled", Units: 4, Since: day.Add(time.Minute)}
	assert.Equal(t, []Exception{want}, v.keptTotes())
	assert.Contains(t, v.troubles(), want)
	put(edge.TableSite, edge.MovePrefix+"M-2", nil)
	assert.Equal(t, "1", v.keptTotes()[0].Order, "of one order")
	put(edge.TableSite, edge.MovePrefix+"M-1", nil)
	put(edge.TableTotes, "TOTE-9", nil)
	assert.Empty(t, v.keptTotes())
	assert.Empty(t, v.backSince)
}
