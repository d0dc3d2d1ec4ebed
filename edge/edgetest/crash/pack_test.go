package crash

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest"
	"dcedge/edge/edgetest/sitetest"
)

// packRig is a site where two desks have the orders of one box between them, and
// an edge that is killed.
type packRig struct {
	t     *testing.T
	r     *rig
	s     *sitetest.Site
	e     *edge
	out   *paper
	k, k2 *sitetest.Worker // the desks
	log   []map[string]any // what k sent
	totes int
}

func newPackRig(t *testing.T) *packRig {
	p := &packRig{t: t, r: newRig(t, program(t, ""), "")}
	p.r.key = sitetest.WMSKey
	p.r.env = append(p.r.env, "EDGE_WMS_KEY="+sitetest.WMSKey)
	text, err := os.ReadFile(p.r.config)
	require.NoError(t, err)
	text = append(text, "[pack]\nreprints = 1\n"...)
	require.NoError(t, os.WriteFile(p.r.config, text, 0o600))
	p.out = newPaper(p.r)
	p.e = p.r.start()
	p.s = sitetest.Attach(t, p.r.url)
	p.s.Basics()
	p.enter()
	return p
}

// enter logs everybody in: after a restart as after the start.
func (p *packRig) enter() {
	p.k, p.k2 = p.s.Worker("W-001"), p.s.Worker("W-002")
}

func (p *packRig) again() {
	p.e.kill()
	p.e = p.r.start()
	p.enter()
}

// send sends a message of the desk and notes it, to be sent again.
func (p *packRig) send(m map[string]any) sitetest.Frame {
	m["id"], m["at"] = sitetest.ID(time.Now()), time.Now().Format(time.RFC3339Nano)
	p.log = append(p.log, m)
	return p.k.Post(pathOf(m), m)
}

func pathOf(m map[string]any) string {
	if m["action"] != nil {
		return "/floor/v1/actions"
	}
	return "/floor/v1/scans"
}

// cut sends a message and kills the edge before it can have been read, or after:
// nobody knows. It is sent again to the next edge, and decided once.
func (p *packRig) cut(m map[string]any) {
	m["id"], m["at"] = sitetest.ID(time.Now()), time.Now().Format(time.RFC3339Nano)
	p.log = append(p.log, m)
	text, err := json.Marshal(m)
	require.NoError(p.t, err)
	q, err := http.NewRequest("POST", p.r.url+pathOf(m), strings.NewReader(string(text)))
	require.NoError(p.t, err)
	q.Header.Set("Authorization", "Bearer "+p.k.Token)
	q.Header.Set("Content-Type", "application/json")
	done := make(chan struct{})
	go func() {
		defer close(done)
		if a, err := p.r.http.Do(q); err == nil {
			_ = a.Body.Close()
		}
	}()
	<-time.After(time.Duration(len(p.log)%4) * 700 * time.Microsecond)
	p.again()
	<-done
	p.k.Post(pathOf(m), m)
}

func (p *packRig) picked(id string) string {
	w := p.s.Worker("W-003")
	p.totes++
	tote := fmt.Sprintf("TOTE-%05d", p.totes)
	require.True(p.t, w.Act("start", map[string]any{"flow": "pick", "mode": "order", "orders": []string{id}}).OK, "%+v", w.Last)
	for w.Scan(tote); w.Screen().Flow == "pick"; {
		if _, code := w.Screen().First(); code != "" {
			require.True(p.t, w.Scan(code).OK, "%+v", w.Last)
		} else {
			require.True(p.t, w.Act("close", nil).OK, "%+v", w.Last)
		}
	}
	return tote
}

func (p *packRig) free() string { p.totes++; return fmt.Sprintf("TOTE-%05d", p.totes) }

// next is what an honest packer sends now; nil: there is nothing.
func (p *packRig) next(w *sitetest.Worker) map[string]any {
	scr := w.Screen()
	act := func(name string, args map[string]any) map[string]any {
		return map[string]any{"action": name, "rev": scr.Rev, "args": args}
	}
	kind, code := scr.First()
	switch {
	case scr.Step == "cancelled":
		return act("ack", map[string]any{})
	case scr.Flow == "idle", scr.Step == "held":
		return nil
	case scr.Step == "printing":
		p.printed(w)
		return p.next(w)
	case scr.Step == "inDoubt":
		outcome := "no"
		if p.out.out(scr.Task.Attempt) {
			outcome = "yes"
		}
		return act("printed", map[string]any{"attempt": scr.Task.Attempt, "outcome": outcome})
	case scr.Step == "destroy" && code == "":
		return act("void", map[string]any{"reason": "lost"})
	case len(scr.Expect) == 0:
		return act("close", map[string]any{})
	case kind == "tote" && code == "":
		code = p.free()
	}
	require.NotEmpty(p.t, code, "%+v", scr)
	return map[string]any{"code": code}
}

