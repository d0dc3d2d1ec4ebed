package ui

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const devicesBoard = `{"t":"snapshot","n":1,"edgeTime":"NOW","site":"ICN1","items":{"head":{"":{"head":1,"open":0,"orders":0}},"devices":{
	"printer-1":{"name":"printer-1","ok":true,"condition":"ready","since":"2026-11-21T08:00:00Z","class":"printer","driver":"zebra","link":"tcp://10.0.0.21:9100","stations":"pack-1","model":"ZD421","firmware":"V93","serial":"S1","odometer":4711,"odometerUnit":"labels","bytesIn":12345,"bytesOut":99},
	"scan-1":{"name":"scan-1","ok":false,"error":"offline","condition":"offline","since":"2026-11-21T08:00:00Z","driver":"scanner","link":"serial:///dev/ttyUSB0","hint":"plug the device in: there is no /dev/ttyUSB0","bytesIn":0,"bytesOut":0,"lastError":"scan-1: open: no such file","lastErrorCode":"open","lastErrorHint":"plug it in"}}}}`

// TestDevicesPage: what is wrong comes first with what to do; a device can be
// tested.
func TestDevicesPage(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.board = devicesBoard
	f.rest["/site/v1/kpi"] = `{"items":[]}`
	b := leadPage(t, f.server.URL, "/lead", 1440, 900)
	b.wait("document.querySelector('.lead[data-live=yes]')")
	b.speak("en")
	b.goTo("/lead")
	b.click("#devices .open")
	b.wait("document.querySelectorAll('.device-list > li').length === 2")
	assert.Contains(t, b.text(".device-list > li:first-child"), "scan-1")
	assert.Contains(t, b.text(".device-list > li:first-child [data-state]"), "offline")
	assert.Contains(t, b.text(".device-list > li:first-child"), "plug the device in: there is no /dev/ttyUSB0")
	assert.Contains(t, b.text("[data-device=scan-1] .last-error"), "It could not be reached. Check power, cable and address")
	assert.Contains(t, b.text("[data-device=printer-1]"), "ZD421 \u00b7 V93 \u00b7 S1")
	assert.Contains(t, b.text("[data-device=printer-1]"), "4,711 labels so far")
	assert.Contains(t, b.text("[data-device=printer-1]"), "12,345 bytes in, 99 out")
	b.shot("lead-devices")
	b.click("[data-device=printer-1] [data-action=test]")
	require.Eventually(t, func() bool { f.mu.Lock(); defer f.mu.Unlock(); return len(f.writes) == 1 }, 30*time.Second, 10*time.Millisecond)
	assert.Equal(t, `/site/v1/devices/printer-1/test {"reason":"devices page"}`, f.writes[0])
	f.boardChange(`{"t":"change","n":2,"edgeTime":"NOW","set":{"devices":{"scan-1":{"name":"scan-1","ok":false,"condition":"fault","since":"2026-11-21T08:00:00Z","driver":"scanner","link":"serial:///dev/ttyUSB0","hint":"compare baud"}}}}`)
	b.wait("document.querySelector('.device-list > li.bad .todo').textContent.includes('Match speed, parity and protocol')") // in the reader's language, the English hint beneath
	f.boardChange(`{"t":"change","n":3,"edgeTime":"NOW","set":{"devices":{"scan-1":{"name":"scan-1","ok":true,"condition":"ready","since":"2026-11-21T08:00:00Z"}}}}`)
	b.wait("document.querySelectorAll('.device-list > li.bad').length === 0")
	for l, want := range map[string]string{"ko": "연결하지 못했습니다", "ja": "接続できませんでした"} { // a fault of the past too
		b.speak(l)
		b.goTo("/lead")
		b.click("#devices .open")
		b.wait("document.querySelector('[data-device=scan-1] .last-error')")
		assert.Contains(t, b.text("[data-device=scan-1] .last-error summary"), want)
		assert.NotContains(t, b.text("[data-device=scan-1] .last-error"), "no such file", "the English is behind it")
		b.sound("devices " + l)
		b.shot("lead-devices-" + l)
	}
}

// TestDevicesPageSaysWhatToDo: where power and cable are not it.
func TestDevicesPageSaysWhatToDo(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.board = `{"t":"snapshot","n":1,"edgeTime":"NOW","site":"ICN1","items":{"head":{"":{"head":1,"open":0,"orders":0}},"devices":{
	"mqtt":{"name":"mqtt","ok":false,"condition":"offline","since":"2026-11-21T08:00:00Z","class":"broker","driver":"broker","link":"tcp://broker.dc.internal:1883"},
	"scale-1":{"name":"scale-1","ok":false,"condition":"silent","since":"2026-11-21T08:00:00Z","driver":"scale","link":"serial:///dev/ttyUSB1"}}}}`
	f.rest["/site/v1/kpi"] = `{"items":[]}`
	b := leadPage(t, f.server.URL, "/lead", 1440, 900)
	for _, language := range []string{"ko", "ja", "en"} {
		words := texts(t, language)
		b.speak(language)
		b.goTo("/lead")
		b.click("#devices .open")
		b.wait("document.querySelectorAll('.device-list > li.bad').length === 2")
		assert.Contains(t, b.text("[data-device=mqtt] .todo"), words["todoWire.brokerName"], language)
		assert.Contains(t, b.text("[data-device=scale-1] .todo"), words["todoLine.silent"], language)
		b.sound("what to do " + language)
	}
}
