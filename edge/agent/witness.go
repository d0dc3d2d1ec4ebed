package agent

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"dcedge/edge"
	"dcedge/edge/journal"
)

// The witness stands outside the data folder and says how far this edge has come. A
// folder that is put back from a copy, or goes on somewhere else, does not know what the
// witness knows: the edge then goes on in a new epoch, with its floor closed until the
// WMS has told what it saw.

// witnessedFile in the data folder says that there is a witness: one that is missing
// then is lost.
const witnessedFile = "witnessed"

// witnessEvery is the pause between two notes of a witness.
const witnessEvery = time.Second

// errWitness is returned for a witness of another site: the file is named wrongly.
var errWitness = errors.New("agent: the witness is another site's")

// testimony is what a witness says.
type testimony struct {
	Site  string `json:"site"`
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`  // the last event that was seen
	Hash  string `json:"hash"` // of the chain there
	Home  string `json:"home"` // digest of machine and file system
	Sum   string `json:"sum"`  // of all that
}

func (t *testimony) sum() string {
	h := sha256.Sum256(fmt.Appendf(nil, "%q %q %d %q %q", t.Site, t.Epoch, t.Seq, t.Hash, t.Home))
	return hex.EncodeToString(h[:8])
}

// readTestimony gives nil where there is none, or nothing that can be believed.
func readTestimony(path string) (*testimony, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("agent: witness: %w", err)
	}
	t := &testimony{}
	if json.Unmarshal(text, t) != nil || t.Sum != t.sum() {
		return nil, nil
	}
	return t, nil
}

// against says why the log is not the one that the witness saw; "": it is. A log that
// began a new epoch since, as a restore does, said so already.
func (t *testimony) against(log *journal.Log, home string) string {
	known := false
	for _, e := range log.Epochs() {
		known = known || e.ID == t.Epoch
	}
	switch {
	case !known:
		return edge.EpochRolledBack
	case t.Epoch != log.Epoch():
		return ""
	case log.Head().Seq < t.Seq:
		return edge.EpochRolledBack
	case t.Home != home:
		return edge.EpochCopied
	}
	if hash, err := log.HashAt(t.Seq); err == nil && hex.EncodeToString(hash[:]) != t.Hash {
		return edge.EpochCopied
	}
	return ""
}

// hearWitness begins a new epoch where the data folder is not what the witness saw, and
// notes where the log stands now. Before anything reads the log.
func (a *Agent) hearWitness() error {
	if !a.serves || !a.cfg.Witnessed() {
		return nil
	}
	t, err := readTestimony(a.cfg.Witness)
	if err != nil {
		return err
	}
	_, missing := os.Stat(filepath.Join(a.cfg.Data, witnessedFile))
	home, why := homeOf(a.cfg.Data), ""
	switch {
	case t != nil && t.Site != a.cfg.Site:
		return fmt.Errorf("%w: %s is of %s", errWitness, a.cfg.Witness, t.Site)
	case t != nil:
		why = t.against(a.journal, home)
	case missing == nil:
		why = edge.EpochNoWitness
	}
	if why != "" {
		a.log.Warn("the data folder is not what the witness saw: a new epoch begins, and the floor is closed until the WMS has told what it saw", "reason", why)
		digest := sha256.Sum256([]byte(home))
		if err := a.journal.Fork(journal.Birth{Reason: why, Home: digest}); err != nil {
			return fmt.Errorf("agent: witness: %w", err)
		}
	}
	if err := a.testify(); err != nil {
		return err
	}
	if missing == nil {
		return nil
	}
	return writeDurably(a.cfg.Data, filepath.Join(a.cfg.Data, witnessedFile), []byte("see the witness that the configuration names\n"))
}

// testify has the witness note where the log stands.
func (a *Agent) testify() error {
	head := a.journal.Head()
	t := testimony{Site: a.cfg.Site, Epoch: a.journal.Epoch(), Seq: head.Seq, Hash: hex.EncodeToString(head.Hash[:]), Home: homeOf(a.cfg.Data)}
	t.Sum = t.sum()
	text, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("agent: witness: %w", err)
	}
	if err := writeDurably(filepath.Dir(a.cfg.Witness), a.cfg.Witness, append(text, '\n')); err != nil {
		return fmt.Errorf("agent: witness: %w", err)
	}
	return nil
}

// keepWitness has the witness follow the log until ctx ends. One that cannot be written
// knows less, which keeps nobody from working.
func (a *Agent) keepWitness(ctx context.Context) error {
	tick := time.NewTicker(witnessEvery)
	defer tick.Stop()
	seen, failed := a.journal.Head().Seq, false
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		head := a.journal.Head().Seq
		if head == seen {
			continue
		}
		err := a.testify()
		if err == nil {
			seen = head
		} else if !failed {
			a.log.Error("the witness cannot be written", "file", a.cfg.Witness, "err", err)
		}
		failed = err != nil
	}
}

// homeOf tells this machine and this file system from others.
func homeOf(data string) string {
	machine := ""
	for _, name := range []string{"/etc/machine-id", "/var/lib/dbus/machine-id"} {
		if text, err := os.ReadFile(name); err == nil {
			machine = string(text)
			break
		}
	}
	h := sha256.Sum256([]byte(machine + "\x00" + fileSystemOf(data)))
	return hex.EncodeToString(h[:16])
}
