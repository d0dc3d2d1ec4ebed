package board

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// fakeEngine is a source whose state is what was committed.
type fakeEngine struct {
	mu    sync.Mutex
	subs  []func(*edge.Commit)
	state []edge.Change
	fail  error
}

func (f *fakeEngine) Subscribe(fn func(*edge.Commit)) func() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.subs = append(f.subs, fn)
	return func() {}
}

func (f *fakeEngine) Entities(_ context.Context, fn func(edge.Change)) error {
	for _, c := range f.state {
		fn(c)
	}
	return f.fail
}

func (f *fakeEngine) commit(c *edge.Commit) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fn := range f.subs {
		fn(c)
	}
}

var day = time.Date(2026, 11, 21, 9, 0, 0, 0, time.FixedZone("KST", 9*3600))

func newBoard(t interface {
	Helper()
	Fatalf(string, ...any)
}, f *fakeEngine) *Board {
	t.Helper()
	b, err := New(Config{Source: f, Now: func() time.Time { return day }, Beat: time.Second,
		Consumers: func() []Consumer { return []Consumer{{Name: "wms", Required: true, Acked: 7}} }})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return b
}

func order(id string, stage edge.OrderStage) *edge.Order {
	return &edge.Order{ID: id, Client: "default", Carrier: "cj", Cutoff: day.Add(7 * time.Hour), Received: day, Stage: stage,
		Lines: []*edge.Line{{ID: "1", SKU: "A", Ordered: 2, Wanted: 2}}}
}

func change(o *edge.Order) edge.Change {
	return edge.Change{Table: edge.TableOrders, Key: o.Client + "/" + o.ID, Value: o}
}

// apply does what a page does with a delta.
func apply(items map[string]map[string]json.RawMessage, d Delta) {
	for s, set := range d.Set {
		for k, v := range set {
			items[s][k] = v
		}
	}
	for s, gone := range d.Gone {
		for _, k := range gone {
			delete(items[s], k)
		}
	}
}

// TestOldKnowledgeOfCancels: the lead is told while the WMS is silent, and no
// longer when it is heard; each look at a silent one changes nothing.
func TestOldKnowledgeOfCancels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var heard atomic.Pointer[Heard]
		heard.Store(&Heard{Old: true, Since: day.Add(-7 * time.Minute)})
		b, err := New(Config{Source: &fakeEngine{}, Now: func() time.Time { return day }, Beat: time.Second, Heard: func() Heard { return *heard.Load() }})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- b.Run(ctx) }()
		synctest.Wait()
		snap, deltas, stop := b.Subscribe()
		defer stop()
		assert.JSONEq(t, `{"kind":"cancels","id":"wms","since":"2026-11-21T08:53:00.000+09:00"}`, string(snap.Items["exceptions"]["cancels:wms"]))
		time.Sleep(3 * time.Second)
		synctest.Wait()
		assert.Empty(t, deltas, "nothing new")
		heard.Store(&Heard{})
		d := <-deltas
		assert.Equal(t, []string{"cancels:wms"}, d.Gone["exceptions"])
		cancel()
		assert.NoError(t, <-done)
	})
}

