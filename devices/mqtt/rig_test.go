package mqtt

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/porttest"
	"dcedge/edge/supervise"
)

// rig is a site with a line that can be killed and brought back, embedded or by
// Debian's mosquitto.
type rig struct {
	t      testing.TB
	in     *Inbox
	addr   string
	kill   func() // at once, as by a power cut
	revive func()
	wipe   func() // of an external broker that is dead: its memory

	mu   sync.Mutex
	line Line
}

func (r *rig) Send(c Command) error {
	r.mu.Lock()
	l := r.line
	r.mu.Unlock()
	if l == nil {
		return ErrNotConnected
	}
	return l.Send(c)
}

func (r *rig) connected() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.line != nil && r.line.Connected()
}

// each runs f over both lines.
func each(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Run("embedded", func(t *testing.T) { f(t, embedded(t)) })
	t.Run("mosquitto", func(t *testing.T) { f(t, external(t)) })
}

func embedded(t testing.TB) *rig {
	r := &rig{t: t, in: site(t), addr: porttest.Free(t)}
	stop := func() {}
	r.kill = func() { stop(); stop = func() {} }
	r.revive = func() {
		b, err := NewBroker(BrokerConfig{Listen: r.addr, AckWait: 2 * time.Second}, r.in)
		if !assert.NoError(t, err) {
			return
		}
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- b.Run(ctx) }()
		stop = func() { cancel(); <-ended }
		up, done := context.WithTimeout(ctx, 10*time.Second)
		defer done()
		assert.NotNil(t, b.Addr(up), "the broker did not start")
		r.mu.Lock()
		r.line = b
		r.mu.Unlock()
	}
	r.revive()
	t.Cleanup(func() { r.kill() })
	return r
}

func external(t testing.TB, more ...string) *rig {
	bin, err := exec.LookPath("mosquitto")
	if err != nil {
		t.Skip("SKIPPED: no mosquitto here: install it (make setup-test)")
	}
	r := &rig{t: t, in: site(t), addr: porttest.Free(t)}
	dir := t.TempDir()
	_, port, _ := net.SplitHostPort(r.addr)
	conf := filepath.Join(dir, "m.conf")
	require.NoError(t, os.WriteFile(conf, fmt.Appendf(nil, "listener %s 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location %s/\n"+
		"autosave_on_changes true\nautosave_interval 1\nuser root\nlog_dest none\nset_tcp_nodelay true\nmax_queued_messages 10000\n%s\n", port, dir, strings.Join(more, "\n")), 0o600))
	r.wipe = func() { assert.NoError(t, os.Remove(filepath.Join(dir, "mosquitto.db"))) }
	var cmd *exec.Cmd
	r.kill = func() {
		if cmd != nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			cmd = nil
		}
	}
	r.revive = func() {
		cmd = exec.Command(bin, "-c", conf)
		assert.NoError(t, cmd.Start())
	}
	r.revive()
	t.Cleanup(func() { r.kill() })

	c, err := NewClient(ClientConfig{Broker: "tcp://" + r.addr, User: "the-edge"}, r.in)
	require.NoError(t, err)
	r.line = c
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		again := supervise.Backoff{Min: 20 * time.Millisecond, Max: 100 * time.Millisecond}
		for ctx.Err() == nil {
			_ = c.Run(ctx)
			select {
			case <-ctx.Done():
			case <-time.After(again.Next()):
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-ended })
	require.Eventually(t, r.connected, 30*time.Second, 5*time.Millisecond)
	return r
}

// device is a device as its maker built it: on paho, with a last will.
func (r *rig) device(name, class string, change func(*paho.ClientOptions)) paho.Client {
	r.t.Helper()
	o := paho.NewClientOptions().AddBroker("tcp://" + r.addr).SetClientID(name).SetCleanSession(true).SetAutoReconnect(true).
		SetMaxReconnectInterval(100 * time.Millisecond).SetConnectRetry(true).SetConnectRetryInterval(50 * time.Millisecond).
		SetOrderMatters(true).SetWriteTimeout(2 * time.Second).
		SetStore(newStore())
	o.SetWill("dc/ICN1/"+class+"/"+name+"/online", "false", 1, true)
	if change != nil {
		change(o)
	}
	c := paho.NewClient(o)
	r.t.Cleanup(func() { c.Disconnect(0) })
	require.NoError(r.t, ended(c.Connect()))
	return c
}

func ended(t paho.Token) error {
	if !t.WaitTimeout(20 * time.Second) {
		return errors.New("no answer")
	}
	return t.Error()
}

// pending tells that a token has not ended within d.
func pending(t paho.Token, d time.Duration) bool { return !t.WaitTimeout(d) }

func (r *rig) next() Received {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 20*time.Second)
	defer cancel()
	m, err := r.in.Next(ctx)
	require.NoError(r.t, err, "nothing came")
	return m
}

// until gives the next message of the kind, and lets the others pass.
func (r *rig) until(what string) Received {
	r.t.Helper()
	for {
		if m := r.next(); m.What == what {
			return m
		}
	}
}
