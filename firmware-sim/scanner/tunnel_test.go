package scanner

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/firmware-sim/wire"
	"dcedge/firmware-sim/wire/wiretest"
)

const (
	readTopic    = "dc/ICN1/scanner/tunnel-1/read"
	verdictTopic = "dc/ICN1/scanner/tunnel-1/verdict"
)

func tunnel(t *testing.T, b *wiretest.Broker) *Tunnel {
	t.Helper()
	u, err := NewTunnel(TunnelConfig{Broker: wire.Broker{URL: b.URL}, Site: "ICN1", Name: "tunnel-1", Clock: 20})
	require.NoError(t, err)
	play(t, u.Run)
	<-u.Ready()
	return u
}

// TestTunnel: a read is published until a verdict names its id, across a broker
// that is killed; an answered one is not published again.
func TestTunnel(t *testing.T) {
	b := wiretest.Mosquitto(t)
	host := b.Host(nil)
	u := tunnel(t, b)
	told := make(chan Read, 10)
	u.verdict = func(r Read) { told <- r }

	id := u.Pass("651234567890")[0]
	first := host.Wait(readTopic, 3) // repeated: nobody answers
	for _, m := range first {
		require.Equal(t, []any{id, "651234567890", "]C0"}, []any{m.Field("id"), m.Field("code"), m.Field("symbology")})
		require.NotEmpty(t, m.Field("at"))
		require.False(t, m.Retained)
	}
	host.Send(verdictTopic, "not json", false)
	host.Send(verdictTopic, map[string]any{"id": "another", "ok": true, "code": "ok", "lane": "x"}, false)
	host.Send(verdictTopic, map[string]any{"id": id, "ok": true, "code": "ok", "lane": "cj", "epoch": "E", "seq": 1042}, false)
	r := <-told
	require.Equal(t, []any{id, true, "ok", "cj"}, []any{r.ID, r.OK, r.Verdict, r.Lane})
	require.Zero(t, u.Open())

	nothing := u.Pass()[0]
	m := host.Wait(readTopic, len(first)+1)
	require.Contains(t, m[len(m)-1].Payload, `"code":null`)
	host.Send(verdictTopic, map[string]any{"id": nothing, "ok": false, "code": "noRead", "lane": "reject"}, false)
	require.Equal(t, "reject", (<-told).Lane)

	b.Kill()
	late := u.Pass("1")[0]
	b.Start()
	require.Eventually(t, func() bool {
		for _, m := range host.Seen(readTopic) {
			if m.Field("id") == late {
				return true
			}
		}
		return false
	}, 30*time.Second, 5*time.Millisecond, "kept while there was no broker")
	reads := u.Reads()
	require.Len(t, reads, 3)
	require.GreaterOrEqual(t, reads[0].Times, 3)
}

func TestTunnelFaults(t *testing.T) {
	b := wiretest.Mosquitto(t)
	host := b.Host(nil)
	u := tunnel(t, b)
	act, err := u.Prepare(json.RawMessage(`{"noRead":1}`))
	require.NoError(t, err)
	undo := act()
	u.Pass("651234567890")
	require.Contains(t, host.Wait(readTopic, 1)[0].Payload, `"code":null`)
	require.Equal(t, "651234567890", u.Reads()[0].Seen, "the ledger knows what was on the parcel")
	undo()

	u.SetFaults(TunnelFaults{Misread: 1, Rubbish: 1, Double: 1})
	u.Pass("651234567890")
	r := u.Reads()[1]
	require.NotEqual(t, r.Seen, r.Code)
	require.Len(t, r.Code, 12)
	require.Eventually(t, func() bool {
		rubbish, twice := 0, 0
		for _, m := range host.Seen(readTopic) {
			if m.Payload == `{"id":` {
				rubbish++
			} else if strings.Contains(m.Payload, r.ID) {
				twice++
			}
		}
		return rubbish > 0 && twice > 1
	}, 30*time.Second, 2*time.Millisecond)

	u.SetFaults(TunnelFaults{Away: true})
	host.Wait("dc/ICN1/scanner/tunnel-1/online", 2)
	require.Equal(t, "false", host.Wait("dc/ICN1/scanner/tunnel-1/online", 2)[1].Payload)
	_, err = NewTunnel(TunnelConfig{Name: "t", Site: "S"})
	require.ErrorIs(t, err, ErrConfig)
}

// TestTunnelMany: every read of a thousand gets its verdict, with one id each,
// while verdicts are lost by chance.
func TestTunnelMany(t *testing.T) {
	b := wiretest.Mosquitto(t)
	seen := map[string]int{} // by the client's one reader
	var host *wiretest.Host
	host = b.Host(func(m wiretest.Message) {
		if m.Topic != readTopic {
			return
		}
		id, _ := m.Field("id").(string)
		seen[id]++
		if len(id) > 0 && id[len(id)-1] == 'f' && seen[id] == 1 {
			return // lost: the device must ask again
		}
		go host.Send(verdictTopic, map[string]any{"id": id, "ok": true, "code": "ok", "lane": "a"}, false)
	})
	u := tunnel(t, b)
	for i := range 1000 {
		u.Pass(fmt.Sprintf("%012d", i))
	}
	require.Eventually(t, func() bool { return u.Open() == 0 }, 30*time.Second, 5*time.Millisecond)
	ids := map[string]bool{}
	for _, r := range u.Reads() {
		require.NotZero(t, r.Verdicts)
		ids[r.ID] = true
	}
	require.Len(t, ids, 1000)
}
