package main

import (
	"encoding/json"
	"fmt"

	"dcedge/edge/agent"
	"dcedge/edge/config"
)

type consumerCmd struct {
	List   consumerListCmd   `cmd:"" help:"List who pulls and how far they are (the edge is not running)."`
	Remove consumerRemoveCmd `cmd:"" help:"End a consumer's place for ever: events no longer wait for it."`
}

type consumerListCmd struct {
	Config string `required:"" type:"path" help:"Configuration file."`
	JSON   bool   `help:"Print JSON."`
}

// Run lists the places.
func (c *consumerListCmd) Run(s *std) error {
	cfg, err := load(c.Config, s)
	if err != nil {
		return err
	}
	list, err := agent.Consumers(cfg)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(s.out).Encode(list)
	}
	for _, p := range list {
		fmt.Fprintf(s.out, "%s: acknowledged %d, required %v, configured %v\n", p.Name, p.Acked, p.Required, p.Configured)
	}
	return nil
}

type consumerRemoveCmd struct {
	Name   string `arg:"" help:"Its name."`
	Config string `required:"" type:"path" help:"Configuration file."`
	Yes    bool   `help:"Remove it although it is configured or required (without this, what would be lost is said)."`
}

// Run removes one. Without --yes only one that nothing needs any more.
func (c *consumerRemoveCmd) Run(s *std) error {
	cfg, err := load(c.Config, s)
	if err != nil {
		return err
	}
	place, err := placeOf(cfg, c.Name)
	if err != nil {
		return err
	}
	if loss := lossOf(place); loss != "" && !c.Yes {
		return fmt.Errorf("%w: %s: nothing was removed; add --yes to remove it", errUse, loss)
	}
	if err := agent.RemoveConsumer(cfg, c.Name); err != nil {
		return err
	}
	said := c.Name + " is removed"
	if place.Configured {
		said += "; take it out of " + c.Config + " too, or the next start gives it a new place"
	}
	_, err = fmt.Fprintln(s.out, said)
	return err
}

func placeOf(cfg *config.Config, name string) (p agent.ConsumerPlace, err error) {
	list, err := agent.Consumers(cfg)
	for _, p := range list {
		if p.Name == name {
			return p, nil
		}
	}
	if err == nil {
		err = fmt.Errorf("%w: %s", agent.ErrConsumer, name)
	}
	return p, err
}

// lossOf says what goes with a place that something may still need; "": nothing
// does.
func lossOf(p agent.ConsumerPlace) string {
	at := fmt.Sprintf("its place (acknowledged up to event %d) is lost for ever", p.Acked)
	switch {
	case p.Required:
		return fmt.Sprintf("%s is required: %s, and events that it has not pulled no longer wait for it and may be deleted", p.Name, at)
	case p.Configured:
		return fmt.Sprintf("%s stands in the configuration: %s, and it would begin anew", p.Name, at)
	}
	return ""
}
