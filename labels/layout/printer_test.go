package layout

import (
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dcedge/firmware-sim/printer"

	"github.com/stretchr/testify/require"
)

// I7: whatever stands in an order, the printer's command list is the template's.
// The reader is the simulated printer's, which shares nothing with the encoder.
func printerReads(t interface{ Fatalf(string, ...any) }, tpl *Template, l Label, dpi int, env *testEnv, p Printer) (drawn bool) {
	b, err := tpl.ZPLWith(l, dpi, env.r, p)
	if err != nil {
		var fe *FieldError
		if !errors.As(err, &fe) || fe.Field == "" || fe.Code == "" {
			t.Fatalf("%s: refused without a field: %v", tpl.name, err)
		}
		return false
	}
	d, err := tpl.compose(&l, dpi, env.r, true)
	if err != nil {
		t.Fatalf("%v", err)
	}
	want := plan(d.out)
	for i, c := range want {
		if c == "^A" {
			want[i] = "^A0"
		}
	}
	if got := printer.Commands(b); !slices.Equal(got, want) {
		t.Fatalf("%s: the printer reads\n%v\nthe template says\n%v\n%q", tpl.name, got, want, b)
	}
	out := printer.Parse(b)
	if out.Starts != 1 || out.Copy > 1 || len(out.Faults) > 0 && !slices.ContainsFunc(out.Faults, unsupported) {
		t.Fatalf("%s: %d starts, copy %d, faults %v", tpl.name, out.Starts, out.Copy, out.Faults)
	}
	var codes, read []string
	for _, s := range d.out {
		if s.kind == kindCode128 {
			codes = append(codes, s.data)
		}
	}
	for _, c := range out.Barcodes {
		if c.Symbology == "code128" && !c.GS1 {
			read = append(read, c.Text)
		}
	}
	if !slices.Equal(codes, read) {
		t.Fatalf("%s: barcodes %q, the printer prints %q", tpl.name, codes, read)
	}
	return true
}

// unsupported is what this printer does not draw; it says so and prints the rest.
func unsupported(fault string) bool {
	return strings.Contains(fault, "BK") || strings.Contains(fault, "BX") || strings.Contains(fault, "B2") || strings.Contains(fault, "B3") || strings.Contains(fault, "BE")
}

// scrawl makes text as no honest recipient writes it.
func scrawl(r *rand.Rand) string {
	var b strings.Builder
	words := evil()
	for range r.IntN(6) {
		switch r.IntN(7) {
		case 0, 1:
			b.WriteString(words[r.IntN(len(words))])
		case 2: // any bytes
			for range r.IntN(8) {
				b.WriteByte(byte(r.Uint32()))
			}
		case 3: // any character
			for range r.IntN(8) {
				b.WriteRune(rune(r.IntN(utf8.MaxRune)))
			}
		case 4: // what printers listen to
			const heard = "^~_\\&>,:;{}0123456789ABCDXZFSJPQ\r\n\x02\x03\x1b"
			for range r.IntN(12) {
				b.WriteByte(heard[r.IntN(len(heard))])
			}
		default: // names and addresses
			for range r.IntN(20) {
				b.WriteRune(rune(0xAC00 + r.IntN(11172)))
			}
		}
	}
	return b.String()
}

// TestI7RandomRecipients runs for I7_SECONDS (5; make soak gives it ten minutes).
func TestI7RandomRecipients(t *testing.T) {
	env := &testEnv{renderer(t), shipped(t)}
	lasts := 5 * time.Second
	if s, err := time.ParseDuration(os.Getenv("I7_SECONDS") + "s"); err == nil {
		lasts = s
	}
	if testing.Short() || raced {
		lasts = time.Second
	}
	seed := uint64(time.Now().UnixNano())
	if n, err := strconv.ParseUint(os.Getenv("I7_SEED"), 10, 64); err == nil { // a failure again
		seed = n
	}
	r := rand.New(rand.NewPCG(seed, 1))
	names := env.set.Names()
	drawn, refused := 0, 0
	end := time.Now().Add(lasts)
	for n := 0; n < 60 || time.Now().Before(end); n++ { // a busy machine makes few in a second
		tpl, _ := env.set.Template(names[r.IntN(len(names))])
		l := tpl.Sample()
		change := func(s string) string {
			switch r.IntN(6) {
			case 0:
				return scrawl(r)
			case 1:
				return s + scrawl(r)
			}
			return s
		}
		if r.IntN(4) > 0 { // the personal fields alone: most of these are drawn
			for _, p := range []*string{&l.Recipient.Name, &l.Recipient.Phone, &l.Recipient.Address, &l.Recipient.AddressDetail, &l.Recipient.Message, &l.Goods} {
				*p = change(*p)
			}
		} else {
			l = filled(l, change)
		}
		l.Copy = 1 + r.IntN(3)
		dpi := []int{203, 203, 203, 300, 600}[r.IntN(5)]
		if printerReads(fatal{t, seed}, tpl, l, dpi, env, Printer{Z64: r.IntN(2) == 0}) {
			drawn++
		} else {
			refused++
		}
	}
	t.Logf("I7: %d labels drawn as their templates say, %d refused by field, seed %d", drawn, refused, seed)
	require.Positive(t, drawn)
	require.Positive(t, refused)
}

// fatal names the seed of a failure.
type fatal struct {
	*testing.T
	seed uint64
}

func (f fatal) Fatalf(format string, args ...any) {
	f.T.Helper()
	f.T.Fatalf("seed %d: "+format, append([]any{f.seed}, args...)...)
}

func FuzzPrinterReads(f *testing.F) {
	for _, e := range evil() {
		f.Add(e, e, e)
	}
	env := &testEnv{renderer(f), shipped(f)}
	names := env.set.Names()
	f.Fuzz(func(t *testing.T, name, address, code string) {
		tpl, _ := env.set.Template(names[(len(name)+3*len(address)+7*len(code))%len(names)])
		l := tpl.Sample()
		l.Recipient.Name, l.Recipient.Address, l.Recipient.Message = name, address, name
		l.Attempt, l.Note, l.Sort.Branch, l.Goods = code, name, address, code
		printerReads(t, tpl, l, 203, env, Printer{Z64: len(code)%2 == 0})
	})
}
