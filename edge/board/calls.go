package board

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"dcedge/edge"
)

// helpKept is how long a call for help stays that nobody closes: a shift.
const helpKept = 12 * time.Hour

// Call is a worker's call for help. One worker has at most one that is open:
// pressing again adds to it.
type Call struct {
	ID     string // the seq of the event that began it
	Worker string
	Device string
	Since  time.Time
	Times  int

	// What was on the worker's screen.
	Flow     edge.Flow
	Step     string
	Station  string
	Client   string
	Order    string
	Box      string
	Location string
	SKU      string
	Tote     string
}

// noteHelp takes a call for help from its event. What the screen showed beyond
// the step comes from the work in hand, and from Seen where that knows more.
func (v *view) noteHelp(e *edge.Event, d *edge.StepConfirmed) {
	if was := v.calls[e.Worker]; was != nil {
		if at, closed := v.closedCalls[was.ID]; !closed || !e.At.After(at) {
			was.Times++
			if e.At.Before(was.Since) {
				was.Since = e.At
			} else {
				was.Step, was.Device = d.Step, e.Device
			}
			v.showCall(was, e, d)
			return
		}
	}
	c := &Call{ID: strconv.FormatUint(e.Seq, 10), Worker: e.Worker, Device: e.Device, Since: e.At, Times: 1, Step: d.Step}
	v.calls[e.Worker] = c
	v.showCall(c, e, d)
}

// showCall writes what the event says of the call, and what the work in hand
// does: after a restart there is no screen to ask.
func (v *view) showCall(c *Call, e *edge.Event, d *edge.StepConfirmed) {
	c.Client, c.Order = cmp.Or(e.Client, c.Client), cmp.Or(e.Order, c.Order)
	c.Tote = d.Tote
	c.SKU, c.Box = cmp.Or(d.SKU, d.What, c.SKU), cmp.Or(d.Box, c.Box)
	c.Flow, c.Location, c.Station = cmp.Or(d.Flow, c.Flow), cmp.Or(d.Location, c.Location), cmp.Or(d.Station, c.Station)
	w := v.works[d.Work]
	if w == nil || d.Work == "" {
		return
	}
	c.Flow, c.Client = w.Flow, cmp.Or(w.Client, c.Client)
	c.Station, c.Box, c.Location = cmp.Or(w.Station, c.Station), cmp.Or(d.Box, w.Box, c.Box), cmp.Or(w.Location, c.Location)
	if len(w.Orders) == 1 {
		c.Order = w.Orders[0]
	}
	v.showLine(c, w)
}

// showLine finds the line in hand in the work's order: its article, and its
// place where the worker has not confirmed another.
func (v *view) showLine(c *Call, w *edge.Work) {
	for _, o := range v.byID[cmp.Or(w.Order, c.Order)] {
		for _, l := range o.Lines {
			if o.Client == c.Client && l.ID == w.Line && w.Line != "" {
				c.SKU, c.Location = l.SKU, cmp.Or(l.Location, c.Location)
			}
		}
	}
}

// Seen adds to a worker's call what stood on the screen. It may come before or
// after the call's event.
func (b *Board) Seen(worker string, sc *edge.Screen) {
	if sc == nil {
		return
	}
	b.noteMu.Lock()
	defer b.noteMu.Unlock()
	b.shown[worker] = sc
}

// keepScreens keeps screens for calls that are yet to come; newer ones win.
func (b *Board) keepScreens(shown map[string]*edge.Screen) {
	b.noteMu.Lock()
	defer b.noteMu.Unlock()
	for worker, sc := range shown {
		if b.shown[worker] == nil {
			b.shown[worker] = sc
		}
	}
}

// showScreens writes what the screens showed into the calls and gives back those
// whose call is yet to come; b.mu is held.
func (v *view) showScreens(shown map[string]*edge.Screen) map[string]*edge.Screen {
	for worker, sc := range shown {
		c := v.calls[worker]
		if c == nil || v.isClosed(c) {
			continue
		}
		delete(shown, worker)
		c.Flow, c.Step, c.Station, c.Box = sc.Flow, sc.Step, cmp.Or(sc.Station, c.Station), sc.Box
		if t := sc.Task; t != nil {
			c.Client, c.Box = t.Client, cmp.Or(t.Box, c.Box)
			if len(t.Orders) == 1 {
				c.Order = t.Orders[0]
			}
		}
		c.Location, c.SKU = "", ""
		if len(sc.Expect) > 0 {
			c.Location, c.SKU = sc.Expect[0].Location, sc.Expect[0].SKU
		}
	}
	return shown
}

