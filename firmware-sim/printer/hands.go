package printer

import (
	"context"
	"sort"
)

// What a person does at the printer, and what a test breaks.

// SetFaults replaces the faults. Refuse closes port and connection at once.
func (p *Printer) SetFaults(f Faults) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f.CutAfter != nil {
		n := *f.CutAfter
		f.CutAfter = &n
	}
	p.faults = f
	if f.Refuse {
		p.drop()
	}
	p.changed()
}

// drop closes port and connection. The caller holds mu.
func (p *Printer) drop() {
	if p.ln != nil {
		_ = p.ln.Close() // it may be closed already
	}
	if p.conn != nil {
		_ = p.conn.Close()
	}
}

// SetPaper puts a roll of n labels in (n below 0: endless, 0: takes it out).
func (p *Printer) SetPaper(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paper = max(n, -1)
	p.paperOut = n == 0
	p.changed()
}

// SetHead opens or closes the print head.
func (p *Printer) SetHead(open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.headOpen = open
	p.changed()
}

// SetPause presses the pause key.
func (p *Printer) SetPause(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paused = on
	p.changed()
}

// PowerCycle switches off and on: the connection is cut, the partial format and
// the settings are gone. With replay the buffered formats survive, as on
// printers that print their buffer after power-up; else they are lost.
func (p *Printer) PowerCycle(replay bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conn != nil {
		_ = p.conn.Close()
	}
	dropped := p.stream.dropped
	p.stream, p.settings = newStream(p.cfg.BufferBytes), newSettings(p.cfg.Dots)
	p.stream.dropped = dropped
	p.paused = false
	if !replay {
		p.queue, p.queued = nil, 0
		p.stop++
		p.power++
	}
	p.changed()
}

// Labels gives the kept labels with N above since, in order.
func (p *Printer) Labels(since int64) []Label {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.after(since)
}

func (p *Printer) after(since int64) []Label {
	i := sort.Search(len(p.labels), func(i int) bool { return p.labels[i].N > since })
	return append([]Label(nil), p.labels[i:]...)
}

// WaitLabels is Labels that waits until there is one, or ctx ends.
func (p *Printer) WaitLabels(ctx context.Context, since int64) ([]Label, error) {
	var found []Label
	err := p.wait(ctx, func() bool {
		found = p.after(since)
		return len(found) > 0
	})
	return found, err
}

// WaitStatus waits until the state is as ok wants it, or ctx ends.
func (p *Printer) WaitStatus(ctx context.Context, ok func(Status) bool) error {
	return p.wait(ctx, func() bool { return ok(p.status()) })
}
