package feed

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"dcedge/edge"
	"dcedge/sync/batch"
)

// MinKey is the least length of a consumer's key, in characters.
const MinKey = 16

// Consumer is one caller of the sync API. Key is forgotten after New.
type Consumer struct {
	Name     string
	Key      string
	Scopes   []string
	Required bool // its acknowledgement keeps events
}

type consumer struct {
	name     string
	key      [32]byte
	scopes   []string
	required bool
	busy     chan struct{} // one slot per batch in flight

	ack    sync.Mutex // held while an acknowledgement is written: places are recorded in order
	lock   sync.Mutex // guards the rest
	acked  place
	known  bool // its place is on disk, as it is configured
	lease  string
	until  time.Time
	waits  int
	closed bool
	heard  time.Time // its last request since the start
}

func (c *consumer) at() place {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.acked
}

type consumers struct {
	cfg  *Config
	list []*consumer

	lock sync.Mutex
	last place // mark as last told
}

// enter takes one of the consumer's waits.
func (c *consumer) enter() bool {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.waits >= maxWaits {
		return false
	}
	c.waits++
	return true
}

func (c *consumer) leave() {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.waits--
}

// perKey bounds the batches that one key has in flight, maxWaits what waits for
// the next event.
const (
	perKey   = 8
	maxWaits = 4
)

func newConsumers(cfg *Config) (*consumers, error) {
	all := &consumers{cfg: cfg}
	for i, c := range cfg.Consumers {
		switch {
		case c.Name == "":
			return nil, errors.New("feed: a consumer without a name")
		case len(c.Key) < MinKey:
			return nil, fmt.Errorf("feed: consumer %s: its key is shorter than %d characters", c.Name, MinKey)
		case c.Required && !(slices.Contains(c.Scopes, "events:read") && slices.Contains(c.Scopes, "ack")):
			return nil, fmt.Errorf("feed: consumer %s is required and lacks the scopes events:read and ack: events would be kept for ever", c.Name)
		}
		n := &consumer{name: c.Name, key: sha256.Sum256([]byte(c.Key)), scopes: c.Scopes, required: c.Required,
			busy: make(chan struct{}, perKey)}
		for _, o := range all.list {
			if o.name == n.name || o.key == n.key {
				return nil, fmt.Errorf("feed: consumer %s has the name or the key of another", c.Name)
			}
		}
		all.list = append(all.list, n)
		cfg.Consumers[i].Key = ""
	}
	if err := all.restore(cfg.Places); err != nil {
		return nil, err
	}
	all.last, _ = all.mark()
	return all, nil
}

func (all *consumers) restore(places []edge.Private) error {
	for _, p := range places {
		if p.Kind != KindConsumer || p.Value == nil {
			continue
		}
		var at place
		if err := json.Unmarshal(p.Value, &at); err != nil {
			return fmt.Errorf("feed: place of consumer %s: %w", p.Key, err)
		}
		i := slices.IndexFunc(all.list, func(c *consumer) bool { return c.name == p.Key })
		if at.Required && (i < 0 || !all.list[i].required) {
			return fmt.Errorf("feed: consumer %s is required and no longer configured so: put it back, or remove it by command", p.Key)
		}
		if i < 0 || lineage(all.cfg.Position.Epochs()).find(at.Epoch) < 0 {
			continue
		}
		all.list[i].acked, all.list[i].known = at, at.Required == all.list[i].required
	}
	return nil
}

// register writes down consumers that have no place yet: from now on a required
// one keeps events.
func (all *consumers) register(ctx context.Context) error {
	for _, c := range all.list {
		if err := all.move(ctx, c, place{}); err != nil {
			return err
		}
	}
	return nil
}

// authorize finds the caller by the key. An empty scope means any valid key.
func (all *consumers) authorize(r *http.Request, scope string) (*consumer, *batch.Problem) {
	kind, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	var found *consumer
	if strings.EqualFold(kind, "Bearer") {
		sum := sha256.Sum256([]byte(strings.TrimSpace(key)))
		for _, c := range all.list { // all of them, always: time tells nothing
			if subtle.ConstantTimeCompare(sum[:], c.key[:]) == 1 {
				found = c
			}
		}
	}
	if found == nil {
		return nil, batch.NewProblem(http.StatusUnauthorized, batch.Unauthorized, "no valid key", "send Authorization: Bearer KEY")
	}
	found.lock.Lock()
	defer found.lock.Unlock()
	if found.closed {
		return nil, batch.NewProblem(http.StatusUnauthorized, batch.Unauthorized, "no valid key", "this consumer was removed")
	}
	if scope != "" && !slices.Contains(found.scopes, scope) {
		return nil, batch.NewProblem(http.StatusForbidden, batch.Forbidden, "not within this key's scopes", "needs "+scope)
	}
	found.heard = all.cfg.Now()
	return found, nil
}

// move takes an acknowledgement: on disk when it returns nil.
func (all *consumers) move(ctx context.Context, c *consumer, to place) error {
	c.ack.Lock()
	defer c.ack.Unlock()
	c.lock.Lock()
	acked, known := c.acked, c.known
	c.lock.Unlock()
	epochs := lineage(all.cfg.Position.Epochs())
	switch {
	case epochs.before(acked, to):
	case known:
		return nil
	default:
		to = acked
	}
	if to.Required = c.required; to.Epoch == "" {
		to.Epoch = epochs[0].ID
	}
	value, err := json.Marshal(to)
	if err != nil {
		return fmt.Errorf("place of consumer %s: %w", c.name, err)
	}
	if err := all.cfg.Recorder.Record(ctx, edge.Private{Kind: KindConsumer, Key: c.name, Value: value}); err != nil {
		return fmt.Errorf("place of consumer %s: %w", c.name, err)
	}
	c.lock.Lock()
	c.acked, c.known = to, true
	c.lock.Unlock()
	all.tell()
	return nil
}

// mark is the least place of the required consumers.
func (all *consumers) mark() (least place, any bool) {
	epochs := lineage(all.cfg.Position.Epochs())
	for _, c := range all.list {
		c.lock.Lock()
		if c.required && !c.closed && (!any || epochs.before(c.acked, least)) {
			least, any = c.acked, true
		}
		c.lock.Unlock()
	}
	return least, any
}

// inPresent is what a place is worth in the present epoch.
func (all *consumers) inPresent(at place) uint64 {
	if at.Epoch != all.cfg.Position.Epoch() {
		return 0
	}
	return at.Acked
}

// tell calls Required in order, each mark once.
func (all *consumers) tell() {
	all.lock.Lock()
	defer all.lock.Unlock()
	if m, ok := all.mark(); ok && lineage(all.cfg.Position.Epochs()).before(all.last, m) {
		all.last = m
		if all.cfg.Required != nil {
			all.cfg.Required(all.inPresent(m))
		}
	}
}

func (all *consumers) remove(ctx context.Context, name string) error {
	if err := all.cfg.Recorder.Record(ctx, edge.Private{Kind: KindConsumer, Key: name}); err != nil {
		return fmt.Errorf("remove consumer %s: %w", name, err)
	}
	for _, c := range all.list {
		if c.name == name {
			c.lock.Lock()
			c.closed = true
			c.lock.Unlock()
		}
	}
	all.tell()
	return nil
}
