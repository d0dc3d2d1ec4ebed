package edge

// Why a box is in the hospital, as far as the floor can tell.
const (
	WhyNothing   = "nothing"   // it is as it should be
	WhyLabel     = "label"     // its label cannot be read
	WhyDead      = "dead"      // the label on it bears a number that was voided
	WhyHeld      = "held"      // its order is held
	WhyNotPacked = "notPacked" // no label of it is in force
	WhyTwin      = "twin"      // the box of that number is on a truck already
	WhyUnknown   = "unknown"   // nothing here has that number
)

// What is to be done with a box in the hospital.
const (
	TodoInduct  = "induct"  // back on the belt, or to its dock
	TodoReprint = "reprint" // a new label of the same number, bound again
	TodoAside   = "aside"   // set aside until the hold ends
	TodoDesk    = "desk"    // back to a pack desk
	TodoShelf   = "shelf"   // to the shelf for parcels that nobody knows
)

// HospitalEvent is the data of hospital.in and hospital.out. Printer is the one
// that made the label, and is charged with it where Why is label.
type HospitalEvent struct {
	Box     string `json:"box"`
	Waybill string `json:"waybill,omitempty"`
	Attempt string `json:"attempt,omitempty"`
	Why     string `json:"why"`
	Belt    string `json:"belt,omitempty"`    // why a belt sent it here
	Todo    string `json:"todo,omitempty"`    // hospital.in
	Outcome string `json:"outcome,omitempty"` // hospital.out: inducted | aside | desk
	Reason  string `json:"reason,omitempty"`
	Place   string `json:"place,omitempty"`
	Printer string `json:"printer,omitempty"`
	Station string `json:"station,omitempty"`
	Work    string `json:"work,omitempty"`
}

// AppendJSON implements Data.
func (d *HospitalEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("box", d.Box)
	w.str("waybill", d.Waybill)
	w.str("attempt", d.Attempt)
	w.must("why", d.Why)
	w.str("belt", d.Belt)
	w.str("todo", d.Todo)
	w.str("outcome", d.Outcome)
	w.str("reason", d.Reason)
	w.str("place", d.Place)
	w.str("printer", d.Printer)
	w.str("station", d.Station)
	w.str("work", d.Work)
	return w.end()
}
