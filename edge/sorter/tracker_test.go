package sorter

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/edge"
)

type shelf map[string]Box

func (s shelf) Box(code string) (Box, bool) { b, ok := s[code]; return b, ok }

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// belt is a tracker whose belt has carried off what nobody followed.
type belt struct {
	*office
	t *testing.T
	n int
}

func newBelt(t *testing.T) *belt {
	t.Helper()
	boxes := shelf{"w1": {ID: "B1", Carrier: "cj", Trip: "1", Packed: true}, "w2": {ID: "B2", Carrier: "cj", Trip: "2", Packed: true},
		"w3": {ID: "B3", Carrier: "hanjin", Packed: true, Cancelled: true}, "w4": {ID: "B4", Carrier: "hanjin"}, "w5": {ID: "B5", Carrier: "ups", Packed: true},
		"w6": {ID: "B6", Carrier: "cj", Packed: true, Held: true}, "w7": {ID: "B7", Carrier: "cj", Packed: true, Shipped: true}}
	o, s, err := newOffice("r1", layout(), lanePlan(), boxes, []Open{{Parcel: "r0-7", Box: "B9"}})
	require.NoError(t, err)
	require.Equal(t, []Event{event(Lost, "r0-7", "B9", "line-1", "", Restart)}, s.Events)
	b := &belt{office: o, t: t}
	why, on := b.Flushing()
	assert.True(t, on)
	assert.Equal(t, Restart, why)
	b.Moved(5000)
	_, on = b.Flushing()
	assert.False(t, on)
	return b
}

func lanePlan() Plan {
	return Plan{{Lane: "cj-a", Carrier: "cj", Trip: "1"}, {Lane: "cj-b", Carrier: "cj"}, {Lane: "hanjin", Carrier: "hanjin"}}
}

// put lets a parcel of 300 mm pass the induct eye at a position.
func (b *belt) put(at int64) {
	b.Eye("in", true, at, false)
	b.Eye("in", false, at+300, false)
}

// read lets the tunnel read the parcel that was put at a position.
func (b *belt) read(at int64, code string) (Verdict, Step) {
	b.n++
	s := b.Read(reading{Read{ID: fmt.Sprint("r", b.n), NoRead: code == "", Pos: at + 650, Clock: true, Age: 10 * time.Millisecond}, code}, at+660)
	require.Len(b.t, s.Verdicts, 1, "each read has its verdict")
	return s.Verdicts[0], s
}

func TestLanesAndReasons(t *testing.T) {
	for name, c := range map[string]struct {
		code, lane string
		why        Reason
	}{
		"its trip":      {"w1", "cj-a", ""},
		"its carrier":   {"w2", "cj-b", ""},
		"cancelled":     {"w3", Hospital, edge.ReasonCancelled},
		"not packed":    {"w4", Hospital, edge.ReasonNotPacked},
		"no lane":       {"w5", Hospital, edge.ReasonNoLane},
		"held":          {"w6", Hospital, edge.ReasonHold},
		"sorted before": {"w7", Hospital, Duplicate},
		"unknown":       {"880123", Hospital, Unknown},
		"no read":       {"", "loop", NoRead},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBelt(t)
			b.put(6000)
			v, s := b.read(6000, c.code)
			assert.Equal(t, c.lane, v.Lane)
			assert.Equal(t, c.why == "", v.OK)
			if c.why != "" {
				assert.Equal(t, string(c.why), v.Code)
			}
			assert.Equal(t, c.lane == Hospital, len(s.Commands) == 0, "hospital needs no command")
			end := b.Eye("end", true, 6000+4000, false)
			if c.lane == Hospital {
				require.Len(t, end.Events, 1)
				assert.Equal(t, []any{Rejected, Hospital, c.why}, []any{end.Events[0].Type, end.Events[0].Lane, end.Events[0].Reason})
			}
		})
	}
}

