package floor_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

const waveTote = "TOTE-00001"

// allScanned scans articles one after the other.
func allScanned(t *testing.T, x *site, codes ...string) {
	t.Helper()
	for _, c := range codes {
		require.True(t, x.scan("p", c).OK, "%s: %+v", c, x.screen("p"))
	}
}

// toBring counts the pieces of an article that somebody is to bring back.
func toBring(x *site, sku string) (n int) {
	x.live.EachMove(func(m *edge.MoveTask) {
		if m.SKU == sku {
			n += m.Quantity
		}
	})
	return n
}

// broughtBack brings back all that lies in the wave's tote, each by a scan of it, and holds
// that it is free with the last piece and not before.
func broughtBack(t *testing.T, x *site, tasks int) {
	t.Helper()
	for range tasks {
		require.NotNil(t, x.live.Tote(waveTote), "taken until it is empty")
		require.Equal(t, "tote.inUse", pickInto(x).Say.Key)
		v := x.scan("p2", waveTote)
		require.Equal(t, "move.started", v.Say.Key, "%+v", v)
		s := x.screen("p2")
		assert.Equal(t, []string{waveTote}, s.Totes)
		assert.NotEmpty(t, s.Expect[0].Location)
		x.follow("p2", nil)
	}
	require.Nil(t, x.live.Tote(waveTote), "free with the last piece")
	checkEvents(t, x.events)
	rebuilt(t, x)
}

// pickInto has another picker take the wave's tote for a free one.
func pickInto(x *site) edge.Verdict {
	if x.screen("all").Flow == edge.Idle {
		x.record(order("o9", "hanjin", line{4, 1}))
		x.act("all", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o9"}})
	}
	return x.scan("all", waveTote)
}

// keptSite is a site with a wave and another picker.
func keptSite(t *testing.T) *site {
	x := newSite(t)
	x.deep = true
	crew(x)
	x.hire("all", edge.Picker)
	return x
}

// TestAWholeWaveCancelled: the goods of a wave that nobody wants any more lie in a tote
// that is in use until they were brought back.
func TestAWholeWaveCancelled(t *testing.T) {
	for _, where := range []string{"in hand", "put down", "picked", "at the wall"} {
		t.Run(where, func(t *testing.T) {
			x := keptSite(t)
			waved(x)
			allScanned(t, x, "EA-1", "EA-1")
			switch where {
			case "put down":
				x.act("p", "leave", edge.Args{})
			case "picked":
				allScanned(t, x, "EA-1", "EA-2")
			case "at the wall":
				allScanned(t, x, "EA-1", "EA-2", waveTote)
			}
			for _, o := range []string{"o1", "o2"} {
				changed(x, o, "cancel", &edge.OrderChange{})
			}
			if where == "at the wall" {
				require.True(t, x.act("p", "leave", edge.Args{}).OK)
			}
			require.Equal(t, edge.Idle, x.screen("p").Flow)
			tasks := 0
			x.live.EachMove(func(*edge.MoveTask) { tasks++ })
			broughtBack(t, x, tasks)
		})
	}
}

// TestAWaveWithoutGoodsButThoseThatGoBack: the last order of a wave was short of all,
// another one's goods are in the tote.
func TestAWaveWithoutGoodsButThoseThatGoBack(t *testing.T) {
	for _, how := range []string{"short", "leave"} {
		x := keptSite(t)
		waved(x)
		allScanned(t, x, "EA-1")
		cancelO1(x)
		v := x.act("p", how, edge.Args{Reason: "none"})
		require.True(t, v.OK, "%+v", v)
		require.Equal(t, edge.Idle, x.screen("p").Flow, how)
		broughtBack(t, x, 1)
	}
}

// TestOneTaskForAPieceOfAWave: a piece that is not wanted any more is brought back once,
// whether the wall meets it or not.
func TestOneTaskForAPieceOfAWave(t *testing.T) {
	for _, tt := range []struct {
		name    string
		change  func(x *site)
		pick    []string // before the change
		wall    []string // at it
		surplus []string // met at the wall
	}{
		{"cancelled while it is picked", cancelO1, []string{"EA-1"}, []string{"EA-1", "EA-1", "EA-3", waveTote}, []string{"EA-1"}},
		{"cancelled before the wall", cancelO1, []string{"EA-1", "EA-1", "EA-1", "EA-2", "EA-3"}, []string{waveTote}, []string{"EA-1", "EA-2"}},
		{"a line less while it is picked", func(x *site) { changed(x, "o1", "cancelLine", &edge.OrderChange{Line: "1"}) }, []string{"EA-1"},
			[]string{"EA-1", "EA-1", "EA-2", "EA-3", waveTote}, []string{"EA-1"}},
	} {
		for _, met := range []bool{true, false} {
			t.Run(tt.name, func(t *testing.T) {
				x := keptSite(t)
				stock(x, "S1", "L1", "", "", 90)
				stock(x, "S2", "L2", "", "", 90)
				wall(x)
				changed(x, "o2", "cancel", &edge.OrderChange{})
				x.record(order("o3", "cj", line{1, 2}, line{3, 1}))
				x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total"})
				allScanned(t, x, append([]string{waveTote}, tt.pick...)...)
				tt.change(x)
				assert.NotContains(t, bare(x.screen("p2").Work), edge.Waiting{Flow: edge.Replenish, Waiting: 1}, "not out of a tote of which others want something")
				allScanned(t, x, tt.wall...)
				if met {
					for range 2 { // what is wanted of it comes first
						require.True(t, x.scan("p", "EA-1").OK)
						require.True(t, x.scan("p", x.screen("p").Expect[0].Code).OK)
					}
					for _, code := range tt.surplus {
						require.Equal(t, "put.over", x.scan("p", code).Say.Key)
						require.True(t, x.act("p", "confirm", edge.Args{Reason: "surplus"}).OK)
					}
					assert.Empty(t, typed(x.events, edge.EvCountAsked), "it is known why it is there")
				}
				x.follow("p", nil)
				for _, code := range tt.surplus {
					assert.Equal(t, 1, toBring(x, "S"+code[3:]), code)
				}
				if met {
					require.Nil(t, x.live.Tote(waveTote), "nothing lies in it")
				}
				for range tt.surplus {
					require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Replenish}).OK)
					x.follow("p2", nil)
				}
				assert.Nil(t, x.live.Tote(waveTote))
				x.act("k", "start", edge.Args{Flow: edge.Pack})
				x.follow("k", nil)
				assert.Zero(t, toBring(x, "S1")+toBring(x, "S2"), "nor once more when the rest is packed")
				checkEvents(t, x.events)
				rebuilt(t, x)
			})
		}
	}
}

