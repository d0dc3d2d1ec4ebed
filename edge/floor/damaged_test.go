package floor_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/edge"
)

// told gives the causes of device.state of the last message.
func told(x *site) []string {
	var out []string
	for _, e := range x.last {
		switch d := e.Data.(type) {
		case *edge.DeviceState:
			out = append(out, d.Device+" "+d.State+" "+d.Error)
		case *edge.Refused:
			if d.Damage != "" {
				out = append(out, "pda-07 setUp "+d.Damage)
			}
		}
	}
	return out
}

// hanScan scans as a device with a name.
func hanScan(x *site, worker, code string) edge.Verdict {
	return x.send(&edge.Message{Kind: edge.Scan, Worker: worker, Code: code, Device: "pda-07"})
}

func TestSpoiltScans(t *testing.T) {
	for name, c := range map[string]struct {
		code string // of SKU S1: SKU-ABC1
		want edge.Code
		told []string
	}{
		"Whole":            {"SKU-ABC1", edge.OK, nil},
		"Hangul":           {"나ㅕ-뮻1", edge.OK, []string{"pda-07 setUp hangul"}},
		"CapsLock":         {"sku-abc1", edge.OK, []string{"pda-07 setUp capslock"}},
		"Doubled":          {"SKU-ABC1SKU-ABC1", edge.OK, []string{"pda-07 setUp doubled"}},
		"Wide":             {"ＳＫＵ－ＡＢＣ１", edge.OK, []string{"pda-07 setUp wide"}},
		"Kana":             {"とのなほちこそぬ", edge.OK, []string{"pda-07 setUp kana"}},
		"HangulOfNothing":  {"뮻999", edge.Unknown, []string{"pda-07 setUp unproven"}},
		"Unknown":          {"NOTHING-HERE", edge.Unknown, nil},
		"DoubledUnknown":   {"ABAB", edge.Unknown, nil},
		"DoubledGTIN":      {"88012345678938801234567893", edge.OK, []string{"pda-07 setUp doubled"}},
		"DoubledOtherGTIN": {"00036000291452" + "00036000291452", edge.Unknown, nil},
		"ElementString":    {"0108801234567893172712311012AB", edge.OK, nil},
		"LotFirst":         {"]C11012AB\x1d0108801234567893", edge.OK, nil},
		"DigitalLink":      {"https://id.example.com/01/08801234567893/10/AB?17=271231", edge.OK, nil},
		"OtherLink":        {"https://shop.example.com/item/7", edge.Unknown, nil},
		"Case":             {"18801234567890", edge.Unknown, nil}, // indicator 1 is another trade item
	} {
		t.Run(name, func(t *testing.T) {
			x := picking(t, line{1, 9})
			x.catalogue(&edge.SKURecord{Client: "default", ID: "S1", Barcodes: []edge.Barcode{{Code: "SKU-ABC1"}, {Code: "8801234567893"}}})
			v := hanScan(x, "p", c.code)
			assert.Equal(t, c.want, v.Code, v.Say)
			assert.Equal(t, c.told, told(x))
		})
	}
}

// A spoilt waybill number is repaired to the box's, never to a number of no box.
func TestSpoiltWaybill(t *testing.T) {
	x := printing(t)
	x.label("B-1")
	number := x.live.Box("B-1").Waybill
	require.NotEmpty(t, number)
	assert.Equal(t, edge.Unknown, hanScan(x, "k", "999999999999999999999999").Code)
	assert.Nil(t, told(x), "digits doubled that are no number here say nothing of the device")
	assert.True(t, hanScan(x, "k", number+number).OK)
	assert.Equal(t, []string{"pda-07 setUp doubled"}, told(x))
	assert.Equal(t, "A-1", x.live.Box("B-1").Bound, "its label is on")
}

// What the site knows is never changed by a repair, whatever it looks like.
func TestKnownCodesAreNotRepaired(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := newSite(t)
		crew(x)
		code := rapid.StringMatching(`[A-Za-z0-9-]{1,10}`).Draw(t, "code")
		twin := code + code
		x.catalogue(&edge.ToteRecord{ID: code}, &edge.ToteRecord{ID: twin}, &edge.ToteRecord{ID: strings.ToUpper(code)})
		for _, c := range []string{code, twin} {
			hanScan(x, "p", c)
			if got := told(x); got != nil {
				t.Fatalf("%q: %v", c, got)
			}
			for _, e := range x.last {
				if r, ok := e.Data.(*edge.Refused); ok && r.What != "" && r.What != c {
					t.Fatalf("%q was taken for %q", c, r.What)
				}
			}
		}
	})
}

