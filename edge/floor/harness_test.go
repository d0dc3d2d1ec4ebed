package floor_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/edge/floor"
)

// tb is what tests and rapid checks have in common.
type tb interface {
	Helper()
	Fatalf(format string, args ...any)
}

// site is an engine without a disk: it decides, stamps, applies, and keeps every
// event's line, from which a second state is made as a restart would.
type site struct {
	t      tb
	live   *floor.State
	replay *floor.State
	cat    *catalogue.Snapshot
	pol    *edge.Policy
	now    time.Time
	seq    uint64
	ids    uint64
	rev    map[string]uint64
	key    map[string][16]byte
	roles  map[string][]edge.Role
	events []edge.Event
	last   []edge.Event // of the last message
	dec    floor.Decision
	deep   bool // compare hashes after every message
	sent   int  // messages decided

	badgeOnly bool // sessions are opened without a PIN

	twin   *site        // the other state of the same history: one is real, one to practise in
	before *site        // whose backup this one was restored from
	past   []edge.Event // of the epochs before this one
	known  *known
}

var seoul = time.FixedZone("", 9*3600)

func newSite(t tb) *site {
	t.Helper()
	x := &site{t: t, live: floor.NewState(), replay: floor.NewState(), cat: catalogue.New(),
		now: time.Date(2026, 11, 21, 9, 0, 0, 0, seoul), rev: map[string]uint64{}, key: map[string][16]byte{}, roles: map[string][]edge.Role{}}
	x.known = knownOf(x)
	x.pol = &edge.Policy{Site: "ICN1", Epoch: "e1", Zone: seoul, HashKey: []byte("k"),
		Pick:     edge.PickPolicy{Location: "mixed", Type: "afterFirst", TypeFrom: 4},
		Stations: []edge.Station{{Name: "pack-1", Printers: []string{"p1"}}, {Name: "pack-2", Printers: []string{"p2"}}}}
	x.catalogue(baseRecords()...)
	for _, p := range []string{"p1", "p2"} {
		x.print(edge.PrintReport{Stage: edge.StagePrinter, Printer: p, State: "ready"})
	}
	for i, c := range []string{"cj", "hanjin"} {
		x.record(&edge.WaybillRange{ID: "lease-" + c, Carrier: c, Client: "default", FirstSerial: 65000000000 + uint64(i)*1000000, Count: 100000, Epoch: "e1"})
	}
	return x
}

func baseRecords() []any {
	out := []any{
		&edge.ClientRecord{ID: "default", ShortPolicy: "partShip"},
		&edge.CarrierRecord{ID: "cj", Waybill: edge.WaybillFormat{Format: "cj"}, Cutoffs: []string{"12:00", "18:00"}},
		&edge.CarrierRecord{ID: "hanjin", Waybill: edge.WaybillFormat{Format: "hanjin"}, Cutoffs: []string{"16:00"}},
		&edge.TripRecord{ID: "cj-1", Carrier: "cj", Departs: "18:30"},
		&edge.DockRecord{ID: "D1", Barcode: "DOCK-D1", Carrier: "cj"},
		&edge.DockRecord{ID: "D2", Barcode: "DOCK-D2", Carrier: "hanjin"},
		&edge.ToteRange{ID: "t", First: "TOTE-00001", Last: "TOTE-00999"},
		&edge.BoxTypeRecord{ID: "B2", Barcode: "BOX-B2"},
	}
	for i := 1; i <= 6; i++ {
		out = append(out,
			&edge.LocationRecord{ID: fmt.Sprintf("L%d", i), Barcode: fmt.Sprintf("LOC-L%d", i), Sequence: i, Mixed: i == 5},
			&edge.SKURecord{Client: "default", ID: fmt.Sprintf("S%d", i), WeightGrams: 100, Name: edge.Text{"en": fmt.Sprintf("thing %d", i)},
				Barcodes: []edge.Barcode{{Code: fmt.Sprintf("EA-%d", i), Quantity: 1}, {Code: fmt.Sprintf("CS-%d", i), Quantity: 3}}})
	}
	return append(out, &edge.SKURecord{Client: "other", ID: "X1", Barcodes: []edge.Barcode{{Code: "EA-X1", Quantity: 1}, {Code: "EA-1", Quantity: 1}}})
}

