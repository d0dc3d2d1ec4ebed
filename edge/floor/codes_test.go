package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

func TestCodesAsScannersReadThem(t *testing.T) {
	x := newSite(t)
	crew(x)
	x.catalogue(&edge.SKURecord{Client: "default", ID: "S1", Barcodes: []edge.Barcode{{Code: "8801234567893"}}},
		&edge.ToteRange{ID: "numbers", First: "00000001", Last: "00000999"})
	x.record(order("o1", "cj", line{1, 9}))
	assert.Equal(t, edge.OK, x.scan("p", "00000017").Code, "a tote whose number looks like a GTIN-8")
	for _, code := range []string{"8801234567893", "08801234567893", "]E08801234567893", "8801234567893\r\n"} {
		assert.Equal(t, edge.OK, x.scan("p", code).Code, "%q", code)
	}
	v := x.send(&edge.Message{Kind: edge.Scan, Worker: "p", Code: "010880123456789310LOT7", Symbology: "]d2"})
	assert.Equal(t, edge.OK, v.Code, "GS1 data that begin with the GTIN")
	assert.Equal(t, edge.Unknown, x.scan("p", "8801234567894").Code, "a check digit that fails")
}

func TestOrdersOfTwoClientsWithOneID(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	x.catalogue(&edge.LocationRecord{ID: "LX"})
	x.record(order("7", "cj", line{1, 1}))
	x.record(&edge.OrderRecord{ID: "7", Client: "other", Carrier: "cj", Hash: "x", Lines: []edge.OrderLine{{Line: "1", SKU: "X1", Quantity: 1, Location: "LX"}}})
	require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"7"}}).OK)
	require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Pick, Orders: []string{"7"}}).OK)
	next := totes()
	assert.Equal(t, "S1", func() string { x.scan("p", next()); return x.screen("p").Expect[0].SKU }())
	assert.Equal(t, "X1", func() string { x.scan("p2", next()); return x.screen("p2").Expect[0].SKU }())
	assert.Equal(t, edge.Done, x.scan("p2", "EA-1").Code, "a code on articles of two clients is what the step wants")
	assert.Equal(t, edge.Done, x.scan("p", "EA-1").Code)
	x.record(&edge.OrderChange{ID: "c", Client: "other", Order: "7", Change: "cancel"})
	assert.Equal(t, edge.StagePicked, x.live.Order("default", "7").Stage)
	assert.Equal(t, edge.Cancelled, x.scan("k", "TOTE-00002").Code)
}

func TestRoleLostInTheMiddle(t *testing.T) {
	x := picking(t, line{1, 2})
	x.roles["p"] = []edge.Role{edge.Packer}
	assert.Equal(t, edge.Denied, x.scan("p", "EA-1").Code)
	assert.Equal(t, edge.Denied, x.act("p", "skip", edge.Args{}).Code)
	assert.Equal(t, edge.OK, x.act("p", "leave", edge.Args{}).Code)
}
