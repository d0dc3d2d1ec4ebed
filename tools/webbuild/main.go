package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "webbuild:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("webbuild", flag.ContinueOnError)
	flags.SetOutput(stderr)
	dir := flags.String("dir", filepath.FromSlash("edge/web/ui"), "folder of the pages")
	check := flags.Bool("check", false, "check the types too")
	if err := flags.Parse(args); err != nil {
		return err
	}
	b := builder{dir: *dir, stdout: stdout, stderr: stderr}
	if err := b.install(ctx); err != nil {
		return err
	}
	if *check {
		if err := b.npm(ctx, "run", "--silent", "typecheck"); err != nil {
			return fmt.Errorf("type check: %w", err)
		}
	}
	return b.bundle()
}

type builder struct {
	dir            string
	stdout, stderr io.Writer
}

// stampFile remembers in node_modules of which lockfile it was installed.
const stampFile = ".dcedge-lock"

// install runs npm ci unless node_modules is already that of the lockfile.
func (b builder) install(ctx context.Context) error {
	lock, err := os.ReadFile(filepath.Join(b.dir, "package-lock.json"))
	if err != nil {
		return fmt.Errorf("run this in the root of the source folder: %w", err)
	}
	sum := sha256.Sum256(lock)
	want := hex.EncodeToString(sum[:])
	stamp := filepath.Join(b.dir, "node_modules", stampFile)
	if have, err := os.ReadFile(stamp); err == nil && string(have) == want {
		return nil
	}
	if err := b.npm(ctx, "ci", "--no-progress", "--loglevel=error"); err != nil {
		return fmt.Errorf("npm ci (Node 20 or newer and a reachable package registry are needed): %w", err)
	}
	return os.WriteFile(stamp, []byte(want), 0o644)
}

func (b builder) npm(ctx context.Context, args ...string) error {
	c := exec.CommandContext(ctx, "npm", args...)
	c.Dir, c.Stdout, c.Stderr = b.dir, b.stderr, b.stderr
	return c.Run()
}

// bundle makes every file in memory first and then writes them.
func (b builder) bundle() error {
	// The floor's pages are one classic script for old WebViews; the lead's may
	// be modern.
	floor, err := b.build(api.BuildOptions{EntryPoints: []string{"src/floor.tsx"}, Format: api.FormatIIFE,
		Engines: []api.Engine{{Name: api.EngineChrome, Version: "60"}}})
	if err != nil {
		return err
	}
	lead, err := b.build(api.BuildOptions{EntryPoints: []string{"src/lead.tsx", "src/barcode.tsx", "src/manifest.tsx"}, Format: api.FormatESModule,
		Engines: []api.Engine{{Name: api.EngineChrome, Version: "100"}, {Name: api.EngineFirefox, Version: "100"}, {Name: api.EngineSafari, Version: "15.4"}}})
	if err != nil {
		return err
	}
	files := append(floor, lead...)
	pages, err := b.pages()
	if err != nil {
		return err
	}
	return b.write(append(files, pages...))
}

type file struct {
	name  string
	bytes []byte
}

func (b builder) build(o api.BuildOptions) ([]file, error) {
	dir, err := filepath.Abs(b.dir)
	if err != nil {
		return nil, err
	}
	o.AbsWorkingDir, o.Outdir = dir, filepath.Join(dir, "dist")
	o.Bundle, o.Write, o.LegalComments = true, false, api.LegalCommentsNone
	o.MinifyWhitespace, o.MinifyIdentifiers, o.MinifySyntax = true, true, true
	o.JSX, o.JSXImportSource, o.Charset = api.JSXAutomatic, "preact", api.CharsetUTF8
	r := api.Build(o)
	if len(r.Errors) > 0 {
		text := api.FormatMessages(r.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage})
		return nil, errors.New("bundle:\n" + strings.Join(text, "\n"))
	}
	var out []file
	for _, f := range r.OutputFiles {
		out = append(out, file{filepath.Base(f.Path), f.Contents})
	}
	return out, nil
}

// pages are the files that are served as they are.
func (b builder) pages() ([]file, error) {
	names, err := fs.Glob(os.DirFS(filepath.Join(b.dir, "src", "pages")), "*")
	if err != nil {
		return nil, err
	}
	var out []file
	for _, n := range names {
		text, err := os.ReadFile(filepath.Join(b.dir, "src", "pages", n))
		if err != nil {
			return nil, err
		}
		out = append(out, file{n, text})
	}
	return out, nil
}

// write replaces what lies in dist, but not the placeholder that is committed.
func (b builder) write(files []file) error {
	dist := filepath.Join(b.dir, "dist")
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	keep := map[string]bool{"PLACEHOLDER": true}
	for _, f := range files {
		keep[f.name] = true
		if err := os.WriteFile(filepath.Join(dist, f.name), f.bytes, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(b.stdout, "%8d  %s\n", len(f.bytes), filepath.ToSlash(filepath.Join(b.dir, "dist", f.name)))
	}
	old, err := os.ReadDir(dist)
	if err != nil {
		return err
	}
	for _, e := range old {
		if !keep[e.Name()] {
			if err := os.RemoveAll(filepath.Join(dist, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
