package belt

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/porttest"
	"dcedge/edge/edgetest/sitetest"
	"dcedge/firmware-sim/lights"
	"dcedge/firmware-sim/scanner"
	"dcedge/firmware-sim/wire"
)

// bench is a site in this process with devices behind the embedded broker.
type bench struct {
	*sitetest.Site
	t      *testing.T
	listen string
}

func newBench(t *testing.T, devices string) *bench {
	t.Helper()
	b := &bench{t: t, listen: porttest.Free(t)}
	b.Site = sitetest.Start(t, sitetest.Options{Printers: 1, Clock: 100, Device: fmt.Sprintf("[mqtt]\nlisten = %q\n%s", b.listen, devices)})
	b.Basics()
	return b
}

func mqttDevice(name, driver string, more ...string) string {
	return fmt.Sprintf("[[device]]\nname = %q\ndriver = %q\nlink = \"mqtt:\"\n%s\n", name, driver, strings.Join(more, "\n"))
}

func (b *bench) wire() wire.Broker { return wire.Broker{URL: "tcp://" + b.listen} }

// plays runs devices until the test ends.
func (b *bench) plays(list ...interface{ Run(context.Context) error }) {
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for _, d := range list {
		all.Go(func() { _ = d.Run(ctx) })
	}
	b.t.Cleanup(func() { stop(); all.Wait() })
}

func (b *bench) soon(what string, ok func() bool) {
	b.t.Helper()
	require.Eventually(b.t, ok, 30*time.Second, 5*time.Millisecond, what)
}

// A put wall with lights: the item lights its cell with the number, the button
// confirms as the cell's scan does, a dead light holds nobody up.
func TestPutWallWithLights(t *testing.T) {
	t.Parallel()
	b := newBench(t, mqttDevice("W1-1", "light")+mqttDevice("W1-2", "light"))
	b.Push(`{"kind":"cell","id":"W1-1","barcode":"CELL-W1-1","wall":"W1"}`, `{"kind":"cell","id":"W1-2","barcode":"CELL-W1-2","wall":"W1"}`,
		sitetest.Order("o1", sitetest.Line{SKU: "MUG", Quantity: 1, Location: "A01-01-1"}, sitetest.Line{SKU: "PEN", Quantity: 1, Location: "A01-01-1"}),
		sitetest.Order("o2", sitetest.Line{SKU: "MUG", Quantity: 2, Location: "A01-01-1"}))
	lamp := map[string]*lights.Light{}
	for _, cell := range []string{"W1-1", "W1-2"} {
		l, err := lights.New(lights.Config{Broker: b.wire(), Site: "ICN1", Name: cell, Class: lights.Put})
		require.NoError(t, err)
		lamp[cell] = l
		b.plays(l)
		<-l.Ready()
	}
	w := b.Worker("W-001")
	require.True(t, w.Act("start", map[string]any{"flow": "pick", "mode": "total"}).OK)
	require.True(t, w.Scan("TOTE-00001").OK)
	for w.Screen().Flow == "pick" {
		_, code := w.Screen().First()
		f := w.Scan(code)
		require.True(t, f.OK, "%s: %+v", code, f)
	}
	require.True(t, w.Scan("TOTE-00001").OK)

	require.True(t, w.Scan(sitetest.Mug).OK)
	kind, code := w.Screen().First()
	require.Equal(t, "cell", kind)
	cell := strings.TrimPrefix(code, "CELL-")
	b.soon("the cell lights up", func() bool { return lamp[cell].Shown().Quantity == 1 })
	other := map[string]string{"W1-1": "W1-2", "W1-2": "W1-1"}[cell]
	lamp[other].Press() // by mistake
	refused := func() int { return count(pull(t, b.Site), "scan.refused") }
	b.soon("the wrong button is refused, with its place", func() bool { return refused() == 1 })
	require.Equal(t, "cell", w.Screen().Step, "and the cell is still wanted")
	require.True(t, lamp[cell].Press())
	b.soon("the button confirms", func() bool { return w.Screen().Step == "item" })
	b.soon("and the light goes out", func() bool { return lamp[cell].Shown().Quantity == 0 })

	lamp["W1-1"].SetFaults(lights.Faults{Away: true})
	lamp["W1-2"].SetFaults(lights.Faults{Away: true})
	for {
		kind, code := w.Screen().First()
		if kind == "" || kind == "tote" {
			break
		}
		require.True(t, w.Scan(code).OK, "the screen names the cell, and its scan confirms")
	}
	assert.Equal(t, 4, count(pull(t, b.Site), "put.confirmed"))
	assert.Equal(t, 1, refused())
}

