package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// picking gives a picker who stands at the first item of one order.
func picking(t *testing.T, lines ...line) *site {
	t.Helper()
	x := newSite(t)
	x.deep = true
	crew(x)
	require.Equal(t, edge.Accepted, x.record(order("o1", "cj", lines...)).Code)
	require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick}).OK)
	require.Equal(t, edge.OK, x.scan("p", "TOTE-00001").Code)
	return x
}

func n(v int) *int { return &v }

func TestPickVerdicts(t *testing.T) {
	tests := []struct {
		name, code string
		lines      []line
		want       edge.Code
		say        string
		events     string
	}{
		{"the item", "EA-1", []line{{1, 5}, {2, 1}}, edge.OK, "pick.item", "pick.confirmed"},
		{"an item of the last piece of a line", "EA-1", []line{{1, 1}, {2, 1}}, edge.Done, "pick.lineDone", "pick.confirmed"},
		{"the last item", "EA-1", []line{{1, 1}}, edge.Done, "pick.done", "pick.confirmed work.finished"},
		{"a case of three", "CS-1", []line{{1, 5}}, edge.OK, "pick.item", "pick.confirmed"},
		{"a case where fewer remain", "CS-1", []line{{1, 2}}, edge.Over, "pick.over", "scan.refused"},
		{"another line's SKU", "EA-2", []line{{1, 1}, {2, 1}}, edge.Wrong, "pick.wrongItem", "scan.refused"},
		{"a SKU of no line", "EA-3", []line{{1, 1}}, edge.Wrong, "pick.wrongItem", "scan.refused"},
		{"another client's SKU", "EA-X1", []line{{1, 1}}, edge.Wrong, "pick.wrongItem", "scan.refused"},
		{"a location", "LOC-L1", []line{{1, 1}}, edge.Unexpected, "scan.unexpected", "scan.refused"},
		{"a free tote", "TOTE-00002", []line{{1, 1}}, edge.Unexpected, "scan.unexpected", "scan.refused"},
		{"a dock", "DOCK-D1", []line{{1, 1}}, edge.Unexpected, "scan.unexpected", "scan.refused"},
		{"a text nobody knows", "홍길동 010", []line{{1, 1}}, edge.Unknown, "scan.unknown", "scan.refused"},
		{"no text at all", "", []line{{1, 1}}, edge.Unknown, "scan.unknown", "scan.refused"},
		{"bytes", "\xff\xfe", []line{{1, 1}}, edge.Unknown, "scan.unknown", "scan.refused"},
		{"the place of a mixed bin", "LOC-L5", []line{{5, 1}}, edge.OK, "pick.location", "location.confirmed"},
		{"another place", "LOC-L1", []line{{5, 1}}, edge.Wrong, "pick.wrongLocation", "scan.refused"},
		{"the item before its place", "EA-5", []line{{5, 1}}, edge.Unexpected, "scan.unexpected", "scan.refused"},
		{"the item with its identifier in front", "]C1EA-1", []line{{1, 2}}, edge.OK, "pick.item", "pick.confirmed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := picking(t, tt.lines...)
			v := x.scan("p", tt.code)
			assert.Equal(t, tt.want, v.Code)
			assert.Equal(t, tt.say, v.Say.Key)
			assert.Equal(t, tt.events, x.kinds())
		})
	}
}

func TestUnknownTextIsHashed(t *testing.T) {
	x := picking(t, line{1, 1})
	x.scan("p", "홍길동 010-1234-5678")
	r := x.last[0].Data.(*edge.Refused)
	assert.Equal(t, len("홍길동 010-1234-5678"), r.Length)
	assert.Len(t, r.Hash, 32)
	assert.NotContains(t, string(x.last[0].AppendLine(nil)), "길동")
}

func TestWrongNamesBoth(t *testing.T) {
	x := picking(t, line{1, 1}, line{2, 1})
	v := x.scan("p", "EA-2")
	assert.Equal(t, []edge.Arg{edge.T("expected", "S1"), edge.T("scanned", "S2")}, v.Say.Args)
}

