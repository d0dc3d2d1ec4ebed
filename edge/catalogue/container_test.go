package catalogue_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/labels/symbology"
)

func sscc(t require.TestingT, stem string) string {
	check, ok := symbology.CheckDigit(stem)
	require.True(t, ok)
	return stem + string(rune(check))
}

func TestContainersByCodeRangeAndSSCC(t *testing.T) {
	one := "00" + sscc(t, "38012345000000123")
	s := edit(t, catalogue.New(), false, &edge.ContainerRecord{ID: "P-1", Barcode: one, Carrier: "cj"}, &edge.ContainerRecord{ID: "BAG-7"},
		&edge.ContainerRange{ID: "cages", First: "CAGE-001", Last: "CAGE-003", Carrier: "hanjin"},
		&edge.ContainerRange{ID: "pallets", First: sscc(t, "38012345000000998"), Last: sscc(t, "38012345000001001")})
	for code, want := range map[string]string{
		one: "P-1", one[2:]: "P-1", "BAG-7": "BAG-7", "CAGE-002": "CAGE-002", "CAGE-004": "", "CAGE-0A2": "",
		sscc(t, "38012345000000999"): sscc(t, "38012345000000999"), "00" + sscc(t, "38012345000001000"): sscc(t, "38012345000001000"),
		"380123450000009999": "", // the check digit of another number
	} {
		got := ""
		if m := s.Resolve(code); len(m) > 0 {
			assert.Equal(t, "container", m[0].Kind, code)
			got = m[0].ID
		}
		assert.Equal(t, want, got, code)
	}
	assert.Equal(t, "cj", s.Container("P-1").Carrier)
	assert.Equal(t, "hanjin", s.Container("CAGE-002").Carrier)
	assert.Nil(t, s.Container("CAGE-004"))
	assert.True(t, s.HasContainers())
	assert.False(t, catalogue.New().HasContainers())

	used := map[string]bool{}
	var free []string
	for range 20 {
		c := s.FreeContainer(func(id string) bool { return used[id] }, "hanjin")
		if c == nil {
			break
		}
		used[c.ID] = true
		free = append(free, c.ID)
	}
	assert.Equal(t, []string{"BAG-7", "CAGE-001", "CAGE-002", "CAGE-003", sscc(t, "38012345000000998"), sscc(t, "38012345000000999"),
		sscc(t, "38012345000001000"), sscc(t, "38012345000001001")}, free, "each once, a carrier's own for nobody else, each SSCC with its check digit")

	s = edit(t, s, true, &edge.ContainerRange{ID: "cages"}, &edge.ContainerRecord{ID: "BAG-7"})
	assert.Nil(t, s.Resolve("CAGE-002"))
	assert.Nil(t, s.Resolve("BAG-7"))
}

// TestFreeContainersAreOfTheirRange: what is offered as free resolves to itself.
func TestFreeContainersAreOfTheirRange(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		prefix := rapid.SampledFrom([]string{"", "C", "ROLL-", "9"}).Draw(r, "prefix")
		digits := rapid.StringMatching(`[0-9]{1,6}`).Draw(r, "first")
		rg := &edge.ContainerRange{ID: "r", First: prefix + digits, Last: prefix + "999999"[:len(digits)]}
		e := catalogue.New().Edit()
		_, err := e.Put(rg, false)
		require.NoError(r, err)
		s, used := e.Snapshot(), map[string]bool{}
		for range rapid.IntRange(1, 12).Draw(r, "n") {
			c := s.FreeContainer(func(id string) bool { return used[id] }, "")
			if c == nil {
				require.Equal(r, rg.Last, last(used), "it ended before its end")
				return
			}
			require.False(r, used[c.ID])
			require.Equal(r, c.ID, s.Resolve(c.ID)[0].ID)
			used[c.ID] = true
		}
	})
}

func last(used map[string]bool) string {
	out := ""
	for id := range used {
		out = max(out, id)
	}
	return out
}

func TestPlacesAreKeptForAUse(t *testing.T) {
	one := edit(t, catalogue.New(), false, &edge.LocationRecord{ID: "Q2", Use: "quarantine"}, &edge.LocationRecord{ID: "Q1", Use: "quarantine"},
		&edge.LocationRecord{ID: "U1", Use: "unknown"}, &edge.LocationRecord{ID: "A1"})
	assert.Equal(t, []string{"Q1", "Q2"}, one.Places("quarantine"))
	assert.Equal(t, []string{"U1"}, one.Places("unknown"))
	two := edit(t, one, false, &edge.LocationRecord{ID: "Q2"}, &edge.LocationRecord{ID: "U1", Use: "quarantine"})
	assert.Equal(t, []string{"Q1", "U1"}, two.Places("quarantine"))
	assert.Empty(t, two.Places("unknown"))
	three := edit(t, two, true, &edge.LocationRecord{ID: "Q1"})
	assert.Equal(t, []string{"U1"}, three.Places("quarantine"))
	assert.Equal(t, []string{"Q1", "Q2"}, one.Places("quarantine"), "an older snapshot stays as it was")
}
