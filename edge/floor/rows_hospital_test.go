package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// ward is a packed box and a packer in the hospital.
func ward(t *testing.T, more ...func(x *site)) func(x *site) {
	return func(x *site) {
		backSite(x)
		packed(t, x, "o1", "cj", "TOTE-00001")
		x.act("k", "start", edge.Args{Flow: edge.Hospital})
		for _, m := range more {
			m(x)
		}
	}
}

func scanned(code func(x *site) string) func(x *site) {
	return func(x *site) { x.scan("k", code(x)) }
}

func typedBox(x *site) {
	x.send(&edge.Message{Kind: edge.Scan, Worker: "k", Code: "B-1", Source: "typed"})
}

func heldO1(x *site) { x.record(&edge.OrderChange{ID: "h1", Order: "o1", Change: "hold"}) }

// nameless is a packer with a parcel that no record of the floor tells of.
func nameless(x *site) {
	backSite(x)
	x.act("k", "start", edge.Args{Flow: edge.Hospital, Reason: "noCode"})
}

// TestANamelessParcel is work although nothing waits: a person's word begins it, its
// code is remembered where it has one, and a case asks for an owner.
func TestANamelessParcel(t *testing.T) {
	for _, coded := range []bool{false, true} {
		x := newSite(t)
		x.deep = true
		crew(x)
		backSite(x)
		require.Equal(t, "start.noWork", x.act("k", "start", edge.Args{Flow: edge.Hospital}).Say.Key, "a program ends on it")
		require.True(t, x.act("k", "start", edge.Args{Flow: edge.Hospital, Reason: "noCode"}).OK)
		if coded {
			x.scan("k", "FOREIGN-1")
		}
		s := x.screen("k")
		assert.Equal(t, []string{"shelf", "unknown", "LOC-U1"}, []string{s.Step, s.Hospital.Why, s.Expect[0].Code})
		require.True(t, x.scan("k", "LOC-U1").OK)
		u := x.last[0].Data.(*edge.ParcelUnknown)
		assert.Equal(t, coded, u.Hash != "" && u.Length == len("FOREIGN-1"))
		assert.Equal(t, edge.CaseUnknownBox, x.live.Case(u.Case).Kind)
		assert.Equal(t, edge.Idle, x.screen("k").Flow)
		rebuilt(t, x)
	}
}

