package floor_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// tunnel asks for the lane of a read on a belt with lanes L1 to L4, of which
// loop brings back.
func (x *site) tunnel(code string, tune ...func(*edge.ParcelRead)) edge.ParcelAnswer {
	x.t.Helper()
	r := &edge.ParcelRead{ID: fmt.Sprint("r", x.ids), Place: "tunnel-1", Open: []string{"L1", "L2", "L3", "L4"}, Loop: "loop", MaxRounds: 2}
	for _, f := range tune {
		f(r)
	}
	v := x.send(&edge.Message{Kind: edge.Belt, ID: x.nextID(), Device: "tunnel-1", Code: code, Body: &edge.BeltReport{Belt: "line-1", Read: r}})
	a := edge.ParcelAnswerOf(&v)
	if v.Code == edge.Malformed {
		return a
	}
	e := x.last[0].Data.(*edge.ParcelEvent)
	if e.Lane != a.Lane || e.Reason != a.Why || e.Round != a.Round || e.Box != a.Box {
		x.t.Fatalf("the answer %+v is not what stands in the event %+v", a, e)
	}
	return a
}

func (x *site) facts(list ...edge.ParcelFact) {
	x.t.Helper()
	x.send(&edge.Message{Kind: edge.Belt, Device: "line-1", Body: &edge.BeltReport{Belt: "line-1", Facts: list}})
}

func fact(t edge.Type, e edge.ParcelEvent) edge.ParcelFact {
	return edge.ParcelFact{Type: t, ParcelEvent: e}
}

func lane(id string, t edge.LaneTime) *edge.LaneRecord {
	return &edge.LaneRecord{ID: id, Plan: []edge.LaneTime{t}}
}

func belted(t tb) *site {
	x := newSite(t)
	x.deep = true
	crew(x)
	x.catalogue(lane("L1", edge.LaneTime{Carrier: "cj"}), lane("L2", edge.LaneTime{Carrier: "hanjin"}))
	return x
}

func TestWhereAParcelGoes(t *testing.T) {
	x := belted(t)
	one := packed(t, x, "o1", "cj", "TOTE-00001")
	assert.Equal(t, edge.ParcelAnswer{Box: one.ID, Lane: "L1"}, x.tunnel(one.Waybill))
	e := x.last[0]
	assert.Equal(t, []any{edge.EvParcelRead, "default", "o1"}, []any{e.Type, e.Client, e.Order})
	d := e.Data.(*edge.ParcelEvent)
	assert.Equal(t, []string{one.Waybill, one.Bound, "p1", "line-1", "tunnel-1"}, []string{d.Waybill, d.Attempt, d.Printer, d.Belt, d.Place})
	assert.False(t, d.Labelled.IsZero())
	assert.Equal(t, "tunnel-1", x.live.Box(one.ID).Seen)

	assert.Equal(t, edge.ParcelAnswer{Why: edge.ReasonUnknown}, x.tunnel("8801234567893"))
	d = x.last[0].Data.(*edge.ParcelEvent)
	assert.Equal(t, 13, d.Length)
	assert.NotContains(t, string(x.last[0].AppendLine(nil)), "8801234567893", "an unknown text is not written down")

	two := packed(t, x, "o2", "cj", "TOTE-00002")
	x.record(&edge.OrderChange{ID: "h2", Order: "o2", Change: "hold"})
	assert.Equal(t, edge.ReasonHold, x.tunnel(two.Waybill).Why)
	x.record(&edge.OrderChange{ID: "r2", Rev: 2, Order: "o2", Change: "release"})
	assert.Equal(t, "L1", x.tunnel(two.Waybill).Lane)
	x.record(&edge.OrderChange{ID: "c2", Rev: 3, Order: "o2", Change: "cancel"})
	assert.Equal(t, edge.ParcelAnswer{Box: two.ID, Lane: edge.HospitalLane, Why: edge.ReasonCancelled}, x.tunnel(two.Waybill), "a touch of the cancel fence")

	picked(t, x, "o3", "cj", "TOTE-00003", line{1, 1})
	x.scan("k", "TOTE-00003")
	x.scan("k", "EA-1")
	unbound := x.live.Box(x.screen("k").Box)
	x.label(unbound.ID)
	assert.Equal(t, edge.ReasonNotPacked, x.tunnel(unbound.Waybill).Why)
	x.follow("k", nil)

	three := x.live.Box(unbound.ID)
	require.Equal(t, edge.OK, x.scan("l", "DOCK-D1").Code)
	require.True(t, x.scan("l", three.Waybill).OK)
	assert.Equal(t, edge.ReasonDuplicate, x.tunnel(three.Waybill).Why, "on a truck already")

	four := packed(t, x, "o4", "cj", "TOTE-00004")
	assert.Equal(t, edge.ReasonOverweight, x.tunnel(four.Waybill, func(r *edge.ParcelRead) { r.Grams, r.MaxGrams = "30000.5", "30000" }).Why)
	assert.Empty(t, x.tunnel(four.Waybill, func(r *edge.ParcelRead) { r.Grams, r.MaxGrams = "30000.0", "30000" }).Why)
}

