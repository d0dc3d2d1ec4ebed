package catalogue_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/catalogue"
)

func edit(t *testing.T, s *catalogue.Snapshot, gone bool, records ...any) *catalogue.Snapshot {
	t.Helper()
	e := s.Edit()
	for _, r := range records {
		_, err := e.Put(r, gone)
		require.NoError(t, err)
	}
	return e.Snapshot()
}

func TestCodesFollowTheirRecords(t *testing.T) {
	one := edit(t, catalogue.New(), false,
		&edge.SKURecord{Client: "a", ID: "S", Barcodes: []edge.Barcode{{Code: "036000291452"}, {Code: "CASE", Quantity: 12}}},
		&edge.SKURecord{Client: "b", ID: "S", Barcodes: []edge.Barcode{{Code: "CASE", Quantity: 6}}},
		&edge.LocationRecord{ID: "L1", Barcode: "LOC-L1"}, &edge.DockRecord{ID: "D1"})
	assert.Equal(t, []catalogue.Match{{Kind: "item", ID: "S", Client: "a", Quantity: 1}}, one.Resolve("0036000291452"), "UPC-A and EAN-13 are one code")
	assert.Equal(t, []catalogue.Match{{Kind: "item", ID: "S", Client: "a", Quantity: 12}, {Kind: "item", ID: "S", Client: "b", Quantity: 6}}, one.Resolve("CASE"))
	assert.Equal(t, "D1", one.Resolve("D1")[0].ID, "without a barcode the id is the code")
	assert.Nil(t, one.Resolve("L1"))
	assert.Nil(t, one.Resolve(""))

	two := edit(t, one, false, &edge.SKURecord{Client: "a", ID: "S", Barcodes: []edge.Barcode{{Code: "NEW"}}})
	assert.Nil(t, two.Resolve("036000291452"), "the old code went with the change")
	assert.Len(t, two.Resolve("CASE"), 1)
	assert.Len(t, two.Resolve("NEW"), 1)
	assert.NotNil(t, one.Resolve("036000291452"), "an older snapshot stays as it was")
	three := edit(t, two, true, &edge.LocationRecord{ID: "L1"})
	assert.Nil(t, three.Location("L1"))
	assert.Nil(t, three.Resolve("LOC-L1"))
	assert.NotNil(t, two.Location("L1"))
}

func TestPutTellsWhetherItChanged(t *testing.T) {
	e := catalogue.New().Edit()
	put := func(r any, gone bool) bool {
		changed, err := e.Put(r, gone)
		require.NoError(t, err)
		return changed
	}
	assert.True(t, put(&edge.CarrierRecord{ID: "cj"}, false))
	assert.False(t, put(&edge.CarrierRecord{ID: "cj"}, false))
	assert.True(t, put(&edge.CarrierRecord{ID: "cj", Template: "x"}, false))
	assert.True(t, put(&edge.CarrierRecord{ID: "cj"}, true))
	assert.False(t, put(&edge.CarrierRecord{ID: "cj"}, true))
	_, err := e.Put("no record", false)
	assert.Error(t, err)
}

func TestToteRanges(t *testing.T) {
	s := edit(t, catalogue.New(), false, &edge.ToteRange{ID: "a", First: "TOTE-00001", Last: "TOTE-09999"}, &edge.ToteRecord{ID: "BIG-1"})
	for code, want := range map[string]bool{"TOTE-00001": true, "TOTE-09999": true, "TOTE-10000": false, "TOTE-0001": false,
		"TOTE-000A1": false, "TOTF-00001": false, "TOTE-00000": false, "BIG-1": true} {
		assert.Equal(t, want, len(s.Resolve(code)) == 1, code)
	}
	s = edit(t, s, true, &edge.ToteRange{ID: "a"})
	assert.Nil(t, s.Resolve("TOTE-00001"))
}

func TestListsAreSorted(t *testing.T) {
	s := catalogue.New()
	for i := range 30 {
		s = edit(t, s, false, &edge.DockRecord{ID: fmt.Sprintf("D%02d", (i*7)%30)})
	}
	docks := s.Docks()
	require.Len(t, docks, 30)
	for i, d := range docks {
		assert.Equal(t, fmt.Sprintf("D%02d", i), d.ID)
	}
	assert.Equal(t, 30, s.Counts()["dock"])
}

// TestAnArticleThatIsGone is for no new order, and its code names it still, after those that
// it names now.
func TestAnArticleThatIsGone(t *testing.T) {
	sku := func(client, id, code string) *edge.SKURecord {
		return &edge.SKURecord{Client: client, ID: id, WeightGrams: 7, Barcodes: []edge.Barcode{{Code: code}}}
	}
	match := func(client, id string) catalogue.Match {
		return catalogue.Match{Kind: "item", ID: id, Client: client, Quantity: 1}
	}
	one := edit(t, catalogue.New(), false, sku("a", "S", "036000291452"))
	two := edit(t, one, true, &edge.SKURecord{Client: "a", ID: "S"})
	assert.Nil(t, two.SKU("a", "S"))
	assert.Equal(t, 7, two.Article("a", "S").WeightGrams)
	assert.Equal(t, []catalogue.Match{match("a", "S")}, two.Scanned("0036000291452"))
	assert.Empty(t, two.Resolve("0036000291452"))
	assert.Zero(t, two.Counts()["sku"])
	three := edit(t, two, false, sku("b", "T", "036000291452"))
	assert.Equal(t, []catalogue.Match{match("b", "T"), match("a", "S")}, three.Scanned("036000291452"))
	four := edit(t, three, false, sku("a", "U", "036000291452"))
	assert.Equal(t, []catalogue.Match{match("a", "U"), match("b", "T"), match("a", "S")}, four.Scanned("036000291452"))
	back := edit(t, two, false, sku("a", "S", "NEW"))
	assert.Empty(t, back.Scanned("036000291452"), "the record that it has now is all")
	assert.NotNil(t, back.SKU("a", "S"))
	assert.Nil(t, catalogue.New().Article("a", "S"))
}
