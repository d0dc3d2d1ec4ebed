package mqtt

import (
	"context"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"dcedge/devices"
)

// BrokerConfig is what the embedded broker needs.
type BrokerConfig struct {
	Listen  string        // address and port; nothing listens elsewhere
	TLS     *tls.Config   // nil: plain
	AckWait time.Duration // how long a message may wait for its Ack before its connection is ended; 0: 10 s
	Clients int           // how many connections at once; 0: 256
}

// Broker is the embedded broker. A read is handled inside its publish hook and
// the PUBACK goes out after the Ack, so it needs no storage of its own.
type Broker struct {
	cfg     BrokerConfig
	in      *Inbox
	rights  map[string][]*member // by client
	ready   chan struct{}        // closed when it listens
	done    chan struct{}        // closed when Run is about to end
	endOnce sync.Once

	mu     sync.Mutex
	server *mochi.Server
	addr   net.Addr
	live   map[string]*mochi.Client
}

// NewBroker makes the embedded broker. Beyond loopback every device needs a
// secret (or TLS that asks for client certificates): else whoever is on the
// network could speak for it.
func NewBroker(cfg BrokerConfig, in *Inbox) (*Broker, error) {
	host, _, err := net.SplitHostPort(cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("mqtt: listen %q: %w", cfg.Listen, err)
	}
	if in == nil {
		return nil, errors.New("mqtt: a broker needs an inbox")
	}
	if cfg.AckWait <= 0 {
		cfg.AckWait = 10 * time.Second
	}
	if cfg.Clients <= 0 {
		cfg.Clients = 256
	}
	in.paces = true
	b := &Broker{cfg: cfg, in: in, rights: map[string][]*member{}, live: map[string]*mochi.Client{},
		ready: make(chan struct{}), done: make(chan struct{})}
	var open []string
	for _, d := range in.devs {
		b.rights[d.client()] = append(b.rights[d.client()], d)
		if d.Secret == "" {
			open = append(open, d.Name)
		}
	}
	ip := net.ParseIP(host)
	local := host == "localhost" || ip != nil && ip.IsLoopback()
	certs := cfg.TLS != nil && cfg.TLS.ClientAuth == tls.RequireAndVerifyClientCert
	if !local && !certs && len(open) > 0 {
		return nil, fmt.Errorf("mqtt: listen %q is not loopback: these devices need a secret: %s", cfg.Listen, strings.Join(open, ", "))
	}
	return b, nil
}

// Addr is where it listens; it waits until it does or ctx ends (nil).
func (b *Broker) Addr(ctx context.Context) net.Addr {
	select {
	case <-b.ready:
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.addr
	case <-ctx.Done():
		return nil
	}
}

// Run implements Line. After a fault it may run again; after its ctx has ended it
// is over.
func (b *Broker) Run(ctx context.Context) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", b.cfg.Listen)
	if err != nil {
		return &devices.Fault{Device: "mqtt", Op: "listen", Class: devices.Permanent,
			Hint: "correct [mqtt] listen, or end what already listens there", Err: err}
	}
	server := mochi.New(&mochi.Options{Capabilities: capabilities(b.cfg), InlineClient: true,
		Logger: slog.New(slog.DiscardHandler), SysTopicResendInterval: 3600})
	err = errors.Join(server.AddHook(&hook{b: b}, nil), server.AddListener(newDoor(l, b.cfg.TLS)))
	if err == nil {
		err = server.Serve()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("mqtt: broker: %w", err), l.Close())
	}
	b.mu.Lock()
	b.server, b.addr = server, l.Addr()
	b.mu.Unlock()
	close(b.ready)
	<-ctx.Done()
	b.end()
	b.mu.Lock()
	b.server = nil
	b.mu.Unlock()
	err = within(endWithin, server.Close)
	b.in.allOffline("the edge's broker ended")
	return err
}

// endWithin is how long the server may take to end: each of its connections is cut,
// and what it does with one then is no reason to keep the edge.
const endWithin = 3 * time.Second

var errEnd = errors.New("mqtt: broker: its connections did not end in time")

// within gives what end says, or errEnd.
func within(limit time.Duration, end func() error) error {
	said := make(chan error, 1)
	go func() { said <- end() }()
	t := time.NewTimer(limit)
	defer t.Stop()
	select {
	case err := <-said:
		return err
	case <-t.C:
		return errEnd
	}
}

func (b *Broker) end() { b.endOnce.Do(func() { close(b.done) }) }

func capabilities(cfg BrokerConfig) *mochi.Capabilities {
	c := mochi.NewDefaultServerCapabilities()
	c.MaximumClients = int64(cfg.Clients)
	c.MaximumClientWritesPending = 256
	c.MaximumInflight = 256
	c.MaximumPacketSize = maxPayload + 1024 // the topic and the header
	c.MinimumProtocolVersion = 4
	c.SharedSubAvailable = 0
	return c
}

// Connected implements Line.
func (b *Broker) Connected() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.server != nil
}

// Send implements Line. ErrNotConnected where no device listens to it now.
func (b *Broker) Send(c Command) error {
	name, err := c.topic(b.in.site)
	if err != nil {
		return err
	}
	b.mu.Lock()
	server := b.server
	b.mu.Unlock()
	if server == nil {
		return ErrNotConnected
	}
	there := false
	for id := range server.Topics.Subscribers(name).Subscriptions {
		if cl, ok := server.Clients.Get(id); ok && !cl.Closed() {
			there = true
		}
	}
	if !there {
		b.forgotten(server, c.Device)
		return fmt.Errorf("%w: %s", ErrNotConnected, c.Device)
	}
	if err := server.Publish(name, c.Payload, false, 1); err != nil {
		return fmt.Errorf("mqtt: send: %w", err)
	}
	b.in.gave(c)
	return nil
}

// forgotten ends the connection of a device that the server no longer knows of:
// where a device comes back while its last connection is still being cleaned up,
// the server (mochi 2.7.9, attachClient) may take away the new one's entry and
// subscriptions with the old one's. OnSessionEstablish prevents it, but not where
// three come at once. The device hears the end and connects again.
func (b *Broker) forgotten(server *mochi.Server, device string) {
	for client, devs := range b.rights {
		if !slices.ContainsFunc(devs, func(d *member) bool { return d.Name == device }) {
			continue
		}
		b.mu.Lock()
		cl := b.live[client]
		b.mu.Unlock()
		if cl == nil || cl.Closed() {
			continue
		}
		if known, ok := server.Clients.Get(cl.ID); !ok || known != cl {
			cl.Stop(packets.ErrServerUnavailable)
		}
	}
}

// admit finds the devices of a client that may connect; nil for a stranger.
func (b *Broker) admit(client, secret string) []*member {
	devs := b.rights[client]
	if len(devs) == 0 || subtle.ConstantTimeCompare([]byte(devs[0].Secret), []byte(secret)) == 0 && devs[0].Secret != "" {
		return nil
	}
	return devs
}