// printed waits until the label is out, or is known not to be.
func (p *packRig) printed(w *sitetest.Worker) {
	require.Eventually(p.t, func() bool { return w.Screen().Step != "printing" }, 30*time.Second, 5*time.Millisecond, "%+v", w.Screen())
}

// meddle is a second packer who wants the box as well, and the first one with the
// wrong things in hand: nothing of it may do anything.
func (p *packRig) meddle(a, b, tote1, tote2, foreign string) {
	head := p.head()
	refused := func(f sitetest.Frame, what string) {
		assert.False(p.t, f.OK, "%s was taken: %+v", what, f)
	}
	scr := p.k.Screen()
	busy := scr.Flow == "pack" && len(scr.Task.Orders) > 0 && scr.Task.Orders[0] != "FOREIGN"
	if busy {
		for _, code := range []string{tote1, tote2, a, b} {
			refused(p.k2.Scan(code), code)
		}
		refused(p.k2.Act("start", map[string]any{"flow": "pack", "mode": "order", "orders": []string{a}, "station": "pack-2"}), "a second start")
	}
	if busy {
		refused(p.k.Scan(foreign), "a foreign tote")
		refused(p.k.Scan("2900000000049"), "an article of another order")
		refused(p.k.Scan("no such code"), "no code")
	}
	for _, m := range p.log { // all of it once more, out of order
		f := p.k.Post(pathOf(m), m)
		assert.True(p.t, f.Repeat, "decided again: %+v %+v", m, f)
	}
	for _, e := range p.events()[head:] {
		if strings.HasPrefix(e.Type, "label.") {
			continue // the printer goes on by itself
		}
		assert.Contains(p.t, []string{"scan.refused", "action.refused", "worker.loggedIn", "session.started"}, e.Type, "%+v", e)
	}
}

type pulledEvent struct {
	Seq   uint64
	Type  string
	Order string
	Data  struct {
		Box, Waybill, Attempt string
		Orders                []string
	}
	line string
}

func (p *packRig) events() (out []pulledEvent) {
	cursor := "start"
	for {
		a := p.s.Do("GET", "/sync/v1/events?limit=10000&after="+cursor, sitetest.WMSKey, nil)
		require.Equal(p.t, 200, a.Code)
		head, lines, _ := strings.Cut(string(a.Body), "\n")
		var h struct {
			Batch struct {
				Count int
				Next  string
			}
		}
		require.NoError(p.t, json.Unmarshal([]byte(head), &h))
		if h.Batch.Count == 0 {
			return out
		}
		cursor = h.Batch.Next
		for line := range strings.Lines(lines) {
			e := pulledEvent{line: strings.TrimSuffix(line, "\n")}
			require.NoError(p.t, json.Unmarshal([]byte(e.line), &e))
			out = append(out, e)
		}
	}
}

func (p *packRig) head() int { return len(p.events()) }

// TestPackTwoOrdersKilled packs two orders into one box, once for each point at
// which somebody meddles, one of them changes, and the edge is killed. What is
// pulled tells no waybill on two boxes, nobody's piece in another's box, and each
// order confirmed once.
func TestPackTwoOrdersKilled(t *testing.T) {
	p := newPackRig(t)
	p.s.Push(`{"kind":"client","id":"default","name":{"ko":"하늘상점"},"sender":{"name":"하늘상점","phone":"02-555-0100","postcode":"22382","address":"인천광역시 중구 공항로 272"},"shortPolicy":"partShip","shipConfirmAt":"truckClosed"}`,
		`{"kind":"sku","id":"CUP","name":{"ko":"컵"},"barcodes":[{"code":"2900000000049","quantity":1}]}`)
	p.s.Push(together("FOREIGN", "f", sitetest.Line{SKU: "CUP", Quantity: 1, Location: "A01-01-1"}))
	foreign := p.picked("FOREIGN")
	n, every := 0, count("PACK_EVERY", 3) // 1 is each point with each change
	for i, change := range []string{"", "cancel B", "cancel A", "readdress", "hold", "split"} {
		for point := range 8 {
			if (i+point)%every != 0 {
				continue
			}
			n++
			a, b := fmt.Sprintf("O%02d-A", n), fmt.Sprintf("O%02d-B", n)
			t.Run(fmt.Sprintf("%s %d", change, point), func(t *testing.T) { p.t = t; p.one(a, b, foreign, change, point) })
		}
	}
	p.t = t
	p.judge(n)
}

func together(id, key string, lines ...sitetest.Line) string {
	return strings.Replace(sitetest.Order(id, lines...), `"carrier"`, fmt.Sprintf(`"consolidate":%q,"carrier"`, key), 1)
}

