package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"dcedge/sync/push"
)

type pushCmd struct {
	File   string `arg:"" type:"existingfile" help:"NDJSON, one record a line."`
	To     string `required:"" placeholder:"URL" help:"Address of the edge, as http://127.0.0.1:8080."`
	AsOf   string `enum:"file,now" default:"file" placeholder:"now" help:"now: move the file's days so that its newest time is today."`
	KeyEnv string `default:"EDGE_WMS_KEY" help:"Environment variable that holds the key (scope reference:write)."`
}

// Run pushes the file and tells what became of every line.
func (c *pushCmd) Run(ctx context.Context, s streams) error {
	secret, err := key(c.KeyEnv)
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read from
	info, err := f.Stat()
	if err != nil {
		return err
	}
	cfg := push.Config{URL: c.To, Key: secret, Logger: slog.New(slog.NewTextHandler(s.err, nil))}
	if c.AsOf == "now" {
		days, ok, err := push.DaysTo(f, time.Now())
		if err != nil {
			return err
		}
		if ok {
			fmt.Fprintf(s.err, "every date moves by %d days\n", days)
		}
		cfg.Days = days
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
	}
	bar := newBar(s.err, info.Size())
	cfg.Told = func(p push.Progress) { bar.show(p.Bytes, fmt.Sprintf("%d lines", p.Lines)) }
	sum, err := push.Run(ctx, cfg, f)
	bar.end()
	fmt.Fprintf(s.out, "%d lines: %d accepted, %d unchanged, %d rejected\n", sum.Lines, sum.Accepted, sum.Unchanged, sum.Refused)
	for _, r := range sum.Rejected {
		fmt.Fprintf(s.out, "line %d: %s: %s\n", r.Line, r.Code, r.Detail)
	}
	if n := sum.Refused - len(sum.Rejected); n > 0 {
		fmt.Fprintf(s.out, "and %d more\n", n)
	}
	if err != nil {
		return err
	}
	if sum.Refused > 0 {
		return withCode{fmt.Errorf("%d lines were rejected", sum.Refused), exitRejected}
	}
	return nil
}

// bar is a progress bar on a terminal, and nothing anywhere else.
type bar struct {
	w     io.Writer
	total int64
	shown bool
}

func newBar(w io.Writer, total int64) *bar {
	f, ok := w.(*os.File)
	if !ok {
		return &bar{}
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 || os.Getenv("TERM") == "dumb" {
		return &bar{}
	}
	return &bar{w: w, total: total}
}

const barWidth = 40

func (b *bar) show(done int64, text string) {
	if b.w == nil {
		return
	}
	full := barWidth
	if b.total > 0 {
		full = int(min(done, b.total) * barWidth / b.total)
	}
	b.shown = true
	fmt.Fprintf(b.w, "\r\x1b[K%s%s %3d%% %s", strings.Repeat("█", full), strings.Repeat("░", barWidth-full), full*100/barWidth, text)
}

func (b *bar) end() {
	if b.shown {
		fmt.Fprintln(b.w)
	}
}
