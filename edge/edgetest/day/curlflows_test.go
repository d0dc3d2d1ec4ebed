package day

import (
	"encoding/csv"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
)

// TestShortWithCurl runs docs/short.sh: one short, three orders that are led to
// another place before anybody goes to the empty one.
func TestShortWithCurl(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{})
	s.Basics()
	code, said := script(t, s, "short.sh", "SHORT=SHORT")
	require.Zero(t, code)
	assert.Contains(t, said, "(short.other)")
	assert.Equal(t, 1, strings.Count(said, "leads to SHORT-01"), "nobody but the first goes there")

	short := false
	moved, from := map[string]string{}, map[string]int{}
	count := ""
	for _, e := range eventsOf(t, s) {
		d := e.Data
		switch e.Type {
		case "stock.short":
			short = true
			assert.Equal(t, "SHORT-1 SHORT-02", e.Order+" "+d.To)
		case "order.changed":
			require.True(t, short)
			require.Len(t, d.Lines, 1)
			moved[e.Order] = d.Lines[0].Location
		case "pick.confirmed":
			from[e.Order+" "+d.Location] += d.Quantity
			assert.False(t, short && d.Location == "SHORT-01", "seq %d: somebody was sent to the empty place", e.Seq)
		case "pick.short":
			t.Errorf("seq %d: goods were there", e.Seq)
		case "count.asked", "count.done":
			count += e.Type + " " + d.Location + " "
		}
	}
	assert.Equal(t, map[string]string{"SHORT-2": "SHORT-02", "SHORT-3": "SHORT-02", "SHORT-4": "SHORT-02"}, moved)
	assert.Equal(t, map[string]int{"SHORT-1 SHORT-01": 1, "SHORT-1 SHORT-02": 1, "SHORT-2 SHORT-02": 2, "SHORT-3 SHORT-02": 2, "SHORT-4 SHORT-02": 2}, from)
	assert.Equal(t, "count.asked SHORT-01 count.done SHORT-01 ", count)
	o := oracleOf(s)
	assert.Empty(t, o.Faults())
	assert.Equal(t, [...]int{4, 8, 8, 0}, [...]int{o.Totals().Orders, o.Totals().Units, o.Totals().Picked, o.Totals().Short})
}

// TestLoadWithCurl runs docs/load.sh, and holds the manifests that the script
// printed to the events.
func TestLoadWithCurl(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Printers: 1, Clock: 50})
	s.Basics()
	s.PushLead()
	code, said := script(t, s, "load.sh", "PRINTER="+s.Printers[0].ControlURL(), "STATION=pack-1", "PIN="+sitetest.LeadPIN, "LOAD=LOAD")
	require.Zero(t, code)
	for _, want := range []string{"->  wrong (load.wrongCarrier)", "->  ok (load.container)", "->  duplicate (load.again)", "->  unexpected (load.left)"} {
		assert.Equal(t, 1, strings.Count(said, want), want)
	}
	assert.Equal(t, 2, strings.Count(said, "->  done (load.closedRest)"), "both trucks leave something to the next trip")
	on, bound := map[string]string{}, map[string]string{} // waybill -> truck container order; waybill -> order
	var opened, closed []told
	for _, e := range eventsOf(t, s) {
		d := e.Data
		switch e.Type {
		case "waybill.bound":
			bound[d.Waybill] = e.Order
		case "box.loaded":
			on[d.Waybill] = strings.TrimSpace(d.Truck + " " + e.Order + " " + d.Container)
		case "truck.opened":
			opened = append(opened, e)
		case "truck.closed":
			closed = append(closed, e)
		}
	}
	require.Len(t, opened, 2)
	require.Len(t, closed, 2)
	first, second := closed[0].Data, closed[1].Data
	assert.Equal(t, first.NextTrip, opened[1].Data.Trip, "the rest goes with the trip that was named")
	assert.NotEqual(t, first.Trip, second.Trip)
	var missing, last []struct{ Waybill, LastSeen string }
	require.NoError(t, json.Unmarshal(first.Missing, &missing))
	require.NoError(t, json.Unmarshal(second.Missing, &last))
	assert.Len(t, missing, 3)
	require.Len(t, last, 1)
	assert.Equal(t, "LOAD-5", bound[last[0].Waybill])
	assert.Equal(t, "pack-1", last[0].LastSeen)
	assert.Equal(t, []string{"3", "1", "2"}, []string{string(first.Loaded), string(first.Extra), string(second.Loaded)})
	aboard := map[string]bool{}
	for _, x := range on {
		aboard[x] = true
	}
	assert.Equal(t, map[string]bool{"K-1 LOAD-1 CAGE-LOAD": true, "K-1 LOAD-2 CAGE-LOAD": true, "K-1 LOAD-7": true, "K-2 LOAD-3": true, "K-2 LOAD-4": true}, aboard)

	_, text, ok := strings.Cut(said, "== the lead fetches the manifests\n")
	require.True(t, ok)
	text, _, _ = strings.Cut(text, "==")
	rows, err := csv.NewReader(strings.NewReader(regexp.MustCompile(`(?m)^ +`).ReplaceAllString(text, ""))).ReadAll()
	require.NoError(t, err)
	listed := map[string]string{}
	for _, r := range rows {
		if r[0] != "truck" {
			listed[r[4]] = strings.TrimSpace(r[0] + " " + r[6] + " " + r[3])
		}
	}
	assert.Equal(t, on, listed, "what the manifests say is what was loaded")
}

// TestHospitalWithCurl runs docs/hospital.sh. Where the boxes went says the belt's
// own ledger, by the script's WHERE, and the events have to say the same.
func TestHospitalWithCurl(t *testing.T) {
	t.Parallel()
	s, belt := beltSite(t)
	code, said := script(t, s, "hospital.sh", "PRINTER="+s.Printers[0].ControlURL(), "STATION=pack-1", "BELT="+belt, "HOSP=HOSP")
	require.Zero(t, code)
	went := regexp.MustCompile(`on the belt  ->  (\S+)`).FindAllStringSubmatch(said, -1)
	var lanes []string
	for _, w := range went {
		lanes = append(lanes, w[1])
	}
	assert.Equal(t, []string{"hospital", "cj", "hospital", "cj", "hospital", "hospital"}, lanes)

	var got []string
	for _, e := range eventsOf(t, s) {
		d := e.Data
		switch e.Type {
		case "parcel.rejected", "parcel.diverted", "hospital.in", "hospital.out", "hospital.unknown":
			got = append(got, strings.Join(strings.Fields(strings.Join([]string{e.Type, e.Order, d.Reason, d.Why, d.Outcome}, " ")), " "))
		}
	}
	assert.Equal(t, []string{"parcel.rejected noRead", "hospital.in HOSP-1 label", "hospital.out HOSP-1 label label inducted", "parcel.diverted HOSP-1",
		"parcel.rejected HOSP-2 hold", "hospital.out HOSP-2 waits held aside", "hospital.in HOSP-2 nothing", "hospital.out HOSP-2 nothing inducted", "parcel.diverted HOSP-2",
		"parcel.rejected unknown", "hospital.unknown", "parcel.rejected HOSP-3 noLane", "hospital.in HOSP-3 nothing", "hospital.out HOSP-3 nothing inducted"}, got)
	o := oracleOf(s)
	assert.Empty(t, o.Faults())
	assert.Equal(t, [...]int{3, 3, 4}, [...]int{o.Totals().Boxes, o.Totals().Bound, o.Totals().Labels})
}
