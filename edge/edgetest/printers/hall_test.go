package printers

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
	sim "dcedge/firmware-sim/printer"
)

// hall is a site of three desks, worked by one test goroutine desk by desk.
type hall struct {
	*sitetest.Site
	t     *testing.T
	lead  string
	desks []*desk
	next  int            // order
	bound map[string]int // attempts on labels that were scanned on a box
	asked map[string]int // by the fault before: a person had to answer
	last  string         // fault
	moved int            // labels that came out at another desk
	while func()         // what goes on while somebody waits; nil: nothing
}

// desk is one packer and what lies before them.
type desk struct {
	w       *sitetest.Worker
	station string
	busy    bool
	since   time.Time // of a question on the screen
}

func startHall(t *testing.T, o sitetest.Options) *hall {
	o.Printers, o.Share, o.Keep = 3, true, 5000
	h := &hall{Site: sitetest.Start(t, o), t: t, bound: map[string]int{}, asked: map[string]int{}}
	h.Basics()
	h.lead = h.PushLead()
	for i := range 3 {
		h.desks = append(h.desks, &desk{w: h.Worker(fmt.Sprintf("W-00%d", i+1)), station: fmt.Sprintf("pack-%d", i+1)})
	}
	return h
}

// pack picks an order and packs it up to its label.
func (h *hall) pack(d *desk) {
	h.t.Helper()
	order, tote := h.name()
	h.Push(sitetest.Order(order, sitetest.Line{SKU: "MUG", Quantity: 1, Location: "A01-01-1"}))
	ok := func(f sitetest.Frame) {
		h.t.Helper()
		require.True(h.t, f.OK, "%s %v", f.Code, f.Say)
	}
	ok(d.w.Act("start", map[string]any{"flow": "pick", "mode": "order", "orders": []string{order}}))
	ok(d.w.Scan(tote))
	for sc := d.w.Screen(); sc.Flow == "pick"; sc = d.w.Screen() {
		_, code := sc.First()
		ok(d.w.Scan(code))
	}
	for { // a desk whose printers are all away cannot be started at
		f := d.w.Act("start", map[string]any{"flow": "pack", "station": d.station, "orders": []string{order}})
		if f.OK {
			break
		}
		require.Equal(h.t, "pack.noStation", f.Say.Key)
		if h.while != nil {
			h.while()
		}
		h.pause()
	}
	ok(d.w.Scan(tote))
	ok(d.w.Scan(sitetest.Mug))
	d.busy, d.since = true, time.Time{}
}

// name gives the next order and its tote.
func (h *hall) name() (order, tote string) {
	h.next++
	return fmt.Sprintf("P-%05d", h.next), fmt.Sprintf("TOTE-%05d", h.next)
}

func (h *hall) pause() {
	wait := time.NewTimer(20 * time.Millisecond)
	<-wait.C
}

// slip is a label on paper.
type slip struct{ waybill, attempt, printer string }

var attemptOf = regexp.MustCompile(`\bA-\d+\b`)

// paper lists every waybill that came out of the printers.
func (h *hall) paper() (out []slip) {
	for _, p := range h.Printers {
		for _, l := range p.Labels(0) {
			if len(l.Barcodes) == 0 {
				continue // a test label
			}
			out = append(out, slip{waybillOf(l), attemptOf.FindString(strings.Join(l.Texts, " ")), p.Name()})
		}
	}
	return out
}

// waybillOf is the code that stands twice on a label.
func waybillOf(l sim.Label) string {
	for i, b := range l.Barcodes {
		if slices.ContainsFunc(l.Barcodes[i+1:], func(o sim.Barcode) bool { return o.Text == b.Text }) {
			return b.Text
		}
	}
	return l.Barcodes[len(l.Barcodes)-1].Text
}

// patience is how long a question stands until a person has looked and answers.
const patience = 5 * time.Second

// look does what the desk's screen asks for; it never waits. done: its order is
// packed.
func (h *hall) look(d *desk) (done bool) {
	h.t.Helper()
	sc := d.w.Screen()
	switch sc.Step {
	case "waybill":
		_, code := sc.First()
		var in *slip
		for _, s := range h.paper() {
			if s.waybill == code && h.bound[s.attempt] == 0 {
				in = &s
			}
		}
		if in == nil { // the ledger says printed and there is none: a person asks for another
			h.asked[h.last]++
			require.True(h.t, d.w.Act("reprint", map[string]any{"box": sc.Task.Box, "reason": "lost"}).OK)
			return false
		}
		f := d.w.Scan(code)
		require.True(h.t, f.OK, "%s %v", f.Code, f.Say)
		h.bound[in.attempt]++
		if sc.Printer != nil && sc.Printer.Instead != "" {
			h.moved++
			require.Equal(h.t, in.printer, sc.Printer.Name, "told where it is")
		}
		d.busy = false
		return true
	case "inDoubt":
		if d.since.IsZero() {
			d.since = time.Now()
		}
		if time.Since(d.since) < patience {
			return false
		}
		h.asked[h.last]++
		outcome := "no"
		if slices.ContainsFunc(h.paper(), func(s slip) bool { return s.attempt == sc.Task.Attempt }) {
			outcome = "yes"
		}
		d.w.Act("printed", map[string]any{"attempt": sc.Task.Attempt, "outcome": outcome}) // it may have been settled since
	}
	d.since = time.Time{}
	return false
}

type event struct {
	Type string
	Data struct {
		Box, Waybill, Attempt, Outcome, By, Kind, Printer string
	}
}

// pulled gives every event, as a consumer pulls them.
func (h *hall) pulled() (out []event) {
	cursor := "start"
	for {
		a := h.Do("GET", "/sync/v1/events?limit=10000&after="+cursor, sitetest.AuditKey, nil)
		require.Equal(h.t, 200, a.Code, "%s", a.Body)
		lines := strings.Split(strings.TrimSuffix(string(a.Body), "\n"), "\n")
		var head struct{ Batch struct{ Next string } }
		require.NoError(h.t, json.Unmarshal([]byte(lines[0]), &head))
		if len(lines) == 1 {
			return out
		}
		for _, l := range lines[1:] {
			var e event
			require.NoError(h.t, json.Unmarshal([]byte(l), &e))
			out = append(out, e)
		}
		cursor = head.Batch.Next
	}
}

type deviceLine struct{ Name, Condition, Serial, Hint string }

func (h *hall) device(name string) deviceLine {
	var list struct{ Items []deviceLine }
	h.Do("GET", "/site/v1/devices", h.lead, nil).JSON(h.t, &list)
	for _, x := range list.Items {
		if x.Name == name {
			return x
		}
	}
	return deviceLine{}
}

func contains(text, part string) bool { return strings.Contains(text, part) }
