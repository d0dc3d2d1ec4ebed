package agent

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"dcedge/devices"
	"dcedge/edge"
	"dcedge/edge/journal"
	"dcedge/edge/paper"
	"dcedge/edge/practice"
	"dcedge/edge/shift"
	"dcedge/edge/vault"
	"dcedge/edge/web"
	"dcedge/labels/layout"
)

// openShifts makes the book of signed shifts and what there is to practise on.
func (a *Agent) openShifts() error {
	saved, err := a.store.Privates(shift.Kind)
	if err != nil {
		return fmt.Errorf("agent: shifts: %w", err)
	}
	if a.shifts, err = shift.New(a.engine, a.engine.Now, saved); err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	a.practice, err = practice.New(practice.Config{Stations: a.engineStations()},
		practice.Deps{Floor: a.engine, Trainees: a.trainees, Now: a.engine.Now, Log: a.log})
	if err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	return nil
}

// trainees gives the roles of each session that practises now.
func (a *Agent) trainees() (out [][]edge.Role) {
	for _, s := range a.access.Live() {
		if w := a.access.Worker(s.Worker); s.Practice && w != nil {
			out = append(out, w.Roles)
		}
	}
	return out
}

// history shows the journal as a lead holds it to the WMS.
type history struct{ *journal.Log }

// Head implements web.History.
func (h history) Head() (seq uint64, digest string) {
	at := h.Log.Head()
	return at.Seq, hex.EncodeToString(at.Hash[:])
}

// DigestAt implements web.History.
func (h history) DigestAt(seq uint64) (string, error) {
	hash, err := h.HashAt(seq)
	return hex.EncodeToString(hash[:]), err
}

// SealName implements web.Sealed.
func (p people) SealName(worker, name string) error {
	_, _, err := p.Put([]edge.PersonalItem{{Worker: worker, Data: edge.Personal{WorkerName: name}}})
	return err
}

// SealNote implements web.Sealed.
func (p people) SealNote(id, text string) error {
	_, _, err := p.Put([]edge.PersonalItem{{Note: id, Data: edge.Personal{Note: text}}})
	return err
}

// WholeName implements web.Sealed.
func (p people) WholeName(ctx context.Context, worker string, by web.Revealer) (string, error) {
	data, err := p.Whole(ctx, edge.PersonalItem{Worker: worker}, vault.Purpose{Who: by.Worker, Where: by.Source, What: "badge", Why: by.Reason})
	return data.WorkerName, err
}

// Note implements web.Sealed.
func (p people) Note(ctx context.Context, id string, by web.Revealer) (string, error) {
	data, err := p.Whole(ctx, edge.PersonalItem{Note: id}, vault.Purpose{Who: by.Worker, Where: by.Source, What: "note", Why: by.Reason})
	return data.Note, err
}

// The forms of labels that no order is behind.
const (
	badgeTemplate = "badge-86x54"
	checkTemplate = "command-100x60"
)

// PrintHouse implements web.House.
func (a *Agent) PrintHouse(ctx context.Context, printer string, l web.HouseLabel) error {
	p := a.printers[printer]
	if p == nil {
		return web.ErrNoDevice
	}
	name := checkTemplate
	if l.Badge {
		name = badgeTemplate
	}
	template, ok := a.forms.Templates.Template(name)
	if !ok {
		return fmt.Errorf("%w: template %s", errLabel, name)
	}
	st, form := p.Status(), a.renderer().printers[printer]
	zpl, err := template.ZPLWith(layout.Label{Code: l.Code, Title: l.Title, Note: l.Note}, form.resolution(st.DotsMM), a.forms.Fonts, form.settings(st.Model))
	if err != nil {
		return &web.DeviceFault{Code: "label", Detail: "the label cannot be drawn: see edge labels check"}
	}
	ctx, cancel := context.WithTimeout(ctx, testLabelWithin)
	defer cancel()
	switch r := p.Print(ctx, devices.PrintJob{ID: "house", ZPL: zpl}); r.Outcome {
	case devices.Printed:
		return nil
	case devices.Unknown:
		return &web.DeviceFault{Code: r.Code, Detail: "the label was sent and the printer did not prove it: look whether it came out"}
	default:
		return &web.DeviceFault{Code: r.Code, Detail: "nothing was sent: see the printer's state"}
	}
}

// PrintPickList implements web.Papers.
func (a *Agent) PrintPickList(l web.PickPaper) error {
	doc := paper.Document{Kind: paper.PickList, Language: l.Language, Number: l.Order, Date: l.Printed,
		Columns: []paper.Column{{Name: "location", Share: 2, Strong: true}, {Name: "name", Share: 4}, {Name: "sku", Share: 3},
			{Name: "quantity", Share: 1, Right: true, Strong: true}, {Name: "check", Share: 1}},
		Facts: []paper.Fact{{Name: "carrier", Value: l.Carrier}, {Name: "pieces", Value: fmt.Sprint(l.Pieces)}}}
	if l.Label {
		doc.Facts = append(doc.Facts, paper.Fact{Name: "label", Value: paper.Word(l.Language, "labelFirst")})
	}
	for _, r := range l.Rows {
		doc.Rows = append(doc.Rows, []string{r.Location, r.Name, r.SKU + " " + r.Barcode, fmt.Sprint(r.Quantity), ""})
	}
	return a.toPapers(doc)
}

// PrintManifest implements web.Papers. It names no person.
func (a *Agent) PrintManifest(m web.ManifestPaper) error {
	t := &m.Truck
	at := t.Closed
	if at.IsZero() {
		at = t.Opened
	}
	doc := paper.Document{Kind: paper.Manifest, Language: m.Language, Number: t.ID, Date: at.Format("2006-01-02 15:04"), From: []string{m.Site},
		Columns: []paper.Column{{Name: "waybill", Share: 3, Strong: true}, {Name: "order", Share: 3}, {Name: "box", Share: 2},
			{Name: "quantity", Share: 1, Right: true}, {Name: "weight", Share: 1, Right: true}, {Name: "check", Share: 1}}}
	pieces := 0
	for i := range t.Boxes {
		b := &t.Boxes[i]
		box := b.Box
		if b.Container != "" {
			box = b.Container + " / " + box
		}
		doc.Rows = append(doc.Rows, []string{b.Waybill, strings.Join(append([]string{b.Order}, b.With...), ", "), box, fmt.Sprint(b.Pieces), b.Grams, ""})
		pieces += b.Pieces
	}
	for _, f := range []paper.Fact{{Name: "carrier", Value: cmp.Or(strings.Join(t.Carriers, ", "), t.Carrier)}, {Name: "dock", Value: t.Dock},
		{Name: "truck", Value: strings.TrimSpace(t.Trip + " " + t.Vehicle)}, {Name: "boxes", Value: fmt.Sprint(len(t.Boxes))},
		{Name: "pieces", Value: fmt.Sprint(pieces)}, {Name: "signature", Value: "____________________"}} {
		if f.Value != "" {
			doc.Facts = append(doc.Facts, f)
		}
	}
	return a.toPapers(doc)
}

// toPapers queues a document for the site's printer.
func (a *Agent) toPapers(doc paper.Document) error {
	switch err := a.documents.Print("", doc); {
	case errors.Is(err, errNoDocuments), errors.Is(err, errDocumentsFull):
		return web.ErrNoPapers
	default:
		return err
	}
}
