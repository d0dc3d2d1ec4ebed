package floor_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// twins makes a real site and one to practise in, whose events are one history.
func twins(t tb) (real, practice *site) {
	t.Helper()
	real, practice = newSite(t), newSite(t)
	practice.live, practice.replay = floor.NewPractice(real.seq), floor.NewPractice(real.seq)
	practice.events, practice.seq, practice.now = nil, real.seq, real.now
	practice.cat, practice.pol = real.cat, real.pol
	real.twin, practice.twin = practice, real
	return real, practice
}

// hear takes events of the other state: nothing of this one may change but how
// far the history has come.
func (x *site) hear(events []edge.Event) {
	x.t.Helper()
	before := x.rows()
	for i := range events {
		e := events[i]
		x.seq = e.Seq
		for _, s := range []*floor.State{x.live, x.replay} {
			s.BeginMessage()
			if err := floor.Apply(s, &e); err != nil {
				x.t.Fatalf("an event of the other state: %v", err)
			}
			s.AcceptMessage()
			s.CommitBatch()
		}
		if x.live.Site().Seq != e.Seq {
			x.t.Fatalf("event %d was not counted", e.Seq)
		}
	}
	x.now = x.twin.now
	if after := x.rows(); after != before {
		x.t.Fatalf("practice and work touched each other:\n%s\n%s", before, after)
	}
	x.dec = floor.Decision{}
	x.checkScreens("") // and no screen may change
}

// rows is every row of the state but the count of events.
func (x *site) rows() string {
	x.t.Helper()
	site := *x.live.Site()
	site.Seq = 0
	out := fmt.Sprintf("%+v\n", site)
	x.live.Each(func(table, key string, v any) {
		if _, counters := v.(*edge.Site); !counters {
			b, err := json.Marshal(v)
			if err != nil {
				x.t.Fatalf("marshal: %v", err)
			}
			out += fmt.Sprintf("%s %q %s\n", table, key, b)
		}
	})
	return out
}

// TestPracticeAndWorkNeverTouch: two crews, one at work and one that practises,
// in one history. No event of one moves a row or a screen of the other, and each
// state is made again from the whole history.
func TestPracticeAndWorkNeverTouch(t *testing.T) {
	n := crews(t)
	rapid.Check(t, func(r *rapid.T) {
		real, practice := twins(r)
		defer n.day(real, practice)
		var crews []*chaos
		for _, x := range []*site{real, practice} {
			crew(x)
			x.hire("all", edge.Picker, edge.Packer, edge.Loader)
			x.hire("boss", edge.Lead)
			crews = append(crews, &chaos{T: r, x: x})
		}
		for _, c := range crews {
			c.headStart()
			c.order()
		}
		for range rapid.IntRange(10, 60).Draw(r, "steps") {
			c := rapid.SampledFrom(crews).Draw(r, "crew")
			c.step()
			if c.x.twin.cat != c.x.cat { // both see the same catalogue
				c.x.twin.cat = c.x.cat
				c.x.twin.send(&edge.Message{Kind: edge.Refreshed})
			}
			conserve(r, c.x)
		}
		for _, x := range []*site{real, practice} {
			for i := range x.events {
				if x.events[i].Practice != x.live.Practice() {
					r.Fatalf("event %d is marked wrongly", x.events[i].Seq)
				}
			}
			if x.hash(x.live) != x.hash(x.replay) {
				r.Fatalf("live state differs from the replay of the whole history")
			}
		}
	})
}

// TestPracticeNumbersAreOfNoCarrier: what is practised ends in a number that no
// carrier's rule takes, and uses up no lease.
func TestPracticeNumbersAreOfNoCarrier(t *testing.T) {
	real, x := twins(t)
	crew(x)
	next := totes()
	x.record(order("PRACTICE-1", "cj", line{1, 2}))
	require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick}).OK)
	x.follow("p", next)
	require.True(t, x.act("k", "start", edge.Args{Flow: edge.Pack}).OK)
	x.follow("k", next)
	require.Equal(t, "box.loaded", func() string {
		x.scan("l", "DOCK-D1")
		x.scan("l", x.screen("l").Expect[0].Code)
		return x.kinds()
	}())
	number := ""
	for _, e := range x.events {
		require.True(t, e.Practice)
		assert.Contains(t, string(e.AppendLine(nil)), `"practice":true`)
		if w, ok := e.Data.(*edge.WaybillEvent); ok {
			number = w.Waybill
			assert.Equal(t, "practice", map[edge.Type]string{edge.EvAssigned: w.Lease, edge.EvBound: "practice"}[e.Type])
		}
	}
	assert.Regexp(t, `^PRACTICE-\d+-1$`, number)
	assert.Nil(t, real.view("k").AnyWaybill(number))
	assert.EqualValues(t, 0, real.live.Lease("lease-cj").Next)
	assert.True(t, x.screen("p").Practice, "every screen says so")
	assert.False(t, floor.Screen(real.view("p"), "p", []edge.Role{edge.Picker}).Practice)

	real.hire("l", edge.Loader)
	assert.Equal(t, edge.Unknown, real.scan("l", number).Code, "the real floor does not know it")
}
