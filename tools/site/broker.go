package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"
)

// mosquitto is Debian's broker, as a program of the site.
const mosquitto = "mosquitto"

// atMosquitto has edge and devices meet at another broker than the edge's own.
func atMosquitto(text []byte, broker string) ([]byte, error) {
	own := regexp.MustCompile(`(?m)^\[mqtt\]\nlisten = "[^"]*"$`)
	if !own.Match(text) {
		return nil, errors.New("no [mqtt] table with a listen to put another broker in the place of")
	}
	return own.ReplaceAll(text, fmt.Appendf(nil, "[mqtt]\nbroker = \"tcp://%s\"", broker)), nil
}

// startBroker starts mosquitto where the site meets there, and waits until it
// listens. It keeps nothing: killed, it has forgotten every session, which is the
// worst that a broker can do.
func (s *site) startBroker(ctx context.Context) error {
	if s.broker != mosquitto {
		return nil
	}
	bin, err := exec.LookPath(mosquitto)
	if err != nil {
		bin = "/usr/sbin/mosquitto" // Debian's place, on no user's PATH
	}
	file, err := filepath.Abs(s.path("mosquitto.conf"))
	if err != nil {
		return err
	}
	broker := s.ports().broker
	host, port, err := net.SplitHostPort(broker)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("listener %s %s\nallow_anonymous true\nset_tcp_nodelay true\npersistence false\nlog_dest stderr\n", port, host)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return err
	}
	if err := s.startAs(mosquitto, bin, "-c", file); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		c, err := net.Dial("tcp", broker)
		if err == nil {
			return c.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("mosquitto does not listen on %s: %w; its last lines:\n%s", broker, ctx.Err(), s.tail(mosquitto, 1500))
		case p := <-s.ended:
			return fmt.Errorf("%s ended (%w); its last lines:\n%s", p.name, p.err, s.tail(p.name, 1500))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

var dataLine = regexp.MustCompile(`(?m)^data = "([^"]*)"$`)

// ownData has the edge's data lie in the site's folder, beside the keys that it was
// made with. A site that began elsewhere goes on there.
func (s *site) ownData(text []byte) []byte {
	m, own := dataLine.FindSubmatch(text), s.path("data")
	if m == nil || filepath.Clean(string(m[1])) == filepath.Clean(own) || s.Days > 0 && !exists(own) {
		return text
	}
	return dataLine.ReplaceAllLiteral(text, fmt.Appendf(nil, "data = %q", own))
}

// configure has the edge run on a copy of its configuration where the options
// change something of it.
func (s *site) configure() error {
	text, err := os.ReadFile(s.config)
	if err != nil {
		return err
	}
	with := text
	if s.mix == "zones" || s.mix == "all" {
		with, err = zones(with)
	}
	if err == nil && s.port != 0 {
		with, err = elsewhere(with, s.port)
	}
	if err == nil {
		with = s.ownData(with)
	}
	switch s.broker {
	case "embedded":
	case mosquitto:
		if err == nil {
			with, err = atMosquitto(with, s.ports().broker)
		}
	default:
		return fmt.Errorf("--broker %s: embedded or mosquitto", s.broker)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.config, err)
	}
	if bytes.Equal(with, text) {
		return nil
	}
	s.config = s.path("edge.toml")
	return os.WriteFile(s.config, with, 0o600)
}
