package board

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dcedge/edge"
)

// Parcels is what is known of orders that somebody asks about, up to event Head.
// It names no person.
type Parcels struct {
	Head    uint64
	Items   []Parcel
	Silence Heard // how old the knowledge of what the WMS changed is
}

// Parcel is where an order is, and its boxes.
type Parcel struct {
	Order     string        `json:"order"`
	Client    string        `json:"client"`
	Carrier   string        `json:"carrier"`
	Stage     string        `json:"stage"`
	Received  string        `json:"received"`
	Cutoff    string        `json:"cutoff,omitempty"`
	Closed    string        `json:"closed,omitempty"`
	Pieces    int           `json:"pieces"` // that are to leave
	Packed    int           `json:"packed"`
	Exception string        `json:"exception,omitempty"` // parked held short takeOut
	Reason    string        `json:"reason,omitempty"`    // of a hold
	Since     string        `json:"since,omitempty"`
	Missing   []string      `json:"missing,omitempty"` // parked: what it waits for
	Ready     string        `json:"ready,omitempty"`   // when it should be packed; left out where nobody can tell
	Boxes     []ParcelOfBox `json:"boxes,omitempty"`
}

// ParcelOfBox is where one box is.
type ParcelOfBox struct {
	Box       string   `json:"box"`
	N         int      `json:"n"`
	Of        int      `json:"of,omitempty"` // once that is known
	With      []string `json:"with,omitempty"`
	Waybill   string   `json:"waybill,omitempty"`
	Voided    []string `json:"voided,omitempty"`
	Stage     string   `json:"stage"` // open closed labelled stowed loaded shipped collected
	At        string   `json:"at"`    // of the last thing that happened to it
	Labelled  string   `json:"labelled,omitempty"`
	Seen      string   `json:"seen,omitempty"` // where
	Lane      string   `json:"lane,omitempty"`
	Truck     string   `json:"truck,omitempty"`
	Exception string   `json:"exception,omitempty"` // label inDoubt lost aside rejected
}

// Parcels finds an order by its id, or what has, or ever had, a waybill. stamp writes
// a time, and a zero one as nothing.
func (b *Board) Parcels(client, order, waybill string, stamp func(time.Time) string) Parcels {
	b.mu.RLock()
	defer b.mu.RUnlock()
	v := &b.view
	out := Parcels{Head: v.head, Silence: v.heard}
	var found []*edge.Order
	if order != "" {
		found = v.byID[order]
	} else {
		found = v.ofNumber(waybill)
	}
	for _, o := range found {
		if client == "" || o.Client == client {
			out.Items = append(out.Items, v.parcel(o, stamp))
		}
	}
	slices.SortFunc(out.Items, func(a, b Parcel) int {
		return cmp.Or(strings.Compare(a.Order, b.Order), strings.Compare(a.Client, b.Client))
	})
	return out
}

// ofNumber finds the orders of a number, as people write it.
func (v *view) ofNumber(number string) []*edge.Order {
	var out []*edge.Order
	wanted := meant(number)
	for _, o := range v.orders {
		if v.wore(o, wanted) {
			out = append(out, o)
		}
	}
	return out
}

func (v *view) parcel(o *edge.Order, stamp func(time.Time) string) Parcel {
	p := Parcel{Order: o.ID, Client: o.Client, Carrier: o.Carrier, Stage: string(o.Stage),
		Received: stamp(o.Received), Cutoff: stamp(o.Cutoff), Closed: stamp(o.Closed), Ready: stamp(v.ready(o))}
	short := false
	for _, l := range o.Lines {
		p.Pieces, p.Packed = p.Pieces+l.Wanted-l.Short, p.Packed+l.Packed
		short = short || l.Short > 0
	}
	switch {
	case o.Stage == edge.StageParked:
		p.Exception, p.Missing = "parked", o.Missing
	case o.Held != "":
		p.Exception, p.Reason, p.Since = "held", o.Held, stamp(o.HeldAt)
	case o.Apart:
		p.Exception = "takeOut"
	case short:
		p.Exception = "short"
	}
	for _, id := range o.Boxes {
		if b := v.boxes[id]; b != nil {
			p.Boxes = append(p.Boxes, v.boxOf(b, o.ID, stamp))
		}
	}
	return p
}

func (v *view) boxOf(b *edge.Box, order string, stamp func(time.Time) string) ParcelOfBox {
	x := ParcelOfBox{Box: b.ID, N: b.N, Of: b.Of, Waybill: b.Waybill, Voided: b.Voided, Stage: "open",
		At: stamp(b.At), Labelled: stamp(b.BoundAt), Seen: b.Seen, Lane: b.Lane, Truck: b.Truck}
	for _, id := range b.Members() {
		if id != order {
			x.With = append(x.With, id)
		}
	}
	switch {
	case b.Collected:
		x.Stage = "collected"
	case b.Shipped:
		x.Stage = "shipped"
	case b.Truck != "":
		x.Stage = "loaded"
	case b.Container != "":
		x.Stage = "stowed"
	case b.Bound != "":
		x.Stage = "labelled"
	case b.Closed:
		x.Stage = "closed"
	}
	a := v.attempts[b.Print.Attempt]
	switch {
	case b.Shipped:
	case b.Aside != "":
		x.Exception = "aside"
	case b.Rejected != "":
		x.Exception = "rejected"
	case b.Missed:
		x.Exception = "lost"
	case b.Print.Fault != "":
		x.Exception = "label"
	case b.Bound == "" && a != nil && a.Status == edge.AttemptInDoubt:
		x.Exception = "inDoubt"
	}
	return x
}

// paceOf is the time over which the pace of packing is measured.
const paceOf = 2 * time.Hour

// ready is when an order should be packed: at the pace of the last hours, after
// those that go before it by cut-off, priority and age. Zero where nobody can tell:
// nothing was packed of late, or the order waits for a person or for data.
func (v *view) ready(o *edge.Order) time.Time {
	if !waitsToBePacked(o) {
		return time.Time{}
	}
	packed := 0
	begin := v.now.Add(-paceOf).Truncate(time.Hour)
	if v.counting.After(begin) && !v.catching {
		begin = v.counting
	}
	for _, h := range v.hours {
		if !h.From.Before(v.now.Add(-paceOf).Truncate(time.Hour)) {
			packed += h.Packed
		}
	}
	over := v.now.Sub(begin)
	if packed <= 0 || over <= 0 {
		return time.Time{}
	}
	ahead := 0
	for _, in := range v.orders {
		if waitsToBePacked(in) && (in == o || before(in, o) < 0) {
			ahead += toPack(in)
		}
	}
	return v.now.Add(time.Duration(float64(ahead) / float64(packed) * float64(over))).Round(time.Second)
}

func waitsToBePacked(o *edge.Order) bool {
	switch o.Stage {
	case edge.StageReceived, edge.StagePicking, edge.StagePicked, edge.StagePacking:
		return o.Held == "" && toPack(o) > 0
	}
	return false
}

func toPack(o *edge.Order) int {
	n := 0
	for _, l := range o.Lines {
		n += max(0, l.Wanted-l.Short-l.Packed)
	}
	return n
}

// before orders two orders as the floor works them; without a cut-off last.
func before(x, y *edge.Order) int {
	if x.Cutoff.IsZero() != y.Cutoff.IsZero() {
		if y.Cutoff.IsZero() {
			return -1
		}
		return 1
	}
	return cmp.Or(x.Cutoff.Compare(y.Cutoff), cmp.Compare(y.Priority, x.Priority), x.Received.Compare(y.Received), strings.Compare(x.ID, y.ID))
}
