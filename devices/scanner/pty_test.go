//go:build linux

package scanner_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"dcedge/devices"
	"dcedge/devices/link"
	"dcedge/devices/scanner"
	"dcedge/edge/supervise"
)

// plug puts an adapter on a by-id link and gives how to pull it.
func plug(t *testing.T, byID string) (master *os.File, pull func()) {
	t.Helper()
	master, slave, err := pty.Open()
	require.NoError(t, err)
	require.NoError(t, os.Symlink(slave.Name(), byID))
	return master, func() {
		_, _ = slave.Close(), master.Close()
		require.NoError(t, os.Remove(byID))
	}
}

// site runs one scanner on a tty under the supervisor.
func site(t *testing.T, name, byID string, to devices.Sink) *scanner.Scanner {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	o, err := link.New("serial://"+byID+"?baud=9600", link.Options{Device: name})
	require.NoError(t, err)
	s, err := scanner.New(scanner.Config{Name: name}, o, log)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		r := supervise.Restart{Name: name, Log: log, Backoff: supervise.Backoff{Min: 5 * time.Millisecond, Max: 20 * time.Millisecond},
			Part: supervise.RunFunc(func(ctx context.Context) error { return s.Run(ctx, to) })}
		_ = r.Run(ctx)
	}()
	t.Cleanup(func() { stop(); <-done })
	return s
}

func becomes(t *testing.T, s *scanner.Scanner, c devices.Condition) {
	t.Helper()
	require.Eventually(t, func() bool { return s.Status().Condition == c }, 30*time.Second, time.Millisecond, "never %s", c)
}

// scan plays a scan of a person: after a pause, as the line was just opened.
func scan(t *testing.T, s *scanner.Scanner, master *os.File, d *disk, code string) {
	t.Helper()
	n := len(d.codes())
	require.Eventually(t, func() bool { return time.Since(s.Status().Since) > 120*time.Millisecond }, 30*time.Second, 5*time.Millisecond)
	_, err := master.WriteString(code + "\r")
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(d.codes()) > n }, 30*time.Second, time.Millisecond)
}

// TestR1ScannerPulledAndBack: told, back under another tty without a
// restart, nothing lost or doubled, no goroutine left.
func TestR1ScannerPulledAndBack(t *testing.T) {
	ignore := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, ignore) }) // runs after the site's end
	byID, d := filepath.Join(t.TempDir(), "usb-scanner"), &disk{}
	s := site(t, "scan-1", byID, d)
	require.Eventually(t, func() bool { return s.Status().LastError != "" }, 30*time.Second, time.Millisecond)
	assert.Contains(t, s.Status().Hint, "plug the device in")
	for _, code := range []string{"first", "second", "third"} {
		master, pull := plug(t, byID)
		becomes(t, s, devices.Ready)
		scan(t, s, master, d, code)
		_, err := master.WriteString("half") // pulled in the middle of a code
		require.NoError(t, err)
		pull()
		becomes(t, s, devices.Offline)
		assert.Contains(t, s.Status().LastErrorHint, "plug")
	}
	assert.Equal(t, []string{"first", "second", "third"}, d.codes())
}

// TestR4TwoScannersSameCode: the window belongs to one scanner; the same code on
// another one 50 ms later is a read of its own.
func TestR4TwoScannersSameCode(t *testing.T) {
	d, dir := &disk{}, t.TempDir()
	var masters []*os.File
	for _, name := range []string{"scan-1", "scan-2"} {
		byID := filepath.Join(dir, name)
		m, pull := plug(t, byID)
		t.Cleanup(pull)
		masters = append(masters, m)
		s := site(t, name, byID, d)
		becomes(t, s, devices.Ready)
		require.Eventually(t, func() bool { return time.Since(s.Status().Since) > 120*time.Millisecond }, 30*time.Second, 5*time.Millisecond)
	}
	for _, m := range masters {
		_, err := m.WriteString("TOTE-7\r")
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool { return len(d.codes()) == 2 }, 30*time.Second, time.Millisecond)
	d.mu.Lock()
	defer d.mu.Unlock()
	assert.ElementsMatch(t, []string{"scan-1", "scan-2"}, []string{d.reads[0].Device, d.reads[1].Device})
}