func TestRowsOfTheHospital(t *testing.T) {
	box := numbersOf(t, ward(t))("B-1")
	met := scanned(func(x *site) string { return boxCode(x, "B-1") })
	relabelled := func(x *site) { typedBox(x); x.act("k", "reprint", edge.Args{Reason: "unreadable"}) }
	unbound := func(x *site) {
		picked(t, x, "o2", "cj", "TOTE-00002", line{1, 1})
		x.scan("k2", "TOTE-00002")
		x.scan("k2", "EA-1")
		x.label("B-2")
		x.act("k2", "leave", edge.Args{})
	}
	onTheTruck := func(x *site) { x.scan("l", "DOCK-D1"); x.scan("l", boxCode(x, "B-1")) }
	lost := numbersOf(t, func(x *site) { ward(t)(x); unbound(x) })("B-2")
	runRows(t, []flowRow{
		{row: "2.6-3", name: "begun", who: "k", set: func(x *site) { packed(t, x, "o1", "cj", "TOTE-00001") }, act: "start", args: edge.Args{Flow: edge.Hospital},
			code: edge.OK, say: "hospital.started", step: "box", events: "work.started"},
		{row: "2.6-3", name: "no box on the floor", who: "k", act: "start", args: edge.Args{Flow: edge.Hospital}, code: edge.Unexpected, say: "start.noWork", step: "", events: "scan.refused"},
		{row: "2.6-3", name: "no box on the floor, and a parcel without a name lies here", who: "k", set: backSite, act: "start", args: edge.Args{Flow: edge.Hospital, Reason: "noCode"},
			code: edge.OK, say: "return.noCode", step: "shelf", events: "work.started step.confirmed"},
		{row: "2.6-3", name: "the nameless one goes to the shelf, and that was all", who: "k", set: nameless, scan: "LOC-U1", code: edge.OK, say: "unknown.shelved", step: "", events: "hospital.unknown work.finished"},
		{row: "2.6-3", name: "it has a code of nobody", who: "k", set: nameless, scan: "999", code: edge.Unknown, say: "scan.unknown", step: "shelf", events: "scan.refused"},
		{row: "2.6-3", name: "it has the label of a box after all", who: "k", set: func(x *site) { packed(t, x, "o1", "cj", "TOTE-00001"); nameless(x) }, scan: box,
			code: edge.OK, say: "hospital.in", step: "examine", events: "hospital.in"},
		{row: "2.6-3", name: "nameless, by a loader", who: "l", set: backSite, act: "start", args: edge.Args{Flow: edge.Hospital, Reason: "noCode"}, code: edge.Denied, say: "role.missing", step: "", events: "scan.refused"},
		{row: "2.6-3", name: "by a loader", who: "l", set: ward(t), act: "start", args: edge.Args{Flow: edge.Hospital}, code: edge.Denied, say: "role.missing", step: "", events: "scan.refused"},
		{row: "2.6-3", name: "a box scanned on the idle screen", who: "k", set: func(x *site) { packed(t, x, "o1", "cj", "TOTE-00001") }, scan: box,
			code: edge.OK, say: "hospital.in", step: "examine", events: "work.started hospital.in"},
		{row: "2.6-3", name: "a box as it should be", who: "k", set: ward(t), scan: box, code: edge.OK, say: "hospital.in", step: "examine", events: "hospital.in"},
		{row: "2.6-3", name: "reads again: back on the belt", who: "k", set: ward(t, met), scan: box, code: edge.Done, say: "hospital.inducted", step: "box", events: "hospital.out"},
		{row: "2.6-3", name: "or by its button", who: "k", set: ward(t, met), act: "confirm", code: edge.Done, say: "hospital.inducted", step: "box", events: "hospital.out"},
		{row: "2.6-3", name: "set aside with a reason", who: "k", set: ward(t, met), act: "close", args: edge.Args{Reason: "damaged"}, code: edge.Done, say: "hospital.aside", step: "box", events: "hospital.out"},
		{row: "2.6-3", name: "set aside at a place", who: "k", set: ward(t, met), scan: "LOC-L6", code: edge.Done, say: "hospital.aside", step: "box", events: "hospital.out"},
		{row: "2.6-3", name: "set aside without a reason", who: "k", set: ward(t, met), act: "close", code: edge.Unexpected, say: "confirm.reason", step: "examine", events: "scan.refused"},
		{row: "2.6-3", name: "the label of another box", who: "k", set: ward(t, unbound, met), scan: lost, code: edge.Wrong, say: "hospital.other", step: "examine", events: "scan.refused"},
		{row: "2.6-3", name: "put down again", who: "k", set: ward(t, met), act: "undo", code: edge.OK, say: "undo.done", step: "box", events: "step.confirmed"},
		{row: "2.6-3", name: "a number that is typed cannot be read", who: "k", set: ward(t, typedBox), act: "confirm", code: edge.Unexpected, say: "hospital.reprint", step: "examine", events: "scan.refused"},
		{row: "2.6-3", name: "a new label of the same number", who: "k", set: ward(t, typedBox), act: "reprint", args: edge.Args{Reason: "unreadable"}, code: edge.OK, say: "label.reprint", step: "printing", events: "step.confirmed"},
		{row: "2.6-3", name: "without a reason", who: "k", set: ward(t, typedBox), act: "reprint", code: edge.Unexpected, say: "confirm.reason", step: "examine", events: "scan.refused"},
		{row: "2.6-3", name: "the old label is not the new one", who: "k", set: ward(t, relabelled), scan: box, code: edge.Hold, say: "pack.notPrinted", step: "printing", events: "scan.refused"},
		{row: "2.6-3", name: "the new label on the box", who: "k", set: ward(t, relabelled, func(x *site) { x.label("B-1") }), scan: box, code: edge.Done, say: "hospital.inducted", step: "box", events: "waybill.bound hospital.out"},
		{row: "2.6-3", name: "no truck takes it meanwhile", who: "l", set: ward(t, relabelled, func(x *site) { x.scan("l", "DOCK-D1") }), scan: box, code: edge.Hold, say: "load.notPacked", step: "waybill", events: "scan.refused"},
		{row: "2.6-4", name: "cancelled", who: "k", set: ward(t, cancelO1), scan: box, code: edge.Cancelled, say: "order.cancelled", step: "cancelled", events: "scan.refused"},
		{row: "2.6-4", name: "its goods go back", who: "k", set: ward(t, cancelO1, met), act: "ack", code: edge.OK, say: "ack.done", step: "box", events: "step.confirmed replenish.asked"},
		{row: "2.6-4", name: "cancelled on the table", who: "k", set: ward(t, met, cancelO1), scan: box, code: edge.Cancelled, say: "order.cancelled", step: "cancelled", events: "scan.refused"},
		{row: "2.6-4", name: "held", who: "k", set: ward(t, heldO1), scan: box, code: edge.Hold, say: "order.held", step: "examine", events: "scan.refused"},
		{row: "2.6-4", name: "held, on the idle screen", who: "k2", set: ward(t, heldO1), scan: box, code: edge.Hold, say: "order.held", step: "", events: "scan.refused"},
		{row: "2.6-4", name: "held: set aside where it was put", who: "k", set: ward(t, heldO1, met), scan: "LOC-L6", code: edge.Done, say: "hospital.aside", step: "box", events: "hospital.out"},
		{row: "2.6-4", name: "held: not back on the belt", who: "k", set: ward(t, heldO1, met), scan: box, code: edge.Hold, say: "order.held", step: "examine", events: "scan.refused"},
		{row: "2.6-4", name: "no truck takes what is set aside", who: "l", set: ward(t, met, func(x *site) { x.act("k", "close", edge.Args{Reason: "damaged"}); x.scan("l", "DOCK-D1") }),
			scan: box, code: edge.Hold, say: "load.aside", step: "waybill", events: "scan.refused"},
		{row: "2.6-2", name: "not packed", who: "k", set: ward(t, unbound), scan: lost, code: edge.Hold, say: "load.notPacked", step: "examine", events: "scan.refused"},
		{row: "2.6-2", name: "not packed: back to the desk", who: "k", set: ward(t, unbound, scanned(func(x *site) string { return boxCode(x, "B-2") })), act: "confirm",
			code: edge.Done, say: "hospital.desk", step: "box", events: "hospital.out"},
		{row: "2.6-2", name: "a number of nobody", who: "k", set: ward(t), scan: "999", code: edge.Unknown, say: "scan.unknown", step: "shelf", events: "scan.refused"},
		{row: "2.6-2", name: "goes to the shelf", who: "k", set: ward(t, scanned(func(*site) string { return "999" })), scan: "LOC-U1", code: edge.OK, say: "unknown.shelved", step: "box", events: "hospital.unknown"},
		{row: "2.6-2", name: "nothing on it can be read", who: "k", set: ward(t), act: "confirm", args: edge.Args{Reason: "noLabel"}, code: edge.OK, say: "return.noCode", step: "shelf", events: "step.confirmed"},
		{row: "2.6-2", name: "its twin is on a truck", who: "k", set: ward(t, onTheTruck), scan: box, code: edge.Duplicate, say: "hospital.twin", step: "shelf", events: "scan.refused"},
		{row: "2.6-2", name: "the twin goes to the shelf", who: "k", set: ward(t, onTheTruck, met), scan: "LOC-U1", code: edge.OK, say: "unknown.shelved", step: "box", events: "hospital.unknown"},
		{row: "2.6-2", name: "an article", who: "k", set: ward(t), scan: "EA-1", code: edge.Unexpected, say: "scan.unexpected", step: "box", events: "scan.refused"},
	})
}

