package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/crypto/argon2"

	"dcedge/edge"
	"dcedge/edge/access"
	"dcedge/edge/board"
	"dcedge/edge/catalogue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errFull = errors.New("full")

// engine is a floor that takes everything: one goroutine decides in order, a
// known id is a repeat, every decision is one event.
type engine struct {
	mu     sync.Mutex
	queue  chan func()
	seq    uint64
	rev    map[string]uint64
	known  map[edge.ID]edge.Verdict
	by     map[edge.ID]*edge.Message
	got    []*edge.Message
	fail   error
	answer func(m *edge.Message) edge.Verdict // nil: ok
	subs   []func(*edge.Commit)
	clock  time.Time
	cat    *catalogue.Snapshot
	saved  []edge.Private
	orders []*edge.Order
	asks   string // the attempt that everybody's screen asks about
	done   chan struct{}
}

func newEngine(t *testing.T) *engine {
	e := &engine{queue: make(chan func(), 64), rev: map[string]uint64{}, known: map[edge.ID]edge.Verdict{}, by: map[edge.ID]*edge.Message{},
		clock: time.Date(2026, 11, 21, 9, 14, 3, 221e6, time.FixedZone("KST", 9*3600)), cat: catalogue.New(), done: make(chan struct{})}
	go func() {
		defer close(e.done)
		for fn := range e.queue {
			fn()
		}
	}()
	t.Cleanup(func() { close(e.queue); <-e.done })
	return e
}

func (e *engine) decide(m *edge.Message) (edge.Verdict, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fail != nil {
		return edge.Verdict{}, e.fail
	}
	e.got = append(e.got, m)
	if first, ok := e.by[m.ID]; ok && m.Kind != edge.Record {
		v := edge.Verdict{ID: m.ID, Code: edge.NotYours, Say: edge.Says("id.notYours")}
		switch {
		case first.Worker != m.Worker:
		case first.Hash != m.Hash:
			v = edge.Verdict{ID: m.ID, Code: edge.IDReused, Say: edge.Says("id.reused")}
		default:
			v = e.known[m.ID]
			v.Repeat = true
		}
		v.Screen = e.screen(m.Worker)
		return v, nil
	}
	v := edge.Verdict{ID: m.ID, OK: true, Code: edge.OK, Say: edge.Says("pick.ok", edge.N("n", 1), edge.T("sku", "A<b>"))}
	if e.answer != nil {
		v = e.answer(m)
		v.ID = m.ID
	}
	e.seq++
	e.rev[m.Worker]++
	v.Receipt = edge.Receipt{Epoch: "ep", Seq: e.seq, At: e.clock}
	e.by[m.ID], e.known[m.ID] = m, v
	v.Screen = e.screen(m.Worker)
	return v, nil
}

func (e *engine) screen(worker string) *edge.Screen {
	return &edge.Screen{Rev: e.rev[worker], Flow: edge.Pick, Step: "item", Task: &edge.Task{ID: "T-1", Client: "default", Orders: []string{"536365"}, Attempt: e.asks}}
}

func (e *engine) Submit(ctx context.Context, m *edge.Message) (edge.Verdict, error) {
	type out struct {
		v   edge.Verdict
		err error
	}
	ch := make(chan out, 1)
	if err := e.SubmitFunc(ctx, m, func(v edge.Verdict, err error) { ch <- out{v, err} }); err != nil {
		return edge.Verdict{}, err
	}
	o := <-ch
	return o.v, o.err
}

