package board

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// Head is the top line of the lead's screen.
type Head struct {
	Epoch  string `json:"epoch,omitempty"`
	Head   uint64 `json:"head"`
	Open   int    `json:"open"`   // orders that are not shipped or cancelled
	Orders int    `json:"orders"` // all that are in the state
	// Counting: the figures of the last day are still being read from the log.
	Counting bool `json:"counting,omitempty"`
}

// Row counts the orders of one carrier and cut-off by stage.
type Row struct {
	Carrier string                  `json:"carrier"`
	Cutoff  *time.Time              `json:"cutoff,omitempty"`
	Stages  map[edge.OrderStage]int `json:"stages"`
	Total   int                     `json:"total"`
	Held    int                     `json:"held,omitempty"`
	Short   int                     `json:"short,omitempty"` // orders with a line that is short
}

// Exception is one thing that somebody must look at.
type Exception struct {
	Kind    string    `json:"kind"` // closed help inDoubt label printFailed printer lease lost leftBehind held takeOut short aside unknownBox uncollected unknownReturn goesBack keptTote toteWaits wallFull parked device setUp clientTemplate carrierTemplate carrierFormat cancels consumer
	ID      string    `json:"id"`   // order, call, attempt, box, printer, device, consumer, lease, or a record's
	Order   string    `json:"order,omitempty"`
	Box     string    `json:"box,omitempty"`
	Reason  string    `json:"reason,omitempty"` // a code
	Missing []string  `json:"missing,omitempty"`
	Units   int       `json:"units,omitempty"`
	Hours   float64   `json:"hours,omitempty"` // of work that a lease still lasts
	Station string    `json:"station,omitempty"`
	Since   time.Time `json:"since,omitzero"` // left out where this edge did not see it begin

	By     string `json:"by,omitempty"`     // held: a lead's worker id, or "wms"
	Of     string `json:"of,omitempty"`     // held as a duplicate: the other order
	Field  string `json:"field,omitempty"`  // label: of the template, that cannot be drawn; clientTemplate, carrierTemplate, carrierFormat: the name that is not here
	Detail string `json:"detail,omitempty"` // label: a code of what is wrong with the field

	// help: who called, from where, and what stood on the screen
	Worker   string    `json:"worker,omitempty"`
	Device   string    `json:"device,omitempty"`
	Flow     edge.Flow `json:"flow,omitempty"`
	Step     string    `json:"step,omitempty"`
	Location string    `json:"location,omitempty"`
	SKU      string    `json:"sku,omitempty"`
	Tote     string    `json:"tote,omitempty"`

	// uncollected, unknownReturn, unknownBox: cases; the id is the case's
	Owner   string `json:"owner,omitempty"` // a lead's worker id
	Carrier string `json:"carrier,omitempty"`
	Trip    string `json:"trip,omitempty"`

	Boxes []BehindBox `json:"boxes,omitempty"` // leftBehind: the first of them; the id is the truck's
}

// Worker is one worker who has work in hand or did something.
type Worker struct {
	Worker  string    `json:"worker"`
	Flow    edge.Flow `json:"flow"`
	Mode    string    `json:"mode,omitempty"`
	Orders  []string  `json:"orders,omitempty"`
	Station string    `json:"station,omitempty"`
	Since   time.Time `json:"since,omitzero"` // of the work in hand
	Last    time.Time `json:"last,omitzero"`
	Units   int       `json:"units,omitempty"`
	Packed  int       `json:"packed,omitempty"`
	Loaded  int       `json:"loaded,omitempty"`
	Refused int       `json:"refused,omitempty"`
}

const (
	lagAlarm      = 24 * time.Hour
	troublesShown = 500 // the worst; the rows count all
)

func (v *view) headLine() Head {
	h := Head{Epoch: v.epoch, Head: v.head, Orders: len(v.orders), Counting: v.catching}
	for _, r := range v.rows {
		for stage, n := range r.stages {
			if stage != edge.StageShipped && stage != edge.StageCancelled {
				h.Open += n
			}
		}
	}
	return h
}

func (v *view) rowList() []Row {
	out := make([]Row, 0, len(v.rows))
	for k, r := range v.rows {
		row := Row{Carrier: k.carrier, Stages: r.stages, Held: r.held, Short: r.short}
		if k.cutoff != 0 {
			t := time.UnixMilli(k.cutoff).In(v.zone)
			row.Cutoff = &t
		}
		row.Stages = map[edge.OrderStage]int{}
		for s, n := range r.stages {
			row.Stages[s] = n
			row.Total += n
		}
		out = append(out, row)
	}
	slices.SortFunc(out, func(a, b Row) int {
		return cmp.Or(compareCutoff(a.Cutoff, b.Cutoff), cmp.Compare(a.Carrier, b.Carrier))
	})
	return out
}

