package belt

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
	"dcedge/firmware-sim/conveyor"
)

// event is a line of the feed, by the words of the sync contract alone.
type event struct {
	Seq  uint64
	Type string
	Scan string
	Data struct{ Box, Waybill, Parcel, Place, Lane, Reason, Read string }
}

// pull reads every event from a place on, and acknowledges them.
func pull(t *testing.T, s *sitetest.Site) (out []event) {
	t.Helper()
	after := "start"
	for {
		a := s.Do("GET", "/sync/v1/events?limit=10000&after="+url.QueryEscape(after), sitetest.WMSKey, nil)
		require.Equal(t, 200, a.Code, "%s", a.Body)
		in := bufio.NewScanner(bytes.NewReader(a.Body))
		in.Buffer(nil, 1<<20)
		require.True(t, in.Scan())
		var head struct {
			Batch struct {
				Count int
				Next  string
			}
		}
		require.NoError(t, json.Unmarshal(in.Bytes(), &head))
		for in.Scan() {
			var e event
			require.NoError(t, json.Unmarshal(in.Bytes(), &e))
			out = append(out, e)
		}
		if after = head.Batch.Next; head.Batch.Count == 0 {
			return out
		}
	}
}

// verdict is what the oracle makes of a run.
type verdict struct {
	faults []string
	counts map[string]int
	sorted int // boxes that are in their own lane, and that the events say so of
}

// judge compares the events with what really happened to the parcels: the line's
// ledger, which knows nothing of what the edge believes.
func judge(labels []label, entries []conveyor.Entry, events []event, reads map[string]bool) verdict {
	v := verdict{counts: map[string]int{}}
	fault := func(format string, args ...any) { v.faults = append(v.faults, fmt.Sprintf(format, args...)) }
	own, box := map[string]string{}, map[string]string{} // by code: lane, box
	for _, l := range labels {
		own[l.code], box[l.code] = map[string]string{"cj": "L1", "hanjin": "L2"}[l.carrier], l.box
	}
	begun, ends := map[string]bool{}, map[string]int{}
	last, told, at := map[string]event{}, map[string]int{}, map[string]string{} // by box
	for _, e := range events {
		v.counts[e.Type+" "+e.Data.Reason]++
		d := e.Data
		switch e.Type {
		case "parcel.inducted":
			if begun[d.Parcel] {
				fault("parcel %s is inducted twice", d.Parcel)
			}
			begun[d.Parcel] = true
		case "parcel.diverted", "parcel.rejected", "parcel.lost":
			if d.Parcel != "" && d.Reason != "contradicted" {
				ends[d.Parcel]++
			}
		}
		if d.Read != "" && (e.Type == "parcel.read" || e.Type == "parcel.noRead") {
			told[d.Read]++
		}
		if d.Box == "" || len(e.Type) < 7 || e.Type[:7] != "parcel." {
			continue
		}
		last[d.Box] = e
		switch {
		case e.Type == "parcel.diverted" && d.Lane != "round":
			if at[d.Box] != "" {
				fault("box %s is sorted twice", d.Box)
			}
			at[d.Box] = d.Lane
		case e.Type == "parcel.rejected" && d.Place == "hospital":
			delete(at, d.Box)
		}
	}
	for p := range begun {
		if ends[p] != 1 {
			fault("parcel %s ended %d times", p, ends[p])
		}
	}
	for id := range reads {
		if told[id] != 1 {
			fault("read %s has %d events", id, told[id])
		}
	}
	for _, e := range entries {
		code := e.Codes[0]
		id := box[code]
		switch e.Where {
		case own[code]:
			switch claimed := at[id]; {
			case claimed == e.Where:
				v.sorted++
			case claimed != "":
				fault("box %s is in %s and said to be in %s", id, e.Where, claimed)
			case last[id].Type == "": // nobody ever read it, and it went to a truck
				fault("box %s is in %s and no event knows of it", id, e.Where)
			}
		case "hospital":
			if at[id] != "" {
				fault("box %s is at hospital and said to be in %s", id, at[id])
			}
		default:
			fault("box %s is in %s, its lane is %s", id, e.Where, own[code])
		}
	}
	return v
}

// accounted has whoever stands at hospital hold every box there under the
// scanner, and wants every box of the ledger to be known by its events then.
func (r *rig) accounted(labels []label) []event {
	r.t.Helper()
	n := 0
	for _, e := range r.line.Entries() {
		if e.Where == "hospital" {
			r.hand.Pass(e.Codes...)
			n++
		}
	}
	require.Eventually(r.t, func() bool { return r.hand.Open() == 0 }, 60*time.Second, 10*time.Millisecond, "reads at hospital without an answer")
	events := pull(r.t, r.site)
	known := map[string]bool{}
	for _, e := range events {
		if e.Data.Box != "" && len(e.Type) > 7 && e.Type[:7] == "parcel." {
			known[e.Data.Box] = true
		}
	}
	for _, l := range labels {
		require.True(r.t, known[l.box], "box %s is not accounted for", l.box)
	}
	r.t.Logf("%d boxes at hospital were read there by hand", n)
	return events
}
