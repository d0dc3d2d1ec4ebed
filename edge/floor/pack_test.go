package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/floor"
	"dcedge/labels/waybill"
)

// picked makes an order whose goods lie in TOTE-0000<n>.
func picked(t *testing.T, x *site, id, carrier, tote string, lines ...line) {
	t.Helper()
	require.Equal(t, edge.Accepted, x.record(order(id, carrier, lines...)).Code)
	require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{id}}).OK)
	x.follow("p", func() string { return tote })
}

// packing gives a packer whose tote was scanned.
func packing(t *testing.T, lines ...line) *site {
	t.Helper()
	x := newSite(t)
	x.deep = true
	crew(x)
	picked(t, x, "o1", "cj", "TOTE-00001", lines...)
	require.True(t, x.act("k", "start", edge.Args{Flow: edge.Pack, Station: "pack-1"}).OK)
	require.Equal(t, edge.Expect{Kind: "tote", Code: "TOTE-00001"}, x.screen("k").Expect[0])
	require.Equal(t, edge.OK, x.scan("k", "TOTE-00001").Code)
	return x
}

func TestPackVerdicts(t *testing.T) {
	tests := []struct {
		name, code string
		want       edge.Code
		say        string
		events     string
	}{
		{"an item", "EA-1", edge.OK, "pack.item", "pack.item"},
		{"the last of a line", "EA-2", edge.Done, "pack.lineDone", "pack.item"},
		{"a case over two lines of one SKU", "CS-1", edge.OK, "pack.item", "pack.item pack.item"},
		{"a SKU that the tote does not want", "EA-3", edge.Over, "pack.over", "scan.refused"},
		{"another client's SKU", "EA-X1", edge.Over, "pack.over", "scan.refused"},
		{"a case where fewer remain", "CS-2", edge.Over, "pack.over", "scan.refused"},
		{"a box type", "BOX-B2", edge.OK, "pack.boxType", "step.confirmed"},
		{"the tote again", "TOTE-00001", edge.Duplicate, "tote.scanned", "scan.refused"},
		{"a free tote", "TOTE-00009", edge.Wrong, "pack.freeTote", "scan.refused"},
		{"a location", "LOC-L1", edge.Unexpected, "scan.unexpected", "scan.refused"},
		{"nothing known", "what", edge.Unknown, "scan.unknown", "scan.refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := packing(t, line{1, 2}, line{1, 2}, line{2, 1})
			v := x.scan("k", tt.code)
			assert.Equal(t, tt.want, v.Code)
			assert.Equal(t, tt.say, v.Say.Key)
			assert.Equal(t, tt.events, x.kinds())
		})
	}
}

func TestPackToteVerdicts(t *testing.T) {
	x := newSite(t)
	crew(x)
	picked(t, x, "o1", "cj", "TOTE-00001", line{1, 1})
	picked(t, x, "o2", "cj", "TOTE-00002", line{1, 1})
	picked(t, x, "o3", "cj", "TOTE-00003", line{1, 1})
	x.record(order("o4", "cj", line{1, 2}))
	x.scan("p", "TOTE-00004")
	x.record(&edge.OrderChange{ID: "h", Order: "o3", Change: "hold", Reason: "fraud"})
	require.True(t, x.act("k", "start", edge.Args{Flow: edge.Pack}).OK)
	require.True(t, x.act("k2", "start", edge.Args{Flow: edge.Pack}).OK)
	assert.Equal(t, "TOTE-00001", x.screen("k").Expect[0].Code)
	assert.Equal(t, "TOTE-00002", x.screen("k2").Expect[0].Code, "each desk is offered a different one")
	assert.Equal(t, edge.Wrong, x.scan("k", "TOTE-00009").Code)
	assert.Equal(t, edge.Hold, x.scan("k", "TOTE-00003").Code)
	assert.Equal(t, edge.Hold, x.scan("k", "TOTE-00004").Code)
	assert.Equal(t, edge.Unexpected, x.scan("k", "EA-1").Code)
	assert.Equal(t, edge.OK, x.scan("k", "TOTE-00002").Code, "another picked tote is taken too")
	assert.Equal(t, "pack.started work.finished", x.kinds(), "the offer of the other desk has gone and nothing else is there")
	assert.Equal(t, edge.Idle, x.screen("k2").Flow)
	assert.Equal(t, edge.Duplicate, x.scan("k2", "TOTE-00002").Code)
}

