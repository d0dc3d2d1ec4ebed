package mqtt

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/edge/edgetest/porttest"
)

// B1: a broker that lost its memory is subscribed to again.
func TestB1SessionLost(t *testing.T) {
	r := external(t)
	r.kill()
	require.Eventually(t, func() bool { return !r.connected() }, 30*time.Second, time.Millisecond)
	r.wipe()
	r.revive()
	require.Eventually(t, r.connected, 30*time.Second, time.Millisecond)
	d := r.device("tunnel-1", Scanner, nil)
	require.NoError(t, ended(d.Publish(tunnelRead, 1, false, read("after"))))
	m := r.until(Read)
	assert.Equal(t, "after", m.ID)
	m.Ack()
}

// B5 with an external broker: the rights are its, and we write them for it.
func TestB5RogueClientAtMosquitto(t *testing.T) {
	var acl strings.Builder
	in := site(t)
	var devs []Device
	for _, d := range in.devs {
		devs = append(devs, d.Device)
	}
	require.NoError(t, WriteACL(&acl, "ICN1", "the-edge", devs))
	file := filepath.Join(t.TempDir(), "acl")
	require.NoError(t, os.WriteFile(file, []byte(acl.String()), 0o600))
	r := external(t, "acl_file "+file)
	as := func(o *paho.ClientOptions) { o.SetUsername(o.ClientID) }
	rogue := r.device("eye-1", PhotoEye, as)
	require.NoError(t, ended(rogue.Publish(tunnelRead, 1, false, read("evil"))))
	require.NoError(t, ended(rogue.Publish("dc/ICN1/divert/divert-1/set", 1, false, `{"id":"evil"}`)))
	divert := r.device("divert-1", Divert, as)
	got := make(chan string, 4)
	require.NoError(t, ended(divert.Subscribe("dc/ICN1/divert/divert-1/set", 1, func(_ paho.Client, m paho.Message) { got <- string(m.Payload()) })))
	require.NoError(t, ended(rogue.Publish("dc/ICN1/divert/divert-1/set", 1, false, `{"id":"evil"}`)))
	tunnel := r.device("tunnel-1", Scanner, as)
	require.NoError(t, ended(tunnel.Publish(tunnelRead, 1, false, read("good"))))
	m := r.until(Read)
	assert.Equal(t, "good", m.ID)
	m.Ack()
	require.NoError(t, r.Send(DivertTo("divert-1", DivertBody{"c", "good", "B", "cj"})))
	assert.Contains(t, <-got, `"re":"good"`)

	assert.ErrorIs(t, WriteACL(&acl, "I+1", "e", nil), ErrTopic)
	assert.Error(t, WriteACL(&acl, "ICN1", "e", []Device{{Name: "x"}}))
}

// A broker that lets us in and does not let us read is a fault that is told.
func TestDeniedSubscriptionIsAFault(t *testing.T) {
	in, err := NewInbox("ICN1", []Device{{Name: "r", Class: StackLight, Client: "ICN1-edge-reads"}, {Name: "s", Class: StackLight, Client: "ICN1-edge"}}, nil)
	require.NoError(t, err)
	b, err := NewBroker(BrokerConfig{Listen: "127.0.0.1:0"}, in)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	end := make(chan error, 1)
	go func() { end <- b.Run(ctx) }()
	defer func() { cancel(); assert.NoError(t, <-end) }()
	c, err := NewClient(ClientConfig{Broker: "tcp://" + b.Addr(ctx).String()}, site(t))
	require.NoError(t, err)
	err = c.Run(ctx)
	assert.Equal(t, devices.Transient, devices.ClassOf(err))
	assert.Error(t, err)
	assert.False(t, c.Connected())
}

