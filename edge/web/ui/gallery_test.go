package ui

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// speak sets the language of this browser, as a worker's choice does.
func (b *tab) speak(language string) {
	b.t.Helper()
	b.number(fmt.Sprintf("(localStorage.setItem('dcedge.language', JSON.stringify(%q)), 1)", language))
}

func packScreen(step string) edge.Screen {
	line := func(n, have, want int, sku, ko, option string) edge.ScreenLine {
		return edge.ScreenLine{Line: fmt.Sprint(n), SKU: sku, Name: names(ko, "White hanging heart lantern holder", "ホワイトハートランタンホルダー"),
			Variant: names(option, "black / L", "ブラック / L"), Have: have, Want: want, Code: "880123456789" + fmt.Sprint(n)}
	}
	s := edge.Screen{Flow: edge.Pack, Mode: "order", Step: step, Station: "pack-1", Box: "B-212", Totes: []string{"TOTE-00007"},
		Task:    &edge.Task{ID: "T-90", Client: "default", Orders: []string{"536365"}, Carrier: "cj", Cutoff: soon(), Done: 1, Of: 4, Box: "B-212"},
		Printer: &edge.PrinterView{Name: "printer-1", State: "ready"}, Recipient: &edge.Masked{Name: "황*은", Phone: "010-8477-****", Address: "경기도 용인시 ***"},
		Lines:    []edge.ScreenLine{line(1, 8, 8, "71053", "하트 행거", "실버"), line(2, 2, 6, "85123A", "화이트 하트 랜턴", "블랙 / L"), line(3, 0, 1, "84406B", "크림 큐피드 하트 코트 행거", "아이보리"), line(4, 0, 12, "22752", "러시아 인형 상자", "빨강 7개 한 벌")},
		Expect:   []edge.Expect{{Kind: "item", SKU: "85123A", Line: "2", Code: "8801234567892", Name: names("화이트 하트 랜턴", "White hanging heart lantern holder", "ホワイトハートランタンホルダー"), Remaining: 4}},
		Quantity: &edge.Quantity{Have: 2, Want: 6, Typing: true}, Actions: []string{"quantity", "close", "undo", "help", "leave"}}
	switch step {
	case "tote":
		s.Expect, s.Lines, s.Quantity, s.Totes, s.Box, s.Recipient = []edge.Expect{{Kind: "tote", Code: "TOTE-00007"}}, nil, nil, nil, "", nil
		s.Task.Orders, s.Task.Carrier, s.Task.Cutoff = nil, "", nil
		s.Actions = []string{"help", "leave"}
	case "printing", "waybill", "inDoubt":
		for i := range s.Lines {
			s.Lines[i].Have = s.Lines[i].Want
		}
		s.Quantity, s.Expect, s.Actions = nil, []edge.Expect{{Kind: "waybill", Box: "B-212"}}, []string{"help", "leave"}
		if step == "waybill" {
			s.Expect[0].Code, s.Actions = "581234567890", []string{"reprint", "void", "help", "leave"}
		}
		if step == "inDoubt" {
			s.Task.Attempt, s.Actions = "A-31", []string{"printed", "reprint", "void", "help", "leave"}
			s.Printer.State = "noPaper"
		}
	}
	return s
}

func loadScreen() edge.Screen {
	s := edge.Screen{Flow: edge.Load, Task: &edge.Task{ID: "T-91", Carrier: "hanjin", Trip: "2", Cutoff: soon(), Done: 128, Of: 131},
		Truck: &edge.TruckView{ID: "TR-4", Dock: "DOCK-01", Carrier: "hanjin", Trip: "2", Loaded: 128, Left: 3}, Actions: []string{"close", "help", "leave"}}
	for _, n := range []string{"581234567890", "581234567901", "581234567912"} {
		s.Expect = append(s.Expect, edge.Expect{Kind: "waybill", Code: n, Box: "B-1"})
	}
	return s
}

