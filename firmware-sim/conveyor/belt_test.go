package conveyor

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func layout() Layout {
	return Layout{
		Speed: 1000, Length: 10_000, End: "hospital", Encoder: "enc",
		Eyes: []Eye{{Name: "eye-1", At: 500}, {Name: "eye-2", At: 4500}, {Name: "full-a", Lane: "a"}}, Tunnel: Place{"tunnel-1", 2000},
		Weigher: Place{"w-1", 1500}, Diverts: []Divert{{Name: "d-2", At: 8000, Lanes: []string{"b"}}, {Name: "d-1", At: 5000, Lanes: []string{"a", "b"}}},
		Lanes: []Lane{{Name: "a", Capacity: 2}},
	}
}

func belt(t testing.TB, change func(*Layout)) *Belt {
	l := layout()
	if change != nil {
		change(&l)
	}
	b, err := NewBelt(l)
	require.NoError(t, err)
	return b
}

// drive runs the belt and, as the edge would, sends each read to the lane that
// its code names, on the divert that serves it.
func drive(b *Belt, d time.Duration, on func(Event)) []Event {
	var all []Event
	for t := time.Duration(0); t < d; t += 10 * time.Millisecond {
		for _, e := range b.Step(10 * time.Millisecond) {
			all = append(all, e)
			if on != nil {
				on(e)
			}
		}
	}
	return all
}

func kinds(events []Event, k Kind) (out []Event) {
	for _, e := range events {
		if e.Kind == k {
			out = append(out, e)
		}
	}
	return out
}

func TestOneParcel(t *testing.T) {
	b := belt(t, nil)
	n := b.Put(Parcel{Codes: []string{"6512"}, Length: 400, Grams: "1204"})
	events := drive(b, 12*time.Second, func(e Event) {
		if e.Kind == AtTunnel {
			require.Equal(t, []string{"6512"}, e.Codes)
			b.Identify(e.Parcel, []string{"r1"})
			require.Empty(t, b.Command("d-1", Command{ID: "c1", Re: "r1", Box: "B-1", Lane: "a"}))
		}
	})
	require.Equal(t, "1204", kinds(events, AtWeigher)[0].Grams)
	done := kinds(events, Diverted)
	require.Len(t, done, 1)
	require.Equal(t, Command{ID: "c1", Re: "r1", Box: "B-1", Lane: "a"}, done[0].Command)
	entry := b.Entries()[n-1]
	require.Equal(t, []any{"a", "d-1", 1, []string{"r1"}}, []any{entry.Where, entry.By, entry.Passes, entry.Reads})
	require.InDelta(t, 5.0, (entry.Out - entry.In).Seconds(), 0.02, "five metres at a metre a second")
	eyes := kinds(events, EyeChanged)
	require.Len(t, eyes, 4, "two eyes, on and off: it never reached the third")
	require.Len(t, kinds(events, Pulse), 12_000/50)
}

// TestCommandsDropped: a divert drops what is not for the parcel before it.
func TestCommandsDropped(t *testing.T) {
	b := belt(t, func(l *Layout) { l.Diverts[0].Window = 600 })
	b.Put(Parcel{})
	b.Put(Parcel{Gap: 2000})
	drive(b, 2500*time.Millisecond, func(e Event) {
		if e.Kind == AtTunnel {
			b.Identify(e.Parcel, []string{fmt.Sprintf("r%d", e.Parcel)})
		}
	})
	for _, c := range []struct{ divert, re, lane, want string }{
		{"d-9", "r1", "a", "no such divert"}, {"d-1", "r1", "c", "no such lane"}, {"d-1", "r9", "a", "no such read"},
		{"d-1", "r2", "a", "no such read"}, {"d-2", "r1", "b", "not in front yet"}, {"d-1", "r1", "", "no such lane"},
	} {
		require.Equal(t, c.want, b.Command(c.divert, Command{ID: "c", Re: c.re, Lane: c.lane}), c)
	}
	drive(b, 3*time.Second, nil) // the first is past d-1 now
	require.Equal(t, "passed", b.Command("d-1", Command{ID: "c", Re: "r1", Lane: "a"}))
	drive(b, 2200*time.Millisecond, nil)
	require.Empty(t, b.Command("d-2", Command{ID: "c2", Re: "r1", Lane: "b"}), "within the window")
	drive(b, 10*time.Second, nil)
	require.Equal(t, "passed", b.Command("d-1", Command{ID: "late", Re: "r1", Lane: "a"}))
	e := b.Entries()[0]
	require.Equal(t, "b", e.Where)
	require.Equal(t, "late", e.Orders[len(e.Orders)-1].ID)
	require.Equal(t, "hospital", b.Entries()[1].Where)
}

