package web

import (
	"slices"
	"strconv"
	"time"

	"dcedge/edge"
)

// A screen leaves with every verdict, so it is written by hand: without
// reflection, without garbage, in the order of edge.Screen's fields. A property
// test holds it to what encoding/json would write.

// fields appends the members of one JSON object to b.
type fields struct {
	b     []byte
	first bool
}

func begin(b []byte) fields { return fields{b: append(b, '{'), first: true} }

func (w *fields) end() []byte { return append(w.b, '}') }

func (w *fields) key(k string) {
	if !w.first {
		w.b = append(w.b, ',')
	}
	w.first = false
	w.b = append(append(append(w.b, '"'), k...), '"', ':')
}

// text writes also what is empty; textIf leaves it out.
func (w *fields) text(k, v string) {
	w.key(k)
	w.b = edge.AppendQuoted(w.b, v)
}

func (w *fields) textIf(k, v string) {
	if v != "" {
		w.text(k, v)
	}
}

func (w *fields) int(k string, v int) {
	w.key(k)
	w.b = strconv.AppendInt(w.b, int64(v), 10)
}

func (w *fields) intIf(k string, v int) {
	if v != 0 {
		w.int(k, v)
	}
}

func (w *fields) timeIf(k string, t *time.Time) {
	if t == nil {
		return
	}
	w.key(k)
	w.b = append(edge.AppendTime(append(w.b, '"'), *t), '"')
}

// texts writes a list, an empty one too.
func (w *fields) texts(k string, list []string) {
	w.key(k)
	w.b = append(w.b, '[')
	for i, s := range list {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = edge.AppendQuoted(w.b, s)
	}
	w.b = append(w.b, ']')
}

// names writes a text in its languages, by their codes in order.
func (w *fields) names(k string, m map[string]string) {
	if len(m) == 0 {
		return
	}
	var room [8]string // more languages than a site has
	langs := room[:0]
	for lang := range m {
		langs = append(langs, lang)
	}
	slices.Sort(langs)
	w.key(k)
	in := begin(w.b)
	for _, lang := range langs {
		in.b = append(edge.AppendQuoted(in.comma(), lang), ':')
		in.b = edge.AppendQuoted(in.b, m[lang])
	}
	w.b = in.end()
}

// comma makes room for a member whose name is not known here.
func (w *fields) comma() []byte {
	if !w.first {
		w.b = append(w.b, ',')
	}
	w.first = false
	return w.b
}

// appendList writes a list of objects.
func appendList[T any](b []byte, list []T, one func([]byte, *T) []byte) []byte {
	b = append(b, '[')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, &list[i])
	}
	return append(b, ']')
}

// appendScreen writes a screen; expect and actions stand also where they are
// empty.
func appendScreen(b []byte, sc *edge.Screen) []byte {
	w := begin(b)
	w.key("rev")
	w.b = strconv.AppendUint(w.b, sc.Rev, 10)
	w.text("flow", string(sc.Flow))
	w.textIf("mode", sc.Mode)
	w.textIf("step", sc.Step)
	if sc.Task != nil {
		w.key("task")
		w.b = appendTask(w.b, sc.Task)
	}
	w.key("expect")
	w.b = appendList(w.b, sc.Expect, appendExpect)
	if q := sc.Quantity; q != nil {
		w.key("quantity")
		in := begin(w.b)
		in.int("have", q.Have)
		in.int("want", q.Want)
		in.key("typing")
		in.b = strconv.AppendBool(in.b, q.Typing)
		w.b = in.end()
	}
	w.texts("actions", sc.Actions)
	if len(sc.Work) > 0 {
		w.key("work")
		w.b = appendList(w.b, sc.Work, appendWaiting)
	}
	return appendShown(w, sc)
}