func (x *site) catalogue(records ...any) {
	x.t.Helper()
	e := x.cat.Edit()
	for _, r := range records {
		if _, err := e.Put(r, false); err != nil {
			x.t.Fatalf("catalogue: %v", err)
		}
	}
	x.cat = e.Snapshot()
	x.send(&edge.Message{Kind: edge.Refreshed})
}

func (x *site) view(worker string) floor.View {
	return floor.View{State: x.live, Catalogue: x.cat, Policy: x.pol, Now: x.now, Rev: x.rev[worker]}
}

func (x *site) screen(worker string) *edge.Screen {
	s := floor.Screen(x.view(worker), worker, x.roles[worker])
	s.Rev = x.rev[worker]
	return s
}

func (x *site) nextID() edge.ID {
	x.ids++
	var r [10]byte
	for i := range 8 {
		r[9-i] = byte(x.ids >> (8 * i))
	}
	return edge.NewID(x.now, r)
}

// send decides one message the way the engine does.
func (x *site) send(m *edge.Message) edge.Verdict {
	x.t.Helper()
	x.now = x.now.Add(time.Second)
	x.sent++
	m.At = x.now
	person := m.Kind == edge.Scan || m.Kind == edge.Act
	if person && m.ID.IsZero() {
		m.ID = x.nextID()
	}
	m.Roles, m.Proven = x.roles[m.Worker], person && !x.badgeOnly
	before := ""
	if x.deep {
		before = x.hash(x.live)
	}
	undo := m.Action == "undo" || m.Kind == edge.Scan && m.Code == "UNDO"
	offered := undo && slices.Contains(x.screen(m.Worker).Actions, "undo")
	x.dec = floor.Decide(x.view(m.Worker), m)
	if v := x.dec.Verdict; undo && (v.OK && !offered || v.Say.Key == "undo.nothing" && offered && m.Args.Of == "") {
		x.t.Fatalf("undo offered: %v, done: %v, of %+v: %+v", offered, v.OK, m, x.screen(m.Worker))
	}
	if x.deep && before != x.hash(x.live) {
		x.t.Fatalf("Decide changed the state")
	}
	x.last = nil
	if x.deep && x.seq%3 == 0 {
		x.tryAndDrop(m, before)
	}
	x.live.BeginMessage()
	for _, e := range x.dec.Events {
		x.seq++
		e.Seq, e.At, e.Device, e.Worker, e.Practice = x.seq, x.now, "pda", m.Worker, x.live.Practice()
		if person {
			e.Scan = m.ID
		}
		if err := floor.Apply(x.live, &e); err != nil {
			x.t.Fatalf("apply: %v after %s", err, e.AppendLine(nil))
		}
		x.last = append(x.last, e)
		x.known.take(x.t, &e)
		line := e.AppendLine(nil)
		back, err := edge.ParseEvent(line)
		if err != nil {
			x.t.Fatalf("parse %s: %v", line, err)
		}
		if err := floor.Apply(x.replay, &back); err != nil {
			x.t.Fatalf("replay: %v", err)
		}
	}
	x.live.AcceptMessage()
	x.live.CommitBatch()
	x.replay.AcceptMessage()
	x.replay.CommitBatch()
	x.events = append(x.events, x.last...)
	if x.twin != nil {
		x.twin.hear(x.last)
	}
	x.checkMessage(m, person)
	x.checkScreens(m.Worker)
	return x.dec.Verdict
}

