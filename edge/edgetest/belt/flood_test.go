//go:build linux

package belt

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/porttest"
	"dcedge/edge/edgetest/sitetest"
	"dcedge/firmware-sim/wire/wiretest"
)

// sensor is a photo-eye that costs next to nothing to play: its packets (MQTT
// 3.1.1, QoS 1) are laid out once and written five at a time, each sensor at an
// instant of its own.
type sensor struct {
	first time.Duration // until its first states
	conn  net.Conn
	buf   []byte
}

// mqttText is a length and the text.
func mqttText(s string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...)
}

// mqttPacket is a packet of at most 127 bytes behind its head, or 16,383.
func mqttPacket(kind byte, body []byte) []byte {
	out := []byte{kind}
	if n := len(body); n < 128 {
		out = append(out, byte(n))
	} else {
		out = append(out, byte(n%128)|0x80, byte(n/128))
	}
	return append(out, body...)
}

func newSensor(t *testing.T, broker, name string, first time.Duration) *sensor {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(broker, "tcp://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	head := append(mqttText("MQTT"), 4, 2, 0, 60) // clean session, a minute's keep-alive
	_, err = conn.Write(mqttPacket(0x10, append(head, mqttText(name)...)))
	require.NoError(t, err)
	ack := make([]byte, 4)
	_, err = io.ReadFull(conn, ack)
	require.NoError(t, err)
	require.Equal(t, []byte{0x20, 2, 0, 0}, ack, "let in")
	go func() { _, _ = io.Copy(io.Discard, bufio.NewReader(conn)) }() // its PUBACKs; ends with the connection
	s := &sensor{conn: conn, first: first}
	for i := range together {
		body := append(mqttText("dc/ICN1/photoeye/"+name+"/state"), 0, byte(i+1))
		s.buf = append(s.buf, mqttPacket(0x32, fmt.Appendf(body, `{"id":"s%d","at":null,"blocked":%t}`, i, i%2 == 0))...)
	}
	return s
}

// together states of a sensor come every 10 ms: 500 a second.
const together = 5

// storm sends 500 states a second until ctx ends.
func (s *sensor) storm(ctx context.Context) (sent int64, err error) {
	<-time.After(s.first)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return sent, nil
		case <-tick.C:
			if _, err := s.conn.Write(s.buf); err != nil {
				return sent, err
			}
			sent += together
		}
	}
}

// floodedSite is a built edge whose belt has twenty more photo-eyes.
func floodedSite(t *testing.T, broker string) *rig {
	t.Helper()
	bin := built(t)
	r := &rig{t: t, dir: t.TempDir(), bin: bin, http: porttest.Free(t), broker: broker}
	mqtt := fmt.Sprintf("broker = %q", broker)
	if broker == "" {
		listen := porttest.Free(t)
		mqtt, r.broker = fmt.Sprintf("listen = %q", listen), "tcp://"+listen
	}
	text := plainSite(r.dir, r.http) + "[mqtt]\n" + mqtt + "\n" + smallDevices()
	for i := range 20 {
		text += mqttDevice(fmt.Sprint("noise-", i), "photoeye")
	}
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "edge.toml"), []byte(text+smallBelt), 0o600))
	t.Cleanup(r.kill)
	r.start()
	r.site.Basics()
	return r
}

// scans sends one after the other on a PDA's socket for a while, and gives how
// long each took until its verdict.
func scans(t *testing.T, s *sitetest.Socket, span time.Duration) []time.Duration {
	t.Helper()
	var took []time.Duration
	for end := time.Now().Add(span); time.Now().Before(end); {
		began := time.Now()
		require.NoError(t, s.WriteJSON(map[string]any{"t": "scan", "id": sitetest.ID(began), "code": "NOTHING", "at": began.Format(time.RFC3339Nano)}))
		s.Until("verdict")
		took = append(took, time.Since(began))
		<-time.After(2 * time.Millisecond)
	}
	slices.Sort(took)
	return took
}

// B4, at the built edge: what 10,000 states a second from twenty clients cost a
// scan, in rounds that take turns: without, with. FLOOD_ROUNDS and FLOOD_SECONDS
// make it longer; the figures are for docs/figures.md, what is asserted is that
// the flood was one and that every scan had its verdict.
func TestScansBesideAFlood(t *testing.T) {
	rounds, span := 1, time.Second
	if n, err := strconv.Atoi(os.Getenv("FLOOD_ROUNDS")); err == nil {
		rounds = n
	}
	if n, err := strconv.Atoi(os.Getenv("FLOOD_SECONDS")); err == nil {
		span = time.Duration(n) * time.Second
	}
	t.Run("embedded", func(t *testing.T) { besideAFlood(t, floodedSite(t, ""), rounds, span) })
	t.Run("mosquitto", func(t *testing.T) { besideAFlood(t, floodedSite(t, wiretest.Mosquitto(t).URL), rounds, span) })
}

func besideAFlood(t *testing.T, r *rig, rounds int, span time.Duration) {
	token, _ := r.site.Login("W-001")
	s, _ := r.site.Socket(token)
	require.NotNil(t, s)
	s.Until("screen")
	var sensors []*sensor
	for i := range 20 {
		sensors = append(sensors, newSensor(t, r.broker, fmt.Sprint("noise-", i), time.Duration(i)*500*time.Microsecond))
	}
	scans(t, s, span/2) // warm
	var quiet, busy [][]time.Duration
	var sent atomic.Int64
	var flooded time.Duration
	var cpu [2]time.Duration
	for range rounds {
		before := r.busy()
		quiet = append(quiet, scans(t, s, span))
		cpu[0] += r.busy() - before
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		before = r.busy()
		began := time.Now()
		for _, x := range sensors {
			all.Go(func() {
				n, err := x.storm(ctx)
				sent.Add(n)
				assert.NoError(t, err)
			})
		}
		busy = append(busy, scans(t, s, span))
		stop()
		all.Wait()
		flooded += time.Since(began)
		cpu[1] += r.busy() - before
	}
	rate := float64(sent.Load()) / flooded.Seconds()
	t.Logf("%d rounds of %v: %.0f states a second; scan p50 %v quiet %v flooded, p99 %v quiet %v flooded (medians of rounds); edge %.0f %% of a core quiet, %.0f %% flooded", rounds, span, rate,
		middle(quiet, 50), middle(busy, 50), middle(quiet, 99), middle(busy, 99), 100*cpu[0].Seconds()/(float64(rounds)*span.Seconds()), 100*cpu[1].Seconds()/flooded.Seconds())
	assert.Greater(t, rate, 2000.0, "a flood, also where other tests take the processors")
}

// middle is the median, over rounds, of a percentile.
func middle(rounds [][]time.Duration, percent int) time.Duration {
	var all []time.Duration
	for _, r := range rounds {
		all = append(all, r[min(len(r)-1, len(r)*percent/100)])
	}
	slices.Sort(all)
	return all[len(all)/2].Round(10 * time.Microsecond)
}
