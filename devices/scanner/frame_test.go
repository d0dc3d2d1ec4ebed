package scanner_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/devices/scanner"
)

const (
	idle   = 100 * time.Millisecond
	settle = 500 * time.Millisecond
)

func framer(t testing.TB, protocol string, midstream bool) scanner.Framer {
	t.Helper()
	f, err := scanner.NewFramer(protocol, 32, idle, settle, midstream)
	require.NoError(t, err)
	return f
}

// told writes events down in short: reads by symbology and code, what was left
// out by its reason.
func told(events []scanner.Event) []string {
	out := []string{}
	for _, e := range events {
		switch {
		case e.Fault != nil:
			why := e.Fault.Error()
			out = append(out, "-"+strings.TrimPrefix(strings.SplitN(why, ":", 3)[1], " "))
		case e.Read:
			out = append(out, e.Symbology+e.Code)
		}
	}
	return out
}

// play feeds text; "|" is a silence of 100 ms, "#" one of 500 ms.
func play(f scanner.Framer, text string) []string {
	var all []scanner.Event
	for part := range strings.SplitAfterSeq(text, "|") {
		for bit := range strings.SplitAfterSeq(part, "#") {
			all = append(all, f.Feed([]byte(strings.TrimRight(bit, "|#")))...)
			for _, d := range []time.Duration{idle, settle} {
				if (strings.HasSuffix(bit, "#") || strings.HasSuffix(bit, "|") && d == idle) && f.Wants() > 0 && f.Wants() <= d {
					all = append(all, f.Quiet(d)...)
				}
			}
		}
	}
	return told(all)
}

func TestFraming(t *testing.T) {
	const gs = "\x1d"
	for name, c := range map[string]struct {
		protocol, in string
		want         []string
	}{
		"CR":                        {"auto", "8801\rA-1\r", []string{"8801", "A-1"}},
		"LF":                        {"auto", "8801\nA-1\n", []string{"8801", "A-1"}},
		"CR LF":                     {"auto", "8801\r\nA-1\r\n", []string{"8801", "A-1"}},
		"STX ETX":                   {"auto", "\x028801\x03\x02A-1\x03\r\n", []string{"8801", "A-1"}},
		"AIM":                       {"auto", "]C10109521234543213\r]E08801234567893\r", []string{"]C10109521234543213", "]E08801234567893"}},
		"AIM that is none":          {"auto", "]1C\r]\r]C\r", []string{"]1C", "]", "]C"}},
		"GS stays":                  {"auto", "]C110ABC" + gs + "17260101\r", []string{"]C110ABC" + gs + "17260101"}},
		"ISO 15434":                 {"auto", "[)>\x1e06\x1dP1\x1e\x04\r", []string{"[)>\x1e06\x1dP1\x1e\x04"}},
		"empty":                     {"auto", "\r\r\n\n\x03", []string{}},
		"as long as may be":         {"auto", strings.Repeat("9", 32) + "\rx\r", []string{strings.Repeat("9", 32), "x"}},
		"too long":                  {"auto", strings.Repeat("9", 33) + "\rx\r", []string{"-code too long", "x"}},
		"half by a gap":             {"auto", "88012|34567893\rx\r", []string{"-cut code", "-cut code", "x"}},
		"half, then a pause":        {"auto", "88012|#8801\r", []string{"-cut code", "8801"}},
		"glued by STX":              {"auto", "\x02880\x028801\x03", []string{"-cut code", "8801"}},
		"STX brings back into step": {"auto", "88012|345\x028801\x03", []string{"-cut code", "-cut code", "8801"}},
		"control characters":        {"auto", "88\x0001\rx\r", []string{"-noise", "x"}},
		"not UTF-8":                 {"auto", "88\xff\rx\r", []string{"-noise", "x"}},
		"UTF-8":                     {"auto", "상자\r", []string{"상자"}},
		"cr only":                   {"cr", "88\r01\n\r", []string{"88", "-noise"}},
		"lf only":                   {"lf", "88\n01\r\n", []string{"88", "-noise"}},
		"crlf only":                 {"crlf", "88\r\n01\n\r\nx\r\n", []string{"88", "-noise", "x"}},
		"crlf after a gap":          {"crlf", "88|01\r\nx\r\n", []string{"-cut code", "-cut code", "x"}},
		"stx only":                  {"stx", "noise\x028801\x03\r\n8802\r\x028803\x03", []string{"-cut code", "8801", "-cut code", "8803"}},
		"stx, a scale streams":      {"stx", "ST,NT\r\nST,NT\r\n", []string{"-cut code", "-cut code"}},
		"stx, a stream without end": {"stx", strings.Repeat("9", 64), []string{"-code too long", "-code too long"}},
		"stx without end":           {"stx", "\x0288|01\x03\x0202\x03", []string{"-cut code", "-cut code", "02"}},
		"ack":                       {"ack", "\x028801\x03", []string{"8801"}},
		"idle":                      {"idle", "8801|8802|", []string{"8801", "8802"}},
		"idle, not yet":             {"idle", "8801", []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, play(framer(t, c.protocol, false), c.in))
		})
	}
}

