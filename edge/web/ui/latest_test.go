package ui

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// late has the answers to some paths wait until the test lets them go; asked tells
// that one of them was asked for.
func (f *fake) late(paths ...string) (asked chan string, let map[string]chan struct{}) {
	asked, let = make(chan string, 20), map[string]chan struct{}{}
	for _, p := range paths {
		let[p] = make(chan struct{})
	}
	at := make(chan struct{})
	close(at)
	f.slow = func(path string) <-chan struct{} {
		if c := let[path]; c != nil {
			asked <- path
			return c
		}
		return at
	}
	return asked, let
}

// came waits until the page has an answer, as the browser counts it.
func (b *tab) came(path string) {
	b.t.Helper()
	b.wait("performance.getEntriesByType('resource').some(function(e){return e.name.slice(-" + `"` + path + `".length) === "` + path + `" && e.responseEnd > 0})`)
	b.number("(function(){window.drawn=0;requestAnimationFrame(function(){requestAnimationFrame(function(){window.drawn=1})});return 1})()")
	b.wait("window.drawn === 1")
}

func leadFake(t *testing.T) *fake {
	f := newFake(t)
	f.board = devicesBoard
	f.rest["/site/v1/kpi"] = `{"items":[]}`
	f.rest["/site/v1/workers"] = `{"items":[]}`
	return f
}

// TestAnOldAnswerIsDropped: the audit's list shows what its filter says, also where
// the answer to an earlier one comes last.
func TestAnOldAnswerIsDropped(t *testing.T) {
	t.Parallel()
	const first, second = "/site/v1/audit?limit=50&kind=acts", "/site/v1/audit?limit=50&kind=badge"
	f := leadFake(t)
	f.rest[first] = auditPage
	f.rest[second] = `{"since":"2026-11-21T08:00:00.000+09:00","items":[{"id":"6","at":"2026-11-21T09:38:00.000+09:00","kind":"badge","what":"badge.lend","who":"w-900","of":"w-004"}]}`
	asked, let := f.late(first)
	b := leadPage(t, f.server.URL, "/lead", 1280, 800)
	b.click(".menu-button")
	b.click("[data-page-of=audit]")
	<-asked
	b.number("(() => { const kind = document.querySelector('#audit [name=kind]'); kind.value = 'badge'; kind.dispatchEvent(new Event('change', { bubbles: true })); return 1 })()")
	b.wait("document.querySelectorAll('#audit li').length === 1")
	close(let[first])
	b.came(first)
	assert.Equal(t, 1, b.number("document.querySelectorAll('#audit li').length"), "of the badges alone")
}

// TestASearchLeftOpensNothing: a search whose one order is found too late, or whose
// answer comes after another's, shows nothing of it.
func TestASearchLeftOpensNothing(t *testing.T) {
	t.Parallel()
	const slow, quick = "/site/v1/orders?limit=50&find=536370", "/site/v1/orders?limit=50&find=536"
	f := leadFake(t)
	order := func(id string) string {
		return `{"id":"` + id + `","client":"default","carrier":"cj","stage":"packing","received":"2026-11-21T09:00:00+09:00","lines":[]}`
	}
	f.rest[slow] = `{"items":[` + order("536370") + `]}`
	f.rest[quick] = `{"items":[` + order("536370") + `,` + order("536371") + `]}`
	f.rest["/site/v1/orders/536370"] = `{"order":` + order("536370") + `,"boxes":[]}`
	asked, let := f.late(slow)
	b := leadPage(t, f.server.URL, "/lead", 1280, 800)
	b.wait("document.querySelector('.lead[data-live=yes]')")
	b.scan("536370")
	<-asked
	b.scan("536")
	b.wait("document.querySelectorAll('.orders li').length === 2")
	close(let[slow])
	b.came(slow)
	assert.Equal(t, 2, b.number("document.querySelectorAll('.orders li').length"), "what was sought last")
	assert.Zero(t, b.number("document.querySelectorAll('.story').length"), "and no order was opened")
}
