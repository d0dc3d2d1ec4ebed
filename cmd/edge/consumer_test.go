package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/agent"
	"dcedge/edge/config"
)

func TestWhatIsLostWithAConsumer(t *testing.T) {
	assert.Empty(t, lossOf(agent.ConsumerPlace{Name: "old", Acked: 9}), "nothing needs it")
	for _, p := range []agent.ConsumerPlace{{Name: "wms", Acked: 77, Required: true, Configured: true}, {Name: "wms", Acked: 77, Required: true}, {Name: "wms", Acked: 77, Configured: true}} {
		said := lossOf(p)
		assert.Contains(t, said, "acknowledged up to event 77")
		assert.Equal(t, p.Required, strings.HasPrefix(said, "wms is required"), said)
	}
}

// A consumer that is still configured goes only with --yes, and the refusal
// removes nothing.
func TestRemovingAConsumerAsksFirst(t *testing.T) {
	cfg := filepath.Join(t.TempDir(), "edge.toml")
	write := func(consumers string) {
		require.NoError(t, os.WriteFile(cfg, []byte(fmt.Sprintf("site = \"T\"\ndata = %q\n[http]\nlisten = \"127.0.0.1:0\"\n[pii]\nkeyEnv = \"K\"\n", cfg+".data")+consumers), 0o600))
	}
	write("[[consumer]]\nname = \"wms\"\nkeyEnv = \"W\"\nscopes = [\"events:read\", \"ack\", \"reference:write\"]\nrequired = true\n")
	seedPlace(t, cfg, "wms")
	list := func() string {
		code, out, said := edge(t, "", "consumer", "list", "--config", cfg)
		require.Zero(t, code, said)
		return out
	}
	require.Contains(t, list(), "wms: ")
	code, out, said := edge(t, "", "consumer", "remove", "wms", "--config", cfg)
	assert.Equal(t, 2, code, out)
	assert.Contains(t, said, "its place (acknowledged up to event 1) is lost for ever")
	assert.Contains(t, said, "--yes")
	assert.Contains(t, list(), "wms: ", "nothing was removed")
	code, out, said = edge(t, "", "consumer", "remove", "wms", "--yes", "--config", cfg)
	assert.Zero(t, code, said)
	assert.Contains(t, out, "wms is removed; take it out of "+cfg)
	assert.NotContains(t, list(), "wms: ")
	code, _, said = edge(t, "", "consumer", "remove", "wms", "--yes", "--config", cfg)
	assert.Equal(t, 1, code)
	assert.Contains(t, said, "no consumer of this name")
}

// seedPlace runs an edge for a moment, which gives its consumers a place.
func seedPlace(t *testing.T, file, name string) {
	t.Helper()
	t.Setenv("K", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	t.Setenv("W", "a-long-enough-key-for-"+name+"-0123456789")
	cfg, err := config.Load(file)
	require.NoError(t, err)
	ready := make(chan string, 1)
	a, err := agent.Open(cfg, os.Getenv, slog.New(slog.DiscardHandler), func(at string) { ready <- at })
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	url := "http://" + <-ready
	ask := func(method, path, body string) []byte {
		r, err := http.NewRequestWithContext(ctx, method, url+path, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+os.Getenv("W"))
		r.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Less(t, resp.StatusCode, 300, string(b))
		return b
	}
	ask("POST", "/sync/v1/reference", `{"kind":"order","id":"1","carrier":"cj","lines":[{"id":"1","sku":"A","quantity":1}]}`)
	var head struct{ Batch struct{ Next string } }
	line, _, _ := strings.Cut(string(ask("GET", "/sync/v1/events?after=start&limit=1", "")), "\n")
	require.NoError(t, json.Unmarshal([]byte(line), &head))
	ask("POST", "/sync/v1/ack", fmt.Sprintf(`{"cursor":%q}`, head.Batch.Next))
	stop()
	require.NoError(t, errors.Join(<-ended, a.Close()))
}

// A key's variable that is not set is a warning, and no fault.
func TestCheckWarnsOfKeysThatAreNotSet(t *testing.T) {
	t.Setenv("SET_KEY", "x")
	t.Setenv("UNSET_KEY", "")
	cfg := filepath.Join(t.TempDir(), "edge.toml")
	require.NoError(t, os.WriteFile(cfg, []byte("site = \"T\"\n[pii]\nkeyEnv = \"SET_KEY\"\n[[consumer]]\nname = \"wms\"\nkeyEnv = \"UNSET_KEY\"\nscopes = [\"events:read\"]\n"), 0o600))
	code, out, said := edge(t, "", "check", "--config", cfg)
	assert.Zero(t, code)
	assert.Contains(t, out, "fine")
	assert.Equal(t, "warning: consumer wms: UNSET_KEY is not set in this environment; where the edge runs without it, it does not start\n", said)
	code, out, _ = edge(t, "", "check", "--json", "--config", cfg)
	assert.Zero(t, code)
	assert.Contains(t, out, `"ok":true`)
	assert.Contains(t, out, "UNSET_KEY is not set")
	t.Setenv("UNSET_KEY", "y")
	_, _, said = edge(t, "", "check", "--config", cfg)
	assert.Empty(t, said)
}
