package crash

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/porttest"
	"dcedge/firmware-sim/printer"
)

// count reads a number of rounds from the environment.
func count(name string, def int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return def
}

// built keeps the binaries of this test run by their build tags.
var built struct {
	sync.Mutex
	dir   string
	paths map[string]string
}

func TestMain(m *testing.M) {
	if dirs := os.Getenv(childEnv); dirs != "" {
		os.Exit(recoverChild(dirs))
	}
	code := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// program builds cmd/edge with these build tags, once.
func program(t testing.TB, tags string) string {
	t.Helper()
	built.Lock()
	defer built.Unlock()
	if built.paths == nil {
		dir, err := os.MkdirTemp("", "dcedge-crash-")
		require.NoError(t, err)
		built.dir, built.paths = dir, map[string]string{}
	}
	if p := built.paths[tags]; p != "" {
		return p
	}
	p := filepath.Join(built.dir, "edge-"+strings.ReplaceAll(tags, ",", "-"))
	out, err := exec.Command("go", "build", "-tags", tags, "-o", p, "dcedge/cmd/edge").CombinedOutput()
	require.NoError(t, err, "%s", out)
	built.paths[tags] = p
	return p
}

// rig is one site: its folder, configuration, printers and address. The edge
// itself comes and goes.
type rig struct {
	t        testing.TB
	bin      string
	dir      string // holds the configuration and the logs
	data     string
	config   string
	url      string
	key      string // of the consumer wms
	env      []string
	epoch    string
	printers []*printer.Printer
	http     *http.Client
}

// newRig makes a site whose data folder is data ("" = in a temporary folder).
func newRig(t testing.TB, bin, data string) *rig {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED, NOTHING PROVEN: -short leaves the crash tests out")
	}
	r := &rig{t: t, bin: bin, dir: t.TempDir(), key: "wms-key-of-the-crash-tests-0123456789",
		http: &http.Client{Timeout: 40 * time.Second, Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64}}}
	if r.data = data; data == "" {
		r.data = filepath.Join(r.dir, "data")
	}
	r.env = append(os.Environ(), "EDGE_WMS_KEY="+r.key,
		"EDGE_PII_KEY="+base64.StdEncoding.EncodeToString(piiKey()))
	listen := porttest.Free(t)
	r.url = "http://" + listen
	var devices strings.Builder
	for i := range 2 {
		p, err := printer.New(printer.Config{Name: fmt.Sprintf("p%d", i+1), Listen: "127.0.0.1:0", Clock: 30})
		require.NoError(t, err)
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() { defer close(ended); _ = p.Run(ctx) }()
		t.Cleanup(func() { stop(); <-ended })
		<-p.Ready()
		r.printers = append(r.printers, p)
		fmt.Fprintf(&devices, "[[device]]\nname = \"p%d\"\ndriver = \"zebra\"\nlink = \"tcp://%s\"\n", i+1, p.Addr())
		fmt.Fprintf(&devices, "[[station]]\nname = \"pack-%d\"\nprinters = [\"p%d\"]\n", i+1, i+1)
	}
	r.config = filepath.Join(r.dir, "edge.toml")
	require.NoError(t, os.WriteFile(r.config, fmt.Appendf(nil, `site = "CRASH"
data = %q
[http]
listen = %q
tls = "off"
[pii]
keyEnv = "EDGE_PII_KEY"
[login]
devices = "open"
[[consumer]]
name = "wms"
keyEnv = "EDGE_WMS_KEY"
scopes = ["events:read", "ack", "reference:write", "reconcile", "cs:read"]
required = true
%s`, r.data, listen, devices.String()), 0o600))
	return r
}

// edge is one life of the process.
type edge struct {
	cmd  *exec.Cmd
	log  string
	done chan struct{}
	err  error // of Wait, after done
}

