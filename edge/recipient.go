package edge

import "log/slog"

// Recipient is whom a parcel goes to. It lives in the vault and on the label
// and nowhere else: formatted or logged it shows nothing of itself (invariant
// I13). Only encoding/json, which the vault uses under its seal, sees it whole.
type Recipient struct {
	Name          string `json:"name,omitempty"`
	Phone         string `json:"phone,omitempty"`
	SafeNumber    string `json:"safeNumber,omitempty"` // 050x: an alias that the carrier lent
	Postcode      string `json:"postcode,omitempty"`
	Address       string `json:"address,omitempty"`
	AddressDetail string `json:"addressDetail,omitempty"`
	Entrance      string `json:"entrance,omitempty"` // a door code is a secret
	Message       string `json:"message,omitempty"`
}

const redacted = "[recipient]"

// String shows nothing.
func (Recipient) String() string { return redacted }

// GoString shows nothing.
func (Recipient) GoString() string { return redacted }

// LogValue shows nothing.
func (Recipient) LogValue() slog.Value { return slog.StringValue(redacted) }

// Routing is where the carrier's network takes a parcel; nil: not sorted yet
// (미정제). AddressShort is personal data, so all of it lies in the vault.
type Routing struct {
	SortCode     string `json:"sortCode,omitempty"`
	SubCode      string `json:"subCode,omitempty"`
	Branch       string `json:"branch,omitempty"`
	Zone         string `json:"zone,omitempty"`
	AddressShort string `json:"addressShort,omitempty"`
	Version      string `json:"version,omitempty"`
}

// String shows nothing.
func (Routing) String() string { return "[routing]" }

// GoString shows nothing.
func (Routing) GoString() string { return "[routing]" }

// LogValue shows nothing.
func (Routing) LogValue() slog.Value { return slog.StringValue("[routing]") }

// Personal is one record of the vault: a recipient with the routing, a worker's
// name, or a note.
type Personal struct {
	Recipient  *Recipient `json:"recipient,omitempty"`
	Routing    *Routing   `json:"routing,omitempty"`
	WorkerName string     `json:"workerName,omitempty"`
	Note       string     `json:"note,omitempty"` // of a lead to the next one: it may name people
}

// String shows nothing.
func (Personal) String() string { return "[personal]" }

// GoString shows nothing.
func (Personal) GoString() string { return "[personal]" }

// LogValue shows nothing.
func (Personal) LogValue() slog.Value { return slog.StringValue("[personal]") }

// PersonalRef names one version of a record in the vault.
type PersonalRef struct {
	Ref     string // random; "" where there is nothing
	Version int    // from 1
}

// PersonalItem is one record for the vault: of an order, of a worker, or a note
// by its id.
type PersonalItem struct {
	Client, Order string
	Worker        string
	Note          string
	Data          Personal
}