// TestR2Midstream: a line opened in the middle of a code never gives its tail.
func TestR2Midstream(t *testing.T) {
	for _, c := range []struct {
		protocol, in string
		want         []string
	}{
		{"auto", "4567893\r8801\r", []string{"-cut code", "8801"}},
		{"auto", "4567893\n8801\n", []string{"-cut code", "8801"}},
		{"crlf", "4567893\r\n8801\r\n", []string{"-cut code", "8801"}},
		{"auto", "\r8801\r", []string{"8801"}},
		{"auto", "|8801\r", []string{"8801"}},
		{"auto", "4567|8801\r", []string{"-cut code", "8801"}},
		{"auto", "567\x028801\x03", []string{"-cut code", "8801"}},
		{"idle", "567|8801|", []string{"-cut code", "8801"}},
		{"stx", "567\x03\x028801\x03", []string{"-cut code", "8801"}},
	} {
		assert.Equal(t, c.want, play(framer(t, c.protocol, true), c.in), "%s %q", c.protocol, c.in)
	}
}

func TestBadFramers(t *testing.T) {
	for _, c := range []struct {
		protocol     string
		max          int
		idle, settle time.Duration
	}{{"usb", 9, 1, 1}, {"auto", 0, 1, 1}, {"auto", 9, 0, 1}, {"ssi", 9, 2, 1}} {
		_, err := scanner.NewFramer(c.protocol, c.max, c.idle, c.settle, false)
		require.Error(t, err)
	}
	for _, p := range scanner.Protocols() {
		framer(t, p, true)
	}
}

// TestR2AnyChunking: for every protocol, the same bytes give the same events
// however they are cut, and bytes of any kind never give a code with a
// terminator in it or longer than the maximum.
func TestR2AnyChunking(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		protocol := rapid.SampledFrom(scanner.Protocols()).Draw(t, "protocol")
		piece := rapid.OneOf(
			rapid.SliceOfN(rapid.Byte(), 0, 40),
			rapid.SampledFrom([][]byte{[]byte("8801234567893\r"), []byte("]C110A\x1d21B\r\n"), []byte("\x02A-1\x03"), {0x02}, []byte("\r\n"),
				scanner.Packet{Opcode: 0xF3, Data: []byte("\x038801")}.Bytes(), scanner.Packet{Opcode: 0xF3, Status: 2, Data: []byte("\x038801")}.Bytes(),
				scanner.Packet{Opcode: 0xF3, Status: 1, Data: []byte("\x038801")}.Bytes()}),
		)
		var all []byte
		for _, p := range rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces") {
			all = append(all, p...)
		}
		mid := rapid.Bool().Draw(t, "midstream")
		make := func() scanner.Framer {
			f, err := scanner.NewFramer(protocol, 32, idle, settle, mid)
			require.NoError(t, err)
			return f
		}
		whole := make().Feed(all)
		f := make()
		var cut []scanner.Event
		for rest := all; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			cut = append(cut, f.Feed(rest[:n])...)
			rest = rest[n:]
		}
		require.Equal(t, len(whole), len(cut))
		for i := range whole {
			if whole[i].Fault != nil {
				require.ErrorContains(t, cut[i].Fault, whole[i].Fault.Error())
				cut[i].Fault, whole[i].Fault = nil, nil
			}
			require.Equal(t, whole[i], cut[i])
			require.LessOrEqual(t, len(whole[i].Code), 32)
			require.NotContains(t, whole[i].Code, "\r")
		}
	})
}

type ssiVector struct {
	Kind, Hex string
	Valid     bool
	Expect    struct {
		Opcode     string
		Source     byte
		Retransmit bool
		DataHex    string `json:"data_hex"`
	}
}

func TestSSIVectors(t *testing.T) {
	dir := os.Getenv("CONFORMANCE_DATA")
	if dir == "" {
		t.Skip("CONFORMANCE_DATA is not set: THE SSI VECTORS ARE NOT TRIED")
	}
	text, err := os.ReadFile(filepath.Join(dir, "vectors", "ssi_frames.json"))
	require.NoError(t, err)
	var file struct{ Vectors []ssiVector }
	require.NoError(t, json.Unmarshal(text, &file))
	require.NotEmpty(t, file.Vectors)
	for _, v := range file.Vectors {
		t.Run(v.Kind, func(t *testing.T) {
			b, err := hex.DecodeString(v.Hex)
			require.NoError(t, err)
			p, err := scanner.ParsePacket(b)
			if !v.Valid {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, strings.ToUpper(v.Expect.Opcode), strings.ToUpper(hex.EncodeToString([]byte{p.Opcode})))
			assert.Equal(t, v.Expect.Source, p.Source)
			assert.Equal(t, v.Expect.Retransmit, p.Retransmit())
			assert.Equal(t, v.Expect.DataHex, hex.EncodeToString(p.Data))
			assert.Equal(t, b, p.Bytes())
		})
	}
}

