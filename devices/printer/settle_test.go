package printer_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/devices/link/linktest"
	"dcedge/devices/printer"
	"dcedge/devices/printer/printertest"
)

// TestSettleAfterCut: whatever the byte at which the wire broke, the printer's own
// count tells afterwards whether the label came out, and the paper agrees.
func TestSettleAfterCut(t *testing.T) {
	for n := 1; n <= len(label); n++ {
		synctest.Test(t, func(t *testing.T) {
			fake := &printertest.Printer{Odometer: true, Serial: "S1", PrintTime: time.Second}
			fake.Set(func(f *printertest.Faults) { f.KeepPartial = true })
			b := startBench(t, fake, printer.Config{}, func(o devices.Opener) devices.Opener { return linktest.NewCut(o, "^XA", n) })
			settle()
			r := b.print(t)
			require.Equal(t, devices.Unknown, r.Outcome)
			require.Equal(t, devices.Meter{Serial: "S1", Unit: devices.MeterLength}, r.Before)
			settle()
			r = b.p.Settle(t.Context(), r.Before)
			want := map[bool]devices.PrintOutcome{true: devices.Printed, false: devices.NotPrinted}[n == len(label)]
			assert.Equal(t, want, r.Outcome, "at %d: %v", n, r.Err)
			time.Sleep(time.Minute)
			assert.Equal(t, want == devices.Printed, fake.Count("attempt-1") == 1, "at %d the paper says otherwise", n)
		})
	}
}

// TestSettle: what each kind of end proves, and what it does not.
func TestSettle(t *testing.T) {
	paperOut := func(f *printertest.Faults) { f.PaperOut = true }
	for name, c := range map[string]struct {
		after   func(*printertest.Printer)
		outcome devices.PrintOutcome
		code    string
	}{
		"power cut":             {after: func(p *printertest.Printer) { p.PowerCut(false) }, outcome: devices.NotPrinted, code: devices.CodeNotPrinted},
		"power cut, replays":    {after: func(p *printertest.Printer) { p.PowerCut(true) }, outcome: devices.Printed},
		"another printer":       {after: func(p *printertest.Printer) { p.Replace("S2") }, outcome: devices.Unknown, code: devices.CodeOther},
		"its count went back":   {after: func(p *printertest.Printer) { p.Replace("S1") }, outcome: devices.Unknown, code: devices.CodeNoMeter},
		"paper out, never back": {after: func(p *printertest.Printer) { p.Set(paperOut) }, outcome: devices.Unknown, code: devices.CodeNoProof},
		"paper out, then in": {after: func(p *printertest.Printer) {
			p.Set(paperOut)
			go func() { time.Sleep(10 * time.Second); p.Set(func(f *printertest.Faults) { f.PaperOut = false }) }()
		}, outcome: devices.Printed},
		"silent for a while": {after: func(p *printertest.Printer) {
			p.PowerCut(false)
			p.Set(func(f *printertest.Faults) { f.MuteHS, f.MuteHQES = true, true })
			go func() { time.Sleep(8 * time.Second); p.Set(func(f *printertest.Faults) { *f = printertest.Faults{} }) }()
		}, outcome: devices.NotPrinted, code: devices.CodeNotPrinted},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fake := &printertest.Printer{Odometer: true, Serial: "S1", PrintTime: 3 * time.Second}
				var conns []devices.Conn
				b := startBench(t, fake, printer.Config{SilentLimit: 1000}, func(o devices.Opener) devices.Opener {
					return linktest.OpenerFunc(func(ctx context.Context) (devices.Conn, error) {
						conn, err := o.Open(ctx)
						conns = append(conns, conn)
						return conn, err
					})
				})
				settle()
				// One label before, so that the count can go back.
				require.Equal(t, devices.Printed, b.p.Print(t.Context(), devices.PrintJob{ZPL: []byte("^XA^FDfirst^FS^XZ")}).Outcome)
				r := b.p.Print(t.Context(), devices.PrintJob{ZPL: []byte(label), Sent: func() {
					settleShort() // it has read what it was sent
					c.after(fake)
					b.p.Trust("") // whoever stands there now is asked
					_ = conns[len(conns)-1].Close()
				}})
				require.Equal(t, devices.Unknown, r.Outcome)
				settle()
				r = b.p.Settle(t.Context(), r.Before)
				assert.Equal(t, c.outcome, r.Outcome, "%v", r.Err)
				assert.Equal(t, c.code, r.Code, "%v", r.Err)
				time.Sleep(time.Minute)
				if r.Outcome != devices.Unknown {
					assert.Equal(t, r.Outcome == devices.Printed, fake.Count("attempt-1") == 1, "the paper says otherwise")
				}
			})
		})
	}
}

