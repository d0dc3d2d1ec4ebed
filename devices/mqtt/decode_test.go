package mqtt

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const stamp = `"id":"r-1","at":"2026-11-21T09:14:03.221+09:00"`

func TestDecode(t *testing.T) {
	when := time.Date(2026, 11, 21, 0, 14, 3, 221e6, time.UTC)
	for name, c := range map[string]struct {
		what, in string
		want     Message
		bad      string // what the error names; empty: it is fine
	}{
		"read":             {Read, `{` + stamp + `,"code":"123","symbology":"]C1"}`, Message{ID: "r-1", At: when, Code: "123", Symbology: "]C1"}, ""},
		"read with GS":     {Read, `{` + stamp + `,"code":"10A\u001d21B"}`, Message{ID: "r-1", At: when, Code: "10A\x1d21B"}, ""},
		"noRead":           {Read, `{` + stamp + `,"code":null}`, Message{ID: "r-1", At: when, NoRead: true}, ""},
		"further names":    {Read, `{` + stamp + `,"code":"1","angle":12,"x":null}`, Message{ID: "r-1", At: when, Code: "1"}, ""},
		"a pair":           {Read, `{` + stamp + `,"code":"\ud83d\ude00\\\n"}`, Message{ID: "r-1", At: when, Code: "\U0001F600\\\n"}, ""},
		"U+FFFD itself":    {Read, `{` + stamp + `,"code":"\ufffd"}`, Message{ID: "r-1", At: when, Code: "\ufffd"}, ""},
		"half, first":      {Read, `{` + stamp + `,"code":"A\ud83d"}`, Message{}, "code"},
		"half, last":       {Read, `{` + stamp + `,"code":"\ude00A"}`, Message{}, "code"},
		"half, cut":        {Read, `{` + stamp + `,"code":"\ud83dA\ude00"}`, Message{}, "code"},
		"half, twice":      {Read, `{` + stamp + `,"code":"\ud83d\ud83d"}`, Message{}, "code"},
		"half a symbology": {Read, `{` + stamp + `,"code":"1","symbology":"\ud83d"}`, Message{}, "symbology"},
		"long":             {Read, `{` + stamp + `,"code":"` + strings.Repeat("7", 7089) + `"}`, Message{ID: "r-1", At: when, Code: strings.Repeat("7", 7089)}, ""},
		"code missing":     {Read, `{` + stamp + `}`, Message{}, "code"},
		"code number":      {Read, `{` + stamp + `,"code":123}`, Message{}, "code"},
		"code empty":       {Read, `{` + stamp + `,"code":""}`, Message{}, "code"},
		"symbology":        {Read, `{` + stamp + `,"code":"1","symbology":"C1"}`, Message{}, "symbology"},
		"twice":            {Read, `{` + stamp + `,"code":"1","code":"2"}`, Message{}, "twice"},
		"twice by escape":  {Read, `{` + stamp + `,"code":"1","\u0063ode":"2"}`, Message{}, "twice"},
		"nested":           {Read, `{` + stamp + `,"code":"1","x":[1]}`, Message{}, "nested"},
		"other case":       {Read, `{` + stamp + `,"Code":"1"}`, Message{}, "code"},
		"trailing":         {Read, `{` + stamp + `,"code":"1"} {}`, Message{}, "no JSON"},
		"no UTF-8":         {Read, "{" + stamp + ",\"code\":\"\xff\"}", Message{}, "no JSON"},
		"array":            {Read, `[]`, Message{}, "no object"},
		"empty":            {Read, ``, Message{}, "no JSON"},
		"no id":            {Read, `{"at":null,"code":"1"}`, Message{}, "id"},
		"id with blank":    {Read, `{"id":"a b","at":null,"code":"1"}`, Message{}, "id"},
		"id too long":      {Read, `{"id":"` + strings.Repeat("a", 65) + `","at":null,"code":"1"}`, Message{}, "id"},
		"at missing":       {State, `{"id":"s","blocked":true}`, Message{}, "at"},
		"at malformed":     {State, `{"id":"s","at":"yesterday","blocked":true}`, Message{}, "at"},
		"B6 no clock":      {State, `{"id":"s","at":null,"blocked":true}`, Message{ID: "s", Blocked: true}, ""},
		"B6 dead battery":  {State, `{"id":"s","at":"1970-01-01T00:00:09Z","blocked":false}`, Message{ID: "s"}, ""},
		"blocked text":     {State, `{` + stamp + `,"blocked":"true"}`, Message{}, "blocked"},
		"done":             {Done, `{` + stamp + `,"box":"B-1","lane":"cj"}`, Message{ID: "r-1", At: when, Box: "B-1", Lane: "cj"}, ""},
		"done without box": {Done, `{` + stamp + `,"lane":"cj"}`, Message{}, "box"},
		"weight":           {Weight, `{` + stamp + `,"grams":"1204","stable":true}`, Message{ID: "r-1", At: when, Grams: "1204", Stable: true}, ""},
		"weight number":    {Weight, `{` + stamp + `,"grams":1204,"stable":true}`, Message{}, "grams"},
		"weight exponent":  {Weight, `{` + stamp + `,"grams":"1e3","stable":true}`, Message{}, "grams"},
		"weight unstable":  {Weight, `{` + stamp + `,"grams":"-0.5","stable":false}`, Message{ID: "r-1", At: when, Grams: "-0.5"}, ""},
		"pressed":          {Pressed, `{` + stamp + `}`, Message{ID: "r-1", At: when}, ""},
		"pressed, naming":  {Pressed, `{` + stamp + `,"re":"c-1"}`, Message{ID: "r-1", At: when, Re: "c-1"}, ""},
		"pressed, re is 1": {Pressed, `{` + stamp + `,"re":1}`, Message{}, "re"},
		"online":           {Online, `true`, Message{Online: true}, ""},
		"offline":          {Online, "false\n", Message{}, ""},
		"online object":    {Online, `{"online":true}`, Message{}, "online"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := decode(c.what, []byte(c.in))
			if c.bad != "" {
				require.ErrorIs(t, err, ErrMalformed)
				assert.ErrorContains(t, err, c.bad)
				return
			}
			require.NoError(t, err)
			got.At = got.At.UTC()
			c.want.What = c.what
			if c.want.At.IsZero() {
				c.want.At = got.At
				assert.True(t, got.At.IsZero())
			}
			assert.Equal(t, c.want, got)
		})
	}
}

