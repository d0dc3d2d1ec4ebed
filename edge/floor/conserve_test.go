package floor_test

import (
	"slices"

	"dcedge/edge"
)

// cameBackGood gives the serial numbers that may be picked again.
func cameBackGood(x *site) map[[3]string]bool {
	back := map[[3]string]bool{}
	for i := range x.events {
		if d, ok := x.events[i].Data.(*edge.ReturnEvent); ok && d.Grade == "good" {
			for _, n := range d.Serials {
				back[[3]string{x.events[i].Client, d.SKU, n}] = !d.Undone
			}
		}
	}
	return back
}

// conserve holds the state's own figures.
func conserve(t tb, x *site) {
	t.Helper()
	x.known.agrees(t, x)
	serials, back := map[[3]string]bool{}, cameBackGood(x) // of an article of a client
	x.live.EachStock(func(s *edge.Stock) {
		if s.Quantity < 0 {
			t.Fatalf("stock %+v", s)
		}
	})
	x.live.EachOrder(func(o *edge.Order) {
		lessStays(t, x, o)
		for _, l := range o.Lines {
			if l.SKU == "S8" && l.Picked > 0 && (l.Captured == nil || len(l.Captured.Serials) != l.Picked) {
				t.Fatalf("%s: %d picked, serials %+v", o.ID, l.Picked, l.Captured)
			}
			for i := 0; l.Captured != nil && o.Stage != edge.StageCancelled && i < len(l.Captured.Serials); i++ {
				of := [3]string{o.Client, l.SKU, l.Captured.Serials[i]}
				if serials[of] && !back[of] {
					t.Fatalf("serial %v twice", of)
				}
				serials[of] = true
			}
			if l.Put > l.Picked || l.Picked <= l.Wanted && l.Wanted != l.Picked+l.Short+l.Open() || l.Packed > l.Picked || l.Open() < 0 {
				t.Fatalf("%s: %+v", o.ID, l)
			}
		}
		if o.Work != "" && x.live.Work(o.Work) == nil {
			t.Fatalf("%s in work that is not", o.ID)
		}
		for _, id := range o.Boxes {
			if b := x.live.Box(id); b != nil && !slices.Contains(b.Members(), o.ID) {
				t.Fatalf("%s: box %+v", o.ID, b)
			}
		}
		for _, id := range o.Joined {
			if in := x.live.Order(o.Client, id); in != nil && !slices.Equal(in.Joined, o.Joined) {
				t.Fatalf("%s goes with %v, %s with %v", o.ID, o.Joined, id, in.Joined)
			}
		}
		for _, id := range o.Totes {
			if tote := x.live.Tote(id); tote == nil || tote.Order != o.ID {
				t.Fatalf("%s: tote %s", o.ID, id)
			}
		}
	})
	kept := map[string]bool{} // totes with goods that go back
	x.live.EachMove(func(m *edge.MoveTask) {
		for _, id := range m.Totes {
			if kept[id] = true; x.live.Tote(id) == nil || m.Aside >= m.Quantity || m.Work != "" && x.live.Tote(id).Wave != "" {
				t.Fatalf("task %+v: tote %s %+v", m, id, x.live.Tote(id))
			}
		}
	})
	x.live.EachTote(func(b *edge.Tote) {
		o := x.live.Order(b.Client, b.Order)
		if b.Wave != "" {
			if b.Work != "" && x.live.Work(b.Work) == nil {
				t.Fatalf("tote %+v", b)
			}
			return
		}
		if kept[b.ID] && b.Order == "" && b.Work == "" {
			return
		}
		if o == nil || !slices.Contains(o.Totes, b.ID) || b.Work != "" && x.live.Work(b.Work) == nil {
			t.Fatalf("tote %+v", b)
		}
	})
	listed := map[string]string{}
	x.live.EachList(func(l *edge.List) {
		if len(l.Orders)+len(l.Unknown) == 0 {
			t.Fatalf("an empty list %+v", l)
		}
		for _, id := range l.Orders {
			o := x.live.Order(l.Client, id)
			if o == nil || o.List != l.ID || listed[id] != "" || o.Reserved == l.Own || o.Stage != edge.StageReceived || o.Work != "" {
				t.Fatalf("list %+v: order %+v", l, o)
			}
			listed[id] = l.ID
		}
	})
	x.live.EachOrder(func(o *edge.Order) {
		if o.List != "" && listed[o.ID] != o.List {
			t.Fatalf("%s on list %s, which does not know of it", o.ID, o.List)
		}
		if o.Zone != "" && (o.Stage != edge.StagePicking || len(o.Totes) == 0 && o.Work == "") {
			t.Fatalf("%s passed on to %s: %+v", o.ID, o.Zone, o)
		}
	})
	x.live.EachBox(func(b *edge.Box) {
		pieces := map[string]int{}
		for i := range b.Items {
			pieces[b.OrderOf(&b.Items[i])] += b.Items[i].Quantity
		}
		for id := range pieces {
			if !slices.Contains(b.Members(), id) {
				t.Fatalf("box %s holds goods of %s: %+v", b.ID, id, b)
			}
		}
		for _, id := range b.Members() {
			if o := x.live.Order(b.Client, id); o != nil && !slices.Contains(o.Boxes, b.ID) {
				t.Fatalf("box %+v is not known to %s", b, id)
			}
		}
	})
	x.live.EachWork(func(w *edge.Work) {
		for _, id := range w.Totes {
			if tote := x.live.Tote(id); w.Mode == "cluster" && (tote == nil || !slices.Contains(w.Orders, tote.Order) || tote.Work != w.ID) {
				t.Fatalf("cluster %v with totes %v: %+v", w.Orders, w.Totes, tote)
			}
		}
	})
	x.live.EachWorker(func(w *edge.WorkerState) {
		if w.Work != "" && (x.live.Work(w.Work) == nil || x.live.Work(w.Work).Worker != w.ID) {
			t.Fatalf("worker %+v", w)
		}
	})
}
