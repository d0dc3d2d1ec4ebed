package mqtt

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ledger stands for the edge: it decides each id once, "flushes" it, then
// acknowledges and answers. What it holds is what is on disk.
type ledger struct {
	mu      sync.Mutex
	events  map[string]int // decided, by id
	hand    map[string]bool
	repeats int
	twice   int // the same id in hand twice at once

	early bool // negative control: acknowledges before it "flushes"
}

func (l *ledger) serve(ctx context.Context, r *rig) {
	for {
		m, err := r.in.Next(ctx)
		if err != nil {
			return
		}
		if m.What != Read {
			m.Ack()
			continue
		}
		if l.early {
			m.Ack()
			<-time.After(time.Millisecond)
		}
		l.mu.Lock()
		if l.hand[m.ID] {
			l.twice++
		}
		l.hand[m.ID] = true
		if l.events[m.ID] > 0 {
			l.repeats++
		} else {
			l.events[m.ID]++
		}
		delete(l.hand, m.ID)
		l.mu.Unlock()
		m.Ack()
		_ = r.Send(VerdictTo(m.Device, VerdictBody{ID: m.ID, OK: true, Code: "ok"}))
	}
}

func (l *ledger) has(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.events[id] > 0
}

// tunnel keeps a read and publishes it again until a verdict names its id, as
// the contract wants of a device.
type tunnel struct {
	c        paho.Client
	verdicts chan string
	answered int
}

func newTunnel(r *rig) *tunnel {
	tn := &tunnel{verdicts: make(chan string, 10_000)}
	tn.c = r.device("tunnel-1", Scanner, func(o *paho.ClientOptions) {
		o.SetOnConnectHandler(func(c paho.Client) {
			c.Subscribe("dc/ICN1/scanner/tunnel-1/verdict", 1, func(_ paho.Client, m paho.Message) {
				var v VerdictBody
				if json.Unmarshal(m.Payload(), &v) == nil {
					tn.verdicts <- v.ID
				}
			})
		})
	})
	return tn
}

func (tn *tunnel) send(t *testing.T, id string, l *ledger) {
	deadline := time.After(30 * time.Second)
	for {
		tn.c.Publish(tunnelRead, 1, false, read(id)) // its token is no truth: paho completes one without an error when it sends it again
		again := time.After(200 * time.Millisecond)
		for waiting := true; waiting; {
			select {
			case got := <-tn.verdicts:
				if got == id {
					assert.True(t, l.has(id), "I1: a verdict without its event")
					tn.answered++
					return
				}
			case <-again:
				waiting = false
			case <-deadline:
				assert.Fail(t, "no verdict in 30 s", id)
				return
			}
		}
	}
}

// B1, B2: the broker dies and comes back under load, three times: nothing that
// was acknowledged is lost, each read is one event, each gets its verdict.
func TestB1BrokerRestartsUnderLoad(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		l := &ledger{events: map[string]int{}, hand: map[string]bool{}}
		ctx, cancel := context.WithCancel(t.Context())
		var served sync.WaitGroup
		served.Go(func() { l.serve(ctx, r) })
		const reads = 300
		cut := make(chan struct{})
		var cuts sync.WaitGroup
		cuts.Go(func() {
			for range cut {
				r.kill()
				r.revive()
			}
		})
		tn := newTunnel(r)
		for i := range reads {
			if i%75 == 37 {
				cut <- struct{}{}
			}
			tn.send(t, fmt.Sprintf("r-%04d", i), l)
			if t.Failed() {
				break
			}
		}
		close(cut)
		cuts.Wait()
		cancel()
		served.Wait()
		require.Equal(t, reads, tn.answered)
		assert.Len(t, l.events, reads)
		for id, n := range l.events {
			assert.Equal(t, 1, n, id)
		}
		assert.Zero(t, l.twice, "one id was in hand twice")
		t.Logf("%d reads, 4 kills, %d repeats answered with the same verdict", reads, l.repeats)
	})
}

// B1 on the wire: a PUBACK of the embedded broker means that the event is there,
// whatever dies when. The device is raw: a library's token is no proof.
func TestB1PubackMeansStored(t *testing.T) {
	assert.Zero(t, pubacksWithoutEvent(t, &ledger{events: map[string]int{}, hand: map[string]bool{}}, 2000))
}

func TestB1NegativeControl(t *testing.T) {
	lies := pubacksWithoutEvent(t, &ledger{events: map[string]int{}, hand: map[string]bool{}, early: true}, 200)
	assert.NotZero(t, lies, "an edge that acknowledges before its flush was not found out")
	t.Logf("negative control: %d of 200 PUBACKs came before the event", lies)
}