// TestTheHospitalChargesThePrinter that made a label which could not be read.
func TestTheHospitalChargesThePrinter(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	ward(t)(x)
	first := x.live.Box("B-1").Bound
	typedBox(x)
	in := x.last[0].Data.(*edge.HospitalEvent)
	assert.Equal(t, edge.HospitalEvent{Box: "B-1", Waybill: boxCode(x, "B-1"), Attempt: first, Why: "label", Todo: "reprint", Printer: "p1", Work: in.Work}, *in)
	s := x.screen("k")
	assert.Equal(t, []string{"label", "reprint", "p1", "o1"}, []string{s.Hospital.Why, s.Hospital.Todo, s.Hospital.Printer, s.Hospital.Order})
	require.True(t, x.act("k", "reprint", edge.Args{Reason: "unreadable"}).OK)
	assert.Equal(t, edge.StagePacking, x.live.Order("default", "o1").Stage)
	second := x.label("B-1")
	assert.NotEqual(t, first, second)
	assert.Equal(t, 2, x.live.Attempt(second).Copy, "the same number, the next copy")
	assert.Equal(t, edge.Done, x.scan("k", boxCode(x, "B-1")).Code)
	out := x.last[1].Data.(*edge.HospitalEvent)
	assert.Equal(t, []string{"label", "inducted", "p1", first}, []string{out.Why, out.Outcome, out.Printer, out.Attempt})
	assert.Equal(t, second, x.live.Box("B-1").Bound)
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
	x.scan("l", "DOCK-D1")
	assert.Equal(t, edge.Done, x.scan("l", boxCode(x, "B-1")).Code)
	checkEvents(t, x.events)
	rebuilt(t, x)
}

