package store

import (
	"encoding/json"
	"fmt"
	"strings"

	"dcedge/edge"
	"dcedge/edge/catalogue"
)

// record is a line of the reference log and of the store's catalogue.
type record struct {
	Kind   string          `json:"kind"`
	Gone   bool            `json:"gone,omitempty"`
	Rev    *int64          `json:"rev,omitempty"`
	Body   json.RawMessage `json:"record"`
	key    string
	record any
}

func newRecord(c RecordChange) (record, error) {
	kind, id := identify(c.Record)
	if kind == "" || id == "" || strings.Contains(id, "\x00\x00") {
		return record{}, fmt.Errorf("%w: %T with id %q", ErrRecord, c.Record, id)
	}
	body, err := json.Marshal(c.Record)
	if err != nil {
		return record{}, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	return record{Kind: kind, Gone: c.Gone, Rev: c.Rev, Body: body, key: catalogue.Key(kind, id), record: c.Record}, nil
}

// forgotten tells that the store keeps nothing of a record: it is gone, no rev says what
// may come after it, and no goods bear its code as those of an article do.
func (r *record) forgotten() bool { return r.Gone && r.Rev == nil && r.Kind != "sku" }

// parseRecord reads a line that newRecord made.
func parseRecord(line []byte) (record, error) {
	var r record
	if err := json.Unmarshal(line, &r); err != nil {
		return record{}, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	if r.record = blank(r.Kind); r.record == nil {
		return record{}, fmt.Errorf("%w: kind %q", ErrRecord, r.Kind)
	}
	if err := json.Unmarshal(r.Body, r.record); err != nil {
		return record{}, fmt.Errorf("%w: %s: %w", ErrRecord, r.Kind, err)
	}
	_, id := identify(r.record)
	r.key = catalogue.Key(r.Kind, id)
	return r, nil
}

func blank(kind string) any {
	switch kind {
	case "client":
		return &edge.ClientRecord{}
	case "worker":
		return &edge.WorkerRecord{}
	case "sku":
		return &edge.SKURecord{}
	case "location":
		return &edge.LocationRecord{}
	case "tote":
		return &edge.ToteRecord{}
	case "toteRange":
		return &edge.ToteRange{}
	case "cell":
		return &edge.CellRecord{}
	case "dock":
		return &edge.DockRecord{}
	case "boxType":
		return &edge.BoxTypeRecord{}
	case "carrier":
		return &edge.CarrierRecord{}
	case "trip":
		return &edge.TripRecord{}
	case "lane":
		return &edge.LaneRecord{}
	case "container":
		return &edge.ContainerRecord{}
	case "containerRange":
		return &edge.ContainerRange{}
	case "other":
		return &edge.OtherRecord{}
	}
	return nil
}

func identify(rec any) (kind, id string) {
	switch r := rec.(type) {
	case *edge.ClientRecord:
		return "client", r.ID
	case *edge.WorkerRecord:
		return "worker", r.ID
	case *edge.SKURecord:
		return "sku", catalogue.Key(r.Client, r.ID)
	case *edge.LocationRecord:
		return "location", r.ID
	case *edge.ToteRecord:
		return "tote", r.ID
	case *edge.ToteRange:
		return "toteRange", r.ID
	case *edge.CellRecord:
		return "cell", r.ID
	case *edge.DockRecord:
		return "dock", r.ID
	case *edge.BoxTypeRecord:
		return "boxType", r.ID
	case *edge.CarrierRecord:
		return "carrier", r.ID
	case *edge.TripRecord:
		return "trip", r.ID
	case *edge.LaneRecord:
		return "lane", r.ID
	case *edge.ContainerRecord:
		return "container", r.ID
	case *edge.ContainerRange:
		return "containerRange", r.ID
	case *edge.OtherRecord:
		return "other", catalogue.Key(r.Kind, r.ID)
	}
	return "", ""
}
