package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A member that stands twice would be read as its last: it is refused.
func TestLabelMemberTwice(t *testing.T) {
	for _, data := range []string{`{"copy":1,"copy":2}`, `{"box":{"n":1,"N":2}}`, `{"items":[{"sku":"A","sku":"B"}]}`,
		`{"recipient":{"addreſs":"A","address":"B"}}`} {
		code, _, said := edge(t, data, "label", "--template", "korea-100x150", "--data", "-")
		assert.Equal(t, 1, code, data)
		assert.Contains(t, said, "twice", data)
	}
}

// A member that no label has is a name spelt wrong: the label would lack what it holds.
func TestLabelMemberThatNoLabelHas(t *testing.T) {
	for data, says := range map[string]string{
		`{"recipiant":{"name":"홍길동"}}`: `unknownMember: no label has the member "recipiant": is recipient meant?`, `{"box":{"weigthGrams":1}}`: `"box.weigthGrams": is box.weightGrams meant?`,
		`{"items":[{"sku":"A"},{"qty":2}]}`: `"items.qty"`, `{"note":"a","colour":null}`: `"colour"`, `{"Recipient":{"NAME":"a","nick":"b"}}`: `"Recipient.nick"`,
	} {
		code, out, said := edge(t, data, "label", "--template", "korea-100x150", "--data", "-")
		if strings.Contains(said, "no font") {
			t.Skip("NO FONTS BUILT IN: run make fonts")
		}
		assert.Equal(t, []any{1, ""}, []any{code, out}, data)
		assert.Contains(t, said, says, data)
	}
}

// A label takes the place of what has its name, and touches nothing that a link of that
// name leads to; a refused one leaves no earlier label for the printer.
func TestLabelTakesTheFilesPlace(t *testing.T) {
	dir := t.TempDir()
	other, file := filepath.Join(dir, "other"), filepath.Join(dir, "a.zpl")
	draw := func(data string, more ...string) (int, string) {
		code, _, said := edge(t, data, append([]string{"label", "--template", "korea-100x150", "--data", "-", "--out", file}, more...)...)
		if strings.Contains(said, "no font") {
			t.Skip("NO FONTS BUILT IN: run make fonts")
		}
		return code, said
	}
	require.NoError(t, os.WriteFile(other, []byte("mine"), 0o644))
	require.NoError(t, os.Symlink(other, file))
	code, said := draw(`{"waybill":"1"}`)
	require.Zero(t, code, said)
	kept, err := os.ReadFile(other)
	require.NoError(t, err)
	assert.Equal(t, "mine", string(kept))
	st, err := os.Lstat(file)
	require.NoError(t, err)
	assert.True(t, st.Mode().IsRegular())
	assert.Equal(t, os.FileMode(0o600), st.Mode().Perm())

	code, said = draw(`{"waybill":"1"}`, "--graphics", "png") // wrong use is no label refused
	assert.Equal(t, 2, code, said)
	assert.FileExists(t, file)
	code, said = draw(`{"waybill":" "}`)
	assert.Equal(t, 1, code)
	assert.Contains(t, said, "a.zpl is removed: it held an earlier label")
	assert.NoFileExists(t, file)
	code, said = draw(`{"waybill":" "}`)
	assert.Equal(t, 1, code)
	assert.NotContains(t, said, "removed")

	// where no label was asked for, and where the data itself has the name, nothing is taken away
	require.NoError(t, os.WriteFile(file, []byte("{"), 0o600))
	for _, asked := range [][]string{{"--list", "--config", filepath.Join(dir, "none.toml")}, {"--template", "korea-100x150", "--data", file}} {
		code, _, said = edge(t, "", append([]string{"label", "--out", file}, asked...)...)
		assert.Equal(t, 1, code, said)
		assert.FileExists(t, file)
	}
	require.NoError(t, os.Remove(other))
	require.NoError(t, os.Symlink(file, other))
	code, _, said = edge(t, "", "label", "--template", "korea-100x150", "--data", other, "--out", file)
	assert.Equal(t, 1, code, said)
	assert.FileExists(t, file, "the data, by a link to it")
	require.NoError(t, os.Remove(file))
	require.NoError(t, os.Mkdir(file, 0o700))
	code, said = draw(`{"waybill":"1"}`)
	assert.Equal(t, 1, code)
	assert.Contains(t, said, "no regular file")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 2, "nothing half written stays")
}

