package web

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"dcedge/edge"
	"dcedge/edge/access"
)

const maxPrinted = 10 // badges of one call: a printer takes its time

// guestLine is somebody who works on a temporary badge as a lead sees it.
type guestLine struct {
	ID       string      `json:"id"`
	Name     string      `json:"name,omitempty"`
	Roles    []edge.Role `json:"roles"`
	Language string      `json:"language,omitempty"`
	Until    string      `json:"until"`
	By       string      `json:"by"`
	At       string      `json:"at"`
	LoggedIn bool        `json:"loggedIn,omitempty"`
}

// givenLine is a badge as it is told, once.
type givenLine struct {
	ID    string `json:"id"`
	Name  string `json:"name,omitempty"`
	Badge string `json:"badge"`
	PIN   string `json:"pin,omitempty"`
	Until string `json:"until"`
}

func (c *call) badges() error {
	live := map[string]bool{}
	for _, sess := range c.s.deps.Access.Live() {
		live[sess.Worker] = true
	}
	out := []guestLine{}
	for _, g := range c.s.deps.Access.Guests() {
		out = append(out, guestLine{ID: g.ID, Name: c.s.name(g.ID), Roles: g.Roles, Language: g.Language, Until: c.s.stamp(g.Until),
			By: g.By, At: c.s.stamp(g.At), LoggedIn: live[g.ID]})
	}
	return c.answer(http.StatusOK, listView{out})
}

// readWanted reads what badges a lead wants and for whom.
func readWanted(m object) (w access.Wanted, names []string, err error) {
	var name, until string
	for field, to := range map[string]*string{"name": &name, "language": &w.Language, "until": &until, "reason": &w.Reason} {
		if m.text(field, to) != nil {
			return w, nil, bad("fieldType", field+" must be text")
		}
	}
	if names, err = m.texts("names"); err != nil {
		return w, nil, bad("fieldType", "names is a list of text")
	}
	roles, err := m.texts("roles")
	if err != nil {
		return w, nil, bad("fieldType", "roles is a list of text")
	}
	for _, r := range roles {
		w.Roles = append(w.Roles, edge.Role(r))
	}
	if until != "" {
		if w.Until, err = time.Parse(time.RFC3339Nano, until); err != nil {
			return w, nil, bad("fieldType", "until is RFC 3339 with offset")
		}
	}
	count, err := m.integer("count")
	if err != nil {
		return w, nil, bad("fieldType", "count must be a whole number")
	}
	if name != "" {
		names = append([]string{name}, names...)
	}
	if w.Count = max(1, len(names)); count != nil {
		w.Count = *count
	}
	for _, n := range names {
		if n = strings.TrimSpace(n); n == "" || utf8.RuneCountInString(n) > 60 {
			return w, nil, bad("fieldType", "a name has 1 to 60 characters")
		}
	}
	switch {
	case len(names) > w.Count:
		return w, nil, bad("fieldType", "count is less than the names")
	case len(w.Language) > 16:
		return w, nil, bad("fieldType", "language is a code such as ko")
	case utf8.RuneCountInString(w.Reason) > maxReason:
		return w, nil, bad("tooLarge", "a reason has at most 200 characters")
	}
	return w, names, nil
}

// give makes the badges; the names are sealed before a badge is there.
func (c *call) give(ctx context.Context, by string, w access.Wanted, names []string) ([]access.Given, error) {
	closed := false
	given, err := c.s.deps.Access.Give(ctx, by, w, func(ids []string) error {
		for i, name := range names {
			if c.s.deps.Sealed == nil {
				closed = true
				return access.ErrUnknown
			}
			if err := c.s.deps.Sealed.SealName(ids[i], strings.TrimSpace(name)); err != nil {
				closed = true
				return err
			}
		}
		return nil
	})
	switch {
	case closed:
		return nil, unavailable("vaultClosed")
	case err != nil:
		return nil, c.s.fromAccess(err)
	}
	return given, nil
}

func (c *call) giveBadges() error {
	m, err := c.object()
	if err != nil {
		return err
	}
	w, names, err := readWanted(m)
	if err != nil {
		return err
	}
	ctx, cancel := c.context()
	defer cancel()
	given, err := c.give(ctx, c.session.Worker, w, names)
	if err != nil {
		return err
	}
	out := make([]givenLine, len(given))
	for i, g := range given {
		out[i] = givenLine{ID: g.ID, Badge: g.Badge, PIN: g.PIN, Until: c.s.stamp(g.Until)}
		if i < len(names) {
			out[i].Name = strings.TrimSpace(names[i])
		}
	}
	return c.answer(http.StatusOK, listView{out})
}

