package contract

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
)

// head is the first line of a batch.
type head struct {
	Site, Epoch, Instance      string
	First, Last, Head          uint64
	Count                      int
	SHA256, PrevHash, LastHash string
	Next                       string
	Sealed                     *bool
}

// batch asks for events and proves what the head says of the lines behind it.
func batch(t *testing.T, s *sitetest.Site, key, query string) (head, [][]byte) {
	t.Helper()
	a := s.Do("GET", "/sync/v1/events?"+query, key, nil)
	require.Equal(t, 200, a.Code, "%s: %s", query, a.Body)
	require.Equal(t, "application/x-ndjson", strings.Split(a.Header.Get("Content-Type"), ";")[0])
	first, rest, ok := bytes.Cut(a.Body, []byte("\n"))
	require.True(t, ok)
	var h struct{ Batch head }
	require.NoError(t, json.Unmarshal(first, &h))
	sum := sha256.Sum256(rest)
	assert.Equal(t, hex.EncodeToString(sum[:]), h.Batch.SHA256)
	hash, err := hex.DecodeString(h.Batch.PrevHash)
	require.NoError(t, err)
	var lines [][]byte
	for line := range bytes.Lines(rest) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		next := sha256.Sum256(append(hash, line...))
		hash = next[:]
		lines = append(lines, line)
	}
	assert.Equal(t, hex.EncodeToString(hash), h.Batch.LastHash)
	assert.Len(t, lines, h.Batch.Count)
	if h.Batch.Count == 0 {
		assert.Equal(t, h.Batch.Last+1, h.Batch.First)
	} else {
		assert.Equal(t, uint64(h.Batch.Count), h.Batch.Last-h.Batch.First+1)
	}
	assert.NotNil(t, h.Batch.Sealed)
	return h.Batch, lines
}

func after(cursor string) string { return "after=" + url.QueryEscape(cursor) }

