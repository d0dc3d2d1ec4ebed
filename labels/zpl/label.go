package zpl

import (
	"errors"
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// MaxField is the most bytes of data that one field takes (ZPL II guide, ^FD).
const MaxField = 3072

// Setup is what a label needs of its printer. Zero values of the optional fields
// leave the printer's own setting alone.
type Setup struct {
	Width, Length int // dots
	// Optional.
	Tracking byte // ^MN: N continuous, Y gap, M mark
	Transfer byte // ^MT: T ribbon, D direct
	Mode     byte // ^MM: T tear, P peel, R rewind, C cut
	Speed    int  // ^PR: inches a second, 1-14
	Darkness int  // ^MD: relative, -30 to 30
	Z64      bool // graphics as zlib in base64, a third of the bytes; not every emulation reads it
	Inverted bool // ^POI: prints upside down
}

// Label is one label being written. Errors are kept and told by [Label.Bytes]; the
// first one names what was wrong.
type Label struct {
	buf []byte
	set Setup
	z   *deflater // made with the first picture that wants it
	err error
}

// New begins a label.
func New(s Setup) (*Label, error) {
	if s.Width < 1 || s.Width > 32000 || s.Length < 1 || s.Length > 32000 {
		return nil, fmt.Errorf("zpl: label of %d x %d dots", s.Width, s.Length)
	}
	l := &Label{set: s, buf: make([]byte, 0, 8192)}
	l.raw("^XA^CI28^LH0,0^LS0^LT0^FWN^PMN^LRN")
	if s.Inverted {
		l.raw("^POI")
	} else {
		l.raw("^PON")
	}
	l.num("^PW", s.Width).num("^LL", s.Length)
	l.choice("^MN", s.Tracking, "NYM").choice("^MT", s.Transfer, "TD").choice("^MM", s.Mode, "TPRC")
	if s.Speed < 0 || s.Speed > 14 || s.Darkness < -30 || s.Darkness > 30 {
		return nil, fmt.Errorf("zpl: speed %d, darkness %d", s.Speed, s.Darkness)
	}
	if s.Speed > 0 {
		l.num("^PR", s.Speed)
	}
	if s.Darkness != 0 {
		l.num("^MD", s.Darkness)
	}
	if l.err != nil {
		return nil, l.err
	}
	return l, nil
}

// Bytes ends the label and gives it. An error means that nothing may be printed.
func (l *Label) Bytes() ([]byte, error) {
	if l.err != nil {
		return nil, l.err
	}
	return append(l.buf, "^PQ1,0,0,N^XZ\n"...), nil
}

// raw writes a command of this package's own.
func (l *Label) raw(s string) *Label {
	l.buf = append(l.buf, s...)
	return l
}

func (l *Label) num(command string, ns ...int) *Label {
	l.buf = append(l.buf, command...)
	for i, n := range ns {
		if i > 0 {
			l.buf = append(l.buf, ',')
		}
		l.buf = strconv.AppendInt(l.buf, int64(n), 10)
	}
	return l
}

func (l *Label) choice(command string, c byte, allowed string) *Label {
	if c == 0 {
		return l
	}
	for i := range len(allowed) {
		if allowed[i] == c {
			l.raw(command)
			l.buf = append(l.buf, c)
			return l
		}
	}
	return l.fail(fmt.Errorf("zpl: %s does not know %q", command[1:], c))
}

func (l *Label) fail(err error) *Label {
	if l.err == nil {
		l.err = err
	}
	return l
}

// at writes the origin of a field: its top left corner.
func (l *Label) at(x, y int) *Label {
	if x < 0 || y < 0 || x >= l.set.Width || y >= l.set.Length {
		return l.fail(fmt.Errorf("zpl: field at %d,%d outside %d x %d dots", x, y, l.set.Width, l.set.Length))
	}
	return l.num("^FO", x, y)
}

// data writes a field's data, escaped, and ends the field. It is the only way for
// bytes of others into the stream.
func (l *Label) data(s string) *Label {
	if len(s) > MaxField {
		return l.fail(fmt.Errorf("zpl: %d bytes in one field, at most %d", len(s), MaxField))
	}
	l.raw("^FH_^FD")
	l.buf = Escape(l.buf, s)
	return l.raw("^FS")
}

// Escape appends s in the form that ^FH reads: bytes of [A-Za-z0-9 .,:/()+-] and of
// printable characters beyond ASCII as they are, every other byte as _XX.
func Escape(dst []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if (r != utf8.RuneError || n > 1) && unicode.IsPrint(r) {
				dst = append(dst, s[i:i+n]...)
				i += n
				continue
			}
		} else if safe(c) {
			dst = append(dst, c)
			i++
			continue
		}
		dst = append(dst, '_', hex[c>>4], hex[c&15])
		i++
	}
	return dst
}

