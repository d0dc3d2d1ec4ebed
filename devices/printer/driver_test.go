package printer_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
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

const label = "^XA^FO10,10^BCN,80^FD650000000003^FS^FXattempt-1^FS^XZ"

// states is a Sink that keeps the conditions told.
type states struct {
	mu  sync.Mutex
	got []devices.Condition
}

func (s *states) Read(context.Context, devices.Reading) error { return nil }

func (s *states) State(st devices.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, st.Condition)
}

// bench is a driver joined to a fake printer by pipes.
type bench struct {
	p    *printer.Printer
	fake *printertest.Printer
	sink *states
	end  chan error // what each Run returned
	stop context.CancelFunc
}

// startBench runs the driver and runs it again at once whenever it ends, like a
// supervisor without patience. wrap may put a fault on the wire.
func startBench(t *testing.T, fake *printertest.Printer, cfg printer.Config, wrap func(devices.Opener) devices.Opener) *bench {
	t.Helper()
	pipe := linktest.NewPipe(8)
	var open devices.Opener = pipe
	if wrap != nil {
		open = wrap(pipe)
	}
	cfg.Name = "printer-1"
	p, err := printer.New(cfg, open, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	b := &bench{p: p, fake: fake, sink: &states{}, end: make(chan error, 64), stop: stop}
	var wg sync.WaitGroup
	wg.Go(func() {
		for ctx.Err() == nil {
			b.end <- p.Run(ctx, b.sink)
		}
		close(pipe.Accepted)
	})
	wg.Go(func() {
		for conn := range pipe.Accepted {
			wg.Go(func() { fake.Serve(conn) })
		}
	})
	t.Cleanup(func() { stop(); wg.Wait() })
	return b
}

func (b *bench) print(t *testing.T) devices.PrintResult {
	t.Helper()
	return b.p.Print(t.Context(), devices.PrintJob{ID: "a-1", ZPL: []byte(label)})
}

// settle waits until the driver has had time to see the printer's state.
func settle() { time.Sleep(2 * time.Second); synctest.Wait() }

func TestPrintedOnlyByProof(t *testing.T) {
	for name, c := range map[string]struct {
		fake     *printertest.Printer
		set      func(*printertest.Faults)
		outcome  devices.PrintOutcome
		evidence string
		labels   int
	}{
		"odometer":        {fake: &printertest.Printer{Odometer: true, PrintTime: time.Second}, outcome: devices.Printed, evidence: devices.EvidenceOdometer, labels: 1},
		"buffer":          {fake: &printertest.Printer{PrintTime: time.Second}, outcome: devices.Printed, evidence: devices.EvidenceBuffer, labels: 1},
		"nothing moved":   {fake: &printertest.Printer{Odometer: true}, set: func(f *printertest.Faults) { f.Lose = true }, outcome: devices.Unknown},
		"no paper":        {fake: &printertest.Printer{}, set: func(f *printertest.Faults) { f.PaperOut = true }, outcome: devices.NotSent},
		"head open":       {fake: &printertest.Printer{}, set: func(f *printertest.Faults) { f.HeadUp = true }, outcome: devices.NotSent},
		"paused":          {fake: &printertest.Printer{}, set: func(f *printertest.Faults) { f.Paused = true }, outcome: devices.NotSent},
		"silent":          {fake: &printertest.Printer{}, set: func(f *printertest.Faults) { f.MuteHS, f.MuteHQES = true, true }, outcome: devices.NotSent},
		"garbled":         {fake: &printertest.Printer{}, set: func(f *printertest.Faults) { f.GarbleHS = true }, outcome: devices.NotSent},
		"well but no ~HS": {fake: &printertest.Printer{}, set: func(f *printertest.Faults) { f.MuteHS = true }, outcome: devices.NotSent},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := startBench(t, c.fake, printer.Config{}, nil)
				settle()
				if c.set != nil {
					c.fake.Set(c.set)
				}
				r := b.print(t)
				assert.Equal(t, c.outcome, r.Outcome, "%v", r.Err)
				assert.Equal(t, c.evidence, r.Evidence)
				assert.Equal(t, c.labels, c.fake.Count("attempt-1"))
				assert.Equal(t, c.outcome == devices.Printed, r.Err == nil)
			})
		})
	}
}

