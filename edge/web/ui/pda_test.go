package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

type article struct {
	code, sku, ko, option, place string
	want                         int
}

func names(ko, en, ja string) map[string]string {
	return map[string]string{"ko": ko, "en": en, "ja": ja}
}

// basket is the order of the tests.
func basket() []article {
	return []article{{"8801234567893", "85123A", "화이트 하트 랜턴", "블랙 / L", "C08-21-3", 2}, {"8809876543210", "71053", "메탈 랜턴", "화이트", "C11-02-1", 1}}
}

// picking is a floor with one order to pick.
type picking struct {
	f    *fake
	at   int // article
	have int
	tote string
	open bool
}

func soon() *time.Time {
	t := time.Now().Add(42*time.Minute + 30*time.Second).In(kst())
	return &t
}

func idleScreen(n int) *edge.Screen {
	return &edge.Screen{Flow: edge.Idle, Expect: []edge.Expect{{Kind: "tote"}, {Kind: "dock", Code: "DOCK-01"}}, Actions: []string{"start", "help"},
		Work: []edge.Waiting{{Flow: edge.Pick, Mode: "order", Waiting: n, Cutoff: soon()}, {Flow: edge.Pack, Mode: "order", Waiting: 12, Cutoff: soon()},
			{Flow: edge.Load, Waiting: 118}}}
}

func (p *picking) screen() *edge.Screen {
	if !p.open {
		return idleScreen(41)
	}
	items := basket()
	s := &edge.Screen{Flow: edge.Pick, Mode: "order", Step: "item", Task: &edge.Task{ID: "T-88", Client: "default", Orders: []string{"536365"},
		Carrier: "cj", Cutoff: soon(), Done: p.at, Of: len(items)}}
	switch {
	case p.tote == "":
		s.Step, s.Expect, s.Actions = "tote", []edge.Expect{{Kind: "tote"}}, []string{"help", "leave"}
		return s
	case p.at == len(items):
		s.Step, s.Totes, s.Expect = "drop", []string{p.tote}, []edge.Expect{{Kind: "location", Code: "LOC-DROP-1"}}
		s.Actions = []string{"undo", "help", "leave"}
		return s
	}
	a := items[p.at]
	s.Totes = []string{p.tote}
	s.Expect = []edge.Expect{{Kind: "item", Code: a.code, SKU: a.sku, Name: names(a.ko, "White hanging heart lantern", "ホワイトハートランタン"),
		Variant: names(a.option, "black / L", "ブラック / L"), Location: a.place, Line: fmt.Sprint(p.at + 1), Remaining: a.want - p.have}}
	s.Quantity = &edge.Quantity{Have: p.have, Want: a.want, Typing: p.have > 0}
	s.Actions = []string{"short", "skip", "addTote", "undo", "help", "leave"}
	if p.have > 0 {
		s.Actions = append(s.Actions, "quantity")
	}
	return s
}

func (p *picking) decide(m message) answer {
	items := basket()
	switch {
	case m.Action == "start":
		p.open = true
		return answer{edge.OK, "pick.started", map[string]any{"order": "536365"}, p.screen()}
	case m.Action == "undo" && p.have > 0:
		p.have--
		return answer{edge.OK, "undo.done", nil, p.screen()}
	case m.T != "scan" || !p.open:
		return answer{edge.Unexpected, "scan.unexpected", map[string]any{"kind": "item", "scanned": "?"}, nil}
	case p.tote == "" && strings.HasPrefix(m.Code, "TOTE-"):
		p.tote = m.Code
		return answer{edge.OK, "pick.tote", map[string]any{"tote": m.Code}, p.screen()}
	case p.at < len(items) && m.Code == items[p.at].code:
		p.have++
		if p.have < items[p.at].want {
			return answer{edge.OK, "pick.item", map[string]any{"have": p.have, "want": items[p.at].want}, p.screen()}
		}
		p.at, p.have = p.at+1, 0
		return answer{edge.Done, "pick.lineDone", map[string]any{"have": 1, "want": 1}, p.screen()}
	case p.at == len(items) && m.Code == "LOC-DROP-1":
		*p = picking{f: p.f}
		return answer{edge.Done, "pick.done", map[string]any{"order": "536365"}, p.screen()}
	case p.at < len(items) && m.Code == "8809876543210":
		return answer{edge.Wrong, "pick.wrongItem", map[string]any{"expected": items[p.at].sku, "scanned": "71053"}, nil}
	}
	return answer{edge.Unknown, "scan.unknown", nil, nil}
}

