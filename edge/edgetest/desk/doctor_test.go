package desk

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/agent"
	"dcedge/edge/config"
	"dcedge/edge/edgetest/sitetest"
	simscanner "dcedge/firmware-sim/scanner"
)

func doctor(t *testing.T, d *desk) map[string]agent.Finding {
	t.Helper()
	cfg, err := config.Load(d.Config)
	require.NoError(t, err)
	out := map[string]agent.Finding{}
	for _, f := range agent.Doctor(t.Context(), cfg, sitetest.Env) {
		assert.True(t, f.OK || f.Do != "", "a fault without what to do: %+v", f)
		out[f.Part] = f
	}
	return out
}

// TestDoctor: it tells the same of the devices whether the edge runs (and holds
// them) or not, and leaves no trace on the floor.
func TestDoctor(t *testing.T) {
	t.Parallel()
	d := start(t, sitetest.Options{}, "ssi")
	d.stopAtPort(t)
	d.scanner.SetFaults(simscanner.Faults{Away: true})
	found := doctor(t, d)
	assert.Contains(t, found["edge"].Detail, "not running")
	assert.True(t, found["keys"].OK)
	assert.True(t, found["disk"].OK, found["disk"].Detail)
	assert.False(t, found["scan-1"].OK)
	assert.Contains(t, found["scan-1"].Do, "plug the device in")
	assert.True(t, found["scale-1"].OK, found["scale-1"].Detail)
	assert.True(t, found["printer-1"].OK, found["printer-1"].Detail)
	assert.NotEmpty(t, found["printer-1"].Device.Model)
	d.scanner.SetFaults(simscanner.Faults{})
	require.Eventually(t, func() bool { f := doctor(t, d)["scan-1"]; return f.OK && f.Device.Firmware != "" }, 30*time.Second, 10*time.Millisecond, "asked who it is")

	d.StartEdge()
	lead := d.PushLead()
	d.both(t, lead, true)
	found = doctor(t, d)
	assert.Contains(t, found["edge"].Detail, "running on")
	for _, name := range []string{"printer-1", "scan-1", "scale-1"} {
		assert.True(t, found[name].OK, "%s: %s", name, found[name].Detail)
		require.NotNil(t, found[name].Device)
	}
	assert.Positive(t, found["scale-1"].Device.BytesIn)
}

// TestDevicesWithCurl runs the installer's commands of docs/install.md.
func TestDevicesWithCurl(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("NOT PROVEN HERE: docs/install.md needs %s", tool)
		}
	}
	text, err := os.ReadFile("../../../docs/install.md")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(text), "without a screen:\n```sh\n")
	require.True(t, ok)
	script, _, _ := strings.Cut(rest, "```")
	s := sitetest.Start(t, sitetest.Options{Printers: 1, Clock: 50})
	s.PushLead()
	script = strings.NewReplacer("http://127.0.0.1:8080", s.URL, `"4711"`, `"`+sitetest.LeadPIN+`"`).Replace(script)
	said, err := exec.CommandContext(t.Context(), "bash", "-euc", script).CombinedOutput()
	require.NoError(t, err, "%s", said)
	assert.Contains(t, string(said), `"name":"printer-1"`)
	assert.Contains(t, string(said), `"did":"printed"`)
	assert.EqualValues(t, 1, s.Printers[0].Status().Odometer)
}

// TestHowFastARead is answered: a figure, nothing is asserted of it.
func TestHowFastARead(t *testing.T) {
	d := start(t, sitetest.Options{}, "ssi")
	d.loginAt(t, "W-001", "pack-1")
	var all []time.Duration
	for i := range 60 {
		began := time.Now()
		d.pull(t, fmt.Sprintf("NOTHING-%03d", i))
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	t.Logf("trigger to acknowledgement over a serial line: median %v, slowest %v", all[len(all)/2], all[len(all)-1])
}
