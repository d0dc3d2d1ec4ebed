package contract

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/config"
	"dcedge/edge/edgetest/sitetest"
)

// TestTimes: every time in every answer under /site, in every frame of the site's
// socket and in the start of a shift has milliseconds and the site's offset.
func TestTimes(t *testing.T) {
	t.Parallel()
	s := site(t, 1)
	lead := s.PushLead()
	k := readTimes(t, s, lead)
	busy(t, s, lead)
	k.until("O-0004") // its hold: all before it was told
	var doc struct {
		Paths map[string]map[string]any
	}
	get := func(path string) {
		a := s.Do("GET", path, lead, nil)
		require.Equal(t, 200, a.Code, "%s %s", path, a.Body)
		if strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
			k.check(path, a.Body)
		}
	}
	s.Do("GET", "/site/v1/openapi.json", lead, nil).JSON(t, &doc)
	truck := ""
	for _, e := range events(t, s) {
		if e.Type == "truck.opened" {
			truck, _ = e.Data["truck"].(string)
		}
	}
	require.NotEmpty(t, truck)
	for path, of := range doc.Paths {
		if of["get"] == nil || !strings.HasPrefix(path, "/site/") || strings.HasSuffix(path, "/socket") || strings.Contains(path, "{file}") {
			continue
		}
		for _, order := range []string{"O-0001", "O-0002", "O-0003", "O-0004"} {
			get(strings.NewReplacer("{order}", order, "{truck}", truck).Replace(path))
		}
	}
	get("/floor/v1/shift")
	for _, name := range []string{"orders.received", "orders.cutoff", "boxes.at", "exceptions.since", "devices.since", "workers.since", "workers.last", "trucks.opened", "kpi.from", "cutoffs.at", "shifts.at", "socket.since"} {
		assert.Positive(t, k.seen[name], "the site was not busy enough to say %s", name)
	}
}

// busy has an order on a truck, one packed, one in a picker's hands and one held, and
// a shift signed.
func busy(t *testing.T, s *sitetest.Site, lead string) {
	t.Helper()
	w := packed(t, s, "O-0001")
	finish(t, s, w)
	require.True(t, w.Act("start", map[string]any{"flow": "load"}).OK)
	require.True(t, w.Scan("DOCK-D1").OK, says(w.Last))
	_, code := w.Screen().First()
	require.True(t, w.Scan(code).OK, says(w.Last))
	require.True(t, w.Act("leave", nil).OK)
	finish(t, s, packed(t, s, "O-0002"))
	s.Push(sitetest.Order("O-0003", sitetest.Line{SKU: "MUG", Quantity: 2, Location: "A01-01-1"}), sitetest.Order("O-0004", sitetest.Line{SKU: "PEN", Quantity: 1, Location: "A01-01-1"}))
	p := s.Worker("W-002")
	require.True(t, p.Act("start", map[string]any{"flow": "pick", "mode": "order", "orders": []string{"O-0003"}}).OK)
	require.True(t, p.Scan("TOTE-00033").OK)
	require.True(t, p.Act("help", nil).OK)
	a := s.Do("POST", "/site/v1/shift/end", lead, []byte(`{"id":"`+now()+`","badge":"L-001","pin":"`+sitetest.LeadPIN+`"}`))
	require.Equal(t, 200, a.Code, "%s", a.Body)
	a = s.Do("POST", "/site/v1/orders/O-0004/hold", lead, []byte(`{"id":"`+now()+`","reason":"fraudCheck"}`))
	require.Equal(t, 200, a.Code, "%s", a.Body)
}

// timeReader looks at every string that is a time.
type timeReader struct {
	t    *testing.T
	s    *sitetest.Site
	ws   *websocket.Conn
	zone *time.Location
	seen map[string]int // by the last part of the path, and the field
}

func readTimes(t *testing.T, s *sitetest.Site, lead string) *timeReader {
	t.Helper()
	ws, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(s.URL, "http")+"/site/v1/socket", map[string][]string{"Authorization": {"Bearer " + lead}})
	require.NoError(t, err)
	t.Cleanup(func() { _ = ws.Close() })
	cfg, err := config.Load(s.Config)
	require.NoError(t, err)
	return &timeReader{t: t, s: s, ws: ws, zone: cfg.Zone(), seen: map[string]int{}}
}

// until reads frames up to the one that says that an order is held.
func (k *timeReader) until(order string) {
	k.t.Helper()
	require.NoError(k.t, k.ws.SetReadDeadline(time.Now().Add(30*time.Second)))
	for {
		_, b, err := k.ws.ReadMessage()
		require.NoError(k.t, err)
		k.check("socket", b)
		if strings.Contains(string(b), `"held:`+order) {
			return
		}
	}
}

var (
	looksLikeTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d`)
	isTime        = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$`)
)

func (k *timeReader) check(path string, b []byte) {
	k.t.Helper()
	var v any
	require.NoError(k.t, json.Unmarshal(b, &v))
	k.walk(path, "", v)
}

func (k *timeReader) walk(path, field string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, x := range v {
			if name == "boxes" || name == "cutoffs" {
				k.walk(path[:strings.LastIndex(path, "/")+1]+name, name, x)
				continue
			}
			k.walk(path, name, x)
		}
	case []any:
		for _, x := range v {
			k.walk(path, field, x)
		}
	case string:
		if !looksLikeTime.MatchString(v) {
			return
		}
		parts := strings.Split(path, "/")
		k.seen[parts[len(parts)-1]+"."+field]++
		assert.Regexp(k.t, isTime, v, "%s %s", path, field)
		at, err := time.Parse(time.RFC3339, v)
		require.NoError(k.t, err)
		assert.Equal(k.t, at.In(k.zone).Format(time.RFC3339), at.Format(time.RFC3339), "the site's offset: %s %s", path, field)
	}
}
