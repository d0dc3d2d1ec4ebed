package edge

import "time"

// ReturnCase is a return: announced by the WMS, or opened by a parcel of this
// site that came back.
type ReturnCase struct {
	ID        string       `json:"id"`
	Client    string       `json:"client"`
	Order     string       `json:"order,omitempty"`
	Waybill   string       `json:"waybill,omitempty"`   // of the way back
	Originals []string     `json:"originals,omitempty"` // numbers of the way out
	Hash      string       `json:"hash,omitempty"`
	Lines     []ReturnLine `json:"lines,omitempty"`
	Seq       uint64       `json:"seq"` // of return.received or return.opened: the oldest first
	Received  time.Time    `json:"received"`
	Work      string       `json:"work,omitempty"`
	Graded    []Graded     `json:"graded,omitempty"`
	Closed    time.Time    `json:"closed,omitzero"`
}

// ReturnLine is what a return says will come, in pieces.
type ReturnLine struct {
	Line     string `json:"line"`
	SKU      string `json:"sku"`
	Location string `json:"location,omitempty"`
	Quantity int    `json:"quantity"`
	Came     int    `json:"came,omitempty"` // graded, of what was announced
}

// Graded is what came and where it lies now.
type Graded struct {
	Line     string `json:"line,omitempty"` // "": the return does not name it
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
	Grade    string `json:"grade"`
	Reason   string `json:"reason,omitempty"`
	Place    string `json:"place"`
	Extra    string `json:"extra,omitempty"` // more | notNamed: beyond what was announced

	Serials []string `json:"serials,omitempty"` // those that were read
}

// ReturnMissing is what was announced and did not come.
type ReturnMissing struct {
	Line     string `json:"line"`
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
}

// AppendJSON implements Data.
func (d *ReturnMissing) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("line", d.Line)
	w.must("sku", d.SKU)
	w.int("quantity", d.Quantity)
	return w.end()
}

// ReturnEvent is the data of return.opened, return.graded and return.closed.
// Quantity is signed: what is taken back is negative.
type ReturnEvent struct {
	Return   string          `json:"return"`
	Box      string          `json:"box,omitempty"` // return.opened of a box that came back unannounced
	Waybill  string          `json:"waybill,omitempty"`
	Lines    []OrderLine     `json:"lines,omitempty"` // and what went out in it
	Line     string          `json:"line,omitempty"`
	SKU      string          `json:"sku,omitempty"`
	Quantity int             `json:"quantity,omitempty"`
	Grade    string          `json:"grade,omitempty"`
	Reason   string          `json:"reason,omitempty"`
	Place    string          `json:"place,omitempty"`
	Extra    string          `json:"extra,omitempty"` // more | notNamed
	Serials  []string        `json:"serials,omitempty"`
	Undone   bool            `json:"undone,omitempty"`
	Undoes   string          `json:"undoes,omitempty"` // the message that is undone; left out: the last one
	Came     int             `json:"came,omitempty"`   // return.closed: pieces graded in all
	Missing  []ReturnMissing `json:"missing,omitempty"`
	Work     string          `json:"work,omitempty"`
	Joint    bool            `json:"joint,omitempty"` // as of a PickEvent
}

// AppendJSON implements Data.
func (d *ReturnEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("return", d.Return)
	w.str("box", d.Box)
	w.str("waybill", d.Waybill)
	if len(d.Lines) > 0 {
		w.key("lines")
		w.b = appendList(w.b, d.Lines)
	}
	w.str("line", d.Line)
	w.str("sku", d.SKU)
	w.intIf("quantity", d.Quantity)
	w.str("grade", d.Grade)
	w.str("reason", d.Reason)
	w.str("place", d.Place)
	w.str("extra", d.Extra)
	w.strs("serials", d.Serials)
	w.yes("undone", d.Undone)
	w.str("undoes", d.Undoes)
	w.intIf("came", d.Came)
	if len(d.Missing) > 0 {
		w.key("missing")
		w.b = appendList(w.b, d.Missing)
	}
	w.str("work", d.Work)
	w.yes("joint", d.Joint)
	return w.end()
}

// ReturnReceived is the data of return.received.
type ReturnReceived struct {
	Return      string      `json:"return"`
	Waybill     string      `json:"waybill,omitempty"`
	Originals   []string    `json:"originals,omitempty"` // numbers under which the goods went out
	Reason      string      `json:"reason,omitempty"`
	RequestedAt time.Time   `json:"requestedAt,omitzero"`
	Lines       []OrderLine `json:"lines"`
	Hash        string      `json:"hash,omitempty"`
}

// AppendJSON implements Data.
func (d *ReturnReceived) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("return", d.Return)
	w.str("waybill", d.Waybill)
	w.strs("originals", d.Originals)
	w.str("reason", d.Reason)
	w.time("requestedAt", d.RequestedAt)
	w.key("lines")
	w.b = appendList(w.b, d.Lines)
	w.str("hash", d.Hash)
	return w.end()
}
