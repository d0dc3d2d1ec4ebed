package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A second site shares nothing with the first: no port, no line.
func TestTheDemoAtOtherPorts(t *testing.T) {
	demo := filepath.Join("..", "..", "configs", "demo.toml")
	text, err := os.ReadFile(demo)
	require.NoError(t, err)
	for _, broker := range []string{"embedded", mosquitto} {
		s := &site{options: options{config: demo, folder: t.TempDir(), mix: "all", broker: broker, port: 9000}}
		require.NoError(t, s.configure())
		assert.Equal(t, "http://127.0.0.1:9000", s.url())
		got, err := os.ReadFile(s.config)
		require.NoError(t, err)
		first := map[string]bool{}
		for _, a := range address.FindAllString(string(text), -1) {
			first[a] = true
			assert.NotContains(t, string(got), a, broker)
		}
		second := map[string]bool{}
		for _, a := range address.FindAllString(string(got), -1) {
			second[a] = true
		}
		assert.Len(t, second, len(first), "%s: one for one", broker)
		assert.NotContains(t, string(got), lines)
		assert.Contains(t, string(got), "/tmp/dcedge-site-9000/")
		env, err := s.scripts()
		require.NoError(t, err)
		told, err := exec.Command("sh", "-c", ". "+env+"; echo $EDGE $PRINTER $BELT").Output()
		require.NoError(t, err)
		assert.Equal(t, "http://127.0.0.1:9000 http://127.0.0.1:9025 http://127.0.0.1:9040\n", string(told))
	}
	for _, port := range []int{-1, 80, 65500} {
		_, err := elsewhere(text, port)
		assert.ErrorContains(t, err, "from 1024 to 65494", port)
	}
}

// A port that another program has is said before anything is started, with what to
// type; the configuration's, a printer's other one, and a device's that the site plays.
func TestAPortThatIsTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, l.Close()) })
	n := l.Addr().(*net.TCPAddr).Port
	for name, text := range map[string]string{
		"page":    fmt.Sprintf("listen = %q\n", at(n)),
		"printer": fmt.Sprintf("link = \"tcp://%s\"\n", at(n-20)),
	} {
		config := filepath.Join(t.TempDir(), "c.toml")
		require.NoError(t, os.WriteFile(config, []byte(text), 0o600))
		s := &site{options: options{config: config, port: 2000}}
		err := s.taken()
		require.Error(t, err, name)
		assert.Regexp(t, fmt.Sprintf(`port .*\b%d\b`, n), err.Error(), "%s; others may be taken too", name)
		assert.ErrorContains(t, err, "make run PORT=3000 takes ports from 3000 on", name)
	}
	first := filepath.Join(t.TempDir(), "c.toml")
	require.NoError(t, os.WriteFile(first, fmt.Appendf(nil, "listen = %q\n", at(n)), 0o600))
	assert.ErrorContains(t, (&site{options: options{config: first}}).taken(), "make run PORT=9000 takes ports from 9000 on")
	config := filepath.Join(t.TempDir(), "c.toml")
	require.NoError(t, os.WriteFile(config, []byte("[[device]]\nname = \"s\"\ndriver = \"scanner\"\nlink = \"serial:///tmp/x\"\n"), 0o600))
	s := &site{options: options{config: config, port: n - 31}}
	err = s.taken()
	require.Error(t, err)
	assert.Regexp(t, fmt.Sprintf(`port .*\b%d\b`, n), err.Error(), "the scanner's control port; others may be taken too")
}
