package agent

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"dcedge/configs"
	"dcedge/edge"
	"dcedge/edge/board"
	"dcedge/edge/catalogue"
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
		for _, err := range split(err) {
			file := cfg.Templates
			if e, ok := errors.AsType[*layout.FileError](err); ok {
				file, err = file+string(filepath.Separator)+e.File, e.Err
			}
			faults = append(faults, &fileError{"templates", file, err})
		}
		if own != nil {
			f.own = own
		}
	}
	f.Templates = built.With(f.own)
	if f.ownRules {
		text, err := readRules(cfg.Waybills)
		if err != nil {
			return f, append(faults, fmt.Errorf("waybillRules: %w", err)), nil
		}
		if !utf8.Valid(text) {
			return f, append(faults, &fileError{"waybillRules", cfg.Waybills, errors.New("not UTF-8: save the file as UTF-8")}), nil
		}
		own, err := waybill.Parse(strings.TrimPrefix(string(text), "\ufeff"))
		for _, err := range split(err) {
			faults = append(faults, &fileError{"waybillRules", cfg.Waybills, err})
		}
		f.Rules = f.Rules.With(own) // those of a file with a fault too: a sample of theirs has none
	}
	return f, faults, nil
}

// fileError is a fault of a file that a key of the configuration names.
type fileError struct {
	key, file string
	err       error
}

func (e *fileError) Error() string { return e.key + ": " + e.file + ": " + e.err.Error() }

func (e *fileError) Unwrap() error { return e.err }

// maxRules is the most that a site's number rules take, in bytes: thousands of lines.
const maxRules = 256 << 10

func readRules(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxRules+1))
	if err == nil && len(text) > maxRules {
		err = fmt.Errorf("%s: more than %d bytes: number rules are a line each", name, maxRules)
	}
	return text, err
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
	var all []*layout.Template
	for _, name := range set.Names() {
		t, _ := set.Template(name)
		all = append(all, t)
	}
	faulty := f.own.Faulty()
	for _, t := range append(all, faulty...) {
		path, file := "", "built in "+t.Name()
		if _, own := f.own.Template(t.Name()); own || slices.Contains(faulty, t) {
			path, file = "templates", filepath.Join(cfg.Templates, t.Name()+".toml")
		}
		for _, err := range append(split(t.Check(f.Fonts, resolutions(cfg)...)), f.numbers(t)...) {
			fault := config.Fault{Path: path, What: file + ": " + err.Error()}
			if path != "" {
				fault.File = file
				fault.Line, fault.Column = placeOf(err)
			}
			out = append(out, fault)
		}
	}
	return out
}

// numbers wants the number of a sample to be one of its carrier: else what fits with
// the sample says nothing about real numbers. And carriers are written as their rules
// are: a condition on LOTTE never holds where the carrier is lotte.
func (f *Forms) numbers(t *layout.Template) (out []error) {
	s := t.Sample()
	fault := func(key string, err error) {
		out = append(out, t.Placed(key, fmt.Errorf("%s: %w", key, err)))
	}
	if err := f.KnownCarrier(s.Carrier); err != nil {
		fault("sample.carrier", err)
	}
	if _, err := f.CheckNumber(s.Carrier, s.Waybill); err != nil {
		fault("sample.waybill", err)
	}
	for _, named := range t.Carriers() {
		known := f.Rules.Carriers()
		i := slices.IndexFunc(known, func(c string) bool { return strings.EqualFold(c, named) })
		if i >= 0 && known[i] != named {
			out = append(out, fmt.Errorf("when: carrier = %s: is %s meant?", named, known[i]))
		}
	}
	return out
}

// KnownCarrier wants a carrier to have rules of numbers: one spelt otherwise would
// switch them off without a word. None at all is no fault: no rule is asked for.
func (f *Forms) KnownCarrier(carrier string) error {
	if carrier == "" || f.Rules.Known(carrier) {
		return nil
	}
	return fmt.Errorf("no rules of numbers for %.60q; there are %s; another carrier wants a line in waybillRules, and without a carrier numbers are not judged",
		carrier, strings.Join(f.Rules.Carriers(), ", "))
}

