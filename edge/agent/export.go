package agent

import (
	"fmt"
	"io"
	"path/filepath"

	"dcedge/edge/config"
	"dcedge/edge/journal"
)

// Bounds of what an export reads at a time.
const (
	exportEvents = 10_000
	exportBytes  = 4 << 20
)

// Exported is what an export wrote.
type Exported struct {
	Epoch string `json:"epoch"`
	First uint64 `json:"first"` // of nothing: Last + 1
	Last  uint64 `json:"last"`
}

// Export writes the flushed events of an epoch, "" for the present one, behind event
// after, at most limit of them (0: all), a line each and byte for byte as they are
// kept. The edge may be running; moved, which may be nil, hears how far it is.
func Export(cfg *config.Config, epoch string, after, limit uint64, out io.Writer, moved func(seq, head uint64)) (Exported, error) {
	log, err := journal.Peek(journal.OSFS{}, filepath.Join(cfg.Data, "journal"))
	if err != nil {
		return Exported{}, fmt.Errorf("agent: %w", err)
	}
	if epoch == "" {
		epoch = log.Epoch()
	}
	past, err := log.In(epoch)
	if err != nil {
		return Exported{}, fmt.Errorf("agent: %w", err)
	}
	for _, e := range log.Epochs() {
		if e.ID == epoch && after+1 < e.Oldest {
			after = e.Oldest - 1 // what was before has left
		}
	}
	done := Exported{Epoch: epoch, First: after + 1, Last: after}
	head, buf := past.Head().Seq, []byte(nil)
	if after > head {
		return done, fmt.Errorf("agent: epoch %s ends at event %d: %w", epoch, head, journal.ErrAhead)
	}
	for done.Last < head && (limit == 0 || done.Last-after < limit) {
		n := exportEvents
		if left := limit - (done.Last - after); limit != 0 && left < exportEvents {
			n = int(left)
		}
		read, err := past.ReadEvents(done.Last, n, exportBytes, buf)
		if err != nil {
			return done, fmt.Errorf("agent: behind event %d: %w", done.Last, err)
		}
		if read.Count == 0 {
			break
		}
		if _, err := out.Write(read.Lines); err != nil {
			return done, fmt.Errorf("agent: export: %w", err)
		}
		buf, done.Last = read.Lines, done.Last+uint64(read.Count)
		if moved != nil {
			moved(done.Last, head)
		}
	}
	return done, nil
}
