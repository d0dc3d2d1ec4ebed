package contract

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
)

// push sends lines and gives accepted, unchanged and the code of each refused line.
func push(t *testing.T, s *sitetest.Site, lines ...string) (accepted, unchanged int, codes map[int]string) {
	t.Helper()
	p := s.TryPush(lines...)
	codes = map[int]string{}
	for _, r := range p.Rejected {
		codes[r.Line] = r.Code
		assert.NotContains(t, r.Detail, "SECRET", "a detail never quotes a value")
	}
	assert.Equal(t, len(p.Rejected), p.RejectedTotal)
	return p.Accepted, p.Unchanged, codes
}

func TestReferenceRefusesByLine(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	order := func(id, rest string) string {
		return fmt.Sprintf(`{"kind":"order","id":%q,"carrier":"cj","lines":[{"id":"1","sku":"MUG","quantity":1,"location":"A01-01-1"}]%s}`, id, rest)
	}
	lines := []struct{ text, code string }{
		{order("GOOD-1", ""), ""},
		{`{"kind":"sku","id":"SECRET"`, "malformed"},
		{`not JSON SECRET`, "malformed"},
		{`["SECRET"]`, "malformed"},
		{`{"kind":"tote","id":"SECRET","id":"SECRET2"}`, "malformed"},
		{`{"kind":"tote","id":"` + strings.Repeat("x", 256<<10) + `"}`, "malformed"},
		{"{\"kind\":\"tote\",\"id\":\"SECRET\xff\"}", "malformed"},
		{`{"kind":"spaceship","id":"SECRET"}`, "unknownKind"},
		{`{"id":"SECRET"}`, "fieldMissing"},
		{`{"kind":"tote"}`, "idMissing"},
		{`{"kind":"order","id":"SECRET","lines":[{"id":"1","sku":"MUG","quantity":1}]}`, "fieldMissing"},
		{`{"kind":"order","id":"SECRET","carrier":"cj"}`, "fieldMissing"},
		{`{"kind":"order","id":"SECRET","carrier":"cj","lines":[{"id":"1","sku":"MUG","quantity":"SECRET"}]}`, "fieldType"},
		{`{"kind":"order","id":"SECRET","carrier":7,"lines":[{"id":"1","sku":"MUG","quantity":1}]}`, "fieldType"},
		{`{"kind":"sku","id":"SECRET","barcodes":{"code":"1"}}`, "fieldType"},
		{`{"kind":"waybillRange","id":"SECRET","carrier":"cj","firstSerial":"65000000010","count":10,"epoch":"` + s.Epoch + `"}`, "rangeConflict"},
		{`{"kind":"waybillRange","id":"SECRET","carrier":"cj","firstSerial":"77000000000","count":10,"epoch":"01JSECRET"}`, "epoch"},
		{order("GOOD-2", `,"later":{"unknown":[1,2]}`), ""},
	}
	var texts []string
	want := map[int]string{}
	for i, l := range lines {
		texts = append(texts, l.text)
		if l.code != "" {
			want[i+1] = l.code
		}
	}
	accepted, unchanged, codes := push(t, s, texts...)
	assert.Equal(t, want, codes)
	assert.Equal(t, 2, accepted, "a bad record harms no other")
	assert.Zero(t, unchanged)
	assert.Equal(t, 415, s.Do("POST", "/sync/v1/reference", sitetest.WMSKey, []byte("x"), "Content-Encoding: gzip").Code)
}

