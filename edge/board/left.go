package board

import (
	"cmp"
	"slices"
	"time"

	"dcedge/edge"
)

// Left is what a shift leaves open: of each kind how much, and the first of them.
type Left struct {
	Totes   Open[OpenTote]  `json:"totes"`
	Works   Open[OpenWork]  `json:"works"`
	InDoubt Open[OpenLabel] `json:"inDoubt"`
	Held    Open[OpenBox]   `json:"held"`   // packed boxes of held orders
	Voided  Open[OpenBox]   `json:"voided"` // numbers given up, of boxes touched since the last signature
	Lost    Open[OpenBox]   `json:"lost"`   // packed, on no truck, and the cut-off is over or its truck left without it
}

// Open is one kind of what is open.
type Open[T any] struct {
	N     int `json:"n"`
	Items []T `json:"items,omitempty"` // at most leftShown
}

// leftShown is how many of a kind are listed.
const leftShown = 50

func (o *Open[T]) add(x T) {
	if o.N++; len(o.Items) < leftShown {
		o.Items = append(o.Items, x)
	}
}

// OpenTote is a tote in use.
type OpenTote struct {
	Tote   string `json:"tote"`
	Order  string `json:"order,omitempty"`
	Wave   string `json:"wave,omitempty"`
	Worker string `json:"worker,omitempty"` // who has it in hand
	Picked bool   `json:"picked,omitempty"` // and waits to be packed
}

// OpenWork is work in somebody's hands.
type OpenWork struct {
	Work    string    `json:"work"`
	Flow    edge.Flow `json:"flow"`
	Mode    string    `json:"mode,omitempty"`
	Worker  string    `json:"worker,omitempty"` // "": put down, it waits for anybody
	Orders  []string  `json:"orders,omitempty"`
	Totes   []string  `json:"totes,omitempty"`
	Station string    `json:"station,omitempty"`
	Since   time.Time `json:"since,omitzero"`
}

// OpenLabel is a print whose outcome nobody knows.
type OpenLabel struct {
	Attempt string    `json:"attempt"`
	Box     string    `json:"box"`
	Order   string    `json:"order,omitempty"`
	Station string    `json:"station,omitempty"`
	Since   time.Time `json:"since,omitzero"`
}

// OpenBox is a box that somebody must see to.
type OpenBox struct {
	Box     string     `json:"box"`
	Order   string     `json:"order,omitempty"`
	Waybill string     `json:"waybill,omitempty"`
	Reason  string     `json:"reason,omitempty"`
	Seen    string     `json:"seen,omitempty"` // where it was last
	Cutoff  *time.Time `json:"cutoff,omitempty"`
}

// Left lists what is open now; since is the last signed end of a shift.
func (b *Board) Left(now, since time.Time) Left {
	b.mu.RLock()
	defer b.mu.RUnlock()
	v := &b.view
	var l Left
	for _, id := range sorted(v.totes) {
		t := v.totes[id]
		x := OpenTote{Tote: t.ID, Order: t.Order, Wave: t.Wave, Picked: t.Done}
		if w := v.works[t.Work]; w != nil {
			x.Worker = w.Worker
		}
		l.Totes.add(x)
	}
	for _, id := range sorted(v.works) {
		w := v.works[id]
		l.Works.add(OpenWork{Work: w.ID, Flow: w.Flow, Mode: w.Mode, Worker: w.Worker, Orders: w.Orders, Totes: w.Totes, Station: w.Station, Since: w.Started})
	}
	for _, id := range sorted(v.doubtful) {
		a := v.doubtful[id]
		if e, ok := v.printTrouble(a); ok && e.Kind == "inDoubt" {
			l.InDoubt.add(OpenLabel{Attempt: a.ID, Box: a.Box, Order: e.Order, Station: e.Station, Since: a.At})
		}
	}
	missed := v.missedByTrucks()
	for _, id := range sorted(v.boxes) {
		v.leftBox(&l, v.boxes[id], missed[id], now, since)
	}
	return l
}

