package layout

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
)

// Numbers are compared as numbers, however they are written, and texts as they are drawn.
func TestConditionsCompareWhatIsDrawn(t *testing.T) {
	heavy := Label{Box: Box{N: 1, Of: 2, WeightGrams: 25000}, Count: 7, Copy: 1, Waybill: "650000000011"}
	for in, want := range map[string]bool{
		"box.weight > 20": true, "box.weight > 20.5": true, "box.weight > 25": false, "box.weight = 25": true, "box.weight = 25.0": true,
		"box.weight = 20": false, "box.weightGrams > 20000": true, "box.weightGrams = 25000": true, "box.weightGrams": true,
		"box.weight = 25 & box.weightGrams = 25000": true, "box.weightGrams > 24900 & box.weight = 25": true, "box.weight > 20 & box.weightGrams = 24950": false, "box.weight = 25 & box.weightGrams = 24950": false,
		"expiry = 270100": false, "sscc = 106141412345678908": false, "gtin = 08801234567893": false, "order > 99999999999999999999999": false,
		"count > 6.5": true, "copy = 01": true, "copy = 02": false, "waybill = 6500-0000-0011": true, "waybill = 650000000011": true, "waybill > 1": true,
	} {
		c, err := parseCondition(in)
		require.NoError(t, err, in)
		assert.Equal(t, want, c.holds(&heavy), in)
	}
	for _, pay := range []string{"신용", norm.NFD.String("신용"), "신용 ", "\u3000신용", "\ufeff신용", "신\u200b용", "\u202a신용\u202c"} {
		for _, in := range []string{"pay = 신용", "pay = " + norm.NFD.String("신용"), "pay = \u202a신용"} {
			c, err := parseCondition(in)
			require.NoError(t, err, in)
			assert.True(t, c.holds(&Label{Pay: pay}), "%q of %q", in, pay)
		}
	}
	for order, want := range map[string]bool{"6.0": true, " 7": true, "5": false, "1e9": false, "inf": false, "nan": false, "": false, "A7": false} {
		c, err := parseCondition("order > 5")
		require.NoError(t, err)
		assert.Equal(t, want, c.holds(&Label{Order: order}), order)
	}
	c, err := parseCondition("waybill = 650000000011")
	require.NoError(t, err)
	assert.True(t, c.holds(&Label{Waybill: "6500-0000-0011"}), "of a carrier without rules the hyphens are still there")
}

// A condition that no label can satisfy is a fault that names the field.
func TestConditionsThatNeverHold(t *testing.T) {
	for in, want := range map[string]string{
		"items > 1": "items are lines", "items = mug": "items are lines", "copy > 1 & copy = 1": "copy > 1 and copy = 1 exclude", "carrier = cj & carrier = lotte": "carrier = cj and carrier = lotte",
		"order & !order": "order and !order", "copy = 0": "copy is never 0", "copy = -1": "copy is never -1", "copy = 1.5": "copy is never 1.5", "box.weight = 20.05": "box.weight is never 20.05",
		"count = many": "want a number", "date > 5": "date is no number", "date = 2026-02-30": "want a day", "order > 1e3": "want a number", "order > inf": "want a number", "pay = \u200b": "no label has such a text",
		"box.weight > 20 & box.weightGrams = 5": "exclude", "box.weightGrams = 25001 & box.weight = 25": "exclude", "box.weight = 25 & box.weightGrams > 25000": "exclude", "!box.weight & box.weightGrams > 5": "exclude",
		"copy > 99999999999999999999999": "never that large", "count = 99999999999999999999999": "never that large", "expiry = 271399": "want a day", "expiry = 270230": "want a day", "expiry = soon": "want a day",
		"sscc = 106141412345678909": "checkDigit", "sscc = 1": "length", "gtin = 08801234567894": "checkDigit", "note &": "nothing stands on one side of &", "& note": "nothing stands on one side", "note & & order": "nothing stands on one side",
		"box.weight > 30 & box.weight = 25": "box.weight > 30 and box.weight = 25.0",
	} {
		_, err := parseCondition(in)
		require.ErrorContains(t, err, "when: ", in)
		assert.ErrorContains(t, err, want, in)
	}
}

