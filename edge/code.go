package edge

// Code is a verdict's code: contracts' floor section 2. Each has its own sign
// on every screen.
type Code string

// The codes of verdicts on scans and acts.
const (
	OK         Code = "ok"
	Done       Code = "done"
	Wrong      Code = "wrong"
	Over       Code = "over"
	Duplicate  Code = "duplicate"
	Cancelled  Code = "cancelled"
	Hold       Code = "hold"
	Unknown    Code = "unknown"
	Unexpected Code = "unexpected"
	Denied     Code = "denied"
	Stale      Code = "stale"
	IDReused   Code = "idReused"
	NotYours   Code = "notYours"
	Internal   Code = "internal" // a rule panicked: the message was refused and kept for study
)

// The codes of answers to reference records (sync contract, section 2).
const (
	Accepted       Code = "accepted"
	Unchanged      Code = "unchanged"
	Malformed      Code = "malformed"
	UnknownKind    Code = "unknownKind"
	IDMissing      Code = "idMissing"
	FieldMissing   Code = "fieldMissing"
	FieldType      Code = "fieldType"
	Begun          Code = "begun"
	CancelledOrder Code = "cancelled"
	RangeConflict  Code = "rangeConflict"
	WrongEpoch     Code = "epoch"
)

// Positive tells whether a code accepts what was asked.
func (c Code) Positive() bool {
	return c == OK || c == Done || c == Accepted || c == Unchanged
}

// Flow is a kind of work.
type Flow string

// The flows of the floor.
const (
	Idle      Flow = "idle"
	Pick      Flow = "pick"
	Put       Flow = "put"
	Pack      Flow = "pack"
	Load      Flow = "load"
	Return    Flow = "return"
	Count     Flow = "count"
	Replenish Flow = "replenish"
	Hospital  Flow = "hospital"
)

// Role is what a worker may do.
type Role string

// The roles of people.
const (
	Picker  Role = "picker"
	Packer  Role = "packer"
	Loader  Role = "loader"
	Returns Role = "returns"
	Lead    Role = "lead"
	Admin   Role = "admin"
	Auditor Role = "auditor"
)
