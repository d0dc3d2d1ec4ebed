package agent

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"dcedge/devices"
	"dcedge/devices/conveyor"
	"dcedge/devices/mqtt"
	"dcedge/edge"
	"dcedge/edge/belt"
	"dcedge/edge/config"
	"dcedge/edge/floor"
	"dcedge/edge/sorter"
	"dcedge/edge/supervise"
)

// beltPart begins the names of belts among the supervised parts.
const beltPart = "belt "

// openBelts makes the belts of the configuration, and says who of the devices
// behind the broker speaks to whom.
func (a *Agent) openBelts() error {
	for i := range a.cfg.Belts {
		c := &a.cfg.Belts[i]
		l, err := belt.New(a.beltConfig(c), belt.Deps{Floor: a.engine, Wire: a.wireOrNone(), Outputs: outputs{a}, Open: a.openParcels(c.Name), Now: a.engine.Now, Log: a.log})
		if err != nil {
			return fmt.Errorf("agent: belt %s: %w", c.Name, err)
		}
		a.belts = append(a.belts, l)
		for _, name := range c.Devices() {
			if a.mail != nil && name != c.Hospital {
				a.mail[name] = l.Take
			}
		}
	}
	return nil
}

func (a *Agent) beltConfig(c *config.Belt) belt.Config {
	out := belt.Config{Layout: c.Layout(), Speed: int64(c.Speed), Encoder: c.Encoder, Pulse: int64(c.Pulse), Motor: c.Motor, StackLight: c.Stacklight,
		Eyes: map[string]conveyor.EyeConfig{}, Key: a.keys.derive("device content")}
	for _, name := range c.Eyes() {
		for _, d := range a.cfg.Devices {
			if d.Name == name && behindBroker(d) {
				out.Eyes[name] = eyeOptions(d)
			}
		}
	}
	return out
}

// wireOrNone gives the way to devices behind a broker; without one nothing can
// be told.
func (a *Agent) wireOrNone() belt.Wire {
	if a.wire == nil {
		return noWire{}
	}
	return a.wire
}

type noWire struct{}

// Send implements belt.Wire.
func (noWire) Send(mqtt.Command) error { return mqtt.ErrNotConnected }

// openParcels lists the parcels of a belt whose end was not told, as the state
// has them; those of belts that are gone end with the first belt.
func (a *Agent) openParcels(name string) func(context.Context) ([]sorter.Open, error) {
	known := map[string]bool{}
	for i := range a.cfg.Belts {
		known[a.cfg.Belts[i].Name] = true
	}
	first := a.cfg.Belts[0].Name == name
	return func(ctx context.Context) (out []sorter.Open, err error) {
		ctx, cancel := context.WithTimeout(ctx, decideWithin)
		defer cancel()
		err = a.engine.Read(ctx, func(v floor.View) {
			v.State.EachParcel(func(p *edge.Parcel) {
				if p.Belt == name || first && !known[p.Belt] {
					out = append(out, sorter.Open{Parcel: p.Name, Box: p.Box})
				}
			})
		})
		return out, err
	}
}

// supervisedBelt runs a belt for good: it begins anew after a fault.
func (a *Agent) supervisedBelt(l *belt.Line) supervise.Runner {
	return &supervise.Restart{Name: beltPart + l.Name(), Log: a.log, Backoff: supervise.Backoff{Max: backAfter}, Part: supervise.RunFunc(l.Run)}
}

// eyeOptions gives how a photo-eye behind the broker is read.
func eyeOptions(d config.Device) conveyor.EyeConfig {
	u, err := url.Parse(d.Link)
	if err != nil {
		return conveyor.EyeConfig{}
	}
	out, _ := conveyor.EyeOptions(u.Query()) // the configuration was checked
	return out
}

// beltsOf gives the belts that look at an eye.
func (a *Agent) beltsOf(eye string) (out []*belt.Line) {
	for i := range a.cfg.Belts {
		for _, name := range a.cfg.Belts[i].Eyes() {
			if name == eye && i < len(a.belts) {
				out = append(out, a.belts[i])
			}
		}
	}
	return out
}

// hand is a scanner at the end of a belt: whoever holds a box under it is told
// where that belongs.
type hand struct {
	device, belt string
	floor        floorSubmit
	key          []byte
	now          func() time.Time
	ids          edge.DeviceIDs // of one goroutine: that of its driver, or of its reads at the broker
}

// ask decides one read.
func (h *hand) ask(ctx context.Context, m *mqtt.Message) (edge.Verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, decideWithin)
	defer cancel()
	return h.floor.Submit(ctx, belt.Message(m, h.ids.Of(m.Device, m.ID, h.now()), h.key, &edge.BeltReport{Belt: h.belt, Read: &edge.ParcelRead{ID: m.ID, Place: edge.HospitalLane, Hand: true}}))
}

// Judge implements devices.Judge, for a scanner on a wire.
func (h *hand) Judge(ctx context.Context, r devices.Reading) (devices.Cue, error) {
	v, err := h.ask(ctx, &mqtt.Message{Device: h.device, What: mqtt.Read, ID: newMessageID(h.now()).String(), Code: r.Code, Symbology: r.Symbology})
	switch {
	case err != nil:
		return devices.CueBad, fmt.Errorf("agent: scan at %s: %w", h.belt, err)
	case !v.OK:
		return devices.CueBad, nil
	}
	return devices.CueGood, nil
}

// Read implements devices.Sink.
func (h *hand) Read(ctx context.Context, r devices.Reading) error {
	_, err := h.Judge(ctx, r)
	return err
}

// State implements devices.Sink; the device's monitor keeps it.
func (h *hand) State(devices.State) {}

// hospitalOf names the belt whose hospital a scanner is at.
func (a *Agent) hospitalOf(scanner string) (string, bool) {
	for i := range a.cfg.Belts {
		if a.cfg.Belts[i].Hospital == scanner {
			return a.cfg.Belts[i].Name, true
		}
	}
	return "", false
}
