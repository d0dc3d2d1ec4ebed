package ui

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"

	"dcedge/edge"
)

// TestPiecesInTheReadersWords: a Japanese floor counts neither in EA nor in BOX, and
// what is too many differs by its number, not by its article.
func TestPiecesInTheReadersWords(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	f.decides(func(message) answer {
		return answer{edge.Over, "pick.over", map[string]any{"remaining": 2, "scanned": 6}, nil}
	})
	b.logIn()
	for l, want := range map[string][3]string{"ja": {"2ケース (=12) + 2個", "個", "正しいもの 2個 スキャンしたもの 6個"}, "ko": {"2 BOX (=12) + 2 EA", "EA", "맞는 것 2 EA 스캔한 것 6 EA"}} {
		b.speak(l)
		b.goTo("/pda")
		b.wait("document.querySelector('#sync[data-online=yes]')")
		f.shown(b, "pda", pickingStep("item"))
		assert.Equal(t, want[0], b.text("#cases"))
		assert.Equal(t, want[1], b.text("#count .ea"))
		b.scan("2900000098046")
		b.wait("document.querySelector('.refusal')")
		assert.Equal(t, want[2], b.text(".refusal .both"))
		b.click(".refusal")
	}
}

// TestNumbersSideBySide: two numbers that are to be compared break between their
// groups, never within one.
func TestNumbersSideBySide(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	f.decides(func(message) answer {
		return answer{edge.Wrong, "pack.wrongWaybill", map[string]any{"expected": "650000000000", "scanned": "650000000011"}, nil}
	})
	b.logIn()
	f.shown(b, "pda", packScreen("waybill"))
	b.scan("650000000011")
	b.wait("document.querySelector('.refusal .both')")
	assert.Equal(t, 0, b.number(`[].slice.call(document.querySelectorAll(".both dd.code")).reduce(function (n, dd) {
		var walk = document.createTreeWalker(dd, NodeFilter.SHOW_TEXT), at, group = /[^-]+/g, m
		while ((at = walk.nextNode())) while ((m = group.exec(at.data))) {
			var r = document.createRange()
			r.setStart(at, m.index)
			r.setEnd(at, m.index + m[0].length)
			if (r.getClientRects().length > 1) n++
		}
		return n
	}, 0)`), "groups of digits that are torn apart")
	assert.Contains(t, b.text(".refusal .both"), "6500-0000-0011")
}

// TestAnOrderTakenAwayTakesItsWayAlong: where to go on is no word for whoever has
// nothing in hand any more.
func TestAnOrderTakenAwayTakesItsWayAlong(t *testing.T) {
	t.Parallel()
	f, p, b := pda(t)
	f.decides(func(message) answer {
		return answer{edge.OK, "short.other", map[string]any{"location": "C09-04-2", "missing": 1}, p.screen()}
	})
	b.logIn()
	p.open, p.tote, p.have = true, "TOTE-00007", 1
	b.shows(f, *p.screen())
	b.click(".thumb [data-action=short]")
	b.click("[data-code=none]")
	b.wait("document.querySelector('.notes [data-key=\"short.other\"]')")
	b.shows(f, *idleScreen(40))
	assert.Zero(t, b.number("document.querySelectorAll('.notes [data-key=\"short.other\"]').length"))
}

// TestWorkInOneLine: what can be started is named in one line, in the longest words too.
func TestWorkInOneLine(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	s := idleScreen(1400)
	s.Work = nil
	for _, mode := range []string{"order", "cluster", "total"} {
		s.Work = append(s.Work, edge.Waiting{Flow: "pick", Mode: mode, Waiting: 1400})
	}
	s.Work = append(s.Work, edge.Waiting{Flow: "pick", Mode: "order", Zone: "D", Waiting: 1400})
	for _, l := range []string{"ko", "ja", "en"} {
		b.speak(l)
		b.goTo("/pda")
		b.wait("document.querySelector('#sync[data-online=yes]')")
		f.shown(b, "pda", *s)
		assert.Less(t, b.number("Math.max.apply(null, [].slice.call(document.querySelectorAll('.work:not(.first) .flow')).map(function (e) { return Math.round(e.getBoundingClientRect().height) }))"), 50, l)
	}
}

