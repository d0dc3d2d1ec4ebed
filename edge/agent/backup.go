package agent

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"dcedge/edge/backup"
	"dcedge/edge/config"
	"dcedge/edge/floor"
)

// Backup copies the data of an edge, which may be running, into the empty folder
// to and its keys into the empty folder keys.
func Backup(cfg *config.Config, to, keys string) (*backup.Manifest, error) {
	return backup.Make(cfg.Data, cfg.Site, to, keys, time.Now())
}

// errOpen is returned for a restored floor that would work at once.
var errOpen = errors.New("agent: the restored floor is not closed")

// Restore makes an empty data folder from a backup. The edge goes on in a new
// epoch and its floor is closed until the WMS has told what it saw.
func Restore(cfg *config.Config, from, keys string) (*backup.Restored, error) {
	log := slog.New(slog.DiscardHandler)
	return backup.Restore(from, keys, cfg.Data, cfg.Site, func(dir string) error {
		trial := *cfg
		trial.Data = dir
		return atRest(&trial, func(ctx context.Context, a *Agent) error {
			closed := false
			if err := a.engine.Read(ctx, func(v floor.View) { closed = v.State.Site().Closed != "" }); err != nil {
				return err
			}
			if !closed {
				return errOpen
			}
			return nil
		})
	}, log)
}