func TestPickScreen(t *testing.T) {
	x := picking(t, line{1, 6}, line{2, 1})
	s := x.screen("p")
	require.Len(t, s.Expect, 1)
	assert.Equal(t, edge.Expect{Kind: "item", Code: "EA-1", SKU: "S1", Name: edge.Text{"en": "thing 1"}, Location: "L1", Line: "1", Case: 3, Remaining: 6}, s.Expect[0])
	assert.Equal(t, &edge.Quantity{Have: 0, Want: 6}, s.Quantity)
	assert.Equal(t, []string{"short", "skip", "confirm", "addTote", "handOver", "help", "leave"}, s.Actions)
	assert.Equal(t, "cj", s.Task.Carrier)
	assert.Equal(t, "2026-11-21T12:00:00+09:00", s.Task.Cutoff.Format("2006-01-02T15:04:05Z07:00"))
}

func TestLocationPolicies(t *testing.T) {
	x := picking(t, line{5, 2}, line{1, 1})
	assert.Equal(t, "item", x.screen("p").Step, "L1 comes first on the walk and holds one SKU")
	x.scan("p", "EA-1")
	assert.Equal(t, "location", x.screen("p").Step)
	assert.Equal(t, "LOC-L5", x.screen("p").Expect[0].Code)
	x.scan("p", "LOC-L5")
	x.scan("p", "EA-5")
	assert.Equal(t, "item", x.screen("p").Step, "the same bin twice in a row asks once")
	x.pol.Pick.Location = "never"
	assert.Equal(t, "item", x.screen("p").Step)
}

func TestQuantityTyping(t *testing.T) {
	x := picking(t, line{1, 6}, line{2, 3})
	assert.Equal(t, edge.Unexpected, x.act("p", "quantity", edge.Args{N: n(6)}).Code, "the first one is scanned")
	x.scan("p", "EA-1")
	assert.True(t, x.screen("p").Quantity.Typing)
	assert.Equal(t, edge.Over, x.act("p", "quantity", edge.Args{N: n(7)}).Code)
	assert.Equal(t, edge.OK, x.act("p", "quantity", edge.Args{N: n(4)}).Code)
	assert.Equal(t, 3, x.last[0].Data.(*edge.PickEvent).Quantity, "absolute: have becomes n")
	assert.Equal(t, edge.OK, x.act("p", "quantity", edge.Args{N: n(2)}).Code)
	assert.Equal(t, edge.EvPickUndone, x.last[0].Type)
	assert.Equal(t, -2, x.last[0].Data.(*edge.PickEvent).Quantity)
	assert.Equal(t, edge.OK, x.act("p", "quantity", edge.Args{N: n(2)}).Code)
	assert.Equal(t, edge.Done, x.act("p", "quantity", edge.Args{N: n(6)}).Code)
	x.scan("p", "EA-2")
	assert.False(t, x.screen("p").Quantity.Typing, "up to three are scanned each")
	assert.Equal(t, edge.Unexpected, x.act("p", "quantity", edge.Args{N: n(3)}).Code)
	assert.Equal(t, edge.Unexpected, x.act("p", "quantity", edge.Args{}).Code)
}

func TestShort(t *testing.T) {
	x := picking(t, line{1, 6}, line{2, 1})
	x.scan("p", "EA-1")
	assert.Equal(t, edge.Over, x.act("p", "short", edge.Args{Found: n(7)}).Code)
	assert.Equal(t, edge.Unexpected, x.act("p", "short", edge.Args{Found: n(6)}).Code)
	id := x.nextID()
	x.send(&edge.Message{Kind: edge.Act, ID: id, Worker: "p", Action: "short", Rev: x.rev["p"], Args: edge.Args{Found: n(4), Reason: "none"}})
	assert.Equal(t, "short", x.last[0].Data.(*edge.PickEvent).Reason, "pieces that nobody scanned are told apart")
	assert.Equal(t, "pick.confirmed pick.short count.asked", x.kinds())
	l := x.live.Order("default", "o1").Lines[0]
	assert.Equal(t, []int{4, 2, 0}, []int{l.Picked, l.Short, l.Open()})
	require.Equal(t, edge.OK, x.act("p", "undo", edge.Args{Of: id.String()}).Code)
	assert.Equal(t, "pick.short pick.undone", x.kinds())
	assert.Equal(t, -2, x.last[0].Data.(*edge.PickEvent).Missing)
	assert.Equal(t, 5, x.live.Order("default", "o1").Lines[0].Open())
}

