package floor_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// outbound gives a site what loading, returns and the hospital want: containers,
// docks of two carriers, routes, places for what comes back, a client's moment.
func outbound(r *rapid.T, x *site) {
	cages(x)
	x.catalogue(&edge.LocationRecord{ID: "Q-1", Barcode: "LOC-Q1", Use: "quarantine"}, &edge.LocationRecord{ID: "U-1", Barcode: "LOC-U1", Use: "unknown"})
	if rapid.Bool().Draw(r, "two carriers") {
		x.catalogue(&edge.DockRecord{ID: "D1", Barcode: "DOCK-D1", Carriers: []string{"cj", "hanjin"}})
	}
	if rapid.Bool().Draw(r, "route") {
		x.catalogue(&edge.TripRecord{ID: "cj-2", Carrier: "cj", Departs: "21:00", Route: "SOUTH"})
	}
	x.pol.Load.CollectHours = rapid.SampledFrom([]int{0, 1, 30}).Draw(r, "collect hours")
	moment(r, x)
}

func moment(r *rapid.T, x *site) {
	x.catalogue(&edge.ClientRecord{ID: "default", ShortPolicy: rapid.SampledFrom([]string{"hold", "partShip", "cancelLine", "wait"}).Draw(r, "policy"),
		ShipConfirmAt: rapid.SampledFrom([]string{"", "packed", "loaded", "truckClosed", "collected"}).Draw(r, "moment")})
}

// outboundStep is what the world outside does: carriers tell of parcels, returns
// are announced, a lead takes care of cases.
func (c *chaos) outboundStep() {
	switch rapid.IntRange(0, 4).Draw(c.T, "outside") {
	case 0, 1:
		scan := rapid.SampledFrom([]string{"collected", "collected", "hub"}).Draw(c.T, "carrier says")
		c.x.record(&edge.CarrierScan{CarrierScanned: edge.CarrierScanned{Waybill: c.number(), Scan: scan, At: c.x.now}})
	case 2, 3:
		n := rapid.IntRange(1, 4).Draw(c.T, "return")
		r := &edge.ReturnRecord{ID: fmt.Sprint("RET-", n), Client: "default", Waybill: fmt.Sprint("R-00-", n), Hash: fmt.Sprint(c.x.seq)}
		if rapid.Bool().Draw(c.T, "of an order") {
			r.Order = fmt.Sprintf("o%d", rapid.IntRange(1, max(1, c.orders)).Draw(c.T, "order"))
		}
		for i := range rapid.IntRange(1, 2).Draw(c.T, "lines") {
			r.Lines = append(r.Lines, edge.OrderLine{Line: fmt.Sprint(i + 1), SKU: fmt.Sprintf("S%d", rapid.IntRange(1, 3).Draw(c.T, "sku")), Quantity: rapid.IntRange(1, 3).Draw(c.T, "pieces")})
		}
		c.x.record(r)
	default:
		var ids []string
		c.x.live.EachCase(func(k *edge.Case) { ids = append(ids, k.ID) })
		if len(ids) == 0 {
			return
		}
		c.x.record(&edge.CaseChange{Case: rapid.SampledFrom(ids).Draw(c.T, "case"), Owner: rapid.SampledFrom([]string{"", "w-900"}).Draw(c.T, "owner"),
			Close: rapid.IntRange(0, 2).Draw(c.T, "close") == 0, Reason: "done"})
	}
}

// number is a number that was ever given out, or none of this site.
func (c *chaos) number() string {
	list := []string{"999999"}
	for _, e := range c.x.events {
		if a, ok := e.Data.(*edge.WaybillEvent); ok && e.Type == edge.EvAssigned {
			list = append(list, a.Waybill)
		}
	}
	return rapid.SampledFrom(list).Draw(c.T, "number")
}