func (v *view) isClosed(c *Call) bool {
	_, closed := v.closedCalls[c.ID]
	return closed
}

// Help finds an open call; false: there is none of this id.
func (b *Board) Help(id string) (Call, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, c := range b.view.calls {
		if c.ID == id && !b.view.isClosed(c) {
			return *c, true
		}
	}
	return Call{}, false
}

// CloseHelp takes a call off the list at once. at is when a lead closed it.
func (b *Board) CloseHelp(id string, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.view.closedCalls[id] = at
	b.view.now = b.cfg.Now()
	b.publish()
}

// helps lists the open calls.
func (v *view) helps() []Exception {
	var out []Exception
	for worker, c := range v.calls {
		if v.now.Sub(c.Since) > helpKept {
			delete(v.calls, worker)
			continue
		}
		if v.isClosed(c) {
			continue
		}
		out = append(out, Exception{Kind: "help", ID: c.ID, Worker: c.Worker, Device: c.Device, Station: c.Station, Flow: c.Flow, Step: c.Step,
			Order: c.Order, Box: c.Box, Location: c.Location, SKU: c.SKU, Tote: c.Tote, Units: c.Times, Since: c.Since})
	}
	return out
}

// Undrawn is a label that is wanted and cannot be made or sent.
type Undrawn struct {
	Box     string
	Station string
	Code    string // a stable code: render held noWaybill noPrinter ...
	Field   string // of the template, where one is to blame
	Detail  string // a stable code of what is wrong with the field
}

// labels lists the labels that do not come out.
func (v *view) labels() []Exception {
	out := make([]Exception, 0, len(v.undrawn))
	for _, u := range v.undrawn {
		e := Exception{Kind: "label", ID: u.Box, Box: u.Box, Station: u.Station, Reason: u.Code, Field: u.Field, Detail: u.Detail}
		if box := v.boxes[u.Box]; box != nil {
			if v.unwanted(box) {
				continue
			}
			e.Order, e.Since = box.Order, box.At
		}
		out = append(out, e)
	}
	return out
}

// Stranger is a name in a record that this site has nothing for: a label template or a
// format of waybill numbers.
type Stranger struct {
	Kind   string // clientTemplate carrierTemplate carrierFormat
	Record string // id of the client or carrier
	Name   string
}

// strangers lists the records that name what is not here.
func (v *view) strangers() []Exception {
	out := make([]Exception, 0, len(v.unknown))
	for _, s := range v.unknown {
		out = append(out, Exception{Kind: s.Kind, ID: s.Record, Field: s.Name})
	}
	return out
}

// orderName names an order of a client.
type orderName struct{ client, id string }

// holder is who put an order on hold, by which event.
type holder struct {
	by  string // worker id of a lead, or byWMS
	seq uint64
	at  time.Time
}

// byWMS stands where a hold came from the central WMS.
const byWMS = "wms"

// noteHold remembers who put an order on hold; the newest hold counts.
func (v *view) noteHold(e *edge.Event, d *edge.OrderChanged) {
	name := orderName{e.Client, e.Order}
	held := slices.ContainsFunc(v.byID[e.Order], func(o *edge.Order) bool { return o.Client == e.Client && o.Held != "" })
	if !held || d.Held == "" || v.holders[name].seq > e.Seq {
		return
	}
	h := holder{seq: e.Seq, at: e.At}
	if d.Change != "" { // else the floor's own rule: its reason says all
		h.by = cmp.Or(e.Worker, byWMS)
	}
	v.holders[name] = h
}

// HeldBy is who put an order on hold: a lead's worker id, "wms", or "" where
// it is not known or nobody did.
func (b *Board) HeldBy(o *edge.Order) string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.view.holders[orderName{o.Client, o.ID}].by
}

// PastCall is a call that a lead closed before this start.
type PastCall struct {
	ID string
	At time.Time
}

// sortUndrawn keeps an order in which two looks can be compared.
func sortUndrawn(list []Undrawn) []Undrawn {
	slices.SortFunc(list, func(a, b Undrawn) int { return cmp.Compare(a.Box, b.Box) })
	return list
}
