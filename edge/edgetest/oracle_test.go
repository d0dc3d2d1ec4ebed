package edgetest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"dcedge/edge/edgetest"
)

// TestOracleMissesNoSerial: every serial of a lease is issued or burnt, once and in
// order, and a burnt number is one that its box has.
func TestOracleMissesNoSerial(t *testing.T) {
	const lease = `"type":"lease.added","data":{"lease":"L","carrier":"cj","firstSerial":100,"count":4}`
	gives := func(order, box, number string, serial int) string {
		return fmt.Sprintf(`"type":"waybill.assigned","order":%q,"data":{"box":%q,"waybill":%q,"lease":"L","serial":%d}`, order, box, number, serial)
	}
	burns := func(order, box, number string, serial int) string {
		return strings.Replace(gives(order, box, number, serial), "assigned", "burnt", 1)
	}
	paper := func(event string) string { return strings.Replace(event, `"order"`, `"manual":true,"order"`, 1) }
	practised := func(event string) string { return strings.Replace(event, `"order"`, `"practice":true,"order"`, 1) }
	own := `"type":"waybill.assigned","order":"o1","data":{"box":"B1","waybill":"N101"}`
	for name, tt := range map[string]struct {
		fault  string
		events []string
	}{
		"issued and burnt":       {"", []string{lease, own, gives("o2", "B2", "N100", 100), burns("o1", "B1", "N101", 101), gives("o3", "B3", "N102", 102)}},
		"by paper, passed over":  {"", []string{lease, paper(gives("o1", "B1", "N101", 101)), gives("o2", "B2", "N100", 100), gives("o3", "B3", "N102", 102)}},
		"by paper, then again":   {"serial 101", []string{lease, paper(gives("o1", "B1", "N101", 101)), gives("o2", "B2", "N100", 100), gives("o3", "B3", "N101b", 101)}},
		"by paper, spent before": {"serial 100", []string{lease, gives("o2", "B2", "N100", 100), paper(gives("o1", "B1", "N100b", 100))}},
		"practised":              {"", []string{lease, practised(gives("o1", "B1", "N100", 100)), gives("o2", "B2", "N100", 100)}},
		"skipped":                {"serial 102", []string{lease, own, gives("o2", "B2", "N100", 100), gives("o3", "B3", "N102", 102)}},
		"twice":                  {"serial 100", []string{lease, gives("o2", "B2", "N100", 100), gives("o3", "B3", "N100b", 100)}},
		"burnt, in no use":       {"burnt", []string{lease, burns("o1", "B1", "N100", 100)}},
		"burnt, on another":      {"burnt", []string{lease, own, gives("o2", "B2", "N100", 100), burns("o2", "B2", "N101", 101)}},
		"burnt, other order":     {"burnt", []string{lease, own, gives("o2", "B2", "N100", 100), burns("o2", "B1", "N101", 101)}},
		"more than the lease":    {"4 of 4", []string{lease, gives("1", "1", "1", 100), gives("2", "2", "2", 101), gives("3", "3", "3", 102), gives("4", "4", "4", 103), gives("5", "5", "5", 104)}},
	} {
		o := edgetest.NewOracle("E")
		for i, e := range tt.events {
			o.Line([]byte(fmt.Sprintf(`{"seq":%d,"at":"2026-11-21T09:00:00Z","v":1,%s}`, i+1, e)))
		}
		if tt.fault == "" {
			assert.Empty(t, o.Faults(), name)
			continue
		}
		assert.Contains(t, strings.Join(o.Faults(), "; "), tt.fault, name)
	}
}

// TestOracleSeesWhatLeaves: its faults of parcels and containers can be had.
func TestOracleSeesWhatLeaves(t *testing.T) {
	data := func(kind, data string) string { return fmt.Sprintf(`"type":%q,"data":{%s}`, kind, data) }
	ship := data("box.shipConfirmed", `"box":"B1","moment":"packed"`)
	in, out := data("box.stowed", `"box":"B1","container":"C1"`), data("box.unstowed", `"box":"B1","container":"C1"`)
	on := data("box.loaded", `"box":"B1","truck":"K1"`)
	for name, tt := range map[string]struct {
		fault  string
		events []string
	}{
		"as it should be":   {"", []string{ship, in, out, in}},
		"confirmed twice":   {"shipped twice", []string{ship, ship}},
		"in two containers": {"lies in C1", []string{in, data("box.stowed", `"box":"B1","container":"C2"`)}},
		"out of another":    {"lies in \"\"", []string{out}},
		"loaded without it": {"loaded in \"\"", []string{in, on}},
	} {
		o := edgetest.NewOracle("E")
		for i, e := range tt.events {
			o.Line([]byte(fmt.Sprintf(`{"seq":%d,"at":"2026-11-21T09:00:00Z","v":1,%s}`, i+1, e)))
		}
		if tt.fault == "" {
			assert.Empty(t, o.Faults(), name)
			continue
		}
		assert.Contains(t, strings.Join(o.Faults(), "; "), tt.fault, name)
	}
}
