package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// TestACageThatLeft: its boxes were on the floor in the backup, and the WMS saw them on a
// truck. It is free, and none of them is in it.
func TestACageThatLeft(t *testing.T) {
	for name, told := range map[string]*edge.Reconcile{
		"boxes":  {Boxes: []edge.ReconciledBox{{ID: "B-1", Order: "o1", Stage: edge.ToldLoaded}, {ID: "B-2", Order: "o2", Stage: edge.ToldLoaded}}},
		"orders": {Orders: []edge.ReconciledOrder{{ID: "o1", Stage: edge.StageShipped}, {ID: "o2", Stage: edge.StageLoaded}}},
		"both": {Orders: []edge.ReconciledOrder{{ID: "o1", Stage: edge.StageShipped}, {ID: "o2", Stage: edge.StageLoaded}},
			Boxes: []edge.ReconciledBox{{ID: "B-1", Order: "o1", Stage: edge.ToldLoaded}, {ID: "B-2", Order: "o2", Stage: edge.ToldLoaded}}},
		"one box": {Boxes: []edge.ReconciledBox{{ID: "B-1", Order: "o1", Stage: edge.ToldLoaded}}},
	} {
		t.Run(name, func(t *testing.T) {
			x := newSite(t)
			crew(x)
			shut(t)(x)
			y := x.restored(x.save(), "e2", edge.EpochRestored)
			y.deep = true
			told.Epoch, told.Done = "e2", true
			for i := range told.Boxes {
				told.Boxes[i].Carrier, told.Boxes[i].Waybill = "cj", y.live.Box(told.Boxes[i].ID).Waybill
			}
			y.record(told)
			conserve(t, y)
			conserveOutbound(t, y)
			if name != "one box" {
				require.Len(t, typed(y.last, edge.EvUnstowed), 2)
				assert.Nil(t, y.live.Container("CAGE-01"), "free")
				return
			}
			for _, id := range []string{"o1", "o2", "o3"} {
				y.again(y.live.Order("default", id))
			}
			require.True(t, y.scan("l", "DOCK-D1").OK)
			v := y.scan("l", "CAGE-01")
			require.True(t, v.OK, "%+v", v)
			assert.Equal(t, edge.Says("load.container", edge.T("container", "CAGE-01"), edge.N("n", 1)), v.Say)
			conserveOutbound(t, y)
		})
	}
}

// TestAWaveAfterARestore: of a wave the WMS saw some orders to their end. What is left of
// it is worked to the end, and its tote is free then.
func TestAWaveAfterARestore(t *testing.T) {
	all := []string{"o1", "o2"}
	for name, set := range map[string]func(t *testing.T, x *site){
		"picking": func(t *testing.T, x *site) { waved(x); allScanned(t, x, "EA-1") },
		"picked": func(t *testing.T, x *site) {
			parted(x)
			x.act("p", "leave", edge.Args{})
		},
		"put half": func(t *testing.T, x *site) { parted(x); allScanned(t, x, "EA-1", "CELL-W1-1") },
	} {
		for _, stage := range []edge.OrderStage{edge.StageShipped, edge.StageCancelled, edge.StagePacked} {
			for n := range 3 {
				t.Run(name+" "+string(stage)+" "+string(rune('0'+n)), func(t *testing.T) {
					x := newSite(t)
					crew(x)
					set(t, x)
					y := x.restored(x.save(), "e2", edge.EpochRestored)
					y.deep = true
					told := &edge.Reconcile{Epoch: "e2", Done: true}
					for _, id := range all[:n] {
						told.Orders = append(told.Orders, edge.ReconciledOrder{ID: id, Stage: stage})
					}
					y.record(told)
					conserve(t, y)
					for _, id := range all[n:] {
						require.Equal(t, edge.Accepted, y.again(y.live.Order("default", id)).Code)
					}
					y.record(&edge.WaybillRange{ID: "new", Carrier: "cj", Client: "default", FirstSerial: 69000000000, Count: 1000, Epoch: "e2"})
					toTheEnd(t, y)
				})
			}
		}
	}
}

