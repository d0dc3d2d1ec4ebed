package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// from gives accepted connections an address of the test's choice.
type from struct {
	net.Listener
	next atomic.Pointer[string]
}

type fromConn struct {
	net.Conn
	addr string
}

func (c fromConn) RemoteAddr() net.Addr { return address(c.addr) }

type address string

func (a address) Network() string { return "tcp" }
func (a address) String() string  { return string(a) }

func (l *from) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return fromConn{c, *l.next.Load()}, nil
}

// held serves a site behind places for four connections, three of a source.
type held struct {
	t    *testing.T
	from *from
	p    *places
	hold chan struct{} // a request to /hold ends when it is closed
	in   chan struct{}
}

func newHeld(t *testing.T) *held {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	h := &held{t: t, from: &from{Listener: ln}, hold: make(chan struct{}), in: make(chan struct{}, 9)}
	h.p = newPlaces(h.from, 4, 3)
	srv := &http.Server{ConnState: h.p.state, ConnContext: h.p.known, Handler: h.p.handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/hold":
			h.in <- struct{}{}
			<-h.hold
		case "/socket":
			c, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
				t.Cleanup(func() { _ = c.Close() })
			}
		case "/body":
			h.in <- struct{}{}
			_, _ = io.Copy(io.Discard, r.Body)
			h.in <- struct{}{}
			<-h.hold
		}
	}))}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(h.p) }()
	t.Cleanup(func() { close(h.hold); _ = srv.Shutdown(context.Background()); _ = srv.Close(); <-done })
	return h
}

// open connects as somebody; path "" asks for nothing.
func (h *held) open(as, path string) net.Conn {
	h.t.Helper()
	as = net.JoinHostPort(as, "1")
	h.from.next.Store(&as)
	before := h.count(as)
	c, err := net.Dial("tcp", h.from.Addr().String())
	require.NoError(h.t, err)
	h.t.Cleanup(func() { _ = c.Close() })
	if path == "" {
		require.Eventually(h.t, func() bool { return h.count(as) != before || gone(c) || h.full() }, 30*time.Second, time.Millisecond)
		return c
	}
	_, err = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
	require.NoError(h.t, err)
	switch path {
	case "/hold":
		<-h.in
	default:
		require.NoError(h.t, c.SetReadDeadline(time.Now().Add(5*time.Second)))
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		require.NoError(h.t, err)
		_ = r.Body.Close()
	}
	return c
}

func (h *held) full() bool {
	h.p.mu.Lock()
	defer h.p.mu.Unlock()
	return h.p.n == h.p.most
}

func (h *held) count(remote string) int {
	h.p.mu.Lock()
	defer h.p.mu.Unlock()
	if s := h.p.sources[sourceOf(remote)]; s != nil {
		return s.n
	}
	return 0
}

// gone tells whether the edge has closed a connection.
func gone(c net.Conn) bool {
	_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := c.Read(make([]byte, 1))
	ne, timeout := err.(net.Error)
	return err != nil && !(timeout && ne.Timeout())
}

func (h *held) closed(c net.Conn, why string) {
	h.t.Helper()
	require.Eventually(h.t, func() bool { return gone(c) }, 30*time.Second, time.Millisecond, why)
}

func TestIdleConnectionsOfOneAddressTakeOnlyEachOthersPlaces(t *testing.T) {
	h := newHeld(t)
	busy := h.open("10.0.0.1", "/hold")
	first, second := h.open("10.0.0.1", ""), h.open("10.0.0.1", "")
	other := h.open("10.0.0.2", "")
	third := h.open("10.0.0.1", "/x")
	h.closed(first, "the one that has waited longest gives its place")
	for range 20 {
		third = h.open("10.0.0.1", "/x")
	}
	h.closed(second, "and the next")
	assert.False(t, gone(busy), "never a request under way")
	assert.False(t, gone(other), "never another's")
	assert.False(t, gone(third))
}

func TestAFullEdgeTakesFromWhoHoldsMost(t *testing.T) {
	h := newHeld(t)
	many := []net.Conn{h.open("10.0.0.1", ""), h.open("10.0.0.1", ""), h.open("10.0.0.1", "")}
	alone := h.open("10.0.0.2", "")
	h.open("10.0.0.3", "/x")
	h.closed(many[0], "of the source with the most")
	assert.False(t, gone(alone))
	assert.False(t, gone(many[2]))
}

// A request whose body trickles in holds no place; one that is whole does.
func TestABodyThatTrickles(t *testing.T) {
	h := newHeld(t)
	send := func(as string) net.Conn {
		c := h.open(as, "")
		_, err := io.WriteString(c, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n1")
		require.NoError(t, err)
		<-h.in
		return c
	}
	slow := []net.Conn{send("10.0.0.1"), send("10.0.0.1"), send("10.0.0.2"), send("10.0.0.2")}
	_, err := io.WriteString(slow[0], "2")
	require.NoError(t, err)
	<-h.in
	h.open("10.0.0.3", "/x")
	h.open("10.0.0.4", "/x")
	h.open("10.0.0.5", "/x")
	assert.False(t, gone(slow[0]), "its request is whole")
	left := 0
	for _, c := range slow[1:] {
		if !gone(c) {
			left++
		}
	}
	assert.LessOrEqual(t, left, 2)
}

func TestSocketsAreNotCountedToASource(t *testing.T) {
	h := newHeld(t)
	h.p.most = 100
	var sockets []net.Conn
	for range 9 { // a hall behind one address
		sockets = append(sockets, h.open("10.0.0.1", "/socket"))
	}
	for range 9 {
		h.open("10.0.0.1", "/x")
	}
	for _, c := range sockets {
		assert.False(t, gone(c))
	}
	assert.Equal(t, 3, h.count("10.0.0.1:1"))
	for range 2 { // the places of ended connections come back
		for _, c := range sockets {
			_ = c.Close()
		}
	}
}

func TestASourceThatIsAllBusyIsRefused(t *testing.T) {
	h := newHeld(t)
	for range 3 {
		h.open("10.0.0.1", "/hold")
	}
	h.closed(h.open("10.0.0.1", ""), "there is nothing to take")
	h.open("10.0.0.2", "/x")
}

// Thousands of idle connections from one address do not keep a worker out.
func TestAFloodFromOneAddressKeepsNobodyOut(t *testing.T) {
	addr, stop := serve(t)
	var flood []net.Conn
	for range maxSource + 200 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Skipf("NOT TESTED: this machine allows no %d connections: %v", maxSource+200, err)
		}
		flood = append(flood, c)
	}
	r, err := (&http.Client{Timeout: 20 * time.Second}).Get("http://" + addr + "/healthz")
	require.NoError(t, err)
	_ = r.Body.Close()
	assert.Equal(t, http.StatusOK, r.StatusCode)
	require.Eventually(t, func() bool { return gone(flood[0]) }, 30*time.Second, 10*time.Millisecond, "the oldest of its own went")
	for _, c := range flood {
		_ = c.Close()
	}
	require.NoError(t, stop())
}
