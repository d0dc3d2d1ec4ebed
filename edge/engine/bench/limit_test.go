package bench

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkLimit runs the engine and the raw loop of the same bytes one after
// the other, several times, and reports the median of their ratios.
func BenchmarkLimit(b *testing.B) {
	for _, n := range []int{1, 16, 128, 512} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var ratios, rates []float64
			for range b.N {
				got, err := Bench(b.Context(), Config{Scanners: n, Seconds: 1, Dir: b.TempDir()})
				require.NoError(b, err)
				raw, err := Bench(b.Context(), Config{Scanners: n, Seconds: 1, Dir: b.TempDir(), Raw: true, Bytes: got.Bytes})
				require.NoError(b, err)
				ratios, rates = append(ratios, got.Rate()/raw.Rate()), append(rates, got.Rate())
			}
			slices.Sort(ratios)
			slices.Sort(rates)
			b.ReportMetric(ratios[len(ratios)/2], "ratio")
			b.ReportMetric(rates[len(rates)/2], "msg/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkScanners tells what a message costs in processor time, which a busy
// machine disturbs less than the rate: of the whole process, scanners included.
func BenchmarkScanners(b *testing.B) {
	for _, n := range []int{1, 16, 128, 512} {
		for _, raw := range []bool{false, true} {
			b.Run(fmt.Sprintf("%d/raw=%v", n, raw), func(b *testing.B) {
				messages, before := 0, spent(b)
				for range b.N {
					got, err := Bench(b.Context(), Config{Scanners: n, Seconds: 2, Dir: b.TempDir(), Raw: raw})
					require.NoError(b, err)
					messages += got.N
					b.ReportMetric(got.Rate(), "msg/s")
					b.ReportMetric(float64(got.N)/float64(got.Flushes), "msg/flush")
				}
				b.ReportMetric(float64((spent(b)-before).Nanoseconds())/1e3/float64(messages), "us-cpu/msg")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

func spent(b *testing.B) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
