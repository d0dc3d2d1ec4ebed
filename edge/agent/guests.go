package agent

import (
	"log/slog"
	"sync"

	"dcedge/edge"
	"dcedge/edge/config"
)

// Lamp switches a light of the site. It does not block. Whoever drives lights is
// one; without one the screens and the voice of the desk have to do.
type Lamp interface {
	// Light shows a colour at a light, "" switches it off.
	Light(light, colour, reason string)
}

// guestColour and guestReason are what a desk's light shows while another desk's
// label lies in its printer.
const (
	guestColour = "blue"
	guestReason = "guestLabel"
)

// guests lights the lamp of a desk at which another desk's label comes out, until
// that label is on its box. Its methods may be called from any goroutine.
type guests struct {
	policy *edge.Policy
	lamps  map[string]string // by station, the light that stands there
	log    *slog.Logger

	mu   sync.Mutex
	lamp Lamp              // nil: none
	lit  map[string]string // by box, the station where its label comes out
}

// lampsOf gives the stations their lights.
func lampsOf(cfg *config.Config) map[string]string {
	out := map[string]string{}
	for _, d := range cfg.Devices {
		if d.Driver == "light" && d.Station != "" {
			out[d.Station] = d.Name
		}
	}
	return out
}

// use names who switches lights.
func (g *guests) use(l Lamp) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lamp = l
}

// Committed follows the engine. It does not block.
func (g *guests) Committed(c *edge.Commit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	home := map[string]string{} // of the boxes of this commit
	for i := range c.Changes {
		if b, ok := c.Changes[i].Value.(*edge.Box); ok && b != nil {
			home[b.ID] = b.Station
		}
	}
	for i := range c.Events {
		if c.Events[i].Practice {
			continue // prints nothing
		}
		switch d := c.Events[i].Data.(type) {
		case *edge.LabelEvent:
			switch c.Events[i].Type {
			case edge.EvLabelIntent:
				g.off(d.Box)
				if at := g.deskOf(d.Printer); at != "" && at != home[d.Box] {
					g.lit[d.Box] = at
					g.show(at)
				}
			case edge.EvLabelFailed:
				g.off(d.Box)
			}
		case *edge.WaybillEvent:
			if c.Events[i].Type != edge.EvAssigned { // bound or voided
				g.off(d.Box)
			}
		}
	}
}

// deskOf is the station at which a printer stands; "" where it is none's own.
func (g *guests) deskOf(printer string) string {
	for _, st := range g.policy.Stations {
		if len(st.Printers) > 0 && st.Printers[0] == printer {
			return st.Name
		}
	}
	return ""
}

func (g *guests) off(box string) {
	station, was := g.lit[box]
	if !was {
		return
	}
	delete(g.lit, box)
	g.show(station)
}

// show sets a desk's light to what lies there now.
func (g *guests) show(station string) {
	light, colour := g.lamps[station], ""
	for _, at := range g.lit {
		if at == station {
			colour = guestColour
		}
	}
	if light == "" || g.lamp == nil {
		return
	}
	g.log.Debug("light at a desk", "station", station, "light", light, "colour", colour)
	g.lamp.Light(light, colour, guestReason)
}
