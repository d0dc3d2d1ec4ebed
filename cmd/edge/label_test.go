package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/labels/reading"
)

// What an installer types wrong is told in words, with the exit code of wrong use.
func TestBarcodeAndLabelWrongUse(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no code":             {[]string{"barcode"}, 2, "name a code"},
		"as":                  {[]string{"barcode", "--as", "ean", "1"}, 2, "digital-link"},
		"carrier":             {[]string{"barcode", "--carrier", "cjj", "1"}, 2, "hanjin"},
		"waybill of nobody":   {[]string{"barcode", "--as", "waybill", "650000000011"}, 2, "--carrier"},
		"codes and batch":     {[]string{"barcode", "--batch", "1"}, 2, "not both"},
		"a wrong number":      {[]string{"barcode", "--as", "waybill", "--carrier", "lotte", "123456789012"}, 1, ""},
		"a doubtful number":   {[]string{"barcode", "--as", "waybill", "--carrier", "cj", "123456789012"}, 0, ""},
		"something unknown":   {[]string{"barcode", "LOC-1"}, 0, ""},
		"label of nothing":    {[]string{"label"}, 2, "--list"},
		"no such template":    {[]string{"label", "--sample", "x"}, 2, "no template"},
		"no data":             {[]string{"label", "--template", "tote-100x50"}, 2, "--sample tote-100x50"},
		"no such file":        {[]string{"label", "--template", "tote-100x50", "--data", "/none.json"}, 1, "/none.json"},
		"out":                 {[]string{"label", "--template", "tote-100x50", "--data", "-", "--out", "x.pdf"}, 2, ".zpl or .png"},
		"resolution":          {[]string{"label", "--template", "tote-100x50", "--data", "-", "--dpi", "204"}, 2, "203"},
		"graphics":            {[]string{"label", "--template", "tote-100x50", "--data", "-", "--graphics", "png"}, 2, "z64"},
		"templates with more": {[]string{"label", "--list", "--json"}, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, said := edge(t, "{}", c.args...)
			assert.Equal(t, c.code, code, out+said)
			assert.Contains(t, said, c.says)
		})
	}
	_, out, _ := edge(t, "", "label", "--list", "--json")
	var all []map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &all))
	assert.Greater(t, len(all), 10)
	assert.Equal(t, "badge-86x54", all[0]["name"])
	assert.Equal(t, 86.0, all[0]["width"])
}

// TestBarcodeAnswersAloneAsInABatch: a code named on the command line has the answer that
// it has in a batch, and the usage names every way of reading.
func TestBarcodeAnswersAloneAsInABatch(t *testing.T) {
	for _, c := range []struct {
		code            int
		as, carrier, in string
	}{
		{2, "waybill", "", "650000000011"}, {2, "waybill", "cjj", "650000000011"}, {2, "auto", "cjj", "8801234567893"}, {1, "gtin", "", "8801234567894"},
		{0, "waybill", "cj", "650000000011"}, {0, "auto", "", "225300099651"}, {1, "upca", "", "1234"},
	} {
		args := []string{"barcode", "--as", c.as}
		if c.carrier != "" {
			args = append(args, "--carrier", c.carrier)
		}
		code, alone, said := edge(t, "", append(args, c.in)...)
		assert.Equal(t, c.code, code, said)
		line, err := json.Marshal(map[string]string{"input": c.in, "as": c.as, "carrier": c.carrier})
		require.NoError(t, err)
		code, batch, said := edge(t, string(line), "barcode", "--batch")
		require.Zero(t, code, said)
		assert.Equal(t, batch, alone, "%+v", c)
	}
	_, help, _ := edge(t, "", "barcode", "--help")
	for _, way := range reading.Ways() {
		assert.Regexp(t, `[ (]`+way+`[ ,.]`, strings.Join(strings.Fields(help), " "))
	}
}