func TestPackStations(t *testing.T) {
	x := newSite(t)
	crew(x)
	assert.Equal(t, "start.noWork", x.act("k", "start", edge.Args{Flow: edge.Pack}).Say.Key)
	for _, id := range []string{"1", "2", "3"} {
		picked(t, x, "o"+id, "cj", "TOTE-0000"+id, line{1, 1})
	}
	assert.Equal(t, "pack.noStation", x.act("k", "start", edge.Args{Flow: edge.Pack, Station: "pack-9"}).Say.Key)
	x.print(edge.PrintReport{Stage: edge.StagePrinter, Printer: "p1", State: "noPaper"})
	assert.Equal(t, "pack.noStation", x.act("k", "start", edge.Args{Flow: edge.Pack, Station: "pack-1"}).Say.Key)
	assert.Equal(t, edge.OK, x.act("k", "start", edge.Args{Flow: edge.Pack}).Code)
	assert.Equal(t, "pack-2", x.screen("k").Station)
	assert.Equal(t, "pack.noStation", x.act("k2", "start", edge.Args{Flow: edge.Pack, Station: "pack-2"}).Say.Key)
	assert.Equal(t, "pack.noStation", x.act("k2", "start", edge.Args{Flow: edge.Pack}).Say.Key)
	x.hire("l2", edge.Packer)
	x.act("k", "leave", edge.Args{})
	assert.Equal(t, edge.OK, x.scan("k", "TOTE-00003").Code, "scanning a picked tote begins at the last station")
	assert.Equal(t, "pack-2", x.screen("k").Station)
}

// A page that stands at a desk says so with its scans: the label comes out there,
// wherever the packer was before, or nothing begins.
func TestAScanNamesItsDesk(t *testing.T) {
	x := newSite(t)
	crew(x)
	picked(t, x, "o1", "cj", "TOTE-00001", line{1, 1})
	at := func(station string) edge.Verdict {
		return x.send(&edge.Message{Kind: edge.Scan, Worker: "k", Code: "TOTE-00001", Args: edge.Args{Station: station}})
	}
	x.print(edge.PrintReport{Stage: edge.StagePrinter, Printer: "p1", State: "noPaper"})
	assert.Equal(t, "pack.noStation", at("pack-1").Say.Key, "not at another desk instead")
	x.print(edge.PrintReport{Stage: edge.StagePrinter, Printer: "p1", State: "ready"})
	require.Equal(t, edge.OK, at("pack-2").Code)
	assert.Equal(t, "pack-2", x.screen("k").Station)
}

// A desk's screen names its printer's state: it is shown anew whenever that is
// another fault or none, though nothing of its rev changed.
func TestADeskIsShownItsPrinter(t *testing.T) {
	x := packing(t, line{1, 1})
	for _, c := range []struct {
		state string
		shown []string
	}{{"printing", nil}, {"noPaper", []string{"k"}}, {"headOpen", []string{"k"}}, {"headOpen", nil}, {"ready", []string{"k"}}, {"printing", nil}} {
		rev := floor.Key(x.screen("k"))
		x.print(edge.PrintReport{Stage: edge.StagePrinter, Printer: "p1", State: c.state})
		assert.Equal(t, c.shown, x.dec.Shown, c.state)
		assert.Equal(t, rev, floor.Key(x.screen("k")))
		assert.Equal(t, c.state, x.screen("k").Printer.State)
	}
}