// TestStopProvesTheLabelInHand, if it comes out within the grace period.
func TestStopProvesTheLabelInHand(t *testing.T) {
	for takes, want := range map[time.Duration]devices.PrintOutcome{time.Second: devices.Printed, time.Hour: devices.Unknown} {
		synctest.Test(t, func(t *testing.T) {
			b := startBench(t, &printertest.Printer{Odometer: true, PrintTime: takes}, printer.Config{}, nil)
			settle()
			began := time.Now()
			r := b.p.Print(t.Context(), devices.PrintJob{ZPL: []byte(label), Sent: func() { b.stop() }})
			assert.Equal(t, want, r.Outcome, "%v", r.Err)
			assert.Less(t, time.Since(began), 5*time.Second)
			if want == devices.Unknown {
				assert.Equal(t, devices.CodeStopped, r.Code)
			}
		})
	}
}

// TestEmptyOnceIsNoProof: a printer that counts a format late looks empty just
// after the label; that must not pass for a print.
func TestEmptyOnceIsNoProof(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &printertest.Printer{PrintTime: 3 * time.Second, CountLate: 100 * time.Millisecond}
		b := startBench(t, fake, printer.Config{}, nil)
		settle()
		r := b.print(t)
		assert.Equal(t, devices.Printed, r.Outcome, "%v", r.Err)
		assert.Equal(t, 1, fake.Count("attempt-1"), "told printed while it was not")
	})
}

// TestPrintPaperOutUnderLabel: the label waits in the printer and comes out when
// paper is loaded; it is proven then, and not sent again.
func TestPrintPaperOutUnderLabel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &printertest.Printer{Odometer: true, PrintTime: 2 * time.Second}
		b := startBench(t, fake, printer.Config{}, nil)
		settle()
		sent := make(chan struct{})
		got := make(chan devices.PrintResult, 1)
		go func() {
			got <- b.p.Print(t.Context(), devices.PrintJob{ZPL: []byte(label), Sent: func() { close(sent) }})
		}()
		<-sent
		fake.Set(func(f *printertest.Faults) { f.PaperOut = true })
		time.Sleep(time.Minute)
		assert.Equal(t, devices.NoPaper, b.p.Status().Condition)
		require.Empty(t, got)
		fake.Set(func(f *printertest.Faults) { f.PaperOut = false })
		r := <-got
		assert.Equal(t, devices.Printed, r.Outcome, "%v", r.Err)
		assert.Equal(t, 1, fake.Count("attempt-1"))
	})
}

// TestPrintFaultNeverCleared: in doubt after the hold, and the next
// label is not begun over the one that still lies in the printer.
func TestPrintFaultNeverCleared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &printertest.Printer{Odometer: true, PrintTime: 2 * time.Second}
		b := startBench(t, fake, printer.Config{HoldWait: time.Minute}, nil)
		settle()
		r := b.p.Print(t.Context(), devices.PrintJob{ZPL: []byte(label), Sent: func() {
			fake.Set(func(f *printertest.Faults) { f.HeadUp = true })
		}})
		assert.Equal(t, devices.Unknown, r.Outcome)
		assert.ErrorIs(t, r.Err, printer.ErrNoProof)
		fake.SetPrintTime(time.Hour)
		fake.Set(func(f *printertest.Faults) { f.HeadUp = false })
		assert.Equal(t, devices.NotSent, b.print(t).Outcome)
	})
}