// TestTheLastLineCancelled: an order of which nothing is left is one that was cancelled,
// by whatever word.
func TestTheLastLineCancelled(t *testing.T) {
	for _, wave := range []bool{false, true} {
		x := keptSite(t)
		x.record(order("o1", "cj", line{1, 2}))
		mode := map[bool]string{true: "total"}[wave]
		x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: mode})
		allScanned(t, x, waveTote, "EA-1", "EA-1")
		changed(x, "o1", "cancelLine", &edge.OrderChange{Line: "1"})
		assert.Equal(t, edge.StageCancelled, x.live.Order("default", "o1").Stage)
		assert.Equal(t, 2, toBring(x, "S1"), "wave %v", wave)
		require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Replenish}).OK)
		x.follow("p2", nil)
		assert.Nil(t, x.live.Tote(waveTote))
	}
}

// TestAPieceThatIsNotInTheTote: a tote is not in use for ever because of a piece that is
// not there.
func TestAPieceThatIsNotInTheTote(t *testing.T) {
	for found, want := range map[int]string{0: "stock.short count.asked work.finished tote.released", 1: "stock.short count.asked step.confirmed"} {
		x := keptSite(t)
		wall(x)
		changed(x, "o1", "cancel", &edge.OrderChange{})
		x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total"})
		allScanned(t, x, waveTote, "EA-1", "EA-1")
		changed(x, "o2", "cancel", &edge.OrderChange{})
		x.scan("p", waveTote)
		require.Contains(t, x.screen("p").Actions, "short")
		assert.Equal(t, "short.nothingMissing", x.act("p", "short", edge.Args{Found: n(2), Reason: "none"}).Say.Key)
		assert.Equal(t, edge.Over, x.act("p", "short", edge.Args{Found: n(3), Reason: "none"}).Code)
		require.Equal(t, edge.Done, x.act("p", "short", edge.Args{Found: n(found), Reason: "none"}).Code)
		assert.Equal(t, want, x.kinds())
		x.follow("p", nil)
		require.Nil(t, x.live.Tote(waveTote))
		rebuilt(t, x)
	}
}

// pickedUpTo does what a picker is asked for until that is an article.
func pickedUpTo(t *testing.T, x *site, sku string) {
	t.Helper()
	next := totesFrom(1)
	for e := x.screen("p").Expect[0]; e.SKU != sku; e = x.screen("p").Expect[0] {
		if e.Code == "" {
			e.Code = next()
		}
		require.True(t, x.scan("p", e.Code).OK)
	}
}