func TestStateThenCommits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := order("3", edge.StageParked)
		before.Held = "lead"
		f := &fakeEngine{state: []edge.Change{change(order("1", edge.StageReceived)), change(order("2", edge.StageReceived)), change(before),
			{Table: edge.TableSite, Key: "site", Value: &edge.Site{Seq: 8}}}}
		b := newBoard(t, f)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- b.Run(ctx) }()
		synctest.Wait()
		require.True(t, b.Ready())
		assert.Equal(t, map[edge.OrderStage]int{edge.StageReceived: 2, edge.StageParked: 1}, b.Stages())
		snap, deltas, stop := b.Subscribe()
		defer stop()

		held := order("2", edge.StagePicking)
		held.Held = "address"
		f.commit(&edge.Commit{Epoch: "e", Head: 9, Changes: []edge.Change{change(held)}})
		d := <-deltas
		assert.Equal(t, snap.N+1, d.N)
		assert.Contains(t, string(d.Set["exceptions"]["held:2"]), `"since":"2026-11-21T09:00:00.000+09:00"`)
		assert.Contains(t, string(snap.Items["exceptions"]["held:3"]), `"reason":"lead"`)
		assert.NotContains(t, string(snap.Items["exceptions"]["held:3"]), "since", "it began before this edge did")
		var r Row
		require.NoError(t, json.Unmarshal(d.Set["rows"]["cj@2026-11-21T16:00:00+09:00"], &r))
		assert.Equal(t, Row{Carrier: "cj", Cutoff: r.Cutoff, Total: 3, Held: 2,
			Stages: map[edge.OrderStage]int{edge.StageReceived: 1, edge.StagePicking: 1, edge.StageParked: 1}}, r)
		assert.JSONEq(t, `{"head":8,"open":3,"orders":3}`, string(snap.Items["head"][""]))

		time.Sleep(time.Minute) // of the bubble: nothing changed, nothing is told
		assert.Empty(t, deltas)
		cancel()
		require.NoError(t, <-done)
		_, open := <-deltas
		assert.False(t, open)
	})
}

func TestSlowSubscriberIsLetGo(t *testing.T) {
	f := &fakeEngine{}
	b := newBoard(t, f)
	_, deltas, stop := b.Subscribe()
	for i := range queued + 2 {
		b.note(&edge.Commit{Epoch: "e", Head: uint64(i + 1)})
		b.beat()
	}
	n := 0
	for range deltas {
		n++
	}
	assert.Equal(t, queued, n, "what fits is kept, then the channel is closed")
	stop()
}

func TestRunTellsThatTheStateCannotBeRead(t *testing.T) {
	f := &fakeEngine{fail: errors.New("broken")}
	require.ErrorIs(t, newBoard(t, f).Run(context.Background()), f.fail)
}

// TestDeltasGiveTheSnapshot: whatever is committed, a page that applies the
// deltas in order shows what a fresh snapshot shows, and the counts are those
// of the orders that are there.
func TestDeltasGiveTheSnapshot(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := &fakeEngine{}
		b := newBoard(rt, f)
		b.beat()
		snap, deltas, stop := b.Subscribe()
		defer stop()
		n := snap.N
		model := map[string]edge.OrderStage{}
		stages := []edge.OrderStage{edge.StageParked, edge.StageReceived, edge.StagePicking, edge.StageShipped, edge.StageCancelled}
		for range rapid.IntRange(1, 20).Draw(rt, "beats") {
			for range rapid.IntRange(0, 4).Draw(rt, "changes") {
				id := fmt.Sprint(rapid.IntRange(1, 6).Draw(rt, "order"))
				if rapid.IntRange(0, 5).Draw(rt, "gone") == 0 {
					delete(model, id)
					b.note(&edge.Commit{Changes: []edge.Change{{Table: edge.TableOrders, Key: "default/" + id}}})
					continue
				}
				o := order(id, rapid.SampledFrom(stages).Draw(rt, "stage"))
				o.Carrier = rapid.SampledFrom([]string{"cj", "hanjin"}).Draw(rt, "carrier")
				o.Lines[0].Short = rapid.IntRange(0, 1).Draw(rt, "short")
				if rapid.Bool().Draw(rt, "held") {
					o.Held = "lead"
				}
				model[id] = o.Stage
				b.note(&edge.Commit{Changes: []edge.Change{change(o)}})
			}
			b.beat()
			select {
			case d := <-deltas:
				n++
				if d.N != n {
					rt.Fatalf("delta %d after %d", d.N, n-1)
				}
				apply(snap.Items, d)
			default:
			}
			assert.Equal(rt, b.Snapshot().Items, snap.Items)
			want := map[edge.OrderStage]int{}
			for _, s := range model {
				want[s]++
			}
			assert.True(rt, maps.Equal(want, b.Stages()), "%v %v", want, b.Stages())
		}
	})
}

