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

	"dcedge/edge/edgetest/porttest"
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
	fmt.Fprintf(&b, "[mqtt]\nlisten = %q\n", porttest.Free(t))
	for i := range 10 {
		device(fmt.Sprint("printer-", i), "zebra", "tcp://"+porttest.Free(t))
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

// used is what the edge's threads have used of processors so far, and how often
// one of them was woken.
func (r *rig) used() (busy time.Duration, wakes int) {
	r.t.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", r.cmd.Process.Pid))
	require.NoError(r.t, err)
	for _, task := range tasks {
		run, err := os.ReadFile(task + "/schedstat")
		require.NoError(r.t, err)
		status, err := os.ReadFile(task + "/status")
		require.NoError(r.t, err)
		ns, err := strconv.ParseInt(strings.Fields(string(run))[0], 10, 64)
		require.NoError(r.t, err)
		_, rest, _ := strings.Cut(string(status), "\nvoluntary_ctxt_switches:")
		line, _, _ := strings.Cut(rest, "\n")
		n, err := strconv.Atoi(strings.TrimSpace(line))
		require.NoError(r.t, err)
		busy, wakes = busy+time.Duration(ns), wakes+n
	}
	return busy, wakes
}

// busy is what the edge has used of processors so far.
func (r *rig) busy() time.Duration {
	d, _ := r.used()
	return d
}

// over is what the edge uses in a span, of one processor, and how often it is woken
// in a second.
func (r *rig) over(span time.Duration) (share, wakes float64) {
	busy, woken := r.used()
	began := time.Now()
	<-time.After(span)
	gone := time.Since(began)
	nowBusy, nowWoken := r.used()
	return float64(nowBusy-busy) / float64(gone), float64(nowWoken-woken) / gone.Seconds()
}

// 64 idle devices of mixed kinds, all connected and well, cost the built edge
// under 1 % of a core beyond what it costs without any. The scales stream as real
// ones do, ten frames a second each, and are told apart. The limit is held where
// IDLE_SECONDS says how long to measure, on a machine that does nothing else; without
// it other tests run beside this one, and it looks for a device that spins.
func TestSixtyFourIdleDevices(t *testing.T) {
	t.Parallel()
	span, measured := 4*time.Second, false
	if n, err := strconv.Atoi(os.Getenv("IDLE_SECONDS")); err == nil {
		span, measured = time.Duration(n)*time.Second, true
	}
	bin := built(t)
	lines, err := os.MkdirTemp("", "idle") // a socket's path is short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(lines) })
	r := &rig{t: t, dir: t.TempDir(), bin: bin, http: porttest.Free(t)}
	t.Cleanup(r.kill)
	config := filepath.Join(r.dir, "edge.toml")
	plain := plainSite(r.dir, r.http)
	require.NoError(t, os.WriteFile(config, []byte(plain), 0o600))
	r.start()
	alone, wakes0 := r.over(span)
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
	all, wakes1 := r.over(span)
	for _, d := range plan.Scales {
		act, err := f.Device(d.Name).Prepare([]byte(`{"silent":true}`))
		require.NoError(t, err)
		act()
	}
	quiet, wakes2 := r.over(span)
	t.Logf("of a core, over %v each: %.2f %% without devices, %.2f %% with 64, %.2f %% with the scales silent; woken %.0f, %.0f and %.0f times a second", span, 100*alone, 100*all, 100*quiet, wakes0, wakes1, wakes2)
	limit := 0.10 // a device that spins
	if measured {
		limit = 0.01
	}
	assert.Less(t, quiet-alone, limit)
	stop()
	require.NoError(t, <-ended)
}

// An edge whose belt is quiet is woken no more often than one without a belt: nobody
// looks at a belt on which nothing lies.
func TestAQuietBeltWakesNobody(t *testing.T) {
	t.Parallel()
	bin := built(t)
	r := &rig{t: t, dir: t.TempDir(), bin: bin, http: porttest.Free(t)}
	t.Cleanup(r.kill)
	config := filepath.Join(r.dir, "edge.toml")
	plain := plainSite(r.dir, r.http) + fmt.Sprintf("[mqtt]\nlisten = %q\n", porttest.Free(t))
	woken := func(text string) float64 {
		require.NoError(t, os.WriteFile(config, []byte(text), 0o600))
		r.start()
		defer r.kill()
		<-time.After(3 * time.Second) // the flush is over: 2 m of belt
		_, wakes := r.over(4 * time.Second)
		return wakes
	}
	without, with := woken(plain), woken(plain+smallDevices()+smallBelt)
	t.Logf("woken %.0f times a second without a belt, %.0f with a quiet one", without, with)
	assert.Less(t, with-without, 20.0, "its ticker alone would be 40 and more")
}
