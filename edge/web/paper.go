package web

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"dcedge/edge"
)

const (
	paperMost = 100       // orders on one print
	largeBody = 256 << 10 // an order of a thousand lines with serial numbers; a code with all its bytes escaped
)

// paperOrder is an order as it is printed: nothing on it names a person.
type paperOrder struct {
	Order   string      `json:"order"`
	Client  string      `json:"client"`
	Carrier string      `json:"carrier,omitempty"`
	Cutoff  string      `json:"cutoff,omitempty"`
	Waybill string      `json:"waybill,omitempty"`
	Totes   []string    `json:"totes,omitempty"` // that goods of it lie in already
	Label   bool        `json:"label,omitempty"` // its label comes out at the pick printer, before it is packed
	Lines   []paperLine `json:"lines"`
}

type paperLine struct {
	Line     string    `json:"line"`
	SKU      string    `json:"sku"`
	Name     edge.Text `json:"name,omitempty"`
	Variant  edge.Text `json:"variant,omitempty"`
	Location string    `json:"location,omitempty"`
	Zone     string    `json:"zone,omitempty"`
	Quantity int       `json:"quantity"`
	Barcode  string    `json:"barcode,omitempty"` // of one piece
	Capture  []string  `json:"capture,omitempty"`
	Stored   int       `json:"-"` // its place on the walk
}

// paperLeft is an order that was asked for and is not printed.
type paperLeft struct {
	Order string `json:"order"`
	Why   string `json:"why"` // unknown, clients (more than one have this id), held, begun, or done
}

// paper gives pick lists to print: orders by name, or the next ones by cut-off.
// With hold nobody picks them by scans until they are entered.
func (c *call) paper() error {
	m, id, err := c.identified()
	if err != nil {
		return err
	}
	var client string
	orders, err := m.texts("orders")
	next, err2 := m.integer("next")
	hold, err3 := m.yes("hold")
	language, err4 := c.paperLanguage(m)
	if err != nil || err2 != nil || err3 != nil || err4 != nil || m.text("client", &client) != nil {
		return bad("fieldType", "orders is a list of text, next a whole number, hold true or false")
	}
	switch {
	case len(orders) == 0 && next == nil:
		return bad("fieldMissing", "orders or next")
	case len(orders) > paperMost || next != nil && (*next < 1 || *next > paperMost):
		return bad("tooLarge", "1 to 100 orders on one print")
	}
	ctx, cancel := c.context()
	defer cancel()
	if c.s.deps.History != nil { // an order that was taken a moment ago is there too
		head, _ := c.s.deps.History.Head()
		c.awaitBoard(ctx, head)
	}
	list, left := c.paperOrders(client, orders, next)
	out, last := []paperOrder{}, uint64(0)
	for _, o := range list {
		if err := c.s.deps.Access.Audit(ctx, c.auditEntry("paper.print", o.ID, "")); err != nil {
			return c.s.fromAccess(err)
		}
		if hold && o.Held == "" {
			v, err := c.s.deps.Floor.Submit(ctx, &edge.Message{Kind: edge.Record, Worker: c.session.Worker, Roles: c.roles, Device: c.session.Device, Session: c.session.ID,
				Body: &edge.OrderChange{ID: "lead-" + id.String() + "-" + o.Client + "/" + o.ID, Order: o.ID, Client: o.Client, Change: "hold", Reason: edge.HeldPaper}})
			if err != nil {
				return unavailable(c.s.deps.ErrorCode(err))
			}
			if !v.Code.Positive() {
				left = append(left, paperLeft{o.ID, string(v.Code)})
				continue
			}
			last = v.Receipt.Seq
		}
		out = append(out, c.s.onPaper(o))
	}
	c.awaitBoard(ctx, last)
	for i := range out {
		o := c.s.deps.Board.Order(out[i].Client, out[i].Order)
		out[i].Label = o != nil && c.s.labelled(o)
	}
	v := paperView{Printed: c.s.stamp(c.s.deps.Now()), By: c.session.Worker, Items: out, Left: left}
	if language != "" {
		v.Sent = c.s.toPrinter(language, out)
	}
	return c.answer(http.StatusOK, v)
}

func (c *call) paperOrders(client string, named []string, next *int) (list []*edge.Order, left []paperLeft) {
	if len(named) == 0 {
		return c.s.deps.Board.Next(*next), nil
	}
	for _, name := range named {
		o := c.s.deps.Board.Order(client, name)
		why := ""
		switch {
		case o == nil && client == "" && len(c.s.deps.Board.ClientsOf(name)) > 1:
			why = "clients"
		case o == nil:
			why = "unknown"
		case o.Held != "" && o.Held != edge.HeldPaper:
			why = "held"
		case o.Stage != edge.StageReceived && o.Stage != edge.StagePicking:
			why = "done"
		case o.Work != "" || o.Wave != "" || len(o.Boxes) > 0 && !c.s.labelled(o):
			why = "begun"
		}
		if why != "" {
			left = append(left, paperLeft{name, why})
			continue
		}
		list = append(list, o)
	}
	return list, left
}

