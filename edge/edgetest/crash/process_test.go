package crash

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/journal"
)

// TestFlushFails is fault S6: after a failed flush nobody gets a verdict, the
// flush is not tried again, the process ends and says why, and the restart
// knows all that was answered.
func TestFlushFails(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("SKIPPED, NOTHING PROVEN: strace is missing; install it (make setup-test)")
	}
	ended := 0
	for _, nth := range []int{25, 60, 120, 200} {
		r := newRig(t, program(t, ""), "")
		e := r.start()
		r.floor()
		r.orders(1, 60)
		require.NoError(t, e.stop(t))
		r.env = append(r.env, "GOMAXPROCS=1")
		trace := filepath.Join(r.dir, "trace")
		e = r.spawn(strace, "-D", "-f", "-y", "-s", "2000", "-e", "signal=none", "-e", "trace=fdatasync,write", "-o", trace,
			"-e", fmt.Sprintf("inject=fdatasync:error=EIO:when=%d", nth))
		hands := []*hand{newHand(r, 1, "pick", false), newHand(r, 2, "pick", true)}
		if err := r.ready(e, 20*time.Second); err == nil {
			ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
			each(hands, func(h *hand) {
				if h.enter() == nil {
					_ = h.work(ctx)
				}
				h.close()
			})
			stop()
		}
		if text, _ := os.ReadFile(trace); !bytes.Contains(text, []byte("EIO")) {
			e.kill() // no thread came to its nth flush
			continue
		}
		require.Error(t, e.ended(t, 10*time.Second))
		ended++
		assert.Regexp(t, `input/output error`, lastLine(e.said()), "after flush %d", nth)
		waitTrace(t, trace, e.cmd.Process.Pid)
		file, answered := afterEIO(t, trace)
		why := lastLine(e.said())
		t.Logf("flush %d: %s failed: %s", nth, file, why)

		e = r.start()
		each(hands, func(h *hand) {
			h.round = 0
			if err := errors.Join(h.enter(), h.sendAgain(0)); err != nil {
				h.fault("%v", err)
			}
		})
		p := newPuller(r)
		p.all(t)
		for _, h := range hands {
			p.check(h, 0)
			assert.Empty(t, h.faults, "after flush %d", nth)
		}
		assert.Empty(t, p.oracle.Faults())
		require.NoError(t, e.stop(t))
		if flushed, ok := flushedBefore(t, r, why); ok {
			for _, seq := range answered {
				assert.LessOrEqual(t, seq, flushed, "an answer that claims what the failed flush was to write")
			}
		}
	}
	require.Positive(t, ended, "no flush ever failed")
	t.Logf("failed flush: %d lives ended by it", ended)
}

// afterEIO looks into a trace behind the failed flush: no flush of that file
// again. It gives the file and the events of the answers that were still on
// their way.
func afterEIO(t *testing.T, trace string) (file string, answered []uint64) {
	t.Helper()
	text, err := os.ReadFile(trace)
	require.NoError(t, err)
	call := regexp.MustCompile(`fdatasync\(\d+<([^>]*)>.*EIO`)
	answer := regexp.MustCompile(`\\"t\\":\\"verdict\\".*?\\"seq\\":(\d+)`)
	failed := ""
	for line := range strings.Lines(string(text)) {
		if m := call.FindStringSubmatch(line); m != nil && failed == "" {
			failed = m[1]
			continue
		}
		if failed == "" {
			continue
		}
		assert.False(t, strings.Contains(line, "fdatasync(") && strings.Contains(line, "<"+failed+">"), "flushed again after EIO: %s", line)
		for _, m := range answer.FindAllStringSubmatch(line, -1) {
			n, err := strconv.ParseUint(m[1], 10, 64)
			require.NoError(t, err)
			answered = append(answered, n)
		}
	}
	require.NotEmpty(t, failed)
	return filepath.Base(filepath.Dir(failed)) + "/" + filepath.Base(failed), answered
}

