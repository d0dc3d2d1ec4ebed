package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/journal"
)

// asEdge makes the test's own binary the program: what is killed is a process.
const asEdge = "EDGE_TEST_AS_EDGE"

func TestMain(m *testing.M) {
	if os.Getenv(asEdge) != "" {
		main()
	}
	os.Exit(m.Run())
}

func process(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	me, err := os.Executable()
	require.NoError(t, err)
	c := exec.Command(me, args...)
	c.Env = append(os.Environ(), asEdge+"=1")
	return c
}

// siteFile writes a configuration and runs the edge until it has a journal.
func siteFile(t *testing.T, dir string) (cfg, data string) {
	t.Helper()
	cfg, data = filepath.Join(dir, "edge.toml"), filepath.Join(dir, "data")
	require.NoError(t, os.WriteFile(cfg, []byte("site = \"T\"\ndata = \""+data+"\"\n[http]\nlisten = \"127.0.0.1:0\"\n[pii]\nkeyEnv = \"EDGE_TEST_PII\"\n"), 0o600))
	return cfg, data
}

// start runs an edge until it listens; the caller ends it.
func start(t *testing.T, cfg string) (end func()) {
	t.Helper()
	c := process(t, "run", "--config", cfg)
	out, err := c.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	var said []byte
	buf := make([]byte, 4096)
	for !bytes.Contains(said, []byte("listening")) {
		n, err := out.Read(buf)
		said = append(said, buf[:n]...)
		require.NoError(t, err, string(said))
	}
	return func() {
		_ = c.Process.Signal(os.Interrupt)
		_ = c.Wait()
	}
}

func headOf(t *testing.T, data string) journal.Report {
	t.Helper()
	r, err := journal.Verify(journal.OSFS{}, filepath.Join(data, "journal"))
	require.NoError(t, err)
	require.True(t, r.OK())
	return r
}

func TestBackupWhileRunningAndRestoreKilledAtAnyTime(t *testing.T) {
	dir := t.TempDir()
	cfg, data := siteFile(t, dir)
	to, keys := filepath.Join(dir, "backup"), filepath.Join(dir, "keys")
	end := start(t, cfg)
	code, out, said := edge(t, "", "backup", "--config", cfg, "--to", to, "--keys", keys, "--json")
	end()
	require.Zero(t, code, said)
	var m struct{ Epoch string }
	require.NoError(t, json.Unmarshal([]byte(out), &m))
	assert.NoDirExists(t, filepath.Join(to, "keys"), "the keys lie apart")
	code, _, said = edge(t, "", "backup", "--config", cfg, "--to", to, "--keys", keys)
	assert.Equal(t, 1, code, "a backup is never written over another")
	assert.Contains(t, said, "not empty")
	restore := []string{"restore", "--config", cfg, "--from", to, "--keys", keys}
	code, _, said = edge(t, "", restore...)
	assert.Equal(t, 1, code)
	assert.Contains(t, said, "not empty", "a data folder that is used is not replaced")
	require.NoError(t, os.Rename(data, data+".lost"))

	killed, whole := 0, 0
	for wait := time.Duration(0); whole < 3; wait += 10*time.Millisecond + wait/4 {
		require.Less(t, wait, 3*time.Minute, "no restore comes to its end") // a busy machine with -race needs 20 s
		c := process(t, restore...)
		require.NoError(t, c.Start())
		timer := time.AfterFunc(wait, func() { _ = c.Process.Kill() })
		err := c.Wait()
		timer.Stop()
		if _, e := os.Stat(data); e != nil {
			require.Error(t, err, "it said yes and there is nothing")
			killed++
			continue
		}
		if list, e := os.ReadDir(data); e == nil && len(list) == 0 {
			require.Error(t, err)
			killed++
			continue
		}
		whole++
		r := headOf(t, data)
		require.Len(t, r.Epochs, 2)
		assert.Equal(t, m.Epoch, r.Epochs[1].Parent)
		assert.Equal(t, "restored", r.Epochs[1].Reason)
		assert.NotEqual(t, m.Epoch, r.Epoch)
		if whole < 3 {
			require.NoError(t, os.RemoveAll(data))
		}
	}
	assert.Positive(t, killed)
	t.Logf("%d restores killed with nothing left, %d whole", killed, whole)
	start(t, cfg)() // it starts in the new epoch
	assert.Len(t, headOf(t, data).Epochs, 2)
}

// Negative control and damage: a byte that changed in a backup is found, before
// anything is in the data folder.
func TestADamagedBackupIsRefused(t *testing.T) {
	dir := t.TempDir()
	cfg, data := siteFile(t, dir)
	to, keys := filepath.Join(dir, "backup"), filepath.Join(dir, "keys")
	start(t, cfg)()
	code, _, said := edge(t, "", "backup", "--config", cfg, "--to", to, "--keys", keys)
	require.Zero(t, code, said)
	require.NoError(t, os.RemoveAll(data))
	var files []string
	require.NoError(t, filepath.WalkDir(to, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, p)
		}
		return err
	}))
	require.Greater(t, len(files), 2)
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		bad := bytes.Clone(text)
		bad[len(bad)/2] ^= 4
		require.NoError(t, os.WriteFile(f, bad, 0o600))
		code, _, said = edge(t, "", "restore", "--config", cfg, "--from", to, "--keys", keys)
		assert.Equal(t, 1, code, f)
		require.NoError(t, os.WriteFile(f, text, 0o600))
		list, _ := os.ReadDir(data)
		assert.Empty(t, list, "%s: %s", f, said)
	}
	code, _, said = edge(t, "", "restore", "--config", cfg, "--from", to, "--keys", t.TempDir())
	assert.Equal(t, 1, code)
	assert.Contains(t, said, "keys")
	code, _, said = edge(t, "", "restore", "--config", cfg, "--from", to, "--keys", keys)
	assert.Zero(t, code, said)
}
