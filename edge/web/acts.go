package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"net/http"
	"slices"
	"strings"

	"dcedge/edge"
)

// ask has the floor decide what no screen has a button for, by the id and content
// of the request's body.
func (c *call) ask(ctx context.Context, worker string, roles []edge.Role, id edge.ID, content object, body any) (edge.Verdict, error) {
	m := &edge.Message{Kind: edge.Act, ID: id, Worker: worker, Roles: roles, Device: c.session.Device, Session: c.session.ID,
		Proven: c.session.Proven, Body: body, Hash: c.s.bodyHash(c.r.URL.Path, content)}
	return c.s.deps.Floor.Submit(ctx, m)
}

// told answers with a verdict, as an act over HTTP does.
func (c *call) told(ctx context.Context, v edge.Verdict, err error) error {
	if err != nil {
		return unavailable(c.s.deps.ErrorCode(err))
	}
	c.s.meter.verdict(v.Code)
	if v.Screen != nil {
		c.s.hub.screenOf(c.session.Worker, v.Screen, nil)
	}
	v.Screen = c.s.dress(v.Screen)
	frame := c.s.appendVerdict(nil, &v)
	if v.Code == edge.IDReused || v.Code == edge.NotYours {
		return &problem{status: http.StatusConflict, code: string(v.Code), verdict: frame}
	}
	c.awaitBoard(ctx, v.Receipt.Seq)
	return c.raw(http.StatusOK, frame)
}

// shiftBody reads the body of a shift's act, with its id.
func (c *call) shiftBody() (object, edge.ID, error) {
	if c.session.Practice {
		return nil, edge.ID{}, &problem{status: http.StatusConflict, code: "practice", detail: "this session practises: there is no shift in it"}
	}
	return c.identified()
}

// object reads a body that is one JSON object.
func (c *call) object() (object, error) {
	body, err := c.body()
	if err != nil {
		return nil, err
	}
	m, err := members(body)
	if err != nil {
		return nil, bad("malformed", "the body is one JSON object")
	}
	return m, nil
}

// identified reads a body that has an id.
func (c *call) identified() (object, edge.ID, error) {
	m, err := c.object()
	if err != nil {
		return nil, edge.ID{}, err
	}
	var text string
	if m.text("id", &text) != nil {
		return nil, edge.ID{}, bad("fieldType", "id must be text")
	}
	if text == "" {
		return nil, edge.ID{}, bad("fieldMissing", "id")
	}
	id, err := edge.ParseID(text)
	if err != nil {
		return nil, edge.ID{}, bad("id", "id must be a UUIDv7")
	}
	return m, id, nil
}

// bodyHash is what two requests of one id must have in common: the address and all
// of the body but badge and PIN.
func (s *Server) bodyHash(path string, b object) [16]byte {
	mac := hmac.New(sha256.New, s.cfg.HashKey)
	mac.Write(append([]byte(path), 0))
	for _, m := range slices.SortedFunc(slices.Values(b), func(x, y member) int { return strings.Compare(x.name, y.name) }) {
		if m.name == "pin" || m.name == "badge" {
			continue
		}
		mac.Write(append(append([]byte(m.name), 0), canonical(m.raw)...))
		mac.Write([]byte{0})
	}
	return [16]byte(mac.Sum(nil)[:16])
}
