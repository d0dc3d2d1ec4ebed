package edgetest

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "dcedge"

// outside lists every module outside the standard library that a package may
// import, besides testify, rapid and goleak in tests. A new one needs a line
// here, with its reason in the commit.
var outside = map[string][]string{
	"cmd":                   {"github.com/alecthomas/kong"},
	"configs":               {},
	"edge":                  {},
	"edge/access":           {"golang.org/x/crypto"},
	"edge/agent":            {"golang.org/x/image"},
	"edge/backup":           {},
	"edge/belt":             {},
	"edge/board":            {},
	"edge/catalogue":        {},
	"edge/config":           {"github.com/pelletier/go-toml/v2"},
	"edge/edgetest":         {},
	"edge/engine":           {},
	"edge/floor":            {},
	"edge/journal":          {"golang.org/x/sys"},
	"edge/plan":             {},
	"edge/paper":            {"github.com/signintech/gopdf", "github.com/boombuler/barcode"}, // PDF, and the bars on it
	"edge/putlight":         {},
	"edge/practice":         {},
	"edge/printing":         {},
	"edge/shift":            {},
	"edge/store":            {"go.etcd.io/bbolt"},
	"edge/supervise":        {},
	"edge/vault":            {"go.etcd.io/bbolt"},
	"edge/web":              {"github.com/gorilla/websocket", "github.com/prometheus/client_golang"},
	"edge/wire":             {"github.com/go-json-experiment/json"}, // encoding/json of the next Go: the standard one has no say in how a time is written
	"devices":               {},
	"devices/link":          {"go.bug.st/serial", "golang.org/x/sys", "periph.io/x/conn/v3", "periph.io/x/host/v3"}, // the wires themselves
	"devices/mqtt":          {"github.com/mochi-mqtt/server/v2", "github.com/eclipse/paho.mqtt.golang"},             // the only importer of both
	"firmware-sim":          {"github.com/gorilla/websocket", "github.com/boombuler/barcode", "golang.org/x/image", "golang.org/x/crypto"},
	"firmware-sim/floor":    {"github.com/pelletier/go-toml/v2"},                                                  // reads the configuration that it plays
	"firmware-sim/wire":     {"github.com/creack/pty", "golang.org/x/sys", "github.com/eclipse/paho.mqtt.golang"}, // how a played device is reached
	"firmware-sim/fault":    {"github.com/pelletier/go-toml/v2"},                                                  // fault scripts
	"firmware-sim/conveyor": {"github.com/pelletier/go-toml/v2"},                                                  // layouts of a line
	"labels":                {},
	"labels/layout":         {"github.com/boombuler/barcode", "golang.org/x/image", "golang.org/x/text", "github.com/pelletier/go-toml/v2"},
	"labels/raster":         {"golang.org/x/image", "golang.org/x/text"},
	"sync/batch":            {},
	"sync/feed":             {"github.com/klauspost/compress"},
	"sync/reference":        {},
	"sync/reconcile":        {},
	"sync/pull":             {"github.com/klauspost/compress"},
	"sync/sink":             {},
	"tools":                 {"github.com/evanw/esbuild", "golang.org/x/crypto"},
	"tools/fontcut":         {"golang.org/x/image", "golang.org/x/text"},
	"tools/bench":           {"github.com/gorilla/websocket"}, // plays the PDAs, and the bare echo beside them
}

