package floor_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// later is an order with a cut-off so many hours from now.
func later(x *site, id string, hours int, lines ...line) {
	r := order(id, "cj", lines...)
	r.Cutoff = x.now.Truncate(time.Hour).Add(time.Duration(hours) * time.Hour)
	x.record(r)
}

// orderList sends a list of orders that are picked one by one, to be given out so long
// from now.
func orderList(x *site, in time.Duration, orders ...string) {
	l := list("PL-1", "order", orders...)
	l.ReleaseAt = x.now.Add(in)
	x.record(l)
}

// TestANamedOrderInAZone: start in a zone with orders named begins the first of those
// that has something there to be picked, and no other.
func TestANamedOrderInAZone(t *testing.T) {
	site := func(x *site) {
		passedToB(x) // o1
		x.record(order("o2", "cj", line{1, 1}))
		x.record(order("o3", "cj", line{2, 1}))
		x.record(order("o4", "cj", line{3, 1}))
	}
	for name, c := range map[string]struct {
		zone   string
		orders []string
		want   string
	}{
		"not the first of the zone":       {"A", []string{"o3"}, "o3"},
		"the first named":                 {"A", []string{"o3", "o2"}, "o3"},
		"one of those named lies there":   {"A", []string{"nosuch", "o4", "o3"}, "o3"},
		"unknown":                         {"A", []string{"nosuch"}, ""},
		"it lies elsewhere":               {"A", []string{"o4"}, ""},
		"its tote has left the zone":      {"A", []string{"o1"}, ""},
		"its tote waits there":            {"B", []string{"o1"}, "o1"},
		"not the tote that waits there":   {"B", []string{"o4"}, "o4"},
		"nothing lies in the zone at all": {"C", []string{"o2"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			site(x)
			v := x.act("p2", "start", edge.Args{Flow: edge.Pick, Mode: "order", Zone: c.zone, Orders: c.orders})
			if c.want == "" {
				assert.Equal(t, edge.Says("start.noWork", edge.T("why", "taken")), v.Say)
				return
			}
			require.True(t, v.OK, "%+v", v)
			assert.Equal(t, []string{c.want}, x.screen("p2").Task.Orders)
			assert.Equal(t, c.zone, x.screen("p2").Task.Zone)
		})
	}
}

// TestAnOrderOfAnOrderListGoesWithNoOther: what the WMS reserved to be picked alone is in no
// wave and on no walk, also once its list is given out, nor is it offered as such.
func TestAnOrderOfAnOrderListGoesWithNoOther(t *testing.T) {
	for _, mode := range []string{"total", "cluster"} {
		t.Run(mode, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			x.pol.Pick.Wave, x.pol.Pick.Cluster = 3, 3
			later(x, "o1", 1, line{1, 1}) // the most urgent of all
			orderList(x, -time.Minute, "o1")
			for _, r := range x.screen("p").Work {
				assert.Equal(t, "order", r.Mode)
			}
			require.Equal(t, edge.Says("start.noWork", edge.T("why", "otherKind")), x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: mode}).Say)
			require.Equal(t, "start.noWork", x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: mode, Orders: []string{"o1"}}).Say.Key)

			later(x, "o2", 2, line{2, 1})
			later(x, "o3", 2, line{3, 1})
			require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: mode}).OK)
			assert.Equal(t, []string{"o2", "o3"}, x.screen("p").Task.Orders)
			require.True(t, x.scan("p2", "TOTE-00009").OK)
			assert.Equal(t, []string{"o1"}, x.screen("p2").Task.Orders, "the next order, by the scan of a tote")
		})
	}
}

// TestANamedOrderOfAnOrderList: it is begun alone once its list is given out, and the
// others stay on the list.
func TestANamedOrderOfAnOrderList(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	zoned(x) // o1 of A and B
	x.record(order("o2", "cj", line{1, 1}))
	x.record(order("o3", "cj", line{3, 1}))
	orderList(x, time.Hour, "o1", "o2", "o3")
	start := func(zone, order string) edge.Verdict {
		return x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "order", Zone: zone, Orders: []string{order}})
	}
	taken := edge.Says("start.noWork", edge.T("why", "taken"))
	require.Equal(t, taken, start("", "o2").Say, "not before its time")
	require.Equal(t, taken, start("A", "o2").Say, "nor in a zone")
	x.now = x.now.Add(61 * time.Minute)
	changed(x, "o2", "hold", &edge.OrderChange{})
	require.Equal(t, taken, start("", "o2").Say, "held")
	changed(x, "o2", "release", &edge.OrderChange{})
	require.True(t, start("", "o2").OK)
	assert.Equal(t, []string{"o2"}, x.screen("p").Task.Orders)
	assert.Empty(t, x.live.Order("default", "o2").List)
	assert.Equal(t, "PL-1", x.live.Order("default", "o1").List)
	require.Equal(t, "start.noWork", x.act("p2", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o2"}}).Say.Key, "in other hands")
	require.True(t, x.act("p", "leave", edge.Args{}).OK)

	require.Equal(t, taken, start("A", "o3").Say, "nothing of it lies there")
	require.True(t, start("B", "o1").OK)
	assert.Equal(t, "B", x.screen("p").Task.Zone)
}
