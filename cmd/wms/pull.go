package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"dcedge/sync/batch"
	"dcedge/sync/pull"
	"dcedge/sync/sink/file"
)

type pullCmd struct {
	From   []string `required:"" placeholder:"URL" help:"Address of an edge; may be given several times."`
	Into   string   `required:"" placeholder:"file:DIR" help:"Where to: file:DIR makes a folder for each site, with its events and the cursor behind them."`
	KeyEnv string   `default:"EDGE_WMS_KEY" help:"Environment variable that holds the key (scopes events:read and ack)."`
	Once   bool     `help:"End when everything that is there is stored."`
	Limit  int      `default:"5000" help:"Events in one batch, at most 10000."`
	Quiet  bool     `short:"q" help:"Only warnings and errors."`
}

// Run follows every edge until it is told to end, or with --once until all are
// caught up. One edge's final error does not stop the others.
func (c *pullCmd) Run(ctx context.Context, s streams) error {
	dir, ok := strings.CutPrefix(c.Into, "file:")
	if !ok || dir == "" {
		return withCode{fmt.Errorf("--into %s: file:DIR is what this program can store into", c.Into), exitUsage}
	}
	secret, err := key(c.KeyEnv)
	if err != nil {
		return err
	}
	level := slog.LevelInfo
	if c.Quiet {
		level = slog.LevelWarn
	}
	log := slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: level}))
	var all []*pull.Client
	for _, address := range c.From {
		client, err := pull.NewClient(address, secret, nil)
		if err != nil {
			return withCode{err, exitUsage}
		}
		all = append(all, client)
	}
	var wg sync.WaitGroup
	errs := make([]error, len(all))
	for i, client := range all {
		wg.Go(func() {
			if err := c.follow(ctx, client, dir, log); err != nil {
				errs[i] = fmt.Errorf("%s: %w", client.URL(), err)
				log.Error("an edge is no longer pulled", "url", client.URL(), "error", err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// follow pulls one edge into the folder of its site.
func (c *pullCmd) follow(ctx context.Context, client *pull.Client, root string, log *slog.Logger) error {
	site, err := pull.Site(ctx, client, log)
	if err != nil || site == "" {
		return err
	}
	dir, err := file.Dir(root, site)
	if err != nil {
		return err
	}
	sink, err := file.Open(dir, 0)
	if err != nil {
		return err
	}
	n := 0
	p, err := pull.New(pull.Config{Client: client, Sink: sink, Wait: 25 * time.Second, Limit: c.Limit, Once: c.Once,
		Logger: log, Told: func(h *batch.Head) {
			n += h.Count
			if h.Count > 0 && h.Last == h.Head {
				log.Info("pulled", "site", site, "events", n, "last", h.Last)
				n = 0
			}
		}})
	if err == nil {
		err = p.Run(ctx)
	}
	return errors.Join(err, sink.Close())
}
