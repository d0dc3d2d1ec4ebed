package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The demo's configuration is changed only where the options say so, and what
// cannot be changed is told.
func TestTheDemoElsewhere(t *testing.T) {
	demo := filepath.Join("..", "..", "configs", "demo.toml")
	text, err := os.ReadFile(demo)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		o    options
		want []string
		gone string
	}{
		"as it is":     {o: options{mix: "order", broker: "embedded"}},
		"zones":        {o: options{mix: "all", broker: "embedded"}, want: []string{"zones = true"}},
		"mosquitto":    {o: options{mix: "order", broker: mosquitto}, want: []string{`broker = "tcp://127.0.0.1:1884"`}, gone: `listen = "127.0.0.1:1883"`},
		"both of them": {o: options{mix: "zones", broker: mosquitto}, want: []string{"zones = true", `broker = "tcp://`}, gone: `listen = "127.0.0.1:1883"`},
	} {
		t.Run(name, func(t *testing.T) {
			if c.o.config, c.o.folder = demo, t.TempDir(); len(c.want) == 0 {
				c.o.folder = "run"
			}
			s := &site{options: c.o}
			require.NoError(t, s.configure())
			if len(c.want) == 0 {
				assert.Equal(t, demo, s.config, "runs on the file itself")
				return
			}
			got, err := os.ReadFile(s.config)
			require.NoError(t, err)
			for _, w := range c.want {
				assert.Contains(t, "\n"+string(got), "\n"+w)
			}
			if c.gone != "" {
				assert.NotContains(t, string(got), c.gone)
			}
			assert.Equal(t, strings.Count(string(text), "[[device]]"), strings.Count(string(got), "[[device]]"))
		})
	}
	s := &site{options: options{config: demo, folder: t.TempDir(), broker: "rabbit"}}
	assert.ErrorContains(t, s.configure(), "embedded or mosquitto")
	_, err = atMosquitto([]byte("site = \"ICN1\"\n"), "127.0.0.1:1884")
	assert.ErrorContains(t, err, "[mqtt]")
}

// What a site keeps lies in its folder, the edge's data too: the next folder's keys
// open none of it.
func TestTheDataLieInTheFolder(t *testing.T) {
	demo := filepath.Join("..", "..", "configs", "demo.toml")
	folder := t.TempDir()
	s := &site{options: options{config: demo, folder: folder, broker: "embedded"}}
	data := func() string {
		text, err := os.ReadFile(s.config)
		require.NoError(t, err)
		return string(dataLine.FindSubmatch(text)[1])
	}
	require.NoError(t, s.configure())
	assert.Equal(t, filepath.Join(folder, "data"), data())

	s.config, s.Days = demo, 1
	require.NoError(t, s.configure())
	assert.Equal(t, "./run/data", data(), "a site that began there goes on there")

	s.config, s.folder, s.Days = demo, "run", 0
	require.NoError(t, s.configure())
	assert.Equal(t, demo, s.config, "runs on the file itself")
}
