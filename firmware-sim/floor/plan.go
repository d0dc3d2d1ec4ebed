package floor

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"dcedge/firmware-sim/conveyor"
	"dcedge/firmware-sim/fault"
	"dcedge/firmware-sim/wire"
)

// Plan is what the floor needs to know of a configuration.
type Plan struct {
	URL        string // of the edge
	Printers   []PrinterAt
	Site       string
	Broker     wire.Broker // its URL is empty where nothing speaks MQTT
	Scanners   []DeviceAt
	Scales     []DeviceAt
	Tunnels    []string // scanners at the broker; the first is the belt's
	Eyes       []conveyor.Eye
	Diverts    []string
	PinDiverts []conveyor.Divert
	Lamps      []string // outputs of stack lights on pins
	Weighers   []string // the first is the belt's
	Lights     []string
	Stacks     []string         // stack lights; the first is the belt's
	Pins       string           // socket of the simulated pins
	Belt       *conveyor.Layout // of the first [[belt]]; nil: it is made of the devices
	Hospital   string           // scanner at the belt's end
	Left       []string         // devices that are not played, with the reason
}

// PrinterAt is a printer and where the edge will look for it: host:port, or a
// place of wire.
type PrinterAt struct{ Name, Addr string }

// DeviceAt is a device on a stream of bytes: its place (of wire) and protocol.
type DeviceAt struct{ Name, Place, Protocol string }

// control is the address of the printer's control port, always on loopback:
// whoever reaches it sees the labels.
func (p PrinterAt) control(above int) (string, error) {
	if above == 0 || strings.HasPrefix(p.Addr, "pty:") {
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

// configuration is what is read of the edge's.
type configuration struct {
	Site string `toml:"site"`
	HTTP struct {
		Listen string `toml:"listen"`
		TLS    string `toml:"tls"`
	} `toml:"http"`
	MQTT struct {
		Listen      string `toml:"listen"`
		Broker      string `toml:"broker"`
		User        string `toml:"user"`
		PasswordEnv string `toml:"passwordEnv"`
		CA          string `toml:"ca"`
	} `toml:"mqtt"`
	Device []deviceLine `toml:"device"`
	Belt   []beltLine   `toml:"belt"`
}

type deviceLine struct {
	Name     string `toml:"name"`
	Driver   string `toml:"driver"`
	Link     string `toml:"link"`
	Protocol string `toml:"protocol"`
}

// ReadPlan takes the devices that can be played, http.listen and the broker from
// a configuration file. A serial line under /dev and a gpio pin are real: they go
// into Plan.Left. env gives the value of an environment variable (the broker's
// password).
func ReadPlan(text []byte, env ...func(string) string) (Plan, error) {
	var c configuration
	if err := toml.Unmarshal(text, &c); err != nil {
		return Plan{}, fmt.Errorf("%w: %w", ErrPlan, err)
	}
	var faults []error
	p := Plan{URL: "http://" + c.HTTP.Listen, Site: c.Site}
	if c.HTTP.Listen == "" {
		faults = append(faults, errors.New("http.listen is missing"))
	}
	if c.HTTP.TLS != "" && c.HTTP.TLS != "off" {
		faults = append(faults, fmt.Errorf("http.tls = %q: the crew speaks plain HTTP, to loopback", c.HTTP.TLS))
	}
	if c.MQTT.CA != "" {
		faults = append(faults, errors.New("mqtt.ca: the simulated devices trust the system's roots only"))
	}
	switch {
	case c.MQTT.Broker != "" && c.MQTT.Broker != "embedded":
		p.Broker = wire.Broker{URL: c.MQTT.Broker, User: c.MQTT.User}
		if len(env) > 0 && c.MQTT.PasswordEnv != "" {
			p.Broker.Password = env[0](c.MQTT.PasswordEnv)
		}
	case c.MQTT.Listen != "":
		p.Broker.URL = "tcp://" + c.MQTT.Listen
	}
	for _, d := range c.Device {
		if err := p.device(d); err != nil {
			faults = append(faults, fmt.Errorf("device %q: %w", d.Name, err))
		}
	}
	for i, b := range c.Belt {
		if i > 0 {
			p.Left = append(p.Left, b.Name+": one belt is played")
			continue
		}
		if err := p.line(b); err != nil {
			faults = append(faults, err)
		}
	}
	if len(faults) > 0 {
		return Plan{}, fmt.Errorf("%w: %w", ErrPlan, errors.Join(faults...))
	}
	return p, nil
}

// ReadFaults reads a fault script (TOML, strict); see the package fault for its
// form. What can go wrong is named by each device:
//
//	[[fault]]
//	after = "30s"            # from the start
//	for = "20s"              # then it is as before; left out: it stays
//	printer = "printer-1"    # or scanner, tunnel, scale, conveyor, light, device
//	paper = 0                # labels on the roll; 0 takes it out, -1 endless
//	head = "open"            # open, closed
//	ribbon = "out"           # out, in
//	pause = true
//	take = true              # the label off the peel bar
//	power = "lost"           # off and on: lost forgets its buffer, replay prints it
//	cutAfter = 120           # cut the next connection after so many bytes
//	silent = true            # no answer to any question
//	silentOnFault = true     # no ~HS while media is out or the head is open
//	late = 900               # milliseconds that answers are held back
//	garble = true            # damaged ~HS
//	refuse = true            # the port is closed, the adapter is pulled
//	twice = 1                # the next label comes out twice
//	hot = true               # the head overheats
//	heal = true              # ends every fault
//
// The keys of the others: scanner.Faults, scanner.TunnelFaults, scale.Faults,
// conveyor.Faults (the belt), away (photo-eyes, diverts, weighers), lights.Faults.
func ReadFaults(text []byte) ([]fault.Step, error) {
	steps, err := fault.Read(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPlan, err)
	}
	return steps, nil
}
