package reference

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

type node = map[string]any

// published is the schemas as a caller gets them.
func published(t *testing.T) map[string]node {
	b, err := json.Marshal(Schemas())
	require.NoError(t, err)
	var out map[string]node
	require.NoError(t, json.Unmarshal(b, &out))
	return out
}

func list(v any) []string {
	var out []string
	for _, x := range v.([]any) {
		out = append(out, x.(string))
	}
	return out
}

// needed are the members that a living record must have.
func needed(s node) []string {
	out := list(s["required"])
	if e, ok := s["else"].(node); ok {
		out = append(out, list(e["required"])...)
	}
	return out
}

// sample is a value that a schema takes.
func sample(s node) any {
	if c, ok := s["const"]; ok {
		return c
	}
	if e, ok := s["enum"].([]any); ok {
		return e[0]
	}
	switch s["type"] {
	case "integer", "number":
		return 7
	case "boolean":
		return true
	case "array":
		item := sample(s["items"].(node))
		if s["items"].(node)["type"] == "number" { // sizeMm: three of them
			return []any{item, item, item}
		}
		return []any{item}
	case "object":
		out := node{}
		if p, ok := s["properties"].(node); ok {
			for k, v := range p {
				out[k] = sample(v.(node))
			}
		}
		return out
	}
	switch s["format"] {
	case "date-time":
		return "2026-11-21T09:00:00+09:00"
	case "date":
		return "2026-11-21"
	}
	if p, ok := s["pattern"].(string); ok {
		if strings.Contains(p, ":") {
			return "12:00"
		}
		return "650000"
	}
	return "x1"
}

func whole(s node) node {
	v := sample(s).(node)
	v["gone"] = false
	for k, text := range map[string]string{"pinHash": "$argon2id$x", "cutoff": "12:00"} {
		if _, there := v[k]; there {
			v[k] = text
		}
	}
	if _, there := v["cutoffs"]; there {
		v["cutoffs"] = []string{"12:00"}
	}
	return v
}

func readNode(t *testing.T, v node) (*record, *refusal) {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	rd := &reader{zone: time.UTC, now: time.Now}
	return rd.read(b)
}

// TestSchemasSayWhatIsChecked: a record made from a kind's schema is taken;
// without any member that it requires, or with one of another type, it is
// refused with that member's name.
func TestSchemasSayWhatIsChecked(t *testing.T) {
	all := published(t)
	require.Len(t, all, len(catalogueKinds())+len(orderedKinds()))
	for kind, s := range all {
		t.Run(kind, func(t *testing.T) {
			_, bad := readNode(t, whole(s))
			require.Nil(t, bad, "%v", whole(s))
			need := needed(s)
			for _, name := range need {
				v := whole(s)
				delete(v, name)
				_, bad := readNode(t, v)
				require.NotNil(t, bad, "without %s", name)
				assert.Contains(t, []edge.Code{edge.FieldMissing, edge.IDMissing}, bad.code)
				assert.Equal(t, name, bad.detail)
			}
			for name := range s["properties"].(node) {
				v := whole(s)
				if v[name] = any(false); name == "gone" || s["properties"].(node)[name].(node)["type"] == "boolean" {
					v[name] = "x"
				}
				_, bad := readNode(t, v)
				require.NotNil(t, bad, "%s of another type", name)
				assert.Equal(t, edge.FieldType, bad.code, name)
				assert.Equal(t, name, bad.detail)
				if v = whole(s); !slices.Contains(need, name) {
					delete(v, name)
					_, bad = readNode(t, v)
					assert.Nil(t, bad, "%s may be left out", name)
				}
			}
		})
	}
}

// TestSchemaOfAChange: what a change wants beyond the rest stands beside it.
func TestSchemaOfAChange(t *testing.T) {
	s := published(t)["orderChange"]
	want := map[string][]string{}
	for _, c := range s["allOf"].([]any) {
		in := c.(node)
		want[in["if"].(node)["properties"].(node)["change"].(node)["const"].(string)] = list(in["then"].(node)["required"])
	}
	assert.Equal(t, map[string][]string{"cancelLine": {"line"}, "reduceLine": {"line", "quantity"}, "recarrier": {"carrier"},
		"priority": {"priority"}, "readdress": {"recipient"}}, want)
	for _, change := range changeKinds() {
		v := node{"kind": "orderChange", "id": "c", "rev": 1, "order": "1", "change": change, "line": "1", "quantity": 1, "carrier": "cj",
			"priority": 1, "recipient": node{"name": "x"}}
		_, bad := readNode(t, v)
		require.Nil(t, bad, change)
		for _, name := range want[change] {
			less := maps.Clone(v)
			delete(less, name)
			_, bad := readNode(t, less)
			require.NotNil(t, bad, "%s without %s", change, name)
			assert.Equal(t, refusal{edge.FieldMissing, name}, *bad)
		}
	}
}

// A hold without a reason is the WMS's own: the floor's screens say so.
func TestAHoldOfTheWMSIsNotTheLeads(t *testing.T) {
	v := node{"kind": "orderChange", "id": "c", "rev": 1, "order": "1", "change": "hold"}
	r, bad := readNode(t, v)
	require.Nil(t, bad)
	assert.Equal(t, "wms", r.body.(*edge.OrderChange).Reason)
	v["reason"] = "payment"
	r, _ = readNode(t, v)
	assert.Equal(t, "payment", r.body.(*edge.OrderChange).Reason)
}