func TestShortPolicies(t *testing.T) {
	for policy, held := range map[string]string{"": "short", "hold": "short", "partShip": ""} {
		x := picking(t, line{1, 2})
		x.catalogue(&edge.ClientRecord{ID: "default", ShortPolicy: policy})
		x.scan("p", "EA-1")
		assert.Equal(t, edge.Done, x.act("p", "short", edge.Args{Reason: "none"}).Code)
		o := x.live.Order("default", "o1")
		assert.Equal(t, held, o.Held)
		assert.Equal(t, edge.StagePicked, o.Stage)
		v := x.scan("k", "TOTE-00001")
		if held == "" {
			assert.Equal(t, edge.OK, v.Code)
			continue
		}
		assert.Equal(t, edge.Hold, v.Code)
		x.record(&edge.OrderChange{ID: "c", Order: "o1", Change: "release"})
		assert.Equal(t, edge.OK, x.scan("k", "TOTE-00001").Code)
	}
}

func TestAllShortCancels(t *testing.T) {
	x := picking(t, line{1, 2})
	assert.Equal(t, edge.Done, x.act("p", "short", edge.Args{Found: n(0), Reason: "none"}).Code)
	assert.Equal(t, "pick.short count.asked order.changed tote.released work.finished", x.kinds())
	assert.Equal(t, edge.StageCancelled, x.live.Order("default", "o1").Stage)
	assert.Nil(t, x.live.Tote("TOTE-00001"))
}

func TestUndoSkipAddTote(t *testing.T) {
	x := picking(t, line{1, 2}, line{2, 2})
	assert.Equal(t, "undo.nothing", x.act("p", "undo", edge.Args{}).Say.Key)
	first := x.nextID()
	x.send(&edge.Message{Kind: edge.Scan, ID: first, Worker: "p", Code: "EA-1"})
	assert.Equal(t, edge.OK, x.act("p", "skip", edge.Args{}).Code)
	assert.Equal(t, "S2", x.screen("p").Expect[0].SKU, "a skipped line goes to the end")
	x.scan("p", "EA-2")
	assert.Equal(t, edge.OK, x.act("p", "undo", edge.Args{Of: first.String()}).Code)
	assert.Equal(t, "undo.nothing", x.act("p", "undo", edge.Args{Of: first.String()}).Say.Key, "once")
	assert.Equal(t, edge.OK, x.act("p", "addTote", edge.Args{}).Code)
	assert.Equal(t, edge.Duplicate, x.scan("p", "TOTE-00001").Code)
	assert.Equal(t, edge.OK, x.scan("p", "TOTE-00002").Code)
	x.scan("p", x.screen("p").Expect[0].Code)
	assert.Equal(t, "TOTE-00002", x.last[0].Data.(*edge.PickEvent).Tote)
	assert.Equal(t, []string{"TOTE-00001", "TOTE-00002"}, x.live.Order("default", "o1").Totes)
}

