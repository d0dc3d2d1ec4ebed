package reference

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/sync/batch"
)

// world stands in for engine, catalogue, vault, sealer and the index of closed
// orders. trace tells what came in which order.
type world struct {
	mu      sync.Mutex
	trace   []string
	records []any
	snap    *catalogue.Snapshot
	hashes  map[string]string
	people  map[string][]string // subject -> contents
	queue   chan func()
	locked  bool
	fault   error // of the engine's flush
	full    error // of the enqueueing
	closed  map[string]string
}

func newWorld(t *testing.T) *world {
	w := &world{snap: catalogue.New(), hashes: map[string]string{}, people: map[string][]string{}, closed: map[string]string{}, queue: make(chan func(), 16)}
	go func() {
		for fn := range w.queue {
			fn()
		}
	}()
	t.Cleanup(func() { close(w.queue) })
	return w
}

func (w *world) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trace = append(w.trace, fmt.Sprintf(format, args...))
}

func (w *world) Put(_ context.Context, changes []Change) ([]bool, string, error) {
	e := w.snap.Edit()
	out := make([]bool, len(changes))
	for i, c := range changes {
		var err error
		if out[i], err = e.Put(c.Record, c.Gone); err != nil {
			return nil, "", err
		}
		w.note("put %T", c.Record)
	}
	w.snap = e.Snapshot()
	return out, w.Revision(), nil
}

func (w *world) Revision() string { return "r1" }

func (w *world) SubmitFunc(_ context.Context, m *edge.Message, done func(edge.Verdict, error)) error {
	if w.full != nil {
		return w.full
	}
	w.queue <- func() { // behind the back of the caller, like the engine
		w.note("decided %T", m.Body)
		w.mu.Lock()
		w.records = append(w.records, m.Body)
		v := edge.Verdict{OK: true, Code: edge.Accepted}
		if o, ok := m.Body.(*edge.OrderRecord); ok {
			switch {
			case o.Gone:
			case w.hashes[o.ID] == o.Hash:
				v.Code = edge.Unchanged
			case strings.HasPrefix(o.ID, "begun"):
				v.OK, v.Code, v.Detail = false, edge.Begun, "order"
			}
			w.hashes[o.ID] = o.Hash
		}
		w.mu.Unlock()
		done(v, w.fault)
	}
	return nil
}

func (w *world) vault() *people { return &people{w} }

type people struct{ w *world }

func (p *people) Locked() bool { return p.w.locked }

func (p *people) Hash(d edge.Personal) (string, error) {
	b, err := json.Marshal(d)
	return fmt.Sprintf("keyed:%x", b), err
}

func (p *people) Put(items []edge.PersonalItem) (refs []edge.PersonalRef, known []bool, err error) {
	for _, it := range items {
		b, err := json.Marshal(it.Data)
		if err != nil {
			return nil, nil, err
		}
		key := it.Worker + "|" + it.Client + "|" + it.Order
		had := p.w.people[key]
		at := 0
		for at < len(had) && had[at] != string(b) {
			at++
		}
		known = append(known, at < len(had))
		if at == len(had) {
			p.w.people[key] = append(had, string(b))
		}
		refs = append(refs, edge.PersonalRef{Ref: "ref-" + it.Order, Version: at + 1})
		p.w.note("vault %s", key)
	}
	return refs, known, nil
}

func (w *world) Seal(h string) (string, error) {
	if strings.Contains(h, "bad") {
		return "", errors.New("no argon2id: " + h)
	}
	return "seal:" + h[len(h)-4:], nil
}

func (w *world) Order(client, id string) (string, bool, bool, error) {
	how, ok := w.closed[client+"/"+id]
	hash, cancelled := strings.CutPrefix(how, "cancelled:")
	return hash, cancelled, ok, nil
}

func (w *world) handler(t testing.TB) *Handler {
	h, err := New(Config{Zone: time.FixedZone("KST", 9*3600), Catalogue: w, Engine: w, Vault: w.vault(), Sealer: w, Closed: w,
		Now:    func() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) },
		Full:   func(err error) bool { return strings.Contains(err.Error(), "full") },
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	require.NoError(t, err)
	return h
}

func push(t *testing.T, h http.Handler, body string) batch.Pushed {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest("POST", "/sync/v1/reference", strings.NewReader(body)))
	require.Equal(t, 200, rec.Code, rec.Body.String())
	var out batch.Pushed
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &out))
	return out
}

const anOrder = `{"kind":"order","id":"536365","orderedAt":"2026-11-21T08:26:00+09:00","carrier":"cj","cutoff":"25:30","priority":6,` +
	`"recipient":{"name":"황하은","phone":"010-8477-1824"},"routing":{"sortCode":"4W44"},"lines":[{"id":"1","sku":"84029G","quantity":6,"location":"C02-21-4"}]}`

