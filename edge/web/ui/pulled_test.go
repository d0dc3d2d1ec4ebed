package ui

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/porttest"
	"dcedge/firmware-sim/fault"
	"dcedge/firmware-sim/floor"
	"dcedge/firmware-sim/wire/wiretest"
)

// wired is a site with a device on every kind of wire; LINES is a folder.
const wired = `
[[device]]
name = "scan-1"
driver = "scanner"
protocol = "ssi"
link = "serial://LINES/scan?baud=9600"
station = "pack-1"
[[device]]
name = "scale-1"
driver = "scale"
link = "serial://LINES/scale?baud=9600"
station = "pack-1"
[[belt]]
name = "line-1"
speed = 1000
induct = "eye-1"
end = "eye-9"
endAt = 5000
tunnel = "tunnel-1"
tunnelAt = 750
[[belt.lane]]
name = "L1"
divert = "d-1"
at = 2000
[[device]]
name = "eye-1"
driver = "photoeye"
link = "gpio+sim://LINES/pins.sock?pin=start"
[[device]]
name = "eye-9"
driver = "photoeye"
link = "mqtt:"
[[device]]
name = "tunnel-1"
driver = "scanner"
link = "mqtt:"
[[device]]
name = "d-1"
driver = "divert"
link = "mqtt:"
`

// wiredSite starts an edge and plays its devices, without people. mqtt is the
// table that says where the devices at the broker are.
func wiredSite(t *testing.T, mqtt string) (url string, f *floor.Floor) {
	lines, err := os.MkdirTemp("", "ui") // a socket's path is short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(lines) })
	text := strings.NewReplacer("DATA", filepath.Join(t.TempDir(), "data"), "PRINTER", porttest.Free(t), "LINES", lines).Replace(site + mqtt + wired)
	plan, err := floor.ReadPlan([]byte(text))
	require.NoError(t, err)
	f, err = floor.New(floor.Config{Plan: plan, Seed: 1, Speed: 20})
	require.NoError(t, err)
	url = startEdgeOn(t, text)
	background(t, f.Run)
	return url, f
}

// pulled says how each device is taken away and what the page is to say then.
type pulled struct {
	name, away, back string
	belt             bool // by the belt's board
	todo             string
}

func everyWire() []pulled {
	const away, back = `{"away":true}`, `{"away":false}`
	return []pulled{
		{name: "printer-1", away: `{"refuse":true}`, back: `{"refuse":false}`, todo: "todoWire.tcp"},
		{name: "scan-1", away: away, back: back, todo: "todoWire.serial"},
		{name: "scale-1", away: away, back: back, todo: "todoWire.serial"},
		{name: "eye-9", away: away, back: back, todo: "todoWire.mqtt"},
		{name: "tunnel-1", away: away, back: back, todo: "todoWire.mqtt"},
		{name: "d-1", away: away, back: back, todo: "todoWire.mqtt"},
		{name: "eye-1", away: `{"pins":true}`, back: `{"pins":false}`, belt: true, todo: "todoWire.gpio"},
	}
}

// row is the device's line on the page.
func (p pulled) row() string { return fmt.Sprintf(".device-list [data-device=%q]", p.name) }

func (p pulled) do(t *testing.T, f *floor.Floor, what string) {
	t.Helper()
	var d fault.Device = f.Conveyor()
	if !p.belt {
		d = f.Device(p.name)
	}
	act, err := d.Prepare(json.RawMessage(what))
	require.NoError(t, err, p.name)
	act()
}

// devicesPage logs a lead in.
func devicesPage(t *testing.T, url string) *tab {
	b := leadPage(t, url, "/lead", 1440, 900)
	b.wait("document.querySelector('.lead[data-live=yes]')")
	return b
}

// devicesIn opens the list in a language, and waits until nothing is wrong.
func (b *tab) devicesIn(language string) {
	b.t.Helper()
	b.speak(language)
	b.goTo("/lead")
	b.click("#devices .open")
	b.wait(fmt.Sprintf("document.querySelectorAll('.device-list > li').length === %d && document.querySelectorAll('.device-list > li.bad').length === 0", len(everyWire())+2)) // and broker and belt
}

