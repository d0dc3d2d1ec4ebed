package push

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/edge"
	"dcedge/edge/supervise"
	"dcedge/sync/batch"
)

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// taker is an edge that remembers lines: known ones are unchanged, "bad" ones
// rejected.
type taker struct {
	known map[string]bool
	order []string
	fault func(try int) string
	tries int
}

func (k *taker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.tries++
	fault := ""
	if k.fault != nil {
		fault = k.fault(k.tries)
	}
	body, _ := io.ReadAll(r.Body)
	out := batch.Pushed{Rejected: []batch.Rejected{}, Revision: "r"}
	for i, line := range strings.Split(strings.TrimSuffix(string(body), "\n"), "\n") {
		switch {
		case strings.TrimSpace(line) == "":
		case strings.Contains(line, "bad"):
			out.RejectedTotal++
			out.Rejected = append(out.Rejected, batch.Rejected{Line: i + 1, Code: edge.FieldType, Detail: "x"})
		case k.known[line]:
			out.Unchanged++
		default:
			k.known[line] = true
			k.order = append(k.order, line)
			out.Accepted++
		}
		if fault == "half taken" && i == 10 {
			panic(http.ErrAbortHandler)
		}
	}
	switch fault {
	case "answer lost":
		panic(http.ErrAbortHandler)
	case "full":
		w.WriteHeader(503)
		_ = json.NewEncoder(w).Encode(batch.NewProblem(503, batch.StoreFull, "full", ""))
		return
	case "key":
		w.WriteHeader(401)
		_ = json.NewEncoder(w).Encode(batch.NewProblem(401, batch.Unauthorized, "no key", ""))
		return
	}
	_ = json.NewEncoder(w).Encode(out)
}

func config(t *testing.T, k *taker) Config {
	t.Helper()
	k.known = map[string]bool{}
	s := httptest.NewServer(k)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(s.Close)
	return Config{URL: s.URL, Key: "key", Logger: quiet(), Wake: supervise.Backoff{Min: time.Millisecond, Max: 2 * time.Millisecond}}
}

func file(n int) string {
	var b strings.Builder
	for i := range n {
		switch {
		case i%1000 == 500:
			fmt.Fprintf(&b, `{"bad":%d}`+"\n", i)
		case i%1000 == 501:
			b.WriteString("\n")
		default:
			fmt.Fprintf(&b, `{"kind":"tote","id":"T-%d"}`+"\n", i)
		}
	}
	return b.String()
}

func TestEveryLineIsCountedOnce(t *testing.T) {
	k := &taker{}
	cfg := config(t, k)
	var last Progress
	cfg.Told = func(p Progress) { last = p }
	text := strings.TrimSuffix(file(5000), "\n")
	sum, err := Run(t.Context(), cfg, strings.NewReader(text))
	require.NoError(t, err)
	assert.Equal(t, Summary{Lines: 4995, Accepted: 4990, Refused: 5, Revision: "r", Rejected: sum.Rejected}, sum)
	for i, r := range sum.Rejected {
		assert.Equal(t, i*1000+501, r.Line, "the file's own numbers")
	}
	assert.Equal(t, Progress{Bytes: int64(len(text)), Lines: 5000}, last)
	again, err := Run(t.Context(), cfg, strings.NewReader(text))
	require.NoError(t, err)
	assert.Equal(t, 4990, again.Unchanged)
	sum, err = Run(t.Context(), cfg, strings.NewReader("\n\n"))
	require.NoError(t, err)
	assert.Zero(t, sum.Lines)
}

func TestCutsAreMended(t *testing.T) {
	k := &taker{fault: func(try int) string { return map[int]string{1: "half taken", 3: "answer lost", 4: "full"}[try] }}
	cfg := config(t, k)
	sum, err := Run(t.Context(), cfg, strings.NewReader(file(5000)))
	require.NoError(t, err)
	assert.Equal(t, 4995, sum.Lines)
	assert.Equal(t, sum.Lines, sum.Accepted+sum.Unchanged+sum.Refused)
	assert.Equal(t, 5, sum.Refused)
	assert.Len(t, k.order, 4990)
	for i := 1; i < len(k.order); i++ {
		var a, b int
		_, _ = fmt.Sscanf(k.order[i-1], `{"kind":"tote","id":"T-%d"}`, &a)
		_, _ = fmt.Sscanf(k.order[i], `{"kind":"tote","id":"T-%d"}`, &b)
		require.Less(t, a, b, "the order of lines is kept")
	}
}