func TestOrderGoesThroughTheVault(t *testing.T) {
	w := newWorld(t)
	h := w.handler(t)
	got := push(t, h, anOrder+"\n")
	assert.Equal(t, batch.Pushed{Accepted: 1, Rejected: []batch.Rejected{}, Revision: "r1"}, got)
	assert.Equal(t, []string{"vault |default|536365", "decided *edge.OrderRecord"}, w.trace)
	o := w.records[0].(*edge.OrderRecord)
	assert.Equal(t, "ref-536365", o.RecipientRef)
	assert.Equal(t, 1, o.RecipientVersion)
	assert.Equal(t, "default", o.Client)
	assert.Equal(t, "2026-11-22T01:30:00+09:00", o.Cutoff.Format(time.RFC3339))
	assert.Equal(t, []edge.OrderLine{{Line: "1", SKU: "84029G", Quantity: 6, Location: "C02-21-4"}}, o.Lines)
	b, err := json.Marshal(o)
	require.NoError(t, err)
	assert.NotContains(t, string(b), "하은")

	assert.Equal(t, 1, push(t, h, anOrder).Unchanged, "without a last newline, and with an equal hash")
	assert.Equal(t, 1, push(t, h, strings.Replace(anOrder, "1824", "1825", 1)).Accepted)
	assert.Equal(t, 2, w.records[2].(*edge.OrderRecord).RecipientVersion)
	assert.Equal(t, 1, push(t, h, strings.Replace(anOrder, `"id":"536365",`, `"id":"536365","rev":7,`, 1)).Accepted, "the recipient is as before, so the hash differs from the last")
	assert.Equal(t, int64(7), *w.records[3].(*edge.OrderRecord).Rev)
	assert.Equal(t, o.Hash, w.records[3].(*edge.OrderRecord).Hash, "rev is no content")
}

func TestOrderOfLinesIsKept(t *testing.T) {
	w := newWorld(t)
	h := w.handler(t)
	tote, stock, order := `{"kind":"tote","id":"T-1"}`, `{"kind":"stock","location":"L","sku":"S","quantity":0}`, strings.Replace(anOrder, `"recipient"`, `"x"`, 1)
	order = strings.Replace(order, `"routing"`, `"y"`, 1)
	got := push(t, h, strings.Join([]string{order, stock, tote, `{"kind":"dock","id":"D"}`, stock, `{"kind":"cell","id":"C"}`}, "\n"))
	assert.Equal(t, 6, got.Accepted)
	assert.Equal(t, []string{"decided *edge.OrderRecord", "decided *edge.StockRecord", "put *edge.ToteRecord", "put *edge.DockRecord",
		"decided *edge.StockRecord", "put *edge.CellRecord"}, w.trace)
}

func TestEveryKindOfTheContract(t *testing.T) {
	w := newWorld(t)
	h := w.handler(t)
	body, err := os.ReadFile(filepath.Join("testdata", "kinds.ndjson"))
	require.NoError(t, err)
	n := bytes.Count(body, []byte("\n"))
	got := push(t, h, string(body))
	assert.Empty(t, got.Rejected)
	assert.Equal(t, n, got.Accepted)
	require.NotNil(t, w.snap.Worker("w-001"))
	assert.Equal(t, "seal:HASH", w.snap.Worker("w-001").PINSeal)
	assert.Equal(t, []string{`{"workerName":"김피커"}`}, w.people["w-001||"])
	assert.Equal(t, 12, w.snap.Resolve("12912345678900")[0].Quantity)
	assert.Equal(t, "tote", w.snap.Resolve("TOTE-00007")[0].Kind)
	var seen []string
	for _, r := range w.records {
		seen = append(seen, strings.TrimPrefix(fmt.Sprintf("%T", r), "*edge."))
	}
	assert.Equal(t, []string{"StockRecord", "WaybillRange", "OrderRecord", "OrderChange", "PickList", "ReturnRecord", "CarrierScan"}, seen)
	assert.Equal(t, uint64(65000000000), w.records[1].(*edge.WaybillRange).FirstSerial)
	change := w.records[3].(*edge.OrderChange)
	assert.Equal(t, "readdress", change.Change)
	assert.Equal(t, "other", change.Reason, "prose stays out of events")
	assert.False(t, change.Routed)
	assert.Equal(t, 2, change.RecipientVersion)

	again := push(t, h, string(body))
	assert.Zero(t, again.RejectedTotal)
	assert.Equal(t, n, again.Accepted+again.Unchanged)
	assert.Equal(t, n-6, again.Unchanged, "all but what this test's engine does not compare")
}