// TestSSIEveryByteWrong: no packet with one damaged byte is ever a read.
func TestSSIEveryByteWrong(t *testing.T) {
	good := scanner.Packet{Opcode: 0xF3, Data: []byte("\x0b8801234567893")}.Bytes()
	require.Equal(t, []string{"]E08801234567893"}, told(framer(t, "ssi", false).Feed(good)))
	for i := range good {
		for bit := range 8 {
			bad := append([]byte{}, good...)
			bad[i] ^= 1 << bit
			f := framer(t, "ssi", false)
			events := append(f.Feed(bad), f.Quiet(idle)...)
			for _, e := range events {
				assert.False(t, e.Read, "byte %d bit %d", i, bit)
			}
			// Back in step after a silence.
			assert.Equal(t, []string{"]E08801234567893"}, told(f.Feed(good)), "byte %d bit %d", i, bit)
		}
	}
}

func TestSSIContinued(t *testing.T) {
	part := func(status byte, data string) []byte {
		return scanner.Packet{Opcode: 0xF3, Status: status, Data: []byte(data)}.Bytes()
	}
	for name, c := range map[string]struct {
		in   [][]byte
		want []string
	}{
		"two parts":           {[][]byte{part(2, "\x1cABC"), part(0, "\x1cDEF")}, []string{"ABCDEF"}},
		"first part again":    {[][]byte{part(2, "\x1cABC"), part(3, "\x1cABC"), part(0, "\x1cDEF")}, []string{"ABCDEF"}},
		"last part again":     {[][]byte{part(2, "\x1cABC"), part(0, "\x1cDEF"), part(1, "\x1cDEF")}, []string{"ABCDEF", "ABCDEF"}},
		"too long":            {[][]byte{part(2, "\x1c"+strings.Repeat("A", 30)), part(0, "\x1cDEF"), part(0, "\x03B")}, []string{"-code too long", "]C0B"}},
		"no data":             {[][]byte{part(0, "\x03"), part(0, "")}, []string{"-cut code", "-cut code"}},
		"AIM wins":            {[][]byte{part(0, "\x03]C1ABC")}, []string{"]C1ABC"}},
		"noise between":       {[][]byte{part(0, "\x03A"), {0, 0xff, 0}, part(0, "\x03B")}, []string{"]C0A", "-noise", "]C0B"}},
		"not characters":      {[][]byte{part(0, "\x03A\x00")}, []string{"-noise"}},
		"data matrix is open": {[][]byte{part(0, "\x1bA")}, []string{"A"}},
	} {
		t.Run(name, func(t *testing.T) {
			f, events := framer(t, "ssi", false), []scanner.Event(nil)
			for _, p := range c.in {
				events = append(events, f.Feed(p)...)
			}
			assert.Equal(t, c.want, told(events))
		})
	}
	// A code whose other packets never come is given up, never glued to the next.
	f := framer(t, "ssi", false)
	f.Feed(part(2, "\x1cABC"))
	require.Equal(t, settle, f.Wants())
	assert.Equal(t, []string{"-cut code"}, told(f.Quiet(settle)))
	assert.Equal(t, []string{"]C0X"}, told(f.Feed(part(0, "\x03X"))))
}

func FuzzFramers(f *testing.F) {
	for i, s := range []string{"8801234567893\r\n", "\x02A\x03", "]C110A\x1d21B\r", "\x04\xd0\x04\x00\xff\x28",
		"\x12\xf3\x00\x00\x0b8801234567893\xfc\x40", "\x06\xf3\x00\x02\x03A\xfe\xc2", "\xff\x00\x02\x02\r"} {
		f.Add(byte(i), []byte(s))
	}
	f.Fuzz(func(t *testing.T, which byte, b []byte) {
		protocols := scanner.Protocols()
		fr := framer(t, protocols[int(which)%len(protocols)], which%2 == 0)
		for i, e := range append(fr.Feed(b), append(fr.Quiet(idle), fr.Quiet(settle)...)...) {
			if e.Read && (e.Fault != nil || e.Code == "" && e.Symbology == "" || len(e.Code) > 32) {
				t.Fatalf("event %d: %+v", i, e)
			}
		}
		if w := fr.Wants(); w != 0 {
			t.Fatalf("still waits for %v after the longest silence", w)
		}
	})
}
