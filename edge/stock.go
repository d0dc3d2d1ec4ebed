package edge

import "time"

// Captured is what was read off pieces beside their number: lot, last good day
// (2006-01-02) and serial numbers.
type Captured struct {
	Lot     string   `json:"lot,omitempty"`
	Expiry  string   `json:"expiry,omitempty"`
	Serials []string `json:"serials,omitempty"`
}

// Hand is the article in a picker's hand. With a Step its capture is not
// complete: lot, serial or, where those were scanned first, the article itself is
// asked for, and Quantity pieces are not yet picked. Without one it is the last
// pieces that were.
type Hand struct {
	Line     string `json:"line"`
	Quantity int    `json:"quantity,omitempty"`
	Step     string `json:"step,omitempty"`
	Reason   string `json:"reason,omitempty"` // of a piece that a person confirmed
	First    string `json:"first,omitempty"`  // the lot that is to go first, as it was known; of flow return the place that is offered
	Best     bool   `json:"best,omitempty"`   // the day is a best-before, no use-by
	SKU      string `json:"sku,omitempty"`    // of flow return, which has articles without a line
	Grade    string `json:"grade,omitempty"`
	Extra    string `json:"extra,omitempty"`
	Captured
}

// Prefixes of the keys of rows that stand in the table TableSite beside the
// counters: a store that was made before there were such rows opens as it is.
const (
	StockPrefix  = "stock\x00"
	SerialPrefix = "serial\x00"
	CountPrefix  = "count\x00"
	MovePrefix   = "move\x00"
	WeightPrefix = "weight\x00"
	SoldPrefix   = "sold\x00"
)

// Stock is what is known to lie in a place: the WMS's figure, moved by what was
// picked, found missing and counted since.
type Stock struct {
	Client   string    `json:"client"`
	SKU      string    `json:"sku"`
	Location string    `json:"location"`
	Lot      string    `json:"lot,omitempty"`
	Expiry   string    `json:"expiry,omitempty"`
	Quantity int       `json:"quantity"` // pieces, never below zero
	AsOf     time.Time `json:"asOf,omitzero"`
}

// SerialUse says which order a serial number of an article went to.
type SerialUse struct {
	Client string `json:"client"`
	SKU    string `json:"sku"`
	Serial string `json:"serial"`
	Order  string `json:"order"`
	Line   string `json:"line"`
}

// SoldSerials are hashes of the serial numbers whose orders left the state within
// an hour.
type SoldSerials struct {
	Hour   int64    `json:"hour"` // Unix seconds
	Hashes []uint64 `json:"hashes"`
}

// StockEvent is the data of stock.moved, stock.short, stock.adjustProposed,
// count.asked, count.done and replenish.asked. Quantity is signed where stock
// moves and what was counted where it is counted.
type StockEvent struct {
	Task     string `json:"task,omitempty"`
	Location string `json:"location"`
	SKU      string `json:"sku,omitempty"`
	Lot      string `json:"lot,omitempty"`
	Quantity int    `json:"quantity,omitempty"`
	Expected int    `json:"expected,omitempty"`
	Missing  int    `json:"missing,omitempty"`
	To       string `json:"to,omitempty"`     // the place where it went, or where the rest is picked
	Zone     string `json:"zone,omitempty"`   // of To, where the site picks by zones
	Line     string `json:"line,omitempty"`   // of the order that was short
	Reason   string `json:"reason,omitempty"` // a code
	Work     string `json:"work,omitempty"`

	Totes []string `json:"totes,omitempty"` // of a wave, that goods lie in which are to go back
	Aside int      `json:"aside,omitempty"` // of Quantity, those that were taken out of them already
	Box   string   `json:"box,omitempty"`   // that goods were taken out of which are to go back
}

// AppendJSON implements Data.
func (d *StockEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.str("task", d.Task)
	w.must("location", d.Location)
	w.str("sku", d.SKU)
	w.str("lot", d.Lot)
	w.intIf("quantity", d.Quantity)
	w.intIf("expected", d.Expected)
	w.intIf("missing", d.Missing)
	w.str("to", d.To)
	w.str("zone", d.Zone)
	w.str("line", d.Line)
	w.str("reason", d.Reason)
	w.str("work", d.Work)
	w.strs("totes", d.Totes)
	w.intIf("aside", d.Aside)
	w.str("box", d.Box)
	return w.end()
}

// AppendJSON appends what was captured as JSON.
func (c *Captured) AppendJSON(b []byte) []byte {
	w := object(b)
	c.members(&w)
	return w.end()
}

func (c *Captured) members(w *writer) {
	w.str("lot", c.Lot)
	w.str("expiry", c.Expiry)
	w.strs("serials", c.Serials)
}

// AppendJSON appends the hand as JSON.
func (h *Hand) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("line", h.Line)
	w.intIf("quantity", h.Quantity)
	w.str("step", h.Step)
	w.str("reason", h.Reason)
	w.str("first", h.First)
	w.yes("best", h.Best)
	w.str("sku", h.SKU)
	w.str("grade", h.Grade)
	w.str("extra", h.Extra)
	h.members(&w)
	return w.end()
}

// CountTask is a place whose stock somebody is to count, without being told
// what is expected.
type CountTask struct {
	ID       string `json:"id"`
	Client   string `json:"client"`
	Location string `json:"location"`
	SKU      string `json:"sku"`
	Reason   string `json:"reason,omitempty"`
	Seq      uint64 `json:"seq"` // of count.asked: the oldest first
	Work     string `json:"work,omitempty"`
	First    *int   `json:"first,omitempty"` // the first count, where it differed from what was known
}

// MoveTask is goods that are to be brought to a place: picked goods of a
// cancelled order (From is "", the cancel tote) or a refill.
type MoveTask struct {
	ID       string `json:"id"`
	Client   string `json:"client"`
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
	From     string `json:"from,omitempty"`
	Lot      string `json:"lot,omitempty"`
	To       string `json:"to,omitempty"` // "": any place
	Order    string `json:"order,omitempty"`
	Reason   string `json:"reason,omitempty"`
	Seq      uint64 `json:"seq"` // of replenish.asked: the oldest first
	Work     string `json:"work,omitempty"`

	Totes []string `json:"totes,omitempty"` // of a wave, that the goods lie in: in use until the last task that names them is done
	Aside int      `json:"aside,omitempty"` // of Quantity, those that were taken out of them
}

// LearnedWeight is what pieces of an article weighed, the newest last.
type LearnedWeight struct {
	Client string `json:"client"`
	SKU    string `json:"sku"`
	Grams  []int  `json:"grams"`
}

// PutEvent is the data of put.confirmed.
type PutEvent struct {
	Line     string `json:"line"`
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
	Cell     string `json:"cell"`
	Tote     string `json:"tote"`
	Work     string `json:"work,omitempty"`
}

// AppendJSON implements Data.
func (d *PutEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("line", d.Line)
	w.must("sku", d.SKU)
	w.int("quantity", d.Quantity)
	w.must("cell", d.Cell)
	w.must("tote", d.Tote)
	w.str("work", d.Work)
	return w.end()
}
