package mqtt

import (
	"context"
	"time"

	"dcedge/devices"
)

// floods counts a state of a device, and tells that it is not looked at: the device
// sends more than parcels can make, or did so less than devices.Calm ago. Whoever
// reads Next is told that it is gone, and that it is back.
func (in *Inbox) floods(d *member) bool {
	now := time.Now()
	in.mu.Lock()
	tell := false // once a second, for as long as it does
	if d.rate.Over(1, now) {
		d.flooded = now
		if tell = now.Sub(d.told) >= time.Second; tell {
			d.told = now
		}
	}
	floods := devices.CalmIn(d.flooded) > 0
	in.mu.Unlock()
	if tell {
		news := d.mon.Status().Condition.Works()
		_ = d.mon.Fail(nil, "receive", "clean and align it, and look at its wiring: it changes without end, and is not believed until it was well for "+devices.Calm.String(),
			devices.ErrFlood)
		d.mon.Set(returned{in, d}, devices.Ready, "", "") // once it was
		if news {
			in.keep(d, Message{Device: d.Name, Class: d.Class, What: Online, Came: now}, nil)
		}
	}
	return floods
}

// calming takes the word of a device that flooded that it is there: it is believed
// once it was well for devices.Calm.
func (in *Inbox) calming(d *member) bool {
	in.mu.Lock()
	calming := devices.CalmIn(d.flooded) > 0
	in.mu.Unlock()
	if calming {
		d.mon.Set(returned{in, d}, devices.Ready, "", "")
	}
	return calming
}

// returned tells whoever reads Next that a device which flooded is believed again.
type returned struct {
	in *Inbox
	d  *member
}

// State implements devices.Sink.
func (r returned) State(s devices.State) {
	if s.Condition.Works() {
		r.in.keep(r.d, Message{Device: r.d.Name, Class: r.d.Class, What: Online, Online: true, Came: time.Now()}, nil)
	}
}

// Read implements devices.Sink; nothing is read by it.
func (returned) Read(context.Context, devices.Reading) error { return nil }
