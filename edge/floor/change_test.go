package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

func change(id, order, what string) *edge.OrderChange {
	return &edge.OrderChange{ID: id, Order: order, Change: what, Reason: "asked"}
}

func TestOrderRecords(t *testing.T) {
	x := newSite(t)
	crew(x)
	r := order("o1", "cj", line{1, 2})
	assert.Equal(t, edge.Accepted, x.record(r).Code)
	assert.Equal(t, "order.received", x.kinds())
	e := x.last[0].Data.(*edge.OrderReceived)
	assert.Equal(t, "12:00", e.Cutoff.In(seoul).Format("15:04"), "the carrier's next cut-off")
	assert.Equal(t, edge.Unchanged, x.record(r).Code)
	again := order("o1", "cj", line{1, 3}, line{2, 1})
	again.Hash = "other"
	assert.Equal(t, edge.Accepted, x.record(again).Code)
	assert.Equal(t, "order.changed", x.kinds())
	assert.Len(t, x.last[0].Data.(*edge.OrderChanged).Lines, 2)
	old := order("o1", "cj", line{1, 9})
	old.Hash = "older"
	rev := int64(-1)
	old.Rev = &rev
	assert.Equal(t, edge.Unchanged, x.record(old).Code, "an older rev")
	x.act("p", "start", edge.Args{Flow: edge.Pick})
	old.Rev = nil
	assert.Equal(t, edge.Begun, x.record(old).Code)
	x.record(change("c", "o1", "cancel"))
	assert.Equal(t, edge.CancelledOrder, x.record(old).Code, "nothing revives a cancelled order")

	for field, bad := range map[string]func(*edge.OrderRecord){
		"lines":   func(o *edge.OrderRecord) { o.Lines = nil },
		"carrier": func(o *edge.OrderRecord) { o.Carrier = "" },
		"id":      func(o *edge.OrderRecord) { o.ID = "" },
	} {
		r := order("bad", "cj", line{1, 1})
		bad(r)
		v := x.record(r)
		assert.False(t, v.OK)
		assert.Equal(t, field, v.Detail)
		assert.Empty(t, x.last)
	}
	r = order("bad", "cj", line{1, 1}, line{2, 1})
	r.Lines[1].Line = r.Lines[0].Line
	assert.Equal(t, edge.FieldType, x.record(r).Code, "two lines of one id")
}

func TestParkedOrders(t *testing.T) {
	x := newSite(t)
	crew(x)
	r := order("o1", "nobody", line{1, 2}, line{9, 1})
	assert.Equal(t, edge.Accepted, x.record(r).Code)
	assert.Equal(t, "order.parked", x.kinds())
	assert.Equal(t, []string{"carrier:nobody", "sku:S9", "location:L9"}, x.last[0].Data.(*edge.OrderReceived).Missing)
	assert.Equal(t, "start.noWork", x.act("p", "start", edge.Args{Flow: edge.Pick}).Say.Key)
	x.catalogue(&edge.CarrierRecord{ID: "nobody"}, &edge.SKURecord{Client: "default", ID: "S9"})
	assert.Empty(t, x.last)
	x.catalogue(&edge.LocationRecord{ID: "L9"})
	assert.Equal(t, "order.received", x.kinds())
	assert.Len(t, x.last[0].Data.(*edge.OrderReceived).Lines, 2)
	assert.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick}).OK)
}

func TestCancelWhilePicking(t *testing.T) {
	x := picking(t, line{1, 2}, line{2, 1})
	x.record(change("c1", "o1", "cancel"))
	assert.Equal(t, "order.cancelStopped tote.released work.finished", x.kinds(), "nothing lies in the tote")
	assert.Equal(t, "picking", x.last[0].Data.(*edge.OrderChanged).Step)
	assert.Equal(t, []edge.Notice{{Worker: "p", Code: edge.Cancelled, Say: edge.Says("pick.orderCancelled", edge.T("order", "o1"))}}, x.dec.Notices)
	assert.Equal(t, edge.Idle, x.screen("p").Flow)
	assert.Equal(t, edge.Unchanged, x.record(change("c1", "o1", "cancel")).Code)
	assert.Empty(t, x.last)

	y := picking(t, line{1, 2})
	y.scan("p", "EA-1")
	y.record(change("c1", "o1", "cancel"))
	assert.Equal(t, "order.cancelStopped work.finished replenish.asked", y.kinds(), "goods stay in the tote")
	assert.Equal(t, edge.Cancelled, y.scan("k", "TOTE-00001").Code, "the siren, wherever the tote is scanned")
	assert.Equal(t, []string{"ack", "help"}, y.screen("k").Actions)
	assert.Equal(t, edge.Unexpected, y.act("k", "ack", edge.Args{Order: "o9"}).Code)
	assert.Equal(t, edge.OK, y.act("k", "ack", edge.Args{Order: "o1"}).Code)
	assert.Equal(t, "step.confirmed tote.released", y.kinds())
	assert.Nil(t, y.live.Tote("TOTE-00001"))
	assert.Equal(t, "ack.nothing", y.act("k", "ack", edge.Args{}).Say.Key)
}

