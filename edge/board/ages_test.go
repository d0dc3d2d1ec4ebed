package board

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

func exceptions(t *testing.T, b *Board) []Exception {
	t.Helper()
	out := []Exception{}
	for _, raw := range b.Section("exceptions") {
		var e Exception
		require.NoError(t, json.Unmarshal(raw, &e))
		out = append(out, e)
	}
	return out
}

// A shortage and a hold are as old after a restart as before it.
func TestATroubleKeepsItsAgeOverARestart(t *testing.T) {
	short := order("2", edge.StagePicking)
	short.Held, short.Lines[0].Short = "payment", 2
	missing := func(n int) *edge.PickEvent { return &edge.PickEvent{Line: "1", Missing: n} }
	for name, c := range map[string]struct {
		fill func(*log)
		want time.Duration // before now
	}{
		"once": {func(l *log) { l.add(day.Add(-3*time.Hour), "w-1", edge.EvPickShort, missing(2)) }, 3 * time.Hour},
		"by and by": {func(l *log) {
			l.add(day.Add(-3*time.Hour), "w-1", edge.EvPickShort, missing(1))
			l.add(day.Add(-time.Hour), "w-1", edge.EvPickShort, missing(1))
		}, 3 * time.Hour},
		"taken back": {func(l *log) {
			l.add(day.Add(-3*time.Hour), "w-1", edge.EvPickShort, missing(2))
			l.add(day.Add(-2*time.Hour), "w-1", edge.EvPickShort, missing(-2))
			l.add(day.Add(-time.Hour), "w-1", edge.EvPickShort, missing(2))
		}, time.Hour},
		"looked for again": {func(l *log) {
			l.add(day.Add(-3*time.Hour), "w-1", edge.EvPickShort, missing(2))
			l.add(day.Add(-2*time.Hour), "", edge.EvOrderChanged, &edge.OrderChanged{Repick: true})
			l.add(day.Add(-time.Hour), "w-1", edge.EvPickShort, missing(2))
		}, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				past := &log{oldest: 1}
				c.fill(past)
				past.add(day.Add(-30*time.Minute), "lead-1", edge.EvOrderChanged, &edge.OrderChanged{Change: "lead-1", Kind: "hold", Held: "payment"})
				f := &fakeEngine{state: []edge.Change{change(short)}}
				b, _ := run(t, past, func(c *Config) { c.Source = f })
				time.Sleep(time.Minute)
				got := exceptions(t, b)
				require.Len(t, got, 2)
				assert.Equal(t, "held", got[0].Kind)
				assert.Equal(t, 30*time.Minute, day.Sub(got[0].Since))
				assert.Equal(t, "short", got[1].Kind)
				assert.Equal(t, c.want, day.Sub(got[1].Since))

				whole := order("2", edge.StagePicking) // it ends, and begins anew now
				f.commit(&edge.Commit{Changes: []edge.Change{change(whole)}})
				time.Sleep(2 * time.Second)
				f.commit(&edge.Commit{Changes: []edge.Change{change(short)}})
				time.Sleep(2 * time.Second)
				got = exceptions(t, b)
				require.Len(t, got, 2)
				assert.Zero(t, day.Sub(got[1].Since))
			})
		})
	}
}

// What a call's event names is told after a restart, when no screen tells it,
// and what the work in hand names.
func TestACallKeepsItsPlaceOverARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := order("2", edge.StagePicking)
		o.Lines[0].Location = "C08-21-3"
		past := &log{oldest: 1}
		past.add(day.Add(-time.Minute), "w-1", edge.EvStep, &edge.StepConfirmed{Kind: "help", Step: "item", Work: "T-1"})
		past.add(day.Add(-time.Minute), "w-2", edge.EvStep, &edge.StepConfirmed{Kind: "help", What: "GIFT", Step: "insert", Work: "gone", Box: "B-7"})
		f := &fakeEngine{state: []edge.Change{change(o), {Table: edge.TableWork, Key: "T-1",
			Value: &edge.Work{WorkHead: &edge.WorkHead{ID: "T-1", Flow: edge.Pick, Orders: []string{"2"}, Client: "default"}, Line: "1"}}}}
		b, _ := run(t, past, func(c *Config) { c.Source = f })
		time.Sleep(time.Minute)
		assert.Equal(t, []Exception{
			{Kind: "help", ID: "1", Worker: "w-1", Device: "pda-07", Flow: edge.Pick, Step: "item", Order: "2", Location: "C08-21-3", SKU: "A", Units: 1},
			{Kind: "help", ID: "2", Worker: "w-2", Device: "pda-07", Step: "insert", Order: "2", Box: "B-7", SKU: "GIFT", Units: 1},
		}, helps(t, b))
	})
}

// A printer in trouble is one row, whoever tells of it, and says what it is.
func TestAPrinterIsOneTrouble(t *testing.T) {
	f := &fakeEngine{}
	b := newBoard(t, f)
	bad := func(name, class, code string) Device {
		return Device{Name: name, Class: class, Error: code, Condition: code, Since: day}
	}
	b.cfg.Devices = func() []Device {
		return []Device{bad("p-1", "printer", "headOpen"), bad("p-2", "printer", "offline"), bad("scale-1", "scale", "silent")}
	}
	status := func(name, state string) edge.Change {
		return edge.Change{Table: edge.TablePrinters, Key: name, Value: &edge.PrinterStatus{Name: name, State: state, At: day}}
	}
	b.note(&edge.Commit{Changes: []edge.Change{status("p-1", "headOpen"), status("p-2", "ready")}})
	b.beat()
	got := map[string]string{}
	for _, e := range exceptions(t, b) {
		got[e.Kind+" "+e.ID] = e.Reason
	}
	assert.Equal(t, map[string]string{"printer p-1": "headOpen", "printer p-2": "offline", "device scale-1": "silent"}, got)
	assert.Len(t, b.Section("exceptions"), 3)
}