func TestDivertIsConfirmedWhileTheParcelIsThere(t *testing.T) {
	b := newBelt(t)
	b.put(6000)
	v, s := b.read(6000, "w1")
	assert.Equal(t, []Command{{Divert: "d-1", Re: v.Read, Box: "B1", Lane: "cj-a"}}, s.Commands)
	s = b.Done("x1", "d-1", "B1", "cj-a", 7600)
	assert.Equal(t, Diverted, s.Events[0].Type)
	assert.Empty(t, b.Done("x1", "d-1", "B1", "cj-a", 7610), "told twice")
	assert.Empty(t, b.Done("x2", "d-1", "B1", "cj-a", 7620).Events, "under another id too")
	assert.Empty(t, b.Moved(20_000).Events, "it has ended once")

	for name, c := range map[string]struct {
		divert, box, lane string
		pos               int64
	}{"too early": {"d-1", "B2", "cj-b", 7000}, "before it is there": {"d-2", "B2", "cj-b", 7900}, "late": {"d-2", "B2", "cj-b", 9000}, "other lane": {"d-1", "B2", "cj-a", 8100}, "other box": {"d-2", "B9", "cj-b", 8100}} {
		t.Run(name, func(t *testing.T) {
			b := newBelt(t)
			b.put(6000)
			b.read(6000, "w2")
			s := b.Done("y", c.divert, c.box, c.lane, c.pos)
			require.NotEmpty(t, s.Events)
			assert.Equal(t, []any{Rejected, LateConfirm}, []any{s.Events[0].Type, s.Events[0].Reason})
		})
	}
}

func TestUnconfirmedIsLostAndContradictedIsTakenBack(t *testing.T) {
	b := newBelt(t)
	b.put(6000)
	b.read(6000, "w1")
	s := b.Moved(12_000)
	require.Len(t, s.Events, 1)
	assert.Equal(t, []any{Lost, "cj-a", LateConfirm}, []any{s.Events[0].Type, s.Events[0].Lane, s.Events[0].Reason})

	b = newBelt(t)
	b.put(6000)
	b.read(6000, "w1")
	b.Done("d", "d-1", "B1", "cj-a", 7600)
	s = b.Eye("end", true, 10_010, false)
	require.Len(t, s.Events, 1)
	assert.Equal(t, []any{Rejected, "B1", Contradicted}, []any{s.Events[0].Type, s.Events[0].Box, s.Events[0].Reason})
}

func TestB2ReadIsAnsweredTheSameTwice(t *testing.T) {
	b := newBelt(t)
	b.put(6000)
	v, _ := b.read(6000, "w1")
	s := b.Read(reading{Read{ID: v.Read, Pos: 6650, Clock: true}, "w2"}, 6900)
	v.Repeat = true
	assert.Equal(t, Step{Verdicts: []Verdict{v}}, s)
}

// The same id with another code is refused, as the floor does, and stands on
// nothing; what was refused so keeps no answer from the read whose id it is.
func TestAReadsIDIsUsedOnce(t *testing.T) {
	b := newBelt(t)
	b.put(6000)
	var told Step
	ask := func(id, said string) (q *edge.ParcelRead) {
		told, q = b.Tracker.Read(Read{ID: id, Said: said, Pos: 6650, Clock: true}, 6660)
		return q
	}
	on := edge.Receipt{Epoch: "e", Seq: 7}
	require.NotNil(t, ask("r", "w1"))
	b.Decided(edge.ParcelAnswer{Box: "B1", Lane: "cj-a", On: on}, false)
	require.Nil(t, ask("r", "w1"))
	assert.Equal(t, Step{Verdicts: []Verdict{{Read: "r", Code: "ok", OK: true, Lane: "cj-a", Repeat: true, On: on}}}, told, "with its receipt")
	require.Nil(t, ask("r", "w2"))
	assert.Equal(t, Step{Verdicts: []Verdict{{Read: "r", Code: "idReused", Lane: Hospital}}}, told)

	require.NotNil(t, ask("of a run before", "w2"))
	s := b.Decided(edge.ParcelAnswer{Why: Reason(edge.IDReused)}, false)
	assert.Equal(t, Step{Verdicts: []Verdict{{Read: "of a run before", Code: "idReused", Lane: Hospital}}}, s)
	assert.NotNil(t, ask("of a run before", "w1"), "the floor knows what it was answered")
}

