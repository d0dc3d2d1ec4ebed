package zpl

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestGraphicVectors(t *testing.T) {
	dir := os.Getenv("CONFORMANCE_DATA")
	if dir == "" {
		t.Skip("CONFORMANCE_DATA IS NOT SET: conformance vectors were NOT run")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "vectors", "zpl_graphics.json"))
	require.NoError(t, err)
	var f struct {
		Vectors []struct {
			File    string
			Total   int `json:"bytes_total"`
			Stride  int `json:"bytes_per_row"`
			Payload string
			Len     int    `json:"decoded_len"`
			Sum     string `json:"decoded_sha256"`
			Valid   bool
		}
	}
	require.NoError(t, json.Unmarshal(raw, &f))
	require.NotEmpty(t, f.Vectors)
	passed := 0
	for i, v := range f.Vectors {
		if v.Total == 0 {
			v.Total, v.Stride = 1190, 17
		}
		got, err := DecodeGraphic(v.Payload, v.Total, v.Stride)
		sum := sha256.Sum256(got)
		if (err == nil) != v.Valid || v.Valid && (len(got) != v.Len || hex.EncodeToString(sum[:]) != v.Sum) {
			t.Errorf("%d %s: %d bytes %x, %v", i, v.File, len(got), sum, err)
			continue
		}
		if v.Valid { // and back, both ways
			again, err := DecodeGraphic(string(EncodeASCII(nil, got, v.Stride)), v.Total, v.Stride)
			require.NoError(t, err)
			require.Equal(t, got, again)
			again, err = DecodeGraphic(string(EncodeZ64(nil, got, v.Stride)), v.Total, v.Stride)
			require.NoError(t, err)
			require.Equal(t, got, again)
		}
		passed++
	}
	t.Logf("zpl_graphics.json            passed %d, differing on purpose 0", passed)
}

func TestCRC16(t *testing.T) {
	assert.Equal(t, uint16(0x31C3), CRC16("123456789"), "the check value of CRC-16/XMODEM")
}

func TestDecodeGraphicRefuses(t *testing.T) {
	for _, c := range []struct {
		name, payload string
		total, stride int
	}{
		{"no size", "FF", 0, 1},
		{"stride beyond total", "FF", 1, 2},
		{"too big a claim", "FF", 1 << 30, 1},
		{"bad digit", "F?", 1, 1},
		{"more than total", "FFFF", 1, 1},
		{"a run beyond total", "zF", 1, 1},
		{"no CRC", ":B64:AAAA", 3, 3},
		{"wrong CRC", ":B64:AAAA:0001", 3, 3},
		{"unknown form", ":X64:AAAA:0000", 3, 3},
		{"no zlib", ":Z64:AAAA:" + "9E4F", 3, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := DecodeGraphic(c.payload, c.total, c.stride)
			assert.ErrorIs(t, err, ErrGraphic)
		})
	}
}

func TestGraphicRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stride := rapid.IntRange(1, 260).Draw(t, "stride")
		rows := rapid.IntRange(1, 12).Draw(t, "rows")
		bits := make([]byte, 0, stride*rows)
		for len(bits) < stride*rows { // long runs and repeated rows are what compression is about
			if len(bits) >= stride && rapid.IntRange(0, 3).Draw(t, "again") == 0 && len(bits)%stride == 0 {
				bits = append(bits, bits[len(bits)-stride:]...)
				continue
			}
			v := rapid.SampledFrom([]byte{0, 0xFF, 0x0F, 0xA5, 0xF0}).Draw(t, "value")
			for range rapid.IntRange(1, 2*stride).Draw(t, "run") {
				if len(bits) < stride*rows {
					bits = append(bits, v)
				}
			}
		}
		got, err := DecodeGraphic(string(EncodeASCII(nil, bits, stride)), len(bits), stride)
		if err != nil {
			t.Fatal(err)
		}
		assert.Equal(t, bits, got)
		got, err = DecodeGraphic(string(EncodeZ64(nil, bits, stride)), len(bits), stride)
		if err != nil {
			t.Fatal(err)
		}
		assert.Equal(t, bits, got)
	})
}

func FuzzDecodeGraphic(f *testing.F) {
	f.Add(",::gG01F,gG0FF8", 64, 8)
	f.Add(":B64:AAAA:0000", 3, 3)
	f.Add("zzzzF!", 16, 4)
	f.Fuzz(func(t *testing.T, payload string, total, stride int) {
		if total > 1<<16 {
			return
		}
		got, err := DecodeGraphic(payload, total, stride)
		if err == nil && len(got) != total {
			t.Fatalf("%d bytes of %d", len(got), total)
		}
	})
}
