package ui

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

func textOf(ko string) map[string]string { return map[string]string{"ko": ko, "en": "x"} }

// longName is an article whose name alone fills what there is for it.
func longName() edge.Expect {
	return edge.Expect{Kind: "item", Code: "2999000000029", SKU: "ULONG", Line: "1", Location: "U02-01-3", Remaining: 2,
		Name: textOf("화이트 하트 랜턴 크리스마스 한정판 선물 세트 (리본 포장 포함) 겨울 특별 기획 상품"), Variant: textOf("블랙 / L")}
}

// inView is the height of what a selector finds, where all of it can be seen.
const inView = `(function(s){var e=document.querySelector(s); if(!e) return -1; var r=e.getBoundingClientRect();
	for(var p=e.parentElement;p;p=p.parentElement){var c=p.getBoundingClientRect(); if(getComputedStyle(p).overflow!=="visible" && (r.bottom>c.bottom+1 || r.top<c.top-1)) return 0}
	return Math.round(r.height)})`

// TestWhatAPickerSees are screens at their real size: what must be seen is seen.
func TestWhatAPickerSees(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	f.screen = &edge.Screen{Rev: 3, Flow: edge.Idle, Expect: []edge.Expect{{Kind: "tote"}}, Actions: []string{"start", "help"}, Work: []edge.Waiting{
		{Flow: "pick", Mode: "order", Waiting: 41, Cutoff: soon()}, {Flow: "pick", Mode: "cluster", Waiting: 8}, {Flow: "put", Waiting: 2}}}
	b.logIn()
	b.wait("document.querySelectorAll('#idle .work').length === 3")
	assert.Greater(t, b.number(inView+`(".work:nth-of-type(3)")`), 55, "three kinds of work fit on one screen")
	assert.Less(t, b.number(inView+`(".work.first")`), 200, "a row is as high as its text")

	order := edge.Task{ID: "T-1", Orders: []string{"1"}, Done: 2, Of: 5}
	item := edge.Screen{Flow: edge.Pick, Mode: "order", Step: "item", Task: &order, Expect: []edge.Expect{longName()}, Quantity: &edge.Quantity{Want: 2},
		Actions: []string{"short", "undo"}, Totes: []string{"TOTE-00007"}}
	f.push(item)
	b.wait("document.querySelector('#variant')")
	assert.Greater(t, b.number(inView+`("#variant")`), 20, "a long name does not push its variant away")
	assert.Equal(t, "2 / 5", b.text("#progress"), "how far the order is")

	lot := longName()
	lot.Kind, lot.Code, lot.Lot = "lot", "", "L250"
	f.push(edge.Screen{Flow: edge.Pick, Mode: "order", Step: "lot", Task: &order, Expect: []edge.Expect{lot}, Actions: []string{"undo"}})
	b.wait("document.querySelector('#lot')")
	assert.Equal(t, []string{"로트 L250", "유통기한을 스캔"}, []string{b.text("#lot"), b.text("#ask")})

	f.push(edge.Screen{Flow: edge.Pick, Mode: "cluster", Step: "tote", Task: &edge.Task{ID: "T-2", Orders: []string{"V-3", "V-4"}, Of: 8},
		Expect: []edge.Expect{{Kind: "tote"}}, Actions: []string{"help"}, Totes: []string{"TOTE-00051"}})
	b.wait("document.querySelector('#slot')")
	assert.Contains(t, b.text("main"), "V-4", "the order of the slot that is filled now")
	assert.NotContains(t, b.text("main"), "TOTE-00051", "the tote before it is not the one to scan")
	b.sound("picking")
}

