package config

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"
)

// decoder copies a TOML tree into a Config and notes every fault on its way.
type decoder struct {
	places map[string]place // by path
	faults []Fault
	pinOf  map[string]string // device, by pin
	lineOf map[string]string // device, by the line that it is opened at
}

// fault notes one; it stands at the line of the path or of its nearest parent.
func (d *decoder) fault(path, what string, args ...any) {
	var at place
	for p := path; p != "" && at.line == 0; {
		at = d.places[p]
		i := strings.LastIndexAny(p, ".[")
		if i < 0 {
			break
		}
		p = p[:i]
	}
	d.faults = append(d.faults, Fault{Line: at.line, Column: at.column, Path: path, What: fmt.Sprintf(what, args...)})
}

func (d *decoder) object(into any, tree map[string]any) {
	d.fields(reflect.ValueOf(into).Elem(), tree, "")
}

func (d *decoder) fields(v reflect.Value, tree map[string]any, path string) {
	known := map[string]reflect.Value{}
	for i := range v.NumField() {
		if tag := v.Type().Field(i).Tag.Get("toml"); tag != "" {
			known[tag] = v.Field(i)
		}
	}
	for key, value := range tree {
		at := join(path, key)
		field, ok := known[key]
		if !ok {
			d.fault(at, "unknown key; known here: %s", keys(known))
			continue
		}
		d.value(field, value, at)
	}
}

func (d *decoder) value(v reflect.Value, x any, path string) {
	if v.Type() == reflect.TypeFor[Duration]() {
		s, ok := x.(string)
		dur, err := parseDuration(s)
		if !ok || err != nil {
			d.fault(path, `wants a duration such as "90s", "12h" or "400d"`)
			return
		}
		v.SetInt(int64(dur))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(v.Elem(), x, path)
	case reflect.Struct:
		t, ok := x.(map[string]any)
		if !ok {
			d.fault(path, "wants a table")
			return
		}
		d.fields(v, t, path)
	case reflect.Slice:
		d.list(v, x, path)
	default:
		d.scalar(v, x, path)
	}
}

func (d *decoder) list(v reflect.Value, x any, path string) {
	list, ok := x.([]any)
	if !ok {
		what := "wants a list"
		if v.Type().Elem().Kind() == reflect.Struct {
			what = "wants a table of its own in double brackets: [[" + path + "]]"
		}
		d.fault(path, "%s", what)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
	for i, item := range list {
		d.value(v.Index(i), item, path+"["+strconv.Itoa(i)+"]")
	}
}

func (d *decoder) scalar(v reflect.Value, x any, path string) {
	switch v.Kind() {
	case reflect.String:
		if s, ok := x.(string); ok {
			v.SetString(s)
			return
		}
		d.fault(path, "wants a text in quotes")
	case reflect.Bool:
		if b, ok := x.(bool); ok {
			v.SetBool(b)
			return
		}
		d.fault(path, "wants true or false")
	case reflect.Int:
		if n, ok := x.(int64); ok {
			v.SetInt(n)
			return
		}
		d.fault(path, "wants a whole number")
	default:
		d.fault(path, "cannot be set")
	}
}

func parseDuration(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 0 || n > 36500 {
			return 0, fmt.Errorf("config: %q is no number of days", s)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	return time.ParseDuration(s)
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func keys(m map[string]reflect.Value) string {
	return strings.Join(sortedKeys(m), ", ")
}

// place is where something stands in a text: line and byte of the line, from 1.
type place struct{ line, column int }

// placesOf finds every key and table of a text that parses.
func placesOf(text []byte) map[string]place {
	places := map[string]place{}
	counts := map[string]int{} // tables in double brackets, by their path without the last number
	p := unstable.Parser{}
	p.Reset(text)
	table := ""
	for p.NextExpression() {
		e := p.Expression()
		var parts []string
		offset := 0
		for it := e.Key(); it.Next(); {
			if len(parts) == 0 {
				offset = int(it.Node().Raw.Offset)
			}
			parts = append(parts, string(it.Node().Data))
		}
		before := text[:min(offset, len(text))]
		at := place{1 + bytes.Count(before, []byte("\n")), len(before) - bytes.LastIndexByte(before, '\n')}
		switch e.Kind {
		case unstable.Table:
			table = pathOf(parts, counts)
			places[table] = at
		case unstable.ArrayTable:
			name := join(pathOf(parts[:len(parts)-1], counts), parts[len(parts)-1])
			table = name + "[" + strconv.Itoa(counts[name]) + "]"
			counts[name]++
			places[table] = at
		case unstable.KeyValue:
			places[join(table, strings.Join(parts, "."))] = at
		}
	}
	return places
}

// pathOf writes a table's name with the numbers of the tables in double brackets
// that it stands in: a list's newest one.
func pathOf(parts []string, counts map[string]int) string {
	path := ""
	for _, p := range parts {
		if path = join(path, p); counts[path] > 0 {
			path += "[" + strconv.Itoa(counts[path]-1) + "]"
		}
	}
	return path
}
