package ui

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"

	"dcedge/edge"
)

func (f *fake) decides(d func(message) answer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.decide = d
}

// shows pushes a screen and waits until the page has drawn it.
func (b *tab) shows(f *fake, s edge.Screen) {
	b.t.Helper()
	f.push(s)
	f.mu.Lock()
	rev := f.screen.Rev
	f.mu.Unlock()
	b.wait(fmt.Sprintf("document.querySelector('[data-rev=\"%d\"]')", rev))
}

// TestTheMenuOfAnIdleWorkerStays: work that comes and goes is nothing that the menu
// is about; work in the hand is.
func TestTheMenuOfAnIdleWorkerStays(t *testing.T) {
	t.Parallel()
	f, p, b := pda(t)
	b.logIn()
	b.click(".thumb .more")
	b.wait("document.querySelector('#more')")
	other := idleScreen(40)
	other.Expect = other.Expect[:1] // the dock is taken
	b.shows(f, *other)
	assert.Equal(t, 1, b.number("document.querySelectorAll('#more').length"))
	p.open, p.tote = true, "TOTE-00007"
	b.shows(f, *p.screen())
	b.wait("!document.querySelector('#more')")
}

// TestALineGoesOnElsewhere: with some of it in the tote already, the place is the
// biggest thing again, and it is said where to go.
func TestALineGoesOnElsewhere(t *testing.T) {
	t.Parallel()
	f, p, b := pda(t)
	b.logIn()
	p.open, p.tote, p.have = true, "TOTE-00007", 1
	b.shows(f, *p.screen())
	b.wait("document.querySelector('#where.chip')")
	there := p.screen()
	there.Expect[0].Location = "C09-04-2"
	f.decides(func(m message) answer {
		if m.Action == "short" {
			return answer{edge.OK, "short.other", map[string]any{"location": "C09-04-2", "missing": 1}, there}
		}
		more := *there
		q := *there.Quantity
		q.Have++
		q.Want++
		more.Quantity = &q
		return answer{edge.OK, "pick.item", map[string]any{"have": 2, "want": 3}, &more}
	})
	b.click(".thumb [data-action=short]")
	b.click("[data-code=none]")
	b.wait("document.querySelector('#where').innerText === 'C09-04-2' && !document.querySelector('.sign')")
	assert.Equal(t, 1, b.number("document.querySelectorAll('#where.big').length"))
	assert.Contains(t, b.text(".notes"), "C09-04-2로 가세요")
	b.sound("elsewhere")
	b.scan("8801234567893")
	b.wait("document.querySelector('#where.chip') && !document.querySelector('.notes')")
}

// TestAnotherLotThanTheFirst: the way out of the refusal is named by it, shown while
// it is open, and offered nowhere else.
func TestAnotherLotThanTheFirst(t *testing.T) {
	t.Parallel()
	f, p, b := pda(t)
	b.logIn()
	p.open, p.tote = true, "TOTE-00007"
	lot := p.screen()
	lot.Step, lot.Quantity, lot.Actions = "lot", nil, []string{"confirm", "short", "undo", "help"}
	lot.Expect[0].Kind, lot.Expect[0].Code = "lot", "A1"
	item := p.screen()
	item.Actions = append(item.Actions, "confirm")
	said := false // why not the first lot
	f.decides(func(m message) answer {
		switch {
		case m.Action == "confirm":
			said = true
			return answer{edge.OK, "pick.anyLot", nil, nil}
		case m.Code == "B2" && said:
			return answer{edge.Done, "pick.lineDone", map[string]any{"have": 1, "want": 1}, item}
		}
		return answer{edge.Wrong, "pick.fefo", map[string]any{"expected": "A1", "scanned": m.Code}, nil}
	})
	b.shows(f, *lot)
	b.scan("B2")
	b.wait("document.querySelector('.sign[data-key=\"pick.fefo\"]')")
	assert.Contains(t, b.text(".sign"), "직접 확인")
	b.click(".sign")
	b.click(".thumb [data-action=confirm]")
	b.click("#confirm [data-code=fefo]")
	b.wait("document.querySelector('.notes [data-key=\"pick.anyLot\"]')")
	assert.Equal(t, 0, b.number("document.querySelectorAll('#where').length"), "the lot that is not there is asked for no more")
	b.scan("B2")
	b.wait("document.querySelector('.pda[data-step=item]') && !document.querySelector('.sign') && !document.querySelector('.notes')")
	b.click(".thumb .more")
	b.click("#more [data-action=confirm]")
	b.wait("document.querySelector('#confirm [data-code=noBarcode]')")
	assert.Equal(t, 0, b.number("document.querySelectorAll('#confirm [data-code=fefo]').length"), "of another article")
}

