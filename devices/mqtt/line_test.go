package mqtt

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/edge/edgetest/porttest"
)

func (r *rig) condition(name string) devices.Condition {
	for _, s := range r.in.Statuses() {
		if s.Name == name {
			return s.Condition
		}
	}
	return "none"
}

// A command reaches the device that listens, is not retained, and is not kept
// for one that is away.
func TestCommandsAreForThoseWhoAreThere(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		got := make(chan paho.Message, 10)
		d := r.device("divert-1", Divert, nil)
		require.NoError(t, ended(d.Subscribe("dc/ICN1/divert/divert-1/set", 1, func(_ paho.Client, m paho.Message) { got <- m })))
		require.NoError(t, r.Send(DivertTo("divert-1", DivertBody{"c-1", "r-1", "B-1", "cj"})))
		m := <-got
		assert.JSONEq(t, `{"id":"c-1","re":"r-1","box":"B-1","lane":"cj"}`, string(m.Payload()))
		assert.False(t, m.Retained())

		d.Disconnect(50)
		if err := r.Send(DivertTo("divert-1", DivertBody{"c-2", "r-2", "B-2", "cj"})); err != nil {
			assert.ErrorIs(t, err, ErrNotConnected)
		}
		r.listening("divert-1", Divert, got)
		require.Eventually(t, func() bool { return r.Send(DivertTo("divert-1", DivertBody{"c-3", "r-3", "B-3", "cj"})) == nil }, 30*time.Second, 5*time.Millisecond)
		assert.Contains(t, told(t, got), `"c-3"`, "what was sent while it was away never comes")
	})
}

// listening connects a device that subscribes to its commands at each connection.
// It returns when the first subscription stands.
func (r *rig) listening(name, class string, got chan<- paho.Message) {
	r.t.Helper()
	up := make(chan error, 1)
	r.device(name, class, func(o *paho.ClientOptions) {
		o.SetOnConnectHandler(func(c paho.Client) {
			err := ended(c.Subscribe("dc/ICN1/"+class+"/"+name+"/set", 1, func(_ paho.Client, m paho.Message) { got <- m }))
			select {
			case up <- err:
			default: // a later connection
			}
		})
	})
	require.NoError(r.t, <-up)
}

// told gives the next command that a device got.
func told(t *testing.T, got <-chan paho.Message) string {
	t.Helper()
	select {
	case m := <-got:
		return string(m.Payload())
	case <-time.After(20 * time.Second):
		t.Fatal("the device was told nothing")
		return ""
	}
}

// A device that came back while its last connection was being cleaned up: the
// server has lost its entry and its subscription, and the connection is up.
func TestADeviceThatTheServerForgotConnectsAgain(t *testing.T) {
	r := embedded(t)
	got := make(chan paho.Message, 10)
	r.listening("divert-1", Divert, got)
	send := func(id string) func() bool {
		return func() bool { return r.Send(DivertTo("divert-1", DivertBody{id, "r", "B", "cj"})) == nil }
	}
	require.Eventually(t, send("c-1"), 30*time.Second, 5*time.Millisecond)
	assert.Contains(t, told(t, got), `"c-1"`)

	server := r.line.(*Broker).server
	cl, ok := server.Clients.Get("divert-1")
	require.True(t, ok)
	server.UnsubscribeClient(cl)
	server.Clients.Delete(cl.ID)
	require.Eventually(t, send("c-2"), 30*time.Second, 5*time.Millisecond, "it is never told anything again")
	assert.Contains(t, told(t, got), `"c-2"`)
}

func TestBirthAndWill(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var cut func()
		d := r.device("tunnel-1", Scanner, func(o *paho.ClientOptions) {
			o.SetAutoReconnect(false).SetCustomOpenConnectionFn(func(u *url.URL, _ paho.ClientOptions) (net.Conn, error) {
				c, err := net.Dial("tcp", u.Host)
				cut = func() { _ = c.Close() }
				return c, err
			})
		})
		require.NoError(t, ended(d.Publish("dc/ICN1/scanner/tunnel-1/online", 1, true, "true")))
		assert.True(t, r.until(Online).Online)
		assert.Equal(t, devices.Ready, r.condition("tunnel-1"))

		cut() // a power cut: the connection ends without a farewell
		require.Eventually(t, func() bool { return r.condition("tunnel-1") == devices.Offline }, 30*time.Second, time.Millisecond)
		assert.False(t, r.until(Online).Online)

		d = r.device("tunnel-1", Scanner, nil)
		require.NoError(t, ended(d.Publish("dc/ICN1/scanner/tunnel-1/online", 1, true, "true")))
		require.Eventually(t, func() bool { return r.condition("tunnel-1") == devices.Ready }, 30*time.Second, time.Millisecond)
		r.kill()
		require.Eventually(t, func() bool { return r.condition("tunnel-1") == devices.Offline }, 30*time.Second, 5*time.Millisecond,
			"without a broker nobody is there")
	})
}

