package main

import (
	"bytes"
	"fmt"
	"os"
)

// zones has the edge pick zone by zone where the crew does: it runs on a copy of
// its configuration with that switched on.
func (s *site) zones() error {
	if s.mix != "zones" && s.mix != "all" {
		return nil
	}
	text, err := os.ReadFile(s.config)
	if err != nil {
		return err
	}
	with := bytes.Replace(text, []byte("\n[pick]\n"), []byte("\n[pick]\nzones = true\n"), 1)
	if bytes.Equal(with, text) {
		return fmt.Errorf("%s has no [pick] table to switch zones on in", s.config)
	}
	s.config = s.path("edge.toml")
	return os.WriteFile(s.config, with, 0o600)
}
