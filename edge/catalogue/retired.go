package catalogue

import (
	"slices"

	"dcedge/edge"
)

// An article that is gone is for no new order. What was begun with it goes on: the goods
// still bear their code, so its record stays as it was last, apart from the others.

// Article finds an article of a client, also one that is gone.
func (s *Snapshot) Article(client, id string) *edge.SKURecord {
	key := Key(client, id)
	v, ok := s.skus.get(key)
	if !ok && s.retired.n > 0 {
		v, _ = s.retired.get(key)
	}
	return v
}

// Scanned is Resolve of what was read off the goods: with the articles that are gone, after
// those that there are. Their goods bear the code still when it is another article's.
func (s *Snapshot) Scanned(code string) []Match {
	m := s.Resolve(code)
	if s.retired.n == 0 {
		return m
	}
	old, _ := s.oldCodes.get(Canonical(code))
	if len(old) == 0 {
		return m
	}
	return append(slices.Clip(m), old...)
}

func (e *Edit) putSKU(r *edge.SKURecord, gone bool) bool {
	key := Key(r.Client, r.ID)
	last, had := e.skus.get(key)
	if !had {
		last = r // as a store kept it
	}
	if was, ok := e.retired.get(key); ok && (!gone || had) {
		for _, c := range skuCodes(was) {
			dropCode(e.oldCodes, c)
		}
		e.retired.remove(key)
	}
	if _, ok := e.retired.get(key); gone && !ok && len(last.Barcodes) > 0 {
		e.retired.put(key, last)
		for _, c := range skuCodes(last) {
			addCode(e.oldCodes, c)
		}
	}
	return upsert(e, e.skus, key, r, gone, skuCodes)
}