// inside lists which packages of the house a package may import (prefixes).
var inside = map[string][]string{
	"cmd":              {"edge/agent", "edge/config", "edge/engine/bench", "sync", "firmware-sim", "configs", "labels"},
	"configs":          {},
	"edge":             {},
	"edge/catalogue":   {"edge", "labels/symbology"},
	"edge/supervise":   {},
	"edge/journal":     {},
	"edge/config":      {"edge", "devices", "devices/link", "devices/scanner", "devices/scale", "devices/printer", "devices/conveyor", "edge/sorter"}, // whose words it checks
	"edge/floor":       {"edge", "edge/catalogue", "labels/waybill", "labels/symbology", "labels/gs1"},
	"edge/plan":        {},
	"edge/backup":      {"edge", "edge/journal"},
	"edge/belt":        {"edge", "edge/sorter", "devices"},
	"edge/putlight":    {"edge", "devices/mqtt"},
	"edge/sorter":      {"edge"}, // pure: what a parcel is decides edge/floor
	"edge/store":       {"edge", "edge/catalogue", "edge/floor", "edge/journal"},
	"edge/engine":      {"edge", "edge/catalogue", "edge/floor", "edge/journal", "edge/plan", "edge/engine", "edge/store"},
	"edge/access":      {"edge", "edge/catalogue"},
	"edge/vault":       {"edge"},
	"edge/paper":       {"labels/raster"},
	"edge/shift":       {"edge"},
	"edge/practice":    {"edge", "edge/catalogue", "edge/floor"}, // made-up work on the state of practice
	"edge/printing":    {"edge", "edge/floor", "edge/supervise", "labels/layout", "labels/raster", "devices"},
	"edge/board":       {"edge", "edge/floor", "edge/catalogue", "edge/wire"},
	"edge/wire":        {"edge"},
	"edge/web":         {"edge", "edge/wire", "edge/access", "edge/board", "edge/shift", "edge/floor", "edge/catalogue", "edge/web", "sync/batch"},
	"edge/agent":       {"edge", "labels", "devices", "sync", "configs"},
	"devices":          {"devices", "edge/supervise"},
	"labels/gs1":       {},
	"labels/reading":   {"labels"},
	"labels/symbology": {"labels/gs1"},
	"labels/waybill":   {},
	"labels/zpl":       {},
	"labels/raster":    {},
	"labels/layout":    {"labels/zpl", "labels/raster", "labels/waybill", "labels/gs1", "labels/symbology", "configs"},
	"sync/batch":       {"edge"},
	"sync/feed":        {"edge", "sync/batch"},
	"sync/reference":   {"edge", "sync/batch"},
	"sync/reconcile":   {"edge", "sync/batch"},
	"sync/pull":        {"sync/batch", "sync/sink", "edge/supervise"},
	"sync/push":        {"sync/batch", "edge/supervise"}, // the WMS's other half; apart from pull so that neither grows
	"sync/sink":        {"sync/batch", "sync/pull"},
	"firmware-sim":     {"firmware-sim"},
	"tools":            {"firmware-sim", "edge/agent"},
	"tools/fontcut":    {},
	"tools/bench":      {"edge", "edge/catalogue", "edge/engine", "edge/journal", "edge/store"}, // grows millions of events in-process
	"tools/floorwasm":  {"edge", "edge/catalogue", "edge/floor"},                                // the rules, for a browser
}

type source struct {
	file string // relative to the root, slashes
	pkg  string // its folder
	text []byte
	ast  *ast.File
	fset *token.FileSet
}

func (s source) test() bool { return strings.HasSuffix(s.file, "_test.go") }

// sources reads every Go file of the house.
func sources(t *testing.T) []source {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	var out []source
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (name == "node_modules" || name == "testdata" || strings.HasPrefix(name, ".") && p != root || name == "run" || name == "bin") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		s := source{file: filepath.ToSlash(rel), text: text, fset: token.NewFileSet()}
		s.pkg = path.Dir(s.file)
		s.ast, err = parser.ParseFile(s.fset, p, text, parser.ParseComments)
		out = append(out, s)
		return err
	})
	require.NoError(t, err)
	require.Greater(t, len(out), 20, "the house was not found")
	return out
}

// rule finds the entry of the longest prefix of pkg.
func rule(m map[string][]string, pkg string) ([]string, bool) {
	for p := pkg; p != "."; p = path.Dir(p) {
		if r, ok := m[p]; ok {
			return r, true
		}
	}
	return nil, false
}

func allowed(list []string, pkg string) bool {
	return slices.ContainsFunc(list, func(a string) bool {
		// "edge" alone is the package of the words; elsewhere a name covers what is below it
		return pkg == a || a != "edge" && strings.HasPrefix(pkg, a+"/")
	})
}