// printing gives a packer whose only box waits for its label.
func printing(t *testing.T) *site {
	t.Helper()
	x := packing(t, line{1, 1})
	v := x.scan("k", "EA-1")
	require.Equal(t, edge.Done, v.Code)
	require.Equal(t, "pack.item box.closed waybill.assigned", x.kinds())
	require.Equal(t, "printing", x.screen("k").Step)
	require.Equal(t, []edge.Expect{{Kind: "waybill", Box: "B-1"}}, x.screen("k").Expect)
	return x
}

func TestLabelAndBind(t *testing.T) {
	x := printing(t)
	b := x.live.Box("B-1")
	want, err := waybill.Number("cj", 65000000000)
	require.NoError(t, err)
	assert.Equal(t, want, b.Waybill, "the first serial of the lease with its check digit")
	assert.Equal(t, edge.PrintWant{Wanted: true, Copy: 1, NextAttempt: "A-1"}, b.Print)
	assert.Equal(t, edge.Hold, x.scan("k", b.Waybill).Code, "no label was made yet")
	assert.Equal(t, "A-1", x.label("B-1"))
	assert.Equal(t, edge.Expect{Kind: "waybill", Code: b.Waybill, Box: "B-1"}, x.screen("k").Expect[0])
	assert.Equal(t, edge.Unknown, x.scan("k", want[:11]+string('0'+(want[11]-'0'+3)%10)).Code, "a check digit that fails")
	v := x.scan("k", want[:4]+"-"+want[4:8]+"-"+want[8:])
	assert.Equal(t, edge.Done, v.Code)
	assert.Equal(t, "waybill.bound tote.released work.finished", x.kinds())
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
	assert.Equal(t, edge.Idle, x.screen("k").Flow)
	assert.Nil(t, x.live.Tote("TOTE-00001"))
}

func TestWrongLabels(t *testing.T) {
	x := printing(t)
	picked(t, x, "o2", "cj", "TOTE-00002", line{2, 1})
	require.Equal(t, edge.OK, x.scan("k2", "TOTE-00002").Code)
	require.Equal(t, edge.Done, x.scan("k2", "EA-2").Code)
	x.label("B-1")
	x.label("B-2")
	other := x.live.Box("B-2").Waybill
	v := x.scan("k", other)
	assert.Equal(t, edge.Wrong, v.Code)
	assert.Equal(t, []edge.Arg{edge.T("expected", "B-1"), edge.T("scanned", "B-2")}, v.Say.Args)
	require.Equal(t, edge.Done, x.scan("k2", other).Code)
	assert.Equal(t, edge.Duplicate, x.scan("k", other).Code)
	old := x.live.Box("B-1").Waybill
	assert.Equal(t, edge.OK, x.act("k", "void", edge.Args{Waybill: old, Reason: "torn"}).Code)
	assert.Equal(t, "waybill.voided waybill.assigned", x.kinds())
	assert.Equal(t, edge.Unknown, x.scan("k", old).Code, "a voided number")
	assert.NotEqual(t, old, x.live.Box("B-1").Waybill)
}

