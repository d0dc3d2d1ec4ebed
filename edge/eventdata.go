package edge

import "time"

// OrderLine is one line of an order as an event tells it.
type OrderLine struct {
	Line     string `json:"line"`
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"` // pieces
	Location string `json:"location,omitempty"`
	Zone     string `json:"zone,omitempty"` // of the location, where the site picks by zones
}

// Extra is something that goes into an order's box and is no line of it: a
// gift, an insert, wrapping, a card.
type Extra struct {
	Kind      string `json:"kind"`
	SKU       string `json:"sku,omitempty"`
	OnMissing string `json:"onMissing,omitempty"` // skip | hold
}

// AppendJSON implements Data.
func (d *Extra) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("kind", d.Kind)
	w.str("sku", d.SKU)
	w.str("onMissing", d.OnMissing)
	return w.end()
}

// Promise is what the customer was told.
type Promise struct {
	Type      string    `json:"type,omitempty"`
	DeliverBy time.Time `json:"deliverBy,omitzero"`
}

// OrderReceived is the data of order.received and order.parked. Missing names
// what a parked order waits for, as "sku:ID", "location:ID", "carrier:ID".
type OrderReceived struct {
	Lines            []OrderLine `json:"lines"`
	Carrier          string      `json:"carrier"`
	Service          string      `json:"service,omitempty"`
	Cutoff           time.Time   `json:"cutoff,omitzero"`
	Priority         int         `json:"priority,omitempty"`
	Promise          *Promise    `json:"promise,omitempty"`
	RecipientRef     string      `json:"recipientRef,omitempty"`
	RecipientVersion int         `json:"recipientVersion,omitempty"`
	OrderedAt        time.Time   `json:"orderedAt,omitzero"`
	Waybill          string      `json:"waybill,omitempty"` // the order brought its own
	Rev              int64       `json:"rev,omitempty"`
	Hash             string      `json:"hash,omitempty"` // of the record: tells a repeated push
	Missing          []string    `json:"missing,omitempty"`
	ShortPolicy      string      `json:"shortPolicy,omitempty"` // before the client's
	WaitMinutes      int         `json:"waitMinutes,omitempty"`
	Extras           []Extra     `json:"extras,omitempty"`
	SortCode         string      `json:"sortCode,omitempty"`    // of the carrier, for the lane plan
	Consolidate      string      `json:"consolidate,omitempty"` // the WMS's key of orders that go into one box
	Together         string      `json:"together,omitempty"`    // keyed hash of key, client and recipient
	Like             string      `json:"like,omitempty"`        // keyed hash of client, recipient and articles
	Route            string      `json:"route,omitempty"`
}

// OrderChanged is the data of order.changed, order.cancelStopped and
// order.cancelTooLate. Change and Kind name the orderChange; a re-sent order
// carries Lines (the whole new ones) instead. The rest are the facts that the
// change made: what it did not touch is left out.
type OrderChanged struct {
	Change           string      `json:"change,omitempty"`
	Kind             string      `json:"kind,omitempty"`
	ChangeRev        int64       `json:"changeRev,omitempty"`
	Step             string      `json:"step,omitempty"` // how far the order had come
	Truck            string      `json:"truck,omitempty"`
	Reason           string      `json:"reason,omitempty"`
	Lines            []OrderLine `json:"lines,omitempty"` // wanted from now on
	Carrier          string      `json:"carrier,omitempty"`
	Service          string      `json:"service,omitempty"`
	Cutoff           time.Time   `json:"cutoff,omitzero"`
	Priority         *int        `json:"priority,omitempty"`
	Promise          *Promise    `json:"promise,omitempty"`
	Held             string      `json:"held,omitempty"`     // reason of a hold that begins
	Released         bool        `json:"released,omitempty"` // the hold ends
	Cancelled        bool        `json:"cancelled,omitempty"`
	RecipientRef     string      `json:"recipientRef,omitempty"`
	RecipientVersion int         `json:"recipientVersion,omitempty"`
	Waybill          string      `json:"waybill,omitempty"`
	Rev              int64       `json:"rev,omitempty"`
	Hash             string      `json:"hash,omitempty"`
	NoEffect         bool        `json:"noEffect,omitempty"` // nothing of it could be done
	ShortPolicy      string      `json:"shortPolicy,omitempty"`
	WaitMinutes      int         `json:"waitMinutes,omitempty"`
	Extras           []Extra     `json:"extras,omitempty"`
	Route            string      `json:"route,omitempty"`
	Until            time.Time   `json:"until,omitzero"`    // when a hold that waits for goods ends
	Repick           bool        `json:"repick,omitempty"`  // what was short of Lines is open again, at their places
	Picked           bool        `json:"picked,omitempty"`  // nothing of it is left to pick
	Replace          bool        `json:"replace,omitempty"` // Lines have other places, not other quantities
	Less             bool        `json:"less,omitempty"`    // Lines are some lines of the order, not all: the floor made them less
	SortCode         string      `json:"sortCode,omitempty"`
	Of               string      `json:"of,omitempty"` // the other order that it is held for
	Consolidate      string      `json:"consolidate,omitempty"`
	Together         string      `json:"together,omitempty"`
	Like             string      `json:"like,omitempty"`
	Alone            bool        `json:"alone,omitempty"` // it goes into a box of its own from now on
	Apart            bool        `json:"apart,omitempty"` // its goods are to come out of the box that they lie in with others
	Whole            bool        `json:"whole,omitempty"` // what lies in its cells is all of it: nothing is to be put any more
}