// TestFaultsKnownWithinTwoSeconds, for printers that answer ~HS with the flag
// and for those that fall silent.
func TestFaultsKnownWithinTwoSeconds(t *testing.T) {
	for _, mute := range []bool{false, true} {
		for want, set := range map[devices.Condition]func(*printertest.Faults){
			devices.NoPaper:  func(f *printertest.Faults) { f.PaperOut = true },
			devices.HeadOpen: func(f *printertest.Faults) { f.HeadUp = true },
			devices.Paused:   func(f *printertest.Faults) { f.Paused = true },
			devices.Silent:   func(f *printertest.Faults) { f.MuteHS, f.MuteHQES = true, true },
		} {
			t.Run(fmt.Sprintf("%s/mute=%v", want, mute), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					fake := &printertest.Printer{Model: "ZT411", Odometer: true}
					b := startBench(t, fake, printer.Config{}, nil)
					settle()
					require.Equal(t, devices.Ready, b.p.Status().Condition)
					fake.Set(func(f *printertest.Faults) { set(f); f.MuteHSFault = mute })
					settle()
					assert.Equal(t, want, b.p.Status().Condition)
					fake.Set(func(f *printertest.Faults) { *f = printertest.Faults{} })
					settle()
					settle()
					assert.Equal(t, devices.Ready, b.p.Status().Condition)
				})
			})
		}
	}
}

// TestSilenceEndsTheConnection so that a printer that hangs is met anew.
func TestSilenceEndsTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &printertest.Printer{}
		b := startBench(t, fake, printer.Config{}, nil)
		settle()
		fake.Set(func(f *printertest.Faults) { f.MuteHS, f.MuteHQES = true, true })
		err := <-b.end
		var f *devices.Fault
		require.ErrorAs(t, err, &f)
		assert.Equal(t, devices.Transient, f.Class)
		assert.NotEmpty(t, f.Hint)
	})
}

// TestConnectionsBeginWithJX, each of them, and never with a format.
func TestConnectionsBeginWithJX(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &printertest.Printer{}
		var rec []*linktest.Recorder
		b := startBench(t, fake, printer.Config{}, func(o devices.Opener) devices.Opener {
			return linktest.OpenerFunc(func(ctx context.Context) (devices.Conn, error) {
				r := linktest.Record(o)
				rec = append(rec, r)
				return r.Open(ctx)
			})
		})
		settle()
		fake.Set(func(f *printertest.Faults) { f.MuteHS, f.MuteHQES = true, true })
		time.Sleep(time.Minute)
		b.stop()
		synctest.Wait()
		require.Greater(t, len(rec), 2)
		for _, r := range rec {
			require.NotEmpty(t, r.Steps())
			assert.True(t, strings.HasPrefix(r.Steps()[0].Data, "~JX"), "%q", r.Steps()[0].Data)
		}
	})
}

