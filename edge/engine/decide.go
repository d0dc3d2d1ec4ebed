package engine

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// clockSlack is how far a device's clock may be off before its time is written
// down beside the edge's.
const clockSlack = time.Second

// maxMessage bounds the events of one message: a batch must fit into a segment
// of the journal.
const maxMessage = 8 << 20

// errUnopened ends the engine: what is not sure must not be worked on.
var errUnopened = errors.New("the new epoch's beginning could not be decided")

var errNoEvent = errors.New("the decision on a scan or an act has no event")

func (e *Engine) handle(r *round, q *request) {
	switch {
	case q.message != nil:
		r.messages++
		e.decide(r, q)
	case q.privates != nil:
		r.messages++
		for _, p := range q.privates {
			e.lines = appendPrivate(e.lines[:0], p)
			r.batch.Private(e.lines)
		}
		r.batch.EndMessage()
		r.privates = append(r.privates, q.privates...)
	}
}

func (e *Engine) decide(r *round, q *request) {
	m := q.message
	if !m.ID.IsZero() {
		data := e.memory.get(m.ID)
		if data == nil {
			data = q.prior
		}
		if data != nil {
			e.repeat(r, q, data)
			return
		}
	}
	m.At = r.now
	m.DeviceAt = m.DeviceAt.Truncate(time.Millisecond)
	d, err := e.attempt(r, q, e.decision)
	if err != nil {
		e.statistics.panics.Add(1)
		if d, err = e.attempt(r, q, internalDecision); err != nil {
			q.verdict, q.err = edge.Verdict{}, fmt.Errorf("%w: %w", ErrRule, err)
			return
		}
	}
	for _, n := range d.Notices {
		if w := e.workers[n.Worker]; w == nil || w.practises == m.Practice { // else it is about what they do not see
			r.notices = append(r.notices, n)
		}
	}
	for _, id := range d.Touched {
		if id == floor.Everyone && m.Practice {
			r.practised = true
		} else if id == floor.Everyone {
			r.everyone = true
		} else if w := e.workers[id]; w != nil {
			r.touch(w)
		}
	}
	for _, id := range d.Shown {
		if w := e.workers[id]; w != nil && !w.practises {
			r.touch(w)
			w.shown = w.touched
		}
	}
	r.everyone = r.everyone || m.Kind == edge.Refreshed
	r.more = r.more || d.More && !m.Practice
}

// repeat answers a message that was decided before.
func (e *Engine) repeat(r *round, q *request, data []byte) {
	m := q.message
	o, err := parseOutcome(data)
	if err != nil {
		q.err = fmt.Errorf("%w: %w", ErrLookup, err)
		return
	}
	switch {
	case o.worker == "":
		q.verdict = e.again(&o, m)
	case o.worker != owner(m):
		e.statistics.notYours.Add(1)
		e.log.Warn("id of another worker's message", "id", m.ID.String(), "worker", m.Worker, "device", m.Device)
		q.verdict = edge.Verdict{ID: m.ID, Code: edge.NotYours, Say: edge.Says("id.notYours")}
		return
	case o.hash != m.Hash:
		e.statistics.idReused.Add(1)
		e.log.Warn("id reused with other content", "id", m.ID.String(), "worker", m.Worker, "device", m.Device)
		q.verdict = edge.Verdict{ID: m.ID, Code: edge.IDReused, Say: edge.Says("id.reused")}
	default:
		q.verdict = e.again(&o, m)
	}
	if m.Worker != "" {
		q.verdict.Screen = e.tryScreen(r, e.worker(m.Worker, m.Roles, m.Practice))
	}
}

// owner is whose an id is: a worker's, or that of a belt's device.
func owner(m *edge.Message) string {
	if m.Kind == edge.Belt {
		return "device:" + m.Device
	}
	return m.Worker
}

// again is the verdict of before.
func (e *Engine) again(o *outcome, m *edge.Message) edge.Verdict {
	return edge.Verdict{ID: m.ID, OK: o.code.Positive(), Code: o.code, Say: o.say, Repeat: true,
		Receipt: edge.Receipt{Epoch: cmp.Or(o.epoch, e.first), Seq: o.seq, At: o.at.In(e.cfg.Policy.Zone)}}
}

// decision asks the rules, but for an id whose own time is out of bounds.
func (e *Engine) decision(v floor.View, m *edge.Message) floor.Decision {
	if m.ID.IsZero() || m.Kind == edge.Belt { // a parcel is where it is, whatever its reader's clock says
		return e.deps.Rules.Decide(v, m)
	}
	own := m.ID.Time()
	if own.Before(v.Now.Add(-behindMax)) || own.After(v.Now.Add(aheadMax)) {
		return refuse(edge.Stale, "id.stale")
	}
	return e.deps.Rules.Decide(v, m)
}

func internalDecision(_ floor.View, m *edge.Message) floor.Decision {
	if m.ID.IsZero() {
		return floor.Decision{Verdict: edge.Verdict{Code: edge.Internal, Say: edge.Says("internal")}}
	}
	return refuse(edge.Internal, "internal")
}

