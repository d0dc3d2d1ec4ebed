package floor

import (
	"errors"
	"fmt"
	"slices"

	"dcedge/firmware-sim/conveyor"
)

// beltLine is a [[belt]] of the configuration; places are mm of belt from its
// induct eye.
type beltLine struct {
	Name       string `toml:"name"`
	Speed      int    `toml:"speed"`
	Encoder    string `toml:"encoder"`
	Pulse      int    `toml:"pulse"`
	Motor      string `toml:"motor"`
	Stacklight string `toml:"stacklight"`
	Hospital   string `toml:"hospital"`
	Induct     string `toml:"induct"`
	Weigher    string `toml:"weigher"`
	WeighAt    int    `toml:"weighAt"`
	Tunnel     string `toml:"tunnel"`
	TunnelAt   int    `toml:"tunnelAt"`
	End        string `toml:"end"`
	EndAt      int    `toml:"endAt"`
	Loop       string `toml:"loop"`
	LoopLength int    `toml:"loopLength"`
	Lanes      []struct {
		Name   string `toml:"name"`
		Divert string `toml:"divert"`
		At     int    `toml:"at"`
		Full   string `toml:"full"`

		Confirm string `toml:"confirm"`
	} `toml:"lane"`
}

// divert is one of a lane: on a pin where the configuration has it there.
func (p *Plan) divert(name string, at int, lane string) conveyor.Divert {
	d := conveyor.Divert{Name: name}
	for _, x := range p.PinDiverts {
		if x.Name == name {
			d = x
		}
	}
	d.At, d.Lanes = at, []string{lane}
	return d
}

// counted gives the line the encoder that its belt is followed by.
func counted(l *conveyor.Layout, b beltLine, e conveyor.Eye) {
	if l.Pulse = b.Pulse; l.Pulse == 0 {
		l.Pulse = 10 // the edge's default
	}
	if l.Encoder = e.Pin; e.Pin == "" {
		l.Counter = e.Name
	}
}

const hospitalLane = "hospital" // what no divert took lies there

// Of a belt that the configuration describes.
const (
	beforeInduct = 1000 // mm of belt where parcels are put on
	behindEnd    = 1000 // mm to the hospital lane
	wayBack      = 3000 // mm of a loop whose length is not told
	laneHolds    = 40   // parcels, where an eye tells that it is full
)

// line takes the belt: where its devices stand, and which scanner is whose.
func (p *Plan) line(b beltLine) error {
	eyes := map[string]conveyor.Eye{}
	for _, e := range p.Eyes {
		eyes[e.Name] = e
	}
	l := conveyor.Layout{Speed: 1000, Pulse: 50, Lamps: p.Lamps} // a belt without an encoder has its pulses too, nobody sees them
	if slices.Contains(p.Stacks, b.Stacklight) {
		l.Light = b.Stacklight
	}
	if b.Encoder == "" && b.Speed > 0 {
		l.Speed = b.Speed
	}
	var faults []error
	stand := func(name string, at int, lane string) {
		e, ok := eyes[name]
		switch {
		case name == "":
		case !ok:
			faults = append(faults, fmt.Errorf("photo-eye %q is not played", name))
		default:
			e.At, e.Lane = beforeInduct+at, lane
			l.Eyes = append(l.Eyes, e)
		}
	}
	stand(b.Induct, 0, "")
	for _, x := range b.Lanes {
		l.Diverts = append(l.Diverts, p.divert(x.Divert, beforeInduct+x.At, x.Name))
		stand(x.Full, 0, x.Name)
		if stand(x.Confirm, 0, x.Name); x.Confirm != "" && len(l.Eyes) > 0 {
			l.Eyes[len(l.Eyes)-1].Mouth = true
		}
		lane := conveyor.Lane{Name: x.Name}
		if x.Full != "" {
			lane.Capacity = laneHolds
		}
		if x.Name == b.Loop {
			if lane.Loop = b.LoopLength; lane.Loop == 0 {
				lane.Loop = wayBack
			}
		}
		l.Lanes = append(l.Lanes, lane)
	}
	stand(b.End, b.EndAt, "")
	l.Length = beforeInduct + b.EndAt + behindEnd
	if b.Weigher != "" {
		l.Weigher = conveyor.Place{Name: b.Weigher, At: beforeInduct + b.WeighAt}
	}
	if b.Tunnel != "" {
		l.Tunnel = conveyor.Place{Name: b.Tunnel, At: beforeInduct + b.TunnelAt}
	}
	if e, ok := eyes[b.Encoder]; ok {
		counted(&l, b, e)
	}
	if b.Motor != "" {
		faults = append(faults, errors.New("a motor's contact is not played"))
	}
	l.End = hospitalLane
	own := []string{b.Tunnel, b.Hospital}
	p.Tunnels = slices.DeleteFunc(p.Tunnels, func(n string) bool { return slices.Contains(own, n) })
	p.Stacks = slices.DeleteFunc(p.Stacks, func(n string) bool { return n == b.Stacklight })
	p.Belt, p.Hospital = &l, b.Hospital
	if err := l.Validate(); err != nil {
		faults = append(faults, err)
	}
	if len(faults) > 0 {
		return fmt.Errorf("belt %q: %w", b.Name, errors.Join(faults...))
	}
	return nil
}