// TestPracticeIsSeenOnEveryScreen: no sign and no dialog covers its frame, and it
// narrows nothing but by its own width.
func TestPracticeIsSeenOnEveryScreen(t *testing.T) {
	t.Parallel()
	const seen = "document.elementFromPoint(180, 16).closest('#practice')"
	f, p, b := pda(t)
	f.drill = true
	b.logIn()
	p.open = true
	for _, l := range []string{"ko", "ja", "en"} {
		b.speak(l)
		b.goTo("/pda")
		p.tote = ""
		b.shows(f, *p.screen())
		b.wait(seen)
		assert.Equal(t, 348, b.number("document.querySelector('.pda').clientWidth"))
		p.tote = "TOTE-00007"
		b.shows(f, *p.screen())
		b.sound("practice " + l)
		b.scan("8809876543210")
		b.wait("document.querySelector('.sign-wrong')")
		b.wait(seen)
		b.shot("practice-" + l + "-wrong")
		b.click(".sign")
		b.click(".thumb .more")
		b.wait("document.querySelector('#more')")
		b.wait(seen)
		assert.Equal(t, 1, b.number("document.querySelector('#more header').getBoundingClientRect().top >= 38 ? 1 : 0"), "nor does it cover the dialog's head")
		b.shot("practice-" + l + "-more")
	}
}

// TestWhatIsAskedIsSaid: a second count looks unlike the first, a shelf is as large as
// any place, what may be empty is named, and a truck that nothing is for is not done.
func TestWhatIsAskedIsSaid(t *testing.T) {
	t.Parallel()
	line := edge.ScreenLine{SKU: "85123A", Name: names("화이트 하트 랜턴", "White heart lantern", "ホワイトハートランタン"), Code: "8801234567893", Location: "C08-21-3"}
	count := edge.Screen{Flow: edge.Count, Step: "count", Task: &edge.Task{ID: "T-1", Reason: "again"}, Lines: []edge.ScreenLine{line}, Actions: []string{"count", "help", "leave"}}
	empty := edge.Screen{Flow: edge.Pick, Mode: "order", Step: "empty", Task: &edge.Task{ID: "T-2"}, Lines: []edge.ScreenLine{line}, Actions: []string{"empty", "help"}}
	ill := outScreens()["return-shelf"]
	ill.Flow, ill.Return, ill.Hospital = edge.Hospital, nil, &edge.HospitalView{Why: edge.WhyUnknown, Todo: edge.TodoShelf}
	opened := outScreens()["load-last"]
	truck := *opened.Truck
	truck.Loaded, truck.Left, truck.MissingTotal, truck.Missing = 0, 0, 0, nil
	opened.Truck = &truck
	done := outScreens()["load-last"]
	ended := truck
	ended.Loaded = 9
	done.Truck = &ended

	f, _, b := pda(t)
	b.logIn()
	for name, tc := range map[string]struct {
		s    edge.Screen
		at   string
		want string
	}{
		"count again":      {count, "#ask", "한 번 더 세어서 입력"},
		"why it is":        {count, "#counting .quiet-text", "센 수가 기록과 달라 다시 셉니다"},
		"empty of what":    {empty, "#empty #name", "화이트 하트 랜턴"},
		"returns' shelf":   {outScreens()["return-shelf"], "#where.big", "U-01"},
		"hospital's shelf": {ill, "#where.big", "U-01"},
		"nothing to load":  {opened, ".stop h2", "이 편에 실을 박스가 아직 없습니다"},
		"all is loaded":    {done, "#close.primary", "상차 마감"},
	} {
		b.shows(f, tc.s)
		assert.Equal(t, tc.want, b.text(tc.at), name)
		b.sound(name)
	}
	b.shows(f, opened)
	assert.Equal(t, 0, b.number("document.querySelectorAll('#close.primary').length"), "an empty truck is not sent away by the largest button")
}

