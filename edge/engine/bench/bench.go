package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Config of a run.
type Config struct {
	Scanners int
	Seconds  float64
	// Dir is an existing folder on the disk to be measured; the run makes a
	// folder of its own in it and removes it.
	Dir string
	// Raw runs the append-and-flush loop and not the engine.
	Raw bool
	// Bytes per message of a raw run; 0 = 480. A run of the engine tells what
	// it wrote.
	Bytes  int
	Logger *slog.Logger // nil: nothing is logged
}

// Result is what was measured. N messages were answered in Secs seconds.
type Result struct {
	N       int     `json:"n"`
	Secs    float64 `json:"secs"`
	P50us   float64 `json:"p50_us"`
	P99us   float64 `json:"p99_us"`
	Flushes uint64  `json:"flushes"`
	Bytes   int     `json:"bytes"` // per message, framing included
	// Flushing is the part of the time that the engine spent in Append; 0 of a
	// raw run.
	Flushing float64 `json:"flushing"`
}

// Rate is messages a second.
func (r Result) Rate() float64 { return float64(r.N) / r.Secs }

// Bench runs one measurement.
func Bench(ctx context.Context, cfg Config) (res Result, err error) {
	if cfg.Scanners < 1 || cfg.Scanners > 9_000 || cfg.Seconds <= 0 || cfg.Dir == "" {
		return Result{}, errors.New("bench: 1 to 9,000 scanners, seconds above 0 and a folder are required")
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	dir, err := os.MkdirTemp(cfg.Dir, "bench-")
	if err != nil {
		return Result{}, fmt.Errorf("bench: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if cfg.Raw {
		return runRaw(ctx, cfg, filepath.Join(dir, "raw.log"))
	}
	return runEngine(ctx, cfg, dir)
}

// Print writes the result as its last line, in JSON.
func Print(w io.Writer, r Result) error {
	_, err := fmt.Fprintf(w, `{"n":%d,"secs":%.3f,"p50_us":%.1f,"p99_us":%.1f,"flushes":%d,"bytes":%d,"flushing":%.3f}`+"\n",
		r.N, r.Secs, r.P50us, r.P99us, r.Flushes, r.Bytes, r.Flushing)
	return err
}

// meter collects latencies of one scanner.
type meter struct{ took []time.Duration }

func (m *meter) add(d time.Duration) { m.took = append(m.took, d) }

func summary(meters []meter, secs float64) Result {
	var all []time.Duration
	for _, m := range meters {
		all = append(all, m.took...)
	}
	slices.Sort(all)
	r := Result{N: len(all), Secs: secs}
	if len(all) > 0 {
		r.P50us = micros(all[len(all)/2])
		r.P99us = micros(all[len(all)*99/100])
	}
	return r
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }
