package web

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/access"
)

// serve runs a whole server on a free port.
func serve(t *testing.T, change ...func(*Config, *Deps)) (addr string, stop func() error) {
	t.Helper()
	bound := make(chan net.Addr, 1)
	s := newSite(t, append(change, func(c *Config, _ *Deps) { c.OnListen = func(a net.Addr) { bound <- a } })...)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.s.Run(ctx) }()
	t.Cleanup(cancel)
	return (<-bound).String(), func() error { cancel(); return <-done }
}

func TestRunServesAndEnds(t *testing.T) {
	addr, stop := serve(t)
	resp, err := http.Post("http://"+addr+"/floor/v1/login", "application/json", strings.NewReader(`{"badge":"W-001"}`))
	require.NoError(t, err)
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	require.Equal(t, 200, resp.StatusCode)
	_, rest, _ := strings.Cut(string(body), `"token":"`)
	token, _, _ := strings.Cut(rest, `"`)
	ws, resp, err := websocket.DefaultDialer.Dial("ws://"+addr+"/floor/v1/socket", http.Header{"Authorization": {"Bearer " + token}})
	require.NoError(t, err)
	resp.Body.Close()
	p := &peer{t, ws}
	p.read()
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	got, _ := p.closed()
	assert.Equal(t, websocket.CloseGoingAway, got)
	_ = ws.Close()
	require.NoError(t, <-ended)
	_, err = http.Get("http://" + addr + "/healthz")
	require.Error(t, err)
}

// A connection that has asked for nothing (a browser opens spare ones) does not hold
// up the end until it is five seconds old.
func TestRunEndsBesideASilentConnection(t *testing.T) {
	addr, stop := serve(t)
	silent, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	defer silent.Close()
	resp, err := http.Get("http://" + addr + "/healthz") // accepted behind it
	require.NoError(t, err)
	resp.Body.Close()
	began := time.Now()
	require.NoError(t, stop())
	assert.Less(t, time.Since(began), 4500*time.Millisecond)
}

func TestRunTellsThatItCannotListen(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	s := newSite(t, func(c *Config, _ *Deps) { c.Listen = ln.Addr().String() })
	require.Error(t, s.s.Run(context.Background()))
}

// certificate writes a self-signed one for edge.example.
func certificate(t *testing.T) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"edge.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true},
		&x509.Certificate{SerialNumber: big.NewInt(1)}, &key.PublicKey, key)
	require.NoError(t, err)
	k, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	c := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	require.NoError(t, os.WriteFile(certFile, c, 0o600))
	require.NoError(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: k}), 0o600))
	pool = x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(c))
	return certFile, keyFile, pool
}

func TestTLS(t *testing.T) {
	certFile, keyFile, pool := certificate(t)
	cfg, names, err := FilesTLS(certFile, keyFile)
	require.NoError(t, err)
	assert.Equal(t, []string{"edge.example", "127.0.0.1"}, names)
	hosts, err := HostsOn("0.0.0.0:8443", names)
	require.NoError(t, err)
	assert.Equal(t, []string{"edge.example:8443", "127.0.0.1:8443"}, hosts)
	_, _, err = FilesTLS(certFile, certFile)
	require.Error(t, err)

	addr, stop := serve(t, func(c *Config, _ *Deps) { c.TLS, c.Hosts = cfg, []string{"edge.example"} })
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	client := &http.Client{Transport: tr}
	login := func(origin, host string) *http.Response {
		r, err := http.NewRequest("POST", "https://"+addr+"/floor/v1/login", strings.NewReader(`{"badge":"W-001"}`))
		require.NoError(t, err)
		r.Header.Set("Origin", origin)
		r.Header.Set("Content-Type", "application/json")
		if host != "" {
			r.Host = host
		}
		resp, err := client.Do(r)
		require.NoError(t, err)
		resp.Body.Close()
		return resp
	}
	resp := login("https://"+addr, "")
	require.Equal(t, 200, resp.StatusCode)
	c := resp.Header.Get("Set-Cookie")
	assert.True(t, strings.HasPrefix(c, "__Host-edge="), c)
	assert.Contains(t, c, "Secure")
	assert.NotEmpty(t, resp.Header.Get("Strict-Transport-Security"))
	assert.Contains(t, resp.Header.Get("Content-Security-Policy"), "wss://"+addr)
	assert.Equal(t, 200, login("https://edge.example", "edge.example").StatusCode, "a configured name")
	assert.Equal(t, 403, login("http://"+addr, "").StatusCode, "another scheme")
	resp, err = client.Get("http://" + addr + "/healthz")
	if err == nil { // net/http answers plain text on a TLS port itself
		resp.Body.Close()
		assert.Equal(t, 400, resp.StatusCode, "nothing is served in the clear")
	}
	tr.CloseIdleConnections()
	require.NoError(t, stop())
}

// pipes is a listener of in-memory connections, for a bubble of its own time.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipes) dial(t *testing.T, token string) *peer {
	d := websocket.Dialer{NetDial: func(string, string) (net.Conn, error) {
		mine, its := net.Pipe()
		p.conns <- its
		return mine, nil
	}}
	ws, _, err := d.Dial("ws://edge/floor/v1/socket", http.Header{"Authorization": {"Bearer " + token}})
	require.NoError(t, err)
	return &peer{t, ws}
}

// TestDeadAndExpired runs in a bubble: a peer that answers no ping is dropped
// at 25 s, one that does stays for the whole shift and is closed at its end.
func TestDeadAndExpired(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newCore(t)
		began := time.Now()
		start := s.e.Now()
		p := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
		srv := &http.Server{Handler: s.s.Handler()}
		go func() { _ = srv.Serve(p) }()
		defer srv.Close()
		dead := p.dial(t, bubbleLogin(t, s, "W-001"))
		dead.read()
		dead.read()
		alive := p.dial(t, bubbleLogin(t, s, "W-002"))
		alive.read()
		alive.read()
		ended := make(chan int, 1)
		go func() {
			for {
				_, _, err := alive.ws.ReadMessage() // answers pings
				if c, ok := err.(*websocket.CloseError); ok {
					ended <- c.Code
					return
				}
				if err != nil {
					ended <- -1
					return
				}
			}
		}()
		require.NoError(t, alive.ws.SetReadDeadline(time.Time{}))
		dead.ws.SetPingHandler(func(string) error { return nil })
		go func() { _, _, _ = dead.ws.ReadMessage() }()
		require.NoError(t, dead.ws.SetReadDeadline(time.Time{}))
		time.Sleep(24 * time.Second)
		synctest.Wait()
		assert.Equal(t, 1, s.s.hub.count("w-1"))
		time.Sleep(2 * time.Second)
		synctest.Wait()
		assert.Equal(t, 0, s.s.hub.count("w-1"), "no pong for 25 s")
		assert.Equal(t, 1, s.s.hub.count("w-2"))

		s.e.mu.Lock()
		s.e.clock = start.Add(12 * time.Hour)
		s.e.mu.Unlock()
		assert.Equal(t, 4401, <-ended)
		assert.Less(t, time.Since(began), time.Minute)
		_ = alive.ws.Close()
		_ = dead.ws.Close()
	})
}

// bubbleLogin logs in without a network.
func bubbleLogin(t *testing.T, s *site, badge string) string {
	t.Helper()
	_, token, err := s.a.Login(context.Background(), access.Attempt{Badge: badge, Source: "pipe"})
	require.NoError(t, err)
	return token
}
