package ui

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// pickingStep is a screen as edge/floor makes it at one step of picking, parting,
// counting or bringing.
func pickingStep(step string) edge.Screen {
	lantern := edge.Expect{Kind: "item", SKU: "85123A", Line: "1", Code: "8801234567892", Location: "C08-21-3", Remaining: 14,
		Name: names("화이트 하트 랜턴", "White hanging heart lantern", "ホワイトハートランタン"), Variant: names("블랙 / L", "black / L", "ブラック / L")}
	s := edge.Screen{Flow: edge.Pick, Mode: "order", Step: step, Totes: []string{"TOTE-00007"}, Expect: []edge.Expect{lantern},
		Task:    &edge.Task{ID: "T-1", Orders: []string{"536365"}, Carrier: "cj", Cutoff: soon(), Of: 3},
		Actions: []string{"short", "skip", "confirm", "addTote", "handOver", "undo", "help", "leave"}}
	e := &s.Expect[0]
	switch step {
	case "item":
		e.Case, s.Quantity, s.Task.Zone = 6, &edge.Quantity{Want: 14}, "C"
	case "tote":
		e.Kind, e.Code, e.SKU, e.Name, e.Variant, e.Location, e.Remaining = "tote", "", "", nil, nil, "", 0
		s.Mode, s.Totes, s.Task.Totes, s.Actions = "cluster", []string{"TOTE-00007", "TOTE-00008"}, 3, []string{"help", "leave"}
	case "fetch":
		s = pickingStep("tote")
		s.Mode, s.Totes, s.Task.Totes, s.Task.Zone, s.Actions = "order", []string{"TOTE-00007"}, 0, "C", []string{"skip", "help", "leave"}
		s.Expect[0].Code, s.Expect[0].Zone = "TOTE-00007", "B"
	case "into":
		e.Kind, e.Code, e.Remaining = "tote", "TOTE-00009", 2
		s.Mode, s.Totes, s.Actions = "cluster", []string{"TOTE-00007", "TOTE-00008", "TOTE-00009"}, []string{"undo", "help", "leave"}
	case "lot", "serial":
		e.Kind, e.Code = step, map[string]string{"lot": "L-2026-11A", "serial": ""}[step]
		s.Actions = []string{"short", "skip", "confirm", "undo", "help", "leave"}
	case "empty":
		s.Expect, s.Actions = nil, []string{"empty", "undo", "help", "leave"}
		s.Lines = []edge.ScreenLine{{SKU: "85123A", Name: lantern.Name, Location: "C08-21-3"}}
	case "handOver":
		s.Expect, s.Actions = nil, []string{"undo", "help", "leave"}
	}
	return s
}

func wallStep(step string) edge.Screen {
	s := pickingStep("item")
	s.Flow, s.Mode, s.Step, s.Quantity, s.Task = edge.Put, "", step, nil, &edge.Task{ID: "T-2"}
	if s.Actions = []string{"close", "help", "leave"}; step == "item" {
		s.Expect = append(s.Expect, edge.Expect{Kind: "item", SKU: "71053", Name: names("메탈 랜턴", "Metal lantern", "メタルランタン")})
		return s
	}
	s.Actions = []string{"addTote", "undo", "help", "leave"}
	s.Expect[0].Kind, s.Expect[0].Code, s.Expect[0].Location, s.Expect[0].Case, s.Expect[0].Remaining = "cell", "CELL-A-07", "A-07", 0, 2
	return s
}

func bringStep(step string) edge.Screen {
	s := pickingStep("item")
	s.Flow, s.Mode, s.Step, s.Quantity, s.Totes = edge.Replenish, "", step, &edge.Quantity{Have: 2, Want: 6, Typing: true}, nil
	s.Task, s.Actions, s.Expect[0].Case = &edge.Task{ID: "T-3", Reason: "refill"}, []string{"quantity", "help", "leave"}, 0
	switch step {
	case "from":
		s.Step, s.Quantity, s.Actions = "location", nil, []string{"help", "leave"}
		s.Expect = []edge.Expect{{Kind: "location", Code: "LOC-R-02-1", SKU: "85123A", Location: "R-02-1"}}
	case "location":
		s.Expect = []edge.Expect{{Kind: "location", Code: "LOC-C08-21-3", SKU: "85123A", Location: "C08-21-3"}}
	case "anywhere":
		s.Step, s.Expect, s.Totes, s.Task.Reason = "location", nil, []string{"TOTE-00007"}, "cancelled"
	}
	return s
}

