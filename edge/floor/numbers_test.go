package floor_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/labels/waybill"
)

// dawn adds two accounts of one carrier: their numbers are one space.
func dawn(x *site) {
	x.catalogue(&edge.CarrierRecord{ID: "cj-dawn", Waybill: edge.WaybillFormat{Format: "cj"}},
		&edge.CarrierRecord{ID: "cj-day", Waybill: edge.WaybillFormat{Format: "cj-12"}},
		&edge.CarrierRecord{ID: "lotte", Waybill: edge.WaybillFormat{Format: "lotte"}},
		&edge.CarrierRecord{ID: "usps", Waybill: edge.WaybillFormat{Format: "usps"}})
}

func lease(id, carrier string, first, count uint64) *edge.WaybillRange {
	return &edge.WaybillRange{ID: id, Carrier: carrier, Client: "default", FirstSerial: first, Count: count, Epoch: "e1"}
}

// TestAccountsOfOneCarrierShareTheirNumbers: two carrier ids with one format.
func TestAccountsOfOneCarrierShareTheirNumbers(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	dawn(x)
	require.Equal(t, edge.Accepted, x.record(lease("a", "cj-dawn", 70000000000, 10)).Code)
	v := x.record(lease("b", "cj-day", 70000000005, 10))
	assert.Equal(t, edge.RangeConflict, v.Code, "numbers that the other account gives out")
	require.Equal(t, edge.Accepted, x.record(lease("b", "cj-day", 70000000010, 10)).Code)
	require.Equal(t, edge.Accepted, x.record(lease("c", "lotte", 70000000000, 10)).Code, "another carrier's digits are other numbers")

	first := boxFrom(t, x, "o1", "cj-dawn", "")
	second := boxFrom(t, x, "o2", "cj-day", x.live.Box(first).Waybill)
	assert.Equal(t, "waybill", x.live.Order("default", "o2").Held, "it came with the number of another box")
	assert.Empty(t, x.live.Box(second).Waybill)
	third := boxFrom(t, x, "o3", "lotte", "")
	assert.NotEmpty(t, x.live.Box(third).Waybill)

	x.label(first)
	require.Equal(t, edge.OK, x.scan("k", "TOTE-00101").Code)
	assert.Equal(t, edge.Done, x.scan("k", x.live.Box(first).Waybill).Code, "the label is found under the shared numbers")
	require.True(t, x.view("k").AnyWaybill(x.live.Box(first).Waybill).Box == first)
}

// boxFrom gives the box of an order of one piece that was closed at a desk.
func boxFrom(t *testing.T, x *site, id, carrier, own string) string {
	t.Helper()
	o := order(id, carrier, line{1, 1})
	o.Waybill = own
	require.Equal(t, edge.Accepted, x.record(o).Code)
	tote := "TOTE-0010" + id[1:]
	if len(id) == 4 {
		tote = "TOTE-00" + id[1:]
	}
	x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{id}})
	x.scan("p", tote)
	x.scan("p", "EA-1")
	require.True(t, x.scan("k", tote).OK)
	require.True(t, x.scan("k", "EA-1").OK)
	b := x.live.Order("default", id).Boxes[0]
	x.act("k", "leave", edge.Args{})
	return b
}

// TestRangesThatNoNumberCanBeMadeOf are refused when they come, not at a label.
func TestRangesThatNoNumberCanBeMadeOf(t *testing.T) {
	x := newSite(t)
	dawn(x)
	for _, tt := range []struct {
		r      *edge.WaybillRange
		code   edge.Code
		detail string
	}{
		{lease("a", "hanjin", 99999999998, 1000), edge.FieldType, "count"},
		{lease("a", "hanjin", 99999999999, 1), edge.Accepted, ""},
		{lease("b", "hanjin", 100000000000, 1), edge.FieldType, "firstSerial"},
		{lease("b", "hanjin", 1<<63, 10), edge.FieldType, "firstSerial"},
		{lease("b", "hanjin", 1, 1<<63), edge.FieldType, "count"},
		{lease("b", "hanjin", 1<<63, 1<<63), edge.FieldType, "firstSerial"},
		{lease("b", "nobody", 1, 10), edge.FieldMissing, "carrier"},
		{lease("b", "cj ", 1, 10), edge.FieldMissing, "carrier"},
		{lease("b", "usps", 1, 10), edge.FieldType, "carrier"},
	} {
		v := x.record(tt.r)
		assert.Equal(t, tt.code, v.Code, "%+v", tt.r)
		assert.True(t, strings.HasPrefix(v.Detail, tt.detail), v.Detail)
	}
}

