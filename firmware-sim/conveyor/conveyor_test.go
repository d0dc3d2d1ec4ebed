package conveyor

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/firmware-sim/fault"
	"dcedge/firmware-sim/wire"
	"dcedge/firmware-sim/wire/wiretest"
)

// play runs the line until the test ends, or until the function it gives is
// called.
func play(t *testing.T, b *wiretest.Broker, cfg Config) (*Conveyor, func()) {
	t.Helper()
	cfg.Broker, cfg.Site = wire.Broker{URL: b.URL}, "ICN1"
	c, err := New(cfg)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	ended := false
	end := func() {
		if !ended {
			ended = true
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Run: %v", err)
			}
		}
	}
	t.Cleanup(end)
	limit, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	require.NoError(t, c.WaitReady(limit))
	return c, end
}

// sorter answers as the edge would: lane by the first digit of the code. A no-read
// gets no lane. It runs on the client's reader, so it only starts sends.
func sorter(b *wiretest.Broker, divert string) *wiretest.Host {
	var host *wiretest.Host
	host = b.Host(func(m wiretest.Message) {
		if m.Topic != "dc/ICN1/scanner/tunnel-1/read" {
			return
		}
		id, code := m.Field("id"), ""
		if text, ok := m.Field("code").(string); ok {
			code = text
		}
		lane := map[string]string{"1": "a", "2": "b"}[code[:min(1, len(code))]]
		verdict := map[string]any{"id": id, "ok": lane != "", "code": "ok", "lane": lane}
		go func() {
			if lane != "" {
				host.Send("dc/ICN1/divert/"+divert+"/set", map[string]any{"id": "c-" + id.(string), "re": id, "box": "B-" + code, "lane": lane}, false)
			}
			host.Send("dc/ICN1/scanner/tunnel-1/verdict", verdict, false)
		}()
	})
	return host
}

func lineLayout() Layout {
	return Layout{
		Speed: 1000, Length: 8000, End: "hospital", Light: "line-1",
		Eyes: []Eye{{Name: "eye-1", At: 500}}, Tunnel: Place{"tunnel-1", 2000}, Weigher: Place{"w-1", 1000},
		Diverts: []Divert{{Name: "divert-1", At: 6000}},
	}
}

// TestSorted runs 300 parcels fast over the belt, some without a label, with a
// read rate below one: each one is where its read sent it, and the ledger and
// the messages agree.
func TestSorted(t *testing.T) {
	b := wiretest.Mosquitto(t)
	host := sorter(b, "divert-1")
	var ledger bytes.Buffer
	c, end := play(t, b, Config{Layout: lineLayout(), Clock: 400, Patient: true, Ledger: &ledger, Seed: 7, Control: "127.0.0.1:0"})
	act, err := c.Tunnel().Prepare(json.RawMessage(`{"noRead":0.05}`))
	require.NoError(t, err)
	act()
	const n = 300
	var parcels []Parcel
	for i := range n {
		p := Parcel{Codes: []string{fmt.Sprintf("%d%011d", 1+i%2, i)}, Grams: "1204"}
		if i%25 == 24 {
			p.Codes = nil
		}
		parcels = append(parcels, p)
	}
	body, err := json.Marshal(parcels)
	require.NoError(t, err)
	res, err := http.Post(c.ControlURL()+"/parcels", "application/json", bytes.NewReader(body))
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusOK, res.StatusCode)
	limit, stop := context.WithTimeout(t.Context(), 40*time.Second)
	defer stop()
	require.NoError(t, c.WaitEmpty(limit), "%+v", c.Summary())

	read := map[string]string{} // code that was really sent, by id
	for _, r := range c.Tunnel().Reads() {
		read[r.ID] = r.Code
	}
	hospital := 0
	for _, e := range c.Entries() {
		require.Len(t, e.Reads, 1)
		want := "hospital"
		if code := read[e.Reads[0]]; code != "" {
			require.Equal(t, e.Codes[0], code)
			want = map[byte]string{'1': "a", '2': "b"}[code[0]]
		} else {
			hospital++
		}
		require.Equal(t, want, e.Where, "parcel %d: %+v", e.N, e.Orders)
	}
	require.Greater(t, hospital, n/25, "some were not read by chance")
	done := host.Wait("dc/ICN1/divert/divert-1/done", n-hospital)
	require.Len(t, done, n-hospital)
	require.Contains(t, done[0].Payload, `"lane"`)
	require.Len(t, host.Wait("dc/ICN1/weigher/w-1/weight", n), n)
	require.Contains(t, host.Seen("dc/ICN1/weigher/w-1/weight")[0].Payload, `"grams":"1204"`)
	end()
	require.Equal(t, n, strings.Count(ledger.String(), "\n"), "a line a parcel")
}

