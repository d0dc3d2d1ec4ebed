package ui

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// changed is what a path answers from now on.
func (f *fake) changed(path, body string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rest[path] = body
}

// TestADrawerGoesOnBeingTrue: what is open beside a live board is read again by itself,
// in the same rows, where the reader scrolled to; what failed to come is said until it
// comes.
func TestADrawerGoesOnBeingTrue(t *testing.T) {
	t.Parallel()
	many := func(row string) string {
		var rows []string
		for _, n := range strings.Split("abcdefghijklmnopqrstuvwxyz", "") {
			rows = append(rows, strings.ReplaceAll(row, "ID", n))
		}
		return `{"items":[` + strings.Join(rows, ",") + `]}`
	}
	shift := func(n string) string {
		return `{"left":{"totes":{"n":` + n + `,"items":[]},"works":{"n":0},"inDoubt":{"n":0},"held":{"n":0},"voided":{"n":0},"lost":{"n":0}},"sync":{"head":9,"acked":9,"unsynced":0},"badges":0}`
	}
	for name, c := range map[string]struct{ open, path, before, after, said string }{
		"workers": {"#people .open", "/site/v1/workers", many(`{"worker":"ID","name":"N","roles":[],"flow":"pick","station":"A-1"}`),
			many(`{"worker":"ID","name":"N","roles":[],"flow":"pick","station":"B-2"}`), "B-2"},
		"trucks": {"#trucks .open", "/site/v1/trucks", many(`{"id":"ID","dock":"D-1","carrier":"cj","loaded":1}`), many(`{"id":"ID","dock":"D-1","carrier":"cj","loaded":1,"vehicle":"B-2"}`), "B-2"},
		"badges": {"[data-page-of=badges]", "/site/v1/badges", many(`{"id":"ID","name":"N","roles":["picker"],"until":"2026-11-21T18:00:00+09:00"}`),
			many(`{"id":"ID","name":"B-2","roles":["picker"],"until":"2026-11-21T18:00:00+09:00"}`), "B-2"},
		"shift": {"[data-page-of=shift]", "/site/v1/shift", shift("1"), shift("22"), "22"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := leadFake(t)
			f.rest[c.path] = c.before
			b := leadPage(t, f.server.URL, "/lead", 1440, 600)
			b.wait("document.querySelector('.lead[data-live=yes]')")
			if strings.HasPrefix(c.open, "[") {
				b.click(".menu-button")
			}
			b.click(c.open)
			const first = "document.querySelector('.drawer li[data-worker], .drawer li[data-truck], #badges li, .drawer li[data-kind]')"
			b.wait(first)
			b.number("(function(){window.row=" + first + "; document.querySelector('.drawer').scrollTop=40; return 1})()")
			at := b.number("document.querySelector('.drawer').scrollTop")
			assert.NotContains(t, b.text(".drawer"), c.said)
			f.changed(c.path, `{"code":"unavailable"}`)
			b.wait("document.querySelector('.drawer .problem')")
			assert.Equal(t, 1, b.number("window.row==="+first+"?1:0"), "what is known stays")
			f.changed(c.path, c.after)
			b.wait("document.querySelector('.drawer').innerText.indexOf('" + c.said + "') >= 0")
			b.wait("!document.querySelector('.drawer .problem')")
			assert.Equal(t, 1, b.number("window.row==="+first+"?1:0"), "the same row")
			assert.Equal(t, at, b.number("document.querySelector('.drawer').scrollTop"))
		})
	}
}
