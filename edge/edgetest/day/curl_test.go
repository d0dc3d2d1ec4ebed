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
