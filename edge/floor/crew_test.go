package floor_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/edge"
)

// oracle counts from raw events alone.
type oracle struct {
	wanted, picked, short, packed map[string]int // by order/line
	waybills                      map[string]string
	live                          map[string]string // box -> number
	changes                       map[string]int
	loaded                        map[string]bool
	boxes                         map[string]int // of an order, on trucks
	bound                         map[string]bool
	intents, grants               map[string]int // by waybill
	attempts                      map[string]bool
	orders                        map[string]string         // number -> order
	inBox                         map[string]map[string]int // box -> order -> pieces
	cancelled                     map[string]bool
	leases                        map[string]*edge.LeaseEvent
	spent                         map[string]uint64 // serials of a lease that stand in events
	out                           *outOracle
	byHand                        map[string]bool // "lease serial" that paper took out of its turn
	back                          map[string]int  // by order/line: pieces that are to be brought back
}

func checkEvents(t tb, events []edge.Event) *oracle {
	t.Helper()
	o := &oracle{wanted: map[string]int{}, picked: map[string]int{}, short: map[string]int{}, packed: map[string]int{},
		waybills: map[string]string{}, live: map[string]string{}, changes: map[string]int{}, loaded: map[string]bool{}, boxes: map[string]int{},
		bound: map[string]bool{}, intents: map[string]int{}, grants: map[string]int{}, attempts: map[string]bool{}, orders: map[string]string{},
		inBox: map[string]map[string]int{}, cancelled: map[string]bool{},
		leases: map[string]*edge.LeaseEvent{}, spent: map[string]uint64{}, byHand: map[string]bool{}, back: map[string]int{}, out: newOutOracle()}
	var at int64
	var scan edge.ID
	done := map[edge.ID]bool{}
	for i := range events {
		e := &events[i]
		if e.Seq != uint64(i+1) || e.At.UnixMilli() < at {
			t.Fatalf("event %d: seq %d", i, e.Seq)
		}
		at = e.At.UnixMilli()
		if e.Scan != scan {
			if done[e.Scan] && !e.Scan.IsZero() {
				t.Fatalf("events of a scan are not contiguous")
			}
			done[scan] = true
			scan = e.Scan
		}
		o.take(t, e)
	}
	for k := range o.picked {
		if o.picked[k] < 0 || o.packed[k] < 0 || o.packed[k] > o.picked[k] || o.short[k] < 0 {
			t.Fatalf("%q: picked %d packed %d short %d", k, o.picked[k], o.packed[k], o.short[k])
		}
	}
	return o
}

