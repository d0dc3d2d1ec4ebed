package belt

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
	"dcedge/firmware-sim/scanner"
	"dcedge/firmware-sim/wire"
	"dcedge/firmware-sim/wire/wiretest"
)

// smallBelt is a belt with a speed and no encoder: eye-1, tunnel-1, d-1 into L1.
const smallBelt = `
[[belt]]
name = "line-1"
induct = "eye-1"
end = "eye-9"
endAt = 5000
tunnel = "tunnel-1"
tunnelAt = 750
stacklight = "stack-1"
[[belt.lane]]
name = "L1"
divert = "d-1"
at = 2000
`

func smallDevices() string {
	return mqttDevice("eye-1", "photoeye") + mqttDevice("eye-9", "photoeye") + mqttDevice("tunnel-1", "scanner") + mqttDevice("d-1", "divert") + mqttDevice("stack-1", "stacklight")
}

// client is a device as its maker built it.
func client(t *testing.T, url, name string) paho.Client {
	t.Helper()
	c := paho.NewClient(paho.NewClientOptions().AddBroker(url).SetClientID(name).SetCleanSession(true).SetWriteTimeout(2 * time.Second))
	t.Cleanup(func() { c.Disconnect(0) })
	require.NoError(t, settled(c.Connect()))
	return c
}

func settled(t paho.Token) error {
	if !t.WaitTimeout(20 * time.Second) {
		return context.DeadlineExceeded
	}
	return t.Error()
}

func body(id, code string, at time.Time) string {
	when := `null`
	if !at.IsZero() {
		when = fmt.Sprintf("%q", at.Format(time.RFC3339Nano))
	}
	return fmt.Sprintf(`{"id":%q,"at":%s,"code":%q}`, id, when, code)
}

func (b *bench) parcelReads() (out []event) {
	for _, e := range pull(b.t, b.Site) {
		if e.Type == "parcel.read" || e.Type == "parcel.noRead" {
			out = append(out, e)
		}
	}
	return out
}

// over starts a site on the embedded broker, and one on mosquitto.
func over(t *testing.T, f func(t *testing.T, b *bench, url string)) {
	t.Run("embedded", func(t *testing.T) {
		b := newBench(t, smallDevices()+smallBelt)
		f(t, b, b.wire().URL)
	})
	t.Run("mosquitto", func(t *testing.T) {
		m := wiretest.Mosquitto(t)
		b := &bench{t: t, listen: strings.TrimPrefix(m.URL, "tcp://")}
		b.Site = sitetest.Start(t, sitetest.Options{Printers: 1, Clock: 100, Device: fmt.Sprintf("[mqtt]\nbroker = %q\n%s", m.URL, smallDevices()+smallBelt)})
		b.Basics()
		f(t, b, m.URL)
	})
}

// B3: a retained read is left out; it would fire at each reconnect.
func TestB3ARetainedReadIsNoEvent(t *testing.T) {
	t.Parallel()
	m := wiretest.Mosquitto(t)
	old := client(t, m.URL, "old")
	require.NoError(t, settled(old.Publish("dc/ICN1/scanner/tunnel-1/read", 1, true, body("stale", "1", time.Now()))))
	b := &bench{t: t}
	b.Site = sitetest.Start(t, sitetest.Options{Printers: 1, Device: fmt.Sprintf("[mqtt]\nbroker = %q\n%s", m.URL, smallDevices()+smallBelt)})
	b.soon("the edge is at the broker", func() bool { return b.junk("tunnel-1") == 1 })
	require.NoError(t, settled(old.Publish("dc/ICN1/scanner/tunnel-1/read", 1, false, body("fresh", "1", time.Now()))))
	b.soon("the other is one", func() bool { return len(b.parcelReads()) == 1 })
	assert.Equal(t, "fresh", b.parcelReads()[0].Data.Read)
}

// junk is how many messages of a device were left out.
func (b *bench) junk(name string) int {
	var list struct {
		Items []struct {
			Name string
			Junk int
		}
	}
	b.Do("GET", "/devicez", "", nil).JSON(b.t, &list)
	for _, x := range list.Items {
		if x.Name == name {
			return x.Junk
		}
	}
	return -1
}

