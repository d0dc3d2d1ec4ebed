package agent

import (
	"errors"
	"fmt"

	"dcedge/edge/config"
	"dcedge/edge/journal"
	"dcedge/edge/vault"
)

// errNoKEK is returned where a key that is needed is not given.
var errNoKEK = errors.New("agent: the key is not there: set the variable, or name the file")

// RotateKey has the vault of an edge that is not running hang from the key in the
// environment variable newEnv or the file newFile. It tells how many keys do now.
func RotateKey(cfg *config.Config, env Env, newEnv, newFile string) (n int, err error) {
	lock, err := journal.Lock(cfg.Data)
	if err != nil {
		return 0, fmt.Errorf("agent: data folder %s: %w (end the edge first)", cfg.Data, err)
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	a := &Agent{cfg: cfg, env: env}
	from, err := a.readKEK()
	if err != nil {
		return 0, err
	}
	next := &Agent{cfg: &config.Config{PII: config.PII{KeyEnv: newEnv, KeyFile: newFile}}, env: env}
	to, err := next.readKEK()
	if err != nil {
		return 0, err
	}
	if from == (vault.KEK{}) || to == (vault.KEK{}) {
		return 0, errNoKEK
	}
	return vault.Rewrap(cfg.Data, cfg.Site, from, to)
}
