package printers

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
	sim "dcedge/firmware-sim/printer"
)

// kinds of faults, in turn.
var kinds = []string{"power cut", "cut in a label", "paper out", "replaced", "silent", "power cut, replays", "head open", "port refuses", "garbled", "paused", "cut in a label"}

// nemesis breaks a printer at a time while it has a label in hand.
type nemesis struct {
	h    *hall
	rng  *rand.Rand
	n    int
	due  int
	on   [3]bool
	hand [3]time.Time // when a printer was last seen with a label in hand
	heal []healing
	done map[string]int
}

type healing struct {
	at time.Time
	do func()
}

// look breaks what is due and heals what is over.
func (n *nemesis) look() {
	for i, p := range n.h.Printers {
		if s := p.Status(); s.Formats+s.Left > 0 {
			n.hand[i] = time.Now()
		}
	}
	list := n.heal
	n.heal = nil
	for _, x := range list {
		if time.Now().After(x.at) {
			x.do()
		} else {
			n.heal = append(n.heal, x)
		}
	}
	if n.due == 0 {
		return
	}
	for i, p := range n.h.Printers {
		// One with a label in hand, unless the faults fall behind.
		if s := p.Status(); !n.on[i] && (s.Formats+s.Left > 0 || n.due > 1 || kinds[n.n%len(kinds)] == "cut in a label") {
			n.due--
			n.strike(i, p, kinds[n.n%len(kinds)])
			n.n++
			return
		}
	}
}

// after heals a printer in a time between two seconds.
func (n *nemesis) after(i, from, to int, do func()) {
	d := time.Duration(from*1000+n.rng.IntN((to-from)*1000)) * time.Millisecond
	n.heal = append(n.heal, healing{time.Now().Add(d), func() { do(); n.on[i] = false }})
}

func (n *nemesis) strike(i int, p *sim.Printer, kind string) {
	n.on[i], n.h.last = true, kind
	n.done[kind]++
	well := func() { p.SetFaults(sim.Faults{}) }
	switch kind {
	case "power cut", "power cut, replays":
		p.PowerCycle(kind != "power cut")
		p.SetFaults(sim.Faults{Refuse: true})
		n.after(i, 1, 6, well)
	case "cut in a label":
		at := int64(n.rng.IntN(3000))
		p.SetFaults(sim.Faults{CutLabel: &at})
		n.after(i, 2, 3, well)
	case "paper out":
		p.SetPaper(0)
		n.after(i, 1, 12, func() { p.SetPaper(-1) })
	case "head open":
		p.SetHead(true)
		n.after(i, 1, 6, func() { p.SetHead(false) })
	case "paused":
		p.SetPause(true)
		n.after(i, 1, 6, func() { p.SetPause(false) })
	case "silent":
		p.SetFaults(sim.Faults{Silent: true})
		n.after(i, 1, 8, well)
	case "garbled":
		p.SetFaults(sim.Faults{Garble: true})
		n.after(i, 1, 5, well)
	case "port refuses":
		p.SetFaults(sim.Faults{Refuse: true})
		n.after(i, 1, 6, well)
	case "replaced":
		n.replace(i, p)
	}
}

// replace puts another printer in the place of one that has nothing in hand, as
// people do it, and has the lead say that it belongs there.
func (n *nemesis) replace(i int, p *sim.Printer) {
	serial := fmt.Sprintf("NEW-%d", n.n)
	var swap func()
	swap = func() {
		if time.Since(n.hand[i]) < 300*time.Millisecond {
			n.heal = append(n.heal, healing{time.Now(), swap})
			return
		}
		p.Replace(serial)
		var press func() // until it is taken
		press = func() {
			a := n.h.Do("POST", "/site/v1/devices/"+p.Name()+"/test", n.h.lead, []byte(`{"reason":"printer replaced"}`))
			if a.Code == 200 {
				n.on[i] = false
				return
			}
			n.h.t.Logf("test of %s: %d %s", p.Name(), a.Code, a.Body)
			n.heal = append(n.heal, healing{time.Now().Add(time.Second), press})
		}
		n.heal = append(n.heal, healing{time.Now().Add(4 * time.Second), press})
	}
	swap()
}

