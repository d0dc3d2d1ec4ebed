package edge

import (
	"strings"
	"time"
)

// What a shift event is of.
const (
	ShiftOfWorker = "worker"
	ShiftOfSite   = "site"
)

// temporary begins the ids of people who work on a temporary badge.
const temporary = "tmp-"

// TemporaryID makes the id of somebody who works on a temporary badge.
func TemporaryID(name string) string { return temporary + name }

// IsTemporary tells that a worker's id is one of TemporaryID.
func IsTemporary(worker string) bool { return strings.HasPrefix(worker, temporary) }

// ShiftEvent is the data of shift.started and shift.ended. It holds counts and
// ids, never a name or a note. Of the site: what was open when a lead signed.
type ShiftEvent struct {
	Of string `json:"of"` // worker | site

	// shift.started
	Heard    []string `json:"heard,omitempty"`   // verdicts whose tone was played and heard
	Unheard  []string `json:"unheard,omitempty"` // and not heard
	Label    string   `json:"label,omitempty"`   // of the desk's printer: scanned | failed
	Station  string   `json:"station,omitempty"`
	Printer  string   `json:"printer,omitempty"`
	ClockOff int      `json:"clockOff,omitempty"` // seconds that the device's clock was ahead, where that is over two minutes
	SyncAge  int      `json:"syncAge,omitempty"`  // seconds that the oldest event waits for the WMS
	Battery  int      `json:"battery,omitempty"`  // percent
	Offline  []string `json:"offline,omitempty"`  // devices

	// shift.ended of a worker
	Minutes    int    `json:"minutes,omitempty"`
	HandedOver string `json:"handedOver,omitempty"` // work that waits for another worker
	Left       string `json:"left,omitempty"`       // order that was left with goods in its tote

	// shift.ended of the site
	UpTo     uint64 `json:"upTo,omitempty"`   // the last event that was looked at
	Digest   string `json:"digest,omitempty"` // the chain's hash there, hex
	Acked    uint64 `json:"acked,omitempty"`  // the last event that every required consumer has
	Unsynced int    `json:"unsynced,omitempty"`
	Totes    int    `json:"totes,omitempty"`
	Works    int    `json:"works,omitempty"`
	InDoubt  int    `json:"inDoubt,omitempty"`
	Held     int    `json:"held,omitempty"`
	Voided   int    `json:"voided,omitempty"`
	Lost     int    `json:"lost,omitempty"`
}

// AppendJSON implements Data.
func (d *ShiftEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("of", d.Of)
	w.strs("heard", d.Heard)
	w.strs("unheard", d.Unheard)
	w.str("label", d.Label)
	w.str("station", d.Station)
	w.str("printer", d.Printer)
	w.intIf("clockOff", d.ClockOff)
	w.intIf("syncAge", d.SyncAge)
	w.intIf("battery", d.Battery)
	w.strs("offline", d.Offline)
	w.intIf("minutes", d.Minutes)
	w.str("handedOver", d.HandedOver)
	w.str("left", d.Left)
	w.uintIf("upTo", d.UpTo)
	w.str("digest", d.Digest)
	w.uintIf("acked", d.Acked)
	w.intIf("unsynced", d.Unsynced)
	w.intIf("totes", d.Totes)
	w.intIf("works", d.Works)
	w.intIf("inDoubt", d.InDoubt)
	w.intIf("held", d.Held)
	w.intIf("voided", d.Voided)
	w.intIf("lost", d.Lost)
	return w.end()
}

// The bodies of acts that no screen has a button for. Whoever submits them has
// checked what of them only it can know.
type (
	// ShiftStart books the facts of a worker's start check.
	ShiftStart struct{ ShiftEvent }
	// ShiftEnd ends a worker's own shift.
	ShiftEnd struct{}
	// ShiftSign is a lead's signature under the end of the site's shift.
	ShiftSign struct{ ShiftEvent }
	// TakeOver gives work that is open on a device to who logged in there after.
	TakeOver struct {
		Work string
		From string // the worker who has it
	}
)

// HeldPaper is the hold of an order that is on a printed pick list, so that nobody
// picks it twice; its entry ends it.
const HeldPaper = "paper"

// Manual is what was done by paper and is entered afterwards: whole or not at
// all.
type Manual struct {
	Client  string
	Order   string
	By      string // worker who did it
	At      time.Time
	Reason  string
	Tote    string // where the picked goods lie; not with Waybill
	Lines   []ManualLine
	Waybill string // of the box that was packed and labelled by hand
	BoxType string
}

// ManualLine is what became of one line.
type ManualLine struct {
	Line     string
	Quantity int // pieces
	Missing  int
	Captured
}

// PaperEntered is the data of paper.entered: who did by paper what the events
// before it of the same message say, when and why.
type PaperEntered struct {
	By      string     `json:"by"`
	At      time.Time  `json:"at,omitzero"`
	Reason  string     `json:"reason,omitempty"`
	Lines   int        `json:"lines"`
	Stage   OrderStage `json:"stage"` // how far the order is with it
	Tote    string     `json:"tote,omitempty"`
	Box     string     `json:"box,omitempty"`
	Waybill string     `json:"waybill,omitempty"`
}

// AppendJSON implements Data.
func (d *PaperEntered) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("by", d.By)
	w.time("at", d.At)
	w.str("reason", d.Reason)
	w.int("lines", d.Lines)
	w.must("stage", string(d.Stage))
	w.str("tote", d.Tote)
	w.str("box", d.Box)
	w.str("waybill", d.Waybill)
	return w.end()
}
