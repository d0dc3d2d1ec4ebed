package agent

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"dcedge/devices"
	"dcedge/devices/printer"
	"dcedge/devices/scale"
	"dcedge/devices/scanner"
	"dcedge/edge/board"
	"dcedge/edge/config"
	"dcedge/edge/web"
)

// DeviceTest is what a device did when it was tested.
type DeviceTest = web.DeviceTest

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
	return out
}

// Devices implements web.Devices: how every device is this moment.
func (a *Agent) Devices() []board.Device {
	out := make([]board.Device, 0, len(a.devices))
	for _, d := range a.devices {
		out = append(out, a.deviceLine(d, d.status()))
	}
	return out
}

func (a *Agent) deviceLine(d *device, st devices.Status) board.Device {
	x := lineOf(d.cfg, st)
	if st.Condition == devices.OtherPrinter && d.cfg.Serial != "" {
		x.Hint = "another printer answers at this address: correct serial or link of this device in the configuration"
	}
	x.Stations = stationsOf(a.cfg, d.cfg)
	if d.skipped.Load() {
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
		LastError: st.LastError, LastErrorHint: st.LastErrorHint, LastErrorAt: st.LastErrorAt}
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

// TestDevice implements web.Devices.
func (a *Agent) TestDevice(ctx context.Context, name string) (DeviceTest, error) {
	for _, d := range a.devices {
		if d.cfg.Name != name {
			continue
		}
		if c := d.status().Condition; c == devices.Offline || d.skipped.Load() {
			return DeviceTest{}, &web.DeviceFault{Code: "offline", Detail: a.deviceLine(d, d.status()).Hint}
		}
		switch {
		case d.printer != nil:
			return a.testPrinter(ctx, d.printer)
		case d.a4 != nil:
			return a.documents.test(ctx, d.a4)
		case d.scanner != nil:
			return testScanner(d.scanner, d.cfg)
		}
		return testScale(d.scale)
	}
	return DeviceTest{}, web.ErrNoDevice
}

// testLabelWithin bounds a test label, so that it does not wait behind a label
// that waits for a person.
const testLabelWithin = 10 * time.Second

// testPrinter prints a label that no box can take for its own: it has no code.
// Where another printer answers than the one that belongs there, the lead who
// presses says with it that this one does, and sees where the label comes out.
func (a *Agent) testPrinter(ctx context.Context, p *printer.Printer) (DeviceTest, error) {
	ctx, cancel := context.WithTimeout(ctx, testLabelWithin)
	defer cancel()
	name := p.Info().Name
	if st := p.Status(); st.Condition == devices.OtherPrinter {
		if err := a.admit(ctx, p); err != nil {
			return DeviceTest{}, err
		}
	}
	at := a.engine.Now().In(a.cfg.Zone()).Format("2006-01-02 15:04:05")
	zpl := fmt.Sprintf("^XA^CI28^FO40,40^A0N,60,60^FDTEST %s^FS^FO40,120^A0N,40,40^FD%s %s^FS^XZ", plainText(name), plainText(a.cfg.Site), at)
	r := p.Print(ctx, devices.PrintJob{ID: "test", ZPL: []byte(zpl)})
	switch r.Outcome {
	case devices.Printed:
		return DeviceTest{Did: "printed", Detail: r.Evidence}, nil
	case devices.Unknown:
		return DeviceTest{}, &web.DeviceFault{Code: r.Code, Detail: "the label was sent and the printer did not prove it: look whether it came out"}
	}
	return DeviceTest{}, &web.DeviceFault{Code: r.Code, Detail: "nothing was sent: see the printer's state"}
}

// plainText leaves out what is a command in a ZPL field.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == '^' || r == '~' || r == '\\' {
			return ' '
		}
		return r
	}, s)
}

func testScanner(s *scanner.Scanner, c config.Device) (DeviceTest, error) {
	if c.Protocol != "ssi" && !c.Bell {
		return DeviceTest{}, &web.DeviceFault{Code: "noSignal", Detail: "this scanner cannot be told to beep by its protocol: pull its trigger and watch the bytes"}
	}
	if err := s.Signal(devices.CueGood); err != nil {
		return DeviceTest{}, &web.DeviceFault{Code: "busy", Detail: "try again in a moment"}
	}
	return DeviceTest{Did: "beeped"}, nil
}

// weightFresh is how old a shown weight may be.
const weightFresh = 3 * time.Second

func testScale(s *scale.Scale) (DeviceTest, error) {
	w := s.Weight()
	if w.Verdict == scale.NoWeight || time.Since(w.At) > weightFresh {
		return DeviceTest{}, &web.DeviceFault{Code: "silent", Detail: "it sends no weight: switch it on, and compare its format with protocol"}
	}
	return DeviceTest{Did: "read", Grams: w.Grams, Shows: strings.TrimSpace(w.Value + " " + w.Unit), Detail: string(w.Verdict)}, nil
}