func (e *engine) SubmitFunc(ctx context.Context, m *edge.Message, done func(edge.Verdict, error)) error {
	select {
	case e.queue <- func() {
		v, err := e.decide(m)
		done(v, err)
		if err == nil && m.Kind == edge.Record { // those who follow are told after the answer
			e.commit(&edge.Commit{Epoch: "ep", Head: v.Receipt.Seq, Changes: e.changed(m)})
		}
	}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// changed does what a lead's change of an order does.
func (e *engine) changed(m *edge.Message) []edge.Change {
	ch, ok := m.Body.(*edge.OrderChange)
	if !ok || ch.Change != "hold" && ch.Change != "release" {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	o := *e.orders[0]
	if o.Held = ""; ch.Change == "hold" {
		o.Held = ch.Reason
	}
	e.orders[0] = &o
	return []edge.Change{{Table: edge.TableOrders, Key: o.Client + "/" + o.ID, Value: &o}}
}

func (e *engine) Screen(_ context.Context, worker string, _ []edge.Role) (*edge.Screen, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.screen(worker), e.fail
}

func (e *engine) PracticeScreen(context.Context, string, []edge.Role) (*edge.Screen, error) {
	return &edge.Screen{Flow: edge.Idle, Practice: true}, nil
}

func (e *engine) Subscribe(fn func(*edge.Commit)) func() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.subs = append(e.subs, fn)
	return func() {}
}

func (e *engine) commit(c *edge.Commit) {
	e.mu.Lock()
	subs := e.subs
	e.mu.Unlock()
	for _, fn := range subs {
		fn(c)
	}
}

func (e *engine) Entities(_ context.Context, fn func(edge.Change)) error {
	for _, o := range e.orders {
		fn(edge.Change{Table: edge.TableOrders, Key: o.Client + "/" + o.ID, Value: o})
	}
	return nil
}

func (e *engine) Record(_ context.Context, p ...edge.Private) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.saved = append(e.saved, p...)
	return nil
}

func (e *engine) recorded() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var b strings.Builder
	for _, p := range e.saved {
		fmt.Fprintf(&b, "%s %s %s\n", p.Kind, p.Key, p.Value)
	}
	return b.String()
}

func (e *engine) Catalogue() *catalogue.Snapshot { return e.cat }

func (e *engine) Now() time.Time { e.mu.Lock(); defer e.mu.Unlock(); return e.clock }

func (e *engine) messages() []*edge.Message {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]*edge.Message(nil), e.got...)
}

// vault holds one recipient and notes what had been recorded when it was asked.
type vault struct {
	e        *engine
	recorded string
	by       Revealer
}

func (v *vault) Masked(edge.PersonalRef) (edge.Masked, error) {
	return edge.Masked{Name: "홍*동", Phone: "010-1234-****", Address: "용인시"}, nil
}

func (v *vault) Reveal(_ context.Context, ref edge.PersonalRef, by Revealer) (edge.Recipient, error) {
	v.recorded, v.by = v.e.recorded(), by
	if ref.Ref != "ref-secret" {
		return edge.Recipient{}, errors.New("no such record")
	}
	return edge.Recipient{Name: "홍길동"}, nil
}

func (v *vault) WorkerName(id string) (string, error) { return "name of " + id, nil }

func (v *vault) LabelPNG(_ context.Context, attempt string) ([]byte, error) {
	if attempt != "A-1" {
		return nil, errors.New("no such attempt")
	}
	return []byte("png"), nil
}

// site is a running server with its people.
type site struct {
	t     *testing.T
	e     *engine
	a     *access.Access
	b     *board.Board
	s     *Server
	vault *vault
	http  *httptest.Server
}

func phc(pin string) string {
	salt := []byte("salt-of-sixteen!")
	b := base64.RawStdEncoding.EncodeToString
	return "$argon2id$v=19$m=8,t=1,p=1$" + b(salt) + "$" + b(argon2.IDKey([]byte(pin), salt, 1, 8, 1, 32))
}

