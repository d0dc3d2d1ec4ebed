package floor_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// TestUndoIsTakenWhereItIsOffered: by the button and by the printed code alike. The pieces
// of a tote that is in no hand are nobody's to take back.
func TestUndoIsTakenWhereItIsOffered(t *testing.T) {
	begun := func(x *site) {
		x.record(order("o1", "cj", line{1, 2}, line{2, 1}))
		x.act("p", "start", edge.Args{Flow: edge.Pick})
		x.scan("p", "TOTE-00001")
		x.scan("p", "EA-1")
	}
	wave := func(x *site) {
		x.pol.Pick.Wave, x.pol.Pick.Lines = 30, 3
		for i := range 3 {
			x.record(order(fmt.Sprintf("o%d", i+1), "cj", line{1, 1}, line{2, 1}))
		}
		x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total"})
		x.scan("p", "TOTE-00001")
		x.scan("p", "EA-1")
	}
	for _, c := range []struct {
		name, who, step string
		set             func(x *site)
		offered         bool
	}{
		{"a wave's tote that is to be fetched", "p2", "tote", func(x *site) {
			wave(x)
			x.act("p", "leave", edge.Args{})
			x.act("p2", "start", edge.Args{Flow: edge.Pick, Mode: "total"})
		}, false},
		{"and was", "p2", "item", func(x *site) {
			wave(x)
			x.act("p", "leave", edge.Args{})
			x.act("p2", "start", edge.Args{Flow: edge.Pick, Mode: "total"})
			x.scan("p2", "TOTE-00001")
		}, true},
		{"a held order", "p", "held", func(x *site) { begun(x); changed(x, "o1", "hold", &edge.OrderChange{}) }, false},
		{"another tote", "p", "tote", func(x *site) { begun(x); x.act("p", "addTote", edge.Args{}) }, true},
		{"another tote of a wave", "p", "tote", func(x *site) { wave(x); x.act("p", "addTote", edge.Args{}) }, true},
		{"the first tote", "p", "tote", func(x *site) {
			x.record(order("o1", "cj", line{1, 2}))
			x.act("p", "start", edge.Args{Flow: edge.Pick})
		}, false},
		{"whether a place is empty", "p", "empty", func(x *site) {
			x.pol.Pick.AskEmpty = true
			stock(x, "S1", "L1", "", "", 1)
			begun(x)
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, code := range []bool{false, true} {
				x := newSite(t)
				x.deep = true
				crew(x)
				c.set(x)
				s := x.screen(c.who)
				require.Equal(t, c.step, s.Step)
				require.Equal(t, c.offered, slices.Contains(s.Actions, "undo"), s.Actions)
				var v edge.Verdict
				if code {
					v = x.scan(c.who, "UNDO")
				} else {
					v = x.act(c.who, "undo", edge.Args{})
				}
				want := []any{edge.Unexpected, "undo.nothing"}
				if c.offered {
					want = []any{edge.OK, "undo.done"}
				}
				assert.Equal(t, want, []any{v.Code, v.Say.Key}, "the printed code: %v", code)
				rebuilt(t, x)
			}
		})
	}
}