// OrderRisk is the data of order.atRisk and order.riskCleared.
type OrderRisk struct {
	Cutoff    time.Time `json:"cutoff,omitzero"`
	Projected time.Time `json:"projected,omitzero"`
	Cause     string    `json:"cause,omitempty"`
}

// WorkEvent is the data of work.started, moved, finished and left.
type WorkEvent struct {
	Work    string   `json:"work"`
	Flow    Flow     `json:"flow"`
	Mode    string   `json:"mode,omitempty"`
	Orders  []string `json:"orders,omitempty"`
	Totes   []string `json:"totes,omitempty"`
	Station string   `json:"station,omitempty"`
	Truck   string   `json:"truck,omitempty"`
	To      string   `json:"to,omitempty"`     // work.moved: the worker who has it now
	Reason  string   `json:"reason,omitempty"` // work.left, work.finished: why, as a code
	List    string   `json:"list,omitempty"`   // of flow pick: the list that the orders were on
	Zone    string   `json:"zone,omitempty"`   // of flow pick: only what lies in it is picked
	Next    string   `json:"next,omitempty"`   // work.finished, work.left: the zone that the totes are passed on to
	Fetch   bool     `json:"fetch,omitempty"`  // work.started, work.moved: the totes wait somewhere and are to be fetched first
	Task    string   `json:"task,omitempty"`   // of flows count and replenish; load: the container; return: the return
	Box     string   `json:"box,omitempty"`    // of flows pack and hospital: the work begins with this box; work.left: it lies at the station
}

// ToteEvent is the data of tote.bound and tote.released.
type ToteEvent struct {
	Tote string `json:"tote"`
	Wave string `json:"wave,omitempty"`
	Slot string `json:"slot,omitempty"`
	Work string `json:"work,omitempty"`
}

// LocationConfirmed is the data of location.confirmed.
type LocationConfirmed struct {
	Location string `json:"location"`
	Work     string `json:"work,omitempty"`
	Typed    bool   `json:"typed,omitempty"` // by hand: its label could not be scanned
}

// PickEvent is the data of pick.confirmed, undone, short and skipped. Quantity
// is signed and in pieces; Missing of a short that is undone is negative.
type PickEvent struct {
	Line     string   `json:"line"`
	SKU      string   `json:"sku"`
	Quantity int      `json:"quantity,omitempty"`
	Location string   `json:"location,omitempty"`
	Tote     string   `json:"tote,omitempty"`
	Lot      string   `json:"lot,omitempty"`
	Expiry   string   `json:"expiry,omitempty"`
	Serials  []string `json:"serials,omitempty"`
	Found    *int     `json:"found,omitempty"`
	Missing  int      `json:"missing,omitempty"`
	Reason   string   `json:"reason,omitempty"`
	Work     string   `json:"work,omitempty"`
	Undoes   string   `json:"undoes,omitempty"` // the message that is undone

	// Unconfirmed: the WMS was silent, so that nobody but this site could tell whether
	// one of Serials was used.
	Unconfirmed bool `json:"unconfirmed,omitempty"`

	Agreed bool `json:"agreed,omitempty"` // a reason was given for Lot: it is not asked again for the line
	Joint  bool `json:"joint,omitempty"`  // one of several steps of its message, which are taken back as one

	Put int `json:"put,omitempty"` // of Quantity, in the order's own tote or cell although its wave's tote is still in use
}

// PackStarted is the data of pack.started.
type PackStarted struct {
	Work    string   `json:"work,omitempty"`
	Station string   `json:"station"`
	Tote    string   `json:"tote"`
	Orders  []string `json:"orders,omitempty"` // that go into one box with this one, all of them
}

// PackItem is the data of pack.item and pack.itemUndone.
type PackItem struct {
	Line     string `json:"line"`
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
	Box      string `json:"box"`
	Work     string `json:"work,omitempty"`
	Undoes   string `json:"undoes,omitempty"`
	Reason   string `json:"reason,omitempty"` // of a piece that could not be scanned
	Joint    bool   `json:"joint,omitempty"`  // as of a PickEvent
}

