package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"dcedge/edge"
	"dcedge/edge/access"
	"dcedge/edge/board"
)

// back takes a worker's own badge after a rest: scanned, or in the arguments of
// an act. Any other scan is the floor's to deny.
func (s *Server) back(ctx context.Context, m *edge.Message, sess *access.Session, badge, pin, source string) error {
	own := badge
	if m.Kind == edge.Scan {
		own = m.Code
	}
	if !s.deps.Access.OwnBadge(sess, own) {
		return nil
	}
	if err := s.deps.Access.Confirm(ctx, sess, own, pin, source); err != nil {
		return err
	}
	m.Idle = false
	if m.Kind == edge.Scan {
		m.Back, m.Code = true, "" // a badge is no code of the floor
	}
	return nil
}

// showBadge ends a rest where the badge needs its PIN, which no scan carries.
func (c *call) showBadge() error {
	m, err := c.object()
	if err != nil {
		return err
	}
	var badge, pin string
	if m.text("badge", &badge) != nil || m.text("pin", &pin) != nil {
		return bad("fieldType", "badge and pin are text")
	}
	if badge == "" {
		return bad("fieldMissing", "badge")
	}
	ctx, cancel := c.context()
	defer cancel()
	if err := c.s.deps.Access.Confirm(ctx, c.session, badge, pin, c.source()); err != nil {
		return c.s.signatureFault(err)
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// signatureFault is fromAccess for a badge that is shown beside a good session:
// a refused one ends nothing.
func (s *Server) signatureFault(err error) *problem {
	p := s.fromAccess(err)
	if p.code == "login" {
		return forbidden("badge", "badge or PIN is not accepted here")
	}
	return p
}

// tones are the verdicts whose signs are tried at the start of a shift.
var tones = [...]string{"ok", "done", "wrong", "over", "duplicate", "cancelled", "hold", "unknown"}

const clockSlack = 2 * time.Minute // a device's clock may be off so far

// shiftView is what the start of a shift leads through.
type shiftView struct {
	Needed   bool           `json:"needed"`
	Since    string         `json:"since,omitempty"`
	EdgeTime string         `json:"edgeTime"`
	Device   string         `json:"device,omitempty"`
	Tones    []string       `json:"tones"`
	Sync     syncView       `json:"sync"`
	Cutoffs  []board.Cutoff `json:"cutoffs"`
	Offline  []string       `json:"offline"`
	Zone     string         `json:"zone,omitempty"` // where the worker picked last
	Previous *previousView  `json:"previous,omitempty"`
}

// syncView is how far behind the slowest required consumer is.
type syncView struct {
	Behind  uint64 `json:"behind"`
	Seconds int    `json:"seconds"`
}

// previousView is what the one before left open on the device.
type previousView struct {
	Worker string    `json:"worker"`
	Name   string    `json:"name"`
	Work   string    `json:"work,omitempty"`
	Flow   edge.Flow `json:"flow,omitempty"`
	Orders []string  `json:"orders,omitempty"`
	Totes  []string  `json:"totes,omitempty"`
}

func (c *call) shift() error {
	now := c.s.deps.Now()
	since := c.s.deps.Board.ShiftOf(c.session.Worker)
	v := shiftView{EdgeTime: c.s.stamp(now), Device: c.session.Device, Tones: tones[:], Sync: c.s.synced(), Offline: c.s.offline(),
		Cutoffs: c.s.deps.Board.Cutoffs(now, now.Add(24*time.Hour)), Previous: c.previous(), Zone: c.s.deps.Board.ZoneOf(c.session.Worker)}
	if v.Needed = !c.session.Practice && (since.IsZero() || now.Sub(since) >= c.s.deps.Access.Shift()); !v.Needed && !since.IsZero() {
		v.Since = c.s.stamp(since)
	}
	return c.answer(http.StatusOK, v)
}

func (s *Server) synced() (v syncView) {
	for _, x := range s.deps.Board.Consumers() {
		if x.Required && x.LagEvents >= v.Behind {
			v.Behind, v.Seconds = x.LagEvents, max(v.Seconds, int(x.LagSeconds))
		}
	}
	return v
}

// offline names the devices that do not work.
func (s *Server) offline() []string {
	out := []string{}
	if s.deps.Devices == nil {
		return out
	}
	for _, d := range s.deps.Devices.Devices() {
		if !d.OK {
			out = append(out, d.Name)
		}
	}
	return out
}

// shared is the name of a browser that nobody named: many have it.
const shared = "browser"

// previous finds what whoever used the device before left open on it. Somebody
// who works elsewhere by now has it with them.
func (c *call) previous() *previousView {
	if c.session.Practice || c.session.Device == shared {
		return nil
	}
	who, _ := c.s.deps.Access.LastOn(c.session.Device, c.session.Worker)
	if who == "" || c.s.deps.Access.LiveElsewhere(who, c.session.Device) {
		return nil
	}
	work, left := c.s.deps.Board.OpenOf(who)
	v := &previousView{Worker: who, Name: c.s.name(who)}
	switch {
	case work != nil:
		v.Work, v.Flow, v.Orders, v.Totes = work.ID, work.Flow, work.Orders, work.Totes
	case left != nil:
		v.Flow, v.Orders, v.Totes = edge.Pick, []string{left.ID}, left.Totes
	default:
		return nil
	}
	return v
}

// startShift books the start check. What the edge knows itself it does not take
// from the device.
func (c *call) startShift() error {
	m, id, err := c.shiftBody()
	if err != nil {
		return err
	}
	e := edge.ShiftEvent{SyncAge: c.s.synced().Seconds, Unsynced: int(c.s.synced().Behind), Offline: c.s.offline()}
	if len(e.Offline) > maxListed {
		e.Offline = e.Offline[:maxListed]
	}
	var code, at string
	if m.text("label", &code) != nil || m.text("deviceTime", &at) != nil {
		return bad("fieldType", "label and deviceTime are text")
	}
	for name, to := range map[string]*[]string{"heard": &e.Heard, "unheard": &e.Unheard} {
		if *to, err = m.texts(name); err != nil {
			return bad("fieldType", name+" is a list of verdicts")
		}
		for _, t := range *to {
			if !slices.Contains(tones[:], t) || len(*to) > len(tones) {
				return bad("fieldType", name+" is a list of verdicts")
			}
		}
	}
	battery, err := m.integer("battery")
	if err != nil || battery != nil && (*battery < 0 || *battery > 100) {
		return bad("fieldType", "battery is a percentage")
	}
	if battery != nil {
		e.Battery = *battery
	}
	if at != "" {
		device, err := time.Parse(time.RFC3339Nano, at)
		if err != nil {
			return bad("fieldType", "deviceTime is RFC 3339 with offset")
		}
		if off := device.Sub(c.s.deps.Now()); off > clockSlack || off < -clockSlack {
			e.ClockOff = int(off / time.Second)
		}
	}
	if l := c.s.checks.of(c.session.Worker, c.s.deps.Now()); l != nil {
		e.Label, e.Station, e.Printer = "failed", l.station, l.printer
		if code == l.code {
			e.Label = "scanned"
		}
	}
	ctx, cancel := c.context()
	defer cancel()
	v, err := c.ask(ctx, c.session.Worker, c.roles, id, m, &edge.ShiftStart{ShiftEvent: e})
	return c.told(ctx, v, err)
}

const maxListed = 50

// endShift ends the worker's own shift; the session ends with logout.
func (c *call) endShift() error {
	m, id, err := c.shiftBody()
	if err != nil {
		return err
	}
	ctx, cancel := c.context()
	defer cancel()
	v, err := c.ask(ctx, c.session.Worker, c.roles, id, m, &edge.ShiftEnd{})
	return c.told(ctx, v, err)
}

// takeOver gives the worker what the one before left open on this device.
func (c *call) takeOver() error {
	m, id, err := c.shiftBody()
	if err != nil {
		return err
	}
	var work, from string
	if m.text("work", &work) != nil || m.text("from", &from) != nil {
		return bad("fieldType", "work and from are text")
	}
	p := c.previous()
	ctx, cancel := c.context()
	defer cancel()
	if p == nil || p.Work == "" || p.Work != work || p.Worker != from {
		// A repeat finds it moved already; the floor knows the id and answers again.
		v, err := c.ask(ctx, c.session.Worker, c.roles, id, m, &edge.TakeOver{})
		return c.told(ctx, v, err)
	}
	if err := c.s.deps.Access.Audit(ctx, c.auditEntry("work.takeOver", from, work)); err != nil {
		return c.s.fromAccess(err)
	}
	v, err := c.ask(ctx, c.session.Worker, c.roles, id, m, &edge.TakeOver{Work: work, From: from})
	return c.told(ctx, v, err)
}
