package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"dcedge/devices/printer"
	"dcedge/edge"
	"dcedge/edge/web"
)

// kindSerial are the private records of which printer belongs to a name: what a
// printer without serial = in the configuration has to answer, also after a
// restart (L8).
const kindSerial = "printerSerial"

type printerSerial struct {
	Serial string `json:"serial"`
}

// trustPrinters tells the printers which serial number belonged to them last.
func (a *Agent) trustPrinters() error {
	a.serials = map[string]string{}
	list, err := a.store.Privates(kindSerial)
	if err != nil {
		return fmt.Errorf("agent: printers' serial numbers: %w", err)
	}
	for _, x := range list {
		var v printerSerial
		if p := a.printers[x.Key]; p != nil && json.Unmarshal(x.Value, &v) == nil && v.Serial != "" {
			p.Trust(v.Serial)
			a.serials[x.Key] = v.Serial
		}
	}
	return nil
}

// serialEvery is how often it is looked whether a printer was met for the first
// time.
const serialEvery = time.Second

// keepSerials writes down the serial number of every printer that is met.
func (a *Agent) keepSerials(ctx context.Context) error {
	tick := time.NewTicker(serialEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		for name, p := range a.printers {
			if serial := p.Trusted(); serial != "" && serial != a.serials[name] {
				if err := a.keepSerial(ctx, name, serial); err != nil && ctx.Err() == nil {
					a.log.Warn("a printer's serial number is not kept", "device", name, "err", err)
				}
			}
		}
	}
}

func (a *Agent) keepSerial(ctx context.Context, name, serial string) error {
	text, err := json.Marshal(printerSerial{serial})
	if err != nil {
		return err
	}
	if err := a.engine.Record(ctx, edge.Private{Kind: kindSerial, Key: name, Value: text}); err != nil {
		return err
	}
	a.serials[name] = serial
	a.log.Info("printer belongs here", "device", name, "serial", serial)
	return nil
}

// admitWithin bounds the wait for a printer to be met anew.
const admitWithin = 8 * time.Second

// admit takes the printer that answers now for the one that belongs there, and
// waits until it is served.
func (a *Agent) admit(ctx context.Context, p *printer.Printer) error {
	name, serial := p.Info().Name, p.Status().Serial
	for _, d := range a.devices {
		if d.cfg.Name == name && d.cfg.Serial != "" {
			return &web.DeviceFault{Code: "otherPrinter", Detail: "the configuration names its serial number: correct serial of this device, or the address"}
		}
	}
	if serial == "" {
		return &web.DeviceFault{Code: "otherPrinter", Detail: "it tells no serial number: name its model or address in the configuration"}
	}
	p.Trust(serial)
	ctx, cancel := context.WithTimeout(ctx, admitWithin)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !p.Status().Condition.Works() {
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return &web.DeviceFault{Code: "otherPrinter", Detail: "it is taken for " + name + " from now on; press again when it answers"}
			}
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}
