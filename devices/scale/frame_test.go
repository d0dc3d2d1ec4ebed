package scale_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/devices/scale"
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

// ours names the vectors' protocols in our words.
var ours = map[string]string{"and_std": "aandd", "and_csv": "aandd", "cas22": "cas", "cas10": "cas10", "and18": "cas18",
	"st_gs_loose": "loose", "dini_std": "dini", "sics": "sics"}

// latin turns the vectors' characters back into the bytes of the wire.
func latin(s string) []byte {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r))
	}
	return b
}

func TestScaleVectors(t *testing.T) {
	dir := os.Getenv("CONFORMANCE_DATA")
	if dir == "" {
		t.Skip("CONFORMANCE_DATA is not set: THE SCALE VECTORS ARE NOT TRIED")
	}
	text, err := os.ReadFile(filepath.Join(dir, "vectors", "scale_frames.json"))
	require.NoError(t, err)
	var file struct{ Vectors []vector }
	require.NoError(t, json.Unmarshal(text, &file))
	require.NotEmpty(t, file.Vectors)
	for i, v := range file.Vectors {
		t.Run(fmt.Sprintf("%d %s", i, v.Protocol), func(t *testing.T) {
			require.Contains(t, ours, v.Protocol)
			var lines scale.Lines
			frames := lines.Feed(latin(v.Raw))
			if !v.Valid && len(frames) == 0 {
				return // no end: keep buffering
			}
			require.Len(t, frames, 1)
			f, err := scale.Parse(ours[v.Protocol], frames[0])
			if !v.Valid {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, v.Expect.Status, string(f.State))
			value := ""
			if v.Expect.Value != nil {
				value = *v.Expect.Value
			}
			assert.Equal(t, value, f.Value)
			if v.Expect.Mode != "" {
				assert.Equal(t, v.Expect.Mode, f.Mode)
			}
			assert.Equal(t, v.Expect.Count, f.Count)
			assert.Equal(t, v.Expect.Compare, f.Compare)
			assert.Equal(t, v.Expect.Address, f.Address)
			if v.Expect.Unit != "" {
				assert.Equal(t, v.Expect.Unit, f.Unit)
			}
			if v.Expect.Device != 0 {
				assert.Equal(t, v.Expect.Device, f.Device)
			}
			for name, want := range v.Expect.Lamp {
				require.NotNil(t, f.Lamp)
				assert.Equal(t, want, map[string]bool{"stable": f.Lamp.Stable, "gross": f.Lamp.Gross, "tare": f.Lamp.Tare, "zero": f.Lamp.Zero}[name], name)
			}
		})
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		protocol, raw string
		want          scale.Frame
	}{
		{"cas", "ST,GS,1\xe4,000013.5 kg", scale.Frame{State: "stable", Mode: "gross", Device: 1, Value: "13.5", Unit: "kg", Lamp: &scale.Lamp{Stable: true, Gross: true}}},
		{"cas", "ST,GS,1\x84,000013.5 kg", scale.Frame{State: "unstable", Mode: "gross", Device: 1, Value: "13.5", Unit: "kg", Lamp: &scale.Lamp{Gross: true}}},
		{"cas", "UL,GS,1\x84,-------- kg", scale.Frame{State: "underload", Mode: "gross", Device: 1, Lamp: &scale.Lamp{Gross: true}}},
		{"cas", "ST,GS,1\xc4,00013,5  g ", scale.Frame{}},
		{"cas18", "ST,NT,-0012.34 g", scale.Frame{State: "stable", Mode: "net", Value: "-12.34", Unit: "g"}},
		{"cas18", "ST,GS,+0012,34kg", scale.Frame{State: "stable", Mode: "gross", Value: "12.34", Unit: "kg"}},
		{"aandd", "QT,--,+00001234 PC", scale.Frame{State: "stable", Value: "1234", Unit: "PC", Count: true}},
		{"aandd", "US,HI,+0001.234  g", scale.Frame{State: "unstable", Value: "1.234", Unit: "g", Compare: "HI"}},
		{"sics", "S I", scale.Frame{State: "busy"}},
		{"sics", "ES", scale.Frame{State: "syntax_error"}},
		{"sics", `I4 A "0123456789"`, scale.Frame{State: "busy", Told: "I40123456789"}},
		{"dini", "UL,NT,     1.0,kg", scale.Frame{State: "underload", Mode: "net"}},
		{"cas10", "   -13.5", scale.Frame{State: "unknown", Value: "-13.5"}},
		{"loose", "ST,GS,-0.000 kg", scale.Frame{State: "stable", Mode: "gross", Value: "0.000", Unit: "kg"}},
	} {
		f, err := scale.Parse(c.protocol, []byte(c.raw))
		if c.want.State == "" {
			require.ErrorIs(t, err, scale.ErrFrame, "%q", c.raw)
			continue
		}
		require.NoError(t, err, "%q", c.raw)
		assert.Equal(t, c.want, f, "%q", c.raw)
	}
}

// TestBit7Lost is trap 14: CAS through a port of 7 bits is refused, with a
// reason of its own.
func TestBit7Lost(t *testing.T) {
	for _, lamp := range []byte{0xc4, 0xe4, 0x84, 0xc2, 0xc5} {
		_, err := scale.Parse("cas", []byte("ST,GS,1"+string([]byte{lamp & 0x7f})+",000013.5 kg"))
		require.ErrorIs(t, err, scale.ErrBit7)
	}
}

