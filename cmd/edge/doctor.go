package main

import (
	"encoding/json"
	"fmt"
	"os"

	"dcedge/edge/agent"
)

type doctorCmd struct {
	Config string `required:"" type:"path" help:"Configuration file."`
	JSON   bool   `help:"Print the findings as one JSON object."`
}

// Run looks at everything that an installer can get wrong, a line each.
func (c *doctorCmd) Run(s *std) error {
	cfg, err := load(c.Config, s)
	if err != nil {
		return err
	}
	ctx, stop := s.told()
	defer stop()
	list := agent.Doctor(ctx, cfg, os.Getenv)
	ok := true
	for _, f := range list {
		ok = ok && f.OK
	}
	if c.JSON {
		err = json.NewEncoder(s.out).Encode(map[string]any{"ok": ok, "findings": list})
	} else {
		for _, f := range list {
			if err = tellFinding(s, f); err != nil {
				break
			}
		}
	}
	if err == nil && !ok {
		err = errSaid
	}
	return err
}

func tellFinding(s *std, f agent.Finding) error {
	sign := "ok   "
	switch {
	case !f.OK:
		sign = "FAULT"
	case f.Do != "": // it works, and there is something to do all the same
		sign = "note "
	}
	do := ""
	if f.Do != "" {
		do = "  -> " + f.Do
	}
	_, err := fmt.Fprintf(s.out, "%s  %-12s %s%s\n", sign, f.Part, f.Detail, do)
	return err
}
