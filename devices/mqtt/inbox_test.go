package mqtt

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
)

func site(t testing.TB) *Inbox {
	t.Helper()
	devs := []Device{{Name: "tunnel-1", Class: Scanner}, {Name: "divert-1", Class: Divert}, {Name: "w-1", Class: Weigher}, {Name: "line-1", Class: StackLight}}
	for i := range 20 {
		devs = append(devs, Device{Name: fmt.Sprintf("eye-%d", i), Class: PhotoEye})
	}
	in, err := NewInbox("ICN1", devs, nil)
	require.NoError(t, err)
	return in
}

func read(id string) []byte { return fmt.Appendf(nil, `{"id":%q,"at":null,"code":"C-%s"}`, id, id) }

func state(id string) []byte { return fmt.Appendf(nil, `{"id":%q,"at":null,"blocked":true}`, id) }

const tunnelRead = "dc/ICN1/scanner/tunnel-1/read"

func never(t *testing.T) func(bool) {
	return func(bool) { assert.Fail(t, "settled what was not queued") }
}

func TestInboxHandsOverReadsFirstAndShedsStates(t *testing.T) {
	in := site(t)
	for i := range 3 * maxStates {
		w, _ := in.take("dc/ICN1/photoeye/eye-0/state", state(fmt.Sprint("f", i)), false, never(t))
		require.Equal(t, stated, w)
	}
	in.take("dc/ICN1/photoeye/eye-1/state", state("quiet"), false, never(t))
	w, _ := in.take(tunnelRead, read("r"), false, func(bool) {})
	require.Equal(t, queued, w)

	r, err := in.Next(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "r", r.ID, "a read overtakes a flood")
	r.Ack()
	first, _ := in.Next(t.Context())
	assert.Equal(t, 2*maxStates, first.Missed, "what was shed is told")
	assert.Equal(t, fmt.Sprint("f", 2*maxStates), first.ID, "the oldest are shed")
	second, _ := in.Next(t.Context())
	assert.Equal(t, "quiet", second.ID, "a quiet sensor waits for one of the flooding one")
	assert.Zero(t, second.Missed)
}

func TestB2OneIDIsInHandOnce(t *testing.T) {
	in := site(t)
	var ends []bool
	for range 3 {
		w, _ := in.take(tunnelRead, read("r"), false, func(ok bool) { ends = append(ends, ok) })
		require.Equal(t, queued, w)
	}
	r, _ := in.Next(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := in.Next(ctx)
	assert.ErrorIs(t, err, context.Canceled, "the repeats are not handed over")
	r.Ack()
	assert.Equal(t, []bool{true, true, true}, ends, "each delivery is acknowledged")
	r.Ack()
	assert.Len(t, ends, 3, "once")

	in.take(tunnelRead, read("r"), false, func(bool) {})
	r, _ = in.Next(t.Context())
	assert.Equal(t, "r", r.ID, "a later repeat asks whoever decides, who knows its ids")
}

// Another code under the same id is no repeat: whoever decides is asked about it.
func TestOneIDOfTwoCodes(t *testing.T) {
	in := site(t)
	ends := map[string]bool{}
	for _, code := range []string{"1", "2"} {
		w, _ := in.take(tunnelRead, []byte(`{"id":"r","at":null,"code":"`+code+`"}`), false, func(ok bool) { ends[code] = ok })
		require.Equal(t, queued, w)
	}
	one, _ := in.Next(t.Context())
	two, _ := in.Next(t.Context())
	assert.Equal(t, []string{"1", "2"}, []string{one.Code, two.Code})
	one.Ack()
	assert.Equal(t, map[string]bool{"1": true}, ends)
	two.Fail()
	assert.Equal(t, map[string]bool{"1": true, "2": false}, ends)
}

func TestInboxRefusals(t *testing.T) {
	in := site(t)
	for _, c := range []struct {
		name, topic, payload, code string
		retained                   bool
		verdict                    string
	}{
		{"stranger", "dc/ICN1/scanner/other/read", `{}`, CodeTopic, false, ""},
		{"other site", "dc/ICN2/scanner/tunnel-1/read", `{}`, CodeTopic, false, ""},
		{"other class", "dc/ICN1/divert/tunnel-1/done", `{}`, CodeTopic, false, ""},
		{"a command", "dc/ICN1/divert/divert-1/set", `{}`, CodeTopic, false, ""},
		{"B3 retained read", tunnelRead, string(read("r")), CodeRetained, true, ""},
		{"B3 retained state", "dc/ICN1/photoeye/eye-0/state", string(state("s")), CodeRetained, true, ""},
		{"malformed", tunnelRead, `{"id":"r","at":null}`, CodeMalformed, false, `{"id":"r","ok":false,"code":"malformed"}`},
		{"hopeless", tunnelRead, `{"id":`, CodeMalformed, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := in.Refused()[c.code]
			w, reply := in.take(c.topic, []byte(c.payload), c.retained, never(t))
			assert.Equal(t, left, w)
			assert.Equal(t, before+1, in.Refused()[c.code])
			if c.verdict == "" {
				assert.Nil(t, reply)
			} else {
				assert.Equal(t, c.verdict, string(reply.Payload))
			}
		})
	}
}

func TestInboxIsBounded(t *testing.T) {
	in := site(t)
	for i := range maxDurable {
		w, _ := in.take(tunnelRead, read(fmt.Sprint(i)), false, func(bool) {})
		require.Equal(t, queued, w)
	}
	w, _ := in.take(tunnelRead, read("more"), false, never(t))
	assert.Equal(t, full, w)
	r, _ := in.Next(t.Context())
	r.Ack()
	w, _ = in.take(tunnelRead, read("more"), false, func(bool) {})
	assert.Equal(t, queued, w)
}

func TestInboxKnowsWhoIsThere(t *testing.T) {
	in := site(t)
	status := func() devices.Condition {
		for _, s := range in.Statuses() {
			if s.Name == "tunnel-1" {
				return s.Condition
			}
		}
		return "none"
	}
	assert.Equal(t, devices.Offline, status())
	in.take("dc/ICN1/scanner/tunnel-1/online", []byte("true"), true, never(t))
	assert.Equal(t, devices.Ready, status())
	in.allOffline("no connection to the broker")
	assert.Equal(t, devices.Offline, status())
	up, _ := in.Next(t.Context())
	down, _ := in.Next(t.Context())
	assert.Equal(t, []bool{true, false}, []bool{up.Online, down.Online})
}

// A broker that is ended in order sends the last will of every device first.
func TestNobodyIsSentToADeviceForItsBroker(t *testing.T) {
	in := site(t)
	const online = "dc/ICN1/scanner/tunnel-1/online"
	hint := func() string { st, _ := in.Status("tunnel-1"); return st.Hint }
	in.take(online, []byte("true"), true, never(t))
	in.take(online, []byte("false"), false, never(t))
	assert.Equal(t, seeToDevice, hint())
	in.allOffline("no connection to the broker")
	assert.Equal(t, seeToBroker, hint())
	in.awaited()
	assert.Empty(t, hint(), "the broker is back, the device is not")
	for _, want := range []bool{true, false} {
		m, _ := in.Next(t.Context())
		assert.Equal(t, want, m.Online)
	}
	_, more := in.pop()
	assert.False(t, more, "it went once")
}
