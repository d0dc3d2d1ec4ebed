package floor

import (
	"time"

	"dcedge/edge"
)

// expectMost is how many things a screen lists at most.
const expectMost = 20

// screenRoom is a screen and what most screens point to, in one piece: a
// screen is made for every message.
type screenRoom struct {
	screen   edge.Screen
	task     edge.Task
	quantity edge.Quantity
	expect   [1]edge.Expect
}

// Screen makes what a worker sees, without Rev. It is pure, like Decide.
func Screen(v View, worker string, roles []edge.Role) *edge.Screen {
	w := v.State.WorkOf(worker)
	room := new(screenRoom)
	s := &room.screen
	s.Flow, s.Expect, s.Practice = edge.Idle, room.expect[:0], v.State.practice
	if w != nil {
		s.Flow, s.Mode, s.Station, s.Totes = w.Flow, w.Mode, w.Station, w.Totes
		s.Task = &room.task
		taskOf(v, w, room)
	}
	if v.State.Site().Closed != "" {
		closedScreen(s)
		return s
	}
	if o := pendingAck(v.State, worker, w); o != nil {
		cancelledScreen(s, o, w != nil)
		if o.Stage != edge.StageCancelled {
			what := ""
			if ws := v.State.Worker(worker); ws != nil {
				what = ws.AckWhat
			}
			lessScreen(v, s, o, w, roles, what)
			return s
		}
		cancelledBox(v, s, o, roles, w)
		return s
	}
	switch {
	case w == nil:
		idleScreen(v, s, worker, roles)
	case w.Flow == edge.Pick:
		pickScreen(v, room, w)
	case w.Flow == edge.Pack:
		packScreen(v, s, w)
	case w.Flow == edge.Load:
		loadScreen(v, s, w)
	case w.Flow == edge.Put:
		putScreen(v, s, w)
	case w.Flow == edge.Count:
		countScreen(v, s, w)
	case w.Flow == edge.Replenish:
		moveScreen(v, s, w)
	case w.Flow == edge.Return:
		returnScreen(v, s, w)
	case w.Flow == edge.Hospital:
		hospitalScreen(v, s, w)
	}
	return s
}

func cancelledScreen(s *edge.Screen, o *edge.Order, atWork bool) {
	s.Step, s.Actions = stepCancelled, []string{"ack", "help"}
	if atWork {
		s.Actions = append(s.Actions, "leave")
	}
	if s.Task == nil {
		s.Task = &edge.Task{Client: o.Client, Orders: []string{o.ID}, Carrier: o.Carrier}
	}
}

