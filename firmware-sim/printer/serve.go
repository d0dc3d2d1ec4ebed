package printer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"dcedge/firmware-sim/wire"
)

// Run listens and prints until ctx ends, and returns nil then. It may be
// called once.
func (p *Printer) Run(ctx context.Context) error {
	err := wire.Together(ctx, p.control.Run, p.motor, p.tell,
		func(ctx context.Context) error { return p.line.Run(ctx, p.serve) })
	if err != nil {
		return fmt.Errorf("printer %s: %w", p.cfg.Name, err)
	}
	return nil
}

// tell says that the printer can be reached.
func (p *Printer) tell(ctx context.Context) error {
	for _, ready := range []<-chan struct{}{p.control.Ready(), p.line.Ready()} {
		select {
		case <-ctx.Done():
			return nil
		case <-ready:
		}
	}
	close(p.ready)
	p.cfg.Log.Info("printer listens", "printer", p.cfg.Name, "addr", p.Addr(), "control", p.ControlURL())
	return nil
}

// serve reads one connection to its end. An error of the line is the end of
// the connection and no more.
func (p *Printer) serve(ctx context.Context, conn io.ReadWriteCloser) {
	cut := int64(-1)
	p.mu.Lock()
	p.conns++
	if p.faults.CutAfter != nil {
		cut, p.faults.CutAfter = *p.faults.CutAfter, nil
	}
	p.mu.Unlock()
	err := p.read(ctx, conn, cut)
	_ = conn.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cfg.DropPartial {
		p.stream.cancel()
	}
	p.changed()
	p.cfg.Log.Debug("printer connection ended", "printer", p.cfg.Name, "err", err)
}

var errCut = errors.New("printer: cut by a fault")

// read feeds received bytes to the stream; cut below 0 never cuts.
func (p *Printer) read(ctx context.Context, conn io.ReadWriter, cut int64) error {
	buf := make([]byte, 4096)
	for {
		if cut == 0 {
			return errCut
		}
		room := 0
		if err := p.wait(ctx, func() bool { room = p.room(); return room > 0 }); err != nil {
			return err
		}
		if cut > 0 {
			room = int(min(int64(room), cut))
		}
		n, err := conn.Read(buf[:min(room, len(buf))])
		if cut > 0 {
			cut -= int64(n)
		}
		if werr := p.take(ctx, conn, buf[:n]); werr != nil {
			return werr
		}
		if err != nil {
			return err
		}
	}
}

// room is how many bytes may be read now. A format that is alone and does not
// fit is let in, so that the stream can throw it away. The caller holds mu.
func (p *Printer) room() int {
	if len(p.queue) == 0 {
		return max(p.cfg.BufferBytes-p.stream.held(), 1)
	}
	return p.cfg.BufferBytes - p.queued - p.stream.held()
}

// take handles received bytes and answers questions on the way.
func (p *Printer) take(ctx context.Context, w io.Writer, data []byte) error {
	for _, b := range data {
		p.mu.Lock()
		began := p.stream.partial()
		e, ok := p.stream.feed(b)
		p.received++
		if !began && p.stream.partial() {
			p.stream.cur.came = time.Now()
		}
		p.act(e, ok)
		cut := p.cuts()
		p.mu.Unlock()
		if cut {
			return errCut
		}
		if !ok || e.control == "" {
			continue
		}
		text := p.answer(e)
		if text == "" {
			continue
		}
		if err := p.late(ctx); err != nil {
			return err
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changed()
	return nil
}

// cuts says that the connection is to be cut here. The caller holds mu.
func (p *Printer) cuts() bool {
	n := p.faults.CutLabel
	if n == nil || !p.stream.partial() {
		return false
	}
	if *n > 0 {
		*n--
		return false
	}
	p.faults.CutLabel = nil
	return true
}

// late holds an answer back where a fault says so.
func (p *Printer) late(ctx context.Context) error {
	p.mu.Lock()
	ms := p.faults.Late
	p.mu.Unlock()
	if ms <= 0 {
		return nil
	}
	timer := time.NewTimer(time.Duration(float64(ms) / p.cfg.Clock * float64(time.Millisecond)))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// act does what an event asks for. The caller holds mu.
func (p *Printer) act(e event, ok bool) {
	switch {
	case !ok:
		return
	case e.format != nil:
		p.queue = append(p.queue, e.format)
		p.queued += len(e.format.raw)
	case e.sgd:
		return
	case e.control == "JA":
		p.queue, p.queued = nil, 0
		p.stop++
	case e.control == "PP":
		p.paused = true
	case e.control == "PS":
		p.paused = false
	case e.control == "JR":
		p.reset(false)
	}
	p.changed()
}
