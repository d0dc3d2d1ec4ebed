package floor_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dcedge/edge"
)

// packers is a small floor where nearly everything happens at the desks: orders
// come picked, alone and in groups that go into one box, and change at any
// moment until they are on a truck.
type packers struct {
	chaos
	next func() string
}

// arrive records a few orders and picks them, or leaves one of them open.
func (c *packers) arrive() {
	key := rapid.SampledFrom([]string{"", "", "a", "a", "b"}).Draw(c.T, "key")
	for range rapid.IntRange(1, 3).Draw(c.T, "arrive") {
		c.orders++
		r := order(fmt.Sprintf("o%d", c.orders), "cj", line{rapid.IntRange(1, 3).Draw(c.T, "sku"), rapid.IntRange(1, 2).Draw(c.T, "pieces")},
			line{rapid.IntRange(1, 3).Draw(c.T, "sku2"), 1})
		if key != "" {
			r.Consolidate, r.Together = key, "keyed "+key
		}
		if rapid.IntRange(0, 4).Draw(c.T, "gift") == 0 {
			r.Extras = []edge.Extra{{Kind: "gift", SKU: "S2", OnMissing: "skip"}, {Kind: "card"}}
		}
		if rapid.IntRange(0, 4).Draw(c.T, "own") == 0 {
			r.Waybill = fmt.Sprintf("OWN%d", c.orders)
		}
		r.Like = rapid.SampledFrom([]string{"", "", "x"}).Draw(c.T, "like")
		c.x.record(r)
		if o := c.x.live.Order("default", r.ID); o != nil && o.Held != "" {
			c.x.record(&edge.OrderChange{ID: "free" + r.ID, Order: r.ID, Change: "release"})
		}
		if rapid.IntRange(0, 5).Draw(c.T, "open") > 0 && c.x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{r.ID}}).OK {
			for range 60 {
				if s := c.x.screen("p"); s.Flow == edge.Idle && s.Step == "" || !c.once("p") {
					break
				}
			}
		}
	}
}

// press does what a packer may think of, sensible or not, to any box or label.
func (c *packers) press(w string) {
	var numbers, boxes []string
	c.x.live.EachBox(func(b *edge.Box) {
		boxes = append(boxes, b.ID)
		if b.Waybill != "" {
			numbers = append(numbers, b.Waybill)
		}
		numbers = append(numbers, b.Voided...)
	})
	a := edge.Args{Reason: rapid.SampledFrom([]string{"damaged", "damaged", "damaged", ""}).Draw(c.T, "reason"), ByLead: rapid.SampledFrom([]string{"", "lead"}).Draw(c.T, "lead"),
		Flow: edge.Pack}
	if len(boxes) > 0 && rapid.Bool().Draw(c.T, "byBox") {
		a.Box = rapid.SampledFrom(boxes).Draw(c.T, "box")
	} else if len(numbers) > 0 {
		a.Waybill = rapid.SampledFrom(numbers).Draw(c.T, "number")
	}
	switch rapid.IntRange(0, 7).Draw(c.T, "press") {
	case 0, 1:
		c.x.act(w, rapid.SampledFrom([]string{"leave", "close", "undo", "skip", "override"}).Draw(c.T, "desk"), a)
	case 2, 3:
		c.x.act(w, rapid.SampledFrom([]string{"reopen", "reprint", "void"}).Draw(c.T, "again"), a)
	case 4:
		c.x.act(w, "start", edge.Args{Flow: edge.Pack})
	case 5:
		c.x.scan(w, fmt.Sprintf("o%d", rapid.IntRange(1, max(1, c.orders)).Draw(c.T, "slip")))
	case 6:
		c.x.scan(w, fmt.Sprintf("TOTE-%05d", rapid.IntRange(1, max(1, c.orders+1)).Draw(c.T, "tote")))
	default:
		if len(numbers) > 0 {
			c.x.scan(w, rapid.SampledFrom(numbers).Draw(c.T, "label"))
		}
	}
}

// ahead works what came first to some step at a desk, so that the chaos begins
// there.
func (c *packers) ahead() {
	for range rapid.IntRange(1, 3).Draw(c.T, "rounds") {
		c.arrive()
		until := rapid.SampledFrom([]string{"item", "waybill", "waybill", "idle"}).Draw(c.T, "until")
		for range 40 {
			s := c.x.screen("k")
			if s.Flow == edge.Idle && !c.begin("k", s) || s.Step == until {
				break
			}
			c.once("k")
		}
		if rapid.Bool().Draw(c.T, "away") {
			c.x.act("k", "leave", edge.Args{})
		}
	}
}

