package scanner

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"dcedge/firmware-sim/fault"
	"dcedge/firmware-sim/wire"
)

// TunnelConfig says which scan tunnel to play.
type TunnelConfig struct {
	Broker  wire.Broker
	Site    string
	Name    string
	Control string        // host:port of the HTTP port; empty: none
	Repeat  time.Duration // a read without a verdict is published again after so long (1 s by default)
	Keep    int           // reads remembered (100,000 by default)
	Reader  uint64        // seed
	Clock   float64
	Log     *slog.Logger
}

// TunnelFaults are what a script switches on. The zero value reads everything.
type TunnelFaults struct {
	Away     bool    `json:"away"`     // network cable pulled: the will speaks
	NoRead   float64 `json:"noRead"`   // rate of parcels that are not read
	Misread  float64 `json:"misread"`  // rate of codes of which a digit is wrong
	Double   float64 `json:"double"`   // rate of reads published twice at once
	Retained bool    `json:"retained"` // set up wrongly: reads are retained
	Rubbish  float64 `json:"rubbish"`  // rate of payloads that are no JSON before a read
	Deaf     bool    `json:"deaf"`     // hears no verdict, so it repeats for ever
}

// Read is one parcel under the tunnel, as it was published and answered.
type Read struct {
	ID        string    `json:"id"`
	Code      string    `json:"code"` // what was sent; "" is a no-read
	Symbology string    `json:"symbology,omitempty"`
	Seen      string    `json:"seen"` // what was really on the parcel
	At        time.Time `json:"at"`
	Times     int       `json:"times"` // how often it was published
	Verdicts  int       `json:"verdicts"`
	OK        bool      `json:"ok"`
	Verdict   string    `json:"verdict,omitempty"` // its code
	Lane      string    `json:"lane,omitempty"`
	Answered  time.Time `json:"answered,omitzero"` // the first verdict
	again     time.Time
}

// Tunnel is a scan tunnel at an MQTT broker.
type Tunnel struct {
	cfg     TunnelConfig
	station *wire.Station
	control *wire.HTTP
	verdict func(Read)

	mu     sync.Mutex
	change chan struct{}
	chance *rand.Rand
	faults TunnelFaults
	reads  []*Read // the oldest leaves first
	byID   map[string]*Read
	open   []*Read // without a verdict, in order
}

var _ fault.Device = (*Tunnel)(nil)

