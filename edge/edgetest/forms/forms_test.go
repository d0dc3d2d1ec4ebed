package forms

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/agent"
	"dcedge/edge/config"
	"dcedge/edge/edgetest/sitetest"
	sim "dcedge/firmware-sim/printer"
)

func folder(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("testdata/site")
	require.NoError(t, err)
	return dir
}

func order(id, carrier, client string) string {
	return fmt.Sprintf(`{"kind":"order","id":%q,"client":%q,"carrier":%q,"recipient":{"name":"홍길동","phone":"010-1234-5678","postcode":"06236",`+
		`"address":"서울특별시 강남구 테헤란로 152","addressDetail":"3층"},"routing":{"sortCode":"4W44"},`+
		`"lines":[{"id":"1","sku":"MUG","quantity":1,"location":"A01-01-1"}]}`, id, client, carrier)
}

// work picks and packs one order up to its label, and binds the number that the
// label's barcode says.
func work(t *testing.T, s *sitetest.Site, tote, record string) sim.Label {
	t.Helper()
	s.Push(record)
	w := s.Worker("W-001")
	before := s.Printers[0].Status().Odometer
	require.True(t, w.Act("start", map[string]any{"flow": "pick", "mode": "order"}).OK)
	require.True(t, w.Scan(tote).OK)
	for sc := w.Screen(); sc.Flow == "pick"; sc = w.Screen() {
		_, code := sc.First()
		require.True(t, w.Scan(code).OK)
	}
	require.True(t, w.Act("start", map[string]any{"flow": "pack"}).OK)
	for sc := w.Screen(); sc.Step != "printing" && sc.Step != "waybill"; sc = w.Screen() {
		_, code := sc.First()
		require.True(t, w.Scan(code).OK, "%+v", w.Last)
	}
	var out []sim.Label
	require.Eventually(t, func() bool { out = s.Printers[0].Labels(before); return len(out) == 1 }, 30*time.Second, 10*time.Millisecond)
	require.Eventually(t, func() bool { return w.Screen().Step == "waybill" }, 30*time.Second, 20*time.Millisecond)
	require.Empty(t, out[0].Faults)
	require.NotEmpty(t, out[0].Barcodes)
	if strings.Contains(record, `"nebula"`) {
		wrong := w.Scan("1234567894")
		assert.Equal(t, []any{false, "waybill.badCheck"}, []any{wrong.OK, wrong.Say.Key}, "the site's own rule judges")
	}
	assert.True(t, w.Scan(out[0].Barcodes[len(out[0].Barcodes)-1].Text).OK, "the label's own number: %+v", w.Last)
	return out[0]
}

// TestACarrierIsATemplateAndARule: no Go knows this carrier.
func TestACarrierIsATemplateAndARule(t *testing.T) {
	dir := folder(t)
	s := sitetest.Start(t, sitetest.Options{Printers: 1, Clock: 100, Device: "graphics = \"z64\"\n",
		Extra: fmt.Sprintf("templates = %q\nwaybillRules = %q", dir, filepath.Join(dir, "rules.txt"))})
	s.Basics()
	s.Push(`{"kind":"carrier","id":"nebula","name":{"ko":"네뷸라"},"waybill":{"format":"nebula"},"template":"nebula-100x100","cutoffs":["23:00"]}`,
		fmt.Sprintf(`{"kind":"waybillRange","id":"neb-a","carrier":"nebula","client":"default","firstSerial":"123456789","count":100,"epoch":%q}`, s.Epoch))

	label := work(t, s, "TOTE-00001", order("N-1", "nebula", "default"))
	assert.Equal(t, []sim.Barcode{{Symbology: "code128", Text: "1234567895"}}, label.Barcodes, "serial 123456789 and its check digit")
	assert.Contains(t, label.Texts, "1234567895")
	assert.Equal(t, 800, label.Width)
	assert.Equal(t, 800, label.Length)
	assert.Contains(t, string(label.ZPL()), ":Z64:", "graphics = z64 of the printer")
	assert.Contains(t, strings.Join(label.Comments, " "), "nebula-100x100")

	t.Run("ByClient", func(t *testing.T) { // a client brings its own form, whatever the carrier's
		s.Push(`{"kind":"client","id":"acme","template":"nebula-100x100"}`,
			`{"kind":"sku","client":"acme","id":"MUG","barcodes":[{"code":"2900000000025"}]}`,
			fmt.Sprintf(`{"kind":"waybillRange","id":"cj-acme","carrier":"cj","client":"acme","firstSerial":"66000000000","count":10,"epoch":%q}`, s.Epoch))
		label := work(t, s, "TOTE-00002", order("A-1", "cj", "acme"))
		assert.Contains(t, strings.Join(label.Comments, " "), "nebula-100x100")
	})
}

