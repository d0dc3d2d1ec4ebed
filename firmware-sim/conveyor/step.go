package conveyor

import (
	"cmp"
	"slices"
	"time"
)

// Step lets the belt run for d and gives what its devices saw, in order.
func (b *Belt) Step(d time.Duration) []Event {
	b.events = nil
	speed := int64(b.layout.Speed)
	if b.trouble.Speed > 0 {
		speed = int64(b.trouble.Speed)
	}
	if b.trouble.Stop {
		speed = 0
	}
	b.rest += speed * d.Microseconds() // mm/s times µs are nm
	way := b.rest / 1000
	b.rest -= way * 1000
	began, whole := b.now, way
	for way > 0 {
		ds := min(way, subStep)
		way -= ds
		b.now = began + time.Duration(float64(d)*float64(whole-way)/float64(whole))
		b.move(ds)
	}
	b.now = began + d
	b.look() // an eye may be stuck while the belt stands
	return b.events
}

// move carries everything ds µm on.
func (b *Belt) move(ds int64) {
	b.encode(ds)
	end := int64(b.layout.Length) * 1000
	ahead := int64(1) << 60
	for _, x := range slices.Clone(b.boxes) {
		limit := min(ahead, end)
		step := min(ds, limit-x.front())
		if step > 0 && !b.jams(x, step) && !b.carry(x, step) {
			continue // it has left the belt
		}
		if x.front() >= end && b.atEnd(x) {
			continue
		}
		ahead = x.rear
	}
	b.induct()
	b.look()
}

func (b *Belt) encode(ds int64) {
	edge := int64(b.layout.Pulse) * 1000
	before := b.travel / edge
	b.travel += ds
	for range b.travel/edge - before {
		if b.trouble.NoEncoder {
			continue
		}
		b.pulse = !b.pulse
		b.events = append(b.events, Event{Kind: Pulse, Name: b.layout.Encoder, Blocked: b.pulse})
	}
}

// jams says whether a parcel sticks where the jam is: with its middle there.
func (b *Belt) jams(x *box, step int64) bool {
	if b.trouble.Jam == "" {
		return false
	}
	at, ok := b.where(b.trouble.Jam)
	middle := x.front() - int64(x.parcel.Length)*500
	return ok && middle <= at && middle+step > at
}

// where is the place of a device, in µm.
func (b *Belt) where(name string) (int64, bool) {
	for _, e := range b.layout.Eyes {
		if e.Name == name {
			return int64(e.At) * 1000, true
		}
	}
	for _, d := range b.layout.Diverts {
		if d.Name == name {
			return int64(d.At) * 1000, true
		}
	}
	return 0, false
}

// carry moves a parcel and lets it meet what stands on its way; false: a divert
// pushed it off.
func (b *Belt) carry(x *box, step int64) bool {
	was := x.front()
	x.rear += step
	passes := func(mm int) bool { return was < int64(mm)*1000 && x.front() >= int64(mm)*1000 }
	if w := b.layout.Weigher; w.Name != "" && passes(w.At) {
		b.events = append(b.events, Event{Kind: AtWeigher, Name: w.Name, Parcel: x.entry.N, Grams: x.parcel.Grams})
	}
	if t := b.layout.Tunnel; t.Name != "" && passes(t.At) {
		b.events = append(b.events, Event{Kind: AtTunnel, Name: t.Name, Parcel: x.entry.N, Codes: x.entry.Codes})
	}
	for _, d := range b.layout.Diverts {
		if passes(d.At) && b.push(x, d) {
			return false
		}
	}
	return true
}

// push carries a divert's command out, where it has one for this parcel.
func (b *Belt) push(x *box, d Divert) bool {
	c, ok := x.orders[d.Name]
	delete(x.orders, d.Name)
	if d.Pin != "" {
		c, ok = Command{Lane: d.Lanes[0]}, b.driven[d.Name]
	}
	if b.trouble.Blind == d.Name {
		if c, ok = b.blind[d.Name]; ok {
			delete(b.blind, d.Name)
		}
	}
	if !ok || b.trouble.Dead == d.Name || b.full(c.Lane) {
		return false
	}
	b.events = append(b.events, Event{Kind: Diverted, Name: d.Name, Parcel: x.entry.N, Command: c})
	b.mouths = append(b.mouths, entering{c.Lane, b.travel, int64(x.parcel.Length) * 1000})
	if way := b.loop(c.Lane); way > 0 {
		b.forget(x)
		b.boxes = slices.DeleteFunc(b.boxes, func(y *box) bool { return y == x })
		b.back = append(b.back, returning{x, b.travel + way})
		slices.SortStableFunc(b.back, func(x, y returning) int { return cmp.Compare(x.at, y.at) })
		return true
	}
	b.leave(x, c.Lane, d.Name)
	return true
}

