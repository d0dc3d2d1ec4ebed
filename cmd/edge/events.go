package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"dcedge/edge/agent"
	"dcedge/edge/config"
)

type eventsCmd struct {
	Config string `required:"" type:"path" help:"Configuration file."`
	Epoch  string `help:"Of this epoch; left out: of the present one."`
	After  uint64 `help:"Begin behind this event; left out: with the oldest that is kept."`
	Limit  uint64 `help:"At most so many; left out: all."`
	Out    string `type:"path" help:"Write into this file, which must not be there; left out: standard output."`
}

// Run exports events as they are kept, a line each, also of an edge that is running.
func (c *eventsCmd) Run(s *std) (err error) {
	cfg, err := load(c.Config, s)
	if err != nil {
		return err
	}
	if c.Out == "" {
		return c.export(s, cfg, s.out)
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("%w: %w", errUse, err)
	}
	return errors.Join(c.export(s, cfg, f), f.Sync(), f.Close())
}

func (c *eventsCmd) export(s *std, cfg *config.Config, to io.Writer) error {
	w := bufio.NewWriterSize(to, 1<<20)
	var moved func(seq, head uint64)
	if onTerminal(s.err) {
		moved = func(seq, head uint64) { fmt.Fprintf(s.err, "\revent %d of %d", seq, head) }
	}
	done, err := agent.Export(cfg, c.Epoch, c.After, c.Limit, w, moved)
	if err := errors.Join(err, w.Flush()); err != nil {
		return err
	}
	if moved != nil {
		fmt.Fprintln(s.err)
	}
	if c.Out != "" {
		fmt.Fprintf(s.out, "%s: events %d to %d of epoch %s\n", c.Out, done.First, done.Last, done.Epoch)
	}
	return nil
}

// onTerminal tells that a person watches.
func onTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0
}
