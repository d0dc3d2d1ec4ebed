package catalogue

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"dcedge/edge"
)

// Edit collects changes and makes the next Snapshot. It is for one goroutine.
type Edit struct {
	clients   *draft[*edge.ClientRecord]
	workers   *draft[*edge.WorkerRecord]
	skus      *draft[*edge.SKURecord]
	locations *draft[*edge.LocationRecord]
	totes     *draft[*edge.ToteRecord]
	cells     *draft[*edge.CellRecord]
	docks     *draft[*edge.DockRecord]
	boxTypes  *draft[*edge.BoxTypeRecord]
	carriers  *draft[*edge.CarrierRecord]
	trips     *draft[*edge.TripRecord]
	lanes     *draft[*edge.LaneRecord]
	others    *draft[*edge.OtherRecord]
	codes     *draft[[]Match]
	retired   *draft[*edge.SKURecord]
	oldCodes  *draft[[]Match]
	ranges    []*edge.ToteRange
	walk      map[string]place // of the snapshot that the edit began with

	containers *draft[*edge.ContainerRecord]
	crates     []*edge.ContainerRange
	uses       map[string][]string // replaced, never written to
}

// Edit begins the next snapshot.
func (s *Snapshot) Edit() *Edit {
	return &Edit{clients: s.clients.draft(), workers: s.workers.draft(), skus: s.skus.draft(),
		locations: s.locations.draft(), totes: s.totes.draft(), cells: s.cells.draft(), docks: s.docks.draft(),
		boxTypes: s.boxTypes.draft(), carriers: s.carriers.draft(), trips: s.trips.draft(), lanes: s.lanes.draft(), others: s.others.draft(),
		codes: s.codes.draft(), retired: s.retired.draft(), oldCodes: s.oldCodes.draft(), ranges: slices.Clone(s.ranges), walk: s.walk,
		containers: s.containers.draft(), crates: slices.Clone(s.crates), uses: s.uses}
}

// Snapshot ends the edit.
func (e *Edit) Snapshot() *Snapshot {
	locations := e.locations.freeze()
	if e.locations.dirty {
		e.walk = walks(locations)
	}
	return &Snapshot{clients: e.clients.freeze(), workers: e.workers.freeze(), skus: e.skus.freeze(),
		locations: locations, totes: e.totes.freeze(), cells: e.cells.freeze(), docks: e.docks.freeze(),
		boxTypes: e.boxTypes.freeze(), carriers: e.carriers.freeze(), trips: e.trips.freeze(), lanes: e.lanes.freeze(), others: e.others.freeze(),
		codes: e.codes.freeze(), retired: e.retired.freeze(), oldCodes: e.oldCodes.freeze(), ranges: e.ranges, walk: e.walk, containers: e.containers.freeze(), crates: e.crates, uses: e.uses}
}

// After gives a record as it stands once it came after what is held of it: but for a
// lane's plan, and an article that is gone and stays as it was last, as it came.
func (e *Edit) After(record any, gone bool) any {
	switch r := record.(type) {
	case *edge.LaneRecord:
		if !gone {
			old, _ := e.lanes.get(r.ID)
			return r.After(old)
		}
	case *edge.SKURecord:
		if old, had := e.skus.get(Key(r.Client, r.ID)); gone && had {
			return old
		}
	}
	return record
}