func TestReadsThatMoveNothing(t *testing.T) {
	for name, c := range map[string]struct {
		read Read
		why  Reason
	}{
		"late":         {Read{Pos: 6650, Clock: true, Age: time.Second}, LateRead},
		"of tomorrow":  {Read{Pos: 6650, Clock: true, Age: -time.Second}, LateRead},
		"no clock":     {Read{Pos: 6650}, LateRead},
		"nobody there": {Read{Pos: 6900 + 200, Clock: true}, Stranger},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBelt(t)
			b.put(6000)
			c.read.ID = "r"
			s := b.Read(reading{c.read, "w1"}, 7110)
			assert.Empty(t, s.Commands)
			assert.Equal(t, string(c.why), s.Verdicts[0].Code)
			end := b.Eye("end", true, 10_000, false)
			assert.Equal(t, NoRead, end.Events[0].Reason, "a no-read inherits nothing")
			assert.Empty(t, end.Events[0].Box)
		})
	}
	b := newBelt(t)
	var alarms []Alarm
	for i := range 8 {
		s := b.Read(reading{Read{ID: fmt.Sprint("l", i), Pos: 6000, Clock: true, Age: time.Second}, "w1"}, 6000)
		alarms = append(alarms, s.Alarms...)
	}
	assert.Equal(t, []Alarm{{LateRead, "tunnel-1", true}}, alarms, "the tunnel's clock is off: told once")
}

func TestTwoThatCannotBeToldApart(t *testing.T) {
	t.Run("two codes", func(t *testing.T) {
		b := newBelt(t)
		b.put(6000)
		first, _ := b.read(6000, "w1")
		v, s := b.read(6000, "w2")
		assert.Equal(t, string(MultiRead), v.Code)
		assert.Equal(t, []Command{{Divert: "d-1", Re: first.Read, Box: "B1", Lane: Hospital}}, s.Commands, "the first command is taken back, by its own read")
	})
	t.Run("an article's code after the waybill", func(t *testing.T) {
		b := newBelt(t)
		b.put(6000)
		b.read(6000, "w1")
		v, s := b.read(6000, "880")
		assert.Equal(t, "cj-a", v.Lane)
		assert.Empty(t, s.Commands)
	})
	t.Run("too long", func(t *testing.T) {
		b := newBelt(t)
		b.Eye("in", true, 6000, false)
		v, _ := b.read(6000, "w1")
		assert.Equal(t, string(MultiRead), v.Code, "still at the induct eye: longer than the longest")
	})
	t.Run("too near", func(t *testing.T) {
		b := newBelt(t)
		b.put(6000)
		b.put(6400)
		v, _ := b.read(6000, "w1")
		assert.Equal(t, string(MultiRead), v.Code)
		v, _ = b.read(6400, "w2")
		assert.Equal(t, string(MultiRead), v.Code)
	})
	t.Run("one label twice", func(t *testing.T) {
		b := newBelt(t)
		b.put(6000)
		b.put(6550)
		first, _ := b.read(6000, "w1")
		v, s := b.read(6550, "w1")
		assert.Equal(t, string(Duplicate), v.Code)
		assert.Equal(t, first.Read, s.Commands[0].Re, "neither is trusted")
	})
	t.Run("changes of the eye were lost", func(t *testing.T) {
		b := newBelt(t)
		b.put(6000)
		b.Eye("in", true, 6600, true)
		v, _ := b.read(6000, "w1")
		assert.Equal(t, string(Stranger), v.Code)
	})
}

