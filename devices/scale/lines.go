package scale

import "slices"

// maxFrame bounds a frame in bytes; the longest answer, an MT-SICS text, has
// fewer than 80.
const maxFrame = 96

// Lines cuts a stream into frames at CR LF, however the bytes come. The zero
// value is ready. What is longer than any frame is dropped up to the next CR LF.
type Lines struct {
	Dropped int // stretches that were too long

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
			if l.over {
				l.Dropped++
			} else if n := len(l.buf) - 1; n > 0 {
				out = append(out, slices.Clone(l.buf[:n]))
			}
			l.buf, l.over, l.cr = l.buf[:0], false, false
			continue
		}
		l.cr = b == '\r'
		if len(l.buf) >= maxFrame {
			l.buf, l.over = l.buf[:0], true
		}
		l.buf = append(l.buf, b)
	}
	return out
}