// loop is how far a lane's loop brings a parcel back, in µm; 0: it is none.
func (b *Belt) loop(lane string) int64 {
	for _, l := range b.layout.Lanes {
		if l.Name == lane {
			return int64(l.Loop) * 1000
		}
	}
	return 0
}

// full says whether a lane takes nothing more.
func (b *Belt) full(lane string) bool {
	if b.trouble.Full == lane {
		return true
	}
	i := slices.IndexFunc(b.layout.Lanes, func(l Lane) bool { return l.Name == lane })
	return i >= 0 && b.layout.Lanes[i].Capacity > 0 && b.lanes[lane] >= b.layout.Lanes[i].Capacity
}

// leave takes a parcel off the belt into a lane.
func (b *Belt) leave(x *box, lane, by string) {
	b.forget(x)
	b.lanes[lane]++
	x.entry.Where, x.entry.By, x.entry.Out = lane, by, b.now
	b.boxes = slices.DeleteFunc(b.boxes, func(y *box) bool { return y == x })
	b.events = append(b.events, Event{Kind: Left, Name: lane, Parcel: x.entry.N})
}

// forget ends a round: its reads are answered too late from now on.
func (b *Belt) forget(x *box) {
	for _, id := range x.ids {
		delete(b.byID, id)
		b.gone[id] = x.entry
	}
	x.ids, x.orders = nil, nil
}

// atEnd takes a parcel that no divert took; false: it has to wait there.
func (b *Belt) atEnd(x *box) bool {
	if b.layout.End != Loop {
		if b.full(b.layout.End) {
			return false
		}
		b.leave(x, b.layout.End, "")
		return true
	}
	if len(b.boxes) > 1 && b.boxes[len(b.boxes)-1].rear < int64(x.parcel.Gap)*1000 {
		return false
	}
	b.forget(x)
	x.rear = -int64(x.parcel.Length) * 1000
	x.entry.Passes++
	b.boxes = append(slices.DeleteFunc(b.boxes, func(y *box) bool { return y == x }), x)
	return true
}

// induct puts the next parcel on where there is room: one that comes back first.
func (b *Belt) induct() {
	var x *box
	returns := len(b.back) > 0 && b.back[0].at <= b.travel
	switch {
	case returns:
		x = b.back[0].box
	case len(b.queue) > 0:
		x = b.queue[0]
	default:
		return
	}
	gap := int64(x.parcel.Gap) * 1000
	if b.trouble.Touching {
		gap = 0
	}
	if n := len(b.boxes); n > 0 && b.boxes[n-1].rear < gap {
		return
	}
	if returns {
		b.back = b.back[1:]
	} else {
		b.queue = b.queue[1:]
		x.entry.Where, x.entry.In = OnBelt, b.now
	}
	x.entry.Passes++
	x.rear = -int64(x.parcel.Length) * 1000
	if n := len(b.boxes); n > 0 && gap == 0 {
		x.rear += b.boxes[n-1].rear // it touches, to the last micrometre
	}
	b.boxes = append(b.boxes, x)
}

// inMouth says whether a parcel passes the eye in a lane's mouth.
func (b *Belt) inMouth(lane string) bool {
	seen := false
	b.mouths = slices.DeleteFunc(b.mouths, func(m entering) bool {
		gone := b.travel - m.from - mouthAt
		seen = seen || m.lane == lane && gone >= 0 && gone < m.length
		return gone >= m.length
	})
	return seen
}

// look tells every eye that changed.
func (b *Belt) look() {
	for _, e := range b.layout.Eyes {
		at, seen := int64(e.At)*1000, false
		if e.Lane != "" && e.Mouth {
			seen = b.inMouth(e.Lane)
		} else if e.Lane != "" {
			seen = b.full(e.Lane)
		} else {
			for _, x := range b.boxes {
				seen = seen || x.rear <= at && at < x.front()
			}
		}
		switch e.Name {
		case b.trouble.StuckEye:
			seen = true
		case b.trouble.ClearEye:
			seen = false
		}
		if seen == b.blocked[e.Name] {
			continue
		}
		b.blocked[e.Name] = seen
		for range b.trouble.Bounce {
			b.events = append(b.events, Event{Kind: EyeChanged, Name: e.Name, Blocked: seen}, Event{Kind: EyeChanged, Name: e.Name, Blocked: !seen})
		}
		b.events = append(b.events, Event{Kind: EyeChanged, Name: e.Name, Blocked: seen})
	}
}
