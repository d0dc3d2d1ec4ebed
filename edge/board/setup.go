package board

import (
	"cmp"
	"math"
	"slices"
	"time"

	"dcedge/edge"
)

// spoiltKept is how long a device stays listed after its last spoilt scan.
const spoiltKept = 12 * time.Hour

// stateSetUp is the state of device.state that says so (edge/floor).
const stateSetUp = "setUp"

// spoilt is a device whose scans came spoilt by a keyboard or a double read.
type spoilt struct {
	cause       string // hangul kana wide capslock doubled unproven
	n           int
	since, last time.Time
}

// noteSpoilt counts a scan that was repaired, or refused for its damage.
func (v *view) noteSpoilt(e *edge.Event) {
	device, cause := "", ""
	switch d := e.Data.(type) {
	case *edge.DeviceState:
		if d.State == stateSetUp {
			device, cause = d.Device, d.Error
		}
	case *edge.Refused:
		device, cause = e.Device, d.Damage
	}
	if device == "" || cause == "" {
		return
	}
	s := v.spoilt[device]
	if s.n == 0 || e.At.Before(s.since) {
		s.since = e.At
	}
	if !e.At.Before(s.last) {
		s.cause, s.last = cause, e.At
	}
	s.n++
	v.spoilt[device] = s
}

// setUps lists the devices that need their keyboard language or reading set up.
func (v *view) setUps() []Exception {
	var out []Exception
	for device, s := range v.spoilt {
		if v.now.Sub(s.last) > spoiltKept {
			delete(v.spoilt, device)
			continue
		}
		out = append(out, Exception{Kind: "setUp", ID: device, Reason: s.cause, Units: s.n, Since: s.since})
	}
	return out
}

// Lease is a range of waybill numbers in use.
type Lease struct {
	ID      string  `json:"id"`
	Carrier string  `json:"carrier"`
	Client  string  `json:"client"`
	Left    int     `json:"left"`            // numbers
	PerHour int     `json:"perHour"`         // at the pace of the last busy hours; 0: not known yet
	Hours   float64 `json:"hours,omitempty"` // of work that it lasts
	Low     bool    `json:"low,omitempty"`   // and nothing follows it
}

// usedUpKept is how long a lease that was used up stays listed while nothing
// follows it.
const usedUpKept = 24 * time.Hour

// leaseList gives the leases of this epoch that have numbers, and those that ran
// out lately with nothing to follow, by id. One is low only while no other of its
// carrier and client has numbers.
func (v *view) leaseList() []Lease {
	type owner struct{ client, carrier string }
	fresh := map[owner]bool{}
	var out []Lease
	for _, l := range v.leases {
		if v.epoch != "" && l.Epoch != v.epoch || l.Left() == 0 && v.now.Sub(l.Recent[0].From) > usedUpKept {
			continue
		}
		x := Lease{ID: l.ID, Carrier: l.Carrier, Client: l.Client, Left: int(l.Left()), PerHour: int(l.PerHour(v.now)), Low: l.Low || l.Left() == 0}
		if x.PerHour > 0 {
			x.Hours = math.Round(10*float64(x.Left)/float64(x.PerHour)) / 10
		}
		if !x.Low {
			fresh[owner{l.Client, l.Carrier}] = true
		}
		out = append(out, x)
	}
	out = slices.DeleteFunc(out, func(x Lease) bool { return x.Left == 0 && fresh[owner{x.Client, x.Carrier}] })
	for i := range out {
		out[i].Low = out[i].Low && !fresh[owner{out[i].Client, out[i].Carrier}]
	}
	slices.SortFunc(out, func(a, b Lease) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
