package day

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
)

// TestPackWithCurl runs docs/pack.sh: two orders in one box, one number on two
// labels.
func TestPackWithCurl(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Printers: 1, Clock: 50})
	s.Basics()
	code, said := script(t, s, "pack.sh", "PRINTER="+s.Printers[0].ControlURL(), "STATION=pack-1", "PAIR=PAIR-1")
	require.Zero(t, code, said)
	assert.Contains(t, said, "pack.togetherMore")
	assert.Contains(t, said, "pack.ordersDone")
	assert.Equal(t, 2, strings.Count(said, "  waybill.bound\n"))
	assert.Equal(t, 1, strings.Count(said, "  waybill.assigned\n"))
	o := oracleOf(s)
	assert.Empty(t, o.Faults())
	sum := o.Totals()
	assert.Equal(t, [...]int{2, 3, 3, 3, 1}, [...]int{sum.Orders, sum.Units, sum.Picked, sum.Packed, sum.Boxes})
	events := string(s.Do("GET", "/sync/v1/events?after=start&limit=10000", sitetest.WMSKey, nil).Body)
	assert.Contains(t, events, `"orders":["PAIR-1-A","PAIR-1-B"]`)
	assert.EqualValues(t, 2, s.Printers[0].Status().Odometer)
}