// Put takes a pointer to one of the catalogue records of package edge, or with
// gone retires it, and tells whether that changed anything.
func (e *Edit) Put(record any, gone bool) (changed bool, err error) {
	switch r := record.(type) {
	case *edge.ClientRecord:
		return upsert(e, e.clients, r.ID, r, gone, nil), nil
	case *edge.WorkerRecord:
		return upsert(e, e.workers, r.ID, r, gone, func(w *edge.WorkerRecord) []coded {
			return []coded{{w.Badge, Match{Kind: "worker", ID: w.ID}}}
		}), nil
	case *edge.SKURecord:
		return e.putSKU(r, gone), nil
	case *edge.LocationRecord:
		was, now := "", r.Use
		if old, had := e.locations.get(r.ID); had {
			was = old.Use
		}
		if gone {
			now = ""
		}
		e.keepUse(r.ID, was, now)
		return upsert(e, e.locations, r.ID, r, gone, func(l *edge.LocationRecord) []coded {
			return []coded{{orID(l.Barcode, l.ID), Match{Kind: "location", ID: l.ID}}}
		}), nil
	case *edge.ToteRecord:
		return upsert(e, e.totes, r.ID, r, gone, func(t *edge.ToteRecord) []coded {
			return []coded{{t.ID, Match{Kind: "tote", ID: t.ID}}}
		}), nil
	case *edge.CellRecord:
		return upsert(e, e.cells, r.ID, r, gone, func(c *edge.CellRecord) []coded {
			return []coded{{orID(c.Barcode, c.ID), Match{Kind: "cell", ID: c.ID}}}
		}), nil
	case *edge.DockRecord:
		return upsert(e, e.docks, r.ID, r, gone, func(d *edge.DockRecord) []coded {
			return []coded{{orID(d.Barcode, d.ID), Match{Kind: "dock", ID: d.ID}}}
		}), nil
	case *edge.BoxTypeRecord:
		return upsert(e, e.boxTypes, r.ID, r, gone, func(b *edge.BoxTypeRecord) []coded {
			return []coded{{orID(b.Barcode, b.ID), Match{Kind: "box", ID: b.ID}}}
		}), nil
	case *edge.CarrierRecord:
		return upsert(e, e.carriers, r.ID, r, gone, nil), nil
	case *edge.TripRecord:
		return upsert(e, e.trips, r.ID, r, gone, nil), nil
	case *edge.LaneRecord:
		return upsert(e, e.lanes, r.ID, r, gone, nil), nil
	case *edge.OtherRecord:
		return upsert(e, e.others, Key(r.Kind, r.ID), r, gone, nil), nil
	case *edge.ToteRange:
		return e.putRange(r, gone), nil
	case *edge.ContainerRecord:
		return upsert(e, e.containers, r.ID, r, gone, func(c *edge.ContainerRecord) []coded {
			return []coded{{orID(c.Barcode, c.ID), Match{Kind: kindContainer, ID: c.ID}}}
		}), nil
	case *edge.ContainerRange:
		return e.putCrates(r, gone), nil
	}
	return false, fmt.Errorf("catalogue: %T is no catalogue record", record)
}

type coded struct {
	code  string
	match Match
}

func skuCodes(s *edge.SKURecord) []coded {
	out := make([]coded, 0, len(s.Barcodes))
	for _, b := range s.Barcodes {
		out = append(out, coded{b.Code, Match{Kind: "item", ID: s.ID, Client: s.Client, Quantity: max(1, b.Quantity)}})
	}
	return out
}

func orID(code, id string) string {
	if code != "" {
		return code
	}
	return id
}

func upsert[V any](e *Edit, d *draft[*V], key string, v *V, gone bool, codes func(*V) []coded) bool {
	old, had := d.get(key)
	if gone && !had || !gone && had && same(old, v) {
		return false
	}
	if had && codes != nil {
		for _, c := range codes(old) {
			dropCode(e.codes, c)
		}
	}
	if gone {
		d.remove(key)
		return true
	}
	d.put(key, v)
	if codes != nil {
		for _, c := range codes(v) {
			addCode(e.codes, c)
		}
	}
	return true
}

func addCode(codes *draft[[]Match], c coded) {
	k := Canonical(c.code)
	if k == "" {
		return
	}
	old, _ := codes.get(k)
	if slices.Contains(old, c.match) {
		return
	}
	next := append(slices.Clone(old), c.match)
	slices.SortFunc(next, func(a, b Match) int {
		return bytes.Compare([]byte(a.Kind+"\x00"+a.Client+"\x00"+a.ID), []byte(b.Kind+"\x00"+b.Client+"\x00"+b.ID))
	})
	codes.put(k, next)
}

func dropCode(codes *draft[[]Match], c coded) {
	k := Canonical(c.code)
	old, _ := codes.get(k)
	next := slices.DeleteFunc(slices.Clone(old), func(m Match) bool { return m == c.match })
	if len(next) == 0 {
		codes.remove(k)
		return
	}
	codes.put(k, next)
}

func (e *Edit) putRange(r *edge.ToteRange, gone bool) bool {
	i := slices.IndexFunc(e.ranges, func(x *edge.ToteRange) bool { return x.ID == r.ID })
	switch {
	case gone && i < 0, !gone && i >= 0 && *e.ranges[i] == *r:
		return false
	case gone:
		e.ranges = slices.Delete(e.ranges, i, i+1)
	case i >= 0:
		e.ranges[i] = r
	default:
		e.ranges = append(e.ranges, r)
	}
	return true
}

// same compares two records by their JSON: the form in which they are kept.
func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