// TestARefusalSaysWhatIsWrong: aloud and large, with what is wanted and what was read
// as people know them.
func TestARefusalSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	f.screen = &edge.Screen{Rev: 3, Flow: edge.Pick, Mode: "order", Step: "item", Expect: []edge.Expect{longName()}, Quantity: &edge.Quantity{Want: 2}, Actions: []string{"undo"},
		Lines: []edge.ScreenLine{{Line: "2", SKU: "UPLAIN", Name: textOf("메탈 랜턴"), Code: "2999000000036"}}}
	b.logIn()
	b.wait("document.querySelector('#name')")
	heard(b)
	for _, c := range []struct {
		scan       string
		a          answer
		word, both string
	}{
		{"TOTE-00009", answer{edge.Wrong, "pick.wrongTote", map[string]any{"expected": "TOTE-00007", "scanned": "TOTE-00009"}, nil}, "다른 토트", "맞는 것 TOTE-00007 스캔한 것 TOTE-00009"},
		{"2999000000036", answer{edge.Wrong, "pick.wrongItem", map[string]any{"expected": "ULONG", "scanned": "UPLAIN"}, nil}, "다른 상품",
			"맞는 것 " + longName().Name["ko"] + " 블랙 / L ····0029 스캔한 것 메탈 랜턴 ····0036"},
		{"9400000016", answer{edge.Wrong, "load.wrongCarrier", map[string]any{"expected": "cj", "scanned": "logen"}, nil}, "다른 택배사", "맞는 것 CJ대한통운 스캔한 것 로젠"},
		{"QQQ-99", answer{edge.Unknown, "scan.unknown", nil, nil}, "미등록", "맞는 것 " + longName().Name["ko"] + " 블랙 / L ····0029 스캔한 것 QQQ-99"},
		{"650000000453", answer{edge.Unknown, "waybill.voided", nil, nil}, "폐기 송장", "맞는 것 " + longName().Name["ko"] + " 블랙 / L ····0029 스캔한 것 6500-0000-0453"},
	} {
		f.decide = func(message) answer { return c.a }
		b.scan(c.scan)
		b.wait(`document.querySelector(".refusal[data-key='` + c.a.say + `']")`)
		assert.Equal(t, c.word, b.text(".refusal b"))
		assert.Equal(t, c.both, b.text(".refusal .both"))
		assert.Equal(t, c.word, b.text("#said"), "what is spoken is what stands there")
		b.sound(c.a.say)
	}
}

// TestARefusedArticleHasItsName: also one that stands nowhere on the screen.
func TestARefusedArticleHasItsName(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	f.screen = &edge.Screen{Rev: 3, Flow: edge.Pack, Mode: "order", Step: "item", Station: "pack-1", Actions: []string{"undo"},
		Expect: []edge.Expect{longName(), longName()}}
	f.article = map[string]any{"sku": "USTRANGE", "name": textOf("메탈 랜턴"), "variant": textOf("블랙")}
	f.decide = func(message) answer {
		return answer{edge.Over, "pack.over", map[string]any{"scanned": "USTRANGE", "remaining": 0}, nil}
	}
	b.logIn()
	b.wait("document.querySelector('#name')")
	b.scan("2999000000036")
	b.wait(`document.querySelector(".refusal[data-key='pack.over']")`)
	assert.Equal(t, "이 주문에 더 필요하지 않습니다: 메탈 랜턴 블랙 (남은 0)", b.text(".refusal p"))
	assert.Equal(t, "스캔한 것 메탈 랜턴 블랙 ····0036", b.text(".refusal .both"))
	b.sound("a refused article")
	b.shot("pda-article")
}

// heard writes what is spoken last, and how many tones were played, where a test
// reads it.
func heard(b *tab) {
	b.t.Helper()
	b.number(`(function(){var p=document.createElement("p");p.id="said";p.setAttribute("data-tones","0");p.style.display="none";document.body.appendChild(p);
		speechSynthesis.speak=function(u){p.textContent=u.text};
		var make=AudioContext.prototype.createOscillator;
		AudioContext.prototype.createOscillator=function(){p.setAttribute("data-tones",1+Number(p.getAttribute("data-tones")));return make.call(this)};
		Object.defineProperty(p,"innerText",{get:function(){return p.textContent}});return 1})()`)
}

// TestASlowAnswer: after 300 ms words and a tick say that the scan was taken.
func TestASlowAnswer(t *testing.T) {
	t.Parallel()
	f, p, b := pda(t)
	b.logIn()
	b.wait("document.querySelector('#idle .work')")
	heard(b)
	hold, asked := make(chan struct{}), make(chan struct{})
	f.decide = func(m message) answer {
		close(asked)
		<-hold
		return p.decide(m)
	}
	tones := b.number(`Number(document.querySelector("#said").getAttribute("data-tones"))`)
	began := time.Now()
	b.scan("TOTE-00007")
	<-asked
	b.wait("document.querySelector('#waiting') && Number(document.querySelector('#said').getAttribute('data-tones')) === " + strconv.Itoa(tones+1))
	t.Logf("said after %v", time.Since(began))
	close(hold)
	b.wait("!document.querySelector('#waiting')")
}

