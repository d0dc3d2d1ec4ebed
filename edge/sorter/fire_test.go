package sorter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// pinBelt has the lane cj-a on a pin: its divert d-1 at 1500 is fired 50 mm before,
// and the eye in-a stands in the lane.
func pinBelt(t *testing.T) *belt {
	t.Helper()
	b := newBelt(t)
	b.l.Lanes[0].Confirm, b.l.Lanes[0].Lead = "in-a", 50
	require.Empty(t, b.l.Check())
	b.eyes["in-a"] = &eye{}
	b.Rests("in-a", false, 5000)
	return b
}

// sent puts a box of lane cj-a on at a position and reads it.
func (b *belt) sent(at int64) {
	b.t.Helper()
	b.put(at)
	v, s := b.read(at, "w1")
	require.Equal(b.t, "cj-a", v.Lane)
	require.Len(b.t, s.Commands, 1, "the decision; nobody is told it")
	require.Empty(b.t, s.Fires, "it is not there yet")
}

func (b *belt) laneSees(pos int64) Step { return b.Eye("in-a", true, pos, false) }

func TestPinDivertIsFiredAtItsParcel(t *testing.T) {
	b := pinBelt(t)
	b.sent(6000)
	mm, ok := b.Aim()
	assert.True(t, ok)
	assert.EqualValues(t, 1450-660, mm)
	assert.Empty(t, b.Moved(7449).Fires)
	s := b.Moved(7451)
	assert.Equal(t, []Fire{{Divert: "d-1", Re: "r1", Box: "B1", Lane: "cj-a"}}, s.Fires)
	assert.Empty(t, s.Events, "fired is not yet there")
	assert.Empty(t, b.Moved(7490).Fires, "once")
	_, ok = b.Aim()
	assert.False(t, ok)
	s = b.laneSees(7600)
	require.Len(t, s.Events, 1)
	assert.Equal(t, []any{Diverted, "B1", "cj-a"}, []any{s.Events[0].Type, s.Events[0].Box, s.Events[0].Lane})
	assert.Empty(t, s.Alarms)
	b.Eye("in-a", false, 7620, false)
	assert.Empty(t, b.laneSees(7640).Events, "its own handle")
	assert.Empty(t, b.Moved(20_000).Events)
}

func TestPinDivertGuessesNoSuccess(t *testing.T) {
	for name, c := range map[string]struct {
		act  func(b *belt) Step
		want []Event
		fire bool
	}{
		"not seen in the lane": {func(b *belt) Step { b.Moved(7451); return b.Moved(11_000) },
			[]Event{event(Lost, "r1-1", "B1", "line-1", "cj-a", LateConfirm)}, true},
		"seen in the lane too late": {func(b *belt) Step { b.Moved(7451); b.Moved(8200); return b.laneSees(8210) },
			[]Event{event(Rejected, "", "", "cj-a", "cj-a", Stranger)}, true},
		"seen at the end after all": {func(b *belt) Step { b.Moved(7451); return b.Eye("end", true, 10_000, false) },
			[]Event{event(Rejected, "r1-1", "B1", Hospital, Hospital, LateConfirm)}, true},
		"in the lane before it was fired at": {func(b *belt) Step { return b.laneSees(7300) },
			[]Event{event(Rejected, "", "", "cj-a", "cj-a", Stranger)}, false},
		"withdrawn before": {func(b *belt) Step {
			b.Withdraw("B1", "cancelled")
			b.Moved(7451)
			return b.Eye("end", true, 10_000, false)
		},
			[]Event{event(Rejected, "r1-1", "B1", Hospital, Hospital, "cancelled")}, false},
		"withdrawn when it was fired at": {func(b *belt) Step { b.Moved(7451); b.Withdraw("B1", "cancelled"); return b.laneSees(7600) },
			[]Event{event(Rejected, "r1-1", "B1", "cj-a", "cj-a", LateConfirm)}, true},
		"looked at too late": {func(b *belt) Step { b.Moved(7600); return b.Eye("end", true, 10_000, false) },
			[]Event{event(Rejected, "r1-1", "B1", Hospital, Hospital, LateConfirm)}, false},
		"its pin away": {func(b *belt) Step { b.Away("d-1", true); b.Moved(7451); return b.Eye("end", true, 10_000, false) },
			[]Event{event(Rejected, "r1-1", "B1", Hospital, Hospital, Sensor)}, false},
		"its eye away": {func(b *belt) Step { b.Away("in-a", true); b.Moved(7451); return b.Eye("end", true, 10_000, false) },
			[]Event{event(Rejected, "r1-1", "B1", Hospital, Hospital, Sensor)}, false},
		"what the eye sees first": {func(b *belt) Step { b.Moved(7451); return b.Rests("in-a", true, 7600) }, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := pinBelt(t)
			b.sent(6000)
			p := b.onBelt[0]
			s := c.act(b)
			assert.Equal(t, c.want, s.Events)
			assert.Equal(t, c.fire, p.fired != "")
		})
	}
}

