package reference

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// plain turns a value into what encoding/json makes of the same text.
func plain(v value) any {
	switch v.kind {
	case boolean:
		return v.yes
	case number:
		return json.Number(v.str)
	case text:
		return v.str
	case array:
		out := make([]any, len(v.items))
		for i := range v.items {
			out[i] = plain(v.items[i])
		}
		return out
	case object:
		out := make(map[string]any, len(v.items))
		for i := range v.items {
			out[v.names[i]] = plain(v.items[i])
		}
		return out
	}
	return nil
}

func TestParse(t *testing.T) {
	for _, s := range []string{`{"a":[1,-0.5e+3,true,false,null,"x"],"b":{"c":"\u00e9\ud83d\ude00\n\/"}}`, ` [ ] `, `"\\"`, `0`} {
		v, err := parse([]byte(s))
		require.NoError(t, err, s)
		var want any
		dec := json.NewDecoder(strings.NewReader(s))
		dec.UseNumber()
		require.NoError(t, dec.Decode(&want))
		assert.Equal(t, want, plain(v), s)
	}
	var wide bytes.Buffer
	for i := range 100 {
		wide.WriteString(`,"` + strings.Repeat("k", i+1) + `":1`)
	}
	_, err := parse([]byte("{" + wide.String()[1:] + "}"))
	assert.NoError(t, err)
	for _, s := range []string{``, `{`, `{"a"}`, `{"a":1,}`, `[1,]`, `01`, `1.`, `.5`, `+1`, `-`, `1e`, `"`, `"\x"`, `"\u12"`, `"\ud800x"`, `"\udc00"`, "\"\x01\"",
		`{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{}{}`, `nul`, `{"a":{"b":1,"b":1}}`, "{" + wide.String()[1:] + `,"kk":2}`, strings.Repeat("[", 40) + strings.Repeat("]", 40), "\ufeff{}"} {
		_, err := parse([]byte(s))
		assert.ErrorIs(t, err, errJSON, s)
	}
}

func TestClock(t *testing.T) {
	for in, want := range map[string]int{"00:00": 0, "9:05": 545, "25:30": 1530, "47:59": 2879} {
		got, ok := clock(in)
		assert.True(t, ok, in)
		assert.Equal(t, want, got, in)
	}
	for _, in := range []string{"", ":", "48:00", "12:60", "12:5", "1200", "-1:00", "12:0a", "012:00"} {
		_, ok := clock(in)
		assert.False(t, ok, in)
	}
}

// FuzzLine: what is read is JSON for others too, with the same content, and a
// record or a refusal comes out of anything.
func FuzzLine(f *testing.F) {
	for _, s := range []string{anOrder, `{"kind":"tote","id":"\u0000"}`, `{"kind":"sku","id":"a","name":{"ko":"x","ko":"y"}}`, `{"a":1e400}`, "{\"\xff\":1}", `"\ud83d\ude00"`} {
		f.Add([]byte(s))
	}
	rd := &reader{zone: time.UTC, now: func() time.Time { return time.Unix(0, 0) }}
	f.Fuzz(func(t *testing.T, line []byte) {
		r, bad := rd.read(line)
		if (r == nil) == (bad == nil) || r != nil && r.body == nil {
			t.Fatalf("%q: record %v, refusal %v", line, r, bad)
		}
		if bad != nil && (bad.code == "" || len(bad.detail) > 200) {
			t.Fatalf("%q: refusal %v", line, bad)
		}
		v, err := parse(line)
		if err != nil {
			return
		}
		dec := json.NewDecoder(bytes.NewReader(line))
		dec.UseNumber()
		var want any
		require.NoError(t, dec.Decode(&want))
		require.Equal(t, want, plain(v))
	})
}
