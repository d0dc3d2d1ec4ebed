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
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// hostStatus is the answer to ~HS: three strings, each STX … ETX CR LF
// (ZPL II manual, ~HS). 030 says 9600 baud 8N1 XON/XOFF; length in dots; print
// mode 2 is tear-off. The second field of string 2 is unused.
func hostStatus(s Status, length, buffer int) string {
	frame := func(format string, args ...any) string {
		return "\x02" + fmt.Sprintf(format, args...) + "\x03\r\n"
	}
	full := s.Buffered >= buffer
	return frame("030,%d,%d,%04d,%03d,%d,0,%d,000,0,0,0",
		flag(s.PaperOut), flag(s.Paused), length, min(s.Formats, 999), flag(full), flag(s.Partial)) +
		frame("000,0,%d,0,0,2,4,0,%08d,1,000", flag(s.HeadOpen), s.Left) +
		frame("1234,0")
}

// errorStatus is the answer to ~HQES. Last group, from the right: nibble 1
// media out 1, head open 4; nibble 5 paused 1.
func errorStatus(s Status) string {
	bits := flag(s.PaperOut) | flag(s.HeadOpen)<<2 | flag(s.Paused)<<16
	return fmt.Sprintf("\x02\r\n\r\nPRINTER STATUS            \r\n"+
		"   ERRORS:          %d 00000000 %08x  \r\n"+
		"   WARNINGS:        0 00000000 00000000   \r\n\x03", flag(bits != 0), bits)
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
		if p.faults.SilentOnFault && (s.PaperOut || s.HeadOpen) {
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
		return odometer(p.millimetres)
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
		return fmt.Sprintf(`"%d"`, p.odometer)
	case "device.host_status":
		text := hostStatus(s, p.settings.length, p.cfg.BufferBytes)
		return `"` + strings.NewReplacer("\x02", "", "\x03", "").Replace(text) + `"`
	}
	return `"?"`
}