func safe(c byte) bool {
	switch {
	case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
		return true
	}
	switch c {
	case ' ', '.', ',', ':', '/', '(', ')', '+', '-':
		return true
	}
	return false
}

// ErrControl is returned when text to be shown holds a control character or is no
// UTF-8: a printer would draw something else, or nothing.
var ErrControl = errors.New("zpl: control character or broken UTF-8 in text")

// Text writes one line in the printer's scalable font (^A0); height and width in
// dots, width 0 keeps the font's own shape. The font has Latin letters only.
func (l *Label) Text(x, y, height, width int, s string) *Label {
	if height < 10 || height > 32000 || width < 0 || width > 32000 {
		return l.fail(fmt.Errorf("zpl: text of %d x %d dots", height, width))
	}
	if !utf8.ValidString(s) {
		return l.fail(ErrControl)
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			return l.fail(ErrControl)
		}
	}
	l.at(x, y).num("^A0N,", height, width)
	return l.data(s)
}

// Box draws a frame, or a bar where the thickness fills it; all in dots.
func (l *Label) Box(x, y, width, height, thickness int) *Label {
	if width < 1 || height < 1 || thickness < 1 || x+width > l.set.Width || y+height > l.set.Length {
		return l.fail(fmt.Errorf("zpl: box of %d x %d dots, thickness %d, at %d,%d", width, height, thickness, x, y))
	}
	return l.at(x, y).num("^GB", width, height, thickness).raw("^FS")
}

// Bitmap is a picture of one bit a dot: 1 is black, the leftmost dot in the highest
// bit, rows padded to whole bytes.
type Bitmap struct {
	Width, Height int // dots
	Stride        int // bytes a row
	Bits          []byte
}

// leastZ64 is the picture size, in bytes, from which a zlib stream pays.
const leastZ64 = 200

// Graphic draws a bitmap as ^GFA, with run lengths or as Z64 (both 7-bit clean).
func (l *Label) Graphic(x, y int, b Bitmap) *Label {
	if b.Width < 1 || b.Height < 1 || b.Stride != (b.Width+7)/8 || len(b.Bits) != b.Stride*b.Height {
		return l.fail(fmt.Errorf("zpl: bitmap of %d x %d dots has %d bytes, %d a row", b.Width, b.Height, len(b.Bits), b.Stride))
	}
	if x+b.Width > l.set.Width || y+b.Height > l.set.Length {
		return l.fail(fmt.Errorf("zpl: bitmap of %d x %d dots at %d,%d leaves the label", b.Width, b.Height, x, y))
	}
	l.at(x, y).num("^GFA,", len(b.Bits), len(b.Bits), b.Stride).raw(",")
	if l.set.Z64 && len(b.Bits) >= leastZ64 {
		if l.z == nil {
			l.z = new(deflater)
		}
		l.buf = l.z.encode(l.buf, b.Bits, b.Stride)
	} else {
		l.buf = EncodeASCII(l.buf, b.Bits, b.Stride)
	}
	return l.raw("^FS")
}

// Comment puts a remark (^FX) in front of the fields. Only letters, digits, blanks and
// hyphens of s are kept, 120 at most: a remark has no escaping of its own.
func (l *Label) Comment(s string) *Label {
	l.raw("^FX ")
	kept := 0
	for i := 0; i < len(s) && kept < 120; i++ {
		if c := s[i]; c == ' ' || c == '-' || c != ',' && c != '.' && c != ':' && c != '/' && c != '(' && c != ')' && c != '+' && safe(c) {
			l.buf = append(l.buf, c)
			kept++
		}
	}
	return l.raw("^FS")
}
