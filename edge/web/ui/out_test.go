package ui

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// outScreens are the steps of what leaves the site and comes back to it.
func outScreens() map[string]edge.Screen {
	load := loadScreen()
	load.Truck.MissingTotal, load.Truck.Missing = 2, []edge.Missing{{Box: "B-77", LastSeen: "pack-1"}, {Box: "B-78", LastSeen: "tunnel-1"}}
	load.Truck.Vehicle, load.Truck.Route = "1234", "서울 강남"
	load.Actions = []string{"close", "unload", "vehicle", "help", "leave"}
	empty := load
	empty.Expect = nil

	lantern := edge.GradedView{SKU: "85123A", Name: names("화이트 하트 랜턴 아주 긴 상품 이름 세트", "White hanging heart lantern holder with a long name", "ホワイトハートランタンホルダー長い名前"),
		Variant: names("블랙 / L", "black / L", "ブラック / L"), Quantity: 2}
	back := edge.Screen{Flow: edge.Return, Step: "parcel", Task: &edge.Task{ID: "T-5"}, Return: &edge.ReturnView{},
		Expect: []edge.Expect{{Kind: "waybill", Code: "591234567890"}}, Actions: []string{"confirm", "help", "leave"}}
	item := back
	item.Step, item.Return = "item", &edge.ReturnView{ID: "R-1", Order: "536365", Came: 1, Missing: 3, Graded: []edge.GradedView{{SKU: "71053", Quantity: 1, Grade: "damaged", Place: "Q-01"}}}
	item.Lines = packScreen("item").Lines
	item.Expect = packScreen("item").Expect
	item.Actions = []string{"confirm", "close", "undo", "help", "leave"}
	grade := item
	grade.Step, grade.Lines = "grade", nil
	grade.Return = &edge.ReturnView{ID: "R-1", Order: "536365", Came: 1, Missing: 3, Grades: []string{"good", "damaged", "opened", "wrong"}, Hand: &lantern}
	grade.Expect = []edge.Expect{{Kind: "grade", Code: "CMD-GRADE-GOOD", SKU: "85123A"}}
	grade.Actions = []string{"grade", "undo", "help", "leave"}
	place := grade
	good := lantern
	good.Grade = "good"
	place.Step, place.Return = "location", &edge.ReturnView{ID: "R-1", Order: "536365", Came: 1, Missing: 3, Hand: &good}
	place.Expect = []edge.Expect{{Kind: "location", Code: "LOC-C08-21-3", Location: "C08-21-3", SKU: "85123A"}}
	place.Actions = []string{"undo", "help", "leave"}
	shelf := back
	shelf.Step, shelf.Expect = "shelf", []edge.Expect{{Kind: "location", Code: "LOC-U-01", Location: "U-01"}}
	shelf.Return = &edge.ReturnView{Met: "unknown", What: "591234567890"}
	shelf.Actions = []string{"undo", "help", "leave"}

	out := map[string]edge.Screen{"load": load, "load-last": empty, "return-parcel": back, "return-item": item, "return-grade": grade, "return-place": place, "return-shelf": shelf}
	ill := edge.Screen{Flow: edge.Hospital, Step: "box", Task: &edge.Task{ID: "T-6"}, Expect: []edge.Expect{{Kind: "waybill", Code: "581234567890", Box: "B-9"}}, Actions: []string{"confirm", "help", "leave"}}
	out["hospital-box"] = ill
	for why, todo := range map[string]string{edge.WhyNothing: edge.TodoInduct, edge.WhyLabel: edge.TodoReprint, edge.WhyHeld: edge.TodoAside, edge.WhyNotPacked: edge.TodoDesk, edge.WhyTwin: edge.TodoAside} {
		s := ill
		s.Step, s.Box = "examine", "B-9"
		s.Hospital = &edge.HospitalView{Why: why, Todo: todo, Belt: "noRead", Order: "536365", Carrier: "hanjin", Printer: "printer-1", LastSeen: "tunnel-1", Since: soon()}
		if why == edge.WhyHeld {
			s.Hospital.Reason = "address"
		}
		if todo != edge.TodoInduct && todo != edge.TodoReprint {
			s.Expect = nil
		}
		s.Actions = []string{"confirm", "reprint", "close", "undo", "help", "leave"}
		out["hospital-"+why] = s
	}
	return out
}

// TestOutGallery looks at loading, returns and the hospital in three languages, on
// a PDA.
func TestOutGallery(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	for _, l := range []string{"ko", "ja", "en"} {
		b.speak(l)
		b.goTo("/pda")
		b.settled()
		for name, s := range outScreens() {
			f.push(s)
			b.wait(fmt.Sprintf("document.querySelector('.pda').getAttribute('data-rev') === '%d'", f.screen.Rev))
			b.sound(l + " " + name)
			if s.Truck != nil {
				assert.Contains(t, b.text("#atDock"), "DOCK-01", "%s %s: where the boxes go", l, name)
				assert.GreaterOrEqual(t, b.number("document.querySelector('#atDock').getBoundingClientRect().top - document.querySelector('.top').getBoundingClientRect().bottom"), 0)
			}
			b.shot("out-" + l + "-" + name)
		}
	}
}