// NewTunnel checks the configuration; it returns ErrConfig.
func NewTunnel(cfg TunnelConfig) (*Tunnel, error) {
	if cfg.Repeat <= 0 {
		cfg.Repeat = time.Second
	}
	if cfg.Keep <= 0 {
		cfg.Keep = 100_000
	}
	if cfg.Clock <= 0 {
		cfg.Clock = 1
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	t := &Tunnel{cfg: cfg, change: make(chan struct{}), chance: rand.New(rand.NewPCG(cfg.Reader, 0x7e1)), byID: map[string]*Read{}}
	var err error
	t.station, err = wire.NewStation(wire.StationConfig{Broker: cfg.Broker, Site: cfg.Site, Class: "scanner", Name: cfg.Name, Log: cfg.Log})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	t.station.Handle("verdict", t.hear)
	t.control = wire.NewHTTP(cfg.Control, t.Handler())
	return t, nil
}

// OnVerdict names what is told of the first verdict of each read; call it before
// Run. It must not block.
func (t *Tunnel) OnVerdict(f func(Read)) { t.verdict = f }

// Name is the configured name.
func (t *Tunnel) Name() string { return t.cfg.Name }

// Ready is closed when the broker was reached.
func (t *Tunnel) Ready() <-chan struct{} { return t.station.Ready() }

// ControlURL is the base address of the HTTP port.
func (t *Tunnel) ControlURL() string { return t.control.URL() }

// Run plays until ctx ends and returns nil then.
func (t *Tunnel) Run(ctx context.Context) error {
	if err := wire.Together(ctx, t.control.Run, t.control.Before(t.station.Run), t.publish); err != nil {
		return fmt.Errorf("tunnel %s: %w", t.cfg.Name, err)
	}
	return nil
}

// Pass lets a parcel with these codes pass; without one, or by chance, it is a
// no-read. It gives the ids of the reads that it made.
func (t *Tunnel) Pass(codes ...string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(codes) == 0 {
		codes = []string{""}
	}
	if t.chance.Float64() < t.faults.NoRead {
		codes = codes[:1:1]
		return []string{t.add(&Read{Seen: codes[0]})}
	}
	var ids []string
	for _, code := range codes {
		r := &Read{Code: code, Seen: code}
		if code != "" {
			r.Symbology = "]C0"
		}
		if t.chance.Float64() < t.faults.Misread {
			r.Code = misread(code, t.chance)
		}
		ids = append(ids, t.add(r))
	}
	return ids
}

// add puts a read into the queue. The caller holds mu.
func (t *Tunnel) add(r *Read) string {
	r.ID, r.At = wire.NewID(), time.Now()
	if len(t.reads) >= t.cfg.Keep {
		delete(t.byID, t.reads[0].ID)
		t.reads = append(t.reads[:0:0], t.reads[1:]...)
	}
	t.reads, t.open, t.byID[r.ID] = append(t.reads, r), append(t.open, r), r
	close(t.change)
	t.change = make(chan struct{})
	return r.ID
}

// misread changes one digit of a code.
func misread(code string, chance *rand.Rand) string {
	b := []byte(code)
	if len(b) == 0 {
		return code
	}
	i := chance.IntN(len(b))
	b[i] = '0' + (b[i]-'0'+1+byte(chance.IntN(8)))%10
	return string(b)
}

// publish sends what is due until ctx ends.
func (t *Tunnel) publish(ctx context.Context) error {
	for ctx.Err() == nil {
		r, due, change := t.next()
		if r == nil {
			timer := time.NewTimer(due)
			select {
			case <-ctx.Done():
			case <-change:
			case <-timer.C:
			}
			timer.Stop()
			continue
		}
		t.put(r)
	}
	return nil
}

// next gives the first read that is due, or how long there is none.
func (t *Tunnel) next() (*Read, time.Duration, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	open := t.open[:0]
	for _, r := range t.open {
		if r.Verdicts == 0 || t.faults.Deaf {
			open = append(open, r)
		}
	}
	t.open = open
	if !t.station.Online() {
		return nil, 20 * time.Millisecond, t.change
	}
	now, due := time.Now(), time.Minute
	for _, r := range t.open {
		if !r.again.After(now) {
			return r, 0, t.change
		}
		due = min(due, r.again.Sub(now))
	}
	return nil, due, t.change
}

// put publishes a read once; where the broker does not take it, it stays due.
func (t *Tunnel) put(r *Read) {
	t.mu.Lock()
	f := t.faults
	times, rubbish := 1, t.chance.Float64() < f.Rubbish
	if t.chance.Float64() < f.Double {
		times = 2
	}
	payload := map[string]any{"id": r.ID, "at": wire.Stamp(r.At), "code": nil}
	if r.Code != "" {
		payload["code"], payload["symbology"] = r.Code, r.Symbology
	}
	t.mu.Unlock()
	if rubbish {
		_ = t.station.PublishRaw("read", []byte(`{"id":`), false) // nobody misses it
	}
	for range times {
		if err := t.station.Publish("read", payload, f.Retained); err != nil {
			t.cfg.Log.Debug("read not taken", "tunnel", t.cfg.Name, "err", err)
			t.mu.Lock()
			r.again = time.Now().Add(20 * time.Millisecond)
			t.mu.Unlock()
			return
		}
	}
	t.mu.Lock()
	r.Times += times
	r.again = time.Now().Add(time.Duration(float64(t.cfg.Repeat) / t.cfg.Clock))
	t.mu.Unlock()
}

// hear takes a verdict.
func (t *Tunnel) hear(payload []byte) {
	var v struct {
		ID   string `json:"id"`
		OK   bool   `json:"ok"`
		Code string `json:"code"`
		Lane string `json:"lane"`
	}
	if err := json.Unmarshal(payload, &v); err != nil {
		t.cfg.Log.Warn("verdict cannot be read", "tunnel", t.cfg.Name, "err", err)
		return
	}
	t.mu.Lock()
	r := t.byID[v.ID]
	if r == nil || t.faults.Deaf {
		t.mu.Unlock()
		return
	}
	r.Verdicts++
	first := r.Verdicts == 1
	if first {
		r.OK, r.Verdict, r.Lane, r.Answered = v.OK, v.Code, v.Lane, time.Now()
	}
	told := *r
	close(t.change)
	t.change = make(chan struct{})
	t.mu.Unlock()
	if first && t.verdict != nil {
		t.verdict(told)
	}
}

// Reads gives the reads that are remembered, in order.
func (t *Tunnel) Reads() []Read {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]Read, len(t.reads))
	for i, r := range t.reads {
		out[i] = *r
	}
	return out
}

// Open is how many reads have no verdict yet.
func (t *Tunnel) Open() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for _, r := range t.open {
		if r.Verdicts == 0 {
			n++
		}
	}
	return n
}

// Faults are the present faults.
func (t *Tunnel) Faults() TunnelFaults {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.faults
}

// SetFaults replaces the faults.
func (t *Tunnel) SetFaults(f TunnelFaults) {
	t.mu.Lock()
	t.faults = f
	t.mu.Unlock()
	t.station.Pull(f.Away)
}

// Prepare implements fault.Device: the keys of TunnelFaults.
func (t *Tunnel) Prepare(what json.RawMessage) (func() func(), error) {
	return fault.Prepare(what, t.Faults, t.SetFaults)
}

// Handler serves the control port:
//
//	POST /pass    {"codes":["…"]}: a parcel; no codes is one without a label
//	GET  /reads   every read and its verdict
//	GET  /status  {"online":…,"open":…,"faults":{…}}
//	POST /faults  TunnelFaults, replacing those there are
func (t *Tunnel) Handler() http.Handler {
	mux := http.NewServeMux()
	status := func(w http.ResponseWriter) {
		wire.Reply(w, map[string]any{"name": t.cfg.Name, "online": t.station.Online(), "open": t.Open(), "faults": t.Faults()})
	}
	mux.HandleFunc("POST /pass", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Codes []string `json:"codes"`
		}
		if wire.Take(w, r, &body) {
			wire.Reply(w, map[string][]string{"ids": t.Pass(body.Codes...)})
		}
	})
	mux.HandleFunc("GET /reads", func(w http.ResponseWriter, _ *http.Request) { wire.Reply(w, t.Reads()) })
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) { status(w) })
	mux.HandleFunc("POST /faults", func(w http.ResponseWriter, r *http.Request) {
		var f TunnelFaults
		if wire.Take(w, r, &f) {
			t.SetFaults(f)
			status(w)
		}
	})
	return mux
}