// What an installer types is refused by the member's name, or drawn as its carrier means it.
func TestLabelDataIsJudged(t *testing.T) {
	draw := func(data string) (int, string, string) {
		return edge(t, data, "label", "--template", "korea-100x150", "--data", "-")
	}
	code, typed, said := draw(`{"carrier":"lotte","waybill":" 2611-5218 9723","recipient":{"name":"홍길동"}}`)
	if strings.Contains(said, "no font") {
		t.Skip("NO FONTS BUILT IN: run make fonts")
	}
	require.Zero(t, code, said)
	_, plain, _ := draw(`{"carrier":"lotte","waybill":"261152189723","recipient":{"name":"홍길동"}}`)
	assert.Equal(t, plain, typed, "hyphens and blanks are no part of the number")

	for data, says := range map[string]string{
		`{"carrier":"LOTTE","waybill":"261152189723"}`: "carrier: no rules of numbers for \"LOTTE\"; there are", `{"carrier":"nebulla"}`: "hanjin",
		`{"box":{"n":0,"of":2}}`: "box.n", `{"box":{"n":1,"of":0}}`: "box.of", `{"box":{"of":2}}`: "box.n", `{"box":{"n":3,"of":2}}`: "box.n",
		`{"waybill":"1","date":"2026-13-45"}`: "field date", `{"waybill":" "}`: "empty",
	} {
		code, out, said := draw(data)
		assert.Equal(t, []any{1, ""}, []any{code, out}, data)
		assert.Contains(t, said, says, data)
	}
}

// A label is personal data: its file is its owner's alone, also one that lay open before.
func TestLabelFilesArePrivate(t *testing.T) {
	for _, name := range []string{"a.png", "a.zpl"} {
		file := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(file, []byte("old"), 0o644))
		for range 2 {
			code, _, said := edge(t, `{"waybill":"1"}`, "label", "--template", "korea-100x150", "--data", "-", "--out", file)
			if strings.Contains(said, "no font") {
				t.Skip("NO FONTS BUILT IN: run make fonts")
			}
			require.Zero(t, code, said)
			st, err := os.Stat(file)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o600), st.Mode().Perm(), name)
			require.NoError(t, os.Remove(file))
		}
	}
}

// What a fault quotes moves no cursor.
func TestFaultsAreReadable(t *testing.T) {
	assert.Equal(t, "홍😀 a\nb\t\\x1b[2J \\u202e \\xff \ufffd", readable("홍😀 a\nb\t\x1b[2J \u202e \xff \ufffd"))
	code, _, said := edge(t, "{}", "label", "--template", "korea-100x150", "--data", "/none\x1b[2J😀")
	assert.Equal(t, 1, code)
	assert.NotContains(t, said, "\x1b")
	assert.Contains(t, said, "😀")
}

// Copies count from one, and a box weighs what a box can weigh.
func TestLabelCounts(t *testing.T) {
	for data, says := range map[string]string{`{"copy":0,"code":"T1"}`: "copy: want 1 or more", `{"code":"T1","box":{"weightGrams":-1}}`: "box.weightGrams: want 0 to",
		`{"code":"T1","box":{"weightGrams":9223372036854775800}}`: "box.weightGrams: want 0 to"} {
		code, _, said := edge(t, data, "label", "--template", "tote-100x50", "--data", "-")
		if strings.Contains(said, "no font") {
			t.Skip("NO FONTS BUILT IN: run make fonts")
		}
		assert.Equal(t, 1, code)
		assert.Contains(t, said, says)
	}
}