func pda(t *testing.T) (*fake, *picking, *tab) {
	f := newFake(t)
	p := &picking{f: f}
	f.screen, f.decide = p.screen(), p.decide
	f.screen.Rev = 7
	b := open(t, f.server.URL, 360, 640)
	return f, p, b
}

func (b *tab) logIn() {
	b.t.Helper()
	b.goTo("/pda?device=pda-07")
	b.wait("document.querySelector('.login')")
	b.scan("W-001")
	b.wait("document.querySelector('#sync[data-online=yes]')")
}

// settled waits until everything sent was answered and no sign is left.
func (b *tab) settled() {
	b.t.Helper()
	b.wait("document.querySelector('#sync[data-online=yes]') && !document.querySelector('.sign') && document.querySelector('.pda').getAttribute('data-rev') !== '0'")
}

func TestPickAnOrderWithAWedgeScanner(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.goTo("/pda?device=pda-07")
	b.wait("document.querySelector('.login')")
	b.shot("pda-01-login")
	b.sound("login")
	b.scan("W-001")
	b.wait("document.querySelector('#idle .work')")
	b.shot("pda-02-idle")
	b.sound("idle")
	b.click("[data-flow=pick]")
	b.wait("document.querySelector('.pda[data-step=tote]')")
	b.settled()
	b.shot("pda-03-tote")
	b.scan("TOTE-00007")
	b.wait("document.querySelector('.pda[data-step=item]')")
	b.settled()
	assert.Equal(t, "C08-21-3", b.text("#where"))
	assert.Equal(t, "0/2EA", b.text("#count"))
	b.shot("pda-04-item")
	b.sound("item")

	b.scan("8809876543210")
	b.wait("document.querySelector('.sign[data-code=wrong]')")
	assert.Contains(t, b.text(".sign"), "맞는 것 화이트 하트 랜턴 블랙 / L ····7893 스캔한 것 71053 ····3210", "by name, and by the end of the barcode")
	b.shot("pda-05-wrong")
	b.sound("wrong")
	b.scan("8801234567893") // gone with the next scan
	b.wait("document.querySelector('#count .have') && document.querySelector('#count .have').innerText === '1' && !document.querySelector('.sign')")
	b.shot("pda-06-second")
	b.scan("8801234567893")
	b.wait("document.querySelector('.sign-done')")
	b.shot("pda-07-done")
	b.wait("document.querySelector('#name') && document.querySelector('#name').innerText.indexOf('메탈') === 0 && !document.querySelector('.sign')")
	b.scan("8809876543210")
	b.wait("document.querySelector('.pda[data-step=drop]')")
	b.settled()
	b.shot("pda-08-drop")
	b.scan("LOC-DROP-1")
	b.wait("document.querySelector('#idle .work')")

	all := f.messages()
	var codes []string
	ids := map[string]bool{}
	for _, m := range all {
		codes = append(codes, m.Code+m.Action)
		id, err := edge.ParseID(m.ID)
		require.NoError(t, err)
		assert.WithinDuration(t, time.Now(), id.Time(), time.Minute)
		assert.False(t, ids[m.ID])
		ids[m.ID] = true
		_, err = time.Parse(time.RFC3339Nano, m.At)
		assert.NoError(t, err)
		if m.T == "scan" {
			assert.Contains(t, []string{"wedge", "typed"}, m.Source)
		} else {
			assert.Equal(t, uint64(7), m.Rev, "an act names the screen it was pressed on")
		}
	}
	assert.Equal(t, []string{"start", "TOTE-00007", "8809876543210", "8801234567893", "8801234567893", "8809876543210", "LOC-DROP-1"}, codes)
}

// TestKeysCountByTheirPlace: the Korean method on, Caps Lock, keypad digits, a
// GS inside, CR LF at the end.
func TestKeysCountByTheirPlace(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	f.decide = func(message) answer { return answer{edge.Unknown, "scan.unknown", nil, nil} }
	b.logIn()
	b.press(keysOf(t, "ABc-123"), true)
	b.press([]key{{"Enter", false, false}}, true) // LF after CR, or Enter seen twice
	b.press([]key{{"Numpad4", false, false}, {"NumpadAdd", false, false}, {"Numpad2", false, false}, {"NumpadEnter", false, false}}, false)
	b.scan("0108801234567893\x1d10A")
	b.wait("document.querySelector('.sign[data-code=unknown]')")
	require.Eventually(t, func() bool { return len(f.messages()) == 3 }, 30*time.Second, 10*time.Millisecond)
	var codes []string
	for _, m := range f.messages() {
		codes = append(codes, m.Code)
	}
	assert.Equal(t, []string{"ABc-123", "4+2", "0108801234567893\x1d10A"}, codes)
	b.sound("unknown")
}

