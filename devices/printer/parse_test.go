package printer

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const goodStatus = "\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"

type vector struct {
	Kind   string         `json:"kind"`
	Raw    string         `json:"raw"`
	Valid  bool           `json:"valid"`
	Expect map[string]any `json:"expect"`
}

// TestConformanceStatus holds the parsers against every case of zpl_status.json.
func TestConformanceStatus(t *testing.T) {
	dir := os.Getenv("CONFORMANCE_DATA")
	if dir == "" {
		t.Skip("CONFORMANCE_DATA IS NOT SET: the printer status vectors were NOT run (use `make test`)")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "vectors", "zpl_status.json"))
	require.NoError(t, err)
	var file struct {
		Vectors []vector `json:"vectors"`
	}
	require.NoError(t, json.Unmarshal(raw, &file))
	require.NotEmpty(t, file.Vectors)
	for i, v := range file.Vectors {
		got, err := parsed(v.Kind, []byte(v.Raw))
		if !v.Valid {
			require.ErrorIs(t, err, ErrAnswer, "vector %d %q", i, v.Raw)
			continue
		}
		require.NoError(t, err, "vector %d %q", i, v.Raw)
		for key, want := range v.Expect {
			if key == "kind_note" {
				continue
			}
			have, known := got[key]
			require.True(t, known, "vector %d: field %s is not read", i, key)
			assert.EqualValues(t, want, have, "vector %d field %s of %q", i, key, v.Raw)
		}
	}
	t.Logf("%d of %d vectors as expected", len(file.Vectors), len(file.Vectors))
}

func parsed(kind string, raw []byte) (map[string]any, error) {
	if kind == "hqes" {
		h, err := ParseHealth(raw)
		flags := []any{}
		for _, f := range slices.Backward(h.Flags) {
			flags = append(flags, f)
		}
		return map[string]any{"error": h.Error, "warning": h.Warning, "flags": flags}, err
	}
	h, err := ParseHostStatus(raw)
	return map[string]any{
		"paper_out": h.PaperOut, "paused": h.Paused, "label_length": h.LabelLength, "formats_in_buffer": h.Formats,
		"buffer_full": h.BufferFull, "partial_format": h.Partial, "corrupt_ram": h.CorruptRAM, "under_temp": h.UnderTemp,
		"over_temp": h.OverTemp, "head_up": h.HeadUp, "ribbon_out": h.RibbonOut, "thermal_transfer": h.ThermalXfer,
		"print_mode": h.PrintMode, "label_waiting": h.LabelWaiting, "labels_remaining": h.Remaining,
		"graphics_in_memory": h.StoredObjects, "ready": h.Ready(),
	}, err
}

