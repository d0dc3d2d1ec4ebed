package floor_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// known is what somebody who reads the events and nothing else has of the floor.
type known struct {
	totes   map[string]bool   // in use; a cell from the first piece that lies in it
	numbers map[string]string // box -> the number that is alive on it
	in      map[string]string // box -> the container that it lies in
}

// knownOf is what a reader has who begins with a state, as after a restore.
func knownOf(x *site) *known {
	k := &known{totes: map[string]bool{}, numbers: map[string]string{}, in: map[string]string{}}
	x.live.EachTote(func(t *edge.Tote) { k.totes[t.ID] = true })
	x.live.EachBox(func(b *edge.Box) {
		k.numbers[b.ID] = b.Waybill
		if !b.Shipped {
			k.in[b.ID] = b.Container
		}
	})
	return k
}

func (k *known) take(t tb, e *edge.Event) {
	t.Helper()
	switch d := e.Data.(type) {
	case *edge.ToteEvent:
		if used := e.Type == edge.EvToteBound; k.totes[d.Tote] == used {
			t.Fatalf("%s of %s, which is in use: %v", e.Type, d.Tote, !used)
		}
		k.totes[d.Tote] = e.Type == edge.EvToteBound
	case *edge.PutEvent:
		k.totes[d.Cell] = true
	case *edge.WaybillEvent:
		switch e.Type {
		case edge.EvAssigned:
			if k.numbers[d.Box] != "" {
				t.Fatalf("%s for %s, which has %s", d.Waybill, d.Box, k.numbers[d.Box])
			}
			k.numbers[d.Box] = d.Waybill
		case edge.EvVoided:
			if k.numbers[d.Box] != d.Waybill {
				t.Fatalf("%s of %s is void, it has %q", d.Waybill, d.Box, k.numbers[d.Box])
			}
			k.numbers[d.Box] = ""
		}
	case *edge.ReconciledEvent:
		if d.Waybill == "" {
			break
		}
		if old := k.numbers[d.Box]; old != "" && old != d.Waybill {
			t.Fatalf("%s of %s has no end, and the WMS saw %s", old, d.Box, d.Waybill)
		}
		k.numbers[d.Box] = d.Waybill
	case *edge.BoxStowed:
		if k.in[d.Box] = d.Container; e.Type == edge.EvUnstowed {
			k.in[d.Box] = ""
		}
	case *edge.BoxLoaded:
		if e.Type == edge.EvBoxUnloaded && d.Container == "" {
			k.in[d.Box] = ""
		}
	}
}

// agrees holds what a reader has to the state.
func (k *known) agrees(t tb, x *site) {
	t.Helper()
	n := 0
	for id, used := range k.totes {
		if used && x.live.Tote(id) == nil {
			t.Fatalf("nothing said that %s is free", id)
		} else if used {
			n++
		}
	}
	totes := 0
	x.live.EachTote(func(*edge.Tote) { totes++ })
	if totes != n {
		t.Fatalf("%d totes are in use, %d as the events say", totes, n)
	}
	x.live.EachBox(func(b *edge.Box) {
		if b.Waybill != k.numbers[b.ID] {
			t.Fatalf("%s has %q, as the events say %q", b.ID, b.Waybill, k.numbers[b.ID])
		}
		if in := b.Container; !b.Shipped && in != k.in[b.ID] {
			t.Fatalf("%s lies in %q, as the events say in %q", b.ID, in, k.in[b.ID])
		}
	})
}

// TestReadersSeeWhatIsFree: a WMS that saw an order packed, shipped or cancelled is told
// that its totes are free, once, and what became of the number that it had here.
func TestReadersSeeWhatIsFree(t *testing.T) {
	for _, stage := range []edge.OrderStage{edge.StagePacked, edge.StageLoaded, edge.StageShipped, edge.StageCancelled} {
		t.Run(string(stage), func(t *testing.T) {
			x := newSite(t)
			crew(x)
			picked(t, x, "o1", "cj", "TOTE-00001", line{1, 1})
			y := x.restored(x.save(), "e2", edge.EpochRestored)
			y.deep = true
			told := edge.ReconciledOrder{ID: "o1", Stage: stage}
			y.record(&edge.Reconcile{Epoch: "e2", Orders: []edge.ReconciledOrder{told, told}})
			want := "tote.released order.reconciled"
			if stage == edge.StagePacked { // told again it may have come further meanwhile
				want += " order.reconciled"
			}
			assert.Equal(t, want, y.kinds(), "an order that has ended is told once")
			assert.Equal(t, "o1", y.last[0].Order)
			assert.Empty(t, y.live.Order("default", "o1").Totes)
			y.record(&edge.Reconcile{Epoch: "e2", Orders: []edge.ReconciledOrder{told}, Done: true})
			assert.Equal(t, "epoch.reconciled", y.kinds(), "told again")
			conserve(t, y)
			picked(t, y, "o2", "cj", "TOTE-00001", line{1, 1})
		})
	}
}

