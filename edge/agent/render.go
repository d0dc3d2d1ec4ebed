package agent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/edge/engine"
	"dcedge/edge/floor"
	"dcedge/edge/printing"
	"dcedge/edge/vault"
	"dcedge/labels/layout"
	"dcedge/labels/raster"
)

const plainTemplate = "korea-100x150" // where a carrier names none

// errLabel is returned for a box, order or template that is not there.
var errLabel = errors.New("agent: no such label")

// renderer makes labels: order and box from the floor, the recipient from the
// vault, the form from the templates.
type renderer struct {
	engine   *engine.Engine
	vault    *vault.Vault
	forms    *Forms
	zone     *time.Location
	printers map[string]printerForm // by name
	log      *slog.Logger
}

// printerForm is what the configuration says of a printer.
type printerForm struct {
	dpi      int    // where the printer itself does not tell
	graphics string // hex, z64; empty: what the printer is known to read
}

// Render implements printing.Renderer. The same Want gives the same bytes.
func (r *renderer) Render(ctx context.Context, w printing.Want) (printing.Label, error) {
	order, template, data, err := r.label(ctx, w.Box, w.Attempt, w.Copy)
	if err != nil {
		return printing.Label{}, err
	}
	stopped := false
	if err := r.engine.Read(ctx, func(v floor.View) { stopped = v.State.Stopped(w.Box, order) }); err != nil {
		return printing.Label{}, err
	}
	if stopped || order.Held != "" && order.Held != edge.HeldPaper {
		return printing.Label{}, fmt.Errorf("%w: %s", printing.ErrHeld, order.ID) // the vault stays closed
	}
	if order.RecipientRef != "" { // an order may come without a recipient: the label then has none
		personal, err := r.vault.Get(ctx, edge.PersonalRef{Ref: order.RecipientRef, Version: order.RecipientVersion},
			vault.Purpose{Who: "printing", Where: w.Box.Station, What: "print", Why: w.Attempt, Client: order.Client, Order: order.ID})
		if err != nil {
			return printing.Label{}, err
		}
		fill(&data, personal)
		if name, err := raster.Clean(data.Recipient.Name); personal.Recipient != nil && err == nil && name == "" { // else a parcel to nobody
			return printing.Label{}, &layout.FieldError{Template: template.Name(), Field: "recipient.name", Code: layout.CodeMissing, Detail: "the recipient has no name"}
		}
	}
	p := r.printers[w.Printer]
	zpl, err := template.ZPLWith(data, p.resolution(w.DotsMM), r.forms.Fonts, p.settings(w.Model))
	if err != nil {
		return printing.Label{}, err
	}
	return printing.Label{ZPL: zpl, RecipientVersion: order.RecipientVersion, Template: template.Name()}, nil
}

// LabelPNG implements web.Labels: the label of an attempt as a picture, masked.
func (r *renderer) LabelPNG(ctx context.Context, attempt string) ([]byte, error) {
	var a *edge.Attempt
	var box *edge.Box
	err := r.engine.Read(ctx, func(v floor.View) {
		if a = v.State.Attempt(attempt); a != nil {
			box = v.State.Box(a.Box)
		}
	})
	if err != nil {
		return nil, err
	}
	if a == nil || box == nil {
		return nil, errLabel
	}
	then := *box
	then.Waybill = a.Waybill
	order, template, data, err := r.label(ctx, &then, a.ID, a.Copy)
	if err != nil {
		return nil, err
	}
	if order.RecipientRef != "" {
		m, err := r.vault.Masked(edge.PersonalRef{Ref: order.RecipientRef, Version: order.RecipientVersion})
		if err != nil {
			return nil, err
		}
		data.Recipient = layout.Party{Name: m.Name, Phone: m.Phone, Address: m.Address}
	}
	picture, err := template.Image(data, 203, r.forms.Fonts)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = png.Encode(&out, picture)
	return out.Bytes(), err
}

// label collects everything but what is personal.
func (r *renderer) label(ctx context.Context, box *edge.Box, attempt string, copies int) (*edge.Order, *layout.Template, layout.Label, error) {
	var order *edge.Order
	if err := r.engine.Read(ctx, func(v floor.View) { order = v.State.BoxOrder(box) }); err != nil {
		return nil, nil, layout.Label{}, err
	}
	if order == nil {
		return nil, nil, layout.Label{}, fmt.Errorf("%w: box %s has no order", errLabel, box.ID)
	}
	cat := r.engine.Catalogue()
	carrier := cat.Carrier(box.Carrier)
	template, ok := r.template(cat.Client(box.Client), carrier)
	if !ok {
		return nil, nil, layout.Label{}, fmt.Errorf("%w: template %s", errLabel, plainTemplate)
	}
	number, err := r.forms.CheckNumber(format(carrier, box.Carrier), box.Waybill)
	if err != nil {
		return nil, nil, layout.Label{}, fmt.Errorf("box %s: %w", box.ID, err)
	}
	data := layout.Label{Carrier: box.Carrier, Waybill: number, Copy: copies, Attempt: attempt, Order: order.ID,
		Box: layout.Box{N: box.N, Of: box.Of, WeightGrams: grams(box.Grams)}, Goods: goods(order, box, cat), Pay: "신용",
		Date: box.At.In(r.zone).Format(time.DateOnly)}
	if c := cat.Client(order.Client); c != nil && c.Sender != nil {
		data.Sender = layout.Party{Name: c.Sender.Name, Phone: c.Sender.Phone, Postcode: c.Sender.Postcode, Address: c.Sender.Address}
	}
	return order, template, data, nil
}

