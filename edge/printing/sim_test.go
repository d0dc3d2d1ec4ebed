package printing_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/devices/link"
	"dcedge/devices/link/linktest"
	"dcedge/devices/printer"
	"dcedge/edge"
	"dcedge/edge/printing"
	sim "dcedge/firmware-sim/printer"
)

// simDesk is the ledger with one simulated printer over TCP: the other side was
// written from the manuals by itself.
type simDesk struct {
	floor *floor
	sim   *sim.Printer
}

// startSim runs a desk whose label's wire breaks after n bytes (below 0: never).
func startSim(t *testing.T, n int, cfg sim.Config) *simDesk {
	t.Helper()
	return startDesk(t, n, cfg, &plain{})
}

// startSimWith is startSim with a graphic on every label.
func startSimWith(t *testing.T, n int, graphic string) *simDesk {
	t.Helper()
	return startDesk(t, n, sim.Config{}, &plain{graphic: "^FO9,9" + graphic + "^FS"})
}

func startDesk(t *testing.T, n int, cfg sim.Config, render printing.Renderer) *simDesk {
	t.Helper()
	cfg.Name, cfg.Clock = "p1", 200
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:0"
	}
	p, err := sim.New(cfg)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = p.Run(ctx) })
	<-p.Ready()
	url := "tcp://" + p.Addr()
	if strings.HasPrefix(cfg.Listen, "pty:") {
		url = "serial://" + p.Addr() + "?baud=115200"
	}
	open, err := link.New(url, link.Options{Device: "p1"})
	require.NoError(t, err)
	if n >= 0 {
		open = linktest.NewCut(open, "^XA", n)
	}
	quiet := slog.New(slog.DiscardHandler)
	d, err := printer.New(printer.Config{Name: "p1", IdlePoll: 20 * time.Millisecond, BusyPoll: 5 * time.Millisecond,
		AnswerWait: time.Second, ProofWait: 2 * time.Second, Still: 30 * time.Millisecond}, open, quiet)
	require.NoError(t, err)
	f := newFloor()
	s, err := printing.New(printing.Config{Stations: []edge.Station{{Name: "pack-1", Printers: []string{"p1"}}},
		HashKey: []byte("0123456789abcdef"), Tick: 20 * time.Millisecond, RetryMin: 10 * time.Millisecond, Grace: 2 * time.Second},
		f, render, map[string]printing.Printer{"p1": d}, quiet)
	require.NoError(t, err)
	own, end := context.WithCancel(context.Background())
	wg.Go(func() { f.pump(own, s.Committed) })
	wg.Go(func() {
		for own.Err() == nil {
			_ = d.Run(own, s)
		}
	})
	served := make(chan struct{})
	sctx, sstop := context.WithCancel(context.Background())
	go func() { defer close(served); _ = s.Run(sctx) }()
	t.Cleanup(func() { sstop(); <-served; end(); stop(); wg.Wait() })
	return &simDesk{floor: f, sim: p}
}

// settle plays until the box's label is printed, answering doubts truthfully.
func (d *simDesk) settle(t *testing.T, box string) {
	limit := time.After(20 * time.Second)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for d.floor.status(box) != edge.AttemptPrinted || d.floor.box(box).Print.Wanted {
		select {
		case a := <-d.floor.doubt:
			// A person looks once nothing can come out any more: the broken
			// connection is read to its end (the next one is taken) and all is printed.
			ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
			err := d.sim.WaitStatus(ctx, func(s sim.Status) bool { return s.Conns > 1 && s.Formats == 0 && s.Left == 0 })
			stop()
			assert.NoError(t, err)
			d.floor.settle(a, d.count("^FX"+a+" ") > 0)
		case <-look.C:
		case <-limit:
			t.Errorf("box %s: not printed: %v", box, d.floor.stages(box))
			return
		}
	}
}

func (d *simDesk) count(text string) int {
	n := 0
	for _, l := range d.sim.Labels(0) {
		if strings.Contains(string(l.ZPL()), text) {
			n++
		}
	}
	return n
}

// TestI6SimulatorCutAtEveryByte: the same oracle with the simulated printer, over
// TCP, for printers that keep and that drop half a format.
func TestI6SimulatorCutAtEveryByte(t *testing.T) {
	for n := range len(i6Label) + 1 {
		for _, drop := range []bool{false, true} {
			t.Run(fmt.Sprintf("byte %d drop %v", n, drop), func(t *testing.T) {
				t.Parallel()
				d := startSim(t, n, sim.Config{DropPartial: drop})
				d.floor.pack("b1", "pack-1", "6500")
				d.settle(t, "b1")
				labels := d.count("^FD6500^FS")
				assert.LessOrEqual(t, labels, 1+d.floor.granted["6500"])
				assert.Equal(t, 1, labels, "%v", d.floor.stages("b1"))
				assert.Len(t, d.sim.Labels(0), 1, "nothing glued, nothing extra")
				if n == 0 {
					assert.NotContains(t, d.floor.stages("b1"), "inDoubt:wire")
				}
			})
		}
	}
}

// TestSimulatorPaperAndHead: known faults hold the label and nothing is asked.
func TestSimulatorPaperAndHead(t *testing.T) {
	d := startSim(t, -1, sim.Config{Paper: 1})
	d.floor.pack("b1", "pack-1", "6500")
	d.settle(t, "b1")
	d.floor.pack("b2", "pack-1", "6507")
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	require.NoError(t, d.sim.WaitStatus(ctx, func(s sim.Status) bool { return s.PaperOut }))
	d.sim.SetPaper(100)
	d.settle(t, "b2")
	assert.Equal(t, 1, d.count("^FD6500^FS"))
	assert.Equal(t, 1, d.count("^FD6507^FS"))
	assert.Empty(t, d.floor.granted)
}

// TestSimulatorOutcome: the driver alone proves by the count of labels.
func TestSimulatorOutcome(t *testing.T) {
	d := startSim(t, -1, sim.Config{})
	for i := range 5 {
		box := fmt.Sprintf("b%d", i)
		d.floor.pack(box, "pack-1", "65"+box)
		d.settle(t, box)
	}
	d.floor.mu.Lock()
	defer d.floor.mu.Unlock()
	for _, r := range d.floor.reports {
		if r.Stage == edge.StagePrinted {
			assert.Equal(t, devices.EvidenceOdometer, r.Evidence)
		}
	}
}

// TestSerialPrinter: the same ledger over a serial line. The adapter is pulled with
// a label in hand and comes back under another tty: the label is settled by the
// printer's count, and one comes out.
func TestSerialPrinter(t *testing.T) {
	d := startSim(t, -1, sim.Config{Listen: "pty:" + filepath.Join(t.TempDir(), "usb-Zebra") + "?baud=115200"})
	d.floor.pack("b1", "pack-1", "6500")
	d.settle(t, "b1")
	for i, n := range []int64{0, 7, 30, int64(len(i6Label)) - 12} {
		box, number := fmt.Sprintf("c%d", i), fmt.Sprintf("66%02d", i)
		d.sim.SetFaults(sim.Faults{CutLabel: &n})
		d.floor.pack(box, "pack-1", number)
		d.settle(t, box)
		assert.Equal(t, 1, d.count("^FD"+number+"^FS"), "pulled at byte %d: %v", n, d.floor.stages(box))
		assert.NotEqual(t, []string{"intent", "sent", "printed"}, d.floor.stages(box), "nothing was pulled")
	}
	assert.Empty(t, d.floor.granted)
}