// B5: at the embedded broker a device speaks for itself only, and is not heard
// nor told otherwise.
func TestB5ADeviceSpeaksForItselfOnly(t *testing.T) {
	t.Parallel()
	b := newBench(t, smallDevices()+smallBelt)
	rogue := client(t, b.wire().URL, "eye-1")
	require.NoError(t, settled(rogue.Publish("dc/ICN1/scanner/tunnel-1/read", 1, false, body("evil", "1", time.Now()))))
	require.NoError(t, settled(rogue.Publish("dc/ICN1/divert/d-1/done", 1, false, `{"id":"evil","at":null,"box":"B-1","lane":"L1"}`)))
	got := rogue.Subscribe("dc/ICN1/divert/d-1/set", 1, func(paho.Client, paho.Message) { t.Error("it hears another's commands") })
	require.NoError(t, settled(got))
	b.soon("they are counted", func() bool { return b.junk("mqtt") >= 2 })
	stranger := paho.NewClient(paho.NewClientOptions().AddBroker(b.wire().URL).SetClientID("nobody"))
	assert.Error(t, settled(stranger.Connect()), "who is not configured is not let in")
	assert.Empty(t, b.parcelReads())
}

// B6: a sensor without a clock, out of order or stuck alarms, and stops nobody.
func TestB6SensorsThatAreWrong(t *testing.T) {
	t.Parallel()
	over(t, func(t *testing.T, b *bench, url string) {
		stack := make(chan string, 64)
		light := client(t, url, "stack-1")
		require.NoError(t, settled(light.Subscribe("dc/ICN1/stacklight/stack-1/set", 1, func(_ paho.Client, m paho.Message) {
			var s struct{ Colour, Reason string }
			if json.Unmarshal(m.Payload(), &s) == nil {
				stack <- s.Colour + " " + s.Reason
			}
		})))
		shows := func(want string) {
			t.Helper()
			for limit := time.After(20 * time.Second); ; {
				select {
				case s := <-stack:
					if s == want {
						return
					}
				case <-limit:
					require.Fail(t, "the stack light never showed "+want)
				}
			}
		}
		require.NoError(t, settled(light.Publish("dc/ICN1/stacklight/stack-1/online", 1, true, "true")))
		b.soon("the belt is flushed", func() bool { return b.condition("line-1") == "ready" })

		tunnel := client(t, url, "tunnel-1")
		for i := range 6 {
			require.NoError(t, settled(tunnel.Publish("dc/ICN1/scanner/tunnel-1/read", 1, false, body(fmt.Sprint("n", i), "1", time.Time{}))))
		}
		shows("amber clock")
		for _, e := range b.parcelReads() {
			assert.Equal(t, "lateRead", e.Data.Reason, "without a clock nobody can say of which parcel it is")
		}
		eye := client(t, url, "eye-9")
		state := func(id string, blocked bool, at time.Time) {
			require.NoError(t, settled(eye.Publish("dc/ICN1/photoeye/eye-9/state", 1, false, fmt.Sprintf(`{"id":%q,"at":%q,"blocked":%t}`, id, at.Format(time.RFC3339Nano), blocked))))
		}
		state("s1", true, time.Now())
		state("s2", false, time.Now().Add(-time.Minute)) // out of order: left out
		shows("red jam")
		assert.Equal(t, "jam", b.condition("line-1"))
		w := b.Worker("W-001")
		b.Push(sitetest.Order("o1", sitetest.Line{SKU: "PEN", Quantity: 1, Location: "A01-01-1"}))
		require.True(t, w.Act("start", map[string]any{"flow": "pick"}).OK, "picking goes on")
		state("s3", false, time.Now())
		shows("amber clock")
	})
}

func (b *bench) condition(name string) string {
	var list struct {
		Items []struct{ Name, Condition string }
	}
	b.Do("GET", "/devicez", "", nil).JSON(b.t, &list)
	for _, x := range list.Items {
		if x.Name == name {
			return x.Condition
		}
	}
	return ""
}

