package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dcedge/edge/sorter"
)

// Belt is a conveyor with a scan tunnel and diverts. Lengths are millimetres of
// belt, places are counted from the induct eye. What is 0 or empty takes a
// default where there is one.
type Belt struct {
	Name       string `toml:"name"`
	Speed      int    `toml:"speed"`   // mm a second; with an encoder the most that the belt can do
	Encoder    string `toml:"encoder"` // photoeye whose every change is so much belt:
	Pulse      int    `toml:"pulse"`
	Motor      string `toml:"motor"` // photoeye that is blocked while the belt runs; without it and an encoder it always runs
	Stacklight string `toml:"stacklight"`
	Hospital   string `toml:"hospital"` // scanner at the end, for people

	Induct   string `toml:"induct"` // photoeye at the start
	Weigher  string `toml:"weigher"`
	WeighAt  int    `toml:"weighAt"`
	MaxGrams int    `toml:"maxGrams"`
	Tunnel   string `toml:"tunnel"`
	TunnelAt int    `toml:"tunnelAt"` // where the front of a parcel is when it is read
	Window   int    `toml:"window"`   // how exact that is, in all
	End      string `toml:"end"`      // photoeye before the hospital lane
	EndAt    int    `toml:"endAt"`

	Lanes      []BeltLane `toml:"lane"`
	Loop       string     `toml:"loop"`       // lane that brings a parcel back to the start
	LoopLength int        `toml:"loopLength"` // of belt; 0: it keeps no places
	Rounds     int        `toml:"rounds"`     // that a parcel may make

	MaxLength     int      `toml:"maxLength"` // of a parcel
	MinGap        int      `toml:"minGap"`    // between two
	Slack         int      `toml:"slack"`     // how far a place may be wrong
	Late          Duration `toml:"late"`      // a read that took longer to arrive is of no use
	ConfirmWithin int      `toml:"confirmWithin"`
	FullAfter     int      `toml:"fullAfter"`
	JamAfter      int      `toml:"jamAfter"`
	Seen          Duration `toml:"seen"` // a packed box that the belt has not seen for so long is lost
}

// BeltLane is a lane of a belt; its name is that of the lane's record.
type BeltLane struct {
	Name   string `toml:"name"`
	Divert string `toml:"divert"`
	At     int    `toml:"at"`
	Full   string `toml:"full"` // photoeye at the head of its queue

	// Of a divert on a pin.
	Confirm string `toml:"confirm"` // photoeye in the lane: it says that a parcel went in
	Lead    int    `toml:"lead"`    // so far before the divert a parcel is when it is fired
}

// Eyes lists the photo-eyes that a belt looks at.
func (b *Belt) Eyes() []string {
	all := []string{b.Induct, b.End, b.Encoder, b.Motor}
	for _, l := range b.Lanes {
		all = append(all, l.Full, l.Confirm)
	}
	return slices.DeleteFunc(all, func(n string) bool { return n == "" })
}

// changes says how often each eye may change in a second: parcels make far fewer, and
// an encoder's pulses may come in a burst behind a wait.
func (c *Config) changes() {
	const parcels, burst = 200, 20
	for i := range c.Devices {
		x := &c.Devices[i]
		if x.Driver != "photoeye" {
			continue
		}
		x.Changes = parcels
		for _, b := range c.Belts {
			if b.Encoder == x.Name {
				x.Changes += burst * b.Speed / max(b.Pulse, 1)
			}
		}
	}
}

// Devices lists everything that a belt names.
func (b *Belt) Devices() []string {
	all := append(b.Eyes(), b.Stacklight, b.Hospital, b.Weigher, b.Tunnel)
	for _, l := range b.Lanes {
		all = append(all, l.Divert)
	}
	return slices.DeleteFunc(all, func(n string) bool { return n == "" })
}

// Layout is the belt as the sorter follows parcels on it.
func (b *Belt) Layout() sorter.Layout {
	mm := func(n int) int64 { return int64(n) }
	l := sorter.Layout{Name: b.Name, InductEye: b.Induct, EndEye: b.End, Tunnel: b.Tunnel, ReadFrom: mm(b.TunnelAt - b.Window/2), ReadTo: mm(b.TunnelAt + b.Window/2),
		Weigher: b.Weigher, WeighAt: mm(b.WeighAt), MaxGrams: strconv.Itoa(b.MaxGrams), Loop: b.Loop, LoopLength: mm(b.LoopLength), MaxLoops: b.Rounds, End: mm(b.EndAt),
		MaxLength: mm(b.MaxLength), MinGap: mm(b.MinGap), Slack: mm(b.Slack), LateAfter: time.Duration(b.Late), ConfirmWithin: mm(b.ConfirmWithin),
		FullAfter: mm(b.FullAfter), JamAfter: mm(b.JamAfter)}
	for _, a := range b.Lanes {
		l.Lanes = append(l.Lanes, sorter.LaneAt{Name: a.Name, Divert: a.Divert, At: mm(a.At), FullEye: a.Full, Confirm: a.Confirm, Lead: mm(a.Lead)})
	}
	return l
}