// What the belt knows and the floor cannot see.
func TestWhatTheBeltKnows(t *testing.T) {
	x := belted(t)
	b := packed(t, x, "o1", "cj", "TOTE-00001")
	with := func(f func(*edge.ParcelRead)) edge.ParcelAnswer { t.Helper(); return x.tunnel(b.Waybill, f) }
	hospital := func(why edge.Reason) edge.ParcelAnswer {
		return edge.ParcelAnswer{Box: b.ID, Lane: edge.HospitalLane, Why: why}
	}
	assert.Equal(t, hospital(edge.ReasonRestart), with(func(r *edge.ParcelRead) { r.Why = edge.ReasonRestart }), "seen, if not followed")
	assert.Equal(t, hospital(edge.ReasonMultiRead), with(func(r *edge.ParcelRead) { r.Known, r.Lane = "B-77", "L2" }))
	assert.Equal(t, edge.ParcelAnswer{Box: b.ID, Lane: "L1"}, with(func(r *edge.ParcelRead) { r.Known, r.Lane, r.Sent = b.ID, "L1", true }), "read again")
	assert.Equal(t, edge.ParcelAnswer{Lane: "L1"}, x.tunnel("8801234567893", func(r *edge.ParcelRead) { r.Known, r.Lane = b.ID, "L1" }), "another code on the same box")
	assert.Equal(t, edge.ParcelAnswer{Box: b.ID, Lane: "loop", Why: edge.ReasonLateRead}, with(func(r *edge.ParcelRead) { r.Lane, r.Sent = "loop", true }))
	assert.Equal(t, hospital(edge.ReasonDuplicate), with(func(r *edge.ParcelRead) { r.Near = []string{b.ID} }))
	assert.Equal(t, hospital(edge.ReasonNoLane), with(func(r *edge.ParcelRead) { r.Open = []string{"L2"} }), "no such lane at this belt")

	full := func(r *edge.ParcelRead) { r.Open, r.Full = []string{"L2"}, []string{"L1"} }
	assert.Equal(t, edge.ParcelAnswer{Box: b.ID, Lane: "loop", Why: edge.ReasonLaneFull, Round: 1}, with(full))
	assert.Equal(t, 2, with(full).Round, "the rounds of a box are kept, over all its parcels")
	assert.Equal(t, hospital(edge.ReasonLaneFull), with(full), "and have a limit")
	assert.Equal(t, edge.ParcelAnswer{Lane: "loop", Why: edge.ReasonNoRead, Round: 1}, x.tunnel(""))
	assert.Equal(t, edge.EvParcelNoRead, x.last[0].Type)
	assert.Equal(t, edge.ParcelAnswer{Why: edge.ReasonNoRead}, x.tunnel("", func(r *edge.ParcelRead) { r.Rounds = 2 }), "a better read may still come")
	x.tunnel("", func(r *edge.ParcelRead) { r.Known, r.Lane, r.Sent = b.ID, "L1", true })
	assert.Equal(t, b.ID, x.last[0].Data.(*edge.ParcelEvent).Box)
}

