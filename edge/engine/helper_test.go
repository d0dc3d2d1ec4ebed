package engine

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/edge/floor"
	"dcedge/edge/journal"
	"dcedge/edge/journal/journaltest"
	"dcedge/edge/store"
)

const logDir = "data/journal"

// testClock is two clocks that a test sets.
type testClock struct {
	wall time.Time
	mono time.Duration
}

func (c *testClock) Wall() time.Time     { return c.wall }
func (c *testClock) Mono() time.Duration { return c.mono }
func (c *testClock) pass(d time.Duration) {
	c.wall, c.mono = c.wall.Add(d), c.mono+d
}

// site is an engine on a fake disk with a real store.
type site struct {
	t     testing.TB
	disk  *journaltest.Disk
	dir   string // of the store
	clock *testClock
	rules Rules
	study Study
	tune  func(*Config)

	segment int64
	epochs  int    // named so far
	fork    string // why the next start goes on in a new epoch; "": it does not

	log   *journal.Log
	store *store.Store
	rec   *Recovered
	e     *Engine
	ids   uint64
}

func quietLog() *slog.Logger { return slog.New(slog.DiscardHandler) }

func newSite(t testing.TB, tune ...func(*site)) *site {
	s := &site{t: t, segment: 64 << 10, disk: journaltest.New(1), dir: t.TempDir(),
		clock: &testClock{wall: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}}
	for _, f := range tune {
		f(s)
	}
	s.start()
	return s
}

func policy() *edge.Policy {
	return &edge.Policy{Site: "T", Zone: time.FixedZone("KST", 9*3600), HashKey: []byte("k"),
		Pick: edge.PickPolicy{Location: "always", Type: "afterFirst", TypeFrom: 4}}
}

func testCatalogue() *catalogue.Snapshot {
	edit := catalogue.New().Edit()
	put := func(r any) {
		if _, err := edit.Put(r, false); err != nil {
			panic(err)
		}
	}
	put(&edge.ClientRecord{ID: "default", ShortPolicy: "partShip"})
	put(&edge.CarrierRecord{ID: "cj", Waybill: edge.WaybillFormat{Format: "cj", Symbology: "code128"}, Cutoffs: []string{"18:00"}})
	put(&edge.ToteRange{ID: "totes", First: "TOTE-00001", Last: "TOTE-99999"})
	for i := range 8 {
		put(&edge.SKURecord{Client: "default", ID: fmt.Sprintf("SKU%d", i), Barcodes: []edge.Barcode{{Code: fmt.Sprintf("CODE-%d", i)}}})
		put(&edge.LocationRecord{ID: fmt.Sprintf("L%d", i), Barcode: fmt.Sprintf("LOC-L%d", i), Sequence: i})
	}
	return edit.Snapshot()
}

// start opens journal and store, recovers and makes an engine; it does not run
// it.
func (s *site) start() {
	s.t.Helper()
	var err error
	s.store, err = store.Open(store.Options{Dir: s.dir, Logger: quietLog(), NoSync: true})
	require.NoError(s.t, err)
	s.log, err = journal.Open(journal.Options{FS: s.disk, Dir: logDir, SegmentBytes: s.segment, Inline: true, Logger: quietLog(),
		NewEpoch: s.newEpoch, Floors: []journal.Floor{s.store.Floor()}})
	require.NoError(s.t, err)
	if s.fork != "" {
		require.NoError(s.t, s.log.Fork(journal.Birth{Reason: s.fork}))
		s.fork = ""
	}
	s.rec, err = Recover(s.log, s.store, quietLog())
	require.NoError(s.t, err)
	cfg := Config{Policy: policy(), NoWindow: true, MaxBatch: 64}
	cfg.Policy.Epoch = s.log.Epoch()
	if s.tune != nil {
		s.tune(&cfg)
	}
	s.e, err = New(cfg, Deps{Log: s.log, Follower: s.store, Past: s.store, Recovered: s.rec, Catalogue: testCatalogue(),
		Logger: quietLog(), Clock: s.clock, Rules: s.rules, Study: s.study})
	require.NoError(s.t, err)
}

func (s *site) newEpoch() string {
	s.epochs++
	return fmt.Sprintf("01JTESTEPOCH%d", s.epochs)
}

// end lets go of everything without a graceful stop, like a kill.
func (s *site) end() {
	_ = s.log.Close() // may have failed before
	require.NoError(s.t, s.store.Close())
	for len(s.e.publish.commits) > 0 {
		<-s.e.publish.commits
	}
}

func (s *site) restart() {
	s.end()
	s.start()
}

// run starts the engine; the test's end stops it and asks for a clean one.
func (s *site) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.e.Run(ctx) }()
	s.t.Cleanup(func() {
		cancel()
		assert.NoError(s.t, <-done)
		s.end()
	})
}

// id makes the next id by the test's clock.
func (s *site) id() edge.ID { return s.idAt(s.clock.wall) }

func (s *site) idAt(at time.Time) edge.ID {
	s.ids++
	var r [10]byte
	binary.BigEndian.PutUint64(r[2:], s.ids)
	return edge.NewID(at, r)
}

func hashOf(texts ...string) (h [16]byte) {
	for i, t := range texts {
		for j, c := range []byte(t) {
			h[(i*5+j)%16] = h[(i*5+j)%16]*31 + c
		}
	}
	return h
}

