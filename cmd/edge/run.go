package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"dcedge/edge/agent"
	"dcedge/edge/config"
)

type runCmd struct {
	Config string `required:"" type:"path" help:"Configuration file."`
	Log    string `default:"info" enum:"debug,info,warn" help:"How much to log: debug, info or warn."`
}

// Run serves until the context ends.
func (c *runCmd) Run(s *std) error {
	ctx, stop := s.told()
	defer stop()
	cfg, err := load(c.Config, s)
	if err != nil {
		return err
	}
	level := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn}[c.Log]
	log := slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: level}))
	a, err := agent.Open(cfg, os.Getenv, log, func(at string) { log.Info("listening", "address", at, "site", cfg.Site) })
	if err != nil {
		return err
	}
	return errors.Join(a.Run(ctx), a.Close())
}

// load reads a configuration; its faults are printed, a line each.
func load(file string, s *std) (*config.Config, error) {
	cfg, err := config.Load(file)
	var faults *config.Faults
	if errors.As(err, &faults) {
		fmt.Fprintln(s.err, readable(faults.Error()))
		return nil, errSaid
	}
	return cfg, err
}

type checkCmd struct {
	Config string `required:"" type:"path" help:"Configuration file."`
	JSON   bool   `help:"Print the faults as JSON."`
}

// Run checks a configuration and prints what is wrong.
func (c *checkCmd) Run(s *std) error {
	cfg, err := config.Load(c.Config)
	if err == nil {
		if list := agent.CheckForms(cfg); len(list) > 0 {
			err = &config.Faults{File: c.Config, List: list}
		}
	}
	var faults *config.Faults
	switch {
	case errors.As(err, &faults) && c.JSON:
		return said(json.NewEncoder(s.out).Encode(map[string]any{"ok": false, "faults": faults.List}))
	case errors.As(err, &faults):
		_, err := fmt.Fprintln(s.out, readable(faults.Error()))
		return said(err)
	case err != nil:
		return err
	}
	missing := unset(cfg, os.LookupEnv)
	if c.JSON {
		said := map[string]any{"ok": true}
		if len(missing) > 0 {
			said["warnings"] = missing
		}
		return json.NewEncoder(s.out).Encode(said)
	}
	for _, w := range missing {
		fmt.Fprintln(s.err, "warning:", w)
	}
	_, err = fmt.Fprintf(s.out, "%s: fine\n", c.Config)
	return err
}

// said ends a command whose faults have been written, or could not be.
func said(err error) error {
	if err == nil {
		return errSaid
	}
	return err
}

// unset warns of keys that the environment of this check does not hold. That is
// no fault of the file: the service may run with another environment.
func unset(cfg *config.Config, look func(string) (string, bool)) (out []string) {
	warn := func(at, name, then string) {
		if v, set := look(name); name != "" && (!set || v == "") {
			out = append(out, fmt.Sprintf("%s: %s is not set in this environment; where the edge runs without it, %s", at, name, then))
		}
	}
	warn("pii.keyEnv", cfg.PII.KeyEnv, "scanning works and labels do not")
	for _, c := range cfg.Consumers {
		then := "it does not start"
		if c.Optional {
			then = "this consumer is left out"
		}
		warn("consumer "+c.Name, c.KeyEnv, then)
	}
	return out
}

type verifyCmd struct {
	Config string `required:"" type:"path" help:"Configuration file."`
}

// Run verifies the data folder of an edge that is not running.
func (c *verifyCmd) Run(s *std) error {
	cfg, err := load(c.Config, s)
	if err != nil {
		return err
	}
	whole, err := agent.Verify(cfg, s.out)
	if err == nil && !whole {
		err = errSaid
	}
	return err
}
