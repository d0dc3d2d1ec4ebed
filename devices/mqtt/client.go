package mqtt

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"dcedge/devices"
)

// ClientConfig is what the client of an external broker needs.
type ClientConfig struct {
	Broker   string // tcp://host:1883 or tls://host:8883
	User     string
	Password string
	CA       []byte // PEM; empty: the system's
	Name     string // of this edge in client ids, fixed; empty: "edge"
	Look     bool   // only to see who is there: no session, nothing durable is asked for

	Resolver *net.Resolver // of the broker's name; nil: the system's
}

// Client is the client of an external broker. It holds two connections: one with
// a persistent session for durable messages, acknowledged by hand after the
// Ack, and one with a clean session for states and commands, so that a flood of
// states stands in no read's way and no command outlives its connection.
type Client struct {
	cfg ClientConfig
	in  *Inbox
	tls *tls.Config

	mu      sync.Mutex
	out     chan Command // nil: not connected
	durable paho.Client
}

const (
	dialWait = 5 * time.Second
	maxOut   = 256 // commands that wait for the wire
)

// NewClient makes the client of an external broker.
func NewClient(cfg ClientConfig, in *Inbox) (*Client, error) {
	u, err := url.Parse(cfg.Broker)
	if err != nil || u.Host == "" || u.Port() == "" || u.User != nil || (u.Scheme != "tcp" && u.Scheme != "tls") {
		return nil, fmt.Errorf(`mqtt: broker %q: wants "tcp://host:1883" or "tls://host:8883"`, cfg.Broker)
	}
	if in == nil {
		return nil, errors.New("mqtt: a client needs an inbox")
	}
	if cfg.Name == "" {
		cfg.Name = "edge"
	}
	if !isName(cfg.Name) {
		return nil, fmt.Errorf("mqtt: %w: name %q", ErrTopic, cfg.Name)
	}
	c := &Client{cfg: cfg, in: in}
	if u.Scheme == "tls" {
		c.tls = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: u.Hostname()}
		if len(cfg.CA) > 0 {
			c.tls.RootCAs = x509.NewCertPool()
			if !c.tls.RootCAs.AppendCertsFromPEM(cfg.CA) {
				return nil, errors.New("mqtt: ca: no certificate in it")
			}
		}
	}
	return c, nil
}

// session is one pair of connections, from Run's start to its end.
type session struct {
	c       *Client
	lost    chan error        // the first reason to end
	acks    chan paho.Message // settled, to be acknowledged on the wire
	out     chan Command
	durable paho.Client
	states  paho.Client
}

// Run implements Line: it connects, subscribes and holds until the connection is
// lost or a message could not be stored (the session is resumed by the next Run,
// and the broker brings what is not acknowledged again).
func (c *Client) Run(ctx context.Context) error {
	s := &session{c: c, lost: make(chan error, 1), acks: make(chan paho.Message, 2*maxDurable), out: make(chan Command, maxOut)}
	s.durable, s.states = s.client(false), s.client(true)
	s.routes()
	defer s.close()
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"connect", func() error { return settled(ctx, s.durable.Connect()) }},
		{"connect", func() error { return settled(ctx, s.states.Connect()) }},
		{"subscribe", func() error { c.in.awaited(); return s.subscribe(ctx) }}, // before anybody can say that he is there
	} {
		if err := step.do(); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return c.fault(step.name, err)
		}
	}
	if !s.durable.IsConnectionOpen() || !s.states.IsConnectionOpen() {
		return c.fault("connect", ErrNotConnected)
	}
	s.birth("true")
	c.mu.Lock()
	c.out, c.durable = s.out, s.durable
	c.mu.Unlock()
	return s.hold(ctx)
}

func (s *session) hold(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-s.lost:
			return s.c.fault("hold", err)
		case m := <-s.acks:
			m.Ack()
		case cmd := <-s.out:
			if name, err := cmd.topic(s.c.in.site); err == nil {
				s.states.Publish(name, 1, false, cmd.Payload) // its token is no truth: who needs an answer waits for the device's
				s.c.in.gave(cmd)
			}
		}
	}
}

func (s *session) close() {
	s.c.mu.Lock()
	s.c.out, s.c.durable = nil, nil
	s.c.mu.Unlock()
	if s.states.IsConnectionOpen() {
		s.birth("false")
	}
	s.states.Disconnect(100)
	s.durable.Disconnect(100)
	s.c.in.allOffline("no connection to the broker")
}

func (s *session) birth(is string) {
	if s.c.cfg.Look {
		return
	}
	s.states.Publish(s.online(), 1, true, is).WaitTimeout(time.Second)
}

// online is the topic of the edge's own birth and will.
func (s *session) online() string {
	return topic{s.c.in.site, "edge", s.c.cfg.Name, Online}.String()
}

func (s *session) end(err error) {
	select {
	case s.lost <- err:
	default:
	}
}

