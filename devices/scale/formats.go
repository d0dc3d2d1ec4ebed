package scale

import (
	"strings"
)

// parseCAS reads the 22 bytes of CAS (CI-400, CI-600D, NT-200): header, mode,
// id and lamp, 8 of data, blank, 2 of unit.
func parseCAS(b []byte) (Frame, error) {
	if len(b) != 20 || b[2] != ',' || b[5] != ',' || b[8] != ',' || b[17] != ' ' {
		return Frame{}, bad(b, "not the 22 bytes of CAS")
	}
	f, err := judged(b, string(b[0:2]), string(b[3:5]))
	if err != nil {
		return Frame{}, err
	}
	id, lamp := b[6], b[7]
	if lamp&0x80 == 0 {
		return Frame{}, ErrBit7
	}
	if id < '0' {
		return Frame{}, bad(b, "no device number")
	}
	f.Device = int(id - '0')
	f.Lamp = &Lamp{Stable: lamp&0x40 != 0, Hold: lamp&0x10 != 0, Print: lamp&0x08 != 0, Gross: lamp&0x04 != 0, Tare: lamp&0x02 != 0, Zero: lamp&0x01 != 0}
	if err := f.value(b, string(b[9:17]), string(b[18:20])); err != nil {
		return Frame{}, err
	}
	if f.State == Stable && !f.Lamp.Stable {
		f.State = Unstable // header and lamp disagree: not to be trusted
	}
	return f, nil
}

// judged begins a frame of a header and a mode.
func judged(b []byte, header, mode string) (Frame, error) {
	state, ok := headers(header)
	if !ok || header == "QT" {
		return Frame{}, bad(b, "no header")
	}
	m, ok := modes(mode)
	if !ok {
		return Frame{}, bad(b, "neither GS nor NT")
	}
	return Frame{State: state, Mode: m}, nil
}

// parseCAS10 reads the 10 bytes of CAS: 8 of data and nothing else.
func parseCAS10(b []byte) (Frame, error) {
	if len(b) != 8 {
		return Frame{}, bad(b, "not the 10 bytes of CAS")
	}
	v, ok := decimal(string(b))
	if !ok {
		return Frame{}, bad(b, "no number")
	}
	return Frame{State: Unjudged, Value: v}, nil
}

// parseCAS18 reads the "A&D 18 bytes" of CAS indicators: ST,GS,+0012.34kg.
func parseCAS18(b []byte) (Frame, error) {
	if len(b) != 16 || b[2] != ',' || b[5] != ',' || !strings.ContainsRune("+-", rune(b[6])) {
		return Frame{}, bad(b, "not 18 bytes")
	}
	f, err := judged(b, string(b[0:2]), string(b[3:5]))
	if err != nil {
		return Frame{}, err
	}
	if err := f.value(b, string(b[6:14]), string(b[14:16])); err != nil {
		return Frame{}, err
	}
	return f, nil
}

// parseLoose reads header, mode, number and unit of any width.
func parseLoose(b []byte) (Frame, error) {
	if len(b) < 10 || b[2] != ',' || b[5] != ',' {
		return Frame{}, bad(b, "no header, mode, number")
	}
	f, err := judged(b, string(b[0:2]), string(b[3:5]))
	if err != nil {
		return Frame{}, err
	}
	rest := string(b[6:])
	number := strings.TrimRight(rest, "abcdefghijklmnopqrstuvwxyz")
	unit := rest[len(number):]
	if err := f.value(b, strings.TrimRight(number, " ,"), unit); err != nil {
		return Frame{}, err
	}
	return f, nil
}

