package edgetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Oracle recomputes a site's day from the lines of its events and from nothing
// else. It shares no code with the edge: shapes come from the sync contract.
// Feed it with Line in the order of seq; ask Faults and Totals at the end.
type Oracle struct {
	Chain  [32]byte // after the last line
	seq    uint64
	at     time.Time
	scans  map[string]uint64 // message -> seq of its last event
	orders map[string]*oracleOrder
	boxes  map[string]*oracleBox
	owner  map[string]string // waybill -> box, for ever
	tries  map[string]*oracleTry
	closed map[string]bool     // trucks
	mates  map[string][]string // order -> those that a desk packs into one box with it
	leases map[string]*oracleLease
	out    oracleOut
	desks  oracleDesks
	faults []string

	reprints, renumbers int
}

type oracleOrder struct {
	wanted, picked, short, packed map[string]int // by line, pieces
	first                         map[string]int // as received
	cancelled                     bool
}

type oracleBox struct {
	order    string
	items    map[[2]string]int // by order and line
	closed   bool
	live     string // waybill
	bound    bool
	onTruck  string
	attempts int
	grants   int
}

type oracleTry struct {
	box, waybill, end string
}

type oracleLease struct {
	first, count, spent uint64
	byHand              map[uint64]bool // taken by paper, before their turn
}

// Totals is what a day came to. Units are pieces.
type Totals struct {
	Events, Orders, Cancelled                     int
	Units, Picked, Short, Packed                  int
	Boxes, Bound, Loaded, Labels, Granted, Voided int
	TrucksClosed                                  int
}

type oracleLine struct {
	Seq   uint64    `json:"seq"`
	At    time.Time `json:"at"`
	Type  string    `json:"type"`
	Scan  string    `json:"scan"`
	Order string    `json:"order"`

	Worker string `json:"worker"`

	Practice, Manual bool

	Data struct {
		Line, SKU, Box, Waybill, Attempt, Truck, Kind, Outcome string
		Lease                                                  string
		Serial, FirstSerial, Count                             uint64
		Quantity, Came                                         int
		Return, Container                                      string
		Grade, Place, To, Location, Reason, Work               string
		Case, Owner, HandedOver                                string
		Of                                                     json.RawMessage // of a box a number, of a shift a text
		Minutes                                                int
		Due                                                    time.Time
		Missing                                                json.RawMessage // a number, or of truck.closed a list
		Cancelled, Apart                                       bool
		Orders                                                 []string
		Lines                                                  []struct {
			Line     string
			Quantity int
		}
		Items []struct {
			Order, Line string
			Quantity    int
		}
	} `json:"data"`
}

// NewOracle begins an epoch.
func NewOracle(epoch string) *Oracle {
	return &Oracle{Chain: sha256.Sum256([]byte(epoch)), scans: map[string]uint64{}, orders: map[string]*oracleOrder{},
		boxes: map[string]*oracleBox{}, owner: map[string]string{}, tries: map[string]*oracleTry{}, closed: map[string]bool{},
		mates: map[string][]string{}, leases: map[string]*oracleLease{}, out: newOracleOut(), desks: newOracleDesks()}
}

// Hash is the chain's value after the last line, in lower-case hex.
func (o *Oracle) Hash() string { return hex.EncodeToString(o.Chain[:]) }

// Seq is the seq of the last line.
func (o *Oracle) Seq() uint64 { return o.seq }

func (o *Oracle) fault(format string, args ...any) {
	o.faults = append(o.faults, fmt.Sprintf("seq %d: ", o.seq)+fmt.Sprintf(format, args...))
}

// Line takes the next event line, without its newline.
func (o *Oracle) Line(line []byte) {
	var e oracleLine
	d := json.NewDecoder(bytes.NewReader(line))
	if err := d.Decode(&e); err != nil {
		o.fault("the line after it is no JSON: %v", err)
		return
	}
	if e.Seq != o.seq+1 {
		o.fault("followed by %d: not dense", e.Seq)
	}
	o.seq = e.Seq
	if e.At.Before(o.at) {
		o.fault("its time goes back")
	}
	o.at = e.At
	o.Chain = sha256.Sum256(append(o.Chain[:], line...))
	if e.Scan != "" {
		if last, had := o.scans[e.Scan]; had && last != e.Seq-1 {
			o.fault("message %s has events at %d and here: not contiguous, or decided twice (I2)", e.Scan, last)
		}
		o.scans[e.Scan] = e.Seq
	}
	if e.Practice { // no goods moved: who reads on passes it over
		return
	}
	o.goods(&e)
	o.serials(&e)
	o.boxed(&e)
	o.leaves(&e)
	o.comesBack(&e)
	o.hospital(&e)
	o.shift(&e)
	o.parcels(&e)
	o.labels(&e)
}

func (o *Oracle) order(id string) *oracleOrder {
	x := o.orders[id]
	if x == nil {
		o.fault("order %q was never received", id)
		x = &oracleOrder{wanted: map[string]int{}, picked: map[string]int{}, short: map[string]int{}, packed: map[string]int{}, first: map[string]int{}}
		o.orders[id] = x
	}
	return x
}

