package mqtt

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// The classes of devices, as they stand in topics and configurations.
const (
	Scanner    = "scanner"
	PhotoEye   = "photoeye"
	Divert     = "divert"
	Weigher    = "weigher"
	Light      = "light"
	StackLight = "stacklight"
	Camera     = "camera"
)

// What a message is, the last level of its topic.
const (
	Read    = "read"    // scanner: a code, or none
	State   = "state"   // photoeye: blocked or clear
	Done    = "done"    // divert: this box went into that lane
	Weight  = "weight"  // weigher
	Pressed = "pressed" // light
	Online  = "online"  // any device: birth and will, the only retained one

	Verdict = "verdict" // to a scanner
	Set     = "set"     // to a divert, a light, a stack light
	Cue     = "cue"     // to a camera
)

// The codes of messages that are left out; they stand in logs and counters.
const (
	CodeTopic     = "topic"     // not a topic of this site, or none that this device may use
	CodeRights    = "rights"    // a device spoke for another one
	CodeRetained  = "retained"  // a retained message that is no state
	CodeMalformed = "malformed" // the payload is not what the contract says
)

var (
	// ErrNotConnected is returned when a command cannot be delivered now. It is
	// not kept: what is late is worse than what is missing.
	ErrNotConnected = errors.New("mqtt: not connected")
	// ErrBusy is returned when too many commands wait.
	ErrBusy = errors.New("mqtt: too many commands wait")
	// ErrTopic is returned for what is no topic of the contract.
	ErrTopic = errors.New("mqtt: no such topic")
	// ErrMalformed is returned for a payload that is not what the contract says.
	ErrMalformed = errors.New("mqtt: malformed payload")
)

// Device is one configured device that speaks MQTT.
type Device struct {
	Name   string
	Class  string
	Client string // user name, else client id, of the connection that speaks for it; empty: its name
	Secret string // password of that connection at the embedded broker; empty: none asked for
	Most   int    // states in a second, more of which are a flood; 0: any
}

func (d Device) client() string {
	if d.Client != "" {
		return d.Client
	}
	return d.Name
}

// Message is one thing that a device told.
type Message struct {
	Device string
	Class  string
	What   string    // Read, State, Done, Weight, Pressed or Online
	ID     string    // made by the device; empty for Online
	At     time.Time // the device's clock; zero where it has none to speak of
	Came   time.Time // when it arrived here, with the monotonic clock
	Raw    []byte    // the payload, owned by the receiver
	Missed int       // states of this device that were shed right before this one

	Code      string // Read; empty where NoRead
	Symbology string // Read: AIM identifier such as "]C1", empty where not told
	NoRead    bool   // Read: something passed and could not be read
	Blocked   bool   // State
	Box, Lane string // Done
	Grams     string // Weight: decimal text, such as "1204" or "212.5"
	Stable    bool   // Weight
	Online    bool   // Online
	Re        string // Pressed: the command that it answers; empty where the light does not tell
}

// Durable tells a message that is acknowledged only once it is on disk.
func (m *Message) Durable() bool { return m.What != State && m.What != Online }

// topic is a topic of the contract.
type topic struct{ site, class, device, what string }

func (t topic) String() string {
	return "dc/" + t.site + "/" + t.class + "/" + t.device + "/" + t.what
}

// parseTopic takes a topic apart. ErrTopic where it is none of the contract;
// which class has which what is checked too.
func parseTopic(s string) (topic, error) {
	p := strings.Split(s, "/")
	if len(p) != 5 || p[0] != "dc" {
		return topic{}, ErrTopic
	}
	t := topic{site: p[1], class: p[2], device: p[3], what: p[4]}
	if !isName(t.site) || !isName(t.device) || !says(t.class, t.what) && !hears(t.class, t.what) {
		return topic{}, ErrTopic
	}
	return t, nil
}

// isName tells a name that may stand in a topic: 1 to 64 bytes, printable ASCII
// without blank, slash, plus and hash.
func isName(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || c == '/' || c == '+' || c == '#' {
			return false
		}
	}
	return len(s) >= 1 && len(s) <= 64
}

// says tells what a device of a class sends.
func says(class, what string) bool {
	switch class {
	case Scanner:
		return what == Read || what == Online
	case PhotoEye:
		return what == State || what == Online
	case Divert:
		return what == Done || what == Online
	case Weigher:
		return what == Weight || what == Online
	case Light:
		return what == Pressed || what == Online
	case StackLight, Camera:
		return what == Online
	}
	return false
}

// hears tells what a device of a class is told.
func hears(class, what string) bool {
	switch class {
	case Scanner:
		return what == Verdict
	case Divert, Light, StackLight:
		return what == Set
	case Camera:
		return what == Cue
	}
	return false
}

// sent is what a device of a class sends besides Online; empty for nothing.
func sent(class string) string {
	for _, w := range []string{Read, State, Done, Weight, Pressed} {
		if says(class, w) {
			return w
		}
	}
	return ""
}

// checkDevices tells every fault of the configured devices at once.
func checkDevices(devs []Device) error {
	var faults []error
	names, secrets := map[string]bool{}, map[string]string{}
	for _, d := range devs {
		if !isName(d.Name) {
			faults = append(faults, fmt.Errorf("mqtt: device %q: a name has 1 to 64 letters, digits and signs, no blank / + #", d.Name))
		}
		if !says(d.Class, Online) {
			faults = append(faults, fmt.Errorf("mqtt: device %q: class %q is not known", d.Name, d.Class))
		}
		if names[d.Name] {
			faults = append(faults, fmt.Errorf("mqtt: device %q stands twice", d.Name))
		}
		names[d.Name] = true
		if s, ok := secrets[d.client()]; ok && s != d.Secret {
			faults = append(faults, fmt.Errorf("mqtt: device %q: client %q has two secrets", d.Name, d.client()))
		}
		secrets[d.client()] = d.Secret
	}
	return errors.Join(faults...)
}
