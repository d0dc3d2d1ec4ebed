package agent

import (
	"context"
	"errors"
	"time"

	"dcedge/edge/catalogue"
	"dcedge/edge/engine"
	"dcedge/edge/floor"
	"dcedge/edge/web"
	"dcedge/labels/reading"
	"dcedge/labels/waybill"
)

// codes explains a code with the site's catalogue and numbers beside it.
type codes struct {
	engine boxFinder
	rules  *waybill.Rules
}

// boxFinder is what codes need of the engine.
type boxFinder interface {
	Catalogue() *catalogue.Snapshot
	Now() time.Time
	Read(context.Context, func(floor.View)) error
}

var _ boxFinder = (*engine.Engine)(nil)

// codeAnswer is the answer of `edge barcode` and what the site knows by the code.
type codeAnswer struct {
	reading.Output
	Site []siteMeaning `json:"site,omitempty"`
	// Carriers are those that numbers can be read for: the site's own rules too.
	Carriers []string `json:"carriers"`
}

// siteMeaning is one thing that a code names here.
type siteMeaning struct {
	Kind     string `json:"kind"` // tote location item cell dock box worker waybill
	ID       string `json:"id"`
	Client   string `json:"client,omitempty"`
	Quantity int    `json:"quantity,omitempty"` // pieces that one scan counts
}

// Explain implements web.Codes. A code may take milliseconds to read, and the floor stands
// still while the engine is read: it is asked for boxes only.
func (c codes) Explain(ctx context.Context, q web.CodeQuestion) (any, error) {
	cat := c.engine.Catalogue()
	var failed error
	boxOf := func(code string) (box string) {
		failed = errors.Join(failed, c.engine.Read(ctx, func(v floor.View) {
			if u := v.AnyWaybill(code); u != nil && !u.Voided {
				box = u.Box
			}
		}))
		return box
	}
	reader := reading.Reader{Rules: c.rules, Now: c.engine.Now(), Known: func(code string) bool { return len(cat.Scanned(code)) > 0 || boxOf(code) != "" }}
	out := codeAnswer{Output: reader.Explain(reading.Input{Input: q.Input, As: q.As, Carrier: q.Carrier, With: q.With}), Carriers: c.rules.Carriers()}
	out.Site = meanings(cat, boxOf, q.Input, out.Number, out.GTIN)
	return out, failed
}

// meanings gives what the first of the codes that names something names.
func meanings(cat *catalogue.Snapshot, boxOf func(string) string, list ...string) []siteMeaning {
	for _, code := range list {
		if code == "" {
			continue
		}
		var out []siteMeaning
		for _, m := range cat.Scanned(code) {
			out = append(out, siteMeaning{Kind: m.Kind, ID: m.ID, Client: m.Client, Quantity: m.Quantity})
		}
		if box := boxOf(code); box != "" {
			out = append(out, siteMeaning{Kind: "waybill", ID: box})
		}
		if out != nil {
			return out
		}
	}
	return nil
}
