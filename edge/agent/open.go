package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"dcedge/devices/mqtt"
	"dcedge/devices/printer"
	"dcedge/edge"
	"dcedge/edge/access"
	"dcedge/edge/belt"
	"dcedge/edge/board"
	"dcedge/edge/config"
	"dcedge/edge/engine"
	"dcedge/edge/engine/heap"
	"dcedge/edge/journal"
	"dcedge/edge/practice"
	"dcedge/edge/printing"
	"dcedge/edge/putlight"
	"dcedge/edge/shift"
	"dcedge/edge/store"
	"dcedge/edge/vault"
	"dcedge/edge/web"
	"dcedge/sync/feed"
)

// Env gives environment variables; os.Getenv in the program.
type Env func(name string) string

// Agent is one edge, opened. It is for one Run.
type Agent struct {
	cfg    *config.Config
	log    *slog.Logger
	env    Env
	keys   *keys
	closes []func() error // in the order in which they were opened

	journal   *journal.Log
	store     *store.Store
	reference *store.Reference
	engine    *engine.Engine
	study     *engine.StudyFolder
	heap      *heap.Tuner
	vault     *vault.Vault
	access    *access.Access
	feed      *feed.Feed
	board     *board.Board
	printing  *printing.Service
	printers  map[string]*printer.Printer
	guests    *guests
	lamps     *deskLamps // nil: no desk has a light
	cameras   *cameras   // nil: no desk has one
	documents *documents
	serials   map[string]string // of printers, as they are written down; of keepSerials
	forms     *Forms
	unknown   atomic.Pointer[[]board.Stranger] // names of records that the forms lack, and were told
	devices   []*device
	desks     *desks
	planner   *planner    // nil: nothing is picked together here
	inbox     *mqtt.Inbox // nil: no broker is configured, as wire, mail and health
	wire      mqtt.Line
	mail      map[string]taker // by device behind the broker
	health    *wireHealth
	scanners  []*brokerScanner
	belts     []*belt.Line
	lights    *putlight.Wall // nil: no cell has one
	counts    counts
	shifts    *shift.Book
	practice  *practice.Service
	serves    bool // it is opened to run, not to be looked at or repaired
	web       *web.Server
	ready     *ready
	faults    faults
}

// Open prepares an edge. Whatever is wrong is an error here and nothing is
// answered: another process holds the folder, a key is missing or wrong, the
// journal is damaged. The caller ends with Close.
func Open(cfg *config.Config, env Env, log *slog.Logger, onListen func(address string)) (_ *Agent, err error) {
	a := &Agent{cfg: cfg, log: log, env: env, serves: true}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if err := a.openFolder(); err != nil {
		return nil, err
	}
	if a.keys, err = openKeys(cfg.Data); err != nil {
		return nil, err
	}
	if err := a.openFloor(); err != nil {
		return nil, err
	}
	if err := a.openPeople(); err != nil {
		return nil, err
	}
	a.desks = newDesks(a.engineStations(), a.sessions, a.engine.Now)
	if p := a.cfg.Policy("", nil).Pick; p.Wave > 1 || p.Cluster > 1 {
		a.planner = newPlanner(p, a.engine, a.engine.Catalogue, a.engine.Now, a.log)
	}
	if err := a.openBroker(); err != nil {
		return nil, err
	}
	if err := a.openBelts(); err != nil {
		return nil, err
	}
	if err := a.openLights(); err != nil {
		return nil, err
	}
	if err := a.openDevices(); err != nil {
		return nil, err
	}
	if err := a.openPrinting(); err != nil {
		return nil, err
	}
	if err := a.openDocuments(); err != nil {
		return nil, err
	}
	if err := a.openBoard(); err != nil {
		return nil, err
	}
	if err := a.openShifts(); err != nil {
		return nil, err
	}
	sync, err := a.openSync()
	if err != nil {
		return nil, err
	}
	return a, a.openWeb(sync, onListen)
}

// Close lets go of everything, the last opened first.
func (a *Agent) Close() error {
	var errs []error
	for i := len(a.closes) - 1; i >= 0; i-- {
		errs = append(errs, a.closes[i]())
	}
	a.closes = nil
	return errors.Join(errs...)
}

func (a *Agent) later(fn func() error) { a.closes = append(a.closes, fn) }

// openFolder makes the data folder, 0700, and takes its lock.
func (a *Agent) openFolder() error {
	dir := a.cfg.Data
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("agent: data folder: %w", err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("agent: data folder %s may be read by others: chmod 700 it", dir)
	}
	lock, err := journal.Lock(dir)
	if err != nil {
		return fmt.Errorf("agent: data folder %s: %w", dir, err)
	}
	a.later(lock.Unlock)
	return nil
}