func TestLanePlan(t *testing.T) {
	x := newSite(t)
	crew(x)
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 21, hour, minute, 0, 0, seoul) }
	x.catalogue(&edge.TripRecord{ID: "cj-0", Carrier: "cj", Departs: "12:30"})
	r := order("o1", "cj", line{1, 1})
	r.SortCode, r.Cutoff = "4W44", at(12, 0)
	x.record(r)
	x.scan("p", "TOTE-00001")
	x.scan("p", "EA-1")
	x.scan("k", "TOTE-00001")
	x.follow("k", nil)
	b := x.live.Box(x.live.Order("default", "o1").Boxes[0])
	goes := func(want string, why edge.Reason, what string) {
		t.Helper()
		a := x.tunnel(b.Waybill)
		if want == "" {
			want = edge.HospitalLane
		}
		assert.Equal(t, []any{want, why}, []any{a.Lane, a.Why}, what)
	}
	goes("", edge.ReasonNoLane, "no plan")
	x.catalogue(lane("L1", edge.LaneTime{Carrier: "cj"}))
	goes("L1", "", "any of the carrier")
	x.catalogue(lane("L2", edge.LaneTime{Carrier: "cj", Hub: "4W"}), lane("L4", edge.LaneTime{Carrier: "cj", Hub: "9"}))
	goes("L2", "", "the hub by the beginning of the sort code")
	x.catalogue(lane("L3", edge.LaneTime{Carrier: "cj", Trip: "cj-1"}), lane("L4", edge.LaneTime{Carrier: "cj", Trip: "cj-0"}))
	goes("L4", "", "the first trip that does not leave before its cut-off")
	x.now = at(12, 31)
	goes("L3", "", "it has left: the next one")

	x.catalogue(lane("L3", edge.LaneTime{Carrier: "cj", Client: "other", Trip: "cj-1"}))
	goes("L2", "", "that lane is another client's")
	x.catalogue(lane("L1", edge.LaneTime{}), lane("L2", edge.LaneTime{}), lane("L4", edge.LaneTime{}))
	goes("", edge.ReasonWrongClient, "no other lane is left")

	x.catalogue(&edge.LaneRecord{ID: "L1", Plan: []edge.LaneTime{{Carrier: "hanjin"}, {Carrier: "cj", From: at(14, 0)}}})
	goes("", edge.ReasonWrongClient, "not yet")
	x.now = at(13, 59).Add(59 * time.Second)
	goes("L1", "", "changed in the middle of the shift")

	// a truck that left early
	x.catalogue(lane("L3", edge.LaneTime{Carrier: "cj", Trip: "cj-1"}), lane("L4", edge.LaneTime{Carrier: "cj", Trip: "cj-0"}))
	goes("L3", "", "cj-1 is next")
	require.Equal(t, edge.OK, x.scan("l", "DOCK-D1").Code)
	require.Equal(t, "cj-1", x.last[0].Data.(*edge.TruckEvent).Trip)
	x.act("l", "close", edge.Args{Reason: "full"})
	goes("L4", "", "cj-1 was closed: tomorrow's first")
}

