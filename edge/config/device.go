package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"dcedge/devices"
	"dcedge/devices/link"
	"dcedge/devices/printer"
	"dcedge/devices/scale"
	"dcedge/devices/scanner"
)

func (d *decoder) devices(c *Config) {
	seen := map[string]bool{}
	for i := range c.Devices {
		x := &c.Devices[i]
		at := "device[" + strconv.Itoa(i) + "]"
		d.name(at, x.Name, seen)
		d.one(at+".driver", x.Driver, drivers...)
		if x.Absent == "" {
			x.Absent = "retry"
		}
		d.one(at+".absent", x.Absent, "required", "retry", "ignore")
		if x.known() {
			d.protocol(at, x)
			d.labels(at, x)
		}
		if x.DPI == 0 {
			x.DPI = 203
		}
		if !slices.Contains([]int{203, 300, 600}, x.DPI) {
			d.fault(at+".dpi", "wants 203, 300 or 600")
		}
		if x.Station != "" && !slices.ContainsFunc(c.Stations, func(s Station) bool { return s.Name == x.Station }) {
			d.fault(at+".station", "no [[station]] has the name %q", x.Station)
		}
		if x.Driver == "camera" && x.Station == "" {
			d.fault(at, "a camera wants station =: it is told of the boxes that are packed there")
		}
		if x.Driver == "scanner" && (x.Station == "") != c.onBelt(x.Name) {
			d.fault(at, "a scanner wants station =, for whoever works there, or is the tunnel or hospital of a [[belt]]: one of them")
		}
		d.link(c, x, at+".link")
	}
}

// known tells a driver that there is. Of a device whose driver is misspelt that is said
// once, and nothing that only follows from it.
func (x *Device) known() bool { return slices.Contains(drivers, x.Driver) }

// has tells that the device of a name can be used as this driver's.
func (c *Config) has(name, driver string) bool {
	return slices.ContainsFunc(c.Devices, func(x Device) bool { return x.Name == name && (x.Driver == driver || !x.known()) })
}

// labels checks what only a printer of labels has.
func (d *decoder) labels(at string, x *Device) {
	d.one(at+".graphics", x.Graphics, append(graphics(), "")...)
	if x.Graphics != "" && x.Driver != "zebra" {
		d.fault(at+".graphics", `is for driver = "zebra" only`)
	}
	if (x.Serial != "" || x.Questions != nil) && x.Driver != "zebra" {
		d.fault(at, `serial and questions are for driver = "zebra" only`)
	}
	for j, q := range x.Questions {
		d.one(at+".questions["+strconv.Itoa(j)+"]", q, printer.Questions()...)
	}
}

// graphics are the ways to send a picture; the first is the default.
func graphics() []string { return []string{"hex", "z64"} }

// protocol checks what a device speaks, by the words of its driver.
func (d *decoder) protocol(at string, x *Device) {
	switch x.Driver {
	case "scanner":
		d.one(at+".protocol", x.Protocol, append(scanner.Protocols(), "")...)
	case "scale":
		if x.Protocol == "" {
			x.Protocol = "cas"
		}
		d.one(at+".protocol", x.Protocol, scale.Protocols()...)
	default:
		if x.Protocol != "" {
			d.fault(at+".protocol", `is for driver = "scanner" and "scale" only`)
		}
	}
	if x.Bell && x.Driver != "scanner" {
		d.fault(at+".bell", `is for driver = "scanner" only`)
	}
	switch _, err := scale.Grams("1", x.Unit); {
	case x.Driver == "scale" && x.Protocol == "cas10":
		if err != nil {
			d.fault(at+".unit", "is %q; cas10 tells no unit: set the one that the scale shows, g, kg, t or lb", x.Unit)
		}
	case x.Unit != "":
		d.fault(at+".unit", `is for protocol = "cas10" only: the others tell it themselves`)
	}
}

// schemesOf are the wires that a driver may be on.
func schemesOf(driver string) []string {
	switch driver {
	case "zebra", "scale":
		return []string{"tcp", "serial"}
	case "scanner":
		return []string{"tcp", "serial", "mqtt"}
	case "ipp":
		return []string{"ipp", "ipps"}
	case "photoeye", "divert", "stacklight":
		return []string{"gpio", "gpio+sim", "mqtt"}
	case "weigher", "light", "camera":
		return []string{"mqtt"}
	}
	return []string{"tcp", "serial", "mqtt", "gpio", "gpio+sim", "ipp", "ipps"} // the driver was refused already
}

