//go:build linux

package belt

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/firmware-sim/floor"
)

// plainSite is a site's configuration without devices.
func plainSite(dir, http string) string {
	return fmt.Sprintf("site = \"ICN1\"\ndata = %q\n[http]\nlisten = %q\n[pii]\nkeyEnv = \"EDGE_PII_KEY\"\n[login]\ndevices = \"open\"\n[[consumer]]\nname = \"wms\"\nkeyEnv = \"EDGE_WMS_KEY\"\n"+
		"scopes = [\"events:read\", \"ack\", \"reference:write\"]\nrequired = true\n", filepath.Join(dir, "data"), http)
}

// manyDevices are 64 of every kind of wire: 10 printers, 14 scanners and 6 scales
// on serial lines, 8 photo-eyes on pins; at the broker 16 photo-eyes, a weigher
// and 9 lights.
func manyDevices(t *testing.T, lines string) string {
	var b strings.Builder
	device := func(name, driver, link string) {
		fmt.Fprintf(&b, "[[device]]\nname = %q\ndriver = %q\nlink = %q\n", name, driver, link)
	}
	fmt.Fprintf(&b, "[mqtt]\nlisten = %q\n", free(t))
	for i := range 10 {
		device(fmt.Sprint("printer-", i), "zebra", "tcp://"+free(t))
	}
	for i := range 14 {
		device(fmt.Sprint("scan-", i), "scanner", fmt.Sprintf("serial://%s/scan-%d?baud=9600", lines, i))
		fmt.Fprintf(&b, "station = \"pack-%d\"\n", i)
	}
	for i := range 6 {
		device(fmt.Sprint("scale-", i), "scale", fmt.Sprintf("serial://%s/scale-%d?baud=9600", lines, i))
	}
	for i := range 8 {
		device(fmt.Sprint("pin-", i), "photoeye", fmt.Sprintf("gpio+sim://%s/pins.sock?pin=p%d", lines, i))
	}
	for i := range 16 {
		device(fmt.Sprint("eye-", i), "photoeye", "mqtt:")
	}
	device("w-1", "weigher", "mqtt:")
	for i := range 9 {
		device(fmt.Sprint("light-", i), "light", "mqtt:")
	}
	for i := range 14 {
		fmt.Fprintf(&b, "[[station]]\nname = \"pack-%d\"\nprinters = [\"printer-%d\"]\n", i, i%10)
	}
	return b.String()
}

// used is what the edge's process has used of processors so far.
func (r *rig) used() time.Duration {
	r.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.cmd.Process.Pid))
	require.NoError(r.t, err)
	f := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, err := strconv.Atoi(f[11])
	require.NoError(r.t, err)
	system, err := strconv.Atoi(f[12])
	require.NoError(r.t, err)
	return time.Duration(user+system) * 10 * time.Millisecond // a hundred ticks a second, on any Linux of today
}

// over is what the edge uses in a span, of one processor.
func (r *rig) over(span time.Duration) float64 {
	before, began := r.used(), time.Now()
	<-time.After(span)
	return float64(r.used()-before) / float64(time.Since(began))
}

// 64 idle devices of mixed kinds, all connected and well, cost the built edge
// under 1 % of a core beyond what it costs without any. The scales stream as real
// ones do, ten frames a second each, and are told apart. IDLE_SECONDS is how long
// is measured.
func TestSixtyFourIdleDevices(t *testing.T) {
	span := 8 * time.Second
	if n, err := strconv.Atoi(os.Getenv("IDLE_SECONDS")); err == nil {
		span = time.Duration(n) * time.Second
	}
	bin, err := program()
	require.NoError(t, err)
	lines, err := os.MkdirTemp("", "idle") // a socket's path is short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(lines) })
	r := &rig{t: t, dir: t.TempDir(), bin: bin, http: free(t)}
	t.Cleanup(r.kill)
	config := filepath.Join(r.dir, "edge.toml")
	plain := plainSite(r.dir, r.http)
	require.NoError(t, os.WriteFile(config, []byte(plain), 0o600))
	r.start()
	alone := r.over(span)
	r.kill()

	text := plain + manyDevices(t, lines)
	require.NoError(t, os.WriteFile(config, []byte(text), 0o600))
	plan, err := floor.ReadPlan([]byte(text))
	require.NoError(t, err)
	f, err := floor.New(floor.Config{Plan: plan, Seed: 1})
	require.NoError(t, err)
	r.start()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx) }()
	t.Cleanup(stop)
	require.Eventually(t, func() bool { return len(r.shown()) == 65 && r.well() }, 30*time.Second, 50*time.Millisecond, "%v", r.shown())
	<-time.After(time.Second) // what opening them costs is over
	all := r.over(span)
	for _, d := range plan.Scales {
		act, err := f.Device(d.Name).Prepare([]byte(`{"silent":true}`))
		require.NoError(t, err)
		act()
	}
	quiet := r.over(span)
	t.Logf("of a core, over %v each: %.2f %% without devices, %.2f %% with 64, %.2f %% with the scales silent", span, 100*alone, 100*all, 100*quiet)
	assert.Less(t, quiet-alone, 0.01)
	stop()
	require.NoError(t, <-ended)
}
