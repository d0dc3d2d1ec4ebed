package ui

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
	t.Parallel()
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
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	stopped := packScreen("item")
	stopped.Printer.State = "noPaper"
	b.shows(f, stopped)
	b.ahead()
	printer := stopped.Printer.Name
	f.decides(func(message) answer {
		return answer{edge.OK, "pack.item", map[string]any{"have": 1, "want": 2}, &stopped}
	})
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

// refusals are what the edge refuses: the code and the key of each.
func refusals(t *testing.T) (out [][2]string) {
	seen := map[[2]string]bool{}
	for _, x := range codesIn(t, `edge\.((?:Wrong|Over|Duplicate|Hold|Unknown|Unexpected|Denied), edge\.Says\("[^"]+)"`, "edge/floor") {
		code, key, _ := strings.Cut(x, ", edge.Says(\"")
		if r := [2]string{strings.ToLower(code), key}; !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	}
	require.Greater(t, len(out), 80)
	return out
}

// headlines gives the key of what a refusal is called on the page.
func headlines(t *testing.T) func(code, key string) string {
	own := regexp.MustCompile(`\[/(.+)/, "(speak\.\w+)"\]`).FindAllStringSubmatch(scripts(t), -1)
	require.Greater(t, len(own), 10)
	return func(code, key string) string {
		if i := slices.IndexFunc(own, func(w []string) bool { return regexp.MustCompile(w[1]).MatchString(key) }); i >= 0 &&
			slices.Contains([]string{"wrong", "unknown", "duplicate"}, code) {
			return own[i][2]
		}
		if code == "wrong" {
			return "verdict.wrong"
		}
		return "speak." + code
	}
}

// TestARefusalSaysItsWordsOnce: where the sentence beneath a headline is the headline
// again it is left out, in each language; what adds something stands.
func TestARefusalSaysItsWordsOnce(t *testing.T) {
	t.Parallel()
	f, p, b := pda(t)
	b.logIn()
	p.open, p.tote = true, "TOTE-00007"
	b.shows(f, *p.screen())
	headline := headlines(t)
	ends := regexp.MustCompile(`[\s.。]|です|ます|입니다|합니다`)
	for _, l := range []string{"ko", "ja", "en"} {
		words, twice := texts(t, l), 0
		b.speak(l)
		b.goTo("/pda")
		b.wait("document.querySelector('#sync[data-online=yes]') && document.querySelector('#name')")
		for _, r := range refusals(t) {
			head, said := words[headline(r[0], r[1])], words["say."+r[1]]
			same := strings.EqualFold(ends.ReplaceAllString(head, ""), ends.ReplaceAllString(said, ""))
			if !same && r[1] != "load.wrongCarrier" {
				continue
			}
			f.decides(func(message) answer { return answer{edge.Code(r[0]), r[1], nil, nil} })
			b.scan("NOTHING")
			b.wait(`document.querySelector(".refusal[data-key='` + r[1] + `']")`)
			assert.Equal(t, strings.ToLower(head), strings.ToLower(b.text(".refusal b")), "%s %v", l, r)
			if same {
				twice++
				assert.Zero(t, b.number("document.querySelectorAll('.refusal p:not(.go)').length"), "%s %v says %q twice", l, r, head)
			} else {
				assert.Equal(t, said, b.text(".refusal p"))
			}
			b.click(".sign")
			b.wait("!document.querySelector('.sign')")
		}
		assert.Greater(t, twice, 4, l)
	}
}
