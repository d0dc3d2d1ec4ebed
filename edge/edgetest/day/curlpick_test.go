package day

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	othersWave(s)
	code, said := script(t, s, "wave.sh", "WAVE=WAVE-1")
	require.Zero(t, code)
	assert.Contains(t, said, "pickList.received")
	assert.Equal(t, 2, strings.Count(said, "put.cellDone"))
	assert.Equal(t, 4, strings.Count(said, "  put.confirmed"))
	assert.Empty(t, pickedOf(t, s, "OTHER-"), "somebody else's")
	o := oracleOf(s)
	assert.Empty(t, o.Faults())
	sum := o.Totals()
	assert.Equal(t, [...]int{6, 8, 4}, [...]int{sum.Orders, sum.Units, sum.Picked})
}

// othersWave leaves a wave of somebody else's on the floor, put down, and a list that
// comes before any other.
func othersWave(s *sitetest.Site) {
	first := time.Now().Add(5 * time.Minute).Format(time.RFC3339)
	order := func(id string) string {
		return `{"kind":"order","id":"` + id + `","carrier":"cj","cutoff":"` + first + `","lines":[{"id":"1","sku":"MUG","quantity":1,"location":"A01-01-1"}]}`
	}
	list := func(id, a, b string) string {
		return `{"kind":"pickList","id":"` + id + `","mode":"total","orders":["` + a + `","` + b + `"]}`
	}
	s.Push(`{"kind":"cell","id":"OTHER-01","barcode":"CELL-OTHER-01","wall":"OTHER"}`, `{"kind":"cell","id":"OTHER-02","barcode":"CELL-OTHER-02","wall":"OTHER"}`,
		`{"kind":"cell","id":"OTHER-03","barcode":"CELL-OTHER-03","wall":"OTHER"}`, `{"kind":"cell","id":"OTHER-04","barcode":"CELL-OTHER-04","wall":"OTHER"}`,
		order("OTHER-1"), order("OTHER-2"), order("OTHER-3"), order("OTHER-4"), list("OTHER-A", "OTHER-1", "OTHER-2"), list("OTHER-B", "OTHER-3", "OTHER-4"))
	w := s.Worker("W-P")
	w.Act("start", map[string]any{"flow": "pick", "mode": "total"})
	w.Scan("TOTE-08000")
	w.Act("leave", map[string]any{})
}

// pickedOf are the events of picking whose order's id begins so.
func pickedOf(t *testing.T, s *sitetest.Site, prefix string) (types []string) {
	for _, e := range eventsOf(t, s) {
		if strings.HasPrefix(e.Order, prefix) && strings.HasPrefix(e.Type, "pick.") {
			types = append(types, e.Type)
		}
	}
	return types
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
