package edge

import "time"

// Table names of the state: the Table of a Change and the bucket in the store.
const (
	TableOrders   = "orders"
	TableTotes    = "totes"
	TableBoxes    = "boxes"
	TableWork     = "work"
	TableWorkers  = "workers"
	TableAttempts = "attempts"
	TableTrucks   = "trucks"
	TableLeases   = "leases"
	TableWaybills = "waybills"
	TablePrinters = "printers"
	TableReturns  = "returns"
	TableSite     = "site" // one entity, key "site": counters
)

// OrderStage is how far an order has come.
type OrderStage string

// The stages of an order, in the order in which it passes them. Parked and
// Cancelled stand outside.
const (
	StageParked    OrderStage = "parked"
	StageReceived  OrderStage = "received"
	StagePicking   OrderStage = "picking"
	StagePicked    OrderStage = "picked"
	StagePacking   OrderStage = "packing"
	StagePacked    OrderStage = "packed" // every box bound to its waybill
	StageLoaded    OrderStage = "loaded" // every box on a truck
	StageShipped   OrderStage = "shipped"
	StageCancelled OrderStage = "cancelled"
)

// OrderTerms is what of an Order seldom changes and only the rules read:
// versions of the order share it.
type OrderTerms struct {
	Service   string    `json:"service,omitempty"`
	Promise   *Promise  `json:"promise,omitempty"`
	OrderedAt time.Time `json:"orderedAt,omitzero"`
	Seq       uint64    `json:"seq"` // of order.received
	Rev       int64     `json:"rev,omitempty"`
	ChangeRev int64     `json:"changeRev,omitempty"`
	Changes   []string  `json:"changes,omitempty"` // ids of the orderChanges taken

	ShortPolicy string    `json:"shortPolicy,omitempty"` // before the client's
	WaitMinutes int       `json:"waitMinutes,omitempty"`
	Until       time.Time `json:"until,omitzero"` // when a hold that waits for goods ends
	Extras      []Extra   `json:"extras,omitempty"`
	ExtrasDone  int       `json:"extrasDone,omitempty"` // how many of them are in the box, or left out
	GoesBack    string    `json:"goesBack,omitempty"`   // goods are to go back to their places: surplus | cancelled
	SortCode    string    `json:"sortCode,omitempty"`   // of its carrier
	Faulty      bool      `json:"faulty,omitempty"`     // a label of it cannot be made: it is offered last
	List        string    `json:"list,omitempty"`       // the pick list that it waits on
	Reserved    bool      `json:"reserved,omitempty"`   // and that alone gives it out
	Zone        string    `json:"zone,omitempty"`       // that its totes were passed on to
	Route       string    `json:"route,omitempty"`      // of the carrier's network: only trucks of it take its boxes

	Consolidate string    `json:"consolidate,omitempty"` // the WMS's key of orders that go into one box
	Together    string    `json:"together,omitempty"`    // keyed hash of that key, client and recipient: those of the same one go into one box
	Like        string    `json:"like,omitempty"`        // keyed hash of client, recipient and articles: tells a suspected duplicate
	Joined      []string  `json:"joined,omitempty"`      // the orders that it is packed with, itself among them; the desk fixed them
	Apart       bool      `json:"apart,omitempty"`       // its goods are to come out of the box that they lie in with others
	HeldOf      string    `json:"heldOf,omitempty"`      // the other order that it is held for
	HeldAt      time.Time `json:"heldAt,omitzero"`       // when the hold began
}

// Order is an order that is open, or was closed less than two days ago.
// OrderTerms is never nil in the state.
type Order struct {
	*OrderTerms
	ID               string     `json:"id"`
	Client           string     `json:"client"`
	Carrier          string     `json:"carrier"`
	Cutoff           time.Time  `json:"cutoff,omitzero"`
	Priority         int        `json:"priority,omitempty"` // higher goes first
	Received         time.Time  `json:"received"`           // edge time
	Waybill          string     `json:"waybill,omitempty"`
	RecipientRef     string     `json:"recipientRef,omitempty"`
	RecipientVersion int        `json:"recipientVersion,omitempty"`
	Hash             string     `json:"hash,omitempty"`
	Missing          []string   `json:"missing,omitempty"` // of a parked order
	Stage            OrderStage `json:"stage"`
	Held             string     `json:"held,omitempty"` // reason; "" is not held
	Work             string     `json:"work,omitempty"` // the work it is in now
	Wave             string     `json:"wave,omitempty"` // while its goods lie together with those of other orders
	Totes            []string   `json:"totes,omitempty"`
	Boxes            []string   `json:"boxes,omitempty"`
	Lines            []*Line    `json:"lines"`           // a version of the order shares the lines that it did not change
	Closed           time.Time  `json:"closed,omitzero"` // shipped or cancelled and out of hand
}

