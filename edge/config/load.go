package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// Fault is one thing that is wrong with a configuration file.
type Fault struct {
	Line   int    // from 1; 0 where there is none (something is missing)
	Path   string // such as device[2].link
	What   string // what is wrong and what to do
	File   string `json:",omitempty"` // another that the configuration names, where Line is of that
	Column int    `json:",omitempty"` // in bytes from 1; 0 where only the line is known
}

// Faults is the error of Load: every fault, in the order of their lines.
type Faults struct {
	File string
	List []Fault
}

// Error lists one fault a line.
func (f *Faults) Error() string {
	var b strings.Builder
	for i, x := range f.List {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(f.File)
		if x.Line > 0 && x.File == "" { // else What says it
			fmt.Fprintf(&b, ":%d", x.Line)
		}
		b.WriteString(": ")
		if x.Path != "" {
			b.WriteString(x.Path + ": ")
		}
		b.WriteString(strings.ReplaceAll(x.What, "\n", `\n`))
	}
	return b.String()
}

// Load reads and checks a file. The error is a *Faults, or that of reading.
func Load(file string) (*Config, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	switch err = errors.Join(err, f.Close()); {
	case err != nil:
		return nil, fmt.Errorf("config: %w", err)
	case len(text) > most:
		return nil, &Faults{File: file, List: []Fault{{What: fmt.Sprintf("more than %d bytes: no configuration is so long", most)}}}
	}
	return Parse(file, text)
}

// most bounds a configuration, in bytes.
const most = 1 << 20

// Parse checks a text; file names it in faults.
func Parse(file string, text []byte) (*Config, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // Windows editors write it
	var tree map[string]any
	if !utf8.Valid(text) {
		return nil, &Faults{File: file, List: []Fault{{What: "not UTF-8: save the file as UTF-8"}}}
	}
	if err := toml.Unmarshal(text, &tree); err != nil {
		line, column, what := 0, 0, err.Error()
		var de *toml.DecodeError
		if errors.As(err, &de) {
			line, column = de.Position()
		}
		return nil, &Faults{File: file, List: []Fault{{Line: line, Column: column, What: strings.TrimPrefix(what, "toml: ")}}}
	}
	d := &decoder{places: placesOf(text), pinOf: map[string]string{}, lineOf: map[string]string{}}
	c := defaults()
	d.object(&c, tree)
	d.validate(&c)
	if len(d.faults) > 0 {
		slices.SortStableFunc(d.faults, func(a, b Fault) int { return a.Line - b.Line })
		return nil, &Faults{File: file, List: d.faults}
	}
	return &c, nil
}