func compareCutoff(a, b *time.Time) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return a.Compare(*b)
}

// key names the exception among those of the board.
func (e Exception) key() string { return e.Kind + ":" + e.ID }

// troubles lists the exceptions, oldest first within each kind.
func (v *view) troubles() []Exception {
	var out []Exception
	if v.closed != "" {
		out = append(out, Exception{Kind: "closed", ID: v.epoch, Reason: v.closed, Since: v.closedSince})
	}
	for key, o := range v.troubled {
		if v.closed != "" && o.Held == edge.HeldReconcile {
			continue // the closed floor says it for all
		}
		out = append(out, v.orderTroubles(key, o)...)
	}
	for _, a := range v.doubtful {
		if e, ok := v.printTrouble(a); ok {
			out = append(out, e)
		}
	}
	if v.heard.Old {
		out = append(out, Exception{Kind: "cancels", ID: "wms", Since: v.heard.Since})
	}
	for _, c := range v.consumers {
		if c.Required && c.LagSeconds >= lagAlarm.Seconds() {
			out = append(out, Exception{Kind: "consumer", ID: c.Name, Reason: "lag"})
		}
	}
	for _, l := range v.leaseList() {
		if l.Low {
			out = append(out, Exception{Kind: "lease", ID: l.ID, Reason: "low", Units: l.Left, Hours: l.Hours})
		}
	}
	out = slices.Concat(out, v.printerTroubles(), v.setUps(), v.walls(), v.toteTroubles(), v.keptTotes(), v.helps(), v.labels(), v.takeOuts(), v.lost(), v.leftBehind(), v.outTroubles(), v.strangers())
	slices.SortFunc(out, func(a, b Exception) int {
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID))
	})
	return out[:min(len(out), troublesShown)]
}

// rank puts what stops boxes before what delays them.
func rank(kind string) int {
	return slices.Index([]string{"closed", "help", "inDoubt", "label", "printFailed", "printer", "lease", "lost", "leftBehind", "held", "takeOut", "short", "aside", "unknownBox", "uncollected", "unknownReturn", "goesBack", "keptTote", "toteWaits", "wallFull", "parked", "device", "setUp", "clientTemplate", "carrierTemplate", "carrierFormat", "cancels", "consumer"}, kind)
}

func (v *view) orderTroubles(key string, o *edge.Order) []Exception {
	if o.Stage == edge.StageCancelled && o.OrderTerms != nil && o.GoesBack == "cancelled" && len(o.Totes) > 0 {
		e := Exception{Kind: "goesBack", ID: o.ID, Order: o.ID, Reason: strings.Join(o.Totes, ", "), Since: o.Closed}
		for _, l := range o.Lines {
			e.Units += l.Picked
		}
		return []Exception{e}
	}
	if o.Stage == edge.StageShipped || o.Stage == edge.StageCancelled {
		return nil
	}
	var out []Exception
	if o.Stage == edge.StageParked {
		out = append(out, Exception{Kind: "parked", ID: o.ID, Order: o.ID, Missing: o.Missing, Since: o.Received})
	}
	if o.Held != "" {
		out = append(out, Exception{Kind: "held", ID: o.ID, Order: o.ID, Reason: o.Held, By: v.holders[orderName{o.Client, o.ID}].by, Since: v.heldSince(key, o), Of: heldOf(o)})
	}
	short := 0
	for i := range o.Lines {
		short += o.Lines[i].Short
	}
	if short > 0 {
		out = append(out, Exception{Kind: "short", ID: o.ID, Order: o.ID, Units: short, Since: v.shortSince(key, o)})
	}
	return out
}

func heldOf(o *edge.Order) string {
	if o.OrderTerms == nil {
		return ""
	}
	return o.HeldOf
}

