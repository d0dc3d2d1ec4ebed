package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ErrPlace is returned for a place that cannot be understood or played.
var ErrPlace = errors.New("wire: bad place")

// settle is how long a line rests before it is offered again after its device
// ended the talk, so that a device which ends at once does not spin.
const settle = 10 * time.Millisecond

// Line is a stream of bytes that a host can open: a TCP port or a serial line.
type Line struct {
	serial bool
	calls  chan net.Conn // mem: nil for the others
	place  string        // host:port, or the name of the serial line; "" for the system's
	baud   int           // 0: as fast as it goes
	clock  float64
	log    *slog.Logger
	ready  chan struct{}

	mu     sync.Mutex
	once   sync.Once
	change chan struct{}
	pulled bool
	name   string // where it is reached now
	ln     net.Listener
	conn   io.Closer
}

// Options of a Line; the zero value is fine.
type Options struct {
	Clock float64      // how many times faster than real time baud counts; 0: 1
	Log   *slog.Logger // nil: silent
}

// NewLine reads a place; see the package for what can stand there. It returns
// ErrPlace.
func NewLine(place string, o Options) (*Line, error) {
	l := &Line{clock: o.Clock, log: o.Log, ready: make(chan struct{}), change: make(chan struct{})}
	if l.clock <= 0 {
		l.clock = 1
	}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	if place == "mem:" {
		l.calls, l.name = make(chan net.Conn), place
		return l, nil
	}
	rest, serial := strings.CutPrefix(place, "pty:")
	if !serial {
		l.place = strings.TrimPrefix(place, "tcp://")
		if _, port, err := net.SplitHostPort(l.place); err != nil || port == "" {
			return nil, fmt.Errorf("%w: %q is neither host:port nor pty:/name", ErrPlace, place)
		}
		return l, nil
	}
	path, query, _ := strings.Cut(rest, "?")
	l.serial, l.place = true, strings.TrimPrefix(path, "//")
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, fmt.Errorf("%w: %q: %w", ErrPlace, place, err)
	}
	for key, v := range values {
		if key != "baud" {
			return nil, fmt.Errorf("%w: %q: %q is not known (baud)", ErrPlace, place, key)
		}
		if l.baud, err = strconv.Atoi(v[0]); err != nil || l.baud < 50 || l.baud > 4_000_000 {
			return nil, fmt.Errorf("%w: %q: baud %q is no speed", ErrPlace, place, v[0])
		}
	}
	return l, nil
}

// Ready is closed when the line can be opened for the first time.
func (l *Line) Ready() <-chan struct{} { return l.ready }

// Serial says whether it is a serial line.
func (l *Line) Serial() bool { return l.serial }

// Name is where the line is reached: host:port, or the path of the tty. It is ""
// before Ready.
func (l *Line) Name() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.name
}

// Dial opens a line in memory (mem:), as a host does: it is refused while the line
// is away or another host has it.
func (l *Line) Dial(ctx context.Context) (net.Conn, error) {
	if l.Pulled() || l.calls == nil {
		return nil, fmt.Errorf("%w: %s: nothing answers", ErrPlace, l.Name())
	}
	here, there := net.Pipe()
	select {
	case l.calls <- there:
		return here, nil
	case <-ctx.Done():
		_ = here.Close()
		return nil, ctx.Err()
	}
}

// Pull takes the line away (true) or gives it back. What is open is cut at once.
func (l *Line) Pull(away bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pulled == away {
		return
	}
	l.pulled = away
	if away {
		l.drop()
	}
	close(l.change)
	l.change = make(chan struct{})
}

// Pulled says whether the line is away.
func (l *Line) Pulled() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pulled
}

// Cut ends the present connection; of a serial line both ends, so that it comes
// back as another tty.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		_ = l.conn.Close() // it may be closed already
	}
}

// drop closes port and connection. The caller holds mu.
func (l *Line) drop() {
	if l.ln != nil {
		_ = l.ln.Close() // it may be closed already
	}
	if l.conn != nil {
		_ = l.conn.Close()
	}
}

// Run offers the line until ctx ends and returns nil then. serve has one
// connection at a time and returns when it is over; a connection is closed
// behind it. A place that cannot be taken ends Run with an error.
func (l *Line) Run(ctx context.Context, serve func(ctx context.Context, conn io.ReadWriteCloser)) error {
	stop := context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.drop()
	})
	defer stop()
	for {
		if err := l.back(ctx); err != nil {
			return nil
		}
		conn, err := l.next(ctx)
		switch {
		case ctx.Err() != nil:
			if err == nil {
				_ = conn.Close()
			}
			return nil
		case err == nil:
		case errors.Is(err, net.ErrClosed): // pulled while it waited
			continue
		default:
			return fmt.Errorf("wire: %w", err)
		}
		if l.take(conn) {
			serve(ctx, l.pace(ctx, conn))
		}
		_ = conn.Close() // a cut closed it before
		l.mu.Lock()
		l.conn = nil
		l.mu.Unlock()
		if l.serial {
			_ = sleep(ctx, settle)
		}
	}
}

// take notes the connection, unless the line was pulled or the end came since.
func (l *Line) take(conn io.Closer) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pulled {
		return false
	}
	l.conn = conn
	return true
}

// back waits until the line is not pulled.
func (l *Line) back(ctx context.Context) error {
	for {
		l.mu.Lock()
		pulled, change := l.pulled, l.change
		l.mu.Unlock()
		if !pulled {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-change:
		}
	}
}

// next gives the next connection: a caller on the port, or a new tty.
func (l *Line) next(ctx context.Context) (io.ReadWriteCloser, error) {
	if l.calls != nil {
		return l.called(ctx)
	}
	if l.serial {
		t, err := openTTY(l.place)
		if err != nil {
			return nil, err
		}
		l.offered(t.Name())
		return t, nil
	}
	ln, err := l.listen(ctx)
	if err != nil {
		return nil, err
	}
	conn, err := ln.Accept()
	if err != nil {
		l.mu.Lock()
		l.ln = nil
		l.mu.Unlock()
		return nil, err
	}
	return conn, nil
}

// called waits for a host on a line in memory.
func (l *Line) called(ctx context.Context) (io.ReadWriteCloser, error) {
	l.once.Do(func() { close(l.ready) })
	l.mu.Lock()
	change := l.change
	l.mu.Unlock()
	select {
	case conn := <-l.calls:
		return conn, nil
	case <-change:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *Line) offered(name string) {
	l.mu.Lock()
	l.name = name
	l.mu.Unlock()
	l.once.Do(func() { close(l.ready) })
}

// listen opens the port; after the first time always the same one.
func (l *Line) listen(ctx context.Context) (net.Listener, error) {
	l.mu.Lock()
	ln, addr := l.ln, l.name
	l.mu.Unlock()
	if ln != nil {
		return ln, nil
	}
	if addr == "" {
		addr = l.place
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	l.ln = ln
	if l.pulled || ctx.Err() != nil {
		l.drop() // pulled since: Accept says so
	}
	l.mu.Unlock()
	l.offered(ln.Addr().String())
	return ln, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
