package day

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
)

// TestReturnsWithCurl runs docs/returns.sh: three announced, two came, and a parcel
// that nobody knows.
func TestReturnsWithCurl(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Clock: 50})
	s.Basics()
	code, said := script(t, s, "returns.sh", "RETURN=RET-1")
	require.Zero(t, code, said)
	for _, want := range []string{"return.received", "return.opened", "return.graded", "return.closed", "return.unknown"} {
		assert.Contains(t, said, "  "+want+"\n")
	}
	events := string(s.Do("GET", "/sync/v1/events?after=start&limit=10000", sitetest.WMSKey, nil).Body)
	assert.Contains(t, events, `"grade":"good"`)
	assert.Contains(t, events, `"grade":"defect","reason":"broken","place":"QUARANTINE"`)
	assert.Contains(t, events, `"came":2,"missing":[{"line":"1","sku":"CURL-6","quantity":1}]`)
}
