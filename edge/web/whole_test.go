package web

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWholeNumbers: a number is what it is worth, however a client writes it.
func TestWholeNumbers(t *testing.T) {
	for raw, want := range map[string]int{"1": 1, "1.0": 1, "-1.00": -1, "10e-1": 1, "1e2": 100, "1.5E1": 15, "1.20e+1": 12, "0": 0, "-0": 0, "0.0": 0, "0e999": 0,
		"0.01e2": 1, "9007199254740993": 9007199254740993, "9007199254740993.0": 9007199254740993, "100e-2": 1} {
		o, err := members([]byte(`{"n":` + raw + `}`))
		require.NoError(t, err, raw)
		n, err := o.integer("n")
		if assert.NoError(t, err, raw) {
			assert.Equal(t, want, *n, raw)
		}
		if u, err := o.unsigned("n"); want >= 0 {
			require.NoError(t, err, raw)
			assert.EqualValues(t, want, u, raw)
		} else {
			assert.Error(t, err, raw)
		}
	}
	for _, raw := range []string{"1.5", "1.0000000000000000001", "1e-1", "1e400", "1e99999999999999999999", "1e-99999999999999999999", "123456789012345678901", "1e30", `"1"`, `"1.0"`, `"1e2"`,
		"null", "true", "false", "[1]", "{}", `""`, `"1.` + `0e0"`} {
		o, err := members([]byte(`{"n":` + raw + `}`))
		require.NoError(t, err, raw)
		_, err = o.integer("n")
		assert.ErrorIs(t, err, errFieldType, raw)
		_, err = o.unsigned("n")
		assert.ErrorIs(t, err, errFieldType, raw)
	}
}

// TestTheSameNumberIsTheSameMessage: 1.0 is 1, so it is no other content.
func TestTheSameNumberIsTheSameMessage(t *testing.T) {
	s := newCore(t)
	read := func(n string) [16]byte {
		m, fe := s.s.readMessage([]byte(`{"t":"act","id":"`+newID(1)+`","action":"quantity","rev":3.0,"args":{"n":`+n+`},"at":"2026-11-21T09:14:03.221+09:00"}`), "")
		require.Nil(t, fe, n)
		require.Equal(t, 12, *m.Args.N)
		require.EqualValues(t, 3, m.Rev)
		return m.Hash
	}
	assert.Equal(t, read("12"), read("12.0"))
	assert.Equal(t, read("12"), read("1.2e1"))
}
