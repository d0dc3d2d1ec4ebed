package ui

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func texts(t *testing.T, language string) map[string]string {
	b, err := os.ReadFile(filepath.Join("src", "i18n", language+".json"))
	require.NoError(t, err)
	var m map[string]string
	require.NoError(t, json.Unmarshal(b, &m), language)
	return m
}

func placeholders(s string) []string {
	found := regexp.MustCompile(`\{(\w+)\}`).FindAllString(s, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestLanguagesAgree(t *testing.T) {
	ko := texts(t, "ko")
	require.Greater(t, len(ko), 300)
	for _, l := range []string{"ja", "en"} {
		m := texts(t, l)
		for k := range m {
			assert.Contains(t, ko, k, "%s has a key that ko has not", l)
		}
		for k, v := range ko {
			require.Contains(t, m, k, "%s lacks it", l)
			assert.Equal(t, placeholders(v), placeholders(m[k]), "%s %s", l, k)
			assert.NotEmpty(t, strings.TrimSpace(m[k]), "%s %s", l, k)
			assert.NotContains(t, m[k], "!", "no exclamation marks: %s %s", l, k)
		}
	}
}

// said is what the Go code says: by key, the names of the arguments of each
// place that says it.
func said(t *testing.T) map[string][][]string {
	out := map[string][][]string{}
	for _, root := range []string{"../../../edge", "../../../devices", "../../../sync"} {
		err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata") {
				return filepath.SkipDir
			}
			if d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
				return nil
			}
			file, err := parser.ParseFile(token.NewFileSet(), p, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if c, ok := n.(*ast.CallExpr); ok && nameOf(c.Fun) == "Says" && len(c.Args) > 0 {
					if key, ok := literal(c.Args[0]); ok {
						out[key] = append(out[key], argsOf(c.Args[1:]))
					}
				}
				// edge/floor says how many of how many by a function of its own.
				if c, ok := n.(*ast.CallExpr); ok && nameOf(c.Fun) == "counted" && len(c.Args) == 3 {
					if key, ok := literal(c.Args[0]); ok {
						out[key] = append(out[key], []string{"{have}", "{want}"})
					}
				}
				return true
			})
			return nil
		})
		require.NoError(t, err)
	}
	// A refusal before any rule is asked makes its Say of a plain key.
	out["id.stale"] = append(out["id.stale"], nil)
	return out
}

func nameOf(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.SelectorExpr:
		return x.Sel.Name
	case *ast.Ident:
		return x.Name
	}
	return ""
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}

func argsOf(list []ast.Expr) []string {
	var out []string
	for _, e := range list {
		if c, ok := e.(*ast.CallExpr); ok && (nameOf(c.Fun) == "T" || nameOf(c.Fun) == "N") && len(c.Args) > 0 {
			if name, ok := literal(c.Args[0]); ok {
				out = append(out, "{"+name+"}")
			}
		}
	}
	return out
}

// TestEverySayHasItsText: each key that Go code says has a text in every
// language, which uses no argument that some place does not give.
func TestEverySayHasItsText(t *testing.T) {
	ko := texts(t, "ko")
	keys := said(t)
	require.Greater(t, len(keys), 60)
	for key, places := range keys {
		text, there := ko["say."+key]
		if !assert.True(t, there, "say.%s has no text in edge/web/ui/src/i18n", key) {
			continue
		}
		for _, p := range placeholders(text) {
			for _, args := range places {
				assert.Contains(t, args, p, "say.%s uses an argument that is not always given", key)
			}
		}
	}
}

// scripts is all TypeScript together.
func scripts(t *testing.T) string {
	var all strings.Builder
	err := filepath.WalkDir("src", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".ts") && !strings.HasSuffix(p, ".tsx") {
			return err
		}
		b, err := os.ReadFile(p)
		all.Write(b)
		return err
	})
	require.NoError(t, err)
	return all.String()
}

