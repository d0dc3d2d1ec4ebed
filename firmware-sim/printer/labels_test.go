package printer_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"dcedge/configs"
	"dcedge/firmware-sim/printer"
	"dcedge/labels/layout"
	"dcedge/labels/raster"
)

// TestProjectLabel prints the project's own waybill on the printer that was
// written without it: sort code once and number twice as Code 128, the attempt
// in letters that a person can read, and nothing that the printer cannot do.
func TestProjectLabel(t *testing.T) {
	r, err := raster.Default()
	if err != nil {
		t.Skipf("SKIPPED, NOT PASSED: no fonts are built in (tools/fonts.sh): %v", err)
	}
	set, err := layout.Load(configs.Labels())
	require.NoError(t, err)
	template, ok := set.Template("korea-100x150")
	require.True(t, ok)
	data := template.Sample()
	zpl, err := template.ZPL(data, 203, r)
	require.NoError(t, err)

	got := printer.Parse(zpl)
	count := map[string]int{}
	for _, b := range got.Barcodes {
		require.Equal(t, "code128", b.Symbology)
		count[b.Text]++
	}
	require.Equal(t, map[string]int{data.Sort.Code: 1, data.Waybill: 2}, count)
	require.Contains(t, got.Texts, data.Attempt)
	require.Empty(t, got.Faults)
	require.Equal(t, 1, got.Starts)
	require.Equal(t, []int{100 * 8, 150 * 8}, []int{got.Width, got.Length})

	var img bytes.Buffer
	require.NoError(t, got.PNG(&img))
	if to := os.Getenv("LABEL_OUT"); to != "" {
		require.NoError(t, os.WriteFile(to, img.Bytes(), 0o600))
	}
}
