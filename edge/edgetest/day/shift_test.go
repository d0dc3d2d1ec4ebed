package day

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
)

// TestShiftWithCurl runs docs/shift.sh as it stands, and holds what left the edge
// to what may leave it: no name, no note, no badge.
func TestShiftWithCurl(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("NOT PROVEN HERE: docs/shift.sh needs %s", tool)
		}
	}
	s := sitetest.Start(t, sitetest.Options{})
	s.Basics()
	s.PushLead()
	script, err := filepath.Abs("../../../docs/shift.sh")
	require.NoError(t, err)
	c := exec.CommandContext(t.Context(), "bash", script)
	c.Env = append(os.Environ(), "EDGE="+s.URL, "PIN="+sitetest.LeadPIN, "EDGE_WMS_KEY="+sitetest.WMSKey)
	out, err := c.CombinedOutput()
	said := string(out)
	t.Logf("%s", said)
	require.NoError(t, err)
	assert.NotContains(t, said, `"left"`, "an order that has just come is printed")
	for _, want := range []string{`"location":"Z99-01-1"`, "paper.lines", "paper.entered", `"needed":true`, `"needed":false`, `"note":"desk 2 wants paper"`, `{"items":[]}`,
		`"type":"shift.started"`, `"type":"shift.ended"`, `"type":"paper.entered"`} {
		assert.Contains(t, said, want)
	}

	events := string(s.Do("GET", "/sync/v1/events?after=start&limit=10000", sitetest.WMSKey, nil).Body)
	manual, practice := 0, 0
	for line := range strings.Lines(events) {
		if strings.Contains(line, `"manual":true`) {
			manual++
			assert.NotContains(t, line, `"practice":true`)
		}
		if strings.Contains(line, `"practice":true`) {
			practice++
			assert.NotContains(t, line, "PAPER-", "what is practised on is made up")
		}
	}
	assert.GreaterOrEqual(t, manual, 2, "the pick and its entry")
	assert.GreaterOrEqual(t, practice, 1)
	for _, private := range []string{"Nguyen", "desk 2 wants paper", "TB-"} {
		assert.NotContains(t, events, private)
		assert.NotContains(t, s.Log.Text(), private)
	}
}
