package floor_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// soldSerials is a site that sold SN-1 with o1 and SN-2 with o2, two days ago where their
// orders have left it; a return of o1 lies open at its desk, with a piece in the hand.
func soldSerials(t *testing.T, left bool) *site {
	x := newSite(t)
	x.deep = true
	x.catalogue(captureRecords()...)
	x.catalogue(&edge.SKURecord{Client: "default", ID: "S8", Capture: []string{"serial"}, Barcodes: []edge.Barcode{{Code: "EA-8"}, {Code: "8801234567909"}}})
	crew(x)
	backSite(x)
	shipSerial(x, "o1", "TOTE-00001", "SN-1")
	shipSerial(x, "o2", "TOTE-00002", "SN-2")
	if left {
		x.now = x.now.Add(49 * time.Hour)
		x.act("l2", "help", edge.Args{})
		x.act("l2", "help", edge.Args{})
		require.Nil(t, x.live.Order("default", "o1"))
	}
	x.record(&edge.ReturnRecord{ID: "RET-1", Client: "default", Order: "o1", Waybill: "R-77-1", Hash: "h", Lines: []edge.OrderLine{{Line: "1", SKU: "S8", Quantity: 2}}})
	require.True(t, x.scan("r", "R-77-1").OK)
	require.Equal(t, "return.itemSerial", x.scan("r", "EA-8").Say.Key)
	return x
}

// picks tells what a picker hears who takes a piece by its serial number.
func picks(x *site, order_, tote, serial string) string {
	x.t.Helper()
	x.record(order(order_, "cj", line{8, 1}))
	x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{order_}})
	x.scan("p", tote)
	x.scan("p", "EA-8")
	return x.scan("p", serial).Say.Key
}

func graded(x *site, grade, place string) {
	x.t.Helper()
	if !x.scan("r", "GRADE-"+grade).OK || !x.scan("r", place).OK {
		x.t.Fatalf("%s at %s: %+v", grade, place, x.dec.Verdict)
	}
}

// TestASerialThatCameBackIsPickedAgain, and when it has left again it is as any that was sold.
func TestASerialThatCameBackIsPickedAgain(t *testing.T) {
	for name, left := range map[string]bool{"its order is known": false, "its order has left the state": true} {
		t.Run(name, func(t *testing.T) {
			x := soldSerials(t, left)
			s := x.screen("r")
			assert.Equal(t, edge.Expect{Kind: "serial", SKU: "S8", Remaining: 1}, s.Expect[len(s.Expect)-1])
			require.Equal(t, edge.Says("return.serial", edge.N("have", 1), edge.N("want", 1)), x.scan("r", "SN-1").Say)
			assert.NotEqual(t, "serial", x.screen("r").Expect[len(s.Expect)-2].Kind)
			graded(x, "good", "LOC-L8")
			assert.Contains(t, string(x.last[0].AppendLine(nil)), `"serials":["SN-1"]`)
			rebuilt(t, x)
			require.Equal(t, "pick.done", picks(x, "o3", "TOTE-00003", "SN-1"))
			x.scan("k", "TOTE-00003")
			x.follow("k", nil)
			x.scan("l", "DOCK-D1")
			x.follow("l", nil)
			assert.Equal(t, "pick.serialUsed", picks(x, "o4", "TOTE-00004", "SN-1"), "it has left again")
			assert.Equal(t, "pick.serialUsed", x.scan("p", "SN-2").Say.Key, "that one is still out")
			conserve(t, x)
			checkEvents(t, x.events)
			rebuilt(t, x)
		})
	}
}

// TestASerialThatStaysOut: graded as not good, not read, or its grade was taken back.
func TestASerialThatStaysOut(t *testing.T) {
	for name, do := range map[string]func(x *site){
		"defect":   func(x *site) { x.scan("r", "SN-1"); graded(x, "defect", "LOC-Q1") },
		"not read": func(x *site) { graded(x, "good", "LOC-L8") },
		"undone":   func(x *site) { x.scan("r", "SN-1"); graded(x, "good", "LOC-L8"); x.act("r", "undo", edge.Args{}) },
	} {
		for _, left := range []bool{false, true} {
			x := soldSerials(t, left)
			do(x)
			assert.Equal(t, "pick.serialUsed", picks(x, "o3", "TOTE-00003", "SN-1"), name)
			rebuilt(t, x)
		}
	}
}

func TestRowsOfSerialsAtAReturnsDesk(t *testing.T) {
	for _, c := range []struct {
		name, code string
		before     []string
		want       edge.Code
		say        string
	}{
		{"of another order", "SN-2", nil, edge.Wrong, "return.otherSerial"},
		{"of nobody", "SN-9", nil, edge.Wrong, "return.otherSerial"},
		{"twice", "SN-1", []string{"SN-1"}, edge.Duplicate, "return.serialAgain"},
		{"one too many", "SN-3", []string{"SN-1"}, edge.Over, "return.serialOver"},
		{"in the data of the article", "]d20108801234567909" + "21SN-2", []string{"SN-1"}, edge.Wrong, "return.otherSerial"},
		{"the same again in the data of another piece", "]d20108801234567909" + "21SN-1", []string{"SN-1"}, edge.Duplicate, "return.serialAgain"},
		{"a place", "LOC-L1", nil, edge.Unexpected, "scan.unexpected"},
		{"another piece", "EA-8", []string{"SN-1"}, edge.OK, "return.itemSerial"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := soldSerials(t, false)
			for _, code := range c.before {
				require.True(t, x.scan("r", code).OK, code)
			}
			v := x.scan("r", c.code)
			assert.Equal(t, []string{string(c.want), c.say}, []string{string(v.Code), v.Say.Key})
		})
	}
}

// TestASerialInTheDataOfTheArticle is read with it.
func TestASerialInTheDataOfTheArticle(t *testing.T) {
	x := soldSerials(t, true)
	require.True(t, x.act("r", "undo", edge.Args{}).OK)
	require.Equal(t, "return.item", x.scan("r", "]d20108801234567909"+"21SN-1").Say.Key)
	graded(x, "good", "LOC-L8")
	assert.Equal(t, "pick.done", picks(x, "o3", "TOTE-00003", "SN-1"))
}