// parseDini reads Dini Argeo's [aa]ST,GS,<8 of data>,kg (DGT4X manual).
func parseDini(b []byte) (Frame, error) {
	address, whole := "", b
	if len(b) == 19 && digits(string(b[:2])) {
		address, b = string(b[:2]), b[2:]
	}
	if len(b) != 17 || b[2] != ',' || b[5] != ',' || b[14] != ',' {
		return Frame{}, bad(whole, "no header, mode, 8 of number, unit")
	}
	f, err := judged(b, string(b[0:2]), string(b[3:5]))
	if err != nil {
		return Frame{}, err
	}
	f.Address = address
	if err := f.value(b, string(b[6:14]), string(b[15:])); err != nil {
		return Frame{}, err
	}
	return f, nil
}

// parseAandD reads A&D's standard and CSV frames: header, perhaps the verdict of
// a checkweigher, a sign and 8 of number, 3 of unit.
func parseAandD(b []byte) (Frame, error) {
	if len(b) < 3 || b[2] != ',' {
		return Frame{}, bad(b, "no header")
	}
	state, ok := headers(string(b[:2]))
	if !ok {
		return Frame{}, bad(b, "no header")
	}
	f, rest := Frame{State: state, Count: string(b[:2]) == "QT"}, string(b[3:])
	if len(rest) > 3 && rest[2] == ',' {
		switch c := rest[:2]; c {
		case "LO", "OK", "HI", "--":
			f.Compare, rest = strings.Trim(c, "-"), rest[3:]
		default:
			return Frame{}, bad(b, "no verdict LO, OK, HI")
		}
	}
	if state == Overload && len(rest) == 12 && strings.Contains(rest, "E+") {
		return f, nil // all nines, in place of number and unit
	}
	if len(rest) == 13 && rest[9] == ',' { // CSV has a comma before the unit
		rest = rest[:9] + rest[10:]
	}
	if len(rest) != 12 || rest[0] != '+' && rest[0] != '-' {
		return Frame{}, bad(b, "not a sign, 8 of number, 3 of unit")
	}
	number, unit := rest[:9], strings.TrimSpace(rest[9:])
	switch {
	case unit == "PC":
		f.Count = state != Overload
	case f.Count:
		return Frame{}, bad(b, "a count in another unit than PC")
	default:
		if err := f.value(b, number, unit); err != nil {
			return Frame{}, err
		}
		return f, nil
	}
	if v, ok := decimal(number); !ok {
		return Frame{}, bad(b, "no number")
	} else if state != Overload {
		f.Value, f.Unit = v, unit
	}
	return f, nil
}

// parseSICS reads answers of MT-SICS: weights, errors, and what the scale tells
// of itself.
func parseSICS(b []byte) (Frame, error) {
	s := string(b)
	if f, ok := map[string]Frame{"ES": {State: SyntaxErr}, "ET": {State: TxError}, "EL": {State: LogicError},
		"S +": {State: Overload}, "S -": {State: Underload}, "S I": {State: Busy}, "I2 I": {State: Busy}, "I3 I": {State: Busy}, "I4 I": {State: Busy}}[s]; ok {
		return f, nil
	}
	if len(s) > 5 && s[0] == 'I' && strings.Contains("234", s[1:2]) && s[2:4] == " A" {
		if text, ok := strings.CutPrefix(s[4:], ` "`); ok && strings.HasSuffix(text, `"`) {
			return Frame{State: Busy, Told: s[:2] + strings.TrimSuffix(text, `"`)}, nil
		}
		return Frame{}, bad(b, "no text")
	}
	// S, blank, S or D, blank, 10 of number right-aligned, blank, unit.
	if len(b) < 16 || s[:2] != "S " || s[3] != ' ' || s[14] != ' ' || s[13] == ' ' {
		return Frame{}, bad(b, "no answer of MT-SICS")
	}
	f := Frame{}
	switch s[2] {
	case 'S':
		f.State = Stable
	case 'D':
		f.State = Unstable
	default:
		return Frame{}, bad(b, "neither S nor D")
	}
	if err := f.value(b, s[4:14], s[15:]); err != nil {
		return Frame{}, err
	}
	return f, nil
}