// TestNoTextIsUnusedOrMissing: a literal key of the scripts has its text, and a
// text is used: by its whole key, by a prefix to which the scripts add a code,
// or because Go code says it.
func TestNoTextIsUnusedOrMissing(t *testing.T) {
	ko, src, keys := texts(t, "ko"), scripts(t), said(t)
	literals := map[string]bool{}
	for _, m := range regexp.MustCompile(`"([a-z][A-Za-z]*\.[A-Za-z][A-Za-z.]*)"`).FindAllStringSubmatch(src, -1) {
		if !strings.HasSuffix(m[1], ".") { // else a code is added
			literals[m[1]] = true
		}
	}
	for _, m := range regexp.MustCompile(`text\("([^"]+)"[,)]`).FindAllStringSubmatch(src, -1) {
		assert.Contains(t, ko, m[1], "text(%q)", m[1])
	}
	families := map[string]bool{}
	for k := range ko {
		families[k[:strings.Index(k, ".")]] = true
	}
	for k := range literals {
		if _, sayToo := ko["say."+k]; families[k[:strings.Index(k, ".")]] && !sayToo {
			assert.Contains(t, ko, k, "a script names it")
		}
	}
	prefixes := map[string]bool{}
	for _, m := range regexp.MustCompile(`"([a-z][A-Za-z]*\.)"`).FindAllStringSubmatch(src, -1) {
		prefixes[m[1]] = true
	}
	require.Greater(t, len(prefixes), 8)
	for k := range ko {
		if name, isSay := strings.CutPrefix(k, "say."); isSay {
			_, byGo := keys[name]
			assert.True(t, byGo || literals[name] || literals[k], "%s is never said", k)
			continue
		}
		prefix := k[:strings.Index(k, ".")+1]
		assert.True(t, literals[k] || prefixes[prefix], "%s is not used", k)
	}
}

// TestCodesHaveTheirWords: what comes as a code and must not be shown as one.
func TestCodesHaveTheirWords(t *testing.T) {
	ko := texts(t, "ko")
	for prefix, codes := range map[string]string{
		"verdict.":     "ok done wrong over duplicate cancelled hold unknown unexpected denied stale idReused notYours internal",
		"flow.":        "idle pick put pack load return count replenish hospital",
		"stage.":       "parked received picking picked packing packed loaded shipped cancelled",
		"role.":        "picker packer loader returns lead admin auditor",
		"printer.":     "ready printing noPaper headOpen paused offline",
		"action.":      "start quantity short skip undo ack help close addTote weight reprint void printed override leave confirm reopen vehicle grade",
		"noWork.":      "nothing taken wallFull zoneEmpty otherKind notYet goods held inHands parked notPicked toPick notPacked noBox noReturn stale",
		"trouble.":     "leftBehind keptTote toteWaits wallFull closed help label held takeOut parked short inDoubt printFailed printer device setUp clientTemplate carrierTemplate carrierFormat consumer lease",
		"closed.":      "restored copied rollbackDetected witnessLost",
		"todo.":        "leftBehind keptTote toteWaits wallFull closed help held heldShort takeOut parked short inDoubt printFailed device deviceOther setUp clientTemplate carrierTemplate carrierFormat consumer lease",
		"todoPrinter.": "headOpen noPaper noRibbon paused offline silent hot other",
		"todoLabel.":   "render noWaybill noPrinter held other",
		"label.":       "fit empty barcode quiet dpi glyph script control utf8 tooLong noTemplate vault noWaybill noPrinter held other",
		"held.":        "lead wms address customer payment stock duplicate notCleaned short waybill other hold reconcile",
		"kind.":        "worker tote slot location item lot serial cell box container insert waybill dock weight",
		"ask.":         "tote slot location item lot serial cell box container insert waybill dock weight worker",
	} {
		for _, c := range strings.Fields(codes) {
			assert.Contains(t, ko, prefix+c)
		}
	}
}