// TestThePageSaysWhatIsPulled: the lead's devices page is open while a device on
// each kind of wire is pulled and brought back, one after the other and then all at
// once. It says so, first in the list, with what to do, in the reader's language; and
// it comes back alone.
func TestThePageSaysWhatIsPulled(t *testing.T) {
	t.Parallel()
	url, f := wiredSite(t, fmt.Sprintf("[mqtt]\nlisten = %q\n", porttest.Free(t)))
	b := devicesPage(t, url)
	var slowestGone, slowestBack time.Duration
	pull := func(language string, list ...pulled) {
		words := texts(t, language)
		began := time.Now()
		for _, p := range list {
			p.do(t, f, p.away)
		}
		for _, p := range list {
			b.wait(fmt.Sprintf("document.querySelector('%s.bad')", p.row()))
		}
		slowestGone = max(slowestGone, time.Since(began))
		for _, p := range list {
			line := b.text(p.row())
			assert.Contains(t, line, words["printer.offline"], "%s (%s)", p.name, language)
			assert.Contains(t, line, "\u2192 "+words[p.todo], "%s (%s)", p.name, language)
		}
		if first := b.text(".device-list > li:first-child b"); len(list) == 1 {
			assert.Contains(t, []string{list[0].name, "line-1"}, first, "what is wrong comes first; a belt without its eye is wrong too")
			b.shot("pulled-" + list[0].name)
		}
		b.sound(fmt.Sprintf("%d pulled, %s first, %s", len(list), list[0].name, language))
		began = time.Now()
		for _, p := range list {
			p.do(t, f, p.back)
		}
		b.wait("document.querySelectorAll('.device-list > li.bad').length === 0")
		slowestBack = max(slowestBack, time.Since(began))
		for _, p := range list {
			assert.NotContains(t, b.text(p.row()), words["printer.offline"], "%s (%s)", p.name, language)
		}
	}
	b.devicesIn("ko")
	for _, p := range everyWire() {
		pull("ko", p)
	}
	for _, language := range []string{"ja", "en"} {
		b.devicesIn(language)
		pull(language, everyWire()...)
	}
	t.Logf("%d kinds of devices pulled, and all of them twice: told in the browser within %v, back within %v", len(everyWire()), slowestGone, slowestBack)
}

// TestThePageSaysThatTheBrokerIsGone: mosquitto is killed with -9 and started
// again. The page says that it is the broker, sends nobody to a device behind it,
// and is well again by itself; how soon is in the log.
func TestThePageSaysThatTheBrokerIsGone(t *testing.T) {
	t.Parallel()
	m := wiretest.Mosquitto(t)
	url, _ := wiredSite(t, fmt.Sprintf("[mqtt]\nbroker = %q\n", m.URL))
	b := devicesPage(t, url)
	var slowestGone, slowestBack time.Duration
	for _, language := range []string{"ko", "ja", "en"} {
		words := texts(t, language)
		b.devicesIn(language)
		began := time.Now()
		m.Kill()
		b.wait("document.querySelector('[data-device=mqtt].bad') && document.querySelector('[data-device=tunnel-1].bad') && document.querySelector('[data-device=d-1].bad')")
		slowestGone = max(slowestGone, time.Since(began))
		assert.Contains(t, b.text("[data-device=mqtt]"), "\u2192 "+words["todoWire.broker"], language)
		for _, name := range []string{"tunnel-1", "eye-9", "d-1"} {
			line := b.text("[data-device=" + name + "]")
			assert.Contains(t, line, "\u2192 "+words["todoWire.atBroker"], "%s (%s)", name, language)
			assert.Contains(t, line, "first see to the broker", "%s (%s)", name, language)
		}
		assert.Zero(t, b.number("document.querySelectorAll('[data-device=eye-1].bad, [data-device=scan-1].bad').length"), "those on other wires are well")
		b.sound("no broker, " + language)
		b.shot("no-broker-" + language)
		m.Start()
		began = time.Now()
		b.wait("document.querySelectorAll('.device-list > li.bad').length === 0")
		slowestBack = max(slowestBack, time.Since(began))
	}
	t.Logf("mosquitto killed 3 times: told in the browser within %v, all well within %v of its start", slowestGone, slowestBack)
}
