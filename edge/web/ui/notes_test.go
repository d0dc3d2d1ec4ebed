package ui

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"dcedge/edge"
)

// ahead has the page's long waits end at once, and lets a test move its clock on by
// window.later.
func (b *tab) ahead() {
	b.t.Helper()
	b.number(`(function(){var real=window.setTimeout;window.setTimeout=function(g,ms){return real(g,ms>5000?20:ms)};var now=Date.now;window.later=0;Date.now=function(){return now()+window.later};return 1})()`)
}

func notice(code, key string, args map[string]any) map[string]any {
	return map[string]any{"t": "notice", "code": code, "say": map[string]any{"key": key, "args": args}}
}

const notes = "document.querySelectorAll('.notes p').length"

// TestAHoldIsReadAndGoes: a hold of an order is not taken away by time alone, and does
// not stand over good scans of other things, as a cancel does not.
func TestAHoldIsReadAndGoes(t *testing.T) {
	f, p, b := pda(t)
	b.logIn()
	p.open, p.tote = true, "TOTE-00008"
	b.shows(f, *p.screen())
	b.ahead()
	f.frame(notice("ok", "help.called", nil))
	f.frame(notice("hold", "order.held", map[string]any{"order": "V-2", "reason": "address"}))
	f.frame(notice("hold", "order.held", map[string]any{"order": "V-3", "reason": "address"}))
	b.wait("!document.querySelector('.notes p[data-key=\"help.called\"]') && " + notes + " === 2")
	assert.Contains(t, b.text(".notes"), "V-2", "the one does not take the other away")
	f.frame(notice("hold", "pick.heldTote", map[string]any{"order": "V-4", "tote": "TOTE-00009"}))
	b.wait(notes + " === 3")
	assert.Contains(t, b.text(".notes"), "1", "two are shown, and how many more there are")
	b.scan("8801234567893")
	b.settled()
	assert.Equal(t, 3, b.number(notes), "this scan was on its way")
	b.number("window.later += 3000")
	b.scan("NOTHING")
	b.wait("document.querySelector('.sign-unknown')")
	assert.Equal(t, 3, b.number(notes), "nothing was gone on with")
	b.click(".sign")
	b.scan("8801234567893")
	b.wait("!document.querySelector('.notes p')")

	held := *p.screen()
	held.Step, held.Expect, held.Actions = "held", nil, []string{"help", "leave"}
	b.shows(f, held)
	f.frame(notice("hold", "order.held", map[string]any{"order": "536365", "reason": "lead"}))
	b.wait(notes + " === 1")
	b.shows(f, *p.screen())
	assert.Zero(t, b.number(notes), "a lead has let it go")
}

// TestAStoppedPrinterStaysSaid: for as long as the screen has it stopped, over scans
// that say nothing of it.
func TestAStoppedPrinterStaysSaid(t *testing.T) {
	f, _, b := pda(t)
	b.logIn()
	stopped := packScreen("item")
	stopped.Printer.State = "noPaper"
	b.shows(f, stopped)
	b.ahead()
	printer := stopped.Printer.Name
	f.decides(func(message) answer { return answer{edge.OK, "pack.item", map[string]any{"have": 1, "want": 2}, &stopped} })
	f.frame(notice("hold", "printer.stopped", map[string]any{"printer": printer, "state": "noPaper"}))
	f.frame(notice("hold", "waybill.none", map[string]any{"carrier": "cj"}))
	b.wait("document.querySelector('.notes p[data-key=\"printer.stopped\"]') && " + notes + " === 1")
	b.number("window.later += 3000")
	b.scan("8801234567893")
	b.settled()
	assert.Equal(t, 1, b.number(notes), "it has no paper still")
	stopped.Printer.Name = "printer-9"
	b.shows(f, stopped)
	assert.Zero(t, b.number(notes), "labels come out elsewhere now, as the screen says")
}
