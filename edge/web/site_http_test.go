package web

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

func TestReveal(t *testing.T) {
	s := newSite(t)
	lead, admin := s.login("L-001", "135790"), s.login("A-001", "")
	ask := func(token, body string) (int, string) {
		status, _, answer := s.do("POST", "/site/v1/reveals", token, body)
		return status, answer
	}
	status, body := ask(admin, `{"of":"536365","reason":"call the carrier"}`)
	assert.Equal(t, 403, status)
	assert.Equal(t, "pinRequired", code(t, body), "a badge alone opens nothing")
	status, _ = ask(lead, `{"of":"536365"}`)
	assert.Equal(t, 400, status, "no reason")
	status, _ = ask(lead, `{"of":"none","reason":"call the carrier"}`)
	assert.Equal(t, 404, status)
	assert.Empty(t, s.vault.recorded)

	status, body = ask(lead, `{"of":"536365","reason":"call the carrier"}`)
	require.Equal(t, 200, status)
	assert.JSONEq(t, `{"recipient":{"name":"홍길동"}}`, body)
	assert.Contains(t, s.vault.recorded, `"what":"reveal","who":"lead-1","of":"536365"`, "recorded before the vault was asked (I11)")
	assert.NotContains(t, s.e.recorded(), "홍길동")
	assert.Equal(t, Revealer{Worker: "lead-1", Source: "pda-07", Reason: "call the carrier", Client: "default", Order: "536365"}, s.vault.by)
	for range revealsPerMinute {
		status, _ = ask(lead, `{"of":"536365","reason":"call the carrier"}`)
	}
	assert.Equal(t, 429, status)
}

func TestRevealLimit(t *testing.T) {
	var l revealLimit
	now := time.Now()
	for i := range revealsPerShift {
		require.Zero(t, l.take("w", "s", now.Add(time.Duration(i)*2*time.Second)))
	}
	assert.NotZero(t, l.take("w", "s", now.Add(time.Hour)), "a shift's worth")
	assert.Zero(t, l.take("w", "s2", now.Add(time.Hour)))
	assert.Zero(t, l.take("v", "s", now))
}

func TestOrderWrites(t *testing.T) {
	s := newSite(t)
	lead := s.login("L-001", "135790")
	post := func(what, body string) (int, string) {
		status, _, answer := s.do("POST", "/site/v1/orders/536365/"+what, lead, body)
		return status, answer
	}
	id := newID(1)
	for what, c := range map[string]struct {
		body string
		want edge.OrderChange
	}{
		"hold":     {`{"id":"` + id + `","reason":"customer called"}`, edge.OrderChange{Change: "hold", Reason: "customer called"}},
		"release":  {`{"id":"` + id + `"}`, edge.OrderChange{Change: "release"}},
		"split":    {`{"id":"` + id + `"}`, edge.OrderChange{Change: "split"}},
		"expedite": {`{"id":"` + id + `","priority":9}`, edge.OrderChange{Change: "priority", Priority: new(9)}},
	} {
		status, body := post(what, c.body)
		require.Equal(t, 200, status, body)
		got := s.e.messages()
		m := got[len(got)-1]
		c.want.ID, c.want.Order, c.want.Client = "lead-"+id, "536365", "default"
		assert.Equal(t, &c.want, m.Body)
		assert.Equal(t, edge.Record, m.Kind)
		assert.Equal(t, "lead-1", m.Worker)
	}
	for body, want := range map[string]string{`{}`: "fieldMissing", `{"id":"x"}`: "id", `{"id":"` + id + `"}`: "fieldMissing",
		`[]`: "malformed", `{"id":1}`: "fieldType", `{"id":"` + id + `","reason":"` + strings.Repeat("x", 201) + `"}`: "tooLarge"} {
		status, answer := post("hold", body)
		assert.Equal(t, 400, status)
		assert.Equal(t, want, code(t, answer), body)
	}
	s.e.mu.Lock()
	s.e.answer = func(*edge.Message) edge.Verdict { return edge.Verdict{Code: edge.CancelledOrder} }
	s.e.mu.Unlock()
	status, body := post("hold", `{"id":"`+id+`","reason":"late"}`)
	assert.Equal(t, 409, status)
	assert.Equal(t, "cancelled", code(t, body))
	assert.Contains(t, s.e.recorded(), `"what":"order.hold","who":"lead-1","of":"536365"`)
}

