package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Two devices on one line would each take the other's answers for their own.
func TestOneDeviceOnALine(t *testing.T) {
	add := func(driver, link string) string {
		return "[[device]]\nname = \"second\"\ndriver = \"" + driver + "\"\nlink = \"" + link + "\"\n"
	}
	tty := good + strings.Replace(add("scale", "serial:///dev/ttyUSB0?baud=9600"), "second", "first", 1)
	lane := "[[belt.lane]]\nname = \"L2\"\ndivert = \"divert-1\"\nat = "
	for name, f := range map[string]struct{ text, path, what string }{
		"one address":        {good + add("zebra", "tcp://127.0.0.1:9100"), "device[1].link", "the line of printer-1"},
		"which of them":      {good + add("scale", "tcp://127.0.0.1:9100"), "device[1].link", "that of second too"},
		"as IPv6":            {good + add("zebra", "tcp://[::ffff:127.0.0.1]:09100"), "device[1].link", "the line of printer-1"},
		"by another name":    {good + add("zebra", "tcp://localhost:9100"), "device[1].link", "the line of printer-1"},
		"one serial line":    {tty + add("scanner", "serial:///dev/../dev/ttyUSB0?baud=115200"), "device[2].link", "/dev/ttyUSB0 is the line of first"},
		"a broker and pages": {strings.Replace(good, ":0\"", ":8080\"", 1) + "[mqtt]\nlisten = \"127.0.0.1:8080\"\n", "mqtt.listen", "[http] listen"},
		"a divert twice":     {good + line + lane + "2600\n", "belt[0].lane[1].divert", "2000 mm of belt[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Contains(t, linesOf(t, f.text), f.path)
			_, err := Parse("x.toml", []byte(f.text))
			assert.ErrorContains(t, err, f.what)
		})
	}
	_, err := Parse("x.toml", []byte(strings.Replace(good+line, "divert = \"divert-1\"\n", "", 1)+strings.Replace(lane, "divert = \"divert-1\"\n", "", 1)+"2600\n"))
	assert.NotContains(t, err.Error(), "stands at", "what names no divert names none twice")
	for name, text := range map[string]string{
		"another port":     good + add("zebra", "tcp://127.0.0.1:9101"),
		"one on each side": good + line + lane + "2000\n",
	} {
		_, err := Parse("x.toml", []byte(text))
		require.NoError(t, err, name)
	}
}