func (s *session) client(clean bool) paho.Client {
	o := paho.NewClientOptions().AddBroker(s.c.cfg.Broker)
	id := s.c.in.site + "-" + s.c.cfg.Name
	if !clean {
		id += "-reads"
	}
	if s.c.cfg.Look {
		id, clean = id+"-look", true
	}
	o.SetClientID(id).SetCleanSession(clean).SetUsername(s.c.cfg.User).SetPassword(s.c.cfg.Password)
	o.SetDialer(&net.Dialer{Resolver: s.c.cfg.Resolver}) // before its timeout is set
	o.SetAutoReconnect(false).SetConnectRetry(false).SetConnectTimeout(dialWait).SetWriteTimeout(dialWait)
	o.SetKeepAlive(10 * time.Second).SetPingTimeout(dialWait)
	o.SetOrderMatters(true).SetAutoAckDisabled(!clean) // the handlers only enqueue
	o.SetProtocolVersion(4)
	if s.c.tls != nil {
		o.SetTLSConfig(s.c.tls)
	}
	o.SetDefaultPublishHandler(s.take) // a topic of a session of long ago: left out by the inbox
	if clean && !s.c.cfg.Look {
		o.SetWill(s.online(), "false", 1, true)
	}
	o.SetConnectionLostHandler(func(_ paho.Client, err error) { s.end(err) })
	return paho.NewClient(o)
}

// routes sets the handlers before the connections are made: a resumed session
// delivers at once.
func (s *session) routes() {
	for _, d := range s.c.in.devs {
		for _, what := range []string{sent(d.Class), Online} {
			if what == "" {
				continue
			}
			name := topic{s.c.in.site, d.Class, d.Name, what}.String()
			if durable(what) {
				s.durable.AddRoute(name, s.take)
			} else {
				s.states.AddRoute(name, s.take)
			}
		}
	}
}

func durable(what string) bool { return (&Message{What: what}).Durable() }

// take is called by the connection's one goroutine and only enqueues.
func (s *session) take(from paho.Client, m paho.Message) {
	what, reply := s.c.in.take(m.Topic(), m.Payload(), m.Retained(), func(ok bool) {
		if ok {
			s.acknowledge(m)
		} else {
			s.end(errors.New("mqtt: a message could not be stored"))
		}
	})
	if reply != nil {
		_ = s.c.Send(*reply) // the scanner asks again
	}
	switch {
	case what == full:
		s.end(errors.New("mqtt: more messages than can be held"))
	case what != queued && from == s.durable:
		s.acknowledge(m)
	}
}

// acknowledge never blocks: acks holds more than can be in hand.
func (s *session) acknowledge(m paho.Message) {
	select {
	case s.acks <- m:
	default:
		s.end(errors.New("mqtt: more acknowledgements than can be held"))
	}
}

func (s *session) subscribe(ctx context.Context) error {
	durables, states := map[string]byte{}, map[string]byte{}
	for _, d := range s.c.in.devs {
		states[topic{s.c.in.site, d.Class, d.Name, Online}.String()] = 1
		switch what := sent(d.Class); {
		case what == "" || s.c.cfg.Look:
		case durable(what):
			durables[topic{s.c.in.site, d.Class, d.Name, what}.String()] = 1
		default:
			// QoS 0: the broker may shed states before it queues them
			states[topic{s.c.in.site, d.Class, d.Name, what}.String()] = 0
		}
	}
	for c, filters := range map[paho.Client]map[string]byte{s.durable: durables, s.states: states} {
		if len(filters) == 0 {
			continue
		}
		t := c.SubscribeMultiple(filters, nil)
		if err := settled(ctx, t); err != nil {
			return err
		}
		for name, qos := range t.(*paho.SubscribeToken).Result() {
			if qos > 2 {
				return fmt.Errorf("mqtt: the broker denies %s", name)
			}
		}
	}
	return nil
}

// settled waits for a token, not for ever.
func settled(ctx context.Context, t paho.Token) error {
	select {
	case <-t.Done():
		return t.Error()
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(2 * dialWait):
		return errors.New("mqtt: the broker does not answer")
	}
}

func (c *Client) fault(op string, err error) error {
	return &devices.Fault{Device: "mqtt", Op: op, Class: devices.Transient, Err: err,
		Hint: cmp.Or(devices.NameHint(err), "check that the broker at "+c.cfg.Broker+" runs, lets this edge in and lets it read its devices' topics")}
}

// Connected implements Line.
func (c *Client) Connected() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.durable != nil && c.durable.IsConnectionOpen()
}

// Send implements Line.
func (c *Client) Send(cmd Command) error {
	if _, err := cmd.topic(c.in.site); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out == nil || !c.durable.IsConnectionOpen() {
		return ErrNotConnected
	}
	select {
	case c.out <- cmd:
		return nil
	default:
		return ErrBusy
	}
}