func TestI6InDoubt(t *testing.T) {
	doubt := func(t *testing.T) *site {
		x := printing(t)
		v := x.print(edge.PrintReport{Stage: edge.StageIntent, Box: "B-1", Printer: "p1"})
		require.Equal(t, "A-1", v.Answer)
		require.False(t, x.print(edge.PrintReport{Stage: edge.StageIntent, Box: "B-1", Printer: "p1"}).OK, "one attempt at a time")
		x.print(edge.PrintReport{Stage: edge.StageSent, Box: "B-1", Attempt: "A-1"})
		require.False(t, x.print(edge.PrintReport{Stage: edge.StageFailed, Box: "B-1", Attempt: "A-1"}).OK, "bytes are known to have left")
		x.print(edge.PrintReport{Stage: edge.StageInDoubt, Box: "B-1", Attempt: "A-1", Error: "silent"})
		s := x.screen("k")
		require.Equal(t, "inDoubt", s.Step)
		require.Equal(t, []edge.Expect{{Kind: "waybill", Box: "B-1"}}, s.Expect)
		require.Equal(t, []string{"printed", "reprint", "void", "help", "leave"}, s.Actions)
		require.Equal(t, "A-1", s.Task.Attempt)
		require.Equal(t, "B-1", s.Task.Box)
		require.False(t, x.live.Box("B-1").Print.Wanted, "never sent again by itself")
		return x
	}
	t.Run("scanning the label settles it", func(t *testing.T) {
		x := doubt(t)
		assert.Equal(t, edge.Done, x.scan("k", x.live.Box("B-1").Waybill).Code)
		assert.Equal(t, "label.settled waybill.bound tote.released work.finished", x.kinds())
		assert.Equal(t, "yes", x.last[0].Data.(*edge.LabelEvent).Outcome)
	})
	t.Run("yes", func(t *testing.T) {
		x := doubt(t)
		assert.Equal(t, edge.OK, x.act("k", "printed", edge.Args{Attempt: "A-1", Outcome: "yes"}).Code)
		assert.Equal(t, "waybill", x.screen("k").Step)
	})
	t.Run("no grants one more", func(t *testing.T) {
		x := doubt(t)
		assert.Equal(t, edge.Unexpected, x.act("k", "printed", edge.Args{Attempt: "A-9", Outcome: "no"}).Code)
		assert.Equal(t, edge.Unexpected, x.act("k", "printed", edge.Args{Attempt: "A-1", Outcome: "maybe"}).Code)
		assert.Equal(t, edge.OK, x.act("k", "printed", edge.Args{Attempt: "A-1", Outcome: "no"}).Code)
		assert.Equal(t, edge.PrintWant{Wanted: true, Copy: 2, NextAttempt: "A-2", Attempt: "A-1", CleanFirst: "p1"}, x.live.Box("B-1").Print)
		old := x.live.Box("B-1").Waybill
		assert.Equal(t, edge.OK, x.print(edge.PrintReport{Stage: edge.StageRenumber, Box: "B-1"}).Code)
		assert.Equal(t, "waybill.voided waybill.assigned", x.kinds())
		assert.NotEqual(t, old, x.live.Box("B-1").Waybill)
		x.label("B-1")
		assert.Equal(t, "waybill", x.screen("k").Step)
	})
	t.Run("reprint", func(t *testing.T) {
		x := doubt(t)
		assert.Equal(t, edge.OK, x.act("k", "reprint", edge.Args{Box: "B-1", Reason: "smeared"}).Code)
		assert.Equal(t, 2, x.live.Box("B-1").Print.Copy)
		x.label("B-1")
		assert.Equal(t, edge.Done, x.scan("k", x.live.Box("B-1").Waybill).Code)
	})
	t.Run("proof that comes late", func(t *testing.T) {
		x := doubt(t)
		assert.Equal(t, edge.OK, x.print(edge.PrintReport{Stage: edge.StagePrinted, Box: "B-1", Attempt: "A-1", Evidence: "odometer"}).Code)
		assert.Equal(t, "waybill", x.screen("k").Step)
	})
}

func TestFailedPrintIsWantedAgain(t *testing.T) {
	x := printing(t)
	x.print(edge.PrintReport{Stage: edge.StageIntent, Box: "B-1", Printer: "p1"})
	assert.Equal(t, edge.OK, x.print(edge.PrintReport{Stage: edge.StageFailed, Box: "B-1", Attempt: "A-1", Error: "refused"}).Code)
	assert.Equal(t, edge.PrintWant{Wanted: true, Copy: 1, NextAttempt: "A-2", Attempt: "A-1"}, x.live.Box("B-1").Print)
	assert.Equal(t, edge.Hold, x.scan("k", x.live.Box("B-1").Waybill).Code)
}

