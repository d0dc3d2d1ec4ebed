package edge

import (
	"cmp"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// WireJSON encodes a value as encoding/json does, but for times: each is written in
// TimeLayout and in the site's zone, whatever struct it stands in. What keeps the state
// and what leaves it may so be one struct.
func WireJSON(v any, zone *time.Location) ([]byte, error) {
	return wire{zone}.append(nil, reflect.ValueOf(v))
}

type wire struct{ zone *time.Location }

func (w wire) append(b []byte, v reflect.Value) ([]byte, error) {
	if !v.IsValid() {
		return append(b, "null"...), nil
	}
	if t, ok := v.Interface().(time.Time); ok {
		return w.time(b, t)
	}
	if ownJSON(v) {
		return appendOther(b, v)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return w.append(b, v.Elem())
	case reflect.String:
		return AppendQuoted(b, v.String()), nil
	case reflect.Struct:
		return w.object(b, v)
	case reflect.Map:
		if v.IsNil() || v.Type().Key().Kind() != reflect.String {
			return appendOther(b, v)
		}
		return w.mapped(b, v)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && (v.IsNil() || v.Type().Elem().Kind() == reflect.Uint8) {
			return appendOther(b, v)
		}
		return w.list(b, v)
	}
	return appendOther(b, v)
}

func (w wire) time(b []byte, t time.Time) ([]byte, error) {
	if t = t.In(w.zone); t.Year() < 0 || t.Year() > 9999 {
		return nil, fmt.Errorf("edge: the year %d is none of RFC 3339", t.Year())
	}
	return append(AppendTime(append(b, '"'), t), '"'), nil
}

func (w wire) list(b []byte, v reflect.Value) (_ []byte, err error) {
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = w.append(b, v.Index(i)); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func (w wire) mapped(b []byte, v reflect.Value) (_ []byte, err error) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(x, y reflect.Value) int { return cmp.Compare(x.String(), y.String()) })
	b = append(b, '{')
	for i, k := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(AppendQuoted(b, k.String()), ':')
		if b, err = w.append(b, v.MapIndex(k)); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func (w wire) object(b []byte, v reflect.Value) (_ []byte, err error) {
	b = append(b, '{')
	first := true
	for _, f := range wireFields(v.Type()) {
		member, err := v.FieldByIndexErr(f.index)
		if err != nil || f.leftOut(member) { // nothing stands in an embedded pointer that is nil
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(AppendQuoted(b, f.name), ':')
		if b, err = w.append(b, member); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// ownJSON tells that a type says itself what it is as JSON.
func ownJSON(v reflect.Value) bool {
	if v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer && (v.IsNil() || v.Type().Elem() == reflect.TypeFor[time.Time]()) {
		return false
	}
	switch v.Interface().(type) {
	case json.Marshaler, encoding.TextMarshaler:
		return true
	}
	return false
}

func appendOther(b []byte, v reflect.Value) ([]byte, error) {
	text, err := json.Marshal(v.Interface())
	return append(b, text...), err
}

// wireField is a field that encoding/json would write.
type wireField struct {
	name                string
	index               []int
	omitEmpty, omitZero bool
}

func (f *wireField) leftOut(v reflect.Value) bool {
	if f.omitZero {
		if z, ok := v.Interface().(interface{ IsZero() bool }); ok && !(v.Kind() == reflect.Pointer && v.IsNil()) {
			return z.IsZero()
		}
		return v.IsZero()
	}
	if !f.omitEmpty {
		return false
	}
	switch v.Kind() {
	case reflect.Struct:
		return false
	case reflect.Slice, reflect.Map, reflect.String, reflect.Array:
		return v.Len() == 0
	}
	return v.IsZero()
}

// wireFields lists the fields of a struct, those of embedded ones in their place; of
// one name the outermost stands.
func wireFields(t reflect.Type) []wireField {
	var out []wireField
	at := map[string]int{}
	for _, x := range ownFields(t, nil) {
		switch i, there := at[x.name]; {
		case !there:
			at[x.name] = len(out)
			out = append(out, x)
		case len(x.index) < len(out[i].index):
			out[i] = x
		}
	}
	return out
}

func ownFields(t reflect.Type, above []int) (out []wireField) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		index := append(slices.Clip(above), i)
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		switch {
		case name == "-" && options == "":
		case f.Anonymous && name == "" && inner.Kind() == reflect.Struct:
			out = append(out, ownFields(inner, index)...)
		case f.IsExported():
			x := wireField{name: cmp.Or(name, f.Name), index: index}
			for o := range strings.SplitSeq(options, ",") {
				x.omitEmpty, x.omitZero = x.omitEmpty || o == "omitempty", x.omitZero || o == "omitzero"
			}
			out = append(out, x)
		}
	}
	return out
}
