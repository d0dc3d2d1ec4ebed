package floor_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/labels/waybill"
)

// boss hires a lead.
func boss(x *site) { x.hire("boss", edge.Lead) }

// leftOpen is a PDA that its picker put down in the middle of an order.
func leftOpen(x *site) {
	begun(x, line{1, 3}, line{2, 1})
	x.scan("p", "EA-1")
}

func TestRowsOfTheShift(t *testing.T) {
	check := &edge.ShiftStart{ShiftEvent: edge.ShiftEvent{Heard: []string{"ok", "wrong"}, Unheard: []string{"over"}, ClockOff: 190, SyncAge: 4}}
	runRows(t, []flowRow{
		{row: "2.1-2", name: "the start check is booked", ask: check, code: edge.OK, say: "shift.started", step: "", events: "shift.started"},
		{row: "2.1-2", name: "in the middle of work too: nobody is stopped", set: leftOpen, ask: check, code: edge.OK, say: "shift.started", step: "item", events: "shift.started"},
		{row: "2.1-x", name: "what the one before left open is taken over where it stands", set: leftOpen, who: "p2",
			ask: &edge.TakeOver{Work: "T-1", From: "p"}, code: edge.OK, say: "shift.takenOver", step: "item", events: "work.moved"},
		{row: "2.1-x", name: "a desk's work too", set: func(x *site) {
			picked(t, x, "o1", "cj", "TOTE-00001", line{1, 2})
			x.scan("k", "TOTE-00001")
			x.scan("k", "EA-1")
		}, who: "k2",
			ask: &edge.TakeOver{Work: "T-2", From: "k"}, code: edge.OK, say: "shift.takenOver", step: "item", events: "work.moved"},
		{row: "2.1-x", name: "a desk that was only offered a tote", set: func(x *site) {
			picked(t, x, "o1", "cj", "TOTE-00001", line{1, 2})
			x.act("k", "start", edge.Args{Flow: edge.Pack, Station: "pack-1"})
		}, who: "k2", ask: &edge.TakeOver{Work: "T-2", From: "k"}, code: edge.OK, say: "shift.takenOver", step: "tote", events: "work.moved"},
		{row: "2.1-x", name: "somebody else has it by now", set: leftOpen, who: "p2", ask: &edge.TakeOver{Work: "T-1", From: "k"},
			code: edge.Unexpected, say: "shift.workGone", step: "", events: "scan.refused"},
		{row: "2.1-x", name: "not without the role", set: leftOpen, who: "k", ask: &edge.TakeOver{Work: "T-1", From: "p"},
			code: edge.Denied, say: "role.missing", step: "", events: "scan.refused"},
		{row: "2.1-x", name: "not with work of one's own", set: func(x *site) {
			leftOpen(x)
			x.record(order("o2", "cj", line{1, 1}))
			x.act("p2", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o2"}})
		}, who: "p2", ask: &edge.TakeOver{Work: "T-1", From: "p"}, code: edge.Unexpected, say: "start.busy", step: "tote", events: "scan.refused"},
		{row: "2.9", name: "one's own end with nothing in hand", set: func(x *site) { x.ask("p", check) }, ask: &edge.ShiftEnd{},
			code: edge.Done, say: "shift.ended", step: "", events: "shift.ended"},
		{row: "2.9", name: "one's own end with work in hand", set: leftOpen, ask: &edge.ShiftEnd{},
			code: edge.Unexpected, say: "shift.workOpen", step: "item", events: "scan.refused"},
		{row: "2.9", name: "one's own end once it waits for another", set: func(x *site) { leftOpen(x); x.act("p", "handOver", edge.Args{}) }, ask: &edge.ShiftEnd{},
			code: edge.Done, say: "shift.ended", step: "handOver", events: "shift.ended"},
		{row: "2.9", name: "a lead signs", set: boss, who: "boss", ask: &edge.ShiftSign{ShiftEvent: edge.ShiftEvent{UpTo: 7, Held: 2}},
			code: edge.Done, say: "shift.signed", step: "", events: "shift.ended"},
		{row: "2.9", name: "nobody else signs", ask: &edge.ShiftSign{}, code: edge.Denied, say: "role.missing", step: "", events: "scan.refused"},
	})
}

// TestTakenOverGoesOnWhereItStood: progress is kept, and who had the work before
// stands at an idle screen.
func TestTakenOverGoesOnWhereItStood(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	leftOpen(x)
	before := x.screen("p")
	require.True(t, x.ask("p2", &edge.TakeOver{Work: "T-1", From: "p"}).OK)
	after := x.screen("p2")
	assert.Equal(t, before.Expect, after.Expect)
	assert.Equal(t, before.Quantity, after.Quantity)
	assert.Equal(t, edge.Idle, x.screen("p").Flow)
	x.follow("p2", totes())
	assert.Equal(t, edge.StagePicked, x.live.Order("default", "o1").Stage)
}

// TestShiftFacts: what the two events say, and that somebody on a temporary badge
// leaves no row behind.
func TestShiftFacts(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	tmp := edge.TemporaryID("1121-a")
	x.hire(tmp, edge.Picker)
	x.hire("boss", edge.Lead)
	x.ask(tmp, &edge.ShiftStart{ShiftEvent: edge.ShiftEvent{Label: "scanned"}})
	assert.Equal(t, "scanned", x.last[0].Data.(*edge.ShiftEvent).Label)
	x.now = x.now.Add(90 * time.Minute)
	x.record(order("o1", "cj", line{1, 2}))
	x.act(tmp, "start", edge.Args{Flow: edge.Pick})
	x.scan(tmp, "TOTE-00001")
	x.scan(tmp, "EA-1")
	x.act(tmp, "leave", edge.Args{})
	require.True(t, x.ask(tmp, &edge.ShiftEnd{}).OK)
	e := x.last[0].Data.(*edge.ShiftEvent)
	assert.Equal(t, &edge.ShiftEvent{Of: "worker", Minutes: 90, Left: "o1"}, e)
	assert.Equal(t, "o1", x.last[0].Order)
	assert.NotNil(t, x.live.Worker(tmp), "an order of theirs is left")
	x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o1"}})
	other := edge.TemporaryID("1121-b")
	x.hire(other, edge.Picker)
	x.ask(other, &edge.ShiftStart{})
	require.NotNil(t, x.live.Worker(other))
	x.ask("boss", &edge.ShiftSign{})
	assert.Nil(t, x.live.Worker(other), "the site's end lets the rows of temporary badges go")
	seq, at := x.live.SignedAt()
	assert.Equal(t, x.seq, seq)
	assert.Equal(t, x.now, at)
}

// TestIdleWorkerShowsTheBadge is O3: after a rest nothing is printed or overridden
// under the badge of before.
func TestIdleWorkerShowsTheBadge(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	picked(t, x, "o1", "cj", "TOTE-00001", line{1, 2})
	x.scan("k", "TOTE-00001")
	rested := func(m edge.Message) edge.Verdict {
		m.Worker, m.Idle, m.Rev = "k", true, x.rev["k"]
		return x.send(&m)
	}
	for _, m := range []edge.Message{{Kind: edge.Scan, Code: "EA-1"}, {Kind: edge.Act, Action: "close"}, {Kind: edge.Act, Action: "reprint"},
		{Kind: edge.Act, Action: "override", Args: edge.Args{ByLead: "boss"}}} {
		v := rested(m)
		assert.Equal(t, edge.Denied, v.Code, "%s %s", m.Code, m.Action)
		assert.Equal(t, "idle.badge", v.Say.Key)
	}
	assert.Equal(t, edge.OK, rested(edge.Message{Kind: edge.Act, Action: "help"}).Code, "help is never denied")
	v := rested(edge.Message{Kind: edge.Scan, Code: "", Back: true})
	assert.Equal(t, "idle.back", v.Say.Key)
	assert.Equal(t, "step.confirmed", x.kinds())
	assert.Equal(t, edge.OK, x.scan("k", "EA-1").Code)

	begunBy := func() { x.record(order("o2", "cj", line{1, 2})); x.act("p", "start", edge.Args{Flow: edge.Pick}) }
	begunBy()
	m := edge.Message{Kind: edge.Scan, Worker: "p", Code: "TOTE-00002", Idle: true}
	assert.Equal(t, edge.OK, x.send(&m).Code, "picking prints nothing and is not stopped")
}

// byHand is an order of o1 as paper tells it.
func byHand(x *site, change func(*edge.Manual)) *edge.Manual {
	b := &edge.Manual{Order: "o1", By: "p", At: x.now.Add(-10 * time.Minute), Reason: "wifi", Tote: "TOTE-00001",
		Lines: []edge.ManualLine{{Line: "1", Quantity: 2}, {Line: "2", Quantity: 1}}}
	if change != nil {
		change(b)
	}
	return b
}

func paperSite(t *testing.T, lines ...line) *site {
	x := newSite(t)
	x.deep = true
	x.catalogue(captureRecords()...)
	crew(x)
	boss(x)
	if lines == nil {
		lines = []line{{1, 2}, {2, 1}}
	}
	x.record(order("o1", "cj", lines...))
	return x
}

// labelledPaper puts an order on a printed pick list whose client wants its label
// before it is packed.
func labelledPaper(x *site) {
	firstSite(x)
	x.record(&edge.OrderChange{ID: "lead-1", Order: "o1", Change: "hold", Reason: edge.HeldPaper})
}

func numberOf(t *testing.T, serial uint64) string {
	n, err := waybill.Number("cj", 65000000000+serial)
	require.NoError(t, err)
	return n
}

// TestPaperRows is O5, row by row: what is entered, what is answered, what is
// written down.
func TestPaperRows(t *testing.T) {
	for name, c := range map[string]struct {
		set    func(x *site)
		by     string
		change func(*edge.Manual)
		code   edge.Code
		say    string
		events string
		lines  map[string]string
	}{
		"picked by paper": {code: edge.Done, say: "paper.entered", events: "tote.bound pick.confirmed pick.confirmed paper.entered"},
		"part of it missing": {change: func(b *edge.Manual) { b.Lines[0].Quantity, b.Lines[0].Missing = 1, 1 },
			code: edge.Done, say: "paper.entered", events: "tote.bound pick.confirmed pick.short count.asked pick.confirmed paper.entered"},
		"all of it missing": {change: func(b *edge.Manual) { b.Lines = []edge.ManualLine{{Line: "1", Missing: 2}, {Line: "2", Missing: 1}} },
			code: edge.Done, say: "paper.entered", events: "pick.short count.asked pick.short count.asked order.changed paper.entered"},
		"packed and labelled by hand": {change: func(b *edge.Manual) { b.Waybill = numberOf(t, 5) }, code: edge.Done, say: "paper.entered",
			events: "pick.confirmed pick.confirmed pack.item pack.item box.closed waybill.assigned waybill.bound paper.entered"},
		"picked by scans, packed by hand": {set: func(x *site) { x.act("p", "start", edge.Args{Flow: edge.Pick}); x.follow("p", totes()) },
			change: func(b *edge.Manual) { b.Waybill = numberOf(t, 5) }, code: edge.Done, say: "paper.entered",
			events: "pack.item pack.item box.closed waybill.assigned waybill.bound tote.released paper.entered"},
		"held because it was on paper": {set: func(x *site) { x.record(&edge.OrderChange{ID: "lead-1", Order: "o1", Change: "hold", Reason: "paper"}) },
			code: edge.Done, say: "paper.entered", events: "order.changed tote.bound pick.confirmed pick.confirmed paper.entered"},
		"labelled first, by the label that came out": {set: func(x *site) { labelledPaper(x); x.label("B-1") }, change: func(b *edge.Manual) { b.Waybill = numberOf(t, 0) },
			code: edge.Done, say: "paper.entered",
			events: "order.changed pick.confirmed pick.confirmed pack.item pack.item box.closed waybill.bound paper.entered"},
		"labelled first, and nobody saw it come out": {set: func(x *site) {
			labelledPaper(x)
			x.print(edge.PrintReport{Stage: edge.StageIntent, Box: "B-1", Printer: "p9"})
			x.print(edge.PrintReport{Stage: edge.StageInDoubt, Box: "B-1", Attempt: "A-1", Error: "silent"})
		}, change: func(b *edge.Manual) { b.Waybill = numberOf(t, 0) }, code: edge.Done, say: "paper.entered",
			events: "order.changed pick.confirmed pick.confirmed pack.item pack.item box.closed label.settled waybill.bound paper.entered"},
		"labelled first, the number written by hand": {set: labelledPaper, change: func(b *edge.Manual) { b.Waybill = numberOf(t, 0) }, code: edge.Done, say: "paper.entered",
			events: "order.changed pick.confirmed pick.confirmed pack.item pack.item box.closed waybill.bound paper.entered"},
		"labelled first, to be packed at a desk": {set: func(x *site) { labelledPaper(x); x.label("B-1") }, code: edge.Done, say: "paper.entered",
			events: "order.changed tote.bound pick.confirmed pick.confirmed paper.entered"},
		"labelled first, picked by scans, packed by hand": {set: func(x *site) {
			firstSite(x)
			x.act("p", "start", edge.Args{Flow: edge.Pick})
			x.follow("p", totes())
			x.label("B-1")
		}, change: func(b *edge.Manual) { b.Waybill = numberOf(t, 0) }, code: edge.Done, say: "paper.entered",
			events: "pack.item pack.item box.closed waybill.bound tote.released paper.entered"},
		"labelled first, with another number": {set: func(x *site) { labelledPaper(x); x.label("B-1") }, change: func(b *edge.Manual) { b.Waybill = numberOf(t, 5) },
			code: edge.Wrong, say: "paper.otherNumber"},
		"labelled first, and it is on its way": {set: func(x *site) {
			labelledPaper(x)
			x.print(edge.PrintReport{Stage: edge.StageIntent, Box: "B-1", Printer: "p9"})
		}, change: func(b *edge.Manual) { b.Waybill = numberOf(t, 0) }, code: edge.Hold, say: "pack.notPrinted"},
		"labelled first, cancelled meanwhile": {set: func(x *site) { labelledPaper(x); x.label("B-1"); cancelO1(x) }, change: func(b *edge.Manual) { b.Waybill = numberOf(t, 0) }, code: edge.Cancelled, say: "paper.cancelled"},
		"the rest of an order that was left": {set: func(x *site) {
			x.act("p", "start", edge.Args{Flow: edge.Pick})
			x.scan("p", "TOTE-00009")
			x.scan("p", "EA-1")
			x.act("p", "leave", edge.Args{})
		}, change: func(b *edge.Manual) { b.Tote, b.Lines[0].Quantity = "", 1 }, code: edge.Done, say: "paper.entered", events: "pick.confirmed pick.confirmed paper.entered"},

		"more than wanted":    {change: func(b *edge.Manual) { b.Lines[0].Quantity = 3 }, code: edge.Over, say: "paper.lines", lines: map[string]string{"1": "over"}},
		"less and not a word": {change: func(b *edge.Manual) { b.Lines[0].Quantity = 1 }, code: edge.Unexpected, say: "paper.lines", lines: map[string]string{"1": "open"}},
		"a line left out":     {change: func(b *edge.Manual) { b.Lines = b.Lines[:1] }, code: edge.Unexpected, say: "paper.lines", lines: map[string]string{"2": "open"}},
		"a line twice":        {change: func(b *edge.Manual) { b.Lines[1].Line = "1" }, code: edge.Duplicate, say: "paper.lines", lines: map[string]string{"1": "twice", "2": "open"}},
		"no such line": {change: func(b *edge.Manual) { b.Lines = append(b.Lines, edge.ManualLine{Line: "9", Quantity: 1}) }, code: edge.Unknown, say: "paper.lines",
			lines: map[string]string{"9": "unknown"}},
		"below zero":          {change: func(b *edge.Manual) { b.Lines[0].Quantity, b.Lines[0].Missing = -1, 3 }, code: edge.Over, say: "paper.lines", lines: map[string]string{"1": "over"}},
		"cancelled meanwhile": {set: func(x *site) { x.record(&edge.OrderChange{ID: "c", Rev: 1, Order: "o1", Change: "cancel"}) }, code: edge.Cancelled, say: "paper.cancelled"},
		"already begun":       {set: func(x *site) { x.act("p", "start", edge.Args{Flow: edge.Pick}) }, code: edge.Duplicate, say: "paper.begun"},
		"already picked":      {set: func(x *site) { x.act("p", "start", edge.Args{Flow: edge.Pick}); x.follow("p", totes()) }, code: edge.Duplicate, say: "paper.begun"},
		"held for another reason": {set: func(x *site) {
			x.record(&edge.OrderChange{ID: "h", Rev: 1, Order: "o1", Change: "hold", Reason: "address"})
		}, code: edge.Hold, say: "order.held"},
		"an order nobody knows": {change: func(b *edge.Manual) { b.Order = "o9" }, code: edge.Unknown, say: "paper.noOrder"},
		"without a reason":      {change: func(b *edge.Manual) { b.Reason = "" }, code: edge.Unexpected, say: "confirm.reason"},
		"without who":           {change: func(b *edge.Manual) { b.By = "" }, code: edge.Unexpected, say: "paper.when"},
		"in the time to come":   {change: func(b *edge.Manual) { b.At = b.At.Add(time.Hour) }, code: edge.Unexpected, say: "paper.when"},
		"by a picker":           {by: "p", code: edge.Denied, say: "role.missing"},
		"a tote that is in use": {set: func(x *site) { picked(t, x, "o2", "cj", "TOTE-00001", line{1, 1}) }, code: edge.Duplicate, say: "tote.inUse"},
		"no tote":               {change: func(b *edge.Manual) { b.Tote = "" }, code: edge.Unknown, say: "paper.noTote"},
		"a box of nothing": {change: func(b *edge.Manual) {
			b.Waybill, b.Lines = numberOf(t, 5), []edge.ManualLine{{Line: "1", Missing: 2}, {Line: "2", Missing: 1}}
		}, code: edge.Unexpected, say: "pack.boxEmpty"},
		"a number of nobody's":      {change: func(b *edge.Manual) { b.Waybill = numberOf(t, 900000) }, code: edge.Unknown, say: "paper.noNumber"},
		"a number with a slip":      {change: func(b *edge.Manual) { b.Waybill = "6500000000" + "59" }, code: edge.Unknown, say: "paper.noNumber"},
		"a number of other carrier": {change: func(b *edge.Manual) { n, _ := waybill.Number("hanjin", 65001000005); b.Waybill = n }, code: edge.Unknown, say: "paper.noNumber"},
	} {
		t.Run(name, func(t *testing.T) {
			x := paperSite(t)
			if c.set != nil {
				c.set(x)
			}
			by := c.by
			if by == "" {
				by = "boss"
			}
			v := x.ask(by, byHand(x, c.change))
			assert.Equal(t, c.code, v.Code, "%+v", v)
			assert.Equal(t, c.say, v.Say.Key)
			if c.events == "" {
				c.events = "scan.refused"
			}
			assert.Equal(t, c.events, x.kinds())
			for _, e := range x.last {
				assert.Contains(t, string(e.AppendLine(nil)), `"manual":true`)
			}
			got := map[string]string{}
			for _, a := range v.Say.Args {
				if len(a.Name) > 5 && a.Name[:5] == "line:" {
					got[a.Name[5:]] = a.Text
				}
			}
			if c.lines != nil {
				assert.Equal(t, c.lines, got)
			}
			conserve(t, x)
			checkEvents(t, x.events)
			rebuilt(t, x)
		})
	}
}
