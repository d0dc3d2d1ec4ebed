package floor_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dcedge/edge"
)

// waves is a small floor of waves and a put wall, whose orders change at any moment
// until their goods are in cells.
type waves struct{ packers }

var wavers = []string{"p", "p2", "k", "k2"}

func (c *waves) arrive() {
	c.orders++
	var lines []line
	for range rapid.IntRange(1, 3).Draw(c.T, "lines") {
		lines = append(lines, line{rapid.IntRange(1, 3).Draw(c.T, "sku"), rapid.IntRange(1, 3).Draw(c.T, "pieces")})
	}
	r := order(fmt.Sprintf("o%d", c.orders), "cj", lines...)
	r.ShortPolicy, r.WaitMinutes = rapid.SampledFrom([]string{"", "", "wait", "wait", "cancelLine", "hold"}).Draw(c.T, "short"), 10
	c.x.record(r)
}

// wait lets minutes pass, in which goods may come, and orders are held or released.
func (c *waves) wait() {
	var waved []string
	for i := range c.orders {
		if o := c.x.live.Order("default", fmt.Sprintf("o%d", i+1)); o.Wave != "" && o.Work != "" {
			waved = append(waved, o.ID)
		}
	}
	o := fmt.Sprintf("o%d", rapid.IntRange(1, c.orders).Draw(c.T, "of"))
	switch n := rapid.IntRange(0, 6).Draw(c.T, "wait"); {
	case n < 2 && len(waved) > 0:
		changed(c.x, rapid.SampledFrom(waved).Draw(c.T, "waved"), "hold", &edge.OrderChange{})
	case n == 0:
		changed(c.x, o, "hold", &edge.OrderChange{})
	case n < 3:
		changed(c.x, o, "release", &edge.OrderChange{})
	case n < 5:
		n := rapid.IntRange(1, 3).Draw(c.T, "came")
		stock(c.x, fmt.Sprintf("S%d", n), fmt.Sprintf("L%d", n), "", "", rapid.IntRange(1, 4).Draw(c.T, "goods"))
	default:
		c.x.now = c.x.now.Add(time.Duration(rapid.IntRange(1, 15).Draw(c.T, "minutes")) * time.Minute)
		c.x.send(&edge.Message{Kind: edge.Tick})
	}
}

func (c *waves) less() {
	n := rapid.IntRange(0, 2).Draw(c.T, "to")
	changed(c.x, fmt.Sprintf("o%d", rapid.IntRange(1, c.orders).Draw(c.T, "order")),
		rapid.SampledFrom([]string{"cancel", "cancel", "cancelLine", "reduceLine"}).Draw(c.T, "change"),
		&edge.OrderChange{Line: fmt.Sprint(rapid.IntRange(1, 3).Draw(c.T, "line")), Quantity: &n})
}

// step lets something happen.
func (c *waves) step() {
	w := rapid.SampledFrom(wavers).Draw(c.T, "worker")
	s := c.x.screen(w)
	switch n := rapid.IntRange(0, 23).Draw(c.T, "what"); {
	case n == 0:
		c.arrive()
	case n == 20 && slices.Contains(s.Actions, "short"):
		c.x.act(w, "short", edge.Args{Reason: "none"})
	case n > 20:
		c.wait()
	case n < 3:
		c.less()
	case n < 5 && s.Flow == edge.Put: // something that may be too many
		c.x.scan(w, fmt.Sprintf("EA-%d", rapid.IntRange(1, 3).Draw(c.T, "piece")))
		if slices.Contains(c.x.screen(w).Actions, "confirm") {
			c.x.act(w, "confirm", edge.Args{Reason: "surplus"})
		}
	case n == 5 && len(s.Actions) > 0:
		c.x.act(w, rapid.SampledFrom(s.Actions).Draw(c.T, "button"), edge.Args{Reason: "none"})
	case n < 9 && s.Flow == edge.Idle && w[0] == 'p':
		c.x.act(w, "start", edge.Args{Flow: edge.Pick, Mode: "total", Zone: rapid.SampledFrom([]string{"", "", "A", "B"}).Draw(c.T, "zone")})
	case n == 9:
		c.printer()
	case n == 10 && s.Flow == edge.Idle: // what stands about is taken up
		c.x.scan(w, fmt.Sprintf("TOTE-%05d", rapid.IntRange(1, 12).Draw(c.T, "tote")))
	default:
		c.sensible(w)
	}
}

// finish has an honest crew do all that is left; what is held is released, or its time
// passes.
func (c *waves) finish() {
	quiet := 0 // rounds in which nobody found anything: in the first they may only have put it down
	for round := range 100 {
		c.x.now = c.x.now.Add(11 * time.Minute)
		c.x.send(&edge.Message{Kind: edge.Tick})
		var held []string
		c.x.live.EachOrder(func(o *edge.Order) {
			if o.Held != "" {
				held = append(held, o.ID)
			}
		})
		for _, id := range held {
			if round > 1 || rapid.Bool().Draw(c.T, "released") {
				changed(c.x, id, "release", &edge.OrderChange{})
			}
		}
		if quiet++; c.work() || len(held) > 0 {
			quiet = 0
		}
		if quiet > 1 {
			return
		}
	}
	c.Fatalf("never done")
}