// TestPluralsAgree: a word that goes with a number is chosen by that number, in
// languages that have the choice, and never left as written in the file.
func TestPluralsAgree(t *testing.T) {
	choice := regexp.MustCompile(`\{(\w+):([^|}]+)\|([^}]+)\}`)
	for _, l := range []string{"ko", "ja", "en"} {
		for k, v := range texts(t, l) {
			for _, m := range choice.FindAllStringSubmatch(v, -1) {
				assert.Contains(t, placeholders(v), "{"+m[1]+"}", "%s %s chooses by a number that it does not show", l, k)
			}
			rest := choice.ReplaceAllString(v, "")
			assert.NotContains(t, rest, ":line", "%s %s", l, k)
		}
	}
	en := texts(t, "en")
	plain := regexp.MustCompile(`\{\w+\} (lines|boxes|days|times|totes|scans|orders|pieces|items)\b`)
	for k, v := range en {
		assert.False(t, plain.MatchString(v), "%s: %q says 1 %s", k, v, plain.FindString(v))
	}
}

// The installer's page has words for every fault of a code, not its name only.
func TestCodeFaultsHaveTexts(t *testing.T) {
	ko, named := texts(t, "ko"), 0
	never := []string{"as", "format", "kindUnknown", "noKey", "range", "symbologyUnknown"} // of no reading on the page
	for file, pattern := range map[string]string{
		"gs1/errors.go": `= "(\w+)"`, "gs1/checks.go": `\tcode\w+\s+= "(\w+)"`, "gs1/detail.go": `\t"(\w+)":\s+"`,
		"reading/reading.go": `\tCode\w+\s+= "(\w+)"`, "symbology/gtin.go": `\tCode\w+\s+= "(\w+)"`, "waybill/waybill.go": `\tCode\w+\s+= "(\w+)"`,
	} {
		b, err := os.ReadFile(filepath.Join("../../../labels", filepath.FromSlash(file)))
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(b), -1) {
			if named++; !slices.Contains(never, m[1]) {
				assert.NotEmpty(t, ko["codeFault."+m[1]], "%s: codeFault.%s", file, m[1])
			}
		}
	}
	assert.Greater(t, named, 60)
}

// codesIn gives what a pattern finds in the Go files of folders, each once.
func codesIn(t *testing.T, pattern string, folders ...string) (codes []string) {
	t.Helper()
	find := regexp.MustCompile(pattern)
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join("../../..", folder, "*.go"))
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			b, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, m := range find.FindAllStringSubmatch(string(b), -1) {
				codes = append(codes, m[1])
			}
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// What a device was in trouble with, and what it is in now, has words by its code:
// what the code says in English is for whoever looks after it.
func TestFaultsOfDevicesHaveTheirWords(t *testing.T) {
	ko := texts(t, "ko")
	codes := codesIn(t, `(?:Op:|\.fault\(|\.Fail\(\w+,|^\t\t\{) *"([a-z]+)"`, "devices", "devices/conveyor", "devices/ipp", "devices/link", "devices/mqtt", "devices/printer", "devices/scale", "devices/scanner", "edge/agent")
	assert.Greater(t, len(codes), 12)
	for _, code := range append(codes, "flood", "unreadable", "otherDevice", "connect", "subscribe", "other") {
		assert.NotEmpty(t, ko["deviceError."+code], code)
	}
	for _, condition := range codesIn(t, `Condition = "(\w+)"`, "devices") {
		assert.NotEmpty(t, ko["printer."+condition], condition)
		if condition != "ready" && condition != "printing" {
			assert.NotEmpty(t, ko["todoPrinter."+condition], condition)
		}
	}
	for _, code := range codesIn(t, `DeviceFault\{Code: "(\w+)"`, "edge/agent") {
		assert.NotEmpty(t, ko["printer."+code], code)
	}
}

// A refusal of the edge has words by its code.
func TestProblemsHaveTheirWords(t *testing.T) {
	ko := texts(t, "ko")
	never := strings.Fields("binary key method upgrade notReady boardNotReady notUTF8") // of no page
	codes := append(codesIn(t, `(?:bad|forbidden|unavailable)\("(\w+)"`, "edge/web"), codesIn(t, `problem\{[^}]*code: "(\w+)"`, "edge/web")...)
	codes = append(codes, codesIn(t, `errors\.New\("([a-z]+[A-Z]?[a-zA-Z]*)"\)`, "edge/engine")...)
	assert.Greater(t, len(codes), 25)
	for _, code := range codes {
		if !slices.Contains(never, code) {
			assert.NotEmpty(t, ko["problem."+code], code)
		}
	}
}
