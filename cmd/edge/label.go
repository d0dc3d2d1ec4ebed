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
	"strings"

	"dcedge/edge/agent"
	"dcedge/edge/config"
	"dcedge/labels/layout"
	"dcedge/labels/raster"
	"dcedge/labels/waybill"
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
	err := c.run(s)
	if err != nil && !errors.Is(err, errUse) {
		err = errors.Join(err, c.withdraw())
	}
	return err
}

func (c *labelCmd) run(s *std) error {
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
	switch {
	case name == "":
		return fmt.Errorf("%w: want --template and --data, --sample or --list", errUse)
	case !ok:
		return fmt.Errorf("%w: there is no template %q; --list names them", errUse, name)
	case c.Out != "" && !c.named():
		return fmt.Errorf("%w: --out ends in .zpl or .png", errUse)
	}
	if c.Sample != "" {
		return indented(s.out, t.Sample())
	}
	data, errRead := c.read(s.in)
	if err = errors.Join(errRead, err); err != nil { // without fonts nothing is drawn
		return err
	}
	if err := forms.KnownCarrier(data.Carrier); err != nil {
		return fmt.Errorf("label data: %s: carrier: %w", waybill.CodeCarrier, err)
	}
	if data.Waybill, err = forms.CheckNumber(data.Carrier, data.Waybill); err != nil {
		return fmt.Errorf("label data: waybill: %w", err)
	}
	return c.write(s.out, t, data, forms.Fonts)
}

// named reports whether --out names a file of a label.
func (c *labelCmd) named() bool {
	ext := strings.ToLower(filepath.Ext(c.Out))
	return ext == ".zpl" || ext == ".png"
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

func (c *labelCmd) write(out io.Writer, t *layout.Template, data layout.Label, fonts *raster.Renderer) error {
	if strings.EqualFold(filepath.Ext(c.Out), ".png") {
		picture, err := t.Image(data, c.DPI, fonts)
		if err != nil {
			return err
		}
		var file bytes.Buffer
		if err := png.Encode(&file, picture); err != nil {
			return err
		}
		return private(c.Out, file.Bytes())
	}
	zpl, err := t.ZPLWith(data, c.DPI, fonts, layout.Printer{Z64: c.Graphics == "z64"})
	if err != nil {
		return err
	}
	if c.Out == "" {
		_, err = out.Write(zpl)
		return err
	}
	return private(c.Out, zpl)
}

// bare is a fault of a file without the name and the program's word for the call.
func bare(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}

// private writes a label, which is personal data, for its owner alone: whole under a name
// of its own, then in place of what has the name, be it a link to something else.
func private(name string, data []byte) error {
	if st, err := os.Lstat(name); err == nil && !replaceable(st) {
		return fmt.Errorf("%s is no regular file; standard output is what --out left out writes to", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".label-*") // mode 0600
	if err != nil {
		return fmt.Errorf("%s: the folder %s: %w", name, filepath.Dir(name), bare(err)) // the name made up for the file tells nobody anything
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%s: %w", name, bare(err)), os.Remove(f.Name()))
	}
	return nil
}

// replaceable reports whether a label may take the place of a file.
func replaceable(st os.FileInfo) bool {
	return st.Mode().IsRegular() || st.Mode()&os.ModeSymlink != 0
}

// withdraw takes away the label that an earlier call left under the name: when the one
// asked for is refused, whoever sends the file to a printer must not send another parcel's.
func (c *labelCmd) withdraw() error {
	st, err := os.Lstat(c.Out)
	if !c.named() || err != nil || !replaceable(st) || c.List || c.Sample != "" {
		return nil
	}
	if data, err := os.Stat(c.Data); err == nil && os.SameFile(st, data) { // what it was to be made from, by a link too
		return nil
	}
	if err := os.Remove(c.Out); err != nil {
		return fmt.Errorf("%s holds an earlier label: %w", c.Out, err)
	}
	return fmt.Errorf("%s is removed: it held an earlier label, not this one", c.Out)
}
