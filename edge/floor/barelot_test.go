package floor_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// Identifiers are off on most scanners: 10A1 is lot 10A1, or lot A1 behind its AI. What
// proves itself is taken, what the site knows decides, and else a person is asked; no
// lot is ever cut by a guess.
func TestALotThatBeginsLikeAnIdentifier(t *testing.T) {
	const lot, lotAndDay, serialToo = "lot", "expiry", "serial"
	for name, c := range map[string]struct {
		capture     []string
		known       []string // lots that the site knows
		code, typed string
		lot, expiry string // what is picked
		say         string // else it is asked
	}{
		"nobody knows either":                     {capture: []string{lot}, code: "10A55", say: "pick.lotOrData"},
		"with its identifier":                     {capture: []string{lot}, code: "]C110A55", lot: "A55"},
		"of a plain symbol":                       {capture: []string{lot}, code: "]C010A55", lot: "10A55"},
		"typed":                                   {capture: []string{lot}, typed: "10A55", lot: "10A55"},
		"typed like a serial number":              {capture: []string{lot}, typed: "21A55", lot: "21A55"},
		"typed like two elements":                 {capture: []string{lot}, typed: "10AB21CD", lot: "10AB21CD"},
		"the plain lot is known":                  {capture: []string{lot}, known: []string{"10A55"}, code: "10A55", lot: "10A55", expiry: "2027-01-31"},
		"the lot behind the AI is known":          {capture: []string{lot}, known: []string{"A55"}, code: "10A55", lot: "A55", expiry: ""},
		"both are known":                          {capture: []string{lot}, known: []string{"A55", "10A55"}, code: "10A55", say: "pick.lotOrData"},
		"like two elements, and known":            {capture: []string{lot}, known: []string{"10AB21CD"}, code: "10AB21CD", lot: "10AB21CD", expiry: "2027-01-31"},
		"like two elements":                       {capture: []string{lot}, code: "10AB21CD", say: "pick.ambiguous"},
		"like a serial number that nobody wants":  {capture: []string{lot}, code: "21A55", lot: "21A55"},
		"like a serial number that is wanted too": {capture: []string{lot, serialToo}, code: "21A55", say: "pick.lotOrData"},
		"like a day that nobody wants":            {capture: []string{lot}, code: "17270131", lot: "17270131"},
		"like a day that is wanted too":           {capture: []string{lot, lotAndDay}, code: "17270228", say: "pick.lotOrData"},
		"a day that the site knows":               {capture: []string{lot, lotAndDay}, known: []string{"A1"}, code: "17270131", expiry: "2027-01-31"},
		"the day alone is wanted":                 {capture: []string{lotAndDay}, code: "17270228", lot: "", expiry: "2027-02-28"},
		"day and lot, which no plain lot is":      {capture: []string{lot, lotAndDay}, code: "1727022810A55", lot: "A55", expiry: "2027-02-28"},
		"as long as no lot is":                    {capture: []string{lot}, code: "10ABCDEFGHIJKLMNOPQRST", lot: "ABCDEFGHIJKLMNOPQRST"},
		"no identifier":                           {capture: []string{lot}, code: "A55", lot: "A55"},
	} {
		t.Run(name, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			x.catalogue(captureRecords()...)
			x.catalogue(&edge.SKURecord{Client: "default", ID: "S7", Capture: c.capture, Barcodes: []edge.Barcode{{Code: gtin7}}})
			crew(x)
			begun(x, line{7, 2})
			for _, l := range c.known {
				stock(x, "S7", "L7", l, "2027-01-31", 5)
			}
			require.Equal(t, edge.OK, x.scan("p", gtin7).Code)
			require.Equal(t, "lot", x.screen("p").Step)
			m := &edge.Message{Kind: edge.Scan, Worker: "p", Code: c.code}
			if c.typed != "" {
				m.Code, m.Source = c.typed, "typed"
			} else if m.Code[0] == ']' {
				m.Code, m.Symbology = m.Code[3:], m.Code[:3]
			}
			v := x.send(m)
			if c.say != "" {
				assert.Equal(t, edge.Unknown, v.Code)
				assert.Equal(t, c.say, v.Say.Key)
				assert.Equal(t, "lot", x.screen("p").Step)
				return
			}
			require.True(t, v.OK, "%+v", v.Say)
			var got edge.Captured
			if h := x.live.WorkOf("p").Hand; h != nil {
				got = h.Captured
			}
			if e := typed(x.last, edge.EvPicked); len(e) > 0 {
				p := e[0].Data.(*edge.PickEvent)
				got = edge.Captured{Lot: p.Lot, Expiry: p.Expiry, Serials: p.Serials}
			}
			assert.Equal(t, []any{c.lot, c.expiry}, []any{got.Lot, got.Expiry})
			assert.Empty(t, got.Serials)
		})
	}
}

// TestALabelIsNoLot: the number of a label beside the shelf is known, so it is neither
// taken as a lot nor as a serial number.
func TestALabelIsNoLot(t *testing.T) {
	x := newSite(t)
	x.deep = true
	x.catalogue(captureRecords()...)
	crew(x)
	packed(t, x, "o1", "cj", "TOTE-00001")
	for sku, step := range map[int]string{7: "lot", 8: "serial"} {
		x.record(order("o"+step, "cj", line{sku, 1}))
		x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o" + step}})
		x.scan("p", fmt.Sprintf("TOTE-0000%d", sku))
		x.scan("p", x.screen("p").Expect[0].Code)
		require.Equal(t, step, x.screen("p").Step)
		v := x.scan("p", boxCode(x, "B-1"))
		assert.Equal(t, []string{"unexpected", "scan.unexpected"}, []string{string(v.Code), v.Say.Key}, step)
		x.act("p", "leave", edge.Args{})
	}
}

// TestALotThatWasReadIsAnotherScreen: a button that was pressed when the lot was asked for
// does not answer the question for its day.
func TestALotThatWasReadIsAnotherScreen(t *testing.T) {
	x := newSite(t)
	x.deep = true
	x.catalogue(captureRecords()...)
	crew(x)
	x.record(order("o1", "cj", line{7, 1}))
	x.act("p", "start", edge.Args{Flow: edge.Pick})
	x.scan("p", "TOTE-00001")
	x.scan("p", x.screen("p").Expect[0].Code)
	before := x.screen("p")
	require.Equal(t, "lot", before.Step)
	require.True(t, x.scan("p", "NEW-1").OK)
	after := x.screen("p")
	require.NotEqual(t, before.Expect, after.Expect)
	assert.Greater(t, after.Rev, before.Rev)
}
