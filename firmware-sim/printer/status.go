package printer

import (
	"fmt"
	"strings"
)

// Status is the printer as a person standing before it sees it.
type Status struct {
	Name     string `json:"name"`
	Addr     string `json:"addr"`
	PaperOut bool   `json:"paperOut"`
	HeadOpen bool   `json:"headOpen"`
	Paused   bool   `json:"paused"`
	Peel     bool   `json:"peel"`     // peel mode
	Waiting  bool   `json:"waiting"`  // a label stands at the peel bar
	Partial  bool   `json:"partial"`  // a format has begun and not ended
	Formats  int    `json:"formats"`  // whole formats waiting in the buffer
	Left     int    `json:"left"`     // labels of the present batch not out yet
	Buffered int    `json:"buffered"` // bytes
	Paper    int    `json:"paper"`    // labels on the roll; -1: endless
	Odometer int64  `json:"odometer"` // labels that ever came out
	Dropped  int    `json:"dropped"`  // formats larger than the buffer
	Conns    int64  `json:"conns"`    // connections ever taken
	Received int64  `json:"received"` // bytes ever received
	Faults   Faults `json:"faults"`

	RibbonOut bool `json:"ribbonOut"`
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// hostFields are the fields of an answer to ~HS, in its order. What is not
// named is always 0.
type hostFields struct {
	line                        int // serial settings, as a decimal number
	paperOut, paused            bool
	length, formats             int // dots; whole formats in the buffer
	full, partial               bool
	corrupt, cold, hot          bool
	function                    int
	headOpen, ribbonOut, ribbon bool // ribbon: thermal transfer
	mode, width                 int  // of printing: 1 peel, 2 tear-off
	waiting                     bool
	left, graphics              int
	password, memory            int
}

// String gives three strings, each STX … ETX CR LF (ZPL II manual, ~HS). The
// second field of string 2 is unused.
func (h hostFields) String() string {
	frame := func(format string, args ...any) string {
		return "\x02" + fmt.Sprintf(format, args...) + "\x03\r\n"
	}
	return frame("%03d,%d,%d,%04d,%03d,%d,0,%d,000,%d,%d,%d",
		h.line, flag(h.paperOut), flag(h.paused), h.length, min(h.formats, 999), flag(h.full), flag(h.partial),
		flag(h.corrupt), flag(h.cold), flag(h.hot)) +
		frame("%03d,0,%d,%d,%d,%d,%d,%d,%08d,1,%03d", h.function, flag(h.headOpen), flag(h.ribbonOut), flag(h.ribbon),
			h.mode, h.width, flag(h.waiting), h.left, h.graphics) +
		frame("%04d,%d", h.password, h.memory)
}

// hostStatus is the answer to ~HS. 030 says 9600 baud 8N1 XON/XOFF; length in
// dots, buffer in bytes.
func hostStatus(s Status, length, buffer int) string {
	h := hostFields{
		line: 30, paperOut: s.PaperOut, paused: s.Paused, length: length, formats: s.Formats,
		full: s.Buffered >= buffer, partial: s.Partial, hot: s.Faults.Hot, headOpen: s.HeadOpen,
		ribbonOut: s.RibbonOut, mode: 2, width: 4, waiting: s.Waiting, left: s.Left, password: 1234,
	}
	if s.Peel {
		h.mode = 1
	}
	return h.String()
}

// Bits of the last group of ~HQES, nibble by nibble from the right: media,
// ribbon, head open, cutter; head and motor hot; firmware; …; paused.
const (
	errMedia   = 0x1
	errRibbon  = 0x2
	errHead    = 0x4
	errHot     = 0x10
	errPaused  = 0x10000
	noWarnings = 0
)

// errorStatus is the answer to ~HQES.
func errorStatus(s Status) string {
	bits := flag(s.PaperOut)*errMedia | flag(s.RibbonOut)*errRibbon | flag(s.HeadOpen)*errHead |
		flag(s.Faults.Hot)*errHot | flag(s.Paused)*errPaused
	return errorText(bits, noWarnings)
}

func errorText(errors, warnings int) string {
	return fmt.Sprintf("\x02\r\n\r\nPRINTER STATUS            \r\n"+
		"   ERRORS:          %d 00000000 %08x  \r\n"+
		"   WARNINGS:        %d 00000000 %08x   \r\n\x03", flag(errors != 0), errors, flag(warnings != 0), warnings)
}

// odometer is the answer to ~HQOD: lengths in inches, as the manual shows.
func odometer(millimetres float64) string {
	inches := int64(millimetres / 25.4)
	return fmt.Sprintf("\x02\r\n\r\nPRINT METERS\r\n"+
		"   TOTAL NONRESETTABLE:      %9d \"\r\n"+
		"   USER RESETTABLE CNTR1:    %9d \"\r\n"+
		"   USER RESETTABLE CNTR2:    %9d \"\r\n\x03", inches, inches, inches)
}

// answer gives the reply to a question, "" where there is none.
func (p *Printer) answer(e event) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.status()
	if p.faults.Silent {
		return ""
	}
	if e.sgd {
		return p.variable(e.control, s)
	}
	switch e.control {
	case "HS":
		if p.faults.SilentOnFault && (s.PaperOut || s.HeadOpen || s.RibbonOut || s.Faults.Hot) {
			return ""
		}
		text := hostStatus(s, p.settings.length, p.cfg.BufferBytes)
		if p.faults.Garble {
			text = strings.ReplaceAll(strings.Replace(text, "\x02", "", 1), ",0", ",x")
		}
		return text
	case "HQES":
		return errorStatus(s)
	case "HQOD":
		return odometer(p.millimetres - p.lengthZero)
	case "HQSN":
		return "\x02\r\n\r\nSERIAL NUMBER\r\n   " + p.cfg.Serial + "\r\n\x03"
	case "HI":
		return fmt.Sprintf("\x02%s,V93.21.26Z,%d,8192KB,X\x03\r\n", p.cfg.Model, p.cfg.Dots)
	case "HM":
		return "\x028192,8000,7800\x03\r\n"
	}
	return ""
}

// variable answers a Set-Get-Do question; values come quoted, unknown names as
// a question mark.
func (p *Printer) variable(name string, s Status) string {
	switch name {
	case "device.unique_id":
		return `"` + p.cfg.Serial + `"`
	case "device.product_name":
		return `"` + p.cfg.Model + `"`
	case "odometer.total_label_count":
		return fmt.Sprintf(`"%d"`, p.odometer-p.labelsZero)
	case "device.host_status":
		text := hostStatus(s, p.settings.length, p.cfg.BufferBytes)
		return `"` + strings.NewReplacer("\x02", "", "\x03", "").Replace(text) + `"`
	}
	return `"?"`
}
