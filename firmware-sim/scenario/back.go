package scenario

import (
	"fmt"
	mrand "math/rand/v2"
	"time"
)

// back makes up a return of an order of weeks ago: a piece or a few of some of its
// articles. The label of the way out is still on the parcel.
func back(rng *mrand.Rand, now time.Time, n int, client string, lines []orderLine) returnRecord {
	day := now.Add(-time.Duration(5+rng.IntN(20)) * 24 * time.Hour)
	number := func(first string) string { return fmt.Sprintf("%s%010d", first, rng.Int64N(10_000_000_000)) }
	r := returnRecord{
		Kind: "return", ID: fmt.Sprintf("RT%s%04d", now.Format("060102"), n),
		Order: fmt.Sprintf("%s%05d", day.Format("060102"), 1+rng.IntN(99_999)), Waybill: number("69"), Originals: []string{number("68")},
		Reason:      pick(rng, []string{"changedMind", "changedMind", "damaged", "wrongItem", "size"}),
		RequestedAt: stamp(now.Add(-time.Duration(1+rng.IntN(72)) * time.Hour)),
	}
	if client != "default" {
		r.Client = client
	}
	for i, l := range lines[:min(len(lines), 1+rng.IntN(3))] {
		l.ID, l.Quantity = fmt.Sprint(i+1), 1+rng.IntN(min(l.Quantity, 3))
		r.Lines = append(r.Lines, l)
	}
	return r
}
