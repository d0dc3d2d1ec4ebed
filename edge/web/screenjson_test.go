package web

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/edge"
)

// fill sets every field of v, or leaves it as it is, by what t draws. A field
// that a later screen gains is filled too, and fails the property until
// appendScreen writes it.
func fill(t *rapid.T, v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		zone := time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, "zone"))
		v.Set(reflect.ValueOf(time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "at")).In(zone)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "<a href=\"x\">&\u2028", "\xff\xfe", "화이트 랜턴", "\x00\n\\"})).Draw(t, "text"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64Range(-3, 1e9).Draw(t, "int"))
	case reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, "uint"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "there") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem())
		}
	case reflect.Slice:
		n := rapid.IntRange(-1, 3).Draw(t, "n")
		if n < 0 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(t, v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range rapid.IntRange(0, 10).Draw(t, "languages") {
			k, x := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(t, k)
			fill(t, x)
			v.SetMapIndex(k, x)
		}
	default:
		t.Fatalf("a screen holds a %s: teach this test and appendScreen", v.Type())
	}
}

// once refuses a member that stands twice in an object, which Unmarshal lets pass.
func once(t require.TestingT, d *json.Decoder) {
	at, err := d.Token()
	require.NoError(t, err)
	open, ok := at.(json.Delim)
	if !ok {
		return
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			name, err := d.Token()
			require.NoError(t, err)
			require.False(t, seen[name.(string)], "%s stands twice", name)
			seen[name.(string)] = true
		}
		once(t, d)
	}
	_, err = d.Token()
	require.NoError(t, err)
}

// plain is a JSON text as Go values, its times as instants.
func plain(t require.TestingT, b []byte) any {
	once(t, json.NewDecoder(bytes.NewReader(b)))
	var v any
	require.NoError(t, json.Unmarshal(b, &v), string(b))
	var instants func(any)
	instants = func(v any) {
		switch x := v.(type) {
		case []any:
			for _, e := range x {
				instants(e)
			}
		case map[string]any:
			for k, e := range x {
				if s, ok := e.(string); ok && (k == "cutoff" || k == "heard" || k == "since") {
					at, err := time.Parse(time.RFC3339Nano, s)
					require.NoError(t, err)
					x[k] = at.UnixMilli()
				}
				instants(e)
			}
		}
	}
	instants(v)
	return v
}

// TestScreensAreWhatEncodingJSONWrites, but that expect and actions are never
// null and a cutoff has its milliseconds.
func TestScreensAreWhatEncodingJSONWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sc := &edge.Screen{}
		fill(t, reflect.ValueOf(sc).Elem())
		// languages that only differ in bytes that are no UTF-8 become one name
		got := appendScreen([]byte("x"), sc)[1:]
		if sc.Expect == nil {
			sc.Expect = []edge.Expect{}
		}
		if sc.Actions == nil {
			sc.Actions = []string{}
		}
		want, err := json.Marshal(sc)
		require.NoError(t, err)
		require.Equal(t, plain(t, want), plain(t, got), string(got))
	})
}

func pickScreen() *edge.Screen {
	cutoff := time.Date(2026, 11, 21, 16, 0, 0, 0, time.FixedZone("KST", 9*3600))
	return &edge.Screen{Rev: 311, Flow: edge.Pick, Mode: "order", Step: "item",
		Task: &edge.Task{ID: "T-88", Client: "default", Orders: []string{"536365"}, Carrier: "cj", Cutoff: &cutoff, Done: 3, Of: 7},
		Expect: []edge.Expect{{Kind: "item", Code: "2912345678903", SKU: "85123A", Line: "3", Location: "C08-21-3", Remaining: 6,
			Name: map[string]string{"en": "White lantern", "ko": "화이트 랜턴"}, Variant: map[string]string{"ko": "블랙/L"}}},
		Quantity: &edge.Quantity{Want: 6}, Actions: []string{"short", "skip", "addTote", "undo", "help", "leave"}, Totes: []string{"TOTE-00007"}}
}

func TestAScreenIsWrittenWithoutGarbage(t *testing.T) {
	sc, b := pickScreen(), make([]byte, 0, 4096)
	assert.Equal(t, `{"rev":311,"flow":"pick","mode":"order","step":"item","task":{"id":"T-88","client":"default","orders":["536365"],"carrier":"cj",`+
		`"cutoff":"2026-11-21T16:00:00.000+09:00","done":3,"of":7},"expect":[{"kind":"item","code":"2912345678903","sku":"85123A",`+
		`"name":{"en":"White lantern","ko":"화이트 랜턴"},"variant":{"ko":"블랙/L"},"location":"C08-21-3","line":"3","remaining":6}],`+
		`"quantity":{"have":0,"want":6,"typing":false},"actions":["short","skip","addTote","undo","help","leave"],"totes":["TOTE-00007"]}`,
		string(appendScreen(b, sc)))
	assert.Zero(t, testing.AllocsPerRun(100, func() { b = appendScreen(b[:0], sc) }))
}

func BenchmarkVerdictFrame(b *testing.B) {
	s := &Server{cfg: Config{Zone: time.UTC}}
	v := &edge.Verdict{OK: true, Code: edge.OK, Say: edge.Says("pick.item", edge.N("have", 1), edge.N("want", 6)),
		Receipt: edge.Receipt{Epoch: "01J", Seq: 1042, At: time.Now()}, Screen: pickScreen()}
	buf := make([]byte, 0, 8<<10)
	b.ReportAllocs()
	for b.Loop() {
		buf = s.appendVerdict(buf[:0], v)
	}
}

func BenchmarkReadMessage(b *testing.B) {
	s := reader()
	frame := []byte(`{"t":"scan","id":"0191e5a1-7a3c-7000-8000-000000000001","code":"2912345678903","source":"wedge","at":"2026-11-21T09:14:03.221+09:00"}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, fe := s.readMessage(frame, ""); fe != nil {
			b.Fatal(fe)
		}
	}
}
