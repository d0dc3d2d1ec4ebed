package agent

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/devices/mqtt"
	"dcedge/devices/scale"
	"dcedge/edge"
	"dcedge/edge/access"
	"dcedge/edge/config"
	"dcedge/edge/edgetest/porttest"
)

func TestAPieceFitsTheLine(t *testing.T) {
	for link, want := range map[string]int{
		"tcp://10.0.0.1:9100": 4096, "serial:///dev/a": 480, "serial:///dev/a?baud=9600": 480, "serial:///dev/a?baud=1200": 64,
		"serial:///dev/a?baud=115200": 4096, "serial:///dev/a?baud=19200&flow=rtscts": 960,
	} {
		assert.Equal(t, want, pieceFor(link), link)
	}
}

// TestADriverThatIsNotBuilt is refused with its name; the configuration knows none
// such, so it is asked for here.
func TestADriverThatIsNotBuilt(t *testing.T) {
	_, err := newDevice(config.Device{Name: "x", Driver: "fax", Link: "tcp://10.0.0.9:9100"}, quiet())
	assert.ErrorContains(t, err, "is not built yet")
}

// runDevice runs a device of a configuration for a while.
func runDevice(t *testing.T, ctx context.Context, absent, link string) (*device, chan error) {
	t.Helper()
	d, err := newDevice(config.Device{Name: "scan-1", Driver: "scanner", Link: link, Absent: absent}, quiet())
	require.NoError(t, err)
	d.tells(doctorSink{})
	a := &Agent{log: quiet()}
	done := make(chan error, 1)
	go func() { done <- a.supervised(d).Run(ctx) }()
	return d, done
}

func TestADeviceThatIsNotThereAtTheStart(t *testing.T) {
	link := "serial://" + filepath.Join(t.TempDir(), "nothing")
	t.Run("required", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			_, done := runDevice(t, t.Context(), "required", link)
			err := <-done
			require.Error(t, err)
			assert.Contains(t, err.Error(), "scan-1")
			assert.Contains(t, err.Error(), "plug the device in", "what to do")
			assert.Less(t, time.Since(began), requiredWait+2*time.Second)
		})
	})
	t.Run("ignore", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			d, done := runDevice(t, ctx, "ignore", link)
			time.Sleep(time.Hour)
			synctest.Wait()
			assert.True(t, d.skipped.Load())
			x := (&Agent{cfg: &config.Config{}, devices: []*device{d}}).deviceLine(d, d.status())
			assert.True(t, x.OK, "it is no trouble")
			assert.Equal(t, "skipped", x.Condition)
			stop()
			<-done
		})
	})
	t.Run("retry", func(t *testing.T) {
		at := porttest.Free(t)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		d, done := runDevice(t, ctx, "retry", "tcp://"+at)
		require.Eventually(t, func() bool { return d.status().LastError != "" }, 30*time.Second, 5*time.Millisecond)
		ln, err := net.Listen("tcp", at)
		require.NoError(t, err)
		defer ln.Close()
		require.Eventually(t, func() bool { return d.status().Condition == devices.Ready }, 30*time.Second, 5*time.Millisecond, "it comes by itself")
		stop()
		<-done
	})
}

// answers plays the engine: a list of errors, then verdicts.
type answers struct {
	errs []error
	got  []edge.Message
	sc   *edge.Screen
	code edge.Code
}

func (f *answers) Submit(_ context.Context, m *edge.Message) (edge.Verdict, error) {
	f.got = append(f.got, *m)
	if len(f.errs) > 0 {
		err := f.errs[0]
		f.errs = f.errs[1:]
		return edge.Verdict{}, err
	}
	return edge.Verdict{ID: m.ID, Code: f.code, OK: f.code.Positive()}, nil
}

func (f *answers) Screen(context.Context, string, []edge.Role) (*edge.Screen, error) {
	return f.sc, nil
}