// BoxItem is what a box holds of a line.
type BoxItem struct {
	Line     string `json:"line"`
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
	Order    string `json:"order,omitempty"` // "" is the box's
}

// BoxEvent is the data of box.planned, closed, weighed, reopened and dropped.
type BoxEvent struct {
	Box      string    `json:"box"`
	Waybill  string    `json:"waybill,omitempty"`
	Attempt  string    `json:"attempt,omitempty"`
	N        int       `json:"n,omitempty"`
	Of       int       `json:"of,omitempty"` // 0: not known yet
	Items    []BoxItem `json:"items,omitempty"`
	BoxType  string    `json:"boxType,omitempty"`
	Station  string    `json:"station,omitempty"`
	Grams    string    `json:"grams,omitempty"` // decimal text
	Expected int       `json:"expected,omitempty"`
	OK       bool      `json:"ok,omitempty"`

	Orders    []string   `json:"orders,omitempty"`    // whose goods it holds, where they are of several
	Materials []Material `json:"materials,omitempty"` // box.closed: all that went into it
	Tare      int        `json:"tare,omitempty"`      // grams of the carton, as known
	Source    string     `json:"source,omitempty"`    // of the weight: scale | typed
	Learned   bool       `json:"learned,omitempty"`   // Expected rests on what boxes have told, not on the master alone
}

// WaybillEvent is the data of waybill.assigned, bound, voided and burnt. A burnt
// number is one of a lease that is passed over because a box has it already: box is
// that box.
type WaybillEvent struct {
	Box     string `json:"box"`
	Waybill string `json:"waybill"`
	Attempt string `json:"attempt,omitempty"`
	Carrier string `json:"carrier,omitempty"`
	Lease   string `json:"lease,omitempty"`  // "" where the order brought its own number
	Serial  uint64 `json:"serial,omitempty"` // within the lease's carrier, without check digit
	Reason  string `json:"reason,omitempty"`
	Space   string `json:"space,omitempty"` // assigned, burnt: whose numbers it is one of, where that is not the carrier's id

	Orders  []string `json:"orders,omitempty"`  // whose goods the box holds, where they are of several
	Correct bool     `json:"correct,omitempty"` // waybill.voided: it is known elsewhere, so whoever has it must be told another
	Told    bool     `json:"told,omitempty"`    // waybill.voided: the WMS saw the box with another number, which follows
}

// LabelEvent is the data of label.*: one print attempt's ledger line.
type LabelEvent struct {
	Attempt          string `json:"attempt"`
	Box              string `json:"box"`
	Waybill          string `json:"waybill"`
	Printer          string `json:"printer,omitempty"`
	Copy             int    `json:"copy,omitempty"`
	RecipientVersion int    `json:"recipientVersion,omitempty"`
	Hash             string `json:"hash,omitempty"` // keyed
	Evidence         string `json:"evidence,omitempty"`
	Error            string `json:"error,omitempty"`
	By               string `json:"by,omitempty"`      // worker who settled it, or "scan", or "printer" by its own count
	Outcome          string `json:"outcome,omitempty"` // yes | no
	Reason           string `json:"reason,omitempty"`
	Field            string `json:"field,omitempty"`    // label.failed: what the label cannot be made for
	Template         string `json:"template,omitempty"` // label.intent

	Meter *PrintMeter `json:"meter,omitempty"` // label.intent: what the printer had counted before
}

// PrintMeter is how much a printer had printed, by its own count.
type PrintMeter struct {
	Serial string `json:"serial,omitempty"` // of the printer
	Unit   string `json:"unit"`             // labels | length
	Count  uint64 `json:"count"`
}

// AppendJSON implements Data.
func (d *PrintMeter) AppendJSON(b []byte) []byte {
	w := object(b)
	w.str("serial", d.Serial)
	w.must("unit", d.Unit)
	w.uint("count", d.Count)
	return w.end()
}

// Missing is a box that stayed behind when its truck closed.
type Missing struct {
	Box       string    `json:"box"`
	LastSeen  string    `json:"lastSeen,omitempty"`
	Since     time.Time `json:"since,omitzero"` // of the last time that it was seen
	Waybill   string    `json:"waybill,omitempty"`
	Container string    `json:"container,omitempty"`

	// On a loader's screen alone, of a box that may not ride as it is:
	Order string `json:"order,omitempty"`
	Why   string `json:"why,omitempty"` // oldLabel | noLabel | held | aside
}

