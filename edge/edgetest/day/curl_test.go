package day

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest"
	"dcedge/edge/edgetest/sitetest"
)

// TestOrderWithCurl runs docs/order.sh as it stands.
func TestOrderWithCurl(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("NOT PROVEN HERE: docs/order.sh needs %s", tool)
		}
	}
	s := sitetest.Start(t, sitetest.Options{Printers: 1, Clock: 50})
	s.Basics()
	script, err := filepath.Abs("../../../docs/order.sh")
	require.NoError(t, err)
	for _, order := range []string{"CURL-A", "CURL-B"} { // the second finds a label in the tray already
		c := exec.CommandContext(t.Context(), "bash", script)
		c.Env = append(os.Environ(), "EDGE="+s.URL, "PRINTER="+s.Printers[0].ControlURL(), "STATION=pack-1", "ORDER="+order, "EDGE_WMS_KEY="+sitetest.WMSKey)
		said, err := c.CombinedOutput()
		t.Logf("%s", said)
		require.NoError(t, err)
		assert.Contains(t, string(said), "box.loaded")
	}
	o := edgetest.NewOracle(s.Epoch)
	_, lines, _ := strings.Cut(string(s.Do("GET", "/sync/v1/events?after=start&limit=10000", sitetest.WMSKey, nil).Body), "\n")
	for line := range strings.Lines(lines) {
		o.Line([]byte(strings.TrimSuffix(line, "\n")))
	}
	assert.Empty(t, o.Faults())
	assert.Empty(t, o.Unfinished())
	sum := o.Totals()
	assert.Equal(t, [...]int{2, 4, 4, 4, 2, 2, 2, 2}, [...]int{sum.Orders, sum.Units, sum.Picked, sum.Packed, sum.Boxes, sum.Bound, sum.Loaded, sum.Labels})
	assert.EqualValues(t, 2, s.Printers[0].Status().Odometer)
}

// TestOrderWithCurlSaysWhatToSet: what the script needs and does not find is
// named before anything has happened; a tote in use gives the order back.
func TestOrderWithCurlSaysWhatToSet(t *testing.T) {
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("NOT PROVEN HERE: docs/order.sh needs %s", tool)
		}
	}
	s := sitetest.Start(t, sitetest.Options{Printers: 1, Clock: 50})
	s.Basics()
	script, err := filepath.Abs("../../../docs/order.sh")
	require.NoError(t, err)
	run := func(set ...string) (int, string) {
		c := exec.CommandContext(t.Context(), "bash", script)
		c.Env = append(append(os.Environ(), "EDGE="+s.URL, "PRINTER="+s.Printers[0].ControlURL(), "STATION=pack-1", "EDGE_WMS_KEY="+sitetest.WMSKey), set...)
		said, _ := c.CombinedOutput() // its exit code says the rest
		return c.ProcessState.ExitCode(), string(said)
	}
	for set, says := range map[string]string{
		"PRINTER=http://127.0.0.1:1": "set PRINTER to the HTTP port",
		"STATION=pack-9":             "desk pack-9 cannot be used (there is none of this name): set STATION",
		"BADGE=W-NOBODY":             "set BADGE to a worker",
		"EDGE=http://127.0.0.1:1":    "or set EDGE",
	} {
		code, said := run(set, "ORDER=CURL-NOT")
		assert.Equal(t, 2, code, said)
		assert.Contains(t, said, says)
	}
	code, said := run("TOTE=TOTE-NONE", "ORDER=CURL-LATER")
	assert.Equal(t, 2, code, said)
	assert.Contains(t, said, "CURL-LATER waits to be picked: set TOTE to one that is not in use, and ORDER=CURL-LATER")
	events := string(s.Do("GET", "/sync/v1/events?after=start&limit=10000", sitetest.WMSKey, nil).Body)
	assert.NotContains(t, events, "CURL-NOT")
	code, said = run("ORDER=CURL-LATER")
	assert.Zero(t, code, said)
}
