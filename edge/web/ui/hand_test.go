package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// shown pushes a screen and waits until the page has it.
func (f *fake) shown(b *tab, page string, s edge.Screen) {
	b.t.Helper()
	f.push(s)
	b.wait(fmt.Sprintf("document.querySelector('.%s').getAttribute('data-rev') === '%d' && !document.querySelector('.sign')", page, f.screen.Rev))
	b.sound(s.Step)
}

// A packer with a PDA sees where the work goes on and what to take out of the tote;
// the shelf that it came from is behind them.
func TestWhatAPackerSeesOnAPDA(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	s := packScreen("item")
	s.Station, s.Quantity, s.Expect[0].Location = "pack-1", nil, "Y97-01-1"
	f.shown(b, "pda", s)
	assert.Equal(t, "상품을 스캔", b.text("#ask"))
	assert.Zero(t, b.number("document.querySelectorAll('#where').length"), "no shelf")
	assert.Contains(t, b.text(".top .about"), "포장대 pack-1")
	assert.Contains(t, b.text(".tote"), "TOTE-00007")

	stick := packScreen("waybill")
	f.shown(b, "pda", stick)
	assert.Zero(t, b.number("document.querySelectorAll('.tote').length"), "the tote is done with")

	load := loadScreen()
	for i := range 6 {
		load.Expect = append(load.Expect, edge.Expect{Kind: "waybill", Code: fmt.Sprintf("58123456800%d", i)})
	}
	f.shown(b, "pda", load)
	assert.Greater(t, b.number(inView+`(".truck-chips")`), 40, "however much is left, the three lists stay in sight")
}

// What goes into a box beside the goods is asked for by its name; what has no barcode
// is put in by a touch, and what is not there is said.
func TestWhatGoesInBesideTheGoods(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	f.decide = func(message) answer { return answer{edge.OK, "pack.insert", map[string]any{"scanned": "card"}, nil} }
	b.logIn()
	insert := boxScreens()["insert"]
	card := insert
	card.Expect = []edge.Expect{{Kind: "insert", Code: "card", Box: "B-4"}}
	for l, want := range map[string][]string{"ko": {"사은품 스티커 세트", "메시지 카드", "없음"}, "ja": {"おまけステッカーセット", "メッセージカード", "ありません"}, "en": {"Gift sticker set", "Message card", "None here"}} {
		b.speak(l)
		for page, size := range map[string][2]int64{"pda": {360, 640}, "desk": {1280, 800}} {
			b.do(chromedp.EmulateViewport(size[0], size[1]))
			b.goTo("/" + page)
			b.wait("document.querySelector('#sync[data-online=yes]')")
			f.shown(b, page, insert)
			assert.Equal(t, want[0], b.text("#name"), page)
			assert.Equal(t, "GIFT-7", b.text("#where"), page)
			f.shown(b, page, card)
			assert.Equal(t, want[1], b.text("#name"), page)
			assert.Zero(t, b.number("document.querySelectorAll('#where').length"), "%s %s: there is no code to scan", l, page)
			assert.Equal(t, want[2], b.text("[data-action=skip]"), "%s %s: in reach", l, page)
			b.shot("hand-insert-" + page + "-" + l)
		}
	}
	n := len(f.messages())
	b.click("#putIn")
	m := f.asked(t, n+1)
	assert.Equal(t, []string{"scan", "card", "typed"}, []string{m.T, m.Code, m.Source})
}

// Of two orders in one box that want the same article one line is in hand.
func TestOneLineIsInHand(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	b.do(chromedp.EmulateViewport(1280, 800))
	b.goTo("/desk")
	b.wait("document.querySelector('#sync[data-online=yes]')")
	s := boxScreens()["together"]
	for i := range s.Lines {
		s.Lines[i] = edge.ScreenLine{Line: fmt.Sprint(1 + i%2), SKU: []string{"SKU-1", "SKU-2"}[i%2], Want: 2, Order: s.Task.Orders[i/2]}
	}
	s.Expect = []edge.Expect{{Kind: "item", SKU: "SKU-1", Line: "1", Code: "2900000098046"}}
	f.shown(b, "desk", s)
	assert.Equal(t, 1, b.number("document.querySelectorAll('.line.now').length"))
	assert.Equal(t, 1, b.number("document.querySelectorAll('[data-order$=\"-A\"] .line.now').length"), "the first order's")
	f.shown(b, "desk", boxScreens()["totes"])
	assert.Equal(t, "TOTE-00007 ✓", b.text(".tote"), "the one that is here already")
}

