package floor

import (
	"slices"
	"time"

	"dcedge/edge"
	"dcedge/edge/catalogue"
)

// What was done by paper is entered whole or not at all: the same checks as of
// scans, an answer for each line at fault, and events that say that it was paper.

// attemptPaper stands for the print of a label that was written by hand.
const (
	attemptPaper = "paper"
	shortPaper   = "paper"
)

// Faults of lines; they are stable words in the answer.
const (
	faultUnknown  = "unknown" // no such line
	faultTwice    = "twice"   // the line stands twice
	faultOver     = "over"    // more than the line wants
	faultOpen     = "open"    // less: what is missing is to be said
	faultLot      = "lot"     // its lot or day is wanted
	faultExpired  = "expired" // its day was over when it was picked
	faultSerials  = "serials" // not one serial number for each piece
	faultSerial   = "serial"  // a serial number that was used
	faultsMost    = 100       // told in one answer
	manualLate    = 7 * 24 * time.Hour
	manualTooSoon = 5 * time.Minute
)

// fault is a line that cannot be entered, and why.
type fault struct{ line, why string }

// manual enters what was done by paper.
func (d *decider) manual(b *edge.Manual) {
	d.w, d.paper = nil, b
	o := d.s.Order(owner(b.Client), b.Order)
	if !d.paperOrder(b, o) {
		return
	}
	packOnly := o.Stage == edge.StagePicked || o.Stage == edge.StagePacking
	if faults := d.paperLines(b, o, packOnly); len(faults) > 0 {
		d.refuseLines(faults)
		return
	}
	pieces := 0
	for i := range b.Lines {
		pieces += b.Lines[i].Quantity
	}
	if b.Waybill != "" && pieces == 0 {
		d.refuse(edge.Unexpected, edge.Says("pack.boxEmpty"), "order", o.ID)
		return
	}
	var n paperNumber
	if b.Waybill != "" {
		var ok bool
		if n, ok = d.paperNumber(b, o); !ok {
			return
		}
	} else if pieces > 0 && !d.paperTote(b, o) {
		return
	}
	d.paper = nil // a desk that is offered another tote did nothing by paper
	d.reoffer(o, "")
	d.paper = b
	if o.Held == edge.HeldPaper {
		d.event(edge.EvOrderChanged, o.Client, o.ID, &edge.OrderChanged{Step: string(o.Stage), Released: true, Reason: edge.HeldPaper})
	}
	tote := ""
	switch {
	case b.Waybill != "" || pieces == 0:
	case b.Tote != "":
		tote = b.Tote
	default:
		tote = o.Totes[len(o.Totes)-1]
	}
	after := cloneOrder(o)
	if after.Held = ""; !packOnly {
		d.paperPicks(b, after, tote)
	}
	e := &edge.PaperEntered{By: b.By, At: norm(b.At), Reason: clip(b.Reason), Lines: len(b.Lines), Tote: tote, Stage: edge.StagePicked}
	if n.number != "" {
		e.Stage, e.Waybill, e.Box = edge.StagePacked, n.number, d.paperBox(b, after, &n)
	} else if _, why := d.endOrder(after); !hasGoods(after) {
		if e.Stage = edge.StageReceived; why == "short" && !d.waits() {
			e.Stage = edge.StageCancelled
		}
	}
	d.verdict(edge.Done, edge.Says("paper.entered", edge.T("order", o.ID)))
	d.event(edge.EvPaper, o.Client, o.ID, e)
	d.touch(Everyone)
}

// waits tells that this decision has an order wait for goods.
func (d *decider) waits() bool {
	return slices.ContainsFunc(d.out.Events, func(e edge.Event) bool {
		c, ok := e.Data.(*edge.OrderChanged)
		return ok && c.Held == heldWait
	})
}

