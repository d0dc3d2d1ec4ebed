package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"dcedge/edge"
	"dcedge/edge/board"
)

type listView struct {
	Items any `json:"items"`
}

// boardView is the whole board, and the first frame of its socket.
type boardView struct {
	T        string                                `json:"t,omitempty"`
	N        uint64                                `json:"n"`
	EdgeTime string                                `json:"edgeTime"`
	Site     string                                `json:"site"`
	Epoch    string                                `json:"epoch"`
	Items    map[string]map[string]json.RawMessage `json:"items"`
}

func (s *Server) boardView(t string, snap board.Snapshot) boardView {
	return boardView{T: t, N: snap.N, EdgeTime: s.stamp(s.deps.Now()), Site: s.cfg.Site, Epoch: s.cfg.Epoch, Items: snap.Items}
}

func (c *call) summary() error {
	return c.answer(http.StatusOK, c.s.boardView("", c.s.deps.Board.Snapshot()))
}

// section answers one section of the board, named by the path's end.
func (c *call) section() error {
	name := c.r.URL.Path[strings.LastIndexByte(c.r.URL.Path, '/')+1:]
	return c.answer(http.StatusOK, listView{c.s.deps.Board.Section(name)})
}

func (c *call) orders() error {
	q := c.r.URL.Query()
	f := board.Filter{Stage: edge.OrderStage(q.Get("stage")), Carrier: q.Get("carrier"), Find: q.Get("find"), After: q.Get("after")}
	var err error
	if v := q.Get("held"); v != "" {
		if f.Held, err = strconv.ParseBool(v); err != nil {
			return bad("fieldType", "held is true or false")
		}
	}
	if v := q.Get("limit"); v != "" {
		if f.Limit, err = strconv.Atoi(v); err != nil {
			return bad("fieldType", "limit is a number")
		}
	}
	found := c.s.deps.Board.Orders(f)
	out := make([]edge.Order, len(found))
	for i, o := range found {
		out[i] = shown(o)
	}
	return c.answer(http.StatusOK, listView{out})
}

// article is what people call one.
type article struct {
	Name    map[string]string `json:"name,omitempty"`
	Variant map[string]string `json:"variant,omitempty"`
}

func (s *Server) articles(o *edge.Order) map[string]article {
	cat, out := s.deps.Catalogue.Catalogue(), map[string]article{}
	for _, l := range o.Lines {
		if r := cat.Article(o.Client, l.SKU); r != nil {
			out[l.SKU] = article{r.Name, r.Variant}
		}
	}
	return out
}

// shown leaves out what a screen has no use for.
func shown(o *edge.Order) edge.Order {
	v := *o
	v.RecipientRef, v.RecipientVersion, v.Hash = "", 0, ""
	if o.OrderTerms != nil {
		t := *o.OrderTerms
		t.Together, t.Like = "", ""
		v.OrderTerms = &t
	}
	return v
}

func (c *call) order() error {
	client, id := c.r.URL.Query().Get("client"), c.r.PathValue("order")
	o := c.s.deps.Board.Order(client, id)
	if o == nil {
		return c.s.noOrder(client, id)
	}
	v := struct {
		Order     edge.Order   `json:"order"`
		Boxes     []*edge.Box  `json:"boxes"`
		Recipient *edge.Masked `json:"recipient,omitempty"`
		HeldBy    string       `json:"heldBy,omitempty"` // a lead's worker id, or "wms"

		Articles map[string]article `json:"articles,omitempty"` // by SKU, those of the lines that are known
	}{Order: shown(o), Boxes: c.s.deps.Board.Boxes(o), Articles: c.s.articles(o)}
	if o.Held != "" {
		v.HeldBy = c.s.deps.Board.HeldBy(o)
	}
	if c.s.deps.Recipients != nil && o.RecipientRef != "" {
		if m, err := c.s.deps.Recipients.Masked(personal(o)); err == nil && m != (edge.Masked{}) {
			v.Recipient = &m
		}
	}
	return c.answer(http.StatusOK, v)
}

// noOrder says why an id names no one order.
func (s *Server) noOrder(client, id string) *problem {
	if clients := s.deps.Board.ClientsOf(id); client == "" && len(clients) > 1 {
		return &problem{status: http.StatusConflict, code: "clientNeeded", detail: "orders of " + strings.Join(clients, ", ") + " have this id: say client"}
	}
	return notFound()
}

func (c *call) label() error {
	attempt, png := strings.CutSuffix(c.r.PathValue("file"), ".png")
	if !png || c.s.deps.Labels == nil {
		return notFound()
	}
	return c.picture(attempt)
}

// ownLabel is the picture of the label that the worker's own screen asks about.
func (c *call) ownLabel() error {
	attempt, png := strings.CutSuffix(c.r.PathValue("file"), ".png")
	if !png || c.s.deps.Labels == nil {
		return notFound()
	}
	ctx, cancel := c.context()
	defer cancel()
	sc, err := c.s.deps.Floor.Screen(ctx, c.session.Worker, c.roles)
	if err != nil {
		return unavailable(c.s.deps.ErrorCode(err))
	}
	if sc.Task == nil || attempt == "" || sc.Task.Attempt != attempt {
		return notFound() // nobody looks at the labels of others
	}
	return c.picture(attempt)
}

