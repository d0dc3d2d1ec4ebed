package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// whole is a site with a device of every driver, most of them named by others.
func whole() string {
	text := strings.Replace(good+onPins(), "[[belt]]\n", `[[device]]
name = "weigh"
driver = "weigher"
link = "mqtt:"
[[device]]
name = "a4"
driver = "ipp"
link = "ipp://127.0.0.1/printers/a4"
[[device]]
name = "scale-1"
driver = "scale"
protocol = "cas10"
unit = "kg"
link = "serial:///dev/ttyUSB1"
[[device]]
name = "scan-1"
driver = "scanner"
protocol = "ssi"
bell = true
link = "serial:///dev/ttyUSB0"
station = "desk-1"
[[device]]
name = "cam"
driver = "camera"
link = "mqtt:"
station = "desk-1"
[[device]]
name = "W1-01"
driver = "light"
link = "mqtt:"
[[belt]]
weigher = "weigh"
weighAt = 300
`, 1) + `[pick]
printer = "printer-1"
[documents]
printer = "a4"
`
	for _, desk := range []string{"desk-1", "desk-2", "desk-3"} {
		text += "[[station]]\nname = \"" + desk + "\"\nprinters = [\"printer-1\"]\ndocuments = \"a4\"\nscale = \"scale-1\"\n"
	}
	return text
}

// A misspelt driver is one fault, not one more for each that names the device or for
// each key that it would have.
func TestAMisspeltDriverIsOneFault(t *testing.T) {
	_, err := Parse("x.toml", []byte(whole()))
	require.NoError(t, err)
	for _, d := range drivers {
		t.Run(d, func(t *testing.T) {
			text := strings.Replace(whole(), "driver = \""+d+"\"", "driver = \""+d+"s\"", 1)
			require.NotEqual(t, whole(), text)
			_, err := Parse("x.toml", []byte(text))
			var f *Faults
			require.ErrorAs(t, err, &f)
			assert.Len(t, f.List, 1, "%v", err)
			assert.ErrorContains(t, err, `"`+d+`s" is none of`)
		})
	}
}
