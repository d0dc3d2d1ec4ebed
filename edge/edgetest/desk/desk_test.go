package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
	simscale "dcedge/firmware-sim/scale"
	simscanner "dcedge/firmware-sim/scanner"
)

// desk is a site whose desk pack-1 has a scanner and a scale on serial lines.
type desk struct {
	*sitetest.Site
	scanner *simscanner.Scanner
	scale   *simscale.Scale
}

func start(t *testing.T, o sitetest.Options, protocol string) *desk {
	t.Helper()
	dir := t.TempDir()
	tty := func(name string) string { return filepath.Join(dir, name) }
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	t.Cleanup(func() { stop(); wg.Wait() })
	d := &desk{}
	var err error
	d.scanner, err = simscanner.New(simscanner.Config{Name: "scan-1", Listen: "pty:" + tty("scan"), Protocol: protocol})
	require.NoError(t, err)
	d.scale, err = simscale.New(simscale.Config{Name: "scale-1", Listen: "pty:" + tty("scale"), Protocol: "cas", Settle: 50 * time.Millisecond, Rate: 20})
	require.NoError(t, err)
	wg.Go(func() { _ = d.scanner.Run(ctx) })
	wg.Go(func() { _ = d.scale.Run(ctx) })
	<-d.scanner.Ready()
	<-d.scale.Ready()
	o.Printers = max(o.Printers, 1)
	if protocol == "none" {
		protocol = "idle"
	}
	o.Device += fmt.Sprintf(`
[[device]]
name = "scan-1"
driver = "scanner"
protocol = %q
link = "serial://%s?baud=115200"
station = "pack-1"
[[device]]
name = "scale-1"
driver = "scale"
link = "serial://%s?baud=9600"
station = "pack-1"
`, protocol, tty("scan"), tty("scale"))
	d.Site = sitetest.Start(t, o)
	d.Basics()
	return d
}

// pull pulls the trigger and waits until the scanner is done with it.
func (d *desk) pull(t *testing.T, code string) simscanner.Sent {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	sent, err := d.scanner.Wait(ctx, d.scanner.Pull(code, ""))
	require.NoError(t, err, "pull of %s", code)
	return sent
}

type event struct {
	Seq                        uint64
	Type, Scan, Device, Worker string
	Order                      string
	Data                       map[string]any
}

// events pulls all that there are.
func (d *desk) events(t *testing.T) (out []event) {
	t.Helper()
	a := d.Do("GET", "/sync/v1/events?after=start&limit=10000", sitetest.AuditKey, nil)
	require.Equal(t, 200, a.Code, "%s", a.Body)
	for _, l := range strings.Split(strings.TrimSuffix(string(a.Body), "\n"), "\n")[1:] {
		var e event
		require.NoError(t, json.Unmarshal([]byte(l), &e))
		out = append(out, e)
	}
	return out
}

// device asks the lead's page for one device.
func (d *desk) device(t *testing.T, lead, name string) (x deviceLine) {
	t.Helper()
	var list struct{ Items []deviceLine }
	d.Do("GET", "/site/v1/devices", lead, nil).JSON(t, &list)
	for _, x := range list.Items {
		if x.Name == name {
			return x
		}
	}
	require.Fail(t, "no such device", name)
	return x
}

type deviceLine struct {
	Name, Condition, Error, Hint, LastError, LastErrorHint, Stations, Link, Model, Firmware string
	OK                                                                                      bool
	BytesIn, BytesOut, Readings                                                             uint64
}

// loginAt logs a badge in on a device of that name.
func (d *desk) loginAt(t *testing.T, badge, device string) {
	t.Helper()
	a := d.Do("POST", "/floor/v1/login", "", fmt.Appendf(nil, `{"badge":%q,"device":%q}`, badge, device))
	require.Equal(t, 200, a.Code, "%s", a.Body)
}

func (d *desk) picked(t *testing.T, w *sitetest.Worker, order, tote string) {
	t.Helper()
	d.Push(sitetest.Order(order, sitetest.Line{SKU: "MUG", Quantity: 1, Location: "A01-01-1"}, sitetest.Line{SKU: "PEN", Quantity: 1, Location: "A01-01-2"}))
	require.True(t, w.Act("start", map[string]any{"flow": "pick", "mode": "order", "orders": []string{order}}).OK)
	require.True(t, w.Scan(tote).OK)
	for sc := w.Screen(); sc.Flow == "pick"; sc = w.Screen() {
		_, code := sc.First()
		require.True(t, w.Scan(code).OK, "%v", w.Last)
	}
}

func (d *desk) until(t *testing.T, w *sitetest.Worker, what string, ok func(*sitetest.Screen) bool) *sitetest.Screen {
	t.Helper()
	var sc *sitetest.Screen
	require.Eventually(t, func() bool { sc = w.Screen(); return ok(sc) }, 30*time.Second, 20*time.Millisecond, what)
	return sc
}

// cleared takes everything off the scale and waits until the edge has seen it.
func (d *desk) cleared(t *testing.T, lead string) {
	t.Helper()
	d.scale.Put(0)
	require.Eventually(t, func() bool {
		a := d.Do("POST", "/site/v1/devices/scale-1/test", lead, []byte(`{"reason":"test"}`))
		var x struct{ Did, Detail string }
		a.JSON(t, &x)
		return a.Code == 200 && x.Did == "read" && x.Detail == "empty"
	}, 30*time.Second, 20*time.Millisecond)
}