// TestAReturnThatIsWholeIsClosed: when nothing is still to come the page says so, with
// the button for it; what cannot be pressed stands in nobody's way.
func TestAReturnThatIsWholeIsClosed(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	whole := outScreens()["return-item"]
	whole.Expect, whole.Return.Missing = []edge.Expect{}, 0
	for _, l := range []string{"ko", "ja", "en"} {
		b.speak(l)
		b.goTo("/pda")
		b.settled()
		f.push(whole)
		b.wait("document.querySelector('.pda[data-step=item] #close')")
		assert.Equal(t, text(t, l, "ask.close"), b.text("#ask"))
		assert.Greater(t, b.number(inView+`("#close")`), 55)
		b.sound("whole " + l)
		b.shot("out-" + l + "-return-whole")
	}
	b.click("#close")
	require.Eventually(t, func() bool { m := f.messages(); return len(m) == 1 && m[0].Action == "close" }, 30*time.Second, 10*time.Millisecond)
	f.push(outScreens()["return-parcel"])
	b.wait("document.querySelector('.pda[data-step=parcel]')")
	b.wait("document.querySelectorAll('.thumb button').length === 4 && !document.querySelector('.thumb button:disabled')") // nothing is counted yet
}

// TestTheHospitalsNewLabel is to be stuck on the box, and its number stands there. A code
// that nobody knows is not set against the shelf that it goes to.
func TestTheHospitalsNewLabel(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	label := outScreens()["hospital-label"]
	label.Step, label.Expect, label.Actions = "waybill", []edge.Expect{{Kind: "waybill", Code: "650000000011", Box: "B-9"}}, []string{"help", "leave"}
	for _, l := range []string{"ko", "ja", "en"} {
		b.speak(l)
		b.goTo("/pda")
		b.settled()
		b.shows(f, label)
		assert.Equal(t, text(t, l, "ask.stick"), b.text("#ask"))
		assert.Contains(t, b.text("#hospital .big"), "6500-0000-0011")
		b.sound("new label " + l)
	}
	shelf := outScreens()["hospital-box"]
	shelf.Hospital = &edge.HospitalView{Why: edge.WhyUnknown, Todo: edge.TodoShelf}
	shelf.Step, shelf.Expect = "shelf", []edge.Expect{{Kind: "location", Code: "LOC-UNKNOWN", Location: "UNKNOWN"}}
	f.decides(func(message) answer { return answer{edge.Unknown, "scan.unknown", nil, &shelf} })
	b.shows(f, outScreens()["hospital-box"])
	b.scan("NOT-OURS-1")
	b.wait("document.querySelector('.sign-unknown .both')")
	assert.Contains(t, b.text(".sign .both"), "NOT-OURS-1")
	assert.NotContains(t, b.text(".sign .both"), "UNKNOWN")
}

// TestNoTruckGoesEmptyByOneTouch: with boxes of a later trip still to be seen, nothing
// of this one left and nothing loaded, closing is asked once more.
func TestNoTruckGoesEmptyByOneTouch(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	load := outScreens()["load"]
	load.Truck = &edge.TruckView{ID: "TR-7", Dock: "DOCK-01", Carrier: "cj"}
	load.Expect = nil
	b.shows(f, load)
	assert.Zero(t, b.number("document.querySelectorAll('#close').length"), "the big button does not ask")
	load.Expect = outScreens()["load"].Expect
	b.shows(f, load)
	b.click(".thumb [data-action=close]")
	b.wait("document.querySelector('#choice [data-code=close]')")
	assert.Empty(t, f.messages())
	b.click("#choice [data-code=close]")
	require.Eventually(t, func() bool { m := f.messages(); return len(m) == 1 && m[0].Action == "close" }, 30*time.Second, 10*time.Millisecond)
}

// TestACountStandsBesideItsName: also where the name of what is to come back is long.
func TestACountStandsBesideItsName(t *testing.T) {
	t.Parallel()
	f, _, b := pda(t)
	b.logIn()
	item := outScreens()["return-item"]
	item.Lines = []edge.ScreenLine{{Line: "1", SKU: "WK-1", Name: names("컬 머그컵 대형 화이트 하트 손잡이", "Curl mug, large, white heart handle", "カールマグ 大 ホワイトハート取っ手付き"), Variant: names("블랙 / L", "black / L", "ブラック / L"), Want: 2}}
	for _, l := range []string{"ko", "ja", "en"} {
		b.speak(l)
		b.goTo("/pda")
		b.settled()
		b.shows(f, item)
		assert.Zero(t, b.number("(function(){var li=document.querySelector('.seen-lines li').children; return li[1].getBoundingClientRect().top >= li[0].getBoundingClientRect().bottom ? 1 : 0})()"), l)
	}
}
