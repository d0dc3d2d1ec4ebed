package printer

import (
	"context"
	"net"
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
	if f.CutLabel != nil {
		n := *f.CutLabel
		f.CutLabel = &n
	}
	p.faults = f
	p.line.Pull(f.Refuse)
	p.changed()
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

// SetRibbon says whether the ribbon has run out.
func (p *Printer) SetRibbon(out bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ribbon = out
	p.changed()
}

// Take takes the label off the peel bar.
func (p *Printer) Take() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = false
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
// printers that print their buffer after power-up; else they are lost. A serial
// line stays up: it is the host's adapter.
func (p *Printer) PowerCycle(replay bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.line.Serial() {
		p.line.Cut()
	}
	p.reset(replay)
}

// Replace puts another printer with this serial number in its place: a roll, an
// empty buffer, an odometer that begins anew.
func (p *Printer) Replace(serial string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cfg.Serial, p.labelsZero, p.lengthZero = serial, p.odometer, p.millimetres
	p.paperOut, p.headOpen, p.ribbon, p.waiting = false, false, false, false
	if !p.line.Serial() {
		p.line.Cut()
	}
	p.reset(false)
}

// Dial opens a printer whose Listen is "mem:".
func (p *Printer) Dial(ctx context.Context) (net.Conn, error) { return p.line.Dial(ctx) }

// reset is power-up. The caller holds mu.
func (p *Printer) reset(replay bool) {
	dropped, flash := p.stream.dropped, p.settings.formats
	p.stream, p.settings = newStream(p.cfg.BufferBytes), newSettings(p.cfg.Dots, p.cfg.Peel)
	p.stream.dropped, p.settings.formats = dropped, kept(flash)
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