func TestSiteReads(t *testing.T) {
	s := newSite(t)
	lead := s.login("L-001", "135790")
	get := func(path string) map[string]any {
		status, _, body := s.do("GET", "/site/v1/"+path, lead, "")
		require.Equal(t, 200, status, "%s %s", path, body)
		assert.NotContains(t, body, "ref-secret", "no reference to a recipient leaves")
		var v map[string]any
		require.NoError(t, json.Unmarshal([]byte(body), &v))
		return v
	}
	assert.Contains(t, get("summary")["items"].(map[string]any)["rows"], "cj@")
	assert.Len(t, get("orders?stage=received")["items"], 1)
	assert.Empty(t, get("orders?held=true")["items"])
	o := get("orders/536365")
	assert.Equal(t, "홍*동", o["recipient"].(map[string]any)["name"])
	assert.Equal(t, map[string]any{"85123A": map[string]any{"name": map[string]any{"ko": "화이트 랜턴"}, "variant": map[string]any{"ko": "블랙 / L"}}}, o["articles"])
	w := get("workers")["items"].([]any)[0].(map[string]any)
	assert.Equal(t, "name of lead-1", w["name"])
	assert.Equal(t, true, w["session"].(map[string]any)["proven"])
	assert.Equal(t, "login", get("audit?limit=1")["items"].([]any)[0].(map[string]any)["what"])
	assert.Empty(t, get("kpi?from=2026-11-21T00:00:00Z&to=2026-11-22T00:00:00Z")["items"])
	assert.Empty(t, get("exceptions")["items"])
	for _, rt := range s.s.table() {
		doc := get("openapi.json")["paths"].(map[string]any)
		assert.Contains(t, doc[rt.path], strings.ToLower(rt.method), rt.path)
	}
	for path, want := range map[string]int{"orders?limit=x": 400, "orders?held=maybe": 400, "kpi?from=today": 400, "audit?limit=0": 400,
		"orders/none": 404, "labels/A-1.png": 200, "labels/A-2.png": 404, "labels/A-1.svg": 404} {
		status, _, _ := s.do("GET", "/site/v1/"+path, lead, "")
		assert.Equal(t, want, status, path)
	}
}

// TestAnIDOfTwoClients: nothing is done to an order of one of them by a guess.
func TestAnIDOfTwoClients(t *testing.T) {
	s := newSite(t, func(_ *Config, d *Deps) {
		e := d.Floor.(*engine)
		e.orders = append(e.orders, &edge.Order{ID: "536365", Client: "hanbit", Stage: edge.StageReceived, Lines: []*edge.Line{{ID: "1", SKU: "A", Wanted: 1}}})
	})
	lead := s.login("L-001", "135790")
	for path, want := range map[string]int{"": 409, "?client=hanbit": 200, "?client=nobody": 404} {
		status, _, body := s.do("GET", "/site/v1/orders/536365"+path, lead, "")
		assert.Equal(t, want, status, "%s %s", path, body)
		if want == 409 {
			assert.Equal(t, "clientNeeded", code(t, body))
			assert.Contains(t, body, "orders of default, hanbit have this id")
		}
	}
	status, _, body := s.do("POST", "/site/v1/orders/536365/hold", lead, `{"id":"`+newID(1)+`","reason":"x"}`)
	assert.Equal(t, 409, status)
	assert.Equal(t, "clientNeeded", code(t, body))
	status, _, body = s.do("POST", "/site/v1/paper", lead, `{"id":"`+newID(2)+`","orders":["536365"]}`)
	require.Equal(t, 200, status, body)
	assert.Contains(t, body, `{"order":"536365","why":"clients"}`)
	status, _, body = s.do("POST", "/site/v1/paper", lead, `{"id":"`+newID(3)+`","orders":["536365"],"client":"hanbit"}`)
	require.Equal(t, 200, status, body)
	assert.Contains(t, body, `"client":"hanbit"`)
}

// holds is a floor that remembers the ids of the changes it took.
type holds struct {
	*engine
	ids map[string]int
}

func (h *holds) Submit(ctx context.Context, m *edge.Message) (edge.Verdict, error) {
	if c, ok := m.Body.(*edge.OrderChange); ok {
		h.ids[c.ID]++
	}
	return h.engine.Submit(ctx, m)
}

