package edge

import (
	"slices"
	"time"
)

// Text is a text in several languages, by language code (ko, ja, en, ...).
type Text map[string]string

// ClientRecord is a shipper (화주): kind client.
type ClientRecord struct {
	ID            string   `json:"id"`
	Name          Text     `json:"name,omitempty"`
	Sender        *Sender  `json:"sender,omitempty"`
	ShipConfirmAt string   `json:"shipConfirmAt,omitempty"` // packed | loaded | truckClosed | collected; "" is truckClosed
	ShortPolicy   string   `json:"shortPolicy,omitempty"`   // hold | partShip | cancelLine | wait
	WaitMinutes   int      `json:"waitMinutes,omitempty"`   // of wait
	GoodsText     string   `json:"goodsText,omitempty"`
	Template      string   `json:"template,omitempty"`    // of its waybills, before that of the carrier
	PackingSlip   string   `json:"packingSlip,omitempty"` // ko, ja, en: one goes into every box, in that language
	Grades        []string `json:"grades,omitempty"`      // of what comes back; none: good, defect, wrongItem
}

// Sender stands on a label as the one who sent it.
type Sender struct {
	Name     string `json:"name,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Postcode string `json:"postcode,omitempty"`
	Address  string `json:"address,omitempty"`
}

// WorkerRecord is a worker without the name, which lies in the vault. PINSeal
// is what access made of the WMS's hash.
type WorkerRecord struct {
	ID       string `json:"id"`
	Badge    string `json:"badge"`
	Roles    []Role `json:"roles,omitempty"`
	Language string `json:"language,omitempty"`
	PINSeal  string `json:"pinSeal,omitempty"`
}

// LocationRecord is a place where goods lie.
type LocationRecord struct {
	ID       string `json:"id"`
	Barcode  string `json:"barcode,omitempty"` // "" is the id
	Zone     string `json:"zone,omitempty"`
	Sequence int    `json:"sequence,omitempty"`
	Mixed    bool   `json:"mixed,omitempty"`
	Aisle    string `json:"aisle,omitempty"`   // of a serpentine walk; "" is what the id has before its first hyphen
	Reserve  bool   `json:"reserve,omitempty"` // pick faces are refilled from it
	Use      string `json:"use,omitempty"`     // quarantine | unknown: a place for what comes back, and nothing else
}

// Barcode is a code of a SKU and how many pieces one scan of it counts.
type Barcode struct {
	Code     string `json:"code"`
	Quantity int    `json:"quantity,omitempty"` // 0 is 1
}

// SKURecord is an article of a client.
type SKURecord struct {
	Client      string    `json:"client"`
	ID          string    `json:"id"`
	Name        Text      `json:"name,omitempty"`
	Variant     Text      `json:"variant,omitempty"`
	WeightGrams int       `json:"weightGrams,omitempty"`
	Barcodes    []Barcode `json:"barcodes,omitempty"`
	Capture     []string  `json:"capture,omitempty"`
	Count       string    `json:"count,omitempty"`
	Temperature string    `json:"temperature,omitempty"`
}

// ToteRecord is one tote; ToteRange a run of them with equal prefix and width.
type ToteRecord struct {
	ID string `json:"id"`
}

// ToteRange is a run of totes; First and Last differ in their digits only.
type ToteRange struct {
	ID    string `json:"id"`
	First string `json:"first"`
	Last  string `json:"last"`
}

// CellRecord is a cell of a put wall.
type CellRecord struct {
	ID      string `json:"id"`
	Barcode string `json:"barcode,omitempty"`
	Wall    string `json:"wall,omitempty"`
}

// DockRecord is a dock; Carrier may be "" where any may stand.
type DockRecord struct {
	ID       string   `json:"id"`
	Barcode  string   `json:"barcode,omitempty"`
	Carrier  string   `json:"carrier,omitempty"`
	Carriers []string `json:"carriers,omitempty"` // that one truck here serves together
}

// BoxTypeRecord is a kind of carton.
type BoxTypeRecord struct {
	ID        string `json:"id"`
	Barcode   string `json:"barcode,omitempty"`
	Name      Text   `json:"name,omitempty"`
	SizeMM    []int  `json:"sizeMm,omitempty"`
	TareGrams int    `json:"tareGrams,omitempty"`
}

// CarrierRecord is a carrier (택배사).
type CarrierRecord struct {
	ID       string        `json:"id"`
	Name     Text          `json:"name,omitempty"`
	Waybill  WaybillFormat `json:"waybill,omitzero"`
	Template string        `json:"template,omitempty"`
	Cutoffs  []string      `json:"cutoffs,omitempty"` // "18:00", "25:30" is past midnight
}

// WaybillFormat names the number's rule (labels/waybill) and its symbology.
type WaybillFormat struct {
	Format    string `json:"format,omitempty"`
	Symbology string `json:"symbology,omitempty"`
}

// TripRecord is a departure of a carrier.
type TripRecord struct {
	ID      string   `json:"id"`
	Carrier string   `json:"carrier"`
	Dock    string   `json:"dock,omitempty"`
	Departs string   `json:"departs,omitempty"`
	Days    []string `json:"days,omitempty"`
	Route   string   `json:"route,omitempty"` // of the carrier's network; "": all of them
}

// LaneRecord is a lane of a belt and what it takes: its plan, by From. A record
// without a time is the whole plan from now on; one with a time takes its place
// among what stands before and behind it.
type LaneRecord struct {
	ID   string     `json:"id"`
	Plan []LaneTime `json:"plan,omitempty"`
}

// LaneTime is what a lane takes from a time on. An empty Client, Hub or Trip
// stands for any; an empty Carrier closes the lane.
type LaneTime struct {
	Client  string    `json:"client,omitempty"`
	Carrier string    `json:"carrier,omitempty"`
	Hub     string    `json:"hub,omitempty"` // how a sort code begins
	Trip    string    `json:"trip,omitempty"`
	From    time.Time `json:"from,omitzero"` // zero: since ever
}

// lanePlanMost bounds a lane's plan: the oldest leave it.
const lanePlanMost = 64

// After gives the record as it stands once it was sent after another one of the
// same lane; nil is none. Neither is changed.
func (l *LaneRecord) After(old *LaneRecord) *LaneRecord {
	out := &LaneRecord{ID: l.ID}
	for _, t := range l.Plan {
		if t.From.IsZero() {
			old = nil
		}
	}
	out.Plan = append(out.Plan, l.Plan...)
	if old != nil {
		for _, t := range old.Plan {
			if !slices.ContainsFunc(l.Plan, func(n LaneTime) bool { return n.From.Equal(t.From) }) {
				out.Plan = append(out.Plan, t)
			}
		}
	}
	slices.SortStableFunc(out.Plan, func(a, b LaneTime) int { return a.From.Compare(b.From) })
	out.Plan = out.Plan[max(0, len(out.Plan)-lanePlanMost):]
	return out
}

// At is what the lane takes at a time; false: nothing yet.
func (l *LaneRecord) At(now time.Time) (LaneTime, bool) {
	for i := len(l.Plan) - 1; i >= 0; i-- {
		if !l.Plan[i].From.After(now) {
			return l.Plan[i], true
		}
	}
	return LaneTime{}, false
}

// OtherRecord is a record that is kept and that no rule reads yet: calendar,
// claim, notifyReceipt.
type OtherRecord struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Raw  []byte `json:"raw"`
}

// OrderRecord is an order as the floor gets it: recipient and routing lie in
// the vault, RecipientRef and RecipientVersion name them.
type OrderRecord struct {
	ID               string
	Client           string
	OrderedAt        time.Time
	Carrier          string
	Service          string
	Cutoff           time.Time // zero: the carrier's next one
	Priority         int
	Promise          *Promise
	Waybill          string
	Lines            []OrderLine
	RecipientRef     string
	RecipientVersion int
	Rev              *int64
	Hash             string // of the whole record, recipient as keyed hash
	ShortPolicy      string // before the client's
	WaitMinutes      int    // of wait
	Extras           []Extra
	SortCode         string `json:"-"` // of the routing, whose changes the hash sees by the recipient's
	Route            string // of the carrier's network
	Gone             bool
}

// OrderChange is kind orderChange.
type OrderChange struct {
	ID               string
	Rev              int64
	Order            string
	Client           string
	Change           string // cancel cancelLine reduceLine hold release readdress recarrier priority
	Reason           string
	Line             string
	Quantity         *int
	Carrier          string
	Service          string
	Priority         *int
	RecipientRef     string
	RecipientVersion int
	Routed           bool   // readdress came with routing
	SortCode         string // of that
	Route            string // and, where it changed, the route
	// Ended is how the order left the floor, where the edge remembers only that.
	Ended OrderStage
}

// ReturnRecord is kind return.
type ReturnRecord struct {
	ID          string
	Client      string
	Order       string
	Waybill     string
	Reason      string
	Originals   []string // numbers under which the goods went out
	RequestedAt time.Time
	Lines       []OrderLine
	Hash        string
}

// WaybillRange is kind waybillRange.
type WaybillRange struct {
	ID          string
	Carrier     string
	Client      string
	FirstSerial uint64
	Count       uint64
	Epoch       string
}

// StockRecord is kind stock.
type StockRecord struct {
	StockKnown
	Client string
}

// CarrierScan is kind carrierScan.
type CarrierScan struct {
	CarrierScanned
	Client string
}