func (o *oracle) take(t tb, e *edge.Event) {
	t.Helper()
	k := func(line string) string { return e.Order + "/" + line }
	o.out.take(t, e)
	switch d := e.Data.(type) {
	case *edge.OrderReceived:
		o.loaded[e.Order], o.cancelled[e.Order], o.boxes[e.Order] = false, false, 0 // an id may come back once the old order has left the state
		for _, m := range []map[string]int{o.wanted, o.picked, o.short, o.packed, o.back} {
			maps.DeleteFunc(m, func(key string, _ int) bool { return strings.HasPrefix(key, k("")) })
		}
		for _, l := range d.Lines {
			o.wanted[k(l.Line)] = l.Quantity
		}
	case *edge.OrderChanged:
		for _, l := range d.Lines {
			if o.wanted[k(l.Line)] = l.Quantity; d.Repick {
				o.short[k(l.Line)] = 0
			}
		}
		if d.Kind == "readdress" && d.RecipientVersion != 0 {
			maps.DeleteFunc(o.bound, func(number string, _ bool) bool { return o.orders[number] == e.Order }) // its labels are old
		}
		if d.Cancelled || d.Apart {
			o.cancelled[e.Order] = o.cancelled[e.Order] || d.Cancelled
			o.unbindShared(e.Order)
		}
		if d.Change != "" {
			if o.changes[d.Change]++; o.changes[d.Change] > 1 {
				t.Fatalf("two events for change %s", d.Change)
			}
		}
		if e.Type == edge.EvCancelTooLate && (d.Truck == "" || !o.loaded[e.Order]) {
			t.Fatalf("too late, but nothing is loaded")
		}
		if e.Type == edge.EvCancelStopped && o.loaded[e.Order] {
			t.Fatalf("stopped, but a box is loaded")
		}
	case *edge.PickEvent:
		o.picked[k(d.Line)] += d.Quantity
		o.short[k(d.Line)] += d.Missing
		if e.Type == edge.EvPicked && o.picked[k(d.Line)] > o.wanted[k(d.Line)] {
			t.Fatalf("picked more than wanted: %s", k(d.Line))
		}
	case *edge.StockEvent:
		if e.Type == edge.EvReplenish && (d.Reason == "cancelled" || d.Reason == "surplus") && d.Line != "" {
			if o.back[k(d.Line)] += d.Quantity; o.back[k(d.Line)] > o.picked[k(d.Line)] {
				t.Fatalf("%s: %d pieces go back of %d", k(d.Line), o.back[k(d.Line)], o.picked[k(d.Line)])
			}
		}
	case *edge.PackItem:
		o.packed[k(d.Line)] += d.Quantity
		if o.inBox[d.Box] == nil {
			o.inBox[d.Box] = map[string]int{}
		}
		o.inBox[d.Box][e.Order] += d.Quantity
		if d.Quantity > 0 && o.packed[k(d.Line)] > min(o.picked[k(d.Line)], o.wanted[k(d.Line)]) {
			t.Fatalf("packed what was not picked or wanted: %s", k(d.Line))
		}
	case *edge.BoxEvent:
		if e.Type == edge.EvBoxReopened {
			delete(o.bound, d.Waybill)
		}
	case *edge.LeaseEvent:
		if e.Type == edge.EvLeaseAdded {
			o.leases[d.Lease] = d
		}
	case *edge.WaybillEvent:
		o.serial(t, e, d)
		o.waybill(t, e, d)
	case *edge.LabelEvent:
		o.label(t, e, d)
	case *edge.StepConfirmed:
		if d.Kind == "reprint" || d.Kind == "destroyed" {
			o.grants[o.live[d.Box]]++
			delete(o.bound, o.live[d.Box]) // in the hospital: the old label is out of force
		}
	case *edge.BoxLoaded:
		if !o.bound[d.Waybill] || o.live[d.Box] != d.Waybill {
			t.Fatalf("loaded without a bound label")
		}
		change := 1
		if e.Type == edge.EvBoxUnloaded {
			change = -1
		}
		on := map[string]bool{e.Order: true}
		for order, n := range o.inBox[d.Box] {
			if n > 0 && o.cancelled[order] && change > 0 {
				t.Fatalf("goods of cancelled %s on a truck", order)
			}
			on[order] = on[order] || n > 0
		}
		for order := range on {
			o.boxes[order] += change
			o.loaded[order] = o.boxes[order] > 0
		}
	}
}

// unbindShared takes the labels of boxes that an order shares out of force.
func (o *oracle) unbindShared(order string) {
	for box, in := range o.inBox {
		for other, n := range in {
			if other != order && n > 0 && in[order] > 0 {
				delete(o.bound, o.live[box])
			}
		}
	}
}

