package web

import "net/http"

// barcode answers the installer's page: nothing is decided and nothing recorded.
func (c *call) barcode() error {
	if c.s.deps.Codes == nil {
		return notFound()
	}
	m, err := c.object()
	if err != nil {
		return err
	}
	if _, there := m.get("input"); !there {
		return bad("fieldMissing", "input")
	}
	var q CodeQuestion
	for name, to := range map[string]*string{"input": &q.Input, "as": &q.As, "carrier": &q.Carrier, "with": &q.With} {
		if m.text(name, to) != nil {
			return bad("fieldType", name+" must be text")
		}
	}
	ctx, cancel := c.context()
	defer cancel()
	answer, err := c.s.deps.Codes.Explain(ctx, q)
	if err != nil {
		return unavailable("")
	}
	return c.answer(http.StatusOK, answer)
}
