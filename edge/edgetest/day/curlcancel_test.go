package day

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/porttest"
	"dcedge/edge/edgetest/sitetest"
	"dcedge/firmware-sim/conveyor"
	"dcedge/firmware-sim/wire"
)

const beltTables = `
[[belt]]
name = "line-1"
encoder = "enc-1"
pulse = 50
induct = "eye-1"
tunnel = "tunnel-1"
tunnelAt = 750
end = "eye-9"
endAt = 4000
maxLength = 500
slack = 70
window = 100
[[belt.lane]]
name = "cj"
divert = "d-1"
at = 1500
`

// beltSite is a site with a desk and a belt of one lane; the belt's port for
// whoever lays boxes on it.
func beltSite(t *testing.T) (s *sitetest.Site, port string) {
	t.Helper()
	broker, port := porttest.Free(t), porttest.Free(t)
	devices := ""
	for _, d := range [][2]string{{"eye-1", "photoeye"}, {"eye-9", "photoeye"}, {"enc-1", "photoeye"}, {"tunnel-1", "scanner"}, {"d-1", "divert"}} {
		devices += fmt.Sprintf("[[device]]\nname = %q\ndriver = %q\nlink = \"mqtt:\"\n", d[0], d[1])
	}
	s = sitetest.Start(t, sitetest.Options{Printers: 1, Clock: 50, Device: fmt.Sprintf("[mqtt]\nlisten = %q\n%s%s", broker, devices, beltTables)})
	s.Basics()
	s.Push(`{"kind":"lane","id":"cj","carrier":"cj"}`)
	const inductAt = 1000 // of the simulated belt; the edge counts from there
	line, err := conveyor.New(conveyor.Config{Broker: wire.Broker{URL: "tcp://" + broker}, Site: "ICN1", Control: port, Clock: 40, Patient: true, Seed: 1,
		Layout: conveyor.Layout{Length: 6000, Pulse: 50, Counter: "enc-1", Eyes: []conveyor.Eye{{Name: "eye-1", At: inductAt}, {Name: "eye-9", At: inductAt + 4000}},
			Tunnel:  conveyor.Place{Name: "tunnel-1", At: inductAt + 750},
			Diverts: []conveyor.Divert{{Name: "d-1", At: inductAt + 1500, Lanes: []string{"cj"}}}}})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { _ = line.Run(ctx) })
	t.Cleanup(func() { stop(); all.Wait() })
	up, done := context.WithTimeout(ctx, 30*time.Second)
	defer done()
	require.NoError(t, line.WaitReady(up))
	return s, "http://" + port
}

// TestCancelWithCurl runs docs/cancel.sh: a cancel at each of the seven touches.
// The events that the WMS pulls say that each stopped there.
func TestCancelWithCurl(t *testing.T) {
	t.Parallel()
	s, belt := beltSite(t)
	othersWave(s)
	code, said := script(t, s, "cancel.sh", "PRINTER="+s.Printers[0].ControlURL(), "STATION=pack-1", "BELT="+belt, "STOP=STOP")
	require.Zero(t, code)
	assert.Equal(t, 6, strings.Count(said, "->  cancelled (order.cancelled)"), "put, pack, print, label, hospital, truck: the siren")

	events := eventsOf(t, s)
	assert.Empty(t, judgeStops(events))
	answers, rejected := map[string]string{}, ""
	less, late := 0, ""
	for _, e := range events {
		d := e.Data
		switch {
		case e.Type == "order.cancelStopped":
			answers[e.Order] = d.Step
		case e.Type == "order.cancelTooLate":
			late = e.Order + " " + d.Step
			assert.NotEmpty(t, d.Truck)
		case e.Type == "order.changed" && d.Kind == "reduceLine":
			less = d.Lines[0].Quantity
		case e.Type == "parcel.rejected":
			rejected = e.Order + " " + d.Reason + " " + d.Lane
		}
	}
	assert.Equal(t, map[string]string{"STOP-1": "picking", "STOP-2": "picked", "STOP-3": "picked", "STOP-4": "packing", "STOP-5": "packing",
		"STOP-6": "packed", "STOP-7": "packed"}, answers)
	assert.Equal(t, "STOP-6 cancelled hospital", rejected)
	assert.Equal(t, 2, less)
	assert.Equal(t, "STOP-8 loaded", late)
	o := oracleOf(s)
	assert.Empty(t, o.Faults())
	for _, open := range o.Unfinished() {
		assert.Contains(t, open, "order OTHER-", "somebody else's is left as it was")
	}
	assert.Empty(t, pickedOf(t, s, "OTHER-"))
	sum := o.Totals()
	assert.Equal(t, [...]int{12, 7, 28, 22, 1}, [...]int{sum.Orders, sum.Cancelled, sum.Units, sum.Picked, sum.Loaded})
	assert.EqualValues(t, 4, s.Printers[0].Status().Odometer, "the label that waited for paper never came out")
}