func (c *packers) step() {
	w := rapid.SampledFrom([]string{"k", "k", "k", "k2", "all", "l", "p"}).Draw(c.T, "who")
	switch n := rapid.IntRange(0, 19).Draw(c.T, "what"); {
	case n < 8:
		c.sensible(w)
	case n < 12:
		c.press(w)
	case n < 15:
		c.printer()
	case n == 15:
		c.onPaper()
	case n == 16:
		c.arrive()
	case n == 17:
		c.less()
	case n < 19:
		c.change()
	default:
		c.x.send(&edge.Message{Kind: edge.Tick})
	}
}

// less makes a line less of which pieces lie in a box.
func (c *packers) less() {
	var lines [][2]string
	c.x.live.EachOrder(func(o *edge.Order) {
		for _, l := range o.Lines {
			if l.Packed > 0 && l.Wanted > 0 {
				lines = append(lines, [2]string{o.ID, l.ID})
			}
		}
	})
	if len(lines) == 0 {
		return
	}
	c.changes++
	l, n := rapid.SampledFrom(lines).Draw(c.T, "less of"), rapid.IntRange(0, 1).Draw(c.T, "less to")
	v := c.x.record(&edge.OrderChange{ID: fmt.Sprintf("l%d", c.changes), Order: l[0], Change: "reduceLine", Line: l[1], Quantity: &n})
	answers := 0
	for _, e := range c.x.last {
		if d, ok := e.Data.(*edge.OrderChanged); ok && d.Change != "" {
			answers++
		}
	}
	if v.Code != edge.Accepted || answers != 1 {
		c.Fatalf("%d answers to a line that is less: %+v", answers, v)
	}
}

// onPaper puts an order on a printed pick list, or enters one that was worked by it.
func (c *packers) onPaper() {
	if rapid.Bool().Draw(c.T, "entered") {
		c.paper()
		return
	}
	c.changes++
	c.x.record(&edge.OrderChange{ID: fmt.Sprintf("paper%d", c.changes), Order: fmt.Sprintf("o%d", rapid.IntRange(1, max(1, c.orders)).Draw(c.T, "listed")),
		Change: "hold", Reason: edge.HeldPaper})
}

// settled holds what must be true of boxes and labels between any two messages.
func (c *packers) settled() {
	c.x.live.EachBox(func(b *edge.Box) {
		for _, id := range b.Members() {
			o := c.x.live.Order(b.Client, id)
			if o != nil && o.Stage == edge.StageCancelled && b.Bound != "" && len(b.With) > 0 && inIt(b, id) > 0 && b.Truck == "" {
				c.Fatalf("box %+v is ready with goods of cancelled %s", b, id)
			}
			if o != nil && o.Stage == edge.StagePacked && b.Bound == "" {
				c.Fatalf("%s is packed, its box %+v not bound", id, b)
			}
		}
		if b.Print.Wanted && b.Bound != "" {
			c.Fatalf("a label is wanted of bound %+v", b)
		}
		if b.Print.Wanted && !b.Closed && !b.Planned {
			c.Fatalf("a label is wanted of open %+v", b)
		}
	})
	c.x.live.EachOrder(func(o *edge.Order) {
		n := 0
		for _, id := range o.Boxes {
			if b := c.x.live.Box(id); b != nil && b.Of > 0 && b.Of != len(o.Boxes) {
				c.Fatalf("%s has %d boxes, %s says %d", o.ID, len(o.Boxes), id, b.Of)
			} else if b != nil {
				n++
			}
		}
	})
}

