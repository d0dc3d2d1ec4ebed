package scale

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.bug.st/serial"
	"pgregory.net/rapid"

	"dcedge/firmware-sim/fault"
)

type vector struct {
	Protocol, Raw string
	Valid         bool
	Expect        struct {
		Status, Mode, Unit, Address, Compare string
		Value                                *string
		Device                               int
		Count                                bool
		Lamp                                 map[string]bool
	}
}

// TestVectors sends what the conformance data says that a frame means and
// compares byte for byte, for every frame of a protocol that is played.
func TestVectors(t *testing.T) {
	dir := os.Getenv("CONFORMANCE_DATA")
	if dir == "" {
		t.Skip("SKIPPED, NOT PASSED: CONFORMANCE_DATA names no folder")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "vectors", "scale_frames.json"))
	require.NoError(t, err)
	var file struct{ Vectors []vector }
	require.NoError(t, json.Unmarshal(raw, &file))
	protocols := map[string]string{"cas22": "cas", "cas10": "cas10", "and18": "cas18", "and_std": "aandd", "dini_std": "dini", "sics": "sics"}
	states := map[string]State{"stable": Stable, "unknown": Stable, "unstable": Unstable, "overload": Overload, "underload": Underload}
	passed, left := map[string]int{}, 0
	for _, v := range file.Vectors {
		p, played := protocols[v.Protocol]
		state, weight := states[v.Expect.Status]
		// Not played: counting scales and checkweighers, loose dialects, error
		// answers (which are no readings), frames that are damaged on purpose.
		if !played || !weight || !v.Valid || v.Expect.Count || v.Expect.Compare != "" || strings.HasSuffix(v.Raw, "PC\r\n") {
			left++
			continue
		}
		r := Reading{State: state, Unit: v.Expect.Unit, Net: v.Expect.Mode == "net", Device: v.Expect.Device, Zero: v.Expect.Lamp["zero"]}
		if v.Expect.Value != nil {
			r.Value = *v.Expect.Value
		} else { // a display that shows dashes: the places as the frame has them
			r.Value, r.Unit = map[string]string{"cas": "0.0", "cas18": "0.00"}[p], "kg"
		}
		if r.Unit == "" {
			r.Unit = "kg"
		}
		if p == "cas" && r.Device == 0 {
			r.Device = 1 // the data names it where it matters
		}
		if v.Expect.Address != "" {
			r.Device = 1
		}
		r.Blank = strings.Contains(v.Raw, ",  ")
		// Bits of the lamps that the data leaves open are compared as they are.
		want := latin(v.Raw)
		got := Frame(p, r)
		if p == "cas" && v.Expect.Lamp == nil {
			require.Len(t, got, 22)
			got[7] = want[7]
		}
		require.Equal(t, string(want), string(got), v.Protocol)
		passed[v.Protocol]++
	}
	t.Logf("scale frames: %v, %d are not for this scale", passed, left)
	require.Len(t, passed, len(protocols), "every protocol was held against something")
}

func TestLengths(t *testing.T) {
	r := Reading{Value: "13.500", Unit: "kg"}
	for p, n := range map[string]int{"cas": 22, "cas10": 10, "cas18": 18, "aandd": 17, "sics": 19, "dini": 21} {
		require.Len(t, Frame(p, r), n, p)
	}
}

// TestDecimal: milligrams come back from the text to within half of its last
// place, in every unit, without a binary fraction on the way.
func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		mg     int64
		unit   string
		places int
		want   string
	}{
		{1_204_000, "g", 0, "1204"}, {1_204_500, "g", 0, "1205"}, {-1_204_500, "kg", 3, "-1.205"}, {0, "kg", 3, "0.000"},
		{-400, "kg", 3, "0.000"}, {453_592_370, "lb", 3, "1000.000"}, {12_300_000_000, "t", 1, "12.3"}, {5, "g", 3, "0.005"},
	} {
		require.Equal(t, c.want, Decimal(c.mg, c.unit, c.places), "%+v", c)
	}
	rapid.Check(t, func(t *rapid.T) {
		mg := rapid.Int64Range(-99_000_000, 99_000_000).Draw(t, "mg")
		text := Decimal(mg, "g", 3)
		back, err := ParseGrams(text)
		if err != nil || back != mg {
			t.Fatalf("%d is %q is %d (%v)", mg, text, back, err)
		}
	})
	for _, bad := range []string{"", "-", "1e3", "1.2345", "one", "1234567890", "1.2.3", "."} {
		_, err := ParseGrams(bad)
		require.Error(t, err, bad)
	}
}