func TestTroubles(t *testing.T) {
	toA := func(b *Belt) func(Event) {
		return func(e Event) {
			if e.Kind == AtTunnel {
				id := fmt.Sprint(e.Parcel)
				b.Identify(e.Parcel, []string{id})
				b.Command("d-1", Command{ID: "c" + id, Re: id, Lane: "a"})
			}
		}
	}
	t.Run("Jam", func(t *testing.T) {
		b := belt(t, nil)
		b.SetTrouble(Trouble{Jam: "eye-2"})
		for range 3 {
			b.Put(Parcel{Gap: -1})
		}
		events := drive(b, 30*time.Second, toA(b))
		_, on := b.Left()
		require.Equal(t, 3, on)
		require.Len(t, kinds(events, Pulse), 30_000/50, "the belt runs on under them")
		require.True(t, b.blocked["eye-2"])
		b.SetTrouble(Trouble{})
		drive(b, 30*time.Second, toA(b))
		require.Equal(t, 2, b.lanes["a"])
		require.True(t, b.blocked["full-a"], "two fill the lane")
		require.Equal(t, 1, b.lanes["hospital"], "the third found it full")
		b.Empty("a")
		drive(b, time.Second, nil)
		require.False(t, b.blocked["full-a"])
	})
	t.Run("Touching", func(t *testing.T) {
		b := belt(t, nil)
		b.SetTrouble(Trouble{Touching: true})
		b.Put(Parcel{})
		b.Put(Parcel{})
		events := drive(b, 12*time.Second, nil)
		eyes := 0
		for _, e := range kinds(events, EyeChanged) {
			if e.Name == "eye-1" {
				eyes++
			}
		}
		require.Equal(t, 2, eyes, "two boxes look like one")
		require.Len(t, kinds(events, AtTunnel), 2)
	})
	t.Run("StopSpeedEncoder", func(t *testing.T) {
		b := belt(t, nil)
		b.Put(Parcel{})
		b.SetTrouble(Trouble{Stop: true})
		require.Empty(t, drive(b, 5*time.Second, nil))
		b.SetTrouble(Trouble{Speed: 2000, NoEncoder: true})
		require.Empty(t, kinds(drive(b, 2*time.Second, nil), Pulse))
		require.EqualValues(t, 4_000_000, b.travel)
	})
	t.Run("EyesLie", func(t *testing.T) {
		b := belt(t, nil)
		b.SetTrouble(Trouble{StuckEye: "eye-2", ClearEye: "eye-1", Bounce: 2})
		b.Put(Parcel{})
		events := kinds(drive(b, 12*time.Second, nil), EyeChanged)
		require.Len(t, events, 5, "one change, two bounces before it")
		require.True(t, events[4].Blocked && events[4].Name == "eye-2")
	})
	t.Run("DeadAndBlind", func(t *testing.T) {
		b := belt(t, nil)
		b.SetTrouble(Trouble{Dead: "d-1"})
		b.Put(Parcel{})
		drive(b, 12*time.Second, toA(b))
		require.Equal(t, "hospital", b.Entries()[0].Where)
		b.SetTrouble(Trouble{Blind: "d-1"})
		b.Put(Parcel{})
		require.Empty(t, b.Command("d-1", Command{ID: "c", Re: "nobody", Lane: "a"}))
		drive(b, 12*time.Second, nil)
		require.Equal(t, "a", b.Entries()[1].Where, "the wrong parcel: what a ledger from outside must find")
	})
	t.Run("LoopLane", func(t *testing.T) {
		b := belt(t, func(l *Layout) { l.Lanes = append(l.Lanes, Lane{Name: "b", Loop: 4000}) })
		b.Put(Parcel{})
		rounds := 0
		events := drive(b, 40*time.Second, func(e Event) {
			if e.Kind != AtTunnel {
				return
			}
			rounds++
			id := fmt.Sprintf("r%d", rounds)
			b.Identify(e.Parcel, []string{id})
			if rounds < 3 {
				require.Empty(t, b.Command("d-1", Command{ID: "c" + id, Re: id, Lane: "b"}))
			}
		})
		require.Len(t, kinds(events, Diverted), 2, "the divert confirms the loop too")
		e := b.Entries()[0]
		require.Equal(t, []any{3, "hospital", 3}, []any{e.Passes, e.Where, len(e.Reads)})
		require.InDelta(t, 2*(5+4)+10, (e.Out - e.In).Seconds(), 0.1)
		require.Equal(t, "passed", b.Command("d-1", Command{ID: "x", Re: "r1", Lane: "a"}), "a read of an earlier round")
	})
	t.Run("TakenBack", func(t *testing.T) {
		b := belt(t, nil)
		b.Put(Parcel{})
		drive(b, 20*time.Second, func(e Event) {
			toA(b)(e)
			if e.Kind == AtTunnel {
				require.Empty(t, b.Command("d-1", Command{ID: "back", Re: "1", Lane: "hospital"}))
			}
		})
		require.Equal(t, "hospital", b.Entries()[0].Where)
	})
	t.Run("Loop", func(t *testing.T) {
		b := belt(t, func(l *Layout) { l.End = Loop })
		for range 4 {
			b.Put(Parcel{})
		}
		reads := len(kinds(drive(b, 35*time.Second, nil), AtTunnel))
		require.GreaterOrEqual(t, reads, 10, "they go round and are read again")
		_, on := b.Left()
		require.Equal(t, 4, on)
		require.Greater(t, b.Entries()[0].Passes, 2)
	})
}

