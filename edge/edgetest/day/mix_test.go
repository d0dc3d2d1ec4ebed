package day

import (
	"cmp"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
	simfloor "dcedge/firmware-sim/floor"
)

func mixOrders(t *testing.T) int {
	t.Helper()
	orders, err := strconv.Atoi(cmp.Or(os.Getenv("MIX_ORDERS"), "40"))
	require.NoError(t, err, "MIX_ORDERS")
	return orders
}

// TestDayOfAllMixes is the day of all ways at once and of all desks. It is the longest
// of this package and a test of its own: as one of TestDayOfEachMix it began when
// every other had ended.
func TestDayOfAllMixes(t *testing.T) {
	t.Parallel()
	dayWithDesks(t, simfloor.AllOf, "cluster = 4\nwave = 6\nzones = true\naskEmpty = true", mixOrders(t))
}

// TestDayOfEachMix: the same day worked in every way of picking, by people who make
// mistakes. The pulled events alone say that nothing was lost on the way. With
// MIX_ORDERS (make soak) it is so many orders, and returns are a day of their own too.
func TestDayOfEachMix(t *testing.T) {
	t.Parallel()
	aShare(t)
	orders := mixOrders(t)
	for mix, pick := range map[simfloor.Mix]string{
		simfloor.Cluster: "cluster = 4",
		simfloor.Wave:    "wave = 6",
		simfloor.Zones:   "zones = true",
		simfloor.Returns: "",
	} {
		t.Run(string(mix), func(t *testing.T) {
			t.Parallel()
			if mix == simfloor.Returns && os.Getenv("MIX_ORDERS") == "" {
				t.Skip("the mix \"all\" has returns; alone they are a day of make soak (MIX_ORDERS)")
			}
			if mix == simfloor.Returns {
				dayWithDesks(t, mix, pick, orders)
				return
			}
			s := sitetest.Start(t, sitetest.Options{Printers: 3, Clock: 100, Pick: pick})
			s.Push(`{"kind":"cell","id":"W9-1","barcode":"CELL-W9-1","wall":"W9"}`, `{"kind":"cell","id":"W9-2","barcode":"CELL-W9-2","wall":"W9"}`,
				`{"kind":"cell","id":"W9-3","barcode":"CELL-W9-3","wall":"W9"}`, `{"kind":"cell","id":"W9-4","barcode":"CELL-W9-4","wall":"W9"}`)
			peakDay(t, s, orders)
			stop := puller(t, s)
			staff := simfloor.People(9, len(s.Printers), 2)
			mix.Set(staff)
			stats, entries := workWith(t, s, staff, people(), 3*time.Minute, nil)
			o := judge(t, s.Epoch, stop())
			sum := o.Totals()
			t.Logf("%+v", sum)
			t.Logf("crew: %+v", stats)
			assert.Empty(t, o.Faults())
			assert.Empty(t, o.Unfinished())
			assert.Equal(t, orders, sum.Orders)
			assert.Equal(t, sum.Units, sum.Picked+sum.Short)
			assert.Equal(t, sum.Boxes, sum.Loaded)
			onPaper(t, s, o)
			agree(t, s.Epoch, o, entries)
			assert.Zero(t, stats.Broken)
			assert.Zero(t, stats.Errors)
		})
	}
}
