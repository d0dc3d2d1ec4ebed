//go:build !js

package main

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// requests work an order to its packed tote: records and rows, then scans and
// acts, wrong ones too.
func requests() []string {
	row := func(table, key string, v any) string {
		b, err := json.Marshal(map[string]any{"row": map[string]any{"table": table, "key": key, "value": v}})
		if err != nil {
			panic(err)
		}
		return string(b)
	}
	out := []string{
		`{"record":{"kind":"carrier","value":{"id":"cj"}}}`,
		`{"record":{"kind":"toteRange","value":{"id":"t","first":"TOTE-00001","last":"TOTE-00099"}}}`,
		`{"record":{"kind":"location","value":{"id":"L1","barcode":"LOC-L1","sequence":1,"mixed":true}}}`,
		`{"record":{"kind":"sku","value":{"client":"default","id":"S1","name":{"ko":"머그컵"},"barcodes":[{"code":"EA-1","quantity":1},{"code":"CS-1","quantity":2}]}}}`,
		row(edge.TableOrders, "default\x00o1", &edge.Order{OrderTerms: &edge.OrderTerms{Seq: 1}, ID: "o1", Client: "default", Carrier: "cj",
			Stage: edge.StageReceived, Lines: []*edge.Line{{ID: "1", SKU: "S1", Location: "L1", Ordered: 3, Wanted: 3}}}),
	}
	say := func(n int, body string) {
		out = append(out, fmt.Sprintf(`{"message":{"id":"0191e0b0-0000-7000-8000-%012x","at":"2026-11-21T09:00:00+09:00","worker":"p","roles":["picker"],%s}}`, n, body))
	}
	say(1, `"t":"act","action":"start","args":{"flow":"pick"},"rev":1`)
	for i, code := range []string{"EA-1", "TOTE-00001", "EA-1", "LOC-L1", "nothing", "EA-1", "CS-1", "CS-1"} {
		say(i+2, `"t":"scan","code":"`+code+`"`)
	}
	return append(out, `{"message":{"id":"x","t":"scan"}}`, `{`, `{}`)
}

//go:embed run.mjs
var runner []byte

// TestWasmDecidesAsTheEdge builds the rules for a browser, says how large they
// are, and holds what they say under Node to what the edge's own build says.
func TestWasmDecidesAsTheEdge(t *testing.T) {
	dir := t.TempDir()
	wasm := filepath.Join(dir, "floor.wasm")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", wasm, ".")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "edge/floor must keep building for a browser:\n%s", out)
	size(t, wasm)

	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("SKIPPED: no node on this machine: the build was tried, what it says was not")
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	script := filepath.Join(dir, "run.mjs")
	require.NoError(t, os.WriteFile(script, runner, 0o600))
	cmd := exec.Command(node, script, filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec.js"), wasm)
	lines := requests()
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n"))
	got, err := cmd.Output()
	require.NoError(t, err, "%s", got)

	native := NewSession()
	var want bytes.Buffer
	codes := map[edge.Code]bool{}
	for _, l := range lines {
		line := native.Do([]byte(l))
		fmt.Fprintf(&want, "%s\n", line)
		var a answer
		require.NoError(t, json.Unmarshal(line, &a))
		codes[a.Code] = true
	}
	assert.Equal(t, want.String(), string(got))
	for _, c := range []edge.Code{edge.OK, edge.Done, edge.Unexpected, edge.Unknown} {
		assert.True(t, codes[c], "the requests cause a verdict %s", c)
	}
}

func size(t *testing.T, file string) {
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err = io.Copy(w, bytes.NewReader(raw))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	t.Logf("edge/floor as WebAssembly: %.1f MB, %.1f MB with gzip", float64(len(raw))/1e6, float64(packed.Len())/1e6)
}
