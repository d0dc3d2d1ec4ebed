package devices

import (
	"errors"
	"fmt"
	"net"
)

// Class says what a fault calls for.
type Class uint8

// The classes. Their order is their weight: an unclassed error counts as
// Transient, because trying again is right for wires.
const (
	// Transient passes by itself or by a person's hand: try again.
	Transient Class = iota
	// Permanent stays until the configuration or the device is changed.
	Permanent
	// Corrupt means that the device talks, but not what it should.
	Corrupt
)

// String returns the name used in logs and on the devices page.
func (c Class) String() string {
	switch c {
	case Permanent:
		return "permanent"
	case Corrupt:
		return "corrupt"
	default:
		return "transient"
	}
}

// Fault is an error of a device: classed, named, with a hint for the installer.
type Fault struct {
	Device string
	Op     string // what was tried: open, write, read, status, ...
	Class  Class
	Hint   string // what to do about it, in English
	Err    error
}

// Error gives device, operation and cause; the hint is shown beside it.
func (f *Fault) Error() string {
	return fmt.Sprintf("%s: %s: %v", f.Device, f.Op, f.Err)
}

// Left is how the fault leaves a device whose connection it ended: one that talked
// rubbish is there.
func (f *Fault) Left() Condition {
	switch {
	case errors.Is(f.Err, ErrFlood):
		return Flooding
	case f.Class == Corrupt:
		return Faulty
	}
	return Offline
}

// Code names the fault for screens, which have their own words for it: "flood",
// "unreadable" where the device talked rubbish, "otherDevice" where another one
// answered, else what was tried.
func (f *Fault) Code() string {
	switch {
	case errors.Is(f.Err, ErrFlood):
		return "flood"
	case f.Class == Corrupt && f.Op == "read":
		return "unreadable"
	case f.Class == Permanent && f.Op == "session":
		return "otherDevice"
	}
	return f.Op
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Err }

// ClassOf gives the class of the first Fault in err's chain; Transient where
// there is none.
func ClassOf(err error) Class {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Class
	}
	return Transient
}

// CodeOf gives the code of the first Fault in err's chain, or "".
func CodeOf(err error) string {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Code()
	}
	return ""
}

// HintOf gives the hint of the first Fault in err's chain, or "".
func HintOf(err error) string {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.Hint
	}
	return ""
}

// NameHint says what a person can do where the name of a host led to no address:
// looking at the device itself would be in vain. "" for any other error.
func NameHint(err error) string {
	d, ok := errors.AsType[*net.DNSError](err)
	switch {
	case !ok:
		return ""
	case d.IsNotFound:
		return fmt.Sprintf("the network knows no name %q: correct it, have it added to the name server (DNS), or name the IP address instead", d.Name)
	}
	return fmt.Sprintf("no name server (DNS) says where %q is: check this machine's network and name server, or name the IP address instead", d.Name)
}