func TestReferenceOfOrders(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	order := func(id, sku string, n, rev int) string {
		return fmt.Sprintf(`{"kind":"order","id":%q,"rev":%d,"carrier":"cj","lines":[{"id":"1","sku":%q,"quantity":%d,"location":"A01-01-1"}]}`, id, rev, sku, n)
	}
	take := func(want, wantUnchanged int, lines ...string) {
		t.Helper()
		accepted, unchanged, codes := push(t, s, lines...)
		assert.Equal(t, [...]any{want, wantUnchanged}, [...]any{accepted, unchanged})
		assert.Empty(t, codes)
	}
	of := func(order string) (types []string) {
		for _, e := range events(t, s) {
			if e.Order == order {
				types = append(types, e.Type)
			}
		}
		return types
	}
	take(1, 0, order("O-1", "MUG", 2, 5))
	take(0, 1, order("O-1", "MUG", 2, 5))
	take(0, 1, order("O-1", "MUG", 9, 4))
	assert.Equal(t, []string{"order.received"}, of("O-1"), "an older rev and the same again change nothing")
	take(1, 0, order("O-1", "MUG", 3, 6))
	assert.Equal(t, []string{"order.received", "order.changed"}, of("O-1"))

	take(1, 0, order("O-2", "LATER", 2, 1))
	assert.Equal(t, []string{"order.parked"}, of("O-2"), "parked counts as accepted")
	take(1, 0, `{"kind":"sku","id":"LATER","name":{"en":"Later"},"barcodes":[{"code":"2900000000049","quantity":1}]}`)
	require.Eventually(t, func() bool { return len(of("O-2")) == 2 }, 30*time.Second, 20*time.Millisecond)
	assert.Equal(t, []string{"order.parked", "order.received"}, of("O-2"), "taken up when the record arrives")

	w := s.Worker("W-001")
	require.True(t, w.Act("start", map[string]any{"flow": "pick", "mode": "order", "orders": []string{"O-1"}}).OK)
	require.True(t, w.Scan("TOTE-00001").OK)
	require.True(t, w.Scan(sitetest.Mug).OK)
	_, _, codes := push(t, s, order("O-1", "MUG", 30, 7))
	assert.Equal(t, map[int]string{1: "begun"}, codes)
	take(1, 0, `{"kind":"orderChange","id":"chg-1","rev":1,"order":"O-2","change":"cancel","reason":"customer"}`)
	take(0, 1, `{"kind":"orderChange","id":"chg-1","rev":1,"order":"O-2","change":"cancel","reason":"customer"}`)
	_, unchanged, codes := push(t, s, order("O-2", "MUG", 2, 8))
	assert.True(t, unchanged == 1 || codes[1] == "cancelled", "nothing revives a cancelled order: %v", codes)
	types := of("O-2")
	assert.Equal(t, "order.cancelStopped", types[len(types)-1])
	var answer event
	for _, e := range events(t, s) {
		if e.Type == "order.cancelStopped" {
			answer = e
		}
	}
	assert.Equal(t, "chg-1", answer.Data["change"])
	assert.Equal(t, "cancel", answer.Data["kind"])
	assert.Contains(t, answer.Data, "step")
}

// TestCursorsAfterARollback: a folder brought back from an old copy has fewer
// events than a cursor, and then others.
func TestCursorsAfterARollback(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	some(t, s, 5)
	s.StopEdge()
	data, old := filepath.Join(s.Dir, "data"), filepath.Join(s.Dir, "old")
	require.NoError(t, os.CopyFS(old, os.DirFS(data)))
	s.StartEdge()
	some(t, s, 20)
	h, _ := batch(t, s, sitetest.WMSKey, "after=start&limit=20")
	s.StopEdge()
	require.NoError(t, os.RemoveAll(data))
	require.NoError(t, os.Rename(old, data))
	require.NoError(t, os.Chmod(data, 0o700))
	require.NoError(t, filepath.WalkDir(data, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			err = os.Chmod(p, 0o600)
		}
		return err
	}))
	s.StartEdge()
	a := s.Do("GET", "/sync/v1/events?"+after(h.Next), sitetest.WMSKey, nil)
	assert.Equal(t, 416, a.Code, "%s", a.Body)
	assert.Equal(t, "ahead", a.Problem())
	some(t, s, 30)
	a = s.Do("GET", "/sync/v1/events?"+after(h.Next), sitetest.WMSKey, nil)
	assert.Equal(t, 409, a.Code, "%s", a.Body)
	assert.Equal(t, "fork", a.Problem())
	a = s.Do("POST", "/sync/v1/ack", sitetest.WMSKey, fmt.Appendf(nil, `{"cursor":%q}`, h.Next))
	assert.Equal(t, 409, a.Code, "an acknowledgement of another history: %s", a.Body)
}
