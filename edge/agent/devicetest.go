package agent

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dcedge/devices"
	"dcedge/devices/conveyor"
	"dcedge/devices/mqtt"
	"dcedge/devices/printer"
	"dcedge/devices/scale"
	"dcedge/devices/scanner"
	"dcedge/edge/config"
	"dcedge/edge/web"
)

// DeviceTest is what a device did when it was tested.
type DeviceTest = web.DeviceTest

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
		case d.scale != nil:
			return testScale(d.scale)
		case d.divert != nil:
			return a.testDivert(d)
		case d.tower != nil:
			d.tower.Show(conveyor.Signal{Colour: conveyor.Amber, Reason: "test"})
			pause(ctx, blinkFor)
			d.tower.Show(conveyor.Signal{Colour: conveyor.Green})
			a.restore(name)
			return DeviceTest{Did: "blinked"}, nil
		}
		return a.testAtBroker(ctx, d)
	}
	if name == brokerPart && a.wire != nil {
		return a.testBroker()
	}
	for _, l := range a.belts {
		if l.Name() == name {
			return DeviceTest{}, &web.DeviceFault{Code: "notMoved", Detail: "a belt is not moved for a test: put a box on it, and look at what the tunnel reads"}
		}
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

// blinkFor is how long a light shows that it is meant.
const blinkFor = 2 * time.Second

// testAtBroker has a device without a wire of its own do something, where it can.
func (a *Agent) testAtBroker(ctx context.Context, d *device) (DeviceTest, error) {
	name := d.cfg.Name
	switch d.cfg.Driver {
	case "light":
		on := mqtt.LightTo(name, mqtt.LightBody{ID: a.commandID(), Quantity: 88, Colour: "white"})
		off := mqtt.LightTo(name, mqtt.LightBody{ID: a.commandID()})
		return a.blink(ctx, on, off)
	case "stacklight":
		on := mqtt.StackLightTo(name, mqtt.StackLightBody{ID: a.commandID(), Colour: conveyor.Amber, Reason: "test"})
		off := mqtt.StackLightTo(name, mqtt.StackLightBody{ID: a.commandID(), Colour: conveyor.Green, Reason: ""})
		return a.blink(ctx, on, off)
	case "camera":
		return DeviceTest{}, &web.DeviceFault{Code: "notMoved", Detail: "a camera is not started for a test: it records a box when it is packed"}
	case "divert":
		return DeviceTest{}, &web.DeviceFault{Code: "notMoved", Detail: "a divert is not moved for a test: somebody may stand there"}
	}
	st := d.status()
	if st.LastIn.IsZero() && d.pin == nil {
		return DeviceTest{}, &web.DeviceFault{Code: "silent", Detail: "it is there and has told nothing yet: let something pass before it"}
	}
	return DeviceTest{Did: "read", Shows: fmt.Sprintf("%d", st.Readings), Detail: "told so often since the start"}, nil
}

// blink tells a light to show something, and after a while what it should show.
func (a *Agent) blink(ctx context.Context, on, off mqtt.Command) (DeviceTest, error) {
	if err := a.wire.Send(on); err != nil {
		return DeviceTest{}, &web.DeviceFault{Code: "offline", Detail: "it listens to nothing: " + err.Error()}
	}
	pause(ctx, blinkFor)
	if err := a.wire.Send(off); err != nil && !errors.Is(err, mqtt.ErrNotConnected) {
		return DeviceTest{}, err
	}
	a.restore(on.Device)
	return DeviceTest{Did: "blinked"}, nil
}

// testDivert fires a divert on a pin once, where its belt stands and nothing that is
// followed lies before it.
func (a *Agent) testDivert(d *device) (DeviceTest, error) {
	for _, l := range a.belts {
		free, ours := l.Free(d.cfg.Name)
		switch {
		case !ours || free:
		case !l.Seen(): // a person's word that it stands protects no hand at the divert
			return DeviceTest{}, &web.DeviceFault{Code: "beltUnseen", Detail: "this belt has neither encoder nor motor, so that nobody sees whether it stands: name the contact of its motor, or test the divert before a lane of the belt names it"}
		default:
			return DeviceTest{}, &web.DeviceFault{Code: "beltRuns", Detail: "a divert is fired for a test only while its belt is seen to stand, by its encoder or its motor, and no parcel lies before it"}
		}
	}
	if err := d.divert.Fire(); err != nil {
		return DeviceTest{}, &web.DeviceFault{Code: "offline", Detail: "its pin is away, or it is being fired: try again in a moment"}
	}
	return DeviceTest{Did: "fired"}, nil
}

// restore has a light show again what it is meant to.
func (a *Agent) restore(light string) {
	for _, l := range a.belts {
		l.Shine(light)
	}
	if a.lights != nil {
		a.lights.Shine(light)
	}
}

// testBroker tells whether the way to the devices is open.
func (a *Agent) testBroker() (DeviceTest, error) {
	if !a.wire.Connected() {
		return DeviceTest{}, &web.DeviceFault{Code: "offline", Detail: a.brokerLine().Hint}
	}
	there := 0
	all := a.inbox.Statuses()
	for _, st := range all {
		if st.Condition.Works() {
			there++
		}
	}
	return DeviceTest{Did: "read", Shows: fmt.Sprintf("%d/%d", there, len(all)), Detail: "devices that are there"}, nil
}

func (a *Agent) commandID() string { return newMessageID(a.engine.Now()).String() }
