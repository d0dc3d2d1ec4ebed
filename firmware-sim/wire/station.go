package wire

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// ErrOffline is returned by Publish while there is no broker.
var ErrOffline = errors.New("wire: not connected to the broker")

// Broker is where the devices of a site publish.
type Broker struct {
	URL      string // tcp://host:port, or tls://host:port with the system's roots
	User     string // "": none
	Password string
}

// StationConfig says which device a Station is. Its topics are
// dc/{Site}/{Class}/{Name}/{what}.
type StationConfig struct {
	Broker Broker
	Site   string
	Class  string // scanner, photoeye, divert, weigher, light, stacklight
	Name   string // also the client id: two with one name kick each other out
	Log    *slog.Logger
}

const (
	mqttWait    = 5 * time.Second // for a broker's answer
	retryFirst  = 50 * time.Millisecond
	retryMost   = 2 * time.Second
	qosAtLeast1 = 1
)

// Station is one device at a broker: one connection, with "online" as its birth
// and its will.
type Station struct {
	cfg      StationConfig
	commands map[string]func([]byte)
	joined   func()
	ready    chan struct{}
	once     sync.Once
	told     bool // that the broker is away; Run's own

	mu     sync.Mutex
	client mqtt.Client
	conn   net.Conn // under client
	pulled bool
	wake   chan struct{} // holds one: something changed
}

// NewStation checks the configuration; it returns ErrPlace.
func NewStation(cfg StationConfig) (*Station, error) {
	u, err := url.Parse(cfg.Broker.URL)
	if err != nil || u.Host == "" || u.Scheme != "tcp" && u.Scheme != "tls" {
		return nil, fmt.Errorf("%w: broker %q: tcp://host:port or tls://host:port", ErrPlace, cfg.Broker.URL)
	}
	for what, level := range map[string]string{"site": cfg.Site, "class": cfg.Class, "name": cfg.Name} {
		if level == "" || strings.ContainsAny(level, "/+#\x00") {
			return nil, fmt.Errorf("%w: %s %q cannot stand in a topic", ErrPlace, what, level)
		}
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Station{cfg: cfg, commands: map[string]func([]byte){}, ready: make(chan struct{}), wake: make(chan struct{}, 1)}, nil
}

// Handle names what a command runs; call it before Run. f must not block: it
// runs on the client's reader.
func (s *Station) Handle(what string, f func(payload []byte)) { s.commands[what] = f }

// OnJoin names what runs after each connection; call it before Run. It may
// publish.
func (s *Station) OnJoin(f func()) { s.joined = f }

// Ready is closed when the broker was reached for the first time.
func (s *Station) Ready() <-chan struct{} { return s.ready }

// Name is the device's name.
func (s *Station) Name() string { return s.cfg.Name }

// Topic is the full topic of what.
func (s *Station) Topic(what string) string {
	return "dc/" + s.cfg.Site + "/" + s.cfg.Class + "/" + s.cfg.Name + "/" + what
}

// Online says whether the broker is connected now.
func (s *Station) Online() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.client != nil && s.client.IsConnectionOpen()
}

// Pull cuts the device's network (true), without a word, so that its will
// speaks; or gives it back.
func (s *Station) Pull(away bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pulled = away
	s.nudge()
}

func (s *Station) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run keeps the device at its broker until ctx ends and returns nil then. A
// broker that is away is tried again, for ever.
func (s *Station) Run(ctx context.Context) error {
	delay := retryFirst
	for ctx.Err() == nil {
		s.mu.Lock()
		pulled := s.pulled
		s.mu.Unlock()
		if pulled {
			select {
			case <-ctx.Done():
			case <-s.wake:
			}
			continue
		}
		if s.session(ctx) {
			delay = retryFirst
		}
		_ = sleep(ctx, delay)
		delay = min(2*delay, retryMost)
	}
	return nil
}

