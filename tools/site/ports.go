package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// ports are what the site listens on beside what its configuration names.
type ports struct {
	broker, belt, hands string // mosquitto, the belt's, and the one that pulls devices
	control             int    // of the first device that the site plays itself
	above               int    // how far above a printer's port its one for people lies
}

// lastPort is how far above --port the last of the site's ports lies.
const lastPort = 41

// ports are the demo's own, or a block from --port on. mosquitto's is not MQTT's own:
// Debian's package starts a service of its own there.
func (s *site) ports() ports {
	if s.port == 0 {
		return ports{broker: at(1884), belt: at(9220), hands: at(9221), control: 9211, above: 100}
	}
	return ports{broker: at(s.port + 1), belt: at(s.port + 40), hands: at(s.port + lastPort), control: s.port + 31, above: 20}
}

func at(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

var address = regexp.MustCompile(`127\.0\.0\.1:(\d+)`)

// lines is where the demo's serial lines and pins lie.
const lines = "/tmp/dcedge-site/"

// elsewhere has a configuration's addresses be those from a port on, in the order in
// which they stand there, and its lines lie in a folder of their own: a second site
// gets in nobody's way.
func elsewhere(text []byte, port int) ([]byte, error) {
	if port < 1024 || port+lastPort > 65535 {
		return nil, fmt.Errorf("--port %d: from 1024 to %d", port, 65535-lastPort)
	}
	next := map[string]string{}
	out := address.ReplaceAllStringFunc(string(text), func(a string) string {
		if next[a] == "" {
			next[a] = at(port + len(next))
		}
		return next[a]
	})
	return []byte(strings.ReplaceAll(out, lines, fmt.Sprintf("%s-%d/", strings.TrimSuffix(lines, "/"), port))), nil
}

var printerAddress = regexp.MustCompile(`tcp://127\.0\.0\.1:(\d+)`)

// taken says which of the site's ports another program has, before anything is
// started, and what to do.
func (s *site) taken() error {
	text, err := os.ReadFile(s.config)
	if err != nil {
		return err
	}
	p := s.ports()
	all := append(address.FindAllString(string(text), -1), p.belt, p.hands)
	for _, m := range printerAddress.FindAllStringSubmatch(string(text), -1) {
		if n, err := strconv.Atoi(m[1]); err == nil && at(n) != p.broker {
			all = append(all, at(n+p.above))
		}
	}
	own, _ := ownDevices(text, p.control)
	for _, d := range own {
		all = append(all, d.control)
	}
	var busy []string
	seen := map[string]bool{}
	for _, a := range all {
		if seen[a] {
			continue
		}
		seen[a] = true
		l, err := net.Listen("tcp", a)
		if err != nil {
			busy = append(busy, a[strings.LastIndex(a, ":")+1:])
			continue
		}
		_ = l.Close() // it was free
	}
	if len(busy) == 0 {
		return nil
	}
	other := 9000
	if s.port != 0 {
		other = (s.port/1000%60 + 1) * 1000
	}
	return errors.New("taken by another program, perhaps another site: port " + strings.Join(busy, ", ") +
		fmt.Sprintf("\n      make run PORT=%d takes ports from %d on", other, other))
}

// scripts writes what a shell wants to know of this site, for the scripts of docs: its
// addresses, its keys, its lead. The printer is that of the desk that they work at.
func (s *site) scripts() (file string, err error) {
	text, err := os.ReadFile(s.config)
	if err != nil {
		return "", err
	}
	var env strings.Builder
	put := func(name, value string) { fmt.Fprintf(&env, "export %s='%s'\n", name, value) }
	put("EDGE", s.url())
	put("BELT", "http://"+s.ports().belt)
	if m := desk4.FindSubmatch(text); m != nil {
		n, _ := strconv.Atoi(string(m[1])) // digits, by the expression
		put("PRINTER", "http://"+at(n+s.ports().above))
	}
	put("LEAD", s.LeadBadge)
	put("PIN", s.LeadPIN)
	for _, key := range []string{"EDGE_WMS_KEY", "EDGE_TRY_KEY", "EDGE_AUDIT_KEY"} {
		put(key, s.Keys[key])
	}
	file = s.path("env")
	return file, os.WriteFile(file, []byte(env.String()), 0o600)
}

var desk4 = regexp.MustCompile(`name = "printer-4"\ndriver = "zebra"\nlink = "tcp://127\.0\.0\.1:(\d+)"`)
