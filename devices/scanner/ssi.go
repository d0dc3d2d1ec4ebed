package scanner

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"time"
)

// Opcodes of SSI that matter here (Symbol SE-923 integration guide, chapter 6).
const (
	opDecodeData      = 0xF3
	opAck             = 0xD0
	opNak             = 0xD1
	opRequestRevision = 0xA3
	opReplyRevision   = 0xA4
	opBeep            = 0xE6

	fromDecoder = 0
	fromHost    = 4

	statusRetransmit = 1 << 0
	statusContinued  = 1 << 1

	nakResend = 1 // the packet did not add up

	beepShortHigh = 0x00 // one short high tone
	beepLongLow4  = 0x12 // four long low tones

	minPacket = 4 // length, opcode, source, status
	sumLen    = 2
)

// Packet is one SSI packet.
type Packet struct {
	Opcode byte
	Source byte // 0 decoder, 4 host
	Status byte
	Data   []byte
}

// Retransmit says that the sender sent it before.
func (p Packet) Retransmit() bool { return p.Status&statusRetransmit != 0 }

// Continued says that the data goes on in the next packet.
func (p Packet) Continued() bool { return p.Status&statusContinued != 0 }

// Bytes is the packet on the wire: length (without the checksum), opcode,
// source, status, data, two's complement of the sum, high byte first. Data is at
// most 251 bytes.
func (p Packet) Bytes() []byte {
	b := append([]byte{byte(minPacket + len(p.Data)), p.Opcode, p.Source, p.Status}, p.Data...)
	return binary.BigEndian.AppendUint16(b, checksum(b))
}

func checksum(b []byte) uint16 {
	var sum uint16
	for _, c := range b {
		sum += uint16(c)
	}
	return -sum
}

// ParsePacket reads one packet, which is all of b.
func ParsePacket(b []byte) (Packet, error) {
	if len(b) < minPacket+sumLen || b[0] < minPacket || len(b) != int(b[0])+sumLen {
		return Packet{}, fmt.Errorf("%w: packet of %d bytes", ErrCut, len(b))
	}
	n := int(b[0])
	if want := binary.BigEndian.Uint16(b[n:]); checksum(b[:n]) != want {
		return Packet{}, fmt.Errorf("%w: %04x, not %04x", ErrChecksum, want, checksum(b[:n]))
	}
	return Packet{Opcode: b[1], Source: b[2], Status: b[3], Data: slices.Clone(b[minPacket:n])}, nil
}

func hostPacket(op byte, data ...byte) []byte {
	return Packet{Opcode: op, Source: fromHost, Data: data}.Bytes()
}

// ssi finds packets in a stream and puts continued data together.
type ssi struct {
	idle, settle time.Duration
	max          int

	buf     []byte
	bad     bool   // bytes were left out since the last packet
	parts   []byte // data of continued packets so far
	last    []byte // the data of the packet that came last
	whole   []byte // what last completed, for when its last packet is sent again
	tooLong bool
}

// Feed takes the next bytes.
func (s *ssi) Feed(p []byte) []Event {
	var out []Event
	for _, b := range p {
		s.buf = append(s.buf, b)
		for {
			e, again, ok := s.step()
			if ok {
				out = append(out, e)
			}
			if !again {
				break
			}
		}
	}
	return out
}

// step looks at the bytes so far; again says that there may be more in them.
func (s *ssi) step() (e Event, again, ok bool) {
	switch {
	case len(s.buf) == 0:
		return Event{}, false, false
	// A length that no packet has, or a source that no scanner has: out of step.
	case s.buf[0] < minPacket, len(s.buf) >= 3 && s.buf[2] != fromDecoder:
		e = Event{Raw: s.buf[:1:1], Fault: fmt.Errorf("%w: no packet begins with %02x", ErrNoise, s.buf[0])}
		first := !s.bad // a stretch of noise counts once
		s.buf, s.bad = s.buf[1:], true
		return e, true, first
	case len(s.buf) < int(s.buf[0])+sumLen:
		return Event{}, false, false
	}
	whole := s.buf[:int(s.buf[0])+sumLen]
	p, err := ParsePacket(whole)
	if err != nil {
		s.buf = s.buf[1:]
		first := !s.bad
		s.bad = true
		return Event{Raw: slices.Clone(whole), Fault: err}, true, first
	}
	s.buf, s.bad = slices.Clone(s.buf[len(whole):]), false
	e, ok = s.packet(p, slices.Clone(whole))
	return e, true, ok
}

