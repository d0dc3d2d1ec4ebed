package crew

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// fakeEdge follows the floor contract closely enough to work a crew: logins,
// sockets, ids decided once, revs, the flows pick/order, pack/order and load.
type fakeEdge struct {
	t  testing.TB
	mu sync.Mutex

	orders   []*fakeOrder
	people   map[string]*person // by badge
	tokens   map[string]*person
	seen     map[string]decided
	seq      uint64
	totes    map[string]*fakeOrder
	waybill  int
	paper    *fakePaper
	mute     bool // labels bear no readable order
	marks    bool // labels bear the attempt
	doubtAt  int  // every n-th print is in doubt, half of them without a label
	prints   int
	dropAt   int // every n-th message: all sockets are cut before the verdict
	messages int
	trucks   int
	looks    int // at the screen over HTTP
	lies     int // doubts answered against the truth
	closed   bool
}

type decided struct {
	m message
	f frame
}

type fakeLine struct {
	sku, code, location string
	want, picked, short int
	packed              int
}

type fakeOrder struct {
	id, state, tote, waybill, attempt string
	lines                             []*fakeLine
	cancel                            bool // found out at the desk
	onPaper, printed                  bool
	doubts                            int
}

type person struct {
	badge, flow, step string
	order             *fakeOrder
	line              int
	typed             bool
	rev               uint64
	key               string
	conn              *websocket.Conn
	last              string // id of the last item scan
}

type fakePaper struct {
	mu    sync.Mutex
	slips []Slip
}

func (p *fakePaper) Slips(_ context.Context, since int64) ([]Slip, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Slip(nil), p.slips[since:]...), nil
}

func (p *fakePaper) print(texts []string, codes ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.slips = append(p.slips, Slip{N: int64(len(p.slips) + 1), Texts: texts, Codes: codes})
}

