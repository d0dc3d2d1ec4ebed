package desk

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
	simscale "dcedge/firmware-sim/scale"
	simscanner "dcedge/firmware-sim/scanner"
)

// TestPulledAndBack: cables are pulled again and again; the lead's page says so,
// each comes back by itself, and every trigger pull is one decision. How soon is in
// the log.
func TestPulledAndBack(t *testing.T) {
	t.Parallel()
	d := start(t, sitetest.Options{}, "ssi")
	d.loginAt(t, "W-001", "pack-1")
	lead := d.PushLead()
	d.both(t, lead, true)
	const rounds, each = 4, 8
	n := 0
	var slowestLoss, slowestBack time.Duration
	for range rounds {
		var last int64
		for range each {
			n++
			last = d.scanner.Pull(fmt.Sprintf("NOTHING-%04d", n), "")
		}
		// The cable goes while the scanner is somewhere among these.
		require.Eventually(t, func() bool { return len(d.scanner.Sent(last-each)) == each && d.scanner.Sent(last - each)[each/2].Done }, 30*time.Second, time.Millisecond)
		d.scanner.SetFaults(simscanner.Faults{Away: true})
		d.scale.SetFaults(simscale.Faults{Away: true})
		slowestLoss = max(slowestLoss, d.both(t, lead, false))
		x := d.device(t, lead, "scan-1")
		assert.Equal(t, "offline", x.Error)
		assert.NotEmpty(t, x.Hint, "what to do")
		assert.NotEmpty(t, x.LastError)
		d.scanner.SetFaults(simscanner.Faults{})
		d.scale.SetFaults(simscale.Faults{})
		slowestBack = max(slowestBack, d.both(t, lead, true))
		require.Eventually(t, func() bool { return d.scanner.Status().Waiting == 0 }, 30*time.Second, 5*time.Millisecond)
	}
	pulls := d.scanner.Sent(0)
	require.Len(t, pulls, n)
	twice := 0
	for _, p := range pulls {
		assert.True(t, p.Acked, "%+v", p)
		if p.Times > 1 {
			twice++
		}
	}
	seen := map[string]int{}
	for _, e := range d.events(t) {
		if e.Device == "scan-1" {
			seen[fmt.Sprint(e.Data["hash"])]++
			assert.Equal(t, "w-W-001", e.Worker, "logged in on the desk's own device")
		}
	}
	assert.Len(t, seen, n, "nothing is lost")
	for hash, times := range seen {
		assert.Equal(t, 1, times, "%s was decided more than once", hash)
	}
	t.Logf("%d pulls, %d of them sent more than once; loss told in %v, back in %v at the slowest", n, twice, slowestLoss, slowestBack)
}

// both waits until both serial devices are as told, and says how long it took.
func (d *desk) both(t *testing.T, lead string, ok bool) time.Duration {
	t.Helper()
	began := time.Now()
	require.Eventually(t, func() bool {
		return d.device(t, lead, "scan-1").OK == ok && d.device(t, lead, "scale-1").OK == ok
	}, 30*time.Second, 10*time.Millisecond)
	return time.Since(began)
}

// TestTheTestButton: each device does something that a person beside it notices.
func TestTheTestButton(t *testing.T) {
	t.Parallel()
	d := start(t, sitetest.Options{Clock: 20}, "ssi")
	lead := d.PushLead()
	d.both(t, lead, true)
	press := func(name string) sitetest.Answer {
		return d.Do("POST", "/site/v1/devices/"+name+"/test", lead, []byte(`{"reason":"does it work"}`))
	}
	require.Equal(t, http.StatusNotFound, press("nothing").Code)
	w := d.Worker("W-001")
	require.Equal(t, http.StatusForbidden, d.Do("POST", "/site/v1/devices/scan-1/test", w.Token, []byte(`{}`)).Code)

	beeps := d.scanner.Status().Beeps
	require.Equal(t, http.StatusOK, press("scan-1").Code)
	require.Eventually(t, func() bool { return d.scanner.Status().Beeps == beeps+1 }, 30*time.Second, 5*time.Millisecond)

	d.cleared(t, lead)
	d.scale.Put(1_204_000)
	var got struct{ Did, Grams, Detail string }
	require.Eventually(t, func() bool { press("scale-1").JSON(t, &got); return got.Detail == "ok" }, 30*time.Second, 20*time.Millisecond)
	assert.Equal(t, "1204", got.Grams)

	require.Eventually(t, func() bool { return d.device(t, lead, "printer-1").OK }, 30*time.Second, 20*time.Millisecond)
	before := d.Printers[0].Status().Odometer
	a := press("printer-1")
	require.Equal(t, http.StatusOK, a.Code, "%s", a.Body)
	assert.Equal(t, before+1, d.Printers[0].Status().Odometer)
	x := d.device(t, lead, "printer-1")
	assert.NotEmpty(t, x.Model)

	d.scanner.SetFaults(simscanner.Faults{Away: true})
	require.Eventually(t, func() bool { return !d.device(t, lead, "scan-1").OK }, 30*time.Second, 10*time.Millisecond)
	assert.Equal(t, "offline", press("scan-1").Problem())
}
