package catalogue

import (
	"slices"

	"dcedge/edge"
)

// Match is one thing that a code may name. Kind is tote, location, item, cell,
// dock, container, box (a box type) or worker.
type Match struct {
	Kind     string
	ID       string
	Client   string // of an item
	Quantity int    // pieces that one scan of it counts, of an item
}

// Snapshot is the catalogue at one instant. The zero value is not usable: see
// New. All methods are safe for concurrent use; what they return is shared and
// must not be changed.
type Snapshot struct {
	clients   *table[*edge.ClientRecord]
	workers   *table[*edge.WorkerRecord]
	skus      *table[*edge.SKURecord] // by Key(client, id)
	locations *table[*edge.LocationRecord]
	totes     *table[*edge.ToteRecord]
	cells     *table[*edge.CellRecord]
	docks     *table[*edge.DockRecord]
	boxTypes  *table[*edge.BoxTypeRecord]
	carriers  *table[*edge.CarrierRecord]
	trips     *table[*edge.TripRecord]
	lanes     *table[*edge.LaneRecord]
	others    *table[*edge.OtherRecord] // by Key(kind, id)
	codes     *table[[]Match]           // by code, as Canonical gives it
	retired   *table[*edge.SKURecord]   // articles that are gone, as skus
	oldCodes  *table[[]Match]           // of those, as codes
	ranges    []*edge.ToteRange
	walk      map[string]place // by location

	containers *table[*edge.ContainerRecord]
	crates     []*edge.ContainerRange
	uses       map[string][]string // of places: see Places
}

// New makes an empty catalogue.
func New() *Snapshot {
	return &Snapshot{
		clients: newTable[*edge.ClientRecord](), workers: newTable[*edge.WorkerRecord](),
		skus: newTable[*edge.SKURecord](), locations: newTable[*edge.LocationRecord](),
		totes: newTable[*edge.ToteRecord](), cells: newTable[*edge.CellRecord](),
		docks: newTable[*edge.DockRecord](), boxTypes: newTable[*edge.BoxTypeRecord](),
		carriers: newTable[*edge.CarrierRecord](), trips: newTable[*edge.TripRecord](),
		lanes: newTable[*edge.LaneRecord](), others: newTable[*edge.OtherRecord](), codes: newTable[[]Match](),
		containers: newTable[*edge.ContainerRecord](), retired: newTable[*edge.SKURecord](), oldCodes: newTable[[]Match](),
	}
}

// Key joins two ids; neither may hold a NUL, which the reference reader
// refuses.
func Key(a, b string) string { return a + "\x00" + b }

// Client finds a client by id.
func (s *Snapshot) Client(id string) *edge.ClientRecord { v, _ := s.clients.get(id); return v }

// Worker finds a worker by id.
func (s *Snapshot) Worker(id string) *edge.WorkerRecord { v, _ := s.workers.get(id); return v }

// SKU finds an article of a client that new orders may name.
func (s *Snapshot) SKU(client, id string) *edge.SKURecord {
	v, _ := s.skus.get(Key(client, id))
	return v
}

// Location finds a place by id.
func (s *Snapshot) Location(id string) *edge.LocationRecord { v, _ := s.locations.get(id); return v }

// Cell finds a cell of a put wall by id.
func (s *Snapshot) Cell(id string) *edge.CellRecord { v, _ := s.cells.get(id); return v }

// Cells lists all cells in the order of their ids.
func (s *Snapshot) Cells() []*edge.CellRecord { return sorted(s.cells) }

// Wall is how many cells there are, and tells in no order which of them counts says
// yes to, until there are more than enough.
func (s *Snapshot) Wall(enough int, counts func(id string) bool) (cells, yes int) {
	s.cells.each(func(id string, _ *edge.CellRecord) {
		if yes <= enough && counts(id) {
			yes++
		}
	})
	return s.cells.n, yes
}

// Dock finds a dock by id.
func (s *Snapshot) Dock(id string) *edge.DockRecord { v, _ := s.docks.get(id); return v }

