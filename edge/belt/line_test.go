package belt

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices/conveyor"
	"dcedge/devices/mqtt"
	"dcedge/edge"
	"dcedge/edge/sorter"
)

// tape is floor, wire and deliveries in one: it writes down in which order
// things happen. The floor knows the boxes W1 (lane L1) and W2 (cancelled).
type tape struct {
	mu    sync.Mutex
	log   []string
	seen  map[edge.ID]edge.Verdict
	fail  error
	flush time.Duration // until a message is on disk
	off   bool          // the wire
	told  func(device string)
}

func (p *tape) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, fmt.Sprintf(format, args...))
}

func (p *tape) take() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.log
	p.log = nil
	return out
}

func (p *tape) Submit(_ context.Context, m *edge.Message) (edge.Verdict, error) {
	time.Sleep(p.flush)
	p.mu.Lock()
	fail, was, known := p.fail, p.seen[m.ID], false
	_, known = p.seen[m.ID]
	p.mu.Unlock()
	if fail != nil {
		return edge.Verdict{}, fail
	}
	if known {
		was.Repeat = true
		return was, nil
	}
	v := edge.Verdict{Code: edge.OK, Receipt: edge.Receipt{Epoch: "e", Seq: 7}}
	b := m.Body.(*edge.BeltReport)
	if b.Read == nil {
		p.say("disk %s %s %s", b.Facts[0].Type, b.Facts[0].Lane, b.Facts[0].Reason)
	} else {
		a := edge.ParcelAnswer{Lane: sorter.Hospital, Why: edge.ReasonUnknown}
		switch {
		case b.Read.Why != "":
			a.Why = b.Read.Why
		case m.Code == "W1":
			a = edge.ParcelAnswer{Box: "B1", Lane: "L1"}
		case m.Code == "W2":
			a = edge.ParcelAnswer{Box: "B2", Lane: sorter.Hospital, Why: edge.ReasonCancelled}
		}
		v.Code, v.Say = a.Code(), a.Say()
		p.say("disk read %s", v.Code)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen[m.ID] = v
	return v, nil
}

func (p *tape) SubmitFunc(_ context.Context, m *edge.Message, done func(edge.Verdict, error)) error {
	b := m.Body.(*edge.BeltReport)
	for _, f := range b.Facts {
		p.say("%s %s", f.Type, f.Reason)
	}
	if b.State != nil {
		p.say("state %s %s", b.State.State, b.State.Error)
	}
	p.mu.Lock()
	fail := p.fail
	p.mu.Unlock()
	go done(edge.Verdict{}, fail)
	return nil
}

func (p *tape) Send(c mqtt.Command) error {
	p.mu.Lock()
	off, told := p.off, p.told
	p.mu.Unlock()
	if off {
		return mqtt.ErrNotConnected
	}
	if told != nil {
		told(c.Device)
	}
	p.say("to %s %s", c.Device, c.What)
	return nil
}

// rig is a running belt in a bubble: a metre a second, parcels by hand.
type rig struct {
	*Line
	t    *testing.T
	tape *tape
	open []sorter.Open
	n    int
	stop func()
	done chan error
}

func testConfig() Config {
	return Config{Layout: sorter.Layout{Name: "line-1", InductEye: "eye-1", EndEye: "eye-9", Tunnel: "tunnel-1", ReadFrom: 650, ReadTo: 750, Weigher: "w-1", WeighAt: 300, MaxGrams: "30000",
		Lanes: []sorter.LaneAt{{Name: "L1", Divert: "d-1", At: 1500, FullEye: "eye-2"}}, End: 3000, MaxLength: 600, MinGap: 200, Slack: 40, LateAfter: 150 * time.Millisecond,
		ConfirmWithin: 300, FullAfter: 600, JamAfter: 1700}, Speed: 1000, StackLight: "light-1",
		Eyes: map[string]conveyor.EyeConfig{"eye-1": {}, "eye-9": {}, "eye-2": {}}, Key: make([]byte, 16)}
}

func start(t *testing.T, cfg Config) *rig {
	t.Helper()
	r := &rig{t: t, tape: &tape{seen: map[edge.ID]edge.Verdict{}}}
	l, err := New(cfg, Deps{Floor: r.tape, Wire: r.tape, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Open: func(context.Context) ([]sorter.Open, error) { return r.open, nil }})
	require.NoError(t, err)
	r.Line = l
	r.again()
	return r
}

func (r *rig) again() {
	ctx, stop := context.WithCancel(r.t.Context())
	r.stop, r.done = stop, make(chan error, 1)
	go func() { r.done <- r.Run(ctx) }()
	synctest.Wait()
}

func (r *rig) end() {
	r.stop()
	require.NoError(r.t, <-r.done)
}

// send is a message of a device; "ack" and "fail" are written down.
func (r *rig) send(device, what string, set func(*mqtt.Message)) {
	r.n++
	m := mqtt.Message{Device: device, What: what, ID: fmt.Sprint("m", r.n), At: time.Now(), Came: time.Now()}
	if set != nil {
		set(&m)
	}
	id := m.ID
	r.Take(r.t.Context(), Delivery{Message: m, Ack: func() { r.tape.say("ack %s", id) }, Fail: func() { r.tape.say("fail %s", id) }})
	synctest.Wait()
}

func (r *rig) eye(name string, blocked bool) {
	r.send(name, mqtt.State, func(m *mqtt.Message) { m.Blocked = blocked })
}

// parcel lets a parcel of 300 mm pass the induct eye and come to the tunnel.
func (r *rig) parcel() {
	r.eye("eye-1", true)
	time.Sleep(300 * time.Millisecond)
	r.eye("eye-1", false)
	time.Sleep(400 * time.Millisecond)
	synctest.Wait()
}

func (r *rig) readOf(code string, late time.Duration) {
	r.send("tunnel-1", mqtt.Read, func(m *mqtt.Message) {
		m.Code, m.NoRead, m.ID, m.At = code, code == "", "read-"+code, time.Now().Add(-late)
	})
}

// TestAQuietBeltIsNotLookedAt: the looks of a belt end when nothing lies on it, when
// it stands, and begin with the next word of a device. The same belt with a divert on
// a pin is looked at for ever, as pins tell nothing by themselves.
func TestAQuietBeltIsNotLookedAt(t *testing.T) {
	moving := func(r *rig) bool { // whether it looks by itself
		looked := func() int64 {
			r.mu.Lock()
			defer r.mu.Unlock()
			return r.looked
		}
		before := looked()
		time.Sleep(time.Second)
		synctest.Wait()
		return looked() != before
	}
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig())
		assert.True(t, moving(r), "it flushes")
		time.Sleep(2 * time.Second)
		assert.False(t, moving(r), "nothing lies on it")
		r.parcel()
		r.readOf("W1", 0)
		assert.True(t, moving(r))
		time.Sleep(10 * time.Second)
		assert.False(t, moving(r), "it is past, and its divert was given up")
		assert.Equal(t, Ready, r.Status().Condition)
		r.parcel()
		assert.True(t, moving(r))
		r.end()
	})
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig()
		cfg.Encoder, cfg.Pulse = "eye-2", 10
		cfg.Layout.Lanes[0].FullEye = ""
		r := start(t, cfg)
		r.eye("eye-1", true)
		level := false
		for range 5 { // a parcel lies on it
			level = !level
			r.eye("eye-2", level)
			time.Sleep(lookEvery)
			synctest.Wait()
		}
		r.end()
		assert.Equal(t, r.belt.Pos(time.Now()), r.looked)
		assert.False(t, r.restless(), "it stands: the next pulse wakes it")
		assert.False(t, r.tracker.Idle())
	})
}