func (b *Belt) defaults() {
	set := func(at *int, to int) {
		if *at == 0 {
			*at = to
		}
	}
	set(&b.Speed, 1000)
	set(&b.Pulse, 10)
	set(&b.Window, 100)
	set(&b.MaxGrams, 30_000)
	set(&b.Rounds, 2)
	set(&b.MaxLength, 600)
	set(&b.Slack, max(40, 2*b.Pulse+20)) // an eye and a confirmation may each fall between two pulses
	set(&b.MinGap, b.Window+2*b.Slack+20)
	set(&b.ConfirmWithin, min(300, b.MinGap+b.MaxLength-b.Slack-1))
	set(&b.FullAfter, 600)
	set(&b.JamAfter, b.MaxLength+b.Slack+1000)
	if b.Late == 0 {
		b.Late = Duration(150 * time.Millisecond)
	}
	if b.Seen == 0 {
		b.Seen = Duration(30 * time.Minute)
	}
}

// keyOf is the key of a belt that a field of a layout comes from.
func keyOf(field string) string {
	keys := map[string]string{"InductEye": "induct", "EndEye": "end", "ReadFrom": "tunnelAt", "ReadTo": "window", "MaxLoops": "rounds", "LateAfter": "late", "Lanes": "", "End": "endAt"}
	if lane, ok := strings.CutPrefix(field, "lanes["); ok {
		return "lane[" + strings.ToLower(lane)
	}
	if k, ok := keys[field]; ok {
		return k
	}
	return strings.ToLower(field[:1]) + field[1:]
}

func (d *decoder) belts(c *Config) {
	used := map[string]string{}
	seen, lanes, diverts := map[string]bool{}, map[string]bool{}, map[string]string{}
	for i := range c.Belts {
		b := &c.Belts[i]
		at := "belt[" + strconv.Itoa(i) + "]"
		d.name(at, b.Name, seen)
		b.defaults()
		wants := func(key, name, as string) {
			switch {
			case name == "":
			case !c.has(name, as):
				d.fault(at+"."+key, noDevice, as, name)
			case used[name] != "" && as != "divert" && as != "stacklight":
				d.fault(at+"."+key, "%s is used by %s already", name, used[name])
			default:
				used[name] = strings.TrimSuffix(at+"."+key, ".")
			}
		}
		wants("encoder", b.Encoder, "photoeye")
		wants("motor", b.Motor, "photoeye")
		wants("stacklight", b.Stacklight, "stacklight")
		wants("hospital", b.Hospital, "scanner")
		wants("induct", b.Induct, "photoeye")
		wants("weigher", b.Weigher, "weigher")
		wants("tunnel", b.Tunnel, "scanner")
		if b.End != b.Induct { // else it is told below
			wants("end", b.End, "photoeye")
		}
		for j, l := range b.Lanes {
			lane := fmt.Sprintf("lane[%d]", j)
			wants(lane+".divert", l.Divert, "divert")
			wants(lane+".full", l.Full, "photoeye")
			wants(lane+".confirm", l.Confirm, "photoeye")
			d.laneOnPin(at+"."+lane, c, b, l)
			place := fmt.Sprintf("%d mm of %s", l.At, at) // a divert may have a lane on each side
			if other := diverts[l.Divert]; l.Divert != "" && other != "" && other != place {
				d.fault(at+"."+lane+".divert", "%s stands at %s already", l.Divert, other)
			}
			diverts[l.Divert] = place
			if lanes[l.Name] {
				d.fault(at+"."+lane+".name", "another belt has this lane")
			}
		}
		for _, l := range b.Lanes {
			lanes[l.Name] = true
		}
		d.beltNumbers(at, b)
	}
}

func (d *decoder) beltNumbers(at string, b *Belt) {
	l := b.Layout()
	for _, f := range l.Check() {
		if f.Field == "ReadFrom" { // the key names the middle of the window
			f.What += fmt.Sprintf(", so that tunnelAt is at least %d", b.MaxLength+b.Slack+b.Window/2)
		}
		d.fault(strings.TrimSuffix(at+"."+keyOf(f.Field), "."), "%s", f.What)
	}
	for _, n := range []struct {
		key string
		v   int
	}{{"speed", b.Speed}, {"pulse", b.Pulse}, {"maxGrams", b.MaxGrams}} {
		if n.v < 0 {
			d.fault(at+"."+n.key, "must be more than 0")
		}
	}
	if b.Pulse > b.Slack {
		d.fault(at+".pulse", "is coarser than slack = %d: a place could not be told so exactly", b.Slack)
	}
	if b.Seen < 0 {
		d.fault(at+".seen", "must be more than 0")
	}
}
