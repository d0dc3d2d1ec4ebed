package paper

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/labels/raster"
)

func maker(t testing.TB) *Maker {
	t.Helper()
	r, err := raster.Default()
	if err != nil {
		t.Skipf("SKIPPED, NOT PASSED: no fonts are built in (tools/fonts.sh): %v", err)
	}
	m, err := New(r)
	require.NoError(t, err)
	return m
}

// slip is a packing slip in a language.
func slip(language string, rows int) Document {
	d := Document{Kind: PackingSlip, Language: language, Number: "536365", Date: "2026-11-21",
		From:    []string{"하늘상점", "인천광역시 중구 공항로 272", "02-555-0100"},
		To:      []string{"山田 太郎 様", "〒150-0002 東京都渋谷区渋谷2-21-1"},
		Facts:   []Fact{{"carrier", "CJ대한통운"}, {"pieces", strconv.Itoa(3 * rows)}},
		Columns: []Column{{Name: "sku", Share: 2}, {Name: "name", Share: 5}, {Name: "quantity", Share: 1, Right: true, Strong: true}},
		Notes:   []string{"감사합니다. ありがとうございます。 Merci, Łukasz."}}
	for i := range rows {
		d.Rows = append(d.Rows, []string{fmt.Sprintf("SKU-%05d", i), "화이트 랜턴 블랙/L ハートハンガー Crème brûlée Ω " + strconv.Itoa(i), "3"})
	}
	return d
}

// read gives a document's text as another program reads it, page by page.
func read(t testing.TB, pdf []byte) []string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("SKIPPED, NOT PASSED: no pdftotext (apt-get install poppler-utils)")
	}
	path := filepath.Join(t.(interface{ TempDir() string }).TempDir(), "x.pdf")
	require.NoError(t, os.WriteFile(path, pdf, 0o600))
	text, err := exec.Command(tool, "-layout", path, "-").Output()
	require.NoError(t, err)
	return strings.Split(strings.TrimSuffix(string(text), "\f"), "\f")
}

// TestDocuments: what another program reads off the page is what was given, in
// every language and kind, over as many pages as it takes.
func TestDocuments(t *testing.T) {
	m := maker(t)
	for _, language := range Languages() {
		for _, kind := range []Kind{PackingSlip, Manifest, PickList} {
			d := slip(language, 60)
			d.Kind = kind
			pdf, err := m.PDF(d)
			require.NoError(t, err, "%s %s", language, kind)
			if to := os.Getenv("PAPER_OUT"); to != "" {
				require.NoError(t, os.WriteFile(filepath.Join(to, string(kind)+"-"+language+".pdf"), pdf, 0o600))
			}
			pages := read(t, pdf)
			require.Greater(t, len(pages), 1)
			all := strings.Join(pages, "\n")
			for i := range d.Rows {
				assert.Contains(t, all, d.Rows[i][0])
			}
			for _, want := range []string{"하늘상점", "山田 太郎 様", "Crème brûlée Ω", "ハートハンガー", "Łukasz", "536365", words[language]["carrier"], "CJ대한통운"} {
				assert.Contains(t, all, want)
			}
			for i, p := range pages {
				assert.Contains(t, p, fmt.Sprintf("%d/%d", i+1, len(pages)))
				assert.Contains(t, p, words[language][string(kind)])
			}
			assert.Equal(t, kind == Manifest, strings.Contains(all, words[language]["signature"]))
			assert.Less(t, len(pdf), 300<<10, "fonts are embedded as far as they are used")
		}
	}
}

func TestWordsAreThereInEveryLanguage(t *testing.T) {
	for _, l := range Languages() {
		assert.Len(t, words[l], len(words["ko"]), l)
		for key := range words["ko"] {
			assert.NotEmpty(t, words[l][key], "%s %s", l, key)
		}
	}
}

// TestBadDocuments names what is wrong, and draws nothing.
func TestBadDocuments(t *testing.T) {
	m := maker(t)
	for field, change := range map[string]func(*Document){
		"rows[0][1]": func(d *Document) { d.Rows[0][1] = "🎁" },
		"to[0]":      func(d *Document) { d.To[0] = "مرحبا" },
		"number":     func(d *Document) { d.Number = "a\x1bb" },
		"notes[0]":   func(d *Document) { d.Notes[0] = strings.Repeat("가", 501) },
	} {
		d := slip("ko", 1)
		change(&d)
		_, err := m.PDF(d)
		var f *FieldError
		require.ErrorAs(t, err, &f, field)
		assert.Equal(t, field, f.Field)
		assert.NotContains(t, err.Error(), "🎁")
	}
	for name, change := range map[string]func(*Document){
		"kind": func(d *Document) { d.Kind = "letter" }, "language": func(d *Document) { d.Language = "fr" }, "number": func(d *Document) { d.Number = "" },
		"columns": func(d *Document) { d.Columns = nil }, "row": func(d *Document) { d.Rows[0] = d.Rows[0][:1] }, "rows": func(d *Document) { d.Rows = make([][]string, maxRows+1) },
	} {
		d := slip("ko", 1)
		change(&d)
		_, err := m.PDF(d)
		assert.ErrorIs(t, err, ErrDocument, name)
	}
}

// TestAnyText: whatever text comes, a document is made that another program opens,
// or the field is named.
func TestAnyText(t *testing.T) {
	m := maker(t)
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("SKIPPED, NOT PASSED: no pdftotext (apt-get install poppler-utils)")
	}
	path := filepath.Join(t.TempDir(), "x.pdf")
	const enough = 25 // each embeds its fonts anew, which takes a while
	made := 0
	rapid.Check(t, func(t *rapid.T) {
		if made >= enough {
			return
		}
		d := slip("ja", 2)
		d.Rows[0][1] = rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~가-힣ァ-ヶ一-三()\\]{0,300}`)).Draw(t, "name")
		d.Number = rapid.StringMatching(`[!-~가-나]{1,60}`).Draw(t, "number")
		pdf, err := m.PDF(d)
		if err != nil {
			var f *FieldError
			require.ErrorAs(t, err, &f)
			return
		}
		made++
		require.NoError(t, os.WriteFile(path, pdf, 0o600))
		out, err := exec.Command(tool, path, "-").CombinedOutput()
		require.NoError(t, err, "%s", out)
		assert.NotContains(t, string(out), "Syntax Error")
	})
	assert.Positive(t, made)
}

func BenchmarkPackingSlip(b *testing.B) {
	m := maker(b)
	d := slip("ko", 12)
	for b.Loop() {
		if _, err := m.PDF(d); err != nil {
			b.Fatal(err)
		}
	}
}
