package agent

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/devices/ipp"
	"dcedge/edge"
	"dcedge/edge/board"
	"dcedge/edge/catalogue"
	"dcedge/edge/paper"
	"dcedge/edge/web"
	"dcedge/labels/raster"
)

// tray is a printer of documents that keeps what comes out.
type tray struct{ papers chan []byte }

func (p tray) Print(_ context.Context, j ipp.Job) ipp.Result {
	p.papers <- j.PDF
	return ipp.Result{Outcome: devices.Printed}
}

// shelf is one shared box as the floor knows it.
type shelf struct{ cat *catalogue.Snapshot }

func (s shelf) Box(context.Context, string) (*edge.Box, *edge.Order, string, error) {
	return &edge.Box{ID: "B-1", Client: "default", Order: "o1", With: []string{"o2"}, N: 1, Items: []edge.BoxItem{
		{Line: "1", SKU: "MUG", Quantity: 2}, {Line: "1", SKU: "POT", Quantity: 1, Order: "o2"}}}, &edge.Order{ID: "o1"}, "김하늘", nil
}

func (s shelf) Catalogue() *catalogue.Snapshot { return s.cat }

// read gives the text of the paper, by another program's eyes.
func (p tray) read(t *testing.T) string {
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("SKIPPED, NOT PASSED: no pdftotext (apt-get install poppler-utils)")
	}
	path := filepath.Join(t.TempDir(), "paper.pdf")
	require.NoError(t, os.WriteFile(path, <-p.papers, 0o600))
	text, err := exec.Command(tool, "-layout", path, "-").Output()
	require.NoError(t, err)
	return string(text)
}

func papers(t *testing.T) (*Agent, tray) {
	fonts, err := raster.Default()
	if err != nil {
		t.Skipf("SKIPPED, NOT PASSED: no fonts are built in (tools/fonts.sh): %v", err)
	}
	maker, err := paper.New(fonts)
	require.NoError(t, err)
	edit := catalogue.New().Edit()
	_, err = edit.Put(&edge.ClientRecord{ID: "default", PackingSlip: "ko"}, false)
	require.NoError(t, err)
	p := tray{make(chan []byte, 1)}
	return &Agent{documents: &documents{maker: maker, printers: map[string]a4Printer{"a4-1": p}, home: "a4-1", zone: time.UTC,
		floor: shelf{edit.Snapshot()}, log: slog.New(slog.DiscardHandler), queue: make(chan documentJob, 1)}}, p
}

// TestManifestOnPaper: what a driver signs for comes out of the site's printer,
// every order of a shared box on it; without a printer nobody is told that it does.
func TestManifestOnPaper(t *testing.T) {
	a, p := papers(t)
	at := time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)
	m := web.ManifestPaper{Language: "ko", Site: "ICN1", Truck: board.TruckSheet{TruckLine: board.TruckLine{ID: "D1/1", Dock: "D1", Carrier: "cj", Trip: "T2", Closed: at},
		Boxes: []board.TruckBox{{Box: "B-1", Waybill: "650000000123", Order: "o1", With: []string{"o2"}, Container: "RC-1", Pieces: 3, Grams: "840"},
			{Box: "B-2", Waybill: "650000000134", Order: "o3", Pieces: 4}}}}
	require.NoError(t, a.PrintManifest(m))
	a.documents.serve(t.Context(), <-a.documents.queue)
	text := p.read(t)
	for _, want := range []string{"출고 인수증", "D1/1", "ICN1", "2026-11-21 17:00", "650000000123", "650000000134", "o1, o2", "RC-1 / B-1", "840", "cj", "인수자 서명", "7"} {
		assert.Contains(t, text, want)
	}
	a.documents.queue <- documentJob{}
	assert.ErrorIs(t, a.PrintManifest(m), web.ErrNoPapers, "too many wait")
	a.documents.home = ""
	assert.ErrorIs(t, a.PrintManifest(m), web.ErrNoPapers, "no printer is named")
}

// TestPackingSlipOfASharedBox names every order that is in it, and whose each
// line is.
func TestPackingSlipOfASharedBox(t *testing.T) {
	a, p := papers(t)
	a.documents.serve(t.Context(), documentJob{box: "B-1"})
	text := p.read(t)
	assert.Contains(t, text, "o1, o2")
	assert.Regexp(t, `o1\s+MUG`, text)
	assert.Regexp(t, `o2\s+POT`, text)
}
