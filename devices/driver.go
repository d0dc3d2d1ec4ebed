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
type Reading struct {
	Device string
	ID     string    // the device's own id of this reading; empty where it has none
	At     time.Time // when the last byte of it arrived
	Raw    []byte    // the bytes as they came, owned by the receiver
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