func TestTroubles(t *testing.T) {
	b := newBoard(t, &fakeEngine{})
	parked := order("p", edge.StageParked)
	parked.Missing = []string{"sku:A"}
	short := order("s", edge.StagePicked)
	short.Lines[0].Short = 2
	done := order("d", edge.StageShipped)
	done.Lines[0].Short = 1
	box := &edge.Box{ID: "B-1", Order: "s", Station: "pack-1", Print: edge.PrintWant{Attempt: "A-2"}}
	at := func(id string, s edge.AttemptStatus) edge.Change {
		return edge.Change{Table: edge.TableAttempts, Key: id, Value: &edge.Attempt{ID: id, Box: "B-1", Printer: "printer-1", Status: s, At: day}}
	}
	b.note(&edge.Commit{Changes: []edge.Change{change(parked), change(short), change(done), {Table: edge.TableBoxes, Key: "B-1", Value: box},
		at("A-1", edge.AttemptFailed), at("A-2", edge.AttemptInDoubt),
		{Table: edge.TablePrinters, Key: "printer-1", Value: &edge.PrinterStatus{Name: "printer-1", State: "noPaper", At: day}},
		{Table: edge.TablePrinters, Key: "printer-2", Value: &edge.PrinterStatus{Name: "printer-2", State: "ready", At: day}}}})
	b.beat()
	var kinds []string
	for _, raw := range b.Section("exceptions") {
		var e Exception
		require.NoError(t, json.Unmarshal(raw, &e))
		kinds = append(kinds, e.Kind+":"+e.ID)
	}
	assert.Equal(t, []string{"inDoubt:A-2", "printer:printer-1", "short:s", "parked:p"}, kinds)

	bound := *box
	bound.Bound = "A-2"
	b.note(&edge.Commit{Changes: []edge.Change{{Table: edge.TableBoxes, Key: "B-1", Value: &bound}}})
	b.beat()
	assert.Len(t, b.Section("exceptions"), 3, "the applied label settled it")
	assert.Nil(t, b.Section("nothing"))
}

func TestFigures(t *testing.T) {
	b := newBoard(t, &fakeEngine{})
	ev := func(typ edge.Type, worker string, d edge.Data) edge.Event {
		return edge.Event{At: day.Add(10 * time.Minute), Type: typ, Worker: worker, Data: d}
	}
	b.note(&edge.Commit{Events: []edge.Event{
		ev(edge.EvOrderReceived, "", &edge.OrderReceived{}), ev(edge.EvOrderParked, "", &edge.OrderReceived{}),
		ev(edge.EvPicked, "w-1", &edge.PickEvent{Quantity: 6}), ev(edge.EvPickUndone, "w-1", &edge.PickEvent{Quantity: -2}),
		ev(edge.EvPickShort, "w-1", &edge.PickEvent{Missing: 2}), ev(edge.EvRefused, "w-1", &edge.Refused{}),
		ev(edge.EvBoxLoaded, "w-2", &edge.BoxLoaded{}), ev(edge.EvBoxUnloaded, "w-2", &edge.BoxLoaded{}),
		ev(edge.EvPackItem, "w-1", &edge.PackItem{Quantity: 4}), ev(edge.EvBoxClosed, "w-1", &edge.BoxEvent{}),
		ev(edge.EvLabelPrinted, "", &edge.LabelEvent{}), ev(edge.EvBound, "w-1", &edge.WaybillEvent{}),
	}})
	b.beat()
	hours, since := b.Hours(day.Add(-time.Hour), day.Add(time.Hour))
	require.Len(t, hours, 1)
	assert.Equal(t, day, since)
	assert.Equal(t, Hour{From: hours[0].From, Received: 1, Lines: 1, Units: 4, Short: 2, Packed: 4, Boxes: 1, Labels: 1, Bound: 1, Refused: 1}, hours[0])
	none, _ := b.Hours(day.Add(time.Hour), day.Add(2*time.Hour))
	assert.Empty(t, none)
}