// TestR3DamagedFrames: a frame with any one byte lost, or with any byte put into
// it, is no frame; the one exception needs two to agree (see Judge).
func TestR3DamagedFrames(t *testing.T) {
	for protocol, good := range map[string]string{"cas": "ST,GS,1\xc4,000013.5 kg", "cas10": "000013.5", "cas18": "ST,GS,+0012.34kg",
		"aandd": "ST,+0001.234 kg", "sics": "S S     12.345 kg", "dini": "ST,GS,    12.5,kg"} {
		_, err := scale.Parse(protocol, []byte(good))
		require.NoError(t, err)
		for i := range len(good) {
			g, err := scale.Parse(protocol, []byte(good[:i]+good[i+1:]))
			if protocol == "sics" && good[i] == 'k' {
				require.Equal(t, "g", g.Unit)
				continue
			}
			require.Error(t, err, "%s without byte %d", protocol, i)
			_, err = scale.Parse(protocol, []byte(good[:i]+"7"+good[i:]))
			require.Error(t, err, "%s with a byte more at %d", protocol, i)
			_, err = scale.Parse(protocol, []byte(good[:i]))
			require.Error(t, err, "%s cut at %d", protocol, i)
		}
		_, err = scale.Parse(protocol, []byte(good+good))
		require.Error(t, err, "%s glued", protocol)
	}
}

func TestGrams(t *testing.T) {
	for _, c := range [][3]string{
		{"13.5", "kg", "13500"}, {"0.500", "kg", "500"}, {"1204", "g", "1204"}, {"212.5", "g", "212.5"}, {"0.0", "kg", "0"},
		{"-2.35", "kg", "-2350"}, {"12.3", "t", "12300000"}, {"1", "lb", "453.59237"}, {"1", "oz", "28.349523125"}, {"0.001", "oz", "0.028349523125"},
		{"1.278", "ct", "0.2556"}, {"5", "mg", "0.005"}, {"00012", "g", "12"}, {"999999999999999", "t", "999999999999999000000"},
	} {
		got, err := scale.Grams(c[0], c[1])
		require.NoError(t, err)
		assert.Equal(t, c[2], got, "%s %s", c[0], c[1])
	}
	for _, c := range [][2]string{{"1", ""}, {"1", "PC"}, {"", "g"}, {"1e3", "g"}, {"1.2.3", "g"}, {".5", "g"}, {"5.", "g"}, {"--5", "g"}, {"NaN", "g"}} {
		_, err := scale.Grams(c[0], c[1])
		require.Error(t, err, c)
	}
}

// TestGramsAreExact against rational numbers.
func TestGramsAreExact(t *testing.T) {
	nano := map[string]int64{"mg": 1e6, "g": 1e9, "kg": 1e12, "lb": 453592370000, "oz": 28349523125}
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringMatching(`-?[0-9]{1,7}(\.[0-9]{1,5})?`).Draw(t, "value")
		unit := rapid.SampledFrom([]string{"mg", "g", "kg", "lb", "oz"}).Draw(t, "unit")
		got, err := scale.Grams(value, unit)
		require.NoError(t, err)
		want, ok := new(big.Rat).SetString(value)
		require.True(t, ok)
		want.Mul(want, big.NewRat(nano[unit], 1e9))
		have, ok := new(big.Rat).SetString(got)
		require.True(t, ok, got)
		require.Zero(t, want.Cmp(have), "%s %s: %s", value, unit, got)
		require.NotContains(t, strings.TrimPrefix(got, "-0"), "-0")
	})
}

// TestR2LinesAnyChunking: the same frames however the bytes are cut, and noise
// costs no more than the frame it fell into.
func TestR2LinesAnyChunking(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []byte
		for _, p := range rapid.SliceOf(rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Just([]byte("ST,GS,+0012.34kg\r\n")), rapid.Just([]byte("\r\n")))).Draw(t, "pieces") {
			all = append(all, p...)
		}
		var whole, cut scale.Lines
		want := whole.Feed(all)
		var got [][]byte
		for rest := all; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			got = append(got, cut.Feed(rest[:n])...)
			rest = rest[n:]
		}
		require.Equal(t, want, got)
		require.Equal(t, whole.Dropped, cut.Dropped)
		whole.Feed([]byte("\r\n"))
		require.Equal(t, [][]byte{[]byte("ST,GS,+0012.34kg")}, whole.Feed([]byte("ST,GS,+0012.34kg\r\n")))
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"ST,GS,1\xc4,000013.5 kg\r\n", "000013.5\r\n", "ST,GS,+0012.34kg\r\n", "ST,+0001.234 kg\r\n", "QT,OK,+00001234 PC\r\n",
		"OL,+9999999E+19\r\n", "S S     100.00 g\r\n", "S -\r\n", "I2 A \"x\"\r\n", "01ST,GS,     0.0,kg\r\n", "ST,GS,+ 7.16 kg\r\n", "ST,GS,a"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var lines scale.Lines
		for _, frame := range lines.Feed(b) {
			for _, p := range scale.Protocols() {
				fr, err := scale.Parse(p, frame)
				if err != nil || fr.Value == "" {
					continue
				}
				if fr.Unit == "" && fr.State != scale.Unjudged {
					t.Fatalf("%s %q: a weight without a unit", p, frame)
				}
				if fr.Unit != "" && !fr.Count {
					if _, err := scale.Grams(fr.Value, fr.Unit); err != nil {
						t.Fatalf("%s %q: %v", p, frame, err)
					}
				}
			}
		}
	})
}