func pubacksWithoutEvent(t *testing.T, l *ledger, reads int) (lies int) {
	r := embedded(t)
	ctx, cancel := context.WithCancel(t.Context())
	var bg, cut sync.WaitGroup
	bg.Go(func() { l.serve(ctx, r) })
	defer bg.Wait()
	defer cancel()
	defer cut.Wait()
	var w *wire
	again := 0
	for i := range reads {
		id := fmt.Sprintf("r-%d", i)
		if i%200 == 100 {
			cut.Wait()
			cut.Go(func() { r.kill(); r.revive() })
		}
		for try := 0; ; try++ {
			require.Less(t, try, 5000, "it never came back")
			if w == nil {
				w = dialWire(r.addr)
			}
			if w != nil && w.publish(uint16(i+1), id, try > 0) == nil {
				break
			}
			w = nil
			again++
			<-time.After(time.Millisecond)
		}
		if !l.has(id) {
			lies++
		}
	}
	t.Logf("%d PUBACKs, a kill each 200, %d tries more, %d repeats", reads, again, l.repeats)
	assert.Zero(t, l.twice)
	return lies
}

// wire is a device that speaks MQTT by hand.
type wire struct{ net.Conn }

func dialWire(addr string) *wire {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil
	}
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	hello := packets.NewControlPacket(packets.Connect).(*packets.ConnectPacket)
	hello.ProtocolName, hello.ProtocolVersion, hello.ClientIdentifier, hello.CleanSession = "MQTT", 4, "tunnel-1", true
	if hello.Write(c) == nil {
		if ack, err := packets.ReadPacket(c); err == nil {
			if a, ok := ack.(*packets.ConnackPacket); ok && a.ReturnCode == 0 {
				return &wire{c}
			}
		}
	}
	_ = c.Close()
	return nil
}

func (w *wire) publish(mid uint16, id string, dup bool) error {
	p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	p.Qos, p.MessageID, p.Dup, p.TopicName, p.Payload = 1, mid, dup, tunnelRead, read(id)
	err := p.Write(w)
	for err == nil {
		var got packets.ControlPacket
		if got, err = packets.ReadPacket(w); err == nil {
			if a, ok := got.(*packets.PubackPacket); ok && a.MessageID == mid {
				return nil
			}
		}
	}
	_ = w.Close()
	return err
}

// B4: 10,000 states a second from 20 photo-eyes do not delay a read.
func TestB4FloodDoesNotDelayAScan(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		l := &ledger{events: map[string]int{}, hand: map[string]bool{}}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go l.serve(ctx, r)
		tn := newTunnel(r)
		require.Eventually(t, func() bool { return tn.c.IsConnectionOpen() }, 30*time.Second, time.Millisecond)
		tn.send(t, "warm", l)
		quiet := measure(t, tn, "q", 100)

		var flood sync.WaitGroup
		over, stop := context.WithCancel(ctx)
		sent := make([]int, 20)
		began := time.Now()
		for i := range sent {
			eye := r.device(fmt.Sprintf("eye-%d", i), PhotoEye, nil)
			flood.Go(func() { sent[i] = storm(over, eye, i) })
		}
		busy := measure(t, tn, "b", 100)
		stop()
		flood.Wait()
		total := 0
		for _, n := range sent {
			total += n
		}
		rate := float64(total) / time.Since(began).Seconds()
		t.Logf("read to verdict: p50 %v p99 %v quiet; p50 %v p99 %v under %.0f states a second (%d and %d reads)", pct(quiet, 50), pct(quiet, 99), pct(busy, 50), pct(busy, 99), rate, len(quiet), len(busy))
		assert.Len(t, l.events, 1+len(quiet)+len(busy), "no read was lost")
	})
}

// storm publishes 500 states a second, at QoS 1, ten at a time, without waiting.
func storm(ctx context.Context, eye paho.Client, n int) int {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for sent := 0; ; {
		select {
		case <-ctx.Done():
			return sent
		case <-tick.C:
			for range 10 {
				eye.Publish(fmt.Sprintf("dc/ICN1/photoeye/eye-%d/state", n), 1, false, state(fmt.Sprintf("s-%d", sent)))
				sent++
			}
		}
	}
}

// measure times up to n reads, one each 10 ms, for 4 s at most, from publishing to
// the verdict.
func measure(t *testing.T, tn *tunnel, prefix string, n int) []time.Duration {
	out := make([]time.Duration, 0, n)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for i, end := 0, time.Now().Add(4*time.Second); i < n && (i < 20 || time.Now().Before(end)); i++ {
		<-tick.C
		id, began := fmt.Sprintf("%s-%d", prefix, i), time.Now()
		tn.c.Publish(tunnelRead, 1, false, read(id))
		for limit := time.After(20 * time.Second); ; {
			select {
			case got := <-tn.verdicts:
				if got != id {
					continue
				}
			case <-limit:
				require.Fail(t, "no verdict")
			}
			break
		}
		out = append(out, time.Since(began))
	}
	slices.Sort(out)
	return out
}

func pct(sorted []time.Duration, p int) time.Duration {
	return sorted[min(len(sorted)-1, len(sorted)*p/100)].Round(10 * time.Microsecond)
}
