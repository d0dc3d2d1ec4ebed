package scale

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Reasons why a frame is not used.
var (
	// ErrFrame is for bytes that are no frame of the protocol.
	ErrFrame = errors.New("scale: no frame")
	// ErrBit7 is for a CAS frame that came through a port of 7 bits.
	ErrBit7 = errors.New("scale: bit 7 lost")
)

// State is what a scale says of a weight.
type State string

// The states.
const (
	Stable     State = "stable"
	Unstable   State = "unstable"
	Overload   State = "overload"
	Underload  State = "underload"
	Unjudged   State = "unknown"            // the protocol has no word for it (cas10)
	Busy       State = "busy"               // the command cannot be carried out just now
	TxError    State = "transmission_error" // ET
	LogicError State = "logical_error"      // EL
	SyntaxErr  State = "syntax_error"       // ES
)

// Lamp is the lamp byte of a CAS frame.
type Lamp struct{ Stable, Hold, Print, Gross, Tare, Zero bool }

// Frame is one frame of a scale. Value is decimal text without leading zeros,
// "-" in front of a negative one, empty where the frame carries no weight.
type Frame struct {
	State   State
	Mode    string // gross, net, or empty where the protocol does not tell
	Device  int    // number of a CAS indicator
	Address string // of a Dini Argeo indicator
	Value   string
	Unit    string // kg, g, t, lb, oz, ct, mg, PC; empty where the protocol tells none
	Count   bool   // pieces, not mass
	Compare string // OK, HI, LO of a checkweigher
	Lamp    *Lamp  // of a CAS frame
	Told    string // of an MT-SICS answer about the scale itself: I2, I3, I4
}

// Protocols are the words of Config.Protocol; the first is the default.
func Protocols() []string {
	return []string{"cas", "cas10", "cas18", "aandd", "sics", "dini", "loose"}
}

// parsers gives how the protocols' frames are read, without their CR LF.
func parsers(protocol string) (func([]byte) (Frame, error), error) {
	p, ok := map[string]func([]byte) (Frame, error){
		"": parseCAS, "cas": parseCAS, "cas10": parseCAS10, "cas18": parseCAS18, "aandd": parseAandD, "sics": parseSICS,
		"dini": parseDini, "loose": parseLoose,
	}[protocol]
	if !ok {
		return nil, fmt.Errorf("scale: protocol %q is not known (%s)", protocol, strings.Join(Protocols(), ", "))
	}
	return p, nil
}

// shortest is the fewest bytes that a frame of a protocol can have, its CR LF
// included.
func shortest(protocol string) int {
	return map[string]int{"": 22, "cas": 22, "cas10": 10, "cas18": 18, "aandd": 17, "sics": 4, "dini": 19, "loose": 12}[protocol]
}

// Parse reads one frame without its CR LF.
func Parse(protocol string, frame []byte) (Frame, error) {
	p, err := parsers(protocol)
	if err != nil {
		return Frame{}, err
	}
	return p(frame)
}

func bad(b []byte, why string) error { return fmt.Errorf("%w: %s in %q", ErrFrame, why, b) }

// headers gives the state of the two letters that most makers begin with.
func headers(h string) (State, bool) {
	s, ok := map[string]State{"ST": Stable, "QT": Stable, "US": Unstable, "OL": Overload, "UL": Underload}[h]
	return s, ok
}

func modes(m string) (string, bool) {
	s, ok := map[string]string{"GS": "gross", "NT": "net"}[m]
	return s, ok
}

// units knows the units that may stand behind a weight.
func units(u string) (string, bool) {
	u = strings.TrimSpace(u)
	if slices.Contains([]string{"kg", "g", "t", "mg", "lb", "oz", "ct"}, u) {
		return u, true
	}
	return "", false
}

// decimal reads a number as makers write it: a sign or none, blanks or zeros in
// front, a point or (some makers) a comma. It gives the number without them.
func decimal(s string) (string, bool) {
	s = strings.TrimLeft(s, " ")
	sign := ""
	if s != "" && (s[0] == '+' || s[0] == '-') {
		if s[0] == '-' {
			sign = "-"
		}
		s = strings.TrimLeft(s[1:], " ")
	}
	whole, frac, point := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	if whole == "" || point && frac == "" || !digits(whole) || !digits(frac) || len(whole)+len(frac) > 15 {
		return "", false
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if point {
		whole += "." + frac
	}
	if strings.Trim(whole, "0.") == "" {
		sign = ""
	}
	return sign + whole, true
}

func digits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// value puts a number and a unit into f, where its state lets them mean something.
func (f *Frame) value(b []byte, number, unit string) error {
	v, ok := decimal(number)
	if f.State == Overload || f.State == Underload {
		return nil // whatever is written there
	}
	if !ok {
		return bad(b, "no number")
	}
	f.Value = v
	if f.Unit, ok = units(unit); !ok {
		return bad(b, "no unit")
	}
	return nil
}