// toTheEnd has an honest crew start whatever a screen offers until there is nothing; then
// no tote is in use.
func toTheEnd(t *testing.T, x *site) {
	t.Helper()
	next := totesFrom(200)
	for range 50 {
		busy := false
		for _, w := range []string{"p", "k"} {
			s := x.screen(w)
			if s.Step == "cancelled" {
				busy = x.act(w, "ack", edge.Args{}).OK
				continue
			}
			for _, wk := range s.Work {
				if wk.Flow != edge.Hospital && x.act(w, "start", edge.Args{Flow: wk.Flow, Mode: wk.Mode}).OK {
					busy = true
					x.follow(w, next)
				}
			}
		}
		if !busy {
			break
		}
	}
	conserve(t, x)
	x.live.EachTote(func(b *edge.Tote) { t.Errorf("nobody needs %+v", b) })
	x.live.EachMove(func(m *edge.MoveTask) { t.Errorf("nobody brings %+v", m) })
	x.live.EachWork(func(w *edge.Work) { t.Errorf("in nobody's hands: %+v %+v", w, w.WorkHead) })
}

// TestABoxThatIsOpenedLiesInNoCage: of the goods of one of two orders some lie in a box that
// went into a cage meanwhile. It is opened for them: it comes out.
func TestABoxThatIsOpenedLiesInNoCage(t *testing.T) {
	for name, c := range map[string]struct {
		change func(x *site)
		next   func(x *site) edge.Verdict
	}{
		"cancelled":       {cancelO2, func(x *site) edge.Verdict { x.scan("k", "EA-1"); return x.act("k", "ack", edge.Args{}) }},
		"another address": {readdressO2, func(x *site) edge.Verdict { return x.scan("k", "TOTE-00002") }},
		"by its slip": {func(x *site) { x.act("k", "leave", edge.Args{}); cancelO2(x); x.scan("k", "o2") },
			func(x *site) edge.Verdict { return x.act("k", "ack", edge.Args{}) }},
	} {
		t.Run(name, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			cages(x)
			pairOpen(x)
			for _, item := range []string{"EA-1", "EA-2"} { // one piece of o1, one of o2
				require.True(t, x.scan("k", item).OK)
			}
			require.True(t, x.act("k", "close", edge.Args{}).OK)
			x.label("B-1")
			number := waybillOf(x)
			require.True(t, x.scan("k", number).OK)
			require.True(t, x.scan("l", "CAGE-01").OK)
			require.True(t, x.scan("l", number).OK)
			require.Equal(t, "CAGE-01", x.live.Box("B-1").Container)
			c.change(x)
			v := c.next(x)
			require.True(t, v.OK, "%+v %+v", v, x.screen("k"))
			require.Len(t, typed(x.events, edge.EvBoxReopened), 1, x.kinds())
			assert.Len(t, typed(x.events, edge.EvUnstowed), 1, x.kinds())
			assert.Empty(t, x.live.Box("B-1").Container)
			assert.Nil(t, x.live.Container("CAGE-01"), "free with its last box")
			conserve(t, x)
			conserveOutbound(t, x)
		})
	}
}

