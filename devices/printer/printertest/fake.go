package printertest

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// Faults are what a test switches on and off.
type Faults struct {
	PaperOut    bool
	HeadUp      bool
	Paused      bool
	MuteHS      bool // answers no ~HS
	MuteHSFault bool // answers no ~HS while something is wrong, as some firmware does
	MuteHQES    bool
	GarbleHS    bool // answers ~HS with noise in a figure
	KeepPartial bool // keeps half a format when the connection ends, until ~JX
	IgnoreJA    bool // ~JA has no effect
	Lose        bool // formats vanish: nothing comes out
	StuckCount  bool // labels come out and are not counted
}

// Printer is the fake. The zero value is a healthy printer without an odometer
// that prints at once.
type Printer struct {
	Odometer  bool          // has one
	PrintTime time.Duration // per label
	CountLate time.Duration // a format received is not counted in ~HS before that
	Model     string        // of ~HI; empty: does not answer
	Serial    string        // of ~HQSN; empty: does not answer

	mu      sync.Mutex
	faults  Faults
	labels  []string
	queue   []string
	began   time.Time // when the first of queue began
	taken   time.Time // when the last format was received
	partial []byte    // of a format not ended
	feed    uint64    // odometer
	heard   []string  // commands in their order
}

// Set changes the faults.
func (p *Printer) Set(change func(*Faults)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.advance()
	change(&p.faults)
	p.began = time.Now()
}

// Replace puts another printer in its place: nothing of the old one's work is left.
func (p *Printer) Replace(serial string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Serial, p.queue, p.partial, p.feed = serial, nil, nil, 0
}

// PowerCut switches off and on: what was not printed is gone, unless it replays.
func (p *Printer) PowerCut(replay bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.advance()
	p.partial, p.began = nil, time.Now()
	if !replay {
		p.queue = nil
	}
}

// SetPrintTime changes how long a label takes from now on.
func (p *Printer) SetPrintTime(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.advance()
	p.PrintTime = d
}

// Print lets a label come out that nobody sent over a wire.
func (p *Printer) Print(zpl string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.labels = append(p.labels, zpl)
	p.feed += 6
}

// Labels gives every label that came out, oldest first.
func (p *Printer) Labels() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.advance()
	return append([]string(nil), p.labels...)
}

// Heard gives the commands that came, formats as "^XA".
func (p *Printer) Heard() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.heard...)
}

// Serve talks on conn until it ends.
func (p *Printer) Serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	buf := make([]byte, 1024)
	var in []byte
	for {
		n, err := conn.Read(buf)
		in = append(in, buf[:n]...)
		var out string
		in, out = p.take(in)
		if out != "" {
			if _, werr := conn.Write([]byte(out)); werr != nil && err == nil {
				err = werr
			}
		}
		if err != nil {
			p.hangUp(in)
			return
		}
	}
}

// hangUp handles the end of a connection with rest unread.
func (p *Printer) hangUp(rest []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.faults.KeepPartial && bytes.HasPrefix(rest, []byte("^")) {
		p.partial = append(p.partial, rest...)
	}
}

// take consumes whole commands and formats of in and gives the answers.
func (p *Printer) take(in []byte) (rest []byte, out string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.advance()
	for len(in) > 0 {
		switch {
		case in[0] == '~':
			command := p.command(in)
			if command == "" {
				return in, out
			}
			in = in[len(command):]
			p.heard = append(p.heard, command)
			out += p.answer(command)
		case in[0] == '^':
			i := bytes.Index(in, []byte("^XZ"))
			if i < 0 {
				return in, out
			}
			format := string(p.partial) + string(in[:i+3])
			p.partial, in = nil, in[i+3:]
			p.heard = append(p.heard, "^XA")
			p.accept(format)
		default:
			in = in[1:]
		}
	}
	return in, out
}

func (p *Printer) command(in []byte) string {
	for _, c := range []string{"~HQES", "~HQOD", "~HQSN", "~HS", "~HI", "~JA", "~JX"} {
		if bytes.HasPrefix(in, []byte(c)) {
			return c
		}
	}
	if len(in) < 5 {
		return ""
	}
	return string(in[:3])
}

func (p *Printer) accept(format string) {
	if p.faults.Lose {
		return
	}
	if len(p.queue) == 0 {
		p.began = time.Now()
	}
	p.queue = append(p.queue, format)
	p.taken = time.Now()
	p.advance()
}

// advance lets labels come out that are due; p.mu is held.
func (p *Printer) advance() {
	for len(p.queue) > 0 && !p.stopped() && time.Since(p.began) >= p.PrintTime {
		p.labels = append(p.labels, p.queue[0])
		p.queue = p.queue[1:]
		p.began = p.began.Add(p.PrintTime)
		if !p.faults.StuckCount {
			p.feed += 6
		}
	}
}

func (p *Printer) stopped() bool { return p.faults.PaperOut || p.faults.HeadUp || p.faults.Paused }

func (p *Printer) answer(command string) string {
	switch command {
	case "~JX":
		p.partial = nil
	case "~JA":
		if !p.faults.IgnoreJA {
			p.queue, p.partial = nil, nil
		}
	case "~HS":
		if p.faults.MuteHS || (p.faults.MuteHSFault && p.stopped()) {
			return ""
		}
		return p.status()
	case "~HQES":
		if !p.faults.MuteHQES {
			return p.health()
		}
	case "~HI":
		if p.Model != "" {
			return "\x02" + p.Model + ",V92.21.16Z,8,8176KB\x03"
		}
	case "~HQSN":
		if p.Serial != "" {
			return "\x02\r\n\r\nSERIAL NUMBER\r\n   " + p.Serial + "\r\n\x03"
		}
	case "~HQOD":
		if p.Odometer {
			return fmt.Sprintf("\x02\r\n\r\nPRINT METERS\r\n   TOTAL NONRESETTABLE:   %8d \"\r\n   USER RESETTABLE CNTR1: %8d \"\r\n\x03", p.feed, p.feed)
		}
	}
	return ""
}

func (p *Printer) status() string {
	waiting := len(p.queue)
	if time.Since(p.taken) < p.CountLate {
		waiting = max(0, waiting-1)
	}
	formats := fmt.Sprintf("%03d", waiting)
	if p.faults.GarbleHS {
		formats = "0?0"
	}
	return fmt.Sprintf("\x02030,%d,%d,1200,%s,0,0,%d,000,0,0,0\x03\r\n\x02000,0,%d,0,0,2,4,0,%08d,1,000\x03\r\n\x021234,0\x03\r\n",
		bit(p.faults.PaperOut), bit(p.faults.Paused), formats, bit(len(p.partial) > 0), bit(p.faults.HeadUp), waiting)
}

func (p *Printer) health() string {
	errs := bit(p.faults.PaperOut) | bit(p.faults.HeadUp)<<2 | bit(p.faults.Paused)<<16
	return fmt.Sprintf("\x02\r\n\r\nPRINTER STATUS            \r\n   ERRORS:          %d 00000000 %08X  \r\n   WARNINGS:        0 00000000 00000000   \r\n\x03",
		bit(errs != 0), errs)
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Count gives how many labels contain the text.
func (p *Printer) Count(text string) int {
	n := 0
	for _, l := range p.Labels() {
		if strings.Contains(l, text) {
			n++
		}
	}
	return n
}
