package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"dcedge/edge/agent"
	"dcedge/edge/config"
	"dcedge/labels/layout"
	"dcedge/labels/raster"
)

type labelCmd struct {
	Template string   `help:"Which template."`
	Data     string   `help:"File with the label's data (JSON); - is standard input."`
	DPI      int      `default:"203" enum:"203,300,600" help:"Resolution: 203, 300 or 600."`
	Graphics string   `default:"hex" enum:"hex,z64" help:"How text is sent in ZPL: hex, which every printer reads, or z64, less than half the bytes, which Zebra's own do."`
	Out      string   `help:"File to write: .zpl, or .png for a picture from the same layout; standard output (ZPL) if left out."`
	List     bool     `help:"Name the templates."`
	JSON     bool     `name:"json" help:"With --list: names, titles and sizes as JSON."`
	Sample   string   `placeholder:"NAME" help:"Print data that fits a template."`
	Config   string   `type:"path" help:"Configuration file, for the site's own templates and fonts."`
	Font     []string `type:"existingfile" help:"Font files, where none are built in."`
}

// Run makes one label, or tells what could be made.
func (c *labelCmd) Run(s *std) error {
	cfg := &config.Config{}
	if c.Config != "" {
		var err error
		if cfg, err = load(c.Config, s); err != nil {
			return err
		}
	}
	cfg.Fonts = append(c.Font, cfg.Fonts...)
	forms, err := agent.LoadForms(cfg)
	if forms == nil {
		return err
	}
	set := forms.Templates
	if c.List {
		return c.list(s.out, set)
	}
	name := c.Template
	if c.Sample != "" {
		name = c.Sample
	}
	t, ok := set.Template(name)
	switch ext := strings.ToLower(filepath.Ext(c.Out)); {
	case name == "":
		return fmt.Errorf("%w: want --template and --data, --sample or --list", errUse)
	case !ok:
		return fmt.Errorf("%w: there is no template %q; --list names them", errUse, name)
	case c.Out != "" && ext != ".zpl" && ext != ".png":
		return fmt.Errorf("%w: --out ends in .zpl or .png", errUse)
	}
	if c.Sample != "" {
		return indented(s.out, t.Sample())
	}
	data, errRead := c.read(s.in, s.err)
	if err := errors.Join(errRead, err); err != nil { // without fonts nothing is drawn
		return err
	}
	if err := forms.CheckNumber(data.Carrier, data.Waybill); err != nil {
		return fmt.Errorf("label data: waybill: %w", err)
	}
	return c.write(s.out, t, data, forms.Fonts)
}

// listed is one template of --list --json; sizes in millimetres.
type listed struct {
	Name   string            `json:"name"`
	Title  map[string]string `json:"title"`
	Width  float64           `json:"width"`
	Height float64           `json:"height"`
}

func (c *labelCmd) list(out io.Writer, set *layout.Set) error {
	if !c.JSON {
		_, err := fmt.Fprintln(out, strings.Join(set.Names(), "\n"))
		return err
	}
	var all []listed
	for _, n := range set.Names() {
		t, _ := set.Template(n)
		l := listed{Name: n, Title: t.Title()}
		l.Width, l.Height = t.SizeMM()
		all = append(all, l)
	}
	return indented(out, all)
}

func indented(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// read takes the data. A member that no label knows is told: it may be a name spelt
// wrong, and what it held will not be printed.
func (c *labelCmd) read(in io.Reader, said io.Writer) (data layout.Label, err error) {
	var text []byte
	switch c.Data {
	case "":
		return data, fmt.Errorf("%w: --data is needed; --sample %s prints data that fits", errUse, c.Template)
	case "-":
		text, err = io.ReadAll(io.LimitReader(in, 1<<20))
	default:
		text, err = os.ReadFile(c.Data)
	}
	if err != nil {
		return data, err
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if err := json.Unmarshal(text, &data); err != nil {
		return data, fmt.Errorf("label data: %w", inWords(err))
	}
	if name, twice := repeated(json.NewDecoder(bytes.NewReader(text))); twice {
		return data, fmt.Errorf("label data: the member %q stands twice in one object", name)
	}
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	if err := strict.Decode(new(layout.Label)); err != nil {
		fmt.Fprintf(said, "edge: label data: %v: it is not printed\n", err)
	}
	return data, nil
}

// inWords says which member is of the wrong type without the words of the program.
func inWords(err error) error {
	var e *json.UnmarshalTypeError
	if !errors.As(err, &e) {
		return err
	}
	want := map[reflect.Kind]string{reflect.String: "a text", reflect.Int: "a whole number", reflect.Struct: "an object"}[e.Type.Kind()]
	if e.Field == "" {
		return fmt.Errorf("want %s, got a JSON %s; --sample prints one that fits", want, e.Value)
	}
	return fmt.Errorf("%s: want %s, got a JSON %s", e.Field, want, e.Value)
}

// repeated finds a member that stands twice in one object of a JSON value, whatever its
// case: the reader would take the last without a word.
func repeated(d *json.Decoder) (name string, twice bool) {
	t, err := d.Token()
	if err != nil {
		return "", false
	}
	open, ok := t.(json.Delim)
	if !ok {
		return "", false
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			key, err := d.Token()
			if err != nil {
				return "", false
			}
			k, _ := key.(string)
			if seen[strings.ToLower(k)] {
				return k, true
			}
			seen[strings.ToLower(k)] = true
		}
		if name, twice := repeated(d); twice {
			return name, true
		}
	}
	_, _ = d.Token() // the end of it
	return "", false
}

func (c *labelCmd) write(out io.Writer, t *layout.Template, data layout.Label, fonts *raster.Renderer) error {
	if strings.EqualFold(filepath.Ext(c.Out), ".png") {
		picture, err := t.Image(data, c.DPI, fonts)
		if err != nil {
			return err
		}
		f, err := os.Create(c.Out)
		if err != nil {
			return err
		}
		return errors.Join(png.Encode(f, picture), f.Close())
	}
	zpl, err := t.ZPLWith(data, c.DPI, fonts, layout.Printer{Z64: c.Graphics == "z64"})
	if err != nil {
		return err
	}
	if c.Out == "" {
		_, err = out.Write(zpl)
		return err
	}
	return os.WriteFile(c.Out, zpl, 0o600)
}
