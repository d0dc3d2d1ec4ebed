package scale

import "slices"

// maxFrame bounds a frame in bytes; the longest answer, an MT-SICS text, has
// fewer than 80.
const maxFrame = 96

// Lines cuts a stream into frames at CR LF, however the bytes come. The zero
// value is ready. What is longer than any frame is dropped up to the next CR LF.
type Lines struct {
	Dropped int // stretches of maxFrame bytes without a CR LF

	buf  []byte
	over bool
	cr   bool // the last byte was CR
}

// Feed takes the next bytes and gives the frames that are whole with them,
// without their CR LF; empty ones are left out.
func (l *Lines) Feed(p []byte) [][]byte {
	var out [][]byte
	for _, b := range p {
		if l.cr && b == '\n' {
			if n := len(l.buf) - 1; n > 0 && !l.over {
				out = append(out, slices.Clone(l.buf[:n]))
			}
			l.buf, l.over, l.cr = l.buf[:0], false, false
			continue
		}
		l.cr = b == '\r'
		if len(l.buf) >= maxFrame {
			l.buf, l.over = l.buf[:0], true
			l.Dropped++
		}
		l.buf = append(l.buf, b)
	}
	return out
}

// Begun is how many bytes of the next frame have come.
func (l *Lines) Begun() int { return len(l.buf) }
