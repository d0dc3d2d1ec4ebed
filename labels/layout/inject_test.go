package layout

import (
	"dcedge/labels/raster"

	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// token is one command as a printer reads it: ^ or ~, two letters, and everything up to
// the next prefix. This reader knows nothing of the encoder.
type token struct{ name, params string }

func tokenize(b []byte) ([]token, error) {
	var out []token
	s := strings.TrimSuffix(string(b), "\n")
	for s != "" {
		if s[0] != '^' && s[0] != '~' {
			return nil, fmt.Errorf("bytes outside a command: %.20q", s)
		}
		if len(s) < 2 {
			return nil, fmt.Errorf("a prefix at the end")
		}
		n := 3
		if s[1] == 'A' && len(s) > 2 && s[2] != '@' { // ^A takes the font as a parameter
			n = 2
		}
		if s[1:min(3, len(s))] == "XA" || s[1:min(3, len(s))] == "XZ" {
			n = 3
		}
		end := strings.IndexAny(s[n:], "^~")
		if end < 0 {
			end = len(s) - n
		}
		out = append(out, token{s[:n], s[n : n+end]})
		s = s[n+end:]
	}
	return out, nil
}

// plan is what the template's steps must look like in the stream, by kind alone.
func plan(steps []step) []string {
	out := []string{"^XA", "^CI", "^LH", "^LS", "^LT", "^FW", "^PM", "^LR", "^PO", "^PW", "^LL", "^FX", "^FS"}
	bars := map[string]string{kindCode128: "^BC", kindGS1128: "^BC", kindCodabar: "^BK", kindITF: "^B2", kindEAN13: "^BE", kindCode39: "^B3"}
	for _, s := range steps {
		switch {
		case s.kind == kindBox:
			out = append(out, "^FO", "^GB", "^FS")
		case s.kind == kindText && s.printer:
			out = append(out, "^FO", "^A", "^FH", "^FD", "^FS")
		case s.kind == kindText && s.line.Bitmap.Width == 0:
		case s.kind == kindText || s.graphic:
			out = append(out, "^FO", "^GF", "^FS")
		case s.kind == kindQR:
			out = append(out, "^FO", "^BQ", "^FH", "^FD", "^FS")
		case s.kind == kindDataMatrix || s.kind == kindGS1Matrix:
			out = append(out, "^FO", "^BX", "^FH", "^FD", "^FS")
		default:
			out = append(out, "^FO", "^BY", bars[s.kind], "^FH", "^FD", "^FS")
		}
	}
	return append(out, "^PQ", "^XZ")
}

// holds tests one label: either it is refused by field, or the command list is the
// template's and nothing else.
func holds(t interface{ Fatalf(string, ...any) }, tpl *Template, l Label, dpi int, env *testEnv) {
	b, err := tpl.ZPL(l, dpi, env.r)
	if err != nil {
		var fe *FieldError
		if !errors.As(err, &fe) || fe.Field == "" || fe.Code == "" {
			t.Fatalf("%s: refused without a field: %v", tpl.name, err)
		}
		return
	}
	d, err := tpl.compose(&l, dpi, env.r, true)
	if err != nil {
		t.Fatalf("%v", err)
	}
	got, err := tokenize(b)
	if err != nil {
		t.Fatalf("%s: %v in %q", tpl.name, err, b)
	}
	want := plan(d.out)
	if len(got) != len(want) {
		t.Fatalf("%s: %d commands, the template has %d\n%q", tpl.name, len(got), len(want), b)
	}
	for i := range want {
		if got[i].name != want[i] {
			t.Fatalf("%s: command %d is %s, the template's is %s", tpl.name, i, got[i].name, want[i])
		}
		params := got[i].params
		switch got[i].name {
		case "^PQ":
			if params != "1,0,0,N" {
				t.Fatalf("quantity %q", params)
			}
		case "^FH":
			if params != "_" {
				t.Fatalf("escape %q", params)
			}
		case "^FD", "^FX":
		default:
			if strings.ContainsAny(params, "\r\n\x00\x1b") {
				t.Fatalf("%s holds a control byte: %q", got[i].name, params)
			}
		}
	}
	for i, c := range b {
		if c < 0x20 && (c != '\n' || i != len(b)-1) || c == 0x7F {
			t.Fatalf("control byte %#x at %d", c, i)
		}
	}
}

// testEnv is what every case needs.
type testEnv struct {
	r   *raster.Renderer
	set *Set
}

// evil are the strings that printers, shells and parsers have fallen for.
func evil() []string {
	return []string{"^XZ^XA^PQ999", "~JA", "~CC!", "_5E", "_", "\\&", "^FD", "^FS^FO0,0^GFA,1,1,1,FF^FS", "~JR", "^FN1", ">:", ">8", ">>",
		"\x00", "\x1b", "\x7f", "\r\n", "\xff\xed\xa0\x80", "\u202eabc", "\ufeff", "😀", "e\u0301", "\u1112\u1169\u11bc", "ｶﾞｷﾞ", "홍길동",
		"쀍", "髙﨑", "峠", "<script>", "=cmd()", "../", "{waybill}", "}", "{", "'; DROP TABLE", "%s%n", "שלום", "مرحبا", "ก้", "\t", " "}
}

func anyText(t *rapid.T, name string) string {
	parts := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(evil()), rapid.String(), rapid.StringMatching(`[가-힣 0-9]{0,30}`)), 0, 4).Draw(t, name)
	return strings.Join(parts, "")
}

