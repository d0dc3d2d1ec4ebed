package main

import (
	"encoding/json"
	"fmt"

	"dcedge/edge/agent"
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
}

// Run removes one.
func (c *consumerRemoveCmd) Run(s *std) error {
	cfg, err := load(c.Config, s)
	if err != nil {
		return err
	}
	if err := agent.RemoveConsumer(cfg, c.Name); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s is removed; take it out of %s too\n", c.Name, c.Config)
	return err
}