// labelled tells that an order's one box has its number, and nothing in it yet: its
// client wants the label first.
func (s *Server) labelled(o *edge.Order) bool {
	boxes := s.deps.Board.Boxes(o)
	return len(boxes) == 1 && boxes[0].Planned && !boxes[0].Closed && len(boxes[0].Items) == 0
}

// onPaper is an order's lines that are open, in the order of the walk.
func (s *Server) onPaper(o *edge.Order) paperOrder {
	cat := s.deps.Catalogue.Catalogue()
	p := paperOrder{Order: o.ID, Client: o.Client, Carrier: o.Carrier, Waybill: o.Waybill, Totes: o.Totes, Lines: []paperLine{}}
	if !o.Cutoff.IsZero() {
		p.Cutoff = s.stamp(o.Cutoff)
	}
	for _, l := range o.Lines {
		if l.Open() <= 0 {
			continue
		}
		x := paperLine{Line: l.ID, SKU: l.SKU, Location: l.Location, Quantity: l.Open(), Stored: cat.Walk(l.Location, false)}
		if place := cat.Location(l.Location); place != nil {
			x.Zone = place.Zone
		}
		if r := cat.Article(o.Client, l.SKU); r != nil {
			x.Name, x.Variant, x.Capture, x.Barcode = r.Name, r.Variant, r.Capture, pieceCode(r)
		}
		p.Lines = append(p.Lines, x)
	}
	slices.SortStableFunc(p.Lines, func(a, b paperLine) int { return a.Stored - b.Stored })
	return p
}

// pieceCode is the code of one piece of an article.
func pieceCode(r *edge.SKURecord) string {
	for _, b := range r.Barcodes {
		if b.Quantity <= 1 {
			return b.Code
		}
	}
	return ""
}

// manual enters what was done by paper. The floor holds it to what scans are held
// to, and answers for each line at fault.
func (c *call) manual() error {
	m, id, err := c.identified()
	if err != nil {
		return err
	}
	b, err := readManual(m)
	if err != nil {
		return err
	}
	if c.s.deps.Access.Worker(b.By) == nil && (!edge.IsTemporary(b.By) || len(b.By) > 32) {
		return bad("noWorker", "by is the id of a worker of this site")
	}
	ctx, cancel := c.context()
	defer cancel()
	if err := c.s.deps.Access.Audit(ctx, c.auditEntry("paper.enter", b.Order, b.Reason)); err != nil {
		return c.s.fromAccess(err)
	}
	v, err := c.ask(ctx, c.session.Worker, c.roles, id, m, b)
	return c.told(ctx, v, err)
}

func readManual(m object) (*edge.Manual, error) {
	b := &edge.Manual{}
	var at string
	for name, to := range map[string]*string{"order": &b.Order, "client": &b.Client, "by": &b.By, "at": &at, "reason": &b.Reason,
		"tote": &b.Tote, "waybill": &b.Waybill, "boxType": &b.BoxType} {
		if m.text(name, to) != nil {
			return nil, bad("fieldType", name+" must be text")
		}
		if *to = strings.TrimSpace(*to); len(*to) > maxCode {
			return nil, bad("tooLarge", name)
		}
	}
	for name, have := range map[string]string{"order": b.Order, "by": b.By, "at": at, "reason": b.Reason} {
		if have == "" {
			return nil, bad("fieldMissing", name)
		}
	}
	var err error
	if b.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
		return nil, bad("fieldType", "at is RFC 3339 with offset")
	}
	if utf8.RuneCountInString(b.Reason) > maxReason {
		return nil, bad("tooLarge", "a reason has at most 200 characters")
	}
	lines, err := m.objects("lines")
	if err != nil || len(lines) == 0 {
		return nil, bad("fieldType", "lines is a list of {line, quantity}")
	}
	for _, x := range lines {
		l, err := readManualLine(x)
		if err != nil {
			return nil, err
		}
		b.Lines = append(b.Lines, l)
	}
	return b, nil
}

func readManualLine(x object) (l edge.ManualLine, err error) {
	for name, to := range map[string]*string{"line": &l.Line, "lot": &l.Lot, "expiry": &l.Expiry} {
		if x.text(name, to) != nil {
			return l, bad("fieldType", "lines: "+name+" must be text")
		}
		*to = strings.TrimSpace(*to)
	}
	for name, to := range map[string]*int{"quantity": &l.Quantity, "missing": &l.Missing} {
		n, err := x.integer(name)
		if err != nil {
			return l, bad("fieldType", "lines: "+name+" must be a whole number")
		}
		if n != nil {
			*to = *n
		}
	}
	if l.Serials, err = x.texts("serials"); err != nil {
		return l, bad("fieldType", "lines: serials is a list of text")
	}
	if l.Line == "" {
		return l, bad("fieldMissing", "lines: line")
	}
	return l, nil
}
