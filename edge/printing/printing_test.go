package printing_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/devices/link/linktest"
	"dcedge/devices/printer/printertest"
	"dcedge/edge"
	"dcedge/edge/printing"
	"dcedge/labels/layout"
)

func one(p *printertest.Printer) map[string]*printertest.Printer {
	return map[string]*printertest.Printer{"p1": p}
}

func TestPrintsWhatIsWanted(t *testing.T) {
	run(t, options{printers: one(&printertest.Printer{Odometer: true, PrintTime: time.Second})}, func(t *testing.T, s *site) {
		s.floor.pack("b1", "pack-1", "6500")
		s.floor.pack("b2", "pack-1", "6507")
		wait(10 * time.Second)
		for _, b := range []string{"b1", "b2"} {
			assert.Equal(t, []string{"intent", "sent", "printed"}, s.floor.stages(b))
		}
		assert.Equal(t, 1, s.labels("6500"))
		assert.Equal(t, 1, s.labels("6507"))
		assert.Equal(t, []string{"ready"}, s.floor.states("p1"), "printing is no news")
		s.floor.reprint("b1")
		wait(10 * time.Second)
		assert.Equal(t, 2, s.labels("6500"))
		assert.Empty(t, s.service.Problems())
		require.NoError(t, s.oracle())
	})
}

// TestIntentBeforeFirstByte: without the engine's answer no byte of a label
// leaves; the attempt is given back and printed later, once.
func TestIntentBeforeFirstByte(t *testing.T) {
	run(t, options{printers: one(&printertest.Printer{})}, func(t *testing.T, s *site) {
		s.floor.mu.Lock()
		s.floor.refuse = func(r edge.PrintReport) error {
			if r.Stage == edge.StageIntent {
				return errors.New("flush failed")
			}
			return nil
		}
		s.floor.mu.Unlock()
		s.floor.pack("b1", "pack-1", "6500")
		wait(20 * time.Second)
		assert.Zero(t, s.labels("6500"))
		assert.NotContains(t, s.fakes["p1"].Heard(), "^XA")
		s.floor.mu.Lock()
		s.floor.refuse = nil
		s.floor.mu.Unlock()
		wait(time.Minute)
		assert.Equal(t, 1, s.labels("6500"))
		assert.Equal(t, edge.AttemptPrinted, s.floor.status("b1"))
	})
}

// TestIntentOnDiskButNotAnswered: the engine wrote the intent and the answer was
// lost; no byte left, so it is failed, not in doubt, and printed anew.
func TestIntentOnDiskButNotAnswered(t *testing.T) {
	run(t, options{printers: one(&printertest.Printer{})}, func(t *testing.T, s *site) {
		lose := true
		s.floor.mu.Lock()
		s.floor.refuse = func(r edge.PrintReport) error {
			if r.Stage == edge.StageIntent && lose {
				lose = false
				s.floor.decide(r)
				return errors.New("timeout")
			}
			return nil
		}
		s.floor.mu.Unlock()
		s.floor.pack("b1", "pack-1", "6500")
		wait(20 * time.Second)
		assert.Equal(t, []string{"failed:intentUnknown", "intent", "sent", "printed"}, s.floor.stages("b1"))
		assert.Equal(t, 1, s.labels("6500"))
	})
}

// TestRestartLeavesDoubt (L3): attempts in intent or sent that an earlier
// process began are in doubt at once, and nothing is printed by itself.
func TestRestartLeavesDoubt(t *testing.T) {
	for _, status := range []edge.AttemptStatus{edge.AttemptIntent, edge.AttemptSent} {
		seed := func(f *floor) {
			f.boxes["b1"] = edge.Box{ID: "b1", Station: "pack-1", Waybill: "6500", Closed: true, Print: edge.PrintWant{Copy: 1, Attempt: "A-900"}}
			f.attempts["A-900"] = edge.Attempt{ID: "A-900", Box: "b1", Waybill: "6500", Printer: "p1", Copy: 1, Status: status}
		}
		run(t, options{seed: seed, printers: one(&printertest.Printer{})}, func(t *testing.T, s *site) {
			wait(time.Minute)
			f := s.floor
			assert.Equal(t, []string{"inDoubt:restart"}, f.stages("b1"))
			assert.Zero(t, s.labels("6500"))
			f.settle("A-900", false)
			wait(time.Minute)
			assert.Equal(t, 1, s.labels("6500"))
			assert.Contains(t, s.fakes["p1"].Heard(), "~JA", "proven empty first")
		})
	}
}

