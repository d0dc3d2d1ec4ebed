package printer

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Label is one label that came out of the printer.
type Label struct {
	N        int64     `json:"n"` // 1, 2, 3 … over the life of the printer's folder
	At       time.Time `json:"at"`
	Came     time.Time `json:"came,omitzero"` // when its format began to arrive
	Printer  string    `json:"printer"`
	Texts    []string  `json:"texts,omitempty"`    // ^FD of text fields, in order
	Comments []string  `json:"comments,omitempty"` // ^FX
	Barcodes []Barcode `json:"barcodes,omitempty"`
	Width    int       `json:"width"`            // dots
	Length   int       `json:"length"`           // dots
	Starts   int       `json:"starts"`           // ^XA in the format; above 1: glued after a cut
	Copy     int       `json:"copy"`             // of ^PQ, from 1
	Again    bool      `json:"again,omitempty"`  // came out once more by a fault
	Faults   []string  `json:"faults,omitempty"` // what the printer could not do

	zpl  []byte
	draw []drawn
}

// Barcode is one printed barcode. Text is what a scanner would read; FNC1
// inside it is GS (0x1D).
type Barcode struct {
	Symbology string `json:"symbology"` // code128, or the ZPL name of one that is not decoded (^BQ)
	Text      string `json:"text"`
	GS1       bool   `json:"gs1,omitempty"`
}

// ZPL is the format as it was received. The caller must not change it.
func (l Label) ZPL() []byte { return l.zpl }

// drawn is one field with its place.
type drawn struct {
	x, y          int
	baseline      bool // ^FT: y is the lower edge
	kind          byte // 't' text, 'b' barcode, 'o' box, 'g' graphic
	text          string
	height, width int // dots; of a box its size
	module, thick int // barcode module, box border
	readable      bool
	rotation      byte
	graphic       graphic
	bar           string // symbology of a barcode, as in [Barcode]
	escape        byte   // of ^BX data
}

// settings are what stays on the printer from label to label.
type settings struct {
	width, length       int // dots
	module, barHeight   int
	fontHeight, fontWid int
	utf8                bool
	defaultRotation     byte
	peeler, peel        bool // has a peel bar; peel mode is on
	formats             map[string]stored
}

func newSettings(dots int, peeler bool) settings {
	return settings{peeler: peeler, peel: peeler, formats: map[string]stored{}, width: 104 * dots, length: defaultLength * dots, module: 2, barHeight: 10, fontHeight: 9, utf8: true, defaultRotation: 'N'}
}

// field is the field being put together, from ^FO or ^FT to ^FS.
type field struct {
	drawn
	data    []byte
	hasData bool
	hex     byte // escape of ^FH; 0: none
	barMode string
	comment bool
	set     bool // has a place
	number  int  // of ^FN; 0: none
}

// layout turns a format into the label it prints, quantity included. Settings
// that stick are changed in s.
// A format that stores another (^DF), or that has no field at all, prints none.
func layout(f *format, s *settings) (Label, int) {
	p := page{s: s, label: Label{Starts: f.starts, Came: f.came, zpl: f.raw}, quantity: 1, values: map[int]value{}}
	if s.store(f.commands) {
		return p.label, 0
	}
	commands := s.recall(f.commands, p.values)
	for _, c := range commands {
		p.command(c)
	}
	p.label.Width, p.label.Length = s.width, s.length
	if p.fields == 0 {
		return p.label, 0
	}
	return p.label, p.quantity
}

type page struct {
	values   map[int]value // of ^FN
	fields   int           // begun
	s        *settings
	label    Label
	field    field
	homeX    int
	homeY    int
	quantity int
}

func (p *page) command(c command) {
	if c.tilde {
		return
	}
	args := strings.Split(string(bytes.TrimSpace(c.args)), ",")
	switch c.name {
	case "PW":
		p.s.width = number(args, 0, p.s.width, 1, 20000)
	case "LL":
		p.s.length = number(args, 0, p.s.length, 1, 32000)
	case "LH":
		p.homeX, p.homeY = number(args, 0, 0, 0, 32000), number(args, 1, 0, 0, 32000)
	case "PQ":
		p.quantity = number(args, 0, 1, 1, 99999999)
	case "MM":
		p.s.peel = p.s.peeler && strings.HasPrefix(strings.ToUpper(args[0]), "P")
	case "CI":
		p.s.utf8 = number(args, 0, 0, 0, 36) == 28
	case "CF":
		p.s.fontHeight = number(args, 1, p.s.fontHeight, 1, 32000)
		p.s.fontWid = number(args, 2, 0, 0, 32000)
	case "BY":
		p.s.module = number(args, 0, p.s.module, 1, 10)
		p.s.barHeight = number(args, 2, p.s.barHeight, 1, 32000)
	default:
		p.fieldCommand(c, args)
	}
}

