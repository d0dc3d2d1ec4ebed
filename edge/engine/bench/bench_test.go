package bench

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBench(t *testing.T) {
	for _, raw := range []bool{false, true} {
		dir := t.TempDir()
		res, err := Bench(t.Context(), Config{Scanners: 4, Seconds: 0.3, Dir: dir, Raw: raw})
		require.NoError(t, err)
		assert.Positive(t, res.N)
		assert.Positive(t, res.Flushes)
		assert.LessOrEqual(t, res.Flushes, uint64(2*res.N), "a flush serves at least one message (or an order)")
		assert.Positive(t, res.P50us)
		assert.GreaterOrEqual(t, res.P99us, res.P50us)
		assert.Greater(t, res.Bytes, 100)
		left, err := dirNames(dir)
		require.NoError(t, err)
		assert.Empty(t, left)
		var out bytes.Buffer
		require.NoError(t, Print(&out, res))
		var back map[string]float64
		require.NoError(t, json.Unmarshal(out.Bytes(), &back))
		assert.EqualValues(t, res.N, back["n"])
	}
}

func TestBenchRefusesNonsense(t *testing.T) {
	for _, cfg := range []Config{{}, {Scanners: 1, Seconds: 1}, {Scanners: 0, Seconds: 1, Dir: "x"}, {Scanners: 10_000, Seconds: 1, Dir: "x"}} {
		_, err := Bench(t.Context(), cfg)
		assert.Error(t, err)
	}
}

func dirNames(dir string) ([]string, error) { return filepath.Glob(filepath.Join(dir, "*")) }