// serial holds that the serials of a lease stand in events one after the other:
// none is lost without a record. What paper took stands before its turn, once.
func (o *oracle) serial(t tb, e *edge.Event, d *edge.WaybillEvent) {
	t.Helper()
	if d.Lease == "" || e.Type == edge.EvVoided {
		return
	}
	l := o.leases[d.Lease]
	key := func(serial uint64) string { return fmt.Sprint(d.Lease, " ", serial) }
	if l != nil && e.Manual {
		if o.byHand[key(d.Serial)] || d.Serial < l.FirstSerial+o.spent[d.Lease] || d.Serial >= l.FirstSerial+l.Count {
			t.Fatalf("I3: serial %d of lease %s by paper, after %d of them", d.Serial, d.Lease, o.spent[d.Lease])
		}
		o.byHand[key(d.Serial)] = true
		return
	}
	for l != nil && o.byHand[key(l.FirstSerial+o.spent[d.Lease])] {
		o.spent[d.Lease]++
	}
	if l == nil || d.Serial != l.FirstSerial+o.spent[d.Lease] || o.spent[d.Lease] == l.Count {
		t.Fatalf("I3: serial %d of lease %s after %d of them", d.Serial, d.Lease, o.spent[d.Lease])
	}
	o.spent[d.Lease]++
}

func (o *oracle) waybill(t tb, e *edge.Event, d *edge.WaybillEvent) {
	t.Helper()
	switch e.Type {
	case edge.EvAssigned:
		if box, used := o.waybills[d.Waybill]; used || o.live[d.Box] != "" {
			t.Fatalf("I3: %s on %s and %s", d.Waybill, box, d.Box)
		}
		o.waybills[d.Waybill], o.live[d.Box], o.orders[d.Waybill] = d.Box, d.Waybill, e.Order
	case edge.EvBurnt:
		if o.waybills[d.Waybill] != d.Box || o.orders[d.Waybill] != e.Order {
			t.Fatalf("I3: %s burnt for %s, it is on %s", d.Waybill, d.Box, o.waybills[d.Waybill])
		}
	case edge.EvVoided:
		delete(o.bound, d.Waybill)
		delete(o.live, d.Box)
	case edge.EvBound:
		if o.live[d.Box] != d.Waybill || o.bound[d.Waybill] || !e.Manual && (o.intents[d.Waybill] == 0 || !o.attempts[d.Attempt]) {
			t.Fatalf("bound %s of %s without a label", d.Waybill, d.Box)
		}
		o.bound[d.Waybill] = true
	}
}

func (o *oracle) label(t tb, e *edge.Event, d *edge.LabelEvent) {
	t.Helper()
	switch e.Type {
	case edge.EvLabelIntent:
		if o.attempts[d.Attempt] {
			t.Fatalf("attempt %s twice", d.Attempt)
		}
		o.attempts[d.Attempt] = true
		if o.intents[d.Waybill]++; o.intents[d.Waybill] > 1+o.grants[d.Waybill] {
			t.Fatalf("I6: %d labels of %s with %d grants", o.intents[d.Waybill], d.Waybill, o.grants[d.Waybill])
		}
	case edge.EvLabelFailed:
		o.intents[d.Waybill]--
	case edge.EvLabelSettled:
		if d.Outcome == "no" {
			o.grants[d.Waybill]++
		}
	}
}

// chaos draws what happens next on the floor.
type chaos struct {
	*rapid.T
	x       *site
	orders  int
	changes int
}

var people = []string{"p", "p2", "k", "k2", "l", "l2", "r", "all"}

