package agent

import (
	"context"
	"fmt"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/edge/engine"
	"dcedge/edge/floor"
	"dcedge/edge/paper"
	"dcedge/edge/vault"
)

// openDocuments makes what prints A4 documents; without a printer of that kind it
// takes none.
func (a *Agent) openDocuments() error {
	d := &documents{printers: map[string]a4Printer{}, stations: map[string]string{}, home: a.cfg.Documents.Printer, zone: a.cfg.Zone(),
		floor: documentFloor{a.engine, a.vault}, log: a.log, queue: make(chan documentJob, documentsWaiting)}
	for _, x := range a.devices {
		if x.a4 != nil {
			d.printers[x.cfg.Name] = x.a4
		}
	}
	for _, s := range a.cfg.Stations {
		d.stations[s.Name] = s.Documents
	}
	a.documents = d
	if len(d.printers) == 0 {
		return nil
	}
	var err error
	if d.maker, err = paper.New(a.forms.Fonts); err != nil {
		return fmt.Errorf("agent: documents: %w", err)
	}
	return nil
}

// documentFloor reads engine and vault for packing slips.
type documentFloor struct {
	*engine.Engine
	vault *vault.Vault
}

// Box implements boxReader.
func (f documentFloor) Box(ctx context.Context, id string) (box *edge.Box, order *edge.Order, name string, err error) {
	err = f.Read(ctx, func(v floor.View) {
		if b := v.State.Box(id); b != nil {
			x := *b
			box, order = &x, v.State.Order(b.Client, b.Order)
		}
	})
	if err != nil {
		return nil, nil, "", err
	}
	if box == nil || order == nil {
		return nil, nil, "", fmt.Errorf("%w: box %s", errLabel, id)
	}
	if order.RecipientRef == "" {
		return box, order, "", nil
	}
	p, err := f.vault.Get(ctx, edge.PersonalRef{Ref: order.RecipientRef, Version: order.RecipientVersion},
		vault.Purpose{Who: "documents", Where: box.Station, What: "print", Why: "packingSlip " + box.ID, Client: order.Client, Order: order.ID})
	if err != nil {
		return nil, nil, "", err
	}
	if p.Recipient != nil {
		name = p.Recipient.Name
	}
	return box, order, name, nil
}

// Catalogue gives the present one.
func (f documentFloor) Catalogue() *catalogue.Snapshot { return f.Engine.Catalogue() }
