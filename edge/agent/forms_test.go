package agent

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"dcedge/edge"
	"dcedge/edge/board"
	"dcedge/edge/catalogue"
	"dcedge/edge/config"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Faults of every kind are told at once: of a template's text, of one that cannot be
// printed, and of the rules, each with its line.
func TestCheckFormsTellsAllKinds(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(p, []byte(text), 0o600))
		return p
	}
	const head = "size = [50, 30]\n[[field]]\nname = \"f\"\n"
	write("broken.toml", "name = \"broken\"\n"+head+"kind = \"video\"\nat = [1, 1]\nsize = [9, 9]\n")
	write("empty.toml", "name = \"empty\"\n"+head+"kind = \"qr\"\nvalue = \"{code}\"\nat = [1, 1]\nsize = [20, 20]\n")
	write("sample.toml", "name = \"sample\"\n"+head+"kind = \"qr\"\nvalue = \"{waybill}\"\nat = [1, 1]\nsize = [20, 20]\n[sample]\ncarrier = \"lotte\"\nwaybill = \"123456789012\"\n")
	rules := write("rules.txt", "# mine\nnb nb-1 NB(d{9})! mod99 sure issue\n")
	var all []string
	for _, f := range CheckForms(&config.Config{Templates: dir, Waybills: rules}) {
		all = append(all, f.What)
	}
	said := strings.Join(all, "\n")
	for _, want := range []string{"broken.toml: line 3: field \"f\"", "no sample", "line 2: ", "mod99", "sample.toml: line 11: sample.waybill: "} {
		assert.Contains(t, said, want)
	}
}

// Every bad rule is a fault of its own, with the file and its line; no fault has a line end.
func TestEachRuleFaultHasItsLine(t *testing.T) {
	dir := t.TempDir()
	rules := filepath.Join(dir, "rules.txt")
	require.NoError(t, os.WriteFile(rules, []byte("# mine\nnb nb-1 NB(d{9})! mod99 sure\nshort x\nzz zz-1 d{99} - shape\nyy yy-1 (d{9})! mod7 maybe\nyy yy-2 (d{9})! mod7 sure wiggle\nok ok-1 (d{9})! mod7 sure\n"), 0o600))
	list := CheckForms(&config.Config{Waybills: rules})
	require.Len(t, list, 5)
	for i, want := range []string{"line 2: check \"mod99\": unknown algorithm: there are", "line 3: 2 columns, want", "line 4: shape \"d{99}\": bad repeat \"{99}\": want", "line 5: rule yy-1: confidence \"maybe\": want", "line 6: rule yy-2: unknown option \"wiggle\": there are"} {
		assert.Contains(t, list[i].What, "waybillRules: "+rules+": "+want)
		assert.NotContains(t, list[i].What, "\n")
	}
}

// A file that is none is told in a few lines.
func TestRulesThatAreNone(t *testing.T) {
	rules := filepath.Join(t.TempDir(), "rules.txt")
	for text, want := range map[string]string{"\xb0\xa1 nb-1 (d{9})! mod7 sure\n": "not UTF-8", strings.Repeat("x\n", 1000): "and 950 lines more",
		strings.Repeat("# much\n", 40_000): "more than 262144 bytes"} {
		require.NoError(t, os.WriteFile(rules, []byte(text), 0o600))
		list := CheckForms(&config.Config{Waybills: rules})
		require.LessOrEqual(t, len(list), 51)
		assert.Contains(t, list[len(list)-1].What, "waybillRules: "+rules+": "+want)
	}
}

