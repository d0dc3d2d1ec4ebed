package printer

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Identity is a printer's answer to ~HI (ZPL II, host identification).
type Identity struct {
	Model    string
	Firmware string
	DotsMM   int    // dots per millimetre: 6, 8, 12, 24
	Memory   string // as it says, e.g. "8176KB"
}

// ParseIdentity reads one answer to ~HI: model, firmware that begins with V,
// dots per millimetre, memory and options. Errors wrap ErrAnswer.
func ParseIdentity(raw []byte) (Identity, error) {
	f := strings.Split(strings.Trim(string(raw), "\x02\x03\r\n "), ",")
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	if len(f) < 4 || f[0] == "" || !strings.HasPrefix(f[1], "V") {
		return Identity{}, fmt.Errorf("%w: no identity", ErrAnswer)
	}
	dots, err := strconv.ParseUint(f[2], 10, 8)
	if err != nil {
		return Identity{}, fmt.Errorf("%w: dots per millimetre is %.20q", ErrAnswer, f[2])
	}
	for _, s := range f[:4] {
		if len(s) > 64 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
			return Identity{}, fmt.Errorf("%w: identity is not plain text", ErrAnswer)
		}
	}
	return Identity{Model: f[0], Firmware: f[1], DotsMM: int(dots), Memory: f[3]}, nil
}

const serialTitle = "SERIAL NUMBER"

var serialLine = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,31}$`)

// ParseSerial reads one answer to ~HQSN. Errors wrap ErrAnswer.
func ParseSerial(raw []byte) (string, error) {
	text := strings.ReplaceAll(strings.Trim(string(raw), "\x02\x03\r\n "), "\r", "")
	rest, ok := strings.CutPrefix(text, serialTitle)
	if !ok {
		return "", fmt.Errorf("%w: title missing", ErrAnswer)
	}
	serial := strings.TrimSpace(rest)
	if !serialLine.MatchString(serial) {
		return "", fmt.Errorf("%w: no serial number", ErrAnswer)
	}
	return serial, nil
}

const odometerTitle = "PRINT METERS"

var odometerLine = regexp.MustCompile(`(?m)^\s*TOTAL NONRESETTABLE:\s+([0-9]{1,15})\b`)

// ParseOdometer reads one answer to ~HQOD and gives its total that cannot be
// reset, in the printer's own unit (inches or centimetres of media, or labels).
// Only its growth matters. Errors wrap ErrAnswer.
func ParseOdometer(raw []byte) (uint64, error) {
	text := strings.ReplaceAll(strings.Trim(string(raw), "\x02\x03\r\n "), "\r", "")
	if !strings.HasPrefix(text, odometerTitle) {
		return 0, fmt.Errorf("%w: title missing", ErrAnswer)
	}
	m := odometerLine.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("%w: total missing", ErrAnswer)
	}
	n, err := strconv.ParseUint(m[1], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: total: %w", ErrAnswer, err)
	}
	return n, nil
}
