package agent

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"dcedge/edge/config"
	"dcedge/edge/journal"
	"dcedge/edge/store"
)

// Verify reads everything an edge keeps, while it is not running, and writes
// what it found, a line each. It tells whether all is whole.
func Verify(cfg *config.Config, out io.Writer) (whole bool, err error) {
	lock, err := journal.Lock(cfg.Data)
	if err != nil {
		return false, fmt.Errorf("agent: data folder %s: %w (end the edge first)", cfg.Data, err)
	}
	defer lock.Unlock()
	whole = true
	for _, name := range []string{"journal", "reference"} {
		r, err := journal.Verify(journal.OSFS{}, filepath.Join(cfg.Data, name))
		if err != nil {
			return false, fmt.Errorf("agent: %s: %w", name, err)
		}
		fmt.Fprintf(out, "%s: epoch %s, %d segments, %d frames, %d events, head %d %x\n", name, r.Epoch, r.Segments, r.Frames, r.Events, r.Head.Seq, r.Head.Hash)
		if r.Torn {
			fmt.Fprintf(out, "%s: ends in a write that never finished; the next start cuts it off\n", name)
		}
		for _, d := range r.Damaged {
			fmt.Fprintf(out, "%s: DAMAGED: %v\n", name, d)
		}
		whole = whole && r.OK()
	}
	sound, err := verifyStore(cfg.Data, out)
	return whole && sound, err
}

// verifyStore checks a copy of the store: opening repairs what it can, and what
// is inspected must not change.
func verifyStore(data string, out io.Writer) (sound bool, err error) {
	dir, err := os.MkdirTemp("", "edge-verify-")
	if err != nil {
		return false, fmt.Errorf("agent: store: %w", err)
	}
	defer os.RemoveAll(dir)
	text, err := os.ReadFile(filepath.Join(data, "store.db"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "store.db"), text, 0o600)
	}
	if err != nil {
		fmt.Fprintf(out, "store: MISSING: %v (it is rebuilt from the journal at the next start)\n", err)
		return false, nil
	}
	s, err := store.Open(store.Options{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return false, fmt.Errorf("agent: store: %w", err)
	}
	defer s.Close()
	err = s.Check()
	if err == nil && s.Origin() != store.Kept {
		err = store.ErrDamaged
	}
	if err != nil {
		fmt.Fprintf(out, "store: DAMAGED: %v (it is rebuilt from the journal at the next start)\n", err)
		return false, nil
	}
	fmt.Fprintf(out, "store: sound, follows the journal up to event %d\n", s.Mark().Seq)
	return true, nil
}
