package agent

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"dcedge/edge"
	"dcedge/edge/access"
)

// who is a person at a desk, or, without a session, the desk itself.
type who struct {
	worker  string
	roles   []edge.Role
	session string
	proven  bool
}

// nobody stands for a desk that nobody works at: what is read there is refused
// and recorded with the place.
func nobody(station string) who { return who{worker: edge.StationWorker(station)} }

// person is a worker's live session and roles.
type person struct {
	access.Session
	roles []edge.Role
}

// desks knows who works at which desk, from the commits and the sessions. Its
// methods may be called from any goroutine; none waits for the engine.
type desks struct {
	stations []edge.Station
	people   func() []person // the live ones
	now      func() time.Time
	weighers []*weigher // set up before anything runs

	mu      sync.Mutex
	works   map[string]*edge.Work
	workers map[string]*edge.WorkerState
}

func newDesks(stations []edge.Station, people func() []person, now func() time.Time) *desks {
	return &desks{stations: stations, people: people, now: now, works: map[string]*edge.Work{}, workers: map[string]*edge.WorkerState{}}
}

// Committed follows the engine. It does not block.
func (d *desks) Committed(c *edge.Commit) {
	d.mu.Lock()
	for _, x := range c.Changes {
		switch x.Table {
		case edge.TableWork:
			if w, _ := x.Value.(*edge.Work); w != nil && w.Flow == edge.Pack {
				d.works[x.Key] = w
			} else {
				delete(d.works, x.Key)
			}
		case edge.TableWorkers:
			if w, _ := x.Value.(*edge.WorkerState); w != nil && (w.Station != "" || w.Work != "") {
				d.workers[x.Key] = w
			} else {
				delete(d.workers, x.Key)
			}
		}
	}
	d.mu.Unlock()
	for _, w := range d.weighers {
		for i := range c.Events {
			if b, ok := c.Events[i].Data.(*edge.BoxEvent); ok && c.Events[i].Type == edge.EvBoxClosed && !c.Events[i].Practice && slices.Contains(w.stations, b.Station) {
				w.spend()
			}
		}
		w.wake()
	}
}

// working gives the person who packs at a desk, if their session is live.
func (d *desks) working(station string) (who, bool) {
	d.mu.Lock()
	worker := ""
	for _, w := range d.works {
		if w.Station == station {
			worker = w.Worker
		}
	}
	d.mu.Unlock()
	if worker == "" {
		return who{}, false
	}
	for _, p := range d.people() {
		if p.Worker == worker {
			return person.who(p), true
		}
	}
	return who{}, false
}

// at gives the person whom a desk's devices act for: who packs there, else who
// is logged in on the desk's own device, else whoever packed there last and is
// between two orders. False: nobody.
func (d *desks) at(station string) (who, bool) {
	if w, ok := d.working(station); ok {
		return w, true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var found *person
	rank := 0
	for _, p := range d.people() {
		r := 0
		switch ws := d.workers[p.Worker]; {
		case p.Device == station:
			r = 2
		case ws != nil && ws.Station == station && ws.Work == "":
			r = 1
		}
		if r > rank || r > 0 && r == rank && p.Began.After(found.Began) {
			found, rank = &p, r
		}
	}
	if found == nil {
		return who{}, false
	}
	return person.who(*found), true
}

// toldWithin bounds the wait for what the engine has answered and the desks have
// not heard of yet.
const toldWithin = 100 * time.Millisecond

// whoIsAt is desks.at as of everything that anybody was answered so far: who saw
// "start packing" accepted may scan at once.
func (a *Agent) whoIsAt(station string) (who, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), toldWithin)
	defer cancel()
	if err := a.engine.Told(ctx); err != nil {
		a.log.Warn("the desks are behind", "station", station, "err", err)
	}
	return a.desks.at(station)
}

func (p person) who() who {
	return who{worker: p.Worker, roles: p.roles, session: p.ID, proven: p.Proven}
}

// sessions lists who is logged in, with the roles that they have now.
func (a *Agent) sessions() []person {
	now, cat := a.engine.Now(), a.engine.Catalogue()
	var out []person
	for _, s := range a.access.Live() {
		if w := cat.Worker(s.Worker); w != nil && now.Before(s.Expires) {
			out = append(out, person{s, w.Roles})
		}
	}
	slices.SortFunc(out, func(x, y person) int { return cmp.Compare(x.Worker, y.Worker) })
	return out
}

// shown tells the screens of a worker what a device at their desk was answered.
func (a *Agent) shown(worker string, v edge.Verdict) {
	if a.web != nil {
		a.web.Shown(worker, v)
	}
}
