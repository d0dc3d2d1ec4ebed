package floor_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// TestRowsOfNoWork: row 2.2-1, none left says why. Each row begins where another
// reason is the nearest; the say key and code are always the same.
func TestRowsOfNoWork(t *testing.T) {
	pick := func(mode string) edge.Args { return edge.Args{Flow: edge.Pick, Mode: mode} }
	one := func(x *site) { x.record(order("o1", "cj", line{1, 1}, line{2, 1})) }
	begun := func(x *site) { one(x); x.act("p2", "start", pick("")) }
	for _, r := range []struct {
		why  string
		who  string
		set  func(x *site)
		args edge.Args
	}{
		{"nothing", "p", func(*site) {}, pick("")},
		{"inHands", "p", begun, pick("")},
		{"taken", "p", begun, edge.Args{Flow: edge.Pick, Orders: []string{"o1"}}},
		{"taken", "p", func(*site) {}, edge.Args{Flow: edge.Pick, Orders: []string{"nobody-told"}}},
		{"held", "p", func(x *site) { one(x); x.record(&edge.OrderChange{ID: "h", Order: "o1", Change: "hold"}) }, pick("")},
		{"goods", "p", func(x *site) {
			x.catalogue(&edge.ClientRecord{ID: "default", ShortPolicy: "wait", WaitMinutes: 30})
			x.record(order("o1", "cj", line{1, 1}))
			x.act("p", "start", pick(""))
			x.scan("p", "TOTE-00001")
			x.act("p", "short", edge.Args{Reason: "none"})
		}, pick("")},
		{"zoneEmpty", "p", zoned, edge.Args{Flow: edge.Pick, Zone: "C"}},
		{"otherKind", "p", func(x *site) { three(x); x.record(list("PL-1", "cluster", "o1", "o2", "o3")) }, pick("")},
		{"wallFull", "p2", fullWall, pick("total")},
		{"parked", "p", func(x *site) {
			o := order("o1", "cj", line{1, 1})
			o.Lines[0].SKU = "never-told"
			x.record(o)
		}, pick("")},
		{"notPicked", "k", begun, edge.Args{Flow: edge.Pack}},
		{"toPick", "k", one, edge.Args{Flow: edge.Pack}},
		{"toPick", "p", one, edge.Args{Flow: edge.Put}},
		{"notPacked", "l", one, edge.Args{Flow: edge.Load}},
		{"nothing", "p", func(*site) {}, edge.Args{Flow: edge.Count}},
		{"nothing", "p", func(*site) {}, edge.Args{Flow: edge.Replenish}},
	} {
		t.Run(r.why, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			r.set(x)
			v := x.act(r.who, "start", r.args)
			assert.Equal(t, edge.Unexpected, v.Code)
			assert.Equal(t, edge.Says("start.noWork", edge.T("why", r.why)), v.Say)
			assert.Equal(t, "scan.refused", x.kinds())
		})
	}
}

// TestNoWorkUntil: a list that is given out later says when, in the site's zone.
func TestNoWorkUntil(t *testing.T) {
	x := newSite(t)
	crew(x)
	three(x)
	l := list("PL-1", "cluster", "o1", "o2", "o3")
	l.ReleaseAt = x.now.Add(time.Hour)
	x.record(l)
	v := x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "cluster"})
	require.Len(t, v.Say.Args, 2)
	at, err := time.Parse(edge.TimeLayout, v.Say.Args[1].Text)
	require.NoError(t, err)
	assert.WithinDuration(t, l.ReleaseAt, at, time.Millisecond)
	x.now = x.now.Add(61 * time.Minute)
	assert.Equal(t, edge.OK, x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "cluster"}).Code)
}

// TestAListOfLaterIsNotOffered: what start would refuse does not stand on the idle
// screen, nor is it counted there.
func TestAListOfLaterIsNotOffered(t *testing.T) {
	for _, mode := range []string{"order", "cluster", "total"} {
		x := newSite(t)
		crew(x)
		three(x)
		l := list("PL-1", mode, "o1", "o2", "o3")
		l.ReleaseAt = x.now.Add(time.Hour)
		x.record(l)
		offered := func() (n int) {
			for _, w := range x.screen("p").Work {
				if w.Flow == edge.Pick {
					assert.Equal(t, mode, w.Mode)
					n += w.Waiting
				}
			}
			return n
		}
		assert.Zero(t, offered(), mode)
		x.record(order("o4", "cj", line{1, 1}))
		x.record(list("PL-2", mode, "o4"))
		assert.Equal(t, 1, offered(), mode)
		x.now = x.now.Add(61 * time.Minute)
		assert.Equal(t, 4, offered(), mode)
		for _, o := range []string{"o1", "o2", "o3", "o4"} {
			x.record(&edge.OrderChange{ID: "c-" + o, Order: o, Change: "hold"})
		}
		assert.Zero(t, offered(), "all of %s held", mode)
	}
}

// fullWall is a wall whose two cells a wave on the floor will take, and orders
// that wait for the next.
func fullWall(x *site) {
	x.pol.Pick.Wave = 2
	waved(x)
	x.record(order("o3", "cj", line{1, 1}, line{2, 1}))
	x.record(order("o4", "cj", line{1, 1}, line{2, 1}))
}