func TestInjection(t *testing.T) {
	env := &testEnv{renderer(t), shipped(t)}
	names := env.set.Names()
	for _, n := range names { // each evil string in every field of every template
		tpl, _ := env.set.Template(n)
		for i, e := range evil() {
			if raced && i%4 != 0 {
				continue
			}
			l := filled(tpl.Sample(), func(s string) string { return s + e })
			holds(t, tpl, l, 203, env)
			holds(t, tpl, filled(tpl.Sample(), func(string) string { return e }), 203, env)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		tpl, _ := env.set.Template(rapid.SampledFrom(names).Draw(t, "template"))
		l := tpl.Sample()
		l.Recipient = Party{Name: anyText(t, "name"), Phone: anyText(t, "phone"), Postcode: anyText(t, "postcode"), Address: anyText(t, "address"),
			AddressDetail: anyText(t, "detail"), Message: anyText(t, "message")}
		l.Goods, l.Attempt = anyText(t, "goods"), anyText(t, "attempt")
		if rapid.Bool().Draw(t, "codes too") {
			l.Waybill, l.Code, l.Sort.Code, l.Order = anyText(t, "waybill"), anyText(t, "code"), anyText(t, "sort"), anyText(t, "order")
		}
		holds(t, tpl, l, rapid.SampledFrom([]int{203, 300, 600}).Draw(t, "dpi"), env)
	})
}

// filled changes every string of a label.
func filled(l Label, f func(string) string) Label {
	for _, p := range []*string{&l.Waybill, &l.Attempt, &l.Order, &l.Sort.Code, &l.Sort.Sub, &l.Sort.Branch, &l.Sort.Zone, &l.Sort.Dest,
		&l.Recipient.Name, &l.Recipient.Phone, &l.Recipient.Postcode, &l.Recipient.Address, &l.Recipient.AddressDetail, &l.Recipient.Message,
		&l.Sender.Name, &l.Sender.Phone, &l.Sender.Postcode, &l.Sender.Address, &l.Sender.AddressDetail,
		&l.Goods, &l.Pay, &l.Code, &l.Title, &l.Note, &l.Lot, &l.GTIN, &l.SSCC, &l.Expiry} {
		*p = f(*p)
	}
	return l
}

func FuzzInjection(f *testing.F) {
	for _, e := range evil() {
		f.Add(e, e, e)
	}
	env := &testEnv{renderer(f), shipped(f)}
	names := env.set.Names()
	f.Fuzz(func(t *testing.T, name, address, code string) {
		for i, n := range names {
			if raced && i%4 != len(name)%4 {
				continue
			}
			tpl, _ := env.set.Template(n)
			l := tpl.Sample()
			l.Recipient.Name, l.Recipient.Address, l.Recipient.Message = name, address, name
			l.Attempt, l.Note, l.Sort.Branch = code, name, address
			holds(t, tpl, l, 203, env)
		}
	})
}

// No two attempts of one label have the same bytes, whatever the template shows.
func TestAttemptsDiffer(t *testing.T) {
	env := &testEnv{renderer(t), shipped(t)}
	for _, n := range env.set.Names() {
		tpl, _ := env.set.Template(n)
		l := tpl.Sample()
		l.Attempt = "a1"
		one, err := tpl.ZPL(l, 203, env.r)
		require.NoError(t, err)
		l.Attempt = "a2"
		two, err := tpl.ZPL(l, 203, env.r)
		require.NoError(t, err)
		require.NotEqual(t, one, two, n)
	}
}