// BoxType finds a box type by id.
func (s *Snapshot) BoxType(id string) *edge.BoxTypeRecord { v, _ := s.boxTypes.get(id); return v }

// BoxTypes lists all box types in the order of their ids.
func (s *Snapshot) BoxTypes() []*edge.BoxTypeRecord { return sorted(s.boxTypes) }

// HasBoxTypes tells that there are any.
func (s *Snapshot) HasBoxTypes() bool { return s.boxTypes.n > 0 }

// Carrier finds a carrier by id.
func (s *Snapshot) Carrier(id string) *edge.CarrierRecord { v, _ := s.carriers.get(id); return v }

// Trip finds a trip by id.
func (s *Snapshot) Trip(id string) *edge.TripRecord { v, _ := s.trips.get(id); return v }

// Lane finds a lane by id.
func (s *Snapshot) Lane(id string) *edge.LaneRecord { v, _ := s.lanes.get(id); return v }

// Lanes lists all lanes in the order of their ids.
func (s *Snapshot) Lanes() []*edge.LaneRecord { return sorted(s.lanes) }

// Docks lists all docks in the order of their ids.
func (s *Snapshot) Docks() []*edge.DockRecord { return sorted(s.docks) }

// Trips lists all trips in the order of their ids.
func (s *Snapshot) Trips() []*edge.TripRecord { return sorted(s.trips) }

// Clients lists all clients in the order of their ids.
func (s *Snapshot) Clients() []*edge.ClientRecord { return sorted(s.clients) }

// Carriers lists all carriers in the order of their ids.
func (s *Snapshot) Carriers() []*edge.CarrierRecord { return sorted(s.carriers) }

// Workers lists all workers in the order of their ids.
func (s *Snapshot) Workers() []*edge.WorkerRecord { return sorted(s.workers) }

// Counts tells how many records of each kind there are.
func (s *Snapshot) Counts() map[string]int {
	return map[string]int{"client": s.clients.n, "worker": s.workers.n, "sku": s.skus.n, "location": s.locations.n,
		"tote": s.totes.n, "toteRange": len(s.ranges), "cell": s.cells.n, "dock": s.docks.n,
		"boxType": s.boxTypes.n, "carrier": s.carriers.n, "trip": s.trips.n, "lane": s.lanes.n, "other": s.others.n,
		"container": s.containers.n, "containerRange": len(s.crates)}
}

// Resolve gives what a code may name, in a fixed order; nil: nothing.
func (s *Snapshot) Resolve(code string) []Match {
	m, _ := s.codes.get(Canonical(code))
	if s.inRange(code) && !slices.ContainsFunc(m, func(x Match) bool { return x.Kind == "tote" && x.ID == code }) {
		return append([]Match{{Kind: "tote", ID: code}}, m...)
	}
	if len(s.crates) > 0 {
		id := Canonical(code)
		if s.crateRange(id) != nil && !slices.ContainsFunc(m, func(x Match) bool { return x.Kind == kindContainer && x.ID == id }) {
			return append([]Match{{Kind: kindContainer, ID: id}}, m...)
		}
	}
	return m
}

func (s *Snapshot) inRange(code string) bool {
	for _, r := range s.ranges {
		if len(code) == len(r.First) && code >= r.First && code <= r.Last && digitsFrom(code, r.First) {
			return true
		}
	}
	return false
}

// digitsFrom tells whether code is like first but for digits at its end.
func digitsFrom(code, first string) bool {
	i := len(first)
	for i > 0 && first[i-1] >= '0' && first[i-1] <= '9' {
		i--
	}
	if code[:i] != first[:i] {
		return false
	}
	for _, c := range []byte(code[i:]) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func sorted[V any](t *table[V]) []V {
	keys := make([]string, 0, t.n)
	t.each(func(k string, _ V) { keys = append(keys, k) })
	slices.Sort(keys)
	out := make([]V, len(keys))
	for i, k := range keys {
		out[i], _ = t.get(k)
	}
	return out
}