// B4: a flood of sensor states from twenty clients is shed; reads of the tunnel
// and scans of people are not lost, and how long they take is written down with
// the flood and without.
func TestB4AFloodOfStatesLosesNoScan(t *testing.T) {
	const eyes, each = 20, 500 // states a second of each
	flooded := func(t *testing.T, start func(devices string) (*bench, string)) {
		devices := smallDevices()
		for i := range eyes {
			devices += mqttDevice(fmt.Sprint("noise-", i), "photoeye")
		}
		b, url := start(devices + smallBelt)
		tunnel, err := scanner.NewTunnel(scanner.TunnelConfig{Broker: wire.Broker{URL: url}, Site: "ICN1", Name: "tunnel-1"})
		require.NoError(t, err)
		b.plays(tunnel)
		<-tunnel.Ready()
		w := b.Worker("W-001")
		const n = 60
		quietScan, quietRead := b.timed(w, tunnel, n)

		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		var sent atomic.Int64
		began := time.Now()
		for i := range eyes {
			c := client(t, url, fmt.Sprint("noise-", i))
			all.Go(func() { sent.Add(storm(ctx, c, i, each)) })
		}
		busyScan, busyRead := b.timed(w, tunnel, n)
		stop()
		all.Wait()
		rate := float64(sent.Load()) / time.Since(began).Seconds()
		t.Logf("%.0f states a second from %d clients; scan p99 %v quiet, %v flooded; read p99 %v quiet, %v flooded", rate, eyes,
			at99(quietScan), at99(busyScan), at99(quietRead), at99(busyRead))
		counts := map[string]int{}
		for _, e := range b.parcelReads() {
			counts[e.Data.Read]++
		}
		assert.Len(t, counts, 2*n, "no read was lost")
		for id, k := range counts {
			assert.Equal(t, 1, k, id)
		}
		refused := 0
		for _, e := range pull(t, b.Site) {
			if e.Type == "scan.refused" {
				refused++
			}
		}
		assert.Equal(t, 2*n, refused, "nor a scan")
	}
	t.Run("embedded", func(t *testing.T) {
		flooded(t, func(devices string) (*bench, string) {
			b := newBench(t, devices)
			return b, b.wire().URL
		})
	})
	t.Run("mosquitto", func(t *testing.T) {
		flooded(t, func(devices string) (*bench, string) {
			m := wiretest.Mosquitto(t)
			b := &bench{t: t, listen: strings.TrimPrefix(m.URL, "tcp://")}
			b.Site = sitetest.Start(t, sitetest.Options{Printers: 1, Device: fmt.Sprintf("[mqtt]\nbroker = %q\n%s", m.URL, devices)})
			b.Basics()
			return b, m.URL
		})
	})
}

// storm publishes so many states a second until ctx ends, without waiting.
func storm(ctx context.Context, c paho.Client, n, each int) int64 {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for sent := int64(0); ; {
		select {
		case <-ctx.Done():
			return sent
		case <-tick.C:
			for range each / 50 {
				sent++
				c.Publish(fmt.Sprintf("dc/ICN1/photoeye/noise-%d/state", n), 0, false, fmt.Sprintf(`{"id":"s%d","at":null,"blocked":%t}`, sent, sent%2 == 0))
			}
		}
	}
}

// timed scans and reads, one after the other, and gives how long each took.
func (b *bench) timed(w *sitetest.Worker, tunnel *scanner.Tunnel, n int) (scans, reads []time.Duration) {
	b.t.Helper()
	for i := range n {
		began := time.Now()
		w.Scan(fmt.Sprint("NOTHING-", i))
		scans = append(scans, time.Since(began))
		id := tunnel.Pass(fmt.Sprint("NOTHING-", i))[0]
		b.soon("a verdict", func() bool {
			all := tunnel.Reads()
			for j := len(all) - 1; j >= 0; j-- {
				if all[j].ID == id && all[j].Verdicts > 0 {
					reads = append(reads, all[j].Answered.Sub(all[j].At))
					return true
				}
			}
			return false
		})
	}
	return scans, reads
}

func at99(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)*99/100].Round(10 * time.Microsecond)
}
