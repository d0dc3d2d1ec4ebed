package zpl

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func label(t testing.TB) *Label {
	t.Helper()
	l, err := New(Setup{Width: 800, Length: 1200})
	require.NoError(t, err)
	return l
}

func TestLabelBytes(t *testing.T) {
	l := label(t)
	l.Text(10, 20, 30, 0, "SKU_1^~ 3/4").Code128(10, 60, Bars{2, 80}, "650000000011").Box(0, 0, 100, 50, 3)
	l.Graphic(0, 200, Bitmap{Width: 12, Height: 2, Stride: 2, Bits: []byte{0xFF, 0xF0, 0, 0}})
	got, err := l.Bytes()
	require.NoError(t, err)
	assert.Equal(t, "^XA^CI28^LH0,0^LS0^LT0^FWN^PMN^LRN^PON^PW800^LL1200"+
		"^FO10,20^A0N,30,0^FH_^FDSKU_5F1_5E_7E 3/4^FS"+
		"^FO10,60^BY2,3.0,80^BCN,80,N,N,N,N^FH_^FD_3E_3B650000000011^FS"+
		"^FO0,0^GB100,50,3^FS"+
		"^FO0,200^GFA,4,4,2,IF,,^FS^PQ1,0,0,N^XZ\n", string(got))
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"홍길동 010-1234":     "홍길동 010-1234",
		"^XZ^XA^PQ999":     "_5EXZ_5EXA_5EPQ999",
		"~JA":              "_7EJA",
		"~CC!":             "_7ECC_21",
		"_5E":              "_5F5E",
		"_":                "_5F",
		"\\&":              "_5C_26",
		"\x00\x1b\x7f\r":   "_00_1B_7F_0D",
		"\xff\xed\xa0\x80": "_FF_ED_A0_80",
		"a\u202eb\ufeff":   "a_E2_80_AEb_EF_BB_BF",
	} {
		assert.Equal(t, want, string(Escape(nil, in)), "%q", in)
	}
}

func TestLabelRefuses(t *testing.T) {
	for name, f := range map[string]func(*Label){
		"outside":        func(l *Label) { l.Text(800, 0, 20, 0, "a") },
		"control":        func(l *Label) { l.Text(0, 0, 20, 0, "a\x1b") },
		"broken UTF-8":   func(l *Label) { l.Text(0, 0, 20, 0, "\xff") },
		"text too small": func(l *Label) { l.Text(0, 0, 2, 0, "a") },
		"text too long":  func(l *Label) { l.Text(0, 0, 20, 0, strings.Repeat("a", MaxField+1)) },
		"box":            func(l *Label) { l.Box(0, 0, 801, 1, 1) },
		"bitmap":         func(l *Label) { l.Graphic(0, 0, Bitmap{8, 1, 1, nil}) },
		"bitmap outside": func(l *Label) { l.Graphic(799, 0, Bitmap{8, 1, 1, []byte{1}}) },
		"no data":        func(l *Label) { l.Code128(0, 0, Bars{2, 10}, "") },
		"Hangul bars":    func(l *Label) { l.Code128(0, 0, Bars{2, 10}, "가") },
		"module":         func(l *Label) { l.Code128(0, 0, Bars{11, 10}, "a") },
		"codabar":        func(l *Label) { l.Codabar(0, 0, Bars{2, 10}, "12", 'E', 'A') },
		"codabar data":   func(l *Label) { l.Codabar(0, 0, Bars{2, 10}, "1^2", 'A', 'A') },
		"itf odd":        func(l *Label) { l.ITF(0, 0, Bars{2, 10}, "123") },
		"ean check":      func(l *Label) { l.EAN13(0, 0, Bars{2, 10}, "8801234567894") },
		"ean short":      func(l *Label) { l.EAN8(0, 0, Bars{2, 10}, "123") },
		"code 39":        func(l *Label) { l.Code39(0, 0, Bars{2, 10}, "abc") },
		"qr":             func(l *Label) { l.QR(0, 0, 11, "a") },
		"datamatrix":     func(l *Label) { l.DataMatrix(0, 0, 3, "", false) },
	} {
		t.Run(name, func(t *testing.T) {
			l := label(t)
			f(l)
			out, err := l.Bytes()
			assert.Error(t, err)
			assert.Nil(t, out)
		})
	}
	_, err := New(Setup{Width: 0, Length: 1})
	assert.Error(t, err)
	_, err = New(Setup{Width: 1, Length: 1, Tracking: '^'})
	assert.Error(t, err)
	_, err = New(Setup{Width: 1, Length: 1, Darkness: 31})
	assert.Error(t, err)
}

func TestPlan128(t *testing.T) {
	for _, c := range []struct {
		in      string
		gs1     bool
		zpl     string
		modules int
	}{
		{"650000000011", false, ">;650000000011", 101},
		{"12345678901", false, ">:1>52345678901", 112},
		{"4W44", false, ">:4W44", 79},
		{"TOTE-00001", false, ">:TOTE-0>50001", 134},
		{"a>b^c~", false, ">:a>0b><c>=", 101},
		{"\x01A", false, ">96533", 57}, // pairs of digits, as the public sample ">752375152" for TEST has them
		{"A\x01b", false, ">93365>6b", 79},
		{"00123456789012345675", true, ">;>800123456789012345675", 156},
		{"10AB\x1d21X", true, ">;>810>6AB>821X", 134},
	} {
		s, err := Plan128(c.in, c.gs1)
		require.NoError(t, err)
		assert.Equal(t, c.zpl, s.zpl)
		assert.Equal(t, c.modules, s.Modules(), "%s %v", c.in, s.Values)
	}
}

// valuesOf reads the invocation form of ^BC in mode N as the guide describes it, apart
// from the planner.
func valuesOf(t interface{ Fatalf(string, ...any) }, s string) []int {
	var out []int
	set := byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '>' {
			i++
			switch s[i] {
			case '9', '7':
				out, set = append(out, map[byte]int{'9': 103, '7': 101}[s[i]]), 'A'
			case ':', '6':
				out, set = append(out, map[byte]int{':': 104, '6': 100}[s[i]]), 'B'
			case ';', '5':
				out, set = append(out, map[byte]int{';': 105, '5': 99}[s[i]]), 'C'
			case '8':
				out = append(out, 102)
			case '0':
				out = append(out, 30)
			case '<':
				out = append(out, 62)
			case '=':
				out = append(out, 94)
			case '1':
				out = append(out, 95)
			default:
				t.Fatalf("%q: invocation %q", s, s[i])
			}
			continue
		}
		if set == 'C' || set == 'A' {
			out = append(out, int(c-'0')*10+int(s[i+1]-'0'))
			i++
			continue
		}
		out = append(out, int(c)-32)
	}
	return out
}

func TestPlan128SaysTheSameTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.StringMatching(`[ -~\x00-\x1f]{1,6}[0-9]{0,9}[A-Za-z>^~]{0,4}[0-9]{0,7}`).Draw(t, "data")
		gs1 := rapid.Bool().Draw(t, "gs1")
		s, err := Plan128(data, gs1)
		if err != nil {
			t.Fatal(err)
		}
		if got := valuesOf(t, s.zpl); !slices.Equal(got, s.Values) {
			t.Fatalf("%q: %q means %v, planned %v", data, s.zpl, got, s.Values)
		}
	})
}