func (s *ssi) packet(p Packet, raw []byte) (Event, bool) {
	e := Event{Raw: raw, Again: p.Retransmit(), Answer: hostPacket(opAck)}
	switch p.Opcode {
	case opAck, opNak: // an ACK is not acknowledged
		return Event{}, false
	case opReplyRevision:
		e.Firmware = firmware(p.Data)
		return e, true
	case opDecodeData:
		return s.decoded(p, e)
	}
	return e, true // an event or a reply that is merely acknowledged
}

// decoded takes a packet of decoded data: type of bar code, then its characters.
func (s *ssi) decoded(p Packet, e Event) (Event, bool) {
	again := p.Retransmit() && bytes.Equal(s.last, p.Data)
	s.last = p.Data
	if again && s.whole != nil { // the last packet of a code that was complete
		return s.code(s.whole, e), true
	}
	if !again {
		data := p.Data
		if len(s.parts) > 0 && len(data) > 0 {
			data = data[1:] // each part repeats the type
		}
		s.parts, s.whole = append(s.parts, data...), nil
	}
	if len(s.parts) > s.max+1 { // the type is no character
		s.parts, s.tooLong = s.parts[:1], true
	}
	if p.Continued() {
		return e, true
	}
	whole, long := s.parts, s.tooLong
	s.parts, s.tooLong = nil, false
	if long {
		e.Fault = fmt.Errorf("%w: more than %d bytes", ErrLong, s.max)
		return e, true
	}
	s.whole = whole
	return s.code(whole, e), true
}

// code judges the type and characters of a whole code.
func (s *ssi) code(whole []byte, e Event) Event {
	if len(whole) < 2 {
		e.Fault = fmt.Errorf("%w: no data", ErrCut)
		return e
	}
	if e.Fault = legible(whole[1:]); e.Fault != nil {
		return e
	}
	e.Read = true
	if e.Code, e.Symbology = splitAIM(string(whole[1:])); e.Symbology == "" {
		e.Symbology = ssiSymbology(whole[0], e.Code)
	}
	return e
}

// ssiSymbology gives the AIM identifier that an SSI type of bar code stands for,
// where it stands for one only; the data matrix types do not tell GS1 apart.
func ssiSymbology(kind byte, code string) string {
	switch {
	case kind == 0x03:
		return "]C0" // Code 128
	case kind == 0x0F:
		return "]C1" // GS1-128
	case kind == 0x0B && len(code) == 13:
		return "]E0" // EAN-13
	case kind == 0x0A && len(code) == 8:
		return "]E4" // EAN-8
	}
	return ""
}

// firmware is the first word of a REPLY_REVISION.
func firmware(data []byte) string {
	f := bytes.Fields(data)
	if len(f) == 0 || legible(f[0]) != nil {
		return ""
	}
	return string(f[0])
}

// Wants is the silence after which a packet without its end is given up, or a
// code of several packets.
func (s *ssi) Wants() time.Duration {
	switch {
	case len(s.buf) > 0 || s.bad:
		return s.idle
	case len(s.parts) > 0:
		return s.settle
	}
	return 0
}

// Quiet gives up what lies there and asks for it again: the scanner repeats what
// was not acknowledged.
func (s *ssi) Quiet(d time.Duration) []Event {
	var out []Event
	if d >= s.idle && (len(s.buf) > 0 || s.bad) {
		e := Event{Answer: hostPacket(opNak, nakResend)}
		if len(s.buf) > 0 {
			e = Event{Raw: s.buf, Fault: fmt.Errorf("%w: silence inside a packet", ErrCut), Refuse: e.Answer}
		}
		out = append(out, e)
		s.buf, s.bad = nil, false
	}
	if d >= s.settle && len(s.parts) > 0 {
		out = append(out, Event{Raw: s.parts, Fault: fmt.Errorf("%w: its other packets are missing", ErrCut)})
		s.parts, s.last, s.tooLong = nil, nil, false
	}
	return out
}
