package link

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Bounds of the pulse of an output.
const (
	leastPulse = 10 * time.Millisecond
	mostPulse  = 5 * time.Second
)

// NewPulse makes the opener of an output that is driven for a while, and says for
// how long: gpio://GPIO22?pulse=150ms&invert=true, where invert turns the level
// round for a relay that pulls in on low. Its errors are those of NewPin.
func NewPulse(rawURL string, o Options) (*PinOpener, time.Duration, error) {
	p, q, u, err := newPin(rawURL, o)
	if err != nil {
		return nil, 0, err
	}
	pulse, err := time.ParseDuration(q.take("pulse", "150ms"))
	if err != nil || pulse < leastPulse || pulse > mostPulse {
		q.fault("pulse is %q, wants %v to %v, as in 150ms", q.values.Get("pulse"), leastPulse, mostPulse)
	}
	p.plain(q, u)
	if err := q.end(); err != nil {
		return nil, 0, badURL(o.Device, err)
	}
	return p, pulse, nil
}

// NewLamps makes the openers of several outputs of one device, each under an option
// of its name: gpio://?red=GPIO5&green=GPIO6, or gpio+sim:///run/pins.sock?red=r1.
// One at least is there; invert=true is for all of them.
func NewLamps(rawURL string, o Options, names ...string) (map[string]*PinOpener, error) {
	u, o, err := parse(rawURL, o)
	if err != nil {
		return nil, err
	}
	q := newQuery(u)
	base := PinOpener{device: o.Device, wait: o.DialTimeout}
	switch {
	case u.Scheme == "gpio+sim":
		if base.socket = u.Host + u.Path; base.socket == "" || u.Port() != "" {
			q.fault("gpio+sim wants the path of a socket, as in gpio+sim:///run/pins.sock?%s=lamp-1", names[0])
		}
	case u.Scheme != "gpio":
		return nil, badURL(o.Device, fmt.Errorf("%w: scheme %q is no pin (gpio, gpio+sim)", ErrURL, u.Scheme))
	case u.Host != "" || u.Path != "" && u.Path != "/":
		q.fault("gpio names each pin as an option here, as in gpio://?%s=GPIO5", names[0])
	}
	if u.User != nil || u.Fragment != "" {
		q.fault("%s takes pins and options only", u.Scheme)
	}
	base.invert = q.choose("invert", "false", "true") == 1
	out, used := map[string]*PinOpener{}, map[string]string{}
	for _, name := range names {
		p := base
		switch p.name = q.take(name, ""); {
		case p.name == "":
			continue
		case !pinName.MatchString(p.name):
			q.fault("%s is %q, wants a pin: 1 to 64 letters, digits and . _ -", name, p.name)
		case used[p.name] != "":
			q.fault("%s is the pin of %s already", name, used[p.name])
		}
		used[p.name] = name
		out[name] = &p
	}
	if len(out) == 0 {
		q.fault("wants a pin at least, of %s", strings.Join(names, ", "))
	}
	if err := q.end(); err != nil {
		return nil, badURL(o.Device, err)
	}
	return out, nil
}

// plain reads what an output has besides its name.
func (p *PinOpener) plain(q *query, u *url.URL) {
	p.named(q, u)
	p.invert = q.choose("invert", "false", "true") == 1
}

// Place names the pin itself, whatever device has it.
func (p *PinOpener) Place() string {
	if p.socket != "" {
		return p.socket + " " + p.name
	}
	return p.name
}

// Lost is closed when the pin is gone: look at Fault. Nil for pins that cannot be
// lost.
func (p *Pin) Lost() <-chan struct{} {
	if s, ok := p.PinIO.(*simPin); ok {
		return s.gone
	}
	return nil
}
