package web

import (
	"net/http"

	"dcedge/edge/board"
)

// BehindOwned and BehindEnded are the audit entries of what a lead said of the boxes
// that a truck left without, by which it still holds after a restart.
const (
	BehindOwned = "behind.own"
	BehindEnded = "behind.close"
)

// ownBehind has the lead take care of them; endBehind ends the search.
func (c *call) ownBehind() error { return c.sayBehind(false) }
func (c *call) endBehind() error { return c.sayBehind(true) }

func (c *call) sayBehind(end bool) error {
	in, err := c.readWrite()
	if err != nil {
		return err
	}
	said, what := board.BehindSaid{Truck: c.r.PathValue("truck"), Owner: c.session.Worker}, BehindOwned
	if end {
		said.Owner, said.Ended, what = "", true, BehindEnded
		if in.reason == "" {
			return bad("fieldMissing", "reason")
		}
	}
	if !c.s.deps.Board.Behind(said.Truck) {
		return notFound()
	}
	ctx, cancel := c.context()
	defer cancel()
	if err := c.s.deps.Access.Audit(ctx, c.auditEntry(what, said.Truck, in.reason)); err != nil {
		return c.s.fromAccess(err)
	}
	c.s.deps.Board.SayBehind(said)
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
