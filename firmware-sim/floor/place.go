package floor

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"dcedge/firmware-sim/conveyor"
)

// errReal marks a device that is not ours to play.
var errReal = errors.New("it is a real one")

// device takes one device into the plan.
func (p *Plan) device(d deviceLine) error {
	if d.Name == "" {
		return errors.New("it has no name")
	}
	var err error
	switch d.Driver {
	case "zebra":
		var place string
		if place, err = stream(d.Link); err == nil {
			p.Printers = append(p.Printers, PrinterAt{d.Name, strings.TrimPrefix(place, "tcp://")})
		}
	case "scanner":
		err = p.scanner(d)
	case "scale":
		var place string
		if place, err = stream(d.Link); err == nil {
			p.Scales = append(p.Scales, DeviceAt{d.Name, place, d.Protocol})
		}
	case "photoeye":
		err = p.eye(d)
	case "divert", "stacklight":
		if err = p.output(d); errors.Is(err, errBroker) {
			err = p.atBroker(d)
		}
	case "weigher", "light":
		err = p.atBroker(d)
	default:
		err = fmt.Errorf("%w: driver %q is not simulated", errReal, d.Driver)
	}
	if errors.Is(err, errReal) {
		p.Left = append(p.Left, d.Name+": "+err.Error())
		return nil
	}
	return err
}

// atBroker takes a device whose link is mqtt: into its list.
func (p *Plan) atBroker(d deviceLine) error {
	if d.Link != "mqtt:" {
		return fmt.Errorf("%w: link %q", errReal, d.Link)
	}
	if p.Broker.URL == "" {
		return errors.New("it is at the broker, and [mqtt] names none")
	}
	to := map[string]*[]string{"divert": &p.Diverts, "weigher": &p.Weighers, "light": &p.Lights, "stacklight": &p.Stacks, "scanner": &p.Tunnels}[d.Driver]
	*to = append(*to, d.Name)
	return nil
}

func (p *Plan) scanner(d deviceLine) error {
	if d.Link == "mqtt:" {
		return p.atBroker(d)
	}
	place, err := stream(d.Link)
	if err != nil {
		return err
	}
	// What the edge calls auto takes any of the ends; what it calls idle takes none.
	protocol := d.Protocol
	switch protocol {
	case "auto":
		protocol = ""
	case "idle":
		protocol = "none"
	}
	p.Scanners = append(p.Scanners, DeviceAt{d.Name, place, protocol})
	return nil
}

func (p *Plan) eye(d deviceLine) error {
	if d.Link == "mqtt:" {
		if p.Broker.URL == "" {
			return errors.New("it is at the broker, and [mqtt] names none")
		}
		p.Eyes = append(p.Eyes, conveyor.Eye{Name: d.Name})
		return nil
	}
	u, err := url.Parse(d.Link)
	if err != nil {
		return fmt.Errorf("link %q: %w", d.Link, err)
	}
	if u.Scheme != "gpio+sim" {
		return fmt.Errorf("%w: link %q", errReal, d.Link)
	}
	if err := p.board(u.Host + u.Path); err != nil {
		return err
	}
	p.Eyes = append(p.Eyes, conveyor.Eye{Name: d.Name, Pin: pinOf(d, u), Invert: u.Query().Get("invert") == "true"})
	return nil
}

// pinOf names the pin of a device: its own name where the link names none.
func pinOf(d deviceLine, u *url.URL) string { return cmp.Or(u.Query().Get("pin"), d.Name) }

// board notes the socket of the pins.
func (p *Plan) board(socket string) error {
	switch {
	case socket == "":
		return errors.New("its pins have no socket")
	case p.Pins != "" && p.Pins != socket:
		return fmt.Errorf("its pins are on %s, others on %s: one socket a floor", socket, p.Pins)
	}
	p.Pins = socket
	return nil
}

// errBroker marks an output that is at the broker.
var errBroker = errors.New("it is at the broker")

// output takes a divert or a stack light on pins.
func (p *Plan) output(d deviceLine) error {
	u, err := url.Parse(d.Link)
	if err != nil {
		return fmt.Errorf("link %q: %w", d.Link, err)
	}
	switch u.Scheme {
	case "mqtt":
		return errBroker
	case "gpio+sim":
	default:
		return fmt.Errorf("%w: link %q", errReal, d.Link)
	}
	if err := p.board(u.Host + u.Path); err != nil {
		return err
	}
	q := u.Query()
	if d.Driver == "divert" {
		p.PinDiverts = append(p.PinDiverts, conveyor.Divert{Name: d.Name, Pin: pinOf(d, u), Invert: q.Get("invert") == "true"})
		return nil
	}
	for _, lamp := range []string{"red", "amber", "green", "buzzer"} {
		if pin := q.Get(lamp); pin != "" {
			p.Lamps = append(p.Lamps, pin)
		}
	}
	return nil
}

// stream is the place where a device on tcp:// or serial:// is played.
func stream(link string) (string, error) {
	u, err := url.Parse(link)
	if err != nil {
		return "", fmt.Errorf("link %q: %w", link, err)
	}
	switch {
	case u.Scheme == "tcp" && u.Port() != "":
		return "tcp://" + u.Host, nil
	case u.Scheme == "serial" && slices.Contains([]string{"dev", "sys"}, strings.Split(strings.TrimPrefix(u.Path, "/"), "/")[0]):
		return "", fmt.Errorf("%w: line %s", errReal, u.Path)
	case u.Scheme == "serial" && u.Path != "" && u.Host == "":
		place := "pty:" + u.Path
		if baud := u.Query().Get("baud"); baud != "" {
			place += "?baud=" + url.QueryEscape(baud)
		}
		return place, nil
	}
	return "", fmt.Errorf("link %q is neither tcp://host:port nor serial:///path", link)
}