// TestShortOfAllThatIsStillWanted: a line was picked and then cancelled, the other is short
// of all. The order is cancelled, and its goods go back as those of any other.
func TestShortOfAllThatIsStillWanted(t *testing.T) {
	for _, mode := range []string{"", "cluster", "total"} {
		for mates := range 2 { // another order of which goods go back
			t.Run(fmt.Sprint(mode, mates), func(t *testing.T) {
				x := keptSite(t)
				pieces := 2
				x.record(order("o1", "cj", line{1, pieces}, line{2, 1}))
				if mates > 0 && mode != "" {
					x.record(order("o2", "cj", line{1, 1}))
					pieces++
				}
				x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: mode})
				pickedUpTo(t, x, "S2")
				changed(x, "o2", "cancel", &edge.OrderChange{})
				changed(x, "o1", "cancelLine", &edge.OrderChange{Line: "1"})
				require.True(t, x.act("p", "short", edge.Args{Reason: "none"}).OK)
				require.Equal(t, edge.StageCancelled, x.live.Order("default", "o1").Stage)
				assert.Equal(t, pieces, toBring(x, "S1"))
				for range typed(x.events, edge.EvReplenish) {
					require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Replenish}).OK)
					x.follow("p2", nil)
				}
				x.live.EachTote(func(b *edge.Tote) { t.Errorf("nobody needs %+v", b) })
				checkEvents(t, x.events)
				rebuilt(t, x)
			})
		}
	}
}

// TestWaitedInVainForAllThatIsStillWanted: what was picked is wanted no more, the rest did
// not come in time. Nothing is left to pack, and the goods go back.
func TestWaitedInVainForAllThatIsStillWanted(t *testing.T) {
	for _, mode := range []string{"", "cluster", "total"} {
		t.Run(mode, func(t *testing.T) {
			x := keptSite(t)
			x.catalogue(&edge.ClientRecord{ID: "default", ShortPolicy: "wait", WaitMinutes: 30})
			x.record(order("o1", "cj", line{1, 2}, line{2, 1}))
			x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: mode})
			pickedUpTo(t, x, "S2")
			changed(x, "o1", "cancelLine", &edge.OrderChange{Line: "1"})
			require.True(t, x.act("p", "short", edge.Args{Reason: "none"}).OK)
			require.Equal(t, "shortWait", x.live.Order("default", "o1").Held)
			x.now = x.now.Add(30 * time.Minute)
			x.send(&edge.Message{Kind: edge.Tick})
			assert.Equal(t, edge.StageCancelled, x.live.Order("default", "o1").Stage)
			assert.Equal(t, 2, toBring(x, "S1"))
			require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Replenish}).OK)
			x.follow("p2", nil)
			x.live.EachTote(func(b *edge.Tote) { t.Errorf("nobody needs %+v", b) })
			checkEvents(t, x.events)
			rebuilt(t, x)
		})
	}
}

// TestACellOfAWaveThatIsCancelled: part of an order lies in its cell, the rest in the wave's
// tote. Somebody is sent for both, and the cell is free with the last piece out of it.
func TestACellOfAWaveThatIsCancelled(t *testing.T) {
	for _, first := range []string{"cell", "tote", "scanned"} {
		t.Run(first, func(t *testing.T) {
			x := keptSite(t)
			parted(x)
			x.scan("p", "EA-2")
			cell := x.screen("p").Expect[0].Location
			require.True(t, x.scan("p", "CELL-"+cell).OK)
			require.Equal(t, []string{cell}, x.live.Order("default", "o1").Totes)
			changed(x, "o1", "cancel", &edge.OrderChange{})
			assert.Equal(t, []int{1, 1}, []int{toBring(x, "S1"), toBring(x, "S2")})
			if first == "scanned" {
				require.Equal(t, edge.CancelledOrder, x.scan("k", "CELL-"+cell).Code)
				require.True(t, x.act("k", "ack", edge.Args{}).OK)
				assert.Nil(t, x.live.Tote(cell))
			}
			if first != "tote" {
				require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Replenish}).OK)
				s := x.screen("p2")
				assert.Equal(t, "S2", s.Expect[0].SKU)
				if first == "cell" {
					assert.Equal(t, []string{cell}, s.Totes, "where it lies")
				}
				x.follow("p2", nil)
				assert.Nil(t, x.live.Tote(cell), "free")
			}
			for x.screen("p").Flow != edge.Idle { // o2
				require.True(t, x.scan("p", x.screen("p").Expect[0].Code).OK)
			}
			for x.act("p2", "start", edge.Args{Flow: edge.Replenish}).OK {
				x.follow("p2", nil)
			}
			assert.Zero(t, toBring(x, "S1")+toBring(x, "S2"))
			assert.Nil(t, x.live.Tote(waveTote))
			x.live.EachTote(func(b *edge.Tote) { assert.Equal(t, "o2", b.Order, b.ID) })
			assert.Len(t, typed(x.events, edge.EvStockMoved), 2, "each piece once")
			checkEvents(t, x.events)
			rebuilt(t, x)
		})
	}
}

