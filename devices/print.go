package devices

import "time"

// Condition is the state of a device in one stable word.
type Condition string

// The conditions. A label is sent only to a printer that is Ready.
const (
	Offline  Condition = "offline"  // no connection
	Ready    Condition = "ready"    // answers and can work
	Printing Condition = "printing" // has labels in hand
	NoPaper  Condition = "noPaper"
	NoRibbon Condition = "noRibbon"
	HeadOpen Condition = "headOpen"
	Paused   Condition = "paused"
	Hot      Condition = "hot"    // over or under its temperature
	Silent   Condition = "silent" // connected, but answers nothing: a fault of unknown kind
	Faulty   Condition = "fault"  // another fault that the device reports
	Flooding Condition = "flood"  // it sends, or changes, without end: it stays so until it was well for Calm

	// OtherPrinter: it answers with another serial number or model than the one
	// that belongs here. Nothing personal is sent to it.
	OtherPrinter Condition = "otherPrinter"
)

// Works says whether a device in this condition can take work now or soon.
func (c Condition) Works() bool { return c == Ready || c == Printing }

// Stands says that the device itself tells why it does nothing, and that a person
// can free it.
func (c Condition) Stands() bool {
	switch c {
	case NoPaper, NoRibbon, HeadOpen, Paused, Hot:
		return true
	}
	return false
}

// PrintJob is one label. Its bytes are sent at most once, whatever happens.
type PrintJob struct {
	ID  string // the attempt, for logs
	ZPL []byte // one whole format
	// Sent, when set, is called once, from the goroutine that called Print,
	// when every byte was taken by the wire and before any proof is known.
	Sent func()
}

// PrintOutcome is what is known of a print.
type PrintOutcome uint8

// The outcomes.
const (
	// NotSent: provably no byte of the label left. Trying again is safe.
	NotSent PrintOutcome = iota
	// Unknown: some or all bytes left and the printer gave no proof. Only a
	// person can tell; the bytes are never sent again by themselves.
	Unknown
	// Printed: the printer gave proof, named by PrintResult.Evidence.
	Printed
	// NotPrinted: bytes left, and the printer has proven since that no label came
	// out and that none will. Its bytes are not sent again: another attempt is made.
	NotPrinted
)

// String returns the name used in logs.
func (o PrintOutcome) String() string {
	return [...]string{"notSent", "unknown", "printed", "notPrinted"}[min(o, NotPrinted)]
}

// Evidence of a print, from stronger to weaker.
const (
	EvidenceOdometer = "odometer"    // buffer empty and the printer's odometer advanced
	EvidenceBuffer   = "bufferEmpty" // buffer empty and no fault, for printers without an odometer
)

// Meter is how much a printer has printed so far, by its own count.
type Meter struct {
	Serial string // of the printer that counts; empty where it tells none
	Unit   string // MeterLabels, MeterLength; empty: it tells no count
	Count  uint64
}

// Units of a Meter.
const (
	MeterLabels = "labels"
	MeterLength = "length" // of media, in the printer's own unit
)

// Codes of a print that was not proven.
const (
	CodeNotPrinted = "notPrinted"   // the printer has proven that no label came out
	CodeNoMeter    = "noMeter"      // the printer cannot tell what became of an earlier label, now or later
	CodeOther      = "otherPrinter" // another printer stands there than the one that had the label
	CodeOffline    = "offline"      // no connection; nothing was sent
	CodeNotReady   = "notReady"     // the printer was not ready and empty; nothing was sent
	CodeBusy       = "busy"         // the caller gave up before the printer was free; nothing was sent
	CodeBadLabel   = "badLabel"     // not one whole format; nothing was sent
	CodeWire       = "wire"         // the connection broke
	CodeNoProof    = "noProof"      // every byte was taken and no proof came
	CodeStopped    = "stopped"      // the edge was stopped while waiting for proof
)

// PrintResult is the end of one PrintJob.
type PrintResult struct {
	Outcome  PrintOutcome
	Bytes    int    // how many bytes of the label the wire took
	Evidence string // set when Printed
	Code     string // stable word for Err: notReady, offline, badLabel, wire, noProof; the ledger keeps it
	Before   Meter  // what the printer had counted right before the first byte
	Err      error  // why it was not sent, or why it is not known
}

// PrinterStatus is what is known of a printer at the moment.
type PrinterStatus struct {
	Name      string
	Condition Condition
	Since     time.Time // since when it is in this condition
	Detail    string
	Hint      string // what a person can do about the condition
	Model     string // from its own answer; empty before
	Firmware  string
	Serial    string // likewise
	Meter     Meter  // as it was told last
	DotsMM    int    // dots per millimetre, 0 where not known
	Formats   int    // formats in its receive buffer
	Remaining int    // labels remaining in the present batch
	BytesIn   uint64
	BytesOut  uint64
}
