package crash

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// small mounts a disk of so many MiB. The edge wants 64 of them free to be ready.
func small(t *testing.T, mib int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "disk")
	require.NoError(t, os.Mkdir(dir, 0o700))
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm,mode=0700", mib)); err != nil {
		t.Skipf("SKIPPED, NOTHING PROVEN: a small disk cannot be mounted (root is needed): %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// fill takes all the room that is left.
func fill(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "ballast")
	f, err := os.Create(name)
	require.NoError(t, err)
	defer f.Close()
	for b := make([]byte, 64<<10); len(b) > 0; {
		if _, err := f.Write(b); errors.Is(err, syscall.ENOSPC) {
			b = b[:len(b)/2]
		} else {
			require.NoError(t, err)
		}
	}
	return name
}

// scanRaw sends one scan over HTTP and gives status and body.
func (h *hand) scanRaw() (*message, int, string, error) {
	m := h.scan("NOPE-FULL")
	q, err := http.NewRequest("POST", h.rig.url+"/floor/v1/scans", strings.NewReader(string(m.frame)))
	if err != nil {
		return m, 0, "", err
	}
	q.Header.Set("Authorization", "Bearer "+h.token)
	q.Header.Set("Content-Type", "application/json")
	a, err := h.rig.http.Do(q)
	if err != nil {
		return m, 0, "", err
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	return m, a.StatusCode, string(body), err
}

// TestI9DiskFull is fault S7: with no room left new scans are refused loudly and
// pulls go on; with room again scans go on, and nothing that was answered is
// lost.
func TestI9DiskFull(t *testing.T) {
	disk := small(t, 160)
	r := newRig(t, program(t, "smallsegments"), filepath.Join(disk, "data"))
	e := r.start()
	r.floor()
	r.orders(1, 100)
	h, ws := newHand(r, 1, "pick", true), newHand(r, 2, "pick", false)
	require.NoError(t, errors.Join(h.enter(), ws.enter()))
	p := newPuller(r)
	ballast := fill(t, disk)
	refused := 0
	for i := 0; i < 20000 && refused < 20; i++ {
		m, code, body, err := h.scanRaw()
		require.NoError(t, err, "after %d scans\n%s", i, e.said())
		if code == http.StatusServiceUnavailable {
			refused++
			require.Contains(t, body, `"storeFull"`)
			continue
		}
		require.Equal(t, 200, code, body)
		if i%50 == 0 {
			require.NoError(t, h.post(m, true)) // its verdict, by the repeat
			h.settle(m.first, true)
		}
	}
	require.Equal(t, 20, refused, "the disk never got full\n%s", e.said())
	err := ws.tell(false, ws.scan("NOPE-FULL"))
	assert.ErrorIs(t, err, errNotNow, "a socket is told too")
	p.all(t)
	before := p.oracle.Seq()
	assert.Positive(t, before)

	require.NoError(t, os.Remove(ballast))
	require.Eventually(t, func() bool {
		_, code, _, err := h.scanRaw()
		return err == nil && code == 200
	}, 30*time.Second, 50*time.Millisecond, "scans do not go on\n%s", e.said())
	require.NoError(t, ws.tell(false, ws.scan("NOPE-AFTER")))
	require.NoError(t, e.stop(t), "%s", e.said())

	r.start()
	require.NoError(t, errors.Join(h.enter(), ws.enter()))
	h.round, ws.round = 0, 0
	require.NoError(t, errors.Join(h.sendAgain(0), ws.sendAgain(0)))
	p.all(t)
	for _, x := range []*hand{h, ws} {
		p.check(x, 0)
		assert.Empty(t, x.faults)
	}
	assert.Empty(t, p.oracle.Faults())
	t.Logf("full disk: %d events pulled while full, %d at the end", before, p.oracle.Seq())
}

// TestStartOnFullDisk: a full disk does not keep what is there from being read.
func TestStartOnFullDisk(t *testing.T) {
	disk := small(t, 160)
	r := newRig(t, program(t, "smallsegments"), filepath.Join(disk, "data"))
	e := r.start()
	r.floor()
	r.orders(1, 20)
	fill(t, disk)
	e.kill()
	r.startUnready("storeFull")
	p := newPuller(r)
	p.all(t)
	assert.Positive(t, p.oracle.Seq())
	assert.Empty(t, p.oracle.Faults())
}
