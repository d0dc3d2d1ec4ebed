package floor_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

func totes() func() string { return totesFrom(0) }

func crew(x *site) {
	x.hire("p", edge.Picker)
	x.hire("p2", edge.Picker)
	x.hire("k", edge.Packer)
	x.hire("k2", edge.Packer)
	x.hire("l", edge.Loader)
	x.hire("l2", edge.Loader)
}

func TestOrderFromPickToTruck(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	next := totes()
	for i := range 3 {
		v := x.record(order(fmt.Sprintf("o%d", i), "cj", line{1, 2}, line{5, 5}, line{2, 1}))
		require.Equal(t, edge.Accepted, v.Code)
	}
	for range 3 {
		require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick}).OK)
		x.follow("p", next)
	}
	assert.Equal(t, edge.Says("start.noWork", edge.T("why", "nothing")), x.act("p", "start", edge.Args{Flow: edge.Pick}).Say)
	for range 3 {
		require.True(t, x.act("k", "start", edge.Args{Flow: edge.Pack}).OK)
		x.follow("k", nil)
	}
	require.True(t, x.act("l", "start", edge.Args{Flow: edge.Load}).OK)
	x.follow("l", nil)
	for i := range 3 {
		assert.Equal(t, edge.StageShipped, x.live.Order("default", fmt.Sprintf("o%d", i)).Stage)
	}
	assert.Nil(t, x.live.Tote("TOTE-00001"))
	assert.Equal(t, x.hash(x.live), x.hash(x.replay))
}
