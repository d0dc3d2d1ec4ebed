package printing_test

import (
	"context"
	"fmt"
	"sync"
	"time"

	"dcedge/edge"
)

// floor is a stand-in for the engine and its rules of the label ledger: every
// accepted report is on disk at once, commits follow in order on a goroutine of
// their own, as after a flush.
type floor struct {
	mu       sync.Mutex
	boxes    map[string]edge.Box
	attempts map[string]edge.Attempt
	seq      uint64
	next     int
	reports  []edge.PrintReport
	granted  map[string]int // by waybill: prints that a person asked for or allowed after the first
	refuse   func(edge.PrintReport) error
	refused  int           // reports that did not fit the state
	lag      time.Duration // of every commit behind its answer
	out      chan *edge.Commit
	doubt    chan string // attempts that become in doubt, for the person at the desk
}

func newFloor() *floor {
	return &floor{boxes: map[string]edge.Box{}, attempts: map[string]edge.Attempt{}, granted: map[string]int{},
		out: make(chan *edge.Commit, 1024), doubt: make(chan string, 64)}
}

// pump hands commits to a subscriber until ctx ends.
func (f *floor) pump(ctx context.Context, to func(*edge.Commit)) {
	for {
		select {
		case c := <-f.out:
			if f.lag > 0 && !waitOr(ctx, f.lag) {
				return
			}
			to(c)
		case <-ctx.Done():
			return
		}
	}
}

// whole is the state as one commit, as at a start.
func (f *floor) whole() *edge.Commit {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := &edge.Commit{Head: f.seq}
	for id, b := range f.boxes {
		c.Changes = append(c.Changes, edge.Change{Table: edge.TableBoxes, Key: id, Value: &b})
	}
	for id, a := range f.attempts {
		c.Changes = append(c.Changes, edge.Change{Table: edge.TableAttempts, Key: id, Value: &a})
	}
	return c
}

// pack closes a box whose label is wanted.
func (f *floor) pack(id, station, waybill string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := edge.Box{ID: id, Order: "o-" + id, Station: station, Waybill: waybill, Closed: true, Print: edge.PrintWant{Wanted: true, Copy: 1}}
	f.want(&b)
	f.commit(b)
}

func (f *floor) want(b *edge.Box) {
	f.next++
	b.Print.Wanted, b.Print.NextAttempt = true, fmt.Sprintf("A-%03d", f.next)
}

// commit stores and publishes; f.mu is held.
func (f *floor) commit(b edge.Box, attempts ...edge.Attempt) edge.Verdict {
	f.seq++
	f.boxes[b.ID] = b
	c := &edge.Commit{Head: f.seq, Changes: []edge.Change{{Table: edge.TableBoxes, Key: b.ID, Value: &b}}}
	for _, a := range attempts {
		f.attempts[a.ID] = a
		c.Changes = append(c.Changes, edge.Change{Table: edge.TableAttempts, Key: a.ID, Value: &a})
	}
	f.out <- c
	return edge.Verdict{OK: true, Code: edge.OK, Receipt: edge.Receipt{Seq: f.seq}}
}