// TestNextWaveIsHeldWhileTheWallIsFull: no wave is opened for a wall without a
// cell, from the first tote of the one before until a packer empties a cell; idle
// screens do not offer it meanwhile and say why, and orders can be picked alone.
func TestNextWaveIsHeldWhileTheWallIsFull(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	fullWall(x)
	total := edge.Args{Flow: edge.Pick, Mode: "total"}
	offered := func() bool {
		for _, w := range x.screen("p2").Work {
			if w.Mode == "total" {
				return true
			}
		}
		return false
	}
	held := func(when string) {
		assert.False(t, offered(), when)
		assert.Equal(t, "wallFull", x.screen("p2").Why, when)
		require.Equal(t, edge.Unexpected, x.act("p2", "start", total).Code, when)
	}
	held("while the wave before is picked")
	for range 3 {
		x.scan("p", "EA-1")
	}
	require.Equal(t, "pick.waveDone", x.scan("p", "EA-2").Say.Key)
	held("while its tote waits for the wall")
	x.scan("p", "TOTE-00001")
	x.follow("p", nil)
	held("while both cells wait for a desk")
	x.act("k", "start", edge.Args{Flow: edge.Pack})
	x.follow("k", nil)
	assert.True(t, offered(), "a box took the goods out of a cell")
	assert.Empty(t, x.screen("p2").Why)
	assert.Equal(t, edge.OK, x.act("p2", "start", total).Code)
	assert.Equal(t, x.hash(x.live), x.hash(x.replay))
}

// TestFastLineNeedsNoWall: waves of single pieces are not held, and a list of the
// WMS that needs cells is passed by for one that does not.
func TestFastLineNeedsNoWall(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	fullWall(x)
	for _, id := range []string{"s1", "s2"} {
		x.record(order(id, "cj", line{1, 1}))
	}
	x.record(list("PL-1", "total", "o3", "o4"))
	total := edge.Args{Flow: edge.Pick, Mode: "total"}
	require.Equal(t, edge.Unexpected, x.act("p2", "start", total).Code, "its orders need cells")
	x.record(list("PL-2", "total", "s1", "s2"))
	require.Equal(t, edge.OK, x.act("p2", "start", total).Code)
	assert.Equal(t, []string{"s1", "s2"}, x.screen("p2").Task.Orders)
}

// TestWaveThatWasLeftIsNotHeld: it is on the floor, and must come off it.
func TestWaveThatWasLeftIsNotHeld(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	fullWall(x)
	x.scan("p", "EA-1")
	require.True(t, x.act("p", "leave", edge.Args{}).OK)
	require.Equal(t, edge.OK, x.act("p2", "start", edge.Args{Flow: edge.Pick, Mode: "total"}).Code)
	assert.Equal(t, []string{"o1", "o2"}, x.screen("p2").Task.Orders)
}

// TestNoWorkWhileTheWMSIsSilent: where nothing is released and the WMS that would
// release it has not called for long, that is the reason, with when it last did; a
// nearer reason stays, and so does work that the floor makes itself.
func TestNoWorkWhileTheWMSIsSilent(t *testing.T) {
	for _, c := range []struct {
		who, why string
		set      func(x *site)
		args     edge.Args
	}{
		{"p", "stale", nil, edge.Args{Flow: edge.Pick}},
		{"p", "stale", nil, edge.Args{Flow: edge.Pick, Mode: "total"}},
		{"p", "stale", nil, edge.Args{Flow: edge.Put}},
		{"k", "stale", nil, edge.Args{Flow: edge.Pack}},
		{"r", "stale", nil, edge.Args{Flow: edge.Return}},
		{"p", "nothing", nil, edge.Args{Flow: edge.Count}},
		{"p", "nothing", nil, edge.Args{Flow: edge.Replenish}},
		{"p", "taken", nil, edge.Args{Flow: edge.Pick, Orders: []string{"o1"}}},
		{"k", "toPick", func(x *site) { x.record(order("o1", "cj", line{1, 1})) }, edge.Args{Flow: edge.Pack}},
	} {
		x := newSite(t)
		crew(x)
		x.hire("r", edge.Returns)
		if c.set != nil {
			c.set(x)
		}
		heard := x.now.Add(-10 * time.Minute)
		v := x.send(&edge.Message{Kind: edge.Act, Worker: c.who, Action: "start", Args: c.args, Rev: x.rev[c.who], Silent: true, Heard: heard})
		want := []edge.Arg{edge.T("why", c.why)}
		if c.why == "stale" {
			want = append(want, edge.T("since", heard.Format(edge.TimeLayout)))
		}
		assert.Equal(t, edge.Says("start.noWork", want...), v.Say, "%+v", c.args)
		assert.Equal(t, c.why, x.last[0].Data.(*edge.Refused).Why)
	}
	x := newSite(t)
	crew(x)
	v := x.send(&edge.Message{Kind: edge.Scan, Worker: "p", Code: "TOTE-00001", Silent: true})
	assert.Equal(t, edge.Says("start.noWork", edge.T("why", "stale")), v.Say, "not since the start")
}
