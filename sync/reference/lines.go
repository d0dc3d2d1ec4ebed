package reference

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// MaxLine is the longest record, in bytes without its newline.
const MaxLine = 256 << 10

// errLong is returned for a line longer than MaxLine; the next call goes on
// behind it.
var errLong = errors.New("reference: line too long")

// lineReader cuts a body into lines.
type lineReader struct {
	r *bufio.Reader
	n int // the line last read, from 1
}

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{r: bufio.NewReaderSize(r, MaxLine+1)}
}

// next gives the next line that is not blank, valid until the next call. io.EOF
// is the clean end; errCut an end within a body.
func (l *lineReader) next() ([]byte, error) {
	for {
		line, err := l.r.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			l.n++
			return nil, l.skip()
		case err != nil && !errors.Is(err, io.EOF):
			return nil, errCut
		case err != nil && len(line) == 0:
			return nil, io.EOF
		}
		l.n++
		line = bytes.TrimSuffix(line, []byte{'\n'})
		if len(line) > MaxLine {
			return nil, errLong
		}
		if len(bytes.TrimSpace(line)) > 0 {
			return line, nil
		}
	}
}

// skip passes over the rest of a line that is too long.
func (l *lineReader) skip() error {
	for {
		_, err := l.r.ReadSlice('\n')
		switch {
		case err == nil, errors.Is(err, io.EOF):
			return errLong
		case !errors.Is(err, bufio.ErrBufferFull):
			return errCut
		}
	}
}