func TestRecirculationHasALimit(t *testing.T) {
	b := newBelt(t)
	at := int64(6000)
	for i := range 3 {
		b.put(at)
		v, s := b.read(at, "")
		if i < 2 {
			require.Equal(t, "loop", v.Lane, "round %d", i)
			require.Equal(t, "loop", s.Commands[0].Lane)
			b.Done(fmt.Sprint("d", i), "d-4", s.Commands[0].Box, "loop", at+3100)
			at += 3000 + 2000
			continue
		}
		assert.Equal(t, Hospital, v.Lane)
		assert.Empty(t, s.Commands)
	}
}

func TestFullLane(t *testing.T) {
	b := newBelt(t)
	b.put(6000)
	first, _ := b.read(6000, "w1")
	b.Eye("full-a", true, 6700, false)
	s := b.Moved(7310)
	assert.Equal(t, []Alarm{{LaneFull, "cj-a", true}}, s.Alarms)
	require.Len(t, s.Commands, 2, "what is on its way is sent round")
	assert.Equal(t, []string{first.Read, Hospital, first.Read, "loop"}, []string{s.Commands[0].Re, s.Commands[0].Lane, s.Commands[1].Re, s.Commands[1].Lane})
	b.Done("d", "d-4", "B1", "loop", 9100)
	b.put(11_000)
	v, _ := b.read(11_000, "w1")
	assert.Equal(t, []string{"loop", string(LaneFull)}, []string{v.Lane, v.Code})
	s = b.Eye("full-a", false, 11_700, false)
	assert.Equal(t, []Alarm{{LaneFull, "cj-a", false}}, s.Alarms)
	b.Done("d2", "d-4", "B1", "loop", 14_100)
	b.put(16_000)
	v, _ = b.read(16_000, "w1")
	assert.Equal(t, []string{"cj-a", "ok"}, []string{v.Lane, v.Code})
}

// H17: a belt that stands with the eye blocked is no jam, one that runs is;
// boxes that touch are neither.
func TestJamIsByTheBeltsMovement(t *testing.T) {
	b := newBelt(t)
	b.put(5500)
	b.Eye("in", true, 6000, false)
	for range 1000 {
		assert.Empty(t, b.Moved(6010), "the belt stands")
	}
	assert.Empty(t, b.Moved(6000+1500).Alarms, "three boxes that touch")
	s := b.Moved(6000 + 1700)
	assert.Equal(t, []Alarm{{Jam, "in", true}}, s.Alarms)
	assert.Empty(t, b.Moved(6000+1800).Alarms, "told once")
	s = b.Eye("in", false, 6000+1900, false)
	assert.Equal(t, []Alarm{{Jam, "in", false}}, s.Alarms)
	b.put(8200)
	v, _ := b.read(8200, "w1")
	assert.Equal(t, string(Jam), v.Code, "flushed")
	b.put(10_000)
	v, _ = b.read(10_000, "w1")
	assert.Equal(t, "ok", v.Code)
}

func TestOverweight(t *testing.T) {
	for grams, lane := range map[string]string{"1500": "cj-a", "1500.0": "cj-a", "0999.99": "cj-a", "1500.01": Hospital, "20000": Hospital, "-1": Hospital} {
		b := newBelt(t)
		b.put(6000)
		b.Weight(grams, 6320)
		v, _ := b.read(6000, "w1")
		assert.Equal(t, lane, v.Lane, grams)
	}
}

func TestLayoutTellsEveryFault(t *testing.T) {
	l := layout()
	require.Empty(t, l.Check())
	l.ReadFrom, l.MinGap, l.Loop, l.JamAfter = 100, 100, "round", 10
	l.Lanes[0].At, l.Lanes[1].Name = 50, Hospital
	_, _, err := New("r", l, nil)
	for _, word := range []string{"ReadFrom", "MinGap", "Loop: no lane", "JamAfter", "lanes[0].At: its divert", "lanes[1]: wants a name"} {
		assert.ErrorContains(t, err, word)
	}
}

