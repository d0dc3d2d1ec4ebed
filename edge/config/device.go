package config

import (
	"errors"
	"net/netip"
	"net/url"
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
		d.protocol(at, x)
		if x.DPI == 0 {
			x.DPI = 203
		}
		if !slices.Contains([]int{203, 300, 600}, x.DPI) {
			d.fault(at+".dpi", "wants 203, 300 or 600")
		}
		d.one(at+".graphics", x.Graphics, "", "hex", "z64")
		if x.Graphics != "" && x.Driver != "zebra" {
			d.fault(at+".graphics", `is for driver = "zebra" only`)
		}
		if (x.Serial != "" || x.Questions != nil) && x.Driver != "zebra" {
			d.fault(at, `serial and questions are for driver = "zebra" only`)
		}
		for j, q := range x.Questions {
			d.one(at+".questions["+strconv.Itoa(j)+"]", q, printer.Questions()...)
		}
		if x.Station != "" && !slices.ContainsFunc(c.Stations, func(s Station) bool { return s.Name == x.Station }) {
			d.fault(at+".station", "no [[station]] has this name")
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
			d.fault(at+".unit", `cas10 tells no unit: set the one that the scale shows, such as unit = "kg"`)
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
	case "photoeye":
		return []string{"gpio", "gpio+sim", "mqtt"}
	case "divert", "weigher", "light", "stacklight", "camera":
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
	case "gpio", "gpio+sim":
		_, err = link.NewPin(x.Link, link.Options{Device: name})
	case "mqtt":
		err = d.atBroker(c, x, u)
	}
	if err == nil && (u.Scheme == "ipp" || u.Scheme == "ipps") && (u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "") {
		d.fault(at, `wants host and path only, such as "ipp://10.0.0.9/printers/a4"`)
	}
	d.linkFaults(at, err)
	if ip, perr := netip.ParseAddr(u.Hostname()); slices.Contains([]string{"tcp", "ipp", "ipps"}, u.Scheme) && perr == nil && !loopback(c.HTTP.Listen) &&
		(ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified()) {
		d.fault(at, "may not be on loopback or link-local unless [http] listen is on loopback")
	}
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
