package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/sync/batch"
	"dcedge/sync/feed"
	"dcedge/sync/feed/feedtest"
)

const testKey = "wms-key-0123456789"

// site serves a real feed and takes every reference record that is no "bad".
type site struct {
	log    *feedtest.Log
	feed   *feed.Feed
	server *httptest.Server
	pushed string
}

func newSite(t *testing.T, name string) *site {
	t.Helper()
	s := &site{log: feedtest.New("01JEPOCH")}
	reference := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.pushed += string(body)
		out := batch.Pushed{Rejected: []batch.Rejected{}, Accepted: strings.Count(string(body), "\n")}
		if strings.Contains(string(body), "bad") {
			out.Accepted, out.RejectedTotal = out.Accepted-1, 1
			out.Rejected = append(out.Rejected, batch.Rejected{Line: 2, Code: "fieldType", Detail: "id"})
		}
		_ = json.NewEncoder(w).Encode(out)
	})
	var err error
	s.feed, err = feed.New(feed.Config{Site: name, Log: s.log, Position: s.log, Recorder: &feedtest.Recorder{}, CursorKey: []byte("0123456789abcdef"),
		HeadKey: ed25519.NewKeyFromSeed(make([]byte, 32)), Now: time.Now, Reference: reference, Logger: slog.New(slog.DiscardHandler),
		Consumers: []feed.Consumer{{Name: "wms", Key: testKey, Required: true, Scopes: []string{"events:read", "ack", "reference:write"}}}})
	require.NoError(t, err)
	s.server = httptest.NewServer(s.feed.Handler())
	t.Cleanup(s.server.Close)
	return s
}

func wms(t *testing.T, args ...string) (out, errOut string, err error) {
	t.Helper()
	t.Setenv("EDGE_WMS_KEY", testKey)
	var o, e bytes.Buffer
	err = run(t.Context(), args, &o, &e)
	return o.String(), e.String(), err
}

func code(err error) int {
	var c exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &c):
		return int(c)
	}
	return 1
}

func TestPush(t *testing.T) {
	s := newSite(t, "ICN1")
	path := filepath.Join(t.TempDir(), "day.ndjson")
	require.NoError(t, os.WriteFile(path, []byte(`{"at":"2010-12-01T08:00:00Z"}`+"\n"+`{"id":"x"}`+"\n"), 0o600))
	out, errOut, err := wms(t, "push", path, "--to", s.server.URL)
	require.NoError(t, err)
	assert.Equal(t, "2 lines: 2 accepted, 0 unchanged, 0 rejected\n", out)
	assert.Empty(t, errOut, "no progress bar in a pipe")
	assert.Contains(t, s.pushed, "2010-12-01T")

	_, errOut, err = wms(t, "push", path, "--to", s.server.URL, "--as-of", "now")
	require.NoError(t, err)
	assert.Contains(t, errOut, "every date moves by")
	assert.Contains(t, s.pushed, time.Now().UTC().Format(time.DateOnly)+"T08:00:00Z")

	require.NoError(t, os.WriteFile(path, []byte("{}\n{\"bad\":1}\n"), 0o600))
	out, _, err = wms(t, "push", path, "--to", s.server.URL)
	assert.Equal(t, 3, code(err))
	assert.Equal(t, "2 lines: 1 accepted, 0 unchanged, 1 rejected\nline 2: fieldType: id\n", out)
}

func TestPullOnceTwoSites(t *testing.T) {
	a, b := newSite(t, "ICN1"), newSite(t, "PUS1")
	a.log.Add(12_345, time.Now(), "a")
	dir := t.TempDir()
	args := []string{"pull", "--from", a.server.URL, "--from", b.server.URL, "--into", "file:" + dir, "--once"}
	for range 2 {
		_, errOut, err := wms(t, args...)
		require.NoError(t, err, errOut)
		for _, s := range []struct {
			name string
			log  *feedtest.Log
		}{{"ICN1", a.log}, {"PUS1", b.log}} {
			want, err := s.log.Read(s.log.Epochs()[0].ID, 0, 1<<30, 1<<30, nil)
			require.NoError(t, err)
			names, err := filepath.Glob(filepath.Join(dir, s.name, "events-*.ndjson"))
			require.NoError(t, err)
			got := ""
			for _, n := range names {
				text, err := os.ReadFile(n)
				require.NoError(t, err)
				got += string(text)
			}
			assert.Equal(t, string(want.Lines), got)
		}
		mark, _ := a.feed.Mark()
		assert.Equal(t, a.log.Head(), mark)
		a.log.Add(7, time.Now(), "more")
		b.log.Add(1, time.Now(), "first")
	}
}

func TestPullFollowsUntilTold(t *testing.T) {
	s := newSite(t, "ICN1")
	t.Setenv("OTHER_KEY", testKey)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, []string{"pull", "--from", s.server.URL, "--into", "file:" + dir, "--key-env", "OTHER_KEY", "-q"}, io.Discard, io.Discard)
	}()
	for n := range 3 {
		s.log.Add(5, time.Now(), "x")
		// an acknowledgement is what a puller shows to the outside
		require.Eventually(t, func() bool { mark, _ := s.feed.Mark(); return mark == uint64(5*(n+1)) }, 30*time.Second, 5*time.Millisecond)
	}
	cancel()
	require.NoError(t, <-done)
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{}, {"fly"}, {"push"}, {"push", "/nowhere", "--to", "http://x"}, {"pull", "--from", "http://x"},
		{"pull", "--from", "http://x", "--into", "nats:x"}, {"pull", "--from", "x", "--into", "file:x"},
		{"pull", "--from", "http://x", "--into", "file:x", "--key-env", "NOT_SET_ANYWHERE"}} {
		_, _, err := wms(t, args...)
		assert.Equal(t, 2, code(err), "%v: %v", args, err)
	}
	out, _, err := wms(t, "--help")
	require.NoError(t, err)
	assert.Contains(t, out, "pull")
}

func TestOneFailingEdgeDoesNotStopTheOthers(t *testing.T) {
	a, b := newSite(t, "ICN1"), newSite(t, "../evil")
	a.log.Add(10, time.Now(), "a")
	_, _, err := wms(t, "pull", "--from", b.server.URL, "--from", a.server.URL, "--into", "file:"+t.TempDir(), "--once")
	assert.Equal(t, 1, code(err))
	assert.ErrorContains(t, err, "cannot name a folder")
	mark, _ := a.feed.Mark()
	assert.Equal(t, uint64(10), mark)
}
