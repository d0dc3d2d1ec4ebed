package reference

import (
	"maps"
	"slices"
	"time"
)

// schema is a part of a JSON Schema (2020-12).
type schema map[string]any

// sketch is what the reading of an object asks for. The functions that read a
// record write it when they are given no record but a sketch to fill: so the
// schema cannot say anything else than what is checked.
type sketch struct {
	members  schema
	required []string
}

// note writes down a member; what was said of it before stays. A nil sketch
// takes nothing.
func (s *sketch) note(name string, what schema) {
	if s == nil {
		return
	}
	if before, ok := s.members[name].(schema); ok {
		maps.Copy(what, before)
	}
	s.members[name] = what
}

func (s *sketch) replace(name string, what schema) {
	if s != nil {
		s.members[name] = what
	}
}

// add says more of a member that was noted.
func (s *sketch) add(name, key string, what any) {
	if s == nil {
		return
	}
	if m, ok := s.members[name].(schema); ok {
		m[key] = what
	}
}

func (s *sketch) need(name string) {
	if !slices.Contains(s.required, name) {
		s.required = append(s.required, name)
	}
}

func (s *sketch) schema() schema {
	out := schema{"type": "object", "properties": s.members}
	if len(s.required) > 0 {
		out["required"] = s.required
	}
	return out
}

// sketched gives fields without a value that write down what they are asked.
func (f *fields) sketched() *fields {
	return &fields{v: &value{kind: object}, bad: &refusal{}, asks: &sketch{members: schema{}, required: []string{}}}
}

func (k kind) schema() string {
	return map[kind]string{boolean: "boolean", number: "number", text: "string", array: "array", object: "object"}[k]
}

// Schemas gives the JSON Schema of each kind of record by its name. Members
// that are not named are ignored and null counts as left out.
func Schemas() map[string]any {
	out := map[string]any{}
	for _, k := range slices.Concat(catalogueKinds(), orderedKinds()) {
		out[k] = schemaOf(k)
	}
	return out
}

// changeKinds are the changes of an order; those that want members of their own
// say so by what they read.
func changeKinds() []string {
	return []string{"cancel", "cancelLine", "reduceLine", "hold", "release", "readdress", "recarrier", "priority", "split"}
}

func schemaOf(kind string) schema {
	asks := asked(kind, "")
	asks.members["kind"] = schema{"const": kind}
	always := []string{"kind"}
	if !anonymousKind(kind) {
		always = append(always, "id")
	}
	out := schema{"type": "object", "properties": asks.members, "required": always}
	if orderedKind(kind) && kind != "order" {
		asks.members["gone"] = schema{"const": false}
		out["required"] = append(always, asks.required...)
	} else if len(asks.required) > 0 { // of a record that is gone only the id is read
		out["if"] = schema{"properties": schema{"gone": schema{"const": true}}, "required": []string{"gone"}}
		out["else"] = schema{"required": asks.required}
	}
	if kind != "orderChange" {
		return out
	}
	var cases []schema
	for _, c := range changeKinds() {
		more := slices.DeleteFunc(slices.Clone(asked(kind, c).required), func(n string) bool { return slices.Contains(asks.required, n) || n == "change" })
		if len(more) > 0 {
			cases = append(cases, schema{"if": schema{"properties": schema{"change": schema{"const": c}}, "required": []string{"change"}},
				"then": schema{"required": more}})
		}
	}
	out["allOf"] = cases
	return out
}

// asked has a record of a kind read from nothing but, of an order's change,
// which one it is.
func asked(kind, change string) *sketch {
	f := (&fields{}).sketched()
	if change != "" {
		f.v.names, f.v.items = []string{"change"}, []value{{kind: text, str: change}}
	}
	r := &record{gone: f.flag("gone"), rev: f.rev()}
	if catalogueKind(kind) {
		catalogueRecord(kind, f, r)
	} else {
		(&reader{zone: time.UTC, now: func() time.Time { return time.Time{} }}).orderedRecord(kind, f, r)
	}
	return f.asks
}