// TestLineIsCut: scans pulled while the line is down are kept, shown, and sent
// in order with the ids they had; a verdict that was lost comes by a repeat;
// nothing counts twice.
func TestLineIsCut(t *testing.T) {
	t.Parallel()
	f, p, b := pda(t)
	b.logIn()
	b.click("[data-flow=pick]")
	b.wait("document.querySelector('.pda[data-step=tote]')")
	b.settled()
	f.mu.Lock()
	f.cut = 1
	f.mu.Unlock()
	b.scan("TOTE-00007") // decided, and the answer is lost with the line
	b.wait("document.querySelector('.pda[data-step=item]')")
	b.settled()
	f.line(true)
	b.wait("document.querySelector('#sync[data-online=no]')")
	b.scan("8801234567893")
	b.scan("8801234567893")
	b.scan("8809876543210")
	b.wait("document.querySelector('#sync').getAttribute('data-unsent') === '3'")
	assert.Contains(t, b.text("#waiting"), "3")
	b.shot("pda-09-offline")
	b.sound("offline")
	b.goTo("/pda") // a reload in the dead spot
	f.line(false)
	b.wait("document.querySelector('.pda[data-step=drop]')")
	b.settled()
	assert.Equal(t, 2, p.at)

	seen := map[string]int{}
	var order []string
	for _, m := range f.messages() {
		if seen[m.ID]++; seen[m.ID] == 1 {
			order = append(order, m.Code+m.Action)
		}
	}
	assert.Equal(t, []string{"start", "TOTE-00007", "8801234567893", "8801234567893", "8809876543210"}, order)
	again := 0
	for _, n := range seen {
		again += n - 1
	}
	assert.Equal(t, 1, again, "the message whose answer was lost was sent once more, with its id")
	f.mu.Lock()
	seq := f.seq
	f.mu.Unlock()
	assert.NotEqual(t, 0, b.number("Number(document.querySelector('#sync').getAttribute('data-unseen'))"))
	f.frame(map[string]any{"t": "seen", "epoch": "e1", "seq": seq})
	b.wait("document.querySelector('#sync').getAttribute('data-unseen') === '0'")
}

func TestActsAndDialogs(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	b.click("[data-flow=pick]")
	b.wait("document.querySelector('.pda[data-step=tote]')")
	b.scan("TOTE-00007")
	b.wait("document.querySelector('.pda[data-step=item]')")
	b.settled()
	assert.Equal(t, 1, b.number("document.querySelector('[data-action=quantity]').disabled ? 1 : 0"), "the first unit is scanned")
	b.scan("8801234567893")
	b.wait("document.querySelector('#count .have').innerText === '1'")
	b.settled()

	b.click("[data-action=short]")
	b.wait("document.querySelector('#short')")
	b.shot("pda-10-short")
	b.sound("short")
	b.click("#short [data-code=damaged]")
	b.wait("!document.querySelector('#short') && document.querySelector('.sign')")
	m := f.messages()[len(f.messages())-1]
	assert.Equal(t, "short", m.Action)
	assert.Equal(t, map[string]any{"found": 1.0, "reason": "damaged"}, m.Args)

	b.click(".sign")
	b.settled()
	b.click("[data-action=quantity]")
	b.wait("document.querySelector('#number')")
	b.shot("pda-11-quantity")
	b.sound("quantity")
	b.press([]key{{"Digit2", false, false}, {"Enter", false, false}}, false) // digits from keys count too
	b.wait("!document.querySelector('#number')")
	require.Eventually(t, func() bool { all := f.messages(); return all[len(all)-1].Action == "quantity" }, 30*time.Second, 10*time.Millisecond)
	m = f.messages()[len(f.messages())-1]
	assert.Equal(t, map[string]any{"n": 2.0}, m.Args)
	b.wait("document.querySelector('.sign')")
	b.click(".sign")
	b.settled()

	b.click("[data-action=quantity]")
	b.wait("document.querySelector('#number')")
	b.scan("8809876543210") // a scan closes the dialog and counts as a scan
	b.wait("!document.querySelector('#number') && document.querySelector('.sign[data-code=wrong]')")
	b.click(".sign")
	b.settled()
	b.click(".thumb .more")
	b.wait("document.querySelector('#more')")
	b.shot("pda-12-more")
	b.sound("more")
	f.mu.Lock()
	f.decide = func(message) answer { return answer{edge.OK, "help.called", nil, nil} }
	f.mu.Unlock()
	b.click("#more [data-action=help]")
	b.wait("document.querySelector('.notes [data-key=\"help.called\"]')") // it stays to be read
	b.shot("pda-13-help")
}