func TestOrders(t *testing.T) {
	b := newBoard(t, &fakeEngine{})
	one, two, other := order("100", edge.StagePacked), order("101", edge.StageReceived), order("100", edge.StageReceived)
	one.Boxes, one.Totes = []string{"B-1"}, []string{"TOTE-1"}
	other.Client, two.Held = "shop", "lead"
	other.Boxes, two.Waybill = []string{"B-2"}, "JD0002-2553-8005-4291"
	b.note(&edge.Commit{Changes: []edge.Change{change(one), change(two), change(other),
		{Table: edge.TableBoxes, Key: "B-1", Value: &edge.Box{ID: "B-1", Waybill: "123", Voided: []string{"122"}}},
		{Table: edge.TableBoxes, Key: "B-2", Value: &edge.Box{ID: "B-2", Waybill: "JJD014600004591190131"}}}})
	b.beat()
	for name, c := range map[string]struct {
		f    Filter
		want []*edge.Order
	}{
		"all":         {Filter{}, []*edge.Order{one, other, two}},
		"by stage":    {Filter{Stage: edge.StagePacked}, []*edge.Order{one}},
		"held":        {Filter{Held: true}, []*edge.Order{two}},
		"by waybill":  {Filter{Find: "123"}, []*edge.Order{one}},
		"by old one":  {Filter{Find: "122"}, []*edge.Order{one}},
		"as printed":  {Filter{Find: "JD01 4600 0045 9119 0131"}, []*edge.Order{other}},
		"as read":     {Filter{Find: "JJD014600004591190131"}, []*edge.Order{other}},
		"its own":     {Filter{Find: "JJD0002255380054291"}, []*edge.Order{two}},
		"a J alone":   {Filter{Find: "J"}, []*edge.Order{}},
		"by tote":     {Filter{Find: "TOTE-1"}, []*edge.Order{one}},
		"by id start": {Filter{Find: "10", After: "100"}, []*edge.Order{two}},
		"one page":    {Filter{Limit: 1}, []*edge.Order{one}},
		"no carrier":  {Filter{Carrier: "x"}, []*edge.Order{}},
	} {
		t.Run(name, func(t *testing.T) { assert.ElementsMatch(t, c.want, b.Orders(c.f)) })
	}
	assert.Same(t, one, b.Order("default", "100"))
	assert.Nil(t, b.Order("", "100"), "of two clients")
	assert.Same(t, two, b.Order("", "101"))
	assert.Len(t, b.Boxes(one), 1)
}

func TestDesksSayWhyTheyAreNotFree(t *testing.T) {
	b := newBoard(t, &fakeEngine{})
	printer := func(name, state string) edge.Change {
		return edge.Change{Table: edge.TablePrinters, Key: name, Value: &edge.PrinterStatus{Name: name, State: state}}
	}
	b.note(&edge.Commit{Changes: []edge.Change{printer("p-1", "ready"), printer("p-2", "noPaper"),
		{Table: edge.TableWork, Key: "T-1", Value: &edge.Work{WorkHead: &edge.WorkHead{ID: "T-1", Flow: edge.Pack, Worker: "w-1", Station: "pack-1"}}}}})
	b.beat()
	stations := []edge.Station{{Name: "pack-1", Printers: []string{"p-1"}}, {Name: "pack-2", Printers: []string{"p-2"}},
		{Name: "pack-3", Printers: []string{"p-2", "p-1"}}, {Name: "pack-4"}, {Name: "pack-5", Printers: []string{"p-9"}}}
	assert.Equal(t, []Desk{{Name: "pack-1", Why: "taken", Printer: "p-1", State: "ready"}, {Name: "pack-2", Why: "printer", Printer: "p-2", State: "noPaper"},
		{Name: "pack-3", Free: true, Printer: "p-1", State: "ready"}, {Name: "pack-4", Why: "noPrinter"}, {Name: "pack-5", Free: true, Printer: "p-9"}},
		b.Desks(stations, "w-2"))
	assert.Equal(t, Desk{Name: "pack-1", Free: true, Mine: true, Printer: "p-1", State: "ready"}, b.Desks(stations, "w-1")[0])
}