// link checks the wire as the driver will open it, every fault of it at once.
func (d *decoder) link(c *Config, x *Device, at string) {
	may := schemesOf(x.Driver)
	u, err := url.Parse(x.Link)
	if err != nil || !slices.Contains(may, u.Scheme) {
		d.fault(at, `is no link for driver = %q; such as %s`, x.Driver, examples(may))
		return
	}
	name := x.Name
	if name == "" {
		name = "device" // said already; the link is checked all the same
	}
	switch u.Scheme {
	case "tcp", "serial":
		_, err = link.New(x.Link, link.Options{Device: name})
		d.ownLine(u, name, at)
	case "gpio", "gpio+sim":
		if x.known() { // which pins it has depends on it
			err = d.pins(x, name, at)
		}
	case "mqtt":
		if x.known() {
			err = d.atBroker(c, x, u)
		}
	}
	if err == nil && (u.Scheme == "ipp" || u.Scheme == "ipps") && (u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "") {
		d.fault(at, `wants host and path only, such as "ipp://10.0.0.9/printers/a4"`)
	}
	d.linkFaults(at, err)
	if slices.Contains([]string{"tcp", "ipp", "ipps"}, u.Scheme) && !loopback(c.HTTP.Listen) && ownAddress(u.Hostname()) {
		d.fault(at, "may not be on loopback or link-local unless [http] listen is on loopback")
	}
}

// ownAddress tells a host that is this machine or whoever is on the same wire: what
// listens there trusts who comes, and is no printer.
func ownAddress(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	ip = ip.Unmap()
	return err == nil && (ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || ip.IsMulticast())
}

// ownLine tells of a second device on one line: only one of them would be heard, and
// each would take what the other's says for its own.
func (d *decoder) ownLine(u *url.URL, name, at string) {
	line := filepath.Clean(u.Path)
	if u.Scheme == "tcp" {
		host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
		if host == "localhost" {
			host = "127.0.0.1"
		}
		if ip, err := netip.ParseAddr(host); err == nil {
			host = ip.Unmap().String()
		}
		line = net.JoinHostPort(host, strings.TrimLeft(u.Port(), "0"))
	}
	if other, taken := d.lineOf[line]; taken {
		d.fault(at, "%s is the line of %s already, and cannot be that of %s too: one device on a line", line, other, name)
		return
	}
	d.lineOf[line] = name
}

// onBelt tells that a scanner belongs to a belt.
func (c *Config) onBelt(scanner string) bool {
	return slices.ContainsFunc(c.Belts, func(b Belt) bool { return b.Tunnel == scanner || b.Hospital == scanner })
}

// linkFaults notes each of the faults that devices/link has joined.
func (d *decoder) linkFaults(at string, err error) {
	if err == nil {
		return
	}
	if f, ok := errors.AsType[*devices.Fault](err); ok {
		err = f.Err
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok && joined.Unwrap()[0] != link.ErrURL {
		for _, one := range joined.Unwrap() {
			d.linkFaults(at, one)
		}
		return
	}
	d.fault(at, "%s", strings.TrimPrefix(err.Error(), link.ErrURL.Error()+": "))
}

func examples(schemes []string) string {
	forms := map[string]string{"tcp": `"tcp://10.0.0.21:9100"`, "serial": `"serial:///dev/ttyUSB0?baud=9600"`, "mqtt": `"mqtt:"`,
		"gpio": `"gpio://GPIO17?pull=up"`, "gpio+sim": `"gpio+sim:///run/pins.sock?pin=eye-1"`, "ipp": `"ipp://10.0.0.9/printers/a4"`,
		"ipps": `"ipps://10.0.0.9/printers/a4"`}
	out := make([]string, len(schemes))
	for i, s := range schemes {
		out[i] = forms[s]
	}
	return strings.Join(out, ", ")
}

// scalesOfStations gives a station the scale that names it, where it names none
// itself.
func (d *decoder) scalesOfStations(c *Config) {
	for i, x := range c.Devices {
		if x.Driver != "scale" || x.Station == "" {
			continue
		}
		for j := range c.Stations {
			s := &c.Stations[j]
			if s.Name != x.Station {
				continue
			}
			if s.Scale != "" && s.Scale != x.Name {
				d.fault("device["+strconv.Itoa(i)+"].station", "station %s has the scale %s already", s.Name, s.Scale)
				continue
			}
			s.Scale = x.Name
		}
	}
}