func TestGivesUp(t *testing.T) {
	k := &taker{fault: func(int) string { return "key" }}
	_, err := Run(t.Context(), config(t, k), strings.NewReader(file(10)))
	assert.Equal(t, batch.Unauthorized, batch.CodeOf(err))
	assert.Equal(t, 1, k.tries)
	assert.ErrorContains(t, err, "lines 1 to 10")

	k = &taker{fault: func(int) string { return "full" }}
	cfg := config(t, k)
	cfg.Tries = 3
	_, err = Run(t.Context(), cfg, strings.NewReader(file(10)))
	assert.Equal(t, batch.StoreFull, batch.CodeOf(err))
	assert.Equal(t, 3, k.tries)

	var n atomic.Int32
	ctx, cancel := context.WithCancel(t.Context())
	k = &taker{fault: func(int) string { n.Add(1); cancel(); return "full" }}
	_, err = Run(ctx, config(t, k), strings.NewReader(file(10)))
	assert.ErrorIs(t, err, context.Canceled)
	for _, cfg := range []Config{{}, {URL: "edge", Key: "k", Logger: quiet()}, {URL: "http://edge", Logger: quiet()}} {
		_, err = Run(t.Context(), cfg, strings.NewReader(""))
		assert.Error(t, err)
	}
}

func TestDays(t *testing.T) {
	line := `{"orderedAt":"2010-12-01T08:26:00+09:00","cutoff":"2010-12-01T12:00:00Z","x":{"deliverBy":["2010-12-31T00:00","2010-11-30"]},"id":"2010-12-01-7",` +
		`"note":"call \"2010-12-01\" 2010-12-01","sku":"2010-13-01","y":"2010-12-01T25:00:00Z","z":"2010-12-01Tea","w":2010}`
	want := `{"orderedAt":"2010-12-03T08:26:00+09:00","cutoff":"2010-12-03T12:00:00Z","x":{"deliverBy":["2011-01-02T00:00","2010-12-02"]},"id":"2010-12-01-7",` +
		`"note":"call \"2010-12-01\" 2010-12-01","sku":"2010-13-01","y":"2010-12-01T25:00:00Z","z":"2010-12-01Tea","w":2010}`
	assert.Equal(t, want, string(Move([]byte(line), 2)))
	assert.Equal(t, line, string(Move([]byte(want), -2)))
	assert.Equal(t, line, string(Move([]byte(line), 0)))
	today := time.Date(2026, 11, 21, 23, 30, 0, 0, time.FixedZone("KST", 9*3600))
	days, ok, err := DaysTo(strings.NewReader(line+"\n"+`{"expiry":"2030-01-01","at":"2011-01-05T00:00:00+09:00"}`), today)
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, "2026-11-21", time.Date(2011, 1, 5+days, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
	for offset, want := range map[string]int{"+09:00": 1, "Z": 0, "-05:00": 0, "": 0} { // 20:00 UTC is tomorrow in Seoul
		days, _, err = DaysTo(strings.NewReader(`{"at":"2026-11-21T08:00:00`+offset+`"}`), time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC))
		require.NoError(t, err)
		assert.Equal(t, want, days, offset)
	}
	_, ok, err = DaysTo(strings.NewReader(`{"expiry":"2030-01-01"}`), today)
	require.NoError(t, err)
	assert.False(t, ok)
}

func TestMoveKeepsEverythingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := []byte(rapid.StringOf(rapid.RuneFrom([]rune(`"\2019-12-3T08:06Z{},한`))).Draw(t, "line"))
		days := rapid.IntRange(-1000, 1000).Draw(t, "days")
		moved := Move(line, days)
		if len(moved) != len(line) || !bytes.Equal(Move(moved, -days), line) {
			t.Fatalf("%q moved is %q", line, moved)
		}
	})
}

func TestRealDayMovesToToday(t *testing.T) {
	dir := os.Getenv("CONFORMANCE_DATA")
	if dir == "" {
		t.Skip("CONFORMANCE_DATA IS NOT SET: THE REAL DAY IS NOT READ (make test sets it)")
	}
	text, err := os.ReadFile(filepath.Join(dir, "orders-2010-12-01.ndjson"))
	require.NoError(t, err)
	today := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	days, ok, err := DaysTo(bytes.NewReader(text), today)
	require.NoError(t, err)
	require.True(t, ok)
	moved := Move(text, days)
	again, _, err := DaysTo(bytes.NewReader(moved), today)
	require.NoError(t, err)
	assert.Zero(t, again)
	assert.NotContains(t, string(moved), `"2010-12-`)
	assert.Equal(t, bytes.Count(text, []byte("2010-12-01T")), bytes.Count(moved, []byte("2026-11-21T")))
}