// TestSettleControl: without the wait for a label in motion, one that is coming
// out would be held to be none.
func TestSettleControl(t *testing.T) {
	for still, wrong := range map[time.Duration]bool{time.Nanosecond: true, 0: false} {
		synctest.Test(t, func(t *testing.T) {
			// Counted nowhere in ~HS until it is out, as some firmware does.
			fake := &printertest.Printer{Odometer: true, Serial: "S1", Model: "ZT411", PrintTime: 1900 * time.Millisecond, CountLate: time.Hour}
			b := startBench(t, fake, printer.Config{Still: still}, func(o devices.Opener) devices.Opener { return linktest.NewCut(o, "^XA", len(label)) })
			settle()
			fake.Set(func(f *printertest.Faults) { f.IgnoreJA = true })
			before := b.print(t).Before
			r := b.p.Settle(t.Context(), before)
			for r.Code == devices.CodeOffline {
				settleShort()
				r = b.p.Settle(t.Context(), before)
			}
			time.Sleep(time.Minute)
			require.Equal(t, 1, fake.Count("attempt-1"))
			assert.Equal(t, wrong, r.Outcome == devices.NotPrinted, "%v", r.Err)
		})
	}
}

// TestStuckCountProvesNothing: a count that stands still though nothing kept a label
// from coming out does not say that none did, until it is seen to move.
func TestStuckCountProvesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &printertest.Printer{Odometer: true, Serial: "S1"}
		b := startBench(t, fake, printer.Config{}, nil)
		settle()
		fake.Set(func(f *printertest.Faults) { f.StuckCount = true })
		r := b.print(t)
		require.ErrorIs(t, r.Err, printer.ErrNoProof)
		require.Equal(t, 1, fake.Count("attempt-1"))
		r = b.p.Settle(t.Context(), r.Before)
		assert.Equal(t, devices.Unknown, r.Outcome, "its label came out")
		assert.Equal(t, devices.CodeNoMeter, r.Code)
		assert.ErrorContains(t, r.Err, "stood still")

		fake.Set(func(f *printertest.Faults) { f.StuckCount = false })
		before := b.print(t).Before
		before.Count += 6 // as after a label that nobody saw, with the count well
		r = b.p.Settle(t.Context(), before)
		assert.Equal(t, devices.NotPrinted, r.Outcome, "%v", r.Err)
	})
}

func settleShort() { time.Sleep(time.Millisecond); synctest.Wait() }

// TestOtherSerialGetsNoLabel (L8): the first printer that answers belongs there;
// another one gets nothing until somebody says that it does.
func TestOtherSerialGetsNoLabel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &printertest.Printer{Odometer: true, Serial: "S1", Model: "ZT411"}
		b := startBench(t, fake, printer.Config{SilentLimit: 1}, func(o devices.Opener) devices.Opener {
			return linktest.OpenerFunc(func(ctx context.Context) (devices.Conn, error) { time.Sleep(time.Second); return o.Open(ctx) })
		})
		settle()
		require.Equal(t, "S1", b.p.Trusted())
		fake.Replace("S2")
		fake.Set(func(f *printertest.Faults) { f.MuteHS, f.MuteHQES = true, true }) // the connection is made anew
		settle()
		settle()
		fake.Set(func(f *printertest.Faults) { *f = printertest.Faults{} })
		for range 4 {
			settle()
			assert.Equal(t, devices.NotSent, b.print(t).Outcome)
		}
		st := b.p.Status()
		assert.Equal(t, devices.OtherPrinter, st.Condition)
		assert.Equal(t, "S2", st.Serial)
		assert.NotContains(t, fake.Heard(), "^XA")
		b.p.Trust("S2")
		settle()
		assert.Equal(t, devices.Printed, b.print(t).Outcome)
	})
}

// TestQuestionsThatItDoesNotAnswer are not asked where the configuration says so.
func TestQuestionsThatItDoesNotAnswer(t *testing.T) {
	for _, questions := range [][]string{nil, {}, {printer.AskOdometer}} {
		t.Run(fmt.Sprint(questions), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fake := &printertest.Printer{Odometer: true, Serial: "S1", Model: "ZT411"}
				b := startBench(t, fake, printer.Config{Questions: questions}, nil)
				settle()
				r := b.print(t)
				require.Equal(t, devices.Printed, r.Outcome, "%v", r.Err)
				want := devices.EvidenceOdometer
				if questions != nil && len(questions) == 0 {
					want = devices.EvidenceBuffer
				}
				assert.Equal(t, want, r.Evidence)
				if questions != nil {
					assert.NotContains(t, fake.Heard(), "~HQSN")
					assert.NotContains(t, fake.Heard(), "~HI")
				}
			})
		})
	}
}