// sensible does what the screen of a worker asks for.
func (c *chaos) sensible(w string) {
	s := c.x.screen(w)
	switch {
	case c.outboundSensible(w, s):
	case s.Step == "cancelled":
		c.x.act(w, "ack", edge.Args{})
	case s.Step == "inDoubt" || s.Step == "waybill" && rapid.IntRange(0, 4).Draw(c.T, "again") == 0:
		action := rapid.SampledFrom([]string{"printed", "printed", "reprint", "void"}).Draw(c.T, "doubt")
		c.x.act(w, action, edge.Args{Outcome: rapid.SampledFrom([]string{"yes", "no"}).Draw(c.T, "outcome"), Attempt: s.Task.Attempt, Box: s.Box})
	case s.Step == "lot" || s.Step == "serial":
		c.x.scan(w, rapid.SampledFrom([]string{"A1", "B2", "ZZ", "SN-1", "SN-2", "SN-3", "]C11727013110A1", "]C117270630"}).Draw(c.T, "capture"))
	case s.Step == "cell" && rapid.IntRange(0, 5).Draw(c.T, "full") == 0:
		c.x.act(w, "addTote", edge.Args{})
	case s.Step == "tote" && s.Expect[0].Zone != "" && rapid.IntRange(0, 3).Draw(c.T, "nowhere") == 0:
		c.x.act(w, rapid.SampledFrom([]string{"skip", "leave"}).Draw(c.T, "unfetched"), edge.Args{})
	case s.Step == "empty":
		c.x.act(w, "empty", edge.Args{Outcome: rapid.SampledFrom([]string{"yes", "no"}).Draw(c.T, "outcome")})
	case s.Step == "count":
		n := rapid.IntRange(0, 4).Draw(c.T, "counted")
		c.x.act(w, "count", edge.Args{N: &n})
	case s.Step == "item" && s.Flow == edge.Pick && rapid.IntRange(0, 7).Draw(c.T, "gone") == 0:
		c.x.act(w, "short", edge.Args{Reason: rapid.SampledFrom([]string{"none", "damaged"}).Draw(c.T, "why")})
	case s.Step == "weight":
		c.x.act(w, "weight", edge.Args{Grams: fmt.Sprint(rapid.SampledFrom([]int{100, 300, 500, 9000}).Draw(c.T, "grams"))})
		c.x.act(w, "override", edge.Args{ByLead: "lead", Reason: "sure"})
	case (s.Flow == edge.Put || s.Mode == "single" || s.Mode == "total") && rapid.IntRange(0, 9).Draw(c.T, "down") == 0:
		c.x.act(w, rapid.SampledFrom([]string{"close", "leave", "undo"}).Draw(c.T, "how"), edge.Args{})
	case s.Quantity != nil && s.Quantity.Typing && rapid.Bool().Draw(c.T, "type"):
		n := rapid.IntRange(0, s.Quantity.Want).Draw(c.T, "typed")
		c.x.act(w, "quantity", edge.Args{N: &n})
	case s.Flow == edge.Idle && len(s.Work) > 0 && rapid.Bool().Draw(c.T, "start"):
		wk := rapid.SampledFrom(s.Work).Draw(c.T, "work")
		c.x.act(w, "start", edge.Args{Flow: wk.Flow, Mode: wk.Mode, Zone: wk.Zone})
	case len(s.Expect) > 0 && s.Expect[0].Code != "":
		c.x.scan(w, rapid.SampledFrom(s.Expect).Draw(c.T, "expect").Code)
	case len(s.Expect) > 0 && s.Expect[0].Kind == "tote":
		c.x.scan(w, fmt.Sprintf("TOTE-%05d", rapid.IntRange(1, 12).Draw(c.T, "tote")))
	case len(s.Expect) > 0 && s.Expect[0].Kind == "waybill":
		if b := c.x.live.Box(s.Box); b != nil && rapid.Bool().Draw(c.T, "blind") {
			c.x.scan(w, b.Waybill) // the label lies there before anybody said so
		}
	case slices.Contains(s.Actions, "close"):
		c.x.act(w, "close", edge.Args{Reason: rapid.SampledFrom([]string{"", "full"}).Draw(c.T, "reason")})
	}
}

