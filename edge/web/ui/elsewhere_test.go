package ui

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"dcedge/edge"
)

// TestTheLabelIsElsewhere: the desk says in big letters where its label comes out,
// and both desks say it aloud.
func TestTheLabelIsElsewhere(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.screen = idleScreen(41)
	b := open(t, f.server.URL, 1280, 800)
	b.goTo("/desk")
	b.wait("document.querySelector('.login')")
	b.scan("W-001")
	b.wait("document.querySelector('.desk')")
	for l, words := range map[string][2]string{"ko": {"가져오세요", "나옵니다"}, "ja": {"取りに行って", "出ます"}, "en": {"Fetch it", "comes out"}} {
		b.speak(l)
		b.goTo("/desk")
		b.wait("document.querySelector('.desk')")
		s := packScreen("printing")
		s.Printer = &edge.PrinterView{Name: "printer-2", State: "ready", Station: "pack-3", Instead: "printer-1", InsteadState: "noPaper"}
		f.push(s)
		b.wait("document.querySelector('#printer.moved .huge') && document.querySelectorAll('#stop .huge').length === 2")
		for _, at := range []string{"#printer", "#stop"} {
			assert.Contains(t, b.text(at), "printer-2")
			assert.Contains(t, b.text(at), "pack-3")
			assert.Contains(t, b.text(at), words[0])
		}
		assert.Contains(t, b.text("#printer"), "printer-1")
		b.sound("label elsewhere " + l)
		b.shot("desk-" + l + "-elsewhere")
		b.number("(window.said = [], navigator.vibrate = function () { return true }, window.speechSynthesis.speak = function (u) { window.said.push(u.text) }, 1)")
		for _, key := range []string{"printer.moved", "printer.guest"} {
			f.frame(map[string]any{"t": "notice", "code": "hold", "say": map[string]any{"key": key, "args": map[string]any{"printer": "printer-2", "station": "pack-3"}}})
			b.wait("document.querySelector('.notes [data-key=\"" + key + "\"]')")
		}
		b.wait("window.said.length === 2 && window.said.every(function (t) { return t.indexOf('printer-2') >= 0 && t.indexOf('" + words[1] + "') >= 0 })")
		home := packScreen("waybill")
		f.push(home)
		b.wait("document.querySelector('#printer') && !document.querySelector('#printer.moved')")
	}
}
