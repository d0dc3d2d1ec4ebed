package putlight

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices/mqtt"
	"dcedge/edge"
)

// rig is a wall in a bubble, with a floor and lights that write down.
type rig struct {
	*Wall
	t      *testing.T
	mu     sync.Mutex
	log    []string
	told   map[string]mqtt.LightBody
	got    []edge.Message
	fail   error
	people map[string]bool
}

func (r *rig) say(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.log = append(r.log, fmt.Sprintf(format, args...))
}

func (r *rig) take() []string {
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.log
	r.log = nil
	return out
}

func (r *rig) Send(c mqtt.Command) error {
	var b mqtt.LightBody
	assert.NoError(r.t, json.Unmarshal(c.Payload, &b))
	r.say("%s %d %s", c.Device, b.Quantity, b.Colour)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told[c.Device] = b
	return nil
}

func (r *rig) Submit(_ context.Context, m *edge.Message) (edge.Verdict, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, *m)
	return edge.Verdict{Code: edge.OK, OK: true}, r.fail
}

func start(t *testing.T) *rig {
	r := &rig{t: t, told: map[string]mqtt.LightBody{}, people: map[string]bool{"w-1": true, "w-2": true}}
	w, err := New([]string{"C1", "C2", "C3"}, Deps{Floor: r, Wire: r, Code: func(c string) string { return "CELL-" + c }, Now: time.Now, Key: make([]byte, 16), Log: slog.New(slog.DiscardHandler),
		Person: func(w string) (Person, bool) { return Person{Worker: w, Session: "s-" + w}, r.people[w] }, Shown: func(w string, _ edge.Verdict) { r.say("shown %s", w) }})
	require.NoError(t, err)
	r.Wall = w
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	t.Cleanup(func() { stop(); require.NoError(t, <-done) })
	return r
}

// works commits that a work has an item on its way to a cell; quantity 0 is none.
func (r *rig) works(work, worker, cell string, quantity int) {
	x := &edge.Work{WorkHead: &edge.WorkHead{ID: work, Flow: edge.Put, Worker: worker}}
	if quantity > 0 {
		x.Hand = &edge.Hand{Line: "1", Quantity: quantity, Step: "cell", First: cell}
	}
	r.Committed(&edge.Commit{Changes: []edge.Change{{Table: edge.TableWork, Key: work, Value: x}}})
}

func (r *rig) press(cell, id, re string) {
	r.Take(r.t.Context(), Press{Message: mqtt.Message{Device: cell, What: mqtt.Pressed, ID: id, Re: re}, Ack: func() { r.say("ack %s", id) }, Fail: func() { r.say("fail %s", id) }})
}

func TestACellIsLitAndPressed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t)
		r.works("T-1", "w-1", "C1", 3)
		assert.Equal(t, []string{"C1 3 green"}, r.take())
		r.works("T-2", "w-2", "C2", 1)
		assert.Equal(t, []string{"C2 1 blue"}, r.take(), "two at one wall are told apart")
		r.works("T-1", "w-1", "C1", 3)
		assert.Empty(t, r.take(), "told once")

		r.press("C1", "p1", r.told["C1"].ID)
		assert.Equal(t, []string{"ack p1", "shown w-1"}, r.take())
		m := r.got[0]
		assert.Equal(t, []any{edge.Scan, "w-1", "s-w-1", "CELL-C1", "C1"}, []any{m.Kind, m.Worker, m.Session, m.Code, m.Device})
		r.works("T-1", "w-1", "", 0)
		assert.Equal(t, []string{"C1 0 green"}, r.take(), "out")
		r.press("C1", "p1", "")
		r.take()
		assert.Equal(t, []any{m.ID, "w-1"}, []any{r.got[1].ID, r.got[1].Worker}, "told again it is the same press, of the same worker")
		r.works("T-1", "w-1", "C3", 2)
		assert.Equal(t, []string{"C3 2 green"}, r.take(), "a worker keeps the colour")

		r.Committed(&edge.Commit{Changes: []edge.Change{{Table: edge.TableWork, Key: "T-2", Value: (*edge.Work)(nil)}}})
		assert.Equal(t, []string{"C2 0 blue"}, r.take(), "put down")
	})
}

func TestPressesThatMeanNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t)
		nobody := func(what string) {
			t.Helper()
			r.take()
			assert.Equal(t, edge.StationWorker("C1"), r.got[len(r.got)-1].Worker, what)
		}
		r.press("C1", "p1", "")
		nobody("nothing is on its way there")
		r.works("T-1", "w-1", "C1", 3)
		r.press("C1", "p2", "an older command")
		nobody("it answers another command")
		r.people["w-1"] = false
		r.press("C1", "p3", "")
		nobody("the worker has logged out")
		r.fail = errors.New("disk")
		r.press("C1", "p4", "")
		assert.Equal(t, []string{"fail p4"}, r.take(), "it comes again")
	})
}

func TestALightThatWasAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t)
		r.works("T-1", "w-1", "C1", 3)
		first := func() string { r.take(); return r.told["C1"].ID }()
		come := func(cell string) {
			r.Take(t.Context(), Press{Message: mqtt.Message{Device: cell, What: mqtt.Online, Online: true}})
		}
		come("C1")
		assert.Equal(t, []string{"C1 3 green"}, r.take())
		assert.Equal(t, first, r.told["C1"].ID, "the same command")
		come("C2")
		r.Shine("C1")
		assert.ElementsMatch(t, []string{"C2 0 green", "C1 3 green"}, r.take(), "what it showed before it went is over")
		come("X")
		assert.Empty(t, r.take())
		r.works("T-2", "w-2", "C9", 1)
		assert.Empty(t, r.take(), "a cell without a light")
	})
}

func TestNewWantsEverything(t *testing.T) {
	_, err := New(nil, Deps{})
	require.Error(t, err)
}