// Line is a line of an Order; all figures are pieces.
// Wanted = Picked + Short + what is still open; Packed <= Picked. What is packed
// beyond Wanted is to come out of its box.
type Line struct {
	ID       string `json:"id"`
	SKU      string `json:"sku"`
	Location string `json:"location,omitempty"`
	Zone     string `json:"zone,omitempty"`
	Ordered  int    `json:"ordered"` // as received
	Wanted   int    `json:"wanted"`  // after changes
	Picked   int    `json:"picked,omitempty"`
	Short    int    `json:"short,omitempty"`
	Packed   int    `json:"packed,omitempty"`
	Put      int    `json:"put,omitempty"`     // of Picked, into the order's cell
	Out      int    `json:"out,omitempty"`     // of Picked, asked to be brought back out of a wave's totes
	Back     int    `json:"back,omitempty"`    // of Picked, taken out of a box and asked to be brought back by itself
	Skipped  int    `json:"skipped,omitempty"` // times; later lines of equal skips go first

	Captured *Captured `json:"captured,omitempty"` // the serial numbers picked; never written to: replaced
}

// Open is what is still to be picked of the line.
func (l *Line) Open() int { return max(0, l.Wanted-l.Picked-l.Short) }

// Tote is a tote in use: from tote.bound to tote.released.
type Tote struct {
	ID     string `json:"id"`
	Client string `json:"client,omitempty"` // of the order
	Order  string `json:"order,omitempty"`
	Wave   string `json:"wave,omitempty"`
	Work   string `json:"work,omitempty"` // pick or pack work that holds it now
	Done   bool   `json:"done,omitempty"` // picking into it has ended

	Orders []string `json:"orders,omitempty"` // of a wave's tote
	Zone   string   `json:"zone,omitempty"`   // where a picker of one zone put it down last
}

// WorkHead is what of a Work seldom changes: versions of the work share it.
type WorkHead struct {
	ID      string    `json:"id"`
	Flow    Flow      `json:"flow"`
	Mode    string    `json:"mode,omitempty"`
	Worker  string    `json:"worker"`
	Client  string    `json:"client,omitempty"` // of the orders
	Orders  []string  `json:"orders,omitempty"`
	Offered string    `json:"offered,omitempty"` // pack: the tote that this desk is to take
	Station string    `json:"station,omitempty"`
	Truck   string    `json:"truck,omitempty"`
	Zone    string    `json:"zone,omitempty"` // pick: only what lies in it
	Task    string    `json:"task,omitempty"` // count, replenish: the task; load: the container; return: the return
	Started time.Time `json:"started"`
}

// Work is one piece of work, in a worker's hands. WorkHead is never nil in the
// state.
type Work struct {
	*WorkHead
	Totes    []string `json:"totes,omitempty"`    // pick: bound to it (cluster: one an order); pack: scanned at the desk
	Location string   `json:"location,omitempty"` // the last place confirmed
	Line     string   `json:"line,omitempty"`     // of the item in hand
	Box      string   `json:"box,omitempty"`      // the open box
	BoxType  string   `json:"boxType,omitempty"`
	Step     string   `json:"step,omitempty"`  // where the rules need to remember it
	Order    string   `json:"order,omitempty"` // cluster: of the item in hand
	Undo     []Undo   `json:"undo,omitempty"`  // what may be undone, oldest first, bounded
	Hand     *Hand    `json:"hand,omitempty"`  // never written to: replaced
	Met      *Met     `json:"met,omitempty"`   // never written to: replaced
}

// Undo is one step that its worker may take back; the article is the line's.
type Undo struct {
	Message  ID     `json:"message"`
	Type     Type   `json:"type"`
	Order    string `json:"order"`
	Line     string `json:"line"`
	Quantity int    `json:"quantity,omitempty"`
	Missing  int    `json:"missing,omitempty"`
	Tote     string `json:"tote,omitempty"`
	Box      string `json:"box,omitempty"`

	Captured *Captured `json:"captured,omitempty"`
	Agreed   bool      `json:"agreed,omitempty"` // as in the event
	Joint    bool      `json:"joint,omitempty"`  // as in the event
	Hand     *Hand     `json:"hand,omitempty"`   // of step.confirmed: what was in the hand before, nil for nothing
}

