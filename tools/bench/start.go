package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// grownSite is a site whose journal holds so many events, with its catalogue
// pushed; totes tells which totes are free.
func (b *bencher) grownSite(ctx context.Context, name string, events, orders int, totes *atomic.Int64) (*site, error) {
	s, err := b.newSite(name)
	if err != nil {
		return nil, err
	}
	from := time.Now()
	g := growth{dir: s.data(), prefix: "G", events: uint64(events), orders: orders, from: from.Add(-60 * time.Hour), to: from.Add(-50 * time.Hour), totes: totes}
	if err := g.grow(ctx); err != nil {
		return nil, fmt.Errorf("grow %d events: %w", events, err)
	}
	fmt.Fprintf(b.log, "grew %d events in %s\n", events, time.Since(from).Round(time.Second))
	p, _, err := s.start(ctx)
	if err != nil {
		return nil, err
	}
	return s, errors.Join(s.fill(ctx, p, "", 0, 0), p.end())
}

// start times the edge from its exec to the first good /readyz: after a clean
// end, and after kill -9 in the middle of work.
func (b *bencher) start(ctx context.Context) error {
	var totes atomic.Int64
	s, err := b.grownSite(ctx, "start", b.events, b.orders, &totes)
	if err != nil {
		return err
	}
	defer os.RemoveAll(s.dir)
	var clean, killed sample
	memory := 0.0
	for range b.rounds {
		p, took, err := s.start(ctx)
		if err != nil {
			return err
		}
		clean = append(clean, took.Seconds())
		if memory, err = p.anonymous(); err != nil {
			return errors.Join(err, p.kill())
		}
		c, err := connect(ctx, p, 0, 8, &totes)
		if err == nil {
			err = s.fill(ctx, p, fmt.Sprintf("K%d", len(clean)), 100, 3)
		}
		if err == nil {
			_, err = c.load(ctx, 0, 0.5, 7)
		}
		c.close()
		if err = errors.Join(err, p.kill()); err != nil {
			return err
		}
		if p, took, err = s.start(ctx); err != nil {
			return err
		}
		killed = append(killed, took.Seconds())
		if err := p.end(); err != nil {
			return err
		}
	}
	journal, store := folderMB(filepath.Join(s.data(), "journal")), folderMB(filepath.Join(s.data(), "store.db"))
	fmt.Fprintf(b.out, "%d events, %d open orders (journal %.0f MB, store %.0f MB, page cache warm), from exec to the first 200 of /readyz; goal 2 s.\n\n", b.events, b.orders, journal, store)
	fmt.Fprintf(b.out, "- after a clean end: **%s s**\n- after kill -9 under load: **%s s**\n- anonymous memory just after the start: %.0f MB\n",
		clean.spread("%.2f"), killed.spread("%.2f"), memory)
	return nil
}

func folderMB(dir string) float64 {
	total := int64(0)
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error { // for the text beside the figure only
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return err
	})
	return float64(total) / (1 << 20)
}

// scan compares a scan at two edges, one with a short journal and one with a
// long one, that hold equally many orders.
func (b *bencher) scan(ctx context.Context) (err error) {
	const short = 10_000
	want := b.many
	if free := freeMB(b.dir); free < float64(want)/1000*2 { // 2 kB an event: journal, store and room
		want = b.events
		fmt.Fprintf(b.out, "**Only %d events**: the disk has %.0f MB left.\n\n", want, free)
	}
	var pair [2]*contestant
	var totes [2]atomic.Int64
	for i, events := range []int{short, want} {
		name := fmt.Sprintf("scan-%d", events)
		s, err := b.grownSite(ctx, name, events, 200, &totes[i])
		if err != nil {
			return err
		}
		defer os.RemoveAll(s.dir)
		p, _, err := s.start(ctx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, p.end()) }()
		if err := s.push(ctx, p, bytes.NewReader(deepOrders("P", 3000))); err != nil {
			return err
		}
		c, err := connect(ctx, p, 0, 16, &totes[i])
		defer c.close()
		if err != nil {
			return err
		}
		pair[i] = &contestant{name: name, p: p, c: c, runs: map[float64]*figures{}}
	}
	return b.compareScans(ctx, pair, want)
}

func (b *bencher) compareScans(ctx context.Context, pair [2]*contestant, events int) error {
	time.Sleep(2 * time.Second) // the stores come to their end
	seconds := min(b.seconds, 1.5)
	for _, rate := range []float64{0, 500} {
		for round := range 2*b.rounds + 1 {
			order := pair
			if round%2 == 1 {
				order[0], order[1] = pair[1], pair[0]
			}
			for _, t := range order {
				if err := t.run(ctx, rate, seconds, uint64(round)); err != nil {
					return err
				}
			}
			if round == 0 { // warm
				pair[0].runs, pair[1].runs = map[float64]*figures{}, map[float64]*figures{}
			}
		}
		small, large := pair[0].runs[rate], pair[1].runs[rate]
		what := "16 PDAs in a closed loop"
		if rate > 0 {
			what = fmt.Sprintf("16 PDAs, %.0f scans a second", rate)
		}
		fmt.Fprintf(b.out, "- %s: p50 %.2f ms at 10 thousand events, %.2f ms at %d; ratio **%s**; p99 ratio %s; server CPU a scan %.0f and %.0f us, ratio %s (refused %d, %d)\n",
			what, small.p50.median(), large.p50.median(), events, over(large.p50, small.p50).spread("%.2f"), over(large.p99, small.p99).spread("%.2f"),
			small.cpu.median(), large.cpu.median(), over(large.cpu, small.cpu).spread("%.2f"), small.refused, large.refused)
		pair[0].runs, pair[1].runs = map[float64]*figures{}, map[float64]*figures{}
	}
	return nil
}
