package floor_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// TestCommitBatch holds that a follower who keeps nothing but the changes of
// the commits has the state.
func TestCommitBatch(t *testing.T) {
	x := newSite(t)
	crew(x)
	picked(t, x, "o1", "cj", "TOTE-00001", line{1, 2})
	type row struct{ table, key string }
	follower := map[row]string{}
	follow := func(list []edge.Change) {
		for _, c := range list {
			if c.Value == nil {
				delete(follower, row{c.Table, c.Key})
				continue
			}
			b, err := json.Marshal(c.Value)
			require.NoError(t, err)
			follower[row{c.Table, c.Key}] = string(b)
		}
	}
	s := floor.NewState()
	for i := range x.events {
		s.BeginMessage()
		require.NoError(t, floor.Apply(s, &x.events[i]))
		s.AcceptMessage()
		if i%3 == 2 {
			follow(s.CommitBatch())
		}
	}
	follow(s.CommitBatch())
	want := map[row]string{}
	s.Each(func(table, key string, v any) {
		b, err := json.Marshal(v)
		require.NoError(t, err)
		want[row{table, key}] = string(b)
	})
	assert.Equal(t, want, follower)
	assert.Empty(t, s.CommitBatch())
}

// TestCommittedRowsAreImmutable holds that a row given out with a commit never
// changes afterwards.
func TestCommittedRowsAreImmutable(t *testing.T) {
	x := newSite(t)
	crew(x)
	x.record(order("o1", "cj", line{1, 3}, line{2, 2}))
	x.scan("p", "TOTE-00001")
	x.scan("p", "EA-1")
	rows := map[any]string{}
	x.live.Each(func(_, _ string, v any) {
		b, err := json.Marshal(v)
		require.NoError(t, err)
		rows[v] = string(b)
	})
	x.scan("p", "EA-1")
	x.act("p", "undo", edge.Args{})
	x.follow("p", nil)
	x.scan("k", "TOTE-00001")
	x.follow("k", nil)
	for v, was := range rows {
		b, err := json.Marshal(v)
		require.NoError(t, err)
		assert.JSONEq(t, was, string(b))
	}
}

func TestApplyRefusesWhatDoesNotFit(t *testing.T) {
	for _, e := range []edge.Event{
		{Type: edge.EvPicked, Data: &edge.PickEvent{Line: "1", Quantity: 1}},
		{Type: edge.EvToteReleased, Data: &edge.ToteEvent{Tote: "t"}},
		{Type: edge.EvWorkFinished, Data: &edge.WorkEvent{Work: "T-1"}},
		{Type: edge.EvBound, Data: &edge.WaybillEvent{Box: "B-1"}},
		{Type: edge.EvBoxLoaded, Data: &edge.BoxLoaded{Box: "B-1", Truck: "K-1"}},
		{Type: edge.EvTruckClosed, Data: &edge.TruckEvent{Truck: "K-1"}},
		{Type: edge.EvCancelStopped, Order: "o", Data: &edge.OrderChanged{}},
		{Type: edge.EvLabelSent, Data: &edge.LabelEvent{Attempt: "A-1", Box: "B-1"}},
	} {
		s := floor.NewState()
		s.BeginMessage()
		assert.ErrorIs(t, floor.Apply(s, &e), floor.ErrEvent, e.Type)
	}
}

func TestLoadErrors(t *testing.T) {
	s := floor.NewState()
	assert.ErrorIs(t, s.Load("nothing", "k", nil), floor.ErrTable)
	assert.Error(t, s.Load(edge.TableOrders, "k", []byte("{")))
	assert.Len(t, s.Tables(), 12)
}

func TestExpiry(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	b := packed(t, x, "o1", "cj", "TOTE-00001")
	packed(t, x, "o2", "cj", "TOTE-00002")
	x.scan("l", "DOCK-D1")
	x.scan("l", b.Waybill)
	x.act("l", "close", edge.Args{Reason: "full"})
	x.now = x.now.Add(47 * 3600e9)
	x.act("l", "help", edge.Args{})
	require.NotNil(t, x.live.Order("default", "o1"))
	x.now = x.now.Add(2 * 3600e9)
	x.act("l", "help", edge.Args{})
	assert.Nil(t, x.live.Order("default", "o1"), "two days after its truck closed")
	assert.Nil(t, x.live.Box(b.ID))
	assert.Nil(t, x.live.Waybill("cj", b.Waybill))
	assert.Nil(t, x.live.Attempt(b.Bound))
	assert.Nil(t, x.live.Truck("K-1"))
	assert.NotNil(t, x.live.Order("default", "o2"), "what is open stays")
	assert.Equal(t, edge.Accepted, x.record(order("o1", "cj", line{1, 1})).Code)
}

func TestKeyCoversExactly(t *testing.T) {
	base := func() *edge.Screen {
		return &edge.Screen{Flow: edge.Pick, Mode: "order", Step: "item", Task: &edge.Task{ID: "T-1", Orders: []string{"a"}},
			Expect: []edge.Expect{{Kind: "item", Code: "1", Name: edge.Text{"ko": "ㄱ", "en": "a"}}}, Quantity: &edge.Quantity{Have: 1, Want: 2},
			Actions: []string{"leave"}}
	}
	k := floor.Key(base())
	assert.Equal(t, k, floor.Key(base()))
	for name, edit := range map[string]func(*edge.Screen){
		"flow": func(s *edge.Screen) { s.Flow = edge.Pack }, "mode": func(s *edge.Screen) { s.Mode = "x" },
		"step": func(s *edge.Screen) { s.Step = "x" }, "task": func(s *edge.Screen) { s.Task.ID = "T-2" },
		"orders": func(s *edge.Screen) { s.Task.Orders = []string{"a", "b"} }, "expect": func(s *edge.Screen) { s.Expect = nil },
		"code": func(s *edge.Screen) { s.Expect[0].Code = "2" }, "name": func(s *edge.Screen) { s.Expect[0].Name["ko"] = "ㄴ" },
		"remaining": func(s *edge.Screen) { s.Expect[0].Remaining = 3 }, "have": func(s *edge.Screen) { s.Quantity.Have = 2 },
		"typing": func(s *edge.Screen) { s.Quantity.Typing = true }, "no quantity": func(s *edge.Screen) { s.Quantity = nil },
		"actions": func(s *edge.Screen) { s.Actions = nil },
	} {
		s := base()
		edit(s)
		assert.NotEqual(t, k, floor.Key(s), name)
	}
	s := base()
	s.Rev, s.Task.Done, s.Task.Of, s.Task.Carrier = 9, 1, 2, "cj"
	s.Work = []edge.Waiting{{Flow: edge.Pick, Waiting: 3}}
	s.Lines, s.Box, s.Totes = []edge.ScreenLine{{Line: "1"}}, "B-1", []string{"t"}
	s.Printer, s.Recipient, s.Truck = &edge.PrinterView{}, &edge.Masked{}, &edge.TruckView{}
	assert.Equal(t, k, floor.Key(s), "counts and what only a page shows")
}
