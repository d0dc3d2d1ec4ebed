package link

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"

	"dcedge/devices"
)

var errSimClosed = errors.New("link: gpio+sim: closed")

// simPin is one pin of a simulator, over one connection; see doc.go for the
// lines. It behaves as periph's own pins do: edges that nobody waited for are
// kept as one.
type simPin struct {
	name string
	conn net.Conn
	edge chan struct{} // holds one
	gone chan struct{} // closed when err is set

	mu    sync.Mutex
	level gpio.Level
	pull  gpio.Pull
	edges gpio.Edge
	known bool
	err   error
}

var _ gpio.PinIO = (*simPin)(nil)

// Bounds of what a simulator sends: a line in bytes, and the lines in a second. Each
// pin hears of every pin of its board, and a few of them may be encoders.
const (
	maxSimLine   = 256
	mostSimLines = 10_000
)

func dialSim(ctx context.Context, o *PinOpener) (*simPin, error) {
	d := net.Dialer{Timeout: o.wait}
	conn, err := d.DialContext(ctx, "unix", o.socket)
	if err != nil {
		return nil, fmt.Errorf("link: gpio+sim: %w", err)
	}
	p := &simPin{name: o.name, conn: conn, edge: make(chan struct{}, 1), gone: make(chan struct{})}
	known := make(chan struct{})
	go p.listen(known)
	if err := p.send("pins\n"); err != nil {
		p.end(err)
		return nil, err
	}
	t := time.NewTimer(min(o.wait, 2*time.Second))
	defer t.Stop()
	select {
	case <-known:
		return p, nil
	case <-p.gone:
		return nil, p.fault()
	case <-t.C:
		err = fmt.Errorf("link: gpio+sim: %s has no pin %q", o.socket, o.name)
	case <-ctx.Done():
		err = ctx.Err()
	}
	p.end(err)
	return nil, err
}

// listen takes the simulator's lines until the connection ends.
func (p *simPin) listen(known chan<- struct{}) {
	s := bufio.NewScanner(p.conn)
	s.Buffer(make([]byte, maxSimLine), maxSimLine)
	lines := devices.Rate{Most: mostSimLines}
	for s.Scan() {
		if lines.Over(1, time.Now()) {
			p.end(fmt.Errorf("link: gpio+sim: %w", devices.ErrFlood))
			return
		}
		level, ok := simLevel(s.Text(), p.name)
		if !ok {
			continue
		}
		p.mu.Lock()
		first, changed := !p.known, p.known && level != p.level
		rising := p.edges == gpio.RisingEdge || p.edges == gpio.BothEdges
		falling := p.edges == gpio.FallingEdge || p.edges == gpio.BothEdges
		p.known, p.level = true, level
		p.mu.Unlock()
		if first {
			close(known)
		}
		if changed && (bool(level) && rising || !bool(level) && falling) {
			select {
			case p.edge <- struct{}{}:
			default: // one is kept already
			}
		}
	}
	err := s.Err()
	if err == nil {
		err = errors.New("the simulator ended")
	}
	p.end(fmt.Errorf("link: gpio+sim: %w", err))
}

// simLevel reads one line; ok is false for lines that are not about this pin.
func simLevel(line, name string) (level gpio.Level, ok bool) {
	rest, found := strings.CutPrefix(line, "level "+name+" ")
	if !found || rest != "0" && rest != "1" {
		return gpio.Low, false
	}
	return rest == "1", true
}

func (p *simPin) end(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
		close(p.gone)
	}
	_ = p.conn.Close()
}

func (p *simPin) fault() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

func (p *simPin) send(line string) error {
	if err := p.conn.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
		return fmt.Errorf("link: gpio+sim: %w", err)
	}
	if _, err := p.conn.Write([]byte(line)); err != nil {
		return fmt.Errorf("link: gpio+sim: %w", err)
	}
	return nil
}

// In implements gpio.PinIn.
func (p *simPin) In(pull gpio.Pull, edge gpio.Edge) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pull, p.edges = pull, edge
	select {
	case <-p.edge:
	default:
	}
	return p.err
}

// Read implements gpio.PinIn.
func (p *simPin) Read() gpio.Level {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.level
}

// WaitForEdge implements gpio.PinIn; the loss of the simulator ends it early.
func (p *simPin) WaitForEdge(timeout time.Duration) bool {
	var end <-chan time.Time // nil waits for ever
	if timeout >= 0 {
		t := time.NewTimer(timeout)
		defer t.Stop()
		end = t.C
	}
	select {
	case <-p.edge:
		return true
	case <-p.gone:
		return false
	case <-end:
		return false
	}
}

// Out implements gpio.PinOut.
func (p *simPin) Out(l gpio.Level) error {
	n := "0"
	if l {
		n = "1"
	}
	if err := p.send("set " + p.name + " " + n + "\n"); err != nil {
		return err
	}
	p.mu.Lock()
	p.level = l
	p.mu.Unlock()
	return nil
}

// PWM implements gpio.PinOut.
func (p *simPin) PWM(gpio.Duty, physic.Frequency) error {
	return errors.New("link: gpio+sim: no PWM")
}

// Pull implements gpio.PinIn.
func (p *simPin) Pull() gpio.Pull {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pull
}

// Halt implements conn.Resource: it ends the connection and wakes WaitForEdge.
func (p *simPin) Halt() error {
	p.end(errSimClosed)
	return nil
}

// DefaultPull, Name, String, Number and Function implement gpio.PinIO.
func (p *simPin) DefaultPull() gpio.Pull { return gpio.PullNoChange }

// Name implements pin.Pin.
func (p *simPin) Name() string { return p.name }

func (p *simPin) String() string { return p.name }

// Number implements pin.Pin; a pin of a simulator has none.
func (p *simPin) Number() int { return -1 }

// Function implements pin.Pin.
func (p *simPin) Function() string { return "Sim" }
