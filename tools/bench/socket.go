package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// contestant is a server with its crowd and what was measured of it.
type contestant struct {
	name string
	p    *process
	c    crowd
	runs map[float64]*figures
}

type figures struct {
	p50, p99, p999 sample // ms
	cpu, rate      sample // microseconds of processor time a scan; scans a second
	refused        int
}

// rounds of one rate at one server.
func (t *contestant) run(ctx context.Context, rate, seconds float64, seed uint64) error {
	before, err := t.p.cpu()
	if err != nil {
		return err
	}
	m, err := t.c.load(ctx, rate, seconds, seed)
	if err != nil {
		return fmt.Errorf("%s: %w: %s", t.name, err, t.p.tail())
	}
	after, err := t.p.cpu()
	if err != nil {
		return err
	}
	f := t.runs[rate]
	if f == nil {
		f = &figures{}
		t.runs[rate] = f
	}
	f.p50, f.p99, f.p999 = append(f.p50, m.ms(.50)), append(f.p99, m.ms(.99)), append(f.p999, m.ms(.999))
	f.cpu = append(f.cpu, float64((after-before).Microseconds())/float64(len(m.took)))
	f.rate = append(f.rate, m.rate())
	f.refused += m.refused
	return nil
}

// socket drives edge and echo in turn with the same schedule.
func (b *bencher) socket(ctx context.Context) (err error) {
	probe, err := b.edgeBench(ctx, nil, "--scanners", "16")
	if err != nil {
		return err
	}
	seconds := 4 * b.seconds
	edge, err := b.openEdge(ctx, int(float64(b.rounds)*seconds*2500/8)+2*b.crowd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, edge.p.end()) }()
	defer edge.c.close()
	bare, err := b.openEcho(ctx, probe.Bytes)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.p.end()) }()
	defer bare.c.close()
	for _, t := range []*contestant{edge, bare} { // warm
		if _, err := t.c.load(ctx, 500, min(2, seconds), 99); err != nil {
			return fmt.Errorf("%s: %w: %s", t.name, err, t.p.tail())
		}
	}
	rates := []float64{500, 2000}
	for round := range b.rounds {
		pair := []*contestant{edge, bare}
		if round%2 == 1 {
			pair[0], pair[1] = bare, edge
		}
		for _, rate := range rates {
			for _, t := range pair {
				time.Sleep(500 * time.Millisecond) // what was put off comes to its end
				if err := t.run(ctx, rate, seconds, uint64(round)); err != nil {
					return err
				}
			}
		}
	}
	b.socketTable(edge, bare, rates, probe.Bytes)
	return nil
}

func (b *bencher) socketTable(edge, bare *contestant, rates []float64, size int) {
	fmt.Fprintf(b.out, "%d connected PDAs, open loop, each scan timed from when it was due; the echo appends %d B a scan. Orders of 1 to 40 lines, %d open.\n\n", b.crowd, size, b.orders)
	fmt.Fprintln(b.out, "| offered/s | server | p50 ms | p99 ms | p99.9 ms | server CPU us a scan | answered/s (refused) |")
	fmt.Fprintln(b.out, "| --: | --- | --: | --: | --: | --: | --: |")
	for _, rate := range rates {
		for _, t := range []*contestant{edge, bare} {
			f := t.runs[rate]
			fmt.Fprintf(b.out, "| %.0f | %s | %s | %s | %s | %.0f | %.0f (%d) |\n", rate, t.name, f.p50.spread("%.2f"), f.p99.spread("%.2f"),
				f.p999.spread("%.2f"), f.cpu.median(), f.rate.median(), f.refused)
		}
	}
	for _, rate := range rates {
		e, r := edge.runs[rate], bare.runs[rate]
		fmt.Fprintf(b.out, "\nAt %.0f/s, edge / echo of the same round: p50 %s, **p99 %s** (goal: at most 2.5), p99.9 %s.\n", rate,
			over(e.p50, r.p50).spread("%.2f"), over(e.p99, r.p99).spread("%.2f"), over(e.p999, r.p999).spread("%.2f"))
	}
}

// over divides round by round.
func over(a, b sample) (out sample) {
	for i := range a {
		out = append(out, a[i]/b[i])
	}
	return out
}

// openEdge starts an edge with at least need orders and its crowd.
func (b *bencher) openEdge(ctx context.Context, need int) (*contestant, error) {
	s, err := b.newSite("edge")
	if err != nil {
		return nil, err
	}
	p, _, err := s.start(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.fill(ctx, p, "O", max(need, b.orders), 1); err != nil {
		return nil, errors.Join(err, p.kill())
	}
	var totes atomic.Int64
	c, err := connect(ctx, p, 0, b.crowd, &totes)
	if err != nil {
		c.close()
		return nil, errors.Join(err, p.kill())
	}
	return &contestant{name: "edge", p: p, c: c, runs: map[float64]*figures{}}, nil
}

func (b *bencher) openEcho(ctx context.Context, size int) (*contestant, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(b.dir, "echo")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	p, err := begin(dir, os.Environ(), addr, self, "echo", "-listen", addr, "-file", filepath.Join(dir, "appended"), "-bytes", fmt.Sprint(size))
	if err != nil {
		return nil, err
	}
	if err := p.ready(ctx, 10*time.Second); err != nil {
		return nil, errors.Join(err, p.kill())
	}
	c, err := connectPlain(ctx, p, b.crowd)
	if err != nil {
		c.close()
		return nil, errors.Join(err, p.kill())
	}
	return &contestant{name: "echo", p: p, c: c, runs: map[float64]*figures{}}, nil
}