// The printed UNDO is the button of the screen that was seen; where there is none it is
// a code like any other.
func TestThePrintedUndo(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	f.decides(func(message) answer { return answer{edge.OK, "undo.done", nil, nil} })
	b.logIn()
	b.goTo("/pda")
	b.settled()
	s := edge.Screen{Flow: edge.Pick, Mode: "order", Step: "item", Expect: []edge.Expect{{Kind: "item", SKU: "SKU-1", Code: "2900000098046"}}}
	for i, actions := range [][]string{{"undo", "help", "leave"}, {"help", "leave"}} {
		s.Actions = actions
		f.push(s)
		b.wait(fmt.Sprintf("document.querySelector('.pda').getAttribute('data-rev') === '%d'", f.screen.Rev))
		b.scan("UNDO")
		m := f.asked(t, i+1)
		if i == 0 {
			assert.Equal(t, "act undo", m.T+" "+m.Action)
			assert.Equal(t, f.screen.Rev, m.Rev)
		} else {
			assert.Equal(t, "scan UNDO", m.T+" "+m.Code)
		}
	}
}

// A weight that is off: what stood on the scale stays in sight until a lead has
// judged it; the lead's badge counts before the reason too, and a wrong PIN is said.
func TestALeadJudgesAWeight(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	f.decide = func(m message) answer {
		if m.Action == "override" {
			return answer{edge.Denied, "role.missing", map[string]any{"role": "lead"}, nil}
		}
		return answer{edge.Wrong, "pack.wrongWeight", map[string]any{"expected": "1180", "scanned": "2204"}, nil}
	}
	b.logIn()
	f.shown(b, "pda", boxScreens()["weight"])
	assert.Equal(t, "박스를 저울에 올리세요", b.text("#ask"))
	b.scan("2204")
	b.wait("document.querySelector('.refusal')")
	assert.Equal(t, "예상 무게 1180 g 잰 무게 2204 g", b.text(".refusal .both"))
	assert.Contains(t, b.text(".refusal"), "관리자 승인")
	assert.Contains(t, b.text(".refusal .go"), "저울")
	b.sound("weight")
	b.shot("hand-weight")
	b.click(".refusal")
	b.click(".thumb [data-action=override]")
	assert.Contains(t, b.text("#override .hint"), "2204 g")
	b.scan("LEAD-1")
	b.wait("document.querySelector('#shown-badge')")
	n := len(f.messages())
	b.click("#override [data-code=checked]")
	b.scan("0000")
	m := f.asked(t, n+1)
	assert.Equal(t, map[string]any{"reason": "checked", "badge": "LEAD-1", "pin": "0000"}, m.Args)
	b.wait("document.querySelector('.sign-denied')")
	assert.Contains(t, b.text(".refusal p"), "관리자 배지나 PIN이 맞지 않습니다")
}

