package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// seeded is the configuration of an edge that took one order and ended.
func seeded(t *testing.T) string {
	t.Helper()
	cfg := filepath.Join(t.TempDir(), "edge.toml")
	require.NoError(t, os.WriteFile(cfg, []byte(fmt.Sprintf("site = \"T\"\ndata = %q\n[http]\nlisten = \"127.0.0.1:0\"\n[pii]\nkeyEnv = \"K\"\n"+
		"[[consumer]]\nname = \"wms\"\nkeyEnv = \"W\"\nscopes = [\"events:read\", \"ack\", \"reference:write\"]\nrequired = true\n", cfg+".data")), 0o600))
	seedPlace(t, cfg, "wms")
	return cfg
}

// TestEventsAreExportedAsTheyAreKept: whole, from a place on, a few of them, and into a
// file that is not overwritten.
func TestEventsAreExportedAsTheyAreKept(t *testing.T) {
	cfg := seeded(t)
	code, all, said := edge(t, "", "events", "--config", cfg)
	require.Zero(t, code, said)
	lines := strings.SplitAfter(strings.TrimSuffix(all, "\n"), "\n")
	require.Greater(t, len(lines), 0)
	for i, l := range lines {
		assert.True(t, strings.HasPrefix(l, fmt.Sprintf(`{"seq":%d,`, i+1)), l)
	}
	assert.Contains(t, all, `"type":"order.parked"`)
	last := fmt.Sprint(len(lines) - 1)
	code, tail, _ := edge(t, "", "events", "--config", cfg, "--after", last)
	assert.Zero(t, code)
	assert.Equal(t, lines[len(lines)-1]+"\n", tail)
	_, first, _ := edge(t, "", "events", "--config", cfg, "--limit", "1")
	assert.Equal(t, strings.TrimSuffix(lines[0], "\n")+"\n", first)
	code, _, said = edge(t, "", "events", "--config", cfg, "--after", "999999")
	assert.Equal(t, 1, code)
	assert.Contains(t, said, "ends at event")
	code, _, said = edge(t, "", "events", "--config", cfg, "--epoch", "nobody's")
	assert.Equal(t, 1, code, said)

	out := filepath.Join(t.TempDir(), "events.ndjson")
	code, told, said := edge(t, "", "events", "--config", cfg, "--out", out)
	require.Zero(t, code, said)
	assert.Contains(t, told, "events 1 to "+fmt.Sprint(len(lines)))
	text, err := os.ReadFile(out)
	require.NoError(t, err)
	assert.Equal(t, all, string(text))
	code, _, _ = edge(t, "", "events", "--config", cfg, "--out", out)
	assert.Equal(t, 2, code, "a file that is there is not overwritten")
}

// TestKeysAreMadeAndRotated: after a rotation the vault opens with the new key alone.
func TestKeysAreMadeAndRotated(t *testing.T) {
	code, one, _ := edge(t, "", "key", "make")
	require.Zero(t, code)
	_, two, _ := edge(t, "", "key", "make")
	assert.NotEqual(t, one, two)
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(one))
	require.NoError(t, err)
	assert.Len(t, b, 32)
	file := filepath.Join(t.TempDir(), "new.key")
	code, _, said := edge(t, "", "key", "make", "--out", file)
	require.Zero(t, code, said)
	st, err := os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o400), st.Mode().Perm())

	cfg := seeded(t)
	for _, args := range [][]string{{"key", "rotate", "--config", cfg}, {"key", "rotate", "--config", cfg, "--new-env", "N", "--new-file", file}} {
		code, _, _ = edge(t, "", args...)
		assert.Equal(t, 2, code, args)
	}
	code, _, said = edge(t, "", "key", "rotate", "--config", cfg, "--new-env", "NOT_SET")
	assert.Equal(t, 1, code)
	assert.Contains(t, said, "the key is not there")
	code, told, said := edge(t, "", "key", "rotate", "--config", cfg, "--new-file", file)
	require.Zero(t, code, said)
	assert.Contains(t, told, "hang from the new key")
	assert.NotContains(t, told+said, strings.TrimSpace(one))
	code, _, said = edge(t, "", "key", "rotate", "--config", cfg, "--new-env", "N2")
	assert.Equal(t, 1, code, said)
	t.Setenv("N2", strings.TrimSpace(one))
	code, _, said = edge(t, "", "key", "rotate", "--config", cfg, "--new-env", "N2")
	assert.Equal(t, 1, code, "the environment still holds the old key")
	assert.NotContains(t, said, strings.TrimSpace(one))
}