func TestCancelAtDesk(t *testing.T) {
	x := packing(t, line{1, 2})
	x.scan("k", "EA-1")
	x.record(change("c1", "o1", "cancel"))
	assert.Equal(t, "order.cancelStopped", x.kinds())
	assert.Equal(t, "packing", x.last[0].Data.(*edge.OrderChanged).Step)
	assert.Equal(t, edge.Cancelled, x.scan("k", "EA-1").Code)
	assert.Equal(t, edge.Cancelled, x.act("k", "close", edge.Args{}).Code)
	assert.Equal(t, edge.OK, x.act("k", "ack", edge.Args{}).Code)
	assert.Equal(t, "step.confirmed tote.released replenish.asked work.finished", x.kinds())
	assert.Equal(t, edge.Idle, x.screen("k").Flow)

	y := printing(t)
	y.label("B-1")
	y.record(change("c1", "o1", "cancel"))
	assert.Equal(t, edge.Cancelled, y.scan("k", y.live.Box("B-1").Waybill).Code, "its unbound label")
	assert.Equal(t, edge.Cancelled, y.scan("k2", y.live.Box("B-1").Waybill).Code, "and anywhere else")
	assert.False(t, y.print(edge.PrintReport{Stage: edge.StageIntent, Box: "B-1", Printer: "p1"}).OK)
}

func TestHoldAndRelease(t *testing.T) {
	x := picking(t, line{1, 2})
	x.record(change("h", "o1", "hold"))
	assert.Equal(t, "held", x.screen("p").Step)
	assert.Empty(t, x.screen("p").Expect)
	assert.Equal(t, edge.Hold, x.scan("p", "EA-1").Code)
	x.record(change("r", "o1", "release"))
	assert.Equal(t, "item", x.screen("p").Step)
	x.record(change("r2", "o1", "release"))
	assert.True(t, x.last[0].Data.(*edge.OrderChanged).NoEffect)
}

func TestOfferMovesAwayFromACancelledOrder(t *testing.T) {
	x := newSite(t)
	crew(x)
	picked(t, x, "o1", "cj", "TOTE-00001", line{1, 1})
	picked(t, x, "o2", "cj", "TOTE-00002", line{1, 1})
	x.act("k", "start", edge.Args{Flow: edge.Pack})
	x.record(change("c", "o1", "cancel"))
	assert.Equal(t, "order.cancelStopped work.moved replenish.asked", x.kinds())
	assert.Equal(t, "TOTE-00002", x.screen("k").Expect[0].Code)
}

func TestLessToPick(t *testing.T) {
	x := picking(t, line{1, 3}, line{2, 1})
	x.scan("p", "EA-1")
	c := change("c1", "o1", "reduceLine")
	c.Line, c.Quantity = "1", n(1)
	x.record(c)
	assert.Equal(t, "order.changed", x.kinds())
	assert.Equal(t, "S2", x.screen("p").Expect[0].SKU)
	c = change("c2", "o1", "cancelLine")
	c.Line = "2"
	x.record(c)
	assert.Equal(t, "order.changed work.finished", x.kinds(), "nothing more is to be picked")
	assert.Equal(t, edge.StagePicked, x.live.Order("default", "o1").Stage)
	c = change("c3", "o1", "cancelLine")
	c.Line = "1"
	x.record(c)
	assert.True(t, x.last[0].Data.(*edge.OrderChanged).Cancelled, "the last line takes the order with it")
	assert.Equal(t, edge.Cancelled, x.scan("k", "TOTE-00001").Code)
	assert.Equal(t, edge.FieldMissing, x.record(change("c4", "o1", "cancelLine")).Code)
}

