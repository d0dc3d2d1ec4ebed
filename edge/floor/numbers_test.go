package floor_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// dawn adds two accounts of one carrier: their numbers are one space.
func dawn(x *site) {
	x.catalogue(&edge.CarrierRecord{ID: "cj-dawn", Waybill: edge.WaybillFormat{Format: "cj"}},
		&edge.CarrierRecord{ID: "cj-day", Waybill: edge.WaybillFormat{Format: "cj-12"}},
		&edge.CarrierRecord{ID: "lotte", Waybill: edge.WaybillFormat{Format: "lotte"}},
		&edge.CarrierRecord{ID: "usps", Waybill: edge.WaybillFormat{Format: "usps"}})
}

func lease(id, carrier string, first, count uint64) *edge.WaybillRange {
	return &edge.WaybillRange{ID: id, Carrier: carrier, Client: "default", FirstSerial: first, Count: count, Epoch: "e1"}
}

// TestAccountsOfOneCarrierShareTheirNumbers: two carrier ids with one format.
func TestAccountsOfOneCarrierShareTheirNumbers(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	dawn(x)
	require.Equal(t, edge.Accepted, x.record(lease("a", "cj-dawn", 70000000000, 10)).Code)
	v := x.record(lease("b", "cj-day", 70000000005, 10))
	assert.Equal(t, edge.RangeConflict, v.Code, "numbers that the other account gives out")
	require.Equal(t, edge.Accepted, x.record(lease("b", "cj-day", 70000000010, 10)).Code)
	require.Equal(t, edge.Accepted, x.record(lease("c", "lotte", 70000000000, 10)).Code, "another carrier's digits are other numbers")

	first := boxFrom(t, x, "o1", "cj-dawn", "")
	second := boxFrom(t, x, "o2", "cj-day", x.live.Box(first).Waybill)
	assert.Equal(t, "waybill", x.live.Order("default", "o2").Held, "it came with the number of another box")
	assert.Empty(t, x.live.Box(second).Waybill)
	third := boxFrom(t, x, "o3", "lotte", "")
	assert.NotEmpty(t, x.live.Box(third).Waybill)

	x.label(first)
	require.Equal(t, edge.OK, x.scan("k", "TOTE-00101").Code)
	assert.Equal(t, edge.Done, x.scan("k", x.live.Box(first).Waybill).Code, "the label is found under the shared numbers")
	require.True(t, x.live.AnyWaybill(x.live.Box(first).Waybill).Box == first)
}

// boxFrom gives the box of an order of one piece that was closed at a desk.
func boxFrom(t *testing.T, x *site, id, carrier, own string) string {
	t.Helper()
	o := order(id, carrier, line{1, 1})
	o.Waybill = own
	require.Equal(t, edge.Accepted, x.record(o).Code)
	tote := "TOTE-0010" + id[1:]
	x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{id}})
	x.scan("p", tote)
	x.scan("p", "EA-1")
	require.True(t, x.scan("k", tote).OK)
	require.True(t, x.scan("k", "EA-1").OK)
	b := x.live.Order("default", id).Boxes[0]
	x.act("k", "leave", edge.Args{})
	return b
}

// TestRangesThatNoNumberCanBeMadeOf are refused when they come, not at a label.
func TestRangesThatNoNumberCanBeMadeOf(t *testing.T) {
	x := newSite(t)
	dawn(x)
	for _, tt := range []struct {
		r      *edge.WaybillRange
		code   edge.Code
		detail string
	}{
		{lease("a", "hanjin", 99999999998, 1000), edge.FieldType, "count"},
		{lease("a", "hanjin", 99999999999, 1), edge.Accepted, ""},
		{lease("b", "hanjin", 100000000000, 1), edge.FieldType, "firstSerial"},
		{lease("b", "hanjin", 1<<63, 10), edge.FieldType, "firstSerial"},
		{lease("b", "hanjin", 1, 1<<63), edge.FieldType, "count"},
		{lease("b", "hanjin", 1<<63, 1<<63), edge.FieldType, "firstSerial"},
		{lease("b", "nobody", 1, 10), edge.FieldMissing, "carrier"},
		{lease("b", "cj ", 1, 10), edge.FieldMissing, "carrier"},
		{lease("b", "usps", 1, 10), edge.FieldType, "carrier"},
	} {
		v := x.record(tt.r)
		assert.Equal(t, tt.code, v.Code, "%+v", tt.r)
		assert.True(t, strings.HasPrefix(v.Detail, tt.detail), v.Detail)
	}
}

// TestOwnNumberThatCannotBe: a number that a sure rule of its carrier refuses
// comes back to the sender, not to a packer.
func TestOwnNumberThatCannotBe(t *testing.T) {
	x := newSite(t)
	dawn(x)
	o := order("o1", "lotte", line{1, 1})
	o.Waybill = "401000000013" // 40100000001 mod 7 is 5
	v := x.record(o)
	assert.Equal(t, edge.FieldType, v.Code)
	assert.True(t, strings.HasPrefix(v.Detail, "waybill"), v.Detail)
	assert.Nil(t, x.live.Order("default", "o1"))

	o.Waybill = "OWN-1"
	assert.Equal(t, edge.FieldType, x.record(o).Code, "no shape of a carrier that has sure rules only")
	o.Waybill = "4010-0000-0015"
	assert.Equal(t, edge.Accepted, x.record(o).Code)
	o = order("o2", "cj", line{1, 1})
	o.Waybill = "999999999999"
	assert.Equal(t, edge.Accepted, x.record(o).Code, "a doubtful rule only warns")
}
