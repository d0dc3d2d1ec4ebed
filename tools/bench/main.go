package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are the command line.
type options struct {
	edge, dir     string
	parts         string
	rounds        int
	seconds       float64
	events, many  int
	orders, crowd int
}

// bencher runs the parts in the order of parts.
type bencher struct {
	options
	out, log io.Writer
}

// parts in the order in which they run.
func (b *bencher) list() []part {
	return []part{
		{"engine", "edge bench beside the raw loop", b.engineFast},
		{"slow", "the same with 3 ms added to each flush", b.engineSlow},
		{"socket", "the WebSocket beside a bare echo that appends and flushes", b.socket},
		{"memory", "anonymous memory", b.memory},
		{"start", "start with a long journal", b.start},
		{"scan", "a scan beside a long and a short journal", b.scan},
		{"label", "a label, a parse", b.label},
	}
}

type part struct {
	name, title string
	run         func(context.Context) error
}

func run(ctx context.Context, args []string, out, log io.Writer) error {
	if len(args) > 0 && args[0] == "echo" {
		return echo(ctx, args[1:], out)
	}
	b := &bencher{out: out, log: log}
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.StringVar(&b.edge, "edge", "bin/edge", "the built edge")
	f.StringVar(&b.dir, "dir", "run", "a folder on the disk to be measured; a temporary file system has no flush")
	f.StringVar(&b.parts, "parts", "", "only these, with commas: engine slow socket memory start scan label")
	f.IntVar(&b.rounds, "rounds", 5, "interleaved rounds")
	f.Float64Var(&b.seconds, "seconds", 1.5, "length of a run of the engine; a run of the socket is four times as long")
	f.IntVar(&b.events, "events", 1_000_000, "events of the start")
	f.IntVar(&b.many, "many", 5_000_000, "events of the long journal of the scan")
	f.IntVar(&b.orders, "orders", 20_000, "open orders")
	f.IntVar(&b.crowd, "pdas", 200, "connected PDAs, at most 200")
	if err := f.Parse(args); err != nil {
		return err
	}
	return b.run(ctx)
}

func (b *bencher) run(ctx context.Context) (err error) {
	if b.rounds < 1 || b.seconds <= 0 || b.crowd < 1 || b.crowd > workers || b.orders < 1 || b.events < 1000 || b.many < b.events {
		return errors.New("rounds, seconds, pdas, orders, events or many out of range")
	}
	known := b.list()
	for _, name := range b.wanted() {
		if !slices.ContainsFunc(known, func(p part) bool { return p.name == name }) {
			return fmt.Errorf("there is no part %q", name)
		}
	}
	if b.edge, err = filepath.Abs(b.edge); err != nil {
		return err
	}
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return err
	}
	if b.dir, err = filepath.Abs(b.dir); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp(b.dir, "edge-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	version, err := exec.CommandContext(ctx, b.edge, "version").Output()
	if err != nil {
		return fmt.Errorf("%s version: %w (make build first)", b.edge, err)
	}
	fmt.Fprintf(b.out, "%s; edge %s; %d rounds of %g s\n", machine(b.dir), strings.TrimSpace(string(version)), b.rounds, b.seconds)
	for _, p := range known {
		if want := b.wanted(); len(want) > 0 && !slices.Contains(want, p.name) {
			continue
		}
		fmt.Fprintf(b.log, "[%s] %s\n", time.Now().Format(time.TimeOnly), p.title)
		fmt.Fprintf(b.out, "\n## %s: %s\n\n", p.name, p.title)
		if err := p.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

func (b *bencher) wanted() []string {
	if b.parts == "" {
		return nil
	}
	return strings.Split(b.parts, ",")
}

// machine says what was measured on, and how busy it was.
func machine(dir string) string {
	model := "unknown processor"
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	load, _ := os.ReadFile("/proc/loadavg")
	at := time.Now().UTC().Format("2006-01-02 15:04 UTC")
	flush, err := flushTime(dir)
	disk := fmt.Sprintf("a flush of 4 KiB appended takes %s", flush.Round(time.Microsecond))
	if err != nil {
		disk = "no flush could be measured: " + err.Error()
	}
	return fmt.Sprintf("%s: %d processors (%s), %s, %s; load before: %s", at, runtime.NumCPU(), model, runtime.Version(), disk,
		strings.Join(strings.Fields(string(load))[:3], " "))
}