// TestThePageSaysWhatTheLightShows: who sees the light change and looks at the page
// does not find there what was before.
func TestThePageSaysWhatTheLightShows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var page []string
		r := start(t, testConfig())
		r.tape.mu.Lock()
		r.tape.told = func(device string) {
			if device == "light-1" {
				page = append(page, r.Status().Condition)
			}
		}
		r.tape.mu.Unlock()
		online := func(is bool) { r.send("eye-9", mqtt.Online, func(m *mqtt.Message) { m.Online = is }) }
		time.Sleep(2 * time.Second)
		synctest.Wait()
		assert.Equal(t, []string{Ready}, page, "what was left on it is carried off")
		online(false)
		assert.Equal(t, []string{Ready, "sensor"}, page)
		online(true)
		time.Sleep(4 * time.Second)
		synctest.Wait()
		assert.Equal(t, []string{Ready, "sensor", Flushing, Ready}, slices.Compact(page))
		r.end()
	})
}

func TestFactsFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig())
		assert.Equal(t, []string{"to light-1 set"}, r.tape.take(), "amber: nothing is decided yet")
		assert.Equal(t, Flushing, r.Status().Condition)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		assert.Equal(t, []string{"to light-1 set"}, r.tape.take(), "green")
		assert.Equal(t, Ready, r.Status().Condition)
		r.parcel()
		r.readOf("W1", 10*time.Millisecond)
		assert.Equal(t, []string{"parcel.inducted ", "disk read ok", "to d-1 set", "to tunnel-1 verdict", "ack read-W1"}, r.tape.take(), "the parcel does not wait, and neither comes before the disk")
		r.readOf("W1", 20*time.Millisecond)
		assert.Equal(t, []string{"to tunnel-1 verdict", "ack read-W1"}, r.tape.take(), "a repeat is answered")
		time.Sleep(800 * time.Millisecond)
		r.send("d-1", mqtt.Done, func(m *mqtt.Message) { m.Box, m.Lane, m.ID = "B1", "L1", "done-1" })
		assert.Equal(t, []string{"disk parcel.diverted L1 ", "ack done-1"}, r.tape.take())
		st := r.Status()
		assert.EqualValues(t, []uint64{1, 1}, []uint64{st.Reads, st.Sorted})
		r.end()
		assert.Equal(t, Stopped, r.Status().Condition)
	})
}

func TestAFloorThatFailsEndsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig())
		time.Sleep(2 * time.Second)
		r.parcel()
		r.tape.take()
		r.tape.fail = errors.New("disk")
		r.readOf("W1", 0)
		require.ErrorContains(t, <-r.done, "disk")
		assert.Equal(t, []string{"fail read-W1"}, r.tape.take(), "nothing is published that is not on disk")
		r.send("tunnel-1", mqtt.Read, func(m *mqtt.Message) { m.Code = "W2" }) // waits for the next run
		r.open = []sorter.Open{{Parcel: "line-1.x-1", Box: "B1"}}
		r.tape.fail = nil
		r.again()
		assert.Equal(t, []string{"to light-1 set", "parcel.lost restart", "disk read restart", "to tunnel-1 verdict", "ack m4"}, r.tape.take(), "never a guessed truck")

		r.tape.fail = errors.New("disk")
		r.eye("eye-1", true) // nobody waits for this one
		synctest.Wait()
		require.ErrorContains(t, <-r.done, "disk")
	})
}

func TestWhatWaitsIsFailedAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig())
		r.tape.flush = time.Second
		for range 3 {
			r.n++
			id := fmt.Sprint("m", r.n)
			r.Take(t.Context(), Delivery{Message: mqtt.Message{Device: "tunnel-1", What: mqtt.Read, Code: "W1", ID: id, Came: time.Now()},
				Ack: func() { r.tape.say("ack %s", id) }, Fail: func() { r.tape.say("fail %s", id) }})
		}
		synctest.Wait()
		r.stop()
		require.NoError(t, <-r.done)
		settled := map[string]int{}
		for _, s := range r.tape.take() {
			var what, id string
			if n, _ := fmt.Sscanf(s, "%s %s", &what, &id); n == 2 && (what == "ack" || what == "fail") {
				settled[id]++
			}
		}
		assert.Equal(t, map[string]int{"m1": 1, "m2": 1, "m3": 1}, settled)
	})
}

func TestEyesThatAreAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig())
		time.Sleep(2 * time.Second)
		r.parcel()
		r.readOf("W1", 0)
		r.tape.take()
		online := func(name string, is bool) {
			r.send(name, mqtt.Online, func(m *mqtt.Message) { m.Online = is })
		}
		online("eye-9", false)
		online("eye-9", false)
		assert.Equal(t, []string{"to light-1 set", "parcel.lost sensor"}, r.tape.take(), "once")
		assert.Equal(t, []string{"sensor", "eye-9"}, []string{r.Status().Condition, r.Status().Where})
		online("eye-2", false)
		assert.NotContains(t, r.tape.take(), "parcel.lost sensor", "a lane's eye tells of no parcel")
		r.parcel()
		r.readOf("W2", 0)
		assert.Contains(t, r.tape.take(), "disk read sensor", "what was on the way to the tunnel is not believed")
		r.eye("eye-9", false)
		assert.Equal(t, "sensor", r.Status().Condition, "the other is still away")
		online("eye-2", true)
		online("light-1", true)
		assert.Contains(t, r.tape.take(), "to light-1 set", "a light that comes back is told")
		time.Sleep(2 * time.Second)
		assert.Equal(t, Ready, r.Status().Condition)
		r.end()
	})
}

func TestAnEyeThatIsAwayIsNoJam(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig())
		time.Sleep(2 * time.Second)
		r.eye("eye-9", true)
		r.send("eye-9", mqtt.Online, func(m *mqtt.Message) { m.Online = false })
		time.Sleep(5 * time.Second)
		synctest.Wait()
		assert.Equal(t, []string{"sensor", "eye-9"}, []string{r.Status().Condition, r.Status().Where}, "what it saw last says nothing of now")
		r.eye("eye-9", false)
		r.eye("eye-9", true)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		assert.Equal(t, "jam", r.Status().Condition)
		r.send("eye-9", mqtt.Online, func(m *mqtt.Message) { m.Online = false })
		assert.Equal(t, "jam", r.Status().Condition, "one that was told stays")
		r.end()
	})
}

func TestAlarmsAreShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig())
		time.Sleep(2 * time.Second)
		r.tape.take()
		r.eye("eye-9", true)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		assert.Contains(t, r.tape.take(), "state jam eye-9")
		assert.Equal(t, []string{"jam", "eye-9"}, []string{r.Status().Condition, r.Status().Where})
		assert.Contains(t, Hint("jam", "eye-9"), "eye-9")
		r.eye("eye-9", false)
		assert.Contains(t, r.tape.take(), "state ready jam")
		time.Sleep(3 * time.Second)
		for range 3 { // a divert that never answers
			r.parcel()
			r.send("tunnel-1", mqtt.Read, func(m *mqtt.Message) { m.Code = "W1" })
			time.Sleep(7 * time.Second)
		}
		synctest.Wait()
		assert.Equal(t, []string{"divert", "d-1"}, []string{r.Status().Condition, r.Status().Where})
		r.send("d-1", mqtt.Done, func(m *mqtt.Message) { m.Box, m.Lane = "B1", "L1" })
		assert.Equal(t, Ready, r.Status().Condition, "it speaks again")
		r.end()
	})
}

func TestACancelOnTheBelt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig())
		time.Sleep(2 * time.Second)
		r.parcel()
		r.readOf("W1", 0)
		r.tape.take()
		r.Committed(&edge.Commit{Changes: []edge.Change{{Table: edge.TableOrders, Key: "o", Value: &edge.Order{ID: "o1", Stage: edge.StageCancelled, Boxes: []string{"B1"}}}}})
		synctest.Wait()
		assert.Equal(t, []string{"to d-1 set"}, r.tape.take(), "taken back")
		r.Committed(&edge.Commit{Changes: []edge.Change{{Table: edge.TableOrders, Key: "p", Value: &edge.Order{ID: "o2", Boxes: []string{"B1"}}}, {Table: edge.TableBoxes, Value: &edge.Box{}}}})
		synctest.Wait()
		assert.Empty(t, r.tape.take())
		r.end()
	})
}

