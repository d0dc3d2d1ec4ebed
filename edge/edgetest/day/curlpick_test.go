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

// script runs one of docs as it stands and gives what it said.
func script(t *testing.T, s *sitetest.Site, name string, set ...string) (int, string) {
	t.Helper()
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("NOT PROVEN HERE: docs/%s needs %s", name, tool)
		}
	}
	path, err := filepath.Abs("../../../docs/" + name)
	require.NoError(t, err)
	for _, file := range []string{path, filepath.Join(filepath.Dir(path), "curl.sh")} {
		_, err := os.ReadFile(file) // what was read here is what a kept result of this test stands for
		require.NoError(t, err)
	}
	c := exec.CommandContext(t.Context(), "bash", path)
	c.Env = append(append(os.Environ(), "EDGE="+s.URL, "EDGE_WMS_KEY="+sitetest.WMSKey), set...)
	said, _ := c.CombinedOutput() // its exit code says the rest
	t.Logf("%s", said)
	return c.ProcessState.ExitCode(), string(said)
}

func oracleOf(s *sitetest.Site) *edgetest.Oracle {
	o := edgetest.NewOracle(s.Epoch)
	_, lines, _ := strings.Cut(string(s.Do("GET", "/sync/v1/events?after=start&limit=10000", sitetest.WMSKey, nil).Body), "\n")
	for line := range strings.Lines(lines) {
		o.Line([]byte(strings.TrimSuffix(line, "\n")))
	}
	return o
}

// TestWaveWithCurl runs docs/wave.sh: from a list of the WMS to two full cells.
func TestWaveWithCurl(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{})
	s.Basics()
	code, said := script(t, s, "wave.sh", "WAVE=WAVE-1")
	require.Zero(t, code)
	assert.Contains(t, said, "pickList.received")
	assert.Equal(t, 2, strings.Count(said, "put.cellDone"))
	assert.Equal(t, 4, strings.Count(said, "  put.confirmed"))
	o := oracleOf(s)
	assert.Empty(t, o.Faults())
	sum := o.Totals()
	assert.Equal(t, [...]int{2, 4, 4}, [...]int{sum.Orders, sum.Units, sum.Picked})
}

// TestZonesWithCurl runs docs/zones.sh: from zone to zone, and what it says where a
// site does not pick by zones.
func TestZonesWithCurl(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Pick: "zones = true"})
	s.Basics()
	s.Push(sitetest.Person("W-199", "picker"))
	code, said := script(t, s, "zones.sh", "ORDER=ZONE-1")
	require.Zero(t, code)
	assert.Contains(t, said, "pick.passed")
	assert.Contains(t, said, "pick.fetch")
	assert.Contains(t, said, "pick.rightTote")
	assert.Contains(t, said, "pick.done")
	o := oracleOf(s)
	assert.Empty(t, o.Faults())
	sum := o.Totals()
	assert.Equal(t, [...]int{1, 3, 3}, [...]int{sum.Orders, sum.Units, sum.Picked})

	plain := sitetest.Start(t, sitetest.Options{})
	plain.Basics()
	code, said = script(t, plain, "zones.sh")
	assert.Equal(t, 2, code)
	assert.Contains(t, said, "set [pick] zones = true")
}
