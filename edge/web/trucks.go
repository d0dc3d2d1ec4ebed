package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"dcedge/edge"
	"dcedge/edge/board"
)

func (c *call) trucks() error {
	return c.answer(http.StatusOK, listView{c.s.deps.Board.Trucks()})
}

// zoneOf brings a truck's times to the site's zone.
func (s *Server) zoneOf(t *board.TruckLine) {
	for _, at := range []*time.Time{&t.Departs, &t.Opened, &t.Closed} {
		if !at.IsZero() {
			*at = at.In(s.cfg.Zone)
		}
	}
}

// current waits until the board shows all that was stored when the question came:
// a manifest that lacks the box of a moment ago would be taken for whole.
func (c *call) current() error {
	if c.s.deps.History == nil {
		return nil
	}
	head, _ := c.s.deps.History.Head()
	ctx, cancel := context.WithTimeout(c.r.Context(), boardWithin)
	defer cancel()
	if err := c.s.deps.Board.Reach(ctx, head); err != nil {
		return &problem{status: http.StatusServiceUnavailable, code: "unavailable", retry: time.Second, detail: "the list is not up to date yet: ask again"}
	}
	return nil
}

func (c *call) truck() error {
	if err := c.current(); err != nil {
		return err
	}
	t, ok := c.s.deps.Board.Truck(c.r.PathValue("truck"))
	if !ok {
		return notFound()
	}
	return c.answer(http.StatusOK, t)
}

// manifest answers a truck's manifest as RFC 4180; bom=1 puts a mark in front by
// which a spreadsheet knows UTF-8.
func (c *call) manifest() error {
	bom := false
	switch v := c.r.URL.Query().Get("bom"); v {
	case "", "0":
	case "1":
		bom = true
	default:
		return bad("fieldType", "bom is 0 or 1")
	}
	if err := c.current(); err != nil {
		return err
	}
	t, ok := c.s.deps.Board.Truck(c.r.PathValue("truck"))
	if !ok {
		return notFound()
	}
	b, err := manifestCSV(&t, bom)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	c.w.Header().Set("Content-Disposition", `attachment; filename="manifest-`+fileName(t.ID)+`.csv"`)
	_, _ = c.w.Write(b) // the peer may be gone; there is nobody else to tell
	return nil
}

// printManifest hands a truck's manifest to the printer of documents.
func (c *call) printManifest() error {
	m, err := c.object()
	if err != nil {
		return err
	}
	language, err := c.paperLanguage(m)
	if err != nil || language == "" {
		return bad("fieldType", "print is ko, ja or en")
	}
	t, ok := c.s.deps.Board.Truck(c.r.PathValue("truck"))
	if !ok {
		return notFound()
	}
	if c.s.deps.Papers == nil {
		return noPapers()
	}
	c.s.zoneOf(&t.TruckLine)
	ctx, cancel := c.context()
	defer cancel()
	if err := c.s.deps.Access.Audit(ctx, c.auditEntry("manifest.print", t.ID, "")); err != nil {
		return c.s.fromAccess(err)
	}
	switch err := c.s.deps.Papers.PrintManifest(ManifestPaper{Language: language, Site: c.s.cfg.Site, Truck: t}); {
	case errors.Is(err, ErrNoPapers):
		return noPapers()
	case err != nil:
		return err
	}
	return c.answer(http.StatusOK, map[string]int{"sent": 1})
}

func noPapers() *problem {
	return &problem{status: http.StatusConflict, code: "noPapers", detail: "no printer of documents can take it: name one in [documents] printer, or print the page"}
}

// manifestColumns is the first line of a manifest. Columns may be added at the
// end.
func manifestColumns() []string {
	return []string{"truck", "carrier", "trip", "container", "waybill", "box", "order", "client", "n", "of", "pieces", "grams", "with"}
}

func manifestCSV(t *board.TruckSheet, bom bool) ([]byte, error) {
	var out bytes.Buffer
	if bom {
		out.WriteString("\ufeff")
	}
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	if err := w.Write(manifestColumns()); err != nil {
		return nil, err
	}
	for i := range t.Boxes {
		b := &t.Boxes[i]
		row := []string{t.ID, b.Carrier, t.Trip, b.Container, b.Waybill, b.Box, b.Order, b.Client, strconv.Itoa(b.N), number(b.Of),
			strconv.Itoa(b.Pieces), b.Grams, strings.Join(b.With, " ")}
		for j := range row {
			row[j] = inert(row[j])
		}
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// inert keeps a spreadsheet from taking a cell for a formula, and a cell on its
// line.
func inert(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	if s != "" && strings.ContainsRune("=+-@ \uff1d\uff0b\uff0d\uff20", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

// fileName keeps what every file system takes.
func fileName(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '_'
	}, id)
}

func (c *call) ownCase() error   { return c.changeCase(false) }
func (c *call) closeCase() error { return c.changeCase(true) }

// changeCase has the engine take what a lead does with a case. Who owns it is the
// lead who says so, where nobody is named; "-" is nobody.
func (c *call) changeCase(end bool) error {
	in, err := c.readWrite()
	if err != nil {
		return err
	}
	id := c.r.PathValue("case")
	if end && in.reason == "" {
		return bad("fieldMissing", "reason")
	}
	if _, ok := c.s.deps.Board.Case(id); !ok {
		return notFound()
	}
	change := &edge.CaseChange{Case: id, Close: end, Reason: in.reason}
	switch in.owner {
	case "":
		change.Owner = c.session.Worker
	case "-":
	default:
		if change.Owner = in.owner; c.s.deps.Catalogue.Catalogue().Worker(in.owner) == nil {
			return bad("fieldType", "owner is no worker of this site")
		}
	}
	what := "case.own"
	if end {
		what = "case.close"
	}
	ctx, cancel := c.context()
	defer cancel()
	if err := c.s.deps.Access.Audit(ctx, c.auditEntry(what, id, in.reason)); err != nil {
		return c.s.fromAccess(err)
	}
	v, err := c.s.deps.Floor.Submit(ctx, &edge.Message{Kind: edge.Record, Worker: c.session.Worker, Roles: c.roles,
		Device: c.session.Device, Session: c.session.ID, Body: change})
	if err != nil {
		return unavailable(c.s.deps.ErrorCode(err))
	}
	if !v.Code.Positive() {
		return &problem{status: http.StatusConflict, code: string(v.Code), detail: v.Detail}
	}
	c.awaitBoard(ctx, v.Receipt.Seq)
	return c.answer(http.StatusOK, map[string]any{"ok": true, "code": v.Code})
}
