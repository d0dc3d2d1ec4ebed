package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dcedge/devices/conveyor"
	"dcedge/devices/link"
)

// OnPin tells a device on pins of this machine, or of a simulator.
func (x *Device) OnPin() bool {
	return strings.HasPrefix(x.Link, "gpio:") || strings.HasPrefix(x.Link, "gpio+sim:")
}

// pins checks the pins of a device, each of which is of one device only.
func (d *decoder) pins(x *Device, name, at string) error {
	var used []*link.PinOpener
	o := link.Options{Device: name}
	switch x.Driver {
	case "stacklight":
		lamps, err := link.NewLamps(x.Link, o, conveyor.Lamps()...)
		if err != nil {
			return err
		}
		for _, key := range conveyor.Lamps() {
			if p := lamps[key]; p != nil {
				used = append(used, p)
			}
		}
	case "divert":
		p, _, err := link.NewPulse(x.Link, o)
		if err != nil {
			return err
		}
		used = append(used, p)
	default:
		p, err := link.NewPin(x.Link, o)
		if err != nil {
			return err
		}
		used = append(used, p)
	}
	for _, p := range used {
		if other, taken := d.pinOf[p.Place()]; taken && other != name {
			d.fault(at, "the pin %s is that of %s already", p.Place(), other)
		}
		d.pinOf[p.Place()] = name
	}
	return nil
}

// laneOnPin checks a lane whose divert is on a pin: it knows no parcel and says
// nothing, so that an eye in the lane has to.
func (d *decoder) laneOnPin(at string, c *Config, b *Belt, l BeltLane) {
	i := slices.IndexFunc(c.Devices, func(x Device) bool { return x.Name == l.Divert })
	if i < 0 || !c.Devices[i].OnPin() {
		if l.Confirm != "" || l.Lead != 0 {
			d.fault(at, "confirm and lead are for a divert on a pin: one at the broker knows its parcel, and confirms it itself")
		}
		return
	}
	if l.Confirm == "" {
		d.fault(at+".divert", "%s is on a pin, which cannot tell that its parcel went in: name the photo-eye in this lane, confirm =, since nothing is guessed", l.Divert)
	}
	_, pulse, err := link.NewPulse(c.Devices[i].Link, link.Options{Device: l.Divert})
	if err != nil {
		return // said already
	}
	if way := int(time.Duration(b.Speed) * pulse / time.Second); way >= l.Lead+b.MinGap {
		d.fault(at+".divert", "%s", fmt.Sprintf("its pulse of %v is %d mm of belt at full speed: the next parcel may be %d mm behind, and would be pushed too", pulse, way, l.Lead+b.MinGap))
	}
}
