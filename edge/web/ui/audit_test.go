package ui

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
)

const auditPage = `{"since":"2026-11-21T08:00:00.000+09:00","items":[
	{"id":"9","at":"2026-11-21T09:41:00.000+09:00","kind":"label","what":"weight.override","who":"w-004","lead":"w-900","order":"536370","client":"default","of":"B-208","device":"pack-1","reason":"checked"},
	{"id":"8","at":"2026-11-21T09:40:00.000+09:00","kind":"order","what":"order.hold","who":"w-900","order":"536371","of":"536371","source":"10.0.0.7","reason":"payment"},
	{"id":"7","at":"2026-11-21T09:39:00.000+09:00","kind":"hand","what":"hand.place","who":"w-004","order":"536370-BIG-ORDER-NUMBER-OF-A-MALL","client":"default","of":"C08-21-3-UPPER-SHELF-OF-THE-MEZZANINE","device":"pda-07"},
	{"id":"6","at":"2026-11-21T09:38:00.000+09:00","kind":"badge","what":"badge.lend","who":"w-900","of":"w-004","reason":"lost at home, comes back with it on Monday morning"},
	{"id":"55","at":"2026-11-21T09:37:30.000+09:00","kind":"truck","what":"truck.close","who":"w-004","of":"K-1","device":"browser","reason":"missing"},
	{"id":"5","at":"2026-11-21T09:37:00.000+09:00","kind":"session","what":"revoke","who":"w-900","of":"w-004","reason":"lead"},
	{"id":"4","at":"2026-11-21T09:36:00.000+09:00","kind":"restore","what":"epoch.opened","reason":"restored"}],"next":"4"}`

// TestAuditPage: who did what, when and why, in words; a person and an order can be
// chosen, more is read on demand, and an order's story leads back to the list.
func TestAuditPage(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.board = devicesBoard
	f.rest["/site/v1/kpi"] = `{"items":[]}`
	f.rest["/site/v1/workers"] = `{"items":[{"worker":"w-004","name":"임*"},{"worker":"w-900","name":"이*늘"}]}`
	f.rest["/site/v1/audit?limit=50&kind=acts"] = auditPage
	f.rest["/site/v1/audit?limit=50&before=4&kind=acts"] = `{"since":"2026-11-21T08:00:00.000+09:00","items":[{"id":"3","at":"2026-11-21T08:30:00.000+09:00","kind":"label","what":"label.reprint","who":"w-004","order":"536370","of":"B-208","reason":"lost"}]}`
	f.rest["/site/v1/audit?limit=50&kind=acts&who=w-004"] = `{"since":"2026-11-21T08:00:00.000+09:00","items":[]}`
	f.rest["/site/v1/audit?limit=50&kind=acts&order=536370"] = `{"since":"2026-11-21T08:00:00.000+09:00","items":[{"id":"3","at":"2026-11-21T08:30:00.000+09:00","kind":"label","what":"label.reprint","who":"w-004","order":"536370","of":"B-208","reason":"lost"}]}`
	f.rest["/site/v1/orders/536370"] = `{"order":{"id":"536370","client":"default","carrier":"cj","stage":"packing","received":"2026-11-21T09:00:00+09:00","lines":[]},"boxes":[]}`
	b := leadPage(t, f.server.URL, "/lead", 1280, 800)
	b.click(".menu-button")
	b.click("[data-page-of=audit]")
	b.wait("document.querySelectorAll('#audit li').length === 7 && /임\\*/.test(document.querySelector('#audit li').innerText)")
	assert.Equal(t, "11-21 09:41 무게 차이 승인 내용물 확인함 임* (w-004) 승인 이*늘 (w-900) 박스 B-208 536370 단말 pack-1", b.text("#audit li:first-child"))
	assert.Equal(t, "11-21 09:40 주문 보류 결제 확인 이*늘 (w-900) 536371 접속 10.0.0.7", b.text("#audit li:nth-child(2)"))
	assert.Equal(t, "11-21 09:37 접속 끊음 이*늘 (w-900) 임* (w-004)", b.text("#audit li:nth-child(6)"), "no reason that a page gave by itself")
	assert.Equal(t, "11-21 09:36 현장을 닫고 새로 시작 백업에서 복구됨 시스템", b.text("#audit li:nth-child(7)"))
	assert.Contains(t, b.text("#audit li:nth-child(5)"), "박스를 찾지 못함 임* (w-004) 트럭 K-1 이름 없는 브라우저", "what it names, and from where")
	b.click("#audit [data-action=more]")
	b.wait("document.querySelectorAll('#audit li').length === 8 && !document.querySelector('#audit [data-action=more]')")
	assert.Contains(t, b.text("#audit"), "현장에서 한 일은 11-21 08:00부터 보입니다")
	b.click("#audit [data-who=w-004]")
	b.wait("document.querySelector('#audit .nothing') && document.querySelector('#audit [name=who]').value === 'w-004'")
	b.do(chromedp.Evaluate[chromedp.Void]("(() => { const who = document.querySelector('#audit [name=who]'); who.value = ''; who.dispatchEvent(new Event('change', { bubbles: true })); })()"))
	b.wait("document.querySelectorAll('#audit li').length === 7")
	b.fill("#audit [name=order]", "536370")
	b.wait("document.querySelectorAll('#audit li').length === 1 && document.querySelector('#audit [data-what=\"label.reprint\"]')")
	b.click("#audit [data-order]")
	b.click(".story .back")
	b.wait("document.querySelectorAll('#audit li').length === 1 && document.querySelector('#audit [name=order]').value === '536370'")

	for _, l := range []string{"ko", "ja", "en"} {
		for _, width := range []int64{360, 1280} {
			b.do(chromedp.EmulateViewport(width, 640+width/8))
			b.speak(l)
			b.goTo("/lead")
			b.click(".menu-button")
			b.wait("document.querySelector('.lead-menu')")
			assert.GreaterOrEqual(t, b.number("document.querySelector('.lead-menu').getBoundingClientRect().left"), 0, "the menu is in sight")
			b.click("[data-page-of=audit]")
			b.wait("document.querySelectorAll('#audit li').length === 7 && /임\\*/.test(document.querySelector('#audit li').innerText)")
			b.sound("audit " + l)
			b.shot("audit-" + l + map[int64]string{360: "-pda", 1280: ""}[width])
		}
	}
}

// TestDeedsHaveTheirWords: all that Go code writes into the trail, or makes a deed of,
// has words.
func TestDeedsHaveTheirWords(t *testing.T) {
	ko := texts(t, "ko")
	deeds := codesIn(t, `(?:What: |auditEntry\(|ProveFor\(ctx, |HelpClosed = |what := |what = |entryLogin = |e\.What = )"([a-zA-Z.]+)"`, "edge/access", "edge/board", "edge/web")
	assert.Greater(t, len(deeds), 35)
	for _, deed := range deeds {
		if deed != "order." { // and the change
			assert.NotEmpty(t, ko["deed."+deed], deed)
		}
	}
	for _, change := range strings.Fields("hold release priority split") {
		assert.NotEmpty(t, ko["deed.order."+change])
	}
}
