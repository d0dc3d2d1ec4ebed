package floor_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// offered holds that an idle screen and start say the same: each row of work begins when
// it is asked for, with the cut-off that a picker's row names, and what no row offers has
// nothing to start. Who has no desk is told so.
func offered(t tb, x *site) {
	t.Helper()
	for w, roles := range x.roles {
		s := x.screen(w)
		if s.Flow != edge.Idle || s.Step != "" || !slices.Contains(s.Actions, "start") {
			continue
		}
		start := func(a edge.Args) floor.Decision {
			return floor.Decide(x.view(w), &edge.Message{Kind: edge.Act, ID: x.nextID(), At: x.now, Worker: w, Roles: roles, Proven: true,
				Action: "start", Args: a, Rev: x.rev[w]})
		}
		key := func(f edge.Flow, mode string) string { return string(f) + "/" + mode }
		has := map[string]bool{}
		for _, r := range s.Work {
			has[key(r.Flow, r.Mode)] = has[key(r.Flow, r.Mode)] || r.Zone == ""
			d := start(edge.Args{Flow: r.Flow, Mode: r.Mode, Zone: r.Zone})
			if !d.Verdict.OK && d.Verdict.Say.Key != "pack.noStation" {
				t.Fatalf("%s is offered %+v and refused it: %+v", w, r, d.Verdict)
			}
			if r.Flow == edge.Pick && d.Verdict.OK {
				cutoffOf(t, x, &r, &d)
			}
		}
		may := func(r edge.Role) bool { return slices.Contains(roles, r) || slices.Contains(roles, edge.Lead) }
		none := func(r edge.Role, f edge.Flow, mode string, site bool) {
			if has[key(f, mode)] || !may(r) || !site {
				return
			}
			if d := start(edge.Args{Flow: f, Mode: mode}); d.Verdict.Say.Key != "start.noWork" {
				t.Fatalf("%s is offered no %s/%s of %+v: %+v", w, f, mode, s.Work, d.Verdict)
			}
		}
		none(edge.Picker, edge.Pick, "order", true)
		none(edge.Picker, edge.Pick, "cluster", x.pol.Pick.Cluster > 1)
		none(edge.Picker, edge.Pick, "total", x.pol.Pick.Wave > 1)
		none(edge.Picker, edge.Put, "", true)
		none(edge.Picker, edge.Count, "", true)
		none(edge.Picker, edge.Replenish, "", true)
		none(edge.Packer, edge.Pack, "order", true)
		none(edge.Loader, edge.Load, "container", true)
		none(edge.Returns, edge.Return, "", true)
	}
}

// cutoffOf holds that a row names the cut-off of the order that start gives.
func cutoffOf(t tb, x *site, r *edge.Waiting, d *floor.Decision) {
	t.Helper()
	for i := range d.Events {
		e, ok := d.Events[i].Data.(*edge.WorkEvent)
		if !ok {
			continue
		}
		orders := e.Orders
		if w := x.live.Work(e.Work); w != nil { // a wave that was put down
			orders = w.Orders
		}
		client := d.Events[i].Client
		if o := x.live.Order(client, orders[0]); o == nil || o.Cutoff.IsZero() != (r.Cutoff == nil) || r.Cutoff != nil && !o.Cutoff.Equal(*r.Cutoff) {
			t.Fatalf("the row %+v names %v, start gives %+v", r, r.Cutoff, o)
		}
	}
}

// TestARowIsWhatStartGives: on each of these floors an idle screen offers what can be
// started, no more and no less.
func TestARowIsWhatStartGives(t *testing.T) {
	for name, set := range map[string]func(x *site){
		"the wall is full, a list of a wave and loose orders wait": func(x *site) {
			fullWall(x)
			x.record(list("PL-1", "total", "o3", "o4"))
			x.record(order("o5", "cj", line{1, 1}, line{2, 1}))
			x.record(order("o6", "cj", line{1, 1}, line{2, 1}))
		},
		"the wall is full, a list of single pieces waits": func(x *site) {
			fullWall(x)
			x.record(order("o5", "cj", line{1, 1}))
			x.record(list("PL-1", "total", "o5"))
		},
		"a waiting tote goes before an earlier cut-off": func(x *site) {
			passedToB(x)
			later(x, "o2", 1, line{3, 1})
		},
		"the most urgent order is to be picked alone": func(x *site) {
			x.pol.Pick.Wave, x.pol.Pick.Cluster = 3, 3
			later(x, "o1", 1, line{1, 1})
			orderList(x, -time.Minute, "o1")
			later(x, "o2", 2, line{2, 1})
		},
		"another desk is on its way to the only tote": func(x *site) {
			pickedAlone(x, "o1", "TOTE-00001")
			x.act("k", "start", edge.Args{Flow: edge.Pack})
		},
		"another desk is on its way to the first tote": func(x *site) {
			pickedAlone(x, "o1", "TOTE-00001")
			pickedAlone(x, "o2", "TOTE-00002")
			x.act("k", "start", edge.Args{Flow: edge.Pack})
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			set(x)
			offered(t, x)
		})
	}
}

// pickedAlone picks an order of one piece.
func pickedAlone(x *site, id, tote string) {
	x.record(order(id, "cj", line{1, 1}))
	x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{id}})
	x.scan("p", tote)
	x.scan("p", "EA-1")
}

// TestThePackRowCountsWhatADeskCanTake: a tote that a desk is on its way to is nobody
// else's, until that desk is left.
func TestThePackRowCountsWhatADeskCanTake(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	pickedAlone(x, "o1", "TOTE-00001")
	pickedAlone(x, "o2", "TOTE-00002")
	waiting := func() int {
		for _, r := range x.screen("k2").Work {
			if r.Flow == edge.Pack {
				return r.Waiting
			}
		}
		return 0
	}
	require.Equal(t, 2, waiting())
	require.True(t, x.act("k", "start", edge.Args{Flow: edge.Pack}).OK)
	assert.Equal(t, 1, waiting())
	x.record(&edge.OrderChange{ID: "c2", Order: "o2", Change: "hold"})
	assert.Contains(t, x.dec.Touched, floor.Everyone, "nothing can be started any more")
	assert.Zero(t, waiting())
	pickedAlone(x, "o3", "TOTE-00003")
	assert.Contains(t, x.dec.Touched, floor.Everyone, "something can")
	assert.Equal(t, 1, waiting())
	x.record(&edge.OrderChange{ID: "c3", Order: "o3", Change: "hold"})
	require.True(t, x.act("k", "leave", edge.Args{}).OK)
	assert.Contains(t, x.dec.Touched, floor.Everyone, "it can be started again")
	assert.Equal(t, 1, waiting())
	require.True(t, x.act("k", "start", edge.Args{Flow: edge.Pack}).OK)
	assert.Contains(t, x.dec.Touched, floor.Everyone, "the row is gone")
}
