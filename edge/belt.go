package edge

import "time"

// Reason says why a parcel did not go to its truck's lane, as it stands in
// events and on screens.
type Reason string

// The reasons. Those of the first group are the floor's to say, the others the
// belt's.
const (
	ReasonNoRead      Reason = "noRead"
	ReasonUnknown     Reason = "unknown" // a code of no box
	ReasonVoided      Reason = "voided"  // a number that was given up
	ReasonCancelled   Reason = "cancelled"
	ReasonHold        Reason = "hold"
	ReasonStale       Reason = "staleLabel" // its label bears an old address
	ReasonNotPacked   Reason = "notPacked"
	ReasonDuplicate   Reason = "duplicate" // this box is on the belt already, was sorted or is on a truck
	ReasonOverweight  Reason = "overweight"
	ReasonWrongClient Reason = "wrongClient" // lanes take its carrier, but no goods of its client
	ReasonNoLane      Reason = "noLane"      // no lane takes its carrier, hub and trip now
	ReasonLaneFull    Reason = "laneFull"    // its lane is
	ReasonMultiRead   Reason = "multiRead"   // two boxes that cannot be told apart
	ReasonLateRead    Reason = "lateRead"    // read, but told too late to say of which parcel
	ReasonNotSeen     Reason = "notSeen"     // packed, and not seen on the belt in time

	ReasonLateConfirm  Reason = "lateConfirm"  // commanded, and not confirmed in time
	ReasonContradicted Reason = "contradicted" // confirmed, and then seen at the end of the belt
	ReasonStranger     Reason = "stranger"     // not followed from the induct eye
	ReasonRestart      Reason = "restart"      // its place was forgotten
	ReasonSensor       Reason = "sensor"       // an eye or the encoder was away
	ReasonJam          Reason = "jam"
	ReasonMissing      Reason = "missing" // it left the belt somewhere
)

// HospitalLane is the lane at the end of every belt, where a person looks. No
// record names it, and no command is needed for it.
const HospitalLane = "hospital"

// ParcelEvent is the data of parcel.*.
type ParcelEvent struct {
	Box      string    `json:"box,omitempty"`
	Waybill  string    `json:"waybill,omitempty"`
	Attempt  string    `json:"attempt,omitempty"` // whose label it bears
	Parcel   string    `json:"parcel,omitempty"`  // its name while it is on the belt; one that comes round has another
	Belt     string    `json:"belt,omitempty"`
	Place    string    `json:"place"`          // where it was seen: an eye, a scanner, a lane, hospital; of a box that is lost: where last
	Lane     string    `json:"lane,omitempty"` // that it is sent to, or is in
	Reason   Reason    `json:"reason,omitempty"`
	Read     string    `json:"read,omitempty"` // the device's id of the read that it is about
	Grams    string    `json:"grams,omitempty"`
	Round    int       `json:"round,omitempty"`    // it is sent round for the so-manieth time
	Tries    int       `json:"tries,omitempty"`    // parcel.read: so often it could not be read before
	Printer  string    `json:"printer,omitempty"`  // that made its label
	Template string    `json:"template,omitempty"` // of its label
	Labelled time.Time `json:"labelled,omitzero"`  // when the label came out
	Length   int       `json:"length,omitempty"`   // of an unknown code, in bytes
	Hash     string    `json:"hash,omitempty"`     // keyed
	Orders   []string  `json:"orders,omitempty"`   // beside the event's own: those whose goods are in the box
}

// AppendJSON implements Data.
func (d *ParcelEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.str("box", d.Box)
	w.str("waybill", d.Waybill)
	w.str("attempt", d.Attempt)
	w.str("parcel", d.Parcel)
	w.str("belt", d.Belt)
	w.must("place", d.Place)
	w.str("lane", d.Lane)
	w.str("reason", string(d.Reason))
	w.str("read", d.Read)
	w.str("grams", d.Grams)
	w.intIf("round", d.Round)
	w.intIf("tries", d.Tries)
	w.str("printer", d.Printer)
	w.str("template", d.Template)
	w.time("labelled", d.Labelled)
	w.intIf("length", d.Length)
	w.str("hash", d.Hash)
	w.strs("orders", d.Orders)
	return w.end()
}

// BeltReport is what a belt tells the floor: facts that are no more to be
// decided, or one read that wants a lane. Code and Symbology of a read are those
// of its Message; without a code nothing could be read.
type BeltReport struct {
	Belt  string
	Facts []ParcelFact
	Read  *ParcelRead  // nil: nothing is asked
	State *DeviceState // what stops the belt or wants a person, or that it is over; nil: nothing
}

// ParcelFact is one fact of the belt. Of the box only the id is told: the floor
// knows the rest.
type ParcelFact struct {
	Type Type
	ParcelEvent
}

// ParcelRead asks about one read, and says what the belt knows of the parcel
// that was read: what the floor cannot see.
type ParcelRead struct {
	ID     string // the device's
	Place  string // the scanner
	Parcel string // "" where it cannot be said which one it was
	Why    Reason // whatever it is, it goes to hospital; "": it may go to a lane
	Hand   bool   // a person holds it under a scanner: nothing is commanded

	Known string // the box that an earlier read of this parcel named
	Lane  string // where the parcel was sent then, "" nowhere yet
	Was   Reason // and why not to its own lane
	Sent  bool   // that is commanded

	Grams    string   // on the belt's weigher, decimal text
	MaxGrams string   // that a parcel of this belt may have; "": any
	Near     []string // boxes of the other parcels on the belt
	Open     []string // lanes of this belt that take a parcel now
	Full     []string // lanes that do not

	Loop      string // lane that brings a parcel round; "" where there is none
	Rounds    int    // that this parcel has made
	MaxRounds int
	Tries     int // so often it could not be read before
}

// ParcelAnswer says where the parcel of a read goes. Lane is "" while a better
// read may still come.
type ParcelAnswer struct {
	Box, Lane string
	Why       Reason  // "": to its own lane
	Round     int     // it is sent round for the so-manieth time
	On        Receipt // of the verdict that holds it; zero: nothing is on disk
}

// Code is the verdict's.
func (a ParcelAnswer) Code() Code {
	if a.Why == "" {
		return OK
	}
	return Code(a.Why)
}

// Say holds the answer in a verdict, also in one that is remembered.
func (a ParcelAnswer) Say() Say {
	return Says("belt.read", T("lane", a.Lane), T("box", a.Box), N("round", a.Round))
}

// ParcelAnswerOf reads the answer out of a verdict on a read.
func ParcelAnswerOf(v *Verdict) ParcelAnswer {
	a := ParcelAnswer{On: v.Receipt}
	if v.Code != OK {
		a.Why = Reason(v.Code)
	}
	for _, x := range v.Say.Args {
		switch x.Name {
		case "lane":
			a.Lane = x.Text
		case "box":
			a.Box = x.Text
		case "round":
			a.Round = int(x.N)
		}
	}
	return a
}

// Parcel is a parcel on a belt: from parcel.inducted to its one end.
type Parcel struct {
	Name string    `json:"name"`
	Belt string    `json:"belt"`
	Box  string    `json:"box,omitempty"` // once it was read
	At   time.Time `json:"at"`            // when it was inducted
}