func start(t *testing.T, cfg Config) (*Scale, serial.Port, *bufio.Reader) {
	t.Helper()
	cfg.Name, cfg.Listen = "scale-1", "pty:"+filepath.Join(t.TempDir(), "tty-scale")
	if cfg.Clock == 0 {
		cfg.Clock = 20
	}
	s, err := New(cfg)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	<-s.Ready()
	port, err := serial.Open(s.Addr(), &serial.Mode{BaudRate: 9600})
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = port.Close()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return s, port, bufio.NewReader(port)
}

// until reads lines until one is as ok wants it, and gives all of them.
func until(t *testing.T, r *bufio.Reader, ok func(line string) bool) []string {
	t.Helper()
	var lines []string
	for range 5000 {
		line, err := r.ReadString('\n')
		require.NoError(t, err)
		lines = append(lines, line)
		if ok(line) {
			return lines
		}
	}
	require.Fail(t, "never came", "%q", lines[len(lines)-10:])
	return nil
}

func is(want string) func(string) bool { return func(l string) bool { return l == want } }

// TestSettles: a load that was just put down is unstable first, then stable at
// its weight, and clearing it goes back to zero.
func TestSettles(t *testing.T) {
	s, _, r := start(t, Config{Protocol: "aandd"})
	until(t, r, is("ST,+0000.000 kg\r\n"))
	s.Put(1_204_000)
	lines := until(t, r, is("ST,+0001.204 kg\r\n"))
	moving := 0
	for _, l := range lines[:len(lines)-1] {
		if strings.HasPrefix(l, "US,") {
			moving++
		}
		require.NotRegexp(t, `^ST,\+0001\.[013]`, l, "no stable weight but the true one")
	}
	require.Positive(t, moving)
	s.Put(0)
	until(t, r, is("ST,+0000.000 kg\r\n"))
	s.Put(70_000_000)
	until(t, r, is("OL,+9999999E+19\r\n"))
}

func TestFaults(t *testing.T) {
	s, _, r := start(t, Config{Protocol: "cas"})
	until(t, r, is(string(latin("ST,GS,0\u00c5,0000.000 kg\r\n"))))
	s.Put(2_500_000)
	right := string(latin("ST,GS,0\u00c4,0002.500 kg\r\n"))
	until(t, r, is(right))
	s.SetFaults(Faults{Bit7: true})
	until(t, r, is("ST,GS,0D,0002.500 kg\r\n"))
	s.SetFaults(Faults{Point: true})
	until(t, r, func(l string) bool { return strings.HasSuffix(l, ",00020500 kg\r\n") })
	s.SetFaults(Faults{Unit: "g"})
	until(t, r, func(l string) bool { return strings.HasSuffix(l, ",00002500  g\r\n") })
	s.SetFaults(Faults{Noise: 1, Half: 0.5})
	spoilt := until(t, r, func(l string) bool { return strings.HasSuffix(l, right) && l != right })
	require.NotEmpty(t, spoilt)
	s.SetFaults(Faults{Stuck: true})
	s.Put(9_000_000)
	for range 30 { // more frames than the load needs to settle
		until(t, r, is(right))
	}
	s.SetFaults(Faults{Shake: 50})
	until(t, r, func(l string) bool { return strings.HasPrefix(l, "US,") })
	s.SetFaults(Faults{Drift: 60_000}) // at twenty times real speed, 20 g in a millisecond
	until(t, r, func(l string) bool { return strings.HasPrefix(l, "ST,") && l > string(latin("ST,GS,0\u00c4,0009.100")) })
	require.Contains(t, s.Told(), right)
	s.SetFaults(Faults{Away: true})
	_, err := r.ReadString('\x00')
	require.Error(t, err)
}

