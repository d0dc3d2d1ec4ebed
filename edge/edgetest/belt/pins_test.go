package belt

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
	"dcedge/firmware-sim/conveyor"
)

// pinBelt is a belt at its real speed whose eyes, first divert and stack light are on
// pins; the encoder, the tunnel and the second divert are at the broker.
const pinBelt = `
[[belt]]
name = "line-1"
speed = 1500
encoder = "enc-1"
pulse = 20
stacklight = "tower-1"
hospital = "scan-h"
induct = "eye-1"
tunnel = "tunnel-1"
tunnelAt = 750
end = "eye-9"
endAt = 3500
maxLength = 500
minGap = 300
late = "1s"
[[belt.lane]]
name = "L1"
divert = "d-1"
at = 1600
confirm = "in-1"
lead = 100
[[belt.lane]]
name = "L2"
divert = "d-2"
at = 2300
`

// pinRig is such a belt with the built edge and the simulated line; it is well, and
// nothing lies on it that nobody followed.
func pinRig(t *testing.T, boxes int) (*rig, map[string][]label) {
	t.Helper()
	dir, err := os.MkdirTemp("", "pins") // a socket's path is short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "pins.sock")
	devices := mqttDevice("enc-1", "photoeye") + mqttDevice("tunnel-1", "scanner") + mqttDevice("scan-h", "scanner") + mqttDevice("d-2", "divert")
	for _, d := range [][3]string{{"eye-1", "photoeye", "pin=p.eye1"}, {"eye-9", "photoeye", "pin=p.eye9"}, {"in-1", "photoeye", "pin=p.in1&denoise=2ms"},
		{"d-1", "divert", "pin=p.d1&pulse=220ms&invert=true"}, {"tower-1", "stacklight", "red=p.red&amber=p.amber&green=p.green&buzzer=p.buzzer"}} {
		devices += "[[device]]\nname = \"" + d[0] + "\"\ndriver = \"" + d[1] + "\"\nlink = \"gpio+sim://" + socket + "?" + d[2] + "\"\n"
	}
	r, labels := newRigOf(t, boxes, "", devices+pinBelt)
	r.start()
	r.plan()
	r.play(conveyor.Config{Seed: 4, Pins: socket, Layout: conveyor.Layout{Length: 5500, Pulse: 20, Counter: "enc-1", Lamps: []string{"p.red", "p.amber", "p.green", "p.buzzer"},
		Eyes:    []conveyor.Eye{{Name: "eye-1", At: inductAt, Pin: "p.eye1"}, {Name: "eye-9", At: inductAt + 3500, Pin: "p.eye9"}, {Name: "in-1", Lane: "L1", Mouth: true, Pin: "p.in1"}},
		Tunnel:  conveyor.Place{Name: "tunnel-1", At: inductAt + 750},
		Diverts: []conveyor.Divert{{Name: "d-1", At: inductAt + 1600, Lanes: []string{"L1"}, Pin: "p.d1", Invert: true}, {Name: "d-2", At: inductAt + 2300, Lanes: []string{"L2"}}}}})
	r.flushed()
	by := map[string][]label{}
	for _, l := range labels {
		lane := map[string]string{"cj": "L1", "hanjin": "L2"}[l.carrier]
		by[lane] = append(by[lane], l)
	}
	return r, by
}

func (r *rig) condition(name string) string {
	r.t.Helper()
	var list struct {
		Items []struct{ Name, Condition string }
	}
	r.site.Do("GET", "/devicez", "", nil).JSON(r.t, &list)
	i := slices.IndexFunc(list.Items, func(x struct{ Name, Condition string }) bool { return x.Name == name })
	require.GreaterOrEqual(r.t, i, 0, name)
	return list.Items[i].Condition
}

// flushed waits until every device is well and the belt decides.
func (r *rig) flushed() {
	r.t.Helper()
	require.Eventually(r.t, func() bool { return r.well() && r.condition("line-1") == "ready" }, 30*time.Second, 20*time.Millisecond, "%v", r.shown())
}

// one lets a box travel alone; it gives where it really went, and how the feed says
// that its parcel ended: "type lane reason" of each event of the box or its parcel.
func (r *rig) one(l label) (where string, ends []string) {
	r.t.Helper()
	n := r.line.Put(conveyor.Parcel{Codes: []string{l.code}, Length: 300, Gap: 700})
	require.Eventually(r.t, func() bool { w := r.line.Where(n); return w != conveyor.Waiting && w != conveyor.OnBelt }, 30*time.Second, 10*time.Millisecond)
	require.Eventually(r.t, func() bool { ends = r.ends(l); return len(ends) > 0 }, 30*time.Second, 50*time.Millisecond, "parcel of %s has no end", l.box)
	return r.line.Where(n), ends
}

