package crash

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	words "dcedge/edge"
)

// message is one thing sent, and all that is known of its fate.
type message struct {
	id    string
	frame []byte
	first *verdict // nil: unknown
}

// verdict is an answer; what must never change is kept as the bytes that came.
type verdict struct {
	T       string          `json:"t"`
	ID      string          `json:"id"`
	OK      bool            `json:"ok"`
	Code    string          `json:"code"`
	Say     json.RawMessage `json:"say"`
	Receipt json.RawMessage `json:"receipt"`
	Screen  *screen         `json:"screen"`
	Repeat  bool            `json:"repeat"`
	Retry   bool            `json:"retry"`
	Detail  string          `json:"detail"`
}

func (v *verdict) seq() uint64 {
	var r struct{ Seq uint64 }
	_ = json.Unmarshal(v.Receipt, &r)
	return r.Seq
}

// same tells that two answers to one id say the same.
func (v *verdict) same(w *verdict) bool {
	return v.OK == w.OK && v.Code == w.Code && string(v.Say) == string(w.Say) && string(v.Receipt) == string(w.Receipt)
}

type screen struct {
	Rev    uint64
	Flow   string
	Step   string
	Task   *struct{ ID, Attempt, Box string }
	Expect []struct {
		Kind, Code string
		Remaining  int
	}
	Actions []string
}

// hand is one worker with a ledger of its own. It lives in one goroutine.
type hand struct {
	rig    *rig
	badge  string
	flow   string
	plain  bool // over HTTP, one at a time
	rng    *rand.Rand
	token  string
	conn   *websocket.Conn
	screen *screen
	totes  int
	ledger []*message
	byID   map[string]*message
	round  int // where this round's messages begin in ledger
	faults []string
	noWork bool                      // the last start found nothing
	labels func(attempt string) bool // did a label with this mark come out?
}

func newHand(r *rig, n int, flow string, plain bool) *hand {
	return &hand{rig: r, badge: fmt.Sprintf("W-%03d", n), flow: flow, plain: plain, totes: n * 10000,
		rng: rand.New(rand.NewPCG(uint64(n), 77)), byID: map[string]*message{}, labels: func(string) bool { return false }}
}

func (h *hand) fault(format string, args ...any) {
	h.faults = append(h.faults, h.badge+": "+fmt.Sprintf(format, args...))
}

var errNotNow = errors.New("not decided")

// enter logs in if need be and takes the present screen.
func (h *hand) enter() error {
	if h.token == "" {
		var a struct{ Token string }
		body, _ := json.Marshal(map[string]string{"badge": h.badge, "device": "pda-" + h.badge})
		code, err := h.rig.ask("POST", "/floor/v1/login", "", body, &a)
		if err != nil || code != 200 {
			return fmt.Errorf("login: %d %w", code, err)
		}
		h.token = a.Token
	}
	h.screen = nil
	if h.plain {
		var a struct{ Screen *screen }
		code, err := h.rig.ask("GET", "/floor/v1/screen", h.token, nil, &a)
		if code == http.StatusUnauthorized {
			h.token = "" // a login that the kill has swallowed
		}
		if err == nil && a.Screen == nil {
			err = fmt.Errorf("screen: %d", code)
		}
		h.screen = a.Screen
		return err
	}
	d := websocket.Dialer{HandshakeTimeout: 5 * time.Second}
	conn, a, err := d.Dial("ws"+strings.TrimPrefix(h.rig.url, "http")+"/floor/v1/socket", http.Header{"Authorization": {"Bearer " + h.token}})
	if err != nil {
		if a != nil && a.StatusCode == http.StatusUnauthorized {
			h.token = ""
		}
		return err
	}
	h.conn = conn
	for h.screen == nil {
		if err := h.read(nil); err != nil {
			return err
		}
	}
	return nil
}

func (h *hand) close() {
	if h.conn != nil {
		_ = h.conn.Close()
		h.conn = nil
	}
}

// read takes one frame from the socket; verdicts go to took.
func (h *hand) read(took func(*verdict)) error {
	_ = h.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, text, err := h.conn.ReadMessage()
	if err != nil {
		return err
	}
	var v verdict
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	if v.Screen != nil && (h.screen == nil || v.Screen.Rev >= h.screen.Rev) {
		h.screen = v.Screen
	}
	if took != nil && (v.T == "verdict" || v.T == "error") {
		took(&v)
	}
	return nil
}

// message makes a frame with a new id and puts it into the ledger as unknown.
func (h *hand) message(t string, fields map[string]any) *message {
	var random [10]byte
	for i := range random {
		random[i] = byte(h.rng.Uint32())
	}
	now := time.Now()
	id := words.NewID(now, random).String()
	fields["t"], fields["id"], fields["at"] = t, id, now.Format("2006-01-02T15:04:05.000Z07:00")
	frame, _ := json.Marshal(fields)
	m := &message{id: id, frame: frame}
	h.ledger = append(h.ledger, m)
	h.byID[id] = m
	return m
}

func (h *hand) scan(code string) *message {
	return h.message("scan", map[string]any{"code": code, "source": "intent"})
}

func (h *hand) press(action string, args map[string]any) *message {
	f := map[string]any{"action": action, "rev": h.screen.Rev}
	if args != nil {
		f["args"] = args
	}
	return h.message("act", f)
}

