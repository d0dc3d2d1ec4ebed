package ui

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// TestLeadApprovesAnUnknownBadge: at the real edge a badge that nobody knows works
// on a lead's word, given at the worker's own screen; a wrong PIN of the lead lets
// nobody in.
func TestLeadApprovesAnUnknownBadge(t *testing.T) {
	t.Parallel()
	p := startPrinter(t)
	url := startEdge(t, p.Addr())
	b := open(t, url, 360, 640)
	b.goTo("/pda?device=pda-07")
	b.wait("document.querySelector('.login')")
	b.scan("DAY-0077")
	b.wait("document.querySelector('#pin')")
	b.click("[data-action=approve]")
	b.wait("document.querySelector('#approve [data-role=picker][aria-pressed=true]')")
	b.click("#approve [data-role=loader]")
	b.fill("#approve [name=name]", "Nguyen Van An")
	b.shot("approve-1")
	b.scan("LEAD-1")
	b.wait("document.querySelector('#lead-pin')")
	b.scan("9999")
	b.wait("document.querySelector('#approve .problem').innerText !== '' && !document.querySelector('#lead-pin')")
	b.scan("LEAD-1")
	b.wait("document.querySelector('#lead-pin')")
	b.scan("4711")
	b.wait("document.querySelector('#start-check [data-fact=role]')")
	b.shot("approve-2-start")
	assert.Contains(t, b.text("#start-check [data-fact=role]"), "\u00b7", "both kinds of work are named")
	b.click("#start-check .close")
	b.goTo("/pda")
	b.wait("document.querySelector('.pda.flow-idle [data-flow=pick]')")
	assert.Zero(t, b.number("document.querySelectorAll('#start-check').length"), "a reload does not ask again")
	assert.Contains(t, b.text(".who"), "Ng")
	b.logout()
	b.scan("DAY-0077")
	b.wait("document.querySelector('.pda.flow-idle')")
}

// TestUnknownLeadBadgeApprovesNobody is its control: without a lead there is none.
func TestUnknownLeadBadgeApprovesNobody(t *testing.T) {
	t.Parallel()
	p := startPrinter(t)
	url := startEdge(t, p.Addr())
	b := open(t, url, 360, 640)
	b.goTo("/pda?device=pda-07")
	b.wait("document.querySelector('.login')")
	b.scan("DAY-0077")
	b.wait("document.querySelector('#pin')")
	b.click("[data-action=approve]")
	b.wait("document.querySelector('#approve')")
	b.scan("W-001") // a picker
	b.wait("document.querySelector('#lead-pin')")
	b.scan("4711")
	b.wait("document.querySelector('#approve .problem').innerText !== ''")
	b.click("#approve .login-foot button")
	b.wait("document.querySelector('.badge-picture')")
}

// TestBadgeAfterARest: the page asks for the badge in a dialog. A badge alone goes
// as a scan; one with a PIN is not spent as a scan, and goes with the PIN.
func TestBadgeAfterARest(t *testing.T) {
	t.Parallel()
	f, p, b := pda(t)
	rested, shown, mu := true, []string{}, sync.Mutex{}
	f.decide = func(m message) answer {
		switch {
		case rested && m.Code == "W-001":
			rested = false
			return answer{edge.OK, "idle.back", nil, nil}
		case rested:
			return answer{edge.Denied, "idle.badge", nil, nil}
		}
		return p.decide(m)
	}
	f.badge = func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var in struct{ Badge, PIN string }
		if err != nil || json.Unmarshal(body, &in) != nil || in.PIN != "4711" {
			http.Error(w, `{"code":"badge"}`, http.StatusForbidden)
			return
		}
		mu.Lock()
		shown = append(shown, in.Badge+"/"+in.PIN)
		mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	}
	b.logIn()
	sent := func() int { return len(f.messages()) }
	b.scan("TOTE-00001")
	b.wait("document.querySelector('#rest') && !document.querySelector('.sign')")
	b.shot("rest-1")
	b.scan("W-002")
	b.wait("document.querySelector('#rest .problem').innerText !== ''")
	b.scan("W-001")
	b.wait("!document.querySelector('#rest')")
	b.settled()
	before := sent()
	f.mu.Lock()
	rested = true
	f.mu.Unlock()
	b.scan("TOTE-00001")
	b.wait("document.querySelector('#rest')")
	b.click("#rest [data-action=hasPIN]")
	b.scan("W-009")
	b.wait("document.querySelector('#rest-pin')")
	b.scan("1111")
	b.wait("document.querySelector('#rest .problem').innerText !== '' && !document.querySelector('#rest-pin')")
	b.scan("W-009")
	b.wait("document.querySelector('#rest-pin')")
	b.scan("4711")
	b.wait("!document.querySelector('#rest')")
	assert.Equal(t, before+1, sent(), "neither badge nor PIN went as a scan")
	mu.Lock()
	defer mu.Unlock()
	assert.Equal(t, []string{"W-009/4711"}, shown)
}

// TestClosingACaseAsksHowItEnded: the reason is the lead's, never a fixed one.
func TestClosingACaseAsksHowItEnded(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	var board map[string]any
	require.NoError(t, json.Unmarshal([]byte(boardOf(t)), &board))
	ex := board["items"].(map[string]any)["exceptions"].(map[string]any)
	ex["unknownReturn:C-7"] = map[string]any{"kind": "unknownReturn", "id": "C-7", "owner": "w-900"}
	board["items"].(map[string]any)["workers"].(map[string]any)["w-5"] = map[string]any{"worker": "w-5", "flow": "return"}
	b2, err := json.Marshal(board)
	require.NoError(t, err)
	f.board = string(b2)
	f.rest["/site/v1/kpi"] = `{"items":[]}`
	b := leadPage(t, f.server.URL, "/lead", 1440, 900)
	b.wait("document.querySelector('.kind-unknownReturn [data-action=caseClose]')")
	assert.Less(t, b.number("document.querySelector('.kind-unknownReturn [data-action=caseClose]').offsetHeight"), 60, "the button is one line high")
	assert.Equal(t, 5, b.number("document.querySelectorAll('#people .people li').length"), "the four that are always counted, and whoever is at the returns desk")
	b.click(".kind-unknownReturn [data-action=caseClose]")
	b.wait("document.querySelector('.kind-unknownReturn [data-code=sentBack]')")
	b.shot("case-close")
	f.mu.Lock()
	assert.Empty(t, f.writes, "asking closes nothing")
	f.mu.Unlock()
	b.click(".kind-unknownReturn [data-code=sentBack]")
	require.Eventually(t, func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return len(f.writes) == 1
	}, 30*time.Second, 10*time.Millisecond)
	assert.Equal(t, `/site/v1/cases/C-7/close {"reason":"sentBack"}`, f.writes[0])
}

// TestAScanPassesTheChoiceOfADesk: a tote that is scanned while the desks are listed
// begins its work, and the list is not in its way.
func TestAScanPassesTheChoiceOfADesk(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	f.rest["/floor/v1/stations"] = `{"items":[{"name":"pack-1","free":true,"printer":"p-1","state":"ready"}]}`
	b.logIn()
	b.do(chromedp.EmulateViewport(1280, 800))
	b.goTo("/desk")
	b.wait("document.querySelector('#sync[data-online=yes]')")
	n := len(f.messages())
	b.click(".station-choice")
	b.wait("document.querySelector('#stations [data-station=pack-1]')")
	b.scan("TOTE-00001")
	assert.Equal(t, "TOTE-00001", f.asked(t, n+1).Code)
	b.wait("!document.querySelector('#stations')")
}
