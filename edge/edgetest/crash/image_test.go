package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// scratch is a folder for images, in memory where there is one.
func scratch(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "dcedge-images-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// record runs the real edge under strace with a short load and gives the trace
// and the history; the replay of the whole trace must be the files.
func record(t *testing.T, tags string) ([]step, *history) {
	t.Helper()
	r := newRig(t, program(t, tags), "")
	r.env = append(r.env, "GOMAXPROCS=1")
	file := filepath.Join(r.dir, "trace")
	e := r.start(traced(t, file)...)
	r.floor()
	r.orders(1, 70)
	hands := []*hand{newHand(r, 1, "pick", false), newHand(r, 2, "pick", false), newHand(r, 3, "pick", true), newHand(r, 4, "pack", false)}
	ctx, stop := context.WithTimeout(context.Background(), 800*time.Millisecond)
	defer stop()
	each(hands, func(h *hand) {
		if err := h.enter(); err != nil {
			h.fault("enter: %v", err)
			return
		}
		_ = h.work(ctx) // ends with ctx or with its line
	})
	for _, h := range hands {
		h.close()
		require.Empty(t, h.faults)
	}
	require.NoError(t, e.stop(t), "%s", e.said())
	waitTrace(t, file, e.cmd.Process.Pid)
	steps, err := readTrace(file, r.data)
	require.NoError(t, err)
	d := newDisk()
	for _, s := range steps {
		require.NoError(t, d.take(s))
	}
	require.NoError(t, d.cut(nil, nothingLost).differs(r.data), "the replay of the trace is not what the disk holds")
	require.NotEmpty(t, d.claims)
	h, err := historyOf(r.data)
	require.NoError(t, err)
	return steps, h
}

// waitTrace waits until strace has written how the process ended.
func waitTrace(t *testing.T, file string, pid int) {
	t.Helper()
	want := fmt.Sprintf("\n%-5d +++ ", pid) // as strace pads it
	require.Eventually(t, func() bool {
		f, err := os.Open(file)
		if err != nil {
			return false
		}
		defer f.Close()
		b := make([]byte, 4096)
		size, _ := f.Seek(0, 2)
		n, _ := f.ReadAt(b, max(0, size-int64(len(b))))
		return strings.Contains(string(b[:n]), want)
	}, 30*time.Second, 20*time.Millisecond, "strace does not end")
}

// verdicts counts what images came to.
type verdicts struct {
	mu     sync.Mutex
	images int
	bad    []string
	again  []string // folders for a second crash
	told   [][]claim
}

// sweep cuts the power at many instants of a trace and judges what is left. d
// is the disk before the trace; every keep-th image stays for a second crash.
func sweep(d *disk, steps []step, h *history, dir string, images, keep int, rng *rand.Rand) (*verdicts, error) {
	out := &verdicts{}
	var cuts []int
	for range images / int(losses) {
		cuts = append(cuts, rng.IntN(len(steps)+1))
	}
	at := make([]int, len(steps)+1)
	for _, c := range cuts {
		at[c]++
	}
	work := make(chan func(), 4)
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for fn := range work {
				fn()
			}
		})
	}
	defer func() { close(work); all.Wait() }()
	for i := range at {
		for range at[i] {
			for l := range losses {
				out.images++
				n, im, told := out.images, d.cut(rng, l), d.claims[:len(d.claims):len(d.claims)]
				work <- func() {
					out.one(im, h, told, filepath.Join(dir, fmt.Sprint(n)), fmt.Sprintf("step %d of %d, loss %d", i, len(steps), l), keep > 0 && n%keep == 0, n%16 == 0)
				}
			}
		}
		if i < len(steps) {
			if err := d.take(steps[i]); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

func (v *verdicts) one(im image, h *history, told []claim, dir, where string, keep, whole bool) {
	err := im.put(dir)
	if err == nil && whole {
		err = openWhole(dir)
	}
	if err == nil {
		err = judge(dir, h, told)
	}
	again := ""
	if err == nil && keep {
		again = dir + "-again"
		err = im.put(again)
	}
	_ = os.RemoveAll(dir)
	v.mu.Lock()
	defer v.mu.Unlock()
	if err != nil {
		v.bad = append(v.bad, where+": "+err.Error())
	} else if keep {
		v.again, v.told = append(v.again, again), append(v.told, told)
	}
}

// TestCrashImages is faults S2 to S5: every state that a power cut could leave,
// with writes lost, torn at 512 bytes and reordered between flushes, opens and
// holds all that was answered; so it does after a second cut during the restart.
func TestCrashImages(t *testing.T) {
	t.Parallel()
	images := count("IMAGES", 1500)
	steps, h := record(t, "smallsegments")
	dir, rng := scratch(t), rand.New(rand.NewPCG(uint64(images), uint64(os.Getpid())))
	began := time.Now()
	v, err := sweep(newDisk(), steps, h, dir, images, max(25, images/200), rng)
	require.NoError(t, err)
	took := time.Since(began)
	assert.Empty(t, v.bad[:min(len(v.bad), 5)], "%d of %d images are bad", len(v.bad), v.images)
	second := secondCrash(t, v, h, dir, rng)
	t.Logf("crash images: %d in %s from a trace of %d steps, %d events, %d answers; %d bad. Second crash during the restart of %d: %d images, %d bad",
		v.images, took.Round(time.Second), len(steps), len(h.chain)-1, len(h.outcomes), len(v.bad), len(v.again), second.images, len(second.bad))
}

// secondCrash restarts on images under strace and cuts the power once more.
func secondCrash(t *testing.T, v *verdicts, h *history, dir string, rng *rand.Rand) *verdicts {
	t.Helper()
	out := &verdicts{}
	for from := 0; from < len(v.again); from += 25 {
		to := min(from+25, len(v.again))
		restart(t, out, v.again[from:to], v.told[from:to], h, dir, rng)
	}
	assert.Empty(t, out.bad[:min(len(out.bad), 5)], "%d of %d images of a second crash are bad", len(out.bad), out.images)
	return out
}

func restart(t *testing.T, out *verdicts, folders []string, told [][]claim, h *history, dir string, rng *rand.Rand) {
	t.Helper()
	list, file := filepath.Join(dir, "list"), filepath.Join(dir, "trace")
	require.NoError(t, os.WriteFile(list, []byte(strings.Join(folders, "\n")+"\n"), 0o600))
	before := make([]image, len(folders))
	for i, folder := range folders {
		im, err := imageOf(folder)
		require.NoError(t, err)
		before[i] = im
	}
	self, err := os.Executable()
	require.NoError(t, err)
	args := append(traced(t, file), self)
	c := exec.Command(args[0], args[1:]...)
	c.Env = append(os.Environ(), childEnv+"="+list, "GOMAXPROCS=1")
	said, err := c.CombinedOutput()
	require.NoError(t, err, "%s", said)
	waitTrace(t, file, c.Process.Pid)
	all, err := readTrace(file, dir)
	require.NoError(t, err)
	for i, folder := range folders {
		steps := within(all, filepath.Base(folder))
		require.NotEmpty(t, steps)
		d := diskOf(before[i])
		d.claims = told[i]
		some, err := sweep(d, steps, h, filepath.Join(dir, "second"), 2*int(losses), 0, rng)
		require.NoError(t, err)
		require.NoError(t, d.cut(nil, nothingLost).differs(folder), "the replay of the restart is not what the disk holds")
		require.NoError(t, os.RemoveAll(folder))
		out.images += some.images
		out.bad = append(out.bad, some.bad...)
	}
}

// within gives the steps in one folder, with paths relative to it.
func within(all []step, folder string) []step {
	var out []step
	for _, s := range all {
		if s.op.path == folder {
			s.op.path = "."
		} else if path, ok := strings.CutPrefix(s.op.path, folder+"/"); ok {
			s.op.path = path
			s.op.to = strings.TrimPrefix(s.op.to, folder+"/")
		} else if s.op.of != folder {
			continue
		}
		s.op.of = folder
		out = append(out, s)
	}
	return out
}

// imageOf reads a folder back.
func imageOf(dir string) (image, error) {
	im := image{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if e.IsDir() {
			im[name+"/"] = content{}
			return nil
		}
		b, err := os.ReadFile(path)
		var c content
		c.write(0, b)
		im[name] = c
		return err
	})
	return im, err
}

// TestCrashImagesWithoutFlush is the negative control: the same check must find
// the answers that a build without the journal's flush loses.
func TestCrashImagesWithoutFlush(t *testing.T) {
	t.Parallel()
	steps, h := record(t, "smallsegments,noflush")
	v, err := sweep(newDisk(), steps, h, scratch(t), 200, 0, rand.New(rand.NewPCG(1, 2)))
	require.NoError(t, err)
	lost := 0
	for _, b := range v.bad {
		if strings.Contains(b, "I1") || strings.Contains(b, "refused") {
			lost++
		}
	}
	assert.Greater(t, lost, v.images/10, "a build without flushes passes: the check proves nothing")
	t.Logf("negative control: %d of %d images of the build without flushes are bad", len(v.bad), v.images)
}
