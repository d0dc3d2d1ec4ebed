package ui

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// fill types into a field, as far as the page can tell.
func (b *tab) fill(selector, value string) {
	b.t.Helper()
	b.wait(fmt.Sprintf(`(() => {
		const f = document.querySelector(%q);
		if (!f) return false;
		f.focus();
		f.value = %q;
		f.dispatchEvent(new Event("input", { bubbles: true }));
		f.blur();
		return true;
	})()`, selector, value))
}

// logout ends the session by the menu.
func (b *tab) logout() {
	b.t.Helper()
	b.click("button.more")
	b.click("#more [data-action=logout]")
	b.wait("document.querySelector('.login')")
}

// startCheck leads through the start of a shift as a worker does.
func (b *tab) startCheck() {
	b.t.Helper()
	b.wait("document.querySelector('#start-check')")
	b.shot("shift-1-start")
	for range 7 {
		b.click("#start-check [data-action=heard]")
	}
	b.click("#start-check [data-action=unheard]")
	b.wait("!document.querySelector('#start-check [data-action=heard]')")
	b.click("#start-check [data-action=begin]")
	b.wait("!document.querySelector('#start-check')")
}

// TestShiftPages: the start check books itself, practice has its frame, and a lead
// gives badges, prints pick lists, enters one and signs the shift: all by the pages,
// at the real edge.
func TestShiftPages(t *testing.T) {
	t.Parallel()
	p := startPrinter(t)
	url := startEdge(t, p.Addr())
	b := open(t, url, 360, 640)
	b.goTo("/pda?device=pda-07")
	b.wait("document.querySelector('.login')")
	b.scan("W-001")
	b.wait("document.querySelector('#start-check')")
	b.scan("NO-SUCH-CODE") // a scan is never swallowed: the check waits for the next login
	b.wait("!document.querySelector('#start-check') && document.querySelector('.sign')")
	b.click(".sign")
	b.wait("!document.querySelector('.sign')")
	b.logout()
	b.click("[data-action=practice]")
	b.scan("W-001")
	b.wait("document.querySelector('#practice') && document.querySelector('.pda.flow-idle [data-flow=pick]')")
	b.shot("shift-2-practice")
	assert.Zero(t, b.number("document.querySelector('#start-check') ? 1 : 0"))
	b.logout()
	b.scan("W-001")
	b.startCheck()

	lead := leadPage(t, url, "/lead", 1440, 900)
	lead.wait("document.querySelector('.menu-button')")
	page := func(name string) {
		lead.click(".menu-button")
		lead.click("[data-page-of=" + name + "]")
	}
	page("badges")
	lead.fill("[name=names]", "Nguyen Van An")
	lead.click("#badges form button[type=submit]")
	lead.wait("document.querySelector('.badge-cards li svg rect') && document.querySelector('.people-list li')")
	lead.shot("shift-3-badges")
	lead.click(".told .no-print button")
	lead.wait("/1/.test(document.querySelector('.told [role=status]').innerText)")
	lead.click(".drawer .close")

	page("paper")
	lead.fill("[name=orders]", "536365")
	lead.click("#paper form button[type=submit]")
	lead.wait("document.querySelectorAll('.pick-page tbody tr').length === 2 && document.querySelector('.pick-page header svg')")
	lead.shot("shift-4-paper")
	lead.fill("#paper-entry [name=order]", "536365")
	lead.fill("#paper-entry [name=reason]", "radio")
	lead.wait("document.querySelector('[name=quantity-2]')")
	lead.fill("[name=quantity-1]", "2")
	lead.fill("[name=quantity-2]", "5")
	lead.fill("#paper-entry [name=tote]", "TOTE-00011")
	lead.fill("#paper-entry [name=by]", "w-001")
	lead.fill("#paper-entry [name=at]", "00:00")
	lead.click("#paper-entry button[type=submit]")
	lead.wait("/\\u2715/.test(document.querySelector('#paper-entry [role=status]').innerText)")
	lead.shot("shift-5-entry")
	lead.fill("[name=quantity-2]", "1")
	lead.click("#paper-entry button[type=submit]")
	lead.wait("/\\u2713/.test(document.querySelector('#paper-entry [role=status]').innerText)")
	lead.click(".drawer .close")

	page("shift")
	lead.wait("document.querySelector('[data-kind=totes]')")
	lead.fill("#shift-end textarea", "포장대 2 용지 부족")
	lead.fill("#shift-end [name=badge]", "LEAD-1")
	lead.fill("#shift-end [name=pin]", "4711")
	lead.shot("shift-6-end")
	assert.Regexp(t, `^남은 [1-9]\d*건을 두고`, lead.text("#shift-end button[type=submit]"), "it is not signed as if nothing were open")
	lead.click("#shift-end button[type=submit]")
	lead.wait("document.querySelector('[data-action=note]')")
	lead.click("[data-action=note]")
	lead.wait("/용지 부족/.test((document.querySelector('.last-shift blockquote')||{}).innerText)")
	lead.click("[data-action=seen]")
	lead.wait("!document.querySelector('[data-action=seen]')")
	lead.shot("shift-7-signed")

	events := string(ask(t, "GET", url+"/sync/v1/events?after=start&limit=1000", ""))
	for _, want := range []string{"shift.started", "paper.entered", "shift.ended", `"manual":true`, `"unheard":["unknown"]`} {
		assert.Contains(t, events, want)
	}
	assert.NotContains(t, events, "Nguyen")
	assert.NotContains(t, events, "용지")
}

// TestNobodyEndsAShiftWithWorkInTheHand: the edge refuses it, and the page stays and
// says what is to be done; with the work put down the shift ends.
func TestNobodyEndsAShiftWithWorkInTheHand(t *testing.T) {
	t.Parallel()
	p := startPrinter(t)
	url := startEdge(t, p.Addr())
	b := open(t, url, 360, 640)
	b.goTo("/pda?device=pda-07")
	b.wait("document.querySelector('.login')")
	b.scan("W-001")
	b.wait("document.querySelector('#start-check')")
	b.click("#start-check .close")
	b.click("#idle .work")
	b.wait("document.querySelector('.pda[data-step=tote]')")
	b.click(".thumb .more")
	b.click("#more [data-action=endShift]")
	b.wait("document.querySelector('.refusal[data-key=\"shift.workOpen\"]')")
	b.click(".sign")
	b.wait("!document.querySelector('.sign')")
	b.click(".thumb [data-action=leave]")
	b.wait("document.querySelector('.pda.flow-idle') && !document.querySelector('.sign')")
	b.click(".thumb .more")
	b.click("#more [data-action=endShift]")
	b.wait("document.querySelector('.login')")
	assert.Contains(t, string(ask(t, "GET", url+"/sync/v1/events?after=start&limit=1000", "")), `"shift.ended"`)
}