func TestSurplusIsNotPacked(t *testing.T) {
	x := packing(t, line{1, 3}, line{2, 1})
	c := change("c1", "o1", "reduceLine")
	c.Line, c.Quantity = "1", n(1)
	x.record(c)
	x.scan("k", "EA-1")
	assert.Equal(t, edge.Over, x.scan("k", "EA-1").Code)
	x.follow("k", nil)
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
}

func TestOtherChanges(t *testing.T) {
	x := newSite(t)
	crew(x)
	x.record(order("o1", "cj", line{1, 1}))
	c := change("a", "o1", "readdress")
	c.RecipientRef, c.RecipientVersion = "ro1", 2
	x.record(c)
	assert.Equal(t, "address", x.live.Order("default", "o1").Held, "no routing: a stale sort code is never printed")
	c = change("b", "o1", "readdress")
	c.RecipientRef, c.RecipientVersion, c.Routed = "ro1", 3, true
	x.record(c)
	assert.Equal(t, 3, x.live.Order("default", "o1").RecipientVersion)
	c = change("d", "o1", "recarrier")
	c.Carrier = "hanjin"
	x.record(c)
	assert.Equal(t, "hanjin", x.live.Order("default", "o1").Carrier)
	c = change("e", "o1", "priority")
	assert.Equal(t, edge.FieldMissing, x.record(c).Code)
	assert.Equal(t, edge.FieldType, x.record(change("f", "o1", "explode")).Code)
	assert.Equal(t, edge.FieldMissing, x.record(change("g", "none", "cancel")).Code)
	c = change("h", "o1", "hold")
	c.Rev = 7
	x.record(c)
	c = change("i", "o1", "release")
	c.Rev = 6
	assert.Equal(t, edge.Unchanged, x.record(c).Code, "an older rev")
	x.record(change("j", "o1", "cancel"))
	x.record(change("k", "o1", "cancel"))
	assert.Equal(t, "order.cancelStopped", x.kinds())
	assert.True(t, x.last[0].Data.(*edge.OrderChanged).NoEffect)
}

func TestWaybillRanges(t *testing.T) {
	x := newSite(t)
	r := &edge.WaybillRange{ID: "r1", Carrier: "cj", FirstSerial: 100, Count: 10, Epoch: "e1"}
	assert.Equal(t, edge.Accepted, x.record(r).Code)
	assert.Equal(t, "lease.added", x.kinds())
	assert.Equal(t, edge.Unchanged, x.record(r).Code)
	assert.Equal(t, edge.RangeConflict, x.record(&edge.WaybillRange{ID: "r1", Carrier: "cj", FirstSerial: 500, Count: 10, Epoch: "e1"}).Code)
	assert.Equal(t, edge.RangeConflict, x.record(&edge.WaybillRange{ID: "r2", Carrier: "cj", FirstSerial: 109, Count: 10, Epoch: "e1"}).Code)
	assert.Equal(t, edge.Accepted, x.record(&edge.WaybillRange{ID: "r3", Carrier: "cj", FirstSerial: 110, Count: 10, Epoch: "e1"}).Code)
	assert.Equal(t, edge.WrongEpoch, x.record(&edge.WaybillRange{ID: "r4", Carrier: "cj", FirstSerial: 900, Count: 10, Epoch: "e0"}).Code)
	assert.Equal(t, edge.FieldType, x.record(&edge.WaybillRange{ID: "r5", Carrier: "cj", FirstSerial: 900, Epoch: "e1"}).Code)
}

func TestPlainRecords(t *testing.T) {
	x := newSite(t)
	for body, want := range map[any]string{
		&edge.ReturnRecord{ID: "r1", Order: "o1", Lines: []edge.OrderLine{{SKU: "S1", Quantity: 1}}, Hash: "a"}: "return.received",
		&edge.StockRecord{StockKnown: edge.StockKnown{Location: "L1", SKU: "S1", Quantity: 5}}:                  "stock.known",
		&edge.PickList{PickListReceived: edge.PickListReceived{PickList: "pl", Orders: []string{"o1"}}}:         "pickList.received",
		&edge.CarrierScan{CarrierScanned: edge.CarrierScanned{Waybill: "1", Scan: "collected"}}:                 "carrier.scanned",
	} {
		require.Equal(t, edge.Accepted, x.record(body).Code)
		assert.Equal(t, want, x.kinds())
		assert.Equal(t, "default", x.last[0].Client)
	}
	assert.Equal(t, edge.Unchanged, x.record(&edge.ReturnRecord{ID: "r1", Hash: "a"}).Code)
	assert.Equal(t, edge.UnknownKind, x.record("what").Code)
}