// TestScannerPieces: however the bytes are cut, the same answers come out.
func TestScannerPieces(t *testing.T) {
	text := "noise\x02ZT411-203dpi,V92.21.16Z,8,8176KB\x03\r\n" + goodStatus + goodStatus +
		"\x02\r\n\r\nPRINTER STATUS\r\n   ERRORS:          1 00000000 00000005\r\n   WARNINGS:        0 00000000 00000000\r\n\x03" +
		"\x02\r\nPRINT METERS\r\n   TOTAL NONRESETTABLE:  8560 \"\r\n\x03unsolicited\r\n" + goodStatus
	want := []Kind{KindIdentity, KindHostStatus, KindHostStatus, KindHealth, KindOdometer, KindHostStatus}
	rapid.Check(t, func(t *rapid.T) {
		var s Scanner
		var got []Kind
		for rest := []byte(text); len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			for _, a := range s.Feed(rest[:n]) {
				got = append(got, a.Kind)
			}
			rest = rest[n:]
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// TestScannerUnsolicited: a frame of another kind between the status strings
// does not spoil them, a lost string does.
func TestScannerUnsolicited(t *testing.T) {
	between := "\x02030,1,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02ZT411,V92.21,8,8176KB\x03" +
		"\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\nPAPER OUT\r\n\x021234,0\x03\r\n"
	h, err := ParseHostStatus([]byte(between))
	require.NoError(t, err)
	assert.True(t, h.PaperOut)

	for name, raw := range map[string]string{
		"middle lost":       "\x02030,1,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x021234,0\x03\r\n",
		"end of frame lost": "\x02030,0,0,1245,000,0,0,0,000,0,0,0\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n",
		"order":             "\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\x021234,0\x03",
		"flag is no flag":   "\x02030,7,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n",
	} {
		_, err := ParseHostStatus([]byte(raw))
		assert.ErrorIs(t, err, ErrAnswer, name)
	}
}

func TestScannerBareHealth(t *testing.T) {
	var s Scanner
	got := s.Feed([]byte("\n\nPRINTER STATUS                            \n ERRORS:         1 00000000 00000004      \n WARNINGS:       0 00000000 00000000      \n"))
	require.Len(t, got, 1)
	assert.Equal(t, []string{"head_open"}, got[0].Health.Flags)
}

func TestHealthUnknownBits(t *testing.T) {
	h, err := ParseHealth([]byte("PRINTER STATUS\n ERRORS: 1 00000002 80000001\n WARNINGS: 1 00000000 00000005\n"))
	require.NoError(t, err)
	assert.Equal(t, Health{Error: true, Warning: true, Flags: []string{"media_out"}, Other: 2<<32 | 0x80000000,
		Warnings: []string{"calibrate_media", "replace_printhead"}}, h)
}

func TestParseOdometer(t *testing.T) {
	for _, c := range []struct {
		raw  string
		want uint64
		ok   bool
	}{
		{"\x02\r\n\r\nPRINT METERS \r\n   TOTAL NONRESETTABLE:       8560 \" \r\n   USER RESETTABLE CNTR1:        9 \"\r\n\x03", 8560, true},
		{"PRINT METERS\n TOTAL NONRESETTABLE: 21744 cm\n", 21744, true},
		{"PRINT METERS\n USER RESETTABLE CNTR1: 9 \"\n", 0, false},
		{"PRINT METERS\n TOTAL NONRESETTABLE: -9\n", 0, false},
		{"PRINT METERS\n TOTAL NONRESETTABLE: 85a0\n", 0, false},
		{"", 0, false},
	} {
		n, err := ParseOdometer([]byte(c.raw))
		if !c.ok {
			assert.ErrorIs(t, err, ErrAnswer, c.raw)
			continue
		}
		require.NoError(t, err, c.raw)
		assert.Equal(t, c.want, n)
	}
}

func TestParseIdentity(t *testing.T) {
	id, err := ParseIdentity([]byte("\x02ZT411-203dpi,V92.21.16Z,8,8176KB\x03\r\n"))
	require.NoError(t, err)
	assert.Equal(t, Identity{Model: "ZT411-203dpi", Firmware: "V92.21.16Z", DotsMM: 8, Memory: "8176KB"}, id)
	for _, raw := range []string{"", "a,b", "X,1.0,8,8KB", "X,V1,8x,8KB", "X\x01,V1,8,8KB"} {
		_, err := ParseIdentity([]byte(raw))
		assert.ErrorIs(t, err, ErrAnswer, "%q", raw)
	}
}

func FuzzScanner(f *testing.F) {
	f.Add([]byte(goodStatus), 3)
	f.Add([]byte("\x02\r\nPRINT METERS\r\n   TOTAL NONRESETTABLE:  8560 \"\r\n\x03"), 1)
	f.Add([]byte("\x02ZT411,V92.21,8,8176KB\x03\x02\x02\x03\x03"), 2)
	f.Add([]byte("PRINTER STATUS\n ERRORS: 1 00000000 00010004\n WARNINGS: 1 00000000 00000100\n"), 7)
	f.Fuzz(func(t *testing.T, raw []byte, cut int) {
		var whole, pieces Scanner
		all := whole.Feed(raw)
		at := 0
		if len(raw) > 0 {
			at = int(uint(cut) % uint(len(raw)))
		}
		got := append(pieces.Feed(raw[:at]), pieces.Feed(raw[at:])...)
		if len(got) != len(all) || whole.Junk != pieces.Junk {
			t.Fatalf("cut at %d: %d answers, %d junk; whole: %d, %d", at, len(got), pieces.Junk, len(all), whole.Junk)
		}
		if len(whole.buf) > maxFrame || len(whole.host) > 2 {
			t.Fatal("scanner keeps more than its bound")
		}
		for _, a := range all {
			if a.Kind == KindHostStatus && (a.Host.Formats < 0 || a.Host.Remaining < 0) {
				t.Fatal("negative counts")
			}
		}
	})
}
