package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const wmsKeyName = "EDGE_WMS_KEY"

// process is a server that was started here.
type process struct {
	url  string
	cmd  *exec.Cmd
	log  string
	done chan struct{}
}

// site is the folder of one edge, its configuration and its keys.
type site struct {
	edge, dir string
	env       []string
	key       string
}

func (b *bencher) newSite(name string) (*site, error) {
	s := &site{edge: b.edge, dir: filepath.Join(b.dir, name)}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, err
	}
	s.env = os.Environ()
	for _, n := range []string{"EDGE_PII_KEY", wmsKeyName} {
		key := make([]byte, 32)
		if _, err := rand.Read(key); err != nil {
			return nil, err
		}
		s.key = base64.StdEncoding.EncodeToString(key)
		s.env = append(s.env, n+"="+s.key)
	}
	return s, nil
}

func (s *site) data() string { return filepath.Join(s.dir, "data") }

// start runs the edge and waits until it takes scans; took is the time until
// then.
func (s *site) start(ctx context.Context) (p *process, took time.Duration, err error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, 0, err
	}
	config := fmt.Sprintf("site = \"ICN1\"\ntimezone = \"Asia/Seoul\"\ndata = %q\n[http]\nlisten = %q\ntls = \"off\"\n[pii]\nkeyEnv = \"EDGE_PII_KEY\"\n"+
		"[login]\ndevices = \"open\"\npicker = \"badge\"\n[pick]\nlocation = \"always\"\ntype = \"never\"\n"+
		"[[consumer]]\nname = \"wms\"\nkeyEnv = %q\nscopes = [\"events:read\", \"ack\", \"reference:write\"]\nrequired = true\n", s.data(), addr, wmsKeyName)
	file := filepath.Join(s.dir, "edge.toml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, 0, err
	}
	from := time.Now()
	p, err = begin(s.dir, s.env, addr, s.edge, "run", "--config", file, "--log", "warn")
	if err != nil {
		return nil, 0, err
	}
	if err := p.ready(ctx, 5*time.Minute); err != nil {
		return nil, 0, errors.Join(err, p.kill())
	}
	return p, time.Since(from), nil
}

// push sends records and returns an error when one is refused.
func (s *site) push(ctx context.Context, p *process, body io.Reader) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/sync/v1/reference", body)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+s.key)
	r.Header.Set("Content-Type", "application/x-ndjson")
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	var sum struct {
		Accepted int   `json:"accepted"`
		Refused  int   `json:"rejectedTotal"`
		List     []any `json:"rejected"`
	}
	if err == nil && a.StatusCode == http.StatusOK {
		err = json.Unmarshal(text, &sum)
	}
	if err != nil || a.StatusCode != http.StatusOK || sum.Refused > 0 {
		return fmt.Errorf("push: %s: %.500s (%w)", a.Status, text, err)
	}
	return nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// ownGroup keeps Ctrl-C from a child, which ends when this program does.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

func begin(dir string, env []string, addr, name string, args ...string) (*process, error) {
	log, err := os.OpenFile(filepath.Join(dir, "server.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	c := exec.Command(name, args...)
	c.Env, c.Stdout, c.Stderr, c.SysProcAttr = env, log, log, ownGroup()
	p := &process{url: "http://" + addr, cmd: c, log: log.Name(), done: make(chan struct{})}
	if err := c.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	go func() {
		_ = c.Wait() // how it ended stands in the log
		_ = log.Close()
		close(p.done)
	}()
	return p, nil
}

// ready polls /readyz each few milliseconds.
func (p *process) ready(ctx context.Context, most time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/readyz", nil)
		if err != nil {
			return err
		}
		if a, err := http.DefaultClient.Do(r); err == nil {
			_ = a.Body.Close()
			if a.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not ready after %s: %s", most, p.tail())
		case <-p.done:
			return fmt.Errorf("ended by itself: %s", p.tail())
		case <-time.After(3 * time.Millisecond):
		}
	}
}

func (p *process) tail() string {
	text, _ := os.ReadFile(p.log)
	return string(text[max(0, len(text)-1000):])
}

// end asks the process to end and waits.
func (p *process) end() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.done:
		if !p.cmd.ProcessState.Success() {
			return fmt.Errorf("%s ended with %s: %s", p.cmd.Path, p.cmd.ProcessState, p.tail())
		}
		return nil
	case <-time.After(60 * time.Second):
		return errors.Join(errors.New("did not end in 60 s"), p.kill())
	}
}

func (p *process) kill() error {
	err := p.cmd.Process.Kill()
	<-p.done
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// anonymous is the process's anonymous resident memory in MB (smaps_rollup).
func (p *process) anonymous() (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "Anonymous:" {
			kb, err := strconv.Atoi(f[1])
			return float64(kb) / 1024, err
		}
	}
	return 0, errors.New("smaps_rollup names no Anonymous")
}

// cpu is the processor time that the process has used.
func (p *process) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	f := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(f) < 13 {
		return 0, errors.New("short stat")
	}
	user, err1 := strconv.Atoi(f[11])
	system, err2 := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond, errors.Join(err1, err2) // USER_HZ is 100
}
