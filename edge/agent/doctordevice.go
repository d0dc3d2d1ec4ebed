package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"dcedge/devices"
	"dcedge/edge/board"
	"dcedge/edge/config"
)

const doctorLook = 50 * time.Millisecond // between two looks at a device that is being asked

// doctorDevices tells one finding a device. running is what a running edge said
// of them; nil: ask them directly.
func doctorDevices(ctx context.Context, cfg *config.Config, env Env, running []board.Device) []Finding {
	if running != nil {
		var out []Finding
		for _, x := range running {
			out = append(out, deviceFinding(cfg.Zone(), x))
		}
		return out
	}
	out := make([]Finding, len(cfg.Devices))
	var wg sync.WaitGroup
	var behind map[string]board.Device
	if cfg.MQTT != nil {
		wg.Go(func() { behind = askBroker(ctx, cfg, env) })
	}
	for i, c := range cfg.Devices {
		if !behindBroker(c) {
			wg.Go(func() { out[i] = deviceFinding(cfg.Zone(), askDevice(ctx, cfg, c)) })
		}
	}
	wg.Wait()
	for i, c := range cfg.Devices {
		if behindBroker(c) {
			out[i] = deviceFinding(cfg.Zone(), behind[c.Name])
		}
	}
	if cfg.MQTT != nil {
		out = append(out, deviceFinding(cfg.Zone(), behind[brokerPart]))
	}
	return out
}

// deviceFinding tells times as the site's clocks show them, not as this shell does.
func deviceFinding(zone *time.Location, x board.Device) Finding {
	f := Finding{Part: x.Name, OK: x.OK, Device: &x}
	words := []string{x.Driver}
	if x.Link != "" { // a belt has none
		words = append(words, x.Link)
	}
	if x.Protocol != "" {
		words = append(words, "speaks "+x.Protocol)
	}
	state := cmp.Or(x.Condition, "unknown")
	if x.Detail != "" && !strings.Contains(x.LastError, x.Detail) {
		state += " (" + x.Detail + ")"
	}
	if !x.Since.IsZero() {
		state += " since " + x.Since.In(zone).Format("2006-01-02 15:04:05")
	}
	words = append(words, state)
	if told := strings.TrimSpace(x.Model + " " + x.Firmware + " " + x.Serial); told != "" {
		words = append(words, "answers as "+told)
	}
	if x.OdometerUnit != "" {
		words = append(words, fmt.Sprintf("odometer %d %s", x.Odometer, map[string]string{devices.MeterLabels: "labels", devices.MeterLength: "(length)"}[x.OdometerUnit]))
	}
	words = append(words, fmt.Sprintf("%d bytes in, %d out", x.BytesIn, x.BytesOut))
	if x.LastError != "" {
		words = append(words, "last error: "+x.LastError)
	}
	f.Detail = strings.Join(words, ", ")
	if !x.OK {
		f.Do = cmp.Or(x.Hint, x.LastErrorHint, "see the device")
	} else {
		f.Do = x.Hint
	}
	return f
}

// doctorSink takes nothing: what a device reads while nobody runs is refused.
type doctorSink struct{}

// Read implements devices.Sink.
func (doctorSink) Read(context.Context, devices.Reading) error {
	return errors.New("agent: doctor takes no readings")
}

// State implements devices.Sink.
func (doctorSink) State(devices.State) {}

// askDevice opens a device of an edge that is not running and waits until it has
// said who it is, or is known to be in trouble.
func askDevice(ctx context.Context, cfg *config.Config, c config.Device) board.Device {
	d, err := newDevice(c, slog.New(slog.DiscardHandler))
	if err != nil {
		return board.Device{Name: c.Name, Driver: c.Driver, Link: c.Link, Condition: "notBuilt", Hint: err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, doctorWire)
	defer cancel()
	d.tells(doctorSink{})
	done := make(chan struct{})
	go func() { defer close(done); _ = d.run(ctx) }() // its end stands in the status
	tick := time.NewTicker(doctorLook)
	defer tick.Stop()
	st := d.status()
	for !answered(c, st) && ctx.Err() == nil {
		select {
		case <-done:
			st = d.status()
			cancel()
		case <-tick.C:
			st = d.status()
		}
	}
	cancel()
	<-done
	x := lineOf(c, st)
	x.Stations = stationsOf(cfg, c)
	return x
}

// answered tells that nothing more is to be learnt of a device.
func answered(c config.Device, st devices.Status) bool {
	switch {
	case c.Driver == "ipp":
		return st.Condition != devices.Offline
	case st.Condition == devices.Offline:
		return false // being opened
	case c.OnPin(), c.Driver == "scanner" && c.Protocol != "ssi":
		return true // it speaks only when something happens
	case c.Driver == "scale":
		return !st.LastIn.IsZero() && st.Condition != devices.Silent || st.Condition == devices.Faulty
	}
	if c.Driver == "zebra" && st.Condition.Works() {
		return st.CountUnit != "" || time.Since(st.Since) > 2*time.Second // it is asked for its count last
	}
	return st.Model != "" || !st.Condition.Works()
}
