package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"golang.org/x/image/font/sfnt"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "fontcut:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("fontcut", flag.ContinueOnError)
	flags.SetOutput(stderr)
	from := flags.String("from", "", "font or collection to cut from")
	index := flags.Int("index", 0, "which font of a collection")
	to := flags.String("to", "", "font to write")
	all := flags.Bool("japanese", false, "take what Japanese text is written with, whatever the others have")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *from == "" || *to == "" {
		return errors.New("--from and --to are needed")
	}
	source, err := open(*from, *index)
	if err != nil {
		return err
	}
	var others []*sfnt.Font
	for _, p := range flags.Args() { // fonts that are asked before it
		f, err := open(p, 0)
		if err != nil {
			return err
		}
		others = append(others, f)
	}
	chars := wanted(source, others)
	if *all {
		chars = japanese(source)
	}
	f, err := cut(source, chars)
	if err != nil {
		return err
	}
	if len(f.glyphs) == 0 {
		return fmt.Errorf("%s has no character that the others lack", *from)
	}
	data := f.encode()
	if err := write(*to, data); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "fontcut: %d characters, %d bytes\n", len(f.glyphs), len(data))
	return err
}

func open(path string, index int) (*sfnt.Font, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	c, err := sfnt.ParseCollection(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	f, err := c.Font(index)
	if err != nil {
		return nil, fmt.Errorf("%s, number %d: %w", path, index, err)
	}
	return f, nil
}

// write leaves a file alone that holds the same already, and never half a one.
func write(path string, data []byte) error {
	if was, err := os.ReadFile(path); err == nil && bytes.Equal(was, data) {
		return nil
	}
	if err := os.WriteFile(path+".new", data, 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
