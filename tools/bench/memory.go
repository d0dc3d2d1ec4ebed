package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"
)

// memory reads the anonymous memory at rest, and with open orders and a crowd:
// while it scans and after.
func (b *bencher) memory(ctx context.Context) (err error) {
	s, err := b.newSite("memory")
	if err != nil {
		return err
	}
	p, _, err := s.start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.end()) }()
	var rest, pushed, work, calm sample
	if err := s.fill(ctx, p, "", 0, 0); err != nil {
		return err
	}
	if rest, err = watch(ctx, p, 5*time.Second); err != nil {
		return err
	}
	if err := s.fill(ctx, p, "O", b.orders, 1); err != nil {
		return err
	}
	var totes atomic.Int64
	c, err := connect(ctx, p, 0, b.crowd, &totes)
	defer func() { c.close() }()
	if err != nil {
		return err
	}
	if pushed, err = watch(ctx, p, 3*time.Second); err != nil {
		return err
	}
	done := make(chan error, 1)
	seconds := min(15, 10*b.seconds)
	go func() {
		_, err := c.load(ctx, 500, seconds, 5)
		done <- err
	}()
	work, err = watch(ctx, p, time.Duration(seconds*float64(time.Second)))
	if err = errors.Join(err, <-done); err != nil {
		return err
	}
	if calm, err = watch(ctx, p, 10*time.Second); err != nil {
		return err
	}
	fmt.Fprintf(b.out, "Anonymous of smaps_rollup, MB. No printer is configured.\n\n| when | last | highest | goal |\n| --- | --: | --: | --: |\n")
	line := func(when, goal string, v sample) {
		fmt.Fprintf(b.out, "| %s | %.0f | %.0f | %s |\n", when, v[len(v)-1], slices.Max(v), goal)
	}
	line(fmt.Sprintf("at rest (%d SKUs, %d workers, no order)", skus, workers), "64", rest)
	line(fmt.Sprintf("after the push of %d orders, %d PDAs connected", b.orders, b.crowd), "200", pushed)
	line("while they scan 500 a second", "200", work)
	line("10 s after that", "200", calm)
	return nil
}

// watch samples the anonymous memory ten times a second.
func watch(ctx context.Context, p *process, long time.Duration) (out sample, err error) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(long); time.Now().Before(end) || len(out) == 0; {
		mb, err := p.anonymous()
		if err != nil {
			return out, err
		}
		out = append(out, mb)
		select {
		case <-ctx.Done():
			return out, ctx.Err()
		case <-tick.C:
		}
	}
	return out, nil
}