func TestDecodeKeepsTheIDOfWhatItRefuses(t *testing.T) {
	for _, rest := range []string{`"code":7`, `"code":"\ud800"`, `"code":"1","code":"2"`, `"code":[1]`} {
		m, err := decode(Read, []byte(`{`+stamp+`,`+rest+`}`))
		require.ErrorIs(t, err, ErrMalformed)
		assert.Equal(t, "r-1", m.ID, "%s: so that a verdict can end the scanner's repeats", rest)
	}
}

func TestTopics(t *testing.T) {
	for s, want := range map[string]topic{
		"dc/ICN1/scanner/tunnel-1/read":    {"ICN1", Scanner, "tunnel-1", Read},
		"dc/ICN1/scanner/tunnel-1/verdict": {"ICN1", Scanner, "tunnel-1", Verdict},
		"dc/ICN1/photoeye/eye-3/state":     {"ICN1", PhotoEye, "eye-3", State},
		"dc/ICN1/divert/divert-2/set":      {"ICN1", Divert, "divert-2", Set},
		"dc/ICN1/divert/divert-2/done":     {"ICN1", Divert, "divert-2", Done},
		"dc/ICN1/stacklight/line-1/set":    {"ICN1", StackLight, "line-1", Set},
		"dc/ICN1/stacklight/line-1/online": {"ICN1", StackLight, "line-1", Online},
		"dc/ICN1/weigher/w-1/weight":       {"ICN1", Weigher, "w-1", Weight},
		"dc/ICN1/light/W1-07/pressed":      {"ICN1", Light, "W1-07", Pressed},
		"dc/ICN1/camera/pack-1/cue":        {"ICN1", Camera, "pack-1", Cue},
	} {
		got, err := parseTopic(s)
		require.NoError(t, err, s)
		assert.Equal(t, want, got)
		assert.Equal(t, s, got.String())
	}
	for _, s := range []string{"", "dc", "dc/ICN1/scanner/tunnel-1", "dc/ICN1/scanner/tunnel-1/state", "dc/ICN1/scanner//read", "dc/+/scanner/a/read",
		"dc/ICN1/scanner/a b/read", "dc/ICN1/scanner/a/read/x", "DC/ICN1/scanner/a/read", "dc/ICN1/robot/a/online", "$SYS/broker/uptime", "dc/ICN1/scanner/가/read"} {
		_, err := parseTopic(s)
		assert.ErrorIs(t, err, ErrTopic, s)
	}
}