// TestWhatAnOrderWaitsForIsNamed: the kind of a record that is not there is said in the
// reader's language, and so is what a list is narrowed to, whole.
func TestWhatAnOrderWaitsForIsNamed(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.board = `{"t":"snapshot","n":1,"edgeTime":"NOW","site":"ICN1","items":{"head":{"":{"head":1,"open":1,"orders":1}},"exceptions":{"parked:O-1":{"kind":"parked","id":"O-1","order":"O-1","missing":["carrier:yamato","sku:UX-9","location:U01"],"since":"2026-11-21T08:00:00Z"}}}}`
	f.rest["/site/v1/kpi"] = `{"items":[]}`
	f.rest["/site/v1/audit?limit=50&kind=acts"] = auditPage
	f.rest["/site/v1/workers"] = `{"items":[]}`
	b := leadPage(t, f.server.URL, "/lead", 1280, 800)
	b.speak("ja")
	b.goTo("/lead")
	b.wait("document.querySelectorAll('#trouble ol > li').length === 1")
	assert.Contains(t, b.text("#trouble"), "運送会社 yamato, 商品 UX-9, 棚 U01")
	b.do(chromedp.EmulateViewport(360, 640))
	b.click(".menu-button")
	b.click("[data-page-of=audit]")
	b.wait("document.querySelector('#audit li')")
	assert.Greater(t, b.number("document.querySelector('#audit [name=kind]').clientWidth"), 260, "its longest choice can be read")
}

// TestADeskSaysOneThingOfAPrinter: what it was is gone from the page when the printer
// works again.
func TestADeskSaysOneThingOfAPrinter(t *testing.T) {
	t.Parallel()
	f, b := deskPage(t)
	stopped := packScreen("printing")
	stopped.Printer.State = "noPaper"
	f.push(stopped)
	b.wait("document.querySelector('#printer.bad')")
	f.frame(map[string]any{"t": "notice", "code": "hold", "say": map[string]any{"key": "printer.stopped", "args": map[string]any{"printer": stopped.Printer.Name, "state": "noPaper"}}})
	b.wait("document.querySelector('.notes p')")
	f.push(packScreen("printing"))
	b.wait("document.querySelector('#printer:not(.bad)')")
	assert.Equal(t, 0, b.number("document.querySelectorAll('.notes p').length"))
}

// TestADeskSaysWhatEndsAHold: a tote of a held order is put aside until somebody lets it
// go, and the sign says who; it is read at arm's length.
func TestADeskSaysWhatEndsAHold(t *testing.T) {
	t.Parallel()
	f, b := deskPage(t)
	f.decide = func(message) answer {
		return answer{edge.Hold, "order.held", map[string]any{"order": "536365", "reason": "short"}, nil}
	}
	for _, l := range []string{"ko", "ja", "en"} {
		b.speak(l)
		b.goTo("/desk")
		b.wait("document.querySelector('#idle .work')")
		b.scan("TOTE-00007")
		b.wait("document.querySelector('.sign-hold #signNeeds')")
		assert.Equal(t, text(t, l, "heldNeeds.lead"), b.text("#signNeeds"))
		assert.GreaterOrEqual(t, b.number("parseInt(getComputedStyle(document.querySelector('.sign p')).fontSize)"), 28)
		b.sound("held " + l)
		b.shot("desk-held-" + l)
	}
}

// TestADeskThatLoads: whose truck it is and until when, with room around it.
func TestADeskThatLoads(t *testing.T) {
	t.Parallel()
	f, b := deskPage(t)
	f.push(loadScreen())
	b.wait("document.querySelector('.desk.flow-load #atDock')")
	assert.Contains(t, b.text(".desk .top .about"), text(t, "ko", "carrier.hanjin"))
	assert.GreaterOrEqual(t, b.number("document.querySelector('.truck-chips').getBoundingClientRect().left"), 24)
	b.sound("desk loads")
	b.shot("desk-load")
}

// TestADeskStaysADesk: goods that go back are not a packer's next thing.
func TestADeskStaysADesk(t *testing.T) {
	t.Parallel()
	f, b := deskPage(t)
	idle := idleScreen(41)
	idle.Work = append(idle.Work, edge.Waiting{Flow: "pack", Mode: "order", Waiting: 2}, edge.Waiting{Flow: "replenish", Waiting: 1})
	f.decide = func(message) answer { return answer{edge.OK, "ack.done", map[string]any{"order": "536365"}, idle} }
	b.scan("X-1")
	b.wait("document.querySelector('.work[data-flow=replenish]')")
	assert.Equal(t, 1, b.number("document.querySelectorAll('.work.first[data-flow=pack]').length"))
	assert.Equal(t, b.number("document.querySelectorAll('.work[data-flow=pack]').length"), b.number("[].slice.call(document.querySelectorAll('.work')).findIndex(function(e){return e.getAttribute('data-flow')==='replenish'})"), "it comes right after")
}

// deskPage is a desk at its idle page.
func deskPage(t *testing.T) (*fake, *tab) {
	f := newFake(t)
	f.screen = idleScreen(41)
	f.screen.Rev = 3
	f.rest["/floor/v1/stations"] = `{"items":[{"name":"pack-1","free":true,"printer":"p-1","state":"ready"}]}`
	b := open(t, f.server.URL, 1280, 800)
	b.goTo("/desk")
	b.wait("document.querySelector('.login')")
	b.scan("W-001")
	b.wait("document.querySelector('#sync[data-online=yes]') && document.querySelector('#idle .work')")
	return f, b
}

func text(t *testing.T, language, key string) string { return texts(t, language)[key] }
