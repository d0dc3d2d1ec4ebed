package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "site:", err)
		os.Exit(1)
	}
}

type options struct {
	config, folder, bin, orders, mix, broker string
	seed                                     uint64
	port                                     int
	speed                                    float64
	count                                    int
	pickers, packers, loaders                int
	returns, hospital, guests                int
	alone                                    bool
	shift                                    time.Duration
}

func run(ctx context.Context, args []string, out io.Writer) error {
	var o options
	f := flag.NewFlagSet("site", flag.ContinueOnError)
	f.StringVar(&o.config, "config", "configs/demo.toml", "the edge's configuration")
	f.StringVar(&o.folder, "folder", "run", "where the site keeps what is its own")
	f.StringVar(&o.bin, "bin", "bin", "where the built programs are")
	f.StringVar(&o.mix, "mix", "order", "how the crew divides its work: order, cluster, wave, zones, returns, all")
	f.StringVar(&o.broker, "broker", "embedded", "where devices and edge meet: embedded, the edge's own, or mosquitto, Debian's")
	f.StringVar(&o.orders, "orders", "", "a file of real orders instead of made-up ones")
	f.IntVar(&o.port, "port", 0, "the page's port, and the first of the others; 0: those of the configuration")
	f.Uint64Var(&o.seed, "seed", 1, "the same seed makes the same day")
	f.Float64Var(&o.speed, "speed", 2, "how many times faster than people and motors")
	f.IntVar(&o.count, "count", 400, "made-up orders")
	f.IntVar(&o.pickers, "pickers", 8, "pickers in the crew")
	f.IntVar(&o.packers, "packers", 3, "packers in the crew")
	f.IntVar(&o.loaders, "loaders", 3, "loaders in the crew")
	f.IntVar(&o.returns, "returns", 2, "people at the returns desks (mixes returns and all)")
	f.IntVar(&o.hospital, "hospital", 1, "people in the hospital (mixes returns and all)")
	f.IntVar(&o.guests, "guests", 1, "pickers with a badge of the day")
	f.BoolVar(&o.alone, "alone", false, "no crew: all the orders are yours, and those of the scripts in docs")
	f.DurationVar(&o.shift, "shift", 4*time.Hour, "length of a shift of the crew, at speed 1; 0: it never ends")
	if err := f.Parse(args); err != nil {
		return err
	}
	s, err := openSite(o)
	if err != nil {
		return err
	}
	err = s.day(ctx, out)
	if ctx.Err() != nil {
		fmt.Fprintln(out, "\nending: the crew goes home, then the puller, then the edge")
		err = nil
	}
	return errors.Join(err, s.stop())
}

// day starts everything in its order and waits for the end.
func (s *site) day(ctx context.Context, out io.Writer) error {
	if err := s.configure(); err != nil {
		return err
	}
	if err := s.taken(); err != nil {
		return err
	}
	if err := s.plugIn(); err != nil {
		return err
	}
	if err := s.startBroker(ctx); err != nil {
		return err
	}
	if err := s.start("edge", "run", "--config", s.config); err != nil {
		return err
	}
	if err := s.ready(ctx, 30*time.Second); err != nil {
		return err
	}
	if err := s.fill(ctx, out); err != nil {
		return err
	}
	if err := s.start("wms", "pull", "--from", s.url(), "--into", "file:"+s.path("pulled"), "-q"); err != nil {
		return err
	}
	if err := s.start("firmware-sim", append(s.crew(), "--labels", s.path("labels"), "--parcels", s.path("parcels.ndjson"),
		"--belt-control", s.ports().belt, "--hands", s.ports().hands, "--control-above", fmt.Sprint(s.ports().above))...); err != nil {
		return err
	}
	if err := s.tell(ctx, out); err != nil {
		return err
	}
	return s.watch(ctx, out)
}

// crew is the command of the floor and its people.
func (s *site) crew() []string {
	if s.alone {
		s.pickers, s.packers, s.loaders, s.returns, s.hospital, s.guests = 0, 0, 0, 0, 0, 0
	}
	args := []string{"floor", "--config", s.path("floor.toml"), "--seed", fmt.Sprint(s.seed), "--speed", fmt.Sprint(s.speed), "--mix", s.mix,
		"--pickers", fmt.Sprint(s.pickers), "--packers", fmt.Sprint(s.packers), "--loaders", fmt.Sprint(s.loaders),
		"--returns", fmt.Sprint(s.returns), "--hospital", fmt.Sprint(s.hospital), "--guests", fmt.Sprint(s.guests), "--shift", s.shift.String()}
	if s.CrewPIN != "" {
		args = append(args, "--lead", s.CrewLead, "--lead-pin-env", "CREW_LEAD_PIN")
	}
	if day := s.path(s.dayFile()); exists(day) {
		args = append(args, "--day", day)
	}
	return args
}

// backAfter is how long a device stays away whose simulator was ended: time to see
// it missing on the lead's page.
const backAfter = 10 * time.Second

// watch is the service manager of the site: the edge and the crew are started
// again when they end, so that killing one shows how the floor takes it. The
// puller may be fenced by another one with the same key: then it stays down.
func (s *site) watch(ctx context.Context, out io.Writer) error {
	back := make(chan string, 16)
	if s.minds() {
		go (&wms{site: s, out: out}).run(ctx)
	}
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			if err := s.nextDay(ctx, out); err != nil {
				fmt.Fprintln(out, "the next day's orders could not be pushed:", err)
			}
		case name := <-back:
			if err := s.again(ctx, name); err != nil {
				return err
			}
		case p := <-s.ended:
			if p.name == "wms" {
				fmt.Fprintf(out, "the puller ended (%v): %s\n", p.err, s.tail(p.name, 200))
				continue
			}
			if s.unplugged(p.name) || p.name == mosquitto {
				fmt.Fprintf(out, "%s is pulled (%v); it comes back in %s\n", p.name, p.err, backAfter)
				time.AfterFunc(backAfter, func() { back <- p.name })
				continue
			}
			fmt.Fprintf(out, "%s ended (%v) and is started again\n", p.name, p.err)
			if err := s.again(ctx, p.name); err != nil {
				return err
			}
		}
	}
}