func TestLaneOfAnAbsentPinTakesNothing(t *testing.T) {
	b := pinBelt(t)
	b.Away("in-a", true)
	b.put(6000)
	v, s := b.read(6000, "w1")
	assert.Equal(t, Hospital, v.Lane)
	assert.Equal(t, "noLane", v.Code)
	assert.Empty(t, s.Commands)
	b.Moved(11_000)
	b.Away("in-a", false)
	b.put(11_000)
	v, s = b.read(11_000, "w1")
	assert.Equal(t, "cj-a", v.Lane)
	assert.Len(t, s.Commands, 1)
}

// A flickering eye tells once that something is wrong, and proves no parcel until it
// has been calm again.
func TestFlickeringEyeProvesNothing(t *testing.T) {
	b := pinBelt(t)
	b.sent(6000)
	var all Step
	for pos := int64(7000); pos < 9000; pos += 2 {
		for _, s := range []Step{b.laneSees(pos), b.Eye("in-a", false, pos+1, false)} {
			all.Events, all.Alarms, all.Fires = append(all.Events, s.Events...), append(all.Alarms, s.Alarms...), append(all.Fires, s.Fires...)
		}
	}
	assert.Len(t, all.Fires, 1)
	assert.Equal(t, []Event{event(Rejected, "", "", "cj-a", "cj-a", Stranger)}, all.Events)
	assert.Equal(t, []Alarm{{What: Missing, Where: "cj-a", On: true}}, all.Alarms)
	assert.Equal(t, []Event{event(Lost, "r1-1", "B1", "line-1", "cj-a", LateConfirm)}, b.Moved(10_500).Events)
	b.sent(11_000)
	b.Moved(12_451)
	s := b.laneSees(12_600)
	require.Len(t, s.Events, 1)
	assert.Equal(t, Diverted, s.Events[0].Type)
	assert.Equal(t, []Alarm{{What: Missing, Where: "cj-a"}}, s.Alarms)
}

func TestLayoutOfPinDiverts(t *testing.T) {
	for name, change := range map[string]func(l *Layout){
		"an eye that looks at the queue": func(l *Layout) { l.Lanes[0].Confirm = "full-a" },
		"the end eye":                    func(l *Layout) { l.Lanes[0].Confirm = "end" },
		"fired before it is read":        func(l *Layout) { l.Lanes[0].Confirm, l.Lanes[0].Lead = "in-a", 800 },
		"an eye of two lanes":            func(l *Layout) { l.Lanes[0].Confirm, l.Lanes[1].Confirm = "in", "in-b" },
		"one pin into two lanes":         func(l *Layout) { l.Lanes[1].Confirm, l.Lanes[1].Divert = "in-b", "d-1" },
	} {
		l := layout()
		change(&l)
		assert.NotEmpty(t, l.Check(), name)
	}
}

// Whatever comes in, a parcel is fired at once at most, only within the slack of its
// divert and only for the lane that it was last sent to, and ends once.
func TestAnyInputFiresWhereItsParcelIs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := pinBelt(t)
		pos, put := int64(5000), int64(0)
		ends, fired := map[string]int{}, map[string]bool{}
		take := func(s Step) {
			for _, f := range s.Fires {
				require.False(rt, fired[f.Re], "twice")
				fired[f.Re] = true
				p := b.onBelt[0]
				for _, q := range b.onBelt {
					if q.re == f.Re {
						p = q
					}
				}
				require.Equal(rt, f.Lane, p.lane)
				require.InDelta(rt, 1450+20, p.place(b.pos), 20, "within the slack behind its mark")
				require.False(rt, b.away["d-1"] || b.away["in-a"])
			}
			for _, e := range s.Events {
				if e.Type == Diverted {
					require.NotEmpty(rt, fired, "what was not fired at is not proven")
				}
				if e.Parcel != "" && (e.Type == Diverted || e.Type == Rejected && e.Reason != Contradicted || e.Type == Lost) {
					ends[e.Parcel]++
					require.LessOrEqual(rt, ends[e.Parcel], 1, "%+v", e)
				}
			}
		}
		for range rapid.IntRange(5, 60).Draw(rt, "steps") {
			pos += rapid.Int64Range(1, 120).Draw(rt, "mm")
			switch rapid.IntRange(0, 7).Draw(rt, "what") {
			case 0:
				if pos-put > 900 {
					put = pos
					take(b.Eye("in", true, pos, false))
					pos += 300
					take(b.Eye("in", false, pos, false))
				}
			case 1:
				if pos-put >= 600 && pos-put <= 700 {
					b.n++
					take(b.Read(reading{Read{ID: "r" + string(rune('0'+b.n)), Pos: pos, Clock: true}, "w1"}, pos))
				}
			case 2:
				take(b.Eye("in-a", rapid.Bool().Draw(rt, "blocked"), pos, false))
			case 3:
				b.Away(rapid.SampledFrom([]string{"d-1", "in-a"}).Draw(rt, "device"), rapid.Bool().Draw(rt, "away"))
			case 4:
				take(b.Withdraw("B1", "cancelled"))
			case 5:
				take(b.Eye("end", rapid.Bool().Draw(rt, "blocked"), pos, false))
			default:
				take(b.Moved(pos))
			}
		}
	})
}
