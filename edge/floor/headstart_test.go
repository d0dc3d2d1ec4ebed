package floor_test

import (
	"fmt"

	"pgregory.net/rapid"

	"dcedge/edge"
)

// begin brings the floor to a place that random steps seldom find.
func (c *chaos) begin(next func() string) {
	switch rapid.IntRange(0, 4).Draw(c.T, "begin") {
	case 0:
		c.wave(next, "put")
	case 1:
		c.wave(next, "single")
	case 2:
		c.goesBack(next)
	case 3:
		c.readdress()
	}
	if c.x.pol.Pick.Zones && rapid.Bool().Draw(c.T, "passed") {
		c.passed(next)
	}
}

// passed has a tote wait in its second zone and sends a picker for it: of an order,
// or of a wave.
func (c *chaos) passed(next func() string) {
	c.orders++
	c.x.record(order(fmt.Sprintf("o%d", c.orders), "cj", line{1, 2}, line{2, 2}))
	zone := func(at string) string { return c.x.cat.Location(at).Zone }
	a := edge.Args{Flow: edge.Pick, Mode: rapid.SampledFrom([]string{"order", "order", "total"}).Draw(c.T, "as"), Zone: zone("L1")}
	if c.x.act("p", "start", a); c.x.screen("p").Flow == edge.Pick {
		c.x.follow("p", next)
	}
	if a.Zone = zone("L2"); rapid.Bool().Draw(c.T, "everywhere") {
		a.Zone = ""
	}
	c.x.act("p2", "start", a)
}

// wave picks a wave whose tote stands at the wall, or at a desk.
func (c *chaos) wave(next func() string, then string) {
	for range rapid.IntRange(1, 4).Draw(c.T, "waved") {
		c.orders++
		lines := []line{{rapid.IntRange(1, 3).Draw(c.T, "first"), rapid.IntRange(1, 2).Draw(c.T, "pieces")}}
		if rapid.Bool().Draw(c.T, "two") {
			lines = append(lines, line{4, 1})
		}
		c.x.record(order(fmt.Sprintf("o%d", c.orders), "cj", lines...))
	}
	c.x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total"})
	c.x.follow("p", next)
	if then == "put" {
		c.x.act("p", "start", edge.Args{Flow: edge.Put})
		return
	}
	c.x.act("k", "start", edge.Args{Flow: edge.Pack, Mode: "single"})
}

// goesBack cancels a picked order, whose goods somebody then brings back.
func (c *chaos) goesBack(next func() string) {
	c.stage(edge.Pick, "p", next)
	id := fmt.Sprintf("o%d", c.orders)
	o := c.x.live.Order("default", id)
	if o == nil || len(o.Totes) == 0 {
		return
	}
	c.changes++
	c.x.record(&edge.OrderChange{ID: fmt.Sprintf("c%d", c.changes), Order: id, Change: "cancel"})
	c.x.scan("k", o.Totes[0])
	c.x.act("k", "ack", edge.Args{})
	c.x.act("p2", "start", edge.Args{Flow: edge.Replenish})
}

// readdress changes the address of a box that has its label.
func (c *chaos) readdress() {
	var box *edge.Box
	c.x.live.EachBox(func(b *edge.Box) {
		if b.Bound != "" {
			box = b
		}
	})
	if box == nil {
		return
	}
	for _, change := range []string{"readdress", "release"} {
		c.changes++
		c.x.record(&edge.OrderChange{ID: fmt.Sprintf("c%d", c.changes), Order: box.Order, Change: change, RecipientRef: "r", RecipientVersion: 3, Routed: true})
	}
	c.x.scan("k", box.Waybill)
}
