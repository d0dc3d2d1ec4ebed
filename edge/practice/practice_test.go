package practice

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/edge/floor"
)

// site is an engine without a disk: two states and one history.
type site struct {
	t        *testing.T
	real     *floor.State
	practice *floor.State
	cat      *catalogue.Snapshot
	pol      *edge.Policy
	now      time.Time
	seq      uint64
	events   []edge.Event
	renewed  int
	fail     error
	trainees [][]edge.Role
	s        *Service
}

func newSite(t *testing.T, stations ...edge.Station) *site {
	x := &site{t: t, real: floor.NewState(), practice: floor.NewPractice(0), cat: catalogue.New(), now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	x.pol = &edge.Policy{Site: "T", Epoch: "e", Zone: time.UTC, HashKey: []byte("k"), Pick: edge.PickPolicy{Location: "always", Type: "afterFirst"}, Stations: stations}
	var err error
	x.s, err = New(Config{Stations: stations}, Deps{Floor: x, Trainees: func() [][]edge.Role { return x.trainees }, Now: func() time.Time { return x.now }, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return x
}

// known puts the catalogue of a small hall in.
func (x *site) known(records ...any) {
	e := x.cat.Edit()
	for _, r := range records {
		_, err := e.Put(r, false)
		require.NoError(x.t, err)
	}
	x.cat = e.Snapshot()
}

func hall() []any {
	out := []any{&edge.CarrierRecord{ID: "cj", Waybill: edge.WaybillFormat{Format: "cj"}, Cutoffs: []string{"18:00"}},
		&edge.DockRecord{ID: "D1", Carrier: "cj"}, &edge.ToteRange{ID: "t", First: "TOTE-001", Last: "TOTE-099"},
		&edge.SKURecord{Client: "default", ID: "LOT", Capture: []string{"lot"}, Barcodes: []edge.Barcode{{Code: "LOT"}}}}
	for i := range 5 {
		out = append(out, &edge.LocationRecord{ID: fmt.Sprint("L", i)},
			&edge.SKURecord{Client: "default", ID: fmt.Sprint("S", i), Barcodes: []edge.Barcode{{Code: fmt.Sprint("CODE", i)}}})
	}
	return out
}

func (x *site) Catalogue() *catalogue.Snapshot { return x.cat }

func (x *site) view(s *floor.State) floor.View {
	return floor.View{State: s, Catalogue: x.cat, Policy: x.pol, Now: x.now}
}

func (x *site) Submit(_ context.Context, m *edge.Message) (edge.Verdict, error) {
	if x.fail != nil {
		return edge.Verdict{}, x.fail
	}
	s := x.real
	if m.Practice {
		s = x.practice
	}
	x.now = x.now.Add(time.Second)
	d := floor.Decide(x.view(s), m)
	for _, e := range d.Events {
		x.seq++
		e.Seq, e.At, e.Scan, e.Worker, e.Practice = x.seq, x.now, m.ID, m.Worker, m.Practice
		s.BeginMessage()
		require.NoError(x.t, floor.Apply(s, &e))
		s.AcceptMessage()
		s.CommitBatch()
		x.events = append(x.events, e)
	}
	return d.Verdict, nil
}

func (x *site) PracticeScreen(_ context.Context, worker string, roles []edge.Role) (*edge.Screen, error) {
	return floor.Screen(x.view(x.practice), worker, roles), x.fail
}

func (x *site) Read(_ context.Context, fn func(floor.View)) error { fn(x.view(x.real)); return x.fail }

func (x *site) ReadPractice(_ context.Context, fn func(floor.View)) error {
	fn(x.view(x.practice))
	return x.fail
}

func (x *site) RenewPractice(context.Context) error {
	x.renewed++
	x.practice = floor.NewPractice(x.seq)
	return x.fail
}

func (x *site) order(id string, lines ...edge.OrderLine) {
	_, err := x.Submit(context.Background(), &edge.Message{Kind: edge.Record, Body: &edge.OrderRecord{ID: id, Client: "default", Carrier: "cj", Hash: id, Lines: lines}})
	require.NoError(x.t, err)
}

var desk = edge.Station{Name: "pack-1", Printers: []string{"p1"}}

// TestSomethingToDoForEveryRole: who practises finds orders to pick, totes to
// pack and boxes to load, made of what real orders want at the places where it
// lies; what articles ask more than a scan is left out.
func TestSomethingToDoForEveryRole(t *testing.T) {
	x := newSite(t, desk)
	x.known(hall()...)
	x.order("1", edge.OrderLine{Line: "1", SKU: "S3", Quantity: 1, Location: "L4"}, edge.OrderLine{Line: "2", SKU: "LOT", Quantity: 1, Location: "L1"})
	before := len(x.events)
	x.trainees = [][]edge.Role{{edge.Picker}, {edge.Packer}, {edge.Loader}}
	require.NoError(t, x.s.look(t.Context()))
	pick, pack, load := x.practice.Queues()
	assert.Equal(t, [3]int{3, 3, 3}, [3]int{pick, pack, load})
	require.Greater(t, len(x.events), before)
	for _, e := range x.events[before:] {
		assert.True(t, e.Practice, "%s", e.Type)
		if r, ok := e.Data.(*edge.OrderReceived); ok {
			for _, l := range r.Lines {
				assert.Equal(t, [2]string{"S3", "L4"}, [2]string{l.SKU, l.Location})
			}
		}
		if l, ok := e.Data.(*edge.LabelEvent); ok {
			assert.Equal(t, "practice", l.Printer)
		}
	}
	p, _, _ := x.real.Queues()
	assert.Equal(t, 1, p, "the real order waits as before")

	n := len(x.events)
	require.NoError(t, x.s.look(t.Context()))
	assert.Len(t, x.events, n, "enough is enough")
	x.trainees = nil
	require.NoError(t, x.s.look(t.Context()))
	require.NoError(t, x.s.look(t.Context()))
	assert.Equal(t, 1, x.renewed, "what was practised is forgotten, once")
	pick, pack, load = x.practice.Queues()
	assert.Zero(t, pick+pack+load)
}

func TestRolesDecideWhatIsMade(t *testing.T) {
	for name, c := range map[string]struct {
		roles []edge.Role
		want  [3]int
	}{
		"a picker": {[]edge.Role{edge.Picker}, [3]int{3, 0, 0}},
		"a packer": {[]edge.Role{edge.Packer}, [3]int{0, 3, 0}},
		"a loader": {[]edge.Role{edge.Loader}, [3]int{0, 0, 3}},
		"a lead":   {[]edge.Role{edge.Lead}, [3]int{3, 3, 3}},
		"nobody":   {[]edge.Role{edge.Returns}, [3]int{0, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			x := newSite(t, desk)
			x.known(hall()...)
			x.trainees = [][]edge.Role{c.roles}
			require.NoError(t, x.s.look(t.Context()))
			pick, pack, load := x.practice.Queues()
			assert.Equal(t, c.want, [3]int{pick, pack, load}, "of articles of the catalogue, where no order waits")
		})
	}
}

// TestTraineesLabelComesOutOfNoPrinter: a label that a trainee waits for is
// answered here.
func TestTraineesLabelComesOutOfNoPrinter(t *testing.T) {
	x := newSite(t, desk)
	x.known(hall()...)
	x.trainees = [][]edge.Role{{edge.Packer}}
	require.NoError(t, x.s.look(t.Context()))
	roles := []edge.Role{edge.Packer}
	ask := func() *edge.Screen { return floor.Screen(x.view(x.practice), "w-9", roles) }
	do := func(m *edge.Message) edge.Verdict {
		m.ID, m.Worker, m.Roles, m.Practice = x.s.messageID(), "w-9", roles, true
		v, err := x.Submit(t.Context(), m)
		require.NoError(t, err)
		return v
	}
	require.True(t, do(&edge.Message{Kind: edge.Act, Action: "start", Args: edge.Args{Flow: edge.Pack}}).OK)
	for sc := ask(); sc.Step != "printing"; sc = ask() {
		require.True(t, do(&edge.Message{Kind: edge.Scan, Code: sc.Expect[0].Code}).OK, "%+v", sc)
	}
	x.s.Committed(&edge.Commit{Events: x.events[len(x.events)-1:]})
	<-x.s.woken
	require.NoError(t, x.s.look(t.Context()))
	sc := ask()
	require.Equal(t, "waybill", sc.Step)
	assert.Regexp(t, `^PRACTICE-`, sc.Expect[0].Code)
	assert.Equal(t, edge.Done, do(&edge.Message{Kind: edge.Scan, Code: sc.Expect[0].Code}).Code)
	x.s.Committed(&edge.Commit{Events: []edge.Event{{Type: edge.EvPicked}}})
	assert.Empty(t, x.s.woken, "real events wake nobody here")
}

func TestNothingToMakeOrdersOf(t *testing.T) {
	x := newSite(t, desk)
	x.trainees = [][]edge.Role{{edge.Picker}}
	require.ErrorIs(t, x.s.look(t.Context()), errNothing)
	x.known(hall()...)
	require.NoError(t, x.s.look(t.Context()), "once the catalogue is there")
	x.fail = context.DeadlineExceeded
	require.ErrorIs(t, x.s.look(t.Context()), x.fail)
	x.known(&edge.ToteRange{ID: "t", First: "TOTE-001", Last: "TOTE-001"})
	x.fail = nil
	x.trainees = [][]edge.Role{{edge.Packer}}
	for range 30 {
		require.NoError(t, x.s.look(t.Context()), "too few totes: what cannot be prepared is left")
	}
	pick, _, _ := x.practice.Queues()
	assert.Less(t, pick, waitingMost+5, "and does not pile up")
}

func TestRunEnds(t *testing.T) {
	x := newSite(t)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { assert.NoError(t, x.s.Run(ctx)) })
	x.s.Wake()
	x.s.Wake()
	cancel()
	wg.Wait()
	_, err := New(Config{}, Deps{})
	require.Error(t, err)
}
