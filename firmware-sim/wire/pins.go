package wire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// pinQueue is how many level lines a host may lag behind before it is cut off.
const pinQueue = 4096

var pinName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// Pins is a board of pins on a unix socket; see the package for its lines.
type Pins struct {
	path  string
	ready chan struct{}

	mu     sync.Mutex
	levels map[string]bool
	order  []string
	hosts  map[*pinHost]bool
	onSet  func(name string, level bool)
	pulled bool
}

type pinHost struct {
	conn net.Conn
	out  chan string
}

// NewPins makes a board with these pins, all low, on the socket path.
func NewPins(path string, names ...string) (*Pins, error) {
	p := &Pins{path: path, ready: make(chan struct{}), levels: map[string]bool{}, hosts: map[*pinHost]bool{}}
	if path == "" {
		return nil, fmt.Errorf("%w: pins want the path of a socket", ErrPlace)
	}
	for _, n := range names {
		if !pinName.MatchString(n) {
			return nil, fmt.Errorf("%w: pin %q: letters, digits and . _ -, at most 64", ErrPlace, n)
		}
		if _, twice := p.levels[n]; twice {
			return nil, fmt.Errorf("%w: pin %q is there twice", ErrPlace, n)
		}
		p.levels[n], p.order = false, append(p.order, n)
	}
	return p, nil
}

// OnSet names what is told of outputs that the host drives; call it before Run.
// It must not block and must not call Pins.
func (p *Pins) OnSet(f func(name string, level bool)) { p.onSet = f }

// Ready is closed when the socket listens.
func (p *Pins) Ready() <-chan struct{} { return p.ready }

// Level is the present level of a pin.
func (p *Pins) Level(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.levels[name]
}

// Set gives an input its level; a change is told to every host. A name that is
// not there is left out.
func (p *Pins) Set(name string, level bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.change(name, level)
}

// change notes and tells a level. The caller holds mu.
func (p *Pins) change(name string, level bool) bool {
	old, known := p.levels[name]
	if !known || old == level {
		return known
	}
	p.levels[name] = level
	for h := range p.hosts {
		p.tell(h, levelLine(name, level))
	}
	return true
}

func levelLine(name string, level bool) string {
	if level {
		return "level " + name + " 1\n"
	}
	return "level " + name + " 0\n"
}

// tell queues a line; a host that does not read is cut off. The caller holds mu.
func (p *Pins) tell(h *pinHost, line string) {
	select {
	case h.out <- line:
	default:
		_ = h.conn.Close()
	}
}

// Pull takes the board away from every host (true) or gives it back: while it is
// away a connection is closed at once.
func (p *Pins) Pull(away bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pulled = away
	if away {
		for h := range p.hosts {
			_ = h.conn.Close()
		}
	}
}

// Run listens until ctx ends and returns nil then.
func (p *Pins) Run(ctx context.Context) error {
	if err := p.clear(); err != nil {
		return err
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "unix", p.path)
	if err != nil {
		return fmt.Errorf("wire: pins: %w", err)
	}
	close(p.ready)
	var group sync.WaitGroup
	defer group.Wait()
	stop := context.AfterFunc(ctx, func() { _ = ln.Close() })
	defer stop()
	for {
		conn, err := ln.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				_ = conn.Close()
			}
			return nil
		case err != nil:
			return fmt.Errorf("wire: pins: %w", err)
		}
		group.Go(func() { p.serve(ctx, conn) })
	}
}

// clear removes a socket that nobody listens on, left by a run that was killed.
func (p *Pins) clear() error {
	info, err := os.Lstat(p.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("wire: pins: %w", err)
	}
	if info.Mode()&fs.ModeSocket == 0 {
		return fmt.Errorf("%w: %s is there and is no socket", ErrPlace, p.path)
	}
	conn, err := net.Dial("unix", p.path)
	if err == nil {
		_ = conn.Close()
		return fmt.Errorf("%w: somebody listens on %s", ErrPlace, p.path)
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("wire: pins: %w", err)
	}
	return os.Remove(p.path)
}

func (p *Pins) serve(ctx context.Context, conn net.Conn) {
	h := &pinHost{conn: conn, out: make(chan string, pinQueue)}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	p.mu.Lock()
	pulled := p.pulled
	if !pulled {
		p.hosts[h] = true
	}
	p.mu.Unlock()
	if pulled {
		_ = conn.Close()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for line := range h.out {
			if _, err := conn.Write([]byte(line)); err != nil {
				_ = conn.Close() // the reader below ends it
			}
		}
	}()
	lines := bufio.NewScanner(conn)
	lines.Buffer(make([]byte, 256), 256)
	for lines.Scan() {
		p.line(h, lines.Text())
	}
	p.mu.Lock()
	delete(p.hosts, h)
	close(h.out)
	p.mu.Unlock()
	_ = conn.Close()
	<-done
}

// line takes what a host says; what is not known is left out.
func (p *Pins) line(h *pinHost, text string) {
	p.mu.Lock()
	if text == "pins" {
		for _, n := range slices.Clone(p.order) {
			p.tell(h, levelLine(n, p.levels[n]))
		}
		p.mu.Unlock()
		return
	}
	name, level, ok := setLine(text)
	known := ok && p.change(name, level)
	p.mu.Unlock()
	if known && p.onSet != nil {
		p.onSet(name, level)
	}
}

// setLine reads "set NAME 0|1".
func setLine(text string) (name string, level, ok bool) {
	rest, ok := strings.CutPrefix(text, "set ")
	if !ok {
		return "", false, false
	}
	name, bit, ok := strings.Cut(rest, " ")
	if !ok || bit != "0" && bit != "1" || !pinName.MatchString(name) {
		return "", false, false
	}
	return name, bit == "1", true
}
