package edge

import "time"

// ListPrefix begins the keys of lists in the table TableSite: client NUL id
// follow.
const ListPrefix = "list\x00"

// List is orders that are to be picked together: sent by the WMS (record
// pickList) or formed here. An order on a list of the WMS is given out with it
// and not otherwise; one on a list that was formed here may still be picked alone.
type List struct {
	ID        string    `json:"id"`
	Client    string    `json:"client"`
	Mode      string    `json:"mode"`               // cluster | total
	Own       bool      `json:"own,omitempty"`      // formed here
	Orders    []string  `json:"orders,omitempty"`   // that wait on it
	Unknown   []string  `json:"unknown,omitempty"`  // that it names and nobody has told of yet
	Cutoff    time.Time `json:"cutoff,omitzero"`    // the earliest of its orders
	Priority  int       `json:"priority,omitempty"` // the highest of them
	ReleaseAt time.Time `json:"releaseAt,omitzero"` // not to be given out before
	Seq       uint64    `json:"seq"`                // of its event: the older first
}

// PickListReceived is the data of pickList.received and pickList.formed.
type PickListReceived struct {
	PickList  string    `json:"pickList"`
	Orders    []string  `json:"orders"`
	Mode      string    `json:"mode,omitempty"`
	ReleaseAt time.Time `json:"releaseAt,omitzero"`
	Zone      string    `json:"zone,omitempty"`   // formed: all of it lies there
	Single    bool      `json:"single,omitempty"` // formed: orders of one piece, for the fast line
}

// AppendJSON implements Data.
func (d *PickListReceived) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("pickList", d.PickList)
	w.key("orders")
	w.b = appendStrings(w.b, d.Orders)
	w.str("mode", d.Mode)
	w.time("releaseAt", d.ReleaseAt)
	w.str("zone", d.Zone)
	w.yes("single", d.Single)
	return w.end()
}

// PickList is kind pickList, or what was planned here (message kind Plan, whose
// PickList is "" and given by the floor).
type PickList struct {
	PickListReceived
	Client string
}
