package floor

import (
	"slices"

	"dcedge/edge"
	"dcedge/labels/gs1"
	"dcedge/labels/symbology"
)

// stateSetUp is the state of a device whose keyboard language or reading needs
// set-up; the cause stands beside it (hangul, kana, wide, capslock, doubled, or
// unproven where the code could not be found out).
const stateSetUp = "setUp"

// foreign looks for what a code names that nothing knows as it came: a GTIN
// inside GS1 data or a Digital Link, or a code that a keyboard or a double read
// has spoilt. A repair is taken only where the site knows what comes out; the
// device is told of either way.
func (d *decider) foreign(r symbology.Reading) {
	if gtin := gtinInside(r); gtin != "" {
		if d.matches = d.Catalogue.Scanned(gtin); len(d.matches) > 0 {
			return
		}
	}
	spoilt := symbology.Spoilt(r.Data)
	if !spoilt && !mayBeSpoilt(r.Data) || d.known(r.Data) {
		return
	}
	rep, err := symbology.Repair(r.Data, d.known)
	switch {
	case err == nil && d.known(rep.Code):
		d.code, d.matches = rep.Code, d.Catalogue.Scanned(rep.Code)
		d.damage = rep.Cause
	case err == nil && spoilt: // proven, but nothing of this site
		d.damage = rep.Cause
	case spoilt:
		d.damage = "unproven"
	}
}

// gtinInside gives the article's number in data that hold more than it, wherever
// it stands; "" where there is none or the data are at fault.
func gtinInside(r symbology.Reading) string {
	o := gs1.Options{SkipRequisites: true}
	var m gs1.Message
	var err error
	switch {
	case r.Symbology.GS1:
		var s gs1.Scan
		if s, err = gs1.ParseScan(r.Symbology.AIM+r.Data, o); err == nil {
			m = s.Message
		}
	case gs1.IsLink(r.Data):
		m, err = gs1.ParseLink(r.Data, o)
	case r.Symbology.AIM == "" && len(r.Data) > 16 && r.Data[:2] == "01" && symbology.Valid(r.Data[2:16]):
		// identifiers are off: the number has its own check digit, and the catalogue
		// has the last word
		return r.Data[2:16]
	}
	if err != nil {
		return ""
	}
	gtin, _ := m.Value("01")
	return gtin
}

// mayBeSpoilt spares most codes the search: digits alone are only ever doubled.
func mayBeSpoilt(code string) bool {
	if _, twice := symbology.Half(code); twice {
		return true
	}
	return slices.ContainsFunc([]byte(code), func(c byte) bool { return c < '0' || c > '9' })
}

// known tells whether the site knows a code: its catalogue, or as the number of a
// box.
func (d *decider) known(code string) bool {
	if len(d.Catalogue.Scanned(code)) > 0 {
		return true
	}
	was := d.code
	d.code = code
	u, _ := d.waybill("")
	d.code = was
	return u != nil
}

// setUp tells of the device of a spoilt scan that was taken all the same; a scan
// that was refused says it itself.
func (d *decider) setUp() {
	if d.damage != "" && d.m.Device != "" && d.out.Verdict.Code.Positive() {
		d.event(edge.EvDeviceState, "", "", &edge.DeviceState{Device: d.m.Device, State: stateSetUp, Error: d.damage})
	}
}