// wild scans or presses anything.
func (c *chaos) wild(w string) {
	if rapid.Bool().Draw(c.T, "press") {
		n := rapid.IntRange(-1, 6).Draw(c.T, "n")
		action := rapid.SampledFrom([]string{"start", "quantity", "short", "skip", "undo", "ack", "help", "close", "addTote", "weight",
			"reprint", "void", "printed", "override", "leave", "confirm", "confirm", "empty", "count", "unload", "reopen", "reopen", "handOver", "handOver", "vehicle", "grade", "dance"}).Draw(c.T, "action")
		a := edge.Args{N: &n, Found: &n, Outcome: rapid.SampledFrom([]string{"yes", "no", ""}).Draw(c.T, "outcome"), Grams: "100",
			Reason: rapid.SampledFrom([]string{"", "unreadable", "fefo", "damaged", "blocked"}).Draw(c.T, "reason"), Text: rapid.SampledFrom([]string{"", "A1", "SN-4", "S1"}).Draw(c.T, "text"),
			Zone:  rapid.SampledFrom([]string{"", "", "A", "B"}).Draw(c.T, "zone"),
			Box:   fmt.Sprintf("B-%d", rapid.IntRange(1, 4).Draw(c.T, "opened")),
			Grade: rapid.SampledFrom([]string{"good", "defect", "?"}).Draw(c.T, "grade"), Mode: rapid.SampledFrom([]string{"", "", "container"}).Draw(c.T, "mode"),
			Flow: rapid.SampledFrom([]edge.Flow{edge.Pick, edge.Pack, edge.Load, edge.Load, edge.Count, edge.Replenish, edge.Put, edge.Return, edge.Hospital, ""}).Draw(c.T, "flow")}
		if rapid.Bool().Draw(c.T, "stale") {
			c.x.send(&edge.Message{Kind: edge.Act, Worker: w, Action: action, Args: a, Rev: 999999})
			return
		}
		c.x.act(w, action, a)
		return
	}
	codes := []string{"EA-1", "CS-2", "EA-X1", "LOC-L5", "LOC-L1", "DOCK-D1", "DOCK-D2", "BOX-B2", "TOTE-00003", "nonsense", "\xff\x00", "650000000001",
		gs1Of("1727013110A1"), gs1Of("1727063010B2"), gs1Of("10A1"), "]C110A1\x1d21SN-1", "]C11727063010B2", gtin7, "EA-8", "EA-9", "LOC-L9", "SN-1", "CELL-W1-1", "W1-3",
		"CAGE-01", "CAGE-02", "CAGE-03", "00380123450000000015", "VEHICLE:cj:1234", "LOC-Q1", "LOC-U1", "GRADE-good", "RET-1", "R-00-2", "B-1", "B-2"}
	for _, e := range c.x.events {
		if a, ok := e.Data.(*edge.WaybillEvent); ok && e.Type == edge.EvAssigned {
			codes = append(codes, a.Waybill)
		}
	}
	c.x.scan(w, rapid.SampledFrom(codes).Draw(c.T, "code"))
}

func (c *chaos) order() {
	c.orders++
	n := rapid.IntRange(1, 3).Draw(c.T, "lines")
	var lines []line
	for range n {
		lines = append(lines, line{rapid.IntRange(1, 9).Draw(c.T, "sku"), rapid.IntRange(1, 5).Draw(c.T, "pieces")})
	}
	r := order(fmt.Sprintf("o%d", c.orders), rapid.SampledFrom([]string{"cj", "cj", "cj-dawn", "hanjin", "nobody"}).Draw(c.T, "carrier"), lines...)
	r.ShortPolicy = rapid.SampledFrom([]string{"", "", "wait", "cancelLine", "hold"}).Draw(c.T, "short")
	r.WaitMinutes = 10
	if rapid.IntRange(0, 3).Draw(c.T, "gift") == 0 {
		r.Extras = []edge.Extra{{Kind: "gift", SKU: "S2", OnMissing: rapid.SampledFrom([]string{"skip", "hold"}).Draw(c.T, "onMissing")}, {Kind: "card", SKU: "CARD"}}
	}
	r.Priority = rapid.IntRange(0, 2).Draw(c.T, "priority")
	if key := rapid.SampledFrom([]string{"", "", "a", "b"}).Draw(c.T, "together"); key != "" && r.Carrier != "nobody" {
		r.Consolidate, r.Together = key, "keyed "+key
	}
	r.Route = rapid.SampledFrom([]string{"", "", "SOUTH", "NORTH"}).Draw(c.T, "route")
	if rapid.IntRange(0, 5).Draw(c.T, "own") == 0 {
		r.Waybill = fmt.Sprintf("OWN%s%d", strings.TrimSuffix(r.Carrier, "-dawn"), rapid.IntRange(1, 3).Draw(c.T, "number"))
	}
	c.x.record(r)
	if rapid.IntRange(0, 9).Draw(c.T, "again") == 0 {
		again := order(fmt.Sprintf("o%d", rapid.IntRange(1, c.orders).Draw(c.T, "which")), "cj", line{1, 1})
		again.Hash = fmt.Sprint("again", c.orders)
		c.x.record(again)
	}
}