// takeOuts lists the boxes that hold goods of a cancelled order among those of
// others: somebody has to bring them to a desk.
func (v *view) takeOuts() []Exception {
	var out []Exception
	for _, b := range v.shared {
		if b.Truck != "" {
			continue
		}
		for _, id := range b.Members() {
			e := Exception{Kind: "takeOut", ID: b.ID, Order: id, Box: b.ID, Station: b.Seen, Since: b.At}
			for i := range b.Items {
				if b.OrderOf(&b.Items[i]) == id {
					e.Units += b.Items[i].Quantity
				}
			}
			if o := v.orders[floor.OrderKey(b.Client, id)]; o != nil && o.Stage == edge.StageCancelled && e.Units > 0 {
				out = append(out, e)
				break
			}
		}
	}
	return out
}

// unwanted tells that nobody wants a box any more: a label that it lacks is no trouble.
func (v *view) unwanted(b *edge.Box) bool {
	return !slices.ContainsFunc(b.Members(), func(id string) bool {
		o := v.orders[floor.OrderKey(b.Client, id)]
		return o == nil || o.Stage != edge.StageCancelled
	})
}

// printTrouble tells of the attempt that its box is waiting for.
func (v *view) printTrouble(a *edge.Attempt) (Exception, bool) {
	box := v.boxes[a.Box]
	if box == nil || box.Print.Attempt != a.ID || box.Bound != "" {
		return Exception{}, false
	}
	kind := ""
	switch a.Status {
	case edge.AttemptInDoubt:
		kind = "inDoubt"
	case edge.AttemptFailed:
		if box.Print.Fault != "" || v.unwanted(box) { // the label cannot be made: no printer's failure, and has a row of its own
			return Exception{}, false
		}
		kind = "printFailed"
	default:
		return Exception{}, false
	}
	return Exception{Kind: kind, ID: a.ID, Order: box.Order, Box: a.Box, Reason: a.Printer, Station: box.Station, Since: a.At}, true
}

func (v *view) workerList() []Worker {
	all := map[string]*Worker{}
	get := func(id string) *Worker {
		if all[id] == nil {
			all[id] = &Worker{Worker: id, Flow: edge.Idle}
		}
		return all[id]
	}
	for id, p := range v.people {
		w := get(id)
		w.Last, w.Units, w.Packed, w.Loaded, w.Refused = p.Last, p.Units, p.Packed, p.Loaded, p.Refused
	}
	for id, s := range v.workers {
		w := get(id)
		w.Station = s.Station
		if work := v.works[s.Work]; s.Work != "" && work != nil {
			w.Flow, w.Mode, w.Orders, w.Since = work.Flow, work.Mode, work.Orders, work.Started
			w.Station = cmp.Or(work.Station, w.Station)
		}
	}
	out := make([]Worker, 0, len(all))
	for _, w := range all {
		out = append(out, *w)
	}
	slices.SortFunc(out, func(a, b Worker) int { return strings.Compare(a.Worker, b.Worker) })
	return out
}

// render gives every item of the board as JSON by its key "section/name".
func (v *view) render(troubles []Exception) map[string]string {
	out := map[string]string{}
	put := func(section, name string, item any) {
		b, err := v.wire.JSON(item)
		if err != nil { // a time beyond RFC 3339: the lead misses this item, the floor goes on
			return
		}
		out[section+"/"+name] = string(b)
	}
	put("head", "", v.headLine())
	for _, r := range v.rowList() {
		name := r.Carrier + "@"
		if r.Cutoff != nil {
			name += r.Cutoff.Format(time.RFC3339)
		}
		put("rows", name, r)
	}
	for _, e := range troubles {
		put("exceptions", e.key(), e)
	}
	for _, w := range v.workerList() {
		put("workers", w.Worker, w)
	}
	for name, p := range v.printers {
		put("printers", name, v.printerItem(p))
	}
	for _, d := range v.devices {
		put("devices", d.Name, d)
	}
	for _, c := range v.consumers {
		put("consumers", c.Name, c)
	}
	for _, l := range v.leaseList() {
		put("leases", l.ID, l)
	}
	for _, c := range v.chargeList() {
		put("reads", c.name(), c)
	}
	for id, t := range v.trucks {
		if !t.Closed {
			put("trucks", id, truckItem(t))
		}
	}
	return out
}

// Truck is an open truck.
type Truck struct {
	ID      string    `json:"id"`
	Dock    string    `json:"dock"`
	Carrier string    `json:"carrier"`
	Trip    string    `json:"trip,omitempty"`
	Loaded  int       `json:"loaded"`
	At      time.Time `json:"at"`
}

func truckItem(t *edge.Truck) Truck {
	return Truck{ID: t.ID, Dock: t.Dock, Carrier: t.Carrier, Trip: t.Trip, Loaded: len(t.Boxes), At: t.At}
}
