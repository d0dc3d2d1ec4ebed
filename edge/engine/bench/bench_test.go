package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

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

// TestFormingBesideScans: all orders are put on lists while scanners scan, and every
// scan is taken.
func TestFormingBesideScans(t *testing.T) {
	res, err := Form(t.Context(), Config{Scanners: 4, Seconds: 0.2, Dir: t.TempDir()}, 500)
	require.NoError(t, err)
	assert.Greater(t, res.Lists, 20)
	assert.Positive(t, res.Before.N)
	assert.Positive(t, res.While.N)
}

// BenchmarkForming shows what scanners wait while 20,000 orders are put on lists.
func BenchmarkForming(b *testing.B) {
	for _, scanners := range []int{16, 128} {
		b.Run(fmt.Sprint(scanners), func(b *testing.B) {
			var plan, form time.Duration
			var before, while []float64
			lists := 0
			for range b.N {
				res, err := Form(b.Context(), Config{Scanners: scanners, Seconds: 2, Dir: b.TempDir()}, 20000)
				require.NoError(b, err)
				plan, form, lists = plan+res.Plan, form+res.Form, res.Lists
				before, while = append(before, res.Before.P99us), append(while, res.While.P99us)
			}
			slices.Sort(before)
			slices.Sort(while)
			b.ReportMetric(before[len(before)/2], "p99-us-before")
			b.ReportMetric(while[len(while)/2], "p99-us-while")
			b.ReportMetric(float64(plan.Milliseconds())/float64(b.N), "plan-ms")
			b.ReportMetric(float64(form.Milliseconds())/float64(b.N), "form-ms")
			b.ReportMetric(float64(lists), "lists")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func dirNames(dir string) ([]string, error) { return filepath.Glob(filepath.Join(dir, "*")) }
