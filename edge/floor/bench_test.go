package floor_test

import (
	"fmt"
	"testing"
	"time"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// BenchmarkPickScan is one accepted item scan among 20,000 open orders: Decide,
// Apply, Screen and Key, and its share of the batch. The pieces of the orders
// never run out. With many workers each has an order of his own: what a scan
// needs has left the processor's caches.
func BenchmarkPickScan(b *testing.B) {
	for _, c := range []struct{ lines, workers, batch int }{{3, 1, 1}, {24, 1, 1}, {3, 1, 32}, {24, 1, 32}, {3, 512, 32}, {24, 512, 32}} {
		b.Run(fmt.Sprintf("lines=%d/workers=%d/batch=%d", c.lines, c.workers, c.batch), func(b *testing.B) {
			f := newBenchFloor(b, c.lines)
			scans := make([]*edge.Message, c.workers)
			for i := range scans {
				w := fmt.Sprintf("w-%03d", i)
				f.send(&edge.Message{Kind: edge.Act, ID: f.x.nextID(), Worker: w, Roles: f.roles, Action: "start", Args: edge.Args{Flow: edge.Pick}})
				f.send(&edge.Message{Kind: edge.Scan, ID: f.x.nextID(), Worker: w, Roles: f.roles, Code: fmt.Sprintf("TOTE-%05d", i+1)})
				scans[i] = &edge.Message{Kind: edge.Scan, ID: f.x.nextID(), Worker: w, Roles: f.roles, Code: "EA-1"}
			}
			f.state.CommitBatch()
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				m := scans[i%len(scans)]
				f.send(m)
				sc := floor.Screen(f.view, m.Worker, f.roles)
				if k := floor.Key(sc); k[0] == 0 && sc.Flow != edge.Pick {
					b.Fatal("not picking")
				}
				if i++; i%c.batch == 0 {
					f.state.CommitBatch()
				}
			}
		})
	}
}

// benchFloor is a state with 20,000 open orders and no journal.
type benchFloor struct {
	b     *testing.B
	x     *site
	state *floor.State
	view  floor.View
	roles []edge.Role
	seq   uint64
}

func newBenchFloor(b *testing.B, lines int) *benchFloor {
	x := newSite(b)
	f := &benchFloor{b: b, x: x, state: floor.NewState(), roles: []edge.Role{edge.Picker}}
	f.view = floor.View{State: f.state, Catalogue: x.cat, Policy: x.pol, Now: x.now, Room: make([]edge.Event, 0, 16)}
	for i := range 20000 {
		r := order(fmt.Sprint("o", i), "cj")
		for l := range lines {
			r.Lines = append(r.Lines, edge.OrderLine{Line: fmt.Sprint(l + 1), SKU: fmt.Sprintf("S%d", l%6+1), Quantity: 1 << 29, Location: "L1"})
		}
		r.Cutoff = x.now.Add(time.Duration(i%7) * time.Hour)
		f.send(&edge.Message{Kind: edge.Record, Body: r})
		if i%100 == 0 {
			f.state.CommitBatch()
		}
	}
	return f
}

func (f *benchFloor) send(m *edge.Message) {
	d := floor.Decide(f.view, m)
	f.state.BeginMessage()
	for i := range d.Events {
		e := &d.Events[i]
		f.seq++
		e.Seq, e.At, e.Worker, e.Scan = f.seq, f.view.Now, m.Worker, m.ID
		if err := floor.Apply(f.state, e); err != nil {
			f.b.Fatal(err)
		}
	}
	f.state.AcceptMessage()
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