// TestTrucksAreReadable: what is told of a truck does not run together.
func TestTrucksAreReadable(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.board = devicesBoard
	f.rest["/site/v1/kpi"] = `{"items":[]}`
	f.rest["/site/v1/trucks"] = `{"items":[{"id":"K-1","dock":"D1","carrier":"cj","trip":"cj-1","opened":"2026-11-21T08:00:00Z","closed":"2026-11-21T09:00:00Z","loaded":11}]}`
	b := leadPage(t, f.server.URL, "/lead", 1280, 900)
	b.click("#trucks .open")
	b.wait("document.querySelector('[data-truck=K-1]')")
	gap := func(a, z string) int {
		return b.number(fmt.Sprintf("Math.round(document.querySelector('[data-truck=K-1] %s').getBoundingClientRect().left - document.querySelector('[data-truck=K-1] %s').getBoundingClientRect().right)", z, a))
	}
	assert.GreaterOrEqual(t, gap("p:first-child b", "p:first-child span"), 8)
	assert.GreaterOrEqual(t, gap("p:first-child span", "p:first-child small"), 8)
	assert.Equal(t, 0, b.number("[].filter.call(document.querySelectorAll('[data-truck=K-1] .button'), function (e) { return e.getBoundingClientRect().width > 300 }).length"), "a button is as wide as its word")
	b.sound("trucks")
	b.shot("lead-trucks")
}

// TestManifestOnAHandheld: its columns that matter there can be read, and nothing
// runs out of the sheet.
func TestManifestOnAHandheld(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.board = devicesBoard
	f.rest["/site/v1/trucks/K-1"] = `{"id":"K-1","dock":"DOCK-OF-A-LONG-NAME","carrier":"cj","trip":"cj-1","departs":"2026-11-21T09:00:00+09:00","closed":"2026-11-21T09:00:00+09:00","loaded":1,"containers":1,
		"boxes":[{"box":"B-208","waybill":"650000000696","carrier":"cj","order":"26112100025","client":"default","container":"CAGE-12","n":1,"of":1,"pieces":3,"grams":"1204"}]}`
	b := leadPage(t, f.server.URL, "/lead", 360, 640)
	b.goTo("/manifest?truck=K-1")
	b.wait("document.querySelector('.sheet-a4 td')")
	assert.Equal(t, "1 CAGE-12 650000000696 26112100025 3", b.text(".sheet-a4 tbody tr"))
	assert.LessOrEqual(t, b.number("[].reduce.call(document.querySelectorAll('.sheet-a4 *'), function (n, e) { return Math.max(n, Math.ceil(e.getBoundingClientRect().right)) }, 0)"), 344, "it stays on the sheet")
	b.sound("manifest")
	b.shot("manifest-pda")
	b.do(chromedp.EmulateViewport(1280, 800))
	b.wait("/default/.test(document.querySelector('.sheet-a4 tbody tr').innerText)")
}

