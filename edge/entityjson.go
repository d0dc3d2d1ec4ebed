package edge

import (
	"strconv"
	"time"
)

// The AppendJSON methods of the entities that change with most scans. What they
// append means the same to encoding/json as what that would write, at a tenth
// of the time; a property test holds the two together.

func (w *writer) must(k, v string) {
	w.key(k)
	w.b = AppendQuoted(w.b, v)
}

// instant writes also the zero time. Times of the state are whole milliseconds.
func (w *writer) instant(k string, t time.Time) {
	w.key(k)
	w.b = append(AppendTime(append(w.b, '"'), t), '"')
}

// AppendJSON appends the order as JSON.
func (o *Order) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("id", o.ID)
	w.must("client", o.Client)
	w.must("carrier", o.Carrier)
	w.str("service", o.Service)
	w.time("cutoff", o.Cutoff)
	w.intIf("priority", o.Priority)
	if o.Promise != nil {
		w.key("promise")
		w.b = o.Promise.AppendJSON(w.b)
	}
	w.time("orderedAt", o.OrderedAt)
	w.instant("received", o.Received)
	w.uint("seq", o.Seq)
	w.str("waybill", o.Waybill)
	w.str("recipientRef", o.RecipientRef)
	w.intIf("recipientVersion", o.RecipientVersion)
	w.intIf("rev", int(o.Rev))
	w.intIf("changeRev", int(o.ChangeRev))
	w.strs("changes", o.Changes)
	w.str("hash", o.Hash)
	w.strs("missing", o.Missing)
	w.must("stage", string(o.Stage))
	w.str("held", o.Held)
	w.str("work", o.Work)
	w.strs("totes", o.Totes)
	w.strs("boxes", o.Boxes)
	w.key("lines")
	if o.Lines == nil {
		w.b = append(w.b, "null"...)
	} else {
		w.b = appendList(w.b, o.Lines)
	}
	w.time("closed", o.Closed)
	return w.end()
}

// AppendJSON appends the line as JSON.
func (l *Line) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("id", l.ID)
	w.must("sku", l.SKU)
	w.str("location", l.Location)
	w.int("ordered", l.Ordered)
	w.int("wanted", l.Wanted)
	w.intIf("picked", l.Picked)
	w.intIf("short", l.Short)
	w.intIf("packed", l.Packed)
	w.intIf("skipped", l.Skipped)
	return w.end()
}

// AppendJSON appends the work as JSON.
func (v *Work) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("id", v.ID)
	w.must("flow", string(v.Flow))
	w.str("mode", v.Mode)
	w.must("worker", v.Worker)
	w.str("client", v.Client)
	w.strs("orders", v.Orders)
	w.strs("totes", v.Totes)
	w.str("offered", v.Offered)
	w.str("location", v.Location)
	w.str("line", v.Line)
	w.str("station", v.Station)
	w.str("box", v.Box)
	w.str("boxType", v.BoxType)
	w.str("truck", v.Truck)
	w.str("step", v.Step)
	w.instant("started", v.Started)
	w.strs("ack", v.Ack)
	if len(v.Undo) > 0 {
		w.key("undo")
		w.b = appendList(w.b, v.Undo)
	}
	return w.end()
}

// AppendJSON appends the step as JSON; the message is a list of 16 numbers.
func (u *Undo) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("message")
	for i, c := range u.Message {
		sep := byte(',')
		if i == 0 {
			sep = '['
		}
		w.b = strconv.AppendUint(append(w.b, sep), uint64(c), 10)
	}
	w.b = append(w.b, ']')
	w.must("type", string(u.Type))
	w.must("order", u.Order)
	w.must("line", u.Line)
	w.must("sku", u.SKU)
	w.intIf("quantity", u.Quantity)
	w.intIf("missing", u.Missing)
	w.str("location", u.Location)
	w.str("tote", u.Tote)
	w.str("box", u.Box)
	return w.end()
}
