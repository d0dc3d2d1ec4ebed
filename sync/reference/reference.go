package reference

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"dcedge/edge"
)

// Change is one catalogue record to be upserted, or with Gone retired. Record is
// a pointer to a catalogue record of package edge. An older Rev than the held
// one changes nothing; without Rev the last write wins.
type Change struct {
	Record any
	Gone   bool
	Rev    *int64
}

// Catalogue keeps the records that no scan changes.
type Catalogue interface {
	// Put puts changes on disk and in force, in order, before it returns.
	Put(ctx context.Context, changes []Change) (changed []bool, revision string, err error)
	Revision() string
}

// Submitter hands messages to the engine in order. done is called after the
// flush, or with the error that kept the message from the disk.
type Submitter interface {
	SubmitFunc(ctx context.Context, m *edge.Message, done func(edge.Verdict, error)) error
}

// Vault keeps personal data.
type Vault interface {
	Locked() bool
	Hash(p edge.Personal) (string, error)
	Put(items []edge.PersonalItem) (refs []edge.PersonalRef, known []bool, err error)
}

// Sealer turns the WMS's PIN hash into what may be kept; the same hash gives
// the same seal.
type Sealer interface {
	Seal(pinHash string) (string, error)
}

// Closed knows orders that left the floor's state long ago.
type Closed interface {
	// Order gives the record hash of a closed order and whether it was cancelled.
	Order(client, id string) (hash string, cancelled, ok bool, err error)
}

// Config is everything that a Handler needs.
type Config struct {
	Zone      *time.Location
	Catalogue Catalogue
	Engine    Submitter
	Vault     Vault
	Sealer    Sealer
	Closed    Closed
	Now       func() time.Time // edge time
	Full      func(error) bool // tells the engine's "disk full" from other errors; may be nil
	Logger    *slog.Logger
}

// Handler serves POST /sync/v1/reference; whoever mounts it checks the key.
type Handler struct {
	cfg    Config
	reader reader
	room   chan struct{}
}

// parallel bounds the pushes at one time.
const parallel = 4

// New proves the configuration.
func New(cfg Config) (*Handler, error) {
	if cfg.Catalogue == nil || cfg.Engine == nil || cfg.Vault == nil || cfg.Sealer == nil || cfg.Closed == nil || cfg.Now == nil || cfg.Logger == nil {
		return nil, errors.New("reference: catalogue, engine, vault, sealer, closed orders, clock and logger are all needed")
	}
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.Full == nil {
		cfg.Full = func(error) bool { return false }
	}
	return &Handler{cfg: cfg, reader: reader{zone: cfg.Zone, now: cfg.Now}, room: make(chan struct{}, parallel)}, nil
}
