package wiretest

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/require"
)

// Broker is a running mosquitto.
type Broker struct {
	URL    string // tcp://127.0.0.1:port
	t      testing.TB
	binary string
	config string
	cmd    *exec.Cmd
}

// Mosquitto starts a broker, or skips the test where there is none installed.
func Mosquitto(t testing.TB) *Broker {
	t.Helper()
	binary, err := exec.LookPath("mosquitto")
	if err != nil {
		if _, err = os.Stat("/usr/sbin/mosquitto"); err != nil {
			t.Skip("SKIPPED, NOT PASSED: mosquitto is not installed")
		}
		binary = "/usr/sbin/mosquitto"
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := ln.Addr().(*net.TCPAddr).Port
	require.NoError(t, ln.Close())
	b := &Broker{
		URL: fmt.Sprintf("tcp://127.0.0.1:%d", port), t: t, binary: binary,
		config: filepath.Join(t.TempDir(), "mosquitto.conf"),
	}
	text := fmt.Sprintf("listener %d 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n", port)
	require.NoError(t, os.WriteFile(b.config, []byte(text), 0o600))
	b.Start()
	t.Cleanup(func() {
		if b.cmd != nil {
			b.Kill()
		}
	})
	return b
}

// Start starts it (again) and waits until it listens.
func (b *Broker) Start() {
	b.t.Helper()
	b.cmd = exec.Command(b.binary, "-c", b.config)
	require.NoError(b.t, b.cmd.Start())
	require.Eventually(b.t, func() bool {
		c, err := net.Dial("tcp", b.URL[len("tcp://"):])
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, 10*time.Second, 5*time.Millisecond, "mosquitto does not listen")
}

// Kill ends it as a power cut does.
func (b *Broker) Kill() {
	b.t.Helper()
	require.NoError(b.t, b.cmd.Process.Kill())
	_ = b.cmd.Wait() // it was killed
	b.cmd = nil
}

// Message is what was seen on a topic.
type Message struct {
	Topic    string
	Payload  string
	Retained bool
}

// Field gives a field of the JSON payload, nil where there is none.
func (m Message) Field(name string) any {
	var v map[string]any
	if json.Unmarshal([]byte(m.Payload), &v) != nil {
		return nil
	}
	return v[name]
}

// Host is a client that plays the edge: it sees everything and may command.
type Host struct {
	t      testing.TB
	client mqtt.Client

	mu   sync.Mutex
	seen []Message
	on   func(Message)
}

// Host connects to the broker and watches every topic; on, where it is not nil,
// is called for each message and must not block.
func (b *Broker) Host(on func(Message)) *Host {
	b.t.Helper()
	h := &Host{t: b.t, on: on}
	o := mqtt.NewClientOptions().AddBroker(b.URL).SetClientID(fmt.Sprintf("host-%p", h)).
		SetCleanSession(true).SetConnectRetryInterval(50 * time.Millisecond).SetMaxReconnectInterval(100 * time.Millisecond)
	o.SetOnConnectHandler(func(c mqtt.Client) {
		c.Subscribe("#", 1, func(_ mqtt.Client, m mqtt.Message) {
			msg := Message{Topic: m.Topic(), Payload: string(m.Payload()), Retained: m.Retained()}
			h.mu.Lock()
			h.seen = append(h.seen, msg)
			h.mu.Unlock()
			if h.on != nil {
				h.on(msg)
			}
		})
	})
	h.client = mqtt.NewClient(o)
	token := h.client.Connect()
	require.True(b.t, token.WaitTimeout(5*time.Second))
	require.NoError(b.t, token.Error())
	b.t.Cleanup(func() { h.client.Disconnect(0) })
	return h
}

// Send publishes a payload (a string as it is, anything else as JSON), QoS 1.
func (h *Host) Send(topic string, payload any, retained bool) {
	text, ok := payload.(string)
	if !ok {
		b, err := json.Marshal(payload)
		if err != nil {
			h.t.Errorf("payload: %v", err)
			return
		}
		text = string(b)
	}
	h.client.Publish(topic, 1, retained, text)
}

// Seen gives what has come on a topic so far.
func (h *Host) Seen(topic string) []Message {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []Message
	for _, m := range h.seen {
		if m.Topic == topic {
			out = append(out, m)
		}
	}
	return out
}

// Wait waits until n messages have come on a topic and gives them.
func (h *Host) Wait(topic string, n int) []Message {
	h.t.Helper()
	require.Eventually(h.t, func() bool { return len(h.Seen(topic)) >= n }, 20*time.Second, 2*time.Millisecond,
		"%d messages on %s", n, topic)
	return h.Seen(topic)
}
