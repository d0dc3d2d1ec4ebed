package board

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// running gives a board that has read its state.
func running(t *testing.T, f *fakeEngine, fn func(b *Board)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newBoard(t, f)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- b.Run(ctx) }()
		synctest.Wait()
		fn(b)
		cancel()
		require.NoError(t, <-done)
	})
}

func put(table, key string, v any) edge.Change { return edge.Change{Table: table, Key: key, Value: v} }

// TestLeft: what a lead has to see before signing, each kind with whose it is.
func TestLeft(t *testing.T) {
	held, late := order("2", edge.StagePacked), order("3", edge.StagePacked)
	held.Held = "address"
	late.Cutoff = day.Add(-time.Minute)
	box := func(id, of string, change func(*edge.Box)) edge.Change {
		b := &edge.Box{ID: id, Order: of, Client: "default", Carrier: "cj", Closed: true, Bound: "A-1", Waybill: "65" + id, Seen: "pack-1", At: day}
		change(b)
		return put(edge.TableBoxes, id, b)
	}
	f := &fakeEngine{state: []edge.Change{change(order("1", edge.StagePicking)), change(held), change(late),
		put(edge.TableWork, "T-1", &edge.Work{WorkHead: &edge.WorkHead{ID: "T-1", Flow: edge.Pick, Worker: "w-1", Orders: []string{"1"}, Started: day}, Totes: []string{"TOTE-1"}}),
		put(edge.TableWorkers, "w-1", &edge.WorkerState{ID: "w-1", Work: "T-1", Shift: day.Add(-time.Hour)}),
		put(edge.TableWorkers, "w-2", &edge.WorkerState{ID: "w-2", LeftClient: "default", LeftOrder: "4"}),
		change(func() *edge.Order { o := order("4", edge.StagePicking); o.Totes = []string{"TOTE-9"}; return o }()),
		put(edge.TableTotes, "TOTE-1", &edge.Tote{ID: "TOTE-1", Order: "1", Work: "T-1"}),
		put(edge.TableTotes, "TOTE-2", &edge.Tote{ID: "TOTE-2", Order: "5", Done: true}),
		put(edge.TableAttempts, "A-7", &edge.Attempt{ID: "A-7", Box: "B-4", Status: edge.AttemptInDoubt, At: day}),
		box("B-1", "2", func(*edge.Box) {}),
		box("B-2", "3", func(*edge.Box) {}),
		box("B-3", "3", func(b *edge.Box) { b.Truck = "K-1" }),
		box("B-4", "1", func(b *edge.Box) { b.Bound, b.Print.Attempt, b.Voided = "", "A-7", []string{"650", "651"} }),
		box("B-5", "3", func(b *edge.Box) { b.Voided, b.At, b.Truck = []string{"652"}, day.Add(-9*time.Hour), "K-1" }),
		change(order("6", edge.StagePacked)),
		box("B-6", "6", func(*edge.Box) {}),
		box("B-7", "6", func(b *edge.Box) { b.Seen = "lane-2" }),
		put(edge.TableTrucks, "K-9", &edge.Truck{ID: "K-9", Closed: true, At: day, Missing: []edge.Missing{{Box: "B-6", LastSeen: "pack-1"}, {Box: "B-7", LastSeen: "pack-1"}}}),
		put(edge.TableSite, "site", &edge.Site{Seq: 8, SignedAt: day.Add(-8 * time.Hour)}),
	}}
	running(t, f, func(b *Board) {
		l := b.Left(day, b.Signed())
		assert.Equal(t, Open[OpenTote]{N: 2, Items: []OpenTote{{Tote: "TOTE-1", Order: "1", Worker: "w-1"}, {Tote: "TOTE-2", Order: "5", Picked: true}}}, l.Totes)
		assert.Equal(t, Open[OpenWork]{N: 1, Items: []OpenWork{{Work: "T-1", Flow: edge.Pick, Worker: "w-1", Orders: []string{"1"}, Totes: []string{"TOTE-1"}, Since: day}}}, l.Works)
		assert.Equal(t, Open[OpenLabel]{N: 1, Items: []OpenLabel{{Attempt: "A-7", Box: "B-4", Order: "1", Since: day}}}, l.InDoubt)
		assert.Equal(t, Open[OpenBox]{N: 1, Items: []OpenBox{{Box: "B-1", Order: "2", Waybill: "65B-1", Reason: "address", Seen: "pack-1"}}}, l.Held)
		assert.Equal(t, 2, l.Voided.N, "those of the shift before are signed already")
		assert.Equal(t, "650", l.Voided.Items[0].Waybill)
		assert.Equal(t, []string{"B-2", "B-6"}, []string{l.Lost.Items[0].Box, l.Lost.Items[1].Box}, "over its cut-off, or its truck left without it")
		assert.Equal(t, 2, l.Lost.N)

		w, left := b.OpenOf("w-1")
		assert.Equal(t, "T-1", w.ID)
		assert.Nil(t, left)
		w, left = b.OpenOf("w-2")
		assert.Nil(t, w)
		assert.Equal(t, []string{"TOTE-9"}, left.Totes)
		w, left = b.OpenOf("nobody")
		assert.True(t, w == nil && left == nil)
		assert.Equal(t, day.Add(-time.Hour), b.ShiftOf("w-1"))
		assert.Zero(t, b.ShiftOf("nobody"))
		cuts := b.Cutoffs(day, day.Add(24*time.Hour))
		require.Len(t, cuts, 1)
		assert.Equal(t, Cutoff{Carrier: "cj", At: cuts[0].At, Open: 4}, cuts[0])
		assert.Empty(t, b.Cutoffs(day, day.Add(time.Hour)))
	})
}