// sorts waits until the belt sorts again: it sends parcels until one is in L1 and known to
// be, and each before it is in the hospital. The belt runs as fast as a real one, and a
// machine with other work may be late for a parcel.
func (r *rig) sorts(list []label) (rest []label) {
	r.t.Helper()
	for i, l := range list {
		where, ends := r.one(l)
		if where == "L1" && ends[0] == "parcel.diverted L1" {
			return list[i+1:]
		}
		require.Equal(r.t, "hospital", where, "%s: %v", l.box, ends)
	}
	require.FailNow(r.t, "no parcel is sorted any more")
	return nil
}

func (r *rig) ends(l label) (out []string) {
	for _, e := range pull(r.t, r.site) {
		if e.Data.Box == l.box && (e.Type == "parcel.diverted" || e.Type == "parcel.rejected" || e.Type == "parcel.lost") {
			out = append(out, strings.TrimSpace(e.Type+" "+e.Data.Lane+" "+e.Data.Reason))
		}
	}
	return out
}

func (r *rig) faults(f conveyor.Faults) { r.line.SetFaults(f) }

func trouble(t conveyor.Trouble) conveyor.Faults { return conveyor.Faults{Trouble: t} }

// Must show: a divert on a pin pushes its own parcels into its lane and no other, and
// a lane counts as reached only where the eye in it has seen the parcel.
func TestDivertOnAPin(t *testing.T) {
	t.Parallel()
	r, boxes := pinRig(t, 24)
	lit := func(pin string) func() bool { return func() bool { return r.line.Level(pin) } }
	require.Eventually(t, lit("p.green"), 30*time.Second, 10*time.Millisecond)
	next := func(lane string) (l label) {
		l, boxes[lane] = boxes[lane][0], boxes[lane][1:]
		return l
	}
	for _, lane := range []string{"L1", "L2", "L1"} {
		where, ends := r.one(next(lane))
		assert.Equal(t, lane, where)
		assert.Equal(t, []string{"parcel.diverted " + lane}, ends)
	}

	// Its eye sees nothing: the parcel is in the lane, and nobody says so.
	r.faults(trouble(conveyor.Trouble{ClearEye: "in-1"}))
	where, ends := r.one(next("L1"))
	assert.Equal(t, "L1", where)
	assert.Equal(t, []string{"parcel.lost L1 lateConfirm"}, ends)

	// It does not move: the end eye sees the parcel.
	r.faults(trouble(conveyor.Trouble{Dead: "d-1"}))
	where, ends = r.one(next("L1"))
	assert.Equal(t, "hospital", where)
	assert.Equal(t, []string{"parcel.rejected hospital lateConfirm"}, ends)

	// It sticks: the next parcel is another lane's, and people are told.
	r.faults(trouble(conveyor.Trouble{Sticks: "d-1"}))
	where, ends = r.one(next("L1"))
	assert.Equal(t, []string{"L1", "parcel.diverted L1"}, []string{where, ends[0]})
	other := next("L2")
	n := r.line.Put(conveyor.Parcel{Codes: []string{other.code}, Length: 300, Gap: 700})
	require.Eventually(t, func() bool { return r.line.Where(n) == "L1" }, 30*time.Second, 10*time.Millisecond, "it is pushed into the wrong lane")
	require.Eventually(t, func() bool { return r.condition("line-1") == "stray" && r.line.Level("p.amber") }, 30*time.Second, 10*time.Millisecond)
	require.Eventually(t, func() bool { return len(r.ends(other)) > 0 }, 30*time.Second, 50*time.Millisecond)
	assert.Equal(t, []string{"parcel.lost L2 lateConfirm"}, r.ends(other))
	r.faults(conveyor.Faults{})
	where, ends = r.one(next("L1"))
	assert.Equal(t, []string{"L1", "parcel.diverted L1"}, []string{where, ends[0]})
	require.Eventually(t, func() bool { return r.condition("line-1") == "ready" && r.line.Level("p.green") }, 30*time.Second, 10*time.Millisecond)
}

