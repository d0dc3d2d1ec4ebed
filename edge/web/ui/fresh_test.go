package ui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"

	"dcedge/edge"
)

// TestLaterIsNotNext: what is put off is not what comes next, in any language.
func TestLaterIsNotNext(t *testing.T) {
	t.Parallel()
	for _, l := range []string{"ko", "ja", "en"} {
		assert.NotEqual(t, text(t, l, "desk.next"), text(t, l, "action.skip"), l)
	}
	f, p, b := pda(t)
	b.logIn()
	p.open, p.tote, p.at = true, "TOTE-00007", 1
	b.shows(f, *p.screen())
	b.wait("document.querySelector('.thumb [data-action=skip]')")
	assert.Contains(t, b.text(".thumb [data-action=skip]"), "나중에")
	b.sound("skip")
	b.shot("skip")
}

// TestACancelAtTheHospitalSaysOfWhat: which box, of which order, and what to do, with a
// button of the usual width.
func TestACancelAtTheHospitalSaysOfWhat(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	s := outScreens()["hospital-nothing"]
	s.Hospital = &edge.HospitalView{Why: edge.WhyNothing, Todo: edge.TodoInduct, Order: "536365", Carrier: "cj"}
	s.Step, s.Box, s.Expect, s.Actions = "cancelled", "B-9", nil, []string{"ack", "help"}
	look := func(where string) {
		b.wait("document.querySelector('#stop #ack')")
		said := b.text("#stop")
		assert.Contains(t, said, "536365", where)
		assert.Contains(t, said, "B-9", where)
		assert.Contains(t, said, text(t, "ko", "step.cancelledWhat"), where)
		assert.LessOrEqual(t, b.number("Math.round(document.querySelector('#ack').getBoundingClientRect().width)"), 560, where)
		assert.GreaterOrEqual(t, b.number("Math.round(document.querySelector('#ack').getBoundingClientRect().left)"), 16, where)
		b.sound(where)
		b.shot(where)
	}
	b.shows(f, s)
	look("hospital-cancelled-pda")
	b.do(chromedp.EmulateViewport(1280, 800))
	b.goTo("/desk?station=pack-1")
	look("hospital-cancelled-desk")
}

// TestAWaybillStandsInOneLine: also beside a classic scrollbar of 15 px, with the
// truck's counts whole beneath it.
func TestAWaybillStandsInOneLine(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.do(chromedp.EmulateViewport(345, 640))
	b.logIn()
	s := outScreens()["load"]
	s.Expect = append(s.Expect, s.Expect[0])
	s.Knowledge = &edge.Knowledge{}
	for _, l := range []string{"ja", "en", "ko"} {
		b.speak(l)
		b.goTo("/pda")
		b.shows(f, s)
		assert.Equal(t, "5812-3456-7890", b.text("#where"))
		assert.Less(t, b.number("document.querySelector('#where').getBoundingClientRect().height / parseFloat(getComputedStyle(document.querySelector('#where')).lineHeight) * 10 | 0"), 15, "one line")
		assert.Positive(t, b.number(inView+`("#truck-lists")`), "%s: the counts are not cut off", l)
		b.sound("load 345 " + l)
		b.shot("load-345-" + l)
	}
}

// TestPaperListsAreOneTrouble: what is picked on paper stands in one row, whose list
// opens each order; what is wrong stays in sight.
func TestPaperListsAreOneTrouble(t *testing.T) {
	t.Parallel()
	f := leadFake(t)
	var rows []string
	for n := range 10 {
		rows = append(rows, fmt.Sprintf(`"held:P-%d":{"kind":"held","id":"P-%d","order":"P-%d","reason":"paper","since":"2026-11-21T08:00:0%dZ"}`, n, n, n, n))
	}
	rows = append(rows, `"held:O-1":{"kind":"held","id":"O-1","order":"O-1","reason":"address","since":"2026-11-21T09:00:00Z"}`)
	f.board = `{"t":"snapshot","n":1,"edgeTime":"NOW","site":"ICN1","items":{"head":{"":{"head":1,"open":11,"orders":11}},"exceptions":{` + strings.Join(rows, ",") + `}}}`
	f.rest["/site/v1/orders/P-7"] = `{"order":{"id":"P-7","client":"default","carrier":"cj","stage":"picking","received":"2026-11-21T09:00:00+09:00","lines":[]},"boxes":[]}`
	b := leadPage(t, f.server.URL, "/lead", 1440, 900)
	for _, l := range []string{"ja", "en", "ko"} {
		b.speak(l)
		b.goTo("/lead")
		b.wait("document.querySelectorAll('#trouble ol > li').length === 2")
		assert.Contains(t, b.text(".kind-heldPaper .head"), "10", l)
		b.sound("paper troubles " + l)
		b.shot("lead-paper-" + l)
	}
	assert.Contains(t, b.text(".lead-top .alarm"), "2")
	b.click(".kind-heldPaper [data-action=orders]")
	b.wait("document.querySelectorAll('.kind-heldPaper [data-order]').length === 10")
	b.shot("lead-paper-open")
	b.click(".kind-heldPaper [data-order=P-7] button")
	b.wait("document.querySelector('.drawer .story')")
	b.click(".drawer .close")
	f.boardChange(`{"t":"change","n":2,"edgeTime":"NOW","gone":{"exceptions":["held:P-0","held:P-1","held:P-2","held:P-3","held:P-4","held:P-5","held:P-6","held:P-7","held:P-8"]}}`)
	b.wait("!document.querySelector('.kind-heldPaper') && document.querySelectorAll('.kind-held').length === 2")
}
