package sitetest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/edge/agent"
	"dcedge/edge/config"
	sim "dcedge/firmware-sim/printer"
)

// Keys of the site's consumers and of its vault: a test's own, never a real one.
const (
	WMSKey   = "wms-key-for-tests-0123456789abcdef"
	AuditKey = "audit-key-for-tests-0123456789abcd"
	vaultKey = "dGVzdHMgb25seSwgbm8gcmVhbCBrZXksIDMyIGJ5dGU=" // 32 bytes, base64
)

// Options say what a site is like. The zero value has no printer.
type Options struct {
	Dir      string // of configuration, data and log; "" makes one
	Printers int    // printer-1 … each with the station pack-1 … of its own
	Clock    float64
	Keep     int    // labels that a printer remembers
	Extra    string // more lines of configuration, in front of the tables
	Pick     string // more lines of [pick]
	Device   string // more lines of every printer's table
	Share    bool   // every station has all the printers, its own first
	TTY      bool   // the printers are on serial lines
}

// Site is a running edge.
type Site struct {
	URL, Epoch, Dir, Config string
	Printers                []*sim.Printer
	Log                     *Log

	t        testing.TB
	stopSims func()
	stopEdge func()
}

// Log keeps what the edge logs, at every level.
type Log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// Text is everything logged so far.
func (l *Log) Text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// Start starts printers and edge, and waits until scans are taken.
func Start(t testing.TB, o Options) *Site {
	t.Helper()
	s := &Site{t: t, Dir: o.Dir, Log: &Log{}}
	if s.Dir == "" {
		s.Dir = t.TempDir()
	}
	s.startPrinters(o)
	s.Config = filepath.Join(s.Dir, "edge.toml")
	require.NoError(t, os.WriteFile(s.Config, []byte(s.configuration(o)), 0o600))
	s.StartEdge()
	t.Cleanup(func() { s.StopEdge(); s.stopSims() })
	return s
}

func (s *Site) startPrinters(o Options) {
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for i := range o.Printers {
		listen := "127.0.0.1:0"
		if o.TTY {
			listen = "pty:" + s.tty(fmt.Sprintf("printer-%d", i+1)) + "?baud=115200"
		}
		p, err := sim.New(sim.Config{Name: fmt.Sprintf("printer-%d", i+1), Listen: listen, Control: "127.0.0.1:0",
			Clock: max(o.Clock, 1), Keep: max(o.Keep, 1000)})
		require.NoError(s.t, err)
		wg.Go(func() { _ = p.Run(ctx) })
		<-p.Ready()
		s.Printers = append(s.Printers, p)
	}
	s.stopSims = func() { stop(); wg.Wait() }
}

func (s *Site) configuration(o Options) string {
	var b strings.Builder
	fmt.Fprintf(&b, "site = \"ICN1\"\ntimezone = %q\ndata = %q\n%s\n", zone(), filepath.Join(s.Dir, "data"), o.Extra)
	b.WriteString("[http]\nlisten = \"127.0.0.1:0\"\ntls = \"off\"\n[pii]\nkeyEnv = \"EDGE_PII_KEY\"\n")
	b.WriteString("[login]\ndevices = \"open\"\npicker = \"badge\"\npacker = \"badge\"\nloader = \"badge\"\nlead = \"badge+pin\"\n")
	fmt.Fprintf(&b, "[pick]\nlocation = \"mixed\"\ntype = \"afterFirst\"\ntypeFrom = 4\n%s\n", o.Pick)
	b.WriteString("[[consumer]]\nname = \"wms\"\nkeyEnv = \"EDGE_WMS_KEY\"\nscopes = [\"events:read\", \"ack\", \"reference:write\", \"reconcile\", \"cs:read\"]\nrequired = true\n")
	b.WriteString("[[consumer]]\nname = \"audit\"\nkeyEnv = \"EDGE_AUDIT_KEY\"\nscopes = [\"events:read\"]\n")
	for _, p := range s.Printers {
		link := "tcp://" + p.Addr()
		if o.TTY {
			link = "serial://" + s.tty(p.Name()) + "?baud=115200"
		}
		fmt.Fprintf(&b, "[[device]]\nname = %q\ndriver = \"zebra\"\nlink = %q\n%s\n", p.Name(), link, o.Device)
	}
	for i := range s.Printers {
		n := 1
		if o.Share {
			n = len(s.Printers)
		}
		fmt.Fprintf(&b, "[[station]]\nname = \"pack-%d\"\nprinters = [", i+1)
		for j := range n {
			fmt.Fprintf(&b, "%q,", s.Printers[(i+j)%len(s.Printers)].Name())
		}
		b.WriteString("]\n")
	}
	return b.String()
}

// tty is the name of a printer's serial line.
func (s *Site) tty(printer string) string { return filepath.Join(s.Dir, printer) }

// zone is where the site stands. TEST_ZONE moves it, to try what a test does at
// another time of the day: Etc/GMT-8 at 15:20 UTC is a quarter past eleven at
// night.
func zone() string {
	if z := os.Getenv("TEST_ZONE"); z != "" {
		return z
	}
	return "Asia/Seoul"
}

// Env gives the edge its keys, as the service's environment would.
func Env(name string) string {
	return map[string]string{"EDGE_PII_KEY": vaultKey, "EDGE_WMS_KEY": WMSKey, "EDGE_AUDIT_KEY": AuditKey}[name]
}

// StartEdge starts the edge on its data folder; again after StopEdge.
func (s *Site) StartEdge() {
	s.t.Helper()
	cfg, err := config.Load(s.Config)
	require.NoError(s.t, err)
	at := make(chan string, 1)
	log := slog.New(slog.NewTextHandler(s.Log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	a, err := agent.Open(cfg, Env, log, func(address string) { at <- address })
	require.NoError(s.t, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	select {
	case address := <-at:
		s.URL = "http://" + address
	case err := <-done:
		stop()
		require.FailNow(s.t, "the edge ended", "%v\n%s", err, s.Log.Text())
	}
	var once sync.Once
	s.stopEdge = func() {
		once.Do(func() {
			stop()
			if err := <-done; err != nil {
				s.t.Errorf("the edge ended with %v", err)
			}
			if err := a.Close(); err != nil {
				s.t.Errorf("the edge did not close: %v", err)
			}
		})
	}
	require.Eventually(s.t, func() bool { return s.Do("GET", "/readyz", "", nil).Code == 200 }, 20*time.Second, 20*time.Millisecond)
	var status struct{ Epoch string }
	s.Do("GET", "/sync/v1/status", WMSKey, nil).JSON(s.t, &status)
	s.Epoch = status.Epoch
}

// StopEdge ends the edge as SIGTERM would.
func (s *Site) StopEdge() { s.stopEdge() }

// drain reads all and ignores what it reads.
func drain(r io.Reader) []byte {
	b, _ := io.ReadAll(r)
	return b
}

// Attach gives the requests of a site to an edge that somebody else runs.
func Attach(t testing.TB, url string) *Site {
	s := &Site{t: t, URL: url, Log: &Log{}, stopSims: func() {}, stopEdge: func() {}}
	var status struct{ Epoch string }
	s.Do("GET", "/sync/v1/status", WMSKey, nil).JSON(t, &status)
	s.Epoch = status.Epoch
	return s
}
