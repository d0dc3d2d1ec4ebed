package wire_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/wire"
)

type inner struct {
	Since time.Time `json:"since,omitzero"`
	Name  string    `json:"name"`
	Deep  []string  `json:"deep,omitempty"`
}

type answered struct {
	inner
	*edge.OrderTerms
	Name   string                                `json:"name"` // before that of inner
	Plain  int                                   `json:"plain"`
	Left   *time.Time                            `json:"left,omitempty"`
	At     *time.Time                            `json:"at"`
	Any    any                                   `json:"any"`
	None   any                                   `json:"none"`
	Raw    map[string]map[string]json.RawMessage `json:"raw"`
	Lists  [2][]inner                            `json:"lists"`
	Bytes  []byte                                `json:"bytes"`
	ID     edge.ID                               `json:"id"`
	Float  float64                               `json:"float"`
	Hidden string                                `json:"-"`
	Untold string
	By     map[int]string `json:"by"`
	Nil    map[string]int `json:"nil"`
	Gone   []inner        `json:"gone,omitempty"`
	Empty  *inner         `json:"empty"`
	Role   edge.Role      `json:"role,omitempty"`
	On     bool           `json:"on,omitempty"`
}

// TestJSON: what has whole times in the zone is written as encoding/json writes it.
func TestJSON(t *testing.T) {
	zone := time.FixedZone("", 9*3600)
	at := time.Date(2026, 11, 21, 9, 14, 3, 221e6, zone)
	full := answered{inner: inner{Since: at, Name: "hidden"}, OrderTerms: &edge.OrderTerms{}, Name: "a<b>\u2028\x00\xff", Left: &at, At: &at,
		Any: map[string]any{"b": at, "a": []any{1, nil, "x"}}, Raw: map[string]map[string]json.RawMessage{"s": {"n": json.RawMessage(`{"x":1}`)}},
		Lists: [2][]inner{{{Since: at}, {Deep: []string{}}}}, Bytes: []byte{1, 2}, ID: edge.NewID(at, [10]byte{1}), Float: 1e21, Hidden: "x", Untold: "y",
		By: map[int]string{2: "b", 1: "a"}, Role: edge.Lead, On: true}
	for name, v := range map[string]any{"full": full, "pointer": &full, "zero": answered{}, "nil": nil, "list": []answered{{}, full}, "order": &edge.Order{ID: "1", OrderTerms: &edge.OrderTerms{OrderedAt: at}, Lines: []*edge.Line{{ID: "1"}}, Received: at}} {
		want, err := json.Marshal(v)
		require.NoError(t, err)
		got, err := wire.In(zone).JSON(v)
		require.NoError(t, err)
		if name == "zero" || name == "list" { // of the zero time nothing is told but by omitzero
			require.True(t, json.Valid(got))
			continue
		}
		assert.JSONEq(t, string(want), string(got), name)
	}
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{at.UTC(), `"2026-11-21T09:14:03.221+09:00"`},
		{at.Add(-221 * time.Millisecond), `"2026-11-21T09:14:03.000+09:00"`},
		{at.Add(-21*time.Millisecond + 999), `"2026-11-21T09:14:03.200+09:00"`},
	} {
		got, err := wire.In(zone).JSON(map[string]any{"at": c.at, "same": &c.at})
		require.NoError(t, err)
		assert.Equal(t, `{"at":`+c.want+`,"same":`+c.want+`}`, string(got))
	}
	_, err := wire.In(zone).JSON(inner{Since: time.Date(10000, 1, 1, 0, 0, 0, 0, zone)})
	assert.Error(t, err)
}
