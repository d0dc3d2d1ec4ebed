package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"dcedge/edge"
)

// lettered gives S1 a code that a keyboard can spoil.
func lettered(x *site) {
	x.catalogue(&edge.SKURecord{Client: "default", ID: "S1", Barcodes: []edge.Barcode{{Code: "SKU-ABC1"}}})
	begun(x, line{1, 2})
}

// TestRowsOfSpoiltScansAndSilence are the rows of what a keyboard does to a code at a
// work screen, of work while the WMS is silent, and of a tote that is not clean.
func TestRowsOfSpoiltScansAndSilence(t *testing.T) {
	runRows(t, []flowRow{
		{row: "2.2-2", name: "something lies in the tote: help, and the lead is told which tote", set: func(x *site) { begun(x, line{1, 2}) }, act: "help",
			code: edge.OK, say: "help.called", step: "item", events: "step.confirmed"},
		{row: "2.2-5", name: "typed by a Korean keyboard, repaired and the device listed", set: lettered, scan: "나ㅕ-뮻1", device: "pda-07",
			code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed device.state"},
		{row: "2.2-5", name: "doubled by the wedge, repaired and the device listed", set: lettered, scan: "SKU-ABC1SKU-ABC1", device: "pda-07",
			code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed device.state"},
		{row: "2.2-5", name: "Hangul of nothing that is known is refused", set: lettered, scan: "뮻999", device: "pda-07",
			code: edge.Unknown, say: "scan.unknown", step: "item", events: "scan.refused"},
		{row: "2.2-5", name: "repaired it is another item", set: func(x *site) {
			x.catalogue(&edge.SKURecord{Client: "default", ID: "S2", Barcodes: []edge.Barcode{{Code: "SKU-ABC1"}}})
			begun(x, line{1, 2})
		}, scan: "나ㅕ-뮻1", device: "pda-07", code: edge.Wrong, say: "pick.wrongItem", step: "item", events: "scan.refused"},
		{row: "2.2-12", name: "picking goes on", silent: true, set: func(x *site) { begun(x, line{1, 2}) }, scan: "EA-1",
			code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-12", name: "new work comes from what is here", silent: true, set: func(x *site) { x.record(order("o1", "cj", line{1, 1})) },
			act: "start", args: edge.Args{Flow: edge.Pick}, code: edge.OK, say: "pick.started", step: "tote", events: "work.started"},
		{row: "2.2-12", name: "nothing is here, and nothing comes", silent: true, act: "start", args: edge.Args{Flow: edge.Pick},
			code: edge.Unexpected, say: "start.noWork", step: "", events: "scan.refused"},
		{row: "2.2-12", name: "a serial number is unique as far as the site knows", silent: true, set: func(x *site) { begun(x, line{8, 2}); x.scan("p", "EA-8") }, scan: "SN-1",
			code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-12", name: "one that the site knows is refused all the same", silent: true,
			set: func(x *site) { begun(x, line{8, 2}); x.scan("p", "EA-8"); x.scan("p", "SN-1"); x.scan("p", "EA-8") }, scan: "SN-1",
			code: edge.Duplicate, say: "pick.serialUsed", step: "serial", events: "scan.refused"},
		{row: "2.2-13", name: "without a tote nothing is closed", act: "close", set: func(x *site) {
			x.pol.Pick.Drop = "LOC-L9"
			x.record(order("o1", "cj", line{1, 1}))
			x.act("p", "start", edge.Args{Flow: edge.Pick})
		}, code: edge.Unexpected, say: "act.unexpected", step: "tote", events: "scan.refused"},
	})
}

// TestSilenceIsAFact: a serial number that was picked while the WMS was silent says so
// in its event; one that was picked before, and a piece without one, do not.
func TestSilenceIsAFact(t *testing.T) {
	for _, c := range []struct {
		silent, want bool
		set          func(x *site)
		scan         string
	}{
		{true, true, func(x *site) { begun(x, line{8, 2}); x.scan("p", "EA-8") }, "SN-1"},
		{false, false, func(x *site) { begun(x, line{8, 2}); x.scan("p", "EA-8") }, "SN-1"},
		{true, false, func(x *site) { begun(x, line{1, 2}) }, "EA-1"},
	} {
		r := flowRow{set: c.set, scan: c.scan, silent: c.silent, code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"}
		x := r.run(t)
		assert.Equal(t, c.want, x.last[0].Data.(*edge.PickEvent).Unconfirmed)
	}
	r := flowRow{set: func(x *site) { begun(x, line{1, 2}) }, act: "help", code: edge.OK, say: "help.called", step: "item", events: "step.confirmed"}
	assert.Equal(t, "TOTE-00001", r.run(t).last[0].Data.(*edge.StepConfirmed).Tote)
}
