package board

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dcedge/edge"
)

// Filter chooses orders; what is empty does not restrict.
type Filter struct {
	Stage   edge.OrderStage
	Carrier string
	Held    bool
	Find    string // the beginning of an order's id, or a whole tote, box or waybill
	After   string // id of the last one of the former page
	Limit   int    // 1 to 1,000; 0 is 100
}

// Orders lists orders by id, one page of them.
func (b *Board) Orders(f Filter) []*edge.Order {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if f.Limit <= 0 {
		f.Limit = 100
	}
	f.Limit = min(f.Limit, 1000)
	var out []*edge.Order
	number := meant(f.Find)
	for _, o := range b.view.orders {
		if b.view.fits(o, f, number) {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(x, y *edge.Order) int {
		return cmp.Or(strings.Compare(x.ID, y.ID), strings.Compare(x.Client, y.Client))
	})
	return out[:min(len(out), f.Limit)]
}

func (v *view) fits(o *edge.Order, f Filter, number numbers) bool {
	return (f.Stage == "" || o.Stage == f.Stage) &&
		(f.Carrier == "" || o.Carrier == f.Carrier) &&
		(!f.Held || o.Held != "") &&
		(f.After == "" || o.ID > f.After) &&
		(f.Find == "" || v.found(o, f.Find, number))
}

func (v *view) found(o *edge.Order, text string, number numbers) bool {
	return strings.HasPrefix(o.ID, text) || slices.Contains(o.Totes, text) || slices.Contains(o.Boxes, text) || v.wore(o, number)
}

// numbers are the waybill numbers that a text may mean.
type numbers []string

// meant reads a number as people write it. One that begins with J may have been read
// off the paper or off the symbol, which puts the data identifier J before it: JD... is
// JJD... too.
func meant(text string) numbers {
	n := plainNumber(text)
	switch {
	case strings.HasPrefix(n, "JJ"):
		return numbers{n, n[1:]}
	case strings.HasPrefix(n, "J"):
		return numbers{n, "J" + n}
	}
	return numbers{n}
}

func plainNumber(s string) string { return strings.NewReplacer("-", "", " ", "").Replace(s) }

// wore tells whether an order, or a box of it, has or ever had one of the numbers.
func (v *view) wore(o *edge.Order, number numbers) bool {
	if o.Waybill != "" && slices.Contains(number, plainNumber(o.Waybill)) {
		return true
	}
	return slices.ContainsFunc(o.Boxes, func(id string) bool {
		b := v.boxes[id]
		return b != nil && (b.Waybill != "" && slices.Contains(number, b.Waybill) || slices.ContainsFunc(b.Voided, func(n string) bool { return slices.Contains(number, n) }))
	})
}

// Order finds an order by its id; client may be "" where the id is of one
// client only. nil: none, or more than one.
func (b *Board) Order(client, id string) *edge.Order {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var found *edge.Order
	for _, o := range b.view.byID[id] {
		if client != "" && o.Client != client {
			continue
		}
		if found != nil {
			return nil
		}
		found = o
	}
	return found
}

// ClientsOf lists whose orders have an id, by name.
func (b *Board) ClientsOf(id string) (clients []string) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, o := range b.view.byID[id] {
		clients = append(clients, o.Client)
	}
	slices.Sort(clients)
	return clients
}

// Boxes gives an order's boxes.
func (b *Board) Boxes(o *edge.Order) []*edge.Box {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]*edge.Box, 0, len(o.Boxes))
	for _, id := range o.Boxes {
		if x := b.view.boxes[id]; x != nil {
			out = append(out, x)
		}
	}
	return out
}

// Hours gives the figures of the hours that begin in [from, to), oldest first,
// and since when this edge has counted.
func (b *Board) Hours(from, to time.Time) (hours []Hour, since time.Time) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	hours = []Hour{}
	for _, h := range b.view.hours {
		if !h.From.Before(from) && h.From.Before(to) {
			hours = append(hours, *h)
		}
	}
	slices.SortFunc(hours, func(x, y Hour) int { return x.From.Compare(y.From) })
	return hours, b.view.counting
}

// Stages counts the orders by stage.
func (b *Board) Stages() map[edge.OrderStage]int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := map[edge.OrderStage]int{}
	for _, r := range b.view.rows {
		for s, n := range r.stages {
			out[s] += n
		}
	}
	return out
}

// Consumers gives the consumers as of the last beat.
func (b *Board) Consumers() []Consumer {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return slices.Clone(b.view.consumers)
}

// Counting tells that the figures of the last day are still being read from
// the log.
func (b *Board) Counting() bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.view.catching
}

// Desk is a pack desk and whether work can be started at it.
type Desk struct {
	Name    string `json:"name"`
	Free    bool   `json:"free"`
	Mine    bool   `json:"mine,omitempty"`    // who asks works at it
	Why     string `json:"why,omitempty"`     // not free: taken, printer, or noPrinter
	Printer string `json:"printer,omitempty"` // that would print, or that keeps it from being free
	State   string `json:"state,omitempty"`   // of that printer
}

// Desks says of each station whether worker could start at it, in their order.
func (b *Board) Desks(stations []edge.Station, worker string) []Desk {
	b.mu.RLock()
	defer b.mu.RUnlock()
	at := map[string]string{}
	for _, w := range b.view.works {
		if w.Station != "" {
			at[w.Station] = w.Worker
		}
	}
	out := make([]Desk, 0, len(stations))
	for _, s := range stations {
		d := Desk{Name: s.Name, Why: "noPrinter", Mine: at[s.Name] != "" && at[s.Name] == worker}
		for _, name := range s.Printers {
			p := b.view.printers[name]
			if p == nil || p.State == "ready" || p.State == "printing" {
				d.Free, d.Why, d.Printer, d.State = true, "", name, ""
				if p != nil {
					d.State = p.State
				}
				break
			}
			if d.Printer == "" {
				d.Why, d.Printer, d.State = "printer", name, p.State
			}
		}
		if by := at[s.Name]; by != "" && by != worker {
			d.Free, d.Why = false, "taken"
		}
		out = append(out, d)
	}
	return out
}
