package sorter

import (
	"errors"
	"fmt"
	"time"
)

// Reason says why a parcel did not go to its truck's lane, as it stands in
// events and on screens.
type Reason string

// The reasons.
const (
	NoRead       Reason = "noRead"
	Unknown      Reason = "unknown" // a code of no box
	Cancelled    Reason = "cancelled"
	Held         Reason = "hold"
	NotPacked    Reason = "notPacked"
	Duplicate    Reason = "duplicate" // this box is on the belt already or was sorted
	Overweight   Reason = "overweight"
	NoLane       Reason = "noLane"       // no lane takes its carrier, hub and trip now
	LaneFull     Reason = "laneFull"     // its lane is
	MultiRead    Reason = "multiRead"    // two boxes that cannot be told apart
	LateRead     Reason = "lateRead"     // read, but told too late to say of which parcel
	LateConfirm  Reason = "lateConfirm"  // commanded, and not confirmed in time
	Contradicted Reason = "contradicted" // confirmed, and then seen at the end of the belt
	Stranger     Reason = "stranger"     // not followed from the induct eye
	Restart      Reason = "restart"      // its place was forgotten
	Jam          Reason = "jam"
	Missing      Reason = "missing" // it left the belt somewhere
)

// The types of events, as the sync contract names them.
const (
	Inducted = "parcel.inducted"
	WasRead  = "parcel.read"
	WasNot   = "parcel.noRead"
	Diverted = "parcel.diverted"
	Rejected = "parcel.rejected"
	Lost     = "parcel.lost"
)

// Hospital is the lane at the end of the belt, where a person looks.
const Hospital = "hospital"

// Box is what the sorter has to know of a box.
type Box struct {
	ID, Waybill, Attempt string
	Carrier, Hub, Trip   string
	Packed               bool // its label is bound to it
	Cancelled, Held      bool
	Shipped              bool   // sorted or loaded before: a twin of its label
	MaxGrams             string // decimal text: more than this is not this box, or not allowed; empty: no limit
	Printer              string // that made its label
}

// Boxes finds a box by what a scanner read. False for a code of no box.
type Boxes interface {
	Box(code string) (Box, bool)
}

// LaneAt is a lane of the belt.
type LaneAt struct {
	Name    string
	Divert  string // the device that moves a parcel into it
	At      int64  // mm from the induct eye to the divert
	FullEye string // photo-eye at the head of the lane's queue; empty: none
}

// Layout is a belt. Lengths are in millimetres of belt; places are counted from
// the induct eye.
type Layout struct {
	InductEye, EndEye string
	Tunnel            string // the scanner
	ReadFrom, ReadTo  int64  // where a parcel lies when the tunnel reads it
	Weigher           string // empty: none
	WeighAt           int64
	Lanes             []LaneAt
	Loop              string // the lane that brings a parcel back to the induct eye; empty: none
	LoopLength        int64  // from that lane's divert back to the induct eye
	MaxLoops          int    // then hospital
	End               int64  // the end eye, before hospital

	MaxLength, MinGap int64
	Slack             int64         // how far a place may be wrong
	LateAfter         time.Duration // a read that took longer than this to arrive is late
	ConfirmWithin     int64         // how far behind the divert a parcel's tail may be when the confirmation comes
	FullAfter         int64         // belt moved while a full eye is blocked
	JamAfter          int64         // belt moved while the induct or end eye is blocked: longer than boxes that touch
}

// Check tells every fault of a layout at once.
func (l *Layout) Check() error {
	var faults []error
	want := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf("sorter: "+format, args...))
		}
	}
	want(l.InductEye != "" && l.EndEye != "" && l.InductEye != l.EndEye && l.Tunnel != "", "wants an induct eye, an end eye and a tunnel")
	want(l.MaxLength > 0 && l.Slack > 0 && l.LateAfter > 0 && l.FullAfter > 0, "maxLength, slack, lateAfter and fullAfter must be more than 0")
	want(l.ReadFrom >= l.MaxLength+l.Slack, "readFrom: a parcel's length must be known before it is read: at least maxLength + slack")
	want(l.ReadTo >= l.ReadFrom, "readTo lies before readFrom")
	want(l.MinGap > l.ReadTo-l.ReadFrom+2*l.Slack, "minGap: two parcels must not lie in the tunnel's window at once: more than readTo - readFrom + 2 slack")
	want(l.JamAfter > l.MaxLength+l.Slack, "jamAfter must be more than maxLength + slack: boxes that touch are no jam")
	want(l.ConfirmWithin > 0 && l.ConfirmWithin+l.Slack < l.MinGap+l.MaxLength, "confirmWithin must be more than 0, and end before the next parcel's")
	names, loop := map[string]bool{Hospital: true}, false
	for _, a := range l.Lanes {
		want(a.Name != "" && !names[a.Name], "lane %q: wants a name of its own", a.Name)
		want(a.Divert != "", "lane %q: wants a divert", a.Name)
		want(a.At >= l.ReadTo+l.Slack && a.At < l.End, "lane %q: its divert must lie between the tunnel and the end", a.Name)
		names[a.Name] = true
		loop = loop || a.Name == l.Loop
	}
	want(l.Loop == "" || loop, "loop: %q is no lane", l.Loop)
	want(l.MaxLoops >= 0 && l.LoopLength >= 0, "maxLoops and loopLength must not be negative")
	return errors.Join(faults...)
}

// Event is a fact, in the shape of parcel.* events; Parcel names a parcel within
// one run of a Tracker.
type Event struct {
	Type    string `json:"-"`
	Parcel  string `json:"parcel,omitempty"`
	Box     string `json:"box,omitempty"`
	Waybill string `json:"waybill,omitempty"`
	Attempt string `json:"attempt,omitempty"`
	Place   string `json:"place"`
	Lane    string `json:"lane,omitempty"`
	Reason  Reason `json:"reason,omitempty"`
	Printer string `json:"printer,omitempty"`
	Read    string `json:"read,omitempty"` // id of the read that it is about
}

// Verdict answers one read of the tunnel.
type Verdict struct {
	Read, Code, Lane string // Code: ok, or the reason
	OK               bool
	Repeat           bool // the read was answered before; no event was made
}

// Command sends the parcel of one read into a lane. A command to Hospital takes
// an earlier one back.
type Command struct {
	Divert, Re, Box, Lane string
}

// Alarm begins or ends something that a person must see.
type Alarm struct {
	What  Reason // Jam, LaneFull or LateRead (the tunnel's clock is off)
	Where string
	On    bool
}

// Step is what follows from one input.
type Step struct {
	Events   []Event
	Commands []Command
	Verdicts []Verdict
	Alarms   []Alarm
}