// judge is I6 by the paper and by the events that anybody can pull.
func (h *hall) judge() (numbers int, told map[string]int, err error) {
	marks, copies := map[string]int{}, map[string]int{}
	for _, s := range h.paper() {
		marks[s.attempt]++
		copies[s.waybill]++
	}
	told = map[string]int{}
	grants, boxes, used := map[string]int{}, map[string]string{}, map[string]string{}
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	for _, e := range h.pulled() {
		told[e.Type]++
		switch {
		case e.Type == "waybill.assigned":
			numbers++
		case e.Type == "waybill.bound":
			if boxes[e.Data.Box] != "" || used[e.Data.Waybill] != "" {
				bad("box %s and waybill %s are bound again", e.Data.Box, e.Data.Waybill)
			}
			boxes[e.Data.Box], used[e.Data.Waybill] = e.Data.Waybill, e.Data.Box
		case e.Type == "label.settled":
			told[e.Type+" "+e.Data.By+" "+e.Data.Outcome]++
			if e.Data.Outcome == "no" && e.Data.By != "printer" {
				grants[e.Data.Waybill]++
			}
		case e.Type == "step.confirmed" && e.Data.Kind == "reprint":
			grants["box "+e.Data.Box]++
		}
	}
	for mark, n := range marks {
		if n > 1 || mark == "" {
			bad("attempt %q came out %d times", mark, n)
		}
	}
	for w, n := range copies {
		if n > 1+grants[w]+grants["box "+used[w]] {
			bad("waybill %s came out %d times, granted %d", w, n, grants[w]+grants["box "+used[w]])
		}
	}
	for attempt, n := range h.bound {
		if n != 1 {
			bad("the label of %s was scanned on %d boxes", attempt, n)
		}
	}
	return numbers, told, errors.Join(faults...)
}

// size of the run: PRINT_LABELS labels, a fault every PRINT_EVERY.
func size() (labels, every int) {
	number := func(name string, fallback int) int {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
			return n
		}
		return fallback
	}
	return number("PRINT_LABELS", 66), number("PRINT_EVERY", 6)
}

// TestLabelsThroughFaults: labels through three printers, a fault every so many
// labels: every box bears one label, no attempt came out twice, no second copy was
// bound, no number was used up.
func TestLabelsThroughFaults(t *testing.T) {
	t.Parallel()
	labels, every := size()
	h := startHall(t, sitetest.Options{Clock: 5, Extra: "[print]\nfailover = \"3s\"\naskAfter = \"20s\"\n"})
	n := &nemesis{h: h, rng: rand.New(rand.NewPCG(7, 7)), done: map[string]int{}}
	h.while = n.look
	began, packed, begun := time.Now(), 0, 0
	limit := began.Add(time.Minute + time.Duration(labels)*2*time.Second)
	for packed < labels && time.Now().Before(limit) {
		for _, d := range h.desks {
			switch {
			case !d.busy && begun < labels && n.due < 2: // else the faults would fall behind
				h.pack(d)
				begun++
			case d.busy && h.look(d):
				if packed++; packed%every == 0 {
					n.due++
				}
			}
			n.look()
		}
		h.pause()
	}
	require.Equal(t, labels, packed, "not all were packed in time")
	for len(n.heal) > 0 {
		n.look()
		h.pause()
	}
	numbers, told, err := h.judge()
	require.NoError(t, err)
	answered := 0
	for _, k := range h.asked {
		answered += k
	}
	assert.Equal(t, labels, told["waybill.bound"])
	assert.Equal(t, labels, numbers-told["waybill.voided"], "a number for each box and no more")
	assert.Equal(t, labels+told["waybill.voided"], numbers)
	if answered == 0 {
		assert.Equal(t, labels, numbers, "no number was given up")
	}
	assert.Len(t, h.bound, labels)
	for _, l := range strings.Split(h.Log.Text(), "\n") {
		if strings.Contains(l, "label in doubt") || strings.Contains(l, "label found") || strings.Contains(l, "no label came out") || os.Getenv("PRINT_LOG") != "" && strings.Contains(l, "printer state") {
			t.Log(l)
		}
	}
	t.Logf("%d labels of %d boxes in %v; faults %v; %d came out at another desk; doubts %d, settled by the printer yes %d no %d; questions answered by a person %d %v; on paper %d, attempts %d, numbers used %d",
		len(h.paper()), packed, time.Since(began).Round(time.Second), n.done, h.moved, told["label.inDoubt"], told["label.settled printer yes"], told["label.settled printer no"],
		answered, h.asked, len(h.paper()), told["label.intent"], numbers)
}