func (c *chaos) change() {
	if c.orders == 0 {
		return
	}
	c.changes++
	n := rapid.IntRange(0, 4).Draw(c.T, "to")
	r := &edge.OrderChange{ID: fmt.Sprintf("c%d", c.changes), Rev: int64(c.changes), Client: "default", Reason: "asked",
		Order:  fmt.Sprintf("o%d", rapid.IntRange(1, c.orders).Draw(c.T, "order")),
		Change: rapid.SampledFrom([]string{"cancel", "cancelLine", "reduceLine", "hold", "release", "release", "readdress", "recarrier", "priority", "split"}).Draw(c.T, "change"),
		Line:   fmt.Sprint(rapid.IntRange(1, 3).Draw(c.T, "line")), Quantity: &n, Carrier: "hanjin", Priority: &n, RecipientVersion: 2, Routed: n > 1,
		Together: rapid.SampledFrom([]string{"", "", "keyed a"}).Draw(c.T, "there")}
	c.x.record(r)
	before := len(c.x.events)
	if v := c.x.record(r); len(c.x.events) != before && v.Code == edge.Unchanged {
		c.Fatalf("a repeated change wrote something")
	}
}

// list sends a list of orders, known and not, or plans one.
func (c *chaos) list() {
	r := &edge.PickList{Client: rapid.SampledFrom([]string{"", "default"}).Draw(c.T, "listClient")}
	for range rapid.IntRange(1, 4).Draw(c.T, "listed") {
		r.Orders = append(r.Orders, fmt.Sprintf("o%d", rapid.IntRange(1, c.orders+2).Draw(c.T, "on")))
	}
	r.Mode = rapid.SampledFrom([]string{"cluster", "total", "total", ""}).Draw(c.T, "listMode")
	if rapid.Bool().Draw(c.T, "planned") {
		before := len(c.x.events)
		if v := c.x.send(&edge.Message{Kind: edge.Plan, Body: r}); v.OK != (len(c.x.events) > before) {
			c.Fatalf("a plan %+v with %s", v, c.x.kinds())
		}
		return
	}
	r.PickListReceived.PickList = rapid.SampledFrom([]string{"PL-1", "PL-2", "L-1"}).Draw(c.T, "listID")
	if rapid.IntRange(0, 2).Draw(c.T, "later") == 0 {
		r.ReleaseAt = c.x.now.Add(time.Duration(rapid.IntRange(-5, 30).Draw(c.T, "releaseAt")) * time.Minute)
	}
	c.x.record(r)
}

// printer moves one box's label on, in any way that a printer may.
func (c *chaos) printer() {
	var boxes []*edge.Box
	c.x.live.EachBox(func(b *edge.Box) {
		if (b.Closed || b.Planned) && b.Bound == "" {
			boxes = append(boxes, b)
		}
	})
	if len(boxes) == 0 {
		p := rapid.SampledFrom([]string{"ready", "noPaper"}).Draw(c.T, "state")
		c.x.print(edge.PrintReport{Stage: edge.StagePrinter, Printer: "p1", State: p})
		return
	}
	b := rapid.SampledFrom(boxes).Draw(c.T, "box")
	stage := rapid.SampledFrom([]edge.Stage{edge.StageIntent, edge.StageIntent, edge.StageSent, edge.StagePrinted, edge.StagePrinted,
		edge.StageFailed, edge.StageInDoubt, edge.StageRenumber, edge.StageCannot}).Draw(c.T, "stage")
	r := edge.PrintReport{Stage: stage, Box: b.ID, Printer: "p1", Attempt: b.Print.Attempt}
	if stage == edge.StageIntent || stage == edge.StageCannot {
		r.Attempt = b.Print.NextAttempt
	}
	if stage == edge.StageCannot {
		r.Error, r.Field = "glyph", rapid.SampledFrom([]string{"name", "address"}).Draw(c.T, "field")
	}
	if stage == edge.StageRenumber && b.Print.CleanFirst == "" {
		return
	}
	c.x.print(r)
}