func (v *view) leftBox(l *Left, b *edge.Box, missed bool, now, since time.Time) {
	x := OpenBox{Box: b.ID, Order: b.Order, Waybill: b.Waybill, Seen: b.Seen}
	if len(b.Voided) > 0 && b.At.After(since) {
		for _, n := range b.Voided {
			y := x
			y.Waybill = n
			l.Voided.add(y)
		}
	}
	if b.Truck != "" || b.Shipped || !b.Closed {
		return
	}
	var first *edge.Order // with the earliest cut-off of those in the box
	for _, o := range v.liveOf(b) {
		if o.Held != "" { // one that is held keeps the whole box
			x.Order, x.Reason = o.ID, o.Held
			l.Held.add(x)
			return
		}
		if !o.Cutoff.IsZero() && (first == nil || o.Cutoff.Before(first.Cutoff)) {
			first = o
		}
	}
	if b.Bound != "" && first != nil && (missed || first.Cutoff.Before(now)) {
		x.Order, x.Cutoff = first.ID, &first.Cutoff
		l.Lost.add(x)
	}
}

// liveOf lists the orders whose goods lie in a box, but cancelled ones.
func (v *view) liveOf(b *edge.Box) []*edge.Order {
	var out []*edge.Order
	for _, id := range b.Members() {
		for _, o := range v.byID[id] {
			if o.Client == b.Client && o.Stage != edge.StageCancelled {
				out = append(out, o)
			}
		}
	}
	return out
}

func sorted[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, func(x, y string) int { return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)) })
	return out
}

// OpenOf gives the work that a worker has in hand, and the totes of an order that
// was left with goods in them; nil, nil: nothing.
func (b *Board) OpenOf(worker string) (w *edge.Work, left *edge.Order) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	ws := b.view.workers[worker]
	if ws == nil {
		return nil, nil
	}
	w = b.view.works[ws.Work]
	for _, o := range b.view.byID[ws.LeftOrder] {
		if o.Client == ws.LeftClient && o.Stage == edge.StagePicking && o.Work == "" && len(o.Totes) > 0 {
			left = o
		}
	}
	return w, left
}

// ShiftOf tells when a worker's shift began; zero: it has not.
func (b *Board) ShiftOf(worker string) time.Time {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if w := b.view.workers[worker]; w != nil {
		return w.Shift
	}
	return time.Time{}
}

// ZoneOf is the zone that a worker picked in last; "" where none is known.
func (b *Board) ZoneOf(worker string) string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if w := b.view.workers[worker]; w != nil {
		return w.Zone
	}
	return ""
}

// Signed is when a lead last signed the end of a shift.
func (b *Board) Signed() time.Time {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.view.signed
}

// Cutoff is a cut-off of today with what is open for it.
type Cutoff struct {
	Carrier string    `json:"carrier"`
	At      time.Time `json:"at"`
	Open    int       `json:"open"`
}

// Cutoffs lists the cut-offs until an instant, the nearest first.
func (b *Board) Cutoffs(now, until time.Time) []Cutoff {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := []Cutoff{}
	for _, r := range b.view.rowList() {
		if r.Cutoff == nil || !r.Cutoff.After(now) || r.Cutoff.After(until) {
			continue
		}
		open := r.Total
		for _, s := range []edge.OrderStage{edge.StageLoaded, edge.StageShipped, edge.StageCancelled} {
			open -= r.Stages[s]
		}
		out = append(out, Cutoff{Carrier: r.Carrier, At: *r.Cutoff, Open: open})
	}
	return out
}

// Next gives up to n orders that nobody has begun, the most urgent first: by
// cut-off, priority, and age.
func (b *Board) Next(n int) []*edge.Order {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var out []*edge.Order
	for _, o := range b.view.orders {
		if o.Stage == edge.StageReceived && o.Held == "" && o.Work == "" && o.Wave == "" && len(o.Totes) == 0 && len(o.Boxes) == 0 {
			out = append(out, o)
		}
	}
	last := func(t time.Time) int {
		if t.IsZero() {
			return 1
		}
		return 0
	}
	slices.SortFunc(out, func(x, y *edge.Order) int {
		return cmp.Or(cmp.Compare(last(x.Cutoff), last(y.Cutoff)), x.Cutoff.Compare(y.Cutoff), cmp.Compare(y.Priority, x.Priority), cmp.Compare(x.Seq, y.Seq))
	})
	return out[:min(n, len(out))]
}