// settle notes an answer; an answer to an id that had one must be the same.
func (h *hand) settle(v *verdict, again bool) {
	m := h.byID[v.ID]
	switch {
	case v.T == "error":
		if !v.Retry {
			h.fault("message %s got error %s: %s", v.ID, v.Code, v.Detail)
		}
	case m == nil:
		h.fault("a verdict for %s, which was never sent", v.ID)
	case m.first == nil:
		m.first = v
		h.noWork = strings.Contains(string(v.Say), "start.noWork")
		if v.seq() == 0 {
			h.fault("verdict of %s without a receipt: %s", v.ID, v.Code)
		}
		if v.Repeat && !again {
			h.fault("the first answer to %s says repeat", v.ID)
		}
	case !v.Repeat || !m.first.same(v):
		h.fault("I2: %s was %v %s %s %s, now repeat %v: %v %s %s %s", v.ID, m.first.OK, m.first.Code, m.first.Say, m.first.Receipt,
			v.Repeat, v.OK, v.Code, v.Say, v.Receipt)
	}
}

// tell sends messages and waits for the answers to all of them.
func (h *hand) tell(again bool, list ...*message) error {
	if h.plain {
		for _, m := range list {
			if err := h.post(m, again); err != nil {
				return err
			}
		}
		return nil
	}
	open := map[string]bool{}
	for _, m := range list {
		open[m.id] = true
		if err := h.conn.WriteMessage(websocket.TextMessage, m.frame); err != nil {
			return err
		}
	}
	refused := false
	for len(open) > 0 {
		err := h.read(func(v *verdict) {
			delete(open, v.ID)
			h.settle(v, again)
			refused = refused || v.T == "error"
		})
		if err != nil {
			return err
		}
	}
	if refused {
		return errNotNow
	}
	return nil
}

func (h *hand) post(m *message, again bool) error {
	path := "/floor/v1/scans"
	if strings.Contains(string(m.frame), `"t":"act"`) {
		path = "/floor/v1/actions"
	}
	var v verdict
	code, err := h.rig.ask("POST", path, h.token, m.frame, &v)
	switch {
	case err != nil:
		return err
	case code == http.StatusServiceUnavailable:
		return errNotNow
	case code != 200:
		h.fault("message %s got HTTP %d %s", m.id, code, v.Code)
		return errNotNow
	}
	if v.Screen != nil {
		h.screen = v.Screen
	}
	h.settle(&v, again)
	return nil
}

// sendAgain repeats this round's messages, and some older ones, in the order in
// which they were first sent.
func (h *hand) sendAgain(older int) error {
	var list []*message
	for range min(older, h.round) {
		list = append(list, h.ledger[h.rng.IntN(h.round)])
	}
	slices.SortFunc(list, func(a, b *message) int { return strings.Compare(a.id, b.id) })
	list = slices.Compact(list)
	list = append(list, h.ledger[h.round:]...)
	for len(list) > 0 {
		n := min(64, len(list))
		if err := h.tell(true, list[:n]...); err != nil {
			return err
		}
		list = list[n:]
	}
	h.round = len(h.ledger)
	return nil
}

// work does what the screen asks for until ctx ends or the line is cut.
func (h *hand) work(ctx context.Context) error {
	for ctx.Err() == nil {
		list := h.next()
		if list == nil { // it is the edge's turn, or there is no work
			if h.plain || h.screen.Flow == "idle" {
				select {
				case <-ctx.Done():
					return nil
				case <-time.After(5 * time.Millisecond):
				}
				if h.plain {
					h.close()
					if err := h.enter(); err != nil {
						return err
					}
				}
				continue
			}
			if err := h.read(func(v *verdict) { h.settle(v, false) }); err != nil {
				return err
			}
			continue
		}
		if err := h.tell(false, list...); err != nil && !errors.Is(err, errNotNow) {
			return err
		}
	}
	return nil
}

// next chooses the next messages by the screen.
func (h *hand) next() []*message {
	s := h.screen
	can := func(a string) bool { return slices.Contains(s.Actions, a) }
	switch {
	case s.Flow == "idle" || s.Flow == "":
		if h.noWork {
			h.noWork = false
			return nil
		}
		if h.flow == "pack" {
			return []*message{h.press("start", map[string]any{"flow": "pack"})}
		}
		return []*message{h.press("start", map[string]any{"flow": "pick", "mode": "order"})}
	case s.Step == "inDoubt" && s.Task != nil:
		outcome := "no"
		if h.labels(s.Task.Attempt) {
			outcome = "yes"
		}
		return []*message{h.press("printed", map[string]any{"attempt": s.Task.Attempt, "outcome": outcome})}
	case len(s.Expect) == 0 && can("ack"):
		return []*message{h.press("ack", nil)}
	case s.Step == "printing", len(s.Expect) > 0 && s.Expect[0].Kind == "waybill" && s.Expect[0].Code == "":
		return nil
	case len(s.Expect) == 0 && can("close"):
		return []*message{h.press("close", nil)}
	case len(s.Expect) == 0:
		return []*message{h.press("leave", nil)}
	}
	e := s.Expect[0]
	switch k := h.rng.IntN(100); {
	case k < 6:
		return []*message{h.scan(fmt.Sprintf("NOPE-%d", h.rng.IntN(1000)))}
	case k < 10:
		return []*message{h.scan(gtin(h.rng.IntN(articles)))}
	case k < 12 && can("undo"):
		return []*message{h.press("undo", nil)}
	case k < 13 && can("help"):
		return []*message{h.press("help", nil)}
	}
	if e.Kind == "tote" && e.Code == "" {
		h.totes++
		return []*message{h.scan(fmt.Sprintf("TOTE-%06d", h.totes))}
	}
	list := []*message{h.scan(e.Code)}
	if e.Kind == "item" && !h.plain { // sent ahead, as a fast hand does
		for range min(h.rng.IntN(3), max(e.Remaining-1, 0)) {
			list = append(list, h.scan(e.Code))
		}
	}
	return list
}