// WorkerState is what the floor remembers of a worker.
type WorkerState struct {
	ID      string `json:"id"`
	Work    string `json:"work,omitempty"`
	Station string `json:"station,omitempty"` // the last one
	Zone    string `json:"zone,omitempty"`    // the last one

	LeftClient string `json:"leftClient,omitempty"` // of the order left with goods in its totes:
	LeftOrder  string `json:"leftOrder,omitempty"`  // the next start resumes it

	AckClient string `json:"ackClient,omitempty"` // of the cancelled order that was met
	AckOrder  string `json:"ackOrder,omitempty"`  // and waits for the worker's ack
	AckWhat   string `json:"ackWhat,omitempty"`   // the tote or box in the worker's hands

	Shift time.Time `json:"shift,omitzero"` // when the worker's shift began; zero: it has not, or is over
}

// Box is a box from its first item to the truck and beyond.
type Box struct {
	ID      string    `json:"id"`
	Order   string    `json:"order"`
	Client  string    `json:"client"`
	Carrier string    `json:"carrier"`
	N       int       `json:"n"`
	Of      int       `json:"of,omitempty"`
	Items   []BoxItem `json:"items,omitempty"`
	Type    string    `json:"type,omitempty"`
	Grams   string    `json:"grams,omitempty"`
	Station string    `json:"station,omitempty"`
	Work    string    `json:"work,omitempty"`
	Closed  bool      `json:"closed,omitempty"`
	Waybill string    `json:"waybill,omitempty"` // the live number
	Space   string    `json:"space,omitempty"`   // whose numbers Waybill is one of; "" is Carrier
	Lease   string    `json:"lease,omitempty"`
	Voided  []string  `json:"voided,omitempty"`
	Print   PrintWant `json:"print"`

	With      []string   `json:"with,omitempty"`    // orders beside Order whose goods are in it
	Planned   bool       `json:"planned,omitempty"` // its number and label were made before it was packed
	Told      string     `json:"told,omitempty"`    // digest of what the newest label says of the box
	Materials []Material `json:"materials,omitempty"`
	By        string     `json:"by,omitempty"` // the worker who stuck the label on

	Attempts []string  `json:"attempts,omitempty"` // all of them, oldest first
	Stale    string    `json:"stale,omitempty"`    // the attempt whose label bears an old address and is to be destroyed
	Bound    string    `json:"bound,omitempty"`    // the attempt whose label was scanned on the box
	Truck    string    `json:"truck,omitempty"`
	Shipped  bool      `json:"shipped,omitempty"`
	At       time.Time `json:"at"` // of the last thing that happened to it: where it was last seen
	Seen     string    `json:"seen,omitempty"`

	BoundAt time.Time `json:"boundAt,omitzero"` // when its label was scanned on it
	Belt    string    `json:"belt,omitempty"`   // that has seen it since then
	Lane    string    `json:"lane,omitempty"`   // that it was sorted into
	Rounds  int       `json:"rounds,omitempty"` // that it was sent on a belt
	Missed  bool      `json:"missed,omitempty"` // no belt saw it in time, and that was told

	Container string `json:"container,omitempty"` // that it lies in, or left in
	Confirmed bool   `json:"confirmed,omitempty"` // box.shipConfirmed was written
	Collected bool   `json:"collected,omitempty"` // the carrier has it
	Aside     string `json:"aside,omitempty"`     // the hospital set it aside: why
	Rejected  string `json:"rejected,omitempty"`  // a belt sent it to the hospital, and nobody has seen to it: why
}

// PrintWant says whether a label is wanted for a box, and on what terms.
type PrintWant struct {
	Wanted      bool   `json:"wanted,omitempty"`
	Copy        int    `json:"copy,omitempty"` // of the label that is wanted or was made last, from 1
	NextAttempt string `json:"nextAttempt,omitempty"`
	Attempt     string `json:"attempt,omitempty"`    // the open or last attempt
	CleanFirst  string `json:"cleanFirst,omitempty"` // this printer's buffer must be proven empty first
	Fault       string `json:"fault,omitempty"`      // a stable code: why the wanted label cannot be made
	FaultField  string `json:"faultField,omitempty"` // the field of it at fault
}

// AttemptStatus is where a print attempt stands in the ledger.
type AttemptStatus string

