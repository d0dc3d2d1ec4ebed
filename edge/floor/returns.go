package floor

import (
	"slices"
	"strings"
	"time"

	"dcedge/edge"
)

// modeOne is work that began with one scan on the idle screen and ends with what
// was scanned.
const modeOne = "one"

// How long a return is waited for, and stays in the state once it is closed.
const (
	returnFor  = 90 * 24 * time.Hour
	returnKeep = keep
)

// Why a piece is not one of those that a return announced.
const (
	extraMore     = "more"
	extraNotNamed = "notNamed"
)

// EachReturn calls fn for every return that is known.
func (s *State) EachReturn(fn func(*edge.ReturnCase)) {
	s.returns.each(func(_ string, v *edge.ReturnCase) { fn(v) })
}

// Return finds a return.
func (s *State) Return(client, id string) *edge.ReturnCase {
	return s.returns.get(OrderKey(client, id))
}

func (s *State) returnOf(w *edge.Work) *edge.ReturnCase {
	if w.Task == "" {
		return nil
	}
	return s.Return(w.Client, w.Task)
}

// comesAs lists what the code on a returned parcel may be. Its order stands
// among them, for a number of the way out that finds it.
func comesAs(r *edge.ReturnCase) []string {
	out := []string{r.ID}
	for _, c := range append([]string{r.Waybill}, r.Originals...) {
		if c != "" {
			out = append(out, c, plain(c))
		}
	}
	if r.Order != "" {
		out = append(out, orderCode(r.Client, r.Order))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// orderCode stands in no barcode.
func orderCode(client, order string) string { return "\x00" + OrderKey(client, order) }

// plain is a number without what people put between its digits.
func plain(code string) string { return strings.NewReplacer("-", "", " ", "").Replace(code) }

func (s *State) indexReturn(r *row[edge.ReturnCase]) {
	x, c := &s.idx, r.now
	var codes []string
	if c != nil {
		codes = comesAs(c)
	}
	if !slices.Equal(codes, x.codes[r.key]) {
		for _, code := range x.codes[r.key] {
			if x.comes[code] = without(x.comes[code], r.key); len(x.comes[code]) == 0 {
				delete(x.comes, code)
			}
		}
		for _, code := range codes {
			list := grow(x.comes[code], r.key)
			slices.Sort(list)
			x.comes[code] = list
		}
		if x.codes[r.key] = codes; c == nil {
			delete(x.codes, r.key)
		}
	}
	if c == nil {
		x.returns.set(r.key, rank{}, false)
		x.never.set(r.key, rank{}, false)
		x.leaving.set(r.key, rank{}, false)
		return
	}
	x.returns.set(r.key, rank{seq: c.Seq}, c.Closed.IsZero() && c.Work == "")
	x.never.set(r.key, rank{cutoff: c.Received.UnixMilli(), seq: c.Seq}, c.Closed.IsZero() && c.Work == "")
	x.leaving.set(r.key, rank{cutoff: c.Closed.Add(returnKeep).UnixMilli()}, !c.Closed.IsZero())
}

// returnRecord takes a return that the WMS announces. What its order went out
// under is written down with it: the order may be long gone when it comes.
func (d *decider) returnRecord(r *edge.ReturnRecord) {
	client := owner(r.Client)
	old := d.s.Return(client, r.ID)
	switch {
	case r.ID == "":
		d.reject(edge.IDMissing, "id")
		return
	case old != nil && old.Hash == r.Hash:
		d.reject(edge.Unchanged, "")
		return
	case old != nil && (old.Work != "" || len(old.Graded) > 0 || !old.Closed.IsZero()):
		d.reject(edge.Begun, "id")
		return
	}
	e := &edge.ReturnReceived{Return: r.ID, Waybill: r.Waybill, Originals: r.Originals, Reason: r.Reason, RequestedAt: r.RequestedAt,
		Lines: r.Lines, Hash: r.Hash}
	if o := d.s.Order(client, r.Order); o != nil {
		for _, id := range o.Boxes {
			if b := d.s.Box(id); b != nil && b.Waybill != "" && !slices.Contains(e.Originals, b.Waybill) {
				e.Originals = grow(e.Originals, b.Waybill)
			}
		}
	}
	d.verdict(edge.Accepted, edge.Say{})
	d.event(edge.EvReturnReceived, client, r.Order, e)
	d.turns(d.s.idx.returns, +1)
	d.touchFlow(edge.Return)
}

func (s *State) applyReturnReceived(e *edge.Event, d *edge.ReturnReceived, at time.Time) {
	r := &edge.ReturnCase{ID: d.Return, Client: e.Client, Order: e.Order, Waybill: d.Waybill, Originals: d.Originals, Hash: d.Hash,
		Lines: returnLines(d.Lines), Seq: e.Seq, Received: at}
	s.returns.put(OrderKey(e.Client, d.Return), r)
}

func returnLines(lines []edge.OrderLine) []edge.ReturnLine {
	out := make([]edge.ReturnLine, len(lines))
	for i, l := range lines {
		out[i] = edge.ReturnLine{Line: l.Line, SKU: l.SKU, Location: l.Location, Quantity: l.Quantity}
	}
	return out
}

// startReturn is start {flow: return, reason?}: the parcel that is scanned next names
// the return; with a reason, it has no name.
func (d *decider) startReturn() {
	if reason := clip(d.m.Args.Reason); reason != "" {
		d.startNameless(stepParcel, reason)
		return
	}
	if d.s.idx.returns.len() == 0 {
		d.noWork(whyNotTold)
		return
	}
	d.verdict(edge.OK, edge.Says("return.started"))
	d.event(edge.EvWorkStarted, "", "", &edge.WorkEvent{Work: d.nextWorkID(), Flow: edge.Return})
}

// idleReturn begins with a parcel that came back. False: the scan is for others
// to answer.
func (d *decider) idleReturn() bool {
	if !d.may(edge.Returns) || len(d.matches) > 0 {
		return false
	}
	return d.parcel(true)
}

// cameBack is what a parcel's code led to: a return, or what of this site came
// back without one.
type cameBack struct {
	r     *edge.ReturnCase
	box   *edge.Box
	watch *edge.Watch
}

// findReturn finds what a returned parcel's code says.
func (d *decider) findReturn() (c cameBack, found bool) {
	_, b := d.waybill("")
	if r := d.returnBy(d.readings(d.code)...); r != nil {
		return cameBack{r: r, box: b}, true
	}
	if b != nil {
		return cameBack{r: d.returnBy(orderCode(b.Client, b.Order)), box: b}, true
	}
	if w := d.watched(d.code); w != nil {
		return cameBack{r: d.returnBy(orderCode(w.Client, w.Order)), watch: w}, true
	}
	return c, false
}

// returnBy gives the return that codes may mean: one that is open before one
// that is closed, then the oldest.
func (d *decider) returnBy(codes ...string) *edge.ReturnCase {
	var best *edge.ReturnCase
	for _, code := range codes {
		for _, key := range d.s.idx.comes[code] {
			r := d.s.returns.get(key)
			if best == nil || best.Closed.IsZero() != r.Closed.IsZero() && r.Closed.IsZero() || best.Closed.IsZero() == r.Closed.IsZero() && r.Seq < best.Seq {
				best = r
			}
		}
	}
	return best
}

// parcel takes a parcel in hand. False, only on the idle screen: it is nothing
// that came back.
func (d *decider) parcel(idle bool) bool {
	c, found := d.findReturn()
	if !found || idle && c.box != nil && !c.box.Shipped {
		return false
	}
	r := c.r
	switch {
	case c.box != nil && !c.box.Shipped:
		d.refuse(edge.Unexpected, edge.Says("return.notShipped", edge.T("box", c.box.ID)), "box", c.box.ID)
	case r != nil && !r.Closed.IsZero():
		d.refuse(edge.Duplicate, edge.Says("return.closed", edge.T("return", r.ID)), "return", r.ID)
	case r != nil && r.Work != "":
		d.refuse(edge.Duplicate, edge.Says("return.taken", edge.T("return", r.ID)), "return", r.ID)
	default:
		d.openReturn(c)
	}
	return true
}

// openReturn puts a return into the worker's hands. A box that came back
// unannounced is one of what went out in it.
func (d *decider) openReturn(c cameBack) {
	e := &edge.ReturnEvent{Work: d.nextWorkID()}
	client, order := "", ""
	switch {
	case c.r != nil:
		client, order, e.Return = c.r.Client, c.r.Order, c.r.ID
	case c.box != nil:
		client, order, e.Return, e.Box, e.Waybill = c.box.Client, c.box.Order, "BACK-"+c.box.ID, c.box.ID, c.box.Waybill
		for _, it := range c.box.Items {
			e.Lines = append(e.Lines, edge.OrderLine{Line: backLine(e.Lines, it), SKU: it.SKU, Quantity: it.Quantity})
		}
	default:
		client, order, e.Return, e.Box, e.Waybill = c.watch.Client, c.watch.Order, "BACK-"+c.watch.Box, c.watch.Box, c.watch.Number
	}
	if d.w == nil {
		d.event(edge.EvWorkStarted, "", "", &edge.WorkEvent{Work: e.Work, Flow: edge.Return, Mode: modeOne})
	} else {
		e.Work = d.w.ID
	}
	d.verdict(edge.OK, edge.Says("return.opened", edge.T("return", e.Return)))
	if c.r != nil && d.s.stays(c.r) {
		d.notice(d.m.Worker, edge.Hold, edge.Says("return.orderNotShipped", edge.T("order", order)))
	}
	d.event(edge.EvReturnOpened, client, order, e)
	if c.r != nil {
		d.turns(d.s.idx.returns, -1)
	}
	d.touchFlow(edge.Return)
}

// stays tells that nothing of a return's order has left the house, as far as it knows. The
// WMS announced the return, so it is taken; but whoever opens it looks twice at what came.
func (s *State) stays(r *edge.ReturnCase) bool {
	o := s.Order(r.Client, r.Order)
	return o != nil && o.Stage != edge.StageShipped && !slices.ContainsFunc(o.Boxes, func(id string) bool {
		b := s.boxes.get(id)
		return b != nil && b.Shipped
	})
}

// backLine names a line of a box that came back: with its order where another
// order of the box has one of that id.
func backLine(lines []edge.OrderLine, it edge.BoxItem) string {
	id := it.Line
	for slices.ContainsFunc(lines, func(l edge.OrderLine) bool { return l.Line == id }) {
		id = it.Order + "/" + id
	}
	return id
}

// applyReturn books what happens to a return that is in hand.
func (s *State) applyReturn(e *edge.Event, d *edge.ReturnEvent, at time.Time) error {
	key := OrderKey(e.Client, d.Return)
	w := s.work.edit(d.Work)
	if d.Work == "" && e.Type == edge.EvReturnClosed {
		r := s.returns.edit(key)
		if r == nil || r.Work != "" {
			return errNoTask
		}
		r.Closed = at
		return nil
	}
	if w == nil {
		return errNoWork
	}
	if e.Type == edge.EvReturnOpened {
		if s.returns.get(key) == nil {
			r := &edge.ReturnCase{ID: d.Return, Client: e.Client, Order: e.Order, Lines: returnLines(d.Lines), Seq: e.Seq, Received: at}
			if d.Waybill != "" {
				r.Originals = []string{d.Waybill}
			}
			s.returns.put(key, r)
		}
		r := s.returns.edit(key)
		if r.Work != "" || !r.Closed.IsZero() {
			return errFigures
		}
		r.Work = w.ID
		h := headOf(w)
		h.Task, h.Client = r.ID, r.Client
		w.Met, w.Hand, w.Undo = nil, nil, nil
		return nil
	}
	r := s.returns.edit(key)
	if r == nil || r.Work != w.ID {
		return errNoTask
	}
	if e.Type == edge.EvReturnGraded {
		return s.graded(e, d, r, w, at)
	}
	r.Closed, r.Work = at, ""
	h := headOf(w)
	h.Task, h.Client = "", ""
	w.Met, w.Hand, w.Undo = nil, nil, nil
	return nil
}

func (s *State) graded(e *edge.Event, d *edge.ReturnEvent, r *edge.ReturnCase, w *edge.Work, at time.Time) error {
	r.Lines = slices.Clone(r.Lines)
	if d.Line != "" {
		i := slices.IndexFunc(r.Lines, func(l edge.ReturnLine) bool { return l.Line == d.Line })
		if i < 0 {
			return errNoLine
		}
		if l := &r.Lines[i]; l.Came+d.Quantity < 0 || l.Came+d.Quantity > l.Quantity {
			return errFigures
		}
		r.Lines[i].Came += d.Quantity
	}
	if d.Grade == gradeGood {
		s.serialsBack(e.Client, d, at)
	}
	if d.Undone {
		return ungraded(r, w, d.Undoes)
	}
	r.Graded = append(slices.Clip(r.Graded), edge.Graded{Line: d.Line, SKU: d.SKU, Quantity: d.Quantity, Grade: d.Grade, Reason: d.Reason,
		Place: d.Place, Extra: d.Extra, Serials: d.Serials})
	w.Hand, w.Met = nil, nil
	handDone(w)
	remember(w, &edge.Undo{Message: e.Scan, Type: e.Type, Order: e.Order, Line: d.Line, Quantity: d.Quantity, Joint: d.Joint})
	return nil
}

// neverCame ends the returns that nobody sent.
func (d *decider) neverCame() {
	n := 0
	d.s.idx.never.each(func(r rank) bool {
		if r.cutoff > d.Now.Add(-returnFor).UnixMilli() || n >= upkeepMost {
			return false
		}
		c := d.s.returns.get(r.key)
		d.event(edge.EvReturnClosed, c.Client, c.Order, &edge.ReturnEvent{Return: c.ID, Reason: "neverCame", Came: cameOf(c), Missing: missingList(c)})
		n++
		return true
	})
	if d.out.More = d.out.More || n >= upkeepMost; n > 0 {
		d.touchFlow(edge.Return)
	}
}

// putDown lets what a work had in hand go when the work ends.
func (s *State) putDown(w *edge.Work) {
	if r := s.returnOf(w); w.Flow == edge.Return && r != nil && r.Work == w.ID {
		s.returns.edit(OrderKey(r.Client, r.ID)).Work = ""
	}
	if w.Flow == edge.Hospital {
		s.offTable(w)
	}
}