// A lease is told low in hours of work, at the pace of the last busy hours.
func TestLeaseLowInHours(t *testing.T) {
	x := newSite(t)
	crew(x)
	x.catalogue(&edge.CarrierRecord{ID: "lotte", Waybill: edge.WaybillFormat{Format: "lotte"}})
	x.record(&edge.WaybillRange{ID: "r", Carrier: "lotte", FirstSerial: 100, Count: 1000, Epoch: "e1"})
	box := func(i int) *edge.LeaseEvent {
		id := fmt.Sprintf("o%d", i)
		tote := fmt.Sprintf("TOTE-%05d", i)
		picked(t, x, id, "lotte", tote, line{1, 1})
		x.scan("k", tote)
		x.scan("k", "EA-1")
		e, _ := x.last[len(x.last)-1].Data.(*edge.LeaseEvent)
		x.follow("k", nil)
		return e
	}
	for i := range 3 {
		require.Nil(t, box(i+1))
	}
	x.now = x.now.Add(time.Hour)
	require.Nil(t, box(4), "996 numbers at 3 an hour last for days")

	x.catalogue(&edge.CarrierRecord{ID: "logen", Waybill: edge.WaybillFormat{Format: "logen"}})
	x.record(&edge.WaybillRange{ID: "s", Carrier: "logen", FirstSerial: 100, Count: 30, Epoch: "e1"})
	for i := range 3 {
		picked(t, x, fmt.Sprintf("g%d", i), "logen", fmt.Sprintf("TOTE-%05d", 20+i), line{1, 1})
		x.scan("k", fmt.Sprintf("TOTE-%05d", 20+i))
		x.scan("k", "EA-1")
		x.follow("k", nil)
	}
	x.now = x.now.Add(time.Hour)
	picked(t, x, "g9", "logen", "TOTE-00030", line{1, 1})
	x.scan("k", "TOTE-00030")
	x.scan("k", "EA-1")
	assert.NotEqual(t, edge.EvLeaseLow, x.last[len(x.last)-1].Type, "26 at 3 an hour: over 8 hours, though not many")
	x.follow("k", nil)
	for i := range 3 {
		tote := fmt.Sprintf("TOTE-%05d", 31+i)
		picked(t, x, fmt.Sprintf("h%d", i), "logen", tote, line{1, 1})
		x.scan("k", tote)
		x.scan("k", "EA-1")
		if e, ok := x.last[len(x.last)-1].Data.(*edge.LeaseEvent); ok {
			assert.Equal(t, &edge.LeaseEvent{Lease: "s", Carrier: "logen", Left: 23, PerHour: 3}, e)
			return
		}
		x.follow("k", nil)
	}
	t.Fatal("23 numbers at 3 an hour were not told")
}

// TestTwoReadingsOfEightDigits: 12345601 is an EAN-8, and as a UPC-E it is
// 123000004561; both check digits fit.
func TestTwoReadingsOfEightDigits(t *testing.T) {
	short := func(sku, code string) *edge.SKURecord {
		return &edge.SKURecord{Client: "default", ID: sku, Barcodes: []edge.Barcode{{Code: code}}}
	}
	for _, tt := range []struct {
		name    string
		records []any
		code    edge.Code
		say     string
	}{
		{"the UPC-E is known", []any{short("S1", "123000004561")}, edge.Done, "pick.done"},
		{"the EAN-8 is known", []any{short("S1", "12345601")}, edge.Done, "pick.done"},
		{"both are", []any{short("S1", "12345601"), short("S2", "123000004561")}, edge.Unknown, "scan.ambiguous"},
		{"both, and of one article", []any{&edge.SKURecord{Client: "default", ID: "S1", Barcodes: []edge.Barcode{{Code: "12345601"}, {Code: "123000004561"}}}}, edge.Done, "pick.done"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			x.catalogue(tt.records...)
			begun(x, line{1, 1})
			v := x.scan("p", "12345601")
			assert.Equal(t, tt.code, v.Code)
			assert.Equal(t, tt.say, v.Say.Key)
		})
	}
}

// TestNoTwoReadingsWithAnIdentifier: the scanner said which it was.
func TestNoTwoReadingsWithAnIdentifier(t *testing.T) {
	x := newSite(t)
	crew(x)
	x.catalogue(&edge.SKURecord{Client: "default", ID: "S1", Barcodes: []edge.Barcode{{Code: "12345601"}}},
		&edge.SKURecord{Client: "default", ID: "S2", Barcodes: []edge.Barcode{{Code: "123000004561"}}})
	begun(x, line{1, 1})
	assert.Equal(t, edge.Done, x.scan("p", "]E412345601").Code)
}
