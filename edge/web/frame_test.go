package web

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/edge"
)

func reader() *Server { return &Server{cfg: Config{HashKey: []byte("0123456789abcdef")}} }

func act(args string) string {
	return `{"t":"act","id":"` + newID(1) + `","action":"start","rev":3,"at":"2026-11-21T00:00:00.000Z"` + args + `}`
}

func TestArgs(t *testing.T) {
	m, fe := reader().readMessage([]byte(act(`,"args":{"flow":"pick","mode":"order","orders":["1","2"],"station":"pack-1","n":6,"found":0,
		"reason":"r","of":"o","order":"x","text":"t","grams":1204.5,"source":"scale","box":"B-1","waybill":"1","attempt":"A-1","outcome":"yes",
		"badge":"L","pin":"1","byLead":"lead-1","new":{"a":[1]}}`)), "")
	require.Nil(t, fe)
	assert.Equal(t, edge.Args{Flow: "pick", Mode: "order", Orders: []string{"1", "2"}, Station: "pack-1", N: new(6), Found: new(0), Reason: "r",
		Of: "o", Order: "x", Text: "t", Grams: "1204.5", Source: "scale", Box: "B-1", Waybill: "1", Attempt: "A-1", Outcome: "yes", Badge: "L", PIN: "1"}, m.Args)
	assert.EqualValues(t, 3, m.Rev)
	assert.True(t, m.DeviceAt.Equal(time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)))
	m, fe = reader().readMessage([]byte(act(`,"args":{"grams":"1204"}`)), "")
	require.Nil(t, fe)
	assert.Equal(t, "1204", m.Args.Grams)
	m, fe = reader().readMessage([]byte(strings.Replace(act(""), `"start"`, `"`+strings.Repeat("x", 4000)+`"`, 1)), "")
	require.Nil(t, fe, "an unknown action is decided")
	assert.Equal(t, "unknown", m.Action)
	m, fe = reader().readMessage([]byte(`{"t":"scan","id":"`+newID(1)+`","code":"A","CODE":"B","Id":7}`), "")
	require.Nil(t, fe, "names are exact; others are not known")
	assert.Equal(t, "A", m.Code)
	m, fe = reader().readMessage([]byte(`{"t":"scan","id":"`+newID(1)+`","code":"A","station":"pack-4"}`), "")
	require.Nil(t, fe)
	assert.Equal(t, "pack-4", m.Args.Station, "the desk at which it was scanned")
}

// TestContent: which frames with one id are the same message.
func TestContent(t *testing.T) {
	scan := func(rest string) string { return `{"t":"scan","id":"` + newID(1) + `"` + rest + `}` }
	for name, c := range map[string]struct {
		a, b string
		same bool
	}{
		"order of names":       {act(`,"args":{"n":1,"reason":"x"}`), act(`,"args":{"reason":"x","n":1}`), true},
		"white space":          {act(`,"args":{"n":1}`), act(`, "args" : { "n" : 1 }`), true},
		"equal numbers":        {act(`,"args":{"grams":1}`), act(`,"args":{"grams":1.0}`), true},
		"escapes":              {scan(`,"code":"A/"`), scan(`,"code":"\u0041\/"`), true},
		"at and source":        {scan(`,"code":"A","source":"wedge"`), scan(`,"code":"A","at":"2026-11-21T00:00:00Z"`), true},
		"rev":                  {act(``), strings.Replace(act(``), `"rev":3`, `"rev":4`, 1), true},
		"unknown fields":       {scan(`,"code":"A","x":1`), scan(`,"code":"A"`), true},
		"a PIN typed again":    {act(`,"args":{"pin":"1"}`), act(`,"args":{"pin":"2"}`), true},
		"code":                 {scan(`,"code":"A"`), scan(`,"code":"B"`), false},
		"code and codeB64":     {scan(`,"code":"A"`), scan(`,"codeB64":"QQ=="`), false},
		"symbology":            {scan(`,"code":"A","symbology":"]C1"`), scan(`,"code":"A"`), false},
		"args":                 {act(`,"args":{"n":1}`), act(`,"args":{"n":2}`), false},
		"number and its text":  {act(`,"args":{"grams":1}`), act(`,"args":{"grams":"1"}`), false},
		"order within a list":  {act(`,"args":{"orders":["1","2"]}`), act(`,"args":{"orders":["2","1"]}`), false},
		"an unknown argument":  {act(`,"args":{"later":true}`), act(`,"args":{"later":false}`), false},
		"shifted field border": {scan(`,"code":"A","symbology":"B"`), scan(`,"code":"AB","symbology":""`), false},
		"scan and act":         {scan(`,"code":"A","action":"start"`), act(`,"code":"A"`), false},
	} {
		t.Run(name, func(t *testing.T) {
			a, fe := reader().readMessage([]byte(c.a), "")
			require.Nil(t, fe)
			b, fe := reader().readMessage([]byte(c.b), "")
			require.Nil(t, fe)
			assert.Equal(t, c.same, a.Hash == b.Hash)
		})
	}
	other := &Server{cfg: Config{HashKey: []byte("another key here")}}
	a, _ := reader().readMessage([]byte(act("")), "")
	b, _ := other.readMessage([]byte(act("")), "")
	assert.NotEqual(t, a.Hash, b.Hash, "keyed")
}

