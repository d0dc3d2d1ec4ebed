package ipp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/edge/edgetest/porttest"
)

// cups is a CUPS of the test's own with one raw queue that ends in a TCP sink, as a
// printer's port 9100 is.
type cups struct {
	at   string
	sink net.Listener
	mu   sync.Mutex
	got  [][]byte
}

func startCUPS(t *testing.T) *cups {
	t.Helper()
	server, err := exec.LookPath("cupsd")
	if err != nil {
		if server = "/usr/sbin/cupsd"; !exists(server) {
			t.Skip("SKIPPED, NOT PASSED: no cupsd (apt-get install cups cups-client)")
		}
	}
	if os.Getuid() != 0 {
		t.Skip("SKIPPED, NOT PASSED: cupsd wants root")
	}
	lp, err := user.Lookup("lp")
	require.NoError(t, err)
	uid, _ := strconv.Atoi(lp.Uid)
	gid, _ := strconv.Atoi(lp.Gid)
	dir := t.TempDir()
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o755))
	require.NoError(t, os.Chmod(dir, 0o755))
	for _, d := range []string{"etc", "cache", "state", "spool", "tmp", "log"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, d), 0o755))
		require.NoError(t, os.Chown(filepath.Join(dir, d), uid, gid))
	}
	c := &cups{at: porttest.Free(t)}
	c.sink, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go c.serve()
	files := fmt.Sprintf("ServerRoot %[1]s/etc\nCacheDir %[1]s/cache\nStateDir %[1]s/state\nRequestRoot %[1]s/spool\nTempDir %[1]s/tmp\nAccessLog %[1]s/log/access\nErrorLog %[1]s/log/error\nPageLog %[1]s/log/page\nSystemGroup root\nUser lp\nGroup lp\n", dir)
	conf := "Listen " + c.at + "\nLogLevel warn\nWebInterface No\nBrowsing Off\nDefaultAuthType None\nErrorPolicy retry-job\n<Location />\nOrder allow,deny\nAllow all\n</Location>\n<Location /admin>\nOrder allow,deny\nAllow all\n</Location>\n<Policy default>\n<Limit All>\nOrder allow,deny\nAllow all\n</Limit>\n</Policy>\n"
	write := func(name, text string) string {
		path := filepath.Join(dir, "etc", name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	cmd := exec.Command(server, "-f", "-s", write("cups-files.conf", files), "-c", write("cupsd.conf", conf))
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = c.sink.Close()
	})
	require.Eventually(t, func() bool {
		out, err := exec.Command("lpadmin", "-h", c.at, "-p", "a4", "-E", "-v", "socket://"+c.sink.Addr().String(), "-m", "raw").CombinedOutput()
		if err != nil {
			t.Logf("lpadmin: %s", out)
		}
		return err == nil
	}, 30*time.Second, 200*time.Millisecond)
	return c
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func (c *cups) serve() {
	for {
		conn, err := c.sink.Accept()
		if err != nil {
			return
		}
		raw, _ := io.ReadAll(conn)
		_ = conn.Close()
		c.mu.Lock()
		c.got = append(c.got, raw)
		c.mu.Unlock()
	}
}

func (c *cups) papers() [][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([][]byte(nil), c.got...)
}

// pdf is a small document; what counts is that it arrives byte for byte.
var pdf = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n" + strings.Repeat("% padding\n", 5000))

type conditions struct {
	mu  sync.Mutex
	got []devices.Condition
}

func (s *conditions) Read(context.Context, devices.Reading) error { return nil }
func (s *conditions) State(x devices.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, x.Condition)
}

// TestCUPS: a document through a real CUPS, byte for byte; its states; a queue that
// takes nothing; a job that is held up and cancelled.
func TestCUPS(t *testing.T) {
	c := startCUPS(t)
	p, err := New(Config{Name: "a4-1", URI: "ipp://" + c.at + "/printers/a4", Poll: 50 * time.Millisecond, Watch: 50 * time.Millisecond, JobWait: 20 * time.Second}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	var sink conditions
	go func() { done <- p.Run(ctx, &sink) }()
	is := func(want devices.Condition) {
		t.Helper()
		require.Eventually(t, func() bool { return p.Status().Condition == want }, 30*time.Second, 20*time.Millisecond, "%+v", p.Status())
	}
	is(devices.Ready)
	assert.Contains(t, p.Status().Model, "Raw")

	r := p.Print(t.Context(), Job{Name: "납품서 O-1", PDF: pdf})
	require.Equal(t, devices.Printed, r.Outcome, "%v", r.Err)
	assert.Positive(t, r.Job)
	require.Len(t, c.papers(), 1)
	assert.True(t, bytes.Equal(pdf, c.papers()[0]), "byte for byte")

	command := func(args ...string) {
		t.Helper()
		out, err := exec.Command(args[0], append([]string{"-h", c.at}, args[1:]...)...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	command("cupsdisable", "-r", "paper", "a4")
	is(devices.Paused)
	assert.NotEmpty(t, p.Status().Hint)
	short, err := New(Config{Name: "a4-1", URI: "ipp://" + c.at + "/printers/a4", Watch: 50 * time.Millisecond, JobWait: 500 * time.Millisecond}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	r = short.Print(t.Context(), Job{Name: "held up", PDF: pdf})
	assert.Equal(t, devices.Unknown, r.Outcome)
	assert.ErrorIs(t, r.Err, ErrSlow)
	require.NoError(t, p.Cancel(t.Context(), r.Job))
	state, _, err := p.job(t.Context(), r.Job)
	require.NoError(t, err)
	assert.Equal(t, jobCanceled, state)
	command("cupsenable", "a4")
	is(devices.Ready)
	command("cupsreject", "-r", "closed", "a4")
	is(devices.Paused)
	r = p.Print(t.Context(), Job{Name: "refused", PDF: pdf})
	assert.Equal(t, devices.NotSent, r.Outcome)
	assert.Equal(t, "refused", r.Code, "%v", r.Err)
	assert.Len(t, c.papers(), 1, "nothing of the others came out")
	stop()
	require.NoError(t, <-done)
}
