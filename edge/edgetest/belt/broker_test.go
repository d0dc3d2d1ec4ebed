package belt

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
	"dcedge/firmware-sim/wire/wiretest"
)

const tunnelRead = "dc/ICN1/scanner/tunnel-1/read"

// verdicts collects the ids of verdicts that a client hears for the tunnel.
func verdicts(t *testing.T, c paho.Client) <-chan string {
	t.Helper()
	out := make(chan string, 64)
	require.NoError(t, settled(c.Subscribe("dc/ICN1/scanner/tunnel-1/verdict", 1, func(_ paho.Client, m paho.Message) {
		var v struct{ ID string }
		if json.Unmarshal(m.Payload(), &v) == nil {
			out <- v.ID
		}
	})))
	return out
}

func (b *bench) answered(said <-chan string, id string) {
	b.t.Helper()
	for limit := time.After(20 * time.Second); ; {
		select {
		case got := <-said:
			if got == id {
				return
			}
		case <-limit:
			require.Fail(b.t, "no verdict for "+id)
		}
	}
}

// readsOf are the events of one read.
func (b *bench) readsOf(id string) int {
	n := 0
	for _, e := range b.parcelReads() {
		if e.Data.Read == id {
			n++
		}
	}
	return n
}

// B1: at the embedded broker a read's PUBACK and at any broker its verdict say
// that the event is there: the pull that follows has it.
func TestB1AnAcknowledgedReadIsStored(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bench, url string) {
		tunnel := client(t, url, "tunnel-1")
		said := verdicts(t, tunnel)
		b.soon("the edge is at the broker", func() bool { return b.condition("mqtt") == "ready" })
		embedded := strings.HasSuffix(t.Name(), "embedded")
		for i := range 20 {
			id := fmt.Sprint("read-", i)
			require.NoError(t, settled(tunnel.Publish(tunnelRead, 1, false, body(id, "1", time.Now()))))
			if !embedded { // it acknowledged before the edge had anything
				b.answered(said, id)
			}
			assert.Equal(t, 1, b.readsOf(id), "%s is acknowledged and not there", id)
		}
	})
}

// B1: a broker that was killed has forgotten who listens; the edge subscribes
// again, and the device's repetition of what was not answered is the same read.
func TestB1ABrokerThatForgotItsSessions(t *testing.T) {
	t.Parallel()
	m := wiretest.Mosquitto(t)
	b := &bench{t: t}
	b.Site = sitetest.Start(t, sitetest.Options{Printers: 1, Device: fmt.Sprintf("[mqtt]\nbroker = %q\n%s", m.URL, smallDevices()+smallBelt)})
	b.soon("the edge is at the broker", func() bool { return b.condition("mqtt") == "ready" })
	for round := range 3 {
		id := fmt.Sprint("read-", round)
		before := client(t, m.URL, fmt.Sprint("tunnel-", round))
		said := verdicts(t, before)
		require.NoError(t, settled(before.Publish(tunnelRead, 1, false, body(id, "1", time.Now()))))
		b.answered(said, id)
		m.Kill()
		b.soon("the page says so", func() bool { return b.condition("mqtt") != "ready" })
		m.Start()
		b.soon("it is back by itself", func() bool { return b.condition("mqtt") == "ready" })
		after := client(t, m.URL, fmt.Sprint("tunnel-again-", round))
		said = verdicts(t, after)
		for _, again := range []string{id, id + "-new"} { // the device never heard the first verdict
			require.NoError(t, settled(after.Publish(tunnelRead, 1, false, body(again, "1", time.Now()))))
			b.answered(said, again)
			assert.Equal(t, 1, b.readsOf(again), again)
		}
	}
}

// B2: a read that comes again, one after the other, many at once, or from another
// session of the same device, is one event and is answered.
func TestB2ARepeatedReadIsOneEvent(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bench, url string) {
		tunnel := client(t, url, "tunnel-1")
		said := verdicts(t, tunnel)
		b.soon("the edge is at the broker", func() bool { return b.condition("mqtt") == "ready" })
		text := body("twice", "1", time.Now())
		for range 3 {
			require.NoError(t, settled(tunnel.Publish(tunnelRead, 1, false, text)))
			b.answered(said, "twice")
		}
		tunnel.Disconnect(100)
		other := client(t, url, "tunnel-1")
		said = verdicts(t, other)
		for range 20 { // at once, without waiting for an answer
			other.Publish(tunnelRead, 1, false, text)
		}
		require.NoError(t, settled(other.Publish(tunnelRead, 1, false, body("another", "1", time.Now()))))
		b.answered(said, "another")
		assert.Equal(t, 1, b.readsOf("twice"))
		assert.Equal(t, 1, b.readsOf("another"), "the same code under another id is another read")
	})
}

// Every read has one verdict, and one event unless it is refused for its form: a
// repeat names the event again, another code under a known id and half a letter are
// refused and name none, and a code longer than any barcode is one event too.
func TestEveryReadOneVerdictOneEvent(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bench, url string) {
		tunnel := client(t, url, "tunnel-1")
		type verdict struct {
			ID, Code, Lane, Epoch string
			OK                    bool
			Seq                   uint64
		}
		said := make(chan verdict, 64)
		require.NoError(t, settled(tunnel.Subscribe("dc/ICN1/scanner/tunnel-1/verdict", 1, func(_ paho.Client, m paho.Message) {
			var v verdict
			if json.Unmarshal(m.Payload(), &v) == nil {
				said <- v
			}
		})))
		b.soon("the edge is at the broker", func() bool { return b.condition("mqtt") == "ready" })
		ask := func(text string) (v verdict) {
			t.Helper()
			require.NoError(t, settled(tunnel.Publish(tunnelRead, 1, false, text)))
			select {
			case v = <-said:
			case <-time.After(20 * time.Second):
				require.Fail(t, "no verdict")
			}
			return v
		}
		first := ask(body("one", "1", time.Now()))
		assert.NotZero(t, first.Seq)
		assert.Equal(t, first, ask(body("one", "1", time.Now())), "the same answer, with its receipt")
		assert.Equal(t, verdict{ID: "one", Code: "idReused", Lane: "hospital"}, ask(body("one", "2", time.Now())))
		assert.Equal(t, verdict{ID: "half", Code: "malformed"}, ask(`{"id":"half","at":null,"code":"A\ud83d"}`))
		long := ask(body("long", strings.Repeat("7", 9000), time.Now()))
		assert.NotZero(t, long.Seq)
		for id, n := range map[string]int{"one": 1, "half": 0, "long": 1} {
			assert.Equal(t, n, b.readsOf(id), id)
		}
		b.StopEdge()
		b.StartEdge()
		b.soon("the edge is at the broker", func() bool { return b.condition("mqtt") == "ready" })
		embedded := strings.HasSuffix(t.Name(), "embedded")
		if !embedded { // there the device is still connected
			assert.Equal(t, first, ask(body("one", "1", time.Now())), "also after a restart")
			assert.Equal(t, "idReused", ask(body("one", "2", time.Now())).Code)
		}
	})
}
