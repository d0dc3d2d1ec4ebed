package agent

import (
	"context"
	"encoding/json"
	"errors"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/edge/engine"
	"dcedge/edge/floor"
	"dcedge/edge/journal"
	"dcedge/edge/store"
	"dcedge/edge/vault"
	"dcedge/edge/web"
	"dcedge/sync/batch"
	"dcedge/sync/feed"
	"dcedge/sync/reference"
)

// feedLog shows the journal as the feed wants to read it.
type feedLog struct{ *journal.Log }

// Read implements feed.Log.
func (l feedLog) Read(epoch string, after uint64, limit, maxBytes int, dst []byte) (batch.Chunk, error) {
	in, err := l.In(epoch)
	if err != nil {
		return batch.Chunk{}, feedError(err)
	}
	e, err := in.ReadEvents(after, limit, maxBytes, dst)
	return batch.Chunk{First: e.First, Count: e.Count, Lines: e.Lines, Prev: e.Prev, Last: e.Last}, feedError(err)
}

// HashAt implements feed.Log.
func (l feedLog) HashAt(epoch string, seq uint64) ([32]byte, error) {
	h, err := l.HashIn(epoch, seq)
	return h, feedError(err)
}

// Epochs implements feed.Position.
func (l feedLog) Epochs() []feed.Epoch {
	list := l.Log.Epochs()
	out := make([]feed.Epoch, len(list))
	for i, e := range list {
		out[i] = feed.Epoch{ID: e.ID, Parent: e.Parent, ParentSeq: e.At.Seq, ParentHash: e.At.Hash, Reason: e.Reason,
			Oldest: e.Oldest, Head: e.Head.Seq, Sealed: e.Sealed}
	}
	return out
}

// Head implements feed.Position.
func (l feedLog) Head() uint64 { return l.Log.Head().Seq }

func feedError(err error) error {
	switch {
	case errors.Is(err, journal.ErrGone):
		return feed.ErrGone
	case errors.Is(err, journal.ErrAhead):
		return feed.ErrAhead
	case errors.Is(err, journal.ErrEpoch):
		return feed.ErrEpoch
	}
	return err
}

// acknowledged reads a consumer's place as the feed records it.
func acknowledged(value []byte) (epoch string, seq uint64, ok bool) {
	var p struct {
		Epoch string `json:"epoch"`
		Acked uint64 `json:"acked"`
	}
	err := json.Unmarshal(value, &p)
	return p.Epoch, p.Acked, err == nil && p.Acked > 0
}

// referenceCatalogue shows the store's reference side as sync/reference wants it.
type referenceCatalogue struct{ *store.Reference }

// Put implements reference.Catalogue.
func (c referenceCatalogue) Put(ctx context.Context, changes []reference.Change) ([]bool, string, error) {
	list := make([]store.RecordChange, len(changes))
	for i, x := range changes {
		list[i] = store.RecordChange{Record: x.Record, Gone: x.Gone, Rev: x.Rev}
	}
	return c.Reference.Put(ctx, list)
}

// closedOrders knows the orders that have left the state.
type closedOrders struct{ *store.Store }

// Order implements reference.Closed.
func (c closedOrders) Order(client, id string) (hash string, cancelled, ok bool, err error) {
	x, ok, err := c.Closed(floor.OrderKey(client, id))
	return x.Hash, x.Stage == edge.StageCancelled, ok, err
}

// recipientOrders tells the vault whether an order names a recipient.
type recipientOrders struct{ *engine.Engine }

// HasRecipient implements vault.Orders.
func (o recipientOrders) HasRecipient(ctx context.Context, client, order, ref string) (has bool, err error) {
	err = o.Read(ctx, func(v floor.View) {
		x := v.State.Order(client, order)
		has = x != nil && x.RecipientRef == ref
	})
	return has, err
}

// boardSource gives the lead's board everything at one instant, and then the
// commits.
type boardSource struct{ *engine.Engine }

// Entities implements board.Source.
func (b boardSource) Entities(ctx context.Context, fn func(edge.Change)) error {
	return b.Read(ctx, func(v floor.View) {
		v.State.Each(func(table, key string, value any) { fn(edge.Change{Table: table, Key: key, Value: value}) })
	})
}

// people gives the web side what the vault holds of recipients and workers.
type people struct{ *vault.Vault }

// Reveal implements web.Recipients. The access is recorded before it returns.
func (p people) Reveal(ctx context.Context, ref edge.PersonalRef, by web.Revealer) (edge.Recipient, error) {
	data, err := p.Get(ctx, ref, vault.Purpose{Who: by.Worker, Where: by.Source, What: "reveal", Why: by.Reason, Client: by.Client, Order: by.Order})
	if err != nil {
		return edge.Recipient{}, err
	}
	if data.Recipient == nil {
		return edge.Recipient{}, vault.ErrNotFound
	}
	return *data.Recipient, nil
}

// swapCatalogue hands a new catalogue to the engine, which is not there yet
// while the store opens. What its records name and this site lacks is said.
func (a *Agent) swapCatalogue(s *catalogue.Snapshot) {
	if a.engine != nil {
		a.engine.SetCatalogue(s)
	}
	if a.forms != nil {
		a.tellUnknownNames(s)
	}
}
