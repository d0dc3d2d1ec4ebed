package sorter

import (
	"fmt"
	"time"

	"dcedge/edge"
)

// Reason says why a parcel did not go to its truck's lane.
type Reason = edge.Reason

// The reasons that the belt gives, and those of the floor that it has to know.
const (
	NoRead       = edge.ReasonNoRead
	Unknown      = edge.ReasonUnknown
	Duplicate    = edge.ReasonDuplicate
	LaneFull     = edge.ReasonLaneFull
	MultiRead    = edge.ReasonMultiRead
	LateRead     = edge.ReasonLateRead
	LateConfirm  = edge.ReasonLateConfirm
	Contradicted = edge.ReasonContradicted
	Stranger     = edge.ReasonStranger
	Restart      = edge.ReasonRestart
	Sensor       = edge.ReasonSensor
	Jam          = edge.ReasonJam
	Missing      = edge.ReasonMissing
)

// The types of facts.
const (
	Inducted = edge.EvInducted
	WasRead  = edge.EvParcelRead
	WasNot   = edge.EvParcelNoRead
	Diverted = edge.EvDiverted
	Rejected = edge.EvRejected
	Lost     = edge.EvParcelLost
)

// Hospital is the lane at the end of the belt, where a person looks.
const Hospital = edge.HospitalLane

// Event is a fact of the belt. Parcel names a parcel within one run of a Tracker.
type Event = edge.ParcelFact

// LaneAt is a lane of the belt.
type LaneAt struct {
	Name    string
	Divert  string // the device that moves a parcel into it
	At      int64  // mm from the induct eye to the divert
	FullEye string // photo-eye at the head of the lane's queue; empty: none

	// Of a divert on a pin, which knows no parcel: it is fired here, and the eye in
	// the lane says that the parcel went in. Empty: the divert is told its parcel,
	// and confirms it by itself.
	Confirm string
	Lead    int64 // so far before the divert a parcel's front is when it is fired
}

// Layout is a belt. Lengths are in millimetres of belt; places are counted from
// the induct eye.
type Layout struct {
	Name              string // of the belt
	InductEye, EndEye string
	Tunnel            string // the scanner
	ReadFrom, ReadTo  int64  // where a parcel lies when the tunnel reads it
	Weigher           string // empty: none
	WeighAt           int64
	MaxGrams          string // decimal text: a heavier parcel goes to hospital; empty: any
	Lanes             []LaneAt
	Loop              string // the lane that brings a parcel back to the induct eye; empty: none
	LoopLength        int64  // from that lane's divert back to the induct eye; 0: it keeps no places
	MaxLoops          int    // then hospital
	End               int64  // the end eye, before hospital

	MaxLength, MinGap int64
	Slack             int64         // how far a place may be wrong
	LateAfter         time.Duration // a read that took longer than this to arrive is late
	ConfirmWithin     int64         // how far behind the divert a parcel's tail may be when the confirmation comes
	FullAfter         int64         // belt moved while a full eye is blocked
	JamAfter          int64         // belt moved while the induct or end eye is blocked: longer than boxes that touch
}

// Fault is one thing that is wrong with a layout; Field is the field's name, or
// lanes[i] with or without a field behind it.
type Fault struct{ Field, What string }

// Error implements error.
func (f Fault) Error() string { return "sorter: " + f.Field + ": " + f.What }