func newFakeEdge(t testing.TB, orders int) (*fakeEdge, string) {
	f := &fakeEdge{
		t: t, people: map[string]*person{}, tokens: map[string]*person{}, seen: map[string]decided{},
		totes: map[string]*fakeOrder{}, paper: &fakePaper{},
	}
	for i := range orders {
		o := &fakeOrder{id: fmt.Sprintf("ORD-%04d", i), state: "open", cancel: i%11 == 7}
		for l := range 1 + i%4 {
			n := i*4 + l
			o.lines = append(o.lines, &fakeLine{
				sku: fmt.Sprintf("S%d", n), code: fmt.Sprintf("29%011d", n), location: fmt.Sprintf("LOC-%03d", n%50), want: 1 + n%6,
			})
		}
		f.orders = append(f.orders, o)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /floor/v1/login", f.login)
	mux.HandleFunc("GET /floor/v1/socket", f.socket)
	mux.HandleFunc("GET /floor/v1/screen", f.present)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return f, server.URL
}

func (f *fakeEdge) login(w http.ResponseWriter, r *http.Request) {
	var body struct{ Badge, Device string }
	if json.NewDecoder(r.Body).Decode(&body) != nil || body.Badge == "" || body.Device == "" {
		http.Error(w, "malformed", http.StatusBadRequest)
		return
	}
	if body.Badge == "W-BAD" {
		http.Error(w, "unknown", http.StatusUnauthorized)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.people[body.Badge]
	if p == nil {
		p = &person{badge: body.Badge, flow: "idle"}
		f.people[body.Badge] = p
	}
	f.tokens["t-"+body.Badge] = p
	fmt.Fprintf(w, `{"token":"t-%s","session":"s-%s"}`, body.Badge, body.Badge)
}

func (f *fakeEdge) socket(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	p := f.tokens[r.Header.Get("Authorization")[7:]]
	f.mu.Unlock()
	if p == nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	up := websocket.Upgrader{}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	f.mu.Lock()
	p.conn = conn
	_ = conn.WriteJSON(map[string]any{"t": "hello", "version": 1, "epoch": "e1", "edgeTime": time.Now()})
	f.push(p)
	f.mu.Unlock()
	for {
		var m message
		if conn.ReadJSON(&m) != nil {
			return
		}
		f.mu.Lock()
		f.answer(p, m)
		f.mu.Unlock()
	}
}

func (f *fakeEdge) push(p *person) {
	if p.conn != nil {
		_ = p.conn.WriteJSON(map[string]any{"t": "screen", "screen": f.screen(p)})
	}
}

func (f *fakeEdge) answer(p *person, m message) {
	f.messages++
	v, known := f.seen[m.ID]
	if known {
		v.f.Repeat = true
		if v.m.Code != m.Code || v.m.Action != m.Action || !reflect.DeepEqual(v.m.Args, m.Args) {
			f.t.Errorf("id %s sent again with other content", m.ID)
		}
	} else {
		if len(m.ID) != 36 || m.ID[14] != '7' {
			f.t.Errorf("id %q is no UUIDv7", m.ID)
		}
		f.seq++
		v = decided{m: m, f: f.decide(p, m)}
		v.f.T, v.f.ID = "verdict", m.ID
		v.f.Receipt = &receipt{Epoch: "e1", Seq: f.seq}
		f.seen[m.ID] = v
	}
	v.f.Screen = f.screen(p)
	if f.dropAt > 0 && f.messages%f.dropAt == 0 { // kill -9 before the answer
		for _, q := range f.people {
			if q.conn != nil {
				_ = q.conn.Close()
			}
		}
		return
	}
	_ = p.conn.WriteJSON(v.f)
}

func verdict(ok bool, code, key string) frame { return frame{OK: ok, Code: code, Say: say{Key: key}} }

func (f *fakeEdge) decide(p *person, m message) frame {
	if m.T == "act" {
		if m.Rev != p.rev {
			return verdict(false, "unexpected", "screen.changed")
		}
		return f.act(p, m)
	}
	switch p.flow + "/" + p.step {
	case "pick/tote":
		if f.totes[m.Code] != nil {
			return verdict(false, "duplicate", "tote.inUse")
		}
		p.order.tote, f.totes[m.Code], p.step = m.Code, p.order, "location"
	case "pick/location":
		if m.Code != p.order.lines[p.line].location {
			return verdict(false, "wrong", "pick.wrongLocation")
		}
		p.step = "item"
	case "pick/item":
		return f.pickItem(p, m)
	case "pack/tote":
		return f.packTote(p, m)
	case "pack/item":
		return f.packItem(p, m)
	case "pack/printing", "pack/inDoubt", "pack/waybill":
		return f.bind(p, m)
	case "load/dock":
		if m.Code != "DOCK-1" {
			return verdict(false, "unknown", "x")
		}
		p.step = "box"
	case "load/box":
		for _, o := range f.orders {
			if o.waybill == m.Code && o.state == "packed" {
				o.state = "loaded"
				f.pushAll(p)
				return verdict(true, "ok", "load.box")
			}
		}
		return verdict(false, "unknown", "load.unknown")
	default:
		return verdict(false, "unexpected", "x")
	}
	return verdict(true, "ok", "x")
}

func (f *fakeEdge) pushAll(but *person) {
	for _, q := range f.people {
		if q != but && (q.flow == "load" || f.closed) {
			f.push(q)
		}
	}
}

func (f *fakeEdge) pickItem(p *person, m message) frame {
	l := p.order.lines[p.line]
	switch {
	case m.Code != l.code:
		return verdict(false, "wrong", "pick.wrongItem")
	case l.picked+l.short >= l.want:
		return verdict(false, "over", "pick.over")
	}
	l.picked++
	p.typed, p.last = true, m.ID
	f.nextLine(p)
	return verdict(true, "ok", "pick.item")
}

func (f *fakeEdge) nextLine(p *person) {
	if l := p.order.lines[p.line]; l.picked+l.short < l.want {
		return
	}
	for i, l := range p.order.lines {
		if l.picked+l.short < l.want {
			p.line, p.step, p.typed = i, "location", false
			return
		}
	}
	p.order.state = "picked"
	p.flow, p.step, p.order = "idle", "", nil
}

func (f *fakeEdge) packTote(p *person, m message) frame {
	if p.order.tote != m.Code {
		return verdict(false, "wrong", "pack.wrongTote")
	}
	if p.order.cancel {
		p.step = "cancelled"
		return verdict(false, "cancelled", "pack.cancelled")
	}
	p.step = "item"
	f.boxDone(p)
	return verdict(true, "ok", "x")
}

func (f *fakeEdge) packItem(p *person, m message) frame {
	for _, l := range p.order.lines {
		if l.code == m.Code && l.packed < l.picked {
			l.packed++
			f.boxDone(p)
			return verdict(true, "ok", "pack.item")
		}
	}
	return verdict(false, "over", "pack.over")
}

func (f *fakeEdge) boxDone(p *person) {
	for _, l := range p.order.lines {
		if l.packed < l.picked {
			return
		}
	}
	f.waybill++
	p.order.waybill = fmt.Sprintf("65%010d", f.waybill)
	f.print(p)
}

// print brings a label out a little later, or leaves it in doubt whether it did.
func (f *fakeEdge) print(p *person) {
	p.step = "printing"
	o := p.order
	f.prints++
	print := f.prints
	o.attempt = fmt.Sprintf("A-%04d", print)
	doubt := f.doubtAt > 0 && f.prints%f.doubtAt == 0 && o.doubts < 2
	time.AfterFunc(2*time.Millisecond, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if !doubt || print%2 == 0 {
			o.onPaper = true
			texts := []string{"order " + o.id, "1/1"}
			if f.mute {
				texts = nil
			}
			if f.marks {
				texts = append(texts, fmt.Sprintf("A-%04d", print))
			}
			f.paper.print(texts, "4W44", o.waybill, o.waybill)
		}
		if p.order != o || o.printed {
			return // the label was scanned before this was known
		}
		p.step = "waybill"
		if doubt {
			o.doubts++
			p.step = "inDoubt"
		}
		f.push(p)
	})
}

func (f *fakeEdge) bind(p *person, m message) frame {
	if m.Code != p.order.waybill {
		return verdict(false, "wrong", "pack.wrongWaybill")
	}
	if !p.order.onPaper {
		f.t.Errorf("waybill %s scanned, and no label came out", m.Code)
	}
	p.order.state, p.order.printed = "packed", true
	p.flow, p.step, p.order = "idle", "", nil
	f.pushAll(p)
	return verdict(true, "done", "pack.done")
}

func (f *fakeEdge) act(p *person, m message) frame {
	switch m.Action {
	case "start":
		return f.start(p, m)
	case "quantity":
		n, _ := m.Args["n"].(float64)
		l := p.order.lines[p.line]
		if !p.typed || int(n) > l.want {
			return verdict(false, "unexpected", "pick.noTyping")
		}
		l.picked = int(n)
		f.nextLine(p)
	case "short":
		n, _ := m.Args["found"].(float64)
		l := p.order.lines[p.line]
		l.picked, l.short = int(n), l.want-int(n)
		f.nextLine(p)
	case "undo":
		if m.Args["of"] != p.last || p.flow != "pick" || p.order.lines[p.line].picked == 0 {
			return verdict(false, "unexpected", "undo.nothing")
		}
		p.order.lines[p.line].picked--
	case "printed":
		if m.Args["attempt"] != p.order.attempt {
			return verdict(false, "unexpected", "printed.attempt")
		}
		if (m.Args["outcome"] == "yes") != p.order.onPaper {
			f.lies++
		}
		p.step = "waybill"
		if m.Args["outcome"] == "no" {
			f.print(p)
		}
	case "ack":
		delete(f.totes, p.order.tote)
		p.order.state = "cancelled"
		p.flow, p.step, p.order = "idle", "", nil
	case "close":
		for _, o := range f.orders {
			if o.state != "loaded" && o.state != "cancelled" {
				return verdict(false, "hold", "load.left")
			}
		}
		f.trucks++
		f.closed = true
		for _, q := range f.people { // closed by one, closed for all
			if q.flow == "load" {
				q.flow, q.step = "idle", ""
			}
		}
		f.pushAll(p)
	case "leave":
		p.flow, p.step = "idle", ""
	default:
		return verdict(false, "unexpected", "x")
	}
	return verdict(true, "ok", "x")
}

func (f *fakeEdge) start(p *person, m message) frame {
	if p.flow != "idle" {
		return verdict(false, "unexpected", "start.busy")
	}
	from := map[string]string{"pick": "open", "pack": "picked"}[m.Args["flow"].(string)]
	for _, o := range f.orders {
		if from != "" && o.state == from {
			o.state, p.order, p.line, p.typed = from+"ing", o, 0, false
			p.flow, p.step = m.Args["flow"].(string), "tote"
			return verdict(true, "ok", "start")
		}
	}
	if m.Args["flow"] == "load" && !f.closed {
		p.flow, p.step = "load", "dock"
		return verdict(true, "ok", "start")
	}
	return verdict(false, "unexpected", "start.noWork")
}

func (f *fakeEdge) screen(p *person) *screen {
	s := &screen{Flow: p.flow, Step: p.step, Actions: []string{"help"}}
	if o := p.order; o != nil {
		s.Task = task{ID: p.flow + o.id, Orders: []string{o.id}}
	}
	switch p.flow + "/" + p.step {
	case "idle/":
		s.Actions = []string{"start"}
	case "pick/tote":
		s.Expect = []expect{{Kind: "tote"}}
	case "pick/location":
		l := p.order.lines[p.line]
		s.Expect = []expect{{Kind: "location", Code: l.location}, {Kind: "item", Code: l.code}}
	case "pick/item":
		l := p.order.lines[p.line]
		s.Expect = []expect{{Kind: "item", Code: l.code, SKU: l.sku, Location: l.location, Remaining: l.want - l.picked}}
		s.Quantity.Have, s.Quantity.Want, s.Quantity.Typing = l.picked, l.want, p.typed
		s.Actions = []string{"short", "undo", "leave"}
	case "pack/tote":
		s.Expect = []expect{{Kind: "tote", Code: p.order.tote}}
	case "pack/cancelled":
		s.Actions = []string{"ack"}
	case "pack/item":
		for _, l := range p.order.lines {
			if l.packed < l.picked {
				s.Expect = append(s.Expect, expect{Kind: "item", Code: l.code, SKU: l.sku, Remaining: l.picked - l.packed})
			}
		}
	case "pack/printing":
		s.Expect = []expect{{Kind: "waybill"}}
	case "pack/inDoubt":
		s.Expect, s.Actions = []expect{{Kind: "waybill"}}, []string{"printed"}
		s.Task.Attempt = p.order.attempt
	case "pack/waybill":
		s.Expect = []expect{{Kind: "waybill", Code: p.order.waybill}}
	case "load/dock":
		s.Expect = []expect{{Kind: "dock", Code: "DOCK-1"}}
	case "load/box":
		s.Actions = []string{"close", "leave"}
		for _, o := range f.orders {
			if o.state == "packed" && len(s.Expect) < 20 {
				s.Expect = append(s.Expect, expect{Kind: "waybill", Code: o.waybill})
			}
		}
	}
	raw, err := json.Marshal(s)
	if err != nil {
		f.t.Error(err)
	}
	if string(raw) != p.key {
		p.key = string(raw)
		p.rev++
	}
	s.Rev = p.rev
	if p.flow == "idle" { // counts raise no rev
		for flow, n := range f.waiting() {
			s.Work = append(s.Work, row{Flow: flow, Waiting: n})
		}
	}
	return s
}

func (f *fakeEdge) waiting() map[string]int {
	n := map[string]int{}
	for _, o := range f.orders {
		switch o.state {
		case "open":
			n["pick"]++
		case "picked":
			n["pack"]++
		}
	}
	if !f.closed {
		n["load"] = 1
	}
	return n
}

// present answers GET /floor/v1/screen.
func (f *fakeEdge) present(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.tokens[r.Header.Get("Authorization")[7:]]
	if p == nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	f.looks++
	if err := json.NewEncoder(w).Encode(map[string]any{"screen": f.screen(p)}); err != nil {
		f.t.Log(err)
	}
}