// flushedBefore is the last event that was flushed before the journal failed,
// by the frame that the program's last words name; ok is false where another
// file failed.
func flushedBefore(t *testing.T, r *rig, why string) (seq uint64, ok bool) {
	t.Helper()
	m := regexp.MustCompile(`journal.failed: after frame (\d+)`).FindStringSubmatch(why)
	if m == nil {
		return 0, false
	}
	pos, err := strconv.ParseUint(m[1], 10, 64)
	require.NoError(t, err)
	j, err := journal.Open(journal.Options{FS: journal.OSFS{}, Dir: filepath.Join(r.data, "journal"), Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	defer j.Close()
	err = j.ReadFrames(0, func(f journal.Frame) error {
		if f.Pos == pos {
			seq, ok = f.Seq, true
		}
		return nil
	})
	require.NoError(t, err)
	return seq, ok
}

// TestSecondProcess is fault S13.
func TestSecondProcess(t *testing.T) {
	r := newRig(t, program(t, ""), "")
	e := r.start()
	two := r.spawn()
	require.Error(t, two.ended(t, 10*time.Second))
	assert.Contains(t, two.said(), fmt.Sprint(e.cmd.Process.Pid), "says who holds the folder")
	assert.Contains(t, verify(t, r, false), fmt.Sprint(e.cmd.Process.Pid))
	require.NoError(t, r.ready(e, time.Second), "the first one goes on")
}

// TestTwentyRestarts is fault P4: a brown-out that lets the edge start twenty
// times in a minute neither loses anything nor lets the folder grow.
func TestTwentyRestarts(t *testing.T) {
	r := newRig(t, program(t, ""), "")
	e := r.start()
	r.floor()
	r.orders(1, 50)
	h := newHand(r, 1, "pick", true)
	require.NoError(t, h.enter())
	began, slowest, second := time.Now(), time.Duration(0), int64(0)
	for i := range 20 {
		require.NoError(t, h.tell(false, h.scan(fmt.Sprintf("NOPE-%d", i))))
		e.kill()
		from := time.Now()
		e = r.start()
		slowest = max(slowest, time.Since(from))
		require.NoError(t, h.enter())
		require.NoError(t, h.sendAgain(0))
		if i == 1 {
			second = used(t, r.data)
		}
	}
	took := time.Since(began)
	p := newPuller(r)
	p.all(t)
	p.check(h, 0)
	assert.Empty(t, h.faults)
	assert.Empty(t, p.oracle.Faults())
	assert.Less(t, took, time.Minute)
	assert.Less(t, used(t, r.data), second+40<<20, "the folder grows by a start")
	t.Logf("20 restarts in %s, slowest %s, folder %d KiB after 2, %d after 20", took.Round(time.Millisecond), slowest.Round(time.Millisecond), second>>10, used(t, r.data)>>10)
}

// used is the room that a folder takes.
func used(t *testing.T, dir string) int64 {
	t.Helper()
	out, err := exec.Command("du", "-sk", dir).Output()
	require.NoError(t, err)
	var k int64
	_, err = fmt.Fscan(bytes.NewReader(out), &k)
	require.NoError(t, err)
	return k << 10
}

// TestEndsUnderLoad: SIGTERM in the middle of work ends the edge within
// seconds, without a fault, and with every answer kept.
func TestEndsUnderLoad(t *testing.T) {
	r := newRig(t, program(t, ""), "")
	e := r.start()
	r.floor()
	r.orders(1, 300)
	hands := []*hand{newHand(r, 1, "pick", false), newHand(r, 2, "pick", true), newHand(r, 3, "pack", false)}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var all sync.WaitGroup
	for _, h := range hands {
		all.Go(func() {
			if h.enter() == nil {
				_ = h.work(ctx)
			}
			h.close()
		})
	}
	<-time.After(400 * time.Millisecond)
	from := time.Now()
	require.NoError(t, e.stop(t), "%s", e.said())
	took := time.Since(from)
	stop()
	all.Wait()
	assert.Less(t, took, 30*time.Second)
	r.start()
	each(hands, func(h *hand) {
		h.round = 0
		if err := errors.Join(h.enter(), h.sendAgain(0)); err != nil {
			h.fault("%v", err)
		}
	})
	p := newPuller(r)
	p.all(t)
	for _, h := range hands {
		p.check(h, 0)
		assert.Empty(t, h.faults)
	}
	assert.Empty(t, p.oracle.Faults())
	t.Logf("SIGTERM under load: ended in %s", took.Round(time.Millisecond))
}
