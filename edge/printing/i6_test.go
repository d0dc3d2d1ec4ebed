package printing_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/devices/link/linktest"
	"dcedge/devices/printer/printertest"
	"dcedge/edge"
	"dcedge/edge/printing"
)

const i6Label = "^XA^FO9,9^BCN,80^FD6500^FS^FXA-001 copy 1^FS^XZ"

// cutAt plays one box whose label's wire breaks after n bytes, with a person who
// answers truthfully, and gives the site as it stands in the end.
func cutAt(t *testing.T, n int, fake *printertest.Printer, wrap func(printing.Printer) printing.Printer, check func(s *site)) {
	t.Helper()
	run(t, options{printers: one(fake), wrap: wrap, wire: func(_ string, o devices.Opener) devices.Opener {
		return linktest.NewCut(o, "^XA", n)
	}}, func(t *testing.T, s *site) {
		ctx, stop := context.WithCancel(t.Context())
		gone := make(chan struct{})
		go func() { defer close(gone); s.person(ctx) }()
		s.floor.pack("b1", "pack-1", "6500")
		wait(2 * time.Minute)
		stop()
		<-gone
		check(s)
	})
}

// TestI6CutAtEveryByte: at whatever byte of the label the wire breaks, labels of
// a waybill never exceed one plus what persons granted, no attempt comes out
// twice, and the box has its label in the end.
func TestI6CutAtEveryByte(t *testing.T) {
	for _, keep := range []bool{false, true} {
		for n := range len(i6Label) + 1 {
			fake := &printertest.Printer{Odometer: true, PrintTime: time.Second}
			fake.Set(func(f *printertest.Faults) { f.KeepPartial = keep })
			cutAt(t, n, fake, nil, func(s *site) {
				require.NoError(t, s.oracle(), "cut at byte %d", n)
				assert.Equal(t, edge.AttemptPrinted, s.floor.status("b1"), "cut at byte %d: %v", n, s.floor.stages("b1"))
				total := 0
				for _, l := range fake.Labels() {
					total++
					assert.True(t, strings.HasPrefix(l, "^XA"), "cut at byte %d: glued %q", n, l)
				}
				assert.Equal(t, 1, total, "cut at byte %d: %v", n, s.floor.stages("b1"))
				want := "intent failed:wire intent sent printed"
				switch {
				case n == len(i6Label):
					want = "intent sent settledyes"
				case n > 0:
					want = "intent settledno intent sent printed"
				}
				assert.Equal(t, want, strings.Join(s.floor.stages("b1"), " "), "cut at byte %d", n)
			})
		}
	}
}

// eager is the policy that I6 forbids: it takes an unknown outcome for a failed
// one, so the label is sent again.
type eager struct{ printing.Printer }

func (e eager) Print(ctx context.Context, j devices.PrintJob) devices.PrintResult {
	r := e.Printer.Print(ctx, j)
	if r.Outcome == devices.Unknown {
		r.Outcome = devices.NotSent
	}
	return r
}

// TestI6NegativeControl: with that policy the oracle must find a second label.
func TestI6NegativeControl(t *testing.T) {
	found := 0
	for n := range len(i6Label) + 1 {
		fake := &printertest.Printer{Odometer: true, PrintTime: time.Second}
		cutAt(t, n, fake, func(p printing.Printer) printing.Printer { return eager{p} }, func(s *site) {
			if s.oracle() != nil {
				found++
			}
		})
	}
	require.NotZero(t, found, "the oracle sees nothing: I6 is not tested")
	t.Logf("negative control: %d of %d cuts gave a label too many", found, len(i6Label)+1)
}
