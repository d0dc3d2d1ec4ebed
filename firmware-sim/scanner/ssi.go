package scanner

import "fmt"

// SSI opcodes (Symbol SE-923 integration guide, chapter 6).
const (
	ssiDecode   = 0xF3 // decoder: a code
	ssiAck      = 0xD0
	ssiNak      = 0xD1
	ssiBeep     = 0xE6 // host
	ssiLEDOn    = 0xE7
	ssiLEDOff   = 0xE8
	ssiEnable   = 0xE9
	ssiDisable  = 0xEA
	ssiStart    = 0xE4 // pull the trigger
	ssiStop     = 0xE5
	ssiRevision = 0xA3 // host asks, decoder answers A4
	ssiRevReply = 0xA4

	ssiDecoder = 0 // source
	ssiHost    = 4

	ssiRetransmit = 1
	ssiContinued  = 2

	nakResend = 1 // cause: checksum
	nakDenied = 6 // cause: not that command
	ssiHeader = 4 // length, opcode, source, status
	ssiMost   = 251
)

// packet is an SSI packet.
type packet struct {
	op, source, status byte
	data               []byte
}

// bytes puts it on the wire: the length counts the header and the data, the
// checksum is the two's complement of their sum, high byte first.
func (p packet) bytes() []byte {
	b := append([]byte{byte(ssiHeader + len(p.data)), p.op, p.source, p.status}, p.data...)
	sum := 0
	for _, c := range b {
		sum += int(c)
	}
	sum = -sum
	return append(b, byte(sum>>8), byte(sum))
}

// ssiReader finds the host's packets.
type ssiReader struct{ buf []byte }

// feed takes one byte; ok says that a packet is whole. A wrong checksum gives an
// error, and the reader begins anew behind it.
func (r *ssiReader) feed(b byte) (p packet, ok bool, err error) {
	if len(r.buf) == 0 && b < ssiHeader {
		return packet{}, false, nil // the wake-up byte 00, or noise
	}
	r.buf = append(r.buf, b)
	n := int(r.buf[0])
	if len(r.buf) < n+2 {
		return packet{}, false, nil
	}
	whole := r.buf
	r.buf = nil
	p = packet{op: whole[1], source: whole[2], status: whole[3], data: whole[ssiHeader:n]}
	if again := p.bytes(); again[n] != whole[n] || again[n+1] != whole[n+1] {
		return packet{}, false, fmt.Errorf("scanner: checksum %02x%02x, not %02x%02x", whole[n], whole[n+1], again[n], again[n+1])
	}
	return p, true, nil
}

// parts are the packets of one code: its type and its characters, at most 251
// bytes of data in each.
func parts(kind byte, code string) []packet {
	var out []packet
	for {
		n := min(len(code), ssiMost-1)
		p := packet{op: ssiDecode, source: ssiDecoder, data: append([]byte{kind}, code[:n]...)}
		code = code[n:]
		if code == "" {
			return append(out, p)
		}
		p.status = ssiContinued
		out = append(out, p)
	}
}

// ssiKind is the type byte that stands for an AIM identifier (SE-923 guide,
// table of decode data); 0 where the guide names none.
func ssiKind(aim string) byte {
	if len(aim) != 3 {
		return 0x03
	}
	switch aim[1] {
	case 'A':
		return 0x01 // Code 39
	case 'F':
		return 0x02 // Codabar
	case 'C':
		if aim == "]C1" {
			return 0x0F // EAN 128
		}
		return 0x03 // Code 128
	case 'I':
		return 0x06 // Interleaved 2 of 5
	case 'G':
		return 0x07 // Code 93
	case 'E':
		if aim == "]E4" {
			return 0x0A // EAN 8
		}
		return 0x0B // EAN 13
	case 'd':
		return 0x1B // Data Matrix
	case 'Q':
		return 0x1C // QR
	}
	return 0
}
