package ui

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// boxScreens are the steps of a desk at which a box is more than its pieces, by
// name: long texts, so that what is cut is seen.
func boxScreens() map[string]edge.Screen {
	of := func(step string, change func(*edge.Screen)) edge.Screen {
		s := packScreen(step)
		s.Parcel = &edge.BoxView{N: 1, Of: 2, Type: "B3", TypeName: names("3호 상자", "Carton No. 3", "3号段ボール"), Grams: "1204", Expected: 1180, Slack: 109, Copy: 2}
		change(&s)
		return s
	}
	both := func(s *edge.Screen, out bool) {
		s.Task.Orders = []string{"PAIR-1795890000-A", "PAIR-1795890000-B"}
		s.Together = []edge.OrderView{{Order: "PAIR-1795890000-A", Have: 10, Want: 14}, {Order: "PAIR-1795890000-B", Want: 13}}
		if out {
			s.Together[1] = edge.OrderView{Order: "PAIR-1795890000-B", Have: 5, Want: 13, Out: true, Stops: true}
			s.Lines[2].Have, s.Lines[3].Have = 1, 4
		}
		for i := range s.Lines {
			s.Lines[i].Order = s.Task.Orders[i/2]
		}
	}
	cartons := []edge.Expect{{Kind: "box", Code: "BOX-B3", Name: names("3호 상자", "Carton No. 3", "3号段ボール")}, {Kind: "box", Code: "BOX-B1", Name: names("1호 상자", "Carton No. 1", "1号段ボール")},
		{Kind: "box", Code: "BOX-B2", Name: names("2호 상자", "Carton No. 2", "2号段ボール")}, {Kind: "box", Code: "BOX-B5", Name: names("5호 이중 골판지 상자", "Carton No. 5, double wall", "5号ダブル段ボール")}}
	return map[string]edge.Screen{
		"together": of("item", func(s *edge.Screen) {
			both(s, false)
			s.Actions = []string{"quantity", "confirm", "close", "undo", "help", "leave"}
		}),
		"totes": of("tote", func(s *edge.Screen) {
			both(s, false)
			s.Parcel, s.Totes = nil, []string{"TOTE-00007"}
			s.Expect = []edge.Expect{{Kind: "tote", Code: "TOTE-00008"}, {Kind: "tote", Code: "TOTE-00009"}}
		}),
		"takeOut": of("item", func(s *edge.Screen) {
			both(s, true)
			s.Step, s.Quantity = "takeOut", nil
			s.Expect, s.Actions = []edge.Expect{{Kind: "tote", Code: "TOTE-00008"}}, []string{"help", "leave"}
		}),
		"cancelled": of("item", func(s *edge.Screen) {
			both(s, true)
			s.Step, s.Quantity, s.Expect, s.Actions = "cancelled", nil, nil, []string{"ack", "help", "leave"}
		}),
		"boxType": of("item", func(s *edge.Screen) {
			s.Step, s.Quantity, s.Expect, s.Actions = "boxType", nil, cartons, []string{"undo", "help", "leave"}
			s.Parcel.Type, s.Parcel.TypeName, s.Parcel.Advised, s.Parcel.Advice = "", nil, "B3", names("3호 상자", "Carton No. 3", "3号段ボール")
		}),
		"insert": of("item", func(s *edge.Screen) {
			s.Step, s.Quantity = "insert", nil
			s.Expect = []edge.Expect{{Kind: "insert", Code: "GIFT-7", SKU: "GIFT-7", Name: names("사은품 스티커 세트", "Gift sticker set", "おまけステッカーセット")}}
			s.Actions = []string{"skip", "undo", "help", "leave"}
		}),
		"weight": of("item", func(s *edge.Screen) {
			s.Step, s.Quantity, s.Parcel.Grams = "weight", nil, ""
			s.Expect, s.Actions = []edge.Expect{{Kind: "weight", Box: "B-212"}}, []string{"weight", "override", "undo", "help", "leave"}
		}),
		"close": of("item", func(s *edge.Screen) {
			s.Step, s.Quantity, s.Expect, s.Actions = "close", nil, nil, []string{"close", "undo", "help", "leave"}
		}),
		"elsewhere": of("printing", func(s *edge.Screen) {
			s.Printer = &edge.PrinterView{Name: "printer-2", State: "ready", Station: "pack-2", Instead: "printer-1", InsteadState: "noPaper"}
		}),
		"limit": of("waybill", func(s *edge.Screen) {
			s.Parcel.Copy, s.Actions = 4, []string{"reprint", "void", "override", "help", "leave"}
		}),
		"destroy":  of("waybill", func(s *edge.Screen) { s.Step, s.Actions = "destroy", []string{"void", "help", "leave"} }),
		"noNumber": of("printing", func(s *edge.Screen) { s.Step, s.Expect = "noNumber", nil }),
		"doubt":    of("inDoubt", func(s *edge.Screen) { s.Parcel.Attempt = "A-31" }),
	}
}

