package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"dcedge/edge"
	"dcedge/edge/config"
	"dcedge/sync/feed"
)

// ConsumerPlace is how far a consumer has acknowledged, as the journal keeps it.
type ConsumerPlace struct {
	Name       string `json:"name"`
	Acked      uint64 `json:"acked"`
	Required   bool   `json:"required"`   // events wait for it
	Configured bool   `json:"configured"` // it stands in the configuration
}

// ErrConsumer is returned for a consumer that has no place.
var ErrConsumer = errors.New("agent: no consumer of this name has a place")

// Consumers lists the places of an edge that is not running.
func Consumers(cfg *config.Config) (out []ConsumerPlace, err error) {
	err = atRest(cfg, func(_ context.Context, a *Agent) error {
		out, err = a.places()
		return err
	})
	return out, err
}

// RemoveConsumer ends a consumer's place for ever, in an edge that is not
// running: events no longer wait for it. Taking it out of the configuration is
// a second step; a required one that is only taken out stops the edge's start.
func RemoveConsumer(cfg *config.Config, name string) error {
	return atRest(cfg, func(ctx context.Context, a *Agent) error {
		places, err := a.places()
		if err != nil {
			return err
		}
		for _, p := range places {
			if p.Name == name {
				return a.engine.Record(ctx, edge.Private{Kind: feed.KindConsumer, Key: name})
			}
		}
		return fmt.Errorf("%w: %s", ErrConsumer, name)
	})
}

func (a *Agent) places() ([]ConsumerPlace, error) {
	list, err := a.store.Privates(feed.KindConsumer)
	if err != nil {
		return nil, fmt.Errorf("agent: consumers' places: %w", err)
	}
	var out []ConsumerPlace
	for _, p := range list {
		at := ConsumerPlace{Name: p.Key}
		if err := json.Unmarshal(p.Value, &at); err != nil {
			return nil, fmt.Errorf("agent: place of consumer %s: %w", p.Key, err)
		}
		at.Name = p.Key
		for _, c := range a.cfg.Consumers {
			at.Configured = at.Configured || c.Name == p.Key
		}
		out = append(out, at)
	}
	return out, nil
}

// atRest opens journal, store and engine of an edge that is not running, and
// nothing that listens or prints, for one piece of work.
func atRest(cfg *config.Config, work func(context.Context, *Agent) error) (err error) {
	a := &Agent{cfg: cfg, log: slog.New(slog.DiscardHandler)}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.openFolder(); err != nil {
		return err
	}
	if a.keys, err = openKeys(cfg.Data); err != nil {
		return err
	}
	if err := a.openFloor(); err != nil {
		return err
	}
	ctx, fail := context.WithCancel(context.Background())
	defer fail()
	storeDone, stopStore := part(ctx, fail, "store", a.store.Run)
	engineDone, stopEngine := part(ctx, fail, "engine", a.engine.Run)
	err = work(ctx, a)
	stopEngine()
	err = errors.Join(err, <-engineDone)
	stopStore()
	return errors.Join(err, <-storeDone)
}