// TestAnInDoubtLabelInTheHospital is settled by a person, or by its scan.
func TestAnInDoubtLabelInTheHospital(t *testing.T) {
	for _, byScan := range []bool{false, true} {
		x := newSite(t)
		x.deep = true
		crew(x)
		ward(t, typedBox)(x)
		x.act("k", "reprint", edge.Args{Reason: "unreadable"})
		v := x.print(edge.PrintReport{Stage: edge.StageIntent, Box: "B-1", Printer: "p1"})
		x.print(edge.PrintReport{Stage: edge.StageSent, Box: "B-1", Attempt: v.Answer})
		x.print(edge.PrintReport{Stage: edge.StageInDoubt, Box: "B-1", Attempt: v.Answer})
		require.Equal(t, "inDoubt", x.screen("k").Step)
		if !byScan {
			require.True(t, x.act("k", "printed", edge.Args{Attempt: v.Answer, Outcome: "yes"}).OK)
			require.Equal(t, "waybill", x.screen("k").Step)
		}
		assert.Equal(t, edge.Done, x.scan("k", boxCode(x, "B-1")).Code)
		assert.Equal(t, v.Answer, x.live.Box("B-1").Bound)
		checkEvents(t, x.events)
	}
}

// An address that changes while the new label is made in the hospital: the old one is
// scanned as destroyed there, or its number dies; nobody is left with a screen that
// takes nothing (found by random crews).
func TestANewAddressInTheHospital(t *testing.T) {
	for _, lost := range []bool{false, true} {
		x := newSite(t)
		x.deep = true
		crew(x)
		ward(t, typedBox)(x)
		number := boxCode(x, "B-1")
		x.act("k", "reprint", edge.Args{Reason: "unreadable"})
		v := x.print(edge.PrintReport{Stage: edge.StageIntent, Box: "B-1", Printer: "p1"})
		x.print(edge.PrintReport{Stage: edge.StageSent, Box: "B-1", Attempt: v.Answer})
		x.print(edge.PrintReport{Stage: edge.StagePrinted, Box: "B-1", Attempt: v.Answer})
		x.record(&edge.OrderChange{ID: "c1", Rev: 1, Order: "o1", Change: "readdress", RecipientRef: "r", RecipientVersion: 2, Routed: true})
		x.record(&edge.OrderChange{ID: "c2", Rev: 2, Order: "o1", Change: "release"})
		s := x.screen("k")
		require.Empty(t, x.live.Order("default", "o1").Held)
		require.Equal(t, "destroy", s.Step)
		require.Equal(t, []edge.Expect{{Kind: "waybill", Code: number, Box: "B-1"}}, s.Expect)
		if lost {
			require.Equal(t, "label.voided", x.act("k", "void", edge.Args{Reason: "lost"}).Say.Key)
			require.NotEqual(t, number, boxCode(x, "B-1"))
		} else {
			require.Equal(t, "label.destroyed", x.scan("k", number).Say.Key)
		}
		require.Equal(t, "printing", x.screen("k").Step)
		x.label("B-1")
		assert.Equal(t, edge.Done, x.scan("k", boxCode(x, "B-1")).Code)
		assert.NotEqual(t, v.Answer, x.live.Box("B-1").Bound)
		checkEvents(t, x.events)
		rebuilt(t, x)
	}
}