// newSite serves a site on a real socket.
func newSite(t *testing.T, change ...func(*Config, *Deps)) *site {
	t.Helper()
	s := newCore(t, change...)
	s.http = httptest.NewServer(s.s.Handler())
	t.Cleanup(func() {
		s.http.CloseClientConnections()
		s.http.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return s
}

// newCore makes a site that nothing listens for.
func newCore(t *testing.T, change ...func(*Config, *Deps)) *site {
	t.Helper()
	e := newEngine(t)
	e.orders = []*edge.Order{{ID: "536365", Client: "default", Carrier: "cj", Stage: edge.StageReceived, RecipientRef: "ref-secret",
		Lines: []*edge.Line{{ID: "1", SKU: "85123A", Wanted: 1}, {ID: "2", SKU: "gone", Wanted: 1}}}}
	log := slog.New(slog.DiscardHandler)
	a, err := access.New(access.Config{Pepper: bytes.Repeat([]byte("p"), 32), NeedsPIN: map[edge.Role]bool{edge.Picker: false, edge.Packer: false,
		edge.Lead: true, edge.Auditor: false, edge.Admin: false}}, access.Deps{Recorder: e, Catalogue: e, Now: e.Now, Log: log}, nil)
	require.NoError(t, err)
	edit := e.cat.Edit()
	seal, err := a.Seal(phc("135790"))
	require.NoError(t, err)
	for _, w := range []*edge.WorkerRecord{
		{ID: "w-1", Badge: "W-001", Roles: []edge.Role{edge.Picker}, Language: "ko"},
		{ID: "w-2", Badge: "W-002", Roles: []edge.Role{edge.Packer}},
		{ID: "lead-1", Badge: "L-001", Roles: []edge.Role{edge.Lead}, PINSeal: seal},
		{ID: "admin-1", Badge: "A-001", Roles: []edge.Role{edge.Admin}},
		{ID: "aud-1", Badge: "U-001", Roles: []edge.Role{edge.Auditor}},
	} {
		_, err := edit.Put(w, false)
		require.NoError(t, err)
	}
	_, err = edit.Put(&edge.SKURecord{Client: "default", ID: "85123A", Name: map[string]string{"ko": "화이트 랜턴"}, Variant: map[string]string{"ko": "블랙 / L"}}, false)
	require.NoError(t, err)
	e.cat = edit.Snapshot()
	b, err := board.New(board.Config{Source: e, Now: e.Now, Beat: 10 * time.Millisecond})
	require.NoError(t, err)
	v := &vault{e: e}
	cfg := Config{Listen: "127.0.0.1:0", Site: "ICN1", Epoch: "ep", Zone: e.clock.Location(), HashKey: bytes.Repeat([]byte("k"), 32)}
	deps := Deps{Floor: e, Commits: e, Catalogue: e, Access: a, Board: b, Recipients: v, Names: v, Labels: v, Now: e.Now, Log: log,
		ErrorCode: func(err error) string {
			if errors.Is(err, errFull) {
				return "storeFull"
			}
			return ""
		}}
	for _, fn := range change {
		fn(&cfg, &deps)
	}
	s, err := New(cfg, deps)
	require.NoError(t, err)
	st := &site{t: t, e: e, a: a, b: b, s: s, vault: v}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { s.Follow(ctx) })
	wg.Go(func() { _ = b.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
	require.Eventually(t, b.Ready, 30*time.Second, time.Millisecond)
	require.Eventually(t, func() bool { e.mu.Lock(); defer e.mu.Unlock(); return len(e.subs) == 2 }, 30*time.Second, time.Millisecond)
	return st
}

// do sends a request and gives status, header and body.
func (s *site) do(method, path, token, body string, header ...string) (int, http.Header, string) {
	s.t.Helper()
	r, err := http.NewRequest(method, s.http.URL+path, strings.NewReader(body))
	require.NoError(s.t, err)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Add(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	require.NoError(s.t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	return resp.StatusCode, resp.Header, string(b)
}

// login gives a Bearer token.
func (s *site) login(badge, pin string) string {
	s.t.Helper()
	body, _ := json.Marshal(map[string]string{"badge": badge, "pin": pin, "device": "pda-07"})
	status, _, answer := s.do("POST", "/floor/v1/login", "", string(body))
	require.Equal(s.t, 200, status, answer)
	var v struct{ Token string }
	require.NoError(s.t, json.Unmarshal([]byte(answer), &v))
	return v.Token
}

func code(t *testing.T, body string) string {
	t.Helper()
	var p struct{ Code string }
	require.NoError(t, json.Unmarshal([]byte(body), &p), body)
	return p.Code
}

// newID makes ids that differ.
func newID(n int) string {
	return edge.NewID(time.Date(2026, 11, 21, 0, 14, 3, 0, time.UTC), [10]byte{9: byte(n), 8: byte(n >> 8)}).String()
}

func scanBody(n int, text string) string {
	return fmt.Sprintf(`{"t":"scan","id":%q,"code":%q,"at":"2026-11-21T09:14:03.221+09:00","source":"wedge"}`, newID(n), text)
}
