package config

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const good = `
site = "ICN1"
[http]
listen = "127.0.0.1:0"
[pii]
keyEnv = "K"
[login]
devices = "open"
[[device]]
name = "printer-1"
driver = "zebra"
link = "tcp://127.0.0.1:9100"
[[station]]
name = "pack-1"
printers = ["printer-1"]
`

func TestEveryFileInConfigsLoads(t *testing.T) {
	files, err := filepath.Glob("../../configs/*.toml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		_, err := Load(f)
		assert.NoError(t, err, f)
	}
}

func TestDefaults(t *testing.T) {
	c, err := Parse("x.toml", []byte(good))
	require.NoError(t, err)
	assert.Equal(t, "mixed", c.Pick.Location)
	assert.Equal(t, 4, c.Pick.TypeFrom)
	assert.Equal(t, Pack{BoxType: "optional", WeightPercent: 5, WeightGrams: 50, Reprints: 3}, c.Pack)
	assert.Zero(t, c.Orders.DuplicateHours)
	assert.Equal(t, "./data.witness", c.Witness)
	assert.Equal(t, 400*24*time.Hour, time.Duration(c.Events.Retain))
	assert.Equal(t, "retry", c.Devices[0].Absent)
	assert.Equal(t, "Asia/Seoul", c.Zone().String())
}

func TestAllFaultsAreReportedTogetherWithTheirLines(t *testing.T) {
	_, err := Parse("x.toml", []byte(`site = "ICN1"
colour = "red"
[http]
listen = "0.0.0.0:8080"
[pii]
keyEnv = "K"
[pick]
typeFrom = "four"
[[device]]
name = "p"
driver = "zebra"
link = "http://x"
[[device]]
name = "p"
driver = "toaster"
link = "tcp://127.0.0.1:9100"
[[station]]
name = "pack-1"
printers = ["printer-9"]
[events]
retain = "forever"
`))
	var f *Faults
	require.ErrorAs(t, err, &f)
	got := map[string]int{}
	for _, x := range f.List {
		got[x.Path] = x.Line
	}
	assert.Equal(t, map[string]int{"colour": 2, "http.tls": 3, "pick.typeFrom": 8, "device[0].link": 12, "device[1].name": 14,
		"device[1].driver": 15, "device[1].link": 16, "station[0].printers[0]": 19, "events.retain": 21}, got)
}

func TestSyntaxFaultHasALine(t *testing.T) {
	_, err := Parse("x.toml", []byte("site = \"A\"\nbad line\n"))
	var f *Faults
	require.ErrorAs(t, err, &f)
	assert.Equal(t, 2, f.List[0].Line)
}

func TestMissingFileIsNoFault(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.toml"))
	var f *Faults
	require.Error(t, err)
	assert.False(t, errors.As(err, &f))
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("[[device]]\nname=1"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse("x", text)
		if (c == nil) == (err == nil) {
			t.Fatal("neither a configuration nor an error, or both")
		}
	})
}

func TestFormsOfTheSite(t *testing.T) {
	dir := t.TempDir()
	const rest = "\n[pii]\nkeyEnv = \"K\"\n[[device]]\nname = \"p\"\ndriver = \"zebra\"\nlink = \"tcp://127.0.0.1:9100\"\n"
	c, err := Parse("x.toml", []byte("site = \"A\"\ntemplates = \""+dir+"\""+rest+"graphics = \"z64\"\ndpi = 300\n"))
	require.NoError(t, err)
	assert.Equal(t, []any{dir, "", "z64", 300}, []any{c.Templates, c.Waybills, c.Devices[0].Graphics, c.Devices[0].DPI})
	_, err = Parse("x.toml", []byte("site = \"A\"\ntemplates = \""+dir+"/none\"\nwaybillRules = \""+dir+"\""+rest+"graphics = \"png\"\n[[device]]\nname = \"s\"\ndriver = \"scale\"\nlink = \"tcp://127.0.0.1:9\"\ngraphics = \"hex\"\n"))
	var f *Faults
	require.ErrorAs(t, err, &f)
	var got []string
	for _, x := range f.List {
		got = append(got, x.Path)
	}
	assert.Equal(t, []string{"templates", "waybillRules", "device[0].graphics", "device[1].graphics"}, got)

	here, err := os.Getwd()
	require.NoError(t, err)
	_, err = Parse("x.toml", []byte("site = \"A\"\ntemplates = \"./none\"\nwaybillRules = \"/dev/zero\""+rest))
	require.ErrorContains(t, err, "templates: ./none cannot be read; name one that exists: a relative path begins in the folder that edge is started in, here "+filepath.Join(here, "none"))
	require.ErrorContains(t, err, "waybillRules: is no regular file")
}

func TestDevicesOfADesk(t *testing.T) {
	c, err := Parse("x.toml", []byte(good+`
[[device]]
name = "scan-1"
driver = "scanner"
protocol = "ssi"
link = "serial:///dev/serial/by-id/usb-Honeywell?baud=9600"
station = "pack-1"
absent = "required"
[[device]]
name = "scale-1"
driver = "scale"
protocol = "cas10"
unit = "kg"
link = "tcp://127.0.0.1:4001"
station = "pack-1"
`))
	require.NoError(t, err)
	assert.Equal(t, "scale-1", c.Stations[0].Scale, "a scale may name its station")
	assert.Equal(t, "required", c.Devices[1].Absent)
}