// TestAddressesSentAgainAfterARestore: the WMS sends again what it had changed, by rev, then
// the order. A change that the backup does not know is taken as any, and one that it knows
// brings back the address that the vault lost; nothing is printed for another one.
func TestAddressesSentAgainAfterARestore(t *testing.T) {
	to := func(id string, rev int64, ref string, version int) *edge.OrderChange {
		return &edge.OrderChange{ID: id, Rev: rev, Order: "o1", Change: "readdress", RecipientRef: ref, RecipientVersion: version, Routed: true}
	}
	for name, c := range map[string]struct {
		before []*edge.OrderChange // what the backup's journal knows
		again  []*edge.OrderChange // with the references of a vault that may have lost them
		pushed [2]any
		ref    string
		at     int
		events int
	}{
		"none was known":           {nil, []*edge.OrderChange{to("c1", 1, "r", 2)}, [2]any{"r", 1}, "r", 2, 1},
		"the vault lost the last":  {[]*edge.OrderChange{to("c1", 1, "r", 2)}, []*edge.OrderChange{to("c1", 1, "r", 2)}, [2]any{"r", 1}, "r", 2, 0},
		"the vault lost the order": {[]*edge.OrderChange{to("c1", 1, "r", 2)}, []*edge.OrderChange{to("c1", 1, "new", 1)}, [2]any{"new", 2}, "new", 1, 1},
		"two, of a vault that lost the order": {[]*edge.OrderChange{to("c1", 1, "r", 2), to("c2", 2, "r", 3)},
			[]*edge.OrderChange{to("c1", 1, "new", 1), to("c2", 2, "new", 2)}, [2]any{"new", 3}, "new", 2, 2},
		"there and back": {[]*edge.OrderChange{to("c1", 1, "r", 2), to("c2", 2, "r", 1)},
			[]*edge.OrderChange{to("c1", 1, "r", 2), to("c2", 2, "r", 1)}, [2]any{"r", 1}, "r", 1, 0},
		"one of two": {[]*edge.OrderChange{to("c1", 1, "r", 2), to("c2", 2, "r", 3)}, []*edge.OrderChange{to("c1", 1, "r", 2)}, [2]any{"r", 1}, "r", 3, 0},
	} {
		t.Run(name, func(t *testing.T) {
			x := newSite(t)
			crew(x)
			r := order("o1", "cj", line{1, 1})
			r.RecipientRef = "r"
			x.record(r)
			x.act("p", "start", edge.Args{Flow: edge.Pick})
			x.scan("p", "TOTE-00001") // its work has begun
			for _, ch := range c.before {
				x.record(ch)
			}
			y := x.restored(x.save(), "e2", edge.EpochRestored)
			y.deep = true
			y.record(&edge.Reconcile{Epoch: "e2", Done: true})
			from := len(y.events)
			for _, ch := range c.again {
				require.True(t, y.record(ch).OK)
				require.NotEmpty(t, y.live.Order("default", "o1").Held, "nothing goes on before the order is pushed")
			}
			assert.Len(t, y.events[from:], c.events)
			again := *r
			again.RecipientRef, again.RecipientVersion = c.pushed[0].(string), c.pushed[1].(int)
			require.Equal(t, edge.Accepted, y.record(&again).Code)
			o := y.live.Order("default", "o1")
			assert.Empty(t, o.Held)
			assert.Equal(t, []any{c.ref, c.at}, []any{o.RecipientRef, o.RecipientVersion})
			from = len(y.events)
			for _, ch := range c.again { // and then it changes nothing
				assert.Equal(t, edge.Unchanged, y.record(ch).Code)
			}
			assert.Len(t, y.events, from)
			checkEvents(t, y.events)
		})
	}
}

// TestWhatIsToldLeavesItsList: the backup is of before the wave that the order went with.
func TestWhatIsToldLeavesItsList(t *testing.T) {
	for _, stage := range []edge.OrderStage{edge.StagePacked, edge.StageShipped, edge.StageCancelled, edge.StageReceived} {
		t.Run(string(stage), func(t *testing.T) {
			x := newSite(t)
			crew(x)
			three(x)
			x.record(list("PL-1", "total", "o1", "o2"))
			y := x.restored(x.save(), "e2", edge.EpochRestored)
			y.deep = true
			y.record(&edge.Reconcile{Epoch: "e2", Done: true, Orders: []edge.ReconciledOrder{{ID: "o1", Stage: stage}}})
			conserve(t, y)
		})
	}
}