func (c *chaos) step() {
	w := rapid.SampledFrom(people).Draw(c.T, "worker")
	switch n := rapid.IntRange(0, 21).Draw(c.T, "what"); {
	case n > 19:
		c.shift()
	case n < 10:
		c.sensible(w)
	case n < 12:
		c.wild(w)
	case n < 15:
		c.printer()
	case n < 17:
		c.order()
	case n < 18 && rapid.Bool().Draw(c.T, "outside"):
		c.outboundStep()
	case n < 18 && rapid.Bool().Draw(c.T, "ask"):
		c.change()
	case n == 17 && rapid.Bool().Draw(c.T, "list"):
		c.list()
	case n == 18 && rapid.Bool().Draw(c.T, "stock"):
		sku, at := rapid.IntRange(1, 9).Draw(c.T, "of"), rapid.IntRange(1, 9).Draw(c.T, "at")
		lot := rapid.SampledFrom([][2]string{{"", ""}, {"A1", "2027-01-31"}, {"B2", "2027-06-30"}}).Draw(c.T, "lot")
		stock(c.x, fmt.Sprintf("S%d", sku), fmt.Sprintf("L%d", at), lot[0], lot[1], rapid.IntRange(0, 6).Draw(c.T, "pieces"))
	case n == 18:
		loc := fmt.Sprintf("L%d", rapid.IntRange(1, 6).Draw(c.T, "loc"))
		c.x.catalogue(&edge.LocationRecord{ID: loc, Barcode: "LOC-" + loc, Sequence: rapid.IntRange(1, 9).Draw(c.T, "seq"), Mixed: rapid.Bool().Draw(c.T, "mixed")},
			&edge.CarrierRecord{ID: "cj", Waybill: edge.WaybillFormat{Format: "cj"}, Cutoffs: []string{"12:00", "18:00"}})
		moment(c.T, c.x)
	default:
		if rapid.IntRange(0, 9).Draw(c.T, "jump") == 0 {
			c.later()
		}
		c.x.send(&edge.Message{Kind: edge.Tick})
	}
}

// headStart works some orders up to a stage, so that the chaos begins there.
func (c *chaos) headStart() {
	next := totes()
	for range rapid.IntRange(0, 3).Draw(c.T, "packed") {
		c.stage(edge.Pick, "p", next)
		c.stage(edge.Pack, "k", next)
	}
	for range rapid.IntRange(0, 2).Draw(c.T, "picked") {
		c.stage(edge.Pick, "p", next)
	}
	c.begin(next)
}

func (c *chaos) stage(f edge.Flow, worker string, next func() string) {
	if f == edge.Pick {
		c.orders++
		r := order(fmt.Sprintf("o%d", c.orders), "cj", line{1, 2}, line{rapid.IntRange(2, 6).Draw(c.T, "sku"), 6})
		r.Client = rapid.SampledFrom([]string{"default", "default", ""}).Draw(c.T, "client")
		c.x.record(r)
	}
	if c.x.act(worker, "start", edge.Args{Flow: f, Orders: []string{fmt.Sprintf("o%d", c.orders)}}).OK {
		c.x.follow(worker, next)
	}
}

// tally is what the random crews of a test did.
type tally struct{ days, messages int }

// day counts a day of one crew, or of two.
func (c *tally) day(sites ...*site) {
	c.days++
	for _, x := range sites {
		c.messages += x.sent
	}
}

