package floor_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

func list(id, mode string, orders ...string) *edge.PickList {
	return &edge.PickList{PickListReceived: edge.PickListReceived{PickList: id, Mode: mode, Orders: orders}}
}

func three(x *site) {
	for i := range 3 {
		x.record(order(fmt.Sprintf("o%d", i+1), "cj", line{1, 1}))
	}
}

func totesFrom(n int) func() string {
	return func() string { n++; return fmt.Sprintf("TOTE-%05d", n) }
}

func TestRowsOfLists(t *testing.T) {
	sent := func(mode string) func(x *site) {
		return func(x *site) { three(x); x.record(list("PL-1", mode, "o2", "o3", "o9")) }
	}
	runRows(t, []flowRow{
		{row: "2.3-1", name: "a list of the WMS", set: sent("total"), act: "start", args: edge.Args{Flow: edge.Pick, Mode: "total"}, code: edge.OK, say: "pick.waveStarted", step: "tote", events: "work.started"},
		{row: "2.2-1", name: "a list of the WMS, each to its tote", set: sent("cluster"), act: "start", args: edge.Args{Flow: edge.Pick, Mode: "cluster"}, code: edge.OK, say: "pick.clusterStarted", step: "tote", events: "work.started"},
		{row: "2.3-1", name: "its orders are not given out otherwise", set: func(x *site) { sent("total")(x); x.act("p2", "start", edge.Args{Flow: edge.Pick}) },
			act: "start", args: edge.Args{Flow: edge.Pick}, code: edge.Unexpected, say: "start.noWork", events: "scan.refused"},
		{row: "2.3-1", name: "not before its time", set: func(x *site) {
			three(x)
			l := list("PL-1", "cluster", "o1", "o2", "o3")
			l.ReleaseAt = x.now.Add(time.Hour)
			x.record(l)
		}, act: "start", args: edge.Args{Flow: edge.Pick, Mode: "cluster"}, code: edge.Unexpected, say: "start.noWork", events: "scan.refused"},
	})
}

func TestListOfTheWMS(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	three(x)
	x.record(list("PL-1", "cluster", "o2", "o3", "o9"))
	x.record(order("o9", "cj", line{2, 1})) // named before it was known
	assert.Equal(t, "PL-1", x.live.Order("default", "o9").List)
	x.record(&edge.OrderChange{ID: "c1", Order: "o3", Change: "cancel"})
	x.record(&edge.OrderChange{ID: "c2", Order: "o2", Change: "hold"})
	require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "cluster"}).OK)
	assert.Equal(t, []string{"o9"}, x.screen("p").Task.Orders, "without what was cancelled or held")
	x.record(&edge.OrderChange{ID: "c3", Order: "o2", Change: "release"})
	require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o2"}}).OK, "free, as its list was begun without it")
}

// TestListSentAgain: the last one counts, and a list of the WMS goes before one
// that was formed here.
func TestListSentAgain(t *testing.T) {
	x := newSite(t)
	x.deep = true
	three(x)
	x.send(&edge.Message{Kind: edge.Plan, Body: list("", "total", "o1", "o2", "o3")})
	require.Equal(t, "pickList.formed", x.kinds())
	x.record(list("PL-1", "total", "o1", "o2"))
	x.record(list("PL-1", "total", "o2"))
	lists := map[string]string{}
	x.live.EachOrder(func(o *edge.Order) { lists[o.ID] = o.List })
	assert.Equal(t, map[string]string{"o1": "", "o2": "PL-1", "o3": "L-1"}, lists)
}

// TestPlannedOrdersMayBePickedAlone: what was formed here reserves nothing.
func TestPlannedOrdersMayBePickedAlone(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	three(x)
	x.send(&edge.Message{Kind: edge.Plan, Body: list("", "cluster", "o1", "o2")})
	require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick}).OK)
	assert.Equal(t, []string{"o3"}, x.screen("p").Task.Orders, "what stands on no list first")
	require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Pick}).OK)
	assert.Equal(t, []string{"o1"}, x.screen("p2").Task.Orders)

	for name, r := range map[string]*edge.PickList{"one": list("", "cluster", "o2"), "begun": list("", "total", "o1", "o3"),
		"unknown": list("", "total", "a", "b"), "listed": list("", "total", "o2", "o2"), "mode": list("", "order", "o2", "o3")} {
		assert.False(t, x.send(&edge.Message{Kind: edge.Plan, Body: r}).OK, name)
		assert.Empty(t, x.last, name)
	}
}

