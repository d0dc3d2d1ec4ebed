package edge

import "time"

// Prefixes of the keys of rows that stand in the table TableSite; see stock.go.
const (
	ContainerPrefix = "container\x00"
	WatchPrefix     = "watch\x00"
	CasePrefix      = "case\x00"
)

// ContainerRecord is a roll cage, a bag or a pallet that boxes travel in.
type ContainerRecord struct {
	ID      string `json:"id"`
	Barcode string `json:"barcode,omitempty"` // "" is the id; an SSCC with or without its 00
	Carrier string `json:"carrier,omitempty"` // "": of whoever's boxes lie in it
}

// ContainerRange is a run of containers with equal prefix and width; of two
// SSCCs it is the run of the numbers in front of the check digit.
type ContainerRange struct {
	ID      string `json:"id"`
	First   string `json:"first"`
	Last    string `json:"last"`
	Carrier string `json:"carrier,omitempty"`
}

// Container is a container in use: from its first box until its truck closes or
// its last box is taken out.
type Container struct {
	ID      string    `json:"id"`
	Carrier string    `json:"carrier"`
	Route   string    `json:"route,omitempty"`
	Trip    string    `json:"trip,omitempty"`
	Departs time.Time `json:"departs,omitzero"` // of the trip
	Boxes   []string  `json:"boxes"`
	Closed  bool      `json:"closed,omitempty"`
	Truck   string    `json:"truck,omitempty"` // that it is on
	Opened  time.Time `json:"opened"`
	At      time.Time `json:"at"`
}

// ContainerEvent is the data of container.opened and container.closed.
type ContainerEvent struct {
	Container string    `json:"container"`
	Carrier   string    `json:"carrier"`
	Route     string    `json:"route,omitempty"`
	Trip      string    `json:"trip,omitempty"`
	Departs   time.Time `json:"departs,omitzero"` // of the trip; container.opened
	Boxes     int       `json:"boxes,omitempty"`  // container.closed
	Work      string    `json:"work,omitempty"`
}

// AppendJSON implements Data.
func (d *ContainerEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("container", d.Container)
	w.must("carrier", d.Carrier)
	w.str("route", d.Route)
	w.str("trip", d.Trip)
	w.time("departs", d.Departs)
	w.intIf("boxes", d.Boxes)
	w.str("work", d.Work)
	return w.end()
}

// BoxStowed is the data of box.stowed and box.unstowed: into a container, and
// out of it.
type BoxStowed struct {
	Box       string `json:"box"`
	Waybill   string `json:"waybill"`
	Attempt   string `json:"attempt,omitempty"`
	Container string `json:"container"`
	Reason    string `json:"reason,omitempty"` // of box.unstowed, where nobody took it out by hand
	Work      string `json:"work,omitempty"`
}

// AppendJSON implements Data.
func (d *BoxStowed) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("box", d.Box)
	w.must("waybill", d.Waybill)
	w.str("attempt", d.Attempt)
	w.must("container", d.Container)
	w.str("reason", d.Reason)
	w.str("work", d.Work)
	return w.end()
}

// The moments at which a client counts a parcel as shipped.
const (
	AtPacked      = "packed"
	AtLoaded      = "loaded"
	AtTruckClosed = "truckClosed"
	AtCollected   = "collected"
)

// BoxShipped is the data of box.shipConfirmed: one for each parcel.
type BoxShipped struct {
	Box       string `json:"box"`
	Waybill   string `json:"waybill"`
	Attempt   string `json:"attempt,omitempty"`
	Moment    string `json:"moment"` // packed | loaded | truckClosed | collected
	Truck     string `json:"truck,omitempty"`
	Trip      string `json:"trip,omitempty"`
	Container string `json:"container,omitempty"`
}

// AppendJSON implements Data.
func (d *BoxShipped) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("box", d.Box)
	w.must("waybill", d.Waybill)
	w.str("attempt", d.Attempt)
	w.must("moment", d.Moment)
	w.str("truck", d.Truck)
	w.str("trip", d.Trip)
	w.str("container", d.Container)
	return w.end()
}

// TruckChanged is the data of truck.changed: the vehicle at a dock was named, or
// another one stands there.
type TruckChanged struct {
	Truck   string `json:"truck"`
	Dock    string `json:"dock"`
	Carrier string `json:"carrier"`
	Trip    string `json:"trip,omitempty"`
	Vehicle string `json:"vehicle,omitempty"` // at most the last four characters of its plate
	Was     string `json:"was,omitempty"`
	Outcome string `json:"outcome,omitempty"` // what became of the boxes: moved | unloaded
	Loaded  int    `json:"loaded,omitempty"`  // boxes that it is about
	Reason  string `json:"reason,omitempty"`
	Work    string `json:"work,omitempty"`
}

// AppendJSON implements Data.
func (d *TruckChanged) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("truck", d.Truck)
	w.must("dock", d.Dock)
	w.must("carrier", d.Carrier)
	w.str("trip", d.Trip)
	w.str("vehicle", d.Vehicle)
	w.str("was", d.Was)
	w.str("outcome", d.Outcome)
	w.intIf("loaded", d.Loaded)
	w.str("reason", d.Reason)
	w.str("work", d.Work)
	return w.end()
}

// Watch is a parcel that left and whose collection the carrier has not told of.
type Watch struct {
	Number  string    `json:"number"`
	Box     string    `json:"box"`
	Order   string    `json:"order"`
	Client  string    `json:"client"`
	Carrier string    `json:"carrier"`
	Truck   string    `json:"truck"`
	Trip    string    `json:"trip,omitempty"`
	Closed  time.Time `json:"closed"`         // when its truck closed
	Due     time.Time `json:"due"`            // when it is missed
	Late    bool      `json:"late,omitempty"` // it was
	Shipped bool      `json:"shipped,omitempty"`
}

// BoxUncollected is the data of box.uncollected: the carrier has not told of a
// parcel in time.
type BoxUncollected struct {
	Box     string    `json:"box"`
	Waybill string    `json:"waybill"`
	Carrier string    `json:"carrier"`
	Truck   string    `json:"truck"`
	Trip    string    `json:"trip,omitempty"`
	Closed  time.Time `json:"closed"` // when its truck closed
	Case    string    `json:"case"`
}

// AppendJSON implements Data.
func (d *BoxUncollected) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("box", d.Box)
	w.must("waybill", d.Waybill)
	w.must("carrier", d.Carrier)
	w.must("truck", d.Truck)
	w.str("trip", d.Trip)
	w.instant("closed", d.Closed)
	w.must("case", d.Case)
	return w.end()
}