// TestPaperHoldsAreOneForEachOrder: two clients have an order of one id, and the next
// ones are printed. An id of a change names one change.
func TestPaperHoldsAreOneForEachOrder(t *testing.T) {
	var h *holds
	s := newSite(t, func(_ *Config, d *Deps) {
		h = &holds{engine: d.Floor.(*engine), ids: map[string]int{}}
		d.Floor, h.orders = h, nil
		for _, client := range []string{"default", "hanbit"} {
			h.orders = append(h.orders, &edge.Order{ID: "536365", Client: client, Stage: edge.StageReceived, OrderTerms: &edge.OrderTerms{}, Lines: []*edge.Line{{ID: "1", SKU: "A", Wanted: 1}}})
		}
	})
	status, _, body := s.do("POST", "/site/v1/paper", s.login("L-001", "135790"), `{"id":"`+newID(1)+`","next":2,"hold":true}`)
	require.Equal(t, 200, status, body)
	want := "lead-" + newID(1) + "-"
	assert.Equal(t, map[string]int{want + "default/536365": 1, want + "hanbit/536365": 1}, h.ids)
}

// TestAPackerSeesTheLabelThatTheScreenAsksAbout and no other: not of a desk
// that is not theirs, and not what they have settled.
func TestAPackerSeesTheLabelThatTheScreenAsksAbout(t *testing.T) {
	s := newSite(t)
	packer := s.login("W-002", "")
	for _, c := range []struct {
		asks, file string
		want       int
	}{{"", "A-1.png", 404}, {"", ".png", 404}, {"A-2", "A-1.png", 404}, {"A-1", "A-1.png", 200}, {"A-1", "A-1.svg", 404}, {"A-1", "A-1", 404}, {"A-2", "A-2.png", 404}} {
		s.e.mu.Lock()
		s.e.asks = c.asks
		s.e.mu.Unlock()
		status, h, body := s.do("GET", "/floor/v1/labels/"+c.file, packer, "")
		assert.Equal(t, c.want, status, "%+v", c)
		if c.want == 200 {
			assert.Equal(t, "image/png", h.Get("Content-Type"))
			assert.Equal(t, "png", body)
		}
	}
	status, _, _ := s.do("GET", "/site/v1/labels/A-1.png", packer, "")
	assert.Equal(t, 403, status, "and never the lead's way")
}

// TestNoDigestLeaves: orders say with whom they go, not by which hash that was
// found out.
func TestNoDigestLeaves(t *testing.T) {
	s := newSite(t)
	s.e.orders[0].OrderTerms = &edge.OrderTerms{Consolidate: "S-1", Together: "digest-1", Like: "digest-2", HeldOf: "536364"}
	s.e.commit(&edge.Commit{Epoch: "ep", Head: 1, Changes: []edge.Change{{Table: edge.TableOrders, Key: "default/536365", Value: s.e.orders[0]}}})
	lead := s.login("L-001", "135790")
	for _, path := range []string{"orders", "orders/536365"} {
		_, _, body := s.do("GET", "/site/v1/"+path, lead, "")
		assert.Contains(t, body, `"heldOf":"536364"`)
		assert.Contains(t, body, `"consolidate":"S-1"`)
		assert.NotContains(t, body, "digest")
	}
}

func TestDeviceKeys(t *testing.T) {
	s := newSite(t)
	lead := s.login("L-001", "135790")
	status, _, body := s.do("POST", "/site/v1/devices", lead, `{"name":"pda-09"}`)
	require.Equal(t, 200, status)
	var v struct{ Name, Key string }
	require.NoError(t, json.Unmarshal([]byte(body), &v))
	assert.Len(t, v.Key, 22)
	assert.NotContains(t, s.e.recorded(), v.Key)
	_, _, body = s.do("GET", "/site/v1/enrolments", lead, "")
	assert.Contains(t, body, `"name":"pda-09","by":"lead-1"`)
	assert.NotContains(t, body, "hash")
	for i, want := range []int{204, 404} {
		status, _, _ = s.do("POST", "/site/v1/devices/pda-09/revoke", lead, `{"reason":"lost"}`)
		assert.Equal(t, want, status, fmt.Sprint(i))
	}
	status, _, _ = s.do("POST", "/site/v1/devices", lead, `{}`)
	assert.Equal(t, 400, status)
}

