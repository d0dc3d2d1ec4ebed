package agent

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"dcedge/devices"
	"dcedge/edge"
	"dcedge/edge/board"
	"dcedge/edge/engine"
	"dcedge/edge/journal"
	"dcedge/edge/printing"
	"dcedge/edge/store"
	"dcedge/edge/web"
	"dcedge/sync/feed"
	"dcedge/sync/reconcile"
	"dcedge/sync/reference"
)

// openPrinting makes the service that prints on the configured printers. Without
// fonts the edge runs and prints no label: it says so.
func (a *Agent) openPrinting() error {
	service := map[string]printing.Printer{}
	for name, p := range a.printers {
		service[name] = p
	}
	var err error
	a.printing, err = printing.New(printing.Config{Stations: a.engineStations(), HashKey: a.keys.derive("label hash"),
		Failover: time.Duration(a.cfg.Print.Failover), AskAfter: time.Duration(a.cfg.Print.AskAfter)},
		a.engine, watched{a.renderer(), &a.faults}, service, a.log)
	if err != nil {
		return fmt.Errorf("agent: printing: %w", err)
	}
	for _, d := range a.devices {
		if d.printer != nil {
			d.tells(a.printing)
		}
	}
	a.guests = &guests{policy: a.cfg.Policy("", nil), lamps: lampsOf(a.cfg), log: a.log, lit: map[string]string{}}
	if a.wire != nil && len(a.guests.lamps) > 0 {
		a.lamps = newDeskLamps(a.wire.Send, a.commandID)
		a.guests.use(a.lamps)
	}
	if at := camerasOf(a.cfg); a.wire != nil && len(at) > 0 {
		a.cameras = newCameras(at, a.wire.Send, a.commandID, a.engine.Now, a.log)
	}
	return a.trustPrinters()
}

// engineStations are where labels come out: the desks, and the printer of those
// that are made when picking begins.
func (a *Agent) engineStations() []edge.Station {
	p := a.cfg.Policy(a.journal.Epoch(), nil)
	if p.Pick.Printer == "" {
		return p.Stations
	}
	return append(p.Stations, edge.Station{Name: edge.PickStation, Printers: []string{p.Pick.Printer}})
}

func (a *Agent) renderer() *renderer {
	r := &renderer{engine: a.engine, vault: a.vault, forms: a.forms, zone: a.cfg.Zone(),
		printers: map[string]printerForm{}, log: a.log}
	for _, d := range a.cfg.Devices {
		if d.Driver == "zebra" {
			r.printers[d.Name] = printerForm{dpi: d.DPI, graphics: d.Graphics}
		}
	}
	return r
}

func (a *Agent) openBoard() (err error) {
	a.board, err = board.New(board.Config{Source: boardSource{a.engine}, Consumers: a.consumers, Devices: a.deviceHealth, Labels: a.undrawn, Strangers: a.strangers,
		Heard: a.heard, Totes: time.Duration(a.cfg.Pick.Waits), Calls: a.closedCalls(), Behind: a.saidBehind(), Past: pastEvents{a.journal}, Now: a.engine.Now, Zone: a.cfg.Zone(),
		PastFault: func(err error) {
			a.log.Error("the figures of the last day are not whole: the journal cannot be read", "err", err)
		}})
	if err != nil {
		return fmt.Errorf("agent: board: %w", err)
	}
	return nil
}

// consumers tells the board how far behind everybody who pulls is.
func (a *Agent) consumers() []board.Consumer {
	if a.feed == nil {
		return nil
	}
	var out []board.Consumer
	for _, c := range a.feed.Status().Consumers {
		out = append(out, board.Consumer{Name: c.Name, Required: c.Required, Acked: c.Acked, LagEvents: c.LagEvents, LagSeconds: c.LagSeconds})
	}
	return out
}

// heard tells the board when the knowledge of cancels is old, as the screens say it.
func (a *Agent) heard() board.Heard {
	if a.feed == nil {
		return board.Heard{}
	}
	last := a.feed.Heard()
	switch {
	case last.IsZero():
		return board.Heard{Old: true}
	case a.engine.Now().Sub(last) < web.OldAfter:
		return board.Heard{}
	}
	return board.Heard{Old: true, Since: last.In(a.cfg.Zone())}
}

// full tells "the disk is full" from other errors.
func full(err error) bool { return errors.Is(err, engine.ErrFull) || errors.Is(err, journal.ErrFull) }