// TestASetAsideBoxComesBack through the hospital, and is then loaded.
func TestASetAsideBoxComesBack(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	ward(t, heldO1)(x)
	x.scan("k", boxCode(x, "B-1"))
	x.scan("k", "LOC-L6")
	b := x.live.Box("B-1")
	assert.Equal(t, []string{"held", "L6"}, []string{b.Aside, b.Seen})
	assert.Empty(t, x.screen("k").Expect, "a held one waits for nobody")
	x.record(&edge.OrderChange{ID: "r1", Rev: 9, Order: "o1", Change: "release"})
	s := x.screen("k")
	assert.Equal(t, []edge.Expect{{Kind: "waybill", Code: b.Waybill, Box: "B-1"}}, s.Expect)
	require.Equal(t, edge.OK, x.scan("k", b.Waybill).Code)
	require.Equal(t, edge.Done, x.scan("k", b.Waybill).Code)
	assert.Empty(t, x.live.Box("B-1").Aside)
	x.scan("l", "DOCK-D1")
	assert.Equal(t, edge.Done, x.scan("l", b.Waybill).Code)
	rebuilt(t, x)
}

// TestADeadLabelInTheHospital: its number was voided; the box has another.
// A box that one has on the table is no longer on the list of another: it could
// only be refused (found by random crews).
func TestABoxOnATableIsOffTheOtherList(t *testing.T) {
	x := newSite(t)
	crew(x)
	ward(t)(x)
	x.scan("k", boxCode(x, "B-1"))
	x.scan("k", "LOC-L6") // set aside
	x.act("k2", "start", edge.Args{Flow: edge.Hospital})
	require.Len(t, x.screen("k2").Expect, 1)
	require.True(t, x.scan("k", boxCode(x, "B-1")).OK)
	assert.Empty(t, x.screen("k2").Expect)
	assert.Equal(t, "pack.boxTaken", x.scan("k2", boxCode(x, "B-1")).Say.Key)
	x.scan("k", "LOC-L6")
	assert.Len(t, x.screen("k2").Expect, 1, "it stands there again")
}

func TestADeadLabelInTheHospital(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	backSite(x)
	atLabel(x)
	dead := waybillOf(x)
	x.act("k", "void", edge.Args{Reason: "lost"})
	x.label("B-1")
	x.scan("k", waybillOf(x))
	assert.Equal(t, edge.OK, x.scan("k", dead).Code)
	assert.Equal(t, edge.WhyDead, x.screen("k").Hospital.Why)
	assert.Equal(t, edge.Unknown, x.scan("k", dead).Code, "it proves nothing")
	require.True(t, x.act("k", "reprint", edge.Args{Reason: "wrongLabel"}).OK)
	x.label("B-1")
	assert.Equal(t, edge.Done, x.scan("k", waybillOf(x)).Code)
	assert.Equal(t, edge.Idle, x.screen("k").Flow)
	checkEvents(t, x.events)
}

// TestTheBeltSendsABoxToTheHospital: it is on the list there, with the belt's
// reason, until somebody has seen to it.
func TestTheBeltSendsABoxToTheHospital(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	ward(t)(x)
	x.facts(fact(edge.EvInducted, edge.ParcelEvent{Parcel: "P-1", Place: "eye-1"}),
		fact(edge.EvRejected, edge.ParcelEvent{Parcel: "P-1", Box: "B-1", Place: edge.HospitalLane, Lane: edge.HospitalLane, Reason: edge.ReasonNoLane}))
	assert.Equal(t, []edge.Expect{{Kind: "waybill", Code: boxCode(x, "B-1"), Box: "B-1"}}, x.screen("k").Expect)
	assert.Equal(t, []edge.Waiting{{Flow: edge.Hospital, Waiting: 1}}, x.screen("k2").Work)
	x.scan("k", boxCode(x, "B-1"))
	assert.Equal(t, "noLane", x.screen("k").Hospital.Belt)
	assert.Equal(t, "noLane", x.last[0].Data.(*edge.HospitalEvent).Belt)
	x.scan("k", boxCode(x, "B-1"))
	assert.Equal(t, "noLane", x.last[0].Data.(*edge.HospitalEvent).Belt)
	assert.Empty(t, x.screen("k").Expect)
	assert.Empty(t, x.live.Box("B-1").Rejected)
}

