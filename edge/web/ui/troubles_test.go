package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// TestEveryTroubleCanBeSeen: the worst stand there, and a button shows the rest.
func TestEveryTroubleCanBeSeen(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	var rows []string
	for n := range 17 {
		rows = append(rows, fmt.Sprintf(`"held:O-%d":{"kind":"held","id":"O-%d","order":"O-%d","since":"2026-11-21T08:00:%02dZ"}`, n, n, n, n))
	}
	f.board = `{"t":"snapshot","n":1,"edgeTime":"NOW","site":"ICN1","items":{"head":{"":{"head":1,"open":17,"orders":17}},"exceptions":{` + strings.Join(rows, ",") + `}}}`
	f.rest["/site/v1/kpi"] = `{"items":[]}`
	b := leadPage(t, f.server.URL, "/lead", 1440, 900)
	b.wait("document.querySelector('.lead[data-live=yes]')")
	b.speak("en")
	b.goTo("/lead")
	b.wait("document.querySelectorAll('#trouble ol > li').length === 12")
	assert.Equal(t, "Show all 17", b.text("#trouble [data-action=troubles]"))
	b.shot("lead-troubles")
	b.click("#trouble [data-action=troubles]")
	b.wait("document.querySelectorAll('#trouble ol > li').length === 17")
	assert.Contains(t, b.text("#trouble ol > li:last-child"), "O-16")
	b.click("#trouble [data-action=troubles]")
	b.wait("document.querySelectorAll('#trouble ol > li').length === 12")
}

// TestEveryCutOffCanBeSeen: the most urgent stand there, and a button shows the rest.
func TestEveryCutOffCanBeSeen(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	var rows []string
	for n := range 12 {
		rows = append(rows, fmt.Sprintf(`"cj@%d":{"carrier":"cj","cutoff":%q,"stages":{"received":%d}}`, n, soon().Add(time.Duration(n)*time.Hour).Format(edge.TimeLayout), 100+n))
	}
	f.board = `{"t":"snapshot","n":1,"edgeTime":"NOW","site":"ICN1","items":{"head":{"":{"head":1,"open":12,"orders":12}},"rows":{` + strings.Join(rows, ",") + `}}}`
	f.rest["/site/v1/kpi"] = `{"items":[]}`
	b := leadPage(t, f.server.URL, "/lead", 1440, 900)
	b.speak("en")
	b.goTo("/lead")
	b.wait("document.querySelectorAll('.rows-panel tbody tr').length === 8")
	assert.Equal(t, "Show all 12", b.text(".rows-panel [data-action=cutoffs]"))
	b.click(".rows-panel [data-action=cutoffs]")
	b.wait("document.querySelectorAll('.rows-panel tbody tr').length === 12")
	assert.Contains(t, b.text(".rows-panel tbody tr:last-child"), "111")
	b.shot("lead-cutoffs")
	b.click(".rows-panel [data-action=cutoffs]")
	b.wait("document.querySelectorAll('.rows-panel tbody tr').length === 8")
}

// TestALeadSeesWhatStayedBehind: which boxes a truck left without, where each was last
// seen and since when; somebody takes them, and says how it ended. A tote that a wave
// left goods in has its name there too.
func TestALeadSeesWhatStayedBehind(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	var boxes []string
	for n := range 5 {
		boxes = append(boxes, fmt.Sprintf(`{"box":"B-%d","waybill":"58123456789%d","lastSeen":"LANE-2","since":"2026-11-21T08:1%d:00+09:00","order":"O-%d"}`, n, n, n, n))
	}
	row := `{"kind":"leftBehind","id":"K-7","carrier":"cj","trip":"2","station":"DOCK-01","reason":"missing","units":5,"since":"2026-11-21T09:00:00+09:00","boxes":[` + strings.Join(boxes, ",") + `]`
	f.board = `{"t":"snapshot","n":1,"edgeTime":"NOW","site":"ICN1","items":{"head":{"":{"head":1,"open":5,"orders":5}},"exceptions":{"leftBehind:K-7":` + row + `},
		"keptTote:TOTE-00031":{"kind":"keptTote","id":"TOTE-00031","tote":"TOTE-00031","reason":"cancelled","units":4,"since":"2026-11-21T08:40:00+09:00"}}}}`
	f.rest["/site/v1/kpi"] = `{"items":[]}`
	f.rest["/site/v1/workers"] = `{"items":[{"worker":"w-900","name":"이*늘"}]}`
	b := leadPage(t, f.server.URL, "/lead", 1440, 900)
	for _, l := range []string{"ko", "ja", "en"} {
		b.speak(l)
		b.goTo("/lead")
		b.wait("document.querySelectorAll('.left-boxes [data-box]').length === 3")
		b.sound("left behind " + l)
		b.shot("lead-behind-" + l)
	}
	assert.Contains(t, b.text(".kind-leftBehind .head"), "5 boxes left behind · truck K-7")
	assert.Contains(t, b.text(".kind-leftBehind .detail"), "2 · DOCK-01 · Boxes not found · nobody owns it")
	assert.Equal(t, "5812-3456-7890 last seen: LANE-2 · 08:10", b.text(".left-boxes li"))
	assert.Contains(t, b.text(".kind-keptTote"), "Wave tote TOTE-00031: 4 to bring back")
	b.click(".left-boxes [data-action=moreBoxes]")
	b.wait("document.querySelectorAll('.left-boxes [data-box]').length === 5")
	b.click(".kind-leftBehind [data-action=caseOwn]")
	wrote := func(want string) {
		require.Eventually(t, func() bool {
			f.mu.Lock()
			defer f.mu.Unlock()
			return len(f.writes) > 0 && f.writes[len(f.writes)-1] == want
		}, 30*time.Second, 10*time.Millisecond, want)
	}
	wrote(`/site/v1/trucks/K-7/behind/own {}`)
	f.boardChange(`{"t":"change","n":2,"edgeTime":"NOW","set":{"exceptions":{"leftBehind:K-7":` + row + `,"owner":"w-900"}}}}`)
	b.wait("/이\\*늘/.test(document.querySelector('.kind-leftBehind .detail').innerText)")
	b.click(".kind-leftBehind [data-action=caseClose]")
	b.shot("lead-behind-close")
	b.click(".kind-leftBehind [data-code=gone]")
	wrote(`/site/v1/trucks/K-7/behind/close {"reason":"gone"}`)
}