// openSync makes everything under /sync/v1/.
func (a *Agent) openSync() (http.Handler, error) {
	ref, err := reference.New(reference.Config{Zone: a.cfg.Zone(), Catalogue: referenceCatalogue{a.reference}, Engine: a.engine,
		Vault: a.vault, Sealer: a.access, Closed: closedOrders{a.store}, Now: a.engine.Now,
		Full: full, Logger: a.log})
	if err != nil {
		return nil, fmt.Errorf("agent: reference: %w", err)
	}
	told, err := reconcile.New(reconcile.Config{Engine: a.engine, Full: full, Logger: a.log})
	if err != nil {
		return nil, fmt.Errorf("agent: reconcile: %w", err)
	}
	var list []feed.Consumer
	for _, c := range a.cfg.Consumers {
		key, err := a.secret(c.KeyEnv, c.KeyFile)
		if errors.Is(err, errNoKey) && c.Optional {
			a.log.Info("consumer is left out: its key is not set", "consumer", c.Name)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("agent: consumer %s: %w", c.Name, err)
		}
		list = append(list, feed.Consumer{Name: c.Name, Key: key, Scopes: c.Scopes, Required: c.Required})
	}
	var places []edge.Private
	for _, kind := range []string{feed.KindConsumer, feed.KindHead} {
		p, err := a.store.Privates(kind)
		if err != nil {
			return nil, fmt.Errorf("agent: consumers' places: %w", err)
		}
		places = append(places, p...)
	}
	a.feed, err = feed.New(feed.Config{Site: a.cfg.Site, Version: Version(), Zone: a.cfg.Zone(), Log: feedLog{a.journal}, Position: feedLog{a.journal},
		Recorder: a.engine, Consumers: list, CursorKey: a.keys.derive("cursors"), HeadKey: ed25519.NewKeyFromSeed(a.keys.derive("signed heads")),
		Now: a.engine.Now, Places: places, Revision: a.reference.Revision, Reference: ref, Reconcile: told, Parcels: a.parcels, Schemas: reference.Schemas(), Required: a.seen, Logger: a.log})
	if err != nil {
		return nil, fmt.Errorf("agent: feed: %w", err)
	}
	return a.feed.Handler(), nil
}

// seen tells the screens what every required consumer has.
func (a *Agent) seen(mark uint64) {
	if a.web != nil {
		a.web.Seen(a.journal.Epoch(), mark)
	}
}

var errNoKey = errors.New("its key is not there: set the variable that keyEnv names, or the file of keyFile")

func (a *Agent) secret(env, file string) (string, error) {
	if env != "" {
		if v := a.env(env); v != "" {
			return v, nil
		}
		return "", fmt.Errorf("%s: %w", env, errNoKey)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errNoKey, err)
	}
	return strings.TrimSpace(string(text)), nil
}

func (a *Agent) openWeb(sync http.Handler, onListen func(string)) (err error) {
	p := people{a.vault}
	cfg := web.Config{Listen: a.cfg.HTTP.Listen, Site: a.cfg.Site, Epoch: a.journal.Epoch(), Zone: a.cfg.Zone(), LeadBadge: !a.cfg.NeedsPIN()[edge.Lead],
		Stations: a.engineStations(), HashKey: a.keys.derive("message content"), OnListen: func(at net.Addr) {
			if onListen != nil {
				onListen(at.String())
			}
		}}
	switch a.cfg.HTTP.TLS {
	case "files":
		var names []string
		if cfg.TLS, names, err = web.FilesTLS(a.cfg.HTTP.Cert, a.cfg.HTTP.Key); err != nil {
			return fmt.Errorf("agent: tls: %w", err)
		}
		if cfg.Hosts, err = web.HostsOn(a.cfg.HTTP.Listen, names); err != nil {
			return fmt.Errorf("agent: tls: %w", err)
		}
	case "auto":
		return errors.New(`agent: tls = "auto" is not built yet: use "files" with cert and key`)
	}
	a.ready = a.newReady()
	a.web, err = web.New(cfg, web.Deps{Floor: notedFloor{a.engine, a.ready}, Commits: a.engine, Catalogue: a.engine, Access: a.access, Board: a.board,
		Recipients: p, Names: p, Sealed: p, House: a, Papers: a, Shifts: a.shifts, History: history{a.journal}, Practised: a.practice.Wake,
		Labels: a.renderer(), Codes: codes{a.engine, a.forms.Rules}, Sync: sync, Heard: a.feed.Heard, Devices: a, Ready: a.ready.check, ErrorCode: errorCode, Now: a.engine.Now, Log: a.log})
	if err != nil {
		return fmt.Errorf("agent: web: %w", err)
	}
	return nil
}

// errorCode names the engine's errors that prove that nothing was decided.
func errorCode(err error) string {
	for _, known := range []error{engine.ErrFull, store.ErrFull, engine.ErrStopped, engine.ErrLookup, engine.ErrRule, engine.ErrMessage} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return ""
}

var _ devices.Sink = (*printing.Service)(nil)