func TestB3RetainedReadGivesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		d := r.device("tunnel-1", Scanner, nil)
		require.NoError(t, ended(d.Publish(tunnelRead, 1, true, read("old"))), "acknowledged, so that it is not sent for ever")
		// An external broker gives it on as live once, to who is subscribed, and as
		// retained to whoever subscribes later: that must give nothing.
		if r.in.Refused()[CodeRetained] == 0 {
			m := r.until(Read)
			m.Fail() // the session is resumed, and subscribed anew
			require.Eventually(t, func() bool { return r.in.Refused()[CodeRetained] > 0 }, 30*time.Second, 5*time.Millisecond)
		}
		require.Eventually(t, d.IsConnectionOpen, 30*time.Second, 5*time.Millisecond)
		d.Publish(tunnelRead, 1, false, read("new"))
		m := r.until(Read)
		for ; m.ID == "old"; m = r.until(Read) {
			m.Ack() // its PUBACK was lost with the broker: a repeat, with its id
		}
		assert.Equal(t, "new", m.ID)
		m.Ack()
	})
}

func TestMalformedReadIsAnswered(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		got := make(chan string, 10)
		d := r.device("tunnel-1", Scanner, nil)
		require.NoError(t, ended(d.Subscribe("dc/ICN1/scanner/tunnel-1/verdict", 1, func(_ paho.Client, m paho.Message) { got <- string(m.Payload()) })))
		require.NoError(t, ended(d.Publish(tunnelRead, 1, false, `{"id":"x","at":null,"code":12}`)))
		assert.JSONEq(t, `{"id":"x","ok":false,"code":"malformed"}`, <-got)
	})
}

// B1: the embedded broker acknowledges a read when it is on disk, not before; an
// external one keeps what the edge has not acknowledged.
func TestB1AcknowledgedAfterTheCommit(t *testing.T) {
	t.Run("embedded", func(t *testing.T) {
		r := embedded(t)
		d := r.device("tunnel-1", Scanner, nil)
		tok := d.Publish(tunnelRead, 1, false, read("a"))
		m := r.until(Read)
		assert.True(t, pending(tok, 100*time.Millisecond), "no PUBACK while it is not on disk")
		m.Ack()
		require.NoError(t, ended(tok))

		tok = d.Publish(tunnelRead, 1, false, read("b"))
		m = r.until(Read)
		m.Fail()
		again := r.until(Read)
		assert.Equal(t, "b", again.ID, "the device sends it again on its next connection")
		again.Ack()
		require.NoError(t, ended(tok))

		tok = d.Publish(tunnelRead, 1, false, read("c"))
		m = r.until(Read)
		require.Eventually(t, func() bool { return !d.IsConnectionOpen() }, 30*time.Second, time.Millisecond, "nobody acknowledges for AckWait: cut off")
		m.Ack()
		if m := r.until(Read); assert.Equal(t, "c", m.ID) {
			m.Ack()
		}
		require.NoError(t, ended(tok))
	})
	t.Run("mosquitto", func(t *testing.T) {
		r := external(t)
		d := r.device("tunnel-1", Scanner, nil)
		for i := range 5 {
			require.NoError(t, ended(d.Publish(tunnelRead, 1, false, read(fmt.Sprint("m-", i)))))
		}
		var hold []Received
		for range 5 {
			hold = append(hold, r.until(Read)) // in hand, not settled
		}
		r.in.mu.Lock()
		for _, m := range hold[1:] { // as if this edge had died: nothing of its memory stays
			delete(r.in.hand, handOf(&m.Message))
		}
		r.in.mu.Unlock()
		hold[0].Fail()
		back := map[string]bool{}
		for len(back) < 5 {
			m := r.until(Read)
			back[m.ID] = true
			m.Ack()
		}
	})
}