func TestLeaveAndResume(t *testing.T) {
	x := picking(t, line{1, 2})
	x.record(order("o2", "cj", line{2, 1}))
	assert.Equal(t, edge.OK, x.act("p", "leave", edge.Args{}).Code)
	assert.Equal(t, "tote.released work.left", x.kinds(), "an empty tote is free again")
	x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o1"}})
	x.scan("p", "TOTE-00001")
	x.scan("p", "EA-1")
	x.act("p", "leave", edge.Args{})
	assert.Equal(t, "work.left", x.kinds())
	assert.Equal(t, edge.Expect{Kind: "tote", Code: "TOTE-00001"}, x.screen("p").Expect[0])
	x.record(&edge.OrderChange{ID: "c", Order: "o2", Change: "priority", Priority: n(9)})
	x.act("p", "start", edge.Args{Flow: edge.Pick})
	assert.Equal(t, []string{"o1"}, x.screen("p").Task.Orders, "what was left comes first")
	x.act("p", "leave", edge.Args{})
	assert.Equal(t, edge.OK, x.scan("p2", "TOTE-00001").Code, "any other picker takes it up by its tote")
	w := x.last[0].Data.(*edge.WorkEvent)
	assert.Equal(t, []string{"TOTE-00001"}, w.Totes)
	assert.Equal(t, 1, x.screen("p2").Quantity.Have)
}

func TestNextWork(t *testing.T) {
	x := newSite(t)
	crew(x)
	late := order("late", "cj", line{1, 1})
	late.Cutoff = x.now.AddDate(0, 0, 1)
	x.record(late)
	x.record(order("first", "cj", line{1, 1}))
	x.record(order("second", "cj", line{1, 1}))
	urgent := order("urgent", "cj", line{1, 1})
	urgent.Priority = 5
	x.record(urgent)
	held := order("held", "cj", line{1, 1})
	held.Priority = 9
	x.record(held)
	x.record(&edge.OrderChange{ID: "h", Order: "held", Change: "hold"})
	for i, want := range []string{"urgent", "first", "second", "late"} {
		x.scan("p", "TOTE-0000"+string(rune('1'+i)))
		require.Equal(t, []string{want}, x.screen("p").Task.Orders)
		x.scan("p", "EA-1")
	}
	v := x.act("p", "start", edge.Args{Flow: edge.Pick})
	assert.Equal(t, edge.Unexpected, v.Code)
	assert.Equal(t, "start.noWork", v.Say.Key)
}

func TestRolesAndButtons(t *testing.T) {
	x := picking(t, line{1, 1})
	assert.Equal(t, edge.Denied, x.act("k", "start", edge.Args{Flow: edge.Pick}).Code)
	assert.Equal(t, edge.Denied, x.scan("p2", "DOCK-D1").Code)
	assert.Equal(t, edge.Denied, x.scan("l", "TOTE-00009").Code)
	assert.Equal(t, edge.Duplicate, x.scan("p2", "TOTE-00001").Code)
	assert.Equal(t, "act.unknown", x.act("p", "dance", edge.Args{}).Say.Key)
	assert.Equal(t, edge.OK, x.act("p", "help", edge.Args{Text: "홍길동"}).Code)
	assert.NotContains(t, string(x.last[0].AppendLine(nil)), "길동")
	v := x.send(&edge.Message{Kind: edge.Act, Worker: "p", Action: "skip", Rev: x.rev["p"] + 1})
	assert.Equal(t, edge.Unexpected, v.Code)
	assert.Equal(t, "screen.changed", v.Say.Key)
	assert.Equal(t, "start.busy", x.act("p", "start", edge.Args{Flow: edge.Pick}).Say.Key)
	for _, f := range []edge.Flow{edge.Count, edge.Return, "dance"} {
		x.hire("r", edge.Returns, edge.Picker)
		assert.Equal(t, "start.noWork", x.act("r", "start", edge.Args{Flow: f}).Say.Key)
	}
}

func TestDropPlace(t *testing.T) {
	x := picking(t, line{1, 1})
	x.pol.Pick.Drop = "LOC-L6"
	x.checkScreens("p")
	assert.Equal(t, edge.Done, x.scan("p", "EA-1").Code)
	assert.Equal(t, "drop", x.screen("p").Step)
	assert.Equal(t, edge.Wrong, x.scan("p", "LOC-L1").Code)
	assert.Equal(t, edge.Done, x.scan("p", "LOC-L6").Code)
	assert.Equal(t, "step.confirmed work.finished", x.kinds())
}
