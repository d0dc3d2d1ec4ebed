package edge

import "time"

// Policy is the part of the configuration that rules read. It is immutable.
type Policy struct {
	Site     string
	Epoch    string
	Zone     *time.Location // cut-offs are local to it
	HashKey  []byte         // of unknown scanned texts in events
	Pick     PickPolicy
	Load     LoadPolicy
	Stations []Station

	SeenWithin time.Duration // a packed box that no belt saw for so long is lost; 0: no belt sees every box
}

// PickPolicy is [pick] of the configuration.
type PickPolicy struct {
	Location string // always | mixed | never
	Type     string // afterFirst | always | never
	TypeFrom int    // fewer pieces than this are each scanned
	Zones    bool   // zones are picked one after the other, the tote is passed on
	Lines    int    // an order of more lines is picked alone, not in a wave; 0 is 3
	Pieces   int    // that a tote holds: a larger order is neither on a wave nor in a cluster; 0: not known
	Damaged  string // place where damaged pieces are brought; "": no task is made
	Cluster  int    // most orders that are picked at once; 0 is clusterMost, and idle screens do not offer it
	Wave     int    // most orders whose goods are picked together for a put wall; 0 is waveMost, and idle screens do not offer it
	AskEmpty bool   // after the last piece that is known to lie in a place: is it empty?
	Walk     string // sequence | serpentine; "" is sequence
	Drop     string // barcode of the drop place; "" ends the work with the last unit
}

// LoadPolicy is [load] of the configuration.
type LoadPolicy struct {
	// CollectHours after its truck closed a parcel is missed that the carrier has
	// not told of; 0: only those of clients who count a parcel as shipped then.
	CollectHours int
}

// Station is a pack desk.
type Station struct {
	Name     string
	Printers []string // the first working one prints
	Scale    string   // "": no scale, no weight is asked for
}

// Station finds a station by its name.
func (p *Policy) Station(name string) (Station, bool) {
	for _, s := range p.Stations {
		if s.Name == name {
			return s, true
		}
	}
	return Station{}, false
}
