package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"dcedge/edge"
	"dcedge/edge/access"
)

// auditLine is one line of what a lead or an auditor reads: an entry of the trail, or
// a deed of the floor.
type auditLine struct {
	ID     string `json:"id"`
	At     string `json:"at"`
	Kind   string `json:"kind"`
	What   string `json:"what"`
	Who    string `json:"who,omitempty"`
	Lead   string `json:"lead,omitempty"` // who vouched for it
	Order  string `json:"order,omitempty"`
	Client string `json:"client,omitempty"`
	Of     string `json:"of,omitempty"`
	Device string `json:"device,omitempty"`
	Source string `json:"source,omitempty"`
	Reason string `json:"reason,omitempty"`

	at time.Time
}

type auditView struct {
	Since    string      `json:"since"`              // since when the deeds of the floor are known
	Counting bool        `json:"counting,omitempty"` // those of before are still being read from the log
	Items    []auditLine `json:"items"`
	Next     string      `json:"next,omitempty"` // before, of the next page
}

// kindActs is everything but sessions.
const kindActs = "acts"

// auditKind groups what was done by the word before its first dot.
func auditKind(what string) string {
	group, _, _ := strings.Cut(what, ".")
	switch group {
	case "login", "logout", "revoke", "unlock":
		return "session"
	case "badge":
		if what == "badge.confirm" { // shown again after a rest
			return "session"
		}
		return "badge"
	case "order", "reveal", "box", "case", "help":
		return "order"
	case "label", "override", "weight":
		return "label"
	case "hand", "paper":
		return "hand"
	case "truck", "manifest", "behind":
		return "truck"
	case "shift", "work":
		return "shift"
	case "epoch":
		return "restore"
	}
	return group
}

// audit answers the newest lines, from behind the one that `before` names.
func (c *call) audit() error {
	q, limit := c.r.URL.Query(), 200
	if v := q.Get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			return bad("fieldType", "limit is a number from 1")
		}
		limit = min(n, 2000)
	}
	if v := q.Get("before"); v != "" {
		if _, err := edge.ParseID(v); err != nil {
			return bad("fieldType", "before is the next of an answer")
		}
	}
	lines, since, counting := c.s.auditLines()
	lines = behind(lines, q.Get("before"))
	out := auditView{Since: c.s.stamp(since), Counting: counting, Items: []auditLine{}}
	for _, l := range lines {
		switch {
		case !l.fits(q):
		case len(out.Items) == limit:
			out.Next = out.Items[limit-1].ID
			return c.answer(http.StatusOK, out)
		default:
			out.Items = append(out.Items, l)
		}
	}
	return c.answer(http.StatusOK, out)
}

// auditLines puts the trail and the deeds of the floor in one order, the newest
// first.
func (s *Server) auditLines() (lines []auditLine, since time.Time, counting bool) {
	for _, e := range s.deps.Access.Trail(access.TrailKept) {
		l := auditLine{at: e.At, ID: e.ID(), At: s.stamp(e.At), Kind: auditKind(e.What), What: e.What, Who: e.Who, Of: e.Of, Device: e.Device, Source: e.Source, Reason: e.Reason}
		switch group, _, _ := strings.Cut(e.What, "."); group {
		case "order", "paper", "reveal":
			l.Order = e.Of
		}
		lines = append(lines, l)
	}
	deeds, since, counting := s.deps.Board.Deeds()
	for _, d := range deeds {
		lines = append(lines, auditLine{at: d.At, ID: d.ID, At: s.stamp(d.At), Kind: auditKind(d.What), What: d.What, Who: d.Who, Lead: d.Lead, Order: d.Order,
			Client: d.Client, Of: d.Of, Device: d.Device, Reason: d.Reason})
	}
	slices.SortStableFunc(lines, func(x, y auditLine) int { return y.at.Compare(x.at) }) // of one instant, each in its own order
	return lines, since, counting
}

// behind leaves what follows a line. One that has left the memory is told by its id:
// ids are in the order of time.
func behind(lines []auditLine, id string) []auditLine {
	if id == "" {
		return lines
	}
	if i := slices.IndexFunc(lines, func(l auditLine) bool { return l.ID == id }); i >= 0 {
		return lines[i+1:]
	}
	return slices.DeleteFunc(lines, func(l auditLine) bool { return l.ID >= id })
}

// fits tells whether a line is asked for: done by, to or with the word of a worker,
// about an order, of a kind.
func (l *auditLine) fits(q url.Values) bool {
	who, order, kind := q.Get("who"), q.Get("order"), q.Get("kind")
	return (who == "" || who == l.Who || who == l.Lead || who == l.Of) && (order == "" || order == l.Order) &&
		(kind == "" || kind == l.Kind || kind == kindActs && l.Kind != "session")
}

// auditEntry is who did something, as far as the request tells.
func (c *call) auditEntry(what, of, reason string) access.Entry {
	return access.Entry{What: what, Who: c.session.Worker, Of: of, Device: c.session.Device, Source: c.source(), Reason: reason}
}