// The ledger's states.
const (
	AttemptIntent  AttemptStatus = "intent"
	AttemptSent    AttemptStatus = "sent"
	AttemptPrinted AttemptStatus = "printed"
	AttemptFailed  AttemptStatus = "failed"
	AttemptInDoubt AttemptStatus = "inDoubt"
	AttemptNo      AttemptStatus = "no" // a person said, or the printer has proven, that no label came out
)

// Attempt is one try to print one box's label.
type Attempt struct {
	ID      string        `json:"id"`
	Box     string        `json:"box"`
	Waybill string        `json:"waybill"`
	Printer string        `json:"printer"`
	Copy    int           `json:"copy"`
	Status  AttemptStatus `json:"status"`
	At      time.Time     `json:"at"`

	Template string      `json:"template,omitempty"`
	Meter    *PrintMeter `json:"meter,omitempty"` // of the printer before it; never written to
}

// Truck is a truck at a dock, open or just closed.
type Truck struct {
	ID      string    `json:"id"`
	Dock    string    `json:"dock"`
	Carrier string    `json:"carrier"`
	Trip    string    `json:"trip,omitempty"`
	Departs time.Time `json:"departs,omitzero"` // of the trip
	Boxes   []string  `json:"boxes,omitempty"`
	Closed  bool      `json:"closed,omitempty"`

	Carriers []string  `json:"carriers,omitempty"` // where it serves more than Carrier: all of them
	Route    string    `json:"route,omitempty"`
	Vehicle  string    `json:"vehicle,omitempty"` // at most the last four characters of its plate
	Extra    []string  `json:"extra,omitempty"`   // of Boxes, those that belong to a later trip
	Missing  []Missing `json:"missing,omitempty"` // that stayed behind, once it is closed
	Opened   time.Time `json:"opened,omitzero"`
	Reason   string    `json:"reason,omitempty"` // of the close
	At       time.Time `json:"at"`
}

// Lease is a range of waybill numbers, counted in serials without check digit.
type Lease struct {
	ID      string `json:"id"`
	Carrier string `json:"carrier"`
	Client  string `json:"client"`
	First   uint64 `json:"first"`
	Count   uint64 `json:"count"`
	Next    uint64 `json:"next"` // how many are issued or burnt

	Taken  []uint64 `json:"taken,omitempty"` // serials beyond Next that paper took, never given out again
	Epoch  string   `json:"epoch,omitempty"`
	Low    bool     `json:"low,omitempty"`
	Closed bool     `json:"closed,omitempty"` // its epoch is over: no number of it is given out any more

	Recent [3]LeaseHour `json:"recent,omitzero"` // the newest first
}

// WaybillUse says which box a number belongs to, or that it is dead.
type WaybillUse struct {
	Number string `json:"number"`
	Box    string `json:"box"`
	Voided bool   `json:"voided,omitempty"`
}

// PrinterStatus is the last known state of a printer.
type PrinterStatus struct {
	Name  string    `json:"name"`
	State string    `json:"state"` // ready printing noPaper headOpen paused offline
	Error string    `json:"error,omitempty"`
	At    time.Time `json:"at"`
}

// Site holds the counters from which ids are made.
type Site struct {
	Seq      uint64    `json:"seq"` // of the last event applied
	Works    uint64    `json:"works"`
	Boxes    uint64    `json:"boxes"`
	Attempts uint64    `json:"attempts"`
	Trucks   uint64    `json:"trucks"`
	Counts   uint64    `json:"counts,omitempty"`
	Moves    uint64    `json:"moves,omitempty"`
	Lists    uint64    `json:"lists,omitempty"`
	Cases    uint64    `json:"cases,omitempty"`
	Signed   uint64    `json:"signed,omitempty"` // the last shift.ended of the site
	SignedAt time.Time `json:"signedAt,omitzero"`

	Epoch  string    `json:"epoch,omitempty"`  // "" in a log's first one
	Eras   uint64    `json:"eras,omitempty"`   // how many epochs have begun behind the first
	Closed string    `json:"closed,omitempty"` // why the floor is closed until the WMS has told what it saw; "": it is open
	Since  time.Time `json:"since,omitzero"`   // of Closed
}

// Whole tells whether a row that was read back has the part that its versions
// share.
func (o *Order) Whole() bool { return o.OrderTerms != nil }

// Whole is as of Order.
func (w *Work) Whole() bool { return w.WorkHead != nil }
