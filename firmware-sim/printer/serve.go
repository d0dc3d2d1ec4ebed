package printer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// Run listens and prints until ctx ends, and returns nil then. It may be
// called once.
func (p *Printer) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	control, err := p.listenControl(ctx)
	if err != nil {
		return err
	}
	if err := p.listen(ctx); err != nil {
		control.close()
		return err
	}
	close(p.ready)
	p.cfg.Log.Info("printer listens", "printer", p.cfg.Name, "addr", p.Addr(), "control", p.ControlURL())
	var group sync.WaitGroup
	group.Go(func() { cancel(p.motor(ctx)) })
	group.Go(func() { cancel(control.serve(ctx)) })
	group.Go(func() { cancel(p.accept(ctx)) })
	<-ctx.Done()
	p.mu.Lock()
	p.drop()
	p.mu.Unlock()
	group.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("printer %s: %w", p.cfg.Name, err)
	}
	return nil
}

// listen opens the port; after the first time always the same one.
func (p *Printer) listen(ctx context.Context) error {
	p.mu.Lock()
	addr := p.addr
	p.mu.Unlock()
	if addr == "" {
		addr = p.cfg.Listen
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("printer %s: %w", p.cfg.Name, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ln, p.addr = ln, ln.Addr().String()
	return nil
}

// accept takes one connection after another. While it serves one, others wait
// in the listen queue of the system, as they do on a printer.
func (p *Printer) accept(ctx context.Context) error {
	for {
		p.mu.Lock()
		ln := p.ln
		p.mu.Unlock()
		conn, err := ln.Accept()
		if ctx.Err() != nil {
			if err == nil {
				_ = conn.Close()
			}
			return ctx.Err()
		}
		if err == nil {
			p.serve(ctx, conn)
			continue
		}
		if !errors.Is(err, net.ErrClosed) {
			return err
		}
		if err := p.wait(ctx, func() bool { return !p.faults.Refuse }); err != nil {
			return err
		}
		if err := p.listen(ctx); err != nil {
			return err
		}
	}
}

// serve reads one connection to its end. An error of the line is the end of
// the connection and no more.
func (p *Printer) serve(ctx context.Context, conn net.Conn) {
	cut := int64(-1)
	p.mu.Lock()
	p.conn = conn
	p.conns++
	if p.faults.CutAfter != nil {
		cut, p.faults.CutAfter = *p.faults.CutAfter, nil
	}
	if p.faults.Refuse {
		cut = 0
	}
	p.mu.Unlock()
	err := p.read(ctx, conn, cut)
	_ = conn.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conn = nil
	if p.cfg.DropPartial {
		p.stream.cancel()
	}
	p.changed()
	p.cfg.Log.Debug("printer connection ended", "printer", p.cfg.Name, "err", err)
}

var errCut = errors.New("printer: cut by a fault")

// read feeds received bytes to the stream; cut below 0 never cuts.
func (p *Printer) read(ctx context.Context, conn net.Conn, cut int64) error {
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
		if werr := p.take(conn, buf[:n]); werr != nil {
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
func (p *Printer) take(w io.Writer, data []byte) error {
	for _, b := range data {
		p.mu.Lock()
		e, ok := p.stream.feed(b)
		p.received++
		p.act(e, ok)
		p.mu.Unlock()
		if !ok || e.control == "" {
			continue
		}
		text := p.answer(e)
		if text == "" {
			continue
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
	}
	p.changed()
}
