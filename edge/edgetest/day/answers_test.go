package day

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
)

// told is an event by the words of the sync contract alone.
type told struct {
	Seq   uint64
	Type  string
	Order string
	Data  struct {
		Change, Kind, Step, Truck  string
		Line, SKU, To, Reason      string
		Location                   string
		Box, Waybill, Lane, Code   string
		Carrier, Container, Trip   string
		NextTrip, Outcome, Printer string
		Why, Place                 string
		Quantity                   int
		Missing, Loaded, Extra     json.RawMessage
		Lines                      []struct {
			Line, Location string
			Quantity       int
		}
	}
}

func eventsOf(t *testing.T, s *sitetest.Site) (out []told) {
	t.Helper()
	_, lines, _ := strings.Cut(string(s.Do("GET", "/sync/v1/events?after=start&limit=10000", sitetest.WMSKey, nil).Body), "\n")
	for line := range strings.Lines(lines) {
		var e told
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		out = append(out, e)
	}
	return out
}

// onward are the events by which goods of an order go on towards a truck.
var onward = []string{"pick.confirmed", "put.confirmed", "pack.item", "label.intent", "label.printed", "waybill.bound", "parcel.diverted", "box.loaded"}

// judgeStops holds every cancel to what the WMS may rely on: one answer to each; no
// step onward after it; every piece that was picked is asked back, once.
func judgeStops(events []told) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	answers, stopped := map[string]int{}, map[string]bool{}
	picked, back := map[string]int{}, map[string]int{}
	for _, e := range events {
		d := e.Data
		if d.Change != "" {
			answers[d.Change]++
		}
		switch e.Type {
		case "order.cancelStopped":
			stopped[e.Order] = true
		case "pick.confirmed", "pick.undone":
			picked[e.Order] += d.Quantity
		case "replenish.asked":
			if d.Reason == "cancelled" {
				back[e.Order] += d.Quantity
			}
		}
		for _, o := range onward {
			if stopped[e.Order] && e.Type == o {
				fault("seq %d: %s of %s after its cancel", e.Seq, e.Type, e.Order)
			}
		}
	}
	for change, n := range answers {
		if n != 1 {
			fault("change %s has %d answers", change, n)
		}
	}
	for order := range stopped {
		if picked[order] != back[order] {
			fault("order %s: %d picked, %d asked back", order, picked[order], back[order])
		}
	}
	return faults
}

// TestTheJudgeOfStops sees a piece that went on, a missing answer's double and
// goods that nobody asked back: the negative control of TestCancelWithCurl.
func TestTheJudgeOfStops(t *testing.T) {
	read := func(lines ...string) (out []told) {
		for i, line := range lines {
			e := told{Seq: uint64(i + 1)}
			require.NoError(t, json.Unmarshal([]byte(line), &e))
			out = append(out, e)
		}
		return out
	}
	pick := `{"type":"pick.confirmed","order":"o","data":{"quantity":1}}`
	stop := `{"type":"order.cancelStopped","order":"o","data":{"change":"c","kind":"cancel"}}`
	back := `{"type":"replenish.asked","order":"o","data":{"quantity":1,"reason":"cancelled"}}`
	assert.Empty(t, judgeStops(read(pick, stop, back)))
	assert.NotEmpty(t, judgeStops(read(pick, stop)), "nobody asked for the piece")
	assert.NotEmpty(t, judgeStops(read(pick, stop, back, back)), "asked back twice")
	assert.NotEmpty(t, judgeStops(read(pick, stop, back, stop)), "two answers")
	for _, o := range onward {
		assert.NotEmpty(t, judgeStops(read(stop, fmt.Sprintf(`{"type":%q,"order":"o","data":{"quantity":0}}`, o))), o)
	}
}
