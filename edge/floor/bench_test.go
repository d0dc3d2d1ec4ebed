package floor_test

import (
	"fmt"
	"testing"
	"time"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// BenchmarkPickScan is one accepted item scan among 20,000 open orders: Decide,
// Apply, Screen and Key. The pieces of the order never run out.
func BenchmarkPickScan(b *testing.B) {
	for _, lines := range []int{3, 24} {
		b.Run(fmt.Sprintf("lines=%d", lines), func(b *testing.B) {
			s := floor.NewState()
			x := newSite(b)
			v := floor.View{State: s, Catalogue: x.cat, Policy: x.pol, Now: x.now}
			seq := uint64(0)
			apply := func(m *edge.Message) {
				d := floor.Decide(v, m)
				s.BeginMessage()
				for i := range d.Events {
					e := &d.Events[i]
					seq++
					e.Seq, e.At, e.Worker, e.Scan = seq, v.Now, m.Worker, m.ID
					if err := floor.Apply(s, e); err != nil {
						b.Fatal(err)
					}
				}
				s.AcceptMessage()
			}
			for i := range 20000 {
				r := order(fmt.Sprint("o", i), "cj")
				for l := range lines {
					r.Lines = append(r.Lines, edge.OrderLine{Line: fmt.Sprint(l + 1), SKU: fmt.Sprintf("S%d", l%6+1), Quantity: 1 << 29, Location: "L1"})
				}
				r.Cutoff = v.Now.Add(time.Duration(i%7) * time.Hour)
				apply(&edge.Message{Kind: edge.Record, Body: r})
			}
			roles := []edge.Role{edge.Picker}
			act := edge.Message{Kind: edge.Act, ID: x.nextID(), Worker: "p", Roles: roles, Action: "start", Args: edge.Args{Flow: edge.Pick}}
			apply(&act)
			apply(&edge.Message{Kind: edge.Scan, ID: x.nextID(), Worker: "p", Roles: roles, Code: "TOTE-00001"})
			s.CommitBatch()
			m := &edge.Message{Kind: edge.Scan, ID: x.nextID(), Worker: "p", Roles: roles, Code: "EA-1"}
			b.ReportAllocs()
			for b.Loop() {
				apply(m)
				sc := floor.Screen(v, "p", roles)
				if k := floor.Key(sc); k[0] == 0 && sc.Flow != edge.Pick {
					b.Fatal("not picking")
				}
				s.CommitBatch()
			}
		})
	}
}

// BenchmarkNextWork is start and leave among 20,000 open orders.
func BenchmarkNextWork(b *testing.B) {
	x := newSite(b)
	x.roles["p"] = []edge.Role{edge.Picker}
	for i := range 20000 {
		x.record(order(fmt.Sprint("o", i), "cj", line{1, 1}))
	}
	b.ReportAllocs()
	for b.Loop() {
		x.act("p", "start", edge.Args{Flow: edge.Pick})
		x.act("p", "leave", edge.Args{})
		x.events = x.events[:0]
	}
}

// BenchmarkCheckpoint is what a checkpoint of 20,000 open orders costs: freeze
// on the engine's goroutine, hash beside it.
func BenchmarkCheckpoint(b *testing.B) {
	x := newSite(b)
	for i := range 20000 {
		x.record(order(fmt.Sprint("o", i), "cj", line{1, 1}))
	}
	b.Run("freeze", func(b *testing.B) {
		for b.Loop() {
			x.live.Freeze()
		}
	})
	b.Run("hash", func(b *testing.B) {
		f := x.live.Freeze()
		for b.Loop() {
			if _, err := f.Hash(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