func (c *call) withdrawBadge() error {
	in, err := c.readWrite()
	if err != nil {
		return err
	}
	ctx, cancel := c.context()
	defer cancel()
	if err := c.s.deps.Access.Withdraw(ctx, c.session.Worker, c.r.PathValue("worker"), in.reason); err != nil {
		return c.s.fromAccess(err)
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// printBadges prints badges that were just given: only who was told their codes
// can ask for it. The name comes from the vault, which records it first.
func (c *call) printBadges() error {
	m, err := c.object()
	if err != nil {
		return err
	}
	var printer string
	list, err := m.objects("badges")
	if err != nil || m.text("printer", &printer) != nil {
		return bad("fieldType", "printer is text, badges a list of {id, badge}")
	}
	switch {
	case printer == "" || len(list) == 0:
		return bad("fieldMissing", "printer and badges")
	case len(list) > maxPrinted:
		return bad("tooLarge", "at most 10 badges at once")
	case c.s.deps.House == nil:
		return notFound()
	}
	if err := c.awake(); err != nil {
		return err
	}
	labels := make([]HouseLabel, len(list))
	ids := make([]string, len(list))
	for i, x := range list {
		labels[i].Badge = true
		if x.text("id", &ids[i]) != nil || x.text("badge", &labels[i].Code) != nil {
			return bad("fieldType", "badges is a list of {id, badge}")
		}
		if !c.s.deps.Access.IsBadge(ids[i], labels[i].Code) {
			return notFound()
		}
	}
	ctx, cancel := c.context()
	defer cancel()
	for i := range labels {
		if err := c.printBadge(ctx, printer, ids[i], labels[i]); err != nil {
			return err
		}
	}
	return c.answer(http.StatusOK, map[string]int{"printed": len(labels)})
}

func (c *call) printBadge(ctx context.Context, printer, id string, l HouseLabel) error {
	if err := c.s.deps.Access.Audit(ctx, c.auditEntry("badge.print", id, printer)); err != nil {
		return c.s.fromAccess(err)
	}
	if l.Title = id; c.s.name(id) != "" && c.s.deps.Sealed != nil {
		name, err := c.s.deps.Sealed.WholeName(ctx, id, c.revealer("badge"))
		if err != nil {
			c.s.deps.Log.Warn("a badge's name", "worker", id, "error", err)
			return unavailable("vaultClosed")
		}
		l.Title = name
	}
	if w := c.s.deps.Access.Worker(id); w != nil {
		roles := make([]string, len(w.Roles))
		for i, r := range w.Roles {
			roles[i] = string(r)
		}
		l.Note = strings.Join(roles, " ")
	}
	if err := c.s.deps.House.PrintHouse(ctx, printer, l); err != nil {
		return deviceProblem(err)
	}
	return nil
}

// awake refuses what wants the badge again after a rest.
func (c *call) awake() error {
	if c.s.deps.Access.Rest(c.session) {
		return forbidden("idleBadge", "show your badge again: POST /floor/v1/badge")
	}
	return nil
}

// approve logs somebody in whose badge nobody knows, on the word of a lead who
// stands there with badge and PIN.
func (c *call) approve() error {
	m, err := c.object()
	if err != nil {
		return err
	}
	w, names, err := readWanted(m)
	if err != nil {
		return err
	}
	var badge, pin, device, key string
	for name, to := range map[string]*string{"badge": &w.Badge, "leadBadge": &badge, "leadPin": &pin, "device": &device, "deviceKey": &key} {
		if m.text(name, to) != nil {
			return bad("fieldType", name+" must be text")
		}
	}
	if w.Badge == "" || badge == "" || pin == "" {
		return bad("fieldMissing", "badge, leadBadge and leadPin")
	}
	if w.Count != 1 {
		return bad("fieldType", "one badge has one name")
	}
	if c.origin == originOwn && !c.json() {
		return forbidden("origin", "a browser sends Content-Type application/json here")
	}
	if w.Reason == "" {
		w.Reason = "approved"
	}
	ctx, cancel := c.context()
	defer cancel()
	lead, err := c.s.deps.Access.ProveFor(ctx, "badge.approve", badge, pin, c.source(), edge.Lead)
	if err != nil {
		return c.s.fromAccess(err)
	}
	given, err := c.give(ctx, lead, w, names)
	if err != nil {
		return err
	}
	return c.enter(ctx, access.Attempt{Badge: w.Badge, PIN: given[0].PIN, Device: device, DeviceKey: key, Source: c.source()}, given[0].PIN)
}
