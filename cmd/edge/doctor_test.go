package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"dcedge/edge/agent"
)

// TestFindingSigns: ok is what wants nothing done.
func TestFindingSigns(t *testing.T) {
	for name, c := range map[string]struct {
		f    agent.Finding
		says string
	}{
		"ok":    {agent.Finding{Part: "disk", OK: true, Detail: "9 MiB free"}, "ok     disk         9 MiB free\n"},
		"note":  {agent.Finding{Part: "clock", OK: true, Detail: "12:00; not kept by NTP", Do: "have it kept"}, "note   clock        12:00; not kept by NTP  -> have it kept\n"},
		"fault": {agent.Finding{Part: "scan-1", Detail: "offline", Do: "plug it in"}, "FAULT  scan-1       offline  -> plug it in\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			require.NoError(t, tellFinding(&std{out: &out}, c.f))
			require.Equal(t, c.says, out.String())
		})
	}
}
