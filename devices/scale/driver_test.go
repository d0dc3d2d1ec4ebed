package scale_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/devices"
	"dcedge/devices/link/linktest"
	"dcedge/devices/scale"
)

// disk is a sink whose commits the test decides about.
type disk struct {
	mu     sync.Mutex
	reads  []devices.Reading
	states []devices.Condition
	fail   error
}

func (d *disk) Read(_ context.Context, r devices.Reading) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail == nil {
		d.reads = append(d.reads, r)
	}
	return d.fail
}

func (d *disk) State(s devices.State) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.states = append(d.states, s.Condition)
}

func (d *disk) grams() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := []string{}
	for _, r := range d.reads {
		out = append(out, r.Grams)
	}
	return out
}

// bench is one scale on a pipe; serve plays it.
type bench struct {
	t     *testing.T
	s     *scale.Scale
	disk  *disk
	pipe  *linktest.Pipe
	far   net.Conn
	stop  context.CancelFunc
	done  chan error
	asked chan string
}

func start(t *testing.T, cfg scale.Config) *bench {
	t.Helper()
	cfg.Name = "scale-1"
	b := &bench{t: t, disk: &disk{}, pipe: linktest.NewPipe(1), asked: make(chan string, 64)}
	s, err := scale.New(cfg, b.pipe, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	b.s = s
	b.connect()
	t.Cleanup(func() { b.stop(); <-b.done; _ = b.far.Close() })
	return b
}

// connect runs the driver once more.
func (b *bench) connect() {
	ctx, stop := context.WithCancel(b.t.Context())
	b.stop, b.done = stop, make(chan error, 2)
	go func() { b.done <- b.s.Run(ctx, b.disk) }()
	b.far = <-b.pipe.Accepted
	go func(far net.Conn) {
		buf := make([]byte, 64)
		for {
			n, err := far.Read(buf)
			if err != nil {
				return
			}
			b.asked <- string(buf[:n])
		}
	}(b.far)
}

func (b *bench) send(frames ...string) {
	b.t.Helper()
	for _, f := range frames {
		_, err := b.far.Write([]byte(f + "\r\n"))
		require.NoError(b.t, err)
		time.Sleep(100 * time.Millisecond)
	}
	synctest.Wait()
}

func bubble(t *testing.T, name string, f func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}

const (
	empty  = "ST,GS,+0000.00kg"
	parcel = "ST,GS,+0012.34kg"
)

func TestLoadIsHandedOverOnce(t *testing.T) {
	bubble(t, "OK", func(t *testing.T) {
		b := start(t, scale.Config{Protocol: "cas18"})
		b.send(parcel, parcel)
		assert.Empty(t, b.disk.grams(), "the scale was never empty")
		assert.Equal(t, scale.NotZeroed, b.s.Weight().Verdict)
		b.send(empty, empty, "US,GS,+0005.00kg", parcel, parcel, parcel, parcel)
		assert.Equal(t, []string{"12340"}, b.disk.grams())
		r := b.disk.reads[0]
		assert.Equal(t, []any{"scale-1", uint64(1), parcel}, []any{r.Device, r.Load, string(r.Raw)})
		w := b.s.Weight()
		assert.Equal(t, []any{scale.OK, "12340", "12.34", "kg", "gross"}, []any{w.Verdict, w.Grams, w.Value, w.Unit, w.Mode})
	})
	bubble(t, "changed under the same load: again; drift: not", func(t *testing.T) {
		b := start(t, scale.Config{Protocol: "aandd"})
		b.send(twice("ST,+0000.000 kg", "ST,+0001.200 kg", "ST,+0001.204 kg", "ST,+0001.300 kg")...)
		assert.Equal(t, []string{"1200", "1300"}, b.disk.grams())
		assert.Equal(t, b.disk.reads[0].Load, b.disk.reads[1].Load)
	})
	bubble(t, "not stored: tried again with the next frame", func(t *testing.T) {
		b := start(t, scale.Config{Protocol: "cas18"})
		b.disk.fail = errors.New("disk full")
		b.send(twice(empty, parcel)...)
		assert.Empty(t, b.disk.grams())
		assert.Contains(t, b.s.Status().LastError, "disk full")
		b.disk.mu.Lock()
		b.disk.fail = nil
		b.disk.mu.Unlock()
		b.send(parcel, parcel)
		assert.Equal(t, []string{"12340"}, b.disk.grams())
	})
	bubble(t, "a scale that sends once per key", func(t *testing.T) {
		b := start(t, scale.Config{Protocol: "cas18", Agree: 1, SilentAfter: -1})
		b.send(empty)
		time.Sleep(time.Hour)
		b.send(parcel)
		assert.Equal(t, []string{"12340"}, b.disk.grams())
		assert.Equal(t, devices.Ready, b.s.Status().Condition)
	})
}

// TestR2ScaleNoise: what is cut, glued or noisy is counted and costs that frame.
func TestR2ScaleNoise(t *testing.T) {
	bubble(t, "OK", func(t *testing.T) {
		b := start(t, scale.Config{Protocol: "cas18"})
		b.send("12.34kg", empty, empty) // opened in the middle of a frame
		b.send("ST,GS,+0099.3"+parcel, parcel, strings.Repeat("\xff", 500), parcel)
		assert.Equal(t, []string{"12340"}, b.disk.grams())
		assert.EqualValues(t, 2+500/96, b.s.Status().Junk)
	})
	bubble(t, "nothing else: told, and healed", func(t *testing.T) {
		b := start(t, scale.Config{Protocol: "cas18"})
		b.send(twice(empty, parcel)...)
		b.send("\xf8\x80", "\xf8\x80", "\xf8\x80")
		assert.Equal(t, devices.Faulty, b.s.Status().Condition)
		assert.Contains(t, b.s.Status().Hint, "baud")
		assert.Equal(t, scale.NoWeight, b.s.Weight().Verdict)
		b.send(parcel, parcel)
		assert.Equal(t, devices.Ready, b.s.Status().Condition)
		assert.Equal(t, scale.NotZeroed, b.s.Weight().Verdict)
	})
	bubble(t, "bit 7 lost", func(t *testing.T) {
		b := start(t, scale.Config{Protocol: "cas"})
		for range 3 {
			b.send("ST,GS,1D,000013.5 kg")
		}
		assert.Equal(t, devices.Faulty, b.s.Status().Condition)
		assert.Contains(t, b.s.Status().Hint, "8 data bits")
	})
}

func TestSICSIsPolled(t *testing.T) {
	bubble(t, "OK", func(t *testing.T) {
		b := start(t, scale.Config{Protocol: "sics"})
		shown := "S S       0.00 g"
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var mu sync.Mutex
		go func() {
			for {
				select {
				case <-ctx.Done():
					return
				case q := <-b.asked:
					mu.Lock()
					answer := map[string]string{"SI\r\n": shown, "I2\r\nI3\r\nI4\r\n": "I2 A \"ICS425 6 kg\"\r\nI3 A \"1.20\"\r\nI4 A \"B123456\""}[q]
					mu.Unlock()
					_, _ = b.far.Write([]byte(answer + "\r\n"))
				}
			}
		}()
		set := func(s string) {
			mu.Lock()
			shown = s
			mu.Unlock()
			time.Sleep(time.Second)
			synctest.Wait()
		}
		set(shown)
		assert.Equal(t, scale.Empty, b.s.Weight().Verdict)
		set("S D     250.00 g")
		assert.Equal(t, scale.Moving, b.s.Weight().Verdict)
		set("S +")
		assert.Equal(t, scale.Over, b.s.Weight().Verdict)
		set("S S     250.50 g")
		assert.Equal(t, []string{"250.5"}, b.disk.grams())
		st := b.s.Status()
		assert.Equal(t, []string{"ICS425 6 kg", "1.20", "B123456"}, []string{st.Model, st.Firmware, st.Serial})
	})
	bubble(t, "no answer: told, asked on, healed", func(t *testing.T) {
		b := start(t, scale.Config{Protocol: "sics"})
		time.Sleep(5 * time.Second)
		synctest.Wait()
		st := b.s.Status()
		assert.Equal(t, devices.Silent, st.Condition)
		assert.NotEmpty(t, st.Hint)
		assert.Equal(t, scale.NoWeight, b.s.Weight().Verdict)
		assert.InDelta(t, 6, len(b.asked), 1, "a question is not asked again before its time is up")
		b.send("S S       0.00 g")
		assert.Equal(t, devices.Ready, b.s.Status().Condition)
	})
}

// TestWhatHasNoEnd: bytes that are no frames are told as such, not as silence: a wrong
// speed and a scale that ends its frames with CR alone look like this.
func TestWhatHasNoEnd(t *testing.T) {
	for name, sent := range map[string]string{"CR alone": parcel + "\r", "wrong speed": "\x80\xf8\x00\xe0\xff\x00\xf8", "a byte a second": "\x80"} {
		bubble(t, name, func(t *testing.T) {
			b := start(t, scale.Config{Protocol: "cas18"})
			every := 100 * time.Millisecond
			if len(sent) == 1 {
				every = time.Second
			}
			for range 5 * time.Second / every {
				_, err := b.far.Write([]byte(sent))
				require.NoError(t, err)
				time.Sleep(every)
			}
			st := b.s.Status()
			assert.Equal(t, devices.Faulty, st.Condition)
			assert.Contains(t, st.Hint, "compare baud")
			b.send(empty)
			b.send(empty)
			assert.Equal(t, devices.Ready, b.s.Status().Condition)
		})
	}
}

// TestNoWeightOfBefore: however fast a scale sends, what is shown is of now.
func TestNoWeightOfBefore(t *testing.T) {
	bubble(t, "OK", func(t *testing.T) {
		b := start(t, scale.Config{Protocol: "cas18"})
		began := time.Now()
		_, err := b.far.Write([]byte(strings.Repeat(empty+"\r\n", 5000) + parcel + "\r\n" + parcel + "\r\n"))
		require.NoError(t, err)
		time.Sleep(100 * time.Millisecond)
		assert.Equal(t, scale.OK, b.s.Weight().Verdict)
		assert.Less(t, time.Since(began), time.Second)
	})
	bubble(t, "ErrFlood", func(t *testing.T) {
		b := start(t, scale.Config{Protocol: "cas18"})
		_, err := b.far.Write([]byte(strings.Repeat(empty+"\r\n", 50_000)))
		require.Error(t, err)
		synctest.Wait()
		assert.Equal(t, scale.NoWeight, b.s.Weight().Verdict)
		assert.Equal(t, devices.Flooding, b.s.Status().Condition)
		err = <-b.done
		assert.ErrorIs(t, err, devices.ErrFlood)
		b.done <- err
	})
}

// TestRepeatsSayNothingNew: whatever a scale streams, the driver shows after each
// frame what a judge that looks at every frame says of it, and hands over the same
// loads; a repeat that nobody looked at is a weight of now all the same.
func TestRepeatsSayNothingNew(t *testing.T) {
	kinds := []string{empty, parcel, "ST,GS,+0012.35kg", "US,GS,+0012.34kg", "ST,GS,+1234.00 g", "OL,GS,+0000.00kg", "ST,NT,-0001.00kg", "noise"}
	rapid.Check(t, func(rt *rapid.T) {
		script := rapid.SliceOfN(rapid.SampledFrom(kinds), 1, 40).Draw(rt, "frames")
		var shown, judged []scale.Weight
		handed, loads := []string(nil), []string{}
		synctest.Test(t, func(t *testing.T) {
			b := start(t, scale.Config{Protocol: "cas18"})
			j := scale.NewJudge(scale.JudgeConfig{Agree: 2, AgreeMore: 5, ZeroBelow: "5"})
			bad, w, stored := 0, scale.Weight{Verdict: scale.NoWeight}, scale.Weight{}
			for _, raw := range script {
				at := time.Now()
				b.send(raw)
				f, err := scale.Parse("cas18", []byte(raw))
				if bad++; err == nil {
					bad, w = 0, j.Add(f, []byte(raw), at)
				} else if bad == 3 {
					j.Restart()
					w = scale.Weight{Verdict: scale.NoWeight}
				}
				if w.Verdict == scale.OK && (w.Load != stored.Load || w.Grams != stored.Grams) {
					stored, loads = w, append(loads, w.Grams)
				}
				now := b.s.Weight()
				if w.Verdict == scale.NoWeight {
					now.At = time.Time{}
				}
				shown, judged = append(shown, now), append(judged, w)
			}
			handed = b.disk.grams()
		})
		require.Equal(rt, judged, shown)
		require.Equal(rt, loads, handed)
	})
}

// TestR1Scale: pulled and back; what lay on the scale meanwhile is not known.
func TestR1Scale(t *testing.T) {
	bubble(t, "OK", func(t *testing.T) {
		b := start(t, scale.Config{Protocol: "cas18"})
		b.send(twice(empty, parcel)...)
		require.NoError(t, b.far.Close())
		err := <-b.done
		require.ErrorIs(t, err, io.EOF)
		assert.NotEmpty(t, devices.HintOf(err))
		assert.Equal(t, []any{scale.NoWeight, devices.Offline}, []any{b.s.Weight().Verdict, b.s.Status().Condition})
		b.connect()
		b.send(parcel, parcel)
		assert.Equal(t, scale.NotZeroed, b.s.Weight().Verdict)
		b.send(twice(empty, parcel)...)
		assert.Equal(t, []string{"12340", "12340"}, b.disk.grams())
		assert.EqualValues(t, 2, b.disk.reads[1].Load)
		assert.Equal(t, []devices.Condition{devices.Ready, devices.Offline, devices.Ready}, b.disk.states)
	})
}

func TestBadConfig(t *testing.T) {
	log, pipe := slog.New(slog.DiscardHandler), linktest.NewPipe(0)
	_, err := scale.New(scale.Config{Protocol: "x", Unit: "stone", ZeroBelow: "-1", Agree: -1}, pipe, log)
	require.Error(t, err)
	for _, word := range []string{"name", `protocol "x"`, `unit "stone"`, `zeroBelow "-1"`, "agree -1"} {
		assert.ErrorContains(t, err, word, "every fault at once")
	}
	_, err = scale.New(scale.Config{Name: "s"}, nil, log)
	require.Error(t, err)
	s, err := scale.New(scale.Config{Name: "s"}, pipe, log)
	require.NoError(t, err)
	require.ErrorIs(t, s.Run(t.Context(), &disk{}), linktest.ErrRefused)
}
