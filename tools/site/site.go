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
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// kept is what run/site.json keeps of a site, readable by its owner only.
type kept struct {
	Keys      map[string]string `json:"keys"` // environment of the edge
	LeadBadge string            `json:"leadBadge"`
	LeadPIN   string            `json:"leadPin"`
	CrewLead  string            `json:"crewLead,omitempty"` // of a lead who works with the crew
	CrewPIN   string            `json:"crewPin,omitempty"`
	Days      int               `json:"days"` // of made-up orders pushed so far
	Orders    string            `json:"orders,omitempty"`
}

type ended struct {
	name string
	err  error
}

type child struct {
	name string // of its log; a device's, or the program's
	bin  string
	args []string
	born time.Time
	cmd  *exec.Cmd
	done chan struct{}
}

// site is one simulated distribution centre.
type site struct {
	options
	kept
	children []*child // in the order of their start
	ended    chan ended
	devices  []device
	stages   string    // of the orders, when they were last counted
	since    time.Time // when that changed
}

func openSite(o options) (*site, error) {
	if err := os.MkdirAll(o.folder, 0o700); err != nil {
		return nil, err
	}
	s := &site{options: o, ended: make(chan ended, 8)}
	text, err := os.ReadFile(s.path("site.json"))
	if err == nil {
		if err := json.Unmarshal(text, &s.kept); err != nil {
			return nil, err
		}
		return s, s.keys()
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	s.Keys = map[string]string{}
	return s, s.keys()
}

// keys draws the keys that the site does not have yet.
func (s *site) keys() error {
	for _, name := range []string{"EDGE_PII_KEY", "EDGE_WMS_KEY", "EDGE_AUDIT_KEY", "EDGE_TRY_KEY"} {
		if s.Keys[name] != "" {
			continue
		}
		key := make([]byte, 32)
		if _, err := rand.Read(key); err != nil {
			return err
		}
		s.Keys[name] = base64.StdEncoding.EncodeToString(key)
	}
	return s.save()
}

func (s *site) path(name string) string { return filepath.Join(s.folder, name) }

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func (s *site) save() error {
	text, err := json.MarshalIndent(s.kept, "", " ")
	if err != nil {
		return err
	}
	next := s.path("site.json.new")
	if err := os.WriteFile(next, text, 0o600); err != nil {
		return err
	}
	return os.Rename(next, s.path("site.json"))
}

var listen = regexp.MustCompile(`(?m)^listen = "([^"]+)"`)

// url is where the edge listens.
func (s *site) url() string {
	text, _ := os.ReadFile(s.config)
	if m := listen.FindSubmatch(text); m != nil {
		return "http://" + string(m[1])
	}
	return "http://127.0.0.1:8080"
}

func (s *site) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	if !filepath.IsAbs(name) {
		name = filepath.Join(s.bin, name)
	}
	c := exec.CommandContext(ctx, name, args...)
	c.Env = os.Environ()
	for k, v := range s.Keys {
		c.Env = append(c.Env, k+"="+v)
	}
	if filepath.Base(name) == "firmware-sim" {
		c.Env = append(c.Env, "CREW_LEAD_PIN="+s.CrewPIN)
	}
	return c
}

// start runs a program beside; its output goes to run/NAME.log. It gets its
// own process group, so that Ctrl-C reaches it through stop, in order.
func (s *site) start(name string, args ...string) error { return s.startAs(name, name, args...) }

// startAs starts a program under a name of its own.
func (s *site) startAs(name, bin string, args ...string) error {
	log, err := os.OpenFile(s.path(name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	c := s.command(context.Background(), bin, args...)
	c.Stdout, c.Stderr = log, log
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := c.Start(); err != nil {
		return fmt.Errorf("%s: %w (make build first)", name, errors.Join(err, log.Close()))
	}
	p := &child{name: name, bin: bin, args: args, born: time.Now(), cmd: c, done: make(chan struct{})}
	s.children = append(s.children, p)
	go func() {
		err := c.Wait()
		close(p.done)
		log.Close()
		if err == nil {
			err = errors.New("exit code 0")
		}
		s.ended <- ended{name, err}
	}()
	return nil
}

// stop ends the programs, the last started first.
func (s *site) stop() error {
	var errs []error
	for i := len(s.children) - 1; i >= 0; i-- {
		p := s.children[i]
		_ = p.cmd.Process.Signal(os.Interrupt) // it may have ended already
		select {
		case <-p.done:
		case <-time.After(20 * time.Second):
			errs = append(errs, fmt.Errorf("%s did not end in 20 s and was killed", p.name), p.cmd.Process.Kill())
		}
	}
	return errors.Join(errs...)
}

// again starts a program that has ended once more. One that lived for less than
// two seconds would only end again: that is the site's end.
func (s *site) again(ctx context.Context, name string) error {
	for i, p := range s.children {
		if p.name != name {
			continue
		}
		if time.Since(p.born) < 2*time.Second && p.bin == p.name {
			return fmt.Errorf("%s ends as soon as it starts; its last lines:\n%s", name, s.tail(name, 1500))
		}
		s.children = append(s.children[:i], s.children[i+1:]...)
		if err := s.startAs(name, p.bin, p.args...); err != nil {
			return err
		}
		if name == "edge" || name == mosquitto { // they are stopped last, as they were started first
			last := len(s.children) - 1
			s.children = append([]*child{s.children[last]}, s.children[:last]...)
		}
		if name == "edge" {
			return s.ready(ctx, 30*time.Second)
		}
		return nil
	}
	return fmt.Errorf("%s was never started", name)
}

// tail is the end of a program's log.
func (s *site) tail(name string, most int) string {
	text, _ := os.ReadFile(s.path(name + ".log"))
	return string(text[max(0, len(text)-most):])
}

// ready waits until the edge takes scans, or has ended.
func (s *site) ready(ctx context.Context, most time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for {
		r, err := http.DefaultClient.Do(request(ctx, "GET", s.url()+"/readyz", "", nil))
		if err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the edge is not ready after %s; its last lines:\n%s", most, s.tail("edge", 1500))
		case p := <-s.ended:
			return fmt.Errorf("the edge ended (%w); its last lines:\n%s", p.err, s.tail("edge", 1500))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func request(ctx context.Context, method, url, key string, body []byte) *http.Request {
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		panic(err) // the URLs are built here
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// ask does one request and reads the JSON answer.
func ask(ctx context.Context, r *http.Request, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	a, err := http.DefaultClient.Do(r.WithContext(ctx))
	if err != nil {
		return err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err == nil && a.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s %s", r.Method, r.URL.Path, a.Status, text)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
