package pull

import (
	"context"
	"errors"
	"fmt"

	"dcedge/sync/batch"
)

// behind is the place to be stored with a batch: behind its last event, or,
// where the batch ends an epoch, before the first event of the next.
func (p *Puller) behind(ctx context.Context, head *batch.Head) (Stored, error) {
	hash, err := batch.ParseHex(head.LastHash)
	if err != nil {
		return Stored{}, fmt.Errorf("%w: lastHash: %w", batch.ErrTorn, err)
	}
	if !head.Sealed {
		return Stored{Site: head.Site, Epoch: head.Epoch, Seq: head.Last, Hash: hash, Cursor: head.Next}, nil
	}
	child, err := p.childOf(ctx, head.Epoch)
	if err != nil {
		return Stored{}, err
	}
	if child.ParentSeq != head.Last || *child.ParentHash != head.LastHash {
		return Stored{}, fmt.Errorf("%w: epoch %s was sealed behind event %d, the batch ends at %d", batch.ErrChain, head.Epoch, child.ParentSeq, head.Last)
	}
	return opening(head.Site, child.Epoch, head.Next), nil
}

// opening is the place before the first event of an epoch.
func opening(site, epoch, cursor string) Stored {
	return Stored{Site: site, Epoch: epoch, Hash: batch.Origin(epoch), Cursor: cursor}
}

// childOf finds the epoch that an edge began behind another one.
func (p *Puller) childOf(ctx context.Context, parent string) (*batch.Epoch, error) {
	all, err := p.cfg.Client.Epochs(ctx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if e := &all[i]; e.Parent != nil && *e.Parent == parent && e.ParentHash != nil && e.Epoch != parent {
			return e, nil
		}
	}
	return nil, fmt.Errorf("%w: the edge names no epoch behind %s", batch.ErrChain, parent)
}

// goOn follows an edge that lost events which are stored here: they stay, and
// the new epoch is pulled from its start. Both sides must share the past up to
// the seal, as far as the sink can tell.
func (p *Puller) goOn(ctx context.Context, stored *Stored, why error) error {
	problem := new(batch.Problem)
	if !errors.As(why, &problem) || problem.Resume == "" || problem.Lost == nil {
		return &fatal{why}
	}
	child, err := p.childOf(ctx, stored.Epoch)
	if err != nil {
		return err
	}
	if child.ParentSeq+1 != problem.Lost.From || problem.Lost.To != stored.Seq {
		return fmt.Errorf("%w: the edge lost %d to %d of what is stored up to %d, and was sealed behind %d",
			batch.ErrChain, problem.Lost.From, problem.Lost.To, stored.Seq, child.ParentSeq)
	}
	if m, ok := p.cfg.Sink.(Memory); ok {
		hash, held, err := m.HashAt(ctx, stored.Epoch, child.ParentSeq)
		if err != nil {
			return &fatal{fmt.Errorf("sink: %w", err)}
		}
		if held && batch.Hex(hash) != *child.ParentHash {
			return fmt.Errorf("%w: another history up to the seal behind event %d", batch.ErrChain, child.ParentSeq)
		}
	}
	if err := p.cfg.Sink.Move(ctx, opening(stored.Site, child.Epoch, problem.Resume)); err != nil {
		return &fatal{fmt.Errorf("sink: %w", err)}
	}
	p.cfg.Logger.Warn("the edge goes on in a new epoch and lost events that are stored here: tell it by reconcile",
		"url", p.cfg.Client.URL(), "reason", child.Reason, "epoch", stored.Epoch, "from", problem.Lost.From, "to", problem.Lost.To, "new", child.Epoch)
	return nil
}