// tryAndDrop applies the decision and takes it back, as a message and as a
// batch: nothing may be left of it.
func (x *site) tryAndDrop(m *edge.Message, before string) {
	x.t.Helper()
	for _, batch := range []bool{false, true} {
		x.live.BeginMessage()
		for i, e := range x.dec.Events {
			e.Seq, e.At, e.Worker, e.Scan, e.Practice = x.seq+uint64(i)+1, x.now, m.Worker, m.ID, x.live.Practice()
			if err := floor.Apply(x.live, &e); err != nil {
				x.t.Fatalf("apply: %v", err)
			}
		}
		if batch {
			x.live.AcceptMessage()
			x.live.DropBatch()
		} else {
			x.live.DropMessage()
		}
		if x.hash(x.live) != before {
			x.t.Fatalf("dropped changes stayed")
		}
	}
	if c := x.live.CommitBatch(); len(c) != 0 {
		x.t.Fatalf("%d changes of dropped messages", len(c))
	}
}

func (x *site) hash(s *floor.State) string {
	x.t.Helper()
	h, err := s.Hash()
	if err != nil {
		x.t.Fatalf("hash: %v", err)
	}
	return h
}

func (x *site) checkMessage(m *edge.Message, person bool) {
	x.t.Helper()
	v := x.dec.Verdict
	if v.OK != v.Code.Positive() || v.Code == "" {
		x.t.Fatalf("verdict %+v", v)
	}
	if x.deep && x.hash(x.live) != x.hash(x.replay) {
		x.t.Fatalf("live state differs from replay after %+v %s", m, x.kinds())
	}
	if !person {
		return
	}
	if v.Say.Key == "" {
		x.t.Fatalf("verdict says nothing: %+v", v)
	}
	refused := slices.ContainsFunc(x.last, func(e edge.Event) bool { return e.Type == edge.EvRefused })
	switch {
	case len(x.last) == 0:
		x.t.Fatalf("no event for %+v", m)
	case v.OK && refused, !v.OK && (len(x.last) != 1 || !refused):
		x.t.Fatalf("verdict %+v with events %s", v, x.kinds())
	}
}

// checkScreens holds that every screen that changed was named, and that every
// screen keeps the contract.
func (x *site) checkScreens(worker string) {
	x.t.Helper()
	for w := range x.roles {
		s := floor.Screen(x.view(w), w, x.roles[w])
		k := floor.Key(s)
		if x.key[w] == k {
			continue
		}
		if _, seen := x.key[w]; seen && w != worker && !slices.Contains(x.dec.Touched, w) && !slices.Contains(x.dec.Touched, floor.Everyone) {
			x.t.Fatalf("screen of %s changed untold by %s: %+v", w, x.kinds(), s)
		}
		x.key[w] = k
		x.rev[w]++
		x.checkScreen(s)
	}
}

func (x *site) checkScreen(s *edge.Screen) {
	x.t.Helper()
	if len(s.Expect) > 20 {
		x.t.Fatalf("%d expected", len(s.Expect))
	}
	waits := s.Step == "held" || s.Step == "noNumber" || s.Flow == edge.Load && slices.Contains(s.Actions, "close")
	if s.Flow != edge.Idle && len(s.Expect) == 0 && !waits && !slices.Contains(s.Actions, "close") && !slices.Contains(s.Actions, "leave") {
		x.t.Fatalf("nothing to do: %+v", s)
	}
	if s.Flow == edge.Idle && slices.Contains(s.Actions, "close") {
		x.t.Fatalf("close on idle")
	}
	for _, e := range s.Expect {
		switch {
		case s.Flow == edge.Idle && e.Kind != "tote" && e.Kind != "cell" && e.Kind != "dock":
			x.t.Fatalf("idle expects %+v", e)
		case e.Code == "" && e.Kind != "tote" && e.Kind != "weight" && e.Kind != "lot" && e.Kind != "serial" && !(e.Kind == "waybill" && s.Step != "waybill"):
			x.t.Fatalf("expected without code: %+v", e)
		case e.Kind == "waybill" && e.Code != "" && s.Flow != edge.Return && !x.printed(e.Code): // a returned parcel's is its carrier's
			x.t.Fatalf("code of a label that is not printed: %+v", e)
		}
	}
}