// CheckNumber refuses a number that is none of its carrier's by a rule that is sure
// of it: a label with it would come back. Where a rule is doubtful, no rule is known,
// or there is no number, it says nothing. format names the carrier's rules. What it
// gives is the number as the barcode holds it, without hyphens and blanks.
//
// Errors: wraps [*waybill.Error].
func (f *Forms) CheckNumber(format, number string) (string, error) {
	if number == "" || !f.Rules.Known(format) {
		return number, nil
	}
	found, err := f.Rules.Check(format, number)
	if err != nil {
		if e, ok := errors.AsType[*waybill.Error](err); ok { // it was not scanned
			said := *e
			said.Detail = strings.Replace(e.Detail, waybill.ScanAgain, ": correct it in the data", 1)
			err = &said
		}
		return "", fmt.Errorf("no waybill number of %s: %w", format, err)
	}
	return found.Number, nil
}

// faultsOf makes one fault of each error that was joined.
func faultsOf(err error) []config.Fault {
	var out []config.Fault
	for _, e := range split(err) {
		fault := config.Fault{What: e.Error()}
		if in, ok := errors.AsType[*fileError](e); ok {
			fault.File = in.file
			fault.Line, fault.Column = placeOf(in)
		}
		out = append(out, fault)
	}
	return out
}

// placeOf tells where in its file a fault stands; 0 not known.
func placeOf(err error) (line, column int) {
	var at interface{ Place() (line, column int) }
	if errors.As(err, &at) {
		return at.Place()
	}
	return 0, 0
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

// unknownNames finds the templates and formats of numbers that records name and the site
// has not.
func (f *Forms) unknownNames(cat *catalogue.Snapshot) (out []board.Stranger) {
	lacks := func(name string) bool {
		_, ok := f.Templates.Template(name)
		return name != "" && !ok
	}
	for _, c := range cat.Clients() {
		if lacks(c.Template) {
			out = append(out, board.Stranger{Kind: "clientTemplate", Record: c.ID, Name: c.Template})
		}
	}
	for _, c := range cat.Carriers() {
		if lacks(c.Template) {
			out = append(out, board.Stranger{Kind: "carrierTemplate", Record: c.ID, Name: c.Template})
		}
		if name := c.Waybill.Format; name != "" && !f.Rules.Known(name) {
			out = append(out, board.Stranger{Kind: "carrierFormat", Record: c.ID, Name: name})
		}
	}
	return out
}

// tellUnknown says of a name what is done instead and what to do about it.
func tellUnknown(s board.Stranger) string {
	record, instead := "carrier", "the plain one ("+plainTemplate+") is printed"
	switch s.Kind {
	case "carrierFormat":
		return fmt.Sprintf("carrier %.60q names the waybill format %.60q, which has no rules here: its numbers are not judged and none is issued; add its line to waybillRules and start again, or correct the record", s.Record, s.Name)
	case "clientTemplate":
		record, instead = "client", "the carrier's label is printed"
	}
	return fmt.Sprintf("%s %.60q names the label template %.60q, which is not here: %s; put %.60[3]s.toml into the folder of templates and start again, or correct the record", record, s.Record, s.Name, instead)
}

// tellUnknownNames logs them once, when the record takes effect and at each start, not
// only with the first label; the lead's page lists them until they are mended. One
// catalogue comes at a time.
func (a *Agent) tellUnknownNames(cat *catalogue.Snapshot) {
	found, told := a.forms.unknownNames(cat), a.strangers()
	for _, s := range found {
		if !slices.Contains(told, s) {
			a.log.Warn("a record names what this site does not have", "fault", tellUnknown(s))
		}
	}
	a.unknown.Store(&found)
}

// strangers are the names that were found last, for the board.
func (a *Agent) strangers() []board.Stranger {
	if list := a.unknown.Load(); list != nil {
		return *list
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
