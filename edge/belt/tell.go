package belt

import (
	"context"
	"crypto/rand"
	"time"

	"dcedge/devices/conveyor"
	"dcedge/devices/mqtt"
	"dcedge/edge"
	"dcedge/edge/sorter"
)

// tell hands the facts of a step to the floor, in their order, and publishes
// what nobody has to wait for: commands that take one back, answers that were
// given before, alarms.
func (l *Line) tell(s sorter.Step) error {
	l.fire(s.Fires) // the parcel does not wait; that it goes there is on disk since its read
	l.proven(s.Events)
	if len(s.Events) > 0 {
		if err := l.facts(&edge.BeltReport{Belt: l.Name(), Facts: s.Events}); err != nil {
			return err
		}
	}
	l.publish(s)
	return nil
}

// facts submits a report that nobody waits for. Its failure ends the run.
func (l *Line) facts(body *edge.BeltReport) error {
	ctx, cancel := context.WithTimeout(l.run, answerFor)
	defer cancel()
	return l.deps.Floor.SubmitFunc(ctx, &edge.Message{Kind: edge.Belt, Device: l.Name(), Body: body}, func(_ edge.Verdict, err error) {
		if err == nil {
			return
		}
		select {
		case l.failed <- err:
		default: // one is enough
		}
	})
}

// publish tells devices and people what follows from what is on disk.
func (l *Line) publish(s sorter.Step) {
	now := time.Now()
	for _, c := range s.Commands { // first: the parcel does not wait
		var err error
		if l.laneOn(c.Divert) == nil {
			err = l.deps.Wire.Send(mqtt.DivertTo(c.Divert, mqtt.DivertBody{ID: l.newID(), Re: c.Re, Box: c.Box, Lane: c.Lane}))
		}
		if err != nil {
			l.deps.Log.Warn("divert was not told", "belt", l.Name(), "divert", c.Divert, "lane", c.Lane, "err", err)
			continue
		}
		l.diverts.Sent(conveyor.Owed{Divert: c.Divert, Re: c.Re, Box: c.Box, Lane: c.Lane, At: now}, c.Lane == sorter.Hospital)
	}
	for _, v := range s.Verdicts {
		b := mqtt.VerdictBody{ID: v.Read, OK: v.OK, Code: v.Code, Lane: v.Lane, Epoch: v.On.Epoch, Seq: v.On.Seq}
		if v.Code == string(edge.IDReused) || v.Code == string(edge.NotYours) {
			l.deps.Log.Warn("read not decided", "belt", l.Name(), "read", v.Read, "code", v.Code)
		}
		if err := l.deps.Wire.Send(mqtt.VerdictTo(l.cfg.Layout.Tunnel, b)); err != nil { // it asks again
			l.deps.Log.Debug("tunnel was not answered", "belt", l.Name(), "err", err)
		}
		l.count(v)
	}
	for _, a := range s.Alarms {
		l.alarm(a)
	}
}

// newID names a command.
func (l *Line) newID() string {
	var random [10]byte
	_, _ = rand.Read(random[:]) // never returns an error
	return edge.NewID(l.deps.Now(), random).String()
}

// alarm tells people of what stops the belt or wants them, and the floor.
func (l *Line) alarm(a sorter.Alarm) {
	reason := string(a.What)
	switch a.What {
	case sorter.LateRead:
		reason = "clock"
	case sorter.Stranger:
		reason = "eye"
	case sorter.Missing:
		reason = "stray"
	}
	state := &edge.DeviceState{Device: l.Name(), State: reason, Error: a.Where}
	if !a.On {
		state.State, state.Error = Ready, reason
	}
	_ = l.facts(&edge.BeltReport{Belt: l.Name(), State: state}) // news only: the next fact fails too, and ends the run
	l.signal(reason, a.Where, a.On)
}

// signal begins or ends something that people must know of; the stack light
// shows the worst.
func (l *Line) signal(reason, where string, on bool) {
	if !l.trouble(reason, where, on) {
		return
	}
	l.deps.Log.Warn("belt", "belt", l.Name(), "matter", reason, "where", where, "on", on)
	_, changed := l.light.Set(conveyor.Signal{Colour: colourOf(reason), Reason: reason}, l.matters(reason))
	l.settle() // before the light: who sees it and looks at the page finds the same there
	if changed {
		l.shine()
	}
}

// colourOf is red for what must stop the belt.
func colourOf(reason string) string {
	if reason == string(sorter.Jam) {
		return conveyor.Red
	}
	return conveyor.Amber
}

// shine tells the stack light what it should show.
func (l *Line) shine() {
	if l.cfg.StackLight == "" {
		return
	}
	s := l.light.Now()
	if l.deps.Outputs.Show(l.cfg.StackLight, s) {
		return
	}
	if err := l.deps.Wire.Send(mqtt.StackLightTo(l.cfg.StackLight, mqtt.StackLightBody{ID: l.newID(), Colour: s.Colour, Reason: s.Reason})); err != nil {
		l.deps.Log.Debug("stack light was not told", "belt", l.Name(), "err", err) // it is told when it comes
	}
}