// Data that is no JSON says where it ends, and how data looks that fits.
func TestLabelDataThatIsNoJSON(t *testing.T) {
	for data, says := range map[string]string{"": "it is empty", " \n": "it is empty", "{\"code\":\n\"T1\"": "ends in line 2 behind byte 4", "{\n\"code\";": "line 2, byte 7"} {
		code, _, said := edge(t, data, "label", "--template", "tote-100x50", "--data", "-")
		if strings.Contains(said, "no font") {
			t.Skip("NO FONTS BUILT IN: run make fonts")
		}
		assert.Equal(t, 1, code, data)
		assert.Contains(t, said, says, data)
		assert.Contains(t, said, "--sample", data)
	}
}

// A folder that is not there is named, not the file that was to be made in it.
func TestLabelIntoNoFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "none")
	code, _, said := edge(t, `{"code":"T1"}`, "label", "--template", "tote-100x50", "--data", "-", "--out", filepath.Join(folder, "b.zpl"))
	if strings.Contains(said, "no font") {
		t.Skip("NO FONTS BUILT IN: run make fonts")
	}
	assert.Equal(t, 1, code)
	assert.Contains(t, said, "the folder "+folder+": no such file")
	assert.NotContains(t, said, ".label-")
}

// A fault of label data is one line with a code and the words of a person, whatever type
// stands where another is wanted.
func TestLabelDataFaultsArePlain(t *testing.T) {
	for data, says := range map[string]string{
		`{"items":"x"}`: "type: items: want a list, got a JSON string", `{"items":[5]}`: "type: items: want an object",
		"{\"order\":\"a\nb\"}": `malformed: line 1, byte 12: a text holds a control character`, `{"order":"\x"}`: "line 1, byte 12: no such character behind a backslash",
		`{"order":"1",}`: "line 1, byte 14: want the name of a member", `{"order" 1}`: "want a colon", `{"order":"1" "copy":1}`: "want a comma or }", `{"items":[1 2]}`: "want a comma or ]",
		`{} x`: "line 1, byte 4: more stands behind", "\xff": "line 1, byte 1: want a text in quotes", `nul`: "malformed: ", `{"copy":01}`: "malformed: ",
		`{"a\nb":1}`: `unknownMember: no label has the member "a\nb"`, `{"copy":0}`: "range: copy", `{"order":"1","Order":"2"}`: "malformed: the member",
		`{"carrier":"zz"}`: "carrierUnknown: carrier: no rules",
	} {
		code, _, said := edge(t, data, "label", "--template", "tote-100x50", "--data", "-")
		if strings.Contains(said, "no font") {
			t.Skip("NO FONTS BUILT IN: run make fonts")
		}
		assert.Equal(t, 1, code, data)
		assert.Contains(t, said, "label data: ", data)
		assert.Contains(t, said, says, data)
		assert.Equal(t, 1, strings.Count(said, "\n"), "%s: %s", data, said)
		for _, words := range []string{"invalid character", "looking for", "want ,", "top-level", "strconv", "Unmarshal"} {
			assert.NotContains(t, said, words, data)
		}
	}
	_, _, said := edge(t, "", "label", "--sample")
	assert.Contains(t, said, "a value is missing behind it")
	_, _, said = edge(t, "", "label", "--template", "tote-100x50", "--data", "/none")
	assert.NotContains(t, said, "stat ")
}

// An answer that could not be written is no answer: a disk that is full is told.
func TestFullDiskIsAFault(t *testing.T) {
	config := filepath.Join(t.TempDir(), "site.toml")
	require.NoError(t, os.WriteFile(config, []byte("site = \"T1\"\ntimezone = \"Asia/Seoul\"\ndata = \"d\"\n[http]\nlisten = \"127.0.0.1:0\"\n"), 0o600))
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("NO /dev/full HERE")
	}
	defer full.Close()
	for _, args := range [][]string{{"label", "--list"}, {"label", "--list", "--json"}, {"label", "--sample", "tote-100x50"}, {"barcode", "8801234567893"},
		{"barcode", "--batch"}, {"check", "--config", config}, {"check", "--json", "--config", config}, {"version"}, {"--help"}} {
		var said strings.Builder
		err := run(t.Context(), args, strings.NewReader(`{"input":"8801234567893"}`), full, &said)
		assert.Equal(t, 1, exitCode(err, &said), "%v: %s", args, said.String())
	}
}
