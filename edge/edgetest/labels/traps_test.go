package labels

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"dcedge/configs"
	sim "dcedge/firmware-sim/printer"
	"dcedge/labels/gs1"
	"dcedge/labels/layout"
	"dcedge/labels/raster"
	"dcedge/labels/reading"
	"dcedge/labels/symbology"
	"dcedge/labels/waybill"
)

// The traps of codes and labels, one test a row: domain facts H 1 to 9.

func TestH1LotThatLooksLikeTheNextAI(t *testing.T) {
	const gtin = "0108806572002433"
	for _, eaten := range []string{"1725061610HP04AA21HP04AA003122", "10HP04AA21HP04AA003122", "10L2417250616", "21SN10AB12", "10A3103001250"} {
		for _, in := range []reading.Input{{Input: "]C1" + gtin + eaten}, {Input: "]C1" + gtin + eaten, As: "scan"}, {Input: gtin + eaten}, {Input: "]d2" + gtin + eaten}} {
			o := reading.Explain(in)
			require.False(t, o.OK, in.Input)
			assert.Equal(t, gs1.CodeAmbiguous, o.Error.Code, in.Input)
			assert.Empty(t, o.Elements, "nothing is split by guess")
		}
	}
	kept := reading.Explain(reading.Input{Input: "]C1" + gtin + "1725061610HP04AA\x1d21HP04AA003122"})
	require.True(t, kept.OK)
	assert.Equal(t, "21", kept.Elements[3].AI)
}

func TestH2DayZero(t *testing.T) {
	seoul, err := time.LoadLocation("Asia/Seoul")
	require.NoError(t, err)
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, seoul)
	read := func(s string) gs1.Message {
		m, err := gs1.ParseBracketed(s, gs1.Options{})
		require.NoError(t, err)
		return m
	}
	food := read("(01)08806572002433(17)250200")
	e, ok, err := food.Expiry(now, false)
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, gs1.Expiry{AI: "17", Year: 2025, Month: 2, Day: 28, ZeroDay: true}, e)
	// Good through the end of the day in Seoul, which in UTC is 15:00 of that day.
	assert.False(t, e.Passed(time.Date(2025, 2, 28, 23, 59, 59, 999, seoul)))
	assert.True(t, e.Passed(time.Date(2025, 3, 1, 0, 0, 0, 0, seoul)))
	assert.True(t, e.Passed(time.Date(2025, 2, 28, 15, 0, 0, 0, time.UTC).In(seoul)))
	assert.False(t, e.Passed(time.Date(2025, 2, 28, 14, 59, 59, 0, time.UTC).In(seoul)))

	for name, c := range map[string]struct {
		in      string
		refused bool
	}{
		"medicine":                    {"(01)08806572002433(17)250200", true},
		"medicine, the day named":     {"(01)08806572002433(17)250228", false},
		"medicine of older stock":     {"(01)08806572002433(11)231105(17)270600", false},
		"medicine made from 2025 on":  {"(01)08806572002433(11)250105(17)270600", true},
		"medicine that ended in 2024": {"(01)08806572002433(17)240600", false},
		"best before only":            {"(01)08806572002433(15)270600", true},
	} {
		m := read(c.in)
		_, ok, err := m.Expiry(now, true)
		assert.True(t, ok, name)
		var f *gs1.Error
		if c.refused {
			require.ErrorAs(t, err, &f, name)
			assert.Equal(t, gs1.CodeZeroDay, f.Code)
			assert.NotEmpty(t, f.AI)
		} else {
			assert.NoError(t, err, name)
		}
	}
	bare := read("(01)08806572002433")
	_, ok, err = bare.Expiry(now, true)
	assert.False(t, ok)
	assert.NoError(t, err)
	made := read("(01)08806572002433(11)250200")
	_, ok, _ = made.Expiry(now, false)
	assert.False(t, ok, "the day of production is no expiry")
}

func TestH3CenturyWindow(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for value, year := range map[string]int{"750101": 2075, "760101": 2076, "770101": 1977, "260101": 2026} {
		m, err := gs1.ParseBracketed("(01)08806572002433(17)"+value, gs1.Options{})
		require.NoError(t, err)
		e, _, err := m.Expiry(now, false)
		require.NoError(t, err)
		assert.Equal(t, year, e.Year, value)
		assert.Equal(t, year < 2026, e.Passed(now), value)
	}
}

func TestH4OneArticleInManyNumbers(t *testing.T) {
	key := func(code, aim string) string { return symbology.Clean([]byte(code), aim).Key() }
	each := key("8806572002433", "]E0")
	assert.Equal(t, "08806572002433", each)
	for _, same := range []string{"08806572002433", "8806572002433"} {
		assert.Equal(t, each, key(same, ""))
	}
	assert.Equal(t, each, key("08806572002433", "]I1"))
	for indicator := 1; indicator <= 9; indicator++ {
		body := strconv.Itoa(indicator) + "880657200243"
		check, ok := symbology.CheckDigit(body)
		require.True(t, ok)
		assert.NotEqual(t, each, key(body+string(check), "]I1"), "indicator %d is a case of its own", indicator)
		assert.NotEqual(t, each, key(body+string(check), ""))
	}
	// Inside GS1 data too.
	in := func(code string) string { return reading.Explain(reading.Input{Input: code}).GTIN }
	assert.Equal(t, each, in("]C10108806572002433"))
	assert.Equal(t, each, in("]E08806572002433"))
	assert.Equal(t, each, in("https://id.gs1.org/01/08806572002433"))
}