func TestPINAndRefusedLogin(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.goTo("/pda")
	b.wait("document.querySelector('.login')")
	b.scan("LEAD-1")
	b.wait("document.querySelector('#pin')")
	b.shot("pda-13-pin")
	b.sound("pin")
	b.press([]key{{"Digit1", false, false}, {"Enter", false, false}}, false)
	b.wait("document.querySelector('.problem').innerText !== '' && !document.querySelector('#pin')")
	b.scan("LEAD-1")
	b.wait("document.querySelector('#pin')")
	b.scan("4711")
	b.wait("document.documentElement.getAttribute('data-phase') === 'work'")
	assert.True(t, f.in)
}

// TestMovedAndRevoked: a socket that the edge closes for good ends the page's
// session and says why.
func TestMovedSession(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	b.number("(window.said = [], window.speechSynthesis.speak = function (u) { window.said.push(u.text) }, 1)")
	f.closeWith(4409)
	b.wait("document.querySelector('.login')")
	assert.Contains(t, b.text(".problem"), "다른 기기")
	b.wait("/다른 기기/.test(window.said.join())") // it is heard too: nobody looks while picking
}

// TestWhatAWorkerDidNotSee: the siren goes with its button alone; a screen that
// the edge changes closes the dialog that asked about the old one; a code that
// no frame can carry is refused here and holds nothing up.
func TestWhatAWorkerDidNotSee(t *testing.T) {
	t.Parallel()
	f, p, b := pda(t)
	b.logIn()
	p.open, p.tote, p.have = true, "TOTE-00007", 1
	f.push(*p.screen())
	b.click("[data-action=quantity]")
	b.wait("document.querySelector('#number')")
	p.have = 0
	f.push(*p.screen())
	b.wait("!document.querySelector('#number') && document.querySelector('#count .have').innerText === '0'")

	cancelled := edge.Screen{Flow: edge.Idle, Step: "cancelled", Task: &edge.Task{ID: "T-1", Orders: []string{"536365"}}, Expect: []edge.Expect{}, Actions: []string{"ack", "help"}}
	f.mu.Lock()
	f.decide = func(m message) answer {
		if m.Action == "ack" {
			return answer{edge.OK, "ack.done", map[string]any{"order": "536365"}, idleScreen(3)}
		}
		next := cancelled
		return answer{edge.Cancelled, "order.cancelled", map[string]any{"order": "536365"}, &next}
	}
	f.mu.Unlock()
	b.scan("TOTE-00007")
	b.wait("document.querySelector('.sign-cancelled #ack')")
	b.shot("pda-14-cancelled")
	b.do(chromedp.MouseClickXY(180, 60)) // a touch beside the button
	b.scan("TOTE-00008")                 // nor does a pull take it away
	require.Eventually(t, func() bool { return len(f.messages()) == 2 }, 30*time.Second, 10*time.Millisecond)
	b.click(".sign-cancelled #ack")
	b.wait("document.querySelector('#idle .work') && !document.querySelector('.sign-cancelled')")
	assert.Equal(t, "ack", f.messages()[2].Action)

	b.click(".thumb .more")
	b.click("#more [data-action=typed]")
	b.wait("document.querySelector('#typed input')")
	b.number(`(function(){var i=document.querySelector('#typed input');i.removeAttribute('maxlength');i.value=Array(3000).join('x');i.dispatchEvent(new Event('input',{bubbles:true}));return 1})()`)
	b.click("#typed .primary")
	b.wait("document.querySelector('.sign[data-key=\"error.refused\"]')")
	assert.Equal(t, 0, b.number("Number(document.querySelector('#sync').getAttribute('data-unsent'))"))
	assert.Len(t, f.messages(), 3)
}
