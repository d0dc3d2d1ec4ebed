package floor_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// realRecord is what this test reads of a reference record.
type realRecord struct {
	Kind, ID, Barcode, Zone, Carrier, Dock string
	Sequence                               int
	Mixed                                  bool
	Barcodes                               []edge.Barcode
	Lines                                  []struct {
		ID, SKU, Location string
		Quantity          int
	}
}

func realDay(t *testing.T) []realRecord {
	t.Helper()
	dir := os.Getenv("CONFORMANCE_DATA")
	if dir == "" {
		t.Skip("SKIPPED: CONFORMANCE_DATA is not set: the real trading day was not worked")
	}
	f, err := os.Open(filepath.Join(dir, "orders-2010-12-01.ndjson"))
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	var out []realRecord
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r realRecord
		require.NoError(t, json.Unmarshal(lines.Bytes(), &r))
		out = append(out, r)
	}
	require.NoError(t, lines.Err())
	return out
}

// TestRealDay works a whole real day by doing what the screens ask for, and
// counts from the raw events. DAYS=some leaves it to the run without the race
// detector, which sees one goroutine here and is seven times slower.
func TestRealDay(t *testing.T) {
	if os.Getenv("DAYS") == "some" {
		t.Skip("DAYS=some: this day is worked without the race detector (tools/test.sh)")
	}
	records := realDay(t)
	x := newSite(t)
	var orders []*edge.OrderRecord
	for _, r := range records {
		switch r.Kind {
		case "sku":
			x.put(&edge.SKURecord{Client: "default", ID: r.ID, Barcodes: r.Barcodes})
		case "location":
			x.put(&edge.LocationRecord{ID: r.ID, Barcode: r.Barcode, Zone: r.Zone, Sequence: r.Sequence, Mixed: r.Mixed})
		case "order":
			o := &edge.OrderRecord{ID: r.ID, Carrier: r.Carrier, Hash: r.ID}
			for _, l := range r.Lines {
				o.Lines = append(o.Lines, edge.OrderLine{Line: l.ID, SKU: l.SKU, Location: l.Location, Quantity: l.Quantity})
			}
			x.put(&edge.CarrierRecord{ID: r.Carrier, Waybill: edge.WaybillFormat{Format: r.Carrier}})
			x.put(&edge.DockRecord{ID: "D-" + r.Carrier, Carrier: r.Carrier})
			orders = append(orders, o)
		}
	}
	require.Len(t, orders, 127)
	leased := map[string]bool{"cj": true, "hanjin": true}
	x.hire("all", edge.Picker, edge.Packer, edge.Loader)
	for _, o := range orders {
		if !leased[o.Carrier] {
			leased[o.Carrier] = true
			x.record(&edge.WaybillRange{ID: "l-" + o.Carrier, Carrier: o.Carrier, FirstSerial: 1000, Count: 1000, Epoch: "e1"})
		}
		require.Equal(t, edge.Accepted, x.record(o).Code)
		require.Equal(t, "order.received", x.kinds())
	}
	next := totes()
	for _, f := range []edge.Flow{edge.Pick, edge.Pack, edge.Load} {
		for x.act("all", "start", edge.Args{Flow: f}).OK {
			x.follow("all", next)
		}
		require.Equal(t, "start.noWork", x.dec.Verdict.Say.Key)
	}
	o := checkEvents(t, x.events)
	sum := func(m map[string]int) (n int) {
		for _, v := range m {
			n += v
		}
		return n
	}
	assert.Equal(t, []int{26909, 26909, 26909}, []int{sum(o.wanted), sum(o.picked), sum(o.packed)})
	assert.Len(t, o.loaded, 127)
	assert.Len(t, o.live, 127)
	assert.Equal(t, x.hash(x.live), x.hash(x.replay))
}

// put changes the catalogue without a message.
func (x *site) put(r any) {
	x.t.Helper()
	e := x.cat.Edit()
	if _, err := e.Put(r, false); err != nil {
		x.t.Fatalf("catalogue: %v", err)
	}
	x.cat = e.Snapshot()
}