func TestGone(t *testing.T) {
	w := newWorld(t)
	h := w.handler(t)
	push(t, h, `{"kind":"sku","id":"S","barcodes":[{"code":"X"}]}`)
	require.Len(t, w.snap.Resolve("X"), 1)
	assert.Equal(t, 1, push(t, h, `{"kind":"sku","id":"S","gone":true}`).Accepted)
	assert.Empty(t, w.snap.Resolve("X"))
	assert.Equal(t, 1, push(t, h, `{"kind":"sku","id":"S","gone":true}`).Unchanged)
	assert.Equal(t, 1, push(t, h, `{"kind":"order","id":"o","gone":true}`).Accepted)
	assert.True(t, w.records[0].(*edge.OrderRecord).Gone)
	assert.Equal(t, edge.FieldType, push(t, h, `{"kind":"stock","gone":true}`).Rejected[0].Code)
}

func TestRefusals(t *testing.T) {
	w := newWorld(t)
	h := w.handler(t)
	line := `{"id":"1","sku":"S","quantity":1}`
	for _, c := range []struct {
		in     string
		code   edge.Code
		detail string
	}{
		{`nonsense`, edge.Malformed, notJSON}, {`{"kind":"tote"`, edge.Malformed, notJSON}, {`[]`, edge.Malformed, notJSON},
		{`{"kind":"tote","id":"a","id":"a"}`, edge.Malformed, notJSON}, {"{\"kind\":\"tote\",\"id\":\"\xff\"}", edge.Malformed, notJSON},
		{`{"kind":"order","id":"o","carrier":"c","lines":[{"id":"1","sku":"S","sku":"S","quantity":1}]}`, edge.Malformed, notJSON},
		{`{"kind":"tote","id":"\ud800"}`, edge.Malformed, notJSON}, {`{"kind":"tote","id":"a"} {}`, edge.Malformed, notJSON},
		{`{"id":"a"}`, edge.FieldMissing, "kind"}, {`{"kind":7}`, edge.FieldType, "kind"}, {`{"kind":"secretKind"}`, edge.UnknownKind, "kind"},
		{`{"kind":"tote"}`, edge.IDMissing, "id"}, {`{"kind":"tote","id":""}`, edge.IDMissing, "id"}, {`{"kind":"tote","id":null}`, edge.IDMissing, "id"},
		{`{"kind":"tote","id":7}`, edge.FieldType, "id"}, {`{"kind":"tote","id":"a\u0000b"}`, edge.FieldType, "id"},
		{`{"kind":"tote","id":"` + strings.Repeat("x", 129) + `"}`, edge.FieldType, "id"},
		{`{"kind":"tote","id":"a","rev":"1"}`, edge.FieldType, "rev"}, {`{"kind":"tote","id":"a","gone":1}`, edge.FieldType, "gone"},
		{`{"kind":"order","id":"o","lines":[` + line + `]}`, edge.FieldMissing, "carrier"},
		{`{"kind":"order","id":"o","carrier":"c"}`, edge.FieldMissing, "lines"}, {`{"kind":"order","id":"o","carrier":"c","lines":[]}`, edge.FieldMissing, "lines"},
		{`{"kind":"order","id":"o","carrier":"c","lines":[` + line + `,{"id":"2","quantity":1}]}`, edge.FieldMissing, "lines[1].sku"},
		{`{"kind":"order","id":"o","carrier":"c","lines":[{"sku":"S"}]}`, edge.FieldMissing, "lines[0].quantity"},
		{`{"kind":"order","id":"o","carrier":"c","lines":[{"sku":"S","quantity":0}]}`, edge.FieldType, "lines[0].quantity"},
		{`{"kind":"order","id":"o","carrier":"c","lines":[{"sku":"S","quantity":"1"}]}`, edge.FieldType, "lines[0].quantity"},
		{`{"kind":"order","id":"o","carrier":"c","lines":[{"sku":"S","quantity":1.5}]}`, edge.FieldType, "lines[0].quantity"},
		{`{"kind":"order","id":"o","carrier":"c","lines":[` + line + `,` + line + `]}`, edge.FieldType, "lines[1].id"},
		{`{"kind":"order","id":"o","carrier":"c","lines":{}}`, edge.FieldType, "lines"}, {`{"kind":"order","id":"o","carrier":"c","lines":[7]}`, edge.FieldType, "lines[0]"},
		{`{"kind":"order","id":"o","carrier":"c","cutoff":"tomorrow","lines":[` + line + `]}`, edge.FieldType, "cutoff"},
		{`{"kind":"order","id":"o","carrier":"c","recipient":{"phone":1082345678},"lines":[` + line + `]}`, edge.FieldType, "recipient.phone"},
		{`{"kind":"order","id":"begun-1","carrier":"c","lines":[` + line + `]}`, edge.Begun, "order"},
		{`{"kind":"orderChange","id":"c","order":"o","change":"cancel"}`, edge.FieldMissing, "rev"},
		{`{"kind":"orderChange","id":"c","rev":1,"order":"o","change":"burn"}`, edge.FieldType, "change"},
		{`{"kind":"orderChange","id":"c","rev":1,"order":"o","change":"reduceLine","line":"1"}`, edge.FieldMissing, "quantity"},
		{`{"kind":"orderChange","id":"c","rev":1,"order":"o","change":"readdress"}`, edge.FieldMissing, "recipient"},
		{`{"kind":"waybillRange","id":"r","carrier":"c","firstSerial":65,"count":1,"epoch":"e"}`, edge.FieldType, "firstSerial"},
		{`{"kind":"waybillRange","id":"r","carrier":"c","firstSerial":"65","count":1}`, edge.FieldMissing, "epoch"},
		{`{"kind":"worker","id":"w","badge":"B","roles":["king"]}`, edge.FieldType, "roles"}, {`{"kind":"worker","id":"w"}`, edge.FieldMissing, "badge"},
		{`{"kind":"worker","id":"w","badge":"B","pinHash":"$argon2id$bad"}`, edge.FieldType, "pinHash"}, {`{"kind":"worker","id":"w","badge":"B","pinHash":"1234"}`, edge.FieldType, "pinHash"},
		{`{"kind":"sku","id":"s","barcodes":[{"quantity":2}]}`, edge.FieldMissing, "barcodes[0].code"}, {`{"kind":"sku","id":"s","name":"x"}`, edge.FieldType, "name"},
		{`{"kind":"toteRange","id":"t","first":"A-1","last":"B-2"}`, edge.FieldType, "last"}, {`{"kind":"carrier","id":"c","cutoffs":["48:00"]}`, edge.FieldType, "cutoffs"},
		{`{"kind":"boxType","id":"b","sizeMm":[1,2]}`, edge.FieldType, "sizeMm"}, {`{"kind":"stock","location":"L","sku":"S","quantity":-1}`, edge.FieldType, "quantity"},
	} {
		got := push(t, h, c.in+"\n"+`{"kind":"tote","id":"other"}`)
		require.Len(t, got.Rejected, 1, c.in)
		assert.Equal(t, batch.Rejected{Line: 1, Code: c.code, Detail: c.detail}, got.Rejected[0], c.in)
		assert.Equal(t, 1, got.Accepted+got.Unchanged, "another record suffers from %s", c.in)
	}
}

