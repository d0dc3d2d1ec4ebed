package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"

	"dcedge/edge/agent"
)

type keyCmd struct {
	Make   keyMakeCmd   `cmd:"" help:"Make a key: 32 random bytes in base64, for the vault or a consumer."`
	Rotate keyRotateCmd `cmd:"" help:"Have the vault hang from another key (the edge is not running)."`
}

type keyMakeCmd struct {
	Out string `type:"path" help:"Write it into this file, which must not be there, for its owner alone; left out: standard output."`
}

// Run makes a key.
func (c *keyMakeCmd) Run(s *std) error {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	text := base64.StdEncoding.EncodeToString(key) + "\n"
	if c.Out == "" {
		_, err := fmt.Fprint(s.out, text)
		return err
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o400)
	if err != nil {
		return fmt.Errorf("%w: %w", errUse, err)
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

type keyRotateCmd struct {
	Config  string `required:"" type:"path" help:"Configuration file: where the present key is."`
	NewEnv  string `help:"Environment variable with the new key."`
	NewFile string `type:"path" help:"File with the new key."`
}

// Run has every key of the vault wrapped by the new key. Cut off, it is run again.
func (c *keyRotateCmd) Run(s *std) error {
	if (c.NewEnv == "") == (c.NewFile == "") {
		return fmt.Errorf("%w: name the new key: --new-env or --new-file", errUse)
	}
	cfg, err := load(c.Config, s)
	if err != nil {
		return err
	}
	n, err := agent.RotateKey(cfg, os.Getenv, c.NewEnv, c.NewFile)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%d keys of the vault hang from the new key. Give it to the edge in place of the old one before it starts,\n"+
		"and keep the old one as long as a backup that was made with it.\n", n)
	return err
}