func (p *packRig) one(a, b, foreign, change string, point int) {
	p.s.Push(together(a, a, sitetest.Line{SKU: "MUG", Quantity: 1, Location: "A01-01-1"}),
		together(b, a, sitetest.Line{SKU: "MUG", Quantity: 1, Location: "A01-01-1"}, sitetest.Line{SKU: "PEN", Quantity: 1, Location: "A01-01-1"}))
	tote1, tote2 := p.picked(a), p.picked(b)
	p.log = nil
	start := map[string]any{"action": "start", "args": map[string]any{"flow": "pack", "mode": "order", "orders": []string{a}, "station": "pack-1"}, "rev": p.k.Screen().Rev}
	require.True(p.t, p.send(start).OK)
	for at := 0; ; at++ {
		if at == point {
			p.meddle(a, b, tote1, tote2, foreign)
			p.change(a, b, change)
		}
		m := p.next(p.k)
		if m == nil {
			break
		}
		if at == point {
			p.cut(m)
			p.meddle(a, b, tote1, tote2, foreign)
			continue
		}
		f := p.send(m)
		require.True(p.t, f.OK || f.Code == "cancelled", "%+v: %+v", m, f)
		require.Less(p.t, at, 40)
	}
	p.rest(a, b)
}

func (p *packRig) change(a, b, change string) {
	of := func(order, kind, more string) {
		p.s.Push(fmt.Sprintf(`{"kind":"orderChange","id":"%s-%s","order":%q,"change":%q%s}`, order, kind, order, kind, more))
	}
	switch change {
	case "cancel A":
		of(a, "cancel", `,"rev":1`)
	case "cancel B":
		of(b, "cancel", `,"rev":1`)
	case "readdress":
		of(b, "readdress", `,"rev":1,"recipient":{"name":"김영희","phone":"010-9999-5678","postcode":"06236","address":"서울특별시 강남구 역삼로 1"},"routing":{"sortCode":"4W44","subCode":"25","branch":"강남A","zone":"P01"}`)
		of(b, "release", `,"rev":2`)
	case "hold":
		of(b, "hold", `,"rev":1,"reason":"payment"`)
		of(b, "release", `,"rev":2`)
	case "split":
		of(b, "split", `,"rev":1`)
	}
}

// rest works what is left of the two at the desk.
func (p *packRig) rest(a, b string) {
	for range 4 {
		for _, id := range []string{a, b} {
			if p.k.Screen().Flow == "idle" && p.k.Screen().Step == "" {
				p.k.Scan(id) // the slip
			}
			for range 40 {
				m := p.next(p.k)
				if m == nil {
					break
				}
				p.send(m)
			}
			if p.k.Screen().Flow != "idle" {
				p.k.Act("leave", nil)
			}
		}
	}
}

// judge loads what is ready and reads all that was pulled.
func (p *packRig) judge(pairs int) {
	t := p.t
	numbers := map[string]string{} // box by waybill that is on it
	for _, e := range p.events() {
		switch e.Type {
		case "waybill.bound":
			numbers[e.Data.Waybill] = e.Data.Box
		case "waybill.voided":
			delete(numbers, e.Data.Waybill)
		}
	}
	l := p.s.Worker("W-L")
	require.True(t, l.Scan("DOCK-D1").OK)
	for number := range numbers {
		l.Scan(number)
	}
	l.Act("close", map[string]any{"reason": "end"})
	o, confirmed, cancelled, on := edgetest.NewOracle(p.s.Epoch), map[string]int{}, map[string]bool{}, map[string]string{}
	for _, e := range p.events() {
		o.Line([]byte(e.line))
		of := e.Data.Orders
		if len(of) == 0 {
			of = []string{e.Order}
		}
		switch e.Type {
		case "box.shipConfirmed":
			for _, id := range of {
				confirmed[id]++
			}
		case "order.cancelStopped":
			cancelled[e.Order] = true
		case "waybill.bound":
			if at := on[e.Data.Waybill]; at != "" {
				assert.Equal(t, at, e.Data.Box, "waybill %s is on two boxes", e.Data.Waybill)
			}
			on[e.Data.Waybill] = e.Data.Box
		}
	}
	assert.Empty(t, o.Faults())
	assert.Equal(t, 2*pairs+1, o.Totals().Orders, "all was pulled")
	for n := range pairs {
		for _, x := range []string{"A", "B"} {
			id := fmt.Sprintf("O%02d-%s", n+1, x)
			want := 1
			if cancelled[id] {
				want = 0
			}
			assert.Equal(t, want, confirmed[id], "%s", id)
		}
	}
	t.Logf("%d pairs, %d numbers on boxes, %+v", pairs, len(on), o.Totals())
}
