package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// leftBoxes are ways to leave a desk with a box whose order has no tote any more.
var leftBoxes = map[string]func(t *testing.T, x *site){
	"a single piece, printing": func(t *testing.T, x *site) {
		singled(x)
		require.Equal(t, edge.Done, x.scan("k", "EA-1").Code)
		require.Equal(t, "printing", x.screen("k").Step)
	},
	"a single piece, label in hand": func(t *testing.T, x *site) {
		singled(x)
		x.scan("k", "EA-1")
		x.label(x.screen("k").Box)
		require.Equal(t, "waybill", x.screen("k").Step)
	},
	"a packed box opened": func(t *testing.T, x *site) {
		b := packed(t, x, "o1", "cj", "TOTE-00001")
		require.True(t, x.act("k", "reopen", edge.Args{Box: b.ID, Reason: "gift"}).OK)
	},
	"another label of a packed box": func(t *testing.T, x *site) {
		b := packed(t, x, "o1", "cj", "TOTE-00001")
		require.True(t, x.act("k", "reprint", edge.Args{Box: b.ID, Reason: "torn"}).OK)
	},
	"one that came from elsewhere": func(t *testing.T, x *site) {
		cages(x)
		b := packed(t, x, "o1", "cj", "TOTE-00001")
		require.True(t, x.scan("l", "CAGE-01").OK)
		require.True(t, x.scan("l", b.Waybill).OK)
		x.act("l", "leave", edge.Args{})
		require.True(t, x.act("k", "reopen", edge.Args{Box: b.ID, Reason: "gift"}).OK)
	},
}

// TestALeftBoxIsFound: whoever left it, and anybody else, is led to it by start before new
// work, and it goes to its end.
func TestALeftBoxIsFound(t *testing.T) {
	for name, set := range leftBoxes {
		for _, who := range []string{"k", "k2"} {
			t.Run(name+" "+who, func(t *testing.T) {
				x := newSite(t)
				x.deep = true
				crew(x)
				x.hire("k3", edge.Packer)
				x.catalogue(&edge.CellRecord{ID: "W1-1", Barcode: "CELL-W1-1"})
				set(t, x)
				picked(t, x, "new", "cj", "TOTE-00777", line{4, 1})
				box := x.screen("k").Box
				require.NotEmpty(t, box)
				require.True(t, x.act("k", "leave", edge.Args{}).OK)
				s := x.screen(who)
				require.Contains(t, bare(s.Work), edge.Waiting{Flow: edge.Pack, Mode: "order", Waiting: 2})
				for _, e := range s.Expect {
					assert.NotEqual(t, "waybill", e.Kind)
				}
				pick, pack, _ := x.live.Queues()
				assert.Equal(t, []int{0, 2}, []int{pick, pack})
				rebuilt(t, x)
				v := x.act(who, "start", edge.Args{Flow: edge.Pack})
				require.Equal(t, edge.Says("pack.box", edge.T("box", box)), v.Say)
				assert.Equal(t, box, x.screen(who).Box)
				assert.Contains(t, bare(x.screen("k3").Work), edge.Waiting{Flow: edge.Pack, Mode: "order", Waiting: 1}, "somebody has it")
				x.follow(who, nil)
				assert.NotEmpty(t, x.live.Box(box).Bound)
				v = x.act(who, "start", edge.Args{Flow: edge.Pack})
				require.Equal(t, "pack.started", v.Say.Key, "and now new work")
				conserve(t, x)
				conserveOutbound(t, x)
				checkEvents(t, x.events)
			})
		}
	}
}

// TestALeftBoxOfThisDesk: who goes on with single pieces at the desk where it lies is led
// to it, too; at another desk it is not theirs to look for.
func TestALeftBoxOfThisDesk(t *testing.T) {
	for station, say := range map[string]string{"pack-1": "pack.box", "pack-2": "pack.started"} {
		x := newSite(t)
		x.deep = true
		crew(x)
		leftBoxes["a single piece, printing"](t, x)
		x.act("k", "leave", edge.Args{})
		assert.Equal(t, say, x.act("k2", "start", edge.Args{Flow: edge.Pack, Mode: "single", Station: station}).Say.Key, station)
	}
}

