package ui

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

func (f *fake) tries() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.logins...)
}

// A badge that nobody knows yet is not remembered as one that needs a PIN; one
// that a PIN let in is.
func TestABadgeIsAskedForAPINOnlyIfItHasOne(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.goTo("/pda")
	b.wait("document.querySelector('.login')")
	b.scan("W-404")
	b.wait("document.querySelector('#pin')")
	b.scan("1111")
	b.wait("document.querySelector('.problem').innerText !== '' && !document.querySelector('#pin')")
	assert.Regexp(t, "알 수 없습니다|not known", b.text(".problem"))
	f.mu.Lock()
	f.open = []string{"W-404"} // the WMS has sent it
	f.mu.Unlock()
	b.scan("W-404")
	b.wait("document.documentElement.getAttribute('data-phase') === 'work'")
	assert.Equal(t, []string{"W-404/", "W-404/1111", "W-404/"}, f.tries())

	logOut := func() {
		b.wait("document.querySelector('#sync[data-online=yes]')")
		b.click(".thumb .more")
		b.click("#more [data-action=logout]")
		b.wait("document.querySelector('.login')")
	}
	logOut()
	for range 2 {
		b.scan("LEAD-1")
		b.wait("document.querySelector('#pin')")
		b.scan("4711")
		logOut()
	}
	assert.Equal(t, []string{"LEAD-1/", "LEAD-1/4711", "LEAD-1/4711"}, f.tries()[3:], "known to need one: no failure is spent on asking")
}

// What ended the last session is not said of the next login; a language chosen
// at a login is that session's, and the next worker has their own.
func TestALoginBeginsAnew(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	f.closeWith(4409)
	b.wait("document.querySelector('.login')")
	assert.Contains(t, b.text(".problem"), "다른 기기")
	b.scan("LEAD-1")
	b.wait("document.querySelector('#pin')")
	assert.Empty(t, b.text(".problem"))
	b.scan("4711")
	b.wait("document.querySelector('#sync[data-online=yes]')")
	f.closeWith(4401)
	b.wait("document.querySelector('.login')")

	language := func() string { return b.text("[aria-pressed=true]") }
	b.click(".languages [lang=ja]")
	b.scan("W-001")
	b.wait("document.querySelector('#sync[data-online=yes]')")
	b.wait("document.documentElement.lang === 'ja'")
	b.goTo("/pda")
	b.wait("document.querySelector('#sync[data-online=yes]')")
	assert.Equal(t, 1, b.number("document.documentElement.lang === 'ja' ? 1 : 0"), "over a reload too")
	f.closeWith(4401)
	b.wait("document.querySelector('.login')")
	assert.Equal(t, "日本語", language())
	b.scan("W-001")
	b.wait("document.querySelector('#sync[data-online=yes]') && document.documentElement.lang === 'ko'")
}

// A touch shows a code whole, so that it can be typed.
func TestACodeIsShownWhole(t *testing.T) {
	t.Parallel()
	f, p, b := pda(t)
	b.logIn()
	p.open, p.tote = true, "TOTE-00007"
	f.push(*p.screen())
	for _, l := range []string{"ko", "ja", "en"} {
		b.speak(l)
		b.goTo("/pda")
		b.wait("document.querySelector('.last4')")
		assert.Equal(t, "\u00b7\u00b7\u00b7\u00b77893", b.text(".last4"))
		b.click(".last4")
		assert.Equal(t, "8801234567893", b.text(".last4"))
		b.sound("whole code " + l)
		b.shot("pda-whole-" + l)
	}
	b.click(".thumb .more")
	b.click("#more [data-action=typed]")
	b.wait("document.querySelector('#typed input')")
	assert.Equal(t, "8801234567893", b.text("#typed .hint"))
	b.shot("pda-whole-typed")
	b.number(`(function(){var i=document.querySelector('#typed input');i.value='8801234567893';i.dispatchEvent(new Event('input',{bubbles:true}));return 1})()`)
	b.click("#typed .primary")
	b.wait("document.querySelector('#count .have').innerText === '1'")
	m := f.messages()[len(f.messages())-1]
	assert.Equal(t, "8801234567893", m.Code)
}