func TestSeveralBoxes(t *testing.T) {
	x := packing(t, line{1, 4}, line{2, 1})
	assert.Equal(t, edge.Unexpected, x.act("k", "close", edge.Args{}).Code, "an empty box is no box")
	x.scan("k", "EA-1")
	assert.True(t, x.screen("k").Quantity.Typing)
	assert.Equal(t, edge.OK, x.act("k", "quantity", edge.Args{N: n(3)}).Code)
	assert.Equal(t, edge.OK, x.act("k", "undo", edge.Args{}).Code)
	assert.Equal(t, 1, x.live.Order("default", "o1").Lines[0].Packed)
	assert.Equal(t, edge.Done, x.act("k", "close", edge.Args{}).Code)
	assert.Equal(t, "box.closed waybill.assigned", x.kinds())
	b := x.last[0].Data.(*edge.BoxEvent)
	assert.Equal(t, []int{1, 0}, []int{b.N, b.Of})
	assert.Equal(t, []edge.BoxItem{{Line: "1", SKU: "S1", Quantity: 1}}, b.Items)
	x.label("B-1")
	assert.Equal(t, edge.Done, x.scan("k", x.live.Box("B-1").Waybill).Code)
	assert.Equal(t, "waybill.bound", x.kinds())
	assert.Equal(t, edge.Duplicate, x.scan("k", x.live.Box("B-1").Waybill).Code)
	assert.Equal(t, edge.Done, x.scan("k", "CS-1").Code)
	assert.Equal(t, edge.Done, x.scan("k", "EA-2").Code)
	b = x.last[1].Data.(*edge.BoxEvent)
	assert.Equal(t, []int{2, 2}, []int{b.N, b.Of})
	x.follow("k", nil)
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
}

func TestUndoOfTheOnlyPieceUnmakesTheBox(t *testing.T) {
	x := packing(t, line{1, 2})
	x.scan("k", "EA-1")
	x.act("k", "undo", edge.Args{})
	assert.Nil(t, x.live.Box("B-1"))
	x.scan("k", "EA-1")
	assert.NotNil(t, x.live.Box("B-2"), "an id is never used twice")
	assert.Equal(t, 1, x.live.Box("B-2").N)
}

func TestSeveralTotes(t *testing.T) {
	x := newSite(t)
	crew(x)
	x.record(order("o1", "cj", line{1, 1}, line{2, 1}))
	x.scan("p", "TOTE-00001")
	x.scan("p", "EA-1")
	x.act("p", "addTote", edge.Args{})
	x.scan("p", "TOTE-00002")
	x.scan("p", "EA-2")
	picked(t, x, "o2", "cj", "TOTE-00003", line{3, 1})
	x.scan("k", "TOTE-00001")
	assert.Equal(t, "tote", x.screen("k").Step)
	assert.Equal(t, []edge.Expect{{Kind: "tote", Code: "TOTE-00002"}}, x.screen("k").Expect)
	assert.Equal(t, edge.Wrong, x.scan("k", "TOTE-00003").Code)
	assert.Equal(t, edge.Duplicate, x.scan("k", "TOTE-00001").Code)
	x.follow("k", nil)
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
}

func TestLeaveDesk(t *testing.T) {
	x := packing(t, line{1, 2})
	x.scan("k", "EA-1")
	assert.Equal(t, edge.OK, x.act("k", "leave", edge.Args{}).Code)
	assert.Equal(t, edge.OK, x.scan("k2", "TOTE-00001").Code, "another desk goes on")
	assert.Equal(t, edge.Done, x.scan("k2", "EA-1").Code)
	x.act("k2", "leave", edge.Args{})
	x.scan("k", "TOTE-00001")
	assert.Equal(t, "printing", x.screen("k").Step)
	x.follow("k", nil)
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
}

func TestScaleAndOverride(t *testing.T) {
	x := packing(t, line{1, 2})
	x.pol.Stations[0].Scale = "s1"
	x.scan("k", "CS-1")
	x.scan("k", "EA-1")
	x.scan("k", "EA-1")
	assert.Equal(t, []edge.Expect{{Kind: "weight", Box: "B-1"}}, x.screen("k").Expect)
	assert.Equal(t, edge.Unexpected, x.act("k", "weight", edge.Args{}).Code)
	assert.Equal(t, edge.Wrong, x.act("k", "weight", edge.Args{Grams: "900"}).Code)
	assert.Equal(t, edge.Denied, x.act("k", "override", edge.Args{Reason: "sure"}).Code)
	assert.Equal(t, edge.OK, x.act("k", "weight", edge.Args{Grams: "212.5"}).Code)
	assert.Equal(t, "box.weighed box.closed waybill.assigned", x.kinds())
}

