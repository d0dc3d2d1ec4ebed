package reference

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

func orderFor(id, client, key, phone, name, address string, skus ...string) string {
	var lines []string
	for i, s := range skus {
		lines = append(lines, fmt.Sprintf(`{"id":"%d","sku":%q,"quantity":%d}`, i+1, s, i+1))
	}
	return fmt.Sprintf(`{"kind":"order","id":%q,"client":%q,"carrier":"cj","consolidate":%q,"recipient":{"name":%q,"phone":%q,"address":%q,"message":%q},"lines":[%s]}`,
		id, client, key, name, phone, address, "leave at the door of "+id, strings.Join(lines, ","))
}

// TestKeysOfARecipient: who gets the goods is compared as people write it, and
// the keys tell nothing but whether they are equal.
func TestKeysOfARecipient(t *testing.T) {
	w := newWorld(t)
	h := w.handler(t)
	take := func(line string) *edge.OrderRecord {
		require.Equal(t, 1, push(t, h, line).Accepted, line)
		return w.records[len(w.records)-1].(*edge.OrderRecord)
	}
	a := take(orderFor("a", "c1", "k", "010-8477-1824", "황하은", "서울시 강남구 1", "S1", "S2"))
	assert.Equal(t, "k", a.Consolidate)
	assert.NotEmpty(t, a.Together)
	assert.NotEmpty(t, a.Like)
	same := take(orderFor("b", "c1", "k", "010 8477 1824", " 황하은", "서울시강남구 1", "S2", "S1"))
	assert.Equal(t, a.Together, same.Together)
	assert.Equal(t, a.Like, same.Like, "the same articles in another order and number")
	for what, line := range map[string]string{
		"another person":  orderFor("c", "c1", "k", "010-8477-1825", "황하은", "서울시 강남구 1", "S1", "S2"),
		"another address": orderFor("d", "c1", "k", "010-8477-1824", "황하은", "서울시 강남구 2", "S1", "S2"),
		"another client":  orderFor("e", "c2", "k", "010-8477-1824", "황하은", "서울시 강남구 1", "S1", "S2"),
	} {
		o := take(line)
		assert.NotEqual(t, a.Together, o.Together, what)
		assert.NotEqual(t, a.Like, o.Like, what)
	}
	assert.NotEqual(t, a.Together, take(orderFor("f", "c1", "k2", "010-8477-1824", "황하은", "서울시 강남구 1", "S1", "S2")).Together)
	assert.NotEqual(t, a.Like, take(orderFor("g", "c1", "k", "010-8477-1824", "황하은", "서울시 강남구 1", "S1")).Like)
	none := take(`{"kind":"order","id":"h","carrier":"cj","lines":[{"sku":"S1","quantity":1}]}`)
	assert.Empty(t, none.Together+none.Like, "nobody's orders are not compared")
	for _, text := range []string{a.Together, a.Like} {
		assert.Regexp(t, `^[0-9a-f]{32}$`, text)
		assert.NotContains(t, text, "8477")
	}
}

// TestReaddressNamesItsGroup: only the recipient of the change tells whom the
// order goes with there.
func TestReaddressNamesItsGroup(t *testing.T) {
	w := newWorld(t)
	h := w.handler(t)
	push(t, h, orderFor("a", "default", "k", "010-1", "황하은", "서울", "S1"))
	there := push(t, h, `{"kind":"orderChange","id":"c1","rev":1,"order":"b","change":"readdress","consolidate":"k","recipient":{"name":"황하은","phone":"010-1","address":"서울"}}`)
	require.Equal(t, 1, there.Accepted)
	assert.Equal(t, w.records[0].(*edge.OrderRecord).Together, w.records[1].(*edge.OrderChange).Together)
	push(t, h, `{"kind":"orderChange","id":"c2","rev":2,"order":"b","change":"readdress","recipient":{"name":"황하은","phone":"010-1","address":"서울"}}`)
	assert.Empty(t, w.records[2].(*edge.OrderChange).Together)
	assert.Equal(t, 1, push(t, h, `{"kind":"orderChange","id":"c3","rev":3,"order":"b","change":"split"}`).Accepted)
}

// TestPackingMembers: the members that packing reads, and their bounds.
func TestPackingMembers(t *testing.T) {
	w := newWorld(t)
	h := w.handler(t)
	got := push(t, h, `{"kind":"client","id":"c1","print":"first","duplicateHours":0,"weightPercent":3,"weightGrams":20}
{"kind":"client","id":"c2","print":"never"}
{"kind":"client","id":"c2","duplicateHours":49}
{"kind":"sku","id":"S1","client":"c1","sizeMm":[300,200,100]}
{"kind":"sku","id":"S2","client":"c1","sizeMm":[300,200]}
{"kind":"boxType","id":"B2","sizeMm":[320,250,150],"tareGrams":120,"maxGrams":5000}
`)
	require.Len(t, got.Rejected, 3)
	for i, field := range []string{"print", "duplicateHours", "sizeMm"} {
		assert.Equal(t, field, got.Rejected[i].Detail)
	}
	c := w.snap.Client("c1")
	assert.Equal(t, "first", c.Print)
	assert.Equal(t, []int{0, 3, 20}, []int{*c.DuplicateHours, *c.WeightPercent, *c.WeightGrams})
	assert.Equal(t, []int{300, 200, 100}, w.snap.SKU("c1", "S1").SizeMM)
	assert.Equal(t, edge.BoxTypeRecord{ID: "B2", SizeMM: []int{320, 250, 150}, TareGrams: 120, MaxGrams: 5000}, *w.snap.BoxType("B2"))
}
