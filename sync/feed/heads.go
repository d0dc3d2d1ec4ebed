package feed

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"dcedge/edge"
	"dcedge/sync/batch"
)

// maxHeads is a bit over a year of hourly heads.
const maxHeads = 10_000

// heads signs the log's head every hour, so that neither side can deny or trim
// its tail later.
type heads struct {
	cfg  *Config
	lock sync.Mutex
	list []batch.SignedHead
}

func newHeads(cfg *Config) (*heads, error) {
	h := &heads{cfg: cfg, list: []batch.SignedHead{}}
	for _, p := range cfg.Places {
		if p.Kind != KindHead || p.Value == nil {
			continue
		}
		var one batch.SignedHead
		if err := json.Unmarshal(p.Value, &one); err != nil {
			return nil, fmt.Errorf("feed: signed head %s: %w", p.Key, err)
		}
		h.list = append(h.list, one)
	}
	slices.SortFunc(h.list, func(a, b batch.SignedHead) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Seq, b.Seq)) })
	h.list = h.list[max(0, len(h.list)-maxHeads):]
	return h, nil
}

func (h *heads) all() []batch.SignedHead {
	h.lock.Lock()
	defer h.lock.Unlock()
	return slices.Clone(h.list)
}

// run signs at every full hour until ctx ends. A head that cannot be written is
// logged: the next hour's covers it.
func (h *heads) run(ctx context.Context) error {
	if err := h.seals(ctx); err != nil && ctx.Err() == nil {
		h.cfg.Logger.Warn("seal not signed", "error", err)
	}
	for {
		now := h.cfg.Now()
		t := time.NewTimer(now.Truncate(time.Hour).Add(time.Hour).Sub(now))
		select {
		case <-ctx.Done():
			t.Stop()
			return nil
		case <-t.C:
		}
		if err := h.sign(ctx); err != nil && ctx.Err() == nil {
			h.cfg.Logger.Warn("head not signed", "error", err)
		}
	}
}

// seals signs where each sealed epoch ends, once.
func (h *heads) seals(ctx context.Context) error {
	for _, e := range h.cfg.Position.Epochs() {
		if e.Sealed {
			if err := h.signAt(ctx, e.ID, e.Head); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *heads) sign(ctx context.Context) error {
	return h.signAt(ctx, h.cfg.Position.Epoch(), h.cfg.Position.Head())
}

func (h *heads) signAt(ctx context.Context, epoch string, seq uint64) error {
	if seq == 0 || slices.ContainsFunc(h.all(), func(old batch.SignedHead) bool { return old.Epoch == epoch && old.Seq == seq }) {
		return nil
	}
	hash, err := h.cfg.Log.HashAt(epoch, seq)
	if err != nil {
		return fmt.Errorf("signed head: %w", err)
	}
	one := batch.SignedHead{Epoch: epoch, Seq: seq, Hash: batch.Hex(hash), At: h.cfg.Now().In(h.cfg.Zone).Format(edge.TimeLayout)}
	one.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(h.cfg.HeadKey, one.Signed()))
	value, err := json.Marshal(one)
	if err != nil {
		return fmt.Errorf("signed head: %w", err)
	}
	records := []edge.Private{{Kind: KindHead, Key: headKey(one), Value: value}}
	h.lock.Lock()
	for _, old := range h.list[:max(0, len(h.list)+1-maxHeads)] {
		records = append(records, edge.Private{Kind: KindHead, Key: headKey(old)})
	}
	h.lock.Unlock()
	if err := h.cfg.Recorder.Record(ctx, records...); err != nil {
		return fmt.Errorf("signed head: %w", err)
	}
	h.lock.Lock()
	h.list = append(h.list, one)
	h.list = h.list[max(0, len(h.list)-maxHeads):]
	h.lock.Unlock()
	return nil
}

func headKey(h batch.SignedHead) string { return fmt.Sprintf("%s/%020d", h.Epoch, h.Seq) }
