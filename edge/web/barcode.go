package web

import "net/http"

// barcode answers the installer's page: nothing is decided and nothing recorded.
func (c *call) barcode() error {
	if c.s.deps.Codes == nil {
		return notFound()
	}
	body, err := c.body()
	if err != nil {
		return err
	}
	m, err := members(body)
	if err != nil {
		return bad("malformed", "the body is one JSON object")
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