// openFloor opens store and journal and recovers the state.
func (a *Agent) openFloor() (err error) {
	data := a.cfg.Data
	if a.store, err = store.Open(store.Options{Dir: data, Logger: a.log}); err != nil {
		return fmt.Errorf("agent: store: %w", err)
	}
	a.later(a.store.Close)
	floors, err := a.floors()
	if err != nil {
		return err
	}
	a.journal, err = journal.Open(journal.Options{FS: journal.OSFS{}, Dir: filepath.Join(data, "journal"), Logger: a.log, Floors: floors})
	if err != nil {
		return fmt.Errorf("agent: journal: %w", err)
	}
	a.later(a.journal.Close)
	if err := a.hearWitness(); err != nil {
		return err
	}
	recovered, err := engine.Recover(a.journal, a.store, a.log)
	if err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	refs, err := journal.Open(journal.Options{FS: journal.OSFS{}, Dir: filepath.Join(data, "reference"), Logger: a.log,
		Floors: []journal.Floor{a.store.ReferenceFloor()}})
	if err != nil {
		return fmt.Errorf("agent: reference journal: %w", err)
	}
	a.later(refs.Close)
	a.reference, err = store.NewReference(refs, a.store, a.swapCatalogue)
	if err != nil {
		return fmt.Errorf("agent: reference data: %w", err)
	}
	if a.heap, err = heap.New(heap.Headroom); err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	if a.study, err = engine.NewStudyFolder(filepath.Join(data, "study"), a.log); err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	if err := a.openForms(); err != nil {
		return err
	}
	a.tellUnknownNames(a.reference.Snapshot())
	policy := a.cfg.Policy(a.journal.Epoch(), a.keys.derive("unknown texts"))
	a.engine, err = engine.New(engine.Config{Policy: policy}, engine.Deps{Log: a.journal, Follower: a.store, Past: a.store,
		Recovered: recovered, Catalogue: a.reference.Snapshot(), Logger: a.log, Study: a.study, Rules: a.forms.floorRules()})
	if err != nil {
		return fmt.Errorf("agent: engine: %w", err)
	}
	return nil
}

// floors are the places that others know to be on disk: a journal that ends
// before one of them is damaged, not short.
func (a *Agent) floors() ([]journal.Floor, error) {
	floors := []journal.Floor{a.store.Floor()}
	places, err := a.store.Privates(feed.KindConsumer)
	if err != nil {
		return nil, fmt.Errorf("agent: consumers' places: %w", err)
	}
	for _, p := range places {
		if epoch, seq, ok := acknowledged(p.Value); ok && a.store.Mark().Epoch != "" {
			floors = append(floors, journal.Floor{Who: "consumer " + p.Key, Epoch: epoch, Place: journal.Place{Seq: seq}})
		}
	}
	return floors, nil
}

func (a *Agent) openPeople() (err error) {
	kek, err := a.readKEK()
	if err != nil {
		return err
	}
	a.vault, err = vault.Open(vault.Options{Dir: a.cfg.Data, Site: a.cfg.Site, KEK: kek, Recorder: a.engine,
		Orders: recipientOrders{a.engine}, Now: a.engine.Now, Logger: a.log})
	if err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	a.later(a.vault.Close)
	if a.vault.Locked() {
		a.log.Warn("no vault key: scanning works; orders with recipients are refused and no waybill is printed")
	}
	var saved []edge.Private
	for _, kind := range access.Kinds() {
		list, err := a.store.Privates(kind)
		if err != nil {
			return fmt.Errorf("agent: sessions: %w", err)
		}
		saved = append(saved, list...)
	}
	a.access, err = access.New(access.Config{Pepper: a.keys.derive("pin pepper"), NeedsPIN: a.cfg.NeedsPIN(),
		Enrolled: a.cfg.Login.Devices == "enrolled", Shift: time.Duration(a.cfg.Login.Session), Idle: time.Duration(a.cfg.Login.Idle)},
		access.Deps{Recorder: a.engine, Catalogue: a.engine, Now: a.engine.Now, Log: a.log}, saved)
	if err != nil {
		return fmt.Errorf("agent: access: %w", err)
	}
	return nil
}

// readKEK reads the vault's key from where the configuration says. None at all
// is a locked vault, not an error.
func (a *Agent) readKEK() (vault.KEK, error) {
	p := a.cfg.PII
	file := p.KeyFile
	if p.Credential != "" {
		file = filepath.Join(a.env("CREDENTIALS_DIRECTORY"), p.Credential)
	}
	if file == "" {
		text := a.env(p.KeyEnv)
		if text == "" {
			return vault.KEK{}, nil
		}
		kek, err := vault.ParseKEK(text)
		if err != nil {
			return vault.KEK{}, fmt.Errorf("agent: %s: %w", p.KeyEnv, err)
		}
		return kek, nil
	}
	kek, err := vault.ReadKEK(file)
	if errors.Is(err, fs.ErrNotExist) {
		return vault.KEK{}, nil
	}
	if err != nil {
		return vault.KEK{}, fmt.Errorf("agent: %w", err)
	}
	return kek, nil
}