// A template's number or text that cannot be read is told by its key and in plain words.
func TestTemplateFaultsArePlain(t *testing.T) {
	dir := t.TempDir()
	const field = "size = [50, 30]\n[[field]]\nname = \"f\"\nkind = \"text\"\nvalue = \"{order}\"\nat = [1, 1]\nsize = [20, 9]\n"
	for name, c := range map[string]struct{ text, want string }{
		"hex":        {field + "height = 0x1G\n", "line 9: "},
		"float":      {field + "height = 0x10\nlines = \"x\"\n", "line 9: \"field.height\": want a number of millimetres in digits"},
		"large":      {field + "height = 3\nlines = 99999999999999999999\n", "line 10: \"field.lines\": the number is too large"},
		"quote":      {field + "height = 3\nwhen = \"order\nx = 1\n", "line 10: the quote at the end of a text is missing"},
		"ending":     {strings.Replace(field, "\"f\"", "\"a\\nb\"", 1) + "height = 3\n", "field 1: a name that no other field has is needed"},
		"two\nlines": {field + "height = 3\n", "the file's name holds a control character"},
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".toml"), []byte("name = \""+name+"\"\n"+c.text), 0o600))
		said := (&config.Faults{File: "site.toml", List: CheckForms(&config.Config{Templates: dir})}).Error()
		assert.Contains(t, said, c.want, name)
		for line := range strings.Lines(said) {
			assert.True(t, strings.HasPrefix(line, "site.toml: "), "%s: %s", name, line)
		}
		for _, words := range []string{"strconv", "64-bit", "basic strings"} {
			assert.NotContains(t, said, words, name)
		}
		require.NoError(t, os.Remove(filepath.Join(dir, name+".toml")))
	}
}

// A pipe or a device in the folder of templates, or as the file of rules, is told by name
// and not waited for.
func TestFormsReadFilesOnly(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "pipe.toml"), 0o600))
	require.NoError(t, os.Symlink("/dev/zero", filepath.Join(dir, "zero.toml")))
	var all []string
	for _, f := range CheckForms(&config.Config{Templates: dir}) {
		all = append(all, f.What)
	}
	for _, want := range []string{"pipe.toml", "zero.toml"} {
		assert.Contains(t, strings.Join(all, "\n"), filepath.Join(dir, want)+": no regular file")
	}
}

// A template or a format of numbers that a record names and the site lacks is told when
// the record takes effect, once, and again after it was right in between.
func TestUnknownNamesOfRecordsAreTold(t *testing.T) {
	forms, faults, err := loadForms(&config.Config{})
	require.NoError(t, err)
	require.Empty(t, faults)
	var said strings.Builder
	a := &Agent{forms: forms, log: slog.New(slog.NewTextHandler(&said, nil))}
	push := func(records ...any) string {
		said.Reset()
		edit := catalogue.New().Edit()
		for _, r := range records {
			_, err := edit.Put(r, false)
			require.NoError(t, err)
		}
		a.swapCatalogue(edit.Snapshot())
		return said.String()
	}
	wrong := []any{&edge.ClientRecord{ID: "acme", Template: "acme-100x100"},
		&edge.CarrierRecord{ID: "nebula", Template: "nebula-100x10", Waybill: edge.WaybillFormat{Format: "nebule"}}}
	text := push(wrong...)
	for _, want := range []string{"acme-100x100", "nebula-100x10", plainTemplate, "nebule", "waybillRules", "correct the record"} {
		assert.Contains(t, text, want)
	}
	assert.Equal(t, 3, strings.Count(text, "level=WARN"), text)
	assert.Empty(t, push(wrong...), "told already")
	assert.Equal(t, []board.Stranger{{Kind: "clientTemplate", Record: "acme", Name: "acme-100x100"},
		{Kind: "carrierTemplate", Record: "nebula", Name: "nebula-100x10"}, {Kind: "carrierFormat", Record: "nebula", Name: "nebule"}}, a.strangers(), "for the lead's page")
	assert.Empty(t, push(&edge.CarrierRecord{ID: "cj", Template: "cj-123x100", Waybill: edge.WaybillFormat{Format: "cj"}}, &edge.CarrierRecord{ID: "own"}))
	assert.Empty(t, a.strangers())
	assert.Contains(t, push(wrong...), "nebula-100x10")
}