// work has everybody go on until nobody can; false: nobody could.
func (c *waves) work() (any bool) {
	for range 3000 {
		busy := false
		for _, w := range wavers {
			busy = c.goOn(w) || busy
		}
		if !busy {
			return any
		}
		any = true
	}
	for _, w := range wavers {
		c.Logf("%s: %+v", w, c.x.screen(w))
	}
	c.Fatalf("never done")
	return false
}

// goOn does the next thing; false: there is none.
func (c *waves) goOn(w string) bool {
	x, s := c.x, c.x.screen(w)
	switch {
	case s.Step == "cancelled":
		x.act(w, "ack", edge.Args{})
	case s.Flow == edge.Idle:
		return c.begin(w, s)
	case s.Step == "printing":
		c.honestPrinter(s.Box)
	case s.Step == "inDoubt":
		x.act(w, "printed", edge.Args{Outcome: "no"})
	case s.Step == "held":
		x.act(w, "leave", edge.Args{})
	case s.Step == "count":
		x.act(w, "count", edge.Args{N: new(int)})
	case s.Step == "empty":
		x.act(w, "empty", edge.Args{Outcome: "yes"})
	case slices.Contains(s.Actions, "confirm") && s.Flow == edge.Put:
		x.act(w, "confirm", edge.Args{Reason: "surplus"})
	case s.Flow == edge.Replenish && s.Step == "item" && rapid.IntRange(0, 5).Draw(c.T, "less") == 0:
		found := rapid.IntRange(0, s.Quantity.Want-1).Draw(c.T, "found")
		x.act(w, "short", edge.Args{Found: &found, Reason: "none"})
	case s.Flow == edge.Replenish && len(s.Expect) == 0: // any place
		x.scan(w, "LOC-L1")
	case len(s.Expect) == 0:
		if !x.act(w, "close", edge.Args{Reason: "end"}).OK {
			x.act(w, "leave", edge.Args{})
			return false
		}
	case s.Expect[0].Kind == "tote" && s.Expect[0].Code == "":
		x.scan(w, c.next())
	default:
		x.scan(w, s.Expect[0].Code)
	}
	return true
}

// begin starts what is offered, else takes a tote up whose order was cancelled.
func (c *waves) begin(w string, s *edge.Screen) bool {
	for _, wk := range s.Work {
		if c.x.act(w, "start", edge.Args{Flow: wk.Flow, Mode: wk.Mode}).OK {
			return true
		}
	}
	stray := ""
	c.x.live.EachTote(func(b *edge.Tote) {
		if o := c.x.live.Order(b.Client, b.Order); stray == "" && o != nil && o.Stage == edge.StageCancelled && o.Work == "" {
			if stray = b.ID; b.ID[0] == 'W' {
				stray = "CELL-" + b.ID
			}
		}
	})
	return stray != "" && c.x.scan(w, stray).Code == edge.Cancelled
}

// TestI3WaveProperties: whatever becomes of the orders of a wave, each of their pieces is
// in a box or brought back, once, and no tote is left over.
func TestI3WaveProperties(t *testing.T) {
	n := crews(t)
	rapid.Check(t, func(r *rapid.T) { waveDay(r, n, true) })
}

func waveDay(r *rapid.T, n *tally, deep bool) *site {
	x := newSite(r)
	defer n.day(x)
	x.deep = deep
	for i := range 5 {
		x.catalogue(&edge.CellRecord{ID: fmt.Sprintf("W1-%d", i), Barcode: fmt.Sprintf("CELL-W1-%d", i)})
	}
	if x.pol.Pick.Zones = rapid.Bool().Draw(r, "zones"); x.pol.Pick.Zones {
		for i := 1; i <= 3; i++ {
			x.catalogue(&edge.LocationRecord{ID: fmt.Sprintf("L%d", i), Barcode: fmt.Sprintf("LOC-L%d", i), Sequence: i, Zone: string(rune('A' + i%2))})
		}
	}
	crew(x)
	c := &waves{packers{chaos: chaos{T: r, x: x}, next: totesFrom(100)}}
	for range rapid.IntRange(2, 5).Draw(r, "orders") {
		c.arrive()
	}
	for range rapid.IntRange(10, 90).Draw(r, "steps") {
		c.step()
		conserve(r, x)
		offered(r, x)
	}
	checkEvents(r, x.events)
	rebuilt(r, x)
	c.finish()
	conserve(r, x)
	checkEvents(r, x.events)
	x.live.EachMove(func(m *edge.MoveTask) { r.Fatalf("nobody brings %+v", m) })
	x.live.EachTote(func(b *edge.Tote) { r.Fatalf("nobody needs %+v", b) })
	x.live.EachOrder(func(o *edge.Order) {
		for _, l := range o.Lines {
			switch back := c.back(o, l); {
			case o.Stage == edge.StageCancelled && l.Packed > 0: // whoever meets the box says so
			case l.Picked != l.Packed+back, o.Stage != edge.StageCancelled && l.Open() > 0:
				r.Fatalf("%s, %s: %d of %+v were brought back", o.ID, o.Stage, back, l)
			}
		}
	})
	return x
}

// back counts what was asked to be brought back of a line.
func (c *waves) back(o *edge.Order, l *edge.Line) (n int) {
	for _, e := range typed(c.x.events, edge.EvReplenish) {
		if b := e.Data.(*edge.StockEvent); e.Order == o.ID && b.Line == l.ID && (b.Reason == "cancelled" || b.Reason == "surplus") {
			n += b.Quantity
		}
	}
	return n
}