// gloves is how high and wide what is touched is at least, in pixels.
const gloves = 48

// touchable asserts that every button that can be seen is large enough for a
// glove.
func (b *tab) touchable(where string) {
	b.t.Helper()
	small, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](fmt.Sprintf(`[].slice.call(document.querySelectorAll("button"))
		.filter(function(e){var r=e.getBoundingClientRect();return r.width>0&&(r.height<%d-0.5||r.width<%d-0.5)})
		.map(function(e){var r=e.getBoundingClientRect();return e.className+" "+e.innerText+" "+Math.round(r.width)+"x"+Math.round(r.height)})`, gloves, gloves)))
	require.NoError(b.t, err)
	assert.Empty(b.t, small, "%s: too small for a glove", where)
}

// TestBoxGallery looks at what a desk shows of a box, at both sizes.
func TestBoxGallery(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.screen = idleScreen(41)
	f.screen.Rev = 3
	f.decide = func(message) answer { return answer{edge.Denied, "label.limit", map[string]any{"copies": 4}, nil} }
	f.rest["/floor/v1/stations"] = `{"items":[{"name":"pack-1","free":true,"printer":"p-1","state":"ready"}]}`
	b := open(t, f.server.URL, 1440, 900)
	b.goTo("/desk")
	b.wait("document.querySelector('.login')")
	b.scan("W-001")
	b.wait("document.querySelector('#sync[data-online=yes]')")
	look := func(where string) {
		b.sound(where)
		b.touchable(where)
		b.shot(where)
	}
	for _, page := range []struct {
		path, class   string
		width, height int64
	}{{"/desk", "desk", 1440, 900}, {"/pda", "pda", 360, 640}} {
		b.do(chromedp.EmulateViewport(page.width, page.height))
		for i, l := range []string{"ko", "ja", "en"} {
			b.media(&emulation.MediaFeature{Name: "prefers-color-scheme", Value: []string{"light", "dark", "light"}[i]})
			b.speak(l)
			b.goTo(page.path)
			b.wait("document.querySelector('#sync[data-online=yes]')")
			for name, s := range boxScreens() {
				f.push(s)
				b.wait(fmt.Sprintf("document.querySelector('.%s').getAttribute('data-rev') === '%d' && !document.querySelector('.sign')", page.class, f.screen.Rev))
				look("box-" + page.class + "-" + l + "-" + name)
				switch name {
				case "cancelled": // the one that is cancelled, and what of it is in the box
					assert.Contains(t, b.text("#stop"), "PAIR-1795890000-B", l)
					assert.NotContains(t, b.text("#stop"), "PAIR-1795890000-A", l)
					assert.Regexp(t, "5 ?(개|個|pieces)", b.text("#stop"), l)
				case "takeOut":
					assert.Contains(t, b.text("#take-out"), "PAIR-1795890000-B", l)
				case "destroy":
					assert.Regexp(t, "옛|古い|old", b.text("#ask"), "%s: not asked for like a new one", l)
				}
			}
		}
	}
}