// crews sets how many random crews a test draws where CREWS says it: fewer with the
// race detector, thousands in a soak.
func crews(t *testing.T) *tally {
	out, began := &tally{}, time.Now()
	t.Cleanup(func() {
		t.Logf("%d days, %d messages, %.0f s", out.days, out.messages, time.Since(began).Seconds())
	})
	n := os.Getenv("CREWS")
	if n == "" {
		return out
	}
	checks := flag.Lookup("rapid.checks")
	before := checks.Value.String()
	require.NoError(t, checks.Value.Set(n), "CREWS")
	t.Cleanup(func() { _ = checks.Value.Set(before) })
	return out
}

// TestI3CrewProperties drives a random crew and holds the invariants after
// every step; the checks that need no state are in checkEvents.
// CREWS says how many (100).
func TestI3CrewProperties(t *testing.T) {
	n := crews(t)
	rapid.Check(t, func(r *rapid.T) { rebuilt(r, crewDay(r, n, true)) })
}

func crewDay(r *rapid.T, n *tally, deep bool) *site {
	x := newSite(r)
	defer n.day(x)
	x.deep = deep
	x.pol.Pick.Drop = rapid.SampledFrom([]string{"", "LOC-L6"}).Draw(r, "drop")
	x.pol.Pick.Location = rapid.SampledFrom([]string{"always", "mixed", "never"}).Draw(r, "location")
	if rapid.Bool().Draw(r, "scale") {
		x.pol.Stations[0].Scale = "s1"
	}
	x.pol.Pick.Cluster = rapid.IntRange(0, 3).Draw(r, "cluster")
	x.pol.Pick.Wave = rapid.IntRange(0, 3).Draw(r, "wave")
	if rapid.Bool().Draw(r, "wall") {
		x.catalogue(&edge.CellRecord{ID: "W1-1", Barcode: "CELL-W1-1"}, &edge.CellRecord{ID: "W1-2", Barcode: "CELL-W1-2"}, &edge.CellRecord{ID: "W1-3"})
	}
	x.pol.Pack = edge.PackPolicy{Reprints: rapid.IntRange(0, 2).Draw(r, "reprints"), BoxType: rapid.SampledFrom([]string{"", "required"}).Draw(r, "boxType")}
	x.pol.Pick.AskEmpty = rapid.Bool().Draw(r, "empty")
	if rapid.Bool().Draw(r, "reserve") {
		x.catalogue(&edge.LocationRecord{ID: "L6", Barcode: "LOC-L6", Sequence: 6, Reserve: true})
		x.pol.Pick.Damaged = "L6"
	}
	x.pol.Pick.Pieces = rapid.SampledFrom([]int{0, 3}).Draw(r, "pieces")
	if x.pol.Pick.Zones = rapid.Bool().Draw(r, "zones"); x.pol.Pick.Zones {
		for i := 1; i <= 9; i++ {
			x.catalogue(&edge.LocationRecord{ID: fmt.Sprintf("L%d", i), Barcode: fmt.Sprintf("LOC-L%d", i), Sequence: i, Zone: string(rune('A' + i%3)), Aisle: string(rune('P' + i%2)), Mixed: i == 5})
		}
	}
	x.catalogue(captureRecords()...)
	x.catalogue(&edge.CarrierRecord{ID: "cj-dawn", Waybill: edge.WaybillFormat{Format: "cj-12"}})
	x.record(lease("dawn", "cj-dawn", 65000100000, 1000))
	crew(x)
	outbound(r, x)
	x.hire("r", edge.Returns)
	x.hire("all", edge.Picker, edge.Packer, edge.Loader, edge.Returns)
	x.hire("boss", edge.Lead)
	c := &chaos{T: r, x: x}
	c.headStart()
	for range 4 {
		c.order()
	}
	for range rapid.IntRange(20, 150).Draw(r, "steps") {
		c.step()
		conserve(r, x)
		conserveOutbound(r, x)
		expectations(r, x)
		offered(r, x)
	}
	checkEvents(r, x.events)
	return x
}