// Check tells every fault of a layout.
func (l *Layout) Check() []Fault {
	var faults []Fault
	want := func(ok bool, field, what string, args ...any) {
		if !ok {
			faults = append(faults, Fault{field, fmt.Sprintf(what, args...)})
		}
	}
	want(l.InductEye != "", "InductEye", "wants the photo-eye at the start")
	want(l.EndEye != "" && l.InductEye != l.EndEye, "EndEye", "wants a photo-eye of its own at the end")
	want(l.Tunnel != "", "Tunnel", "wants the scanner")
	want(l.MaxLength > 0, "MaxLength", "must be more than 0")
	want(l.Slack > 0, "Slack", "must be more than 0")
	want(l.LateAfter > 0, "LateAfter", "must be more than 0")
	want(l.FullAfter > 0, "FullAfter", "must be more than 0")
	want(l.WeighAt >= 0, "WeighAt", "must not be negative")
	want(l.ReadFrom >= l.MaxLength+l.Slack, "ReadFrom", "a parcel's length must be known before it is read: at least the longest parcel and the slack, %d", l.MaxLength+l.Slack)
	want(l.ReadTo >= l.ReadFrom, "ReadTo", "lies before where reading begins")
	want(l.MinGap > l.ReadTo-l.ReadFrom+2*l.Slack, "MinGap", "two parcels must not lie in the tunnel's window at once: more than the window and twice the slack, %d", l.ReadTo-l.ReadFrom+2*l.Slack)
	want(l.JamAfter > l.MaxLength+l.Slack, "JamAfter", "boxes that touch are no jam: more than the longest parcel and the slack, %d", l.MaxLength+l.Slack)
	want(l.ConfirmWithin > 0 && l.ConfirmWithin+l.Slack < l.MinGap+l.MaxLength, "ConfirmWithin", "must be more than 0 and end before the next parcel's, %d", l.MinGap+l.MaxLength-l.Slack)
	want(l.MaxLoops >= 0, "MaxLoops", "must not be negative")
	want(l.LoopLength >= 0, "LoopLength", "must not be negative")
	past := l.ReadTo + l.Slack // where nothing is read any more
	want(l.End > past, "End", "must lie behind the tunnel's window, at more than %d", past)
	names, loop := map[string]bool{Hospital: true}, l.Loop == ""
	eyes := map[string]bool{"": true, l.InductEye: true, l.EndEye: true}
	for _, a := range l.Lanes {
		eyes[a.FullEye] = true
	}
	for i, a := range l.Lanes {
		field := fmt.Sprintf("lanes[%d]", i)
		want(a.Name != "" && !names[a.Name], field, "wants a name of its own")
		want(a.Divert != "", field, "wants a divert")
		want(a.At >= past && (a.At < l.End || l.End <= past), field+".At", "its divert must lie between the tunnel's window and the end, from %d to %d", past, max(past, l.End))
		if a.Confirm != "" {
			want(!eyes[a.Confirm], field, "wants a confirm eye of its own: one that looks at something else proves nothing")
			want(a.Lead >= 0 && a.At-a.Lead >= past, field+".Lead", "is fired before its parcel is read: 0 to %d", max(0, a.At-past))
			for _, o := range l.Lanes[:i] {
				want(o.Divert != a.Divert, field, "a divert on a pin pushes into one lane; %s is that of %s already", a.Divert, o.Name)
			}
			eyes[a.Confirm] = true
		}
		names[a.Name] = true
		loop = loop || a.Name == l.Loop
	}
	want(len(l.Lanes) > 0, "Lanes", "a belt wants a lane")
	want(loop, "Loop", "no lane has this name")
	return faults
}

// Open is a parcel of a run before, whose end was not told.
type Open struct{ Parcel, Box string }

// Verdict answers one read of the tunnel.
type Verdict struct {
	Read, Code, Lane string // Code: ok, or the reason
	OK               bool
	Repeat           bool         // the read was answered before; nothing follows
	On               edge.Receipt // what it stands on; zero: the read was not decided
}

// Command sends the parcel of one read into a lane. A command to Hospital takes
// an earlier one back.
type Command struct {
	Divert, Re, Box, Lane string
}

// Alarm begins or ends something that a person must see.
type Alarm struct {
	What  Reason // Jam, LaneFull, LateRead (the tunnel's clock is off), Stranger (the induct eye does not see) or Missing (something went into a lane unsent)
	Where string
	On    bool
}

// Step is what follows from one input.
type Step struct {
	Events   []Event // that need no id: passing belt brought them
	Own      *Event  // of the message that was taken: it has the message's id
	Commands []Command
	Fires    []Fire // of diverts on pins
	Verdicts []Verdict
	Alarms   []Alarm
}