func countStep() edge.Screen {
	s := edge.Screen{Flow: edge.Count, Step: "count", Task: &edge.Task{ID: "T-4", Reason: "short"}, Actions: []string{"count", "help", "leave"}}
	s.Lines = []edge.ScreenLine{{SKU: "85123A", Name: names("화이트 하트 랜턴", "White hanging heart lantern", "ホワイトハートランタン"), Code: "8801234567892", Location: "C08-21-3"}}
	return s
}

func zoneIdle() edge.Screen {
	heard := time.Now().Add(-7 * time.Minute)
	s := *idleScreen(41)
	s.Knowledge = &edge.Knowledge{Heard: &heard}
	s.Work = []edge.Waiting{{Flow: edge.Pick, Mode: "order", Zone: "C", Waiting: 41, Cutoff: soon()}, {Flow: edge.Pick, Mode: "order", Zone: "D", Waiting: 12},
		{Flow: edge.Pick, Mode: "total", Waiting: 3}, {Flow: edge.Put, Waiting: 2}, {Flow: edge.Count, Waiting: 1}, {Flow: edge.Replenish, Waiting: 4}}
	return s
}

// TestPickingGallery looks at every step of picking, parting, counting and bringing in
// three languages, and presses what each of them has.
func TestPickingGallery(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	screens := map[string]edge.Screen{"pick-count": countStep(), "pick-idle": zoneIdle(), "put-item": wallStep("item"), "put-cell": wallStep("cell"),
		"bring-from": bringStep("from"), "bring-item": bringStep("item"), "bring-to": bringStep("location"), "bring-anywhere": bringStep("anywhere")}
	for _, step := range []string{"item", "tote", "fetch", "into", "lot", "serial", "empty", "handOver"} {
		screens["pick-"+step] = pickingStep(step)
	}
	show := func(name string, s edge.Screen) {
		f.push(s)
		b.wait(fmt.Sprintf("document.querySelector('.pda').getAttribute('data-rev') === '%d'", f.screen.Rev))
		b.sound(name)
	}
	for _, l := range []string{"ko", "ja", "en"} {
		b.speak(l)
		b.goTo("/pda")
		b.settled()
		for name, s := range screens {
			show(l+" "+name, s)
			b.shot("pda-" + l + "-" + name)
		}
	}
	b.media(&emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"})
	show("dark cell", screens["put-cell"])
	b.shot("pda-dark-put-cell")
	show("dark into", screens["pick-into"])
	b.shot("pda-dark-pick-into")
	show("dark idle", screens["pick-idle"])
	b.shot("pda-dark-pick-idle")
}

// asked is what the page sent last.
func (f *fake) asked(t *testing.T, n int) message {
	t.Helper()
	require.Eventually(t, func() bool { return len(f.messages()) >= n }, 30*time.Second, 10*time.Millisecond)
	return f.messages()[n-1]
}

func TestPickingDialogs(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	f.decide = func(message) answer { return answer{edge.OK, "undo.done", nil, nil} }
	b.logIn()
	b.speak("en")
	b.goTo("/pda")
	b.settled()
	show := func(s edge.Screen) {
		f.push(s)
		b.wait(fmt.Sprintf("document.querySelector('.pda').getAttribute('data-rev') === '%d'", f.screen.Rev))
	}
	press := func(selectors ...string) {
		t.Helper()
		for _, s := range selectors {
			b.wait(fmt.Sprintf("document.querySelector(%q) && !document.querySelector(%q).disabled", s, s))
			b.click(s)
		}
	}
	n := 0
	sent := func(action string, args map[string]any) {
		t.Helper()
		n++
		m := f.asked(t, n)
		assert.Equal(t, action, m.Action)
		assert.Equal(t, args, m.Args)
	}
	show(zoneIdle())
	assert.Contains(t, b.text("#knowledge"), "7 min ago")
	press(".work[data-zone=D]")
	sent("start", map[string]any{"flow": "pick", "mode": "order", "zone": "D"})

	show(pickingStep("item"))
	assert.Equal(t, "2 BOX (=12) + 2 EA", b.text("#cases"))
	assert.Contains(t, b.text(".top"), "Zone C")
	press(".thumb .more", "#more [data-action=confirm]", "#confirm [data-code=labelTorn]")
	sent("confirm", map[string]any{"reason": "labelTorn"})
	press(".thumb .more", "#more [data-action=handOver]")
	sent("handOver", nil)
	press(".thumb .more", "#more [data-action=addTote]")
	sent("addTote", nil)

	press(".thumb .more", "#more [data-action=skipBlocked]")
	sent("skip", map[string]any{"reason": "blocked"})

	show(pickingStep("serial"))
	press(".thumb [data-action=confirm]", "#confirm [data-code=labelTorn]")
	b.wait("document.activeElement.tagName === 'INPUT'")
	b.number(`(function(){var i=document.querySelector('#confirm input');i.value='SN-77';i.dispatchEvent(new Event('input',{bubbles:true}));return 1})()`)
	press("#confirm .primary")
	sent("confirm", map[string]any{"reason": "labelTorn", "text": "SN-77"})

	tote := pickingStep("tote")
	tote.Actions = []string{"undo", "help", "leave"}
	for _, s := range []edge.Screen{tote, pickingStep("empty")} { // the last piece may be taken back
		show(s)
		press(".thumb [data-action=undo]")
		sent("undo", nil)
	}
	show(pickingStep("empty"))
	assert.Equal(t, "C08-21-3", b.text("#where"))
	press("[data-outcome=no]")
	sent("empty", map[string]any{"outcome": "no"})

	show(countStep())
	press(".thumb [data-action=count]")
	b.wait("document.querySelector('#number')")
	b.press([]key{{"Digit1", false, false}, {"Digit2", false, false}, {"Enter", false, false}}, false)
	sent("count", map[string]any{"n": 12.0})

	show(wallStep("cell"))
	assert.Equal(t, "A-07", b.text("#where"))
	press(".thumb [data-action=addTote]")
	sent("addTote", nil)
	show(wallStep("item"))
	press(".thumb [data-action=close]", "#choice [data-code=empty]") // it asks first: what is missing is picked again
	sent("close", map[string]any{})
	show(pickingStep("handOver"))
	press(".thumb [data-action=undo]")
	sent("undo", nil)

	show(pickingStep("tote"))
	assert.Equal(t, "3", b.text("#slot b"))
	assert.Contains(t, b.text(".needs"), "3 totes")
	show(pickingStep("fetch"))
	assert.Equal(t, []string{"TOTE-00007", "Fetch this tote, then scan it", "Put down in zone B"}, []string{b.text("#where"), b.text("#ask"), b.text("#putDown")})
	press(".thumb [data-action=skip]")
	sent("skip", nil)
	show(pickingStep("into"))
	assert.Equal(t, "3", b.text("#slot b"), "the third tote of the cart")
}

// TestWhereAToteGoesStaysInSight: a flash would be gone before it was read.
func TestWhereAToteGoesStaysInSight(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	idle := zoneIdle()
	f.decide = func(message) answer {
		return answer{edge.Done, "pick.passed", map[string]any{"zone": "D", "tote": "TOTE-00007"}, &idle}
	}
	b.logIn()
	b.scan("8801234567892")
	b.wait("document.querySelector('.notes p[data-key=\"pick.passed\"]') && !document.querySelector('.sign')")
}