func TestAReadWithoutAnAnswerKeepsItsIDAndItsWorker(t *testing.T) {
	f := &answers{errs: []error{errors.New("nobody knows")}, code: edge.OK}
	worker, shown := "w-1", 0
	s := &deskScanner{device: "scan-1", station: "pack-1", floor: f, key: make([]byte, 16), now: time.Now, log: quiet(),
		at: func(string) (who, bool) { return who{worker: worker}, true }, shown: func(string, edge.Verdict) { shown++ }}
	at := time.Now()
	_, err := s.Judge(t.Context(), devices.Reading{Code: "A", At: at})
	require.Error(t, err, "it must not be acknowledged")
	worker = "w-2" // logged in meanwhile
	cue, err := s.Judge(t.Context(), devices.Reading{Code: "A", At: at.Add(2 * time.Second)})
	require.NoError(t, err)
	assert.Equal(t, devices.CueGood, cue)
	assert.Equal(t, f.got[0].ID, f.got[1].ID)
	assert.Equal(t, f.got[0].Hash, f.got[1].Hash)
	assert.Equal(t, "w-1", f.got[1].Worker, "an id belongs to its first worker")
	_, err = s.Judge(t.Context(), devices.Reading{Code: "A", At: at.Add(3 * time.Second)})
	require.NoError(t, err)
	assert.NotEqual(t, f.got[1].ID, f.got[2].ID, "answered: the next pull is a new one")
	assert.Equal(t, "w-2", f.got[2].Worker)
	assert.Equal(t, 2, shown)
	f.errs = []error{errors.New("again")}
	_, err = s.Judge(t.Context(), devices.Reading{Code: "B", At: at})
	require.Error(t, err)
	_, err = s.Judge(t.Context(), devices.Reading{Code: "B", At: at.Add(time.Minute)})
	require.NoError(t, err)
	assert.NotEqual(t, f.got[3].ID, f.got[4].ID, "a minute later it is another pull")
}

// A read's id belongs to its code: the same one again is the same message, also the
// day after, and another code is put to the floor as what it is.
func TestANamedReadIsOneMessage(t *testing.T) {
	f := &answers{code: edge.OK}
	worker, now := "w-1", time.Now().Truncate(24*time.Hour).Add(-time.Second)
	s := &deskScanner{device: "scan-1", station: "pack-1", floor: f, key: make([]byte, 16), now: func() time.Time { return now }, log: quiet(),
		at: func(string) (who, bool) { return who{worker: worker}, true }, shown: func(string, edge.Verdict) {}}
	read := func(id, code string) edge.Message {
		_, err := s.Judge(t.Context(), devices.Reading{ID: id, Code: code, At: now})
		require.NoError(t, err)
		return f.got[len(f.got)-1]
	}
	one := read("r-1", "A")
	worker, now = "w-2", now.Add(2*time.Second)
	assert.Equal(t, one, read("r-1", "A"))
	other := read("r-1", "B")
	assert.Equal(t, []any{one.ID, "w-1", "B"}, []any{other.ID, other.Worker, other.Code})
	assert.NotEqual(t, one.Hash, other.Hash, "so that the floor refuses it")
	assert.Equal(t, one, read("r-1", "A"))
	next := read("r-2", "B")
	assert.NotEqual(t, one.ID, next.ID)
	assert.Equal(t, "w-2", next.Worker)
}

