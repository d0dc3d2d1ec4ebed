package edge

// Why a new epoch began.
const (
	EpochRestored   = "restored"         // from a backup
	EpochCopied     = "copied"           // the folder was somewhere else, or somebody else's
	EpochRolledBack = "rollbackDetected" // the folder ends before what its witness knows
	EpochNoWitness  = "witnessLost"      // nobody can tell whether it does
)

// HeldReconcile is the reason for which every open order is held when a new
// epoch begins, until the WMS pushes it again or tells of it.
const HeldReconcile = "reconcile"

// Reconcile is what the WMS tells after a new epoch has begun: what it saw
// behind the place where the epoch before was sealed. Several of them make one
// reconciliation; the last one is Done.
type Reconcile struct {
	Epoch    string // the present one
	Scans    []ID   // of scans and acts that were decided
	Orders   []ReconciledOrder
	Boxes    []ReconciledBox
	Waybills []ReconciledWaybill
	Leases   []WaybillRange // that were added
	Done     bool
}

// ReconciledOrder is an order and how far the WMS saw it come.
type ReconciledOrder struct {
	ID      string
	Client  string
	Carrier string
	Stage   OrderStage
}

// ReconciledBox is a box that the WMS saw closed, bound or loaded.
type ReconciledBox struct {
	ID      string
	Order   string
	Client  string
	Carrier string
	Waybill string
	N       int
	Stage   string // closed bound loaded
}

// Stages of a ReconciledBox.
const (
	ToldClosed = "closed"
	ToldBound  = "bound"
	ToldLoaded = "loaded"
)

// ReconciledWaybill is a number that was given out, wherever it is now.
type ReconciledWaybill struct {
	Number  string
	Carrier string
	Box     string
	Order   string
	Client  string
}

// EpochEvent is the data of epoch.opened, which closes the floor, and of
// epoch.reconciled, which opens it.
type EpochEvent struct {
	Epoch      string `json:"epoch"`
	Parent     string `json:"parent,omitempty"`
	ParentSeq  uint64 `json:"parentSeq,omitempty"`
	ParentHash string `json:"parentHash,omitempty"`
	Reason     string `json:"reason,omitempty"`
	Held       int    `json:"held,omitempty"` // epoch.opened: orders that are held until they are pushed again
}

// ReconciledScans is the data of scan.reconciled: ids of messages that were
// decided in a lost part of the epoch before.
type ReconciledScans struct {
	Scans []string `json:"scans"`
}

// ReconciledEvent is the data of order.reconciled and box.reconciled.
type ReconciledEvent struct {
	Stage   string `json:"stage"`
	Box     string `json:"box,omitempty"`
	Waybill string `json:"waybill,omitempty"`
	Carrier string `json:"carrier,omitempty"`
	Space   string `json:"space,omitempty"` // whose numbers Waybill is one of, where that is not the carrier's id
	N       int    `json:"n,omitempty"`
	OffList bool   `json:"offList,omitempty"` // the order stood on a pick list, which goes without it
}

// AppendJSON implements Data.
func (d *EpochEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("epoch", d.Epoch)
	w.str("parent", d.Parent)
	if d.ParentSeq != 0 {
		w.uint("parentSeq", d.ParentSeq)
	}
	w.str("parentHash", d.ParentHash)
	w.str("reason", d.Reason)
	w.intIf("held", d.Held)
	return w.end()
}

// AppendJSON implements Data.
func (d *ReconciledScans) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("scans")
	w.b = appendStrings(w.b, d.Scans)
	return w.end()
}

// AppendJSON implements Data.
func (d *ReconciledEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("stage", d.Stage)
	w.str("box", d.Box)
	w.str("waybill", d.Waybill)
	w.str("carrier", d.Carrier)
	w.str("space", d.Space)
	w.intIf("n", d.N)
	w.yes("offList", d.OffList)
	return w.end()
}