// TestLessThanLiesInTheCell: one of two pieces lies in the cell, the other is picked again;
// whoever comes says that there is none. The events never have more put than picked, nor
// does what is taken back of it.
func TestLessThanLiesInTheCell(t *testing.T) {
	for _, how := range []string{"short", "quantity", "short, with the tote still in use"} {
		t.Run(how, func(t *testing.T) {
			x := keptSite(t)
			x.pol.Pick.Type, x.pol.Pick.TypeFrom = "always", 1
			x.catalogue(&edge.CellRecord{ID: "W1-1", Barcode: "CELL-W1-1"}, &edge.CellRecord{ID: "W1-2", Barcode: "CELL-W1-2"})
			x.record(order("o1", "cj", line{2, 1}))
			x.record(order("o2", "cj", line{1, 2}))
			x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total"})
			allScanned(t, x, "TOTE-00001", "EA-1", "EA-1", "EA-2", "TOTE-00001", "EA-1", "CELL-W1-1")
			if how != "short, with the tote still in use" {
				allScanned(t, x, "EA-2", "CELL-W1-2")
			}
			require.Equal(t, "put.closedOpen", x.act("p", "close", edge.Args{}).Say.Key)
			require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o2"}}).OK)
			require.Equal(t, []int{1, 2}, []int{x.screen("p").Quantity.Have, x.screen("p").Quantity.Want})
			var v edge.Verdict
			if how == "quantity" {
				v = x.act("p", "quantity", edge.Args{N: n(0)})
			} else {
				v = x.act("p", "short", edge.Args{Found: n(0), Reason: "none"})
			}
			require.True(t, v.OK, "%+v", v)
			putWithinPicked(t, x)
			if how != "quantity" {
				assert.NotContains(t, x.kinds(), "order.cancelled")
			} else {
				require.True(t, x.act("p", "undo", edge.Args{}).OK)
				putWithinPicked(t, x)
				require.Equal(t, 1, x.screen("p").Quantity.Have)
			}
			x.follow("p", nil)
			checkEvents(t, x.events)
			rebuilt(t, x)
		})
	}
}

// putWithinPicked adds up the events as one who pulls them does.
func putWithinPicked(t *testing.T, x *site) {
	t.Helper()
	picked, put := map[string]int{}, map[string]int{}
	for _, e := range x.events {
		switch d := e.Data.(type) {
		case *edge.PickEvent:
			if e.Type == edge.EvPicked || e.Type == edge.EvPickUndone {
				picked[e.Order+"/"+d.Line] += d.Quantity
				put[e.Order+"/"+d.Line] += d.Put
			}
		case *edge.PutEvent:
			put[e.Order+"/"+d.Line] += d.Quantity
		}
	}
	for line, n := range put {
		assert.LessOrEqual(t, n, picked[line], line)
		assert.GreaterOrEqual(t, n, 0, line)
	}
}

// TestTheOtherToteOfWhatWasTakenOut: what goes back may lie in either tote of a wave. Once
// it was taken out of the one, nothing keeps the other, which was parted before.
func TestTheOtherToteOfWhatWasTakenOut(t *testing.T) {
	x := keptSite(t)
	x.catalogue(&edge.CellRecord{ID: "W1-1", Barcode: "CELL-W1-1"})
	x.record(order("o1", "cj", line{2, 1}))
	x.record(order("o2", "cj", line{1, 2}))
	x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total"})
	allScanned(t, x, waveTote, "EA-1")
	x.act("p", "addTote", edge.Args{})
	allScanned(t, x, "TOTE-00077", "EA-1", "EA-2")
	cancelO1(x)
	allScanned(t, x, waveTote, "EA-1", "CELL-W1-1")
	require.True(t, x.act("p", "close", edge.Args{Reason: "end"}).OK)
	require.NotNil(t, x.live.Tote(waveTote), "the piece that goes back may lie in it")

	require.True(t, x.scan("p2", "TOTE-00077").OK)
	require.Equal(t, "put.over", x.scan("p2", "EA-2").Say.Key)
	require.True(t, x.act("p2", "confirm", edge.Args{Reason: "surplus"}).OK)
	assert.Nil(t, x.live.Tote(waveTote), "it lay in the other")
	for _, code := range []string{"EA-1", "CELL-W1-1"} {
		require.True(t, x.scan("p2", code).OK)
	}
	assert.Nil(t, x.live.Tote("TOTE-00077"))
	assert.Equal(t, 1, toBring(x, "S2"))
	conserve(t, x)
	checkEvents(t, x.events)
	rebuilt(t, x)
}