// TestCutoffsAreNeverMixed: an order whose cut-off changes leaves its list.
func TestCutoffsAreNeverMixed(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	three(x)
	r := order("o4", "cj", line{1, 1})
	r.Cutoff = x.now.Add(20 * time.Hour)
	x.record(r)
	x.send(&edge.Message{Kind: edge.Plan, Body: list("", "total", "o1", "o2", "o4", "o3")})
	assert.Equal(t, []string{"o1", "o2", "o3"}, x.last[0].Data.(*edge.PickListReceived).Orders)
	again := order("o2", "cj", line{1, 2})
	again.Hash, again.Cutoff = "other", x.now.Add(20*time.Hour)
	x.record(again)
	assert.Empty(t, x.live.Order("default", "o2").List)
	x.record(&edge.OrderChange{ID: "c1", Order: "o3", Change: "recarrier", Carrier: "hanjin"})
	assert.Empty(t, x.live.Order("default", "o3").List)
}

// TestARowShowsTheCutoffOfWhatStartGives: a list goes before the queue, and an order
// that somebody left goes on alone.
func TestARowShowsTheCutoffOfWhatStartGives(t *testing.T) {
	due := func(x *site, id string, hours int) {
		r := order(id, "cj", line{1, 2})
		r.Cutoff = x.now.Add(time.Duration(hours) * time.Hour)
		x.record(r)
	}
	alone := func(x *site) {
		x.pol.Pick.Cluster, x.pol.Pick.Wave = 4, 4
		due(x, "o1", 1)
		due(x, "o2", 2)
		require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o1"}}).OK)
		require.True(t, x.scan("p2", "TOTE-00001").OK)
		require.True(t, x.scan("p2", x.screen("p2").Expect[0].Code).OK)
		require.True(t, x.act("p2", "leave", edge.Args{}).OK)
	}
	listed := func(mode string) func(x *site) {
		return func(x *site) {
			x.pol.Pick.Cluster, x.pol.Pick.Wave = 4, 4
			due(x, "o1", 1)
			due(x, "o2", 2)
			x.record(list("PL-1", mode, "o2"))
		}
	}
	for name, c := range map[string]struct {
		set   func(x *site)
		modes []string
	}{
		"a list of totes":   {listed("cluster"), []string{"order", "cluster", "total"}},
		"a list of a wave":  {listed("total"), []string{"order", "cluster", "total"}},
		"an order was left": {alone, []string{"order", "cluster", "total"}},
		"a wave was put down": {func(x *site) {
			listed("total")(x)
			require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Pick, Mode: "total"}).OK)
			require.True(t, x.act("p2", "leave", edge.Args{}).OK)
		}, []string{"total"}},
	} {
		for _, mode := range c.modes {
			t.Run(name+", "+mode, func(t *testing.T) {
				x := newSite(t)
				crew(x)
				c.set(x)
				row := slices.IndexFunc(x.screen("p").Work, func(w edge.Waiting) bool { return w.Flow == edge.Pick && w.Mode == mode })
				require.GreaterOrEqual(t, row, 0)
				told := x.screen("p").Work[row].Cutoff
				require.NotNil(t, told)
				require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: mode}).OK)
				assert.Equal(t, x.screen("p").Task.Cutoff.UTC(), told.UTC())
			})
		}
	}
}

// TestANamedOrderBeginsItsList: not the list that comes first, and not a wave that
// somebody has put down.
func TestANamedOrderBeginsItsList(t *testing.T) {
	for _, mode := range []string{"cluster", "total"} {
		x := newSite(t)
		x.deep = true
		crew(x)
		three(x)
		x.record(list("PL-1", mode, "o1"))
		x.record(list("PL-2", mode, "o2"))
		x.record(list("PL-3", mode, "o3"))
		require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Pick, Mode: mode}).OK)
		require.True(t, x.scan("p2", "TOTE-00001").OK)
		require.True(t, x.act("p2", "leave", edge.Args{}).OK)
		require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: mode, Orders: []string{"o3"}}).OK, mode)
		assert.Equal(t, []string{"o3"}, x.screen("p").Task.Orders)
		assert.Empty(t, x.live.Order("default", "o3").List, "it was begun")
		require.True(t, x.act("p", "leave", edge.Args{}).OK)
		assert.Equal(t, "start.noWork", x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "order", Orders: []string{"o2"}}).Say.Key, "it is picked in another way")
	}
}

// TestNamedOrdersOfAPlanAreBegunAlone: what was formed here reserves nothing, and who
// names orders begins with those and no others.
func TestNamedOrdersOfAPlanAreBegunAlone(t *testing.T) {
	for _, mode := range []string{"cluster", "total"} {
		x := newSite(t)
		x.deep = true
		crew(x)
		three(x)
		x.send(&edge.Message{Kind: edge.Plan, Body: list("", mode, "o1", "o2", "o3")})
		require.Equal(t, "pickList.formed", x.kinds())
		require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: mode, Orders: []string{"o3", "o1"}}).OK, mode)
		assert.ElementsMatch(t, []string{"o1", "o3"}, x.screen("p").Task.Orders, mode)
		require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Pick, Mode: mode}).OK, mode)
		assert.Equal(t, []string{"o2"}, x.screen("p2").Task.Orders, mode)
	}
}
