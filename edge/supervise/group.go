package supervise

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Runner is one long-running part. Run blocks; it returns nil or ctx's error
// when ctx has ended, any other error is a fault.
type Runner interface {
	Run(ctx context.Context) error
}

// RunFunc makes a Runner of a function.
type RunFunc func(ctx context.Context) error

// Run implements Runner.
func (f RunFunc) Run(ctx context.Context) error { return f(ctx) }

// Group runs parts together: when one ends with a fault, all are ended.
type Group struct {
	names   []string
	runners []Runner
}

// Add puts a part into the group; the name is for its error.
func (g *Group) Add(name string, r Runner) {
	g.names = append(g.names, name)
	g.runners = append(g.runners, r)
}

// Run blocks until every part has ended, and returns their faults.
func (g *Group) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	faults := make([]error, len(g.runners))
	var wg sync.WaitGroup
	for i, r := range g.runners {
		wg.Go(func() {
			err := r.Run(ctx)
			if err != nil && (ctx.Err() == nil || !errors.Is(err, context.Canceled)) {
				faults[i] = fmt.Errorf("%s: %w", g.names[i], err)
				cancel()
			}
		})
	}
	wg.Wait()
	return errors.Join(faults...)
}

// Restart runs a part again after each fault until ctx ends. It logs the first
// fault of a row, then once a minute, then one line when it has held for a
// minute again.
type Restart struct {
	Name    string
	Part    Runner
	Log     *slog.Logger
	Board   *Board
	Backoff Backoff
}

const steady = time.Minute

// Run implements Runner.
func (r *Restart) Run(ctx context.Context) error {
	faults, lastLog := 0, time.Time{}
	for ctx.Err() == nil {
		began := time.Now()
		r.Board.Set(r.Name, true, "")
		err := r.Part.Run(ctx)
		if ctx.Err() != nil {
			break
		}
		if time.Since(began) > steady {
			if faults > 0 {
				r.Log.Info("recovered", "part", r.Name, "faults", faults)
			}
			faults = 0
			r.Backoff.Reset()
		}
		faults++
		r.Board.Set(r.Name, false, fmt.Sprint(err))
		if faults == 1 || time.Since(lastLog) > time.Minute {
			r.Log.Warn("fault", "part", r.Name, "err", err, "faults", faults)
			lastLog = time.Now()
		}
		select {
		case <-ctx.Done():
		case <-time.After(r.Backoff.Next()):
		}
	}
	return ctx.Err()
}
