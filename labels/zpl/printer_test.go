package zpl

import (
	"math/rand/v2"
	"strings"
	"testing"

	"dcedge/firmware-sim/printer"
)

// What ^BC is told is what the simulated printer prints, for any ASCII data.
func TestCode128OnThePrinter(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	const heard = "^~_\\&>,:;{}0123456789ABCDXZabz\r\n\x00\x02\x1b\x1d\x7f>>00"
	for range 20000 {
		var b strings.Builder
		for range 1 + r.IntN(14) {
			b.WriteByte(heard[r.IntN(len(heard))])
		}
		l, err := New(Setup{Width: 800, Length: 800})
		if err != nil {
			t.Fatal(err)
		}
		l.Code128(1, 1, Bars{Module: 2, Height: 50}, b.String())
		out, err := l.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		got := printer.Parse(out).Barcodes
		if len(got) != 1 || got[0].Text != b.String() {
			t.Fatalf("%q is printed as %+v\n%s", b.String(), got, out)
		}
	}
}