func TestCommandsAreWhatTheContractSays(t *testing.T) {
	for want, c := range map[string]Command{
		`dc/ICN1/scanner/tunnel-1/verdict {"id":"r","ok":true,"code":"ok","lane":"cj","epoch":"e","seq":1042}`: VerdictTo("tunnel-1", VerdictBody{ID: "r", OK: true, Code: "ok", Lane: "cj", Epoch: "e", Seq: 1042}),
		`dc/ICN1/divert/divert-2/set {"id":"c","re":"r","box":"B","lane":"cj"}`:                                DivertTo("divert-2", DivertBody{"c", "r", "B", "cj"}),
		`dc/ICN1/stacklight/line-1/set {"id":"c","colour":"red","reason":"jam"}`:                               StackLightTo("line-1", StackLightBody{"c", "red", "jam"}),
		`dc/ICN1/light/W1-07/set {"id":"c","quantity":3,"colour":"green"}`:                                     LightTo("W1-07", LightBody{"c", 3, "green"}),
		`dc/ICN1/camera/pack-1/cue {"id":"c","box":"B","at":"2026-11-21T00:00:00Z","cue":"start"}`:             CueTo("pack-1", CueBody{"c", "B", time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), "start"}),
	} {
		name, err := c.topic("ICN1")
		require.NoError(t, err)
		assert.Equal(t, want, name+" "+string(c.Payload))
	}
	for _, c := range []Command{DivertTo("a b", DivertBody{}), {Device: "x", Class: Scanner, What: Read, Payload: []byte("{}")}, {Device: "x", Class: Divert, What: Set},
		CueTo("c", CueBody{At: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)})} {
		_, err := c.topic("ICN1")
		assert.ErrorIs(t, err, ErrTopic)
	}
}

func TestNewInboxTellsEveryFault(t *testing.T) {
	_, err := NewInbox("ICN1", []Device{{Name: "a b", Class: Scanner}, {Name: "x", Class: "robot"}, {Name: "y", Class: Scanner}, {Name: "y", Class: Scanner},
		{Name: "p", Class: Divert, Client: "plc", Secret: "1"}, {Name: "q", Class: Divert, Client: "plc", Secret: "2"}}, nil)
	for _, word := range []string{`"a b"`, `"robot"`, `"y" stands twice`, "two secrets"} {
		assert.ErrorContains(t, err, word)
	}
	_, err = NewInbox("I/1", nil, nil)
	assert.ErrorIs(t, err, ErrTopic)
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{` + stamp + `,"code":"1"}`, `{` + stamp + `,"code":null,"symbology":"]C1"}`, `{"id":"a","at":null,"blocked":false}`, `{"a":"\"","a\u0000":1e9}`,
		`{` + stamp + `,"box":"B","lane":"cj"}`, `{` + stamp + `,"grams":"12.5","stable":true}`, `true`, `{}`, `{"a":{}}`, ` {"a" : "b" , "c":-0.0 } `} {
		for _, w := range []string{Read, State, Done, Weight, Pressed, Online} {
			f.Add(w, []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, what string, b []byte) {
		if !says(Scanner, what) && !says(PhotoEye, what) && !says(Divert, what) && !says(Weigher, what) && !says(Light, what) {
			return
		}
		m, err := decode(what, b)
		if err != nil {
			assert.ErrorIs(t, err, ErrMalformed)
			return
		}
		if what == Online {
			return
		}
		assert.True(t, isID(m.ID))
		if what == Read {
			assert.Equal(t, m.NoRead, m.Code == "", "a read has a code or is a no-read, never both")
		}
		if what == Weight {
			assert.True(t, isDecimal(m.Grams))
		}
	})
}

func FuzzTopic(f *testing.F) {
	f.Add("dc/ICN1/scanner/tunnel-1/read")
	f.Add("dc/a/light/b/set")
	f.Add("dc/+/light/#/set")
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := parseTopic(s); err == nil {
			assert.Equal(t, s, got.String())
			assert.NotContains(t, s, "+")
			assert.NotContains(t, s, "#")
		}
	})
}
