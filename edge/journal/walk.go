package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const walkBuffer = 256 << 10

// walker reads the frames of one segment, one after another.
type walker struct {
	r    io.ReaderAt
	size int64 // of the file
	tag  uint64
	off  int64 // of the next frame

	buf   []byte
	start int64 // offset in the file of buf[0]
	have  int   // valid bytes in buf
}

func newWalker(r io.ReaderAt, size int64, tag uint64, off int64, buf []byte) *walker {
	if buf == nil {
		buf = make([]byte, max(frameHead, min(walkBuffer, size-off)))
	}
	return &walker{r: r, size: size, tag: tag, off: off, buf: buf, start: off}
}

// at gives need bytes at off, which must lie in the file. They are valid until
// the next call.
func (w *walker) at(off int64, need int) ([]byte, error) {
	if from := off - w.start; from >= 0 && from+int64(need) <= int64(w.have) {
		return w.buf[from : from+int64(need)], nil
	}
	if need > len(w.buf) {
		w.buf = make([]byte, need)
	}
	want := int(min(int64(len(w.buf)), w.size-off))
	n, err := w.r.ReadAt(w.buf[:want], off)
	w.start, w.have = off, n
	if n < need {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("read at byte %d: %w", off, err)
	}
	return w.buf[:need], nil
}

// next reads the frame at off. End of the file or zeros: errZero. A bad frame:
// errShort, errFrame or errCRC, and off stays. Anything else is the disk's.
func (w *walker) next() (frame, error) {
	left := w.size - w.off
	if left <= 0 {
		return frame{}, errZero
	}
	head, err := w.at(w.off, int(min(left, frameHead)))
	if err != nil {
		return frame{}, err
	}
	if len(head) < frameHead {
		if isZero(head) {
			return frame{}, errZero
		}
		return frame{}, errShort
	}
	size, err := sizeAt(head, w.tag)
	if err != nil {
		return frame{}, err
	}
	if int64(size) > left {
		return frame{}, errShort
	}
	raw, err := w.at(w.off, size)
	if err != nil {
		return frame{}, err
	}
	f, err := decodeFrame(raw, w.tag)
	if err == nil {
		w.off += int64(size)
	}
	return f, err
}

func isBad(err error) bool {
	return errors.Is(err, errShort) || errors.Is(err, errFrame) || errors.Is(err, errCRC)
}

// leftover is what lies behind the end of good frames.
type leftover struct {
	dirty  bool   // bytes that are not zero
	synced uint64 // highest `synced` of any whole frame found there
	frames int
}

// survey looks at everything from off to the end of the file for frames of the
// epoch that are whole: their `synced` tells whether what was before them had
// been flushed. Frames begin on multiples of frameAlign.
func (w *walker) survey(off int64) (leftover, error) {
	var l leftover
	for off < w.size {
		block, err := w.at(off, int(min(int64(len(w.buf)), w.size-off)))
		if err != nil {
			return l, err
		}
		if isZero(block) {
			off += int64(len(block))
			continue
		}
		l.dirty = true
		found := w.candidate(block)
		if found < 0 {
			off += int64(max(frameAlign, (len(block)-frameHead)&^(frameAlign-1)))
			continue
		}
		w.off = off + int64(found)
		off = w.off + frameAlign
		f, err := w.next()
		switch {
		case err == nil:
			l.frames++
			l.synced = max(l.synced, f.synced())
			off = w.off
		case !isBad(err) && !errors.Is(err, errZero):
			return l, err
		}
	}
	return l, nil
}

// candidate finds the first place in block that may be a frame of the epoch.
func (w *walker) candidate(block []byte) int {
	for i := 0; i+offMagic+2 <= len(block); i += frameAlign {
		if binary.LittleEndian.Uint64(block[i+offTag:]) == w.tag &&
			binary.LittleEndian.Uint16(block[i+offMagic:]) == frameMagic {
			return i
		}
	}
	return -1
}