// TestKilledBetweenIntentAndSent: the process is stopped while the label is on
// its way; the next one asks a person.
func TestKilledBetweenIntentAndSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFloor()
		fakes := one(&printertest.Printer{PrintTime: time.Hour})
		a := start(t, options{floor: f, printers: fakes})
		wait(3 * time.Second)
		f.pack("b1", "pack-1", "6500")
		wait(time.Second)
		f.mu.Lock()
		f.refuse = func(edge.PrintReport) error { return errors.New("killed") } // nothing more reaches the disk
		f.mu.Unlock()
		a.end()
		assert.Equal(t, edge.AttemptSent, f.status("b1"))
		f.refuse = nil
		b := start(t, options{floor: f, printers: fakes})
		wait(10 * time.Second)
		b.end()
		assert.Equal(t, edge.AttemptInDoubt, f.status("b1"))
	})
}

func TestFailover(t *testing.T) {
	refuse := func(name string, o devices.Opener) devices.Opener {
		if name != "p1" {
			return o
		}
		return linktest.OpenerFunc(func(context.Context) (devices.Conn, error) { return nil, linktest.ErrRefused })
	}
	two := func() map[string]*printertest.Printer {
		return map[string]*printertest.Printer{"p1": {PrintTime: time.Second}, "p2": {PrintTime: time.Second}}
	}
	t.Run("refused", func(t *testing.T) {
		run(t, options{printers: two(), wire: refuse}, func(t *testing.T, s *site) {
			s.floor.pack("b1", "pack-1", "6500")
			wait(10 * time.Second)
			assert.Equal(t, 1, s.fakes["p2"].Count("6500"))
			assert.Equal(t, []string{"offline"}, s.floor.states("p1"))
		})
	})
	for name, set := range map[string]func(*printertest.Faults){
		"no paper":  func(f *printertest.Faults) { f.PaperOut = true },
		"head open": func(f *printertest.Faults) { f.HeadUp = true },
		"paused":    func(f *printertest.Faults) { f.Paused = true },
		"silent":    func(f *printertest.Faults) { f.MuteHS, f.MuteHQES = true, true },
		"garbled":   func(f *printertest.Faults) { f.GarbleHS = true },
	} {
		t.Run(name, func(t *testing.T) {
			run(t, options{printers: two()}, func(t *testing.T, s *site) {
				s.fakes["p1"].Set(set)
				// At once: the driver has not noticed yet, the print must find out.
				s.floor.pack("b1", "pack-1", "6500")
				wait(20 * time.Second)
				assert.Equal(t, 1, s.fakes["p2"].Count("6500"))
				assert.Zero(t, s.fakes["p1"].Count("6500"))
				assert.Equal(t, edge.AttemptPrinted, s.floor.status("b1"))
			})
		})
	}
}

// mulish says that it is ready and never takes a label.
type mulish struct{ printing.Printer }

func (mulish) Print(context.Context, devices.PrintJob) devices.PrintResult {
	return devices.PrintResult{Code: devices.CodeNotReady, Err: errors.New("not now")}
}

// TestFailoverFromAPrinterThatOnlySeemsReady: the next one is tried at once, the
// first one not again at once.
func TestFailoverFromAPrinterThatOnlySeemsReady(t *testing.T) {
	o := options{printers: map[string]*printertest.Printer{"p1": {}, "p2": {}}, wrap: func(p printing.Printer) printing.Printer {
		if p.Status().Name == "p1" {
			return mulish{p}
		}
		return p
	}}
	run(t, o, func(t *testing.T, s *site) {
		s.floor.pack("b1", "pack-1", "6500")
		wait(500 * time.Millisecond)
		assert.Equal(t, 1, s.fakes["p2"].Count("6500"))
		assert.Equal(t, []string{"intent", "failed:notReady", "intent", "sent", "printed"}, s.floor.stages("b1"))
	})
}

