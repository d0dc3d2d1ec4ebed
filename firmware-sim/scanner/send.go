package scanner

import (
	"context"
	"fmt"
	"io"
	"time"
)

const (
	stx, etx, ack, nak = 0x02, 0x03, 0x06, 0x15
	attempts           = 3 // a code is sent once and again twice

	charWait  = 200 * time.Millisecond // host character time-out of the manual
	doubleGap = 150 * time.Millisecond // below the usual same-symbol time-out
)

// answer is what the host said to what was sent last.
type answer struct{ ok bool }

// chances are what faults do to one pull.
type chances struct {
	double, noise, half, corrupt bool
	rubbish                      []byte
	deaf, bit7                   bool
}

func (s *Scanner) draw() chances {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.faults
	c := chances{
		double: s.chance.Float64() < f.Double, noise: s.chance.Float64() < f.Noise, half: s.chance.Float64() < f.Half,
		corrupt: s.chance.Float64() < f.Corrupt, deaf: f.Deaf, bit7: f.Bit7,
	}
	for range 1 + s.chance.IntN(6) {
		c.rubbish = append(c.rubbish, byte(s.chance.IntN(256)))
	}
	return c
}

// one sends a pull until it is done.
func (s *Scanner) one(ctx context.Context, w io.Writer, e *Sent, heard <-chan answer) error {
	c := s.draw()
	code, aim := e.Code, e.AIM
	if code == "" {
		code, aim = s.cfg.NoRead, ""
	}
	if code == "" {
		s.note(e, func(e *Sent) { e.Done = true })
		return nil
	}
	if c.noise {
		if _, err := w.Write(mask(c.rubbish, c.bit7)); err != nil {
			return err
		}
		s.note(e, func(e *Sent) { e.Spoilt = "noise" })
	}
	if s.cfg.Protocol == "ssi" {
		return s.ssi(ctx, w, e, c, code, aim, heard)
	}
	if s.cfg.AIM && aim != "" {
		code = aim + code
	}
	text := mask(frame(s.cfg.Protocol, code), c.bit7)
	if c.half {
		s.note(e, func(e *Sent) { e.Done, e.Spoilt = true, "half" })
		_, err := w.Write(text[:len(text)/2])
		return err
	}
	if s.cfg.Protocol == "ack" {
		acked, err := s.until(ctx, w, e, c, heard, func(int) []byte { return text })
		if err == nil {
			s.note(e, func(e *Sent) { e.Acked, e.Done = acked, true })
		}
		return err
	}
	times := 1
	if c.double {
		times = 2
	}
	for i := range times {
		if i > 0 && !s.rest(ctx) {
			return errLine
		}
		if _, err := w.Write(text); err != nil {
			s.note(e, func(e *Sent) { e.Done, e.Spoilt = true, "line broke" })
			return err
		}
		s.note(e, func(e *Sent) { e.Times++ })
	}
	if s.cfg.Protocol == "none" && !s.rest(ctx) { // nothing but a silence ends the code
		return errLine
	}
	s.note(e, func(e *Sent) { e.Done = true })
	return nil
}

