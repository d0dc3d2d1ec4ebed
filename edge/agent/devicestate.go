package agent

import (
	"slices"
	"strings"
	"sync"
	"time"

	"dcedge/devices"
	"dcedge/edge/belt"
	"dcedge/edge/board"
	"dcedge/edge/config"
)

// countsEvery is how often the board is told how many bytes passed: a scale
// sends ten times a second, and no screen needs that.
const countsEvery = 5 * time.Second

// counts keeps the counters that the board was told last.
type counts struct {
	mu sync.Mutex
	at time.Time
	of map[string]devices.Status
}

// slow gives a device's status with the counters of the last full look.
func (c *counts) slow(now time.Time, all []*device) []devices.Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	fresh := now.Sub(c.at) >= countsEvery || c.of == nil
	if fresh {
		c.at, c.of = now, map[string]devices.Status{}
	}
	out := make([]devices.Status, len(all))
	for i, d := range all {
		st := d.status()
		if fresh {
			c.of[d.cfg.Name] = st
		}
		old := c.of[d.cfg.Name]
		st.BytesIn, st.BytesOut, st.Readings, st.Junk, st.Repeats, st.LastIn = old.BytesIn, old.BytesOut, old.Readings, old.Junk, old.Repeats, old.LastIn
		out[i] = st
	}
	return out
}

// deviceHealth tells the board how every device is. It is quick.
func (a *Agent) deviceHealth() []board.Device {
	out := make([]board.Device, 0, len(a.devices))
	for i, st := range a.counts.slow(time.Now(), a.devices) {
		out = append(out, a.deviceLine(a.devices[i], st))
	}
	return a.withBelts(out)
}

// Devices implements web.Devices: how every device is this moment.
func (a *Agent) Devices() []board.Device {
	out := make([]board.Device, 0, len(a.devices))
	for _, d := range a.devices {
		out = append(out, a.deviceLine(d, d.status()))
	}
	return a.withBelts(out)
}

// withBelts adds what is no single device: the broker and the belts.
func (a *Agent) withBelts(out []board.Device) []board.Device {
	if a.wire != nil {
		out = append(out, a.brokerLine())
	}
	for _, l := range a.belts {
		out = append(out, beltLine(l.Status()))
	}
	return out
}

// beltLine is a belt's line.
func beltLine(st belt.Status) board.Device {
	x := board.Device{Name: st.Name, OK: st.Condition == belt.Ready || st.Condition == belt.Flushing, Condition: st.Condition, Since: st.Since, Class: st.Class, Driver: st.Driver,
		Detail: st.Detail, Hint: belt.Hint(st.Condition, st.Where), Readings: st.Reads}
	if !x.OK {
		x.Error = st.Condition
	}
	return x
}

func (a *Agent) deviceLine(d *device, st devices.Status) board.Device {
	x := lineOf(d.cfg, st)
	if st.Condition == devices.OtherPrinter && d.cfg.Serial != "" {
		x.Hint = "another printer answers at this address: correct serial or link of this device in the configuration"
	}
	x.Stations = stationsOf(a.cfg, d.cfg)
	if d.skipped.Load() && !st.Condition.Works() {
		x.OK, x.Error, x.Condition = true, "", "skipped"
		x.Hint = "it was not there at the start and is left out (absent = \"ignore\"): plug it in and start the edge again"
	}
	return x
}

// lineOf is a device's line without what only a running edge knows.
func lineOf(c config.Device, st devices.Status) board.Device {
	x := board.Device{Name: c.Name, OK: st.Condition.Works(), Condition: string(st.Condition), Since: st.Since, Class: st.Class, Driver: c.Driver, Link: c.Link,
		Protocol: c.Protocol, Detail: st.Detail, Hint: st.Hint, Model: st.Model, Serial: st.Serial, Firmware: st.Firmware,
		Odometer: st.Count, OdometerUnit: st.CountUnit, BytesIn: st.BytesIn, BytesOut: st.BytesOut, Readings: st.Readings, Junk: st.Junk, LastIn: st.LastIn,
		LastError: st.LastError, LastErrorCode: st.LastErrorCode, LastErrorHint: st.LastErrorHint, LastErrorAt: st.LastErrorAt}
	if !x.OK {
		x.Error = x.Condition
	}
	return x
}

// stationsOf names the stations that a device belongs to.
func stationsOf(cfg *config.Config, c config.Device) string {
	var out []string
	for _, s := range cfg.Stations {
		if s.Name == c.Station || s.Scale == c.Name || slices.Contains(s.Printers, c.Name) {
			out = append(out, s.Name)
		}
	}
	return strings.Join(out, " ")
}