// B5: a device speaks for itself only, and is not cut off for trying: paho would
// send what was refused on every connection again.
func TestB5RogueClient(t *testing.T) {
	r := embedded(t)
	rogue := r.device("eye-1", PhotoEye, nil)
	heard := make(chan string, 10)
	for _, filter := range []string{"#", "dc/ICN1/scanner/tunnel-1/verdict", "dc/ICN1/+/+/set", "$SYS/#", "dc/ICN1/photoeye/eye-1/#"} {
		tok := rogue.Subscribe(filter, 1, func(_ paho.Client, m paho.Message) { heard <- m.Topic() })
		_ = ended(tok)
		want := byte(0x80)
		if filter == "dc/ICN1/photoeye/eye-1/#" {
			want = 1
		}
		assert.Equal(t, want, tok.(*paho.SubscribeToken).Result()[filter], filter)
	}
	for _, name := range []string{tunnelRead, "dc/ICN1/photoeye/eye-2/state", "dc/ICN1/scanner/tunnel-1/verdict", "dc/ICN1/divert/divert-1/set", "dc/ICN1/scanner/tunnel-1/online"} {
		require.NoError(t, ended(rogue.Publish(name, 1, true, read("evil"))), name)
	}
	assert.EqualValues(t, 5, r.in.Refused()[CodeRights])
	require.NoError(t, ended(rogue.Publish("dc/ICN1/photoeye/eye-1/state", 1, false, state("mine"))), "it still may speak for itself")
	assert.Equal(t, "mine", r.until(State).ID)
	assert.Empty(t, heard)

	refused := func(change func(*paho.ClientOptions)) {
		o := paho.NewClientOptions().AddBroker("tcp://" + r.addr).SetClientID("eye-3").SetAutoReconnect(false).SetConnectTimeout(2 * time.Second)
		change(o)
		c := paho.NewClient(o)
		assert.Error(t, ended(c.Connect()))
		c.Disconnect(0)
	}
	refused(func(o *paho.ClientOptions) { o.SetClientID("nobody") })
	refused(func(o *paho.ClientOptions) { o.SetUsername("nobody") })
	refused(func(o *paho.ClientOptions) { o.SetWill("dc/ICN1/scanner/tunnel-1/online", "false", 1, true) })
	refused(func(o *paho.ClientOptions) { o.SetWill("dc/ICN1/photoeye/eye-3/state", "{}", 1, false) })
	refused(func(o *paho.ClientOptions) { o.SetProtocolVersion(3) })
}

func TestB5Secrets(t *testing.T) {
	devs := []Device{{Name: "tunnel-1", Class: Scanner, Client: "plc", Secret: "s3"}, {Name: "divert-1", Class: Divert, Client: "plc", Secret: "s3"}}
	in, err := NewInbox("ICN1", devs, nil)
	require.NoError(t, err)
	b, err := NewBroker(BrokerConfig{Listen: "127.0.0.1:0"}, in)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	end := make(chan error, 1)
	go func() { end <- b.Run(ctx) }()
	defer func() { cancel(); assert.NoError(t, <-end) }()
	addr := b.Addr(t.Context()).String()
	connect := func(user, pass string) (paho.Client, error) {
		c := paho.NewClient(paho.NewClientOptions().AddBroker("tcp://" + addr).SetClientID("x").SetUsername(user).SetPassword(pass).SetAutoReconnect(false))
		return c, ended(c.Connect())
	}
	_, err = connect("plc", "wrong")
	assert.Error(t, err)
	_, err = connect("plc", "")
	assert.Error(t, err)
	c, err := connect("plc", "s3")
	require.NoError(t, err)
	defer c.Disconnect(0)
	go func() {
		_ = ended(c.Publish("dc/ICN1/divert/divert-1/done", 1, false, `{"id":"d","at":null,"box":"B","lane":"L"}`))
	}()
	m, err := in.Next(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"divert-1", "B", "L"}, []string{m.Device, m.Box, m.Lane})
	m.Ack()

	_, err = NewBroker(BrokerConfig{Listen: "0.0.0.0:1883"}, in)
	assert.NoError(t, err)
	_, err = NewBroker(BrokerConfig{Listen: "0.0.0.0:1883"}, site(t))
	assert.ErrorContains(t, err, "tunnel-1", "beyond loopback every device needs a secret")
	_, err = NewBroker(BrokerConfig{Listen: "1883"}, in)
	assert.Error(t, err)
}

func TestNewClientWantsABroker(t *testing.T) {
	in := site(t)
	for _, u := range []string{"", "host:1883", "http://host:1883", "tcp://host", "tcp://user:pw@host:1883"} {
		_, err := NewClient(ClientConfig{Broker: u}, in)
		assert.ErrorContains(t, err, "tcp://host:1883", u)
	}
	_, err := NewClient(ClientConfig{Broker: "tls://h:8883", CA: []byte("x")}, in)
	assert.ErrorContains(t, err, "certificate")
	c, err := NewClient(ClientConfig{Broker: "tcp://" + porttest.Free(t)}, in)
	require.NoError(t, err)
	err = c.Run(t.Context())
	assert.Equal(t, devices.Transient, devices.ClassOf(err))
	assert.NotEmpty(t, devices.HintOf(err))
	assert.ErrorIs(t, c.Send(VerdictTo("tunnel-1", VerdictBody{})), ErrNotConnected)
}
