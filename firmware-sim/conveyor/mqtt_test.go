package conveyor

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/devices/mqtt"
	"dcedge/firmware-sim/wire"
)

// TestEmbeddedBroker runs the line at the project's own broker, through its Inbox
// and commands: what it is told is what happened on the belt.
func TestEmbeddedBroker(t *testing.T) {
	in, err := mqtt.NewInbox("ICN1", []mqtt.Device{
		{Name: "tunnel-1", Class: mqtt.Scanner}, {Name: "eye-1", Class: mqtt.PhotoEye}, {Name: "divert-1", Class: mqtt.Divert},
		{Name: "w-1", Class: mqtt.Weigher}, {Name: "line-1", Class: mqtt.StackLight},
	}, nil)
	require.NoError(t, err)
	broker, err := mqtt.NewBroker(mqtt.BrokerConfig{Listen: "127.0.0.1:0"}, in)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		if err := broker.Run(ctx); err != nil {
			t.Errorf("broker: %v", err)
		}
	})
	defer group.Wait()
	defer cancel()
	require.Eventually(t, broker.Connected, 30*time.Second, time.Millisecond)

	told := edge{t: t, in: in, line: broker, count: map[string]int{}, box: map[string]string{}}
	group.Go(func() { told.run(ctx) })

	c, err := New(Config{Broker: wire.Broker{URL: "tcp://" + broker.Addr(ctx).String()}, Site: "ICN1", Layout: lineLayout(), Clock: 200, Patient: true})
	require.NoError(t, err)
	group.Go(func() {
		if err := c.Run(ctx); err != nil {
			t.Errorf("conveyor: %v", err)
		}
	})
	limit, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	require.NoError(t, c.WaitReady(limit))
	const n = 60
	for i := range n {
		c.Put(Parcel{Codes: []string{fmt.Sprintf("%d%011d", 1+i%2, i)}, Grams: "1204"})
	}
	require.NoError(t, c.WaitEmpty(limit), "%+v", c.Summary())
	require.Eventually(t, func() bool { return told.get("done") == n }, 30*time.Second, time.Millisecond)
	require.Equal(t, n, told.get("weight"))
	for i, e := range c.Entries() {
		require.Equal(t, []string{"a", "b"}[i%2], e.Where)
	}
	require.Equal(t, map[string]int{"a": n / 2, "b": n / 2}, c.Summary().Lanes)
	require.Empty(t, in.Refused())
	require.NoError(t, broker.Send(mqtt.StackLightTo("line-1", mqtt.StackLightBody{ID: "1", Colour: "red", Reason: "jam"})))
	require.Eventually(t, func() bool { return c.Light().Shown().Colour == "red" }, 30*time.Second, time.Millisecond)
}

// edge answers reads and counts what it is told, each id once.
type edge struct {
	t    *testing.T
	in   *mqtt.Inbox
	line mqtt.Line

	mu    sync.Mutex
	count map[string]int
	box   map[string]string // by id of what was seen
}

func (e *edge) get(what string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.count[what]
}

func (e *edge) run(ctx context.Context) {
	for {
		m, err := e.in.Next(ctx)
		if err != nil {
			return
		}
		e.mu.Lock()
		if e.box[m.ID] == "" || m.ID == "" {
			e.count[m.What]++
			e.box[m.ID] = "seen"
		}
		e.mu.Unlock()
		if m.What == mqtt.Read {
			lane := map[byte]string{'1': "a", '2': "b"}[m.Code[0]]
			if err := e.line.Send(mqtt.DivertTo("divert-1", mqtt.DivertBody{ID: "c-" + m.ID, Re: m.ID, Box: "B-1", Lane: lane})); err != nil {
				e.t.Errorf("divert: %v", err)
			}
			if err := e.line.Send(mqtt.VerdictTo(m.Device, mqtt.VerdictBody{ID: m.ID, OK: true, Code: "ok", Lane: lane})); err != nil {
				e.t.Errorf("verdict: %v", err)
			}
		}
		m.Ack()
	}
}
