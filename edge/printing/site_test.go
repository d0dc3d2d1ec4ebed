package printing_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/devices/link/linktest"
	"dcedge/devices/printer"
	"dcedge/devices/printer/printertest"
	"dcedge/edge"
	"dcedge/edge/printing"
)

// plain renders a short label that bears waybill, copy and attempt mark.
type plain struct {
	graphic string

	mu   sync.Mutex
	fail error
}

func (p *plain) set(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = err
}

func (p *plain) Render(_ context.Context, w printing.Want) (printing.Label, error) {
	z := fmt.Sprintf("^XA%s^FO9,9^BCN,80^FD%s^FS^FX%s copy %d^FS^XZ", p.graphic, w.Box.Waybill, w.Attempt, w.Copy)
	p.mu.Lock()
	defer p.mu.Unlock()
	return printing.Label{ZPL: []byte(z), RecipientVersion: 1}, p.fail
}

// site is a floor, a service and its printers, joined by pipes.
type site struct {
	floor   *floor
	service *printing.Service
	fakes   map[string]*printertest.Printer
	render  *plain
	stop    context.CancelFunc
	done    chan struct{}
}

type options struct {
	floor    *floor       // nil: a new one; made inside the bubble
	seed     func(*floor) // before the start
	printers map[string]*printertest.Printer
	wire     func(name string, o devices.Opener) devices.Opener // puts faults on a wire
	wrap     func(printing.Printer) printing.Printer            // a printer that lies
}

// start builds a site with station pack-1 that has every printer, in the order
// of their names.
func start(t *testing.T, o options) *site {
	t.Helper()
	s := &site{floor: o.floor, fakes: o.printers, render: &plain{}, done: make(chan struct{})}
	if s.floor == nil {
		s.floor = newFloor()
	}
	if o.seed != nil {
		o.seed(s.floor)
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	quiet := slog.New(slog.DiscardHandler)
	printers := map[string]printing.Printer{}
	var drivers []*printer.Printer
	var wg sync.WaitGroup
	for name, fake := range o.printers {
		pipe := linktest.NewPipe(16)
		wg.Go(func() {
			for {
				select {
				case conn := <-pipe.Accepted:
					wg.Go(func() { fake.Serve(conn) })
				case <-ctx.Done():
					return
				}
			}
		})
		var open devices.Opener = pipe
		if o.wire != nil {
			open = o.wire(name, open)
		}
		d, err := printer.New(printer.Config{Name: name, HoldWait: 30 * time.Second}, open, quiet)
		require.NoError(t, err)
		drivers = append(drivers, d)
		printers[name] = d
		if o.wrap != nil {
			printers[name] = o.wrap(d)
		}
	}
	var names []string
	for _, n := range []string{"p1", "p2", "p3"} {
		if o.printers[n] != nil {
			names = append(names, n)
		}
	}
	var err error
	s.service, err = printing.New(printing.Config{Stations: []edge.Station{{Name: "pack-1", Printers: names}},
		HashKey: []byte("0123456789abcdef")}, s.floor, s.render, printers, quiet)
	require.NoError(t, err)
	s.service.Committed(s.floor.whole())
	wg.Go(func() { s.floor.pump(ctx, s.service.Committed) })
	// The service ends first, then the drivers: as the agent does it.
	own, end := context.WithCancel(context.Background())
	for _, d := range drivers {
		wg.Go(func() {
			for own.Err() == nil {
				if err := d.Run(own, s.service); err != nil {
					time.Sleep(100 * time.Millisecond)
				}
			}
		})
	}
	go func() {
		_ = s.service.Run(ctx)
		end()
		wg.Wait()
		close(s.done)
	}()
	return s
}

// end stops everything and waits for it.
func (s *site) end() { s.stop(); <-s.done }

// run plays f in a bubble and ends the site behind it.
func run(t *testing.T, o options, f func(t *testing.T, s *site)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(300 * time.Millisecond) // what it does does not fall on the instants at which devices are looked at
		s := start(t, o)
		defer s.end()
		time.Sleep(3 * time.Second) // connected
		f(t, s)
	})
}

// wait lets the site work for d.
func wait(d time.Duration) { time.Sleep(d); synctest.Wait() }

// labels counts the labels of a waybill that came out of all printers.
func (s *site) labels(waybill string) int {
	n := 0
	for _, f := range s.fakes {
		n += f.Count("^FD" + waybill + "^FS")
	}
	return n
}

// came says whether an attempt's label came out somewhere.
func (s *site) came(attempt string) bool {
	for _, f := range s.fakes {
		if f.Count("^FX"+attempt+" ") > 0 {
			return true
		}
	}
	return false
}

// oracle is I6: no attempt's label twice, no waybill more often than the first
// print and what persons granted. It reads the printers' paper only.
func (s *site) oracle() error {
	count, marks := map[string]int{}, map[string]int{}
	for _, f := range s.fakes {
		for _, l := range f.Labels() {
			_, rest, _ := strings.Cut(l, "^FD")
			waybill, _, _ := strings.Cut(rest, "^FS")
			_, rest, _ = strings.Cut(l, "^FX")
			mark, _, _ := strings.Cut(rest, " ")
			count[waybill]++
			marks[mark]++
		}
	}
	for m, n := range marks {
		if n > 1 {
			return fmt.Errorf("attempt %s came out %d times", m, n)
		}
	}
	s.floor.mu.Lock()
	defer s.floor.mu.Unlock()
	for w, n := range count {
		if n > 1+s.floor.granted[w] {
			return fmt.Errorf("waybill %s came out %d times with %d granted", w, n, s.floor.granted[w])
		}
	}
	return nil
}

// person answers each doubt truthfully after having looked for the label.
func (s *site) person(ctx context.Context) {
	for {
		select {
		case a := <-s.floor.doubt:
			if !waitOr(ctx, 20*time.Second) {
				return
			}
			s.floor.settle(a, s.came(a))
		case <-ctx.Done():
			return
		}
	}
}

func waitOr(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
