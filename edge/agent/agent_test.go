package agent

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/config"
	"dcedge/edge/journal"
	"dcedge/sync/feed"
)

const plain = `
site = "TEST"
data = "DATA"
[http]
listen = "127.0.0.1:0"
[pii]
keyEnv = "EDGE_PII_KEY"
[login]
devices = "open"
[[consumer]]
name = "wms"
keyEnv = "EDGE_WMS_KEY"
scopes = ["events:read", "ack", "reference:write"]
required = true
[[device]]
name = "printer-1"
driver = "zebra"
link = "tcp://127.0.0.1:9"
[[station]]
name = "pack-1"
printers = ["printer-1"]
`

func env(name string) string {
	return map[string]string{"EDGE_PII_KEY": base64.StdEncoding.EncodeToString(make([]byte, 32)), "EDGE_WMS_KEY": "a key of the test, long enough"}[name]
}

func configOf(t *testing.T, text string, change ...string) *config.Config {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	cfg, err := config.Parse("test.toml", []byte(strings.NewReplacer(append(change, "DATA", dir)...).Replace(text)))
	require.NoError(t, err)
	return cfg
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestAnEdgeStartsServesAndEnds(t *testing.T) {
	cfg := configOf(t, plain)
	for range 2 { // and again on the same folder
		address := make(chan string, 1)
		a, err := Open(cfg, env, quiet(), func(at string) { address <- at })
		require.NoError(t, err)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- a.Run(ctx) }()
		url := "http://" + <-address + "/readyz"
		require.Eventually(t, func() bool {
			r, err := http.Get(url)
			return err == nil && r.Body.Close() == nil && r.StatusCode == http.StatusOK
		}, 30*time.Second, 10*time.Millisecond, "it is ready soon after it listens")

		_, err = Open(cfg, env, quiet(), nil)
		require.ErrorIs(t, err, journal.ErrLocked, "a second one on the same folder")
		assert.ErrorContains(t, err, "in use by process")

		stop()
		select {
		case err := <-ended:
			require.NoError(t, err)
		case <-time.After(20 * time.Second):
			t.Fatal("the edge did not end in 20 s")
		}
		require.NoError(t, a.Close())
	}
	var said strings.Builder
	whole, err := Verify(cfg, &said)
	require.NoError(t, err)
	assert.True(t, whole, said.String())
}

func TestOpenRefuses(t *testing.T) {
	t.Run("a consumer without its key", func(t *testing.T) {
		_, err := Open(configOf(t, plain), func(string) string { return "" }, quiet(), nil)
		assert.ErrorIs(t, err, errNoKey)
		assert.ErrorContains(t, err, "EDGE_WMS_KEY")
	})
	t.Run("a vault key that is none", func(t *testing.T) {
		_, err := Open(configOf(t, plain), func(n string) string { return "secret-" + n }, quiet(), nil)
		require.Error(t, err)
		assert.ErrorContains(t, err, "EDGE_PII_KEY")
		assert.NotContains(t, err.Error(), "secret-", "an error never shows a key")
	})
	t.Run("a data folder that others may read", func(t *testing.T) {
		cfg := configOf(t, plain)
		require.NoError(t, os.MkdirAll(cfg.Data, 0o755))
		require.NoError(t, os.Chmod(cfg.Data, 0o755))
		_, err := Open(cfg, env, quiet(), nil)
		assert.ErrorContains(t, err, "chmod 700")
	})
}

func TestKeysAreKeptAndRefusedWhenOthersMayReadThem(t *testing.T) {
	dir := t.TempDir()
	k, err := openKeys(dir)
	require.NoError(t, err)
	again, err := openKeys(dir)
	require.NoError(t, err)
	assert.Equal(t, k.derive("x"), again.derive("x"))
	assert.NotEqual(t, k.derive("x"), k.derive("y"))
	file := filepath.Join(dir, "keys", "edge.key")
	require.NoError(t, os.Chmod(file, 0o644))
	_, err = openKeys(dir)
	assert.ErrorContains(t, err, "chmod 600")
	require.NoError(t, os.Chmod(file, 0o600))
	require.NoError(t, os.WriteFile(file, []byte("half"), 0o600))
	_, err = openKeys(dir)
	assert.ErrorContains(t, err, "damaged")
}

func TestARequiredConsumerIsRemovedByCommand(t *testing.T) {
	cfg := configOf(t, plain)
	run := func(cfg *config.Config, do func(*Agent)) error {
		ready := make(chan string, 1)
		a, err := Open(cfg, env, quiet(), func(at string) { ready <- at })
		if err != nil {
			return err
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- a.Run(ctx) }()
		<-ready
		do(a)
		stop()
		return errors.Join(<-ended, a.Close())
	}
	require.NoError(t, run(cfg, func(a *Agent) {
		require.NoError(t, a.engine.Record(t.Context(), edge.Private{Kind: feed.KindConsumer, Key: "wms",
			Value: []byte(`{"epoch":"` + a.engine.Epoch() + `","acked":0,"required":true}`)}))
	}))
	without := *cfg
	without.Consumers = nil
	assert.ErrorContains(t, run(&without, func(*Agent) {}), "remove it by command")

	list, err := Consumers(&without)
	require.NoError(t, err)
	assert.Equal(t, []ConsumerPlace{{Name: "wms", Required: true}}, list)
	assert.ErrorIs(t, RemoveConsumer(&without, "nobody"), ErrConsumer)
	require.NoError(t, RemoveConsumer(&without, "wms"))
	assert.NoError(t, run(&without, func(*Agent) {}), "it starts without it now")
}

func TestLostKeysAreMissedAndVerifyChangesNothing(t *testing.T) {
	cfg := configOf(t, plain)
	a, err := Open(cfg, env, quiet(), nil)
	require.NoError(t, err)
	require.NoError(t, a.Close())

	file := filepath.Join(cfg.Data, "store.db")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	bad := bytes.Clone(text)
	for i := range 8 * 4096 { // both meta pages and what follows them
		bad[i] ^= 0x5a
	}
	require.NoError(t, os.WriteFile(file, bad, 0o600))
	var said strings.Builder
	whole, err := Verify(cfg, &said)
	require.NoError(t, err)
	assert.False(t, whole, said.String())
	assert.Contains(t, said.String(), "store: DAMAGED")
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, bad, after, "what is inspected does not change")

	require.NoError(t, os.RemoveAll(filepath.Join(cfg.Data, "keys")))
	_, err = Open(cfg, env, quiet(), nil)
	assert.ErrorContains(t, err, "is missing beside a vault")
}