// TestLessOfABoxOnTheBelt: pieces are to come out of it, so its label went out of force. It
// goes to no truck. What the commit says of other boxes and orders keeps none from its way.
func TestLessOfABoxOnTheBelt(t *testing.T) {
	order := func(packed int, boxes ...string) *edge.Order {
		return &edge.Order{ID: "o1", Stage: edge.StagePacking, Boxes: boxes, Lines: []*edge.Line{{ID: "1", Wanted: 2, Packed: packed}}}
	}
	for _, c := range []struct {
		name  string
		order *edge.Order
		box   edge.Box
		want  []string
	}{
		{"out of force", order(3, "B0", "B1"), edge.Box{ID: "B1", Closed: true}, []string{"to d-1 set"}},
		{"of another order", order(3, "B0"), edge.Box{ID: "B1", Closed: true}, nil},
		{"its label is in force", order(3, "B1"), edge.Box{ID: "B1", Closed: true, Bound: "A-1"}, nil},
		{"open at a desk", order(3, "B1"), edge.Box{ID: "B1"}, nil},
		{"as much as is wanted", order(2, "B1"), edge.Box{ID: "B1", Closed: true}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := start(t, testConfig())
				time.Sleep(2 * time.Second)
				r.parcel()
				r.readOf("W1", 0)
				r.tape.take()
				r.Committed(&edge.Commit{Changes: []edge.Change{
					{Table: edge.TableOrders, Key: "o", Value: c.order},
					{Table: edge.TableBoxes, Key: c.box.ID, Value: &c.box}}})
				synctest.Wait()
				assert.Equal(t, c.want, r.tape.take())
				r.end()
			})
		})
	}
}

func TestAnEncoderSaysWhereTheBeltIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig()
		cfg.Encoder, cfg.Pulse = "enc-1", 20
		r := start(t, cfg)
		pulse := func(n, missed int) {
			for range n {
				time.Sleep(20 * time.Millisecond)
				r.Change("enc-1", conveyor.Change{At: time.Now()})
				synctest.Wait()
			}
			for range missed {
				r.shed("enc-1", 1)
			}
		}
		pulse(80, 0)
		assert.Equal(t, Ready, r.Status().Condition)
		time.Sleep(time.Hour)
		assert.EqualValues(t, 1600, r.belt.Pos(time.Now()), "it stands")
		pulse(1, 4)
		pulse(1, 0)
		assert.EqualValues(t, 1600+6*20, r.belt.Pos(time.Now()), "pulses that were shed are known by their number")
		r.tape.take()
		for i := range dryChanges {
			r.Change("eye-1", conveyor.Change{Blocked: i%2 == 0, At: time.Now()})
		}
		synctest.Wait()
		assert.Equal(t, "encoder", r.Status().Condition)
		pulse(1, 0)
		r.Lost("enc-1")
		synctest.Wait()
		assert.Equal(t, "sensor", r.Status().Condition)
		r.end()
	})
}

func TestAFloodOfStatesIsShedAndSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, testConfig())
		r.stop()
		require.NoError(t, <-r.done)
		for i := range 3 * queued {
			r.Take(t.Context(), Delivery{Message: mqtt.Message{Device: "eye-1", What: mqtt.State, Blocked: i%2 == 0, Came: time.Now()}})
		}
		assert.Equal(t, 2*queued, r.takeLost("eye-1"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r.Take(ctx, Delivery{Message: mqtt.Message{Device: "tunnel-1", What: mqtt.Read, ID: "x"}, Fail: func() { r.tape.say("fail x") }})
		assert.Contains(t, r.tape.take(), "fail x", "a read waits for room, and is never shed")
	})
}

func TestNewTellsWhatIsMissing(t *testing.T) {
	_, err := New(testConfig(), Deps{})
	require.Error(t, err)
	cfg := testConfig()
	cfg.Layout.MinGap = 1
	r := &tape{}
	deps := Deps{Floor: r, Wire: r, Now: time.Now, Log: slog.New(slog.DiscardHandler), Open: func(context.Context) ([]sorter.Open, error) { return nil, nil }}
	_, err = New(cfg, deps)
	require.ErrorContains(t, err, "MinGap")
	cfg = testConfig()
	cfg.Speed = 0
	_, err = New(cfg, deps)
	require.ErrorIs(t, err, conveyor.ErrBelt)
}
