package desk

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
	simscanner "dcedge/firmware-sim/scanner"
)

// TestR4OneToteAtTwoDesks: the scanners of two desks read the same tote at the same
// moment: two events, one of them takes it, and the other desk is refused.
func TestR4OneToteAtTwoDesks(t *testing.T) {
	t.Parallel()
	tty := filepath.Join(t.TempDir(), "scan-2")
	other, err := simscanner.New(simscanner.Config{Name: "scan-2", Listen: "pty:" + tty, Protocol: "ssi"})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- other.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	<-other.Ready()
	d := start(t, sitetest.Options{Clock: 20, Device: fmt.Sprintf("[[station]]\nname = \"pack-2\"\nprinters = [\"printer-1\"]\n"+
		"[[device]]\nname = \"scan-2\"\ndriver = \"scanner\"\nprotocol = \"ssi\"\nlink = \"serial://%s?baud=115200\"\nstation = \"pack-2\"\n", tty)}, "ssi")
	d.picked(t, d.Worker("W-001"), "O-1", "TOTE-00001")
	for badge, station := range map[string]string{"W-001": "pack-1", "W-002": "pack-2"} {
		d.loginAt(t, badge, station) // idle there: a tote begins its packing
	}
	lead := d.PushLead()
	require.Eventually(t, func() bool { return d.device(t, lead, "scan-1").OK && d.device(t, lead, "scan-2").OK }, 30*time.Second, 10*time.Millisecond)

	one, two := d.scanner.Pull("TOTE-00001", ""), other.Pull("TOTE-00001", "")
	limit, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for s, n := range map[*simscanner.Scanner]int64{d.scanner: one, other: two} {
		sent, err := s.Wait(limit, n)
		require.NoError(t, err)
		assert.True(t, sent.Acked)
	}
	began, refused := 0, []any{}
	scans := map[string]bool{}
	for _, e := range d.events(t) {
		if e.Device != "scan-1" && e.Device != "scan-2" {
			continue
		}
		scans[e.Device+" "+e.Worker+" "+e.Scan] = true
		if e.Type == "scan.refused" {
			refused = append(refused, e.Data["code"])
		} else {
			began++
		}
	}
	assert.Len(t, scans, 2, "each read is one decision: %v", scans)
	assert.Positive(t, began)
	assert.Equal(t, []any{"duplicate"}, refused)
}