func TestLeftShowsTheFirstOfMany(t *testing.T) {
	f := &fakeEngine{}
	for i := range leftShown + 9 {
		id := "TOTE-" + string(rune('A'+i/26)) + string(rune('a'+i%26))
		f.state = append(f.state, put(edge.TableTotes, id, &edge.Tote{ID: id}))
	}
	running(t, f, func(b *Board) {
		l := b.Left(day, time.Time{})
		assert.Equal(t, leftShown+9, l.Totes.N)
		assert.Len(t, l.Totes.Items, leftShown)
		out, err := json.Marshal(l)
		require.NoError(t, err)
		assert.NotContains(t, string(out), "null", "what is not open lists nothing")
	})
}

// TestPracticeCountsNothing: what somebody practised stands in no figure, on no
// list and calls nobody.
func TestPracticeCountsNothing(t *testing.T) {
	f := &fakeEngine{}
	running(t, f, func(b *Board) {
		for _, practice := range []bool{true, false} {
			f.commit(&edge.Commit{Epoch: "e", Head: 20, Events: []edge.Event{
				{Seq: 19, At: day, Type: edge.EvPicked, Worker: "w-1", Practice: practice, Data: &edge.PickEvent{Quantity: 3}},
				{Seq: 20, At: day, Type: edge.EvStep, Worker: "w-1", Practice: practice, Data: &edge.StepConfirmed{Kind: "help"}}}})
			time.Sleep(2 * time.Second) // of the bubble: a beat
			hours, _ := b.Hours(day, day.Add(time.Hour))
			if practice {
				assert.Empty(t, hours)
				assert.Empty(t, b.Section("workers"))
				assert.Empty(t, b.Section("exceptions"))
				continue
			}
			require.Len(t, hours, 1)
			assert.Equal(t, 3, hours[0].Units)
			assert.Len(t, b.Section("exceptions"), 1)
		}
	})
}

// TestASharedBoxIsJudgedByAllItsOrders: the first order of a box is not the only
// one that keeps it or misses it.
func TestASharedBoxIsJudgedByAllItsOrders(t *testing.T) {
	for name, c := range map[string]struct {
		first, second func(*edge.Order)
		held, lost    string // the order that is named
	}{
		"the other is held":       {func(*edge.Order) {}, func(o *edge.Order) { o.Held = "address" }, "2", ""},
		"the other is late":       {func(o *edge.Order) { o.Cutoff = day.Add(time.Hour) }, func(o *edge.Order) { o.Cutoff = day.Add(-time.Minute) }, "", "2"},
		"the first was cancelled": {func(o *edge.Order) { o.Stage = edge.StageCancelled }, func(o *edge.Order) { o.Cutoff = day.Add(-time.Minute) }, "", "2"},
		"all were": {func(o *edge.Order) { o.Stage, o.Held = edge.StageCancelled, "address" }, func(o *edge.Order) {
			o.Stage, o.Cutoff = edge.StageCancelled, day.Add(-time.Minute)
		}, "", ""},
		"nothing is wrong": {func(o *edge.Order) { o.Cutoff = day.Add(time.Hour) }, func(o *edge.Order) { o.Cutoff = day.Add(time.Hour) }, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			one, two := order("1", edge.StagePacked), order("2", edge.StagePacked)
			c.first(one)
			c.second(two)
			b := &edge.Box{ID: "B-1", Order: "1", With: []string{"2"}, Client: "default", Closed: true, Bound: "A-1", Missed: true}
			running(t, &fakeEngine{state: []edge.Change{change(one), change(two), put(edge.TableBoxes, "B-1", b)}}, func(b *Board) {
				named := func(o Open[OpenBox]) string {
					if o.N == 0 {
						return ""
					}
					return o.Items[0].Order
				}
				l := b.Left(day, time.Time{})
				assert.Equal(t, []string{c.held, c.lost}, []string{named(l.Held), named(l.Lost)})
				missed := 0
				if name != "all were" {
					missed = 1
				}
				assert.Len(t, b.view.lost(), missed)
			})
		})
	}
}
