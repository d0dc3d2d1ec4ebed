package reference

import (
	"encoding/json"
	"slices"
	"time"

	"dcedge/edge"
)

// record is one line that can be read.
type record struct {
	line     int
	body     any // pointer to a record of package edge
	ordered  bool
	gone     bool
	rev      *int64
	personal *edge.Personal
	pinHash  string
	base     string // of an order: its content without the recipient, to be hashed
}

// reader makes records; zone is the site's, now edge time.
type reader struct {
	zone *time.Location
	now  func() time.Time
}

const notJSON = "not one JSON object in UTF-8 without repeated names"

// read makes a record of a line.
func (rd *reader) read(line []byte) (*record, *refusal) {
	v, err := parse(line)
	if err != nil || v.kind != object {
		return nil, &refusal{edge.Malformed, notJSON}
	}
	f := newFields(&v)
	kind := f.str("kind", maxID)
	f.need("kind", kind != "")
	if f.failed() {
		return nil, f.bad
	}
	r := &record{gone: f.flag("gone"), rev: f.rev()}
	if catalogueKind(kind) || orderedKind(kind) {
		if !anonymousKind(kind) && f.id("id") == "" {
			f.fail(edge.IDMissing, "id")
		}
	}
	switch {
	case f.failed():
		return nil, f.bad
	case catalogueKind(kind):
		r.body = catalogueRecord(kind, f, r)
	case orderedKind(kind):
		r.ordered = true
		if r.gone && kind != "order" {
			f.fail(edge.FieldType, "gone")
			break
		}
		r.body = rd.orderedRecord(kind, f, r)
	default:
		return nil, &refusal{edge.UnknownKind, "kind"}
	}
	if f.failed() {
		return nil, f.bad
	}
	return r, nil
}

// The kinds of records. Those of the catalogue are upserts that no scan
// changes, those that are ordered go to the engine; the ones without an id of
// their own are anonymous.
func catalogueKinds() []string {
	return []string{"client", "worker", "location", "sku", "tote", "toteRange", "cell", "dock", "boxType", "carrier", "trip", "container", "containerRange",
		"lane", "calendar", "claim", "notifyReceipt"}
}

func orderedKinds() []string {
	return []string{"order", "orderChange", "return", "waybillRange", "stock", "pickList", "carrierScan"}
}

func anonymousKinds() []string { return []string{"stock", "calendar", "carrierScan", "notifyReceipt"} }

func catalogueKind(kind string) bool { return slices.Contains(catalogueKinds(), kind) }
func orderedKind(kind string) bool   { return slices.Contains(orderedKinds(), kind) }
func anonymousKind(kind string) bool { return slices.Contains(anonymousKinds(), kind) }

// other keeps the named members of a record that no rule reads yet; members
// without a name here are dropped, so nothing personal slips in.
func other(kind, id string, f *fields, texts ...string) *edge.OtherRecord {
	kept := map[string]string{}
	for _, name := range texts {
		if s := f.str(name, maxText); s != "" {
			kept[name] = s
		}
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		f.fail(edge.Malformed, "record")
	}
	return &edge.OtherRecord{Kind: kind, ID: id, Raw: raw}
}
