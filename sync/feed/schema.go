package feed

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"dcedge/edge"
)

// Types lists the types of events that this edge writes.
func Types() []edge.Type { return edge.Types() }

type object = map[string]any

// Schema is the JSON Schema (2020-12) of an event line, made from the data
// types themselves. Types and members may be added; a member's type and meaning
// never change within a v.
func Schema() ([]byte, error) {
	defs := object{}
	var cases []object
	for _, t := range Types() {
		data := edge.NewData(t)
		if data == nil {
			return nil, fmt.Errorf("feed: event type %s has no data", t)
		}
		of := reflect.TypeOf(data).Elem()
		defs[of.Name()] = schemaOf(of)
		cases = append(cases, object{
			"if":   object{"properties": object{"type": object{"const": string(t)}, "v": object{"const": 1}}, "required": []string{"type", "v"}},
			"then": object{"properties": object{"data": object{"$ref": "#/$defs/" + of.Name()}}},
		})
	}
	text := object{"type": "string"}
	return json.MarshalIndent(object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "Event of the floor",
		"description": "One line of GET /sync/v1/events behind the head. Unknown types and members are to be kept, not refused. No member holds personal data.",
		"type":        "object",
		"required":    []string{"seq", "at", "type", "v", "data"},
		"properties": object{
			"seq": object{"type": "integer", "minimum": 1}, "at": object{"type": "string", "format": "date-time"},
			"type": text, "v": object{"type": "integer", "minimum": 1},
			"scan": object{"type": "string", "format": "uuid"}, "device": text, "worker": text, "client": text, "order": text,
			"deviceAt": object{"type": "string", "format": "date-time"},
			"practice": object{"type": "boolean", "description": "somebody practised: no goods moved. Keep the event, act on nothing of it."},
			"manual":   object{"type": "boolean", "description": "done by paper and entered afterwards; paper.entered of the same scan says by whom, when and why."},
			"data":     object{"type": "object"},
		},
		"allOf": cases,
		"$defs": defs,
	}, "", " ")
}

// schemaOf describes a Go type by its JSON form. What may be empty is left out
// on the wire, so no member of data is required.
func schemaOf(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		return schemaOf(t.Elem())
	case t.Kind() == reflect.String:
		return object{"type": "string"}
	case t.Kind() == reflect.Bool:
		return object{"type": "boolean"}
	case slices.Contains([]reflect.Kind{reflect.Int, reflect.Int64}, t.Kind()):
		return object{"type": "integer"}
	case slices.Contains([]reflect.Kind{reflect.Uint, reflect.Uint64}, t.Kind()):
		return object{"type": "integer", "minimum": 0}
	case t.Kind() == reflect.Slice:
		return object{"type": "array", "items": schemaOf(t.Elem())}
	case t.Kind() == reflect.Struct:
		members := object{}
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			if in := t.Field(i); in.Anonymous && name == "" { // its members stand among the others
				if more, ok := schemaOf(in.Type)["properties"].(object); ok {
					maps.Copy(members, more)
				}
				continue
			}
			if name != "" && name != "-" {
				members[name] = schemaOf(t.Field(i).Type)
			}
		}
		return object{"type": "object", "properties": members}
	}
	return object{}
}