// TestACancelStaysUntilItIsRead: what becomes of a cancelled tote's goods is not
// taken away by time alone, but goes with the next good scan or other work.
func TestACancelStaysUntilItIsRead(t *testing.T) {
	t.Parallel()
	f, p, b := pda(t)
	b.logIn()
	b.wait("document.querySelector('#idle .work')")
	// The page's clock runs ahead of what it has to wait for.
	b.number(`(function(){var real=window.setTimeout;window.setTimeout=function(g,ms){return real(g,ms>5000?20:ms)};var now=Date.now;window.later=0;Date.now=function(){return now()+window.later};return 1})()`)
	f.frame(map[string]any{"t": "notice", "code": "ok", "say": map[string]any{"key": "help.called"}})
	f.frame(map[string]any{"t": "notice", "code": "cancelled", "say": map[string]any{"key": "pick.cancelTote", "args": map[string]any{"order": "5", "tote": "TOTE-00007"}}})
	b.wait("document.querySelector('.notes p[data-key=\"pick.cancelTote\"]') && !document.querySelector('.notes p[data-key=\"help.called\"]')")
	assert.Contains(t, b.text(".notes"), "보충·회수", "the work that brings them back, by the name of its row")
	f.decides(p.decide)
	b.number("window.later = 60000")
	b.scan("NOTHING")
	b.wait("document.querySelector('.sign-unexpected')")
	assert.Equal(t, 1, b.number("document.querySelectorAll('.notes p').length"), "nothing was gone on with")
	b.click(".sign")
	b.click("#idle .work")
	b.wait("document.querySelector('.pda[data-step=tote]') && !document.querySelector('.sign')")
	assert.Zero(t, b.number("document.querySelectorAll('.notes p').length"), "other work was begun")
	p.open, p.tote = true, "TOTE-00008"
	b.shows(f, *p.screen())
	told := map[string]any{"t": "notice", "code": "cancelled", "say": map[string]any{"key": "order.cancelled", "args": map[string]any{"order": "V-2"}}}
	f.frame(told)
	b.wait("document.querySelector('.notes p')")
	b.scan("8801234567893")
	b.settled()
	assert.Equal(t, 1, b.number("document.querySelectorAll('.notes p').length"), "this scan was on its way")
	b.number("window.later += 3000")
	b.scan("8801234567893")
	b.wait("!document.querySelector('.notes p')")
}

// TestWhatAPackerSees: any piece of a wave's tote comes next, no code stands where
// one of several is chosen, and a printer that waits says for what.
func TestWhatAPackerSees(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.rest["/floor/v1/stations"] = `{"items":[{"name":"pack-4","free":true,"printer":"printer-4","state":"ready"}]}`
	f.decide = func(message) answer { return answer{edge.Unknown, "scan.unknown", nil, nil} }
	plain := edge.Expect{Kind: "item", Code: "2999000000036", SKU: "UPLAIN", Name: textOf("메탈 랜턴")}
	f.screen = &edge.Screen{Rev: 3, Flow: edge.Idle, Expect: []edge.Expect{{Kind: "tote"}}, Actions: []string{"start", "help"}}
	b := open(t, f.server.URL, 1280, 800)
	b.goTo("/desk?station=pack-4")
	b.wait("document.querySelector('.login')")
	b.scan("W-001")
	b.wait("document.querySelector('#idle')")
	b.scan("TOTE-00057")
	require.Eventually(t, func() bool { return len(f.messages()) == 1 }, 30*time.Second, 5*time.Millisecond)
	assert.Equal(t, "pack-4", f.messages()[0].Station, "the label is to come out at this desk")
	b.wait("document.querySelector('.refusal')")

	printer := &edge.PrinterView{Name: "printer-4", State: "ready"}
	f.push(edge.Screen{Flow: edge.Pack, Mode: "single", Step: "item", Task: &edge.Task{ID: "T-1"}, Expect: []edge.Expect{longName(), plain}, Actions: []string{"close", "leave"},
		Printer: printer, Station: "pack-4", Totes: []string{"TOTE-00057"}})
	b.wait("document.querySelectorAll('.contents li').length === 2")
	assert.Equal(t, "다음 토트에서 꺼내 상품을 스캔", b.text(".bar-row #ask"))
	assert.Equal(t, "포장", b.text(".top .about"))
	assert.Equal(t, "토트 끝내기", b.text("[data-action=close]"))

	f.push(edge.Screen{Flow: edge.Return, Step: "grade", Task: &edge.Task{ID: "T-2"}, Expect: []edge.Expect{{Kind: "grade", Code: "GRADE-good"}}, Actions: []string{"grade"},
		Return: &edge.ReturnView{ID: "R-1", Grades: []string{"good", "defect", "wrongItem"}}})
	b.wait("document.querySelectorAll('[data-grade]').length === 3")
	assert.Equal(t, "다음 등급을 고르세요", b.text(".bar-row #ask"), "no code where one of several is chosen")
	assert.Equal(t, "반품", b.text(".top .about"))

	f.push(edge.Screen{Flow: edge.Pack, Mode: "order", Step: "printing", Task: &edge.Task{ID: "T-3", Orders: []string{"1"}}, Expect: []edge.Expect{{Kind: "waybill", Box: "B-1"}}, Actions: []string{"help"},
		Printer: &edge.PrinterView{Name: "printer-4", State: "noPaper"}, Station: "pack-4"})
	b.wait("document.querySelector('#stop')")
	assert.Contains(t, b.text("#stop"), "용지를 넣으세요 주문 1 printer-4 · 용지 없음")
	b.sound("packing")
}