func TestH5UPCWithAndWithoutIdentifier(t *testing.T) {
	off, on := reading.Explain(reading.Input{Input: "036000291452"}), reading.Explain(reading.Input{Input: "]E00036000291452"})
	assert.Equal(t, "00036000291452", off.GTIN)
	assert.Equal(t, off.GTIN, on.GTIN)
	assert.Equal(t, symbology.Clean([]byte("036000291452"), "").Key(), symbology.Clean([]byte("0036000291452"), "]E0").Key())
}

// The two rules of twelve digits, by arithmetic of its own: digits 3 to 11, or 1 to
// 11, modulo 7.
func TestH6TwoRulesModulo7(t *testing.T) {
	for n := int64(34_000_000_001); n < 34_000_000_400; n++ {
		nine, eleven := byte('0'+n%1_000_000_000%7), byte('0'+n%7)
		if nine == eleven {
			continue
		}
		digits := fmt.Sprintf("%011d", n)
		cj, byOther := digits+string(nine), digits+string(eleven)
		r := reading.Explain(reading.Input{Input: cj, As: "waybill", Carrier: "cj"})
		assert.True(t, r.OK && len(r.Warnings) == 0, cj)
		r = reading.Explain(reading.Input{Input: byOther, As: "waybill", Carrier: "cj"})
		assert.True(t, r.OK, "CJ's rule is doubtful: it warns")
		assert.Equal(t, []string{waybill.CodeCheck}, r.Warnings, byOther)
		r = reading.Explain(reading.Input{Input: byOther, As: "waybill", Carrier: "lotte"})
		assert.True(t, r.OK && len(r.Warnings) == 0, byOther)
		r = reading.Explain(reading.Input{Input: cj, As: "waybill", Carrier: "lotte"})
		require.False(t, r.OK, "Lotte's rule is sure: it refuses")
		assert.Equal(t, waybill.CodeCheck, r.Error.Code)
	}
}

// A digit changed by 7 passes: nothing here may lean on the check as on a proof. So
// no repair of a spoilt code is proven by it (package symbology).
func TestH7WhatModulo7CannotSee(t *testing.T) {
	good, err := waybill.Number("lotte", 34012345678)
	require.NoError(t, err)
	seen := 0
	for i := range 11 {
		for d := byte('0'); d <= '9'; d++ {
			wrong := good[:i] + string(d) + good[i+1:]
			_, err := waybill.Check("lotte", wrong)
			if diff := int(d) - int(good[i]); diff%7 == 0 {
				assert.NoError(t, err, "undetectable: %s", wrong)
			} else {
				assert.Error(t, err, wrong)
				seen++
			}
		}
	}
	assert.Greater(t, seen, 80)
	_, err = symbology.Repair(strings.Repeat(good, 2), nil)
	assert.Error(t, err, "a doubled number of twelve digits is proven by the site's own numbers only")
}

// labelEnv draws korea-100x150.
func labelEnv(t *testing.T) (*layout.Template, *raster.Renderer) {
	t.Helper()
	set, err := layout.Load(configs.Labels())
	require.NoError(t, err)
	template, ok := set.Template("korea-100x150")
	require.True(t, ok)
	fonts, err := raster.Default()
	require.NoError(t, err)
	return template, fonts
}

func TestH8TextAsItComes(t *testing.T) {
	template, fonts := labelEnv(t)
	plain, err := template.ZPL(template.Sample(), 203, fonts)
	require.NoError(t, err)
	commands := sim.Commands(plain)
	kana := template.Sample()
	kana.Recipient.Name = "ガギグ"
	wide, err := template.ZPL(kana, 203, fonts)
	require.NoError(t, err)
	for text, code := range map[string]string{
		"^XZ^XA^PQ999": "", "~JA": "", "~CC!": "", "_5E": "", "_": "", `\&`: "", "^": "", "~": "", "^FS^FO0,0^GFA,1,1,1,FF": "", "ｶﾞｷﾞｸﾞ": "",
		"홍길동 😀🧿": raster.CodeGlyph, "\u202e홍길동\u202c": "", "שלום": raster.CodeScript, "홍\x00길동": raster.CodeControl, "홍\uFFFD동": raster.CodeUTF8, "홍\xed\xa0\x80동": raster.CodeUTF8,
	} {
		t.Run(strconv.QuoteToASCII(text), func(t *testing.T) {
			l := template.Sample()
			l.Recipient.Name = text
			got, err := template.ZPL(l, 203, fonts)
			if code != "" {
				var f *layout.FieldError
				require.ErrorAs(t, err, &f)
				assert.Equal(t, []string{"recipient-name", code}, []string{f.Field, f.Code})
				return
			}
			require.NoError(t, err)
			assert.Equal(t, commands, sim.Commands(got))
			assert.NotEqual(t, string(wide), string(got), "half-width katakana stays half-width")
			if text == "\u202e홍길동\u202c" { // a mark of direction changes nothing
				assert.Equal(t, string(plain), string(got))
				return
			}
			if text[0] >= 0x80 {
				return
			}
			// In a field that the printer itself writes, the text arrives as it is.
			l = template.Sample()
			l.Sender.Phone = text
			got, err = template.ZPL(l, 203, fonts)
			require.NoError(t, err)
			assert.Contains(t, sim.Parse(got).Texts, text)
		})
	}
}

