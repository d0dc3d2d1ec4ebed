package edge

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// fill sets every field of a struct at random.
func fill(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "set") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			if rapid.Bool().Draw(t, "time") {
				v.Set(reflect.ValueOf(time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "ms")).In(time.FixedZone("", 9*3600))))
			}
			return
		}
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Slice:
		n := rapid.IntRange(0, 3).Draw(t, "n")
		if n == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(t, v.Index(i))
		}
	case reflect.String:
		v.SetString(rapid.StringN(0, 12, 40).Draw(t, "s"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64Range(-5, 1000).Draw(t, "i"))
	case reflect.Uint64:
		v.SetUint(rapid.Uint64Range(0, 1<<50).Draw(t, "u"))
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Uint8:
		v.SetUint(uint64(rapid.Byte().Draw(t, "byte")))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "b"))
	default:
		t.Fatalf("fill: %s", v.Kind())
	}
}

// TestAppendJSONWritesWhatEncodingJSONWould compares as JSON values, with the
// standard library as the judge.
func TestAppendJSONWritesWhatEncodingJSONWould(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := NewData(rapid.SampledFrom(Types()).Draw(t, "type"))
		fill(t, reflect.ValueOf(d).Elem())
		want, err := json.Marshal(d)
		require.NoError(t, err)
		var a, b any
		require.NoError(t, json.Unmarshal(want, &a))
		got := d.AppendJSON(nil)
		require.NoError(t, json.Unmarshal(got, &b), "%s", got)
		normalTimes(a)
		normalTimes(b)
		assert.Equal(t, a, b, "%T", d)
	})
}

// normalTimes brings times to one notation: encoding/json leaves out trailing
// zeros of a fraction.
func normalTimes(v any) {
	if list, ok := v.([]any); ok {
		for _, x := range list {
			normalTimes(x)
		}
	}
	m, ok := v.(map[string]any)
	if !ok {
		return
	}
	for k, x := range m {
		if s, ok := x.(string); ok {
			if at, err := time.Parse(time.RFC3339Nano, s); err == nil {
				m[k] = at.Format(TimeLayout)
			}
		}
		normalTimes(x)
	}
}

// TestTypesAreAll reads the source: a type that is not listed would be missing in
// the schema and in these tests.
func TestTypesAreAll(t *testing.T) {
	src, err := os.ReadFile("eventtypes.go")
	require.NoError(t, err)
	named := regexp.MustCompile(`(?m)^\tEv\w+\s+Type = "([^"]+)"`).FindAllSubmatch(src, -1)
	var want []Type
	for _, m := range named {
		want = append(want, Type(m[1]))
	}
	assert.ElementsMatch(t, want, Types())
	for _, x := range Types() {
		assert.NotNil(t, NewData(x), x)
	}
}

func TestEventLineReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typ := rapid.SampledFrom(Types()).Draw(t, "type")
		e := Event{Seq: rapid.Uint64Range(1, 1<<50).Draw(t, "seq"), At: time.UnixMilli(1.7e12).In(time.UTC), Type: typ, V: 1,
			Worker: rapid.String().Draw(t, "worker"), Order: rapid.String().Draw(t, "order"), Data: NewData(typ)}
		e.Practice, e.Manual = rapid.Bool().Draw(t, "practice"), rapid.Bool().Draw(t, "manual")
		if rapid.Bool().Draw(t, "scan") {
			e.Scan = NewID(e.At, [10]byte{1, 2, 3})
		}
		fill(t, reflect.ValueOf(e.Data).Elem())
		line := e.AppendLine(nil)
		back, err := ParseEvent(line)
		require.NoError(t, err, "%s", line)
		assert.Equal(t, string(line), string(back.AppendLine(nil)), "what was read writes the same line")
	})
}

func TestAppendLineAllocatesNothing(t *testing.T) {
	e := Event{Seq: 1042, At: time.Now(), Type: EvPicked, Scan: NewID(time.Now(), [10]byte{}), Device: "pda-07", Worker: "w-001",
		Client: "default", Order: "536365", Data: &PickEvent{Line: "3", SKU: "85123A", Quantity: 6, Location: "C08-21-3", Tote: "TOTE-00007"}}
	b := make([]byte, 0, 4096)
	assert.Zero(t, testing.AllocsPerRun(100, func() { b = e.AppendLine(b[:0]) }))
}

