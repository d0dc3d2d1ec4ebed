package printer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/stretchr/testify/require"
)

func TestRead128(t *testing.T) {
	for _, c := range []struct{ data, mode, want string }{
		{"ABC-123", "N", "ABC-123"},
		{">;651234567890", "N", "651234567890"},
		{">;6512>6A>5 34", "N", "6512A34"},
		{">:A>0B><C>=", "N", "A>B^C~"},
		{">;>80109521234543213>810>6AB", "N", "0109521234543213\x1d10AB"},
		{"(01)0952(10)A B", "D", "01095210AB"},
		{"0012345678901234567", "U", "00123456789012345675"},
		{"x>y>", "N", "x>y>"},
		{">9333435", "N", "ABC"},
		{">;12A34", "N", "1234"},
	} {
		got, _ := read128(c.data, c.mode)
		require.Equal(t, c.want, got, c.data)
	}
	_, gs1 := read128(">;>801", "N")
	require.True(t, gs1)
}

func TestPrefixChange(t *testing.T) {
	l := Parse([]byte("^XA^CC+ +FO1,1+A0N,20+FDa^b+FS+CC^^FO1,2^A0N,20^FDc^FS^XZ"))
	require.Equal(t, []string{"a^b", "c"}, l.Texts)
}

func TestBinaryGraphicHidesPrefixes(t *testing.T) {
	l := Parse([]byte("^XA^FO0,0^GFB,4,4,1,^XZ~^FS^FO1,1^A0N,20^FDok^FS^XZ"))
	require.Equal(t, []string{"ok"}, l.Texts)
	require.Empty(t, l.Faults)
	require.Equal(t, []byte("^XZ~"), l.draw[0].graphic.bits)
}

func TestDrawnBarcodeReads(t *testing.T) {
	l := Parse([]byte("^XA^PW800^LL400^FO60,60^BY3^BCN,120,N,N,N^FD>;651234567890^FS^FO60,250^GB600,4,4^FS" +
		"^FO60,300^A0N,40,40^FD6512-3456^FS^XZ"))
	bmp, err := gozxing.NewBinaryBitmapFromImage(l.Image())
	require.NoError(t, err)
	result, err := oned.NewCode128Reader().DecodeWithoutHints(bmp)
	require.NoError(t, err)
	require.Equal(t, "651234567890", result.GetText())
}

// The picture holds what the label has: a QR code and a DataMatrix read as such, and what
// is not drawn is an outline, never the bars of another symbology.
func TestDrawnMatrixReads(t *testing.T) {
	read := func(reader gozxing.Reader, field string) (string, error) {
		l := Parse([]byte("^XA^PW400^LL400^FO60,60" + field + "^FS^XZ"))
		bmp, err := gozxing.NewBinaryBitmapFromImage(l.Image())
		require.NoError(t, err)
		got, err := reader.Decode(bmp, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
		if err != nil {
			return "", err
		}
		return got.GetText(), nil
	}
	got, err := read(qrcode.NewQRCodeReader(), "^BQN,2,4^FDMA,https://x.example/t/1")
	require.NoError(t, err)
	require.Equal(t, "https://x.example/t/1", got)
	got, err = read(datamatrix.NewDataMatrixReader(), "^BXN,6,200,0,0,6,_,1^FDA__1")
	require.NoError(t, err)
	require.Equal(t, "A_1", got)
	for _, other := range []string{"^BY3^B3N,N,120,N,N^FDAB12", "^BXN,6,200,0,0,6,_,1^FD_101", "^BQN,2,4^FD1234", "^BQN,2,4^FD", "^BY2^BEN,90,N,N^FD400638133393"} {
		_, err = read(oned.NewCode128Reader(), other)
		require.Error(t, err, other)
	}
}

// TestGraphicVectors holds ^GF decoding against the conformance data.
func TestGraphicVectors(t *testing.T) {
	var file struct {
		Vectors []struct {
			File    string `json:"file"`
			Command string `json:"command"`
			Total   int    `json:"bytes_total"`
			Row     int    `json:"bytes_per_row"`
			Payload string `json:"payload"`
			SHA     string `json:"decoded_sha256"`
			Length  int    `json:"decoded_len"`
			Valid   *bool  `json:"valid"`
		} `json:"vectors"`
	}
	raw, err := os.ReadFile(filepath.Join(conformance(t), "vectors", "zpl_graphics.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &file))
	passed := 0
	for _, v := range file.Vectors {
		if v.Valid != nil && !*v.Valid { // a damaged checksum, given without its size
			_, err := decodeGraphic([]byte("A,0,1190,17," + v.Payload))
			require.ErrorIs(t, err, errGraphic, v.File)
			passed++
			continue
		}
		args := []byte("A,0," + itoa(v.Total) + "," + itoa(v.Row) + "," + v.Payload)
		g, err := decodeGraphic(args)
		if err != nil {
			t.Errorf("%s: %v", v.File, err)
			continue
		}
		bits := g.bits
		if v.Length > len(bits) { // what was not sent is white
			bits = append(bits, make([]byte, v.Length-len(bits))...)
		}
		sum := sha256.Sum256(bits)
		if hex.EncodeToString(sum[:]) != v.SHA {
			t.Errorf("%s: decoded %d bytes, other sum", v.File, len(g.bits))
			continue
		}
		passed++
	}
	t.Logf("graphics: %d of %d", passed, len(file.Vectors))
	require.NotZero(t, passed)
}

// TestRealLabels feeds real labels in pieces of every size: the pieces must not
// matter, and every file holds at least one label.
func TestRealLabels(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(conformance(t), "zpl", "*.zpl"))
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		l := Parse(raw)
		require.Equal(t, 1, l.Starts, name)
		require.NotEmpty(t, l.zpl, name)
		_ = l.Image()
	}
}

func conformance(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("CONFORMANCE_DATA")
	if dir == "" {
		t.Skip("SKIPPED, NOT PASSED: CONFORMANCE_DATA names no folder")
	}
	return dir
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

func FuzzStream(f *testing.F) {
	for _, seed := range []string{
		label("651234567890", "O"), "^XA^FDhalf", "~HS~JA~JX~HQES", "^XA^GFB,4,4,1,^XZ~^FS^XZ",
		"^XA^GFA,8,8,2,:Z64:eJw=:0000^FS^XZ", "^XA^GFA,20,20,2,gHF,!:K0^FS^XZ", "^CC+~CT!+XA+XZ",
		"^XA^FH^FD_5E_7E_^FS^BCN^FD>;>81>^FS^XZ", "! U1 getvar \"device.host_status\"\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 1 << 12
		s, set := newStream(limit), newSettings(8, true)
		count := 0
		for _, b := range data {
			e, ok := s.feed(b)
			if s.held() > limit {
				t.Fatalf("holds %d bytes", s.held())
			}
			if !ok || e.format == nil {
				continue
			}
			count++
			if !bytes.HasPrefix(e.format.raw, []byte("^XA")) {
				t.Fatalf("format begins %q", e.format.raw[:min(8, len(e.format.raw))])
			}
			l, n := layout(e.format, &set)
			if n < 0 {
				t.Fatalf("quantity %d", n)
			}
			if len(data) < 512 && l.Width*l.Length < 1<<20 {
				_ = l.Image()
			}
		}
		if count > bytes.Count(bytes.ToUpper(data), []byte("XZ")) {
			t.Fatalf("%d formats from %d ends", count, bytes.Count(data, []byte("XZ")))
		}
	})
}