// Work on paper is entered for whoever's order it is, and what does not fit is said
// in words.
func TestPaperOfAnotherClient(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.board = boardOf(t)
	f.rest["/site/v1/orders/2611"] = `{"order":{"id":"2611","client":"hanbit","lines":[{"id":"1"}]},"boxes":[]}`
	f.rest["POST /site/v1/paper"] = `{"printed":"2026-11-29T14:14:00.000+09:00","by":"w-900","sent":0,"items":[{"order":"2611","client":"hanbit","carrier":"cj","lines":[{"line":"1","sku":"A","location":"C08-21-3","quantity":2,"capture":["lot"]}]}]}`
	f.rest["POST /site/v1/manual"] = `{"ok":false,"code":"unexpected","say":{"key":"paper.lines","args":{"lines":1,"line:1":"over"}}}`
	b := leadPage(t, f.server.URL, "/lead", 1280, 800)
	_, err := chromedp.Run(b.ctx, func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "America/New_York"})
		return chromedp.Void{}, err
	})
	require.NoError(t, err)
	b.click(".menu-button")
	b.click("[data-page-of=paper]")
	b.click("#paper form button[type=submit]")
	b.wait("document.querySelector('.pick-page tbody tr')")
	page := b.text(".pick-page")
	for _, want := range []string{"CJ대한통운", "피킹 수량", "로트 ______"} {
		assert.Contains(t, page, want)
	}
	b.fill("#paper-entry [name=order]", "2611")
	b.wait("document.querySelector('#paper-entry [role=status]').innerText === ''")
	for name, v := range map[string]string{"quantity-1": "5", "tote": "TOTE-00011", "by": "w-001", "at": "00:00", "reason": "radio"} {
		b.fill("#paper-entry [name="+name+"]", v)
	}
	b.click("#paper-entry button[type=submit]")
	b.wait("/\\u2715/.test(document.querySelector('#paper-entry [role=status]').innerText)")
	assert.Regexp(t, "없습니다|않았습니다|않음|안 함", b.text("#paper-entry [role=status]"))
	assert.Contains(t, b.text("#paper-entry [role=status]"), " 라인 1: 주문 수량보다 많음")
	assert.NotContains(t, b.text("#paper-entry [role=status]"), "line")
	f.mu.Lock()
	last := f.writes[len(f.writes)-1]
	f.mu.Unlock()
	require.True(t, strings.HasPrefix(last, "/site/v1/manual "), last)
	assert.Contains(t, last, `"client":"hanbit"`)
	assert.Contains(t, last, `T00:00:00.000+09:00"`, "by the site's clock, whatever this computer's is")

	// An id that two clients have: one of them is chosen, nobody's is sent before, and
	// nothing of an order that was found earlier stays.
	f.mu.Lock()
	f.rest["/site/v1/orders/77"] = `{"code":"clientNeeded"}`
	f.rest["/site/v1/orders?limit=1000&find=77"] = `{"items":[{"id":"77","client":"hanbit"},{"id":"771","client":"mori"},{"id":"77","client":"default"}]}`
	f.rest["/site/v1/orders/77?client=default"] = `{"order":{"id":"77","client":"default","lines":[{"id":"1"},{"id":"2"}]},"boxes":[]}`
	f.mu.Unlock()
	b.fill("#paper-entry [name=order]", "77")
	b.wait("document.querySelectorAll('#paper-entry [name=client] option').length === 3")
	assert.Contains(t, b.text("#paper-entry [role=status]"), "고객사를 고르세요")
	require.Equal(t, 1, b.number("document.querySelector('#paper-entry').checkValidity() ? 0 : 1"), "it is not sent before the client is chosen")
	b.do(chromedp.Evaluate[chromedp.Void](`(() => { const s = document.querySelector("#paper-entry [name=client]"); s.value = "default"; s.dispatchEvent(new Event("change", { bubbles: true })); })()`))
	b.wait("document.querySelector('#paper-entry [name=quantity-2]')")
	require.Equal(t, 1, b.number("document.querySelector('#paper-entry [name=client]').value === 'default' ? 1 : 0"))
	b.click("#paper-entry button[type=submit]")
	require.Eventually(t, func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return strings.Contains(f.writes[len(f.writes)-1], `"order":"77","client":"default"`)
	}, 30*time.Second, 10*time.Millisecond)
}

// A label that was made again is the second of its box, not one made again twice.
func TestTheSecondLabelOfABox(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	b.do(chromedp.EmulateViewport(1280, 800))
	for l, want := range map[string]string{"ko": "송장 2장째", "ja": "2枚目の送り状", "en": "Copy 2"} {
		b.speak(l)
		b.goTo("/desk")
		b.wait("document.querySelector('#sync[data-online=yes]')")
		f.shown(b, "desk", boxScreens()["weight"])
		assert.Contains(t, b.text("#box"), want, l)
	}
}
