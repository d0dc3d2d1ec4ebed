package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// doubted brings a box's first attempt into doubt, with what p1 had counted before.
func doubted(t *testing.T, x *site, box string) string {
	v := x.print(edge.PrintReport{Stage: edge.StageIntent, Box: box, Printer: "p1", Hash: "ab", Meter: &edge.PrintMeter{Serial: "S1", Unit: "labels", Count: 41}})
	require.True(t, v.OK)
	require.Equal(t, edge.OK, x.print(edge.PrintReport{Stage: edge.StageInDoubt, Box: box, Attempt: v.Answer, Error: "wire"}).Code)
	require.Equal(t, "inDoubt", x.screen("k").Step)
	return v.Answer
}

// TestThePrinterSettles: its own count answers the question, and a person's copy
// number is not used up where no paper came out.
func TestThePrinterSettles(t *testing.T) {
	for _, outcome := range []string{"yes", "no"} {
		x := newSite(t)
		x.deep = true
		crew(x)
		box := closedBox(x)
		attempt := doubted(t, x, box)
		assert.Equal(t, &edge.PrintMeter{Serial: "S1", Unit: "labels", Count: 41}, x.live.Attempt(attempt).Meter)
		r := edge.PrintReport{Stage: edge.StageSettled, Box: box, Attempt: attempt, Outcome: outcome, Evidence: "odometer"}
		require.Equal(t, edge.OK, x.print(r).Code)
		require.Equal(t, "label.settled", x.kinds())
		e := x.last[0].Data.(*edge.LabelEvent)
		assert.Equal(t, []string{"printer", outcome, "odometer"}, []string{e.By, e.Outcome, e.Evidence})
		assert.Equal(t, edge.Unexpected, x.print(r).Code, "an attempt is settled once")
		p := x.live.Box(box).Print
		if outcome == "yes" {
			assert.Equal(t, "waybill", x.screen("k").Step)
		} else {
			assert.Equal(t, edge.PrintWant{Wanted: true, Copy: 1, NextAttempt: p.NextAttempt, Attempt: attempt}, p, "the same number, the same copy, and nothing to clean")
			x.label(box)
		}
		assert.Equal(t, edge.Done, x.scan("k", waybillOf(x)).Code)
		checkEvents(t, x.events)
	}
}

// TestThePrinterSettlesBeforeAnybodyWasAsked: then nobody was in doubt.
func TestThePrinterSettlesBeforeAnybodyWasAsked(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	box := closedBox(x)
	v := x.print(edge.PrintReport{Stage: edge.StageIntent, Box: box, Printer: "p1", Hash: "ab"})
	r := edge.PrintReport{Stage: edge.StageSettled, Box: box, Attempt: v.Answer, Outcome: "no", Evidence: "odometer"}
	require.Equal(t, edge.OK, x.print(r).Code)
	assert.Equal(t, "label.settled", x.kinds())
	v = x.print(edge.PrintReport{Stage: edge.StageIntent, Box: box, Printer: "p1", Hash: "ac"})
	r.Attempt, r.Outcome = v.Answer, "yes"
	require.Equal(t, edge.OK, x.print(r).Code)
	assert.Equal(t, "label.printed", x.kinds())
	for _, bad := range []string{"", "maybe"} {
		r.Outcome = bad
		assert.Equal(t, edge.Unexpected, x.print(r).Code)
	}
	checkEvents(t, x.events)
}

// TestTheLabelComesOutElsewhere: the packer is told where, so is who works there,
// and again when the desk's own printer is back.
func TestTheLabelComesOutElsewhere(t *testing.T) {
	x := newSite(t)
	x.pol.Stations = []edge.Station{{Name: "pack-1", Printers: []string{"p1", "p2"}}, {Name: "pack-2", Printers: []string{"p2"}}}
	crew(x)
	box := closedBox(x)
	x.record(order("o2", "cj", line{1, 1}))
	x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o2"}})
	x.scan("p", "TOTE-00002")
	x.scan("p", "EA-1")
	require.True(t, x.scan("k2", "TOTE-00002").OK, "the other desk works, too")

	x.print(edge.PrintReport{Stage: edge.StagePrinter, Printer: "p1", State: "noPaper"})
	assert.Equal(t, &edge.PrinterView{Name: "p2", State: "ready", Station: "pack-2", Instead: "p1", InsteadState: "noPaper"}, x.screen("k").Printer)
	x.print(edge.PrintReport{Stage: edge.StageIntent, Box: box, Printer: "p2", Hash: "ab"})
	said := map[string]edge.Say{}
	for _, n := range x.dec.Notices {
		said[n.Worker] = n.Say
	}
	assert.Equal(t, map[string]edge.Say{
		"k":  edge.Says("printer.moved", edge.T("printer", "p2"), edge.T("station", "pack-2")),
		"k2": edge.Says("printer.guest", edge.T("printer", "p2"), edge.T("station", "pack-1")),
	}, said)

	x.print(edge.PrintReport{Stage: edge.StagePrinter, Printer: "p1", State: "ready"})
	require.Len(t, x.dec.Notices, 1)
	assert.Equal(t, "printer.back", x.dec.Notices[0].Say.Key)
	assert.Equal(t, "p2", x.screen("k").Printer.Name, "this label is still there")
	attempt := x.live.Box(box).Print.Attempt
	x.print(edge.PrintReport{Stage: edge.StagePrinted, Box: box, Attempt: attempt, Evidence: "odometer"})
	require.Equal(t, edge.Done, x.scan("k", waybillOf(x)).Code)
	assert.Nil(t, x.screen("k").Printer)
	assert.Equal(t, &edge.PrinterView{Name: "p2", State: "ready"}, x.screen("k2").Printer, "at its own desk nothing is elsewhere")
}
