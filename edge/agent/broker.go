package agent

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"dcedge/devices"
	"dcedge/devices/mqtt"
	"dcedge/edge/belt"
	"dcedge/edge/board"
	"dcedge/edge/config"
)

// brokerPart names the broker among the supervised parts and on the devices page.
const brokerPart = "mqtt"

// brokerPassword is the password of the edge at another broker.
func brokerPassword(cfg *config.Config, env Env) (string, error) {
	name := cfg.MQTT.PasswordEnv
	if name == "" {
		return "", nil
	}
	if v := env(name); v != "" {
		return v, nil
	}
	return "", fmt.Errorf("%s is not set: it holds the password at the broker", name)
}

// brokerDevices lists the devices behind the broker, with the secrets that the
// embedded one asks them for.
func brokerDevices(cfg *config.Config, env Env) ([]mqtt.Device, error) {
	var out []mqtt.Device
	var faults []error
	for _, c := range cfg.Devices {
		if !behindBroker(c) {
			continue
		}
		d := mqtt.Device{Name: c.Name, Class: c.Driver, Client: c.Client, Most: c.Changes}
		if c.PasswordEnv != "" {
			if d.Secret = env(c.PasswordEnv); d.Secret == "" {
				faults = append(faults, fmt.Errorf("device %s: %s is not set: it holds the device's password", c.Name, c.PasswordEnv))
			}
		}
		out = append(out, d)
	}
	return out, errors.Join(faults...)
}

func behindBroker(c config.Device) bool { return strings.HasPrefix(c.Link, "mqtt:") }

// newLine makes the way to the devices behind the broker: what they send comes
// by the inbox, what they are told goes by the line. look: only to see who is
// there.
func newLine(cfg *config.Config, env Env, log *slog.Logger, look bool) (*mqtt.Inbox, mqtt.Line, error) {
	devs, err := brokerDevices(cfg, env)
	if err != nil {
		return nil, nil, err
	}
	in, err := mqtt.NewInbox(cfg.Site, devs, log)
	if err != nil {
		return nil, nil, err
	}
	m := cfg.MQTT
	if m.Embedded() {
		conf := mqtt.BrokerConfig{Listen: m.Listen, Clients: max(64, 2*len(devs))}
		if m.Cert != "" {
			pair, err := tls.LoadX509KeyPair(m.Cert, m.Key)
			if err != nil {
				return nil, nil, fmt.Errorf("cert and key of [mqtt]: %w", err)
			}
			conf.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
		}
		line, err := mqtt.NewBroker(conf, in)
		return in, line, err
	}
	password, err := brokerPassword(cfg, env)
	if err != nil {
		return nil, nil, err
	}
	conf := mqtt.ClientConfig{Broker: m.Broker, User: m.User, Password: password, Look: look}
	if m.CA != "" {
		if conf.CA, err = os.ReadFile(m.CA); err != nil {
			return nil, nil, fmt.Errorf("ca of [mqtt]: %w", err)
		}
	}
	line, err := mqtt.NewClient(conf, in)
	return in, line, err
}

// openBroker makes the broker, or the client of another one, where the
// configuration names one.
func (a *Agent) openBroker() (err error) {
	if a.cfg.MQTT == nil {
		return nil
	}
	if a.inbox, a.wire, err = newLine(a.cfg, a.env, a.log, false); err != nil {
		return fmt.Errorf("agent: mqtt: %w", err)
	}
	a.mail = map[string]taker{}
	a.health = &wireHealth{since: time.Now()}
	return nil
}

// taker takes what one device behind the broker sent. It may wait for room until
// ctx ends, and then fails the message.
type taker func(ctx context.Context, d belt.Delivery)

// post hands everything that devices behind the broker send to whom it is for.
func (a *Agent) post(ctx context.Context) error {
	for {
		r, err := a.inbox.Next(ctx)
		if err != nil {
			return nil // ctx has ended
		}
		if to := a.mail[r.Device]; to != nil {
			to(ctx, belt.Delivery{Message: r.Message, Ack: r.Ack, Fail: r.Fail})
			continue
		}
		r.Ack() // a device that nothing on this site listens to
	}
}

// wireHealth keeps how the way to the broker is.
type wireHealth struct {
	mu     sync.Mutex
	ok     bool
	since  time.Time
	last   string
	code   string
	hint   string
	lastAt time.Time
}

// serveBroker runs the broker or the client once, and notes how it went.
func (a *Agent) serveBroker(ctx context.Context) error {
	err := a.wire.Run(ctx)
	h := a.health
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		h.last, h.code, h.hint, h.lastAt = err.Error(), devices.CodeOf(err), devices.HintOf(err), time.Now()
	}
	return err
}

// brokerLine is the broker's line on the devices page.
func (a *Agent) brokerLine() board.Device {
	h := a.health
	h.mu.Lock()
	defer h.mu.Unlock()
	if ok := a.wire.Connected(); ok != h.ok {
		h.ok, h.since = ok, time.Now()
	}
	x := brokerEntry(a.cfg, h.ok)
	x.Since, x.LastError, x.LastErrorCode, x.LastErrorHint, x.LastErrorAt = h.since, h.last, h.code, h.hint, h.lastAt
	if !h.ok {
		x.Hint = cmp.Or(h.hint, x.Hint)
	}
	refused := a.inbox.Refused()
	for _, code := range slices.Sorted(maps.Keys(refused)) {
		x.Junk += refused[code]
		x.Detail = strings.TrimPrefix(fmt.Sprintf("%s, %d left out: %s", x.Detail, refused[code], code), ", ")
	}
	return x
}

func brokerEntry(cfg *config.Config, ok bool) board.Device {
	m := cfg.MQTT
	x := board.Device{Name: brokerPart, OK: ok, Condition: string(devices.Ready), Class: "broker", Driver: "broker", Link: m.Broker}
	if m.Embedded() {
		x.Driver, x.Link = "embedded broker", m.Listen
	}
	if !ok {
		x.Condition, x.Error = string(devices.Offline), string(devices.Offline)
		x.Hint = "see that the broker runs and lets this edge in"
	}
	return x
}