// TestGoodsOfACancelledOrderHaveARow until its tote is free.
func TestGoodsOfACancelledOrderHaveARow(t *testing.T) {
	b := newBoard(t, &fakeEngine{})
	o := order("o1", edge.StageCancelled)
	o.OrderTerms = &edge.OrderTerms{GoesBack: "cancelled"}
	o.Totes = []string{"TOTE-00001"}
	o.Lines[0].Picked = 2
	b.note(&edge.Commit{Changes: []edge.Change{change(o)}})
	b.beat()
	var got Exception
	require.NoError(t, json.Unmarshal(b.Snapshot().Items["exceptions"]["goesBack:o1"], &got))
	assert.Equal(t, Exception{Kind: "goesBack", ID: "o1", Order: "o1", Reason: "TOTE-00001", Units: 2}, got)
	free := *o
	free.Totes = nil
	b.note(&edge.Commit{Changes: []edge.Change{change(&free)}})
	b.beat()
	assert.NotContains(t, b.Snapshot().Items["exceptions"], "goesBack:o1")
}

// TestABoxWithGoodsOfACancelledOrderHasARow until they are out of it, or it is
// gone.
func TestABoxWithGoodsOfACancelledOrderHasARow(t *testing.T) {
	b := newBoard(t, &fakeEngine{})
	gone := order("o2", edge.StageCancelled)
	box := func(truck string, items ...edge.BoxItem) edge.Change {
		return edge.Change{Table: edge.TableBoxes, Key: "BX-1", Value: &edge.Box{ID: "BX-1", Client: "default", Order: "o1", With: []string{"o2"},
			Items: items, Seen: "pack-1", Truck: truck, At: day}}
	}
	mine, out := edge.BoxItem{SKU: "A", Quantity: 2}, edge.BoxItem{SKU: "A", Quantity: 3, Order: "o2"}
	for _, step := range []struct {
		change edge.Change
		want   int
	}{{box("", mine), 0}, {box("", mine, out), 3}, {box("T-1", mine, out), 0}, {box("", mine, out), 3}, {box("", mine), 0}} {
		b.note(&edge.Commit{Changes: []edge.Change{change(order("o1", edge.StagePacked)),
			{Table: edge.TableOrders, Key: floor.OrderKey("default", "o2"), Value: gone}, step.change}})
		b.beat()
		row, there := b.Snapshot().Items["exceptions"]["takeOut:BX-1"]
		require.Equal(t, step.want > 0, there, "%s", row)
		if there {
			var got Exception
			require.NoError(t, json.Unmarshal(row, &got))
			assert.True(t, got.Since.Equal(day))
			got.Since = day
			assert.Equal(t, Exception{Kind: "takeOut", ID: "BX-1", Order: "o2", Box: "BX-1", Station: "pack-1", Units: step.want, Since: day}, got)
		}
	}
}

// TestAHeldDuplicateNamesTheOther and since when, also on an edge that began
// after the hold.
func TestAHeldDuplicateNamesTheOther(t *testing.T) {
	b := newBoard(t, &fakeEngine{})
	o := order("o2", edge.StageReceived)
	o.Held, o.OrderTerms = "duplicate", &edge.OrderTerms{HeldOf: "o1", HeldAt: day}
	b.note(&edge.Commit{Changes: []edge.Change{change(o)}})
	b.beat()
	var got Exception
	require.NoError(t, json.Unmarshal(b.Snapshot().Items["exceptions"]["held:o2"], &got))
	assert.Equal(t, "o1", got.Of)
	assert.Equal(t, "duplicate", got.Reason)
}