// rest is the time that a scanner takes to read the same code once more.
func (s *Scanner) rest(ctx context.Context) bool {
	timer := time.NewTimer(time.Duration(float64(doubleGap) / s.cfg.Clock))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// frame puts the protocol's ends around a code.
func frame(protocol, code string) []byte {
	switch protocol {
	case "lf":
		return []byte(code + "\n")
	case "crlf":
		return []byte(code + "\r\n")
	case "tab":
		return []byte(code + "\t")
	case "stx", "ack":
		return []byte(string(rune(stx)) + code + string(rune(etx)))
	case "none":
		return []byte(code)
	}
	return []byte(code + "\r")
}

// mask loses the eighth bit where seven says so.
func mask(b []byte, seven bool) []byte {
	if !seven {
		return b
	}
	out := make([]byte, len(b))
	for i, c := range b {
		out[i] = c & 0x7f
	}
	return out
}

// ssi sends a code as packets, each until it is acknowledged.
func (s *Scanner) ssi(ctx context.Context, w io.Writer, e *Sent, c chances, code, aim string, heard <-chan answer) error {
	kind := ssiKind(aim)
	if s.cfg.AIM && aim != "" {
		code = aim + code
	}
	rounds := 1
	if c.double {
		rounds = 2
	}
	acked, err := true, error(nil)
	for i := range rounds {
		if i > 0 && !s.rest(ctx) {
			return errLine
		}
		for _, p := range parts(kind, code) {
			acked, err = s.until(ctx, w, e, c, heard, func(n int) []byte {
				if n > 0 {
					p.status |= ssiRetransmit
				}
				b := p.bytes()
				if n == 0 && c.corrupt {
					b[len(b)-1] ^= 0x5a
				}
				if n == 0 && c.half {
					b = b[:len(b)/2]
				}
				return mask(b, c.bit7)
			})
			if err != nil {
				return err
			}
			if !acked {
				break
			}
		}
	}
	s.note(e, func(e *Sent) { e.Acked, e.Done = acked, true })
	return nil
}

// until sends what text gives until the host acknowledges it, three times at
// most; then the scanner gives the code up.
func (s *Scanner) until(ctx context.Context, w io.Writer, e *Sent, c chances, heard <-chan answer, text func(n int) []byte) (bool, error) {
	for n := range attempts {
		drain(heard)
		if _, err := w.Write(text(n)); err != nil {
			return false, err // it goes out again when the line is back
		}
		s.note(e, func(e *Sent) { e.Times++ })
		if ok, err := s.answered(ctx, e, heard, c.deaf); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// answered waits for the host; false: it refused, or the time was up.
func (s *Scanner) answered(ctx context.Context, e *Sent, heard <-chan answer, deaf bool) (bool, error) {
	timer := time.NewTimer(time.Duration(float64(s.cfg.AckWait) / s.cfg.Clock))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return false, errLine
		case <-timer.C:
			return false, nil
		case a := <-heard:
			if deaf {
				continue
			}
			if !a.ok {
				s.note(e, func(e *Sent) { e.Refused++ })
			}
			return a.ok, nil
		}
	}
}

func drain(heard <-chan answer) {
	for {
		select {
		case <-heard:
		default:
			return
		}
	}
}

// listen takes what the host sends until the line ends.
func (s *Scanner) listen(ctx context.Context, rw io.ReadWriter, heard chan<- answer) {
	var r ssiReader
	buf, last := make([]byte, 256), time.Now()
	for ctx.Err() == nil {
		n, err := rw.Read(buf)
		if time.Since(last) > charWait {
			r.buf = nil // half a packet that was never ended
		}
		last = time.Now()
		for _, b := range buf[:n] {
			switch s.cfg.Protocol {
			case "ssi":
				s.command(rw, &r, b, heard)
			case "ack":
				if b == ack || b == nak {
					tell(heard, b == ack)
				}
			default:
				if b == '\a' {
					s.beep()
				}
			}
		}
		if err != nil {
			return
		}
	}
}

func tell(heard chan<- answer, ok bool) {
	select {
	case heard <- answer{ok}:
	default: // nobody waits for so many
	}
}

func (s *Scanner) beep() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beeps++
	s.changed()
}

// command takes a byte of the host and answers a whole packet.
func (s *Scanner) command(w io.Writer, r *ssiReader, b byte, heard chan<- answer) {
	p, ok, err := r.feed(b)
	if err != nil {
		s.reply(w, ssiNak, nakResend)
		return
	}
	if !ok {
		return
	}
	switch p.op {
	case ssiAck:
		tell(heard, true)
		return
	case ssiNak:
		tell(heard, false)
		return
	case ssiRevision:
		s.reply(w, ssiRevReply, []byte("SIM-SE923 S/N "+s.cfg.Name)...)
		return
	case ssiBeep:
		s.beep()
	case ssiLEDOn, ssiLEDOff, ssiEnable, ssiDisable:
		s.mu.Lock()
		s.led = p.op == ssiLEDOn || s.led && p.op != ssiLEDOff
		s.off = p.op == ssiDisable || s.off && p.op != ssiEnable
		s.changed()
		s.mu.Unlock()
	case ssiStart, ssiStop:
	default:
		s.reply(w, ssiNak, nakDenied)
		return
	}
	s.reply(w, ssiAck)
}

func (s *Scanner) reply(w io.Writer, op byte, data ...byte) {
	if _, err := w.Write((packet{op: op, source: ssiDecoder, data: data}).bytes()); err != nil {
		s.cfg.Log.Debug("scanner answer", "scanner", s.cfg.Name, "err", fmt.Errorf("write: %w", err))
	}
}