func TestOfflineSendsNothing(t *testing.T) {
	refused := linktest.OpenerFunc(func(context.Context) (devices.Conn, error) { return nil, linktest.ErrRefused })
	p, err := printer.New(printer.Config{Name: "printer-1"}, refused, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	err = p.Run(t.Context(), &states{})
	assert.ErrorIs(t, err, linktest.ErrRefused)
	r := p.Print(t.Context(), devices.PrintJob{ZPL: []byte(label)})
	assert.Equal(t, devices.NotSent, r.Outcome)
	assert.ErrorIs(t, r.Err, printer.ErrOffline)
	assert.ErrorIs(t, p.CancelAll(t.Context()), printer.ErrOffline)
}

// TestLinkSaysWhatToDo: a serial printer that is not plugged in has no network
// cable to look at.
func TestLinkSaysWhatToDo(t *testing.T) {
	away := linktest.OpenerFunc(func(context.Context) (devices.Conn, error) {
		return nil, &devices.Fault{Device: "printer-1", Op: "open", Hint: "plug the device in", Err: linktest.ErrRefused}
	})
	p, err := printer.New(printer.Config{Name: "printer-1"}, away, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.Error(t, p.Run(t.Context(), &states{}))
	assert.Equal(t, devices.Offline, p.Status().Condition)
	assert.Equal(t, "plug the device in", p.Status().Hint)
	assert.Equal(t, linktest.ErrRefused.Error(), p.Status().Detail)
}

func TestNotOneFormat(t *testing.T) {
	p, err := printer.New(printer.Config{Name: "p"}, linktest.NewPipe(0), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	for _, z := range []string{"", "^XA", "^XA^FDx^FS", "^XA^XZ^XA^XZ", "~JA^XA^XZ", "^XZ"} {
		r := p.Print(t.Context(), devices.PrintJob{ZPL: []byte(z)})
		assert.ErrorIs(t, r.Err, printer.ErrLabel, "%q", z)
		assert.Equal(t, devices.NotSent, r.Outcome)
	}
}

// TestWrongPrinterGetsNoLabel (L8): another model at the configured address.
func TestWrongPrinterGetsNoLabel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &printertest.Printer{Model: "LaserJet"}
		b := startBench(t, fake, printer.Config{Model: "ZT411"}, nil)
		err := <-b.end
		assert.Equal(t, devices.Permanent, devices.ClassOf(err), "%v", err)
		assert.Equal(t, devices.NotSent, b.print(t).Outcome)
		assert.NotContains(t, fake.Heard(), "^XA")
	})
}

func TestCancelAll(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*printertest.Faults)
		fail bool
	}{
		"empty":           {set: func(*printertest.Faults) {}},
		"~JA is ignored":  {set: func(f *printertest.Faults) { f.IgnoreJA, f.Paused = true, true }, fail: true},
		"still a fault":   {set: func(f *printertest.Faults) { f.PaperOut = true }, fail: true},
		"does not answer": {set: func(f *printertest.Faults) { f.MuteHS = true }, fail: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fake := &printertest.Printer{Odometer: true, PrintTime: time.Second}
				b := startBench(t, fake, printer.Config{}, nil)
				settle()
				fake.Set(c.set)
				err := b.p.CancelAll(t.Context())
				if c.fail {
					assert.ErrorIs(t, err, printer.ErrNotEmpty)
					return
				}
				require.NoError(t, err)
				assert.Contains(t, fake.Heard(), "~JA")
			})
		})
	}
}

// TestCutAtEveryByte (L2, I6 at the driver): whatever the byte at which the wire
// breaks, the outcome is exact, nothing is written twice, and at most one label
// comes out.
func TestCutAtEveryByte(t *testing.T) {
	for _, keep := range []bool{false, true} {
		for n := range len(label) + 1 {
			synctest.Test(t, func(t *testing.T) {
				fake := &printertest.Printer{Odometer: true, PrintTime: time.Second}
				fake.Set(func(f *printertest.Faults) { f.KeepPartial = keep })
				b := startBench(t, fake, printer.Config{}, func(o devices.Opener) devices.Opener {
					return linktest.NewCut(o, "^XA", n)
				})
				settle()
				sent := 0
				r := b.p.Print(t.Context(), devices.PrintJob{ZPL: []byte(label), Sent: func() { sent++ }})
				time.Sleep(time.Minute)
				want := devices.Unknown
				if n == 0 {
					want = devices.NotSent
				}
				assert.Equal(t, want, r.Outcome, "at %d: %v", n, r.Err)
				assert.Equal(t, n == len(label), sent == 1)
				assert.Equal(t, n, r.Bytes)
				assert.LessOrEqual(t, fake.Count("attempt-1"), 1)
				// What lies in the printer never glues itself to the next label.
				next := strings.Replace(label, "attempt-1", "attempt-2", 1)
				r = b.p.Print(t.Context(), devices.PrintJob{ZPL: []byte(next)})
				require.Equal(t, devices.Printed, r.Outcome, "%v", r.Err)
				last := fake.Labels()[len(fake.Labels())-1]
				assert.Equal(t, next, last)
			})
		}
	}
}