// TestAStoryNamesWhatAndWho: an article and a person stand in it by name.
func TestAStoryNamesWhatAndWho(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.board = devicesBoard
	f.rest["/site/v1/kpi"] = `{"items":[]}`
	f.rest["/site/v1/workers"] = `{"items":[{"worker":"w-004","name":"임*"}]}`
	f.rest["/site/v1/orders"] = `{"items":[{"id":"536370","client":"default","carrier":"cj","stage":"shipped","lines":[]}]}`
	f.rest["/site/v1/orders/536370"] = `{"order":{"id":"536370","client":"default","carrier":"cj","stage":"shipped","received":"2026-11-21T09:00:00+09:00","lines":[{"id":"1","sku":"85123A","location":"C08-21-3","wanted":6,"picked":6}]},
		"articles":{"85123A":{"name":{"ko":"화이트 랜턴"},"variant":{"ko":"블랙 / L"}}},
		"boxes":[{"id":"B-208","n":1,"waybill":"650000000696","by":"w-004","station":"pack-1","boundAt":"2026-11-29T20:21:26+09:00","truck":"K-10","shipped":true,"at":"2026-11-29T20:22:17+09:00"}]}`
	f.rest["/site/v1/shift"] = `{"left":{"totes":{"n":1,"items":[{"tote":"TOTE-00004","order":"536370","worker":"w-004"}]},"works":{"n":0,"items":[]},"inDoubt":{"n":0,"items":null},"held":{"n":0,"items":[]},"voided":{"n":0,"items":[]},"lost":{"n":0,"items":[]}},"sync":{"head":1,"acked":1,"unsynced":0},"badges":0}`
	b := leadPage(t, f.server.URL, "/lead", 1280, 900)
	b.fill("[type=search]", "536370")
	// Sent once: each sending draws the story anew, and a page that is slower than the
	// asking would be asked away from under its own answer.
	b.do(chromedp.Evaluate[chromedp.Void]("document.querySelector('.lead-top form').requestSubmit()"))
	b.wait("document.querySelector('.story .box-line')")
	b.wait("/임\\*/.test(document.querySelector('.story .box-line').innerText)")
	assert.Contains(t, b.text(".story .box-line"), "포장대 pack-1 · 임* (w-004) · 포장 완료 20:21 · 출고 20:22")
	assert.Contains(t, b.text(".story .order-lines"), "화이트 랜턴 블랙 / L 85123A · 6/6")
	b.sound("story")
	b.shot("lead-story")
	b.click(".drawer > .close")
	b.click(".menu-button")
	b.click("[data-page-of=shift]")
	b.wait("document.querySelector('#shift-end summary')")
	b.click("#shift-end summary")
	b.wait("/임\\* \\(w-004\\)/.test(document.querySelector('#shift-end details').innerText)")
}

// TestWhatWasDoneLastStandsFirst: a loader does not look for the trucks below the picks,
// the page may have been opened anew.
func TestWhatWasDoneLastStandsFirst(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	idle := func() edge.Screen {
		return edge.Screen{Flow: edge.Idle, Expect: []edge.Expect{{Kind: "tote"}}, Actions: []string{"start", "help"},
			Work: []edge.Waiting{{Flow: edge.Pick, Mode: "order", Waiting: 41}, {Flow: edge.Pick, Mode: "cluster", Waiting: 41}, {Flow: edge.Replenish, Waiting: 2},
				{Flow: edge.Pack, Mode: "order", Waiting: 12}, {Flow: edge.Load, Waiting: 118}, {Flow: edge.Load, Mode: "container", Waiting: 9}}}
	}
	first := idle()
	first.Rev = 3
	f.screen = &first
	b := open(t, f.server.URL, 360, 640)
	b.logIn()
	b.wait("document.querySelector('.work.first[data-flow=pick]')")
	b.shows(f, edge.Screen{Flow: edge.Load, Step: "dock", Expect: []edge.Expect{{Kind: "dock", Code: "DOCK-01"}}, Actions: []string{"help", "leave"}})
	b.wait("document.querySelector('.pda[data-step=dock]')")
	b.shows(f, edge.Screen{Flow: edge.Count, Step: "location", Expect: []edge.Expect{{Kind: "location", Code: "LOC-1"}}, Actions: []string{"help", "leave"}})
	b.wait("document.querySelector('.pda[data-step=location]')")
	b.shows(f, idle())
	b.wait("document.querySelector('.work.first[data-flow=load]')")
	b.goTo("/pda")
	b.wait("document.querySelector('.work.first[data-flow=load]')")
	b.shows(f, edge.Screen{Flow: edge.Pick, Mode: "cluster", Step: "tote", Expect: []edge.Expect{{Kind: "tote"}}, Actions: []string{"help", "leave"}})
	b.wait("document.querySelector('.pda[data-step=tote]')")
	b.shows(f, idle())
	b.wait("document.querySelector('.work.first[data-flow=pick] .mode')")
}
