package agent

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/config"
	"dcedge/edge/floor"
)

// withWitness is a site with a witness.
func withWitness(t *testing.T) *config.Config {
	t.Helper()
	return configOf(t, plain, `site = "TEST"`, `site = "TEST"`+"\n"+`witness = "`+filepath.Join(t.TempDir(), "w")+`"`)
}

// reasons starts and ends the edge, and tells why its epochs began and whether its floor
// is closed.
func reasons(t *testing.T, cfg *config.Config) (out []string, closed string) {
	t.Helper()
	a, err := Open(cfg, env, quiet(), func(string) {})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	require.NoError(t, a.engine.Read(ctx, func(v floor.View) { closed = v.State.Site().Closed }))
	for _, e := range a.journal.Epochs() {
		out = append(out, e.Reason)
	}
	stop()
	require.NoError(t, <-ended)
	require.NoError(t, a.Close())
	return out, closed
}

// TestEndedBeforeItBegan: an edge that is told to end while it starts ends in order.
func TestEndedBeforeItBegan(t *testing.T) {
	a, err := Open(configOf(t, plain), env, quiet(), func(string) {})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	require.NoError(t, a.Run(ctx))
	require.NoError(t, a.Close())
}

// TestWitness: a folder that is not what its witness saw goes on in a new epoch with its
// floor closed; one that is goes on as it was, and so does a restored one.
func TestWitness(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, cfg *config.Config, said *testimony)
		want  string
	}{
		"as it was":                    {func(*testing.T, *config.Config, *testimony) {}, ""},
		"an older copy":                {func(t *testing.T, _ *config.Config, said *testimony) { said.Seq += 100 }, edge.EpochRolledBack},
		"another history":              {func(t *testing.T, _ *config.Config, said *testimony) { said.Epoch = "01JNOBODYS" }, edge.EpochRolledBack},
		"another machine":              {func(t *testing.T, _ *config.Config, said *testimony) { said.Home = "there" }, edge.EpochCopied},
		"the same place, other events": {func(t *testing.T, _ *config.Config, said *testimony) { said.Hash = "00" }, edge.EpochCopied},
		"the witness is gone": {func(t *testing.T, cfg *config.Config, said *testimony) {
			require.NoError(t, os.Remove(cfg.Witness))
			said.Site = ""
		}, edge.EpochNoWitness},
		"an empty folder": {func(t *testing.T, cfg *config.Config, _ *testimony) { require.NoError(t, os.RemoveAll(cfg.Data)) }, edge.EpochRolledBack},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := withWitness(t)
			first, closed := reasons(t, cfg)
			assert.Equal(t, []string{""}, first)
			require.Empty(t, closed, "the first start needs no witness")
			said, err := readTestimony(cfg.Witness)
			require.NoError(t, err)
			require.NotNil(t, said)
			c.spoil(t, cfg, said)
			if said.Site != "" {
				said.Sum = said.sum()
				text, err := json.Marshal(said)
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(cfg.Witness, text, 0o600))
			}
			epochs, closed := reasons(t, cfg)
			assert.Equal(t, c.want, closed)
			if c.want == "" {
				assert.Equal(t, []string{""}, epochs)
				return
			}
			assert.Equal(t, []string{"", c.want}, epochs)
			again, closed := reasons(t, cfg)
			assert.Equal(t, epochs, again, "said once")
			assert.Equal(t, c.want, closed, "until the WMS has told")
		})
	}
	t.Run("another site's", func(t *testing.T) {
		cfg := withWitness(t)
		said := testimony{Site: "OTHER"}
		said.Sum = said.sum()
		text, err := json.Marshal(said)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(cfg.Witness, text, 0o600))
		_, err = Open(cfg, env, quiet(), nil)
		assert.ErrorIs(t, err, errWitness)
	})
	t.Run("damaged", func(t *testing.T) {
		cfg := withWitness(t)
		reasons(t, cfg)
		require.NoError(t, os.WriteFile(cfg.Witness, []byte(`{"site":"TEST"}`), 0o600))
		_, closed := reasons(t, cfg)
		assert.Equal(t, edge.EpochNoWitness, closed)
	})
	t.Run("not asked for", func(t *testing.T) {
		cfg := configOf(t, plain)
		reasons(t, cfg)
		assert.NoFileExists(t, cfg.Witness)
	})
}