// TestConnectionLostAfterLabel: every byte was taken, then the wire breaks:
// unknown, also where the label did come out.
func TestConnectionLostAfterLabel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &printertest.Printer{PrintTime: time.Minute}
		var conns []devices.Conn
		b := startBench(t, fake, printer.Config{}, func(o devices.Opener) devices.Opener {
			return linktest.OpenerFunc(func(ctx context.Context) (devices.Conn, error) {
				c, err := o.Open(ctx)
				conns = append(conns, c)
				return c, err
			})
		})
		settle()
		r := b.p.Print(t.Context(), devices.PrintJob{ZPL: []byte(label), Sent: func() { _ = conns[0].Close() }})
		assert.Equal(t, devices.Unknown, r.Outcome)
		assert.Equal(t, len(label), r.Bytes)
	})
}

// TestStuckWriter: a printer that takes no more bytes blocks nobody for ever.
func TestStuckWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		open := linktest.OpenerFunc(func(context.Context) (devices.Conn, error) { return here, nil })
		p, err := printer.New(printer.Config{Name: "printer-1"}, open, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		err = p.Run(t.Context(), &states{}) // nobody reads at the other end
		assert.Equal(t, devices.Transient, devices.ClassOf(err))
		assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
		_ = there.Close()
	})
}

// TestPlayback holds the exact conversation of a connection with one label.
func TestPlayback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hs := func(formats int) linktest.Step {
			return linktest.Step{Data: fmt.Sprintf("\x02030,0,0,1200,%03d,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,%08d,1,000\x03\r\n\x021234,0\x03\r\n", formats, formats)}
		}
		w := func(s string) linktest.Step { return linktest.Step{Write: true, Data: s} }
		meter := func(n int) linktest.Step {
			return linktest.Step{Data: fmt.Sprintf("\x02PRINT METERS\r\n TOTAL NONRESETTABLE: %d \"\r\n\x03", n)}
		}
		serial := linktest.Step{Data: "\x02\r\n\r\nSERIAL NUMBER\r\n   S1\r\n\x03"}
		play := linktest.NewPlayback(t, w("~JX"), w("~HI"), linktest.Step{Data: "\x02ZT411,V92,8,8KB\x03\r\n"},
			w("~HQSN"), serial, w("~HS"), hs(0),
			w("! U1 getvar \"odometer.total_label_count\"\r\n"), // not answered: an older printer
			w("~HQOD"), meter(100), w("~HQSN"), serial, w("~HS"), hs(0), w("~HQOD"), meter(100), w(label),
			w("~HS"), hs(1), w("~HS"), hs(0), w("~HQOD"), meter(100), w("~HS"), hs(0), w("~HQOD"), meter(106), w("~HS"), hs(0))
		p, err := printer.New(printer.Config{Name: "printer-1"}, play, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); _ = p.Run(ctx, &states{}) }()
		time.Sleep(600 * time.Millisecond)
		r := p.Print(ctx, devices.PrintJob{ZPL: []byte(label)})
		synctest.Wait()
		stop()
		<-done
		require.NoError(t, r.Err)
		assert.Equal(t, devices.EvidenceOdometer, r.Evidence)
	})
}

// TestCountThatWentBackIsNoProof: what a meter says after it has gone back tells
// nothing of the label, also when it grows again.
func TestCountThatWentBackIsNoProof(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &printertest.Printer{Odometer: true}
		fake.Print("earlier")
		fake.Print("earlier")
		b := startBench(t, fake, printer.Config{}, nil)
		settle()
		fake.Set(func(f *printertest.Faults) { f.Lose = true })
		var hand sync.WaitGroup
		r := b.p.Print(t.Context(), devices.PrintJob{ZPL: []byte(label), Sent: func() {
			fake.Replace("") // its count begins anew
			hand.Go(func() {
				time.Sleep(time.Second)
				fake.Print("by hand")
			})
		}})
		hand.Wait()
		assert.Equal(t, devices.Unknown, r.Outcome, r.Evidence)
		assert.ErrorContains(t, r.Err, "it went back from 12 to 0")
	})
}

