package lights_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/firmware-sim/fault"
	"dcedge/firmware-sim/lights"
	"dcedge/firmware-sim/wire"
	"dcedge/firmware-sim/wire/wiretest"
)

func light(t *testing.T, b *wiretest.Broker, cfg lights.Config) *lights.Light {
	t.Helper()
	cfg.Broker, cfg.Site = wire.Broker{URL: b.URL}, "ICN1"
	l, err := lights.New(cfg)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	<-l.Ready()
	return l
}

func wait(t *testing.T, l *lights.Light, ok func(lights.Shown) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, l.Wait(ctx, ok), "%+v", l.Shown())
}

// TestPutLight: shown, pressed by somebody, repeated, pulled.
func TestPutLight(t *testing.T) {
	b := wiretest.Mosquitto(t)
	host := b.Host(nil)
	l := light(t, b, lights.Config{Name: "W1-07", Class: lights.Put, Press: time.Second, Clock: 100})
	set, pressed := "dc/ICN1/light/W1-07/set", "dc/ICN1/light/W1-07/pressed"
	host.Send(set, "no json", false)
	host.Send(set, `{"quantity":3}`, false)
	host.Send(set, map[string]any{"id": "c1", "quantity": 3, "colour": "green"}, false)
	host.Send(set, map[string]any{"id": "c1", "quantity": 3, "colour": "green"}, false)
	wait(t, l, func(s lights.Shown) bool { return s.ID == "c1" && s.Quantity == 3 && s.Colour == "green" })
	m := host.Wait(pressed, 1)
	require.Equal(t, "c1", m[0].Field("re"))
	require.NotEmpty(t, m[0].Field("id"))
	require.NotEmpty(t, m[0].Field("at"))
	past, bad := l.Past()
	require.Len(t, past, 1, "what came twice is one")
	require.Equal(t, 2, bad)

	act, err := l.Prepare(json.RawMessage(`{"dead":true}`))
	require.NoError(t, err)
	undo := act()
	require.False(t, l.Press())
	undo()
	server := httptest.NewServer(lights.Handler(l))
	defer server.Close()
	res, err := http.Post(server.URL+"/lights/W1-07/press", "", nil)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.NotEqual(t, m[0].Field("id"), host.Wait(pressed, 2)[1].Field("id"))

	l.SetFaults(lights.Faults{Away: true})
	require.Equal(t, "false", host.Wait("dc/ICN1/light/W1-07/online", 2)[1].Payload)
	require.Empty(t, l.Shown().ID, "a lamp without power shows nothing")
	require.True(t, l.Press(), "kept until the broker is back")
	l.SetFaults(lights.Faults{})
	host.Wait(pressed, 3)
}

func TestStackLight(t *testing.T) {
	b := wiretest.Mosquitto(t)
	host := b.Host(nil)
	l := light(t, b, lights.Config{Name: "line-1", Class: lights.Stack})
	host.Send("dc/ICN1/stacklight/line-1/set", map[string]any{"id": "c1", "colour": "red", "reason": "jam"}, false)
	wait(t, l, func(s lights.Shown) bool { return s.Colour == "red" && s.Reason == "jam" })
	require.False(t, l.Press(), "no button")
}

func TestRefuses(t *testing.T) {
	_, err := lights.New(lights.Config{Broker: wire.Broker{URL: "tcp://127.0.0.1:1"}, Site: "S", Name: "l", Class: "lamp"})
	require.ErrorIs(t, err, lights.ErrConfig)
	_, err = lights.New(lights.Config{Broker: wire.Broker{URL: "x"}, Site: "S", Name: "l", Class: lights.Put})
	require.ErrorIs(t, err, lights.ErrConfig)
	l, err := lights.New(lights.Config{Broker: wire.Broker{URL: "tcp://127.0.0.1:1"}, Site: "S", Name: "l", Class: lights.Put})
	require.NoError(t, err)
	_, err = l.Prepare(json.RawMessage(`{"fire":1}`))
	require.ErrorIs(t, err, fault.ErrScript)
}
