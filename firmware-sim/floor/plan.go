package floor

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/pelletier/go-toml/v2"

	"dcedge/firmware-sim/printer"
)

// Plan is what the floor needs to know of a configuration.
type Plan struct {
	URL      string // of the edge
	Printers []PrinterAt
}

// PrinterAt is a printer and the address where the edge will look for it.
type PrinterAt struct{ Name, Addr string }

// control is the address of the printer's control port, always on loopback:
// whoever reaches it sees the labels.
func (p PrinterAt) control(above int) (string, error) {
	if above == 0 {
		return "127.0.0.1:0", nil
	}
	_, port, err := net.SplitHostPort(p.Addr)
	if err != nil {
		return "", fmt.Errorf("%w: printer %q: %w", ErrPlan, p.Name, err)
	}
	n, err := strconv.Atoi(port)
	if err == nil && n == 0 {
		return "127.0.0.1:0", nil // the ZPL port is a free one, so this is too
	}
	if err != nil || n+above < 1 || n+above > 65535 {
		return "", fmt.Errorf("%w: printer %q: no control port %d above %s", ErrPlan, p.Name, above, port)
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(n+above)), nil
}

// ErrPlan is returned for a configuration or a fault script that cannot be played.
var ErrPlan = errors.New("floor: cannot be played")

// ReadPlan takes the printers ([[device]] with driver zebra and a tcp link) and
// http.listen from a configuration file.
func ReadPlan(text []byte) (Plan, error) {
	var c struct {
		HTTP struct {
			Listen string `toml:"listen"`
			TLS    string `toml:"tls"`
		} `toml:"http"`
		Device []struct {
			Name   string `toml:"name"`
			Driver string `toml:"driver"`
			Link   string `toml:"link"`
		} `toml:"device"`
	}
	if err := toml.Unmarshal(text, &c); err != nil {
		return Plan{}, fmt.Errorf("%w: %w", ErrPlan, err)
	}
	var faults []error
	p := Plan{URL: "http://" + c.HTTP.Listen}
	if c.HTTP.Listen == "" {
		faults = append(faults, errors.New("http.listen is missing"))
	}
	if c.HTTP.TLS != "" && c.HTTP.TLS != "off" {
		faults = append(faults, fmt.Errorf("http.tls = %q: the crew speaks plain HTTP, to loopback", c.HTTP.TLS))
	}
	for _, d := range c.Device {
		if d.Driver != "zebra" {
			continue
		}
		link, err := url.Parse(d.Link)
		if err != nil || link.Scheme != "tcp" || link.Port() == "" || d.Name == "" {
			faults = append(faults, fmt.Errorf("device %q: link %q is no tcp://host:port", d.Name, d.Link))
			continue
		}
		p.Printers = append(p.Printers, PrinterAt{d.Name, link.Host})
	}
	if len(faults) > 0 {
		return Plan{}, fmt.Errorf("%w: %w", ErrPlan, errors.Join(faults...))
	}
	return p, nil
}

// Fault is one line of a fault script: at a time after the start, something
// happens at a printer.
type Fault struct {
	After   time.Duration // divided by the speed
	Printer string
	Hands   printer.Hands
	Faults  *printer.Faults // replaces those there are; nil: unchanged
}

// scripted is a [[fault]] as it is written.
type scripted struct {
	After   string `toml:"after"`
	Printer string `toml:"printer"`
	Paper   *int   `toml:"paper"`
	Head    string `toml:"head"`
	Pause   *bool  `toml:"pause"`
	Power   string `toml:"power"`

	Heal          bool   `toml:"heal"`
	CutAfter      *int64 `toml:"cutAfter"`
	Silent        bool   `toml:"silent"`
	SilentOnFault bool   `toml:"silentOnFault"`
	Garble        bool   `toml:"garble"`
	Refuse        bool   `toml:"refuse"`
	Twice         int    `toml:"twice"`
}

// ReadFaults reads a fault script (TOML, strict):
//
//	[[fault]]
//	after = "30s"            # from the start
//	printer = "printer-1"
//	paper = 0                # labels on the roll; 0 takes it out, -1 endless
//	head = "open"            # open, closed
//	pause = true
//	power = "lost"           # off and on: lost forgets its buffer, replay prints it
//	cutAfter = 120           # cut the next connection after so many bytes
//	silent = true            # no answer to any question
//	silentOnFault = true     # no ~HS while media is out or the head is open
//	garble = true            # damaged ~HS
//	refuse = true            # the port is closed
//	twice = 1                # the next label comes out twice
//	heal = true              # ends silent, silentOnFault, garble, refuse
func ReadFaults(text []byte) ([]Fault, error) {
	var script struct {
		Fault []scripted `toml:"fault"`
	}
	d := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields()
	if err := d.Decode(&script); err != nil {
		return nil, fmt.Errorf("%w: fault script: %w", ErrPlan, err)
	}
	all := make([]Fault, 0, len(script.Fault))
	var faults []error
	for i, s := range script.Fault {
		f, err := s.fault()
		if err != nil {
			faults = append(faults, fmt.Errorf("fault %d: %w", i+1, err))
		}
		all = append(all, f)
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("%w: %w", ErrPlan, errors.Join(faults...))
	}
	return all, nil
}

func (s scripted) fault() (Fault, error) {
	after, err := time.ParseDuration(s.After)
	if err != nil || after < 0 {
		return Fault{}, fmt.Errorf("after = %q is no duration such as \"30s\"", s.After)
	}
	if s.Printer == "" {
		return Fault{}, errors.New("printer is missing")
	}
	if s.Head != "" && s.Head != "open" && s.Head != "closed" {
		return Fault{}, fmt.Errorf("head = %q: open or closed", s.Head)
	}
	if s.Power != "" && s.Power != "lost" && s.Power != "replay" {
		return Fault{}, fmt.Errorf("power = %q: lost or replay", s.Power)
	}
	f := Fault{
		After: after, Printer: s.Printer,
		Hands: printer.Hands{Paper: s.Paper, Head: s.Head, Pause: s.Pause, Power: s.Power},
	}
	broken := printer.Faults{
		CutAfter: s.CutAfter, Silent: s.Silent, SilentOnFault: s.SilentOnFault, Garble: s.Garble,
		Refuse: s.Refuse, Twice: s.Twice,
	}
	if s.Heal || broken != (printer.Faults{}) {
		f.Faults = &broken
	}
	if f.Faults == nil && f.Hands == (printer.Hands{}) {
		return Fault{}, errors.New("nothing happens")
	}
	return f, nil
}
