package sorter

import (
	"context"
	"errors"
	"fmt"
)

// Journal makes facts durable: nil means that they are on disk.
type Journal interface {
	Commit(ctx context.Context, events []Event) error
}

// Teller publishes what was decided. Neither method blocks on a wire; what cannot
// be delivered is lost: the tunnel asks again, and a parcel without a command goes
// to hospital.
type Teller interface {
	Divert(c Command)
	Answer(v Verdict, e []Event)
	Alarm(a Alarm)
}

// Desk runs one belt: facts first, then what follows from them. It belongs to
// one goroutine, that of the belt.
type Desk struct {
	t       *Tracker
	journal Journal
	tell    Teller
	failed  error
}

// NewDesk makes a desk, and commits the first step of its tracker.
func NewDesk(ctx context.Context, t *Tracker, first Step, j Journal, tell Teller) (*Desk, error) {
	if t == nil || j == nil || tell == nil {
		return nil, errors.New("sorter: a desk wants a tracker, a journal and a teller")
	}
	d := &Desk{t: t, journal: j, tell: tell}
	return d, d.publish(ctx, first)
}

// Do lets an input be decided, and publishes it once its events are on disk. On
// an error nothing was published and the read must not be acknowledged: the
// tracker is ahead of the journal then, so that every later Do gives the same
// error, and the belt starts anew (flushed) with the process.
func (d *Desk) Do(ctx context.Context, input func(*Tracker) Step) error {
	if d.failed != nil {
		return d.failed
	}
	return d.publish(ctx, input(d.t))
}

func (d *Desk) publish(ctx context.Context, s Step) error {
	if len(s.Events) > 0 {
		if err := d.journal.Commit(ctx, s.Events); err != nil {
			d.failed = fmt.Errorf("sorter: commit: %w", err)
			return d.failed
		}
	}
	for _, c := range s.Commands { // first: the parcel does not wait
		d.tell.Divert(c)
	}
	for _, v := range s.Verdicts {
		d.tell.Answer(v, s.Events)
	}
	for _, a := range s.Alarms {
		d.tell.Alarm(a)
	}
	return nil
}