func TestLongAndManyLines(t *testing.T) {
	w := newWorld(t)
	h := w.handler(t)
	pad := func(n int) string {
		head := `{"kind":"tote","id":"T","x":"`
		return head + strings.Repeat("x", n-len(head)-2) + `"}`
	}
	got := push(t, h, pad(MaxLine)+"\n\n"+pad(MaxLine+1)+"\n"+pad(3*MaxLine)+"\r\n"+`{"kind":"tote","id":"U"}`+"\r\n")
	assert.Equal(t, 2, got.Accepted)
	require.Len(t, got.Rejected, 2)
	assert.Equal(t, []int{3, 4}, []int{got.Rejected[0].Line, got.Rejected[1].Line})
	assert.Equal(t, edge.Malformed, got.Rejected[0].Code)

	var many strings.Builder
	for i := range 20_000 {
		switch {
		case i%2 == 0:
			fmt.Fprintf(&many, `{"kind":"order","id":"begun-%d","carrier":"c","lines":[{"sku":"S","quantity":1}]}`+"\n", i)
		default:
			many.WriteString("x\n")
		}
	}
	got = push(t, h, many.String())
	assert.Equal(t, 20_000, got.RejectedTotal)
	require.Len(t, got.Rejected, 1000)
	for i, r := range got.Rejected {
		require.Equal(t, i+1, r.Line)
	}
}