// A fixed scanner of a desk behind the broker acts like a PDA there, and each of
// its reads is answered by its id, once.
func TestADesksScannerBehindTheBroker(t *testing.T) {
	t.Parallel()
	b := newBench(t, mqttDevice("scan-1", "scanner", `station = "pack-1"`))
	b.Push(sitetest.Order("o1", sitetest.Line{SKU: "PEN", Quantity: 2, Location: "A01-01-1"}))
	s, err := scanner.NewTunnel(scanner.TunnelConfig{Broker: b.wire(), Site: "ICN1", Name: "scan-1", Repeat: 50 * time.Millisecond})
	require.NoError(t, err)
	b.plays(s)
	<-s.Ready()
	s.SetFaults(scanner.TunnelFaults{Double: 0.5})
	read := func(code string) scanner.Read {
		id := s.Pass(code)[0]
		var got scanner.Read
		b.soon("an answer to "+code, func() bool {
			for _, r := range s.Reads() {
				if r.ID == id && r.Verdicts > 0 {
					got = r
					return true
				}
			}
			return false
		})
		return got
	}
	assert.False(t, read("TOTE-00001").OK, "nobody works there")

	w := b.Worker("W-001")
	require.True(t, w.Act("start", map[string]any{"flow": "pick", "mode": "order"}).OK)
	for _, code := range []string{"TOTE-00001", "LOC-A01-01-1", sitetest.Pen, sitetest.Pen} {
		if k, c := w.Screen().First(); k == "location" && c != code {
			continue
		}
		w.Scan(code)
	}
	require.True(t, w.Act("start", map[string]any{"flow": "pack", "station": "pack-1"}).OK)
	first := read("TOTE-00001")
	assert.True(t, first.OK, "%+v", first)
	assert.True(t, read(sitetest.Pen).OK)
	assert.Equal(t, "over", read(sitetest.Mug).Verdict)
	assert.True(t, read(sitetest.Pen).OK)
	items := 0
	for _, e := range pull(t, b.Site) {
		if e.Type == "pack.item" {
			items++
		}
	}
	assert.Equal(t, 2, items, "one read is one scan, however often it was told")
}

// The lead's page and doctor show every device behind the broker, and it itself.
func TestDevicesBehindTheBrokerAreShown(t *testing.T) {
	t.Parallel()
	b := newBench(t, mqttDevice("W1-1", "light")+mqttDevice("eye-1", "photoeye")+mqttDevice("eye-2", "photoeye")+mqttDevice("tunnel-1", "scanner")+mqttDevice("d-1", "divert")+mqttDevice("stack-1", "stacklight")+`
[[belt]]
name = "line-1"
induct = "eye-1"
end = "eye-2"
endAt = 5000
tunnel = "tunnel-1"
tunnelAt = 750
stacklight = "stack-1"
[[belt.lane]]
name = "L1"
divert = "d-1"
at = 2000
`)
	lead := b.PushLead()
	type line struct {
		Name, Class, Driver, Link, Condition, Hint string
		OK                                         bool
		BytesIn                                    int
	}
	devices := func() map[string]line {
		var list struct{ Items []line }
		b.Do("GET", "/devicez", "", nil).JSON(t, &list)
		out := map[string]line{}
		for _, x := range list.Items {
			out[x.Name] = x
		}
		return out
	}
	all := devices()
	assert.True(t, all["mqtt"].OK)
	assert.Equal(t, b.listen, all["mqtt"].Link)
	assert.Equal(t, "offline", all["W1-1"].Condition)
	assert.NotEmpty(t, all["W1-1"].Hint)
	assert.Equal(t, "belt", all["line-1"].Class)

	l, err := lights.New(lights.Config{Broker: b.wire(), Site: "ICN1", Name: "W1-1", Class: lights.Put})
	require.NoError(t, err)
	stack, err := lights.New(lights.Config{Broker: b.wire(), Site: "ICN1", Name: "stack-1", Class: lights.Stack})
	require.NoError(t, err)
	b.plays(l, stack)
	<-l.Ready()
	<-stack.Ready()
	b.soon("both are there", func() bool { d := devices(); return d["W1-1"].OK && d["stack-1"].OK })
	b.soon("a light that comes is told", func() bool { return stack.Shown().ID != "" })
	test := func(name string) sitetest.Answer {
		return b.Do("POST", "/site/v1/devices/"+name+"/test", lead, []byte(`{"reason":"test"}`))
	}
	for _, name := range []string{"W1-1", "stack-1"} {
		a := test(name)
		var did struct{ Did string }
		a.JSON(t, &did)
		assert.Equal(t, "blinked", did.Did, "%s: %s", name, a.Body)
	}
	past, _ := l.Past()
	blinked := false
	for _, s := range past {
		blinked = blinked || s.Quantity == 88
	}
	assert.True(t, blinked)
	b.soon("the stack light shows again what it should", func() bool { return stack.Shown().Reason != "test" && stack.Shown().Colour != "" })
	assert.Equal(t, "offline", test("d-1").Problem())
	assert.Equal(t, "notMoved", test("line-1").Problem())
	l.SetFaults(lights.Faults{Away: true})
	b.soon("it is gone", func() bool { return !devices()["W1-1"].OK })
	b.soon("and the lead's page says so", func() bool {
		var list struct{ Items []json.RawMessage }
		b.Do("GET", "/site/v1/exceptions", lead, nil).JSON(t, &list)
		for _, x := range list.Items {
			if strings.Contains(string(x), `"W1-1"`) {
				return true
			}
		}
		return false
	})
}

// count is how many events are of a type.
func count(events []event, of string) (n int) {
	for i := range events {
		if events[i].Type == of {
			n++
		}
	}
	return n
}