// TestParticlesFollowTheWordBefore: 을 or 를 by how the name before it is read.
func TestParticlesFollowTheWordBefore(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	b.wait("document.querySelector('#idle .work')")
	for tote, want := range map[string]string{"C-1": "롤테이너 C-1이 비어 있습니다", "C-2": "롤테이너 C-2가 비어 있습니다", "곰": "롤테이너 곰이 비어 있습니다", "새": "롤테이너 새가 비어 있습니다", "CART": "롤테이너 CART가 비어 있습니다"} {
		f.decide = func(message) answer {
			return answer{edge.Unexpected, "container.empty", map[string]any{"container": tote}, nil}
		}
		b.scan("X")
		b.wait(`document.querySelector(".refusal p") && document.querySelector(".refusal p").innerText.indexOf("` + tote + `") > 0`)
		assert.Equal(t, want, b.text(".refusal p"))
	}
}

// TestGoodsThatGoBackAreInSight: what a worker is to do with a cancelled order's goods
// needs no scroll, however many zones are listed; right after they were told, or have
// put a tote aside, it is the first thing on the page.
func TestGoodsThatGoBackAreInSight(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	idle := edge.Screen{Flow: edge.Idle, Expect: []edge.Expect{{Kind: "tote"}}, Actions: []string{"start", "help"}, Work: []edge.Waiting{{Flow: "pick", Mode: "order", Waiting: 401, Cutoff: soon()}}}
	for _, z := range strings.Split("ABCDEFGZ", "") {
		idle.Work = append(idle.Work, edge.Waiting{Flow: "pick", Mode: "order", Zone: z, Waiting: 41, Cutoff: soon()})
	}
	idle.Work = append(idle.Work, edge.Waiting{Flow: "put", Waiting: 2}, edge.Waiting{Flow: "replenish", Waiting: 1})
	first := idle
	first.Rev = 3
	f.screen = &first
	b.logIn()
	for _, l := range []string{"ko", "ja", "en"} {
		b.speak(l)
		b.goTo("/pda")
		b.wait("document.querySelectorAll('#idle .work').length === 11")
		assert.Greater(t, b.number(inView+`(".work[data-flow=replenish]")`), 55, l)
		assert.Equal(t, 0, b.number("document.querySelectorAll('.work.first[data-flow=replenish]').length"), "it is nobody's yet")
		assert.Greater(t, b.number(inView+`(".work[data-zone=Z]")`), 55, "all eight zones too")
		b.do(chromedp.MouseClickXY(180, 20)) // a page that nobody has touched may not vibrate
		f.frame(map[string]any{"t": "notice", "code": "cancelled", "say": map[string]any{"key": "pick.cancelTote", "args": map[string]any{"order": "536365-0001", "tote": "TOTE-00007"}}})
		b.wait("document.querySelector('.work.first[data-flow=replenish]')")
		assert.Contains(t, b.text(".work.first"), "TOTE-00007")
		assert.Greater(t, b.number(inView+`(".work.first")`), 100, l)
		b.sound("goes back " + l)
		b.shot("pda-back-" + l)
	}
	f.mu.Lock()
	f.decide = func(m message) answer {
		next := idle
		if m.Action == "ack" {
			return answer{edge.OK, "ack.done", map[string]any{"order": "536365"}, &next}
		}
		next = edge.Screen{Flow: edge.Idle, Step: "cancelled", Task: &edge.Task{ID: "T-1", Orders: []string{"536365"}}, Expect: []edge.Expect{}, Actions: []string{"ack", "help"}}
		return answer{edge.Cancelled, "order.cancelled", map[string]any{"order": "536365"}, &next}
	}
	f.mu.Unlock()
	b.goTo("/pda")
	b.wait("document.querySelector('#idle .work') && !document.querySelector('.work.first[data-flow=replenish]')")
	b.scan("TOTE-00007")
	b.click(".sign-cancelled #ack")
	b.wait("document.querySelector('.work.first[data-flow=replenish]')")
	assert.Greater(t, b.number(inView+`(".work.first")`), 100)
}