// some makes n events: refused scans.
func some(t *testing.T, s *sitetest.Site, n int) {
	t.Helper()
	w := s.Worker("W-001")
	for range n {
		require.False(t, w.Scan("JUNK").OK)
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	some(t, s, 25)
	all, lines := batch(t, s, sitetest.WMSKey, "after=start")
	assert.Equal(t, "ICN1", all.Site)
	assert.Equal(t, s.Epoch, all.Epoch)
	assert.EqualValues(t, 1, all.First)
	assert.Equal(t, all.Last, all.Head)
	zero := sha256.Sum256([]byte(s.Epoch))
	assert.Equal(t, hex.EncodeToString(zero[:]), all.PrevHash, "hash(0)")
	for i, line := range lines {
		assert.True(t, bytes.HasPrefix(line, fmt.Appendf(nil, `{"seq":%d,`, i+1)))
		assert.NotContains(t, string(line), ":null")
	}
	// page by page, the same bytes
	var paged [][]byte
	cursor, prev := "start", all.PrevHash
	for {
		h, part := batch(t, s, sitetest.WMSKey, after(cursor)+"&limit=7")
		assert.LessOrEqual(t, h.Count, 7)
		assert.Equal(t, prev, h.PrevHash, "the chain goes on from batch to batch")
		if h.Count == 0 {
			assert.Equal(t, cursor, h.Next, "an empty batch gives the same cursor")
			assert.Equal(t, h.PrevHash, h.LastHash)
			empty := sha256.Sum256(nil)
			assert.Equal(t, hex.EncodeToString(empty[:]), h.SHA256)
			break
		}
		paged, cursor, prev = append(paged, part...), h.Next, h.LastHash
	}
	assert.Equal(t, lines, paged)
	for query, want := range map[string]int{"limit=0": 1, "limit=-5": 1, "limit=1": 1, "limit=99999": len(lines)} {
		_, got := batch(t, s, sitetest.WMSKey, "after=start&"+query)
		assert.Len(t, got, want, query)
	}
	for _, query := range []string{"after=nonsense", "after=start&limit=ten", "after=start&limit=1.5", "after=start&limit=", after(all.Next[:len(all.Next)-2]), after(all.Next + "x"), "after="} {
		a := s.Do("GET", "/sync/v1/events?"+query, sitetest.WMSKey, nil)
		if query == "after=" || strings.HasSuffix(query, "limit=") {
			assert.Contains(t, []int{200, 400}, a.Code, query)
			continue
		}
		assert.Equal(t, 400, a.Code, query)
		assert.Equal(t, "badCursor", a.Problem(), query)
	}
	// a cursor of another edge
	other := sitetest.Start(t, sitetest.Options{})
	other.Basics()
	foreign, _ := batch(t, other, sitetest.WMSKey, "after=start")
	a := s.Do("GET", "/sync/v1/events?"+after(foreign.Next), sitetest.WMSKey, nil)
	assert.Contains(t, []int{400, 409}, a.Code)
	assert.Contains(t, []string{"badCursor", "fork"}, a.Problem())
}

func TestCompression(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	some(t, s, 10)
	plain := s.Do("GET", "/sync/v1/events?after=start", sitetest.AuditKey, nil)
	for name, open := range map[string]func(io.Reader) (io.Reader, error){
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"zstd": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
	} {
		a := s.Do("GET", "/sync/v1/events?after=start", sitetest.AuditKey, nil, "Accept-Encoding: "+name)
		require.Equal(t, name, a.Header.Get("Content-Encoding"))
		r, err := open(bytes.NewReader(a.Body))
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		_, want, _ := bytes.Cut(plain.Body, []byte("\n"))
		_, got, _ := bytes.Cut(text, []byte("\n"))
		assert.Equal(t, want, got, name)
		assert.Less(t, len(a.Body), len(text))
	}
}

func TestWait(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	w := s.Worker("W-001")
	h, _ := batch(t, s, sitetest.WMSKey, "after=start&limit=10000")
	began := time.Now()
	empty, _ := batch(t, s, sitetest.WMSKey, after(h.Next)+"&wait=1")
	assert.Zero(t, empty.Count)
	assert.GreaterOrEqual(t, time.Since(began), 900*time.Millisecond)
	got := make(chan sitetest.Answer, 5)
	for range 5 {
		go func() { got <- s.Do("GET", "/sync/v1/events?"+after(h.Next)+"&wait=20", sitetest.WMSKey, nil) }()
	}
	began = time.Now()
	fifth := <-got
	assert.Less(t, time.Since(began), 15*time.Second, "four wait, the fifth is refused at once")
	assert.Equal(t, 429, fifth.Code, "%s", fifth.Body)
	assert.NotEmpty(t, fifth.Header.Get("Retry-After"))
	other, lines := batch(t, s, sitetest.AuditKey, after(h.Next)+"&wait=1")
	assert.Zero(t, other.Count, "another key waits for itself: %s", lines)
	began = time.Now()
	w.Scan("JUNK")
	for range 4 {
		a := <-got
		assert.Equal(t, 200, a.Code)
		assert.Contains(t, string(a.Body), "scan.refused")
	}
	assert.Less(t, time.Since(began), 15*time.Second, "answered as soon as there is an event, not after its 20 s")
}

func TestAck(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	some(t, s, 10)
	five, _ := batch(t, s, sitetest.WMSKey, "after=start&limit=5")
	nine, _ := batch(t, s, sitetest.WMSKey, "after=start&limit=9")
	ack := func(body string) sitetest.Answer {
		return s.Do("POST", "/sync/v1/ack", sitetest.WMSKey, []byte(body))
	}
	acked := func(want uint64) {
		t.Helper()
		var status struct {
			Site, Epoch, Instance, Reference, EdgeTime, Version string
			Head, Oldest                                        uint64
			Consumers                                           []struct {
				Name       string
				Required   bool
				Acked      uint64
				LagEvents  int
				LagSeconds float64
			}
		}
		s.Do("GET", "/sync/v1/status", sitetest.WMSKey, nil).JSON(t, &status)
		require.Len(t, status.Consumers, 2)
		assert.Equal(t, "wms", status.Consumers[0].Name)
		assert.True(t, status.Consumers[0].Required)
		assert.Equal(t, want, status.Consumers[0].Acked)
		assert.EqualValues(t, status.Head-want, status.Consumers[0].LagEvents)
		assert.EqualValues(t, 1, status.Oldest)
		h, _ := batch(t, s, sitetest.WMSKey, "limit=1")
		assert.Equal(t, want+1, h.First, "after left out: from the acknowledged place")
	}
	assert.JSONEq(t, `{"acked":5}`, string(ack(fmt.Sprintf(`{"cursor":%q}`, five.Next)).Body))
	acked(5)
	assert.JSONEq(t, `{"acked":9}`, string(ack(fmt.Sprintf(`{"cursor":%q}`, nine.Next)).Body))
	assert.JSONEq(t, `{"acked":9}`, string(ack(fmt.Sprintf(`{"cursor":%q}`, five.Next)).Body), "an older place changes nothing")
	acked(9)
	assert.Equal(t, "badCursor", ack(`{"cursor":"nonsense"}`).Problem())
	assert.Equal(t, 400, ack(`{"cursor":`).Code)
	assert.Equal(t, 400, ack(`{}`).Code)
	s.StopEdge()
	s.StartEdge()
	acked(9)
	h, _ := batch(t, s, sitetest.AuditKey, "limit=1")
	assert.EqualValues(t, 1, h.First, "everybody has a place of their own")

	var l1 struct{ Lease, Expires string }
	s.Do("POST", "/sync/v1/lease", sitetest.WMSKey, nil).JSON(t, &l1)
	require.NotEmpty(t, l1.Lease)
	require.NotEmpty(t, l1.Expires)
	assert.Equal(t, 200, ack(fmt.Sprintf(`{"cursor":%q,"lease":%q}`, nine.Next, l1.Lease)).Code)
	a := ack(fmt.Sprintf(`{"cursor":%q,"lease":"wrong"}`, nine.Next))
	assert.Equal(t, 409, a.Code)
	assert.Equal(t, "leaseLost", a.Problem())
}

func TestEpochsHeadsDocuments(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	var epochs, heads []map[string]any
	s.Do("GET", "/sync/v1/epochs", sitetest.AuditKey, nil).JSON(t, &epochs)
	require.Len(t, epochs, 1)
	assert.Equal(t, s.Epoch, epochs[0]["epoch"])
	for _, name := range []string{"reason", "firstSeq", "headSeq", "sealed"} {
		assert.Contains(t, epochs[0], name)
	}
	s.Do("GET", "/sync/v1/heads", sitetest.AuditKey, nil).JSON(t, &heads)
	for _, path := range []string{"/sync/v1/openapi.json", "/sync/v1/events.schema.json"} {
		a := s.Do("GET", path, sitetest.AuditKey, nil)
		assert.Equal(t, 200, a.Code, path)
		assert.True(t, json.Valid(a.Body), path)
	}
	assert.Equal(t, 404, s.Do("GET", "/sync/v1/nothing", sitetest.AuditKey, nil).Code)
}