// printed tells from raw events whether a number's label is known to be paper.
func (x *site) printed(number string) bool {
	yes := x.before != nil && x.before.printed(number)
	for _, e := range x.events {
		if w, ok := e.Data.(*edge.WaybillEvent); ok && w.Waybill == number && e.Type == edge.EvBound && e.Manual {
			yes = true // written by hand
		}
		if l, ok := e.Data.(*edge.LabelEvent); ok && l.Waybill == number && (e.Type == edge.EvLabelPrinted || e.Type == edge.EvLabelSettled && l.Outcome == "yes") {
			yes = true
		}
	}
	return yes
}

func (x *site) kinds() string {
	var out []string
	for _, e := range x.last {
		out = append(out, string(e.Type))
	}
	return strings.Join(out, " ")
}

func (x *site) scan(worker, code string) edge.Verdict {
	x.t.Helper()
	return x.send(&edge.Message{Kind: edge.Scan, Worker: worker, Code: code})
}

func (x *site) act(worker, action string, a edge.Args) edge.Verdict {
	x.t.Helper()
	return x.send(&edge.Message{Kind: edge.Act, Worker: worker, Action: action, Args: a, Rev: x.rev[worker]})
}

// ask sends what no screen has a button for.
func (x *site) ask(worker string, body any) edge.Verdict {
	x.t.Helper()
	return x.send(&edge.Message{Kind: edge.Act, Worker: worker, Body: body})
}

func (x *site) record(body any) edge.Verdict {
	x.t.Helper()
	return x.send(&edge.Message{Kind: edge.Record, Body: body})
}

func (x *site) print(r edge.PrintReport) edge.Verdict {
	x.t.Helper()
	return x.send(&edge.Message{Kind: edge.Print, Body: &r})
}

// hire makes a worker who sees a screen.
func (x *site) hire(worker string, roles ...edge.Role) {
	x.roles[worker] = roles
	x.checkScreens(worker)
}

// line is one line of an order in short: SKU and location share a number.
type line struct{ sku, quantity int }

func order(id, carrier string, lines ...line) *edge.OrderRecord {
	r := &edge.OrderRecord{ID: id, Client: "default", Carrier: carrier, Hash: "h" + id, RecipientRef: "r" + id, RecipientVersion: 1}
	for i, l := range lines {
		r.Lines = append(r.Lines, edge.OrderLine{Line: fmt.Sprint(i + 1), SKU: fmt.Sprintf("S%d", l.sku), Quantity: l.quantity,
			Location: fmt.Sprintf("L%d", l.sku)})
	}
	return r
}

// label plays the printer for the box that waits for its label.
func (x *site) label(box string) string {
	x.t.Helper()
	v := x.print(edge.PrintReport{Stage: edge.StageIntent, Box: box, Printer: "p1", RecipientVersion: 1, Hash: "ab"})
	if !v.OK {
		x.t.Fatalf("intent: %+v", v)
	}
	x.print(edge.PrintReport{Stage: edge.StageSent, Box: box, Attempt: v.Answer})
	x.print(edge.PrintReport{Stage: edge.StagePrinted, Box: box, Attempt: v.Answer, Evidence: "bufferEmpty"})
	return v.Answer
}

// does what the screen asks for until the worker is idle; totes come from next.
func (x *site) follow(worker string, tote func() string) {
	x.t.Helper()
	for range 20000 {
		s := x.screen(worker)
		switch {
		case s.Flow == edge.Idle:
			return
		case s.Step == "printing":
			x.label(s.Box)
		case s.Step == "weight":
			x.act(worker, "override", edge.Args{ByLead: "lead", Reason: "test"})
		case len(s.Expect) == 0:
			a := edge.Args{}
			if v := x.act(worker, "close", a); !v.OK {
				x.t.Fatalf("close: %+v on %+v", v, s)
			}
		case s.Expect[0].Kind == "tote" && s.Expect[0].Code == "":
			x.scan(worker, tote())
		default:
			if v := x.scan(worker, s.Expect[0].Code); !v.OK {
				x.t.Fatalf("%q refused: %+v on %+v", s.Expect[0].Code, v, s)
			}
		}
	}
	x.t.Fatalf("never idle: %+v", x.screen(worker))
}
