package feed

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"dcedge/edge"
	"dcedge/sync/batch"
)

// Errors that a Log answers.
var (
	// ErrGone is returned for a place older than the oldest event kept.
	ErrGone = errors.New("feed: events are no longer kept")
	// ErrAhead is returned for a place behind the last flushed event.
	ErrAhead = errors.New("feed: place is ahead of the log")
	// ErrEpoch is returned for an epoch that the log never had.
	ErrEpoch = errors.New("feed: another history")
)

// Log reads flushed events; nothing is held when Read returns.
type Log interface {
	// Read gives up to limit events of an epoch behind after whose lines come to
	// at most maxBytes (but always one, if there is one), in dst's room.
	Read(epoch string, after uint64, limit, maxBytes int, dst []byte) (batch.Chunk, error)
	HashAt(epoch string, seq uint64) ([32]byte, error)
	// Wait returns nil when there is an event of the present epoch behind seq.
	Wait(ctx context.Context, seq uint64) error
}

// Position says where the log stands.
type Position interface {
	Epoch() string   // the present one
	Head() uint64    // its last flushed event
	Epochs() []Epoch // the oldest first; the last is the present one
}

// Epoch is one epoch of a log.
type Epoch struct {
	ID         string
	Parent     string // "": the log's first
	ParentSeq  uint64 // the parent's seal
	ParentHash [32]byte
	Reason     string
	Oldest     uint64 // seq of the oldest event kept; Head+1: none
	Head       uint64 // last flushed event; of a sealed epoch its seal
	Sealed     bool   // another follows
}

// Recorder puts private records on disk before it returns.
type Recorder interface {
	Record(ctx context.Context, records ...edge.Private) error
}

// The kinds of this package's private records.
const (
	KindConsumer = "consumer" // key: the consumer's name
	KindHead     = "head"     // key: epoch and seq of a signed head
)

// Config is everything that a Feed needs.
type Config struct {
	Site      string
	Version   string
	Zone      *time.Location // of times on the wire
	Log       Log
	Position  Position
	Recorder  Recorder
	Consumers []Consumer
	CursorKey []byte             // at least 16 bytes, the same after a restart
	HeadKey   ed25519.PrivateKey // signs heads
	Now       func() time.Time   // edge time
	Places    []edge.Private     // of KindConsumer and KindHead, from before the start
	Revision  func() string      // of the reference data
	Schemas   map[string]any     // JSON Schema of each kind of reference record, by name; nil: the document does not tell
	Reference http.Handler       // POST /sync/v1/reference; nil: 404
	Reconcile http.Handler       // POST /sync/v1/reconcile; nil: 404
	Parcels   func(Asked) Told   // GET /sync/v1/parcels; nil: 404
	Archive   string             // where purged events are, for people
	Required  func(mark uint64)  // called when the mark of the required consumers moves; must not block
	Logger    *slog.Logger
}

// Feed is the sync API. Make it with New; it serves while Run runs.
type Feed struct {
	cfg      Config
	instance string
	codec    *batch.Codec
	people   *consumers
	heads    *heads
	squeeze  *squeezer
	buffers  sync.Pool
	schema   []byte
	openapi  []byte
}

// New proves the configuration and takes up the places of before. It refuses
// a configuration in which a required consumer is missing that has a place:
// removing one is a command (Remove), not an edit.
func New(cfg Config) (*Feed, error) {
	switch {
	case cfg.Site == "", cfg.Log == nil, cfg.Position == nil, cfg.Recorder == nil, cfg.Now == nil, cfg.Logger == nil:
		return nil, errors.New("feed: site, log, position, recorder, clock and logger are all needed")
	case len(cfg.HeadKey) != ed25519.PrivateKeySize:
		return nil, errors.New("feed: the key that signs heads is no Ed25519 key")
	}
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.Revision == nil {
		cfg.Revision = func() string { return "" }
	}
	codec, err := batch.NewCodec(cfg.CursorKey)
	if err != nil {
		return nil, fmt.Errorf("feed: %w", err)
	}
	people, err := newConsumers(&cfg)
	if err != nil {
		return nil, err
	}
	squeeze, err := newSqueezer()
	if err != nil {
		return nil, err
	}
	schema, err := Schema()
	if err != nil {
		return nil, err
	}
	openapi, err := openAPI(cfg.Schemas)
	if err != nil {
		return nil, err
	}
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	f := &Feed{cfg: cfg, instance: hex.EncodeToString(id[:]), codec: codec, people: people,
		squeeze: squeeze, schema: schema, openapi: openapi}
	f.heads, err = newHeads(&f.cfg)
	return f, err
}

// Run writes down consumers that are new and signs a head every hour, until
// ctx ends.
func (f *Feed) Run(ctx context.Context) error {
	if err := f.people.register(ctx); err != nil {
		return err
	}
	return f.heads.run(ctx)
}

// Mark is the last event of the present epoch that every required consumer has
// acknowledged; false if no consumer is required.
func (f *Feed) Mark() (uint64, bool) {
	at, ok := f.people.mark()
	return f.people.inPresent(at), ok
}

// Remove ends a consumer: its place no longer keeps events.
func (f *Feed) Remove(ctx context.Context, name string) error { return f.people.remove(ctx, name) }

// Handler serves everything below /sync/v1/.
func (f *Feed) Handler() http.Handler {
	mux := http.NewServeMux()
	route := func(method, path, scope string, h func(http.ResponseWriter, *http.Request, *consumer)) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			harden(w)
			if r.Method != method && !(method == http.MethodGet && r.Method == http.MethodHead) {
				w.Header().Set("Allow", method)
				fail(w, batch.NewProblem(http.StatusMethodNotAllowed, batch.BadMethod, "method not allowed", "use "+method))
				return
			}
			who, p := f.people.authorize(r, scope)
			if p != nil {
				fail(w, p)
				return
			}
			h(w, r, who)
		})
	}
	route(http.MethodGet, "/sync/v1/events", "events:read", f.events)
	route(http.MethodPost, "/sync/v1/ack", "ack", f.ack)
	route(http.MethodPost, "/sync/v1/lease", "ack", f.lease)
	route(http.MethodGet, "/sync/v1/status", "", f.status)
	route(http.MethodGet, "/sync/v1/epochs", "", f.epochs)
	route(http.MethodGet, "/sync/v1/heads", "", f.signedHeads)
	route(http.MethodGet, "/sync/v1/events.schema.json", "", f.document("application/schema+json", f.schema))
	route(http.MethodGet, "/sync/v1/openapi.json", "", f.document("application/json", f.openapi))
	if f.cfg.Reference != nil {
		route(http.MethodPost, "/sync/v1/reference", "reference:write", func(w http.ResponseWriter, r *http.Request, _ *consumer) {
			f.cfg.Reference.ServeHTTP(w, r)
		})
	}
	if f.cfg.Reconcile != nil {
		route(http.MethodPost, "/sync/v1/reconcile", "reconcile", func(w http.ResponseWriter, r *http.Request, _ *consumer) {
			f.cfg.Reconcile.ServeHTTP(w, r)
		})
	}
	if f.cfg.Parcels != nil {
		route(http.MethodGet, "/sync/v1/parcels", "cs:read", f.parcels)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		harden(w)
		fail(w, batch.NewProblem(http.StatusNotFound, batch.NotFound, "no such resource", "see /sync/v1/openapi.json"))
	})
	return mux
}

func (f *Feed) document(kind string, text []byte) func(http.ResponseWriter, *http.Request, *consumer) {
	return func(w http.ResponseWriter, _ *http.Request, _ *consumer) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(text) // the caller has gone: nothing to do
	}
}
