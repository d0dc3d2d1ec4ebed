package edgetest

import (
	"go/ast"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// listOf reads a list of packages from tools/test.sh, by its name there.
func listOf(t *testing.T, name string) []string {
	t.Helper()
	script, err := os.ReadFile("../../tools/test.sh")
	require.NoError(t, err)
	_, list, _ := strings.Cut(string(script), "\n"+name+"=(")
	list, _, found := strings.Cut(list, ")")
	require.True(t, found, "tools/test.sh has no list %s=", name)
	return strings.Fields(strings.ReplaceAll(list, "./", ""))
}

// importsOf are the packages of the house that a file imports.
func importsOf(s source) (out []string) {
	for _, imp := range s.ast.Imports {
		if p, ok := strings.CutPrefix(strings.Trim(imp.Path.Value, `"`), module+"/"); ok {
			out = append(out, p)
		}
	}
	return out
}

// TestTheRaceDetectorMissesNoGoroutine: the packages that tools/test.sh runs without
// the detector for what they compute (alone=) start no goroutine, nor do their tests,
// and nobody plays them a network. Those whose tests judge another program or the pages
// (programs=) have no Go of their own but tests, and whatever of the house these tests
// start the detector sees elsewhere: it has tests of its own, or is imported by tests,
// among the packages that run with it.
func TestTheRaceDetectorMissesNoGoroutine(t *testing.T) {
	alone, programs := listOf(t, "alone"), listOf(t, "programs")
	all := sources(t)
	watched, seen := map[string]bool{}, map[string]bool{} // watched: what tests with the detector test or import
	for _, s := range all {
		switch {
		case slices.Contains(alone, s.pkg):
			seen[s.pkg] = true
			startsNothing(t, s)
		case slices.Contains(programs, s.pkg):
			seen[s.pkg] = true
			if s.test() {
				continue
			}
			for _, d := range s.ast.Decls {
				_, isFunc := d.(*ast.FuncDecl)
				assert.False(t, isFunc, "%s is code that runs without the race detector: take its package out of programs= in tools/test.sh", s.fset.Position(d.Pos()))
			}
		case s.test():
			watched[s.pkg] = true
			for _, p := range importsOf(s) {
				watched[p] = true
			}
		}
	}
	assert.Len(t, seen, len(alone)+len(programs), "packages of tools/test.sh that are none: %v %v", alone, programs)
	for _, s := range all {
		if !s.test() || !slices.Contains(programs, s.pkg) {
			continue
		}
		for _, p := range importsOf(s) {
			assert.True(t, watched[p] || slices.Contains(alone, p), "%s imports %s, which no test with the race detector tests or imports", s.file, p)
		}
	}
}

// startsNothing holds a file to its package's being in alone=.
func startsNothing(t *testing.T, s source) {
	t.Helper()
	for _, imp := range s.ast.Imports {
		assert.NotContains(t, []string{`"net"`, `"net/http"`, `"net/http/httptest"`, `"testing/synctest"`}, imp.Path.Value, "%s runs without the race detector", s.file)
	}
	ast.Inspect(s.ast, func(n ast.Node) bool {
		_, starts := n.(*ast.GoStmt)
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
				starts = slices.Contains([]string{"Go", "Parallel", "AfterFunc", "Eventually", "EventuallyWithT", "Never"}, sel.Sel.Name)
			}
		}
		if starts {
			assert.Fail(t, "a goroutine", "%s: take its package out of alone= in tools/test.sh", s.fset.Position(n.Pos()))
		}
		return true
	})
}

// TestWhatTheDetectorLeavesOutIsRunWithoutIt: a package whose tests ask what the first
// part of tools/test.sh is to leave out, or to run a share of, is in its second part too;
// and of those that are left out there (twice=) no test so asks, or is of a package that
// runs only there.
func TestWhatTheDetectorLeavesOutIsRunWithoutIt(t *testing.T) {
	text, err := os.ReadFile("../../tools/test.sh")
	require.NoError(t, err)
	of := func(before, after string) string {
		_, rest, _ := strings.Cut(string(text), before)
		part, _, found := strings.Cut(rest, after)
		require.True(t, found, "tools/test.sh has no %s", before)
		return part
	}
	var asked []string // the names of what is asked of the environment
	for _, set := range strings.Fields(of("\nexport CREWS", "\n")) {
		name, _, _ := strings.Cut(set, "=")
		asked = append(asked, strconv.Quote(name))
	}
	asked[0] = `"CREWS"` // behind what was cut
	skip := of("\ntwice='", "'\n")
	for _, more := range strings.Split(string(text), "\ntwice+='")[1:] {
		more, _, _ = strings.Cut(more, "'\n")
		skip += more
	}
	twice := regexp.MustCompile(skip)
	second := strings.Fields(of(`-skip "$twice" `, "\n"))
	assert.Subset(t, second, []string{`"${programs[@]}"`, `"${alone[@]}"`})

	bodies := map[string]map[string]*ast.FuncDecl{} // of the tests' functions, by package and name
	for _, s := range sources(t) {
		for _, d := range s.ast.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && s.test() && f.Body != nil {
				if bodies[s.pkg] == nil {
					bodies[s.pkg] = map[string]*ast.FuncDecl{}
				}
				bodies[s.pkg][f.Name.Name] = f
			}
		}
	}
	once := append(listOf(t, "alone"), listOf(t, "programs")...)
	shares := 0
	for pkg, funcs := range bodies {
		for name := range funcs {
			assert.False(t, slices.Contains(once, pkg) && twice.MatchString(name), "%s of %s runs in no part of tools/test.sh", name, pkg)
			if strings.HasPrefix(name, "Test") && asks(funcs, name, asked, map[string]bool{}) {
				shares++
				assert.Contains(t, second, "./"+pkg, "%s of %s runs in part, or not at all", name, pkg)
				assert.False(t, twice.MatchString(name), "%s of %s runs in neither part whole", name, pkg)
			}
		}
	}
	assert.Greater(t, shares, 10, "nobody asks: is this still how they do it?")
}

// asks tells whether a function of a package's tests, or one that it names, mentions one
// of these words.
func asks(funcs map[string]*ast.FuncDecl, name string, words []string, been map[string]bool) (yes bool) {
	if been[name] || funcs[name] == nil {
		return false
	}
	been[name] = true
	ast.Inspect(funcs[name].Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			yes = yes || slices.Contains(words, n.Value)
		case *ast.Ident:
			yes = yes || asks(funcs, n.Name, words, been)
		}
		return !yes
	})
	return yes
}