func TestWhereABoxWasLastSeen(t *testing.T) {
	x := belted(t)
	b := packed(t, x, "o1", "cj", "TOTE-00001")
	box := func() *edge.Box { return x.live.Box(b.ID) }
	on := func(r *edge.ParcelRead) { r.Parcel = "P-1" }
	x.facts(fact(edge.EvInducted, edge.ParcelEvent{Parcel: "P-1", Place: "eye-1"}))
	x.tunnel(b.Waybill, on)
	var open []edge.Parcel
	x.live.EachParcel(func(p *edge.Parcel) { open = append(open, *p) })
	require.Len(t, open, 1)
	assert.Equal(t, b.ID, open[0].Box, "a restart knows which boxes lay there")
	x.facts(fact(edge.EvDiverted, edge.ParcelEvent{Parcel: "P-1", Box: b.ID, Place: "L1", Lane: "L1"}))
	assert.Equal(t, []string{"L1", "L1"}, []string{box().Seen, box().Lane})
	assert.Equal(t, edge.ReasonDuplicate, x.tunnel(b.Waybill).Why, "a twin of its label")
	x.facts(fact(edge.EvDiverted, edge.ParcelEvent{Parcel: "P-1", Box: b.ID, Place: "L2", Lane: "L2"}))
	assert.Empty(t, x.last, "a parcel ends once")

	x.facts(fact(edge.EvRejected, edge.ParcelEvent{Parcel: "P-1", Box: b.ID, Place: edge.HospitalLane, Lane: edge.HospitalLane, Reason: edge.ReasonContradicted}))
	assert.Equal(t, []string{edge.HospitalLane, ""}, []string{box().Seen, box().Lane}, "seen elsewhere after all")
	x.tunnel(b.Waybill)
	x.facts(fact(edge.EvInducted, edge.ParcelEvent{Parcel: "P-2", Place: "eye-1"}), fact(edge.EvParcelLost, edge.ParcelEvent{Parcel: "P-2", Box: b.ID, Place: "line-1", Reason: edge.ReasonMissing}))
	assert.Equal(t, "parcel.inducted parcel.lost", x.kinds())
	assert.Equal(t, []any{"tunnel-1", true}, []any{box().Seen, box().Missed})

	x.scan("l", "DOCK-D1")
	x.act("l", "close", edge.Args{Reason: "missing"})
	assert.Equal(t, []edge.Missing{{Box: b.ID, LastSeen: "tunnel-1", Since: x.live.Box(b.ID).At, Waybill: b.Waybill}}, x.last[0].Data.(*edge.TruckEvent).Missing)
	x.facts(fact(edge.EvRejected, edge.ParcelEvent{Box: "what a divert said", Place: "L1", Lane: "L1", Reason: edge.ReasonLateConfirm}))
	assert.Empty(t, x.last[0].Data.(*edge.ParcelEvent).Box, "only what is known is named")
	x.facts(fact(edge.EvBound, edge.ParcelEvent{Box: b.ID}))
	assert.Empty(t, x.last, "no fact of a belt")
	checkEvents(t, x.events)
}

func TestPackedAndNotSeenIsMissed(t *testing.T) {
	x := belted(t)
	x.pol.SeenWithin = 10 * time.Minute
	a, b, c := packed(t, x, "o1", "cj", "TOTE-00001"), packed(t, x, "o2", "cj", "TOTE-00002"), packed(t, x, "o3", "cj", "TOTE-00003")
	x.scan("l", "DOCK-D1")
	x.scan("l", c.Waybill)
	x.tunnel(b.Waybill)
	x.send(&edge.Message{Kind: edge.Tick})
	assert.Empty(t, x.last, "not yet")
	x.now = x.now.Add(11 * time.Minute)
	x.send(&edge.Message{Kind: edge.Tick})
	require.Equal(t, "parcel.lost", x.kinds(), "one was seen, one is on a truck")
	d := x.last[0].Data.(*edge.ParcelEvent)
	assert.Equal(t, []any{a.ID, "pack-1", edge.ReasonNotSeen}, []any{d.Box, d.Place, d.Reason})
	assert.True(t, x.live.Box(a.ID).Missed)
	x.send(&edge.Message{Kind: edge.Tick})
	assert.Empty(t, x.last, "told once")
	x.tunnel(a.Waybill)
	assert.False(t, x.live.Box(a.ID).Missed, "there it is")
}

// A person at hospital holds a box under a scanner: its label could not be read
// on the belt, which is charged to who made it.
func TestABoxInAPersonsHand(t *testing.T) {
	x := belted(t)
	b := packed(t, x, "o1", "cj", "TOTE-00001")
	hand := func(r *edge.ParcelRead) { r.Hand, r.Place = true, edge.HospitalLane }
	assert.Equal(t, edge.ParcelAnswer{Box: b.ID, Lane: "L1"}, x.tunnel(b.Waybill, hand))
	assert.Equal(t, 1, x.last[0].Data.(*edge.ParcelEvent).Tries)
	x.tunnel(b.Waybill, hand)
	assert.Zero(t, x.last[0].Data.(*edge.ParcelEvent).Tries, "once")
	x.record(&edge.OrderChange{ID: "c1", Order: "o1", Change: "cancel"})
	assert.Equal(t, edge.ReasonCancelled, x.tunnel(b.Waybill, hand).Why)
	assert.Equal(t, edge.ReasonUnknown, x.tunnel("X", hand).Why)
}