// TruckEvent is the data of truck.opened and truck.closed.
type TruckEvent struct {
	Truck   string    `json:"truck"`
	Dock    string    `json:"dock"`
	Carrier string    `json:"carrier"`
	Trip    string    `json:"trip,omitempty"`
	Departs time.Time `json:"departs,omitzero"` // of the trip; truck.opened
	Loaded  int       `json:"loaded,omitempty"`
	Missing []Missing `json:"missing,omitempty"`
	Extra   int       `json:"extra,omitempty"`
	Reason  string    `json:"reason,omitempty"`

	Carriers    []string  `json:"carriers,omitempty"` // where it serves more than Carrier: all of them
	Route       string    `json:"route,omitempty"`
	Vehicle     string    `json:"vehicle,omitempty"`    // at most the last four characters of its plate
	Containers  []string  `json:"containers,omitempty"` // truck.closed: that went with it and are free again
	CollectBy   time.Time `json:"collectBy,omitzero"`   // truck.closed: until when the carrier is to have told of its boxes
	NextTrip    string    `json:"nextTrip,omitempty"`   // truck.closed: where what is missing belongs now
	NextDeparts time.Time `json:"nextDeparts,omitzero"`
}

// BoxLoaded is the data of box.loaded and box.unloaded.
type BoxLoaded struct {
	Box       string `json:"box"`
	Waybill   string `json:"waybill"`
	Attempt   string `json:"attempt,omitempty"`
	Truck     string `json:"truck"`
	Container string `json:"container,omitempty"` // that it lies in; box.unloaded: and stays in
	Extra     bool   `json:"extra,omitempty"`     // it belongs to a later trip

	Orders []string `json:"orders,omitempty"` // whose goods it holds, where they are of several
}

// StockKnown is the data of stock.known.
type StockKnown struct {
	Location string    `json:"location"`
	SKU      string    `json:"sku"`
	Lot      string    `json:"lot,omitempty"`
	Expiry   string    `json:"expiry,omitempty"`
	Quantity int       `json:"quantity"`
	AsOf     time.Time `json:"asOf,omitzero"`
}

// CarrierScanned is the data of carrier.scanned.
type CarrierScanned struct {
	Waybill string    `json:"waybill"`
	Scan    string    `json:"scan"`
	At      time.Time `json:"at,omitzero"`   // the carrier's
	Box     string    `json:"box,omitempty"` // where the number is known here
	Truck   string    `json:"truck,omitempty"`
}

// StepConfirmed is the data of step.confirmed: an accepted scan or act that
// moves no goods.
type StepConfirmed struct {
	Kind    string `json:"kind"`
	What    string `json:"what,omitempty"`
	Step    string `json:"step,omitempty"`
	Work    string `json:"work,omitempty"`
	Box     string `json:"box,omitempty"`
	Attempt string `json:"attempt,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Hand    *Hand  `json:"hand,omitempty"`   // kind capture: what is in the picker's hand now
	Steps   bool   `json:"steps,omitempty"`  // kind capture: it can be taken back by itself
	Undoes  string `json:"undoes,omitempty"` // kinds capture, putDown: the message of the step that is taken back
	Task    string `json:"task,omitempty"`   // kind putDown: the piece is one of those that this task brings back

	// Kind help: where the caller stood.
	Flow     Flow   `json:"flow,omitempty"`
	Location string `json:"location,omitempty"`
	SKU      string `json:"sku,omitempty"`
	Order    string `json:"order,omitempty"`
	Station  string `json:"station,omitempty"`
	Tote     string `json:"tote,omitempty"` // the one that is being filled or emptied
}

// Refused is the data of scan.refused. What is the id of something that is
// known; an unknown text is its Length in bytes and a keyed hash.
type Refused struct {
	Code   Code   `json:"code"`
	Say    string `json:"say,omitempty"`
	Step   string `json:"step,omitempty"`
	Kind   string `json:"kind,omitempty"`
	What   string `json:"what,omitempty"`
	Length int    `json:"length,omitempty"`
	Hash   string `json:"hash,omitempty"`
	Work   string `json:"work,omitempty"`
	Damage string `json:"damage,omitempty"` // what a keyboard or reader had done: the device needs set-up

	Location string `json:"location,omitempty"` // where a picker stood who met an unknown code
	Line     string `json:"line,omitempty"`     // and what was to be picked there
	Why      string `json:"why,omitempty"`      // it lies before the worker all the same, to be dealt with; of start.noWork: why there is none
}

// DeviceState is the data of printer.state and device.state.
type DeviceState struct {
	Device string `json:"device"`
	State  string `json:"state"`
	Error  string `json:"error,omitempty"`
}

// Checkpoint is the data of state.checkpoint: the hash of the whole state
// right after event UpTo, by the rules of a number (floor.Rules; 0: none was
// written yet).
type Checkpoint struct {
	UpTo  uint64 `json:"upTo"`
	Hash  string `json:"hash"`
	Rules int    `json:"rules,omitempty"`
}