func TestTemporaryBadge(t *testing.T) {
	s := newSite(t)
	lead := s.login("L-001", "135790")
	status, _, body := s.do("POST", "/site/v1/workers/w-1/badge", lead, `{"hours":2,"reason":"forgotten"}`)
	require.Equal(t, 200, status, body)
	var v struct{ Badge, Until string }
	require.NoError(t, json.Unmarshal([]byte(body), &v))
	assert.Equal(t, "2026-11-21T11:14:03.221+09:00", v.Until)
	assert.NotContains(t, s.e.recorded(), v.Badge)
	s.login(v.Badge, "")
	assert.Equal(t, "w-1", s.a.Live()[1].Worker)
	for path, want := range map[string]int{"w-1": 400, "nobody": 404} {
		hours := map[string]string{"w-1": "25", "nobody": "1"}[path]
		status, _, _ = s.do("POST", "/site/v1/workers/"+path+"/badge", lead, `{"hours":`+hours+`}`)
		assert.Equal(t, want, status)
	}
	status, _, _ = s.do("POST", "/site/v1/workers/w-1/unlock", lead, `{"reason":"known"}`)
	assert.Equal(t, 204, status)
}

// A call for help is on the lead's page with who, where and what stood on the
// screen, and the lead closes it there.
func TestACallForHelpReachesTheLead(t *testing.T) {
	s := newSite(t)
	worker, lead := s.login("W-001", ""), s.login("L-001", "135790")
	status, _, body := s.do("POST", "/floor/v1/actions", worker, `{"id":"`+newID(1)+`","action":"help","rev":0,"at":"2026-11-21T09:14:03.221+09:00"}`)
	require.Equal(t, 200, status, body)
	s.e.commit(&edge.Commit{Epoch: "ep", Head: 7, Events: []edge.Event{{Seq: 7, At: s.e.clock, Type: edge.EvStep, Worker: "w-1", Device: "pda-07",
		Data: &edge.StepConfirmed{Kind: "help", Step: "item"}}}})
	exceptions := func() string {
		_, _, body := s.do("GET", "/site/v1/exceptions", lead, "")
		return body
	}
	require.Eventually(t, func() bool { return strings.Contains(exceptions(), `"kind":"help"`) }, 30*time.Second, time.Millisecond)
	for _, want := range []string{`"id":"7"`, `"worker":"w-1"`, `"device":"pda-07"`, `"flow":"pick"`, `"step":"item"`, `"order":"536365"`} {
		assert.Contains(t, exceptions(), want)
	}
	status, _, _ = s.do("POST", "/site/v1/helps/8/close", lead, `{}`)
	assert.Equal(t, 404, status)
	status, _, body = s.do("POST", "/site/v1/helps/7/close", lead, `{"reason":"went there"}`)
	assert.Equal(t, 204, status, body)
	assert.NotContains(t, exceptions(), "help")
	assert.Contains(t, s.e.recorded(), `"what":"help.close","who":"lead-1","of":"7"`)
	status, _, _ = s.do("POST", "/site/v1/helps/7/close", lead, `{}`)
	assert.Equal(t, 404, status, "closed is closed")
}

func TestStationsAreListed(t *testing.T) {
	s := newSite(t, func(c *Config, _ *Deps) {
		c.Stations = []edge.Station{{Name: "pack-1", Printers: []string{"p"}}, {Name: "pack-2"}}
	})
	_, _, body := s.do("GET", "/floor/v1/stations", s.login("W-002", ""), "")
	assert.JSONEq(t, `{"items":[{"name":"pack-1","free":true,"printer":"p"},{"name":"pack-2","free":false,"why":"noPrinter"}]}`, body)
}

func TestNotReadySaysWhichPart(t *testing.T) {
	s := newSite(t, func(_ *Config, d *Deps) {
		d.Ready = func(context.Context) error {
			return fmt.Errorf("x: %w", &NotReady{Code: "storeFull", Detail: "disk: make room"})
		}
	})
	status, h, body := s.do("GET", "/readyz", "", "")
	assert.Equal(t, 503, status)
	assert.Equal(t, "storeFull", code(t, body))
	assert.Contains(t, body, "disk: make room")
	assert.NotEmpty(t, h.Get("Retry-After"))
	status, _, _ = s.do("GET", "/healthz", "", "")
	assert.Equal(t, 200, status)
}
