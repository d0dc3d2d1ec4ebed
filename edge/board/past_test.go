package board

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// log is a past of events with seq from 1, from oldest on.
type log struct {
	events []edge.Event
	oldest uint64
	fail   error
	reads  int
}

func (l *log) Head() (place, seq uint64) { return uint64(len(l.events)), uint64(len(l.events)) }
func (l *log) Oldest() uint64            { return l.oldest }

func (l *log) Events(seq uint64, limit int) ([]edge.Event, uint64, error) {
	l.reads++
	if l.fail != nil {
		return nil, 0, l.fail
	}
	if seq+1 < l.oldest {
		return nil, 0, errors.New("gone")
	}
	end := min(len(l.events), int(seq)+limit)
	return l.events[seq:end], uint64(end), nil
}

func (l *log) add(at time.Time, worker string, typ edge.Type, d edge.Data) *edge.Event {
	l.events = append(l.events, edge.Event{Seq: uint64(len(l.events) + 1), At: at, Type: typ, Worker: worker, Device: "pda-07", Client: "default", Order: "2", Data: d})
	return &l.events[len(l.events)-1]
}

// run starts a board and gives it, what it is fed by, and an end.
func run(t *testing.T, past *log, with ...func(*Config)) (*Board, *fakeEngine) {
	t.Helper()
	held := order("2", edge.StagePicking)
	held.Held = "customer"
	f := &fakeEngine{state: []edge.Change{change(held)}}
	cfg := Config{Source: f, Past: past, Now: func() time.Time { return day }, Beat: time.Second}
	for _, c := range with {
		c(&cfg)
	}
	b, err := New(cfg)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-done) })
	synctest.Wait()
	return b, f
}

func units(b *Board) (n int, since time.Time) {
	hours, since := b.Hours(day.Add(-48*time.Hour), day.Add(time.Hour))
	for _, h := range hours {
		n += h.Units
	}
	return n, since
}

// After a restart the figures are those of the whole day: the log's, and each
// event that follows, once.
func TestTheDayIsCountedAgainAtAStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		past := &log{oldest: 1}
		for i := range 3 * pastChunk {
			at := day.Add(-30*time.Hour + time.Duration(i)*time.Second)
			if i >= pastChunk/2 {
				at = day.Add(-20*time.Hour + time.Duration(i)*time.Second)
			}
			past.add(at, "w-1", edge.EvPicked, &edge.PickEvent{Quantity: 2})
		}
		b, f := run(t, past)
		var h Head
		require.NoError(t, json.Unmarshal(b.Section("head")[0], &h))
		last := past.events[len(past.events)-1]
		live := past.events[len(past.events)-1]
		live.Seq++
		f.commit(&edge.Commit{Events: []edge.Event{last, live}, Head: live.Seq})
		time.Sleep(time.Minute)
		n, since := units(b)
		assert.Equal(t, 2*(3*pastChunk-pastChunk/2)+2, n, "the last 24 hours of the log, and one event behind it")
		assert.Equal(t, past.events[pastChunk/2].At, since)
		require.NoError(t, json.Unmarshal(b.Section("head")[0], &h))
		assert.False(t, h.Counting, "it says when it is through")
		assert.Less(t, past.reads, 40, "the day's begin is searched, not read up to")
	})
}

func TestThePageSaysThatItIsCounting(t *testing.T) {
	b := newBoard(t, &fakeEngine{})
	b.cfg.Past = &log{oldest: 1, events: make([]edge.Event, 9)}
	assert.EqualValues(t, 9, b.split())
	b.view.catching = true
	b.beat()
	assert.Contains(t, string(b.Section("head")[0]), `"counting":true`)
	assert.True(t, b.Counting())
}

func TestALogThatCannotBeReadIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		past := &log{oldest: 1, fail: errors.New("damaged"), events: make([]edge.Event, 9)}
		told := make(chan error, 1)
		b, _ := run(t, past, func(c *Config) { c.PastFault = func(err error) { told <- err } })
		require.ErrorIs(t, <-told, past.fail)
		synctest.Wait()
		assert.False(t, b.Counting())
		_, since := units(b)
		assert.Equal(t, day, since, "it counts since its start, and says so")
	})
}

func helps(t *testing.T, b *Board) []Exception {
	t.Helper()
	var out []Exception
	for _, raw := range b.Section("exceptions") {
		var e Exception
		require.NoError(t, json.Unmarshal(raw, &e))
		if e.Kind == "help" {
			e.Since = time.Time{}
			out = append(out, e)
		}
	}
	return out
}

// The list is asked for while calls of before the start are counted and not yet
// published: it is whole, and as published.
func TestTheListOfTroublesIsTheOnePublished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		past := &log{oldest: 1}
		b, _ := run(t, past)
		require.Len(t, b.Section("exceptions"), 1)
		b.countPast([]edge.Event{*past.add(day, "w-1", edge.EvStep, &edge.StepConfirmed{Kind: "help", Step: "item", Work: "T-1"})})
		_, err := json.Marshal(b.Section("exceptions"))
		require.NoError(t, err)
		assert.Len(t, b.Section("exceptions"), 1)
		b.mu.Lock()
		b.publish()
		b.mu.Unlock()
		assert.Len(t, helps(t, b), 1)
	})
}

func TestACallForHelpStandsUntilItIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		past := &log{oldest: 1}
		b, f := run(t, past)
		call := func(at time.Time) *edge.Event {
			e := past.add(at, "w-1", edge.EvStep, &edge.StepConfirmed{Kind: "help", Step: "item", Work: "T-1"})
			f.commit(&edge.Commit{Events: []edge.Event{*e}, Head: e.Seq, Changes: []edge.Change{{Table: edge.TableWork, Key: "T-1",
				Value: &edge.Work{WorkHead: &edge.WorkHead{ID: "T-1", Flow: edge.Pick, Orders: []string{"2"}, Client: "default"}}}}})
			return e
		}
		call(day)
		b.Seen("w-1", &edge.Screen{Flow: edge.Pick, Step: "item", Expect: []edge.Expect{{Kind: "item", SKU: "A", Location: "C08-21-3"}},
			Task: &edge.Task{Client: "default", Orders: []string{"2"}}})
		time.Sleep(2 * time.Second)
		want := Exception{Kind: "help", ID: "1", Worker: "w-1", Device: "pda-07", Flow: edge.Pick, Step: "item", Order: "2",
			Location: "C08-21-3", SKU: "A", Units: 1}
		require.Equal(t, []Exception{want}, helps(t, b), "it comes first, with who, where and what")
		call(day.Add(time.Minute))
		time.Sleep(2 * time.Second)
		want.Units = 2
		assert.Equal(t, []Exception{want}, helps(t, b), "pressed twice, one call")
		c, ok := b.Help("1")
		assert.True(t, ok)
		assert.Equal(t, "w-1", c.Worker)
		_, ok = b.Help("2")
		assert.False(t, ok)
		b.CloseHelp("1", day.Add(2*time.Minute))
		assert.Empty(t, helps(t, b), "at once")
		_, ok = b.Help("1")
		assert.False(t, ok)
		third := call(day.Add(3 * time.Minute))
		time.Sleep(2 * time.Second)
		require.Len(t, helps(t, b), 1)
		assert.Equal(t, "3", helps(t, b)[0].ID)

		again, _ := run(t, past, func(c *Config) { c.Calls = []PastCall{{ID: "1", At: day.Add(2 * time.Minute)}} })
		time.Sleep(time.Minute)
		require.Len(t, helps(t, again), 1, "after a restart the closed one is closed and the open one is open")
		assert.Equal(t, "3", helps(t, again)[0].ID)
		again.mu.Lock()
		again.view.now = third.At.Add(helpKept + time.Second)
		assert.Empty(t, again.view.helps())
		again.mu.Unlock()
	})
}

func TestAHoldSaysWhose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		past := &log{oldest: 1}
		past.add(day.Add(-time.Hour), "", edge.EvOrderChanged, &edge.OrderChanged{Change: "chg-1", Kind: "hold", Held: "customer"})
		b, f := run(t, past)
		time.Sleep(time.Minute)
		by := func() string { return b.HeldBy(b.Order("default", "2")) }
		assert.Equal(t, "wms", by(), "from the log")
		assert.Contains(t, string(b.Section("exceptions")[0]), `"by":"wms"`)
		e := past.add(day, "lead-1", edge.EvOrderChanged, &edge.OrderChanged{Change: "lead-1", Kind: "hold", Held: "payment"})
		f.commit(&edge.Commit{Events: []edge.Event{*e}, Head: e.Seq})
		time.Sleep(2 * time.Second)
		assert.Equal(t, "lead-1", by(), "the newest hold counts")
		e = past.add(day, "w-1", edge.EvOrderChanged, &edge.OrderChanged{Held: "short"})
		f.commit(&edge.Commit{Events: []edge.Event{*e}, Head: e.Seq})
		time.Sleep(2 * time.Second)
		assert.Empty(t, by(), "nobody: a rule held it")
		f.commit(&edge.Commit{Changes: []edge.Change{change(order("2", edge.StagePicking))}})
		time.Sleep(2 * time.Second)
		assert.Empty(t, by(), "it was released")
	})
}

func TestALabelThatCannotBeDrawnIsATroubleOfItsOwn(t *testing.T) {
	b := newBoard(t, &fakeEngine{})
	b.cfg.Labels = func() []Undrawn {
		return []Undrawn{{Box: "B-2", Station: "pack-1", Code: "noPrinter"}, {Box: "B-1", Station: "pack-1", Code: "render", Field: "sort", Detail: "barcode"}}
	}
	b.note(&edge.Commit{Changes: []edge.Change{change(order("2", edge.StagePacking)), {Table: edge.TableBoxes, Key: "B-1", Value: &edge.Box{ID: "B-1", Order: "2", At: day}}}})
	b.beat()
	list := b.Section("exceptions")
	require.Len(t, list, 2)
	got := string(list[0]) + string(list[1])
	assert.Contains(t, got, `{"kind":"label","id":"B-1","order":"2","box":"B-1","reason":"render","station":"pack-1","since":"2026-11-21T09:00:00.000+09:00","field":"sort","detail":"barcode"}`)
	assert.Empty(t, b.Section("devices"))
	b.note(&edge.Commit{Changes: []edge.Change{{Table: edge.TableOrders, Key: floor.OrderKey("default", "2"), Value: order("2", edge.StageCancelled)}, {Table: edge.TableBoxes, Key: "B-1", Value: &edge.Box{ID: "B-1", Client: "default", Order: "2", At: day, Print: edge.PrintWant{Attempt: "A-1"}}},
		{Table: edge.TableAttempts, Key: "A-1", Value: &edge.Attempt{ID: "A-1", Box: "B-1", Status: edge.AttemptFailed}}}})
	b.beat()
	assert.Len(t, b.Section("exceptions"), 1, "the order is cancelled: nobody waits for its label")
}
