package ui

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"

	"dcedge/edge"
)

// TestALoaderSeesWhichTripABoxIsOf: what is of a later trip is asked for by nothing, and
// stands beneath, by name.
func TestALoaderSeesWhichTripABoxIsOf(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	s := outScreens()["load"]
	now := s.Expect
	later := edge.Expect{Kind: "waybill", Code: "689999999999", Box: "B-9", Later: true}
	s.Truck = &edge.TruckView{ID: "TR-7", Dock: "DOCK-01", Carrier: "cj", Trip: "cj-1"}
	s.Expect = []edge.Expect{later}
	for _, l := range []string{"ja", "en", "ko"} {
		b.speak(l)
		b.goTo("/pda")
		b.shows(f, s)
		assert.Equal(t, text(t, l, "ask.nothingYet"), b.text("#stop h2"))
		assert.Zero(t, b.number("document.querySelectorAll('#where, #close').length"), "it is not the next box, nor a truck to close")
		assert.Contains(t, b.text("#later"), text(t, l, "truck.later"))
		assert.Contains(t, b.text("#later"), "6899-9999-9999")
		b.sound("load-later-" + l)
		b.shot("load-later-" + l)
	}
	s.Truck.Loaded = 4
	b.shows(f, s)
	b.wait("document.querySelector('#close')")
	assert.Equal(t, text(t, "ko", "ask.close"), b.text("#stop h2"))
	b.shot("load-later-closing")
	s.Truck.Left, s.Expect = 3, append(now[:len(now):len(now)], later)
	b.shows(f, s)
	assert.Equal(t, "5812-3456-7890", b.text("#where"))
	assert.NotContains(t, b.text(".task .left-list"), "6899", "not among those of this trip")
	assert.Contains(t, b.text("#later"), "6899-9999-9999")
	b.sound("load-both")
	b.shot("load-both")
	b.do(chromedp.EmulateViewport(1280, 800))
	b.goTo("/desk?station=pack-1")
	b.wait("document.querySelector('#later')")
	b.sound("desk-load-both")
	b.shot("desk-load-both")
	s.Truck.Left, s.Expect = 0, []edge.Expect{later}
	b.shows(f, s)
	assert.NotContains(t, b.text(".desk .next"), "6899", "nor is it what a desk has next")
}

// TestABoxWithoutANumberHasAName: what waits for a new label is found by its box and its
// order, with what to do.
func TestABoxWithoutANumberHasAName(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	s := outScreens()["load"]
	s.Truck.Missing = []edge.Missing{{Box: "B-77", Order: "536365", Why: "oldLabel", LastSeen: "pack-1"}, {Box: "B-79", Order: "536366", Why: "noLabel"},
		{Box: "B-80", Waybill: "581234567890", Order: "536367", Why: "held"}, {Box: "B-81", Waybill: "581234567891", Order: "536368", Why: "aside"}, {Box: "B-78", Waybill: "581234567892"}}
	s.Truck.MissingTotal = len(s.Truck.Missing)
	for _, l := range []string{"ja", "en", "ko"} {
		b.speak(l)
		b.goTo("/pda")
		b.shows(f, s)
		b.click("#truck-lists [data-list=missing]")
		b.wait("document.querySelectorAll('.seen-missing li').length === 5")
		row := b.text(".seen-missing li")
		assert.Contains(t, row, "B-77")
		assert.Contains(t, row, "536365")
		assert.Contains(t, row, text(t, l, "missingWhy.oldLabel"))
		assert.Empty(t, b.text(".seen-missing li:last-child .why"))
		b.sound("load-missing-" + l)
		b.shot("load-missing-" + l)
	}
}

// TestTwoDaysOfOneTrip: the same trip is set beside itself with its day and hour.
func TestTwoDaysOfOneTrip(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	b.shows(f, outScreens()["load"])
	args := map[string]any{"expected": "cj-2", "scanned": "cj-2", "expectedAt": "2026-11-30T21:00:00.000+09:00", "scannedAt": "2026-12-01T21:00:00.000+09:00"}
	f.decides(func(message) answer { return answer{edge.Wrong, "load.wrongTrip", args, nil} })
	b.scan("689999999999")
	b.wait("document.querySelector('.refusal')")
	assert.Equal(t, "맞는 것 cj-2 11-30 21:00 스캔한 것 cj-2 12-01 21:00", b.text(".refusal .both"))
	assert.Contains(t, b.text(".refusal .said"), "cj-2 12-01 21:00")
	b.sound("load-wrong-trip")
	b.shot("load-wrong-trip")
	b.click(".sign")
	args["scanned"] = "cj-3"
	b.scan("689999999999")
	b.wait("document.querySelector('.refusal')")
	assert.Equal(t, "맞는 것 cj-2 스캔한 것 cj-3", b.text(".refusal .both"))
}

// TestAShortIsSaidUntilItIsRead: what becomes of the order stands on the idle screen,
// until the next work is begun.
func TestAShortIsSaidUntilItIsRead(t *testing.T) {
	t.Parallel()
	f, p, b := pda(t)
	b.logIn()
	p.open, p.tote, p.at = true, "TOTE-00007", 1
	b.shows(f, *p.screen())
	b.ahead()
	f.decides(func(m message) answer {
		if m.Action == "short" {
			return answer{edge.Done, "pick.shortHeld", map[string]any{"order": "536365", "missing": 1}, idleScreen(40)}
		}
		return p.decide(m)
	})
	b.click(".thumb [data-action=short]")
	b.click("[data-code=none]")
	b.wait("document.querySelector('#idle .work') && !document.querySelector('.sign')")
	assert.Contains(t, b.text(".notes [data-key=\"pick.shortHeld\"]"), "536365")
	b.shot("short-held")
	p.tote, p.at = "", 0
	b.click("#idle .work")
	b.wait("document.querySelector('.pda[data-step=tote]') && !document.querySelector('.notes')")
}
