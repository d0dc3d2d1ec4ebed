package waybill

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestSerialIsTheWayBack: every format that numbers are made in gives its serial
// back, and a number with another last digit is none of it.
func TestSerialIsTheWayBack(t *testing.T) {
	formats := []string{"s10:EM:KR", "ups:1Z12345E02"}
	for _, c := range Standard().Carriers() {
		if Standard().SerialWidth(c) > 0 {
			formats = append(formats, c)
		}
	}
	require.Greater(t, len(formats), 6)
	rapid.Check(t, func(t *rapid.T) {
		format := rapid.SampledFrom(formats).Draw(t, "format")
		most := uint64(1)
		for range min(Standard().SerialWidth(format), 18) {
			most *= 10
		}
		serial := rapid.Uint64Range(0, most-1).Draw(t, "serial")
		number, err := Standard().Number(format, serial)
		if err != nil {
			t.Fatal(err)
		}
		if back, ok := Standard().Serial(format, number); !ok || back != serial {
			t.Fatalf("%s: %d makes %s, which gives %d %v", format, serial, number, back, ok)
		}
	})
	for _, other := range []string{"", "1", "650000000001", "65000000000x", "6500000000000"} {
		_, ok := Standard().Serial("hanjin", other)
		assert.False(t, ok, other)
	}
	_, ok := Standard().Serial("nobody", "650000000000")
	assert.False(t, ok)
}