// TestMembersAgree: the walker reads what encoding/json reads.
func TestMembersAgree(t *testing.T) {
	leaf := rapid.OneOf(rapid.Just[any](nil), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.String(), func(s string) any { return s }), rapid.Map(rapid.Int32(), func(n int32) any { return float64(n) }))
	value := rapid.OneOf(leaf, rapid.Map(rapid.SliceOfN(leaf, 0, 4), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(rapid.String(), leaf, 0, 4), func(m map[string]any) any { return m }))
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.MapOfN(rapid.String(), value, 0, 6).Draw(rt, "object")
		b, err := json.Marshal(want)
		require.NoError(rt, err)
		if rapid.Bool().Draw(rt, "indent") {
			b, err = json.MarshalIndent(want, " ", "\t")
			require.NoError(rt, err)
		}
		o, err := members(b)
		require.NoError(rt, err)
		got := map[string]any{}
		for _, m := range o {
			var v any
			require.NoError(rt, json.Unmarshal(m.raw, &v), "%q", m.raw)
			got[m.name] = v
		}
		require.Equal(rt, want, got)
	})
}

func FuzzReadMessage(f *testing.F) {
	for _, s := range []string{act(""), act(`,"args":{"n":1,"pin":"x"}`), scanBody(1, "A"), `{`, `{"a":"\"}"}`, `{"t":"scan","codeB64":"/w=="}`,
		`{"id":"` + newID(1) + `","code":"\ud800"}`, " { } ", `{"a":1 ,"b" : [ {"c":"]"} ] }`, "\xff"} {
		f.Add([]byte(s))
	}
	s := reader()
	f.Fuzz(func(t *testing.T, b []byte) {
		m, fe := s.readMessage(b, "")
		if fe != nil {
			if fe.code == "" || m != nil || !json.Valid(appendError(nil, fe, false)) {
				t.Fatalf("%v %v", fe, m)
			}
			return
		}
		if !utf8.Valid(b) || !json.Valid(b) || m.ID.IsZero() || len(m.Code) > maxCode || m.Args.ByLead != "" {
			t.Fatalf("decided: %q", b)
		}
		var loose map[string]any
		if json.Unmarshal(b, &loose) != nil {
			t.Fatalf("no object: %q", b)
		}
		again, _ := s.readMessage(b, "")
		if again.Hash != m.Hash {
			t.Fatal("hash is not stable")
		}
	})
}

// TestFramesAreJSON: whatever text is in a verdict, the frame is one line of
// JSON that says it.
func TestFramesAreJSON(t *testing.T) {
	s := reader()
	s.cfg.Zone, s.cfg.Epoch = time.UTC, `e"p`
	s.deps.Now = time.Now
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.String().Draw(rt, "text")
		v := edge.Verdict{Code: edge.Code(text), Say: edge.Says(text, edge.T(text, text)), Receipt: edge.Receipt{Epoch: text, Seq: 1},
			Screen: &edge.Screen{Step: text}, Repeat: true}
		for _, b := range [][]byte{s.appendVerdict(nil, &v), s.appendHello(nil, text), appendNotice(nil, text, v.Say), appendSeen(nil, text, 1),
			appendScreenFrame(nil, v.Screen), appendError(nil, &frameError{code: text, detail: text}, true)} {
			require.True(rt, json.Valid(b), "%s", b)
			require.NotContains(rt, string(b), "\n")
		}
	})
}

func TestPageOf(t *testing.T) {
	files := fstest.MapFS{"ui/dist/index.html": {Data: []byte("index")}, "ui/dist/pda.html": {Data: []byte("pda")}, "ui/dist/assets/a.js": {Data: []byte("js")},
		"ui/dist/PLACEHOLDER": {Data: []byte("x")}, "ui/dist/.hidden": {Data: []byte("x")}, "ui/src/main.ts": {Data: []byte("x")}}
	for path, want := range map[string]string{"/": "index", "/pda": "pda", "/desk": "index", "/lead": "index", "/assets/a.js": "js",
		"/index.html": "index", "/PLACEHOLDER": "", "/.hidden": "", "/../src/main.ts": "", "/assets": "", "/x": ""} {
		b, _, err := pageOf(files, path)
		assert.Equal(t, want, string(b), path)
		assert.Equal(t, want == "", err != nil, path)
	}
	assert.Equal(t, "text/javascript; charset=utf-8", contentType("a.js"))
	assert.Equal(t, "application/octet-stream", contentType("a.exe"))
}
