package main

import (
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
)

type labelCmd struct {
	Template string   `help:"Which template."`
	Data     string   `help:"File with the label's data (JSON); - is standard input."`
	DPI      int      `default:"203" enum:"203,300,600" help:"Resolution: 203, 300 or 600."`
	Out      string   `help:"File to write: .zpl, or .png for a picture from the same layout; standard output (ZPL) if left out."`
	List     bool     `help:"Name the templates."`
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
		_, err := fmt.Fprintln(s.out, strings.Join(set.Names(), "\n"))
		return err
	}
	name := c.Template
	if c.Sample != "" {
		name = c.Sample
	}
	t, ok := set.Template(name)
	if !ok {
		return fmt.Errorf("%w: there is no template %q; --list names them", errUse, name)
	}
	if c.Sample != "" {
		e := json.NewEncoder(s.out)
		e.SetIndent("", "  ")
		return e.Encode(t.Sample())
	}
	data, errRead := c.read(s.in)
	if err := errors.Join(errRead, err); err != nil { // without fonts nothing is drawn
		return err
	}
	return c.write(s.out, t, data, forms.Fonts)
}

func (c *labelCmd) read(in io.Reader) (data layout.Label, err error) {
	var text []byte
	switch c.Data {
	case "":
		return data, fmt.Errorf("%w: --data is needed", errUse)
	case "-":
		text, err = io.ReadAll(io.LimitReader(in, 1<<20))
	default:
		text, err = os.ReadFile(c.Data)
	}
	if err != nil {
		return data, err
	}
	if err := json.Unmarshal(text, &data); err != nil {
		return data, fmt.Errorf("label data: %w", err)
	}
	return data, nil
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
	zpl, err := t.ZPL(data, c.DPI, fonts)
	if err != nil {
		return err
	}
	if c.Out == "" {
		_, err = out.Write(zpl)
		return err
	}
	return os.WriteFile(c.Out, zpl, 0o600)
}