// TestOwnNumberThatCannotBe: a number that a sure rule of its carrier refuses
// comes back to the sender, not to a packer.
func TestOwnNumberThatCannotBe(t *testing.T) {
	x := newSite(t)
	dawn(x)
	o := order("o1", "lotte", line{1, 1})
	o.Waybill = "401000000013" // 40100000001 mod 7 is 5
	v := x.record(o)
	assert.Equal(t, edge.FieldType, v.Code)
	assert.True(t, strings.HasPrefix(v.Detail, "waybill"), v.Detail)
	assert.Nil(t, x.live.Order("default", "o1"))

	o.Waybill = "OWN-1"
	assert.Equal(t, edge.FieldType, x.record(o).Code, "no shape of a carrier that has sure rules only")
	o.Waybill = "4010-0000-0015"
	assert.Equal(t, edge.Accepted, x.record(o).Code)
	o = order("o2", "cj", line{1, 1})
	o.Waybill = "999999999999"
	assert.Equal(t, edge.Accepted, x.record(o).Code, "a doubtful rule only warns")
}

// TestNumberInUseIsBurntWithAnEvent: a number of a lease that an order brought is
// passed over, and the WMS is told which, and whose it is.
func TestNumberInUseIsBurntWithAnEvent(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	dawn(x)
	own := boxFrom(t, x, "o1", "cj-dawn", "700000000011")
	require.Equal(t, edge.Accepted, x.record(lease("a", "cj-day", 70000000000, 10)).Code)
	first := boxFrom(t, x, "o2", "cj-day", "")
	assert.Empty(t, typed(x.events, edge.EvBurnt))
	second := boxFrom(t, x, "o3", "cj-day", "")
	require.NotEmpty(t, x.live.Box(second).Waybill)

	burnt := typed(x.events, edge.EvBurnt)
	require.Len(t, burnt, 1)
	assert.Equal(t, &edge.WaybillEvent{Box: own, Waybill: "700000000011", Carrier: "cj-day", Lease: "a", Serial: 70000000001, Space: "cj"}, burnt[0].Data)
	assert.Equal(t, "o1", burnt[0].Order)
	assert.Equal(t, uint64(3), x.live.Lease("a").Next)
	assert.NotEqual(t, x.live.Box(first).Waybill, x.live.Box(second).Waybill)
	checkEvents(t, x.events)
}

// TestLeaseOfBurntNumbersOnly: nothing of it is left for a box, the WMS hears so
// once, and the box gets its number from the next lease.
func TestLeaseOfBurntNumbersOnly(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	dawn(x)
	boxFrom(t, x, "o1", "lotte", "800000000004")
	boxFrom(t, x, "o2", "lotte", "800000000015")
	require.Equal(t, edge.Accepted, x.record(lease("a", "lotte", 80000000000, 2)).Code)
	waits := boxFrom(t, x, "o3", "lotte", "")
	assert.Empty(t, x.live.Box(waits).Waybill)
	assert.Len(t, typed(x.events, edge.EvBurnt), 2)
	assert.Len(t, typed(x.events, edge.EvLeaseLow), 1)
	require.Equal(t, edge.OK, x.send(&edge.Message{Kind: edge.Tick}).Code)
	assert.Empty(t, x.last, "once is enough")
	require.Equal(t, edge.Accepted, x.record(lease("b", "lotte", 90000000000, 2)).Code)
	assert.Equal(t, "lease.added waybill.assigned", x.kinds())
	checkEvents(t, x.events)
}

// TestOneMessageBurnsOnlySoMany: scans go between.
func TestOneMessageBurnsOnlySoMany(t *testing.T) {
	x := newSite(t)
	crew(x)
	dawn(x)
	const used = 205
	for i := range used {
		number, err := waybill.Number("lotte", 80000000000+uint64(i))
		require.NoError(t, err)
		boxFrom(t, x, fmt.Sprintf("o%03d", i+1), "lotte", number)
	}
	require.Equal(t, edge.Accepted, x.record(lease("a", "lotte", 80000000000, 300)).Code)
	picked(t, x, "o999", "lotte", "TOTE-00999", line{1, 1})
	x.scan("k", "TOTE-00999")
	require.True(t, x.scan("k", "EA-1").OK)
	waits := x.live.Order("default", "o999").Boxes[0]
	assert.Empty(t, x.live.Box(waits).Waybill)
	assert.Len(t, typed(x.events, edge.EvBurnt), 200)
	assert.Empty(t, x.dec.Notices, "there are numbers")
	require.True(t, x.dec.More, "the engine comes back for the rest at once")
	require.Equal(t, edge.OK, x.send(&edge.Message{Kind: edge.Refreshed}).Code)
	assert.NotEmpty(t, x.live.Box(waits).Waybill)
	assert.Len(t, typed(x.events, edge.EvBurnt), used)
	checkEvents(t, x.events)
}

func typed(events []edge.Event, t edge.Type) (out []edge.Event) {
	for _, e := range events {
		if e.Type == t {
			out = append(out, e)
		}
	}
	return out
}