// TestNothingOverAnOpenAttempt: whatever the state wants, nothing is printed for
// a box while an attempt of it is open.
func TestNothingOverAnOpenAttempt(t *testing.T) {
	seed := func(f *floor) {
		f.boxes["b1"] = edge.Box{ID: "b1", Station: "pack-1", Waybill: "6500", Closed: true,
			Print: edge.PrintWant{Copy: 1, Attempt: "A-900", Wanted: true, NextAttempt: "A-901"}}
		f.attempts["A-900"] = edge.Attempt{ID: "A-900", Box: "b1", Waybill: "6500", Printer: "p1", Copy: 1, Status: edge.AttemptSent}
		f.refuse = func(r edge.PrintReport) error {
			if r.Stage == edge.StageInDoubt {
				return errors.New("not now")
			}
			return nil
		}
	}
	run(t, options{seed: seed, printers: one(&printertest.Printer{})}, func(t *testing.T, s *site) {
		wait(20 * time.Second)
		assert.Empty(t, s.floor.stages("b1"))
		s.floor.mu.Lock()
		s.floor.refuse = nil
		s.floor.mu.Unlock()
		wait(20 * time.Second)
		assert.Equal(t, []string{"inDoubt:restart", "intent", "sent", "printed"}, s.floor.stages("b1"))
	})
}

// TestCommitsBehindTheAnswers: the state is seen later than the engine answers;
// nothing is begun on what is out of date by then.
func TestCommitsBehindTheAnswers(t *testing.T) {
	o := options{seed: func(f *floor) { f.lag = 300 * time.Millisecond }, printers: one(&printertest.Printer{})}
	run(t, o, func(t *testing.T, s *site) {
		for _, b := range []string{"b1", "b2", "b3"} {
			s.floor.pack(b, "pack-1", "65"+b)
		}
		wait(20 * time.Second)
		for _, b := range []string{"b1", "b2", "b3"} {
			assert.Equal(t, []string{"intent", "sent", "printed"}, s.floor.stages(b))
		}
		s.floor.mu.Lock()
		defer s.floor.mu.Unlock()
		assert.Zero(t, s.floor.refused)
	})
}

// TestNoPrinterWorks: the label waits without a single event, is named as a
// problem, and comes out once a printer works again.
func TestNoPrinterWorks(t *testing.T) {
	run(t, options{printers: one(&printertest.Printer{})}, func(t *testing.T, s *site) {
		s.fakes["p1"].Set(func(f *printertest.Faults) { f.PaperOut = true })
		wait(3 * time.Second)
		s.floor.pack("b1", "pack-1", "6500")
		wait(time.Hour)
		assert.Empty(t, s.floor.stages("b1"))
		assert.Equal(t, []printing.Problem{{Box: "b1", Station: "pack-1", Code: "noPrinter"}}, s.service.Problems())
		assert.Equal(t, []string{"ready", "noPaper"}, s.floor.states("p1"))
		s.fakes["p1"].Set(func(f *printertest.Faults) { f.PaperOut = false })
		wait(10 * time.Second)
		assert.Equal(t, 1, s.labels("6500"))
		assert.Equal(t, devices.Ready, s.service.Statuses()[0].Condition)
	})
}

// TestPaperOutUnderLabel: resumed without a second label and without a question.
func TestPaperOutUnderLabel(t *testing.T) {
	run(t, options{printers: one(&printertest.Printer{Odometer: true, PrintTime: 2 * time.Second})}, func(t *testing.T, s *site) {
		s.floor.pack("b1", "pack-1", "6500")
		wait(time.Second)
		s.fakes["p1"].Set(func(f *printertest.Faults) { f.PaperOut = true })
		wait(20 * time.Second)
		s.fakes["p1"].Set(func(f *printertest.Faults) { f.PaperOut = false })
		wait(10 * time.Second)
		assert.Equal(t, []string{"intent", "sent", "printed"}, s.floor.stages("b1"))
		assert.Equal(t, 1, s.labels("6500"))
	})
}

