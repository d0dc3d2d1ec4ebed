package reference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

func TestBodyStreams(t *testing.T) {
	w := newWorld(t)
	h := w.handler(t)
	r, send := io.Pipe()
	done := make(chan *httptest.ResponseRecorder, 1)
	go func() {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest("POST", "/", r))
		done <- rec
	}()
	line := func(n int) string {
		return fmt.Sprintf(`{"kind":"order","id":"o-%d","carrier":"c","lines":[{"sku":"S","quantity":1}]}`+"\n", n)
	}
	for n := range 300 { // more than one run
		_, err := io.WriteString(send, line(n))
		require.NoError(t, err)
	}
	decided := func() int { w.mu.Lock(); defer w.mu.Unlock(); return len(w.records) }
	require.Eventually(t, func() bool { return decided() >= perRun }, 30*time.Second, time.Millisecond, "nothing is decided before the body ends")
	_, err := io.WriteString(send, line(300))
	require.NoError(t, err)
	require.NoError(t, send.Close())
	assert.Equal(t, 200, (<-done).Code)
	assert.Equal(t, 301, decided())
}

// A connection that breaks within a body, on a real server.
func TestConnectionCutWithinABody(t *testing.T) {
	w := newWorld(t)
	s := httptest.NewServer(w.handler(t))
	defer s.Close()
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	require.NoError(t, err)
	body := anOrder + "\n" + strings.Repeat(`{"kind":"stock","location":"L","sku":"S","quantity":1}`+"\n", 20) + `{"kind":"stock","loc`
	_, err = fmt.Fprintf(c, "POST /sync/v1/reference HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(body)+1000, body)
	require.NoError(t, err)
	require.NoError(t, c.Close())
	require.Eventually(t, func() bool { w.mu.Lock(); defer w.mu.Unlock(); return len(w.records) == 21 }, 30*time.Second, time.Millisecond)
}

// TestI13 pushes records with personal data in their right and in wrong places:
// none of it may reach events, catalogue, answers or logs.
func TestI13NothingPersonalGoesBeyondTheVault(t *testing.T) {
	const name, phone, street, note, door, worker = "카나리아", "010-9999-8765", "비밀번지길", "조심하세요", "#4711*", "캐너리작업자"
	who := `"recipient":{"name":"` + name + `","phone":"` + phone + `","safeNumber":"` + phone + `","postcode":"99999","address":"` + street + `","addressDetail":"` + street + `","entrance":"` + door + `","message":"` + note + `"},"routing":{"addressShort":"` + street + `"}`
	var in strings.Builder
	for _, line := range []string{
		`{"kind":"order","id":"o-1","carrier":"c",` + who + `,"lines":[{"sku":"S","quantity":1}],"memo":"` + name + `","channel":"` + name + `"}`,
		`{"kind":"orderChange","id":"c-1","rev":1,"order":"o-1","change":"readdress","reason":"` + name + ` moved",` + who + `}`,
		`{"kind":"worker","id":"w-1","badge":"W-1","name":"` + worker + `"}`,
		`{"kind":"return","id":"r-1","reason":"` + name + `","lines":[{"sku":"S","quantity":1}]}`,
		`{"kind":"claim","id":"cl-1","waybill":"1","type":"x","text":"` + name + `"}`,
		// wrong places and types
		`{"kind":"order","id":"o-2","carrier":"c","recipient":"` + name + `","lines":[]}`,
		`{"kind":"order","id":"o-3","carrier":"c","recipient":{"name":["` + name + `"],"phone":{"` + phone + `":1}},"lines":[{"sku":"S","quantity":"` + phone + `"}]}`,
		`{"kind":"` + name + `","id":"` + phone + `"}`, `{"kind":"order","id":"o-4","cutoff":"` + street + `","carrier":"c","lines":[{"sku":"S","quantity":1}]}`,
		`{"kind":"worker","id":"w-2","badge":"B","pinHash":"` + name + `"}`, `{"kind":"order","recipient":{"name":"` + name + `"` + name, `{"kind":"client","id":"c","name":{"` + strings.Repeat(name, 5) + `":"x"}}`,
	} {
		in.WriteString(line + "\n")
	}
	w := newWorld(t)
	h := w.handler(t)
	var log bytes.Buffer
	h.cfg.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	got := push(t, h, in.String())
	assert.Equal(t, 5, got.Accepted)
	assert.Equal(t, 7, got.RejectedTotal)
	answer, err := json.Marshal(got)
	require.NoError(t, err)
	all := map[string][]byte{"answer": answer, "log": log.Bytes()}
	for i, r := range w.records {
		all[fmt.Sprintf("record %d", i)], err = json.Marshal(r)
		require.NoError(t, err)
		all[fmt.Sprintf("formatted %d", i)] = fmt.Appendf(nil, "%+v", r)
	}
	for _, r := range w.snap.Workers() {
		all["worker "+r.ID], err = json.Marshal(r)
		require.NoError(t, err)
	}
	held, err := json.Marshal(w.people)
	require.NoError(t, err)
	for _, c := range []string{name, phone, street, note, worker} {
		assert.Contains(t, string(held), c, "the vault has it")
		for where, b := range all {
			assert.False(t, bytes.Contains(b, []byte(c)), "%q stands in %s: %s", c, where, b)
		}
	}
}

func TestRealDay(t *testing.T) {
	dir := os.Getenv("CONFORMANCE_DATA")
	if dir == "" {
		t.Skip("CONFORMANCE_DATA IS NOT SET: THE REAL DAY IS NOT READ (make test sets it)")
	}
	body, err := os.ReadFile(filepath.Join(dir, "orders-2010-12-01.ndjson"))
	require.NoError(t, err)
	w := newWorld(t)
	h := w.handler(t)
	got := push(t, h, string(body))
	assert.Empty(t, got.Rejected)
	assert.Equal(t, 1216+127+5+1338, got.Accepted)
	units := 0
	for _, r := range w.records {
		if o, ok := r.(*edge.OrderRecord); ok {
			for _, l := range o.Lines {
				units += l.Quantity
			}
		}
	}
	assert.Equal(t, 26_909, units)
	again := push(t, h, string(body))
	assert.Equal(t, 1216+127+1338, again.Unchanged)
}

// The longest line that is taken may be cut anywhere by the network.
func TestLinesAreWholeHoweverTheyArrive(t *testing.T) {
	text := "a\n\n" + strings.Repeat("b", MaxLine) + "\r\n" + strings.Repeat("c", MaxLine+5) + "\nlast"
	for _, size := range []int{1, 7, 4096, 1 << 20} {
		l := newLineReader(&chopped{strings.NewReader(text), size})
		var got []string
		for {
			line, err := l.next()
			if err == io.EOF {
				break
			}
			got = append(got, fmt.Sprint(l.n, " ", len(line), " ", err))
		}
		assert.Equal(t, []string{"1 1 <nil>", fmt.Sprint("3 0 ", errLong), fmt.Sprint("4 0 ", errLong), "5 4 <nil>"}, got, "in pieces of %d", size)
	}
}

type chopped struct {
	r    io.Reader
	size int
}

func (c *chopped) Read(b []byte) (int, error) { return c.r.Read(b[:min(len(b), c.size)]) }
