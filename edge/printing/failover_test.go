package printing_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/devices/link/linktest"
	"dcedge/devices/printer/printertest"
	"dcedge/edge"
)

func pair() map[string]*printertest.Printer {
	return map[string]*printertest.Printer{"p1": {Odometer: true, PrintTime: time.Second}, "p2": {Odometer: true, PrintTime: time.Second}}
}

// TestFailoverAfterEightSeconds: a short fault moves nothing, a longer one moves
// the label, and the next one is at home again once all is well.
func TestFailoverAfterEightSeconds(t *testing.T) {
	for lasts, at := range map[time.Duration]string{6 * time.Second: "p1", 12 * time.Second: "p2"} {
		for _, known := range []bool{false, true} {
			run(t, options{printers: pair()}, func(t *testing.T, s *site) {
				s.fakes["p1"].Set(func(f *printertest.Faults) { f.HeadUp = true })
				if known {
					wait(2 * time.Second)
				}
				began := time.Now()
				s.floor.pack("b1", "pack-1", "6500")
				if at == "p2" {
					wait(7 * time.Second)
					assert.Zero(t, s.labels("6500"), "not before its time")
				}
				wait(lasts - time.Since(began))
				s.fakes["p1"].Set(func(f *printertest.Faults) { f.HeadUp = false })
				wait(5 * time.Second)
				assert.Equal(t, 1, s.fakes[at].Count("6500"), "%s, known %v: %v", lasts, known, s.floor.stages("b1"))
				assert.Equal(t, 1, s.labels("6500"))
				s.floor.pack("b2", "pack-1", "6507")
				wait(5 * time.Second)
				assert.Equal(t, 1, s.fakes["p1"].Count("6507"), "back again")
			})
		}
	}
}

// TestFailoverBehindABusyPrinter: a label that has waited 8 s behind another one
// goes to the next printer; the one that is already there never moves.
func TestFailoverBehindABusyPrinter(t *testing.T) {
	run(t, options{printers: pair()}, func(t *testing.T, s *site) {
		s.floor.pack("b1", "pack-1", "6500")
		wait(500 * time.Millisecond)
		s.fakes["p1"].Set(func(f *printertest.Faults) { f.Lose, f.MuteHS = false, true }) // connected, and says nothing of it
		s.fakes["p1"].SetPrintTime(time.Hour)
		s.floor.pack("b2", "pack-1", "6507")
		wait(15 * time.Second)
		assert.Equal(t, 1, s.fakes["p2"].Count("6507"))
		assert.Zero(t, s.fakes["p2"].Count("6500"), "it may be on paper already")
	})
}

// TestFourthNumber (H 12): the head is open while three labels wait. They keep
// their numbers, nothing moves on to another one, and on close all three come out.
func TestFourthNumber(t *testing.T) {
	run(t, options{printers: one(&printertest.Printer{Odometer: true, PrintTime: time.Second})}, func(t *testing.T, s *site) {
		s.floor.pack("b1", "pack-1", "6500")
		wait(500 * time.Millisecond)
		s.fakes["p1"].Set(func(f *printertest.Faults) { f.HeadUp = true })
		s.floor.pack("b2", "pack-1", "6507")
		s.floor.pack("b3", "pack-1", "6514")
		wait(25 * time.Second)
		assert.Empty(t, s.fakes["p1"].Labels())
		s.fakes["p1"].Set(func(f *printertest.Faults) { f.HeadUp = false })
		wait(20 * time.Second)
		for box, number := range map[string]string{"b1": "6500", "b2": "6507", "b3": "6514"} {
			assert.Equal(t, number, s.floor.box(box).Waybill)
			assert.Empty(t, s.floor.box(box).Voided)
			assert.Equal(t, 1, s.labels(number))
			assert.NotContains(t, strings.Join(s.floor.stages(box), " "), "inDoubt", "nobody was asked")
		}
		assert.Len(t, s.fakes["p1"].Labels(), 3)
		require.NoError(t, s.oracle())
	})
}