// Whatever happens to orders meanwhile, a truck's lane is only given to a packed
// box of a living order that nobody has shipped, by the oracle over raw events.
func TestNoLaneForWhatMayNotGo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		x := newSite(rt)
		x.deep = false
		crew(x)
		x.catalogue(lane("L1", edge.LaneTime{Carrier: "cj"}), lane("L2", edge.LaneTime{Carrier: "hanjin"}))
		next, rev := totes(), int64(0)
		for i := range 6 {
			id := fmt.Sprint("o", i)
			x.record(order(id, []string{"cj", "hanjin"}[i%2], line{1 + i%3, 1}))
			x.act("p", "start", edge.Args{Flow: edge.Pick})
			x.follow("p", next)
		}
		for range 6 {
			x.act("k", "start", edge.Args{Flow: edge.Pack, Station: "pack-1"})
			x.follow("k", nil)
		}
		x.scan("l", "DOCK-D1")
		var boxes []*edge.Box
		x.live.EachBox(func(b *edge.Box) { boxes = append(boxes, b) })
		for range rapid.IntRange(5, 40).Draw(rt, "steps") {
			b := rapid.SampledFrom(boxes).Draw(rt, "box")
			rev++
			change := func(what string) {
				x.record(&edge.OrderChange{ID: fmt.Sprint("c", rev), Rev: rev, Order: b.Order, Change: what})
			}
			switch rapid.IntRange(0, 6).Draw(rt, "what") {
			case 0:
				change("cancel")
			case 1:
				change("hold")
			case 2:
				change("release")
			case 3:
				x.scan("l", b.Waybill)
			case 4:
				x.facts(fact(edge.EvDiverted, edge.ParcelEvent{Box: b.ID, Place: "L1", Lane: "L1"}))
			default:
				if a := x.tunnel(b.Waybill); a.Why == "" && (mayNot(x.events, b) || a.Lane != map[string]string{"cj": "L1", "hanjin": "L2"}[b.Carrier]) {
					rt.Fatalf("%s goes to %s", b.ID, a.Lane)
				}
			}
		}
	})
}

// mayNot is the oracle's own reading of the events.
func mayNot(events []edge.Event, b *edge.Box) bool {
	cancelled, held, gone := false, false, false
	for _, e := range events {
		switch d := e.Data.(type) {
		case *edge.OrderChanged:
			if e.Order == b.Order && !d.NoEffect {
				cancelled = cancelled || d.Cancelled
				held = d.Held != "" || held && !d.Released
			}
		case *edge.BoxLoaded:
			gone = gone || d.Box == b.ID
		case *edge.ParcelEvent:
			gone = gone || d.Box == b.ID && e.Type == edge.EvDiverted
		}
	}
	return cancelled || held || gone
}

func TestHeavierIsExact(t *testing.T) {
	over := func(grams string) bool {
		a := floor.Route(&edge.ParcelRead{Grams: grams, MaxGrams: "1000.5", Open: []string{"L1"}}, false, &floor.BeltBox{ID: "B", Lanes: []string{"L1"}})
		return a.Why == edge.ReasonOverweight
	}
	for _, w := range []string{"1000.5", "999.99999", "1000.50", "0", "01000.4"} {
		assert.False(t, over(w), w)
	}
	for _, w := range []string{"1000.51", "10000", "1001", "1e3", "x", "-5"} {
		assert.True(t, over(w), w)
	}
}

// FuzzBelt holds that no report of a belt, however mad, breaks a rule or the state.
func FuzzBelt(f *testing.F) {
	f.Add("650000000000", "P-1", "B-1", "L1", "", uint8(3))
	x := newSite(f)
	crew(x)
	x.catalogue(lane("L1", edge.LaneTime{Carrier: "cj"}))
	f.Fuzz(func(t *testing.T, code, parcel, box, to, why string, kind uint8) {
		x.t = t
		types := []edge.Type{edge.EvInducted, edge.EvParcelNoRead, edge.EvDiverted, edge.EvRejected, edge.EvParcelLost, edge.EvParcelRead, edge.EvBound}
		x.facts(fact(types[int(kind)%len(types)], edge.ParcelEvent{Parcel: parcel, Box: box, Place: to, Lane: to, Reason: edge.Reason(why)}))
		x.tunnel(code, func(r *edge.ParcelRead) {
			r.Parcel, r.Known, r.Lane, r.Why, r.Hand = parcel, box, to, edge.Reason(why), kind&16 > 0
			r.Grams, r.Rounds, r.MaxRounds = code, int(kind), int(kind)/2
		})
	})
}
