package conveyor

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/devices"
)

var t0 = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func ms(n int) time.Time { return t0.Add(time.Duration(n) * time.Millisecond) }

func newEye(t require.TestingT, cfg EyeConfig) *Eye {
	e, err := NewEye(cfg)
	require.NoError(t, err)
	return e
}

// levels feeds raw levels at milliseconds, and whatever becomes due between.
func levels(e *Eye, at []int, on []bool) (out []Change) {
	for i := range at {
		if due, ok := e.Next(); ok && !due.After(ms(at[i])) {
			out = append(out, e.Due(due)...)
		}
		out = append(out, e.Level(on[i], ms(at[i]))...)
	}
	for due, ok := e.Next(); ok; due, ok = e.Next() {
		out = append(out, e.Due(due)...)
	}
	return out
}

func TestR5EyeBounceAndNoise(t *testing.T) {
	cfg := EyeConfig{Denoise: 2 * time.Millisecond, Debounce: 10 * time.Millisecond}
	for name, c := range map[string]struct {
		at   []int
		on   []bool
		want []Change
	}{
		"plain":                  {[]int{0, 100}, []bool{true, false}, []Change{{true, ms(0)}, {false, ms(100)}}},
		"a pulse is noise":       {[]int{0, 1, 50}, []bool{true, false, false}, nil},
		"a bounce is one change": {[]int{0, 5, 6, 100}, []bool{true, false, true, false}, []Change{{true, ms(0)}, {false, ms(100)}}},
		"a change that lasts is not lost to debounce": {[]int{0, 4}, []bool{true, false}, []Change{{true, ms(0)}, {false, ms(4)}}},
		"told again": {[]int{0, 20, 40}, []bool{true, true, true}, []Change{{true, ms(0)}}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, levels(newEye(t, cfg), c.at, c.on)) })
	}
	inverted := cfg
	inverted.Invert = true
	assert.Equal(t, []Change{{true, ms(50)}}, levels(newEye(t, inverted), []int{0, 50}, []bool{true, false}), "dark-on")
	_, err := NewEye(EyeConfig{Denoise: time.Minute})
	assert.ErrorIs(t, err, ErrEye)
}

func TestEyeTellsWhatLastsAndNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := EyeConfig{Denoise: time.Duration(rapid.IntRange(0, 5).Draw(t, "denoise")) * time.Millisecond, Debounce: time.Duration(rapid.IntRange(0, 20).Draw(t, "debounce")) * time.Millisecond}
		e := newEye(t, cfg)
		var at []int
		var on []bool
		now := 0
		for i := range rapid.IntRange(1, 60).Draw(t, "n") {
			now += rapid.IntRange(1, 40).Draw(t, fmt.Sprint("wait", i))
			at, on = append(at, now), append(on, rapid.Bool().Draw(t, fmt.Sprint("on", i)))
		}
		got := levels(e, at, on)
		for i, c := range got {
			assert.Equal(t, i%2 == 0, c.Blocked, "changes take turns, and the first is blocked")
			if i > 0 {
				assert.False(t, c.At.Before(got[i-1].At), "in order")
			}
		}
		assert.Equal(t, on[len(on)-1], e.Blocked(), "in the end it is what the sensor says")
	})
}

func TestB6SensorsWithoutAClockOutOfOrderAndStuck(t *testing.T) {
	e := newEye(t, EyeConfig{Stuck: 1000})
	assert.Len(t, e.Message(true, ms(10), ms(500)), 1)
	assert.Empty(t, e.Message(false, ms(5), ms(501)), "older than the newest")
	assert.Equal(t, 1, e.Stray())
	assert.Len(t, e.Message(false, time.Time{}, ms(502)), 1, "without a clock they count as they come")

	assert.False(t, e.Moved(5000, true))
	assert.False(t, e.Moved(6000, false))
	assert.True(t, e.Moved(6001, false), "stuck: it held while the belt moved")
	assert.False(t, e.Moved(9000, false), "told once")
	assert.False(t, e.Moved(9100, true))
	assert.True(t, e.Moved(10_200, false))
}

func TestAnEyeWhoseClockIsSetBackIsNotBlind(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"five seconds": 5 * time.Second, "a time zone": 9 * time.Hour, "a liar": 73 * 365 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			e := newEye(t, EyeConfig{})
			assert.Len(t, e.Message(true, ms(0).Add(ahead), ms(500)), 1)
			assert.Len(t, e.Message(false, ms(10), ms(510)), 1, "its clock was set")
			assert.Empty(t, e.Message(true, ms(5), ms(511)), "in order by its new time")
			assert.Len(t, e.Message(true, ms(20), ms(520)), 1)
			assert.Equal(t, 1, e.Stray())
		})
	}
	e, hour := newEye(t, EyeConfig{}), time.Hour
	assert.Len(t, e.Message(true, ms(500), ms(500)), 1)
	assert.Empty(t, e.Message(false, ms(0).Add(-hour), ms(510)), "of the past")
	assert.Empty(t, e.Message(false, ms(0).Add(-2*hour), ms(511)), "and another")
	assert.Empty(t, e.Message(false, ms(520).Add(-hour), ms(520)), "once more")
	assert.Len(t, e.Message(false, ms(530).Add(-hour), ms(530)), 1, "a clock that was set to a wrong time goes on")
	assert.Len(t, e.Message(true, ms(540).Add(-hour), ms(540)), 1)
}