// Must show: the board is pulled and comes back, and the edge is killed with a parcel
// before a divert: nothing goes to a truck's lane by guess, and all is well again by
// itself.
func TestDivertOnAPinPulledAndKilled(t *testing.T) {
	t.Parallel()
	r, boxes := pinRig(t, 16)
	l1 := boxes["L1"]
	r.faults(conveyor.Faults{Pins: true})
	require.Eventually(t, func() bool { s := r.shown(); return !s["d-1"] && !s["in-1"] && !s["tower-1"] }, 30*time.Second, 10*time.Millisecond, "told")
	r.faults(conveyor.Faults{})
	r.flushed()
	l1 = r.sorts(l1)

	last := l1[0]
	n := r.line.Put(conveyor.Parcel{Codes: []string{last.code}, Length: 300, Gap: 700})
	require.Eventually(t, func() bool {
		return slices.ContainsFunc(pull(t, r.site), func(e event) bool { return e.Type == "parcel.read" && e.Data.Box == last.box })
	}, 30*time.Second, 5*time.Millisecond)
	r.kill()
	r.start()
	require.Eventually(t, func() bool { w := r.line.Where(n); return w != conveyor.Waiting && w != conveyor.OnBelt }, 30*time.Second, 10*time.Millisecond)
	require.Eventually(t, func() bool { return len(r.ends(last)) > 0 }, 30*time.Second, 50*time.Millisecond)
	assert.Contains(t, r.ends(last), "parcel.lost  restart", "nobody followed it")
	for _, end := range r.ends(last) {
		assert.NotContains(t, end, "diverted")
	}
	r.flushed()
	r.sorts(l1[1:])
	require.Eventually(t, func() bool { return r.line.Level("p.d1") }, 30*time.Second, 10*time.Millisecond, "at rest: it is driven by low")
}

// The test buttons of what is on pins: a divert is fired once, and only while its belt
// is seen to stand; a stack light shows amber and then again what it should; and both
// are refused, untouched, while their board is away.
func TestTheButtonsOfPins(t *testing.T) {
	t.Parallel()
	r, _ := pinRig(t, 1)
	lead := r.site.PushLead()
	test := func(name string) sitetest.Answer {
		return r.site.Do("POST", "/site/v1/devices/"+name+"/test", lead, []byte(`{"reason":"installed"}`))
	}
	did := func(a sitetest.Answer) string {
		var out struct{ Did string }
		a.JSON(t, &out)
		return out.Did
	}
	level := func(pin string, want bool) func() bool {
		return func() bool { return r.line.Level(pin) == want }
	}
	fired := func() int {
		var list struct {
			Items []struct {
				Name     string
				Readings int
			}
		}
		r.site.Do("GET", "/devicez", "", nil).JSON(t, &list)
		for _, x := range list.Items {
			if x.Name == "d-1" {
				return x.Readings
			}
		}
		return -1
	}

	assert.Equal(t, "beltRuns", test("d-1").Problem())
	assert.Equal(t, "notMoved", test("d-2").Problem(), "one that is told by messages looks after itself")
	assert.Zero(t, fired())

	r.faults(trouble(conveyor.Trouble{Stop: true}))
	out := make(chan bool, 1) // it goes out for 220 ms
	go func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for end := time.Now().Add(30 * time.Second); r.line.Level("p.d1"); <-tick.C {
			if time.Now().After(end) {
				out <- false
				return
			}
		}
		out <- true
	}()
	var a sitetest.Answer
	require.Eventually(t, func() bool { a = test("d-1"); return a.Code == http.StatusOK }, 30*time.Second, 100*time.Millisecond, "the belt stands")
	assert.Equal(t, "fired", did(a))
	assert.True(t, <-out, "it is driven by low")
	assert.Eventually(t, level("p.d1", true), 30*time.Second, time.Millisecond, "and is at rest again")
	assert.Equal(t, 1, fired())

	shown := make(chan string, 1)
	go func() { shown <- did(test("tower-1")) }()
	assert.Eventually(t, level("p.amber", true), 30*time.Second, 5*time.Millisecond)
	assert.Equal(t, "blinked", <-shown)
	assert.Eventually(t, level("p.amber", false), 30*time.Second, 5*time.Millisecond)

	r.faults(conveyor.Faults{Pins: true, Trouble: conveyor.Trouble{Stop: true}})
	require.Eventually(t, func() bool { s := r.shown(); return !s["d-1"] && !s["tower-1"] }, 30*time.Second, 10*time.Millisecond)
	for _, name := range []string{"d-1", "tower-1"} {
		assert.Equal(t, "offline", test(name).Problem(), name)
	}
	assert.Equal(t, 1, fired())
}