func TestEveryFaultOfADevice(t *testing.T) {
	_, err := Parse("x.toml", []byte(good+`
[[device]]
name = "scan-1"
driver = "scanner"
protocol = "cas"
unit = "kg"
link = "serial://dev/ttyUSB0?baud=1&parity=maybe&speed=9"
[[device]]
name = "scale-1"
driver = "scale"
protocol = "cas10"
bell = true
absent = "sometimes"
link = "mqtt:"
[[device]]
name = "eye-1"
driver = "photoeye"
protocol = "ssi"
link = "gpio://GPIO17?pull=sideways"
[[device]]
name = "cam-1"
driver = "camera"
link = "tcp://10.0.0.9:80"
`))
	var f *Faults
	require.ErrorAs(t, err, &f)
	got := map[string]int{}
	for _, x := range f.List {
		got[x.Path]++
		assert.NotZero(t, x.Line, x.What)
		assert.NotContains(t, x.What, "link: bad URL")
	}
	assert.Equal(t, map[string]int{"device[1]": 1, "device[1].protocol": 1, "device[1].unit": 1, "device[1].link": 4,
		"device[2].unit": 1, "device[2].bell": 1, "device[2].absent": 1, "device[2].link": 1,
		"device[3].protocol": 1, "device[3].link": 1, "device[4]": 1, "device[4].link": 1}, got, err.Error())
}

// TestFaultSaysWhatIsWritten: a line with several names says which of them is wrong.
func TestFaultSaysWhatIsWritten(t *testing.T) {
	scale := "[[device]]\nname = \"w\"\ndriver = \"scale\"\nprotocol = \"cas10\"\nlink = \"tcp://127.0.0.1:9\"\n"
	for what, text := range map[string]string{
		`driver = "zebra" has the name "p-x"`:    good + "[[station]]\nname = \"s\"\nprinters = [\"p-x\"]\n",
		`driver = "scale" has the name "none"`:   good + "[[station]]\nname = \"s\"\nscale = \"none\"\n",
		`no [[station]] has the name "pack-9"`:   good + scale + "unit = \"kg\"\nstation = \"pack-9\"\n",
		`unit: is "kgs"; cas10 tells no unit: `:  good + scale + "unit = \"kgs\"\n",
		`unit: is ""; cas10 tells no unit: set `: good + scale,
	} {
		_, err := Parse("x.toml", []byte(text))
		assert.ErrorContains(t, err, what)
	}
}

// TestPacking: what the packing tables want, each with its line.
func TestPacking(t *testing.T) {
	_, err := Parse("x.toml", []byte(good+`
[pick]
printer = "printer-9"
[pack]
boxType = "sometimes"
weightPercent = 0
weightGrams = 0
reprints = -1
[orders]
duplicateHours = 49
`))
	var f *Faults
	require.ErrorAs(t, err, &f)
	got := map[string]int{}
	for _, x := range f.List {
		got[x.Path] = x.Line
	}
	assert.Equal(t, map[string]int{"pick.printer": 18, "pack.boxType": 20, "pack.weightGrams": 22, "pack.reprints": 23, "orders.duplicateHours": 25}, got)

	_, err = Parse("x.toml", []byte(good+"[[station]]\nname = \"pick\"\nprinters = [\"printer-1\"]\n[pick]\nprinter = \"printer-1\"\n"))
	require.ErrorAs(t, err, &f)
	assert.Equal(t, "station[1].name", f.List[0].Path)

	c, err := Parse("x.toml", []byte(good+"[pick]\nprinter = \"printer-1\"\n[orders]\nduplicateHours = 24\n[pack]\nboxType = \"required\"\n"))
	require.NoError(t, err)
	p := c.Policy("e", nil)
	assert.Equal(t, "printer-1", p.Pick.Printer)
	assert.Equal(t, "required", p.Pack.BoxType)
	assert.Equal(t, 24, p.Orders.DuplicateHours)
}

// Windows editors begin a file with a byte-order mark.
func TestByteOrderMark(t *testing.T) {
	const text = "site = \"T\"\n[pii]\nkeyEnv = \"K\"\n"
	_, err := Parse("t.toml", []byte("\ufeff"+text))
	require.NoError(t, err)
	_, err = Parse("t.toml", []byte("\xff\xfes\x00i\x00t\x00e\x00"))
	require.ErrorContains(t, err, "save the file as UTF-8")
}

// What never ends is no configuration.
func TestAConfigurationHasAnEnd(t *testing.T) {
	file := filepath.Join(t.TempDir(), "edge.toml")
	require.NoError(t, os.WriteFile(file, make([]byte, most+1), 0o600))
	_, err := Load(file)
	assert.ErrorContains(t, err, "no configuration is so long")
}