// Whatever comes in whatever order: no panic, every parcel ends exactly once,
// each read has one verdict, and a truck's lane is commanded for its own box only.
func TestAnyInputEndsEachParcelOnce(t *testing.T) {
	boxes := shelf{"w1": {ID: "B1", Carrier: "cj", Packed: true}, "w2": {ID: "B2", Carrier: "hanjin", Packed: true}, "w3": {ID: "B3", Carrier: "cj", Cancelled: true}}
	plan := Plan{{Lane: "cj-a", Carrier: "cj"}, {Lane: "hanjin", Carrier: "hanjin"}}
	own := map[string]string{"B1": "cj-a", "B2": "hanjin"}
	rapid.Check(t, func(t *rapid.T) {
		tr, _, err := newOffice("r", layout(), plan, boxes, nil)
		require.NoError(t, err)
		begun, ends, pos := map[string]bool{}, map[string]int{}, int64(0)
		take := func(s Step) {
			for _, e := range s.Events {
				if e.Type == Inducted {
					begun[e.Parcel] = true
				}
				if e.Parcel != "" && e.Reason != Contradicted && (e.Type == Diverted || e.Type == Rejected || e.Type == Lost) {
					ends[e.Parcel]++
				}
			}
			for _, c := range s.Commands {
				if c.Lane != Hospital && c.Lane != "loop" {
					require.Equal(t, own[c.Box], c.Lane)
				}
			}
		}
		for i := range rapid.IntRange(1, 120).Draw(t, "n") {
			pos += rapid.Int64Range(0, 700).Draw(t, fmt.Sprint("move", i))
			id := fmt.Sprint("i", rapid.IntRange(0, 40).Draw(t, fmt.Sprint("id", i)))
			switch rapid.IntRange(0, 6).Draw(t, fmt.Sprint("what", i)) {
			case 0:
				take(tr.Moved(pos))
			case 1:
				eye := rapid.SampledFrom([]string{"in", "in", "end", "full-a", "other"}).Draw(t, "eye")
				take(tr.Eye(eye, rapid.Bool().Draw(t, "on"), pos, rapid.IntRange(0, 20).Draw(t, "missed") == 0))
			case 2:
				code := rapid.SampledFrom([]string{"w1", "w2", "w3", "x", ""}).Draw(t, "code")
				s := tr.Read(reading{Read{ID: id, NoRead: code == "", Pos: pos - rapid.Int64Range(-10, 900).Draw(t, "back"), Clock: true}, code}, pos)
				require.Len(t, s.Verdicts, 1)
				take(s)
			case 3:
				take(tr.Done(id, rapid.SampledFrom([]string{"d-1", "d-3", "d-4"}).Draw(t, "d"), rapid.SampledFrom([]string{"B1", "B2", "r-1", "z"}).Draw(t, "box"), rapid.SampledFrom([]string{"cj-a", "hanjin", "loop", "?"}).Draw(t, "lane"), pos))
			case 4:
				take(tr.Weight(rapid.SampledFrom([]string{"1", "-", "2000.5"}).Draw(t, "g"), pos))
			case 5:
				take(tr.Withdraw(rapid.SampledFrom([]string{"B1", "B2", ""}).Draw(t, "withdrawn"), edge.ReasonHold))
			case 6:
				if rapid.IntRange(0, 9).Draw(t, "blind") == 0 {
					take(tr.Blind(pos))
				}
			}
		}
		take(tr.Eye("in", false, pos+1, false))
		take(tr.Moved(pos + 20_000))
		assert.Empty(t, tr.Open())
		for p := range begun {
			require.Equal(t, 1, ends[p], p)
		}
		require.Len(t, ends, len(begun))
	})
}
