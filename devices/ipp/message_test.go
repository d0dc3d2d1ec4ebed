package ipp

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/edge/edgetest/porttest"
)

// answer writes what a printer would.
func answer(status uint16, build func(*builder)) []byte {
	w := &builder{b: []byte{2, 0, byte(status >> 8), byte(status), 0, 0, 0, 1}}
	w.group(tagOperation)
	w.text(tagCharset, "attributes-charset", "utf-8")
	if build != nil {
		build(w)
	}
	return w.done()
}

func TestParse(t *testing.T) {
	raw := answer(0, func(w *builder) {
		w.group(tagPrinter)
		w.number(tagEnum, "printer-state", 5)
		w.text(tagKeyword, "printer-state-reasons", "media-empty-error", "toner-low-warning")
		w.head(tagBegin, "media-col", 0)
		w.text(tagMember, "", "x")
		w.head(tagBegin, "", 0)
		w.number(tagInteger, "", 7)
		w.head(tagEndColl, "", 0)
		w.head(tagEndColl, "", 0)
		w.text(tagText, "printer-state-message", "no paper")
		w.group(tagPrinter)
		w.number(tagEnum, "printer-state", 3)
	})
	m, err := parse(raw)
	require.NoError(t, err)
	n, ok := m.number("printer-state")
	assert.True(t, ok)
	assert.Equal(t, 5, n, "of the first group")
	assert.Equal(t, []string{"media-empty-error", "toner-low-warning"}, m.texts("printer-state-reasons"))
	c, detail := condition(m)
	assert.Equal(t, devices.NoPaper, c)
	assert.Equal(t, "media-empty-error toner-low-warning no paper", detail)
	for n := range raw {
		if _, err := parse(raw[:n]); err == nil {
			t.Fatalf("cut at %d it is still taken", n)
		}
	}
	deep := answer(0, func(w *builder) {
		w.group(tagPrinter)
		for range 40 {
			w.head(tagBegin, "", 0)
		}
	})
	_, err = parse(deep)
	assert.ErrorIs(t, err, ErrMessage)
}

func FuzzParse(f *testing.F) {
	f.Add(answer(0, func(w *builder) { w.group(tagJob); w.number(tagInteger, "job-id", 3) }))
	f.Add(answer(0x0400, nil))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := parse(raw)
		if err != nil {
			return
		}
		condition(m)
		for name, v := range m.attributes {
			if name == "" || len(v) > maxAttributes {
				t.Fatalf("%q has %d values", name, len(v))
			}
		}
	})
}

// TestBadPrinters: what answers wrongly, late, or not at all never counts as
// printed, and a document is handed over once.
func TestBadPrinters(t *testing.T) {
	for name, c := range map[string]struct {
		serve   http.HandlerFunc
		outcome devices.PrintOutcome
		code    string
	}{
		"not found": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 404) }, devices.NotSent, "refused"},
		"garbled":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, devices.Unknown, devices.CodeWire},
		"empty":     {func(http.ResponseWriter, *http.Request) {}, devices.Unknown, devices.CodeWire},
		"endless": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(strings.Repeat("x", maxMessage+2)))
		}, devices.Unknown, devices.CodeWire},
		"refuses":    {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(answer(0x0506, nil)) }, devices.NotSent, "refused"},
		"no job":     {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(answer(0, nil)) }, devices.Unknown, devices.CodeNoProof},
		"hangs":      {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, devices.Unknown, devices.CodeWire},
		"cuts":       {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, devices.Unknown, devices.CodeWire},
		"never done": {jobs(3), devices.Unknown, devices.CodeNoProof},
		"aborted":    {jobs(jobAborted), devices.NotPrinted, devices.CodeNotPrinted},
		"completed":  {jobs(jobCompleted), devices.Printed, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				head, err := io.ReadAll(r.Body) // whole, so that the end of the client is seen
				if err != nil || len(head) < 4 {
					return
				}
				if head[3] == opPrintJob {
					asked.Add(1)
				}
				r.Header.Set("Op", string(head[3]))
				c.serve(w, r)
			}))
			defer s.Close()
			p, err := New(Config{Name: "a4", URI: "ipp" + strings.TrimPrefix(s.URL, "http") + "/ipp/print", Answer: 200 * time.Millisecond, Watch: time.Millisecond, JobWait: 100 * time.Millisecond},
				slog.New(slog.DiscardHandler))
			require.NoError(t, err)
			r := p.Print(t.Context(), Job{Name: "x", PDF: pdf})
			assert.Equal(t, c.outcome, r.Outcome, "%v", r.Err)
			assert.Equal(t, c.code, r.Code, "%v", r.Err)
			assert.LessOrEqual(t, asked.Load(), int32(1), "handed over once")
		})
	}
	p, err := New(Config{Name: "a4", URI: "ipp://" + porttest.Free(t) + "/x"}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	r := p.Print(t.Context(), Job{PDF: pdf})
	assert.Equal(t, devices.NotSent, r.Outcome)
	assert.Equal(t, devices.CodeOffline, r.Code)
	assert.Equal(t, devices.Transient, devices.ClassOf(p.Run(t.Context(), &conditions{})))
}

// jobs is a printer whose jobs are in a state.
func jobs(state int32) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(answer(0, func(b *builder) {
			b.group(tagJob)
			b.number(tagInteger, "job-id", 4)
			if r.Header.Get("Op") == string(rune(opGetJobAttributes)) {
				b.number(tagEnum, "job-state", state)
			}
		}))
	}
}

func TestAddresses(t *testing.T) {
	for uri, ok := range map[string]bool{"ipp://10.0.0.9/ipp/print": true, "ipps://a4.example:8631/printers/a4": true, "ipp:": false,
		"http://10.0.0.9/": false, "ipp://user:secret@10.0.0.9/": false, "ipp://10.0.0.9/?x=1": false} {
		_, err := New(Config{Name: "a4", URI: uri}, slog.New(slog.DiscardHandler))
		assert.Equal(t, ok, err == nil, "%s: %v", uri, err)
		if err != nil {
			assert.Equal(t, devices.Permanent, devices.ClassOf(err))
			assert.NotContains(t, devices.HintOf(err), "secret")
		}
	}
}