// TestTwoBoxesOfOneDecisionGetTwoNumbers: two orders brought the number of a third,
// which has left; both are released before the next tick.
func TestTwoBoxesOfOneDecisionGetTwoNumbers(t *testing.T) {
	x := newSite(t)
	crew(x)
	dawn(x)
	const own = "123456789012"
	for _, id := range []string{"o1", "o2", "o3"} {
		boxFrom(t, x, id, "cj", own)
	}
	x.scan("k", "TOTE-00101")
	x.follow("k", nil)
	for _, code := range []string{"DOCK-D1", own} {
		require.True(t, x.scan("l", code).OK)
	}
	require.True(t, x.act("l", "close", edge.Args{Reason: "full"}).OK)
	x.now = x.now.Add(49 * time.Hour)
	x.record(order("o4", "cj", line{1, 1}))
	require.Nil(t, x.live.Order("default", "o1"))
	for _, id := range []string{"o2", "o3"} {
		require.Equal(t, edge.Accepted, x.record(&edge.OrderChange{ID: "r" + id, Rev: 1, Order: id, Change: "release"}).Code)
	}
	x.send(&edge.Message{Kind: edge.Tick})
	assert.Equal(t, "waybill.assigned order.changed", x.kinds())
	assert.Equal(t, own, x.live.Box(x.live.Order("default", "o2").Boxes[0]).Waybill)
	assert.Equal(t, "waybill", x.live.Order("default", "o3").Held)
}

// TestALicencePlateIsOneNumber: DHL prints a piece's number without the data
// identifier J that its symbol begins with. Whichever of the two an order brought, the
// box is found by both, by the carrier and on its way back too, and no other box gets
// the other.
func TestALicencePlateIsOneNumber(t *testing.T) {
	const paper, symbol = "JD014600004591190131", "JJD014600004591190131"
	for _, c := range [][2]string{{symbol, paper}, {paper, symbol}} {
		brought, other := c[0], c[1]
		x := newSite(t)
		x.deep = true
		x.pol.Load.CollectHours = 24
		crew(x)
		backSite(x)
		x.catalogue(&edge.CarrierRecord{ID: "express", Waybill: edge.WaybillFormat{Format: "dhl"}}, &edge.TripRecord{ID: "express-1", Carrier: "express"},
			&edge.DockRecord{ID: "D3", Barcode: "DOCK-D3", Carrier: "express"})
		box := boxFrom(t, x, "o1", "express", brought)
		require.Equal(t, brought, x.live.Box(box).Waybill, "it is printed as the WMS sent it")
		x.label(box)
		require.Equal(t, edge.OK, x.scan("k", "TOTE-00101").Code)
		assert.Equal(t, edge.Done, x.scan("k", other).Code, "applied")

		second := boxFrom(t, x, "o2", "express", other)
		assert.Equal(t, "waybill", x.live.Order("default", "o2").Held, "another box has that number")
		assert.Empty(t, x.live.Box(second).Waybill)
		assert.Equal(t, box, x.view("k").AnyWaybill(other).Box, "for whoever asks what it is")

		require.Equal(t, edge.OK, x.scan("l", "DOCK-D3").Code)
		require.True(t, x.scan("l", other).OK, "loaded")
		require.True(t, x.act("l", "close", edge.Args{Reason: "later"}).OK)
		assert.Equal(t, edge.OK, x.scan("r", other).Code, "it came back")
		assert.Equal(t, "BACK-"+box, x.screen("r").Return.ID)
		x.act("r", "leave", edge.Args{})
		x.record(&edge.ReturnRecord{ID: "RET-9", Client: "default", Waybill: strings.Replace(brought, "D01", "D09", 1), Hash: "h",
			Lines: []edge.OrderLine{{Line: "1", SKU: "S1", Quantity: 1}}})
		assert.Equal(t, edge.OK, x.scan("r", strings.Replace(other, "D01", "D09", 1)).Code, "a return's own number")

		x.now = x.now.Add(4 * 24 * time.Hour)
		x.act("l", "help", edge.Args{})
		require.Nil(t, x.live.Box(box))
		x.record(&edge.CarrierScan{CarrierScanned: edge.CarrierScanned{Waybill: other, Scan: "collected", At: x.now}})
		assert.Equal(t, box, x.last[0].Data.(*edge.CarrierScanned).Box, "collected")
		rebuilt(t, x)
	}
}

// TestALicencePlateOnPaper: what a lead enters from a list may be either form.
func TestALicencePlateOnPaper(t *testing.T) {
	const paper, symbol = "JD014600004591190131", "JJD014600004591190131"
	x := paperSite(t, line{1, 1})
	x.catalogue(&edge.CarrierRecord{ID: "express", Waybill: edge.WaybillFormat{Format: "dhl"}})
	for _, id := range []string{"o2", "o3"} {
		o := order(id, "express", line{1, 1})
		if o.Waybill = symbol; id == "o3" {
			o.Waybill = paper
		}
		require.Equal(t, edge.Accepted, x.record(o).Code)
	}
	enter := func(id, number string) edge.Verdict {
		return x.ask("boss", &edge.Manual{Order: id, By: "p", At: x.now, Reason: "printer", Waybill: number, Lines: []edge.ManualLine{{Line: "1", Quantity: 1}}})
	}
	require.Equal(t, edge.Done, enter("o2", paper).Code)
	assert.Equal(t, symbol, x.live.Box("B-1").Waybill, "as the WMS knows it")
	assert.Equal(t, edge.Duplicate, enter("o3", paper).Code, "the other form of the same number")
}