// TestDevicesOnTheWire: eyes, late confirmations, a device off the network, the
// stack light, a command that cannot be read.
func TestDevicesOnTheWire(t *testing.T) {
	b := wiretest.Mosquitto(t)
	host := sorter(b, "divert-1")
	c, _ := play(t, b, Config{Layout: lineLayout(), Clock: 10})
	eye := "dc/ICN1/photoeye/eye-1/state"
	require.Contains(t, host.Wait(eye, 1)[0].Payload, `"blocked":false`, "the present state at the start")
	c.SetFaults(Faults{Late: 1, Off: -4})
	host.Send("dc/ICN1/divert/divert-1/set", "{", false)
	c.Put(Parcel{Codes: []string{"1"}})
	m := host.Wait(eye, 3)
	require.Contains(t, m[1].Payload, `"blocked":true`)
	require.Contains(t, m[2].Payload, `"blocked":false`)
	require.Equal(t, "B-1", host.Wait("dc/ICN1/divert/divert-1/done", 1)[0].Field("box"))
	require.Equal(t, "996", host.Wait("dc/ICN1/weigher/w-1/weight", 1)[0].Field("grams"))

	host.Send("dc/ICN1/stacklight/line-1/set", map[string]any{"id": "1", "colour": "red", "reason": "jam"}, false)
	require.Eventually(t, func() bool { return c.Light().Shown().Colour == "red" }, 30*time.Second, time.Millisecond)

	steps, err := fault.Read([]byte("[[fault]]\nafter = \"0s\"\ndevice = \"eye-1\"\naway = true\n[[fault]]\nafter = \"0s\"\nconveyor = \"conveyor\"\njam = \"eye-1\"\n"))
	require.NoError(t, err)
	player, err := fault.NewPlayer(steps, c.Devices(), 1, nil)
	require.NoError(t, err)
	require.NoError(t, player.Run(t.Context()))
	require.Equal(t, "false", host.Wait("dc/ICN1/photoeye/eye-1/online", 2)[1].Payload)
	require.Equal(t, "eye-1", c.Faults().Jam)
	for _, bad := range []string{`{"jam":"eye-9"}`, `{"stuckEye":"divert-1"}`, `{"dead":"eye-1"}`, `{"pins":true}`, `{"fire":1}`} {
		_, err := c.Prepare(json.RawMessage(bad))
		require.ErrorIs(t, err, fault.ErrScript, bad)
	}
}

// TestPins: eyes and encoder on a board, and the board pulled.
func TestPins(t *testing.T) {
	b := wiretest.Mosquitto(t)
	l := Layout{Length: 3000, Encoder: "enc", Eyes: []Eye{{Name: "eye-1", At: 500, Pin: "GPIO17", Invert: true}}}
	sock := filepath.Join(t.TempDir(), "pins.sock")
	c, _ := play(t, b, Config{Layout: l, Pins: sock, Clock: 10})
	conn, err := net.Dial("unix", sock)
	require.NoError(t, err)
	defer conn.Close()
	_, err = conn.Write([]byte("pins\n"))
	require.NoError(t, err)
	r := bufio.NewReader(conn)
	line, err := r.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "level GPIO17 1\n", line, "inverted: high while nothing is there")
	c.Put(Parcel{})
	blocked, pulses := 0, 0
	for blocked < 2 {
		line, err := r.ReadString('\n')
		require.NoError(t, err)
		if strings.HasPrefix(line, "level GPIO17") {
			blocked++
		} else {
			pulses++
		}
	}
	require.Greater(t, pulses, 4)
	c.SetFaults(Faults{Pins: true})
	_, err = r.ReadString('\x00')
	require.Error(t, err)
}

func TestNewRefuses(t *testing.T) {
	broker := wire.Broker{URL: "tcp://127.0.0.1:1"}
	for name, cfg := range map[string]Config{
		"Broker": {Site: "S", Layout: lineLayout()}, "Site": {Broker: broker, Layout: lineLayout()},
		"Pins":   {Broker: broker, Site: "S", Layout: Layout{Encoder: "enc"}},
		"Layout": {Broker: broker, Site: "S", Layout: Layout{Speed: -1}},
	} {
		_, err := New(cfg)
		require.ErrorIs(t, err, ErrConfig, name)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestLedgerThatCannotBeWritten(t *testing.T) {
	b := wiretest.Mosquitto(t)
	c, err := New(Config{Broker: wire.Broker{URL: b.URL}, Site: "S", Layout: Layout{Length: 1000}, Clock: 100, Ledger: full{}})
	require.NoError(t, err)
	c.Put(Parcel{})
	require.ErrorContains(t, c.Run(t.Context()), "disk full")
}