// Three tests of one member that exclude each other only together would be a field that is
// never drawn. Every condition of three is tried against every weight there is to tell.
func TestConditionsOfThree(t *testing.T) {
	var tests []string
	for _, n := range []string{"0.1", "0.2", "0.3"} {
		tests = append(tests, "box.weight > "+n, "box.weight = "+n)
	}
	for _, n := range []string{"100", "150", "200", "200.5", "201"} {
		tests = append(tests, "box.weightGrams > "+n)
		if !strings.Contains(n, ".") {
			tests = append(tests, "box.weightGrams = "+n)
		}
	}
	tests = append(tests, "box.weight", "!box.weight", "box.weightGrams", "!box.weightGrams", "box.weight > -1")
	for _, a := range tests {
		for _, b := range tests {
			for _, c := range tests {
				in := a + " & " + b + " & " + c
				var all condition
				for _, one := range []string{a, b, c} {
					x, err := parseTest(one)
					require.NoError(t, err, one)
					all = append(all, x)
				}
				some := false
				for grams := 0; grams <= 500 && !some; grams++ {
					some = all.holds(&Label{Box: Box{WeightGrams: grams}})
				}
				_, err := parseCondition(in)
				require.Equal(t, some, err == nil, "%s: %v", in, err)
			}
		}
	}
}

// A field whose condition leaves it out where there is what it shows is never drawn, or is a
// barcode that always fails.
func TestConditionThatDeniesItsField(t *testing.T) {
	for _, c := range []struct{ kind, value, when, want string }{
		{"text", "{note}", "!note", "the field is for note"}, {"text", "Note: {note|upper}", "order & !note", "the field is for note"}, {"text", "{box.weight} kg", "!box.weightGrams", "the field is for box.weight"},
		{"code128", "{order}-{note}", "!note", "the field is for note"}, {"text", "{order} {note}", "!note", "the field is for note"}, {"text", "no note", "!note", ""}, {"text", "{note}", "note", ""}, {"code128", "{order}", "!note", ""},
	} {
		height := map[string]string{"text": "height = 3\n"}[c.kind]
		_, err := Parse("t", []byte(frame+"kind = \""+c.kind+"\"\nat = [1, 1]\nsize = [30, 10]\nvalue = \""+c.value+"\"\nwhen = \""+c.when+"\"\n"+height))
		if c.want == "" {
			assert.NoError(t, err, "%+v", c)
			continue
		}
		assert.ErrorContains(t, err, "line 3: field \"f\": when: "+c.want)
	}
}

// A mask on a barcode's value hides what it is read for.
func TestMaskOnBarcode(t *testing.T) {
	for value, ok := range map[string]bool{"{order}|maskName": true, "{order|maskName}": false, "{order|upper|maskPhone}": false, "{order|tail4}": true} {
		_, err := Parse("t", []byte(frame+"kind = \"code128\"\nat = [1, 1]\nsize = [30, 10]\nvalue = \""+value+"\"\n"))
		assert.Equal(t, ok, err == nil, "%s: %v", value, err)
	}
}