// TestOldReconciledOrdersFreeTheirTotes: in a journal of before, nothing but the order's
// own event freed its totes.
func TestOldReconciledOrdersFreeTheirTotes(t *testing.T) {
	x := newSite(t)
	crew(x)
	picked(t, x, "o1", "cj", "TOTE-00001", line{1, 1})
	x.old(edge.Event{Type: edge.EvOrderTold, Client: "default", Order: "o1", Data: &edge.ReconciledEvent{Stage: string(edge.StagePacked)}})
	assert.Nil(t, x.live.Tote("TOTE-00001"))
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
	assert.Panics(t, func() { x.known.agrees(failing{}, x) }, "negative control: who reads the events alone is not told")
}

// TestReadersSeeWhatNumberDied is the same of a number.
func TestReadersSeeWhatNumberDied(t *testing.T) {
	x := newSite(t)
	crew(x)
	b := packed(t, x, "o1", "cj", "TOTE-00001")
	y := x.restored(x.save(), "e2", edge.EpochRestored)
	y.deep = true
	told := edge.ReconciledBox{ID: b.ID, Order: "o1", Carrier: "cj", Waybill: "650000000990", Stage: edge.ToldClosed, N: 1}
	other := told
	other.Waybill = "650000000976"
	y.record(&edge.Reconcile{Epoch: "e2", Boxes: []edge.ReconciledBox{told, other}})
	require.Equal(t, "waybill.voided box.reconciled waybill.voided box.reconciled", y.kinds())
	for i, n := range []string{b.Waybill, told.Waybill} {
		assert.Equal(t, n, y.last[2*i].Data.(*edge.WaybillEvent).Waybill)
		assert.True(t, y.live.Waybill("cj", n).Voided)
	}
	now := y.live.Box(b.ID)
	assert.Equal(t, other.Waybill, now.Waybill)
	assert.Empty(t, now.Bound)
	assert.GreaterOrEqual(t, now.Print.Copy, b.Print.Copy, "no copy of before is made again")
	y.known.agrees(t, y)
}

// Negative control: an event that says what became of a tote, a number or a box in a
// container is missed where it is left out.
func TestAReaderMissesWhatIsLeftOut(t *testing.T) {
	for _, left := range []edge.Type{edge.EvToteBound, edge.EvToteReleased, edge.EvAssigned, edge.EvVoided, edge.EvStowed, edge.EvUnstowed} {
		x := newSite(t)
		crew(x)
		cages(x)
		for i, codes := range [][]string{{"CAGE-01"}, {"CAGE-02"}} { // one is taken out of its cage, one stays in it
			in := packed(t, x, fmt.Sprint("c", i), "cj", fmt.Sprintf("TOTE-0010%d", i))
			for _, c := range append(codes, in.Waybill) {
				require.True(t, x.scan("l", c).OK)
			}
			if i == 0 {
				require.True(t, x.act("l", "unload", edge.Args{}).OK)
				require.True(t, x.scan("l", in.Waybill).OK)
			}
			x.act("l", "leave", edge.Args{})
		}
		b := packed(t, x, "o1", "cj", "TOTE-00001")
		require.True(t, x.act("k", "void", edge.Args{Box: b.ID, Waybill: b.Waybill, Reason: "torn"}).OK)
		k, skipped := knownOf(newSite(t)), false
		all := func() {
			for i := range x.events {
				if x.events[i].Type == left { // each of them
					skipped = true
					continue
				}
				k.take(failing{}, &x.events[i])
			}
			k.agrees(failing{}, x)
		}
		assert.Panics(t, all, fmt.Sprint(left))
		require.True(t, skipped)
	}
}

// old takes an event of a journal that an edge of before wrote.
func (x *site) old(e edge.Event) {
	x.t.Helper()
	x.seq++
	x.now = x.now.Add(time.Second)
	e.Seq, e.At = x.seq, x.now
	x.known.take(x.t, &e)
	for _, s := range []*floor.State{x.live, x.replay} {
		s.BeginMessage()
		if err := floor.Apply(s, &e); err != nil {
			x.t.Fatalf("apply: %v", err)
		}
		s.AcceptMessage()
		s.CommitBatch()
	}
	x.events = append(x.events, e)
}