// TestTwin (L6): a printer that plays its buffer back prints a label a second time.
// The second copy fits no other box.
func TestTwin(t *testing.T) {
	t.Parallel()
	h := startHall(t, sitetest.Options{Clock: 50})
	h.Printers[0].SetFaults(sim.Faults{Twice: 1})
	h.pack(h.desks[0])
	h.pack(h.desks[1])
	require.Eventually(t, func() bool { return h.Printers[0].Status().Odometer == 2 }, 30*time.Second, 10*time.Millisecond)
	twins := h.Printers[0].Labels(0)
	require.Equal(t, waybillOf(twins[0]), waybillOf(twins[1]))
	require.Eventually(t, func() bool { return h.look(h.desks[0]) }, 30*time.Second, 20*time.Millisecond)
	require.Eventually(t, func() bool { return h.desks[1].w.Screen().Step == "waybill" }, 30*time.Second, 20*time.Millisecond)
	f := h.desks[1].w.Scan(waybillOf(twins[1]))
	assert.False(t, f.OK, "a twin on another box")
	assert.Equal(t, "duplicate", f.Code)
	assert.True(t, h.look(h.desks[1]), "its own label is taken")
}

// TestOtherPrinterAnswers (L8): no label goes to a printer with another serial
// number, also after a restart, until a lead's test label has come out of it.
func TestOtherPrinterAnswers(t *testing.T) {
	t.Parallel()
	h := startHall(t, sitetest.Options{Clock: 50, Extra: "[print]\nfailover = \"2s\"\n"})
	p := h.Printers[0]
	require.Eventually(t, func() bool { return h.Log != nil && h.device("printer-1").Serial == "SIM-printer-1" }, 30*time.Second, 50*time.Millisecond)
	require.Eventually(t, func() bool { return contains(h.Log.Text(), "printer belongs here") }, 30*time.Second, 50*time.Millisecond)
	h.StopEdge()
	p.Replace("OTHER-7")
	h.StartEdge()
	h.lead = h.PushLead()
	h.desks[0].w = h.Worker("W-001")
	require.Eventually(t, func() bool { return h.device("printer-1").Condition == "otherPrinter" }, 30*time.Second, 50*time.Millisecond)
	x := h.device("printer-1")
	assert.Equal(t, "OTHER-7", x.Serial)
	assert.Contains(t, x.Hint, "press test")
	h.pack(h.desks[0])
	require.Eventually(t, func() bool { return h.look(h.desks[0]) }, 30*time.Second, 20*time.Millisecond, "it comes out of the next one")
	assert.Equal(t, 1, h.moved)
	assert.Zero(t, p.Status().Odometer, "nothing personal has left to it")
	a := h.Do("POST", "/site/v1/devices/printer-1/test", h.lead, []byte(`{"reason":"replaced"}`))
	require.Equal(t, 200, a.Code, "%s", a.Body)
	h.pack(h.desks[0])
	require.Eventually(t, func() bool { return h.look(h.desks[0]) }, 30*time.Second, 20*time.Millisecond)
	assert.EqualValues(t, 2, p.Status().Odometer, "the test label and this one")
}