// TestPDAGallery looks at every kind of screen and sign in three languages.
func TestPDAGallery(t *testing.T) {
	t.Parallel()
	f, p, b := pda(t)
	b.logIn()
	verdicts := []struct {
		code edge.Code
		say  string
		args map[string]any
	}{{edge.Over, "pick.over", map[string]any{"remaining": 1, "scanned": 12}}, {edge.Duplicate, "tote.inUse", map[string]any{"tote": "TOTE-00007"}},
		{edge.Hold, "order.held", map[string]any{"order": "536365", "reason": "address"}}, {edge.Unknown, "scan.unknown", nil},
		{edge.Denied, "role.missing", map[string]any{"role": "loader"}}, {edge.Cancelled, "order.cancelled", map[string]any{"order": "536365"}},
		{edge.Wrong, "pick.wrongLocation", map[string]any{"expected": "C08-21-3", "scanned": "LOC-C08-21-4-LOWER"}}}
	for _, l := range []string{"ko", "ja", "en"} {
		b.speak(l)
		b.goTo("/pda")
		b.settled()
		show := func(name string, s edge.Screen) {
			f.push(s)
			b.wait(fmt.Sprintf("document.querySelector('.pda').getAttribute('data-rev') === '%d'", f.screen.Rev))
			b.sound(l + " " + name)
			b.shot("pda-" + l + "-" + name)
		}
		p.open, p.tote, p.have = true, "", 0
		show("tote", *p.screen())
		p.tote, p.have = "TOTE-00007", 1
		show("item", *p.screen())
		place := *p.screen()
		place.Step, place.Quantity, place.Expect[0].Kind, place.Expect[0].Code, place.Expect[0].Location = "location", nil, "location", "LOC-C08-21-3", "ZONE-C-08-21-3"
		show("location", place)
		show("load", loadScreen())
		show("held", edge.Screen{Flow: edge.Pick, Step: "held", Task: &edge.Task{ID: "T-1", Orders: []string{"536365"}}, Actions: []string{"help", "leave"}})
		show("cancelled", edge.Screen{Flow: edge.Idle, Step: "cancelled", Task: &edge.Task{ID: "T-1", Orders: []string{"536365"}}, Actions: []string{"ack", "help"}})
		show("printing", packScreen("printing"))
		show("inDoubt", packScreen("inDoubt"))
		show("pack", packScreen("item"))
		show("closing", edge.Screen{Flow: edge.Load, Task: &edge.Task{ID: "T-1"}, Truck: &edge.TruckView{Loaded: 131}, Actions: []string{"close", "leave"}})
		show("idle", *idleScreen(1204))
		for _, v := range verdicts {
			f.mu.Lock()
			f.decide = func(message) answer { return answer{v.code, v.say, v.args, nil} }
			f.mu.Unlock()
			b.scan("X-1")
			b.wait(fmt.Sprintf("document.querySelector('.sign[data-code=%s]')", v.code))
			b.sound(l + " " + v.say)
			b.shot("pda-" + l + "-sign-" + string(v.code))
		}
		b.click(".sign")
	}
	b.media(&emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"})
	p.open, p.tote, p.have = true, "TOTE-00007", 1
	f.push(*p.screen())
	b.wait("document.querySelector('#count')")
	b.shot("pda-dark-item")
	f.frame(map[string]any{"t": "notice", "code": "hold", "say": map[string]any{"key": "printer.stopped", "args": map[string]any{"printer": "printer-1", "state": "noPaper"}}})
	b.wait("document.querySelector('.notes p')")
	b.sound("notice")
	b.shot("pda-dark-notice")
}

func TestDeskGallery(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.screen = idleScreen(41)
	f.screen.Rev = 3
	f.decide = func(m message) answer {
		if m.Action == "printed" {
			s := packScreen("waybill")
			return answer{edge.OK, "label.stick", nil, &s}
		}
		return answer{edge.Over, "pack.over", map[string]any{"scanned": "22752", "remaining": 0}, nil}
	}
	f.rest["/floor/v1/stations"] = `{"items":[{"name":"pack-1","free":true,"printer":"p-1","state":"ready"},{"name":"pack-2","free":false,"why":"taken"},
		{"name":"pack-3","free":false,"why":"printer","printer":"p-3","state":"noPaper"},{"name":"pack-4","free":false,"why":"noPrinter"}]}`
	b := open(t, f.server.URL, 1280, 800)
	b.goTo("/desk")
	b.wait("document.querySelector('.login')")
	b.scan("W-001")
	b.wait("document.querySelector('#sync[data-online=yes]')")
	for _, l := range []string{"ko", "ja", "en"} {
		b.speak(l)
		f.push(*idleScreen(41))
		b.goTo("/desk")
		b.wait("document.querySelector('#idle .work')")
		b.shot("desk-" + l + "-idle")
		for _, step := range []string{"tote", "item", "printing", "waybill", "inDoubt"} {
			f.push(packScreen(step))
			b.wait(fmt.Sprintf("document.querySelector('.desk[data-step=%s]')", step))
			b.sound(l + " " + step)
			b.shot("desk-" + l + "-" + step)
		}
		b.click("[data-outcome=no]")
		b.wait("document.querySelector('.desk[data-step=waybill]')")
		b.wait("!document.querySelector('.sign')")
		b.scan("8801234567899")
		b.wait("document.querySelector('.sign[data-code=over]')")
		b.shot("desk-" + l + "-over")
		b.click(".sign")
	}
	f.push(*idleScreen(41))
	b.click(".station-choice")
	b.wait("document.querySelector('#stations [data-station=pack-3]')")
	assert.Contains(t, b.text("#stations"), "p-3: no paper", "why a desk is not free")
	b.shot("desk-stations")
	b.click("[data-station=pack-3]") // one of the site's, never typed
	b.wait("document.querySelector('.no-desk')")
	assert.Contains(t, b.text(".no-desk"), "p-3: no paper")
	b.shot("desk-noDesk")
	f.push(packScreen("item"))
	b.do(chromedp.EmulateViewport(640, 400)) // 200 %
	b.wait("document.querySelector('.desk[data-step=item]')")
	b.sound("desk at 200 %")
	b.shot("desk-zoom")
	b.media(&emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"})
	b.do(chromedp.EmulateViewport(1280, 800))
	b.shot("desk-dark")
	all := f.messages()
	assert.Equal(t, map[string]any{"attempt": "A-31", "outcome": "no"}, all[0].Args)
}

// boardOf is a snapshot as edge/board makes it.
func boardOf(t *testing.T) string {
	row := func(carrier, cutoff string, stages map[string]int, held, short int) map[string]any {
		return map[string]any{"carrier": carrier, "cutoff": cutoff, "stages": stages, "held": held, "short": short}
	}
	in := func(minutes int) string {
		return soon().Add(time.Duration(minutes) * time.Minute).Format(edge.TimeLayout)
	}
	items := map[string]any{
		"head": map[string]any{"": map[string]any{"epoch": "e1", "head": 10423, "open": 2310, "orders": 3514, "counting": true}},
		"rows": map[string]any{
			"cj@1":     row("cj", in(0), map[string]int{"shipped": 700, "loaded": 204, "packed": 300, "packing": 60, "picked": 120, "picking": 90, "received": 86}, 2, 1),
			"hanjin@2": row("hanjin", in(30), map[string]int{"loaded": 110, "packed": 200, "picked": 140, "picking": 80, "received": 290}, 0, 0),
			"lotte@3":  row("lotte", in(120), map[string]int{"packed": 60, "picking": 240, "received": 700, "parked": 30}, 0, 4),
			"yamato@4": row("yamato", in(-60), map[string]int{"shipped": 310, "packed": 3}, 0, 0),
		},
		"exceptions": map[string]any{
			"inDoubt:A-31":      map[string]any{"kind": "inDoubt", "id": "A-31", "order": "536365", "box": "B-212", "reason": "printer-2", "station": "pack-2", "since": in(-48)},
			"printer:printer-2": map[string]any{"kind": "printer", "id": "printer-2", "reason": "noPaper", "since": in(-45)},
			"held:536370":       map[string]any{"kind": "held", "id": "536370", "order": "536370", "reason": "customer", "by": "wms", "since": in(-90)},
			"held:536372":       map[string]any{"kind": "held", "id": "536372", "order": "536372", "reason": "payment", "by": "w-900", "since": in(-80)},
			"help:77":           map[string]any{"kind": "help", "id": "77", "worker": "w-001", "device": "pda-07", "flow": "pick", "step": "item", "order": "536365", "location": "C08-21-3", "sku": "85123A", "units": 2, "since": in(-47)},
			"label:B-213":       map[string]any{"kind": "label", "id": "B-213", "box": "B-213", "order": "536371", "station": "pack-1", "reason": "render", "field": "sort", "detail": "fit", "since": in(-46)},
			"short:536381":      map[string]any{"kind": "short", "id": "536381", "order": "536381", "units": 4, "since": in(-61)},
			"parked:536399":     map[string]any{"kind": "parked", "id": "536399", "order": "536399", "missing": []string{"sku:22752"}, "since": in(-50)},
		},
		"workers":   map[string]any{"w-001": map[string]any{"worker": "w-001", "flow": "pick"}, "w-002": map[string]any{"worker": "w-002", "flow": "pack"}, "w-003": map[string]any{"worker": "w-003", "flow": "load"}, "w-4": map[string]any{"worker": "w-4", "flow": "pick"}},
		"printers":  map[string]any{"printer-1": map[string]any{"name": "printer-1", "state": "ready"}, "printer-2": map[string]any{"name": "printer-2", "state": "noPaper"}, "printer-3": map[string]any{"name": "printer-3", "state": "printing"}},
		"devices":   map[string]any{"printer-1": map[string]any{"name": "printer-1", "ok": true}, "printer-2": map[string]any{"name": "printer-2", "ok": false, "error": "noPaper"}},
		"consumers": map[string]any{"wms": map[string]any{"name": "wms", "required": true, "acked": 10400, "lagEvents": 23, "lagSeconds": 4.2}, "audit": map[string]any{"name": "audit", "lagEvents": 10423, "lagSeconds": 20340}},
		"trucks":    map[string]any{"TR-4": map[string]any{"id": "TR-4", "dock": "DOCK-01", "carrier": "cj", "trip": "2", "loaded": 128}},
	}
	b, err := json.Marshal(map[string]any{"t": "snapshot", "n": 5, "edgeTime": "NOW", "site": "ICN1", "items": items})
	require.NoError(t, err)
	return string(b)
}

func TestLeadGallery(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.board = boardOf(t)
	hours := []string{}
	for i, n := range []int{120, 480, 910, 1430, 1720, 1650, 400, 1580, 1900, 820} {
		from := soon().Add(time.Duration(i-10) * time.Hour).Truncate(time.Hour).Format(edge.TimeLayout)
		hours = append(hours, fmt.Sprintf(`{"from":%q,"units":%d,"boxes":%d,"loaded":%d}`, from, n, n/5, n/6))
	}
	f.rest["/site/v1/kpi"] = `{"items":[` + strings.Join(hours, ",") + `]}`
	f.rest["/site/v1/orders"] = `{"items":[{"id":"536370","client":"default","carrier":"cj","stage":"packing","lines":[]},{"id":"536371","client":"default","carrier":"cj","stage":"packing","held":"address","lines":[]}]}`
	f.rest["/site/v1/orders/536370"] = `{"order":{"id":"536370","client":"default","carrier":"cj","stage":"packing","held":"address","received":"2026-11-21T09:00:00+09:00","totes":["TOTE-00007"],
		"lines":[{"id":"1","sku":"85123A","location":"C08-21-3","wanted":6,"picked":6},{"id":"2","sku":"71053","location":"C11-02-1","wanted":8,"picked":4,"short":4}]},
		"boxes":[{"id":"B-212","n":1,"waybill":"581234567890","attempts":["A-30","A-31"],"stale":"A-30"}],"recipient":{"name":"황*은","phone":"010-8477-****","address":"경기도 용인시 ***"}}`
	f.rest["/site/v1/workers"] = `{"items":[{"worker":"w-001","name":"홍*동"},{"worker":"w-900","name":"이*늘"}]}`
	b := leadPage(t, f.server.URL, "/lead", 1440, 900)
	b.wait("document.documentElement.getAttribute('data-phase') === 'work'")
	for _, l := range []string{"ko", "ja", "en"} {
		b.speak(l)
		b.goTo("/lead")
		b.wait("document.querySelector('.lead[data-live=yes] .stack') && document.querySelector('#hours')")
		b.sound("lead " + l)
		b.shot("lead-" + l)
	}
	b.wait("document.querySelector('.kind-help .head').innerText.indexOf('홍*동 (w-001)') >= 0")
	assert.Contains(t, b.text("#trouble li:first-child"), "w-001", "who calls comes first")
	assert.Contains(t, b.text(".lead-top .alarm"), "8 \u00b7 1 call")
	assert.Contains(t, b.text(".kind-help .detail"), "C08-21-3 \u00b7 85123A \u00b7 pda-07 \u00b7 called 2 times")
	assert.Contains(t, b.text(".kind-label .detail"), "field sort \u00b7 text does not fit \u2192 Correct the template or the order")
	assert.Contains(t, b.text(".kind-held .detail"), "customer asked \u00b7 by the WMS")
	assert.Contains(t, b.text("#hours"), "counting today again")
	b.click(".kind-help [data-action=helpClose]")
	require.Eventually(t, func() bool { f.mu.Lock(); defer f.mu.Unlock(); return len(f.writes) == 1 }, 30*time.Second, 10*time.Millisecond)
	assert.Equal(t, `/site/v1/helps/77/close {}`, f.writes[0])
	f.writes = nil
	f.boardChange(`{"t":"change","n":6,"edgeTime":"NOW","set":{"head":{"":{"head":10430,"open":2309,"orders":3514}}},"gone":{"exceptions":["printer:printer-2","help:77"]}}`)
	b.wait("!document.querySelector('.kind-printer') && !document.querySelector('.kind-help') && !document.querySelector('.counting')")
	assert.Contains(t, b.text(".lead-top"), "2,309")

	b.click(".seg-packing")
	b.wait("document.querySelectorAll('.orders button').length === 2")
	b.shot("lead-orders")
	b.click(".orders button")
	b.wait("document.querySelector('.story [data-action=release]')")
	assert.Contains(t, b.text(".box-line"), "Label with the old address")
	b.shot("lead-order")
	b.click("[data-action=release]") // the answer, and the board's word, are read anew
	b.wait("document.querySelector('.story [role=status]').innerText !== ''")
	f.mu.Lock()
	require.Len(t, f.writes, 1)
	assert.Regexp(t, `^/site/v1/orders/536370/release \{"id":"[0-9a-f-]{36}","client":"default"\}$`, f.writes[0])
	f.mu.Unlock()

	f.rest["/site/v1/workers"] = `{"items":[{"worker":"w-001","name":"홍*동","flow":"pick","orders":["536365"],"station":"","last":"2026-11-21T09:00:00+09:00","roles":["picker"],"session":{"device":"pda-07","began":"2026-11-21T08:00:00+09:00"}}]}`
	b.click("#people .open")
	b.click("[data-worker=w-001] [data-action=revoke]")
	b.shot("lead-people")
	b.click("[data-worker=w-001] [data-action=revoke]") // it asks once
	require.Eventually(t, func() bool { f.mu.Lock(); defer f.mu.Unlock(); return len(f.writes) == 2 }, 30*time.Second, 10*time.Millisecond)
	assert.Equal(t, `/site/v1/workers/w-001/revoke {"reason":"lead"}`, f.writes[1])

	f.boardChange(`{"t":"change","n":9,"edgeTime":"NOW"}`) // a gap: the page begins again with a snapshot
	b.wait("document.querySelector('.kind-printer')")
	b.media(&emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"})
	b.goTo("/lead")
	b.wait("document.querySelector('.lead[data-live=yes] .stack') && document.querySelector('#hours')")
	b.shot("lead-dark")
	b.do(chromedp.EmulateViewport(720, 450)) // 200 %
	b.sound("lead at 200 %")
	b.shot("lead-zoom")
	f.line(true)
	if os.Getenv("UI_SHOTS") != "" {
		b.shot("lead-stale")
	}
}