// TestConserved: whatever happens, every parcel is in exactly one place, none lies
// in another, and one that a divert took had a command for that very lane.
func TestConserved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := layout()
		l.End = rapid.SampledFrom([]string{Loop, "hospital"}).Draw(t, "end")
		l.Lanes = append(l.Lanes, Lane{Name: "b", Loop: rapid.SampledFrom([]int{0, 3000}).Draw(t, "loop")})
		b, err := NewBelt(l)
		if err != nil {
			t.Fatal(err)
		}
		taken := map[int][]string{} // lanes that a divert took a command for
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "put") {
				b.Put(Parcel{Length: rapid.IntRange(50, 900).Draw(t, "length"), Gap: rapid.IntRange(-1, 900).Draw(t, "gap")})
			}
			b.SetTrouble(Trouble{
				Stop: rapid.IntRange(0, 9).Draw(t, "stop") == 0, Touching: rapid.Bool().Draw(t, "touching"),
				Jam: rapid.SampledFrom([]string{"", "", "eye-2", "d-1"}).Draw(t, "jam"), Full: rapid.SampledFrom([]string{"", "a"}).Draw(t, "full"),
			})
			b.Empty("a")
			ms := rapid.IntRange(1, 2000).Draw(t, "ms")
			for _, e := range b.Step(time.Duration(ms) * time.Millisecond) {
				if e.Kind != AtTunnel {
					continue
				}
				id := fmt.Sprintf("%d.%d", e.Parcel, b.entries[e.Parcel-1].Passes)
				b.Identify(e.Parcel, []string{id})
				lane := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "lane")
				divert := rapid.SampledFrom([]string{"d-1", "d-2"}).Draw(t, "divert")
				if b.Command(divert, Command{ID: "c", Re: id, Lane: lane}) == "" {
					taken[e.Parcel] = append(taken[e.Parcel], lane)
				}
			}
			check(t, b, taken)
		}
	})
}

func check(t *rapid.T, b *Belt, taken map[int][]string) {
	where := map[string]int{}
	for _, e := range b.entries {
		where[e.Where]++
		if e.By != "" && !slices.Contains(taken[e.N], e.Where) {
			t.Fatalf("parcel %d is in %s, told were %v", e.N, e.Where, taken[e.N])
		}
	}
	waiting, on := b.Left()
	if where[Waiting] != waiting || where[OnBelt] != on {
		t.Fatalf("%v, but %d wait and %d are on the belt", where, waiting, on)
	}
	ahead := int64(1) << 60
	seen := map[int]bool{}
	for _, x := range b.boxes {
		if x.front() > ahead {
			t.Fatalf("parcel %d lies in the one ahead: %v", x.entry.N, slices.Collect(maps.Keys(seen)))
		}
		if seen[x.entry.N] {
			t.Fatalf("parcel %d is there twice", x.entry.N)
		}
		seen[x.entry.N], ahead = true, x.rear
	}
}

func TestLayout(t *testing.T) {
	l, err := ReadLayout([]byte(`
speed = 800
end = "loop"
encoder = "enc"
[tunnel]
name = "tunnel-1"
at = 1500
[[eye]]
name = "eye-1"
at = 200
pin = "GPIO17"
invert = true
[[divert]]
name = "divert-1"
at = 4000
lanes = ["cj", "hanjin"]
[[lane]]
name = "cj"
capacity = 40
`))
	require.NoError(t, err)
	require.Equal(t, []string{"GPIO17", "enc"}, l.pins())
	require.Equal(t, 20_000, l.Length)
	for name, text := range map[string]string{
		"Unknown": "colour = 1", "TwoNames": "[[eye]]\nname = \"x\"\nat = 1\n[tunnel]\nname = \"x\"\nat = 2", "Far": "[[eye]]\nname = \"x\"\nat = 99999",
		"NoTunnel": "[[divert]]\nname = \"d\"\nat = 5", "Speed": "speed = -1", "NoName": "[[eye]]\nat = 5", "Lane": "[[lane]]\nname = \"hospital\"",
	} {
		_, err := ReadLayout([]byte(text))
		require.ErrorIs(t, err, ErrConfig, name)
	}
	made := Line([]Eye{{Name: "e1"}, {Name: "e2"}, {Name: "e3"}, {Name: "e4"}}, "t", "w", []string{"d1", "d2"}, "s")
	require.NoError(t, made.Validate())
	require.Len(t, made.Eyes, 4)
	require.Less(t, made.Eyes[1].At, made.Diverts[0].At)
	require.NoError(t, Line(nil, "", "", nil, "").Validate())
}

// TestGuidesLayout: the layout of the installer's guide can be played.
func TestGuidesLayout(t *testing.T) {
	text, err := os.ReadFile("../../docs/install.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(text), "```toml\npulse")
	require.True(t, found)
	layout, _, _ := strings.Cut(rest, "```")
	l, err := ReadLayout([]byte("pulse" + layout))
	require.NoError(t, err)
	require.Equal(t, []any{"encoder", 2, 1}, []any{l.Counter, len(l.Eyes), len(l.Diverts)})
}