// TestAToteLeftWithGoodsIsInSight: the one with which this worker goes on stands above
// all that could be begun.
func TestAToteLeftWithGoodsIsInSight(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	f.screen = &edge.Screen{Rev: 3, Flow: edge.Idle, Expect: []edge.Expect{{Kind: "tote", Code: "TOTE-00007"}}, Actions: []string{"start", "help"}, Work: []edge.Waiting{
		{Flow: "pick", Mode: "order", Waiting: 41}, {Flow: "pick", Mode: "cluster", Waiting: 8}, {Flow: "pick", Mode: "total", Waiting: 8}, {Flow: "put", Waiting: 2}, {Flow: "pack", Mode: "order", Waiting: 2}, {Flow: "load", Waiting: 2}}}
	b.logIn()
	for _, l := range []string{"ko", "ja", "en"} {
		b.speak(l)
		b.goTo("/pda")
		b.wait("document.querySelectorAll('#idle .work').length === 6")
		assert.Greater(t, b.number(inView+`("#resume")`), 20, l)
		assert.Contains(t, b.text("#resume"), "TOTE-00007")
		b.sound("resume " + l)
		b.shot("pda-resume-" + l)
	}
}

// TestACellStandsInOneLine: whatever the site calls its cells, nobody reads one in two
// pieces.
func TestACellStandsInOneLine(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	for _, cell := range []string{"7", "A-07", "W1-07", "ST-101", "WALL-07", "WALL-B-07-12"} {
		f.push(edge.Screen{Flow: edge.Put, Step: "cell", Task: &edge.Task{ID: "T-3"}, Expect: []edge.Expect{{Kind: "cell", Code: "CELL-" + cell, Location: cell, SKU: "85123A", Remaining: 1}}, Actions: []string{"undo"}})
		b.wait("document.querySelector('.cell-number') && document.querySelector('.cell-number').innerText === '" + cell + "'")
		assert.Less(t, b.number("(function(){var r=document.createRange(); r.selectNodeContents(document.querySelector('.cell-number')); return r.getClientRects().length})()"), 2, cell)
		b.sound(cell)
	}
}

// TestGoodsOfACancelledToteHaveAPlace: a siren's ack takes them out of their tote, which is
// free then; whoever brings them back is told where they lie, and no row names the tote.
func TestGoodsOfACancelledToteHaveAPlace(t *testing.T) {
	t.Parallel()
	f, p, b := pda(t)
	idle := p.screen()
	idle.Work = append(idle.Work, edge.Waiting{Flow: edge.Replenish, Waiting: 1})
	f.screen = idle
	b.logIn()
	row := "document.querySelector('.work[data-flow=replenish]')"
	b.wait(row)
	f.frame(map[string]any{"t": "notice", "code": "cancelled", "say": map[string]any{"key": "pick.cancelTote", "args": map[string]any{"order": "5", "tote": "TOTE-00007"}}})
	b.wait("/TOTE-00007/.test(" + row + ".innerText)")
	f.decides(func(message) answer { return answer{edge.OK, "ack.done", map[string]any{"order": "5"}, idle} })
	b.scan("TOTE-00007")
	b.wait("!/TOTE-00007/.test(" + row + ".innerText)")

	bring := bringStep("item")
	bring.Task.Reason = "cancelled"
	b.shows(f, bring)
	b.wait("document.querySelector('.whither')")
	assert.Contains(t, b.text(".whither"), text(t, "ko", "move.cancelTote"))
	b.sound("brings back")
	b.shot("pda-brings-back")
}