func TestBeltFollowsACounterThatWraps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.SampledFrom([]int{8, 16, 32, 64}).Draw(t, "bits")
		b, err := NewBelt(BeltConfig{MicronsPerPulse: 1000, CounterBits: bits, MMPerSecond: 2000})
		require.NoError(t, err)
		count := rapid.Uint64().Draw(t, "start")
		now, want := t0, int64(0)
		require.NoError(t, b.Count(count, now))
		for i := range rapid.IntRange(1, 50).Draw(t, "n") {
			n := rapid.IntRange(0, 100).Draw(t, fmt.Sprint(i))
			count, want, now = count+uint64(n), want+int64(n), now.Add(60*time.Millisecond)
			require.NoError(t, b.Count(count, now))
			assert.Equal(t, want, b.Pos(now))
		}
	})
}

func TestBeltThatJumps(t *testing.T) {
	b, err := NewBelt(BeltConfig{MicronsPerPulse: 1000, MMPerSecond: 1000})
	require.NoError(t, err)
	require.NoError(t, b.Count(100, ms(0)))
	require.NoError(t, b.Count(200, ms(100)))
	assert.ErrorIs(t, b.Count(100_000, ms(200)), ErrJump)
	assert.ErrorIs(t, b.Count(99_999, ms(300)), ErrJump, "backwards")
	assert.EqualValues(t, 100, b.Pos(ms(300)), "no movement was made of it")
	require.NoError(t, b.Count(100_099, ms(400)))
	assert.EqualValues(t, 200, b.Pos(ms(400)))
	for _, c := range []BeltConfig{{}, {MMPerSecond: 1, CounterBits: 4}, {MMPerSecond: 1, MicronsPerPulse: -1}} {
		_, err := NewBelt(c)
		assert.ErrorIs(t, err, ErrBelt)
	}
}

func TestBeltBySpeedAndWhereItWas(t *testing.T) {
	b, _ := NewBelt(BeltConfig{MMPerSecond: 1000})
	assert.EqualValues(t, 0, b.Pos(ms(0)))
	b.Run(true, ms(0))
	assert.EqualValues(t, 500, b.Pos(ms(500)))
	b.Run(false, ms(1000))
	assert.EqualValues(t, 1000, b.Pos(ms(5000)))
	b.Run(true, ms(5000))
	assert.EqualValues(t, 2000, b.Pos(ms(6000)))
	for at, want := range map[int]int64{250: 250, 750: 750, 3000: 1000, 5500: 1500, 6000: 2000} {
		pos, ok := b.PosAt(ms(at))
		assert.True(t, ok)
		assert.Equal(t, want, pos, at)
	}
	_, ok := b.PosAt(ms(-1000))
	assert.False(t, ok)
	for i := range 6000 {
		b.Pos(ms(6000 + 10*i))
	}
	_, ok = b.PosAt(ms(6000))
	assert.False(t, ok, "that long ago is not known")
	pos, ok := b.PosAt(ms(6000 + 59_000))
	assert.True(t, ok)
	assert.EqualValues(t, 61_000, pos)
}

// An encoder's counts are places, however fast they come.
func TestWhereABeltWithAnEncoderWas(t *testing.T) {
	b, err := NewBelt(BeltConfig{MicronsPerPulse: 25_000, MMPerSecond: 100_000})
	require.NoError(t, err)
	for i := range 200 {
		require.NoError(t, b.Count(uint64(i), ms(i)))
	}
	for _, i := range []int{0, 1, 77, 199} {
		pos, ok := b.PosAt(ms(i))
		assert.True(t, ok)
		assert.EqualValues(t, 25*i, pos)
	}
}

// H15: two parcels of one weight are two weights, one that is told twice is one.
func TestWeigherGivesOneWeightForEachParcel(t *testing.T) {
	w := Weigher{Empty: "20"}
	var got []string
	for _, r := range []struct {
		grams  string
		stable bool
	}{{"0", true}, {"300", false}, {"1204", true}, {"1204", true}, {"1210", true}, {"19.9", false}, {"1204", true}, {"-3", true}, {"000500.5", true}, {"x", true}, {"1e3", true}, {"-", true}} {
		if g, ok := w.Weight(r.grams, r.stable); ok {
			got = append(got, g)
		}
	}
	assert.Equal(t, []string{"1204", "1204", "000500.5"}, got)
}

func TestStackLightShowsTheWorst(t *testing.T) {
	var l StackLight
	assert.Equal(t, Signal{Green, ""}, l.Now())
	step := func(s Signal, on bool, want Signal, changed bool) {
		t.Helper()
		got, ch := l.Set(s, on)
		assert.Equal(t, want, got)
		assert.Equal(t, changed, ch)
	}
	full, jam, clock := Signal{Amber, "laneFull"}, Signal{Red, "jam"}, Signal{Amber, "clock"}
	step(full, true, full, true)
	step(jam, true, jam, true)
	step(clock, true, jam, false)
	step(jam, false, clock, true)
	step(clock, false, full, true)
	step(full, false, Signal{Green, ""}, true)
	step(Signal{"pink", "x"}, true, Signal{Green, ""}, false)
}

