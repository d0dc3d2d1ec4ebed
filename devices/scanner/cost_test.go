//go:build linux

package scanner_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
)

// cpu is what this process has used so far.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestIdleScannersCostNothing: none of 64 polls its line. What they cost is in the log.
func TestIdleScannersCostNothing(t *testing.T) {
	dir, d := t.TempDir(), &disk{}
	for i := range 64 {
		byID := filepath.Join(dir, fmt.Sprint("scan-", i))
		_, pull := plug(t, byID)
		t.Cleanup(pull)
		becomes(t, site(t, fmt.Sprint("scan-", i), byID, d), devices.Ready)
	}
	// A second in which nothing comes: what it costs is the drivers' own waking.
	const span = time.Second
	quiet := time.After(300 * time.Millisecond) // the opening is over
	<-quiet
	before := cpu(t)
	<-time.After(span)
	used := cpu(t) - before
	t.Logf("64 idle scanners: %v of %v", used, span)
	assert.Less(t, used, span/10, "they poll")
}

// TestEveryReadReachesTheSink, once and in order; how long that takes from the last
// byte on the tty is in the log.
func TestEveryReadReachesTheSink(t *testing.T) {
	byID, d := filepath.Join(t.TempDir(), "usb-scanner"), &disk{came: make(chan struct{}, 1)}
	master, pull := plug(t, byID)
	t.Cleanup(pull)
	s := site(t, "scan-1", byID, d)
	becomes(t, s, devices.Ready)
	scan(t, s, master, d, "warm")
	<-d.came
	took, want := make([]time.Duration, 0, 200), []string{"warm"}
	for i := range cap(took) {
		began := time.Now()
		_, err := fmt.Fprintf(master, "TOTE-%d\r", i)
		require.NoError(t, err)
		<-d.came
		took, want = append(took, time.Since(began)), append(want, fmt.Sprintf("TOTE-%d", i))
	}
	assert.Equal(t, want, d.codes())
	slices.Sort(took)
	t.Logf("tty to sink: p50 %v, p99 %v", took[100], took[198])
}