// paperOrder refuses an order that paper cannot speak for.
func (d *decider) paperOrder(b *edge.Manual, o *edge.Order) bool {
	refuse := func(code edge.Code, say edge.Say) bool {
		what := ""
		if o != nil {
			what = o.ID
		}
		d.refuse(code, say, "order", what)
		return false
	}
	switch {
	case !d.may(edge.Lead) && !hasRole(d.m.Roles, edge.Admin):
		return refuse(edge.Denied, edge.Says("role.missing", edge.T("role", string(edge.Lead))))
	case clip(b.Reason) == "":
		return refuse(edge.Unexpected, edge.Says("confirm.reason"))
	case b.By == "" || b.At.IsZero() || b.At.After(d.Now.Add(manualTooSoon)) || b.At.Before(d.Now.Add(-manualLate)):
		return refuse(edge.Unexpected, edge.Says("paper.when"))
	case o == nil:
		return refuse(edge.Unknown, edge.Says("paper.noOrder"))
	case o.Stage == edge.StageCancelled:
		return refuse(edge.Cancelled, edge.Says("paper.cancelled", edge.T("order", o.ID)))
	case o.Held != "" && o.Held != edge.HeldPaper:
		return refuse(edge.Hold, edge.Says("order.held", edge.T("order", o.ID), edge.T("reason", o.Held)))
	case o.Work != "" || o.Wave != "" || len(o.Joined) > 1 || len(o.Boxes) > 0 && d.planned(o) == nil:
		return refuse(edge.Duplicate, edge.Says("paper.begun", edge.T("order", o.ID)))
	}
	switch o.Stage {
	case edge.StageReceived, edge.StagePicking:
		return true
	case edge.StagePicked, edge.StagePacking:
		if b.Waybill != "" {
			return true // picked by scans, packed by hand
		}
	case edge.StageParked:
		return refuse(edge.Hold, edge.Says("paper.parked", edge.T("order", o.ID)))
	}
	return refuse(edge.Duplicate, edge.Says("paper.begun", edge.T("order", o.ID)))
}

// wantsOf is what paper has to say of a line.
func wantsOf(l *edge.Line, packOnly bool) int {
	if packOnly {
		return packable(l)
	}
	return l.Open()
}

// paperLines holds each line to what scans would be held to.
func (d *decider) paperLines(b *edge.Manual, o *edge.Order, packOnly bool) (out []fault) {
	seen, serials := map[string]bool{}, map[string]bool{}
	for i := range b.Lines {
		e := &b.Lines[i]
		l := lineOf(o, e.Line)
		switch {
		case l == nil:
			out = append(out, fault{e.Line, faultUnknown})
			continue
		case seen[e.Line]:
			out = append(out, fault{e.Line, faultTwice})
			continue
		}
		seen[e.Line] = true
		if why := d.paperLine(o, l, e, packOnly, serials); why != "" {
			out = append(out, fault{e.Line, why})
		}
	}
	for _, l := range o.Lines {
		if !seen[l.ID] && wantsOf(l, packOnly) > 0 {
			out = append(out, fault{l.ID, faultOpen})
		}
	}
	return out
}

func (d *decider) paperLine(o *edge.Order, l *edge.Line, e *edge.ManualLine, packOnly bool, serials map[string]bool) string {
	want := wantsOf(l, packOnly)
	switch {
	case e.Quantity < 0 || e.Missing < 0 || e.Quantity+e.Missing > want:
		return faultOver
	case e.Quantity+e.Missing < want || packOnly && e.Missing > 0:
		return faultOpen
	case e.Quantity == 0 || packOnly:
		return ""
	}
	r := d.sku(o.Client, l.SKU)
	if r == nil {
		return ""
	}
	day, err := time.Parse(time.DateOnly, e.Expiry)
	switch {
	case slices.Contains(r.Capture, captureLot) && e.Lot == "", slices.Contains(r.Capture, captureExpiry) && e.Expiry == "",
		e.Expiry != "" && (err != nil || day.Format(time.DateOnly) != e.Expiry), len(e.Lot) > captureMost:
		return faultLot
	case e.Expiry != "" && e.Expiry < d.paper.At.In(zoneOf(d.Policy)).Format(time.DateOnly):
		return faultExpired
	}
	if !slices.Contains(r.Capture, captureSerial) {
		if len(e.Serials) > 0 {
			return faultSerials
		}
		return ""
	}
	if len(e.Serials) != e.Quantity {
		return faultSerials
	}
	for _, n := range e.Serials {
		key := serialKey(o.Client, l.SKU, n)
		if n == "" || len(n) > captureMost || serials[key] || d.s.serials.get(key) != nil {
			return faultSerial
		}
		serials[key] = true
	}
	return ""
}

