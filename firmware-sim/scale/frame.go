package scale

import (
	"fmt"
	"slices"
	"strings"
)

// State of a reading.
type State uint8

// States of a reading.
const (
	Stable State = iota
	Unstable
	Overload
	Underload
)

// Reading is what the display shows.
type Reading struct {
	State  State
	Value  string // decimal text, with "-" in front where it is below zero
	Unit   string // kg, g, lb, t
	Net    bool
	Zero   bool
	Hold   bool
	Device int  // number of the indicator, 0 to 46
	Blank  bool // CAS: the number is filled with blanks, else with zeros
}

// Protocols that can be played.
func Protocols() []string { return []string{"cas", "cas10", "cas18", "aandd", "dini", "sics"} }

// Frame is a reading on the wire, its end included.
func Frame(protocol string, r Reading) []byte {
	var text string
	switch protocol {
	case "cas":
		text = fmt.Sprintf("%s,%s,%s,%s %2s", header(r.State), mode(r.Net), casBytes(r), fill(r, 8), r.Unit)
	case "cas10":
		text = fill(r, 8)
	case "cas18":
		text = fmt.Sprintf("%s,%s,%s%s%2s", header(r.State), mode(r.Net), sign(r), digits(r, 7), r.Unit)
	case "aandd":
		text = fmt.Sprintf("%s,%s%s%3s", header(r.State), sign(r), digits(r, 8), r.Unit)
		if r.State == Overload || r.State == Underload {
			text = "OL," + map[State]string{Overload: "+", Underload: "-"}[r.State] + "9999999E+19"
		}
	case "dini":
		head := header(r.State)
		if r.State == Underload {
			head = "UL"
		}
		text = fmt.Sprintf("%02d%s,%s,%8s,%2s", r.Device, head, mode(r.Net), r.Value, r.Unit)
	case "sics":
		text = "S " + sicsWeight(r)
	}
	return latin(text + "\r\n")
}

// latin writes each rune as one byte: the lamp byte is above 127.
func latin(s string) []byte {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return b
}

func header(s State) string {
	switch s {
	case Stable:
		return "ST"
	case Unstable:
		return "US"
	}
	return "OL"
}

func mode(net bool) string {
	if net {
		return "NT"
	}
	return "GS"
}

// casBytes are the id (successive ASCII from '0') and the lamps: bit 7 always,
// 6 stable, 4 hold, 2 gross, 1 tare, 0 zero.
func casBytes(r Reading) string {
	lamp := rune(0x80)
	for bit, on := range map[rune]bool{0x40: r.State == Stable, 0x10: r.Hold, 0x04: !r.Net, 0x02: r.Net, 0x01: r.Zero} {
		if on {
			lamp |= bit
		}
	}
	return string(rune('0'+r.Device)) + string(lamp)
}

// fill gives the number in n places, sign included.
func fill(r Reading, n int) string {
	if r.Blank {
		return fmt.Sprintf("%*s", n, r.Value)
	}
	rest, negative := strings.CutPrefix(r.Value, "-")
	if negative {
		return "-" + strings.Repeat("0", max(0, n-1-len(rest))) + rest
	}
	return strings.Repeat("0", max(0, n-len(rest))) + rest
}

// sign is + or -; zero is always +.
func sign(r Reading) string {
	if strings.HasPrefix(r.Value, "-") {
		return "-"
	}
	return "+"
}

func digits(r Reading, n int) string {
	rest := strings.TrimPrefix(r.Value, "-")
	return strings.Repeat("0", max(0, n-len(rest))) + rest
}

// sicsWeight is what follows the command's letter in an answer.
func sicsWeight(r Reading) string {
	switch r.State {
	case Overload:
		return "+"
	case Underload:
		return "-"
	}
	s := "S"
	if r.State == Unstable {
		s = "D"
	}
	return fmt.Sprintf("%s %10s %s", s, r.Value, r.Unit)
}

// Decimal writes milligrams in a unit with so many places behind the point,
// rounded half away from zero.
func Decimal(milligrams int64, unit string, places int) string {
	scale, per := int64(1), int64(0)
	for range places {
		scale *= 10
	}
	switch unit {
	case "g":
		per = 1000
	case "t":
		per = 1_000_000_000
	case "lb":
		scale, per = scale*100, 45_359_237 // hundredths of a milligram
	default:
		per = 1_000_000
	}
	negative := milligrams < 0
	if negative {
		milligrams = -milligrams
	}
	n := (milligrams*scale + per/2) / per
	text := fmt.Sprintf("%0*d", places+1, n)
	if places > 0 {
		text = text[:len(text)-places] + "." + text[len(text)-places:]
	}
	if negative && n != 0 {
		text = "-" + text
	}
	return text
}

// places is how many digits a unit shows where the scale resolves one gram.
func places(unit string) int {
	i := slices.Index([]string{"g", "lb", "kg", "t"}, unit)
	if i < 0 {
		return 3
	}
	return []int{0, 3, 3, 4}[i]
}
