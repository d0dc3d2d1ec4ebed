package main

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// device is a scanner or a scale on a serial line that the site plays: each in a
// program of its own, so that ending the program pulls the device's cable.
type device struct {
	name, driver, protocol string
	line, query            string // path of the serial line, and its options
	control                string // host:port of the port for the person at it
}

// keys of a [[device]] table, each on a line of its own.
var setting = regexp.MustCompile(`(?m)^(\w+)\s*=\s*"([^"]*)"`)

// ownDevices takes the devices that the site plays itself out of a configuration,
// for the crew's simulator, which would play them as well. Their control ports begin
// at control.
func ownDevices(text []byte, control int) (own []device, rest []byte) {
	var blocks [][]byte
	var block []byte
	for line := range bytes.Lines(text) {
		if bytes.HasPrefix(line, []byte("[")) {
			blocks, block = append(blocks, block), nil
		}
		block = append(block, line...)
	}
	for _, b := range append(blocks, block) {
		if d, ok := ownDevice(b); ok {
			d.control = at(control + len(own))
			own = append(own, d)
			continue
		}
		rest = append(rest, b...)
	}
	return own, rest
}

func ownDevice(block []byte) (device, bool) {
	if !bytes.HasPrefix(block, []byte("[[device]]")) {
		return device{}, false
	}
	set := map[string]string{}
	for _, m := range setting.FindAllSubmatch(block, -1) {
		set[string(m[1])] = string(m[2])
	}
	u, err := url.Parse(set["link"])
	if err != nil || u.Scheme != "serial" || strings.HasPrefix(u.Path, "/dev/") || !slices.Contains([]string{"scanner", "scale"}, set["driver"]) {
		return device{}, false
	}
	return device{name: set["name"], driver: set["driver"], protocol: set["protocol"], line: u.Path, query: u.RawQuery}, true
}

// plugIn starts the site's own devices, and writes the configuration without
// them for the crew.
func (s *site) plugIn() error {
	text, err := os.ReadFile(s.config)
	if err != nil {
		return err
	}
	var rest []byte
	s.devices, rest = ownDevices(text, s.ports().control)
	if err := os.WriteFile(s.path("floor.toml"), rest, 0o600); err != nil {
		return err
	}
	for _, d := range s.devices {
		if err := os.MkdirAll(filepath.Dir(d.line), 0o700); err != nil {
			return err
		}
		args := []string{d.driver, "--name", d.name, "--at", "pty:" + d.line, "--control", d.control}
		if d.protocol != "" {
			args = append(args, "--protocol", d.protocol)
		}
		if baud, _ := url.ParseQuery(d.query); baud.Get("baud") != "" {
			args[4] += "?baud=" + baud.Get("baud")
		}
		if err := s.startAs(d.name, "firmware-sim", args...); err != nil {
			return err
		}
	}
	return nil
}

// unplugged tells that the program that ended was one of the site's own devices,
// and takes the name of its line away, as a pulled adapter's goes: a killed
// program leaves it behind, and the number of its terminal is soon another's.
func (s *site) unplugged(name string) bool {
	i := slices.IndexFunc(s.devices, func(d device) bool { return d.name == name })
	if i < 0 {
		return false
	}
	_ = os.Remove(s.devices[i].line) // gone already where the program ended by itself
	return true
}

// devicesTold says how to work the devices by hand.
func (s *site) devicesTold() string {
	var b strings.Builder
	b.WriteString("  Devices to work and to pull by hand:\n")
	for _, d := range s.devices {
		switch d.driver {
		case "scanner":
			fmt.Fprintf(&b, "    %-24s curl -d '{\"code\":\"TOTE-00001\"}' http://%s/scan\n", d.name, d.control)
		case "scale":
			fmt.Fprintf(&b, "    %-24s curl -d '{\"grams\":\"1204\"}' http://%s/put   (\"0\" clears it)\n", d.name, d.control)
		}
	}
	if b.Len() > 0 {
		b.WriteString("  Pull one of these by ending its program (pkill -f 'name NAME'); the others by their port (\"away\":false brings them back):\n")
	}
	if s.broker == mosquitto {
		fmt.Fprintf(&b, "    the broker, killed      kill -9 $(pgrep -f %s)   (it has forgotten every session; back in %s)\n", s.path("mosquitto.conf"), backAfter)
	}
	fmt.Fprintf(&b, "    a device at the broker   curl -d '{\"away\":true}' http://%s/devices/tunnel-1   (a printer: refuse; the belt, for its pins: pins or jam)\n", s.ports().hands)
	fmt.Fprintf(&b, "    a light's button         curl -X POST http://%s/lights/W1-1/press   (the crew presses them; without one scan the cell, or press)\n", s.ports().hands)
	fmt.Fprintf(&b, "    which there are          curl http://%s/devices\n", s.ports().hands)
	fmt.Fprintf(&b, "    the belt                 curl http://%s/status   (faults, hands: POST; parcels: %s)\n", s.ports().belt, s.path("parcels.ndjson"))
	return b.String()
}
