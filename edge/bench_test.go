package edge

import (
	"testing"
	"time"
)

// BenchmarkAppendLine is the line of an accepted pick.
func BenchmarkAppendLine(b *testing.B) {
	at := time.Date(2026, 11, 21, 9, 14, 3, 221e6, time.FixedZone("", 9*3600))
	e := &Event{Seq: 1042, At: at, Type: EvPicked, V: 1, Scan: NewID(at, [10]byte{7}), Device: "pda-07", Worker: "w-001",
		Client: "default", Order: "536365", Data: &PickEvent{Line: "3", SKU: "85123A", Quantity: 6, Location: "C08-21-3",
			Tote: "TOTE-00007", Work: "T-88"}}
	line := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		line = e.AppendLine(line[:0])
	}
}