func TestDivertsOweAnAnswer(t *testing.T) {
	d := Diverts{Within: time.Second}
	for i := range 3 {
		d.Sent(Owed{"d-1", fmt.Sprint("r", i), fmt.Sprint("B", i), "cj", ms(0)}, false)
	}
	d.Sent(Owed{"d-1", "r1", "B1", "hospital", ms(1)}, true)
	o, ok := d.Done("d-1", "B0", "cj")
	assert.True(t, ok)
	assert.Equal(t, "r0", o.Re)
	_, ok = d.Done("d-1", "B1", "cj")
	assert.False(t, ok, "it was let go")
	assert.Len(t, d.Overdue(ms(2000)), 1)
	assert.Empty(t, d.Overdue(ms(3000)))
	assert.False(t, d.Silent("d-1"))
	for i := range 2 {
		d.Sent(Owed{"d-1", fmt.Sprint("s", i), "B", "cj", ms(0)}, false)
	}
	d.Overdue(ms(5000))
	assert.True(t, d.Silent("d-1"))
	d.Sent(Owed{"d-1", "t", "B", "cj", ms(6000)}, false)
	d.Done("d-1", "B", "cj")
	assert.False(t, d.Silent("d-1"))
}

type level struct {
	active, changed bool
	lost            error
}

type fakePin struct {
	script chan level
	err    error
	closed bool
}

func (p *fakePin) OpenInput(context.Context) (Pin, error) { return p, nil }
func (p *fakePin) Fault() error                           { return p.err }
func (p *fakePin) Close() error                           { p.closed = true; return nil }
func (p *fakePin) Wait(time.Duration) (bool, bool, time.Time) {
	l := <-p.script
	p.err = l.lost
	return l.active, l.changed, t0
}

type noPin struct{}

func (noPin) OpenInput(context.Context) (Pin, error) { return nil, errors.New("no such pin") }

type states struct{ all []devices.Condition }

func (s *states) Read(context.Context, devices.Reading) error { return nil }
func (s *states) State(st devices.State)                      { s.all = append(s.all, st.Condition) }

func TestPinEye(t *testing.T) {
	pin := &fakePin{script: make(chan level, 8)}
	var got []bool
	eye, err := NewPinEye("eye-3", pin, func(c Change) { got = append(got, c.Blocked) })
	require.NoError(t, err)
	for _, l := range []level{{active: false, changed: true}, {active: true, changed: true}, {active: true}, {lost: errors.New("gone")}} {
		pin.script <- l
	}
	var st states
	err = eye.Run(t.Context(), &st)
	assert.Equal(t, devices.Transient, devices.ClassOf(err))
	assert.NotEmpty(t, devices.HintOf(err))
	assert.Equal(t, []bool{false, true}, got)
	assert.True(t, pin.closed)
	assert.Equal(t, []devices.Condition{devices.Ready, devices.Offline}, st.all)
	assert.Equal(t, "eye-3", eye.Info().Name)
	assert.EqualValues(t, 2, eye.Status().Readings)

	eye, _ = NewPinEye("eye-4", noPin{}, func(Change) {})
	assert.Error(t, eye.Run(t.Context(), &st))
	_, err = NewPinEye("", pin, nil)
	assert.Error(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	pin.script <- level{}
	eye, _ = NewPinEye("eye-5", pin, func(Change) {})
	cancel()
	assert.NoError(t, eye.Run(ctx, &st))
}

// TestAPinEyeThatFloodsIsNotBelievedAtOnce: nobody hears of its levels until it was
// well for a while, and then of the last one.
func TestAPinEyeThatFloodsIsNotBelievedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := &fakePin{script: make(chan level)}
		heard := make(chan bool, 8)
		eye, err := NewPinEye("eye-3", pin, func(c Change) { heard <- c.Blocked })
		require.NoError(t, err)
		run := func() (end chan error) {
			end = make(chan error, 1)
			go func() { end <- eye.Run(t.Context(), nil) }()
			return end
		}
		flood := &devices.Fault{Device: "eye-3", Op: "read", Class: devices.Corrupt, Err: devices.ErrFlood}
		end := run()
		pin.script <- level{changed: true}
		assert.False(t, <-heard)
		pin.script <- level{lost: flood}
		require.ErrorIs(t, <-end, devices.ErrFlood)

		pin.err = nil
		end = run()
		pin.script <- level{active: true, changed: true}
		pin.script <- level{}
		synctest.Wait()
		assert.Empty(t, heard)
		assert.Equal(t, devices.Flooding, eye.Status().Condition)
		time.Sleep(devices.Calm)
		synctest.Wait()
		pin.script <- level{}
		assert.True(t, <-heard, "as it lies now")
		assert.Equal(t, devices.Ready, eye.Status().Condition)
		pin.script <- level{lost: errors.New("gone")}
		require.Error(t, <-end)
	})
}