// appendShown writes what a page shows and no program needs, and ends the
// screen.
func appendShown(w fields, sc *edge.Screen) []byte {
	if len(sc.Lines) > 0 {
		w.key("lines")
		w.b = appendList(w.b, sc.Lines, appendLine)
	}
	if p := sc.Printer; p != nil {
		w.key("printer")
		in := begin(w.b)
		in.text("name", p.Name)
		in.text("state", p.State)
		in.textIf("station", p.Station)
		in.textIf("instead", p.Instead)
		in.textIf("insteadState", p.InsteadState)
		w.b = in.end()
	}
	w.textIf("box", sc.Box)
	if len(sc.Totes) > 0 {
		w.texts("totes", sc.Totes)
	}
	if r := sc.Recipient; r != nil {
		w.key("recipient")
		in := begin(w.b)
		in.text("name", r.Name)
		in.text("phone", r.Phone)
		in.text("address", r.Address)
		w.b = in.end()
	}
	w.textIf("station", sc.Station)
	if t := sc.Truck; t != nil {
		w.key("truck")
		w.b = appendTruck(w.b, t)
	}
	if f := sc.Fault; f != nil {
		w.key("fault")
		in := begin(w.b)
		in.text("code", f.Code)
		in.textIf("field", f.Field)
		w.b = in.end()
	}
	if sc.Practice {
		w.key("practice")
		w.b = append(w.b, "true"...)
	}
	if k := sc.Knowledge; k != nil {
		w.key("knowledge")
		in := begin(w.b)
		in.timeIf("heard", k.Heard)
		w.b = in.end()
	}
	if p := sc.Parcel; p != nil {
		w.key("parcel")
		w.b = appendParcel(w.b, p)
	}
	if len(sc.Together) > 0 {
		w.key("together")
		w.b = appendList(w.b, sc.Together, appendTogether)
	}
	w.textIf("why", sc.Why)
	appendOut(&w, sc)
	return w.end()
}

func appendTask(b []byte, t *edge.Task) []byte {
	w := begin(b)
	w.text("id", t.ID)
	w.textIf("client", t.Client)
	if len(t.Orders) > 0 {
		w.texts("orders", t.Orders)
	}
	w.textIf("carrier", t.Carrier)
	w.timeIf("cutoff", t.Cutoff)
	w.int("done", t.Done)
	w.int("of", t.Of)
	w.textIf("attempt", t.Attempt)
	w.textIf("box", t.Box)
	w.textIf("trip", t.Trip)
	w.textIf("zone", t.Zone)
	w.intIf("totes", t.Totes)
	w.textIf("reason", t.Reason)
	return w.end()
}

func appendExpect(b []byte, e *edge.Expect) []byte {
	w := begin(b)
	w.text("kind", e.Kind)
	w.textIf("code", e.Code)
	w.textIf("sku", e.SKU)
	w.names("name", e.Name)
	w.names("variant", e.Variant)
	w.textIf("location", e.Location)
	w.textIf("line", e.Line)
	w.intIf("remaining", e.Remaining)
	w.textIf("box", e.Box)
	w.intIf("case", e.Case)
	w.textIf("lot", e.Lot)
	w.textIf("zone", e.Zone)
	if e.Later {
		w.key("later")
		w.b = append(w.b, "true"...)
	}
	return w.end()
}

func appendWaiting(b []byte, x *edge.Waiting) []byte {
	w := begin(b)
	w.text("flow", string(x.Flow))
	w.textIf("mode", x.Mode)
	w.textIf("zone", x.Zone)
	w.int("waiting", x.Waiting)
	w.timeIf("cutoff", x.Cutoff)
	return w.end()
}

func appendLine(b []byte, l *edge.ScreenLine) []byte {
	w := begin(b)
	w.text("line", l.Line)
	w.text("sku", l.SKU)
	w.names("name", l.Name)
	w.names("variant", l.Variant)
	w.int("have", l.Have)
	w.int("want", l.Want)
	w.textIf("code", l.Code)
	w.textIf("order", l.Order)
	w.textIf("location", l.Location)
	return w.end()
}

func appendParcel(b []byte, p *edge.BoxView) []byte {
	w := begin(b)
	w.int("n", p.N)
	w.intIf("of", p.Of)
	w.textIf("type", p.Type)
	w.names("typeName", p.TypeName)
	w.textIf("advised", p.Advised)
	w.names("advice", p.Advice)
	w.textIf("grams", p.Grams)
	w.intIf("expected", p.Expected)
	w.intIf("slack", p.Slack)
	w.intIf("copy", p.Copy)
	w.textIf("attempt", p.Attempt)
	return w.end()
}

func appendTogether(b []byte, o *edge.OrderView) []byte {
	w := begin(b)
	w.text("order", o.Order)
	w.int("have", o.Have)
	w.int("want", o.Want)
	if o.Out {
		w.key("out")
		w.b = strconv.AppendBool(w.b, true)
	}
	if o.Stops {
		w.key("stops")
		w.b = strconv.AppendBool(w.b, true)
	}
	if o.Less {
		w.key("less")
		w.b = strconv.AppendBool(w.b, true)
	}
	return w.end()
}
