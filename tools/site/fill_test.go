package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The next day waits while the orders of this one go from stage to stage: none may be
// done with before its truck leaves.
func TestTheNextDayWaitsForThisOne(t *testing.T) {
	metrics := `edge_orders{stage="picking"} 5`
	edge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, metrics+"\n") }))
	t.Cleanup(edge.Close)
	folder := t.TempDir()
	config := filepath.Join(folder, "edge.toml")
	require.NoError(t, os.WriteFile(config, []byte(`listen = "`+strings.TrimPrefix(edge.URL, "http://")+`"`), 0o600))
	s := &site{options: options{config: config, folder: folder, bin: folder, speed: 20}}
	require.NoError(t, s.nextDay(t.Context(), io.Discard))

	metrics = `edge_orders{stage="packed"} 5`
	s.since = time.Now().Add(-time.Hour)
	require.NoError(t, s.nextDay(t.Context(), io.Discard))
	assert.WithinDuration(t, time.Now(), s.since, time.Minute)

	s.since = time.Now().Add(-time.Hour)
	assert.ErrorContains(t, s.nextDay(t.Context(), io.Discard), "firmware-sim", "nothing came of them: orders are made up")
}
