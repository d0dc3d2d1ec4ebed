package printer

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"dcedge/devices"
)

// ErrAnswer is returned when bytes are not the answer that was asked for: cut,
// garbled, or something else.
var ErrAnswer = errors.New("printer: no such answer")

// Print modes of HostStatus that are letters on the wire.
const (
	ModeKiosk  = 'K'
	ModeStream = 'S'
)

// HostStatus is a printer's answer to ~HS (ZPL II, host status return).
type HostStatus struct {
	PaperOut      bool
	Paused        bool
	LabelLength   int // dots
	Formats       int // formats in the receive buffer
	BufferFull    bool
	Diagnostic    bool
	Partial       bool // a format has begun and not ended
	CorruptRAM    bool
	UnderTemp     bool
	OverTemp      bool
	HeadUp        bool
	RibbonOut     bool
	ThermalXfer   bool
	PrintMode     int // 0 rewind, 1 peel, 2 tear off, 3 cutter, ..., or ModeKiosk, ModeStream
	WidthMode     int
	LabelWaiting  bool // in peel mode: a label waits to be taken
	Remaining     int  // labels remaining in the batch
	StoredObjects int  // graphics in memory
}

// Ready says that the printer takes and prints a label now.
func (h HostStatus) Ready() bool { return h.fault() == "" && !h.BufferFull }

// Empty says that nothing is left in the printer that could still come out.
func (h HostStatus) Empty() bool { return h.Formats == 0 && h.Remaining == 0 && !h.Partial }

// fault gives the condition that stops printing, "" where there is none.
func (h HostStatus) fault() devices.Condition {
	switch {
	case h.HeadUp:
		return devices.HeadOpen
	case h.PaperOut:
		return devices.NoPaper
	case h.RibbonOut:
		return devices.NoRibbon
	case h.Paused:
		return devices.Paused
	case h.OverTemp, h.UnderTemp:
		return devices.Hot
	case h.CorruptRAM, h.Diagnostic:
		return devices.Faulty
	}
	return ""
}

// ParseHostStatus reads one whole answer to ~HS: three STX/ETX frames, other
// text before and between them allowed; or the three bare lines of the SGD form
// (device.host_status), quoted or not. Errors wrap ErrAnswer.
func ParseHostStatus(raw []byte) (HostStatus, error) {
	if strings.IndexByte(string(raw), stx) < 0 {
		return parseBareStatus(string(raw))
	}
	var s Scanner
	for _, a := range s.Feed(raw) {
		if a.Kind == KindHostStatus {
			return a.Host, nil
		}
	}
	if s.fault != nil {
		return HostStatus{}, s.fault
	}
	return HostStatus{}, fmt.Errorf("%w: not all three status strings", ErrAnswer)
}

func parseBareStatus(raw string) (HostStatus, error) {
	var lines []string
	for line := range strings.Lines(strings.Trim(strings.TrimSpace(raw), `"`)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) != 3 {
		return HostStatus{}, fmt.Errorf("%w: %d lines instead of three", ErrAnswer, len(lines))
	}
	return parseStatus([3]string(lines))
}

// parseStatus reads the three strings without their framing. Field order by the
// ZPL II guide: aaa,b,c,dddd,eee,f,g,h,iii,j,k,l / mmm,n,o,p,q,r,s,t,u,v,www /
// xxxx,y.
func parseStatus(in [3]string) (HostStatus, error) {
	f1, f2, f3 := fieldsOf(in[0]), fieldsOf(in[1]), fieldsOf(in[2])
	if len(f1.v) != 12 || len(f2.v) != 11 || len(f3.v) != 2 {
		return HostStatus{}, fmt.Errorf("%w: %d, %d, %d fields instead of 12, 11, 2", ErrAnswer, len(f1.v), len(f2.v), len(f3.v))
	}
	h := HostStatus{
		PaperOut: f1.flag(1), Paused: f1.flag(2), LabelLength: f1.num(3), Formats: f1.num(4),
		BufferFull: f1.flag(5), Diagnostic: f1.flag(6), Partial: f1.flag(7),
		CorruptRAM: f1.flag(9), UnderTemp: f1.flag(10), OverTemp: f1.flag(11),
		HeadUp: f2.flag(2), RibbonOut: f2.flag(3), ThermalXfer: f2.flag(4), PrintMode: f2.mode(5),
		WidthMode: f2.num(6), LabelWaiting: f2.flag(7), Remaining: f2.num(8), StoredObjects: f2.num(10),
	}
	// The rest is not used, but noise in it shows that the answer is not whole.
	f1.num(0)
	f1.num(8)
	f2.num(0)
	f2.num(1)
	f2.num(9)
	f3.num(0)
	f3.num(1)
	if err := errors.Join(f1.err, f2.err, f3.err); err != nil {
		return HostStatus{}, err
	}
	return h, nil
}

// fields reads numbers out of a status string and keeps the first error.
type fields struct {
	v   []string
	err error
}

func fieldsOf(s string) *fields { return &fields{v: strings.Split(s, ",")} }

func (f *fields) fail(i int) {
	if f.err == nil {
		f.err = fmt.Errorf("%w: field %d is %.20q", ErrAnswer, i+1, f.v[i])
	}
}

func (f *fields) num(i int) int {
	s := strings.TrimSpace(f.v[i])
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil || len(s) > 8 {
		f.fail(i)
	}
	return int(n)
}

func (f *fields) flag(i int) bool {
	switch strings.TrimSpace(f.v[i]) {
	case "0":
		return false
	case "1":
		return true
	}
	f.fail(i)
	return false
}

func (f *fields) mode(i int) int {
	switch s := strings.TrimSpace(f.v[i]); s {
	case "K", "S":
		return int(s[0])
	}
	return f.num(i)
}
