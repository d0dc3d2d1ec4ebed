package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The whole way: a site's own template whose barcode has no room is refused by
// `edge check`, with its file and field, and a carrier's own rule is used.
func TestASitesOwnForms(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(p, []byte(text), 0o600))
		return p
	}
	field := "name = \"mine\"\nsize = [60, 40]\n[[field]]\nname = \"number\"\nkind = \"code128\"\nat = [2, 2]\nsize = [%s, 12]\nvalue = \"{waybill}\"\n" +
		"[sample]\ncarrier = \"nebula\"\nwaybill = \"1234567895\"\n"
	rules := write("rules.txt", "nebula nebula-10 (d{9})! mod10 sure issue\n")
	cfg := write("edge.toml", "site = \"T\"\ntemplates = \""+dir+"\"\nwaybillRules = \""+rules+"\"\n[pii]\nkeyEnv = \"K\"\n")
	require.NoError(t, os.Rename(cfg, dir+".toml")) // the folder holds templates only
	cfg = dir + ".toml"

	write("mine.toml", strings.Replace(field, "%s", "14", 1))
	code, out, _ := edge(t, "", "check", "--config", cfg)
	assert.Equal(t, 1, code)
	for _, says := range []string{"mine.toml", "field number", "quiet"} {
		assert.Contains(t, out, says)
	}
	write("mine.toml", strings.Replace(field, "%s", "56", 1))
	code, out, said := edge(t, "", "check", "--config", cfg)
	if strings.Contains(out, "no font") {
		t.Skip("NO FONTS BUILT IN: run make fonts")
	}
	assert.Equal(t, 0, code, out+said)
	code, out, _ = edge(t, "", "label", "--config", cfg, "--list")
	assert.Zero(t, code)
	assert.Contains(t, out, "mine\n")
	_, out, _ = edge(t, "", "barcode", "--config", cfg, "--as", "waybill", "--carrier", "nebula", "1234567895", "1234567894")
	assert.Contains(t, out, `"number":"1234567895"`)
	assert.Contains(t, out, `"code":"checkDigit"`)
}

// edge runs the program in this process and gives its exit code.
func edge(t *testing.T, in string, args ...string) (code int, out, said string) {
	t.Helper()
	var o, e bytes.Buffer
	err := run(t.Context(), args, strings.NewReader(in), &o, &e)
	return exitCode(err, &e), o.String(), e.String()
}

func TestExitCodes(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.toml")
	require.NoError(t, os.WriteFile(bad, []byte("site = 7\nfoo = 1\n"), 0o600))
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"fine":           {[]string{"check", "--config", "../../configs/demo.toml"}, 0, "fine"},
		"a fault":        {[]string{"check", "--config", bad}, 1, ":2: foo: unknown key"},
		"a fault, JSON":  {[]string{"check", "--json", "--config", bad}, 1, `"ok":false`},
		"wrong use":      {[]string{"check"}, 2, ""},
		"no command":     {[]string{"fly"}, 2, ""},
		"help":           {[]string{"--help"}, 0, "Usage: edge"},
		"version":        {[]string{"version"}, 0, ""},
		"run, no config": {[]string{"run"}, 2, ""},
		"templates":      {[]string{"label", "--list"}, 0, "korea-100x150"},
		"no template":    {[]string{"label", "--template", "x", "--data", "-"}, 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, said := edge(t, "{}", c.args...)
			assert.Equal(t, c.code, code, out+said)
			assert.Contains(t, out, c.says)
		})
	}
}

func TestALabelFromItsSample(t *testing.T) {
	code, sample, said := edge(t, "", "label", "--sample", "korea-100x150")
	require.Zero(t, code, said)
	code, zpl, said := edge(t, sample, "label", "--template", "korea-100x150", "--data", "-")
	if strings.Contains(said, "no font") {
		t.Skip("NO FONTS BUILT IN: run make fonts; the label is not drawn here")
	}
	require.Zero(t, code, said)
	assert.True(t, strings.HasPrefix(zpl, "^XA") && strings.HasSuffix(strings.TrimSpace(zpl), "^XZ"))
}

func TestBarcodeAnswersInOrder(t *testing.T) {
	in := `{"input":"]C10109521234543213"}
no json
{"input":"https://example.com/x"}
`
	code, out, said := edge(t, in, "barcode", "--batch")
	require.Zero(t, code, said)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 3)
	assert.Contains(t, lines[0], `"kind":"gs1"`)
	assert.Contains(t, lines[0], `"gtin":"09521234543213"`)
	assert.Contains(t, lines[1], `"code":"malformed"`)
	assert.Contains(t, lines[2], `"kind":"unknown"`)
	code, out, _ = edge(t, "", "barcode", "--as", "ean13", "4006381333932")
	assert.Equal(t, 1, code, "a fault was found")
	assert.Contains(t, out, `"code":"checkDigit"`)
}

// A program that reads the faults finds file, line and column without reading their
// words; a fault in one line of numbers hides no other carrier.
func TestFaultsTellTheirPlace(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	require.NoError(t, os.Mkdir("labels", 0o700))
	for name, text := range map[string]string{
		"site.toml":        "site = \"T\"\ntemplates = \"labels\"\nwaybillRules = \"numbers.txt\"\n[pii]\nkeyEnv = \"K\"\n",
		"bad.toml":         "site = \"T\"\n  foo = 1\n[pii]\nkeyEnv = \"K\"\n",
		"torn.toml":        "site = \"T\n",
		"numbers.txt":      "nebula nebula-10 (d{9})! mod10 sure\nnova nova-1\n",
		"labels/key.toml":  "name = \"key\"\nsize = [60, 40]\n  sice = 1\n[[field]]\nname = \"a\"\nkind = \"box\"\nat = [2, 2]\nsize = [14, 12]\nthickness = 1\n[sample]\n",
		"labels/torn.toml": "name = \n",
		"labels/mine.toml": "name = \"mine\"\nsize = [60, 40]\n[[field]]\nname = \"a\"\nkind = \"code128\"\nat = [2, 2]\nsize = [14, 12]\nvalue = \"{waybill}\"\n" +
			"[sample]\ncarrier = \"nebula\"\nwaybill = \"1234567894\"\n",
	} {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	}
	type place struct {
		File         string
		Line, Column int
	}
	places := func(cfg string) (out []place) {
		code, said, _ := edge(t, "", "check", "--config", cfg, "--json")
		require.Equal(t, 1, code)
		var answer struct{ Faults []place }
		require.NoError(t, json.Unmarshal([]byte(said), &answer))
		for _, p := range answer.Faults {
			if p != (place{}) { // no font
				out = append(out, p)
			}
		}
		return out
	}
	assert.ElementsMatch(t, []place{{"labels/key.toml", 3, 3}, {"labels/torn.toml", 1, 8}, {"numbers.txt", 2, 0}, {"labels/mine.toml", 3, 0}, {"labels/mine.toml", 11, 0}}, places("site.toml"))
	assert.Equal(t, []place{{"", 2, 3}}, places("bad.toml"))
	assert.Equal(t, []place{{"", 1, 10}}, places("torn.toml"))
	_, out, _ := edge(t, "", "check", "--config", "site.toml")
	assert.Contains(t, out, "site.toml: templates: labels/key.toml: line 3: ", "the line is that of the template, not of the configuration")
}
