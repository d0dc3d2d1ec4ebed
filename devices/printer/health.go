package printer

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"dcedge/devices"
)

// Health is a printer's answer to ~HQES (ZPL II, host query: error status).
type Health struct {
	Error    bool
	Warning  bool
	Flags    []string // names of the error bits that are known, in the order of the bits
	Warnings []string
	Other    uint64 // error bits without a name here
}

// bit names a bit of the last eight-digit group.
type bit struct {
	mask uint32
	name string
}

// errorBits and warningBits: nibble table of the ZPL II guide (~HQ); the paused
// bit and the nibbles behind it are those of newer firmware.
func errorBits() []bit {
	return []bit{
		{0x1, "media_out"}, {0x2, "ribbon_out"}, {0x4, "head_open"}, {0x8, "cutter_fault"},
		{0x10, "printhead_over_temp"}, {0x20, "motor_over_temp"}, {0x40, "bad_printhead_element"}, {0x80, "printhead_detection_error"},
		{0x100, "invalid_firmware_config"}, {0x200, "printhead_thermistor_open"},
		{0x1000, "paper_jam"}, {0x2000, "presenter_not_running"}, {0x4000, "paper_feed_error"}, {0x8000, "clear_paper_path_failed"},
		{0x10000, "paused"}, {0x20000, "retract_timed_out"}, {0x40000, "black_mark_calibrate_error"}, {0x80000, "black_mark_not_found"},
	}
}

func warningBits() []bit {
	return []bit{{0x1, "calibrate_media"}, {0x2, "clean_printhead"}, {0x4, "replace_printhead"}, {0x8, "paper_near_end"}}
}

const healthTitle = "PRINTER STATUS"

var (
	errorsLine   = regexp.MustCompile(`(?m)^\s*ERRORS:\s+([01])\s+([0-9A-Fa-f]{8})\s+([0-9A-Fa-f]{8})\s*$`)
	warningsLine = regexp.MustCompile(`(?m)^\s*WARNINGS:\s+([01])\s+([0-9A-Fa-f]{8})\s+([0-9A-Fa-f]{8})\s*$`)
)

// ParseHealth reads one answer to ~HQES, with or without its STX and ETX.
// Errors wrap ErrAnswer.
func ParseHealth(raw []byte) (Health, error) {
	text := strings.ReplaceAll(strings.Trim(string(raw), "\x02\x03\r\n "), "\r", "")
	if !strings.HasPrefix(text, healthTitle) {
		return Health{}, fmt.Errorf("%w: title missing", ErrAnswer)
	}
	e, w := errorsLine.FindStringSubmatch(text), warningsLine.FindStringSubmatch(text)
	if e == nil || w == nil {
		return Health{}, fmt.Errorf("%w: line ERRORS or WARNINGS missing", ErrAnswer)
	}
	h := Health{Error: e[1] == "1", Warning: w[1] == "1"}
	high, low := hex8(e[2]), hex8(e[3])
	h.Other = uint64(high) << 32
	h.Flags, low = names(low, errorBits())
	h.Other |= uint64(low)
	h.Warnings, _ = names(hex8(w[3]), warningBits())
	return h, nil
}

// hex8 reads eight hex digits that a pattern has checked.
func hex8(s string) uint32 {
	n, _ := strconv.ParseUint(s, 16, 32)
	return uint32(n)
}

// names gives the names of the bits set in v, and the bits without one.
func names(v uint32, bits []bit) (known []string, rest uint32) {
	for _, b := range bits {
		if v&b.mask != 0 {
			known = append(known, b.name)
			v &^= b.mask
		}
	}
	return known, v
}

// condition gives what stops printing; Ready where nothing does.
func (h Health) condition() devices.Condition {
	for _, c := range []struct {
		flag string
		is   devices.Condition
	}{
		{"head_open", devices.HeadOpen}, {"media_out", devices.NoPaper}, {"ribbon_out", devices.NoRibbon}, {"paused", devices.Paused},
		{"printhead_over_temp", devices.Hot}, {"motor_over_temp", devices.Hot},
	} {
		if slices.Contains(h.Flags, c.flag) {
			return c.is
		}
	}
	if h.Error || h.Other != 0 {
		return devices.Faulty
	}
	return devices.Ready
}
