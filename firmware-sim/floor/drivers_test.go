package floor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/devices/link"
	"dcedge/devices/scale"
	"dcedge/devices/scanner"
	"dcedge/edge/supervise"
	simscale "dcedge/firmware-sim/scale"
	simscanner "dcedge/firmware-sim/scanner"
)

// The project's own drivers against the devices that were written without them.

// desk is a sink that keeps what it is handed; refuse makes the next one fail.
type desk struct {
	mu     sync.Mutex
	all    []devices.Reading
	refuse int
}

var errDisk = errors.New("disk full")

func (d *desk) Read(_ context.Context, r devices.Reading) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.refuse > 0 {
		d.refuse--
		return errDisk
	}
	d.all = append(d.all, r)
	return nil
}

func (d *desk) State(devices.State) {}

func (d *desk) texts() (out []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range d.all {
		switch {
		case r.NoRead:
			out = append(out, "no read")
		case r.Grams != "":
			out = append(out, r.Grams)
		default:
			out = append(out, r.Symbology+r.Code)
		}
	}
	return out
}

func runs(t *testing.T, run func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = run(ctx) // a driver that is restarted ends with its context
	}()
	t.Cleanup(func() { cancel(); <-done })
}

// drives runs a driver under the project's supervisor.
func drives(t *testing.T, d devices.Driver, to devices.Sink) {
	t.Helper()
	r := supervise.Restart{
		Name: d.Info().Name, Log: slog.New(slog.DiscardHandler), Backoff: supervise.Backoff{Min: 5 * time.Millisecond, Max: 20 * time.Millisecond},
		Part: supervise.RunFunc(func(ctx context.Context) error { return d.Run(ctx, to) }),
	}
	runs(t, r.Run)
}

func opener(t *testing.T, name, tty string) devices.Opener {
	t.Helper()
	o, err := link.New("serial://"+tty, link.Options{Device: name})
	require.NoError(t, err)
	return o
}

// TestScannerDrivers scans over a serial line in every framing that both sides
// know, doubles some codes, pulls the cable, spoils packets: each code that was
// sent whole is read once, in order.
func TestScannerDrivers(t *testing.T) {
	for sim, driver := range map[string]string{"cr": "auto", "lf": "lf", "crlf": "crlf", "stx": "stx", "ack": "ack", "none": "idle", "ssi": "ssi"} {
		t.Run(sim, func(t *testing.T) {
			t.Parallel()
			tty := filepath.Join(t.TempDir(), "tty")
			s, err := simscanner.New(simscanner.Config{Name: "s", Listen: "pty:" + tty, Protocol: sim, AIM: sim != "ssi", NoRead: "NOREAD", AckWait: 700 * time.Millisecond})
			require.NoError(t, err)
			// A scanner that is not answered waits longer than the driver needs to
			// find its step again (500 ms), as real ones do.
			runs(t, s.Run)
			<-s.Ready()
			d := &desk{}
			drv, err := scanner.New(scanner.Config{Name: "s", Protocol: driver}, opener(t, "s", tty), slog.New(slog.DiscardHandler))
			require.NoError(t, err)
			drives(t, drv, d)
			up := func() {
				t.Helper()
				require.Eventually(t, func() bool {
					st := drv.Status()
					return st.Condition == devices.Ready && time.Since(st.Since) > 600*time.Millisecond // in step after opening midstream
				}, 30*time.Second, 5*time.Millisecond, "%+v", drv.Status())
			}
			var want []string
			scan := func(code string, faults simscanner.Faults) {
				t.Helper()
				s.SetFaults(faults)
				n := s.Pull(code, "]C1")
				if code == "" {
					want = append(want, "no read")
				} else {
					want = append(want, "]C1"+code)
				}
				limit, stop := context.WithTimeout(t.Context(), 10*time.Second)
				defer stop()
				_, err := s.Wait(limit, n)
				require.NoError(t, err)
				require.Eventually(t, func() bool { return len(d.texts()) >= len(want) }, 30*time.Second, time.Millisecond, "%v of %v", d.texts(), want)
			}
			up()
			scan("0108801234567893\x1d10LOT", simscanner.Faults{})
			double := simscanner.Faults{Double: 1}
			if sim == "none" {
				double.Double = 0 // nothing but time parts two codes: on a busy machine they come as one
			}
			scan("B", double)
			scan("", simscanner.Faults{})
			if sim == "ssi" {
				scan("C", simscanner.Faults{Corrupt: 1})
				scan("D", simscanner.Faults{Deaf: true})
				scan(strings.Repeat("E", 400), simscanner.Faults{})
			}
			s.SetFaults(simscanner.Faults{Away: true})
			require.Eventually(t, func() bool { return drv.Status().Condition != devices.Ready }, 30*time.Second, time.Millisecond, "nobody was told")
			s.SetFaults(simscanner.Faults{})
			up()
			scan("after", simscanner.Faults{})
			require.Equal(t, want, d.texts())
		})
	}
}

// TestScaleDrivers weighs parcels in every protocol, over a line with noise and
// broken frames: each load is handed over once, at its true weight.
func TestScaleDrivers(t *testing.T) {
	for _, protocol := range []string{"cas", "cas10", "cas18", "aandd", "dini", "sics"} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			tty := filepath.Join(t.TempDir(), "tty")
			s, err := simscale.New(simscale.Config{Name: "s", Listen: "pty:" + tty, Protocol: protocol, Rate: 10, Clock: 10})
			require.NoError(t, err)
			runs(t, s.Run)
			<-s.Ready()
			d := &desk{}
			cfg := scale.Config{Name: "s", Protocol: protocol, Poll: 15 * time.Millisecond}
			if protocol == "cas10" {
				cfg.Unit = "kg"
			}
			drv, err := scale.New(cfg, opener(t, "s", tty), slog.New(slog.DiscardHandler))
			require.NoError(t, err)
			drives(t, drv, d)
			faults := simscale.Faults{Noise: 0.05, Half: 0.05}
			if protocol == "sics" {
				faults.Half = 0 // a question that is not answered costs the driver its patience each time
			}
			s.SetFaults(faults)
			// until puts the load on again where the driver asks for an empty scale
			// after much noise: that is what its screen says, too.
			until := func(load int64, ok func() bool) {
				t.Helper()
				for began := time.Now(); !ok(); {
					require.Less(t, time.Since(began), time.Minute, "%d g: %+v", load, drv.Weight())
					on := load
					if drv.Weight().Verdict == scale.NotZeroed {
						on = 0
					}
					s.Put(on * 1000)
					next := time.NewTimer(300 * time.Millisecond) // longer than a load swings
					<-next.C
				}
			}
			var want []string
			for _, grams := range []int64{1204, 1204, 530} {
				until(0, func() bool { return drv.Weight().Verdict == scale.Empty })
				want = append(want, fmt.Sprint(grams))
				until(grams, func() bool { return len(d.texts()) >= len(want) })
			}
			require.Equal(t, want, d.texts())
		})
	}
}