// write puts a changed copy of the site's forms into a new folder.
func write(t *testing.T, change ...string) *config.Config {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"nebula-100x100.toml", "rules.txt"} {
		text, err := os.ReadFile(filepath.Join("testdata/site", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(strings.NewReplacer(change...).Replace(string(text))), 0o600))
	}
	cfg, err := config.Parse("t.toml", fmt.Appendf(nil, "site = \"T\"\ntemplates = %q\nwaybillRules = %q\n[pii]\nkeyEnv = \"K\"\n"+
		"[[device]]\nname = \"p\"\ndriver = \"zebra\"\ndpi = 300\nlink = \"tcp://127.0.0.1:9\"\n", dir, filepath.Join(dir, "rules.txt")))
	require.NoError(t, err)
	return cfg
}

func TestCheckRefuses(t *testing.T) {
	assert.Empty(t, agent.CheckForms(write(t)))
	assert.Empty(t, agent.CheckForms(write(t, "# A carrier", "\ufeff# A carrier", "# carrier  rule", "\ufeff# carrier  rule")), "byte-order marks")
	for name, c := range map[string]struct {
		change []string
		says   []string
	}{
		"NoRoomForTheBarcode": {[]string{"at = [4, 4]\nsize = [92, 20]", "at = [4, 4]\nsize = [14, 20]"},
			[]string{"nebula-100x100.toml", "field number", "quiet", "300 dpi"}},
		"BarcodeOfACondition": {[]string{"when = \"copy > 1\"\nheight = 4", "when = \"copy > 1\"\nheight = 4\n[[field]]\nname = \"extra\"\nkind = \"code128\"\nat = [0, 40]\nsize = [12, 9]\nvalue = \"{waybill}\"\nwhen = \"copy > 1\""},
			[]string{"field extra", "quiet"}},
		"TextTooLong":     {[]string{`name = "홍길동"`, `name = "` + strings.Repeat("홍길동", 90) + `"`}, []string{"field recipient", "fit"}},
		"NoSample":        {[]string{"waybill = \"1234567895\"\n", ""}, []string{"field number", "sample"}},
		"SampleNumber":    {[]string{`waybill = "1234567895"`, `waybill = "1234567894"`}, []string{"sample.waybill", "checkDigit"}},
		"OutsideTheLabel": {[]string{"size = [92, 30]", "size = [99, 30]"}, []string{"nebula-100x100.toml", "recipient", "outside"}},
		"UnknownKey":      {[]string{"module = 0.5", "modul = 0.5"}, []string{"nebula-100x100.toml", "unknown key"}},
		"Carrier":         {[]string{`carrier = "nebula"`, `carrier = "NEBULA"`}, []string{"nebula-100x100.toml: line 46: sample.carrier", "hanjin", "nebula,", "waybillRules"}},
		"CarrierOfAField": {[]string{"copy > 1", "carrier = CJ"}, []string{"nebula-100x100.toml: when: carrier = CJ: is cj meant?"}},
		"KeyAndFit":       {[]string{"align = ", "aling = ", `name = "홍길동"`, `name = "` + strings.Repeat("홍길동", 90) + `"`}, []string{`unknown key "field.aling": is align meant?`, "field recipient: fit"}},
		"NoValueInSample": {[]string{"value = \"{waybill}\"\nmodule", "when = \"lot\"\nvalue = \"{lot}\"\nmodule"}, []string{"field number: sample: [sample] has no lot"}},
		"Rule":            {[]string{"mod10", "mod99"}, []string{"rules.txt", "line 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			faults := agent.CheckForms(write(t, c.change...))
			require.NotEmpty(t, faults)
			all := (&config.Faults{File: "t.toml", List: faults}).Error()
			for _, s := range c.says {
				assert.Contains(t, all, s)
			}
		})
	}
}
