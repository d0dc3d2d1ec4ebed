package agent

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"dcedge/devices"
	"dcedge/devices/mqtt"
	"dcedge/edge/board"
	"dcedge/edge/config"
)

// doctorBroker is how long devices may take to find the broker: many try again
// every ten seconds only.
const doctorBroker = 12 * time.Second

// askBroker looks who comes to the broker of an edge that is not running: the
// broker's own line first, then one a device behind it, by name. What they read
// meanwhile is refused: they send it again to the edge.
func askBroker(ctx context.Context, cfg *config.Config, env Env) map[string]board.Device {
	in, line, err := newLine(cfg, env, slog.New(slog.DiscardHandler), true)
	if err != nil {
		return withoutBroker(cfg, err)
	}
	ctx, cancel := context.WithCancel(ctx) // of the line: it is open until everybody was looked at
	defer cancel()
	look, enough := context.WithTimeout(ctx, doctorBroker)
	defer enough()
	done, drained := make(chan error, 1), make(chan struct{})
	go func() { done <- line.Run(ctx) }()
	go func() {
		defer close(drained)
		for r, err := in.Next(ctx); err == nil; r, err = in.Next(ctx) {
			r.Fail()
		}
	}()
	was, err := watchBroker(look, in, line, done)
	out := map[string]board.Device{brokerPart: brokerEntry(cfg, true)}
	for _, c := range cfg.Devices {
		if behindBroker(c) {
			st, _ := in.Status(c.Name)
			out[c.Name] = deviceBehind(cfg, c, st)
		}
	}
	cancel()
	if err == nil {
		err = <-done
	}
	<-drained
	if !was {
		return withoutBroker(cfg, err)
	}
	return out
}

// withoutBroker tells of a broker that cannot be spoken with: of the devices
// behind it nothing is known.
func withoutBroker(cfg *config.Config, err error) map[string]board.Device {
	x := brokerEntry(cfg, false)
	if err != nil {
		x.LastError, x.Hint = err.Error(), cmp.Or(devices.HintOf(err), x.Hint)
	}
	out := map[string]board.Device{brokerPart: x}
	for _, c := range cfg.Devices {
		if behindBroker(c) {
			out[c.Name] = board.Device{Name: c.Name, Driver: c.Driver, Link: c.Link, Condition: "unknown", Hint: "first see to the broker"}
		}
	}
	return out
}

// watchBroker waits until every device is there, or time or the way to them has
// ended. It tells whether the way was open at all.
func watchBroker(ctx context.Context, in *mqtt.Inbox, line mqtt.Line, done <-chan error) (was bool, err error) {
	tick := time.NewTicker(doctorLook)
	defer tick.Stop()
	for {
		was = was || line.Connected()
		all := was
		for _, st := range in.Statuses() {
			all = all && st.Condition.Works()
		}
		if all {
			return was, nil
		}
		select {
		case <-ctx.Done():
			return was, nil
		case err := <-done:
			return was, cmp.Or(err, ctx.Err(), context.Canceled)
		case <-tick.C:
		}
	}
}

// deviceBehind is the line of a device behind the broker.
func deviceBehind(cfg *config.Config, c config.Device, st devices.Status) board.Device {
	if !st.Condition.Works() && st.Hint == "" {
		st.Hint = notAtBroker(c)
	}
	x := lineOf(c, st)
	x.Stations = stationsOf(cfg, c)
	return x
}

func notAtBroker(c config.Device) string {
	return "switch it on, and see that it finds the broker and may speak there as " + cmp.Or(c.Client, c.Name)
}

// doctorPasswords looks for the passwords of the broker and of the devices
// behind it.
func doctorPasswords(cfg *config.Config, env Env) (out []Finding) {
	if cfg.MQTT == nil {
		return nil
	}
	_, broker := brokerPassword(cfg, env)
	_, devs := brokerDevices(cfg, env)
	for _, err := range []error{broker, devs} {
		if err != nil {
			out = append(out, Finding{Part: "keys", Detail: err.Error(), Do: "set it, as the service does"})
		}
	}
	return out
}