// outboundSensible does what a screen of these flows asks for. False: it is for
// others.
func (c *chaos) outboundSensible(w string, s *edge.Screen) bool {
	dice := rapid.IntRange(0, 9).Draw(c.T, "dice")
	switch {
	case s.Step == "cancelled":
		return false
	case s.Flow == edge.Load && dice == 0 && slices.Contains(s.Actions, "unload"):
		c.x.act(w, "unload", edge.Args{})
	case s.Flow == edge.Load && dice == 1:
		c.x.act(w, "vehicle", edge.Args{Text: rapid.SampledFrom([]string{"12가3456", "99나1234"}).Draw(c.T, "plate"), Reason: "broken",
			Outcome: rapid.SampledFrom([]string{"moved", "unloaded"}).Draw(c.T, "goods")})
	case s.Flow == edge.Load && dice == 2 && slices.Contains(s.Actions, "close"):
		c.x.act(w, "close", edge.Args{Reason: rapid.SampledFrom([]string{"", "full"}).Draw(c.T, "reason")})
	case s.Flow == edge.Return && dice < 3 && slices.Contains(s.Actions, "close"):
		c.x.act(w, "close", edge.Args{Reason: "notInParcel"})
	case s.Flow == edge.Return && dice == 3:
		c.x.act(w, rapid.SampledFrom([]string{"undo", "confirm", "leave"}).Draw(c.T, "at the desk"), edge.Args{Reason: "more", Text: rapid.SampledFrom([]string{"", "S1", "S2"}).Draw(c.T, "text")})
	case s.Flow == edge.Return && s.Step == "parcel" && dice < 6:
		c.x.scan(w, rapid.SampledFrom([]string{"RET-1", "RET-2", "R-00-3", c.number(), "nobody's"}).Draw(c.T, "parcel"))
	case s.Flow == edge.Return && s.Step == "item" && dice < 6:
		c.x.scan(w, rapid.SampledFrom([]string{"EA-1", "EA-2", "EA-3", "CS-1", "EA-X1"}).Draw(c.T, "article"))
	case s.Flow == edge.Hospital && s.Step == "box":
		if dice < 7 {
			c.x.scan(w, rapid.SampledFrom([]string{c.number(), fmt.Sprint("B-", rapid.IntRange(1, 4).Draw(c.T, "typed"))}).Draw(c.T, "box"))
		} else {
			c.x.act(w, rapid.SampledFrom([]string{"confirm", "leave"}).Draw(c.T, "or"), edge.Args{Reason: "noLabel"})
		}
	case s.Flow == edge.Hospital && s.Step == "examine" && dice < 7:
		c.x.act(w, rapid.SampledFrom([]string{"confirm", "reprint", "reprint", "close", "undo", "leave"}).Draw(c.T, "treatment"), edge.Args{Reason: "damaged"})
	default:
		return false
	}
	return true
}

// expectations holds that a screen expects nothing that is refused: whoever
// scans only what it names gets on.
func expectations(t tb, x *site) {
	t.Helper()
	for w, roles := range x.roles {
		s := x.screen(w)
		if s.Flow != edge.Load && s.Flow != edge.Return && s.Flow != edge.Hospital || s.Step == "cancelled" {
			continue
		}
		for _, e := range s.Expect {
			if e.Code == "" {
				continue
			}
			d := floor.Decide(x.view(w), &edge.Message{Kind: edge.Scan, ID: x.nextID(), At: x.now, Worker: w, Roles: roles, Code: e.Code})
			if !d.Verdict.OK {
				t.Fatalf("%s expects %+v at %s/%s and refuses it: %+v", w, e, s.Flow, s.Step, d.Verdict)
			}
		}
	}
}

// conserveOutbound holds what the state says of containers, returns, parcels that
// left and cases.
func conserveOutbound(t tb, x *site) {
	t.Helper()
	in := map[string]string{}
	x.live.EachContainer(func(c *edge.Container) {
		for _, id := range c.Boxes {
			b := x.live.Box(id)
			if in[id] != "" || b == nil || b.Container != c.ID || b.Truck != c.Truck || b.Shipped {
				t.Fatalf("container %+v with box %+v", c, b)
			}
			in[id] = c.ID
		}
		if len(c.Boxes) == 0 && !slices.ContainsFunc(x.last, func(e edge.Event) bool { return e.Type == edge.EvContainer }) {
			t.Fatalf("an empty container in use: %+v", c)
		}
	})
	x.live.EachBox(func(b *edge.Box) {
		if b.Container != "" && !b.Shipped && in[b.ID] == "" {
			t.Fatalf("%s lies in %s, which does not know it", b.ID, b.Container)
		}
		if b.Work != "" && x.live.Work(b.Work) == nil {
			t.Fatalf("box %+v in work that is not", b)
		}
	})
	x.live.EachTruck(func(k *edge.Truck) {
		for _, id := range k.Extra {
			if !slices.Contains(k.Boxes, id) {
				t.Fatalf("truck %+v", k)
			}
		}
	})
	x.live.EachReturn(func(r *edge.ReturnCase) {
		came := 0
		for _, l := range r.Lines {
			if came += l.Came; l.Came < 0 || l.Came > l.Quantity {
				t.Fatalf("return %+v", r)
			}
		}
		for _, g := range r.Graded {
			if g.Line != "" {
				came -= g.Quantity
			}
		}
		if w := x.live.Work(r.Work); came != 0 || r.Work != "" && (w == nil || w.Task != r.ID || !r.Closed.IsZero()) {
			t.Fatalf("return %+v in %+v", r, w)
		}
	})
	late := map[string]int{}
	x.live.EachWatch(func(w *edge.Watch) {
		if b := x.live.Box(w.Box); b != nil && (!b.Shipped || b.Confirmed != w.Shipped || b.Collected) {
			t.Fatalf("watch %+v of %+v", w, b)
		}
		if w.Late {
			late[w.Truck]++
		}
	})
	x.live.EachCase(func(k *edge.Case) {
		if k.Kind == edge.CaseUncollected && k.Units < late[k.ID] || k.Units < 1 {
			t.Fatalf("case %+v with %d late", k, late[k.ID])
		}
	})
}

