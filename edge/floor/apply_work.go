package floor

import (
	"time"

	"dcedge/edge"
)

func (s *State) startWork(e *edge.Event, d *edge.WorkEvent, at time.Time) error {
	bump(&s.site.edit(siteKey).Works, d.Work)
	w := &edge.Work{WorkHead: &edge.WorkHead{ID: d.Work, Flow: d.Flow, Mode: d.Mode, Worker: e.Worker, Client: e.Client,
		Station: d.Station, Truck: d.Truck, Task: d.Task, Zone: d.Zone, Started: at}}
	ws := s.worker(e.Worker)
	ws.Work = w.ID
	if d.Station != "" {
		ws.Station = d.Station
	}
	if d.Zone != "" {
		ws.Zone = d.Zone
	}
	if d.Fetch {
		w.Step = stepFetch
	}
	var err error
	switch d.Flow {
	case edge.Pick:
		w.Orders = d.Orders
		if err = s.startOrders(e, d, w, ws); err == nil {
			err = s.startTotes(d, w)
		}
		if d.List != "" {
			s.endList(listKey(e.Client, d.List))
		}
	case edge.Put:
		err = s.startTotes(d, w)
	case edge.Replenish, edge.Count:
		err = s.startTask(d, w)
	case edge.Pack:
		switch {
		case d.Mode == modeSingle:
			err = s.startTotes(d, w)
		case len(d.Totes) > 0:
			w.Offered = d.Totes[0]
		case d.Box == "" && len(d.Orders) > 0: // the rest of them
			w.Orders = d.Orders
			err = s.openOrders(e.Client, w)
		}
		if d.Box != "" {
			return s.startBox(e, d, w)
		}
	}
	if err != nil {
		return err
	}
	s.work.put(w.ID, w)
	return nil
}

// startOrders puts the orders of a pick into the worker's hands.
func (s *State) startOrders(e *edge.Event, d *edge.WorkEvent, w *edge.Work, ws *edge.WorkerState) error {
	for _, id := range d.Orders {
		o := s.editOrder(e.Client, id)
		if o == nil {
			return errNoOrder
		}
		s.offList(o)
		o.Work, o.Stage = w.ID, edge.StagePicking
		if d.Mode == modeTotal {
			o.Wave = w.ID
		}
		if ws.LeftClient == o.Client && ws.LeftOrder == o.ID {
			ws.LeftClient, ws.LeftOrder = "", ""
		}
	}
	return nil
}

// startTotes takes totes into the work. A wall and a desk for single pieces
// work out of one.
func (s *State) startTotes(d *edge.WorkEvent, w *edge.Work) error {
	w.Totes = d.Totes
	if len(d.Totes) == 0 && d.Flow != edge.Pick {
		return errNoTote
	}
	for _, id := range d.Totes {
		t := s.totes.edit(id)
		if t == nil {
			return errNoTote
		}
		t.Work = w.ID
	}
	return nil
}

func (s *State) startTask(d *edge.WorkEvent, w *edge.Work) error {
	if d.Flow == edge.Count {
		t := s.counts.edit(edge.CountPrefix + d.Task)
		if t == nil {
			return errNoTask
		}
		t.Work = w.ID
		return nil
	}
	t := s.moves.edit(edge.MovePrefix + d.Task)
	if t == nil {
		return errNoTask
	}
	t.Work = w.ID
	return nil
}

func (s *State) moveWork(d *edge.WorkEvent, at time.Time) error {
	w := s.work.edit(d.Work)
	if w == nil {
		return errNoWork
	}
	if d.To != "" {
		s.handedTo(w, d.To)
	}
	if d.Fetch {
		w.Step = stepFetch
	}
	if d.Mode == modeSingle {
		s.nextSingle(w)
		return nil
	}
	if w.Flow == edge.Pick && d.Orders != nil {
		s.outOfCluster(w, d.Orders)
	}
	if w.Flow == edge.Pack && d.Orders != nil {
		s.outOfBox(w, d.Orders, at)
	}
	if d.Truck != "" {
		headOf(w).Truck = d.Truck
	}
	if d.Task != "" && w.Flow == edge.Load {
		headOf(w).Task = d.Task
	}
	if w.Flow == edge.Pack && len(w.Orders) == 0 {
		offered := ""
		if len(d.Totes) > 0 {
			offered = d.Totes[0]
		}
		headOf(w).Offered = offered
	}
	return nil
}
