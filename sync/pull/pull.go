package pull

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"dcedge/edge/supervise"
	"dcedge/sync/batch"
)

// Sink keeps events and the place behind them. What it holds is never changed:
// events that an edge lost stay.
type Sink interface {
	// Place gives the place that is stored with the events; nil: nothing yet.
	Place(ctx context.Context) (*Stored, error)
	// Store stores a batch and the place behind it in one atomic step, on disk
	// when it returns. The place is another epoch's when the batch ends one.
	Store(ctx context.Context, head *batch.Head, lines []byte, behind Stored) error
	// Move stores a place alone, in the same way.
	Move(ctx context.Context, to Stored) error
}

// Memory is an optional ability of a Sink: it gives the chain's hash behind an
// event that it holds; false: it does not hold it.
type Memory interface {
	HashAt(ctx context.Context, epoch string, seq uint64) (hash [32]byte, held bool, err error)
}

// Stored is what a sink holds.
type Stored = batch.Stored

// Config is everything that a Puller needs.
type Config struct {
	Client *Client
	Sink   Sink
	Wait   time.Duration // how long the edge may hold a request that has nothing new; at most 30 s
	Limit  int           // events in one batch; 0: the edge's default
	Once   bool          // end when nothing more is there
	Wake   supervise.Backoff
	Told   func(head *batch.Head) // after each batch that is stored; may be nil
	Logger *slog.Logger
}

// chainTries is how often in a row an answer must contradict what is stored.
const chainTries = 3

// Puller follows one edge.
type Puller struct {
	cfg      Config
	lease    string
	instance string    // of the edge that gave the lease
	renewed  time.Time // when the lease was given
}

// New proves the configuration.
func New(cfg Config) (*Puller, error) {
	if cfg.Client == nil || cfg.Sink == nil || cfg.Logger == nil {
		return nil, errors.New("pull: client, sink and logger are all needed")
	}
	return &Puller{cfg: cfg}, nil
}

// Run pulls until ctx ends, or with Once until nothing more is there. Its error
// is final: a person has to look, or the configuration is wrong.
func (p *Puller) Run(ctx context.Context) error {
	failed, doubts := 0, 0
	for {
		more, err := p.step(ctx)
		if !errors.Is(err, batch.ErrChain) {
			doubts = 0
		} else if doubts++; doubts == chainTries { // once may be a torn head, which no digest covers
			return advise(err)
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			if failed > 0 {
				p.cfg.Logger.Info("edge is back", "url", p.cfg.Client.URL(), "tries", failed)
			}
			failed = 0
			p.cfg.Wake.Reset()
			if !more && p.cfg.Once {
				return nil
			}
			continue
		case final(err):
			return advise(err)
		}
		if failed++; failed == 1 || failed%20 == 0 {
			p.cfg.Logger.Warn("edge cannot be pulled", "url", p.cfg.Client.URL(), "tries", failed, "error", err)
		}
		if !pause(ctx, &p.cfg.Wake) {
			return nil
		}
	}
}

// step pulls, stores and acknowledges one batch. more: there may be another
// right away.
func (p *Puller) step(ctx context.Context) (more bool, err error) {
	stored, err := p.cfg.Sink.Place(ctx)
	if err != nil {
		return false, &fatal{fmt.Errorf("sink: %w", err)}
	}
	query := Query{After: "start", Limit: p.cfg.Limit}
	var from *batch.Place
	if stored != nil {
		query.After, from = stored.Cursor, &batch.Place{Epoch: stored.Epoch, Seq: stored.Seq, Hash: stored.Hash}
	}
	if !p.cfg.Once {
		query.Wait = p.cfg.Wait
	}
	head, lines, err := p.cfg.Client.Events(ctx, query)
	if batch.CodeOf(err) == batch.EpochChanged && stored != nil {
		return true, p.goOn(ctx, stored, err)
	}
	if err != nil {
		return false, err
	}
	if stored != nil && head.Site != stored.Site {
		return false, fmt.Errorf("%w: this is site %q, stored is site %q", batch.ErrChain, head.Site, stored.Site)
	}
	if err := batch.Check(head, lines, from); err != nil {
		return false, err
	}
	behind, err := p.behind(ctx, head)
	if err != nil {
		return false, err
	}
	if head.Count > 0 || head.Sealed {
		if err := p.cfg.Sink.Store(ctx, head, lines, behind); err != nil {
			return false, &fatal{fmt.Errorf("sink: %w", err)}
		}
	}
	if err := p.ack(ctx, head); err != nil {
		return false, err
	}
	if p.cfg.Told != nil {
		p.cfg.Told(head)
	}
	return head.Last < head.Head || head.Sealed, nil
}

// ack acknowledges what is stored, under a lease that fences another puller of
// the same consumer. An empty batch at the very start is nothing to tell.
func (p *Puller) ack(ctx context.Context, head *batch.Head) error {
	if head.Last == 0 && !head.Sealed {
		return nil
	}
	if p.lease == "" || p.instance != head.Instance || time.Since(p.renewed) > 20*time.Second {
		if err := p.renew(ctx, head.Instance); err != nil {
			return err
		}
	}
	return p.cfg.Client.Ack(ctx, batch.Ack{Cursor: head.Next, Lease: p.lease})
}

// renew keeps this puller's lease, or takes a new one from an edge that was
// started again and from one that has let the old run out.
func (p *Puller) renew(ctx context.Context, instance string) error {
	old := p.lease
	if p.instance != instance || time.Since(p.renewed) > 50*time.Second {
		old = ""
	}
	lease, err := p.cfg.Client.Lease(ctx, old)
	if err != nil {
		return err
	}
	p.lease, p.instance, p.renewed = lease, instance, time.Now()
	return nil
}

// fatal is an error that trying again does not mend.
type fatal struct{ err error }

func (f *fatal) Error() string { return f.err.Error() }
func (f *fatal) Unwrap() error { return f.err }

func final(err error) bool {
	if f := new(fatal); errors.As(err, &f) {
		return true
	}
	switch batch.CodeOf(err) {
	case batch.Fork, batch.Gone, batch.Ahead, batch.BadCursor, batch.LeaseLost, batch.Unauthorized,
		batch.Forbidden, batch.BadRequest, batch.NotFound, batch.BadMethod:
		return true
	}
	return false
}

// advise says what a person can do.
func advise(err error) error {
	what := ""
	switch batch.CodeOf(err) {
	case batch.Fork:
		what = "the edge has another history than what is stored here: apply nothing, compare both sides, keep this folder; reconcile tells the edge what it holds, and a new folder pulls from the start"
	case batch.Gone:
		what = "the edge no longer keeps these events: take them from its archive"
	case batch.Ahead:
		what = "the edge has fewer events than are stored here: it was rolled back, call whoever runs it"
	case batch.BadCursor:
		what = "the stored cursor is not of this edge: is this the right address and folder?"
	case batch.LeaseLost:
		what = "another puller of the same consumer has taken over: only one may run"
	case batch.Unauthorized, batch.Forbidden:
		what = "the key is wrong or lacks the scopes events:read and ack"
	case "":
		if errors.Is(err, batch.ErrChain) {
			what = "the edge's events do not continue what is stored here: apply nothing, compare both sides, keep this folder"
		}
	}
	if what == "" {
		return err
	}
	return fmt.Errorf("%w (%s)", err, what)
}
