package floor_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// shipSerial sends an order with one serial number out.
func shipSerial(x *site, id, tote, serial string) {
	x.t.Helper()
	x.record(order(id, "cj", line{8, 1}))
	x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{id}})
	x.scan("p", tote)
	x.scan("p", "EA-8")
	if v := x.scan("p", serial); !v.OK {
		x.t.Fatalf("%s: %+v", serial, v)
	}
	x.scan("k", tote)
	x.follow("k", nil)
	x.scan("l", "DOCK-D1")
	x.follow("l", nil)
}

// TestASerialNumberIsNeverPickedTwice: also not once its order has left the state;
// what was cancelled before it left may go again.
func TestASerialNumberIsNeverPickedTwice(t *testing.T) {
	x := newSite(t)
	x.deep = true
	x.catalogue(captureRecords()...)
	crew(x)
	shipSerial(x, "o1", "TOTE-00001", "SN-1")
	tick := func(d time.Duration) {
		x.now = x.now.Add(d)
		x.act("l2", "help", edge.Args{})
	}
	tick(49 * time.Hour)
	require.Nil(t, x.live.Order("default", "o1"))

	x.record(order("o2", "cj", line{8, 1}))
	x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o2"}})
	x.scan("p", "TOTE-00002")
	x.scan("p", "EA-8")
	v := x.scan("p", "SN-1")
	assert.Equal(t, edge.Says("pick.serialUsed"), v.Say)
	assert.Equal(t, edge.Duplicate, v.Code)
	require.True(t, x.scan("p", "SN-2").OK)

	x.record(&edge.OrderChange{ID: "c1", Order: "o2", Change: "cancel"})
	shipSerial(x, "o3", "TOTE-00003", "SN-2")

	rows := 0
	x.live.Each(func(_, _ string, v any) {
		if _, ok := v.(*edge.SoldSerials); ok {
			rows++
		}
	})
	assert.Equal(t, 1, rows)
	tick(91 * 24 * time.Hour)
	tick(time.Second)
	rows = 0
	x.live.Each(func(_, _ string, v any) {
		if r, ok := v.(*edge.SoldSerials); ok && r.Hour < x.now.Add(-80*24*time.Hour).Unix() {
			rows++
		}
	})
	assert.Zero(t, rows, "what is remembered is bounded")
	rebuilt(t, x)
}
