package printers

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
	sim "dcedge/firmware-sim/printer"
)

// inHand waits until a printer has a label that is not out yet.
func inHand(t *testing.T, p *sim.Printer) {
	t.Helper()
	require.Eventually(t, func() bool { s := p.Status(); return s.Left > 0 || s.Formats > 0 }, 20*time.Second, time.Millisecond)
}

// TestPowerOnASerialLine (L4, L6): a printer on a serial line goes off with a label in
// hand; the line itself tells nothing of it. One label comes out and nobody is asked,
// whether the printer forgets its buffer or plays it back, at once or after a while.
func TestPowerOnASerialLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		replay bool
		polls  int // that it does not answer
	}{
		"forgets": {false, 0}, "replays": {true, 0}, "off for a while": {false, 6}, "off, and then replays": {true, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := startHall(t, sitetest.Options{Clock: 1, TTY: true})
			p := h.Printers[0]
			h.pack(h.desks[0])
			inHand(t, p)
			if c.polls > 0 {
				p.SetPause(true) // nothing comes out of one that is off
				p.SetFaults(sim.Faults{Silent: true})
				asked := p.Status().Received
				require.Eventually(t, func() bool { return p.Status().Received > asked+int64(3*c.polls) }, 30*time.Second, 20*time.Millisecond)
			}
			p.PowerCycle(c.replay)
			p.SetFaults(sim.Faults{})
			require.Eventually(t, func() bool { return h.look(h.desks[0]) }, 90*time.Second, 20*time.Millisecond)
			assert.Len(t, h.paper(), 1)
			assert.Empty(t, h.asked)
			if c.replay {
				assert.EqualValues(t, 1, p.Status().Odometer)
			}
		})
	}
}

// TestSwapOnASerialLine (L8): another printer is plugged into the line while nothing
// happens. It gets no label before a lead's test has come out of it.
func TestSwapOnASerialLine(t *testing.T) {
	t.Parallel()
	h := startHall(t, sitetest.Options{Clock: 50, TTY: true, Extra: "[print]\nfailover = \"2s\"\n"})
	p := h.Printers[0]
	h.pack(h.desks[0])
	require.Eventually(t, func() bool { return h.look(h.desks[0]) }, 20*time.Second, 20*time.Millisecond)
	p.Replace("OTHER-7")
	h.pack(h.desks[0])
	require.Eventually(t, func() bool { return h.look(h.desks[0]) }, 20*time.Second, 20*time.Millisecond)
	assert.EqualValues(t, 1, p.Status().Odometer, "nothing personal has left to it")
	assert.Equal(t, 1, h.moved)
	require.Eventually(t, func() bool { return h.device("printer-1").Condition == "otherPrinter" }, 10*time.Second, 50*time.Millisecond)
	a := h.Do("POST", "/site/v1/devices/printer-1/test", h.lead, []byte(`{"reason":"replaced"}`))
	require.Equal(t, 200, a.Code, "%s", a.Body)
	h.pack(h.desks[0])
	require.Eventually(t, func() bool { return h.look(h.desks[0]) }, 20*time.Second, 20*time.Millisecond)
	assert.EqualValues(t, 3, p.Status().Odometer, "the first, the test label and this one")
}

// TestSwapUnderALabel: the printer that had the label is gone with it; the other one
// cannot tell what became of it, so that a person is asked.
func TestSwapUnderALabel(t *testing.T) {
	t.Parallel()
	h := startHall(t, sitetest.Options{Clock: 1, TTY: true, Extra: "[print]\nfailover = \"2s\"\naskAfter = \"3s\"\n"})
	p := h.Printers[0]
	h.pack(h.desks[0])
	inHand(t, p)
	p.Replace("OTHER-7")
	require.Eventually(t, func() bool { return h.look(h.desks[0]) }, 90*time.Second, 20*time.Millisecond)
	assert.Zero(t, p.Status().Odometer, "the other one prints nothing of it")
	assert.NotEmpty(t, h.asked)
	assert.Len(t, h.paper(), 1)
	var numbers []string
	for _, e := range h.pulled() {
		if e.Type == "label.intent" {
			numbers = append(numbers, e.Data.Waybill)
		}
	}
	require.Len(t, numbers, 2)
	assert.NotEqual(t, numbers[0], numbers[1], "the first is dead, should the printer that has it print it elsewhere")
}
