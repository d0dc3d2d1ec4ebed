package floor

import (
	"slices"

	"dcedge/edge"
)

// kindBox is a carton among what is scanned and among the materials.
const kindBox = "box"

// needsType tells that each box names its type, and that there are some.
func needsType(v View) bool {
	return v.Policy.Pack.BoxType == "required" && v.Catalogue.HasBoxTypes()
}

// packBoxType takes the carton that the packer chose.
func (d *decider) packBoxType(at *packPlace) {
	m, ok := d.match(kindBox)
	if !ok {
		d.refuseOther(at.carrier())
		return
	}
	o := at.first()
	d.verdict(edge.OK, edge.Says("pack.boxType", edge.T("boxType", m.ID)))
	e := &edge.StepConfirmed{Kind: stepBoxType, What: m.ID, Step: at.step, Work: d.w.ID}
	if at.box != nil {
		e.Box = at.box.ID
	}
	d.event(edge.EvStep, o.Client, o.ID, e)
	next := *at
	if next.boxType = m.ID; at.step != stepItem {
		d.onward(&next)
	}
}

// fillShare is how full of goods a carton gets, in percent: they are no liquid.
const fillShare = 80

// advised gives the smallest box type that goods fit into by size and weight; nil
// where the master does not say enough.
func advised(v View, client string, items []edge.BoxItem) *edge.BoxTypeRecord {
	volume, grams, longest := 0, 0, [3]int{}
	sized, weighed := len(items) > 0, len(items) > 0
	for _, it := range items {
		r := v.Catalogue.Article(client, it.SKU)
		if r == nil || len(r.SizeMM) != 3 {
			sized = false
		} else {
			volume += r.SizeMM[0] * r.SizeMM[1] * r.SizeMM[2] * it.Quantity
			for i, side := range sides(r.SizeMM) {
				longest[i] = max(longest[i], side)
			}
		}
		if r == nil || r.WeightGrams == 0 {
			weighed = false
		} else {
			grams += r.WeightGrams * it.Quantity
		}
	}
	if !sized && !weighed {
		return nil
	}
	var best *edge.BoxTypeRecord
	for _, t := range v.Catalogue.BoxTypes() {
		if len(t.SizeMM) != 3 || weighed && t.MaxGrams > 0 && grams > t.MaxGrams || !sized && t.MaxGrams == 0 {
			continue
		}
		in := sides(t.SizeMM)
		if sized && (volume*100 > boxVolume(t)*fillShare || longest[0] > in[0] || longest[1] > in[1] || longest[2] > in[2]) {
			continue
		}
		if best == nil || boxVolume(t) < boxVolume(best) {
			best = t
		}
	}
	return best
}

func boxVolume(t *edge.BoxTypeRecord) int { return t.SizeMM[0] * t.SizeMM[1] * t.SizeMM[2] }

// sides gives the three sides, the longest first: things are turned.
func sides(mm []int) [3]int {
	s := slices.Sorted(slices.Values(mm))
	return [3]int{s[2], s[1], s[0]}
}

// goodsFor is what the box in hand is for: what lies in it and what is still to
// go in.
func goodsFor(at *packPlace) []edge.BoxItem {
	var out []edge.BoxItem
	if at.box != nil {
		out = slices.Clone(at.box.Items)
	}
	for _, o := range at.orders {
		for _, l := range o.Lines {
			if n := packable(l); n > 0 {
				out = append(out, edge.BoxItem{Line: l.ID, SKU: l.SKU, Quantity: n, Order: o.ID})
			}
		}
	}
	return out
}

// boxTypes lists what may be scanned as box type, the advised one first.
func boxTypes(v View, at *packPlace) []edge.Expect {
	best := advised(v, at.first().Client, at.box.Items)
	var out []edge.Expect
	add := func(t *edge.BoxTypeRecord) {
		if t != nil && len(out) < expectMost {
			out = append(out, edge.Expect{Kind: kindBox, Code: codeOr(t.Barcode, t.ID), Name: t.Name, Box: at.box.ID})
		}
	}
	add(best)
	for _, t := range v.Catalogue.BoxTypes() {
		if t != best {
			add(t)
		}
	}
	return out
}
