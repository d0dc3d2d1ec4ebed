package belt

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"

	"dcedge/devices/mqtt"
	"dcedge/edge"
	"dcedge/edge/sorter"
)

// read asks the floor about a read of the tunnel and lets the parcel follow the
// answer.
func (l *Line) read(r Delivery) error {
	m := &r.Message
	in := sorter.Read{ID: m.ID, Said: m.Symbology + m.Code, NoRead: m.NoRead, Clock: !m.At.IsZero()}
	at := m.Came
	if in.Clock {
		in.Age = m.Came.Sub(m.At) // the walls': a device's time has no monotonic clock
		if in.Age > 0 && in.Age <= l.cfg.Layout.LateAfter {
			at = m.Came.Add(-in.Age)
		}
	}
	known := false
	if in.Pos, known = l.posAt(at); !known {
		in.Clock = false
	}
	now, _ := l.posAt(m.Came)
	s, ask := l.tracker.Read(in, now)
	if err := l.tell(s); err != nil {
		r.Fail()
		return err
	}
	if ask == nil { // answered before: tell did
		r.Ack()
		return nil
	}
	v, err := l.ask(m, &edge.BeltReport{Belt: l.Name(), Read: ask})
	if err != nil {
		r.Fail()
		return fmt.Errorf("read of %s: %w", m.Device, err)
	}
	l.publish(l.tracker.Decided(edge.ParcelAnswerOf(&v), v.Repeat))
	r.Ack()
	return nil
}

// done takes a divert's confirmation.
func (l *Line) done(r Delivery) error {
	m := &r.Message
	l.answered(m.Device, m.Box, m.Lane)
	pos, _ := l.posAt(m.Came)
	s := l.tracker.Done(m.ID, m.Device, m.Box, m.Lane, pos)
	if err := l.tell(s); err != nil {
		r.Fail()
		return err
	}
	if s.Own != nil {
		if _, err := l.ask(m, &edge.BeltReport{Belt: l.Name(), Facts: []edge.ParcelFact{*s.Own}}); err != nil {
			r.Fail()
			return fmt.Errorf("confirmation of %s: %w", m.Device, err)
		}
	}
	r.Ack()
	return nil
}

// weight takes what the in-line weigher says: no event of its own, it stands
// with the read of its parcel.
func (l *Line) weight(r Delivery) error {
	m := &r.Message
	r.Ack()
	if grams, ok := l.weigher.Weight(m.Grams, m.Stable); ok {
		pos, _ := l.posAt(m.Came)
		return l.tell(l.tracker.Weight(grams, pos))
	}
	return nil
}

// ask submits a device's message and waits until it is on disk.
func (l *Line) ask(m *mqtt.Message, body *edge.BeltReport) (edge.Verdict, error) {
	ctx, cancel := context.WithTimeout(l.run, answerFor)
	defer cancel()
	return l.deps.Floor.Submit(ctx, Message(m, l.ids.Of(m.Device, m.ID, l.deps.Now()), l.cfg.Key, body))
}

// Message makes a device's message one of the floor's: decided once by its id.
func Message(m *mqtt.Message, id edge.ID, key []byte, body *edge.BeltReport) *edge.Message {
	out := &edge.Message{Kind: edge.Belt, ID: id, DeviceAt: m.At, Device: m.Device, Code: m.Code, Symbology: m.Symbology, Body: body}
	mac := hmac.New(sha256.New, key)
	for _, p := range []string{m.What, m.Code, m.Symbology, m.Box, m.Lane} {
		fmt.Fprintf(mac, "%d:%s", len(p), p)
	}
	copy(out.Hash[:], mac.Sum(nil))
	return out
}
