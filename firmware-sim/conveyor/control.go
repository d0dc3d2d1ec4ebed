package conveyor

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"dcedge/firmware-sim/fault"
	"dcedge/firmware-sim/wire"
)

// station is a device of the belt that a script can take off the network.
type station struct {
	*wire.Station
	away atomic.Bool
}

type stationFaults struct {
	Away bool `json:"away"`
}

// Prepare implements fault.Device: away = true pulls the network cable.
func (s *station) Prepare(what json.RawMessage) (func() func(), error) {
	return fault.Prepare(what, func() stationFaults { return stationFaults{s.away.Load()} }, func(f stationFaults) {
		s.away.Store(f.Away)
		s.Pull(f.Away)
	})
}

// Put queues parcels and gives the number of the first; it gives 0 for none.
func (c *Conveyor) Put(parcels ...Parcel) (first int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, p := range parcels {
		if n := c.belt.Put(p); i == 0 {
			first = n
		}
	}
	return first
}

// Entries gives the ledger: every parcel ever put, in order.
func (c *Conveyor) Entries() []Entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.belt.Entries()
}

// Where tells where a parcel is: a lane, Waiting or OnBelt.
func (c *Conveyor) Where(n int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.belt.Where(n)
}

// Take takes a parcel out of its lane, as whoever loads it does.
func (c *Conveyor) Take(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.belt.Take(n)
}

// WaitEmpty waits until nothing waits and nothing is on the belt, or ctx ends.
func (c *Conveyor) WaitEmpty(ctx context.Context) error {
	for {
		c.mu.Lock()
		waiting, on := c.belt.Left()
		change := c.change
		c.mu.Unlock()
		if waiting+on == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-change:
		}
	}
}

// Empty takes everything out of a lane, as a truck that drives off does.
func (c *Conveyor) Empty(lane string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.belt.Empty(lane)
}

// Faults are the present faults.
func (c *Conveyor) Faults() Faults {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.faults
}

// SetFaults replaces the faults.
func (c *Conveyor) SetFaults(f Faults) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = f
	c.belt.SetTrouble(f.Trouble)
	if c.pins != nil {
		c.pins.Pull(f.Pins)
	}
}

// Prepare implements fault.Device: the keys of Faults. An eye, divert or lane
// that is not there is refused.
func (c *Conveyor) Prepare(what json.RawMessage) (func() func(), error) {
	act, err := fault.Prepare(what, c.Faults, c.SetFaults)
	if err != nil {
		return nil, err
	}
	var f Faults
	if err := json.Unmarshal(what, &f); err != nil {
		return nil, fmt.Errorf("%w: %w", fault.ErrScript, err)
	}
	for key, name := range map[string]string{"jam": f.Jam, "stuckEye": f.StuckEye, "clearEye": f.ClearEye, "dead": f.Dead, "blind": f.Blind, "sticks": f.Sticks} {
		if name == "" {
			continue
		}
		_, eye := c.eyes[name]
		_, there := c.belt.where(name)
		if wantsEye := strings.HasSuffix(key, "Eye"); !there || wantsEye && !eye || (key == "dead" || key == "blind" || key == "sticks") && eye {
			return nil, fmt.Errorf("%w: %s = %q does not stand at this belt", fault.ErrScript, key, name)
		}
	}
	if f.Pins && c.pins == nil {
		return nil, fmt.Errorf("%w: this belt has no pins", fault.ErrScript)
	}
	return act, nil
}

// Summary counts a ledger.
type Summary struct {
	Parcels int            `json:"parcels"`
	Waiting int            `json:"waiting"`
	OnBelt  int            `json:"onBelt"`
	Lanes   map[string]int `json:"lanes"`   // parcels that ever went into each
	Dropped map[string]int `json:"dropped"` // commands, by reason
	Reads   int            `json:"reads"`
}

// Summary counts the present ledger.
func (c *Conveyor) Summary() Summary {
	s := Summary{Lanes: map[string]int{}, Dropped: map[string]int{}}
	for _, e := range c.Entries() {
		s.Parcels++
		s.Reads += len(e.Reads)
		switch e.Where {
		case Waiting:
			s.Waiting++
		case OnBelt:
			s.OnBelt++
		default:
			s.Lanes[e.Where]++
		}
		for _, o := range e.Orders {
			if o.Dropped != "" {
				s.Dropped[o.Dropped]++
			}
		}
	}
	return s
}

// plus adds grams to decimal text; what is no number stays.
func plus(grams string, off int) string {
	whole, rest, point := strings.Cut(grams, ".")
	n, err := strconv.Atoi(whole)
	if err != nil || off == 0 {
		return grams
	}
	text := strconv.Itoa(n + off)
	if point {
		text += "." + rest
	}
	return text
}

// Handler serves the control port:
//
//	POST /parcels  [{"codes":["6512…"],"length":300,"grams":"1204","gap":500}]: put on the belt in this order
//	GET  /parcels  the ledger
//	GET  /status   Summary, faults, lanes
//	POST /faults   Faults, replacing those there are
//	POST /hands    {"empty":"cj"}: a lane is emptied
func (c *Conveyor) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /parcels", func(w http.ResponseWriter, r *http.Request) {
		var parcels []Parcel
		if !wire.Take(w, r, &parcels) {
			return
		}
		for i, p := range parcels {
			if p.Length < 0 || p.Length > 5000 || len(p.Codes) > 8 {
				http.Error(w, fmt.Sprintf("parcel %d: length at most 5000 mm, at most 8 codes", i+1), http.StatusBadRequest)
				return
			}
		}
		wire.Reply(w, map[string]int{"first": c.Put(parcels...), "count": len(parcels)})
	})
	mux.HandleFunc("GET /parcels", func(w http.ResponseWriter, _ *http.Request) { wire.Reply(w, c.Entries()) })
	status := func(w http.ResponseWriter) {
		c.mu.Lock()
		lanes := c.belt.Lanes()
		c.mu.Unlock()
		wire.Reply(w, map[string]any{"summary": c.Summary(), "faults": c.Faults(), "lanes": lanes})
	}
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) { status(w) })
	mux.HandleFunc("POST /faults", func(w http.ResponseWriter, r *http.Request) {
		var f Faults
		if wire.Take(w, r, &f) {
			c.SetFaults(f)
			status(w)
		}
	})
	mux.HandleFunc("POST /hands", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Empty string `json:"empty"`
		}
		if wire.Take(w, r, &body) {
			c.Empty(body.Empty)
			status(w)
		}
	})
	return mux
}