// TestNoLabelToOneThatTookItsPlace on a line that did not break, as one of RS-232
// does not when the plug is moved.
func TestNoLabelToOneThatTookItsPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &printertest.Printer{Odometer: true, Serial: "A1"}
		b := startBench(t, fake, printer.Config{}, nil)
		settle()
		require.Equal(t, devices.Printed, b.print(t).Outcome)
		fake.Replace("B2")
		r := b.print(t)
		assert.Equal(t, devices.NotSent, r.Outcome, "%v", r.Err)
		assert.Equal(t, 1, fake.Count("attempt-1"))
		settle()
		assert.Equal(t, devices.OtherPrinter, b.p.Status().Condition)
		fake.Replace("A1")
		settle()
		assert.Equal(t, devices.Printed, b.print(t).Outcome)
	})
}

// TestNothingIsSaidOfALabelByAnother than the printer that had it, though the line
// was silent for a moment only.
func TestNothingIsSaidOfALabelByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := &printertest.Printer{Odometer: true, Serial: "A1"}
		b := startBench(t, fake, printer.Config{}, nil)
		settle()
		fake.Set(func(f *printertest.Faults) { f.Lose = true })
		r := b.p.Print(t.Context(), devices.PrintJob{ZPL: []byte(label), Sent: func() {
			fake.Set(func(f *printertest.Faults) { f.MuteHS, f.MuteHQES = true, true }) // the plug is out
			time.AfterFunc(2*time.Second, func() {
				fake.Replace("B2")
				fake.Print("its own")
				fake.Set(func(f *printertest.Faults) { *f = printertest.Faults{} })
			})
		}})
		assert.Equal(t, devices.Unknown, r.Outcome, r.Evidence)
		settle()
		assert.Equal(t, devices.OtherPrinter, b.p.Status().Condition)
	})
}

// closing notes how a connection was ended.
type closing struct {
	devices.Conn
	aborted chan<- bool
}

func (c closing) Abort() error { c.aborted <- true; return c.Conn.Close() }
func (c closing) Close() error { c.aborted <- false; return c.Conn.Close() }

// TestNothingOfAGivenUpConnectionIsDelivered later: the count proves that no label
// came out, another one is made, and then the first one must not come.
func TestNothingOfAGivenUpConnectionIsDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		aborted := make(chan bool, 8)
		fake := &printertest.Printer{Odometer: true}
		b := startBench(t, fake, printer.Config{}, func(next devices.Opener) devices.Opener {
			return linktest.OpenerFunc(func(ctx context.Context) (devices.Conn, error) {
				c, err := next.Open(ctx)
				return closing{c, aborted}, err
			})
		})
		settle()
		fake.Set(func(f *printertest.Faults) { f.Lose = true })
		r := b.p.Print(t.Context(), devices.PrintJob{ZPL: []byte(label), Sent: func() {
			fake.Set(func(f *printertest.Faults) { f.MuteHS, f.MuteHQES = true, true })
		}})
		assert.Equal(t, devices.Unknown, r.Outcome)
		assert.ErrorContains(t, <-b.end, "answers nothing")
		assert.True(t, <-aborted)
	})
}

// TestWhoTellsNoSerialNumber where one belongs is away, as one that is off: its labels
// come out elsewhere soon. What to do is not what a dead cable wants.
func TestWhoTellsNoSerialNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := startBench(t, &printertest.Printer{}, printer.Config{Serial: "A1"}, nil)
		settle()
		b.stop()
		err := <-b.end
		assert.Equal(t, devices.Transient, devices.ClassOf(err))
		assert.Contains(t, devices.HintOf(err), "answers nothing that can be read")
		assert.Equal(t, devices.CodeOffline, b.print(t).Code)
	})
}
