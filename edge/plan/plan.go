package plan

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Config is how orders are put together. A size below 2 switches its kind off.
type Config struct {
	Wave    int           // most orders of a wave
	Lines   int           // an order of more lines is on no wave; 0: 3
	Pieces  int           // that a tote holds; 0: not known
	Cluster int           // most orders of a cluster
	Wait    time.Duration // of the oldest order of a list that is not full; 0: 2 minutes
	Near    time.Duration // before the cut-off nothing waits any more; 0: an hour
}

// Order is an order that may be begun now.
type Order struct {
	Client, ID, Carrier string
	Cutoff              time.Time // zero: none
	Priority            int       // higher goes first
	Since               time.Time // when it was received
	Lines               []Line
}

// Line is where pieces of an order lie: Walk is the place's position on the walk.
type Line struct {
	SKU    string
	Zone   string
	Walk   int
	Pieces int
}

// The modes of lists, as the floor contract names them.
const (
	Total   = "total"
	Cluster = "cluster"
)

// List is orders of one client, carrier and cut-off that are to be picked together.
type List struct {
	Client, Mode string
	Zone         string // all of it lies there; "" where it does not
	Single       bool   // orders of one piece
	Orders       []string
}

// work is an order and what is looked at again and again.
type work struct {
	*Order
	kind  kind
	zones string // of its lines, sorted
	walk  int    // the first place of it
}

// kind says what an order is good for.
type kind uint8

const (
	single kind = iota
	small
	apart // each to its tote
	alone
)

// Lists puts the orders together, the earliest cut-off first, then the highest
// priority, then by the walk. What is on no list is to be picked alone, or waits.
func Lists(orders []Order, c Config, now time.Time) []List {
	c.Lines, c.Wait, c.Near = cmp.Or(c.Lines, 3), cmp.Or(c.Wait, 2*time.Minute), cmp.Or(c.Near, time.Hour)
	all := make([]work, 0, len(orders))
	for i := range orders {
		if w := c.look(&orders[i]); w.kind != alone {
			all = append(all, w)
		}
	}
	slices.SortFunc(all, compare)
	var out []List
	for len(all) > 0 {
		n := 1
		for n < len(all) && together(&all[0], &all[n]) {
			n++
		}
		out = c.cut(out, all[:n], now)
		all = all[n:]
	}
	return out
}

func (c *Config) look(o *Order) work {
	w := work{Order: o, walk: -1}
	n := 0
	var zones []string
	for _, l := range o.Lines {
		n += l.Pieces
		if w.walk < 0 || l.Walk < w.walk {
			w.walk = l.Walk
		}
		if !slices.Contains(zones, l.Zone) {
			zones = append(zones, l.Zone)
		}
	}
	slices.Sort(zones)
	w.zones = strings.Join(zones, "\x00")
	fits := c.Pieces == 0 || n <= c.Pieces
	switch {
	case n == 1 && c.Wave > 1:
		w.kind = single
	case fits && c.Wave > 1 && len(o.Lines) <= c.Lines:
		w.kind = small
	case fits && c.Cluster > 1:
		w.kind = apart
	default:
		w.kind = alone
	}
	return w
}

// together tells whether two orders may stand on one list.
func together(a, b *work) bool {
	return a.Client == b.Client && a.Carrier == b.Carrier && a.kind == b.kind && a.Cutoff.Equal(b.Cutoff)
}

func compare(a, b work) int {
	if a.Cutoff.IsZero() != b.Cutoff.IsZero() {
		return cmp.Compare(b.Cutoff.Unix(), a.Cutoff.Unix()) // none is the latest
	}
	return cmp.Or(a.Cutoff.Compare(b.Cutoff), strings.Compare(a.Client, b.Client), strings.Compare(a.Carrier, b.Carrier), cmp.Compare(a.kind, b.kind),
		cmp.Compare(b.Priority, a.Priority), strings.Compare(a.zones, b.zones), cmp.Compare(a.walk, b.walk), strings.Compare(a.ID, b.ID))
}

// cut makes lists of orders that may stand on one, as they come.
func (c *Config) cut(out []List, group []work, now time.Time) []List {
	most, mode := c.Wave, Total
	if group[0].kind == apart {
		most, mode = c.Cluster, Cluster
	}
	for len(group) > 1 {
		part := group[:min(most, len(group))]
		group = group[len(part):]
		if len(part) < most && !c.due(part, now) {
			break
		}
		l := List{Client: part[0].Client, Mode: mode, Single: part[0].kind == single, Zone: part[0].zones}
		for i := range part {
			l.Orders = append(l.Orders, part[i].ID)
			if part[i].zones != l.Zone {
				l.Zone = ""
			}
		}
		if strings.Contains(l.Zone, "\x00") {
			l.Zone = ""
		}
		out = append(out, l)
	}
	return out
}

// due tells that a list goes although it is not full.
func (c *Config) due(part []work, now time.Time) bool {
	if cutoff := part[0].Cutoff; !cutoff.IsZero() && cutoff.Sub(now) <= c.Near {
		return true
	}
	return slices.ContainsFunc(part, func(w work) bool { return now.Sub(w.Since) >= c.Wait })
}
