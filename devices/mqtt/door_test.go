package mqtt

import (
	"context"
	"errors"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// gone tells that the other end of a connection is gone.
func gone(t *testing.T, c net.Conn) {
	t.Helper()
	require.NoError(t, c.SetReadDeadline(time.Now().Add(10*time.Second)))
	_, err := c.Read(make([]byte, 1))
	require.Error(t, err)
	assert.NotErrorIs(t, err, os.ErrDeadlineExceeded)
}

// Whoever the server has in hand, or lets lie, hears the broker's end: its device
// would wait for a CONNACK for ever.
func TestNobodyIsLeftAtTheDoor(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	d := newDoor(l, nil)
	in := make(chan struct{})
	served := make(chan struct{})
	go func() {
		defer close(served)
		d.Serve(func(_ string, c net.Conn) error { close(in); _, err := c.Read(make([]byte, 1)); return err })
	}()
	device, err := net.Dial("tcp", d.Address())
	require.NoError(t, err)
	defer device.Close()
	<-in
	d.Close(nil)
	<-served
	gone(t, device)

	ours, theirs := net.Pipe()
	assert.False(t, d.enter(theirs, nil), "nobody comes in after the end")
	require.NoError(t, errors.Join(ours.Close(), theirs.Close()))
}

// poor is a listener that cannot accept at first.
type poor struct {
	net.Listener
	fails atomic.Int32
}

func (p *poor) Accept() (net.Conn, error) {
	if p.fails.Add(-1) >= 0 {
		return nil, errors.New("too many open files")
	}
	return p.Listener.Accept()
}

// What cannot be accepted for want of file descriptors makes the broker deaf no
// longer than the want lasts.
func TestTheDoorOpensAgain(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &poor{Listener: l}
	p.fails.Store(2)
	d := newDoor(p, nil)
	served, in := make(chan struct{}), make(chan struct{})
	go func() { defer close(served); d.Serve(func(string, net.Conn) error { close(in); return nil }) }()
	device, err := net.Dial("tcp", d.Address())
	require.NoError(t, err)
	defer device.Close()
	select {
	case <-in:
	case <-time.After(10 * time.Second):
		assert.Fail(t, "it hears nobody")
	}
	d.Close(nil)
	<-served
}

// An end that hangs keeps nobody.
func TestTheEndHasALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		began := time.Now()
		assert.ErrorIs(t, within(endWithin, func() error { <-hold; return nil }), errEnd)
		assert.Equal(t, endWithin, time.Since(began))
		close(hold)
		assert.NoError(t, within(endWithin, func() error { return nil }))
	})
}

// The broker ends though devices leave at that moment: the server's own end of its
// connections waited for ever there, and the edge with it. Each that leaves is taken
// from the server's list, which is all that is done here, without pause.
func TestTheBrokerEndsWhileDevicesLeave(t *testing.T) {
	for round := range 100 {
		b, err := NewBroker(BrokerConfig{Listen: "127.0.0.1:0"}, site(t))
		require.NoError(t, err)
		ctx, stop := context.WithCancel(t.Context())
		over := make(chan error, 1)
		go func() { over <- b.Run(ctx) }()
		addr := b.Addr(ctx)
		require.NotNil(t, addr)
		device := paho.NewClient(paho.NewClientOptions().AddBroker("tcp://" + addr.String()).SetClientID("eye-1").SetAutoReconnect(false))
		require.NoError(t, ended(device.Connect()))
		b.mu.Lock()
		clients := b.server.Clients
		b.mu.Unlock()
		var leaving sync.WaitGroup
		enough := make(chan struct{})
		for range 2 {
			leaving.Go(func() {
				for {
					select {
					case <-enough:
						return
					default:
						clients.Delete("eye-9")
						runtime.Gosched() // the broker is to have a turn on a busy machine too
					}
				}
			})
		}
		stop()
		select {
		case err := <-over:
			require.NoError(t, err)
		case <-time.After(20 * time.Second):
			require.Fail(t, "the broker does not end", "round %d", round)
		}
		close(enough)
		leaving.Wait()
		device.Disconnect(0)
	}
}
