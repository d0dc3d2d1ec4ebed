package floor

import (
	"fmt"
	"strings"

	"dcedge/firmware-sim/crew"
)

// Mix is how a crew divides its work.
type Mix string

// The mixes that a crew plays.
const (
	ByOrder Mix = "order"   // order by order
	Cluster Mix = "cluster" // several orders in one walk, each to its tote
	Wave    Mix = "wave"    // many orders' goods together, then to the put wall; single pieces packed from the wave's tote
	Zones   Mix = "zones"   // each picker in a zone, the tote is passed on
	Returns Mix = "returns" // order by order, and people at the returns desks and in the hospital
	AllOf   Mix = "all"     // some of each; every second loader fills cages
)

var mixes = []Mix{ByOrder, Cluster, Wave, Zones, Returns, AllOf}

// MixOf reads a mix; "" is ByOrder.
func MixOf(text string) (Mix, error) {
	if text == "" {
		return ByOrder, nil
	}
	for _, m := range mixes {
		if string(m) == text {
			return m, nil
		}
	}
	return "", fmt.Errorf("mix %q: wants one of %s", text, strings.Trim(fmt.Sprint(mixes), "[]"))
}

// desks tells whether returns desks and the hospital are worked.
func (m Mix) desks() bool { return m == Returns || m == AllOf }

// Set gives people their work by the mix. Whoever picks also counts and brings
// goods to their places when there is nothing to pick.
func (m Mix) Set(people []crew.Worker) {
	picker, packer, loader := 0, 0, 0
	for i := range people {
		w := &people[i]
		switch w.Flows[0] {
		case "pick":
			m.picker(w, picker)
			picker++
		case "pack":
			if packer%2 == 0 && (m == Wave || m == AllOf) {
				w.Mode = "single"
			}
			packer++
		case "load":
			if loader%2 == 1 && m == AllOf {
				w.Mode = "container"
			}
			loader++
		}
	}
}

func (m Mix) picker(w *crew.Worker, n int) {
	at := m
	if m == AllOf {
		at = mixes[n%4]
	}
	w.Flows = []string{"pick", "count", "replenish"}
	switch at {
	case Cluster:
		w.Mode = "cluster"
	case Zones:
		w.Mode = "zone"
	case Wave:
		w.Mode = "total"
		w.Flows = []string{"put", "pick", "count", "replenish"}
		if n%3 != 0 { // two in three walk first
			w.Flows[0], w.Flows[1] = w.Flows[1], w.Flows[0]
		}
	}
}
