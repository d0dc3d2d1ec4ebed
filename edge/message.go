package edge

import "time"

// Kind says what a Message is.
type Kind uint8

// The kinds of messages that the engine takes.
const (
	Scan      Kind = iota + 1 // a worker pulled a trigger
	Act                       // a worker pressed a button
	Record                    // the WMS sent a record that is ordered with the scans
	Print                     // edge/printing reports on a label or a printer
	Refreshed                 // the catalogue changed: look at the parked orders
	Tick                      // time passed (once a minute): lapse what has lapsed
	Opened                    // a new epoch has begun: nothing that was known stands for sure
	Plan                      // orders that are to be picked together, as they were planned here: *PickList
	Belt                      // a belt tells what it saw, or asks about a read
)

// Message is one thing that somebody tells the floor.
type Message struct {
	Kind     Kind
	ID       ID        // made by the sender; zero for Record, Print, Refreshed, Tick and Opened; of Belt that of the device's message, if there is one
	Hash     [16]byte  // of t, code or codeB64, symbology, action and args as canonical JSON: what idReused compares
	At       time.Time // edge time of arrival, set by the engine
	DeviceAt time.Time // what the device's clock said; zero where it said nothing

	Worker  string // worker id; "" for what no person caused
	Roles   []Role // what the worker may do, from the session
	Device  string
	Session string
	Proven  bool // the session was opened with a PIN, not with a badge alone

	Practice bool // the session practises: the message is for the state of practice
	Idle     bool // the worker rested too long: whoever prints or overrides shows the badge first
	Back     bool // the scan is the worker's own badge, which ends Idle

	Silent bool      // the WMS has not called for minutes: what it released since is not here
	Heard  time.Time // where Silent: when it last did; zero: not since the start

	// Scan, and a read of a belt
	Code      string // the bytes that were read, not always UTF-8
	Symbology string // AIM identifier such as "]C1"; "" where the device did not say
	Source    string // wedge intent camera serial typed

	// Act
	Action string
	Args   Args
	Rev    uint64 // of the screen on which the button was pressed

	// Record: one of *OrderRecord *OrderChange *ReturnRecord *WaybillRange
	// *StockRecord *PickList *CarrierScan *Reconcile, or of a lead *CaseChange.
	// Print: *PrintReport. Belt: *BeltReport. Opened: *EpochEvent.
	// Act: nil, or what no screen has a button for: *ShiftStart *ShiftEnd *ShiftSign *TakeOver
	// *Manual; Rev does not count then.
	Body any
}

// Args are the arguments of an act; which of them stand is the action's
// business (floor contract, section 3).
type Args struct {
	Flow    Flow     `json:"flow,omitempty"`
	Mode    string   `json:"mode,omitempty"`
	Zone    string   `json:"zone,omitempty"`
	Orders  []string `json:"orders,omitempty"`
	Station string   `json:"station,omitempty"`
	N       *int     `json:"n,omitempty"`
	Found   *int     `json:"found,omitempty"`
	Reason  string   `json:"reason,omitempty"`
	Of      string   `json:"of,omitempty"`
	Order   string   `json:"order,omitempty"`
	Text    string   `json:"text,omitempty"`
	Grams   string   `json:"grams,omitempty"` // decimal text
	Source  string   `json:"source,omitempty"`
	Box     string   `json:"box,omitempty"`
	Waybill string   `json:"waybill,omitempty"`
	Attempt string   `json:"attempt,omitempty"`
	Outcome string   `json:"outcome,omitempty"` // yes | no; vehicle: moved | unloaded
	Grade   string   `json:"grade,omitempty"`
	Badge   string   `json:"badge,omitempty"`
	PIN     string   `json:"-"`                // never stored, never logged
	ByLead  string   `json:"byLead,omitempty"` // worker id of the lead whose badge and PIN access has proven
}

// Stage of a print report.
type Stage string

// The stages that edge/printing reports; Renumber asks for a new number
// because the old label's printer could not be proven empty.
const (
	StageIntent   Stage = "intent"
	StageSent     Stage = "sent"
	StagePrinted  Stage = "printed"
	StageFailed   Stage = "failed"
	StageInDoubt  Stage = "inDoubt"
	StageRenumber Stage = "renumber"
	StagePrinter  Stage = "printer" // a printer's own state changed
	StageSettled  Stage = "settled" // the printer has proven since what became of a label in doubt
	StageCannot   Stage = "cannot"  // the label cannot be made: no byte left, and none will before somebody acts
)

// PrintReport is what edge/printing tells the floor.
type PrintReport struct {
	Stage            Stage
	Attempt          string // not at StageIntent of the caller's: the floor checks it is the next one
	Box              string
	Printer          string
	Copy             int
	Hash             string // keyed, hex
	Template         string
	RecipientVersion int
	Evidence         string // odometer | bufferEmpty | peel
	Error            string // a stable code, never prose with data in it
	Field            string // StageCannot: the field of the label at fault, "" where none is
	Outcome          string // StageSettled: yes | no
	Meter            *PrintMeter
	State            string // StagePrinter: ready printing noPaper headOpen paused offline
}

// Verdict is the answer to one message. Once sent it is on disk.
type Verdict struct {
	ID      ID
	OK      bool
	Code    Code
	Say     Say
	Receipt Receipt
	Screen  *Screen // the present one of the message's worker; nil for other kinds
	Repeat  bool    // the same message was decided before
	Detail  string  // Record: names the field, never quotes its value
	Answer  string  // Print at StageIntent: the attempt's id
}

// Receipt names the last event that a message caused.
type Receipt struct {
	Epoch string
	Seq   uint64 // 0: no receipt
	At    time.Time
}

// Say is what a screen says: a key that it translates, and its arguments.
type Say struct {
	Key  string
	Args []Arg
}

// Arg is one argument of a Say: text or a whole number.
type Arg struct {
	Name  string
	Text  string
	N     int64
	IsNum bool
}

// T makes a text argument.
func T(name, text string) Arg { return Arg{Name: name, Text: text} }

// N makes a number argument.
func N(name string, n int) Arg { return Arg{Name: name, N: int64(n), IsNum: true} }

// Says makes a Say.
func Says(key string, args ...Arg) Say { return Say{Key: key, Args: args} }

// Notice is something that a worker must know now and did not ask for.
type Notice struct {
	Worker string
	Code   Code
	Say    Say
}

// Private is a record of the edge about itself: a session, a lockout, a
// consumer's place, an audit line. It is journalled with the events, never in
// the feed; the newest one per (Kind, Key) counts, a nil Value is its end.
type Private struct {
	Kind  string
	Key   string
	Value []byte // JSON
}

// Commit is what one flush made true. It is published after the flush, in
// order, and everything in it is immutable.
type Commit struct {
	Epoch   string
	Head    uint64 // the last flushed event
	Events  []Event
	Changes []Change
	Pushes  []Push
}

// Change is one entity as it stands after the commit; Value is a pointer to an
// entity type of this package (*Order, *Tote, ...), nil when it left the state.
type Change struct {
	Table string
	Key   string
	Value any
}

// Push is a screen that changed for another reason than its worker's own
// message, or a notice, or both.
type Push struct {
	Worker string
	Screen *Screen // nil: only a notice
	Notice *Notice
}
