package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// folder makes a folder of pages that needs no package from a registry.
func folder(t *testing.T, floor string) string {
	dir := t.TempDir()
	put := func(name, text string) {
		p := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		require.NoError(t, os.WriteFile(p, []byte(text), 0o644))
	}
	lock := `{"lockfileVersion":3}`
	sum := sha256.Sum256([]byte(lock))
	put("package-lock.json", lock)
	put("node_modules/"+stampFile, hex.EncodeToString(sum[:]))
	put("src/floor.tsx", floor)
	put("src/lead.tsx", "export const wide = (a?: {b: number}) => a?.b ?? 1; console.log(wide());")
	put("src/barcode.tsx", "console.log(1);")
	put("src/manifest.tsx", "console.log(1);")
	put("src/pages/index.html", "<!doctype html>")
	put("dist/PLACEHOLDER", "kept")
	put("dist/old.js", "of a bundle before")
	return dir
}

func read(t *testing.T, dir, name string) string {
	b, err := os.ReadFile(filepath.Join(dir, "dist", name))
	require.NoError(t, err)
	return string(b)
}

func TestRun(t *testing.T) {
	t.Run("OK", func(t *testing.T) {
		dir := folder(t, "const f = (a?: {b: number}) => a?.b ?? 1; console.log(f());")
		var out bytes.Buffer
		require.NoError(t, run(t.Context(), []string{"-dir", dir}, &out, io.Discard))
		assert.Contains(t, out.String(), "floor.js")
		assert.NotContains(t, read(t, dir, "floor.js"), "?.", "old WebViews do not read it")
		assert.Regexp(t, `^(\(\(\)=>\{|"use strict";\(\(\)=>\{)`, read(t, dir, "floor.js"), "one classic script")
		assert.Contains(t, read(t, dir, "lead.js"), "?.")
		assert.Equal(t, "<!doctype html>", read(t, dir, "index.html"))
		assert.Equal(t, "kept", read(t, dir, "PLACEHOLDER"))
		assert.NoFileExists(t, filepath.Join(dir, "dist", "old.js"))
	})
	t.Run("ErrSyntax leaves the old bundle", func(t *testing.T) {
		dir := folder(t, "const = 1")
		assert.ErrorContains(t, run(t.Context(), []string{"-dir", dir}, io.Discard, io.Discard), "floor.tsx")
		assert.FileExists(t, filepath.Join(dir, "dist", "old.js"))
	})
	t.Run("ErrNoFolder", func(t *testing.T) {
		assert.ErrorContains(t, run(t.Context(), []string{"-dir", t.TempDir()}, io.Discard, io.Discard), "root of the source folder")
	})
}