// outOracle counts what left and came back from raw events alone.
type outOracle struct {
	shipped map[string]bool   // box
	in      map[string]string // box -> container
	truck   map[string]string // box -> truck
	closed  map[string]bool   // trucks
	cases   map[string]bool
	came    map[string]int // return and line
	ended   map[string]bool
	told    map[string]bool // box -> uncollected
}

func newOutOracle() *outOracle {
	return &outOracle{shipped: map[string]bool{}, in: map[string]string{}, truck: map[string]string{}, closed: map[string]bool{},
		cases: map[string]bool{}, came: map[string]int{}, ended: map[string]bool{}, told: map[string]bool{}}
}

func (o *outOracle) take(t tb, e *edge.Event) {
	t.Helper()
	switch d := e.Data.(type) {
	case *edge.BoxShipped:
		if o.shipped[d.Box] {
			t.Fatalf("%s shipped twice", d.Box)
		}
		o.shipped[d.Box] = true
	case *edge.BoxStowed:
		o.stowed(t, e, d)
	case *edge.BoxLoaded:
		if e.Type == edge.EvBoxUnloaded {
			if o.truck[d.Box] != d.Truck || o.closed[d.Truck] {
				t.Fatalf("%s off %s, it is on %q", d.Box, d.Truck, o.truck[d.Box])
			}
			if delete(o.truck, d.Box); d.Container == "" {
				delete(o.in, d.Box)
			}
			return
		}
		if o.truck[d.Box] != "" || o.closed[d.Truck] || o.in[d.Box] != d.Container {
			t.Fatalf("%s in %q on %s, was in %q on %q", d.Box, d.Container, d.Truck, o.in[d.Box], o.truck[d.Box])
		}
		o.truck[d.Box] = d.Truck
	case *edge.TruckEvent:
		if o.closed[d.Truck] = e.Type == edge.EvTruckClosed; !o.closed[d.Truck] {
			return
		}
		n := 0
		for _, k := range o.truck {
			if k == d.Truck {
				n++
			}
		}
		if n != d.Loaded {
			t.Fatalf("%s closed with %d, %d are on it", d.Truck, d.Loaded, n)
		}
	case *edge.ReturnEvent:
		o.returned(t, e, d)
	case *edge.BoxUncollected:
		if o.told[d.Box] || !o.closed[d.Truck] {
			t.Fatalf("%s missed twice, or before it left", d.Box)
		}
		o.told[d.Box], o.cases[d.Case] = true, true
	case *edge.ParcelUnknown:
		if o.cases[d.Case] {
			t.Fatalf("case %s twice", d.Case)
		}
		o.cases[d.Case] = true
	case *edge.CaseEvent:
		if !o.cases[d.Case] {
			t.Fatalf("%s of case %s that is not open", e.Type, d.Case)
		}
		o.cases[d.Case] = e.Type != edge.EvCaseClosed
	case *edge.CarrierScanned:
		if d.Box != "" && d.Scan == "collected" {
			o.told[d.Box] = true
		}
	}
}

func (o *outOracle) stowed(t tb, e *edge.Event, d *edge.BoxStowed) {
	if e.Type == edge.EvUnstowed {
		if o.in[d.Box] != d.Container {
			t.Fatalf("%s out of %s, it is in %q", d.Box, d.Container, o.in[d.Box])
		}
		delete(o.in, d.Box)
		return
	}
	if o.in[d.Box] != "" || o.truck[d.Box] != "" {
		t.Fatalf("%s into %s, it is in %q on %q", d.Box, d.Container, o.in[d.Box], o.truck[d.Box])
	}
	o.in[d.Box] = d.Container
}

func (o *outOracle) returned(t tb, e *edge.Event, d *edge.ReturnEvent) {
	key := e.Client + "/" + d.Return
	switch e.Type {
	case edge.EvReturnOpened:
		if o.ended[key] {
			t.Fatalf("%s opened after its end", key)
		}
	case edge.EvReturnGraded:
		if o.came[key+"/"+d.Line+"/"+d.SKU] += d.Quantity; o.came[key+"/"+d.Line+"/"+d.SKU] < 0 {
			t.Fatalf("%s: less than nothing of %s", key, d.SKU)
		}
	case edge.EvReturnClosed:
		sum := 0
		for k, n := range o.came {
			if len(k) > len(key) && k[:len(key)+1] == key+"/" {
				sum += n
			}
		}
		if sum != d.Came {
			t.Fatalf("%s closed with %d, %d came", key, d.Came, sum)
		}
		o.ended[key] = true
	}
}

// later lets days pass, so that what is watched and what is closed comes to its
// end.
func (c *chaos) later() {
	c.x.now = c.x.now.Add(time.Duration(rapid.SampledFrom([]int{2, 26, 49, 24 * 15}).Draw(c.T, "hours")) * time.Hour)
}
