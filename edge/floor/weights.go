package floor

import (
	"slices"
	"strconv"

	"dcedge/edge"
)

// What a box may differ from its expected weight where neither site nor client
// says it.
const (
	weightSlackPercent = 5
	weightSlackGrams   = 50
)

// slack is how many grams a box of a client may differ from what is expected.
func slack(v View, client string, expected int) int {
	percent, grams := v.Policy.Pack.WeightPercent, v.Policy.Pack.WeightGrams
	if percent == 0 && grams == 0 {
		percent, grams = weightSlackPercent, weightSlackGrams
	}
	if c := v.Catalogue.Client(client); c != nil {
		if c.WeightPercent != nil {
			percent = *c.WeightPercent
		}
		if c.WeightGrams != nil {
			grams = *c.WeightGrams
		}
	}
	return expected*percent/100 + grams
}

// weight takes what the scale says; far off needs a lead's override.
func (d *decider) weight(at *packPlace) {
	a, b := &d.m.Args, at.box
	g, err := strconv.ParseFloat(a.Grams, 64)
	known := err == nil && g > 0 && g < 1e6
	expected, learned := expectedGrams(d.View, b, at.boxType)
	e := &edge.BoxEvent{Box: b.ID, Grams: a.Grams, Expected: expected, BoxType: at.boxType, Tare: tare(d.View, at.boxType), Learned: learned,
		Source: weightSource(a.Source), Orders: others(b)}
	next := *at
	next.passed = true
	if d.m.Action == "override" {
		if a.ByLead == "" {
			d.refuse(edge.Denied, edge.Says("role.missing", edge.T("role", string(edge.Lead))), "act", "override")
			return
		}
		d.verdict(edge.OK, edge.Says("pack.weighed"))
		d.event(edge.EvStep, b.Client, b.Order, &edge.StepConfirmed{Kind: stepOverride, What: a.ByLead, Step: stepWeight, Work: d.w.ID,
			Box: b.ID, Reason: clip(a.Reason)})
		if known { // what the lead let pass is told as it is
			d.event(edge.EvBoxWeighed, b.Client, b.Order, e)
		}
		d.onward(&next)
		return
	}
	if !known {
		d.refuse(edge.Unexpected, edge.Says("weight.missing"), "act", "weight")
		return
	}
	if off := g - float64(expected); expected > 0 && (off > float64(slack(d.View, b.Client, expected)) || -off > float64(slack(d.View, b.Client, expected))) {
		d.refuse(edge.Wrong, edge.Says("pack.wrongWeight", edge.N("expected", expected), edge.N("scanned", int(g))), "weight", "")
		return
	}
	e.OK = true
	d.verdict(edge.OK, edge.Says("pack.weighed"))
	d.event(edge.EvBoxWeighed, b.Client, b.Order, e)
	d.onward(&next)
}

// weightSource tells a scale's word from a person's.
func weightSource(source string) string {
	if source == "scale" || source == "typed" {
		return source
	}
	return ""
}

func tare(v View, boxType string) int {
	if t := v.Catalogue.BoxType(boxType); t != nil {
		return t.TareGrams
	}
	return 0
}

// expectedGrams is the sum of the master's weights, or of those learned from
// boxes, and the carton's; 0 where one is not known. What boxes without a known
// carton have told holds for a box of one piece like theirs alone.
func expectedGrams(v View, b *edge.Box, boxType string) (grams int, learned bool) {
	carton := tare(v, boxType)
	for i := range b.Items {
		it := &b.Items[i]
		if r := v.Catalogue.Article(b.Client, it.SKU); r != nil && r.WeightGrams > 0 {
			grams += r.WeightGrams * it.Quantity
			continue
		}
		n := v.State.learned(b.Client, it.SKU, carton > 0)
		if n == 0 || carton == 0 && (it.Quantity != 1 || len(b.Items) != 1) {
			return 0, false
		}
		grams += n * it.Quantity
		learned = true
	}
	return grams + carton, learned
}

// learnFrom is how many boxes must have told what a piece weighs before it is
// believed, learnKeep how many are kept: their median counts.
const (
	learnFrom = 5
	learnKeep = 9
)

// netPrefix begins the keys of pieces' own weights; without it a weight is of a
// piece in a carton that nobody named.
const netPrefix = edge.WeightPrefix + "net\x00"

func weightKey(client, sku string, net bool) string {
	if net {
		return netPrefix + client + "\x00" + sku
	}
	return edge.WeightPrefix + client + "\x00" + sku
}

// learn keeps what a piece of an article weighed in a box that held nothing else
// and that nobody had to wave through: without the carton where that is known,
// else as a box of one piece.
func (s *State) learn(b *edge.Box, d *edge.BoxEvent) {
	grams, err := strconv.ParseFloat(d.Grams, 64)
	if err != nil || !d.OK || len(b.Items) != 1 || b.Items[0].Quantity < 1 || d.Expected != 0 && !d.Learned || len(b.Materials) > 0 {
		return
	}
	n, net := b.Items[0].Quantity, d.Tare > 0
	if !net && (n != 1 || d.BoxType != "") || int(grams) <= d.Tare {
		return
	}
	key := weightKey(b.Client, b.Items[0].SKU, net)
	next := &edge.LearnedWeight{Client: b.Client, SKU: b.Items[0].SKU}
	if old := s.weights.get(key); old != nil {
		next.Grams = old.Grams[max(0, len(old.Grams)-learnKeep+1):]
	}
	next.Grams = append(slices.Clip(next.Grams), (int(grams)-d.Tare)/n)
	s.weights.put(key, next)
}

// learned is what a piece weighs as far as boxes have told; 0 is not known.
func (s *State) learned(client, sku string, net bool) int {
	r := s.weights.get(weightKey(client, sku, net))
	if r == nil || len(r.Grams) < learnFrom {
		return 0
	}
	list := slices.Sorted(slices.Values(r.Grams))
	return list[len(list)/2]
}