// spawn starts "edge run", perhaps under a wrapper such as strace, and does not
// wait for it.
func (r *rig) spawn(wrap ...string) *edge {
	r.t.Helper()
	log, err := os.CreateTemp(r.dir, "edge-*.log")
	require.NoError(r.t, err)
	defer log.Close()
	args := append(wrap, r.bin, "run", "--config", r.config)
	e := &edge{cmd: exec.Command(args[0], args[1:]...), log: log.Name(), done: make(chan struct{})}
	e.cmd.Env, e.cmd.Stdout, e.cmd.Stderr = r.env, log, log
	e.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // also when the tests time out
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // the signal comes when the starting thread ends
		defer runtime.UnlockOSThread()
		err := e.cmd.Start()
		if started <- err; err == nil {
			e.err = e.cmd.Wait()
		}
		close(e.done)
	}()
	require.NoError(r.t, <-started)
	r.t.Cleanup(func() { _ = e.cmd.Process.Kill(); <-e.done })
	return e
}

// said is what a process has logged.
func (e *edge) said() string {
	b, _ := os.ReadFile(e.log)
	return string(b)
}

// start spawns the edge and waits until it takes scans.
func (r *rig) start(wrap ...string) *edge {
	r.t.Helper()
	e := r.spawn(wrap...)
	require.NoError(r.t, r.ready(e, 30*time.Second), "%s", e.said())
	return e
}

// startUnready spawns the edge and waits until it answers with code why it
// takes no scans.
func (r *rig) startUnready(code string) *edge {
	r.t.Helper()
	e := r.spawn()
	require.Eventually(r.t, func() bool {
		a, err := r.http.Get(r.url + "/readyz")
		if err != nil {
			return false
		}
		defer a.Body.Close()
		b, err := io.ReadAll(a.Body)
		return err == nil && a.StatusCode == http.StatusServiceUnavailable && strings.Contains(string(b), code)
	}, 30*time.Second, 3*time.Millisecond, "%s", e.said())
	return e
}

var errEnded = errors.New("the process has ended")

func (r *rig) ready(e *edge, most time.Duration) error {
	end := time.After(most)
	for {
		a, err := r.http.Get(r.url + "/readyz")
		if err == nil {
			_ = a.Body.Close()
			if a.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-e.done:
			return errEnded
		case <-end:
			return errors.New("not ready in time")
		case <-time.After(3 * time.Millisecond):
		}
	}
}

// kill ends the process without any grace.
func (e *edge) kill() { _ = e.cmd.Process.Kill(); <-e.done }

// stop asks the process to end; it tells how it ended.
func (e *edge) stop(t testing.TB) error {
	t.Helper()
	require.NoError(t, e.cmd.Process.Signal(syscall.SIGTERM))
	return e.ended(t, 20*time.Second)
}

func (e *edge) ended(t testing.TB, most time.Duration) error {
	t.Helper()
	select {
	case <-e.done:
	case <-time.After(most):
		_ = e.cmd.Process.Signal(syscall.SIGQUIT)
		require.Fail(t, "the process does not end", "%s", e.said())
	}
	return e.err
}

// ask makes one request with a JSON answer.
func (r *rig) ask(method, path, key string, body []byte, into any) (int, error) {
	q, err := http.NewRequest(method, r.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	if key != "" {
		q.Header.Set("Authorization", "Bearer "+key)
	}
	if len(body) > 0 {
		q.Header.Set("Content-Type", "application/json")
	}
	a, err := r.http.Do(q)
	if err != nil {
		return 0, err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err == nil && into != nil {
		err = json.Unmarshal(text, into)
	}
	return a.StatusCode, err
}

// floor pushes what a site needs before anybody can work.
func (r *rig) floor() {
	r.t.Helper()
	var status struct{ Epoch string }
	_, err := r.ask("GET", "/sync/v1/status", r.key, nil, &status)
	require.NoError(r.t, err)
	require.NotEmpty(r.t, status.Epoch)
	r.epoch = status.Epoch
	r.push(floorRecords(r.epoch))
}

// orders pushes n orders numbered from first.
func (r *rig) orders(first, n int) { r.t.Helper(); r.push(orderRecords(first, n)) }

func (r *rig) push(records []byte) {
	r.t.Helper()
	var out struct {
		RejectedTotal int
		Rejected      json.RawMessage
	}
	code, err := r.ask("POST", "/sync/v1/reference", r.key, records, &out)
	require.NoError(r.t, err)
	require.Equal(r.t, 200, code)
	require.Zero(r.t, out.RejectedTotal, "%s", out.Rejected)
}
