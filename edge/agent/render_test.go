package agent

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
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