// TestRenumberWhereNotProvenEmpty: the old number is given up, the new one
// printed; the label still lying in the first printer carries a voided number.
func TestRenumberWhereNotProvenEmpty(t *testing.T) {
	fakes := map[string]*printertest.Printer{"p1": {Odometer: true, PrintTime: time.Second}, "p2": {Odometer: true}}
	run(t, options{printers: fakes}, func(t *testing.T, s *site) {
		s.floor.pack("b1", "pack-1", "6500")
		wait(500 * time.Millisecond)
		s.fakes["p1"].Set(func(f *printertest.Faults) { f.PaperOut = true })
		wait(time.Minute) // longer than the hold: in doubt
		s.floor.settle(<-s.floor.doubt, false)
		wait(time.Minute)
		assert.Equal(t, "6500+", s.floor.box("b1").Waybill)
		assert.Equal(t, []string{"6500"}, s.floor.box("b1").Voided)
		assert.Equal(t, 1, s.fakes["p2"].Count("6500+"))
		assert.Zero(t, s.labels("6500"))
	})
}

// TestLabelNotMade: nothing is begun, the box is named, others go on.
func TestLabelNotMade(t *testing.T) {
	run(t, options{printers: one(&printertest.Printer{})}, func(t *testing.T, s *site) {
		s.render.set(errors.New("recipient is gone"))
		s.floor.pack("b1", "pack-1", "6500")
		wait(5 * time.Second)
		assert.Empty(t, s.floor.stages("b1"))
		assert.Equal(t, []printing.Problem{{Box: "b1", Station: "pack-1", Code: "render"}}, s.service.Problems())
		s.render.set(nil)
		s.floor.pack("b2", "pack-1", "6507")
		wait(time.Minute)
		assert.Equal(t, 1, s.labels("6507"))
		assert.Equal(t, 1, s.labels("6500"))
		assert.Empty(t, s.service.Problems())
	})
}

// TestLabelThatCannotBeMade: the floor is told of the field, at every try with
// the attempt that comes next; when the order is mended the label prints.
func TestLabelThatCannotBeMade(t *testing.T) {
	run(t, options{printers: one(&printertest.Printer{})}, func(t *testing.T, s *site) {
		s.render.set(fmt.Errorf("render: %w", &layout.FieldError{Field: "recipient.name", Code: layout.CodeFit}))
		s.floor.pack("b1", "pack-1", "6500")
		wait(5 * time.Minute)
		assert.Equal(t, edge.PrintWant{Wanted: true, Copy: 1, NextAttempt: s.floor.box("b1").Print.NextAttempt,
			Fault: "fit", FaultField: "recipient.name"}, s.floor.box("b1").Print)
		assert.Zero(t, s.floor.refused, "no try names an attempt that is over")
		assert.Zero(t, s.labels("6500"))
		s.render.set(nil)
		wait(time.Minute)
		assert.Equal(t, 1, s.labels("6500"))
	})
}

// TestHeldOrderWaits: not a fault, named, tried again when the order changes.
func TestHeldOrderWaits(t *testing.T) {
	run(t, options{printers: one(&printertest.Printer{})}, func(t *testing.T, s *site) {
		s.render.set(fmt.Errorf("render: %w", printing.ErrHeld))
		s.floor.pack("b1", "pack-1", "6500")
		wait(10 * time.Minute)
		assert.Empty(t, s.floor.stages("b1"))
		assert.Equal(t, []printing.Problem{{Box: "b1", Station: "pack-1", Code: "held"}}, s.service.Problems())
		s.render.set(nil)
		s.service.Committed(&edge.Commit{Changes: []edge.Change{{Table: edge.TableOrders, Value: &edge.Order{ID: "o-b1"}}}})
		wait(2 * time.Second)
		assert.Equal(t, 1, s.labels("6500"))
	})
}

func TestNewRefusesHalfAService(t *testing.T) {
	quiet := slog.New(slog.DiscardHandler)
	key := []byte("0123456789abcdef")
	_, err := printing.New(printing.Config{HashKey: key[:8]}, newFloor(), &plain{}, nil, quiet)
	require.ErrorContains(t, err, "hash key")
	_, err = printing.New(printing.Config{HashKey: key, Stations: []edge.Station{{Name: "pack-1", Printers: []string{"p9"}}}}, newFloor(), &plain{}, nil, quiet)
	require.ErrorContains(t, err, "p9")
	_, err = printing.New(printing.Config{HashKey: key}, nil, &plain{}, nil, quiet)
	require.Error(t, err)
}