// TestDoubtIsSettledAfterTheQuestion: a printer that stays away longer than a
// person is left waiting for still tells when it is back, and the question goes.
func TestDoubtIsSettledAfterTheQuestion(t *testing.T) {
	for _, restarted := range []bool{false, true} {
		for came, want := range map[bool]string{true: "settledyes", false: "settledno"} {
			fake := &printertest.Printer{Odometer: true, Serial: "S1", PrintTime: time.Second}
			var away atomic.Bool
			wire := func(_ string, o devices.Opener) devices.Opener {
				return linktest.OpenerFunc(func(ctx context.Context) (devices.Conn, error) {
					if away.Load() {
						return nil, linktest.ErrRefused
					}
					return o.Open(ctx)
				})
			}
			seed := func(f *floor) {
				if !restarted {
					return
				}
				f.boxes["b1"] = edge.Box{ID: "b1", Station: "pack-1", Waybill: "6500", Closed: true, Print: edge.PrintWant{Copy: 1, Attempt: "A-900"}}
				f.attempts["A-900"] = edge.Attempt{ID: "A-900", Box: "b1", Waybill: "6500", Printer: "p1", Copy: 1, Status: edge.AttemptSent,
					Meter: &edge.PrintMeter{Serial: "S1", Unit: devices.MeterLength, Count: map[bool]uint64{true: 0, false: 6}[came]}}
			}
			if restarted { // it has printed one label since the process ended, or before
				fake.Print("^XA^FD6500^FS^FXA-900 copy 1^FS^XZ")
			}
			run(t, options{seed: seed, printers: one(fake), wire: func(n string, o devices.Opener) devices.Opener {
				at := len(i6Label)
				if !came {
					at = 20
				}
				return linktest.NewCut(wire(n, o), "^XA", at)
			}}, func(t *testing.T, s *site) {
				if !restarted {
					s.floor.pack("b1", "pack-1", "6500")
					away.Store(true)
					wait(70 * time.Second)
					require.Equal(t, edge.AttemptInDoubt, s.floor.status("b1"), "%v", s.floor.stages("b1"))
					away.Store(false)
				}
				wait(20 * time.Second)
				stages := strings.Join(s.floor.stages("b1"), " ")
				assert.Contains(t, stages, "inDoubt", "restarted %v came %v", restarted, came)
				assert.Contains(t, stages, want, "restarted %v came %v", restarted, came)
				if restarted {
					return // by the same count the paper of the seed is not of this attempt
				}
				assert.Equal(t, 1, s.labels("6500"))
				require.NoError(t, s.oracle())
			})
		}
	}
}

// TestGraphicCutAnywhere (H 10): the wire breaks inside a graphic; the next label
// is not swallowed as its data.
func TestGraphicCutAnywhere(t *testing.T) {
	for _, data := range []string{"^GFA,64,64,4," + strings.Repeat("0F", 64), "^GFA,64,64,4,:Z64:eJxjYGBgAAAABAAB:0000"} {
		zpl := "^XA^FO9,9" + data + "^FS^FD6500^FS^FXA-001 copy 1^FS^XZ"
		for n := 10; n < len(zpl); n += 7 {
			t.Run(fmt.Sprint(data[:12], n), func(t *testing.T) {
				t.Parallel()
				d := startSimWith(t, n, data)
				d.floor.pack("b1", "pack-1", "6500")
				d.settle(t, "b1")
				d.floor.pack("b2", "pack-1", "6507")
				d.settle(t, "b2")
				assert.Len(t, d.sim.Labels(0), 2, "nothing glued, nothing extra, nothing swallowed")
				assert.Equal(t, 1, d.count("^FD6500^FS"))
				assert.Equal(t, 1, d.count("^FD6507^FS"))
			})
		}
	}
}
