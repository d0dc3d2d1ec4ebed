package ui

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBarcodePage: the installer's page against a whole edge.
func TestBarcodePage(t *testing.T) {
	t.Parallel()
	b := leadPage(t, startEdge(t, startPrinter(t).Addr()), "/barcode", 1280, 900)
	b.wait("document.querySelector('.codes')")

	first := func() string { return b.text(".told:first-child") }
	n := 0
	told := func(code string) string {
		t.Helper()
		n++
		b.scan(code)
		b.wait("document.querySelectorAll('.told').length === " + string(rune('0'+n)))
		return first()
	}
	assert.Contains(t, told("8801234567893"), "이 센터에서: 상품 85123A")
	got := told("010952123454321310ABC123")
	assert.Contains(t, got, "GS1 데이터")
	assert.Contains(t, got, "(10) ABC123")
	assert.Contains(t, told("0109521234543214"), "체크디지트가 맞지 않음 16자 중 16번째")
	assert.Contains(t, told("01088065720024331725061610HP04AA21HP04AA003122"), "구분자(GS)가 빠져")
	assert.Contains(t, told("LOC-C08-21-3"), "위치 C08-21-3")
	assert.Contains(t, told("NOTHING"), "알려진 형식이 아님")

	// Typed into the box with the Korean input method on.
	b.do(chromedp.Evaluate[chromedp.Void](`(() => { const el = document.querySelector("#code"); el.value = "ㅣㅐㅊ-ㅊ08-21-3"; el.dispatchEvent(new Event("input", { bubbles: true })); })()`))
	b.click(".codes form button")
	b.wait("document.querySelectorAll('.told').length === 7")
	assert.Contains(t, first(), "고쳐서 읽음: 한글 자판")
	assert.Contains(t, first(), "이 센터에서: 위치 C08-21-3")
	b.shot("barcode")
	b.wait("document.querySelector('.told:first-child').getAttribute('data-repaired') === 'hangul'")

	// On a handheld the heading stands over its value and nothing is cut off.
	b.do(chromedp.EmulateViewport(360, 640))
	b.wait("getComputedStyle(document.querySelector('.told th')).display === 'block'")
	b.wait("document.documentElement.scrollWidth <= 360")
	require.Empty(t, b.said, "errors of the console")
}

// TestBarcodePageAwkward: codes that an installer pastes. What cannot be seen is named,
// what is too long is refused whole, not read by its beginning, and the answer to it
// stays in sight.
func TestBarcodePageAwkward(t *testing.T) {
	t.Parallel()
	b := leadPage(t, startEdge(t, startPrinter(t).Addr()), "/barcode", 360, 640)
	b.wait("document.querySelector('.codes')")
	n := 0
	told := func(js string) string {
		t.Helper()
		n++
		b.do(chromedp.Evaluate[chromedp.Void](`(() => { const el = document.querySelector("#code"); el.value = ` + js + `; el.dispatchEvent(new Event("input", { bubbles: true })); })()`))
		b.click(".codes form button")
		b.wait("document.querySelectorAll('.told').length === " + strconv.Itoa(n))
		return b.text(".told:first-child")
	}
	assert.Contains(t, told(`"\x02ABC\x00\x1b[31m\x7f"`), "<STX>ABC<NUL><ESC>[31m<DEL>")
	assert.Contains(t, told(`"abc\u202edef\u200b"`), "abc<U+202E>def<U+200B>", "what turns the writing round does not")
	assert.Contains(t, told(`"8801234567890"`), "EAN-13 형식과 비슷하지만")
	require.Equal(t, 1, b.number("document.querySelector('#code').maxLength === -1 ? 1 : 0"), "a browser cuts what is pasted")
	got := told(`"A1b2C3d4".repeat(1280)`)
	assert.Contains(t, got, "바코드로는 너무 김")
	assert.Contains(t, got, "모두 10240자")
	assert.Less(t, b.number("document.querySelector('.told').offsetHeight"), 400, "the answer is in sight")
	require.Equal(t, 1, b.number("document.documentElement.scrollWidth <= 360 ? 1 : 0"))
	require.Empty(t, b.said, "errors of the console")
}

// TestLeadsPagesWithoutPIN: where the site lets leads in with the badge alone, none of
// their pages asks for a PIN; and a code of 10 KiB has its own answer, whatever its
// bytes take on the wire.
func TestLeadsPagesWithoutPIN(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("DATA", filepath.Join(t.TempDir(), "data"), "PRINTER", startPrinter(t).Addr(), `lead = "badge+pin"`, `lead = "badge"`).Replace(site)
	b := open(t, startEdgeOn(t, text), 1280, 900)
	for _, p := range [][2]string{{"/lead", "header"}, {"/barcode", ".codes"}} {
		page, there := p[0], p[1] // in this order: the session of the second is not ended
		b.goTo(page)
		b.wait("document.documentElement.getAttribute('data-phase') === 'login'")
		b.scan("LEAD-1")
		b.wait("document.documentElement.getAttribute('data-phase') === 'work' && document.querySelector('" + there + "')")
		if page == "/lead" {
			b.do(chromedp.Evaluate[chromedp.Void](`fetch("/floor/v1/logout", { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" }).then(() => { window.left = true; })`))
			b.wait("window.left && document.documentElement.getAttribute('data-phase') === 'login'")
		}
	}
	for _, code := range []string{`"A".repeat(10240)`, `"\x01".repeat(10240)`, `"\u20ac".repeat(3500)`} {
		b.do(chromedp.Evaluate[chromedp.Void](`window.told = ""; fetch("/site/v1/barcode", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ input: ` + code + ` }) }).then((r) => r.json()).then((a) => { window.told = a.error ? a.error.code : a.code; })`))
		b.wait("window.told")
		assert.Equal(t, 1, b.number("window.told === 'tooLarge' ? 1 : 0"), code)
	}
	b.goTo("/barcode")
	b.wait("document.querySelector('.codes')")
	b.scan("225300099651")
	b.wait("document.querySelector('.told')")
	assert.Contains(t, b.text(".told:first-child"), "운송장 번호일 수 있음: ")
	b.scan("010952123454321310ABC123")
	b.wait("document.querySelectorAll('.told').length === 2")
	b.click("#with")
	b.scan("0109521234543214")
	b.wait("document.querySelectorAll('.told').length === 3")
	got := b.text(".told:first-child")
	assert.Contains(t, got, "두 번째 코드: 체크디지트가 맞지 않음 16자 중 16번째")
	assert.Contains(t, got, "다시 스캔하세요")
	require.Empty(t, b.said, "errors of the console")
}
