package devices

import (
	"context"
	"time"
)

// Info names a device as the configuration does.
type Info struct {
	Name   string // configured name, e.g. "printer-1"
	Class  string // printer, scanner, scale, photoeye, ...
	Driver string // configured driver, e.g. "zebra"
}

// Driver runs one device. Run blocks until the device is lost (a *Fault) or ctx
// ends (nil); it never retries by itself, its supervisor does.
type Driver interface {
	Info() Info
	Run(ctx context.Context, to Sink) error
}

// Reading is one thing that a device told: a code, a weight, a changed eye.
// Raw is always set; which of the other fields are depends on the device's class.
type Reading struct {
	Device string
	ID     string    // the device's own id of this reading; empty where it has none
	At     time.Time // when the last byte of it arrived
	Raw    []byte    // the bytes as they came, owned by the receiver

	// Of a scanner.
	Code      string // what was scanned, without the AIM identifier; empty where nothing could be read
	Symbology string // AIM identifier such as "]C1", empty where the device tells none
	NoRead    bool   // a fixed scanner saw something and could not read it

	// Of a scale.
	Grams string // decimal text, never through a float, e.g. "1204" or "212.5"
	Load  uint64 // which load since the scale was last empty; one load is one parcel
}

// State is what is known of a device at the moment.
type State struct {
	Device    string
	Condition Condition
	Detail    string // more about it, in English, for logs and the devices page
	Hint      string // what a person can do about it
}

// Sink takes what drivers hand over.
type Sink interface {
	// Read returns nil only after the reading is on disk. On an error the
	// driver must not acknowledge the reading on the wire.
	Read(ctx context.Context, r Reading) error
	// State is called on each change of a device's state. It does not block.
	State(s State)
}

// Cue is what a person at a device is told by it.
type Cue uint8

// The cues.
const (
	CueNone Cue = iota // nothing: the device's own good-read signal is enough
	CueGood            // accepted
	CueBad             // refused, or not stored: look at the screen
)

// Judge is implemented by a Sink that knows what a reading came to. A driver
// whose device can beep or blink calls it instead of Read. As with Read, a nil
// error means that the reading is on disk, whatever the cue.
type Judge interface {
	Judge(ctx context.Context, r Reading) (Cue, error)
}

// Hand gives a reading to the sink, by Judge where it can. The cue of a sink
// that is no Judge is CueNone, that of a failed one CueBad.
func Hand(ctx context.Context, to Sink, r Reading) (Cue, error) {
	if j, ok := to.(Judge); ok {
		cue, err := j.Judge(ctx, r)
		if err != nil {
			cue = CueBad
		}
		return cue, err
	}
	if err := to.Read(ctx, r); err != nil {
		return CueBad, err
	}
	return CueNone, nil
}