func taskOf(v View, w *edge.Work, room *screenRoom) {
	t := &room.task
	t.ID, t.Client, t.Orders, t.Zone = w.ID, w.Client, w.Orders, w.Zone
	o := v.State.orderOf(w)
	if o == nil {
		return
	}
	t.Carrier, t.Of = o.Carrier, len(o.Lines)
	if !o.Cutoff.IsZero() {
		t.Cutoff = &o.Cutoff // this version of the order never changes
	}
	if most := v.Policy.Pick.Pieces; w.Flow == edge.Pick && w.Mode == modeOrder && most > 0 {
		if n := (pieces(o) + most - 1) / most; n > 1 {
			t.Totes = n
		}
	}
	for _, id := range w.Orders[min(1, len(w.Orders)):] { // of a cluster
		if in := v.State.Order(w.Client, id); in != nil {
			t.Of += len(in.Lines)
			for _, l := range in.Lines {
				if w.Flow != edge.Pack && l.Open() == 0 || w.Flow == edge.Pack && packable(l) == 0 {
					t.Done++
				}
			}
		}
	}
	for _, l := range o.Lines {
		if w.Flow == edge.Pick && l.Open() == 0 || w.Flow == edge.Pack && packable(l) == 0 {
			t.Done++
		}
	}
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// idleScreen lists what can be started, and what begins work when scanned.
// What it expects and offers follows from the worker's roles alone: an order
// that comes in elsewhere must not make the button under a thumb outdated.
func idleScreen(v View, s *edge.Screen, worker string, roles []edge.Role) {
	st := v.State
	works, packs := false, false
	if hasRole(roles, edge.Picker) {
		works = true
		s.Expect = append(s.Expect, idleTote(v, worker))
		s.Work = picks(v, worker, s.Work)
		if n := st.waitingWaves(); n > 0 {
			s.Work = append(s.Work, edge.Waiting{Flow: edge.Put, Waiting: n})
		}
		if n := st.waitingCounts(); n > 0 {
			s.Work = append(s.Work, edge.Waiting{Flow: edge.Count, Waiting: n})
		}
		if n := st.waitingMoves(); n > 0 {
			s.Work = append(s.Work, edge.Waiting{Flow: edge.Replenish, Waiting: n})
		}
		s.Why = whyIdle(v, s.Work)
	}
	if hasRole(roles, edge.Packer) {
		works, packs = true, true
		if _, n := st.nextSingles(); n > 0 {
			s.Work = append(s.Work, edge.Waiting{Flow: edge.Pack, Mode: modeSingle, Waiting: n})
		}
		if n := st.toTake(); n > 0 {
			s.Work = append(s.Work, st.packRow(n))
		}
		if n := len(st.idx.aside); n > 0 {
			s.Work = append(s.Work, edge.Waiting{Flow: edge.Hospital, Waiting: n})
		}
	}
	if hasRole(roles, edge.Loader) {
		works = true
		idleLoad(v, s)
	}
	if hasRole(roles, edge.Returns) {
		works = true
		if n := st.idx.returns.len(); n > 0 {
			s.Work = append(s.Work, edge.Waiting{Flow: edge.Return, Waiting: n})
		}
	}
	if works {
		s.Actions = append(s.Actions, "start")
	}
	if packs {
		s.Actions = append(s.Actions, "reopen", "reprint", "void")
	}
	s.Actions = append(s.Actions, "help")
}

// picks lists what a picker may start. Rows of zones stand where the site picks by
// zones; of a mode where it is offered, or the WMS has sent a list of it. Each row
// names the cut-off of what start gives.
func picks(v View, worker string, out []edge.Waiting) []edge.Waiting {
	st, n := v.State, v.State.idx.pick.len()
	row := func(mode string, n int) {
		if o := v.firstOf(mode, worker); o != nil { // else all that is left of it waits: for its release, or a cell
			out = append(out, edge.Waiting{Flow: edge.Pick, Mode: mode, Waiting: n, Cutoff: timeOrNil(o.Cutoff)})
		}
	}
	if alone := n + v.given(modeOrder); alone > 0 {
		row(modeOrder, alone)
	}
	for _, z := range st.zones() {
		out = append(out, edge.Waiting{Flow: edge.Pick, Mode: modeOrder, Zone: z, Waiting: st.idx.zones[z].len(),
			Cutoff: timeOrNil(st.nextInZone(z).Cutoff)})
	}
	if l := v.given(modeCluster); l > 0 || n > 0 && v.Policy.Pick.Cluster > 1 {
		row(modeCluster, max(l, n))
	}
	if l := v.given(modeTotal); l > 0 || st.leftWave("", nil) != nil || n > 0 && v.Policy.Pick.Wave > 1 {
		row(modeTotal, max(1, l, n))
	}
	return out
}

// idleTote is the tote that the worker left with goods in it, or any free one.
func idleTote(v View, worker string) edge.Expect {
	st := v.State
	if ws := st.Worker(worker); ws != nil && ws.LeftOrder != "" {
		o := st.Order(ws.LeftClient, ws.LeftOrder)
		if o != nil && o.Stage == edge.StagePicking && o.Work == "" && o.Held == "" && len(o.Totes) > 0 {
			return edge.Expect{Kind: toteKind(v, o.Totes[len(o.Totes)-1]), Code: toteCode(v, o.Totes[len(o.Totes)-1])}
		}
	}
	return edge.Expect{Kind: "tote"}
}

func codeOr(code, id string) string {
	if code != "" {
		return code
	}
	return id
}

// itemExpect describes an article of a line.
func itemExpect(v View, client string, l *edge.Line, remaining int) edge.Expect {
	e := edge.Expect{Kind: "item", SKU: l.SKU, Line: l.ID, Location: l.Location, Remaining: remaining}
	r := v.sku(client, l.SKU)
	if r == nil {
		return e
	}
	e.Name, e.Variant, e.Code, e.Case = r.Name, r.Variant, itemCode(r), caseOf(r, remaining)
	return e
}

// caseOf is how many pieces the largest case of an article has of which no more
// than most are in it; 0 where there is none.
func caseOf(r *edge.SKURecord, most int) int {
	best := 0
	for _, b := range r.Barcodes {
		if b.Quantity > max(1, best) && b.Quantity <= most {
			best = b.Quantity
		}
	}
	return best
}

// itemCode is the article's first barcode that counts one piece.
func itemCode(r *edge.SKURecord) string {
	for _, b := range r.Barcodes {
		if b.Quantity <= 1 {
			return b.Code
		}
	}
	return ""
}

func pickScreen(v View, room *screenRoom, w *edge.Work) {
	s := &room.screen
	o, at := pickAt(v, w)
	s.Step = at.step
	line, menu := uint(menuLine), uint(0)
	if pickUndoes(w, at) {
		menu |= menuUndo
	}
	switch at.step {
	case stepHeld:
		if o != nil {
			s.Why = o.Held
		}
		s.Actions = v.State.room.pickActions(0)
		return
	case stepTote:
		ask, more := askTote(v.State, w)
		s.Expect = append(s.Expect, ask)
		menu |= more
	case stepDrop:
		if drop := v.Policy.Pick.Drop; drop != "" {
			s.Expect = append(s.Expect, edge.Expect{Kind: "location", Code: drop})
		} else {
			menu |= menuClose
		}
	case stepLocation:
		item := itemExpect(v, o.Client, at.line, at.line.Open())
		item.Kind, item.Code = "location", placeCode(v, at.line.Location)
		s.Expect = append(s.Expect, item)
		menu |= line
	case stepItem:
		l := at.line
		s.Expect = append(s.Expect, itemExpect(v, o.Client, l, l.Open()))
		if w.Mode == modeTotal {
			_, open, have, want := shares(v, w, l)
			s.Expect[0].Remaining = open
			room.quantity = edge.Quantity{Have: have, Want: want, Typing: typing(v, v.sku(o.Client, l.SKU), have, want)}
			s.Quantity = &room.quantity
			if menu |= line; s.Quantity.Typing {
				menu |= menuTyping
			}
			break
		}
		room.quantity = edge.Quantity{Have: l.Picked, Want: l.Wanted - l.Short, Typing: typing(v, v.sku(o.Client, l.SKU), l.Picked, l.Wanted)}
		s.Quantity = &room.quantity
		if menu |= line; s.Quantity.Typing {
			menu |= menuTyping
		}
	case stepInto:
		item := itemExpect(v, o.Client, at.line, at.line.Open())
		item.Kind, item.Code, item.Remaining = "tote", toteFor(w, o), w.Hand.Quantity
		s.Expect = append(s.Expect, item)
	case stepLot, stepSerial:
		menu |= menuCapture
		s.Expect = append(s.Expect, captureExpect(v, o, at, w.Hand))
	case stepEmpty:
		menu |= menuEmpty
		if _, l := v.State.emptied(w); l != nil {
			s.Lines = []edge.ScreenLine{asked(v, w.Client, l.SKU, l.Location)}
		}
	}
	s.Actions = v.State.room.pickActions(menu)
}

// captureExpect asks for a lot or a serial number. The lot that is to go first
// is named where it is known, until one is read: then its day is what is missing.
// What a serial's code is, nobody knows.
func captureExpect(v View, o *edge.Order, at pickPlace, h *edge.Hand) edge.Expect {
	e := itemExpect(v, o.Client, at.line, at.line.Open())
	e.Kind, e.Code = at.step, h.First
	if at.step == stepLot && h.Lot != "" {
		e.Code, e.Lot = "", h.Lot
	}
	return e
}