// A line of any length is answered in its place, and the rest after it.
func TestBatchOfStrangeLines(t *testing.T) {
	in := strings.Repeat("x", 3<<20) + "\n{\"input\":\"8801234567893\"}\n\x00\xff\x1d\n\n[1]\n{\"input\":\"a\",\"as\":\"nosuch\"}\n{\"input\":\"\\ud800\"}\n{\"input\":\"]C110" + strings.Repeat("A", 9000) + "\"}\nnull\n{\"inpt\":\"1\"}\n{\"input\":\"1\",\"carrier\":\"nosuch\"}\n{\"input\":1}\n{\"id\":7,\"input\":\"8801234567893\",\"seen\":[1]}\n{\"input\":\"8801234567893\",\"Input\":\"x\"}\n{\"INPUT\":\"8801234567893\",\"As\":\"gtin\"}\n{\"input\":null}\n{\"input\":\"1\",\"AS\":2}"
	code, out, said := edge(t, in, "barcode", "--batch")
	require.Zero(t, code, said)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 17)
	for i, says := range []string{"tooLarge", `"gtin":"08801234567893"`, "malformed", "is empty", "malformed", `"as"`, "unknown", "tooLarge",
		"malformed", "input is missing", "carrierUnknown", "another type", `"gtin":"08801234567893"`, "stands twice",
		`"gtin":"08801234567893"`, "input: want a text, got a JSON null", "as: want a text, got a JSON number"} {
		assert.Contains(t, lines[i], says, "line %d", i)
		assert.True(t, json.Valid([]byte(lines[i])))
	}
}

func TestLabelData(t *testing.T) {
	_, sample, _ := edge(t, "", "label", "--sample", "lotte-100x150")
	draw := func(data string, more ...string) (int, string, string) {
		return edge(t, data, append([]string{"label", "--template", "lotte-100x150", "--data", "-"}, more...)...)
	}
	code, hex, said := draw(sample)
	if strings.Contains(said, "no font") {
		t.Skip("NO FONTS BUILT IN: run make fonts")
	}
	require.Zero(t, code, said)
	code, bom, _ := draw("\ufeff" + sample) // as Windows editors write it
	assert.Zero(t, code)
	assert.Equal(t, hex, bom)
	code, z64, _ := draw(sample, "--graphics", "z64")
	assert.Zero(t, code)
	assert.Less(t, 2*len(z64), len(hex)+2000)

	var data map[string]any
	require.NoError(t, json.Unmarshal([]byte(sample), &data))
	change := func(key string, v any) string {
		old, had := data[key]
		data[key] = v
		text, err := json.Marshal(data)
		require.NoError(t, err)
		delete(data, key)
		if had {
			data[key] = old
		}
		return string(text)
	}
	code, _, said = draw(change("waybill", "123456789012"))
	assert.Equal(t, 1, code, "a sure rule refuses the number")
	assert.Contains(t, said, "checkDigit")
	code, out, said := draw(change("goods", "머그컵 \xed\xa0\x80"))
	assert.Equal(t, []any{1, ""}, []any{code, out}, "a lone surrogate is no gap")
	assert.Contains(t, said, "field goods: utf8")
	code, _, said = draw(change("copy", "two"))
	assert.Equal(t, 1, code)
	assert.Contains(t, said, "copy")

	file := filepath.Join(t.TempDir(), "label.PNG")
	code, _, said = draw(sample, "--out", file)
	require.Zero(t, code, said)
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "\x89PNG", string(b[:4]))
}

// What is of the wrong type is told by its member, in words.
func TestLabelDataOfAnotherType(t *testing.T) {
	for data, says := range map[string]string{
		`{"copy":1.5}`: "copy: want a whole number, got a JSON number", `{"copy":"3"}`: "copy: want a whole number, got a JSON string",
		`{"recipient":[]}`: "recipient: want an object, got a JSON array", `{"recipient":{"name":7}}`: "recipient.name: want a text, got a JSON number",
		`[]`: "want an object, got a JSON array", `null`: "want an object, got a JSON null", `{"copy":99999999999999999999}`: "copy: want a whole number",
	} {
		code, _, said := edge(t, data, "label", "--template", "lotte-100x150", "--data", "-")
		if strings.Contains(said, "no font") {
			t.Skip("NO FONTS BUILT IN")
		}
		assert.Equal(t, 1, code, data)
		assert.Contains(t, said, says)
		assert.NotContains(t, said, "Go ")
	}
}

// Data that never ends, or is more than one label's, is told and not read into memory.
func TestLabelDataThatIsNoFile(t *testing.T) {
	for _, name := range []string{os.DevNull, t.TempDir()} {
		code, out, said := edge(t, "", "label", "--template", "lotte-100x150", "--data", name)
		assert.Equal(t, []any{1, ""}, []any{code, out}, name)
		assert.Contains(t, said, "no regular file")
	}
	large := strings.Repeat(" ", mostData+1)
	file := filepath.Join(t.TempDir(), "large.json")
	require.NoError(t, os.WriteFile(file, []byte(large), 0o600))
	for in, name := range map[string]string{"": file, large: "-"} {
		code, _, said := edge(t, in, "label", "--template", "lotte-100x150", "--data", name)
		assert.Equal(t, 1, code, name)
		assert.Contains(t, said, "more than 1048576 bytes", name)
	}
}