func TestParseID(t *testing.T) {
	id := NewID(time.UnixMilli(1790000000123), [10]byte{0xff, 1, 2, 3})
	back, err := ParseID(id.String())
	require.NoError(t, err)
	assert.Equal(t, id, back)
	assert.Equal(t, int64(1790000000123), back.Time().UnixMilli())
	for _, bad := range []string{"", "x", "0191e0b0-0000-4000-8000-000000000000", "0191e0b0-0000-7000-c000-000000000000",
		"0191e0b0-0000-7000-8000-00000000000g", "0191e0b000007000800000000000000000000", "0191e0b0-0000-7000-8000-0000-0000000"} {
		_, err := ParseID(bad)
		assert.ErrorIs(t, err, ErrBadID, bad)
	}
}

func FuzzParseEvent(f *testing.F) {
	f.Add([]byte(`{"seq":1,"at":"2026-11-21T09:14:03.221+09:00","type":"pick.confirmed","v":1,"data":{"line":"3","sku":"a","quantity":6}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := ParseEvent(line)
		if err != nil {
			return
		}
		sameHead(t, line)
		if _, err := ParseEvent(e.AppendLine(nil)); err != nil {
			t.Fatalf("wrote what it cannot read: %v", err)
		}
	})
}

func TestAppendTimeIsAppendFormat(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		zone := time.FixedZone("", rapid.IntRange(-15*3600, 15*3600).Draw(r, "offset"))
		if rapid.Bool().Draw(r, "whole") {
			zone = time.FixedZone("", rapid.IntRange(-60, 60).Draw(r, "quarters")*900)
		}
		at := time.Unix(rapid.Int64Range(-70e9, 260e9).Draw(r, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(r, "ns")).In(zone)
		if got, want := string(AppendTime(nil, at)), at.Format(TimeLayout); got != want {
			r.Fatalf("%s, want %s", got, want)
		}
	})
}

// TestEntitiesAppendWhatEncodingJSONWould compares what is read back.
func TestEntitiesAppendWhatEncodingJSONWould(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, v := range []Data{&Order{}, &Work{}} {
			fill(t, reflect.ValueOf(v).Elem())
			want, err := json.Marshal(v)
			require.NoError(t, err)
			got := v.AppendJSON(nil)
			assert.JSONEq(t, canonical(t, want, v), canonical(t, got, v), "%s\n%s", want, got)
		}
	})
}

// canonical reads b into a new value of v's type and writes that.
func canonical(t require.TestingT, b []byte, v any) string {
	to := reflect.New(reflect.TypeOf(v).Elem()).Interface()
	require.NoError(t, json.Unmarshal(b, to))
	out, err := json.Marshal(to)
	require.NoError(t, err)
	return string(out)
}

// TestHeadIsReadAsEncodingJSONWould holds the quick reader to the standard
// library: what it takes means the same, and it takes what AppendLine writes.
func TestHeadIsReadAsEncodingJSONWould(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringMatching(`[ -~]{0,8}`), rapid.String())
		e := Event{Seq: rapid.Uint64Range(0, 1<<60).Draw(t, "seq"), Type: EvPicked, V: 1, Device: text.Draw(t, "device"),
			At: time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "ms")).In(time.FixedZone("", 9*3600)), Order: text.Draw(t, "order"), Data: &PickEvent{}}
		if rapid.Bool().Draw(t, "more") {
			e.Scan, e.Worker, e.Client, e.DeviceAt = NewID(e.At, [10]byte{7}), "w", "c", e.At.Add(time.Hour)
			e.Practice, e.Manual = rapid.Bool().Draw(t, "practice"), rapid.Bool().Draw(t, "manual")
		}
		sameHead(t, e.AppendLine(nil))
	})
	_, ok := readHead([]byte(`{"seq":7,"at":"2026-11-21T09:14:03.221+09:00","type":"pick.confirmed","v":1,"worker":"w","data":{"line":"3"}}`))
	assert.True(t, ok)
}

func sameHead(t require.TestingT, line []byte) {
	got, ok := readHead(line)
	if !ok {
		return
	}
	var want eventHead
	require.NoError(t, json.Unmarshal(line, &want), "%s", line)
	assert.True(t, got.At.Equal(want.At) && got.DeviceAt.Equal(want.DeviceAt))
	got.At, got.DeviceAt, want.At, want.DeviceAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	assert.Equal(t, want, got, "%s", line)
}
