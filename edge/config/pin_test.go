package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// onPins is line with its divert and a stack light on pins, and an eye in the lane.
func onPins() string {
	text := strings.Replace(line, "driver = \"divert\"\nlink = \"mqtt:\"", "driver = \"divert\"\nlink = \"gpio://GPIO22?pulse=150ms&invert=true\"", 1)
	text = strings.Replace(text, "[[belt]]\n", `[[device]]
name = "in-1"
driver = "photoeye"
link = "gpio://GPIO23?denoise=2ms"
[[device]]
name = "tower-1"
driver = "stacklight"
link = "gpio://?red=GPIO5&amber=GPIO6&green=GPIO13&buzzer=GPIO19"
[[belt]]
stacklight = "tower-1"
`, 1)
	return strings.Replace(text, "at = 2000\n", "at = 2000\nconfirm = \"in-1\"\nlead = 40\n", 1)
}

func TestDivertsAndLightsOnPins(t *testing.T) {
	c, err := Parse("x.toml", []byte(good+onPins()))
	require.NoError(t, err)
	l := c.Belts[0].Layout()
	assert.Empty(t, l.Check())
	assert.Equal(t, "in-1", l.Lanes[0].Confirm)
	assert.EqualValues(t, 40, l.Lanes[0].Lead)
	assert.Equal(t, []string{"eye-1", "eye-9", "in-1"}, c.Belts[0].Eyes())

	for name, f := range map[string]struct{ old, new, path, what string }{
		"nobody confirms":       {"confirm = \"in-1\"\n", "", "belt[0].lane[0].divert", "nothing is guessed"},
		"confirmed by a scale":  {"confirm = \"in-1\"", "confirm = \"divert-1\"", "belt[0].lane[0].confirm", "photoeye"},
		"by the end eye":        {"confirm = \"in-1\"", "confirm = \"eye-9\"", "belt[0].lane[0].confirm", "used by"},
		"at the broker":         {"link = \"gpio://GPIO22?pulse=150ms&invert=true\"", "link = \"mqtt:\"", "belt[0].lane[0]", "at the broker"},
		"a pulse too long":      {"pulse=150ms", "pulse=240ms", "belt[0].lane[0].divert", "the next parcel"},
		"a pulse of no time":    {"pulse=150ms", "pulse=0s", "device[4].link", "pulse"},
		"a pull of an output":   {"pulse=150ms", "pull=up", "device[4].link", "not known"},
		"a pin of two":          {"gpio://GPIO23?denoise=2ms", "gpio://GPIO22", "device[5].link", "GPIO22 is that of divert-1"},
		"a lamp on the divert":  {"red=GPIO5", "red=GPIO22", "device[6].link", "GPIO22 is that of divert-1"},
		"two lamps on a pin":    {"red=GPIO5", "red=GPIO6", "device[6].link", "already"},
		"no lamp":               {"gpio://?red=GPIO5&amber=GPIO6&green=GPIO13&buzzer=GPIO19", "gpio://?invert=true", "device[6].link", "a pin at least"},
		"a light of one pin":    {"gpio://?red=GPIO5&amber=GPIO6&green=GPIO13&buzzer=GPIO19", "gpio://GPIO5", "device[6].link", "as an option"},
		"a lamp that is none":   {"buzzer=GPIO19", "blue=GPIO19", "device[6].link", "not known"},
		"fired before it reads": {"lead = 40", "lead = 1400", "belt[0].lane[0].lead", "before its parcel is read"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, good+onPins(), f.old)
			text := good + strings.Replace(onPins(), f.old, f.new, 1)
			assert.Contains(t, linesOf(t, text), f.path)
			_, err := Parse("x.toml", []byte(text))
			assert.ErrorContains(t, err, f.what)
		})
	}
}
