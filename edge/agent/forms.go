package agent

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"dcedge/configs"
	"dcedge/edge"
	"dcedge/edge/config"
	"dcedge/edge/engine"
	"dcedge/edge/floor"
	"dcedge/labels/layout"
	"dcedge/labels/raster"
	"dcedge/labels/waybill"
)

// Forms are what a site's labels and numbers are made by: the built-in templates
// and rules with the site's own over them, and the fonts. They are immutable.
type Forms struct {
	Templates *layout.Set
	Rules     *waybill.Rules
	Fonts     *raster.Renderer

	own      *layout.Set // of the site's folder
	ownRules bool
}

// LoadForms reads them. Every fault of every file is reported together.
//
// Errors: wraps [raster.ErrNoFont] where only the fonts are missing; the rest of
// the forms is then there.
func LoadForms(cfg *config.Config) (*Forms, error) {
	f, faults, err := loadForms(cfg)
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	if f.Fonts, err = raster.Default(cfg.Fonts...); err != nil {
		return f, err
	}
	return f, nil
}

// loadForms reads the site's files and tells the faults of all of them; what has none
// is in the forms. Fonts are not loaded.
func loadForms(cfg *config.Config) (f *Forms, faults []error, err error) {
	f = &Forms{own: &layout.Set{}, Rules: waybill.Standard(), ownRules: cfg.Waybills != ""}
	built, err := layout.Load(configs.Labels())
	if err != nil {
		return nil, nil, fmt.Errorf("label templates: %w", err)
	}
	if cfg.Templates != "" {
		own, err := layout.Load(os.DirFS(cfg.Templates))
		if err != nil {
			faults = append(faults, fmt.Errorf("templates %s: %w", cfg.Templates, err))
		}
		if own != nil {
			f.own = own
		}
	}
	f.Templates = built.With(f.own)
	if f.ownRules {
		text, err := os.ReadFile(cfg.Waybills)
		if err != nil {
			return f, append(faults, fmt.Errorf("waybillRules: %w", err)), nil
		}
		own, err := waybill.Parse(string(text))
		if err != nil {
			faults = append(faults, fmt.Errorf("waybillRules %s: %w", cfg.Waybills, err))
		} else {
			f.Rules = f.Rules.With(own)
		}
	}
	return f, faults, nil
}

// CheckForms loads the forms and tells every fault of them; see [Forms.Check].
func CheckForms(cfg *config.Config) []config.Fault {
	f, faults, err := loadForms(cfg)
	if err != nil {
		return faultsOf(err)
	}
	out := faultsOf(errors.Join(faults...))
	if f.Fonts, err = raster.Default(cfg.Fonts...); err != nil { // without a font the barcodes are checked all the same
		out = append(out, config.Fault{Path: "fonts", What: err.Error()})
	}
	return append(out, f.Check(cfg)...)
}

// Check tries every template at the resolutions of the site's printers and tells
// what cannot be printed there, each by file and field.
func (f *Forms) Check(cfg *config.Config) []config.Fault { return f.check(cfg, f.Templates) }

func (f *Forms) check(cfg *config.Config, set *layout.Set) []config.Fault {
	var out []config.Fault
	for _, name := range set.Names() {
		t, _ := set.Template(name)
		path, file := "", "built in "+name
		if _, own := f.own.Template(name); own {
			path, file = "templates", filepath.Join(cfg.Templates, name+".toml")
		}
		fault := func(err error) {
			out = append(out, config.Fault{Path: path, What: file + ": " + err.Error()})
		}
		for _, err := range split(t.Check(f.Fonts, resolutions(cfg)...)) {
			fault(err)
		}
		if err := f.sampleNumber(t); err != nil {
			fault(err)
		}
	}
	return out
}

// sampleNumber wants the number of a sample to be one of its carrier: else what
// fits with the sample says nothing about real numbers.
func (f *Forms) sampleNumber(t *layout.Template) error {
	s := t.Sample()
	if err := f.CheckNumber(s.Carrier, s.Waybill); err != nil {
		return fmt.Errorf("sample.waybill: %w", err)
	}
	return nil
}

// CheckNumber refuses a number that is none of its carrier's by a rule that is sure
// of it: a label with it would come back. Where a rule is doubtful, no rule is known,
// or there is no number, it says nothing. format names the carrier's rules.
//
// Errors: wraps [*waybill.Error].
func (f *Forms) CheckNumber(format, number string) error {
	if number == "" || !f.Rules.Known(format) {
		return nil
	}
	if _, err := f.Rules.Check(format, number); err != nil {
		return fmt.Errorf("no waybill number of %s: %w", format, err)
	}
	return nil
}

// faultsOf makes one fault of each error that was joined.
func faultsOf(err error) []config.Fault {
	var out []config.Fault
	for _, e := range split(err) {
		out = append(out, config.Fault{What: e.Error()})
	}
	return out
}

func split(err error) []error {
	if err == nil {
		return nil
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		return many.Unwrap()
	}
	return []error{err}
}

// resolutions are those of the site's printers, in dpi; 203 where there is none.
func resolutions(cfg *config.Config) []int {
	var out []int
	for _, d := range cfg.Devices {
		if d.Driver == "zebra" && !slices.Contains(out, d.DPI) {
			out = append(out, d.DPI)
		}
	}
	if len(out) == 0 {
		return []int{203}
	}
	slices.Sort(out)
	return out
}

// openForms loads the site's templates, rules and fonts. What does not fit is said
// here and stops nothing: the labels of other templates go on.
func (a *Agent) openForms() (err error) {
	if a.forms, err = LoadForms(a.cfg); err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	for _, fault := range a.forms.check(a.cfg, a.forms.own) { // the built-in ones are tried by tests
		a.log.Warn("a label template cannot be printed as it is", "fault", fault.What)
	}
	return nil
}

// floorRules gives the rules of the floor; nil is those with the built-in numbers.
func (f *Forms) floorRules() engine.Rules {
	if !f.ownRules {
		return nil
	}
	return siteRules{f.Rules}
}

// siteRules are the rules of the floor with the site's own rules of numbers.
type siteRules struct{ numbers *waybill.Rules }

// Decide implements engine.Rules.
func (r siteRules) Decide(v floor.View, m *edge.Message) floor.Decision {
	v.Numbers = r.numbers
	return floor.Decide(v, m)
}

// Screen implements engine.Rules.
func (r siteRules) Screen(v floor.View, worker string, roles []edge.Role) *edge.Screen {
	v.Numbers = r.numbers
	return floor.Screen(v, worker, roles)
}
