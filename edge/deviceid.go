package edge

import (
	"crypto/sha256"
	"time"
)

// DeviceID is the id of a device's message that the device named by a text: that
// text where it is an ID of about now, else one made of the two names, the same
// all day, so that what comes again is known.
func DeviceID(device, text string, now time.Time) ID {
	if id, err := ParseID(text); err == nil {
		if off := now.Sub(id.Time()); off < deviceLate && off > -deviceEarly {
			return id
		}
	}
	sum := sha256.Sum256([]byte(device + "\x00" + text))
	return NewID(now.Truncate(24*time.Hour), [10]byte(sum[:10]))
}

// Ids of other times than these are made anew: the engine keeps its memory by
// the time of ids.
const (
	deviceLate  = 71 * time.Hour
	deviceEarly = 4 * time.Minute
)

// DeviceIDs makes the ids of devices' messages as DeviceID does. One that came lately
// keeps its id past the end of the day too, which is in the middle of a shift. The zero
// value is ready; it is for one goroutine.
type DeviceIDs struct {
	made map[deviceText]madeID
	ring [256]deviceText
	next int
}

type deviceText struct{ device, text string }

type madeID struct {
	id ID
	at time.Time // when it came last
}

// keptText is how long after it came last a text still names the same message.
const keptText = time.Hour

// Of gives the id of a device's message.
func (d *DeviceIDs) Of(device, text string, now time.Time) ID {
	key := deviceText{device, text}
	was, known := d.made[key]
	if !known || now.Sub(was.at) > keptText {
		was.id = DeviceID(device, text, now)
	}
	if !known {
		if d.made == nil {
			d.made = make(map[deviceText]madeID, len(d.ring))
		}
		delete(d.made, d.ring[d.next])
		d.ring[d.next] = key
		d.next = (d.next + 1) % len(d.ring)
	}
	d.made[key] = madeID{was.id, now}
	return was.id
}