func expects(kind string) func(*sitetest.Screen) bool {
	return func(sc *sitetest.Screen) bool { k, _ := sc.First(); return k == kind }
}

// TestAnOrderAtTheDesk: from the tote to the label on the box, with the desk's
// own scanner and scale alone.
func TestAnOrderAtTheDesk(t *testing.T) {
	t.Parallel()
	d := start(t, sitetest.Options{Clock: 20}, "ssi")
	w := d.Worker("W-001")
	d.picked(t, w, "O-1", "TOTE-00001")
	d.picked(t, w, "O-2", "TOTE-00002")
	lead := d.PushLead()

	require.True(t, w.Act("start", map[string]any{"flow": "pack", "station": "pack-1", "orders": []string{"O-1"}}).OK)
	ws, _ := d.Socket(w.Token)
	ws.Until("screen")
	sent := d.pull(t, "TOTE-00001")
	assert.True(t, sent.Acked, "acknowledged after the commit: %+v", sent)
	v := ws.Until("verdict")
	assert.True(t, v.OK, "the desk's screen shows what its scanner was answered: %+v", v)
	require.NotNil(t, v.Screen)

	beeps := d.scanner.Status().Beeps
	assert.True(t, d.pull(t, "TOTE-00002").Acked, "a refused read is stored, too")
	assert.False(t, ws.Until("verdict").OK)
	require.Eventually(t, func() bool { return d.scanner.Status().Beeps > beeps }, 30*time.Second, 5*time.Millisecond, "no beep for a refusal")

	for _, code := range []string{sitetest.Mug, sitetest.Pen} {
		d.pull(t, code)
		require.Equal(t, "done", ws.Until("verdict").Code, code)
	}
	d.until(t, w, "the weight is wanted", expects("weight"))

	d.scale.Put(5_000_000) // five kilograms in milligrams: far off
	require.Equal(t, "wrong", ws.Until("verdict").Code, "a wrong weight is refused, once")
	d.cleared(t, lead)
	d.scale.Put(330_000)
	require.True(t, ws.Until("verdict").OK, "320 g of goods and the box")
	sc := d.until(t, w, "the label", expects("waybill"))
	_, waybill := sc.First()
	if waybill == "" {
		sc = d.until(t, w, "its code", func(sc *sitetest.Screen) bool { _, c := sc.First(); return c != "" })
		_, waybill = sc.First()
	}
	d.pull(t, waybill)
	require.Equal(t, "done", ws.Until("verdict").Code)
	assert.Equal(t, "idle", w.Screen().Flow)

	// The parcel still lies there: its weight is no other parcel's.
	d.pull(t, "TOTE-00002")
	require.True(t, ws.Until("verdict").OK, "the desk's scanner begins the next order for who packed last")
	for _, code := range []string{sitetest.Mug, sitetest.Pen} {
		d.pull(t, code)
		require.True(t, ws.Until("verdict").OK, code)
	}
	assert.Never(t, func() bool { return !expects("weight")(w.Screen()) }, 500*time.Millisecond, 50*time.Millisecond, "one load is one parcel")
	d.cleared(t, lead)
	d.scale.Put(325_000)
	require.True(t, ws.Until("verdict").OK)

	weights := map[string]int{}
	scans := map[string]string{}
	for _, e := range d.events(t) {
		if e.Type == "box.weighed" {
			weights[fmt.Sprint(e.Order, " ", e.Data["grams"])]++
			assert.Equal(t, "scale-1", e.Device)
		}
		if e.Device == "scan-1" {
			assert.Equal(t, "w-W-001", e.Worker, e.Type)
			scans[e.Scan] = e.Type
		}
	}
	assert.Equal(t, map[string]int{"O-1 330": 1, "O-2 325": 1}, weights)
	assert.Len(t, scans, 8, "one decision a trigger pull")
	x := d.device(t, lead, "scan-1")
	assert.Equal(t, "pack-1", x.Stations)
	assert.True(t, x.OK)
}

// TestNobodyAtTheDesk: the read is refused and recorded with its place.
func TestNobodyAtTheDesk(t *testing.T) {
	t.Parallel()
	d := start(t, sitetest.Options{}, "ssi")
	beeps := d.scanner.Status().Beeps
	assert.True(t, d.pull(t, sitetest.Mug).Acked)
	require.Eventually(t, func() bool { return d.scanner.Status().Beeps > beeps }, 30*time.Second, 5*time.Millisecond)
	var got []event
	for _, e := range d.events(t) {
		if e.Device == "scan-1" {
			got = append(got, e)
		}
	}
	require.Len(t, got, 1)
	assert.Equal(t, "scan.refused", got[0].Type)
	assert.Equal(t, "station:pack-1", got[0].Worker)
	lead := d.PushLead()
	assert.NotContains(t, string(d.Do("GET", "/site/v1/workers", lead, nil).Body), "station:", "a desk is nobody")
}

// stopAtPort ends the edge and has it listen where it did when it starts again:
// doctor looks for it where the configuration says.
func (d *desk) stopAtPort(t *testing.T) {
	t.Helper()
	d.StopEdge()
	text, err := os.ReadFile(d.Config)
	require.NoError(t, err)
	at := strings.TrimPrefix(d.URL, "http://")
	require.NoError(t, os.WriteFile(d.Config, []byte(strings.Replace(string(text), `listen = "127.0.0.1:0"`, fmt.Sprintf("listen = %q", at), 1)), 0o600))
}
