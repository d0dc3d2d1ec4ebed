package raster

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

//go:embed all:fonts
var built embed.FS

// maxFont bounds a font file, in bytes. The largest collections in use have 27 MB.
const maxFont = 64 << 20

// ErrNoFont is returned when there is neither a built-in font nor one named by path.
var ErrNoFont = errors.New("raster: no font: run tools/fonts.sh before building, or name font files in the configuration (fonts = [...])")

// Font is one font, parsed.
type Font struct {
	Name string
	font *sfnt.Font
	file io.ReaderAt

	japanese bool // made for Japanese text
}

// ParseFont reads a TrueType or OpenType font; index picks one of a collection.
func ParseFont(name string, data []byte, index int) (Font, error) {
	return parse(name, bytes.NewReader(data), index)
}

// parse reads a font from where it lies: what is drawn is fetched when it is drawn, so
// the megabytes of a font stay in the program's file, where they are shared and can be
// dropped, not on the heap.
func parse(name string, data io.ReaderAt, index int) (Font, error) {
	c, err := opentype.ParseCollectionReaderAt(data)
	if err != nil {
		return Font{}, fmt.Errorf("raster: font %s: %w", name, err)
	}
	f, err := c.Font(index)
	if err != nil {
		return Font{}, fmt.Errorf("raster: font %s, number %d: %w", name, index, err)
	}
	return Font{Name: name, font: f, file: data}, nil
}

// Builtin gives the fonts embedded at build time, in the order of their names; none
// is no error.
func Builtin() ([]Font, error) {
	entries, err := fs.ReadDir(built, "fonts")
	if err != nil {
		return nil, fmt.Errorf("raster: built-in fonts: %w", err)
	}
	var out []Font
	for _, e := range entries {
		if !slices.Contains([]string{".ttf", ".otf", ".ttc"}, strings.ToLower(path.Ext(e.Name()))) {
			continue
		}
		file, err := built.Open("fonts/" + e.Name()) // never closed: it holds nothing
		if err != nil {
			return nil, fmt.Errorf("raster: built-in font: %w", err)
		}
		data, ok := file.(io.ReaderAt)
		if !ok {
			return nil, fmt.Errorf("raster: built-in font %s cannot be read in parts", e.Name())
		}
		f, err := parse(e.Name(), data, 0)
		if err != nil {
			return nil, err
		}
		f.japanese = strings.Contains(e.Name(), "japanese")
		out = append(out, f)
	}
	return out, nil
}

// Open reads the fonts named by path, in order. "file.ttc#1" picks a font of a
// collection.
func Open(paths ...string) ([]Font, error) {
	var out []Font
	for _, p := range paths {
		name, index := p, 0
		if file, number, ok := strings.Cut(p, "#"); ok {
			n, err := strconv.Atoi(number)
			if err != nil || n < 0 {
				return nil, fmt.Errorf("raster: font %q: the part after # is no number", p)
			}
			name, index = file, n
		}
		st, err := os.Stat(name)
		if err != nil {
			return nil, fmt.Errorf("raster: font: %w", err)
		}
		if !st.Mode().IsRegular() { // a pipe would be read for ever
			return nil, fmt.Errorf("raster: font %s is no regular file", name)
		}
		if st.Size() > maxFont {
			return nil, fmt.Errorf("raster: font %s has %d bytes, at most %d", name, st.Size(), maxFont)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("raster: font: %w", err)
		}
		f, err := ParseFont(p, data, index)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// Default gives a renderer over the fonts named by path, then the built-in ones.
//
// Errors: [ErrNoFont] where there are none at all.
func Default(paths ...string) (*Renderer, error) {
	named, err := Open(paths...)
	if err != nil {
		return nil, err
	}
	own, err := Builtin()
	if err != nil {
		return nil, err
	}
	return New(append(named, own...)...)
}