func (c *call) picture(attempt string) error {
	ctx, cancel := c.context()
	defer cancel()
	img, err := c.s.deps.Labels.LabelPNG(ctx, attempt)
	if err != nil {
		c.s.deps.Log.Warn("label picture", "attempt", attempt, "error", err)
		return notFound()
	}
	c.w.Header().Set("Content-Type", "image/png")
	_, _ = c.w.Write(img) // the peer may be gone; there is nobody else to tell
	return nil
}

// sessionOf is a live session as a lead sees it.
type sessionOf struct {
	ID       string `json:"id"`
	Device   string `json:"device,omitempty"`
	Proven   bool   `json:"proven,omitempty"`
	Practice bool   `json:"practice,omitempty"`
	Began    string `json:"began"`
	Expires  string `json:"expires"`
}

type workerLine struct {
	board.Worker
	Name    string      `json:"name"`
	Roles   []edge.Role `json:"roles"`
	Session *sessionOf  `json:"session,omitempty"`
}

// workers lists who is logged in or has done something.
func (c *call) workers() error {
	lines := map[string]*workerLine{}
	for _, raw := range c.s.deps.Board.Section("workers") {
		w := &workerLine{}
		if err := json.Unmarshal(raw, &w.Worker); err != nil {
			return err
		}
		lines[w.Worker.Worker] = w
	}
	for _, sess := range c.s.deps.Access.Live() {
		if lines[sess.Worker] == nil {
			lines[sess.Worker] = &workerLine{Worker: board.Worker{Worker: sess.Worker, Flow: edge.Idle}}
		}
		lines[sess.Worker].Session = &sessionOf{ID: sess.ID, Device: sess.Device, Proven: sess.Proven, Practice: sess.Practice,
			Began: c.s.stamp(sess.Began), Expires: c.s.stamp(sess.Expires)}
	}
	out := make([]*workerLine, 0, len(lines))
	for id, w := range lines {
		w.Name, w.Roles = c.s.name(id), []edge.Role{}
		if rec := c.s.deps.Access.Worker(id); rec != nil {
			w.Roles = append(w.Roles, rec.Roles...)
		}
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b *workerLine) int { return cmp.Compare(a.Worker.Worker, b.Worker.Worker) })
	return c.answer(http.StatusOK, listView{out})
}

// kpi answers the hours of a span, by default of the last 24.
func (c *call) kpi() error {
	now := c.s.deps.Now()
	from, to := now.Add(-24*time.Hour), now
	for name, t := range map[string]*time.Time{"from": &from, "to": &to} {
		if v := c.r.URL.Query().Get(name); v != "" {
			at, err := time.Parse(time.RFC3339, v)
			if err != nil {
				return bad("fieldType", name+" is RFC 3339 with offset")
			}
			*t = at
		}
	}
	hours, since := c.s.deps.Board.Hours(from.Truncate(time.Hour), to)
	return c.answer(http.StatusOK, struct {
		Since    string       `json:"since"`
		Counting bool         `json:"counting,omitempty"` // the past is still being read from the log
		Items    []board.Hour `json:"items"`
	}{c.s.stamp(since), c.s.deps.Board.Counting(), hours})
}

func (c *call) enrolments() error {
	type line struct {
		Name string `json:"name"`
		By   string `json:"by"`
		At   string `json:"at"`
	}
	out := []line{}
	for _, d := range c.s.deps.Access.Devices() {
		out = append(out, line{d.Name, d.By, c.s.stamp(d.At)})
	}
	return c.answer(http.StatusOK, listView{out})
}

func (c *call) healthz() error {
	return c.answer(http.StatusOK, map[string]string{"status": "alive"})
}

const readyWithin = 3 * time.Second

func (c *call) readyz() error {
	ctx, cancel := context.WithTimeout(c.r.Context(), readyWithin)
	defer cancel()
	var not *NotReady
	switch err := c.s.deps.Ready(ctx); {
	case errors.As(err, &not):
	case err != nil:
		not = &NotReady{Code: "notReady", Err: err}
	case !c.s.deps.Board.Ready():
		not = &NotReady{Code: "boardNotReady", Detail: "the lead's board is not filled yet"}
	}
	if not != nil {
		if last := c.s.unready.Swap(&not.Code); last == nil || *last != not.Code {
			c.s.deps.Log.Warn("not ready", "code", not.Code, "detail", not.Detail, "error", not.Err)
		}
		return &problem{status: http.StatusServiceUnavailable, code: not.Code, detail: not.Detail, retry: time.Second}
	}
	c.s.unready.Store(nil)
	return c.answer(http.StatusOK, map[string]string{"status": "ready"})
}