func (s *site) scan(worker, code string) *edge.Message {
	return &edge.Message{Kind: edge.Scan, ID: s.id(), Hash: hashOf("scan", code), Worker: worker,
		Roles: []edge.Role{edge.Picker, edge.Packer}, Device: "pda-" + worker, Code: code}
}

func (s *site) act(worker, action string, rev uint64, args edge.Args) *edge.Message {
	return &edge.Message{Kind: edge.Act, ID: s.id(), Hash: hashOf("act", action, fmt.Sprint(args)), Worker: worker,
		Roles: []edge.Role{edge.Picker, edge.Packer}, Device: "pda-" + worker, Action: action, Args: args, Rev: rev}
}

func order(n int) *edge.Message {
	id := fmt.Sprintf("O%04d", n)
	r := &edge.OrderRecord{ID: id, Client: "default", Carrier: "cj", Hash: "h" + id, Priority: n % 3}
	for i := range 1 + n%3 {
		k := (n + i) % 8
		r.Lines = append(r.Lines, edge.OrderLine{Line: fmt.Sprint(i + 1), SKU: fmt.Sprintf("SKU%d", k),
			Quantity: 1 + (n+i)%5, Location: fmt.Sprintf("L%d", k)})
	}
	return &edge.Message{Kind: edge.Record, Body: r}
}

// answer is what became of a message.
type answer struct {
	m *edge.Message
	v edge.Verdict
	e error
}

// decide gives messages to the engine as one list, without Run, and returns
// the answers in the order in which they came.
func (s *site) decide(list ...*edge.Message) []answer { return s.decideIn(list, nil) }

// decideIn is decide, but what is in second is decided while the first list is
// on its way to the disk.
func (s *site) decideIn(first, second []*edge.Message) []answer {
	s.t.Helper()
	var out []answer
	batch := s.requests(first, &out)
	err := error(nil)
	if len(second) == 0 {
		err = s.e.serve(context.Background(), batch)
	} else {
		s.e.pending = batch
		s.e.fill(context.Background())
		require.Empty(s.t, s.e.pending, "the first list is one round")
		s.e.launch()
		s.e.pending = s.requests(second, &out)
		s.e.fill(context.Background())
		require.Empty(s.t, out, "shown means stored")
		r := <-s.e.takeOff
		s.e.fly(r)
		if err = s.e.land(r); err == nil {
			err = s.e.serve(context.Background(), nil)
		}
	}
	if err != nil {
		require.ErrorIs(s.t, err, ErrFailed)
	}
	return out
}

func (s *site) requests(list []*edge.Message, out *[]answer) []*request {
	var batch []*request
	for _, m := range list {
		q := &request{message: m}
		q.done = func(v edge.Verdict, err error) { *out = append(*out, answer{m: m, v: v, e: err}) }
		q.turn = s.e.memory.enter()
		require.NoError(s.t, s.e.lookUp(q))
		batch = append(batch, q)
	}
	return batch
}

func (s *site) one(m *edge.Message) edge.Verdict {
	s.t.Helper()
	out := s.decide(m)
	require.Len(s.t, out, 1)
	require.NoError(s.t, out[0].e)
	return out[0].v
}

// commit takes the next commit that the publisher would hand out.
func (s *site) commit() *edge.Commit {
	s.t.Helper()
	select {
	case c := <-s.e.publish.commits:
		return c
	default:
		require.Fail(s.t, "nothing was published")
		return nil
	}
}

// quiet throws published commits away.
func (s *site) quiet() {
	for len(s.e.publish.commits) > 0 {
		<-s.e.publish.commits
	}
}

// events reads everything that is in the journal.
func (s *site) events() []edge.Event {
	s.t.Helper()
	var out []edge.Event
	require.NoError(s.t, s.log.ReadFrames(0, func(f journal.Frame) error {
		if f.Kind != journal.Event {
			return nil
		}
		e, err := edge.ParseEvent(f.Line)
		out = append(out, e)
		return err
	}))
	return out
}

func stateHash(t testing.TB, st *floor.State) string {
	t.Helper()
	h, err := st.Hash()
	require.NoError(t, err)
	return h
}

// replayed computes the state's hash from the journal alone.
func (s *site) replayed() string {
	s.t.Helper()
	return stateHash(s.t, s.replay(&emptyBase{}).State)
}

func (s *site) replay(b Base) *Recovered {
	s.t.Helper()
	rec, err := recoverFrom(s.log, b, quietLog())
	require.NoError(s.t, err)
	return rec
}

// emptyBase is a store that holds nothing and keeps only private records.
type emptyBase struct{ private map[string]edge.Private }

func (*emptyBase) Bind(...string) error                          { return nil }
func (*emptyBase) Mark() store.Mark                              { return store.Mark{} }
func (*emptyBase) Load(func(string, string, []byte) error) error { return nil }
func (*emptyBase) Flush() error                                  { return nil }
func (*emptyBase) Bulk(fn func() error) error                    { return fn() }
func (*emptyBase) Reset() error                                  { return nil }
func (*emptyBase) Newest() (time.Time, error)                    { return time.Time{}, nil }
func (b *emptyBase) Privates(string) (l []edge.Private, _ error) {
	for _, p := range b.private {
		l = append(l, p)
	}
	return l, nil
}

func (b *emptyBase) Take(st edge.Step) {
	if b.private == nil {
		b.private = map[string]edge.Private{}
	}
	for _, r := range st.Revs {
		b.private[r.Worker] = r.Private()
	}
}