func TestWhoIsAtTheDesk(t *testing.T) {
	var people []person
	d := newDesks([]edge.Station{{Name: "pack-1"}}, func() []person { return people }, time.Now)
	session := func(worker, device string, began int) person {
		return person{Session: access.Session{ID: "s-" + worker, Worker: worker, Device: device, Began: time.Unix(int64(began), 0)}}
	}
	is := func(want string) {
		t.Helper()
		w, ok := d.at("pack-1")
		assert.Equal(t, want, w.worker)
		assert.Equal(t, want != "", ok)
	}
	state := func(table, key string, v any) {
		d.Committed(&edge.Commit{Changes: []edge.Change{{Table: table, Key: key, Value: v}}})
	}
	is("")
	people = []person{session("w-1", "pda-1", 1), session("w-2", "browser", 2)}
	is("")
	state(edge.TableWorkers, "w-1", &edge.WorkerState{ID: "w-1", Station: "pack-1"})
	is("w-1")
	state(edge.TableWorkers, "w-1", &edge.WorkerState{ID: "w-1", Station: "pack-1", Work: "T-1"})
	is("") // picking now, with the PDA
	people = append(people, session("w-3", "pack-1", 3))
	is("w-3")
	state(edge.TableWork, "T-2", &edge.Work{WorkHead: &edge.WorkHead{ID: "T-2", Flow: edge.Pack, Worker: "w-2", Station: "pack-1"}})
	is("w-2")
	people = people[:1]
	is("") // logged out with the order in hand: it is nobody else's
	state(edge.TableWork, "T-2", (*edge.Work)(nil))
	is("")
}

func TestALoadIsOneParcel(t *testing.T) {
	f := &answers{code: edge.OK, sc: &edge.Screen{Rev: 7, Station: "pack-1", Expect: []edge.Expect{{Kind: "weight", Box: "B-1"}}}}
	d := newDesks([]edge.Station{{Name: "pack-1", Scale: "scale-1"}}, func() []person { return []person{{Session: access.Session{Worker: "w-1"}}} }, time.Now)
	d.Committed(&edge.Commit{Changes: []edge.Change{{Table: edge.TableWork, Key: "T-1", Value: &edge.Work{WorkHead: &edge.WorkHead{Flow: edge.Pack, Worker: "w-1", Station: "pack-1"}}}}})
	now := scale.Weight{Verdict: scale.Moving}
	w := newWeigher("scale-1", d, f, func() scale.Weight { return now })
	w.shown, w.key, w.now, w.log = func(string, edge.Verdict) {}, make([]byte, 16), time.Now, quiet()
	look := func() int { t.Helper(); w.look(t.Context()); return len(f.got) }
	assert.Zero(t, look(), "it still moves")
	now = scale.Weight{Verdict: scale.OK, Grams: "1204", Load: 1}
	f.code = edge.Wrong
	assert.Equal(t, 1, look())
	assert.Equal(t, 1, look(), "a refused weight is not told again and again")
	now.Grams = "900" // something was taken out of the box
	f.code, f.errs = edge.OK, []error{errors.New("nobody knows")}
	assert.True(t, w.look(t.Context()))
	assert.Equal(t, 3, look())
	assert.Equal(t, f.got[1].ID, f.got[2].ID)
	assert.Equal(t, "900", f.got[2].Args.Grams)
	assert.EqualValues(t, 7, f.got[2].Rev)
	f.sc.Expect[0].Box = "B-2"
	assert.Equal(t, 3, look(), "the parcel still lies there")
	now.Load = 2
	d.weighers = []*weigher{w}
	d.Committed(&edge.Commit{Events: []edge.Event{{Type: edge.EvBoxClosed, Data: &edge.BoxEvent{Box: "B-2", Station: "pack-1"}}}})
	assert.Equal(t, 3, look(), "a box was closed beside it: typed by hand, or a lead's word")
	now.Load = 3
	assert.Equal(t, 4, look())
}

// What a scanner at a belt's hospital sends again past midnight is one message too.
func TestAReadAtTheHospitalPastMidnight(t *testing.T) {
	f := &answers{code: edge.OK}
	now := time.Now().Truncate(24 * time.Hour).Add(-time.Second)
	h := &hand{device: "scan-h", belt: "line-1", floor: f, key: make([]byte, 16), now: func() time.Time { return now }}
	for range 2 {
		_, err := h.ask(t.Context(), &mqtt.Message{Device: "scan-h", What: mqtt.Read, ID: "42", Code: "A"})
		require.NoError(t, err)
		now = now.Add(2 * time.Second)
	}
	assert.Equal(t, f.got[0].ID, f.got[1].ID)
	assert.Equal(t, f.got[0].Hash, f.got[1].Hash)
}