// fill puts the recipient and the carrier's routing on a label.
func fill(l *layout.Label, p edge.Personal) {
	if p.Recipient != nil {
		phone := p.Recipient.SafeNumber
		if phone == "" {
			phone = p.Recipient.Phone
		}
		l.Recipient = layout.Party{Name: p.Recipient.Name, Phone: phone, Postcode: p.Recipient.Postcode,
			Address: p.Recipient.Address, AddressDetail: p.Recipient.AddressDetail, Message: p.Recipient.Message}
	}
	if p.Routing != nil {
		l.Sort = layout.Sort{Code: p.Routing.SortCode, Sub: p.Routing.SubCode, Branch: p.Routing.Branch, Zone: p.Routing.Zone, Dest: p.Routing.AddressShort}
	}
}

// goods says what is in the box, or is to go into one whose label is made before
// it is packed: the number of pieces, or the first article's name where the client
// wants that.
func goods(o *edge.Order, b *edge.Box, cat *catalogue.Snapshot) string {
	items := b.Items
	if b.Planned && !b.Closed {
		items = nil
		for _, l := range o.Lines {
			if n := l.Wanted - l.Short; n > 0 {
				items = append(items, edge.BoxItem{Line: l.ID, SKU: l.SKU, Quantity: n})
			}
		}
	}
	pieces := 0
	for _, it := range items {
		pieces += it.Quantity
	}
	if pieces == 0 {
		return ""
	}
	count := "상품 " + strconv.Itoa(pieces) + "점"
	client := cat.Client(b.Client)
	if client == nil || client.GoodsText == "" || client.GoodsText == "count" {
		return count
	}
	sku := cat.Article(b.Client, items[0].SKU)
	if sku == nil || sku.Name["ko"] == "" {
		return count
	}
	if len(items) > 1 {
		return sku.Name["ko"] + " 외 " + strconv.Itoa(len(items)-1) + "종"
	}
	return sku.Name["ko"]
}

// grams reads decimal text such as "1204.5", rounded up; 0 where there is none.
func grams(text string) int {
	whole, rest, _ := strings.Cut(text, ".")
	n, err := strconv.Atoi(whole)
	if err != nil || n < 0 {
		return 0
	}
	if strings.Trim(rest, "0") != "" {
		n++
	}
	return n
}

// template picks the form of a waybill: that which the client brings, else that of
// the carrier, else a plain one. A name that is not there is passed over and said.
func (r *renderer) template(client *edge.ClientRecord, carrier *edge.CarrierRecord) (*layout.Template, bool) {
	var names []string
	if client != nil && client.Template != "" {
		names = append(names, client.Template)
	}
	if carrier != nil && carrier.Template != "" {
		names = append(names, carrier.Template)
	}
	for _, n := range names {
		if t, ok := r.forms.Templates.Template(n); ok {
			return t, true
		}
		r.log.Warn("a record names a label template that is not there", "template", n)
	}
	return r.forms.Templates.Template(plainTemplate)
}

// format names the rule of a carrier's numbers: its record's, else its own name.
func format(c *edge.CarrierRecord, id string) string {
	if c != nil && c.Waybill.Format != "" {
		return c.Waybill.Format
	}
	return id
}

// resolution gives the dpi that a printer's dots per millimetre stand for; 0 dots
// are not known.
func (p printerForm) resolution(dotsMM int) int {
	switch dotsMM {
	case 8:
		return 203
	case 12:
		return 300
	case 24:
		return 600
	}
	if p.dpi != 0 {
		return p.dpi
	}
	return 203
}

// settings are what the printer's own dialect changes in a label. Graphics as zlib
// are less than half the bytes, but a printer that only emulates ZPL may drop them
// in silence: a label with a hole. So without a setting they go only to a printer
// that names itself as one of Zebra's lines that came after the encoding (ZPL II
// guide of 2006): those read it by their own manual.
func (p printerForm) settings(model string) layout.Printer {
	if p.graphics != "" {
		return layout.Printer{Z64: p.graphics == "z64"}
	}
	return layout.Printer{Z64: slices.ContainsFunc([]string{"ZD", "ZT", "ZQ", "ZE", "GK4", "GX4"}, func(line string) bool {
		return strings.HasPrefix(model, line)
	})}
}