func TestSICS(t *testing.T) {
	s, port, r := start(t, Config{Protocol: "sics", Unit: "g"})
	ask := func(c, want string) {
		t.Helper()
		_, err := port.Write([]byte(c + "\r\n"))
		require.NoError(t, err)
		got, err := r.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, want+"\r\n", got, c)
	}
	ask("S", "S S          0 g")
	s.Put(1_204_000)
	ask("S", "S S       1204 g")
	ask("SI", "S S       1204 g")
	ask("T", "T S          0 g")
	ask("SI", "S S          0 g")
	ask("TAC", "TAC A")
	ask("SI", "S S       1204 g")
	ask("Z", "Z A")
	ask("SI", "S S          0 g")
	ask("I4", `I4 A "SIM-scale-1"`)
	ask("I2", `I2 A "SIM-BENCH 60000 g"`)
	ask("hello", "ES")
	s.SetFaults(Faults{Shake: 3})
	ask("S", "S I")
	s.SetFaults(Faults{})
	s.Put(70_000_000)
	ask("S", "S +")
	s.Put(-10_000_000)
	ask("S", "S -")
	_, err := port.Write([]byte("SIR\r\n"))
	require.NoError(t, err)
	for range 3 {
		until(t, r, is("S -\r\n"))
	}
	s.Put(1_204_000) // the zero stands at 1204 g
	_, err = port.Write([]byte("ZI\r\n"))
	require.NoError(t, err)
	until(t, r, is("ZI S\r\n"))
}

func TestAsked(t *testing.T) {
	_, port, r := start(t, Config{Protocol: "cas", Ask: true, Device: 1})
	_, err := port.Write([]byte("01XX\r\n01RW\r\n"))
	require.NoError(t, err)
	require.Equal(t, []string{"?\r\n", string(latin("ST,GS,1\u00c5,0000.000 kg\r\n"))}, until(t, r, func(l string) bool { return l != "?\r\n" }))
}

func TestControlAndScript(t *testing.T) {
	s, _, r := start(t, Config{Protocol: "cas10", Control: "127.0.0.1:0"})
	<-s.control.Ready()
	post := func(path, body string) int {
		t.Helper()
		res, err := http.Post(s.ControlURL()+path, "application/json", strings.NewReader(body))
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res.StatusCode
	}
	require.Equal(t, 200, post("/put", `{"grams":"1500"}`))
	until(t, r, is("0001.500\r\n"))
	require.Equal(t, 200, post("/keys", `{"key":"tare"}`))
	until(t, r, is("0000.000\r\n"))
	for _, bad := range [][2]string{{"/put", `{"grams":"much"}`}, {"/keys", `{"key":"x"}`}, {"/faults", `{"unit":"stone"}`}, {"/put", `{`}} {
		require.Equal(t, 400, post(bad[0], bad[1]), bad)
	}
	for _, bad := range []string{`{"put":"x"}`, `{"unit":"stone"}`, `{"fire":true}`, `{"drift":"far"}`} {
		_, err := s.Prepare(json.RawMessage(bad))
		require.ErrorIs(t, err, fault.ErrScript, bad)
	}
	act, err := s.Prepare(json.RawMessage(`{"unit":"g","put":"3000"}`))
	require.NoError(t, err)
	undo := act()
	until(t, r, is("00001500\r\n"))
	undo()
	until(t, r, is("0000.000\r\n"))
	require.Equal(t, Faults{}, s.Faults())
}

func TestNewRefuses(t *testing.T) {
	for name, cfg := range map[string]Config{
		"Name": {Listen: "127.0.0.1:0"}, "Place": {Name: "s", Listen: "x"}, "Protocol": {Name: "s", Listen: "127.0.0.1:0", Protocol: "x"},
		"Unit": {Name: "s", Listen: "127.0.0.1:0", Unit: "oz"}, "Rate": {Name: "s", Listen: "127.0.0.1:0", Rate: -1},
		"Device": {Name: "s", Listen: "127.0.0.1:0", Device: 99},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(cfg)
			require.ErrorIs(t, err, ErrConfig)
		})
	}
	require.True(t, slices.Contains(Protocols(), "cas18"))
}

func FuzzParseGrams(f *testing.F) {
	for _, seed := range []string{"1204", "-0.5", "0.125", "1e9", ".5", "", "999999999.999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		mg, err := ParseGrams(text)
		if err != nil {
			return
		}
		if back, err := ParseGrams(Decimal(mg, "g", 3)); err != nil || back != mg {
			t.Fatalf("%q is %d, and back %d (%v)", text, mg, back, err)
		}
	})
}