// refuseLines says of every line at fault why it cannot be entered.
func (d *decider) refuseLines(faults []fault) {
	code := edge.Unexpected
	switch faults[0].why {
	case faultOver:
		code = edge.Over
	case faultExpired:
		code = edge.Wrong
	case faultSerial, faultTwice:
		code = edge.Duplicate
	case faultUnknown:
		code = edge.Unknown
	}
	args := []edge.Arg{edge.N("lines", len(faults))}
	for _, f := range faults[:min(len(faults), faultsMost)] {
		args = append(args, edge.T("line:"+cut(f.line), f.why))
	}
	d.refuse(code, edge.Says("paper.lines", args...), "order", d.paper.Order)
}

// cut bounds what a client called a line.
func cut(s string) string { return s[:min(len(s), captureMost)] }

// paperTote finds where the picked goods lie.
func (d *decider) paperTote(b *edge.Manual, o *edge.Order) bool {
	if b.Tote == "" && len(o.Totes) > 0 || slices.Contains(o.Totes, b.Tote) {
		return true
	}
	known := slices.ContainsFunc(d.Catalogue.Resolve(b.Tote), func(m catalogue.Match) bool { return m.Kind == "tote" })
	switch {
	case !known:
		d.refuse(edge.Unknown, edge.Says("paper.noTote"), "tote", "")
	case d.s.Tote(b.Tote) != nil:
		d.inUse(d.s.Tote(b.Tote))
	default:
		return true
	}
	return false
}

// paperPicks books what was picked and what was missing on the order and in its
// copy.
func (d *decider) paperPicks(b *edge.Manual, after *edge.Order, tote string) {
	if tote != "" && !slices.Contains(after.Totes, tote) {
		after.Totes = grow(after.Totes, tote)
		d.event(edge.EvToteBound, after.Client, after.ID, &edge.ToteEvent{Tote: tote})
	}
	for i := range b.Lines {
		e := &b.Lines[i]
		l := editLine(after, e.Line)
		if e.Quantity > 0 {
			d.event(edge.EvPicked, after.Client, after.ID, &edge.PickEvent{Line: l.ID, SKU: l.SKU, Quantity: e.Quantity, Location: l.Location,
				Tote: tote, Lot: e.Lot, Expiry: e.Expiry, Serials: e.Serials, Reason: clip(b.Reason)})
			l.Picked += e.Quantity
		}
		if e.Missing > 0 {
			found := l.Picked
			d.event(edge.EvPickShort, after.Client, after.ID, &edge.PickEvent{Line: l.ID, SKU: l.SKU, Location: l.Location,
				Tote: tote, Found: &found, Missing: e.Missing, Reason: shortPaper})
			d.askCount(after.Client, after.ID, l.SKU, l.Location, "short")
			l.Short += e.Missing
		}
	}
}

// applyPaper ends what paper did with an order.
func (s *State) applyPaper(e *edge.Event, d *edge.PaperEntered) error {
	o := s.editOrder(e.Client, e.Order)
	if o == nil {
		return errNoOrder
	}
	s.offList(o)
	if o.Zone != "" {
		termsOf(o).Zone = ""
	}
	for _, id := range o.Totes {
		if t := s.totes.edit(id); t != nil {
			t.Done = true
		}
	}
	switch o.Stage {
	case edge.StageReceived, edge.StagePicking:
		o.Stage = d.Stage
	case edge.StagePicked, edge.StagePacking:
		if d.Stage == edge.StagePacked { // picked by scans
			o.Stage = d.Stage
		}
	}
	s.closeCancelled(o, norm(e.At))
	return nil
}

// takenBy notes a number that paper took out of its turn.
func takenBy(l *edge.Lease, at uint64) {
	if at < l.Next || slices.Contains(l.Taken, at) {
		return
	}
	i, _ := slices.BinarySearch(l.Taken, at)
	l.Taken = slices.Insert(slices.Clone(l.Taken), i, at)
}

// passTaken lets go of what lies behind the next number.
func passTaken(l *edge.Lease) {
	if len(l.Taken) > 0 && l.Taken[0] < l.Next {
		i, _ := slices.BinarySearch(l.Taken, l.Next)
		l.Taken = slices.Clone(l.Taken[i:])
	}
}