func TestTLS(t *testing.T) {
	cert, pemCert, pemKey := selfSigned(t)
	t.Run("embedded", func(t *testing.T) {
		in := site(t)
		b, err := NewBroker(BrokerConfig{Listen: "127.0.0.1:0", TLS: &tls.Config{Certificates: []tls.Certificate{cert}}}, in)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		end := make(chan error, 1)
		go func() { end <- b.Run(ctx) }()
		defer func() { cancel(); assert.NoError(t, <-end) }()
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(pemCert)
		o := paho.NewClientOptions().AddBroker("ssl://" + b.Addr(ctx).String()).SetClientID("eye-1").SetAutoReconnect(false).SetTLSConfig(&tls.Config{RootCAs: pool})
		d := paho.NewClient(o)
		require.NoError(t, ended(d.Connect()))
		defer d.Disconnect(0)
		require.NoError(t, ended(d.Publish("dc/ICN1/photoeye/eye-1/state", 1, false, state("s"))))
		plain := paho.NewClient(paho.NewClientOptions().AddBroker("tcp://" + b.Addr(ctx).String()).SetClientID("eye-2").SetAutoReconnect(false).SetConnectTimeout(time.Second))
		assert.Error(t, ended(plain.Connect()), "no plain connection beside TLS")
	})
	t.Run("mosquitto", func(t *testing.T) {
		dir := t.TempDir()
		crt, key, addr := filepath.Join(dir, "c"), filepath.Join(dir, "k"), porttest.Free(t)
		require.NoError(t, os.WriteFile(crt, pemCert, 0o600))
		require.NoError(t, os.WriteFile(key, pemKey, 0o600))
		_, port, _ := net.SplitHostPort(addr)
		external(t, "listener "+port+" 127.0.0.1", "certfile "+crt, "keyfile "+key)
		c, err := NewClient(ClientConfig{Broker: "tls://" + addr, CA: pemCert, Name: "tls"}, site(t))
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		end := make(chan error, 1)
		go func() { end <- c.Run(ctx) }()
		require.Eventually(t, c.Connected, 30*time.Second, time.Millisecond)
		cancel()
		assert.NoError(t, <-end)
		_, other, _ := selfSigned(t)
		c, err = NewClient(ClientConfig{Broker: "tls://" + addr, CA: other}, site(t))
		require.NoError(t, err)
		assert.ErrorContains(t, c.Run(t.Context()), "certificate", "a broker that is not ours")
	})
}

func selfSigned(t *testing.T) (tls.Certificate, []byte, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	tpl := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "broker"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, tpl, tpl, &key.PublicKey, key)
	require.NoError(t, err)
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	crt, pk := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
	pair, err := tls.X509KeyPair(crt, pk)
	require.NoError(t, err)
	return pair, crt, pk
}

// Looking takes nothing away from the edge that works there: no session is made,
// no read is asked for, nobody is told that an edge came or went.
func TestLookingLeavesNoTrace(t *testing.T) {
	r := external(t)
	watcher := r.device("watcher", Light, nil)
	edges := make(chan string, 8)
	require.NoError(t, ended(watcher.Subscribe("dc/ICN1/edge/#", 1, func(_ paho.Client, m paho.Message) { edges <- string(m.Payload()) })))
	assert.Equal(t, "true", <-edges)
	tunnel := r.device("tunnel-1", Scanner, nil)
	require.NoError(t, ended(tunnel.Publish("dc/ICN1/scanner/tunnel-1/online", 1, true, "true")))

	in := site(t)
	look, err := NewClient(ClientConfig{Broker: "tcp://" + r.addr, User: "the-edge", Look: true}, in)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- look.Run(ctx) }()
	require.Eventually(t, func() bool { st, ok := in.Status("tunnel-1"); return ok && st.Condition == devices.Ready }, 30*time.Second, time.Millisecond)
	_, ok := in.Status("nobody")
	assert.False(t, ok)
	require.NoError(t, ended(tunnel.Publish(tunnelRead, 1, false, read("r1"))))
	m := r.until(Read)
	m.Ack()
	stop()
	require.NoError(t, <-done)
	assert.True(t, r.connected())
	assert.False(t, in.pending(), "no read came to who only looks")
	select {
	case is := <-edges:
		t.Fatalf("somebody was told that an edge is %s", is)
	default:
	}
}

func (in *Inbox) pending() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return len(in.durable) > 0
}