// A long address is printed whole or refused by name; every control byte is refused.
func TestH8LongAddressAndControlBytes(t *testing.T) {
	template, fonts := labelEnv(t)
	l := template.Sample()
	l.Recipient.Address = strings.TrimSpace(strings.Repeat("서울특별시 강남구 테헤란로 152 가나다라 ", 13))
	require.GreaterOrEqual(t, len([]rune(l.Recipient.Address)), 300)
	got, err := template.ZPL(l, 203, fonts)
	require.NoError(t, err)
	assert.Empty(t, sim.Parse(got).Faults)
	l.Recipient.Address = strings.Repeat(l.Recipient.Address+" ", 4)
	_, err = template.ZPL(l, 203, fonts)
	var f *layout.FieldError
	require.ErrorAs(t, err, &f)
	assert.Equal(t, []string{"recipient-address", layout.CodeFit}, []string{f.Field, f.Code})
	for c := range rune(0xA0) {
		if c >= 0x20 && c < 0x7F || c == '\t' || c == '\n' || c == '\r' {
			continue // printable, or a blank
		}
		l := template.Sample()
		l.Recipient.Name = "홍" + string(c) + "길동"
		_, err := template.ZPL(l, 203, fonts)
		require.ErrorAs(t, err, &f, "U+%04X", c)
		assert.Equal(t, []string{"recipient-name", raster.CodeControl}, []string{f.Field, f.Code}, "U+%04X", c)
	}
}

func TestH9DecomposedHangul(t *testing.T) {
	template, fonts := labelEnv(t)
	l := template.Sample()
	want, err := template.ZPL(l, 203, fonts)
	require.NoError(t, err)
	apart := l
	apart.Recipient.Name, apart.Recipient.Address, apart.Goods = norm.NFD.String(l.Recipient.Name), norm.NFD.String(l.Recipient.Address), norm.NFD.String(l.Goods)
	require.NotEqual(t, l.Recipient.Name, apart.Recipient.Name)
	got, err := template.ZPL(apart, 203, fonts)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))
	a, errA := raster.Clean(apart.Recipient.Address)
	require.NoError(t, errA)
	wide, err := fonts.Measure(a, 28)
	require.NoError(t, err)
	same, err := fonts.Measure(l.Recipient.Address, 28)
	require.NoError(t, err)
	assert.Equal(t, same, wide, "measured as one letter each")
}

// What a code may hold that no code should: an answer each, with a code and a place,
// and nothing of it in the fault's words.
func TestHostileCodes(t *testing.T) {
	hostile := []string{strings.Repeat("A", 10<<10), strings.Repeat("]C1", 4000), strings.Repeat("가", 4000), strings.Repeat("9", 8<<10), "\uFFFD", "\xed\xa0\x80", "\u202e8801234567893",
		"8801234567893\u200f", "😀", "ｶﾞｷﾞ", "<script>alert(1)</script>", "=cmd()", "../../etc/passwd", "^XZ^XA^PQ999", "~JA", "~CC!", "_5E", `\&`, "]C1" + strings.Repeat("\x1d", 5000), "(01)" + strings.Repeat("(", 9000)}
	for c := range 256 {
		hostile = append(hostile, string([]byte{byte(c)}), "]C101088012345678"+string([]byte{byte(c)})+"3", "88012"+string([]byte{byte(c)})+"4567893", "]E0"+string([]byte{byte(c)})+"801234567893")
	}
	for _, as := range []string{"", "scan", "message", "bracketed", "digital-link", "gtin", "ean13", "ean8", "upca", "upce", "itf14", "sscc", "gln", "waybill"} {
		for _, s := range hostile {
			o := reading.Explain(reading.Input{Input: s, As: as, Carrier: "cj"})
			if o.OK {
				assert.NotEmpty(t, o.Kind)
				continue
			}
			require.NotNil(t, o.Error, "%q as %q", s, as)
			assert.NotEmpty(t, o.Error.Code)
			assert.NotEqual(t, "internal", o.Error.Code)
			assert.LessOrEqual(t, o.Error.At, len(s), "%q as %q", s, as)
			if len(s) > 20 {
				assert.NotContains(t, o.Error.Detail, s[3:20])
			}
			if len(s) > 8<<10 {
				assert.Contains(t, []string{reading.CodeLarge, "as"}, o.Error.Code)
			}
		}
	}
}