func (o *Oracle) goods(e *oracleLine) {
	d := &e.Data
	switch e.Type {
	case "order.received":
		if o.orders[e.Order] != nil {
			o.fault("order %q received twice", e.Order)
			return
		}
		x := &oracleOrder{wanted: map[string]int{}, picked: map[string]int{}, short: map[string]int{}, packed: map[string]int{}, first: map[string]int{}}
		for _, l := range d.Lines {
			x.wanted[l.Line], x.first[l.Line] = l.Quantity, l.Quantity
		}
		o.orders[e.Order] = x
	case "order.changed", "order.cancelStopped":
		x := o.order(e.Order)
		if len(d.Lines) > 0 {
			for _, l := range d.Lines {
				x.wanted[l.Line] = l.Quantity
			}
		}
		gone := d.Cancelled || e.Type == "order.cancelStopped" && d.Kind == "cancel"
		if x.cancelled = x.cancelled || gone; gone || d.Apart {
			o.open(e.Order)
		}
	case "pick.confirmed", "pick.undone":
		x := o.order(e.Order)
		x.picked[d.Line] += d.Quantity
		o.conserve(x, e)
	case "pick.short":
		x := o.order(e.Order)
		n := 0
		if err := json.Unmarshal(d.Missing, &n); err != nil {
			o.fault("pick.short without a number missing")
		}
		x.short[d.Line] += n
		o.conserve(x, e)
	case "pack.item", "pack.itemUndone":
		x := o.order(e.Order)
		x.packed[d.Line] += d.Quantity
		if x.packed[d.Line] > x.picked[d.Line] || x.packed[d.Line] < 0 {
			o.fault("order %s line %s: %d packed of %d picked", e.Order, d.Line, x.packed[d.Line], x.picked[d.Line])
		}
		b := o.box(d.Box, e.Order)
		b.items[[2]string{e.Order, d.Line}] += d.Quantity
	case "pack.started":
		for _, id := range d.Orders {
			o.mates[id] = d.Orders
		}
	}
}

// open takes the labels of boxes that an order shares with others out of force.
func (o *Oracle) open(order string) {
	for _, b := range o.boxes {
		if n := b.pieces(order); n > 0 && b.pieces("") > n {
			b.bound = false
		}
	}
}

// pieces counts what a box holds of an order; "" is all.
func (b *oracleBox) pieces(order string) int {
	n := 0
	for k, q := range b.items {
		if order == "" || k[0] == order {
			n += q
		}
	}
	return n
}

func (o *Oracle) conserve(x *oracleOrder, e *oracleLine) {
	l := e.Data.Line
	if x.picked[l] < 0 || x.short[l] < 0 || x.picked[l]+x.short[l] > x.first[l] {
		o.fault("order %s line %s: %d picked and %d short of %d", e.Order, l, x.picked[l], x.short[l], x.first[l])
	}
}

func (o *Oracle) box(id, order string) *oracleBox {
	b := o.boxes[id]
	if b == nil {
		b = &oracleBox{order: order, items: map[[2]string]int{}}
		o.boxes[id] = b
	}
	if b.order != order && !slices.Contains(o.mates[b.order], order) {
		o.fault("box %s belongs to order %s and to %s", id, b.order, order)
	}
	return b
}

func (o *Oracle) labels(e *oracleLine) {
	d := &e.Data
	switch e.Type {
	case "label.intent":
		if o.tries[d.Attempt] != nil {
			o.fault("attempt %s has two intents (I6)", d.Attempt)
		}
		o.tries[d.Attempt] = &oracleTry{box: d.Box, waybill: d.Waybill}
		b := o.box(d.Box, e.Order)
		b.attempts++
		if b.attempts > 1+b.grants {
			o.fault("box %s: attempt %d with %d granted (I6)", d.Box, b.attempts, b.grants)
		}
		if b.live != d.Waybill {
			o.fault("attempt %s prints %s, live is %q", d.Attempt, d.Waybill, b.live)
		}
	case "label.sent", "label.printed", "label.failed", "label.inDoubt", "label.settled":
		try := o.tries[d.Attempt]
		if try == nil {
			o.fault("%s of attempt %q without an intent (I6)", e.Type, d.Attempt)
			return
		}
		try.end = e.Type
		if e.Type == "label.failed" {
			o.boxes[try.box].grants++ // no byte left: the next try is free
		}
		if e.Type == "label.settled" && d.Outcome == "no" {
			o.boxes[try.box].grants++
			o.reprints++
		}
	case "step.confirmed":
		if d.Kind == "reprint" || d.Kind == "destroyed" {
			if b := o.boxes[d.Box]; b != nil {
				b.grants++
				b.bound = false // whichever copy is scanned next counts
			}
			o.reprints++
		}
	}
}

// Faults lists what contradicts the contract or an invariant, at most 50.
func (o *Oracle) Faults() []string {
	return slices.Clone(o.faults[:min(len(o.faults), 50)])
}

// Attempts gives the box and waybill of every print attempt.
func (o *Oracle) Attempts() map[string][2]string {
	out := map[string][2]string{}
	for id, t := range o.tries {
		out[id] = [2]string{t.box, t.waybill}
	}
	return out
}

// HasScan tells whether a message caused an event.
func (o *Oracle) HasScan(id string) bool { _, ok := o.scans[id]; return ok }

// Totals adds up.
func (o *Oracle) Totals() Totals {
	t := Totals{Events: int(o.seq), Orders: len(o.orders), Labels: len(o.tries),
		Granted: o.reprints, Voided: o.renumbers, TrucksClosed: len(o.closed)}
	for _, x := range o.orders {
		if x.cancelled {
			t.Cancelled++
		}
		for l, n := range x.first {
			t.Units += n
			t.Picked += x.picked[l]
			t.Short += x.short[l]
			t.Packed += x.packed[l]
		}
	}
	for _, b := range o.boxes {
		if !b.none() {
			t.Boxes++
		}
		if b.bound {
			t.Bound++
		}
		if b.onTruck != "" {
			t.Loaded++
		}
	}
	return t
}
