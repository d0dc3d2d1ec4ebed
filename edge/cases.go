package edge

import "time"

// The kinds of cases: what wants somebody who takes care of it.
const (
	CaseUncollected   = "uncollected"   // boxes of one truck; the case's id is the truck's
	CaseUnknownReturn = "unknownReturn" // a parcel that nobody announced
	CaseUnknownBox    = "unknownBox"    // a box that no number here belongs to
)

// Case is something that stays on the lead's list until somebody closed it.
type Case struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"`
	Place  string    `json:"place,omitempty"`  // where it lies
	Length int       `json:"length,omitempty"` // of the code that nobody knows, in bytes
	Hash   string    `json:"hash,omitempty"`   // and a keyed hash of it
	Units  int       `json:"units,omitempty"`  // boxes
	Since  time.Time `json:"since"`
	Due    time.Time `json:"due,omitzero"` // until when somebody must own it
	Owner  string    `json:"owner,omitempty"`
	Late   bool      `json:"late,omitempty"` // nobody did
}

// CaseEvent is the data of case.owned, case.late and case.closed.
type CaseEvent struct {
	Case   string `json:"case"`
	Kind   string `json:"kind"`
	Owner  string `json:"owner,omitempty"`
	Place  string `json:"place,omitempty"`
	Reason string `json:"reason,omitempty"` // of case.closed: a code
}

// AppendJSON implements Data.
func (d *CaseEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("case", d.Case)
	w.must("kind", d.Kind)
	w.str("owner", d.Owner)
	w.str("place", d.Place)
	w.str("reason", d.Reason)
	return w.end()
}

// CaseChange is what a lead does with a case: own it, or close it with a reason.
// It comes as the body of a Record, and never from the WMS.
type CaseChange struct {
	Case   string
	Owner  string // "": nobody is to own it now
	Close  bool
	Reason string
}

// ParcelUnknown is the data of return.unknown and hospital.unknown: a parcel
// that no number here belongs to was put on the shelf for such parcels. Its code
// is told as its length in bytes and a keyed hash; none was read where both are
// missing.
type ParcelUnknown struct {
	Case   string    `json:"case"`
	Place  string    `json:"place"`
	Length int       `json:"length,omitempty"`
	Hash   string    `json:"hash,omitempty"`
	Why    string    `json:"why,omitempty"` // a code
	Box    string    `json:"box,omitempty"` // whose label it wears, where that is known
	Due    time.Time `json:"due"`           // until when somebody must own it
	Work   string    `json:"work,omitempty"`
}

// AppendJSON implements Data.
func (d *ParcelUnknown) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("case", d.Case)
	w.must("place", d.Place)
	w.intIf("length", d.Length)
	w.str("hash", d.Hash)
	w.str("why", d.Why)
	w.str("box", d.Box)
	w.instant("due", d.Due)
	w.str("work", d.Work)
	return w.end()
}

// Met is what lies before a worker of a returns desk or of the hospital and is
// not simply taken: why it was refused decides what may be done with it.
type Met struct {
	Why    string `json:"why"`            // a code
	What   string `json:"what,omitempty"` // the id of what it is, where that is known
	Length int    `json:"length,omitempty"`
	Hash   string `json:"hash,omitempty"`
}

// AppendJSON appends it as JSON.
func (m *Met) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("why", m.Why)
	w.str("what", m.What)
	w.intIf("length", m.Length)
	w.str("hash", m.Hash)
	return w.end()
}