// lessStays holds that what is packed beyond what is wanted lies in boxes that no truck
// has and no label is in force on.
func lessStays(t tb, x *site, o *edge.Order) {
	t.Helper()
	if o.Stage == edge.StageCancelled {
		return
	}
	for _, l := range o.Lines {
		if l.Packed <= l.Wanted {
			continue
		}
		in := 0
		for _, b := range boxesOf(x, o) {
			if b.Bound != "" || b.Truck != "" {
				continue
			}
			for i := range b.Items {
				if it := &b.Items[i]; it.Line == l.ID && b.OrderOf(it) == o.ID {
					in += it.Quantity
				}
			}
		}
		if in < l.Packed-l.Wanted || o.Stage != edge.StagePacking && o.Work == "" { // in hand after it was parted from its mates it is still `picked`
			t.Fatalf("%s is to leave with more than it wants: %+v of %+v in %+v", o.ID, l, o, boxesOf(x, o))
		}
	}
}

// allBack holds that every piece which does not leave was asked back, and once.
func allBack(t tb, x *site) {
	t.Helper()
	asked := map[[2]string]int{}
	for _, e := range x.events {
		if d, ok := e.Data.(*edge.StockEvent); ok && e.Type == edge.EvReplenish {
			asked[[2]string{e.Order, d.Line}] += d.Quantity
		}
	}
	x.live.EachOrder(func(o *edge.Order) {
		for _, l := range o.Lines {
			n := asked[[2]string{o.ID, l.ID}]
			if n > l.Picked || o.GoesBack == "cancelled" && n != l.Picked || o.GoesBack == "surplus" && n < l.Picked-l.Packed ||
				o.GoesBack == "" && n != l.Back {
				t.Fatalf("%s: %d asked back of %+v: %+v", o.ID, n, l, o)
			}
		}
	})
}

func inIt(b *edge.Box, order string) int {
	n := 0
	for i := range b.Items {
		if b.OrderOf(&b.Items[i]) == order {
			n += b.Items[i].Quantity
		}
	}
	return n
}

// finish has an honest crew end the day: what the screens expect always leads on,
// so that everything that is wanted and not held is on a truck.
func (c *packers) finish() {
	x := c.x
	x.deep = false
	for i := range c.orders {
		id := fmt.Sprintf("o%d", i+1)
		if o := x.live.Order("default", id); o != nil && o.Held != "" {
			x.record(&edge.OrderChange{ID: "end" + id, Order: id, Change: "release"})
		}
	}
	for before, n := -1, 0; before != len(x.events) && n < 40; n++ {
		before = len(x.events)
		for _, w := range []string{"p", "k", "k2", "all", "l"} {
			c.honest(w)
		}
	}
	x.live.EachOrder(func(o *edge.Order) {
		switch o.Stage {
		case edge.StageCancelled, edge.StageShipped, edge.StagePacked, edge.StageLoaded, edge.StageParked:
		default:
			if (toPackOf(o)+unboundOf(x, o) > 0 || slices.ContainsFunc(o.Lines, func(l *edge.Line) bool { return l.Packed > l.Wanted })) && o.Held == "" && !c.mateHeld(o) {
				c.Fatalf("%s never left: %+v %+v %+v", o.ID, o, o.OrderTerms, boxesOf(x, o))
			}
		}
	})
}

// mateHeld tells that an order waits in a box, or for one, with one that is held.
func (c *packers) mateHeld(o *edge.Order) bool {
	return slices.ContainsFunc(o.Joined, func(id string) bool {
		in := c.x.live.Order(o.Client, id)
		return in != nil && in.Held != ""
	})
}

func toPackOf(o *edge.Order) int {
	n := 0
	for _, l := range o.Lines {
		n += l.Wanted - l.Short - l.Packed
	}
	return n
}

func unboundOf(x *site, o *edge.Order) int {
	n := 0
	for _, id := range o.Boxes {
		if b := x.live.Box(id); b != nil && b.Bound == "" {
			n++
		}
	}
	return n
}

func boxesOf(x *site, o *edge.Order) []edge.Box {
	var out []edge.Box
	for _, id := range o.Boxes {
		out = append(out, *x.live.Box(id))
	}
	return out
}

// honest works a while as the screen says; idle, it starts what is offered or
// takes up a box that stands about without a label.
func (c *packers) honest(w string) {
	for range 60 {
		if !c.once(w) {
			return
		}
	}
}