// fieldCommand takes the commands that make up a field.
func (p *page) fieldCommand(c command, args []string) {
	f := &p.field
	switch {
	case c.name == "FO" || c.name == "FT":
		f.x, f.y = p.homeX+number(args, 0, 0, 0, 32000), p.homeY+number(args, 1, 0, 0, 32000)
		f.baseline, f.set = c.name == "FT", true
		p.fields++
	case c.name == "FN":
		f.number = number(args, 0, 0, 1, 9999)
	case c.name == "FH":
		f.hex = '_'
		if len(c.args) > 0 && c.args[0] > ' ' {
			f.hex = c.args[0]
		}
	case c.name == "FD" || c.name == "FV":
		f.data, f.hasData = c.args, true
	case c.name == "FX":
		p.label.Comments = append(p.label.Comments, strings.TrimSpace(string(c.args)))
		f.comment = true
	case c.name == "GB":
		f.kind, f.thick = 'o', number(args, 2, 1, 1, 32000)
		f.width, f.height = number(args, 0, f.thick, f.thick, 32000), number(args, 1, f.thick, f.thick, 32000)
	case c.name == "GF":
		g, err := decodeGraphic(c.args)
		if err != nil {
			p.label.Faults = append(p.label.Faults, err.Error())
			return
		}
		f.kind, f.graphic = 'g', g
	case c.name == "FS":
		p.finish()
	case c.name[0] == 'A':
		f.rotation = rotation(args[0], p.s.defaultRotation)
		f.height, f.width = number(args, 1, p.s.fontHeight, 1, 32000), number(args, 2, p.s.fontWid, 0, 32000)
	case c.name[0] == 'B' && c.name != "BY":
		p.barcode(c.name, args)
	}
}

func (p *page) barcode(name string, args []string) {
	f := &p.field
	f.kind, f.bar, f.module = 'b', "^"+name, p.s.module
	f.rotation = rotation(args[0], p.s.defaultRotation)
	f.height = p.s.barHeight
	switch name {
	case "BQ":
		f.module = number(args, 2, 1, 1, 10)
	case "BX":
		f.module = number(args, 1, 1, 1, 100)
		if len(args) > 6 && args[6] != "" {
			f.escape = args[6][0]
		}
	}
	if name != "BC" {
		return
	}
	f.bar = "code128"
	f.height = number(args, 1, p.s.barHeight, 1, 32000)
	f.readable = len(args) < 3 || !strings.HasPrefix(strings.ToUpper(args[2]), "N")
	if len(args) > 5 {
		f.barMode = strings.ToUpper(strings.TrimSpace(args[5]))
	}
}

// finish is ^FS: the field goes onto the label.
func (p *page) finish() {
	f := p.field
	p.field = field{}
	if v, ok := p.values[f.number]; ok && f.number > 0 {
		if !f.set {
			return // it only gives the value
		}
		f.data, f.hex, f.hasData = v.data, v.escape, true
	}
	if !f.set && (f.hasData || f.kind != 0) {
		p.fields++
	}
	switch {
	case f.kind == 'o' || f.kind == 'g':
		if f.kind == 'g' {
			f.graphic.x, f.graphic.y = f.x, f.y
		}
	case !f.hasData:
		return
	default:
		text := p.decode(f)
		if f.kind != 'b' {
			f.kind, f.text = 't', text
			if f.height == 0 {
				f.height = p.s.fontHeight
			}
			p.label.Texts = append(p.label.Texts, text)
			break
		}
		b := Barcode{Symbology: f.bar, Text: text}
		if f.bar == "code128" {
			b.Text, b.GS1 = read128(text, f.barMode)
		}
		f.text = b.Text
		p.label.Barcodes = append(p.label.Barcodes, b)
	}
	p.label.draw = append(p.label.draw, f.drawn)
}

// decode undoes ^FH and gives the field's data as UTF-8. Without ^CI28, or
// where the bytes are none, every byte is one Latin-1 character.
func (p *page) decode(f field) string {
	data := f.data
	if f.hex != 0 {
		data = unescape(data, f.hex)
	}
	if p.s.utf8 && utf8.Valid(data) {
		return string(data)
	}
	runes := make([]rune, len(data))
	for i, b := range data {
		runes[i] = rune(b)
	}
	return string(runes)
}

// unescape replaces the indicator and two hex digits by their byte; an
// indicator without them stays as it is.
func unescape(data []byte, indicator byte) []byte {
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); i++ {
		if data[i] == indicator && i+2 < len(data) {
			var b [1]byte
			if _, err := hex.Decode(b[:], data[i+1:i+3]); err == nil {
				out = append(out, b[0])
				i += 2
				continue
			}
		}
		out = append(out, data[i])
	}
	return out
}

func rotation(arg string, fallback byte) byte {
	for i := range len(arg) {
		switch c := arg[i] &^ 0x20; c {
		case 'N', 'R', 'I', 'B':
			return c
		}
	}
	return fallback
}

// number reads argument i; one that is missing, no number or out of range
// gives the fallback, as printers do.
func number(args []string, i, fallback, least, most int) int {
	if i >= len(args) {
		return fallback
	}
	n, err := strconv.Atoi(strings.TrimSpace(args[i]))
	if err != nil || n < least || n > most {
		return fallback
	}
	return n
}