// TestACancelledBoxWaitsInTheHospital: the belt took it off its way, and it is work
// there until its goods go back, also where no other box waits.
func TestACancelledBoxWaitsInTheHospital(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	backSite(x)
	packed(t, x, "o1", "cj", "TOTE-00001")
	code := boxCode(x, "B-1")
	cancelO1(x)
	assert.Empty(t, x.screen("k2").Work, "a box that no belt brought lies where it was packed")
	x.facts(fact(edge.EvInducted, edge.ParcelEvent{Parcel: "P-1", Place: "eye-1"}),
		fact(edge.EvRejected, edge.ParcelEvent{Parcel: "P-1", Box: "B-1", Place: edge.HospitalLane, Lane: edge.HospitalLane, Reason: edge.ReasonCancelled}))
	assert.Equal(t, []edge.Waiting{{Flow: edge.Hospital, Waiting: 1}}, x.screen("k2").Work)
	require.Equal(t, edge.OK, x.act("k", "start", edge.Args{Flow: edge.Hospital}).Code)
	assert.Equal(t, []edge.Expect{{Kind: "waybill", Code: code, Box: "B-1"}}, x.screen("k").Expect)
	rebuilt(t, x)
	require.Equal(t, edge.Cancelled, x.scan("k", code).Code)
	require.True(t, x.act("k", "ack", edge.Args{}).OK)
	assert.Empty(t, x.screen("k").Expect, "its goods go back")
	for _, w := range x.screen("k2").Work {
		assert.NotEqual(t, edge.Hospital, w.Flow)
	}
	rebuilt(t, x)
	checkEvents(t, x.events)
}

// TestABoxOfTwoCancelledOrdersInTheHospital: each order's goods go back on its own
// siren, and the box is nobody's work then.
func TestABoxOfTwoCancelledOrdersInTheHospital(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	pairBound(x)
	code := boxCode(x, "B-1")
	x.facts(fact(edge.EvInducted, edge.ParcelEvent{Parcel: "P-1", Place: "eye-1"}),
		fact(edge.EvRejected, edge.ParcelEvent{Parcel: "P-1", Box: "B-1", Place: edge.HospitalLane, Lane: edge.HospitalLane, Reason: edge.ReasonNoLane}))
	require.Equal(t, edge.OK, x.act("k", "start", edge.Args{Flow: edge.Hospital}).Code)
	cancelO1(x)
	cancelO2(x)
	for range 2 {
		require.Len(t, x.screen("k").Expect, 1, "%+v %+v", x.screen("k"), x.live.Box("B-1"))
		require.Equal(t, edge.Cancelled, x.scan("k", code).Code)
		require.True(t, x.act("k", "ack", edge.Args{}).OK)
	}
	assert.Empty(t, x.screen("k").Expect)
	back := map[string]int{}
	x.live.EachMove(func(m *edge.MoveTask) { back[m.Order] += m.Quantity })
	assert.Equal(t, map[string]int{"o1": 1, "o2": 2}, back)
	rebuilt(t, x)
	checkEvents(t, x.events)
}

// TestASetAsideBoxWithoutALabelIsADesks: a cancel took its label out of force, so
// the hospital has nothing to do with it and does not call for anybody.
func TestASetAsideBoxWithoutALabelIsADesks(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	pairBound(x)
	code := boxCode(x, "B-1")
	require.Equal(t, edge.OK, x.scan("k", code).Code)
	require.Equal(t, edge.Done, x.act("k", "close", edge.Args{Reason: "damaged"}).Code)
	assert.Equal(t, []edge.Waiting{{Flow: edge.Hospital, Waiting: 1}}, x.screen("k2").Work)
	cancelO2(x)
	assert.Empty(t, x.screen("k2").Work, "nothing of it is expected there")
	require.Equal(t, edge.Cancelled, x.scan("k", code).Code)
	require.True(t, x.act("k", "ack", edge.Args{}).OK)
	assert.Equal(t, edge.Pack, x.screen("k").Flow, "its goods come out at a desk")
	rebuilt(t, x)
	checkEvents(t, x.events)
}