// once does the next thing; false: there is none.
func (c *packers) once(w string) bool {
	x := c.x
	switch s := x.screen(w); {
	case s.Step == "cancelled":
		x.act(w, "ack", edge.Args{})
	case s.Flow == edge.Idle:
		return c.begin(w, s)
	case s.Step == "printing":
		c.honestPrinter(s.Box)
	case s.Step == "inDoubt":
		x.act(w, "printed", edge.Args{Outcome: "no"})
	case s.Step == "held", s.Step == "noNumber":
		x.act(w, "leave", edge.Args{})
		return false
	case s.Step == "weight":
		x.act(w, "override", edge.Args{ByLead: "lead", Reason: "sure"})
	case s.Step == "destroy" && s.Expect[0].Code == "":
		x.act(w, "void", edge.Args{Reason: "lost"})
	case len(s.Expect) == 0:
		if v := x.act(w, "close", edge.Args{Reason: "end"}); !v.OK {
			x.act(w, "leave", edge.Args{})
			return false
		}
	case s.Expect[0].Kind == "tote" && s.Expect[0].Code == "":
		x.scan(w, c.next())
	default:
		if v := x.scan(w, s.Expect[0].Code); !v.OK && v.Code != edge.Cancelled {
			c.Fatalf("%q of %+v refused: %+v", s.Expect[0].Code, s, v)
		}
	}
	return true
}

func (c *packers) begin(w string, s *edge.Screen) bool {
	x := c.x
	for _, wk := range s.Work {
		if wk.Flow != edge.Replenish && wk.Flow != edge.Count && x.act(w, "start", edge.Args{Flow: wk.Flow, Mode: wk.Mode}).OK {
			return true
		}
	}
	if !slices.Contains(x.roles[w], edge.Packer) {
		return false
	}
	label := ""
	x.live.EachBox(func(b *edge.Box) {
		o := x.live.BoxOrder(b)
		code := b.Waybill
		if code == "" && len(b.Voided) > 0 {
			code = b.Voided[len(b.Voided)-1] // the label on it is dead
		}
		if label == "" && b.Bound == "" && b.Truck == "" && code != "" && o != nil && o.Held == "" && o.Work == "" &&
			(o.Stage == edge.StagePacking || o.Stage == edge.StageCancelled && len(b.With) > 0) {
			label = code
		}
	})
	if label == "" {
		return false
	}
	v := x.scan(w, label)
	return v.OK || v.Code == edge.Cancelled
}

// honestPrinter brings the wanted label out, whatever became of the last one.
func (c *packers) honestPrinter(box string) {
	b := c.x.live.Box(box)
	if b == nil {
		return
	}
	if b.Print.Wanted {
		c.x.label(box)
		return
	}
	c.x.print(edge.PrintReport{Stage: edge.StagePrinted, Box: box, Attempt: b.Print.Attempt})
}

// TestI3PackingProperties drives desks where orders go into one box together,
// labels are made before and after packing, again and anew, and orders change all
// the while; an honest crew then always finishes.
func TestI3PackingProperties(t *testing.T) {
	n := crews(t)
	rapid.Check(t, func(r *rapid.T) { packingDay(r, n, true) })
}

func packingDay(r *rapid.T, n *tally, deep bool) *site {
	x := newSite(r)
	defer n.day(x)
	x.deep = deep
	x.pol.Orders.DuplicateHours = 24
	x.pol.Pack = edge.PackPolicy{Reprints: rapid.IntRange(0, 2).Draw(r, "reprints"), BoxType: rapid.SampledFrom([]string{"", "required"}).Draw(r, "boxType")}
	if rapid.Bool().Draw(r, "scale") {
		x.pol.Stations[0].Scale = "s1"
	}
	if rapid.Bool().Draw(r, "first") {
		x.pol.Pick.Printer = "p9"
		x.catalogue(&edge.ClientRecord{ID: "default", ShortPolicy: "partShip", Print: "first"})
	}
	crew(x)
	x.hire("all", edge.Picker, edge.Packer, edge.Loader)
	x.hire("boss", edge.Lead)
	c := &packers{chaos: chaos{T: r, x: x}, next: totes()}
	c.ahead()
	for range rapid.IntRange(10, 90).Draw(r, "steps") {
		c.step()
		conserve(r, x)
		offered(r, x)
		c.settled()
	}
	checkEvents(r, x.events)
	rebuilt(r, x)
	c.finish()
	if x.hash(x.live) != x.hash(x.replay) {
		r.Fatalf("live state differs from replay at the end of the day")
	}
	conserve(r, x)
	allBack(r, x)
	checkEvents(r, x.events)
	return x
}