func refuse(code edge.Code, say string) floor.Decision {
	return floor.Decision{Verdict: edge.Verdict{Code: code, Say: edge.Says(say)},
		Events: []edge.Event{{Type: edge.EvRefused, V: 1, Data: &edge.Refused{Code: code, Say: say}}}}
}

// attempt decides one message whole or leaves no trace of it.
func (e *Engine) attempt(r *round, q *request, decide func(floor.View, *edge.Message) floor.Decision) (d floor.Decision, err error) {
	m := q.message
	seq := r.seq
	defer func() {
		p := recover()
		if p == nil && err == nil {
			return
		}
		if p == nil {
			p = err
		}
		e.state.DropMessage()
		e.practice.DropMessage()
		r.seq = seq
		e.panicked(m, p)
		err = fmt.Errorf("%v", p)
	}()
	e.state.BeginMessage()
	v := e.present(r.now)
	if m.Practice {
		e.practice.BeginMessage()
		v.State = e.practice
	}
	v.Room = e.room[:0]
	var w *worker
	if m.Worker != "" && !m.ID.IsZero() {
		w = e.worker(m.Worker, m.Roles, m.Practice)
		if m.Kind == edge.Act { // the button must have been on the present screen
			e.screenOf(r, w)
		}
		v.Rev = w.rev
	}
	d = decide(v, m)
	if len(d.Events) == 0 && w != nil {
		return d, errNoEvent
	}
	if err := e.apply(r, m, d.Events); err != nil {
		return d, err
	}
	q.verdict = d.Verdict
	q.verdict.ID, q.verdict.OK = m.ID, d.Verdict.Code.Positive()
	if len(d.Events) > 0 {
		q.verdict.Receipt = edge.Receipt{Epoch: e.Epoch(), Seq: r.seq, At: r.now}
	}
	if w != nil {
		q.verdict.Screen = e.screenOf(r, w)
	}
	e.state.AcceptMessage()
	e.practice.AcceptMessage()
	e.write(r, m, w, d)
	return d, nil
}

// apply stamps, applies and encodes the events of one message.
func (e *Engine) apply(r *round, m *edge.Message, events []edge.Event) error {
	e.lines, e.ends = e.lines[:0], e.ends[:0]
	for i := range events {
		ev := &events[i]
		r.seq++
		ev.Seq, ev.At, ev.Scan, ev.Device, ev.Worker = r.seq, r.now, m.ID, m.Device, m.Worker
		if off := m.DeviceAt.Sub(r.now); !m.DeviceAt.IsZero() && (off > clockSlack || off < -clockSlack) {
			ev.DeviceAt = m.DeviceAt
		}
		if ev.Practice = m.Practice; m.Practice {
			if err := floor.Apply(e.practice, ev); err != nil {
				return err
			}
		}
		if err := floor.Apply(e.state, ev); err != nil { // of a practised one it only counts
			return err
		}
		from := len(e.lines)
		e.lines = ev.AppendLine(e.lines)
		if n := len(e.lines) - from; n > edge.MaxLine {
			return fmt.Errorf("event %s of %d bytes", ev.Type, n)
		}
		if e.ends = append(e.ends, len(e.lines)); len(e.lines) > maxMessage {
			return fmt.Errorf("events of more than %d bytes", maxMessage)
		}
	}
	return nil
}

// write puts an accepted message into the journal's batch. Nothing in it can
// fail.
func (e *Engine) write(r *round, m *edge.Message, w *worker, d floor.Decision) {
	from := 0
	for _, end := range e.ends {
		r.batch.Event(e.lines[from:end])
		from = end
	}
	r.events = append(r.events, d.Events...)
	if !m.ID.IsZero() {
		o := outcome{id: m.ID, hash: m.Hash, seq: r.seq, at: r.now, worker: owner(m), code: d.Verdict.Code, say: d.Verdict.Say}
		if w != nil {
			o.key, o.rev, w.late = w.key, w.rev, false
		}
		e.remember(r, &o)
	}
	for _, id := range d.Known {
		if e.memory.get(id) == nil {
			e.remember(r, &outcome{id: id, seq: r.seq, at: r.now, code: edge.Duplicate, say: edge.Says("scan.beforeRestore")})
		}
	}
	r.batch.EndMessage()
}

// remember keeps what became of a message, to answer it again.
func (e *Engine) remember(r *round, o *outcome) {
	if o.epoch = e.Epoch(); o.epoch == e.first {
		o.epoch = ""
	}
	data := e.memory.add(o)
	r.batch.Outcome(data)
	r.outcomes = append(r.outcomes, edge.Remembered{ID: o.id, At: r.now, Data: data})
}

// panicked keeps the input for study; the log line holds none of it.
func (e *Engine) panicked(m *edge.Message, p any) {
	stack := debug.Stack()
	e.log.Error("a rule failed; the message is refused", "kind", int(m.Kind), "id", m.ID.String(), "panic", fmt.Sprint(p),
		slog.String("stack", string(stack)))
	if e.deps.Study != nil {
		c := *m
		c.Args.PIN = ""
		e.deps.Study.Keep(c, p, stack)
	}
}
