package printers

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
)

// BenchmarkFirstByte measures how long after the last item's scan the first byte of
// the label reaches the printer: from before the scan's request leaves the client,
// over HTTP, two flushes and the printer's own answers, all on loopback.
func BenchmarkFirstByte(b *testing.B) {
	s := sitetest.Start(b, sitetest.Options{Printers: 1, Clock: 200, Keep: 5000})
	s.Basics()
	w := s.Worker("W-001")
	var all []time.Duration
	for n := 1; b.Loop(); n++ {
		b.StopTimer()
		last := s.Printers[0].Status().Odometer
		waybill := toLastItem(b, s, w, n)
		began := time.Now()
		b.StartTimer()
		f := w.Scan(sitetest.Mug)
		require.True(b, f.OK, "%s %v", f.Code, f.Say)
		b.StopTimer()
		labels, err := s.Printers[0].WaitLabels(b.Context(), last)
		require.NoError(b, err)
		all = append(all, labels[0].Came.Sub(began))
		waybill()
		b.StartTimer()
	}
	slices.Sort(all)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(all[len(all)/2]), "p50-ms")
	b.ReportMetric(ms(all[len(all)*99/100]), "p99-ms")
	b.ReportMetric(ms(all[len(all)-1]), "max-ms")
}

// toLastItem brings an order to the moment before its last item is scanned; what it
// gives ends the order.
func toLastItem(b *testing.B, s *sitetest.Site, w *sitetest.Worker, n int) (end func()) {
	h := &hall{Site: s, bound: map[string]int{}, asked: map[string]int{}, next: n - 1}
	order, tote := h.name()
	s.Push(sitetest.Order(order, sitetest.Line{SKU: "MUG", Quantity: 1, Location: "A01-01-1"}))
	require.True(b, w.Act("start", map[string]any{"flow": "pick", "mode": "order", "orders": []string{order}}).OK)
	require.True(b, w.Scan(tote).OK)
	for sc := w.Screen(); sc.Flow == "pick"; sc = w.Screen() {
		_, code := sc.First()
		require.True(b, w.Scan(code).OK)
	}
	require.True(b, w.Act("start", map[string]any{"flow": "pack", "station": "pack-1", "orders": []string{order}}).OK)
	require.True(b, w.Scan(tote).OK)
	return func() {
		for sc := w.Screen(); sc.Flow == "pack"; sc = w.Screen() {
			if _, code := sc.First(); sc.Step == "waybill" {
				require.True(b, w.Scan(code).OK)
			}
			h.pause()
		}
	}
}
