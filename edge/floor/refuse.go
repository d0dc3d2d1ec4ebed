package floor

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"dcedge/edge"
)

// refuse says no: one event, which names what was scanned where it is known.
func (d *decider) refuse(code edge.Code, say edge.Say, kind, what string) {
	r := &edge.Refused{Code: code, Say: say.Key, Step: d.step(), Kind: kind, What: what, Damage: d.damage}
	var client, order string
	if d.w != nil {
		r.Work = d.w.ID
		if len(d.w.Orders) > 0 {
			client, order = d.w.Client, d.w.Orders[0]
		}
	}
	d.verdict(code, say)
	d.event(edge.EvRefused, client, order, r)
}

// step names the step that the worker stands at.
func (d *decider) step() string {
	if d.w == nil {
		return ""
	}
	switch d.w.Flow {
	case edge.Pick:
		_, at := pickAt(d.View, d.w)
		return at.step
	case edge.Pack:
		return packNow(d.View, d.w).step
	case edge.Load:
		return loadNow(d.w)
	case edge.Replenish:
		step, _ := moveNow(d.w, d.s.moveOf(d.w))
		return step
	case edge.Return:
		return returnNow(d.w)
	case edge.Hospital:
		return hospitalNow(d.s, d.w)
	case edge.Put:
		if d.w.Hand != nil {
			return stepCell
		}
		return stepItem
	case edge.Count:
		if d.w.Location == "" {
			return stepLocation
		}
		return stepCount
	}
	return ""
}

// refuseCancelled is the siren: a touch of a cancelled order, or of a box that pieces of
// one are to come out of.
func (d *decider) refuseCancelled(o *edge.Order) {
	r := &edge.Refused{Code: edge.Cancelled, Step: d.step(), Damage: d.damage}
	if d.w != nil {
		r.Work = d.w.ID
	}
	if len(d.matches) > 0 {
		r.Kind, r.What = d.matches[0].Kind, d.matches[0].ID
	} else if u, b := d.waybill(o.Carrier); u != nil && b != nil {
		r.Kind, r.What = "box", b.ID
	}
	if ws := d.s.Worker(d.m.Worker); ws != nil && ws.AckWhat != "" && ws.AckOrder == o.ID && ws.AckClient == o.Client {
		r.What = ws.AckWhat // what the siren is about, until its ack
	}
	say := saysCancelled(d.View, o, d.w, d.m.Roles)
	if o.Stage != edge.StageCancelled {
		b, out, here := d.lessAt(o, d.w, d.m.Roles, cmp.Or(r.What, d.ackWhat()))
		r.Kind, r.What = "box", d.ackWhat() // the worker's ack ends it also where somebody took it out meanwhile
		if say = saysLess(o, b, out, here); b != nil {
			r.What = b.ID
		}
	}
	r.Say = say.Key
	d.verdict(edge.Cancelled, say)
	d.event(edge.EvRefused, o.Client, o.ID, r)
}

func (d *decider) refuseHeld(o *edge.Order, kind, what string) {
	d.refuse(edge.Hold, edge.Says("order.held", edge.T("order", o.ID), edge.T("reason", o.Held)), kind, what)
}

// refuseOther refuses what the step does not take: a known thing as unexpected,
// anything else as unknown. carrier is whose numbers the step is about.
func (d *decider) refuseOther(carrier string) {
	if len(d.matches) > 0 {
		m := d.matches[0]
		d.refuse(edge.Unexpected, edge.Says("scan.unexpected", edge.T("kind", m.Kind), edge.T("scanned", m.ID)), m.Kind, m.ID)
		return
	}
	if u, b := d.waybill(carrier); u != nil && b != nil {
		if o := d.s.BoxOrder(b); u.Voided {
			d.refuse(edge.Unknown, edge.Says("waybill.voided"), "box", b.ID)
		} else if o != nil && d.s.Stopped(b, o) {
			d.refuseCancelled(o)
		} else if b.Bound != "" && d.w != nil && d.w.Flow == edge.Pack {
			d.refuse(edge.Duplicate, edge.Says("waybill.used", edge.T("box", b.ID)), "box", b.ID)
		} else {
			d.refuse(edge.Unexpected, edge.Says("scan.unexpected", edge.T("kind", "waybill"), edge.T("scanned", b.ID)), "box", b.ID)
		}
		return
	}
	say := edge.Says("scan.unknown")
	if carrier != "" && d.badCheck(carrier) {
		say = edge.Says("waybill.badCheck")
	}
	d.refuse(edge.Unknown, say, "", "")
	r := d.out.Events[len(d.out.Events)-1].Data.(*edge.Refused)
	r.Length, r.Hash = len(d.m.Code), keyedHash(d.Policy.HashKey, d.m.Code)
	if d.w != nil && d.w.Flow == edge.Pick {
		if _, at := pickAt(d.View, d.w); at.line != nil {
			r.Location, r.Line = at.line.Location, at.line.ID
		}
	}
}

// keyedHash tells two unknown texts apart without telling what they are.
func keyedHash(key []byte, text string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil)[:16])
}
