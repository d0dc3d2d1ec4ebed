package web

import "dcedge/edge"

// defaultClient is whose records are that name no client.
const defaultClient = "default"

// articleIn gives the id of the article that was scanned and refused, as a say names
// it; "" where it names none.
func articleIn(v *edge.Verdict) string {
	if v.Code.Positive() {
		return ""
	}
	item, scanned := false, ""
	for _, a := range v.Say.Args {
		switch {
		case a.Name == "scanned":
			scanned = a.Text
		case a.Name == "kind":
			item = a.Text == "item"
		}
	}
	switch v.Say.Key {
	case "pick.wrongItem", "pack.over", "pack.wrongInsert", "put.over", "return.over", "return.notNamed", "return.gradeFirst":
		item = true
	}
	if !item {
		return ""
	}
	return scanned
}

// article finds an article of the client whose work is on the screen, else of any:
// another client's is refused too.
func (s *Server) article(sc *edge.Screen, id string) *edge.SKURecord {
	cat := s.deps.Catalogue.Catalogue()
	if sc != nil && sc.Task != nil {
		if r := cat.Article(sc.Task.Client, id); r != nil {
			return r
		}
	}
	if r := cat.Article(defaultClient, id); r != nil {
		return r
	}
	for _, c := range cat.Clients() {
		if r := cat.Article(c.ID, id); r != nil {
			return r
		}
	}
	return nil
}

// appendArticle writes what a page shows of a refused article beyond its id: it need
// not stand on the screen.
func (s *Server) appendArticle(b []byte, v *edge.Verdict) []byte {
	id := articleIn(v)
	if id == "" {
		return b
	}
	r := s.article(v.Screen, id)
	if r == nil || len(r.Name) == 0 {
		return b
	}
	w := begin(append(b, `,"article":`...))
	w.text("sku", id)
	w.names("name", r.Name)
	w.names("variant", r.Variant)
	return w.end()
}