func TestNumbersRunOut(t *testing.T) {
	x := newSite(t)
	crew(x)
	x.record(&edge.WaybillRange{ID: "small", Carrier: "cj", Client: "other", FirstSerial: 1, Count: 5, Epoch: "e1"})
	x.catalogue(&edge.CarrierRecord{ID: "lotte", Waybill: edge.WaybillFormat{Format: "lotte"}})
	picked(t, x, "o1", "lotte", "TOTE-00001", line{1, 1})
	x.scan("k", "TOTE-00001")
	x.scan("k", "EA-1")
	assert.Equal(t, "noNumber", x.screen("k").Step)
	assert.Equal(t, "waybill.none", x.dec.Notices[0].Say.Key)
	assert.Equal(t, edge.Accepted, x.record(&edge.WaybillRange{ID: "r", Carrier: "lotte", FirstSerial: 100, Count: 5, Epoch: "e1"}).Code)
	assert.Equal(t, "lease.added waybill.assigned", x.kinds())
	x.follow("k", nil)
	for i, want := range []bool{false, false, true} {
		id := string(rune('2' + i))
		picked(t, x, "o"+id, "lotte", "TOTE-0000"+id, line{1, 1})
		x.scan("k", "TOTE-0000"+id)
		x.scan("k", "EA-1")
		assert.Equal(t, want, x.last[len(x.last)-1].Type == edge.EvLeaseLow)
		x.follow("k", nil)
	}
	checkEvents(t, x.events)
}

func TestOrdersOwnNumber(t *testing.T) {
	x := newSite(t)
	crew(x)
	for _, id := range []string{"1", "2"} {
		r := order("o"+id, "cj", line{1, 1})
		r.Waybill = "123456789012"
		x.record(r)
		x.scan("p", "TOTE-0000"+id)
		x.scan("p", "EA-1")
	}
	x.scan("k", "TOTE-00001")
	x.scan("k", "EA-1")
	assert.Equal(t, "123456789012", x.live.Box("B-1").Waybill)
	x.scan("k2", "TOTE-00002")
	x.scan("k2", "EA-1")
	assert.Equal(t, "waybill", x.live.Order("default", "o2").Held, "the same number twice")
	x.label("B-1")
	assert.Equal(t, edge.OK, x.act("k", "void", edge.Args{Reason: "torn"}).Code)
	assert.Equal(t, "waybill.voided waybill.assigned", x.kinds(), "the next one is of a lease")
	assert.True(t, x.last[0].Data.(*edge.WaybillEvent).Correct, "the WMS has the old one: it must be told the new one")
	assert.Equal(t, "printing", x.screen("k").Step)
}

// TestOrdersOwnNumberAndNoOther: where no lease has a number either, the order
// waits for one.
func TestOrdersOwnNumberAndNoOther(t *testing.T) {
	x := newSite(t)
	x.catalogue(&edge.CarrierRecord{ID: "cj2", Waybill: edge.WaybillFormat{Format: "cj"}})
	crew(x)
	r := order("o1", "cj2", line{1, 1})
	r.Waybill = "123456789012"
	x.record(r)
	x.scan("p", "TOTE-00001")
	x.scan("p", "EA-1")
	x.scan("k", "TOTE-00001")
	x.scan("k", "EA-1")
	x.label("B-1")
	assert.Equal(t, edge.OK, x.act("k", "void", edge.Args{Reason: "torn"}).Code)
	assert.Equal(t, "waybill.voided order.changed", x.kinds())
	assert.Equal(t, "held", x.screen("k").Step)
}
