package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What could not be written is a fault, and said. A closed standard output is none: the
// runtime puts the null device in its place, which then looks as a caller's does that
// throws the output away (Python's DEVNULL is open for reading too).
func TestLostOutput(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bad.toml"), []byte("site = 7\n"), 0o600))
	for args, code := range map[string]int{
		"version >/dev/full": 1, "key make >/dev/full": 1, "check --config bad.toml >/dev/full": 1, "check --config bad.toml --json >/dev/full": 1,
		"version >/dev/null": 0, "barcode 4006381333931 1<>/dev/null": 0,
	} {
		c := process(t)
		c.Path, c.Args = "/bin/sh", []string{"sh", "-c", `exec "$0" ` + args, c.Path}
		c.Dir = dir
		said, err := c.CombinedOutput()
		assert.Equal(t, code, c.ProcessState.ExitCode(), "%s: %s %v", args, said, err)
		assert.Equal(t, code != 0, len(said) > 0, "%s: %s", args, said)
	}
}