func TestClosedOrders(t *testing.T) {
	w := newWorld(t)
	h := w.handler(t)
	push(t, h, anOrder)
	w.closed["default/536365"] = w.records[0].(*edge.OrderRecord).Hash
	before := len(w.trace)
	assert.Equal(t, 1, push(t, h, anOrder).Unchanged)
	other := strings.Replace(anOrder, "하은", "하늘", 1)
	assert.Equal(t, []batch.Rejected{{Line: 1, Code: edge.Begun, Detail: "order"}}, push(t, h, other).Rejected)
	w.closed["default/536365"] = "cancelled:zzz"
	assert.Equal(t, []batch.Rejected{{Line: 1, Code: edge.CancelledOrder, Detail: "order"}}, push(t, h, other).Rejected)
	assert.Len(t, w.trace, before, "neither vault nor engine was asked")
	cancel := `{"kind":"orderChange","id":"chg-9","rev":9,"order":"536365","change":"cancel"}`
	push(t, h, cancel)
	require.Len(t, w.records, 2, "the floor answers every change: it may still know the order")
	assert.Equal(t, edge.StageCancelled, w.records[1].(*edge.OrderChange).Ended)
	w.closed["default/536365"] = w.records[0].(*edge.OrderRecord).Hash
	push(t, h, `{"kind":"orderChange","id":"chg-10","rev":10,"order":"536365","change":"readdress","recipient":{"name":"하늘","postcode":"06236","address":"서울"}}`)
	require.Len(t, w.records, 3)
	assert.Equal(t, edge.StageShipped, w.records[2].(*edge.OrderChange).Ended)
	assert.Len(t, w.trace, before+2, "no address of an order that has ended is kept")
}

func TestFaultsFailTheRequest(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func(*world)
		body   string
		status int
		code   string
	}{
		"locked":     {func(w *world) { w.locked = true }, anOrder, 503, batch.VaultLocked},
		"full":       {func(w *world) { w.fault = errors.New("disk full") }, anOrder, 503, batch.StoreFull},
		"dead":       {func(w *world) { w.full = errors.New("engine has stopped") }, anOrder, 503, batch.Unavailable},
		"dead later": {func(w *world) { w.fault = errors.New("flush failed") }, anOrder + "\n" + `{"kind":"tote","id":"T"}`, 503, batch.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			h := w.handler(t)
			c.spoil(w)
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, httptest.NewRequest("POST", "/sync/v1/reference", strings.NewReader(c.body)))
			var p batch.Problem
			require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &p))
			assert.Equal(t, c.status, rec.Code)
			assert.Equal(t, c.code, p.Code)
			assert.NotContains(t, rec.Body.String(), "하은")
			assert.Zero(t, w.snap.Counts()["tote"])
		})
	}
}

// cutBody ends like a connection that breaks.
type cutBody struct{ r io.Reader }

func (c cutBody) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func TestCutBodyKeepsWhatCameBefore(t *testing.T) {
	w := newWorld(t)
	h := w.handler(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // the caller is gone
	rec := httptest.NewRecorder()
	body := anOrder + "\n" + `{"kind":"tote","id":"T-1"}` + "\n" + `{"kind":"tote","id":"T-2"}`
	h.ServeHTTP(rec, httptest.NewRequestWithContext(ctx, "POST", "/", cutBody{strings.NewReader(body)}))
	assert.Equal(t, 400, rec.Code)
	assert.Len(t, w.records, 1)
	assert.Equal(t, 1, w.snap.Counts()["tote"], "half a line is no record")
}

func TestContentEncodingIsRefused(t *testing.T) {
	h := newWorld(t).handler(t)
	r := httptest.NewRequest("POST", "/", strings.NewReader(anOrder))
	r.Header.Set("Content-Encoding", "gzip")
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	assert.Equal(t, 415, rec.Code)
}

func TestAReasonStaysOnlyWhereItIsACode(t *testing.T) {
	for in, want := range map[string]string{"customerRequest": "customerRequest", "stock-out.2": "stock-out.2", "": "",
		"01012345678": "other", "2인 가구": "other", "Kim called": "other", "x" + strings.Repeat("y", 64): "other"} {
		w := newWorld(t)
		h := w.handler(t)
		got := push(t, h, fmt.Sprintf(`{"kind":"orderChange","id":"c1","rev":1,"order":"1","change":"cancel","reason":%q}`, in))
		require.Empty(t, got.Rejected, in)
		assert.Equal(t, want, w.records[len(w.records)-1].(*edge.OrderChange).Reason, in)
	}
}

func TestATimeThatMeansNeverIsRefused(t *testing.T) {
	w := newWorld(t)
	got := push(t, w.handler(t), `{"kind":"order","id":"9","carrier":"cj","cutoff":"9999-12-31T23:59:59Z","lines":[{"id":"1","sku":"A","quantity":1}]}`)
	require.Len(t, got.Rejected, 1)
	assert.Equal(t, edge.FieldType, got.Rejected[0].Code)
	assert.Contains(t, got.Rejected[0].Detail, "cutoff")
}
