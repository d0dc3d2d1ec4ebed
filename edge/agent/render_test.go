package agent

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/floor"
	"dcedge/edge/printing"
	"dcedge/labels/raster"
	"dcedge/labels/waybill"
)

// Compressed graphics go to printers that are known to read them, or where the
// configuration says so.
func TestGraphicsByPrinter(t *testing.T) {
	for _, c := range []struct {
		setting, model string
		z64            bool
	}{
		{"", "ZD421-203dpi", true}, {"", "ZT411-300dpi", true}, {"", "ZQ630", true}, {"", "GK420d-200dpi", true},
		{"", "", false}, {"", "SLP-TX400", false}, {"", "TSC TTP-244", false}, {"", "LP2844-Z-200dpi", false},
		{"hex", "ZT411-300dpi", false}, {"z64", "SLP-TX400", true},
	} {
		assert.Equal(t, c.z64, printerForm{graphics: c.setting}.settings(c.model).Z64, "%q %q", c.setting, c.model)
	}
	assert.Equal(t, 300, printerForm{dpi: 300}.resolution(0))
	assert.Equal(t, 600, printerForm{dpi: 300}.resolution(24))
	assert.Equal(t, 203, printerForm{}.resolution(0))
}

// A number that a sure rule refuses never becomes a label; a doubtful rule lets it.
func TestCheckNumber(t *testing.T) {
	f := &Forms{Rules: waybill.Standard()}
	for _, c := range []struct {
		format, number string
		refused        bool
	}{
		{"lotte", "123456789013", false}, {"lotte", "123456789012", true}, {"yamato", "1234-5678-9012", true}, {"ups", "1Z999AA10123456785", true},
		{"cj", "123456789012", false}, {"logen", "12345678901", false}, {"cj", "12", true},
		{"", "123", false}, {"nobody", "123", false}, {"lotte", "", false},
	} {
		number, err := f.CheckNumber(c.format, c.number)
		if !c.refused {
			assert.NoError(t, err, "%s %s", c.format, c.number)
			assert.Equal(t, c.number, number)
			continue
		}
		var e *waybill.Error
		require.ErrorAs(t, err, &e, "%s %s", c.format, c.number)
		assert.NotContains(t, err.Error(), c.number)
		assert.NotContains(t, err.Error(), "scan again", "it is data and was not scanned")
	}
	number, err := f.CheckNumber("lotte", "1234-5678 9013")
	require.NoError(t, err)
	assert.Equal(t, "123456789013", number, "as the barcode holds it")
	assert.Equal(t, "lotte", format(&edge.CarrierRecord{Waybill: edge.WaybillFormat{Format: "lotte"}}, "lotte-night"))
	assert.Equal(t, "cj", format(nil, "cj"))
}

// TestNoLabelWhilePiecesAreToComeOut: a box was closed, its label is to be made, and then
// the order wanted less than lies in it. The renderer looks again before it opens the vault.
func TestNoLabelWhilePiecesAreToComeOut(t *testing.T) {
	if _, err := raster.Default(); err != nil {
		t.Skipf("SKIPPED, NOT PASSED: no fonts are built in (tools/fonts.sh): %v", err)
	}
	a, err := Open(configOf(t, plain), env, quiet(), nil)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.engine.Run(ctx) }() // and no printer, which would say that it is away
	edit := a.engine.Catalogue().Edit()
	for _, r := range []any{&edge.CarrierRecord{ID: "cj", Waybill: edge.WaybillFormat{Format: "cj"}}, &edge.ToteRecord{ID: "TOTE-1"},
		&edge.SKURecord{Client: "default", ID: "S1", Barcodes: []edge.Barcode{{Code: "EA-1"}}}} {
		_, err := edit.Put(r, false)
		require.NoError(t, err)
	}
	a.engine.SetCatalogue(edit.Snapshot())
	send := func(m *edge.Message) {
		t.Helper()
		v, err := a.engine.Submit(ctx, m)
		require.NoError(t, err)
		require.True(t, v.OK, "%+v", v)
	}
	n := byte(0)
	scan := func(worker string, role edge.Role, code string) {
		t.Helper()
		n++
		send(&edge.Message{Kind: edge.Scan, ID: edge.NewID(a.engine.Now(), [10]byte{n}), Worker: worker, Roles: []edge.Role{role}, Device: "pda", Code: code})
	}
	send(&edge.Message{Kind: edge.Print, Body: &edge.PrintReport{Stage: edge.StagePrinter, Printer: "printer-1", State: "ready"}})
	send(&edge.Message{Kind: edge.Record, Body: &edge.OrderRecord{ID: "o1", Client: "default", Carrier: "cj", Waybill: "123456789012",
		Lines: []edge.OrderLine{{Line: "1", SKU: "S1", Quantity: 2}}}})
	scan("p", edge.Picker, "TOTE-1")
	scan("p", edge.Picker, "EA-1")
	scan("p", edge.Picker, "EA-1")
	scan("k", edge.Packer, "TOTE-1")
	scan("k", edge.Packer, "EA-1")
	scan("k", edge.Packer, "EA-1")
	var box *edge.Box
	require.NoError(t, a.engine.Read(ctx, func(v floor.View) { box = v.State.Box("B-1") }))
	require.NotNil(t, box)
	want := printing.Want{Box: box, Attempt: "A-1", Copy: 1, Printer: "printer-1"}
	label, err := a.renderer().Render(ctx, want)
	require.NoError(t, err)
	require.NotEmpty(t, label.ZPL)

	one := 1
	send(&edge.Message{Kind: edge.Record, Body: &edge.OrderChange{ID: "c1", Client: "default", Order: "o1", Change: "reduceLine", Line: "1", Quantity: &one}})
	_, err = a.renderer().Render(ctx, want)
	assert.ErrorIs(t, err, printing.ErrHeld)
	stop()
	require.NoError(t, <-ended)
	require.NoError(t, a.Close())
}
