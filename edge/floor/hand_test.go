package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// stacked are the two symbols of a pack: article and last day above, lot and
// serial below.
const (
	upperSymbol = "]d2010" + gtin7 + "17270131"
	lowerSymbol = "]C110A1\x1d21SN-1"
)

// TestStackedSymbolsInBothOrders: whichever is scanned first, the pick says the
// same.
func TestStackedSymbolsInBothOrders(t *testing.T) {
	for name, order := range map[string][2]string{"upper first": {upperSymbol, lowerSymbol}, "lower first": {lowerSymbol, upperSymbol}} {
		for _, mode := range []string{"order", "cluster", "total"} {
			x := newSite(t)
			x.deep = true
			x.catalogue(captureRecords()...)
			x.catalogue(&edge.SKURecord{Client: "default", ID: "S7", Capture: []string{"lot", "expiry", "serial"}, Barcodes: []edge.Barcode{{Code: gtin7}}})
			x.pol.Pick.Cluster, x.pol.Pick.Wave = 1, 1
			crew(x)
			stock(x, "S7", "L7", "A1", "2027-01-31", 5)
			walking(t, x, mode, line{7, 2})
			require.Equal(t, edge.OK, x.scan("p", order[0]).Code, name)
			v := x.scan("p", order[1])
			require.True(t, v.OK, "%s, %s: %+v", name, mode, v.Say)
			if mode == "cluster" {
				require.Equal(t, "into", x.screen("p").Step)
				require.True(t, x.scan("p", "TOTE-00001").OK)
			}
			picks := typed(x.events, edge.EvPicked)
			require.Len(t, picks, 1, "%s, %s", name, mode)
			e := picks[0].Data.(*edge.PickEvent)
			assert.Equal(t, []any{1, "A1", "2027-01-31", []string{"SN-1"}}, []any{e.Quantity, e.Lot, e.Expiry, e.Serials}, "%s, %s", name, mode)
			assert.Equal(t, "item", x.screen("p").Step, "the next piece is read anew")
			v = x.scan("p", order[0])
			if order[0] == lowerSymbol {
				assert.Equal(t, edge.Duplicate, v.Code, "the serial is used")
			}
		}
	}
}

func walking(t *testing.T, x *site, mode string, lines ...line) {
	t.Helper()
	require.Equal(t, edge.Accepted, x.record(order("o1", "cj", lines...)).Code)
	require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: mode}).OK)
	require.True(t, x.scan("p", "TOTE-00001").OK)
}

// TestWhatDiffersIsNamed: two symbols of two pieces.
func TestWhatDiffersIsNamed(t *testing.T) {
	for _, c := range []struct{ first, second, what, expected, scanned string }{
		{"]C110A1\x1d17270131", upperSymbol + "10B2", "lot", "A1", "B2"},
		{"]C117270228", upperSymbol, "expiry", "270228", "270131"},
		{"]C121SN-1", upperSymbol + "21SN-2", "serial", "SN-1", "SN-2"},
		{upperSymbol, "]C117270228", "expiry", "270131", "270228"},
	} {
		x := newSite(t)
		x.deep = true
		x.catalogue(captureRecords()...)
		crew(x)
		begun(x, line{7, 2})
		require.Equal(t, edge.OK, x.scan("p", c.first).Code, c.first)
		v := x.scan("p", c.second)
		require.Equal(t, edge.Wrong, v.Code, c.second)
		assert.Equal(t, edge.Says("pick.captureDiffers", edge.T("what", c.what), edge.T("expected", c.expected), edge.T("scanned", c.scanned)), v.Say)
		require.True(t, x.act("p", "undo", edge.Args{}).OK)
		assert.Nil(t, x.live.WorkOf("p").Hand, "and is begun anew")
	}
}

// TestLotBeforeAnUnreadableNumber: the lot was read, the number cannot be.
func TestLotBeforeAnUnreadableNumber(t *testing.T) {
	x := newSite(t)
	x.deep = true
	x.catalogue(captureRecords()...)
	crew(x)
	begun(x, line{7, 1}, line{8, 1})
	require.Equal(t, edge.OK, x.scan("p", "]C110A1\x1d17270131").Code)
	assert.Contains(t, x.screen("p").Actions, "undo")
	assert.Equal(t, edge.Unexpected, x.act("p", "quantity", edge.Args{N: n(1)}).Code)
	assert.Equal(t, edge.Done, x.act("p", "confirm", edge.Args{Reason: "unreadable"}).Code)
	e := x.last[0].Data.(*edge.PickEvent)
	assert.Equal(t, []string{"A1", "2027-01-31", "unreadable"}, []string{e.Lot, e.Expiry, e.Reason})
}

// TestLotStaysWithItsPiece: what was read of a piece is forgotten where the piece is
// put back: skipped, or the work handed over.
func TestLotStaysWithItsPiece(t *testing.T) {
	for _, act := range []string{"skip", "handOver"} {
		x := newSite(t)
		x.deep = true
		x.catalogue(captureRecords()...)
		crew(x)
		begun(x, line{7, 1}, line{8, 1})
		require.Equal(t, edge.OK, x.scan("p", "]C110A1\x1d17270131").Code)
		require.True(t, x.act("p", act, edge.Args{Reason: "break"}).OK)
		assert.Nil(t, x.live.WorkOf("p").Hand, act)
	}
}