// TestALeftBoxIsNoWork where its order is held or was cancelled, where it is in somebody's
// hands, or not at a desk.
func TestALeftBoxIsNoWork(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(x *site)
		args edge.Args
	}{
		"held":        {func(x *site) { changed(x, "o1", "hold", &edge.OrderChange{}) }, edge.Args{}},
		"cancelled":   {cancelO1, edge.Args{}},
		"in a hand":   {func(x *site) { x.act("k", "start", edge.Args{Flow: edge.Pack}) }, edge.Args{}},
		"another one": {func(*site) {}, edge.Args{Orders: []string{"o9"}}},
	} {
		t.Run(name, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			leftBoxes["a packed box opened"](t, x)
			x.act("k", "leave", edge.Args{})
			c.set(x)
			if name != "another one" {
				assert.Empty(t, x.screen("k2").Work)
			}
			c.args.Flow = edge.Pack
			assert.Equal(t, "start.noWork", x.act("k2", "start", c.args).Say.Key)
			rebuilt(t, x)
		})
	}
	x := newSite(t)
	crew(x)
	leftBoxes["a packed box opened"](t, x)
	x.act("k", "leave", edge.Args{})
	assert.Equal(t, "pack.noStation", x.act("k2", "start", edge.Args{Flow: edge.Pack, Station: "nowhere"}).Say.Key)
	require.True(t, x.act("k2", "start", edge.Args{Flow: edge.Pack, Orders: []string{"o1"}}).OK, "by its name")
	assert.Equal(t, "B-1", x.screen("k2").Box)
}

// TestARestThatWasLeftIsFound: a packed box was opened, less was packed into it again, and
// the desk was left before the rest had a box. No tote and no open box leads to it: it is
// work of the desks as a box that was left is.
func TestARestThatWasLeftIsFound(t *testing.T) {
	left := func(t *testing.T) *site {
		x := newSite(t)
		x.deep = true
		crew(x)
		x.hire("k3", edge.Packer)
		picked(t, x, "o1", "cj", "TOTE-00001", line{1, 2})
		require.True(t, x.scan("k", "TOTE-00001").OK)
		x.follow("k", nil)
		require.True(t, x.act("k", "reopen", edge.Args{Box: "B-1", Reason: "gift"}).OK)
		require.True(t, x.act("k", "undo", edge.Args{}).OK)
		require.True(t, x.scan("k", "EA-1").OK)
		require.True(t, x.act("k", "close", edge.Args{}).OK)
		x.label("B-1")
		require.True(t, x.scan("k", boxCode(x, "B-1")).OK)
		require.Equal(t, "item", x.screen("k").Step, "one piece has no box")
		require.True(t, x.act("k", "leave", edge.Args{}).OK)
		return x
	}
	waits := func(x *site, n int) []edge.Waiting {
		if n == 0 {
			return nil
		}
		return []edge.Waiting{{Flow: edge.Pack, Mode: "order", Waiting: n}}
	}
	for name, begin := range map[string]func(x *site) edge.Verdict{
		"start":         func(x *site) edge.Verdict { return x.act("k2", "start", edge.Args{Flow: edge.Pack}) },
		"its pick slip": func(x *site) edge.Verdict { return x.scan("k2", "o1") },
		"named to start": func(x *site) edge.Verdict {
			return x.act("k2", "start", edge.Args{Flow: edge.Pack, Orders: []string{"o1"}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := left(t)
			assert.Equal(t, waits(x, 1), bare(x.screen("k3").Work))
			rebuilt(t, x)
			require.Equal(t, edge.Says("pack.rest", edge.T("order", "o1")), begin(x).Say)
			assert.Equal(t, "EA-1", x.screen("k2").Expect[0].Code)
			assert.Empty(t, x.screen("k3").Work, "somebody has it")
			x.follow("k2", nil)
			o := x.live.Order("default", "o1")
			assert.Equal(t, []any{edge.StagePacked, 2}, []any{o.Stage, len(o.Boxes)})
			assert.Empty(t, x.screen("k3").Work)
			conserve(t, x)
			conserveOutbound(t, x)
			checkEvents(t, x.events)
			rebuilt(t, x)
		})
	}
	t.Run("held and released", func(t *testing.T) {
		x := left(t)
		hold(x, "o1")
		assert.Empty(t, x.screen("k3").Work)
		assert.Equal(t, "start.noWork", x.act("k2", "start", edge.Args{Flow: edge.Pack}).Say.Key)
		release(x, "o1")
		assert.Equal(t, waits(x, 1), bare(x.screen("k3").Work))
		rebuilt(t, x)
	})
	t.Run("wanted no more", func(t *testing.T) {
		x := left(t)
		one := 1
		changed(x, "o1", "reduceLine", &edge.OrderChange{Line: "1", Quantity: &one})
		require.True(t, x.act("k2", "start", edge.Args{Flow: edge.Pack}).OK, "somebody says that this is all")
		require.Equal(t, "pack.orderDone", x.act("k2", "close", edge.Args{}).Say.Key)
		assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
		require.True(t, x.act("p", "start", edge.Args{Flow: edge.Replenish}).OK, "the piece goes back")
		x.follow("p", nil)
		checkEvents(t, x.events)
		rebuilt(t, x)
	})
	t.Run("cancelled", func(t *testing.T) {
		x := left(t)
		cancelO1(x)
		assert.Empty(t, x.screen("k3").Work)
		rebuilt(t, x)
	})
}