// Submit decides a report.
func (f *floor) Submit(ctx context.Context, m *edge.Message) (edge.Verdict, error) {
	if err := ctx.Err(); err != nil {
		return edge.Verdict{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	r := *m.Body.(*edge.PrintReport)
	if f.refuse != nil {
		if err := f.refuse(r); err != nil {
			return edge.Verdict{}, err
		}
	}
	f.reports = append(f.reports, r)
	v := f.decide(r)
	if !v.OK {
		f.refused++
	}
	return v, nil
}

func (f *floor) decide(r edge.PrintReport) edge.Verdict {
	refused := edge.Verdict{Code: edge.Unexpected}
	if r.Stage == edge.StagePrinter {
		f.seq++
		f.out <- &edge.Commit{Head: f.seq, Changes: []edge.Change{{Table: edge.TablePrinters, Key: r.Printer,
			Value: &edge.PrinterStatus{Name: r.Printer, State: r.State, Error: r.Error}}}}
		return edge.Verdict{OK: true, Receipt: edge.Receipt{Seq: f.seq}}
	}
	b, known := f.boxes[r.Box]
	if !known {
		return refused
	}
	switch r.Stage {
	case edge.StageIntent:
		if !b.Print.Wanted || r.Attempt != b.Print.NextAttempt || r.Hash == "" || r.Copy != b.Print.Copy {
			return refused
		}
		b.Print.Wanted, b.Print.Attempt, b.Print.CleanFirst, b.Print.NextAttempt = false, r.Attempt, "", ""
		v := f.commit(b, edge.Attempt{ID: r.Attempt, Box: b.ID, Waybill: b.Waybill, Printer: r.Printer, Copy: r.Copy, Status: edge.AttemptIntent, Meter: r.Meter})
		v.Answer = r.Attempt
		return v
	case edge.StageCannot:
		switch {
		case !b.Print.Wanted || r.Attempt != b.Print.NextAttempt:
			return refused
		case b.Print.Fault == r.Error && b.Print.FaultField == r.Field:
			return edge.Verdict{OK: true, Code: edge.Unchanged}
		}
		b.Print.Fault, b.Print.FaultField, b.Print.NextAttempt = r.Error, r.Field, b.Print.NextAttempt+"'"
		return f.commit(b)
	case edge.StageRenumber:
		if b.Print.CleanFirst == "" {
			return refused
		}
		b.Voided = append(b.Voided, b.Waybill)
		b.Waybill, b.Print.CleanFirst = b.Waybill+"+", ""
		return f.commit(b)
	}
	a, known := f.attempts[r.Attempt]
	if !known || (a.Status != edge.AttemptIntent && a.Status != edge.AttemptSent && (a.Status != edge.AttemptInDoubt || r.Stage != edge.StageSettled)) {
		return refused
	}
	switch r.Stage {
	case edge.StageSent:
		a.Status = edge.AttemptSent
	case edge.StagePrinted:
		a.Status = edge.AttemptPrinted
	case edge.StageFailed:
		a.Status = edge.AttemptFailed
		f.want(&b)
	case edge.StageSettled:
		a.Status = edge.AttemptPrinted
		if r.Outcome == "no" { // nobody grants it: no paper came out
			a.Status = edge.AttemptNo
			f.want(&b)
		}
	case edge.StageInDoubt:
		a.Status = edge.AttemptInDoubt
		f.doubt <- a.ID
	}
	return f.commit(b, a)
}

// settle is a person's answer to an attempt in doubt.
func (f *floor) settle(attempt string, yes bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.attempts[attempt]
	b := f.boxes[a.Box]
	a.Status = edge.AttemptPrinted
	if !yes {
		a.Status = edge.AttemptNo
		b.Print.Copy++
		b.Print.CleanFirst = a.Printer
		f.granted[b.Waybill]++
		f.want(&b)
	}
	f.commit(b, a)
}

// reprint is a granted further copy.
func (f *floor) reprint(box string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.boxes[box]
	b.Print.Copy++
	f.granted[b.Waybill]++
	f.want(&b)
	f.commit(b)
}

func (f *floor) status(box string) edge.AttemptStatus {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.attempts[f.boxes[box].Print.Attempt].Status
}

func (f *floor) box(id string) edge.Box {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.boxes[id]
}

// stages gives the reports of a box in their order, e.g. "intent sent printed".
func (f *floor) stages(box string) (out []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.reports {
		if r.Box == box {
			s := string(r.Stage)
			if s += r.Outcome; r.Error != "" {
				s += ":" + r.Error
			}
			out = append(out, s)
		}
	}
	return out
}

// states gives the printer states reported.
func (f *floor) states(printer string) (out []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.reports {
		if r.Stage == edge.StagePrinter && r.Printer == printer {
			out = append(out, r.State)
		}
	}
	return out
}
