package main

import (
	"encoding/json"
	"fmt"

	"dcedge/edge/agent"
)

type backupCmd struct {
	Config string `required:"" type:"path" help:"Configuration file."`
	To     string `required:"" type:"path" help:"Empty folder for the data."`
	Keys   string `required:"" type:"path" help:"Empty folder for the keys; keep it apart from the data: both together are addresses."`
	JSON   bool   `help:"Print the backup's description as JSON."`
}

// Run makes a backup, also of an edge that is running.
func (c *backupCmd) Run(s *std) error {
	cfg, err := load(c.Config, s)
	if err != nil {
		return err
	}
	m, err := agent.Backup(cfg, c.To, c.Keys)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(s.out).Encode(m)
	}
	fmt.Fprintf(s.out, "%s: up to event %d of epoch %s, %d files, every byte read again\n", c.To, m.Seq, m.Epoch, len(m.Files))
	if m.Vault.IsZero() {
		fmt.Fprintln(s.out, "without recipients: the edge has made no copy of its vault yet; after a restore the WMS pushes the open orders with them again")
	}
	_, err = fmt.Fprintf(s.out, "%s: the keys; the vault's own key (EDGE_PII_KEY or its file) is not among them\n", c.Keys)
	return err
}

type restoreCmd struct {
	Config string `required:"" type:"path" help:"Configuration file; its data folder must be empty or not there."`
	From   string `required:"" type:"path" help:"Folder of the backup's data."`
	Keys   string `required:"" type:"path" help:"Folder of the backup's keys."`
	JSON   bool   `help:"Print what came of it as JSON."`
}

// Run lays a backup down as the data folder.
func (c *restoreCmd) Run(s *std) error {
	cfg, err := load(c.Config, s)
	if err != nil {
		return err
	}
	r, err := agent.Restore(cfg, c.From, c.Keys)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(s.out).Encode(r)
	}
	_, err = fmt.Fprintf(s.out, "%s holds epoch %s up to event %d and goes on in epoch %s.\n"+
		"The floor is closed, and the ranges of waybill numbers of before give none any more, until the WMS has\n"+
		"told by POST /sync/v1/reconcile what it saw behind that event, sent ranges of the new epoch and pushed the open orders again.\n",
		cfg.Data, r.Epoch, r.Seq, r.NewEpoch)
	return err
}