// A key that means nothing to a field's kind is told like one spelt wrong.
func TestKeysOfAnotherKind(t *testing.T) {
	for kind, c := range map[string]struct{ good, bad string }{
		"text":    {"value = \"a\"\nheight = 3\nmin = 2\nlines = 1\nalign = \"left\"\nrequired = true\ncut = true\nprinter = true", "module minModule thickness start stop"},
		"box":     {"thickness = 1", "value height min lines align required cut printer module minModule start stop"},
		"code128": {"value = \"a\"\nmodule = 0.4\nminModule = 0.2", "height min lines align required cut printer thickness start stop"},
		"codabar": {"value = \"1\"\nmodule = 0.4\nminModule = 0.2\nstart = \"A\"\nstop = \"B\"", "height min lines align required cut printer thickness"},
	} {
		in := frame + "kind = \"" + kind + "\"\nat = [1, 1]\nsize = [30, 10]\nwhen = \"order\"\n" + c.good + "\n"
		_, err := Parse("t", []byte(in))
		require.NoError(t, err, kind)
		for key := range strings.FieldsSeq(c.bad) {
			value := map[string]string{"value": `"a"`, "align": `"left"`, "start": `"A"`, "stop": `"A"`, "required": "true", "cut": "true", "printer": "true", "lines": "2"}[key]
			if value == "" {
				value = "1.5"
			}
			_, err := Parse("t", []byte(in+key+" = "+value+"\n"))
			assert.ErrorContains(t, err, "line 3: field \"f\": "+key+": a field of kind "+kind+" has no such key")
			zero := map[string]string{"value": `""`, "align": `""`, "start": `""`, "stop": `""`, "required": "false", "cut": "false", "printer": "false"}[key]
			if zero == "" {
				zero = "0"
			}
			_, err = Parse("t", []byte(in+key+" = "+zero+"\n"))
			assert.ErrorContains(t, err, key+": a field of kind "+kind+" has no such key", "its value is zero")
		}
	}
}

// What a GS1 value in brackets becomes; a value of a label keeps its own brackets.
func TestBracketsOfGS1(t *testing.T) {
	r := renderer(t)
	l := Label{GTIN: "08801234567893", Lot: "L(10)7", Order: "SN-1", Expiry: "270131", Count: 5}
	for _, kind := range []string{kindGS1128, kindGS1Matrix} {
		for in, want := range map[string]string{
			"(01){gtin}(10){lot}(21){order}":           "0108801234567893" + "10L(10)7\x1d21SN-1",
			"(10){lot}(17){expiry}(21){order}":         "10L(10)7\x1d1727013121SN-1",
			"(02){gtin}(37){count}":                    "0208801234567893375",
			`10{lot}\u001D21{order}`:                   "10L(10)7\x1d21SN-1",
			"(01)08801234567893(10)B-{order}(3100)001": "", // four digits missing of the weight
			"10{lot}17{expiry}":                        "", // the date would be a part of the lot
		} {
			text := "name = \"t\"\nsize = [150, 60]\n[[field]]\nname = \"f\"\nkind = \"" + kind + "\"\nat = [1, 1]\nsize = [148, 58]\nvalue = \"" + in + "\"\n"
			tpl, err := Parse("t", []byte(text))
			require.NoError(t, err, in)
			d, err := tpl.compose(&l, 203, r, true)
			if want == "" {
				var fe *FieldError
				require.ErrorAs(t, err, &fe, in)
				assert.Equal(t, CodeBarcode, fe.Code)
				continue
			}
			require.NoError(t, err, in)
			assert.Equal(t, want, d.out[0].data, in)
		}
		for _, bad := range []string{"(999){lot}", "({lot})", "(01{gtin}", "(01){gtin}(x){lot}"} {
			_, err := Parse("t", []byte(frame+"kind = \""+kind+"\"\nat = [1, 1]\nsize = [40, 20]\nvalue = \""+bad+"\"\n"))
			assert.ErrorContains(t, err, "no AI in brackets", bad)
		}
	}
}

// A name in capitals and a file beyond any template are told, by name.
func TestFilesThatAreNotRead(t *testing.T) {
	set, err := Load(fstest.MapFS{"x.TOML": {Data: []byte(bars)}, "big.toml": {Data: make([]byte, maxFile+1)}, "t.toml": {Data: []byte(bars)}, "notes.txt": {Data: []byte("no")}})
	require.ErrorContains(t, err, "x.TOML: not read: a template's name ends in .toml")
	require.ErrorContains(t, err, fmt.Sprintf("big.toml: %d bytes, at most %d", maxFile+1, maxFile))
	assert.Equal(t, []string{"t"}, set.Names())
}