// What the desk's page speaks of it also has: a held order's two ways out, and
// whole codes; a PDA's idle page says nothing of desks.
func TestHeldDeskAndIdle(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.screen = idleScreen(41)
	f.decide = func(message) answer { return answer{edge.OK, "help.called", nil, nil} }
	f.rest["/floor/v1/stations"] = `{"items":[{"name":"pack-1","free":false,"why":"taken"}]}`
	b := open(t, f.server.URL, 1280, 800)
	b.goTo("/desk")
	b.wait("document.querySelector('.login')")
	b.scan("W-001")
	b.wait("document.querySelector('.no-desk')")
	for _, l := range []string{"ko", "ja", "en"} {
		b.speak(l)
		b.goTo("/desk")
		held := packScreen("waybill")
		held.Step, held.Expect, held.Actions, held.Why = "held", []edge.Expect{}, []string{"help", "leave"}, "shortWait"
		f.push(held)
		b.wait("document.querySelector('#stop [data-action=leave]')")
		assert.Equal(t, [2]string{texts(t, l)["held.shortWait"], texts(t, l)["heldNeeds.goods"]}, [2]string{b.text("#heldWhy"), b.text("#heldNeeds")})
		b.sound("held " + l)
		b.shot("desk-" + l + "-held")
		cannot := packScreen("printing")
		cannot.Fault = &edge.Fault{Code: "glyph", Field: "recipient.name"}
		f.push(cannot)
		b.wait("document.querySelector('#stop .shape-wrong') && document.querySelector('#stop [data-action=help]')")
		assert.Contains(t, b.text("#stop"), "recipient.name")
		b.sound("no label " + l)
		b.shot("desk-" + l + "-cannot")
		f.push(packScreen("item"))
		b.wait("document.querySelector('.line.now .reveal')")
		b.click(".line.now .reveal")
		b.wait("document.querySelector('.line.now .reveal').innerText === '8801234567892'")
		b.sound("whole code at a desk " + l)
		b.shot("desk-" + l + "-whole")
	}
	held := packScreen("waybill")
	held.Step, held.Expect, held.Actions = "held", []edge.Expect{}, []string{"help", "leave"}
	f.push(held)
	b.click("#stop [data-action=help]")
	require.Eventually(t, func() bool { n := f.messages(); return len(n) > 0 && n[len(n)-1].Action == "help" }, 30*time.Second, 10*time.Millisecond)
	b.wait("document.querySelector('.notes [data-key=\"help.called\"]')")
	f.frame(map[string]any{"t": "notice", "code": "ok", "say": map[string]any{"key": "help.closed"}})
	b.wait("document.querySelector('.notes [data-key=\"help.closed\"]') && !document.querySelector('.notes [data-key=\"help.called\"]')")

	f.push(*idleScreen(41))
	b.goTo("/pda")
	b.wait("document.querySelector('#idle .work[data-flow=pack], #idle .work')")
	b.number("new Promise(function(r){setTimeout(function(){r(1)},300)}) && 1")
	assert.Equal(t, 0, b.number("document.querySelectorAll('.no-desk').length"))
}

// The drawer follows the board; the menu goes with Escape and a click beside it;
// a short order's words are its buttons.
func TestLeadDrawerAndMenu(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	var board map[string]any
	require.NoError(t, json.Unmarshal([]byte(boardOf(t)), &board))
	ex := board["items"].(map[string]any)["exceptions"].(map[string]any)
	ex["held:536381"] = map[string]any{"kind": "held", "id": "536381", "order": "536381", "reason": "short"}
	ex["printer:printer-2"].(map[string]any)["reason"] = "headOpen"
	b2, err := json.Marshal(board)
	require.NoError(t, err)
	f.board = string(b2)
	f.rest["/site/v1/kpi"] = `{"items":[]}`
	story := `{"order":{"id":"536381","client":"default","carrier":"cj","stage":"picked",HELD"received":"2026-11-21T09:00:00+09:00","lines":[]},"boxes":[]}`
	f.rest["/site/v1/orders/536381"] = strings.Replace(story, "HELD", `"held":"short",`, 1)
	b := leadPage(t, f.server.URL, "/lead", 1440, 900)
	b.wait("document.querySelector('.lead[data-live=yes]')")
	b.speak("en")
	b.goTo("/lead")
	b.wait("document.querySelector('.kind-short .detail')")
	assert.Contains(t, b.text(".kind-short .detail"), "Ship part, or leave it on hold")
	assert.Contains(t, b.text(".kind-printer .detail"), "head open \u2192 Close the head")
	assert.Equal(t, 0, b.number("[].slice.call(document.querySelectorAll('.trouble .code-button')).filter(function(e){return e.offsetHeight > 50}).length"), "an order's number is one line")

	for _, away := range []func(){func() { b.press([]key{{"Escape", false, false}}, false) }, func() { b.click(".site") }} {
		b.click(".menu-button")
		b.wait("document.querySelector('.lead-menu')")
		away()
		b.wait("!document.querySelector('.lead-menu')")
	}
	b.click(".menu-button")
	b.click(".kind-short .code-button")
	b.wait("document.querySelector('.story [data-action=release]') && !document.querySelector('.lead-menu')")
	assert.Equal(t, "Ship part", b.text("[data-action=release]"))
	b.shot("lead-short")
	f.mu.Lock()
	f.rest["/site/v1/orders/536381"] = strings.Replace(story, "HELD", "", 1)
	f.mu.Unlock()
	f.boardChange(`{"t":"change","n":6,"edgeTime":"NOW","gone":{"exceptions":["held:536381"]}}`)
	b.wait("document.querySelector('.story [data-action=hold]') && !document.querySelector('.held-line')")
	assert.Contains(t, b.text(".kind-short .detail"), "Ships part, unless put on hold")
}