func TestImportGraph(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() || strings.HasSuffix(path.Base(s.pkg), "test") && s.pkg != "edge/edgetest" {
			continue // tests and their fakes may see more
		}
		for _, imp := range s.ast.Imports {
			p, err := strconv.Unquote(imp.Path.Value)
			require.NoError(t, err)
			switch {
			case !strings.Contains(strings.Split(p, "/")[0], ".") && !strings.HasPrefix(p, module):
				// the standard library
			case p == module || strings.HasPrefix(p, module+"/"):
				target := strings.TrimPrefix(p, module+"/")
				list, ok := rule(inside, s.pkg)
				if s.pkg == "edge/agent" && strings.HasPrefix(target, "edge/") {
					continue // the composition root sees everything
				}
				assert.True(t, ok && (allowed(list, target) || target == s.pkg),
					"%s imports %s: the import graph (edge/edgetest/house_test.go) does not allow it", s.file, target)
			default:
				list, ok := rule(outside, s.pkg)
				assert.True(t, ok && slices.ContainsFunc(list, func(m string) bool { return p == m || strings.HasPrefix(p, m+"/") }),
					"%s imports %s: list it in edge/edgetest/house_test.go with the reason, or do without", s.file, p)
			}
		}
	}
}

func TestNoGoFilesWhereTheNameIsTaken(t *testing.T) {
	for _, s := range sources(t) {
		assert.NotContains(t, []string{"sync", "firmware-sim", "."}, s.pkg, "%s: no Go file belongs directly there", s.file)
	}
}

func TestEveryPackageHasItsDoc(t *testing.T) {
	has, pkgs := map[string]bool{}, map[string]bool{}
	for _, s := range sources(t) {
		pkgs[s.pkg] = true
		if path.Base(s.file) == "doc.go" && s.ast.Doc != nil {
			has[s.pkg] = true
		}
	}
	for p := range pkgs {
		assert.True(t, has[p], "%s wants a doc.go: what it is, what it may import, its invariants", p)
	}
}

func TestSizes(t *testing.T) {
	for _, s := range sources(t) {
		limit := 400
		if s.test() {
			limit = 600
		}
		if bytes.Contains(s.text[:min(len(s.text), 200)], []byte("DO NOT EDIT")) {
			continue
		}
		lines := bytes.Count(s.text, []byte("\n"))
		assert.LessOrEqual(t, lines, limit, "%s has %d lines: split it along its ideas", s.file, lines)
		for _, d := range s.ast.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			n := s.fset.Position(f.Body.Rbrace).Line - s.fset.Position(f.Pos()).Line + 1
			most := 70
			if s.test() {
				most = 120
			}
			if f.Name.Name == "main" && !s.test() {
				most = 60
			}
			assert.LessOrEqual(t, n, most, "%s: %s has %d lines", s.file, f.Name.Name, n)
		}
	}
}

func TestNoInitAndNoSleepsInTests(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.ast.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				assert.Fail(t, "init()", "%s: drivers and tables are wired in edge/agent, not in init", s.file)
			}
		}
		if s.test() && bytes.Contains(s.text, []byte("time.Sleep(")) && !bytes.Contains(s.text, []byte("synctest")) {
			assert.Fail(t, "time.Sleep in a test", "%s: wait for the thing itself, or use testing/synctest", s.file)
		}
	}
}

// TestWallClock is I12: only the engine's clock and what never decides anything
// may read the wall clock.
func TestI12NoWallClockInRules(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() || s.pkg != "edge/floor" && s.pkg != "edge" && s.pkg != "edge/catalogue" {
			continue
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if id, ok := sel.X.(*ast.Ident); ok && id.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "Sleep"}, sel.Sel.Name) {
					assert.Fail(t, "clock in a rule", "%s uses time.%s: time comes in with the message", s.file, sel.Sel.Name)
				}
			}
			return true
		})
	}
}
