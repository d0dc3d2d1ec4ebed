package agent

import (
	"context"
	"fmt"

	"dcedge/edge/belt"
	"dcedge/edge/putlight"
)

// openLights makes the lights of put walls: a light device without a station has
// the name of its cell.
func (a *Agent) openLights() (err error) {
	var cells []string
	for _, c := range a.cfg.Devices {
		if c.Driver == "light" && c.Station == "" { // a desk's light is no cell's
			cells = append(cells, c.Name)
		}
	}
	if len(cells) == 0 {
		return nil
	}
	a.lights, err = putlight.New(cells, putlight.Deps{Floor: a.engine, Wire: a.wire, Person: a.personOf, Code: a.cellCode, Shown: a.shown, Now: a.engine.Now,
		Key: a.keys.derive("device content"), Log: a.log})
	if err != nil {
		return fmt.Errorf("agent: lights: %w", err)
	}
	for _, c := range cells {
		a.mail[c] = func(ctx context.Context, d belt.Delivery) {
			a.lights.Take(ctx, putlight.Press{Message: d.Message, Ack: d.Ack, Fail: d.Fail})
		}
	}
	return nil
}

// personOf gives a worker's live session.
func (a *Agent) personOf(worker string) (putlight.Person, bool) {
	for _, p := range a.sessions() {
		if p.Worker == worker {
			return putlight.Person{Worker: worker, Session: p.ID, Roles: p.roles, Proven: p.Proven}, true
		}
	}
	return putlight.Person{}, false
}

// cellCode is what a scanner reads of a cell.
func (a *Agent) cellCode(cell string) string {
	if c := a.engine.Catalogue().Cell(cell); c != nil && c.Barcode != "" {
		return c.Barcode
	}
	return cell
}