// session is one connection; it reports whether the broker took it.
func (s *Station) session(ctx context.Context) bool {
	lost := make(chan error, 1)
	client := mqtt.NewClient(s.options(lost))
	if err := settled(client.Connect()); err != nil {
		if !s.told { // once a loss, not once a try
			s.told = true
			s.cfg.Log.Warn("no broker", "device", s.cfg.Name, "broker", s.cfg.Broker.URL, "err", err)
		}
		client.Disconnect(0)
		return false
	}
	s.told = false
	defer client.Disconnect(100)
	if err := s.join(client); err != nil {
		s.cfg.Log.Warn("broker", "device", s.cfg.Name, "err", err)
		return false
	}
	s.mu.Lock()
	s.client = client
	s.mu.Unlock()
	s.once.Do(func() { close(s.ready) })
	s.cfg.Log.Debug("device online", "device", s.cfg.Name)
	if s.joined != nil {
		s.joined()
	}
	s.stay(ctx, lost)
	s.mu.Lock()
	s.client = nil
	s.mu.Unlock()
	return true
}

// stay waits for the end of a connection.
func (s *Station) stay(ctx context.Context, lost <-chan error) {
	for {
		select {
		case <-ctx.Done():
			_ = s.Publish("online", false, true) // an orderly end says so itself
			return
		case err := <-lost:
			s.cfg.Log.Debug("device offline", "device", s.cfg.Name, "err", err)
			return
		case <-s.wake:
			s.mu.Lock()
			pulled, conn := s.pulled, s.conn
			s.mu.Unlock()
			if pulled {
				_ = conn.Close() // without a DISCONNECT
				return
			}
		}
	}
}

func (s *Station) options(lost chan<- error) *mqtt.ClientOptions {
	o := mqtt.NewClientOptions().AddBroker(s.cfg.Broker.URL).SetClientID(s.cfg.Name).
		SetUsername(s.cfg.Broker.User).SetPassword(s.cfg.Broker.Password).
		SetCleanSession(true).SetAutoReconnect(false).SetConnectRetry(false).SetOrderMatters(true).
		SetConnectTimeout(mqttWait).SetWriteTimeout(mqttWait).SetKeepAlive(10*time.Second).SetPingTimeout(5*time.Second).
		SetProtocolVersion(4).SetCustomOpenConnectionFn(s.dial).
		SetWill(s.Topic("online"), "false", qosAtLeast1, true)
	o.SetConnectionLostHandler(func(_ mqtt.Client, err error) {
		select {
		case lost <- err:
		default:
		}
	})
	return o
}

// dial opens the connection here, so that it can be cut.
func (s *Station) dial(u *url.URL, _ mqtt.ClientOptions) (net.Conn, error) {
	d := net.Dialer{Timeout: mqttWait}
	var conn net.Conn
	var err error
	if u.Scheme == "tls" {
		conn, err = tls.DialWithDialer(&d, "tcp", u.Host, &tls.Config{MinVersion: tls.VersionTLS12})
	} else {
		conn, err = d.Dial("tcp", u.Host)
	}
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.conn = conn
	s.mu.Unlock()
	return conn, nil
}

// join subscribes to the commands and tells that the device is there.
func (s *Station) join(client mqtt.Client) error {
	for what, f := range s.commands {
		err := settled(client.Subscribe(s.Topic(what), qosAtLeast1, func(_ mqtt.Client, m mqtt.Message) {
			if !m.Retained() { // a command is for now, not for whoever comes later
				f(m.Payload())
			}
		}))
		if err != nil {
			return fmt.Errorf("subscribe %s: %w", what, err)
		}
	}
	return settled(client.Publish(s.Topic("online"), qosAtLeast1, true, []byte("true")))
}

// Publish sends payload as JSON and waits until the broker has it (QoS 1). It
// returns ErrOffline where there is no broker.
func (s *Station) Publish(what string, payload any, retained ...bool) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("wire: %s: %w", what, err)
	}
	return s.PublishRaw(what, text, len(retained) > 0 && retained[0])
}

// PublishRaw sends any bytes, for messages that are wrong on purpose.
func (s *Station) PublishRaw(what string, payload []byte, retained bool) error {
	s.mu.Lock()
	client := s.client
	s.mu.Unlock()
	if client == nil || !client.IsConnectionOpen() {
		return ErrOffline
	}
	return settled(client.Publish(s.Topic(what), qosAtLeast1, retained, payload))
}

// settled waits for what a broker answers.
func settled(t mqtt.Token) error {
	if !t.WaitTimeout(mqttWait) {
		return errors.New("wire: the broker does not answer")
	}
	if err := t.Error(); err != nil {
		return fmt.Errorf("wire: broker: %w", err)
	}
	return nil
}
