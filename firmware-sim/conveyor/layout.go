package conveyor

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/pelletier/go-toml/v2"
)

// Loop as Layout.End sends what no divert took round again, at once.
const Loop = "loop"

// Layout says what stands where. Lengths are in mm from the start of the belt.
type Layout struct {
	Speed   int      `toml:"speed"`      // mm a second (1000)
	Length  int      `toml:"length"`     // of the belt (20,000)
	Pulse   int      `toml:"pulse"`      // mm of belt for one edge of the encoder (50)
	End     string   `toml:"end"`        // lane at the end, or "loop" ("hospital")
	Encoder string   `toml:"encoder"`    // its pin; empty: none
	Counter string   `toml:"counter"`    // photo-eye at the broker that changes with every edge of the encoder; empty: none
	Light   string   `toml:"stacklight"` // at the broker
	Lamps   []string `toml:"lamps"`      // outputs of a stack light on pins
	Eyes    []Eye    `toml:"eye"`
	Tunnel  Place    `toml:"tunnel"`
	Weigher Place    `toml:"weigher"`
	Diverts []Divert `toml:"divert"`
	Lanes   []Lane   `toml:"lane"` // lanes that are not named here are endless
}

// Place is a device and where it stands; an empty name is none.
type Place struct {
	Name string `toml:"name"`
	At   int    `toml:"at"`
}

// Eye is a photo-eye, on MQTT or on a pin.
type Eye struct {
	Name   string `toml:"name"`
	At     int    `toml:"at"`
	Lane   string `toml:"lane"`   // stands in this lane instead: blocked while it is full
	Mouth  bool   `toml:"mouth"`  // of one in a lane: it stands where parcels come in, mouthAt mm behind the divert, and sees each
	Pin    string `toml:"pin"`    // empty: MQTT
	Invert bool   `toml:"invert"` // the pin is high while nothing is before it
}

// Divert pushes parcels into lanes.
type Divert struct {
	Name   string   `toml:"name"`
	At     int      `toml:"at"`
	Lanes  []string `toml:"lanes"`  // empty: any
	Window int      `toml:"window"` // mm before it in which a command is taken; 0: from the tunnel on
	Pin    string   `toml:"pin"`    // it pushes off whatever passes while this output is driven, and knows no parcel; empty: MQTT
	Invert bool     `toml:"invert"` // the output is driven by low
}

// Lane holds so many parcels until it is emptied.
type Lane struct {
	Name     string `toml:"name"`
	Capacity int    `toml:"capacity"` // 0: endless
	Loop     int    `toml:"loop"`     // mm of belt that bring a parcel back to the start; 0: it stays in the lane
}

// ErrConfig is returned for a layout or configuration that cannot be played.
var ErrConfig = errors.New("conveyor: bad configuration")

// ReadLayout reads a layout (TOML, strict).
func ReadLayout(text []byte) (Layout, error) {
	var l Layout
	if err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(&l); err != nil {
		return Layout{}, fmt.Errorf("%w: layout: %w", ErrConfig, err)
	}
	l = l.withDefaults()
	return l, l.Validate()
}

// Line makes a layout of the devices that a site has, in their order: an eye at
// the start, the weigher, the tunnel, then every divert with an eye before it, and
// what eyes are left towards the end.
func Line(eyes []Eye, tunnel, weigher string, diverts []string, light string) Layout {
	const start, step = 1000, 2000
	l := Layout{Light: light}
	at := start
	take := func() {
		if len(eyes) > 0 {
			e := eyes[0]
			e.At, eyes = at, eyes[1:]
			l.Eyes = append(l.Eyes, e)
		}
	}
	take()
	if weigher != "" {
		l.Weigher = Place{weigher, start + 300}
	}
	if tunnel != "" {
		l.Tunnel = Place{tunnel, start + 700}
	}
	for _, d := range diverts {
		at += step
		take()
		l.Diverts = append(l.Diverts, Divert{Name: d, At: at + 500})
	}
	for len(eyes) > 0 {
		at += step
		take()
	}
	l.Length = at + step
	return l.withDefaults()
}

func (l Layout) withDefaults() Layout {
	for _, d := range []struct {
		to *int
		v  int
	}{{&l.Speed, 1000}, {&l.Length, 20_000}, {&l.Pulse, 50}} {
		if *d.to == 0 {
			*d.to = d.v
		}
	}
	if l.End == "" {
		l.End = "hospital"
	}
	return l
}

// Validate gives every fault at once, as ErrConfig.
func (l Layout) Validate() error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if l.Speed < 1 || l.Speed > 5000 || l.Length < 1000 || l.Pulse < 1 {
		bad("speed must be 1 to 5000 mm/s, length at least 1000 mm, pulse at least 1 mm")
	}
	names := map[string]bool{}
	stands := func(what, name string, at int) {
		switch {
		case name == "":
			bad("%s without a name", what)
		case names[name]:
			bad("%s %q is there twice", what, name)
		case at < 0 || at > l.Length:
			bad("%s %q stands at %d mm, the belt is %d mm long", what, name, at, l.Length)
		}
		names[name] = true
	}
	for _, e := range l.Eyes {
		stands("eye", e.Name, e.At)
	}
	if l.Counter != "" {
		stands("counter", l.Counter, 0)
	}
	if l.Tunnel.Name != "" {
		stands("tunnel", l.Tunnel.Name, l.Tunnel.At)
	}
	if l.Weigher.Name != "" {
		stands("weigher", l.Weigher.Name, l.Weigher.At)
	}
	for _, d := range l.Diverts {
		stands("divert", d.Name, d.At)
		if l.Tunnel.Name == "" || d.At <= l.Tunnel.At {
			bad("divert %q stands before the tunnel", d.Name)
		}
		if d.Pin != "" && len(d.Lanes) != 1 {
			bad("divert %q is on a pin: it pushes into one lane", d.Name)
		}
	}
	for _, lane := range l.Lanes {
		if lane.Name == "" || lane.Name == l.End || lane.Capacity < 0 || lane.Loop < 0 {
			bad("lane %q (capacity %d, loop %d) cannot be", lane.Name, lane.Capacity, lane.Loop)
		}
	}
	if len(faults) > 0 {
		return fmt.Errorf("%w: %w", ErrConfig, errors.Join(faults...))
	}
	return nil
}

func (d Divert) serves(lane string) bool {
	return lane != "" && (len(d.Lanes) == 0 || slices.Contains(d.Lanes, lane))
}

// pins are the names of the pins that the layout needs.
func (l Layout) pins() []string {
	var all []string
	for _, e := range l.Eyes {
		if e.Pin != "" {
			all = append(all, e.Pin)
		}
	}
	if l.Encoder != "" {
		all = append(all, l.Encoder)
	}
	for _, d := range l.Diverts {
		if d.Pin != "" {
			all = append(all, d.Pin)
		}
	}
	return append(all, l.Lamps...)
}
