package config

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const line = `
[mqtt]
listen = "127.0.0.1:1883"
[[device]]
name = "eye-1"
driver = "photoeye"
link = "mqtt:?denoise=5ms&invert=true"
[[device]]
name = "eye-9"
driver = "photoeye"
link = "gpio+sim:///run/pins.sock?debounce=5ms"
[[device]]
name = "tunnel-1"
driver = "scanner"
link = "mqtt:"
[[device]]
name = "divert-1"
driver = "divert"
link = "mqtt:"
[[belt]]
name = "line-1"
induct = "eye-1"
tunnel = "tunnel-1"
tunnelAt = 700
end = "eye-9"
endAt = 6000
[[belt.lane]]
name = "L1"
divert = "divert-1"
at = 2000
`

func TestABeltWithItsDefaults(t *testing.T) {
	c, err := Parse("x.toml", []byte(good+line))
	require.NoError(t, err)
	b := c.Belts[0]
	assert.Equal(t, []int{1000, 600, 200, 40, 2, 30_000}, []int{b.Speed, b.MaxLength, b.MinGap, b.Slack, b.Rounds, b.MaxGrams})
	assert.Equal(t, 30*time.Minute, c.Policy("e", nil).SeenWithin)
	assert.Equal(t, []string{"eye-1", "eye-9"}, b.Eyes())
	l := b.Layout()
	assert.Empty(t, l.Check())
	assert.Equal(t, []int64{650, 750}, []int64{l.ReadFrom, l.ReadTo})
	coarse, err := Parse("x.toml", []byte(good+strings.Replace(strings.Replace(line, "[[belt]]", "[[belt]]\npulse = 25", 1), "tunnelAt = 700", "tunnelAt = 750", 1)))
	require.NoError(t, err)
	assert.Equal(t, 70, coarse.Belts[0].Slack, "a coarse encoder needs more of it")
	none, err := Parse("x.toml", []byte(good))
	require.NoError(t, err)
	assert.Zero(t, none.Policy("e", nil).SeenWithin, "without a belt no box is missed by it")
}

// linesOf are the lines of what is wrong with a text, by path.
func linesOf(t *testing.T, text string) map[string]int {
	t.Helper()
	_, err := Parse("x.toml", []byte(text))
	var f *Faults
	require.ErrorAs(t, err, &f)
	got := map[string]int{}
	for _, x := range f.List {
		assert.NotZero(t, x.Line, "%s: %s", x.Path, x.What)
		got[x.Path] = x.Line
	}
	return got
}

func TestEveryFaultOfABeltAndItsBroker(t *testing.T) {
	// where a text's line is in a whole file
	at := func(text, what string) int { return 1 + strings.Count(text[:strings.Index(text, what)], "\n") }

	bad := good + line + `
full = "eye-1"
[[belt.lane]]
name = "hospital"
divert = "divert-7"
at = 100
[[belt]]
name = "line-1"
induct = "tunnel-1"
tunnel = "tunnel-1"
tunnelAt = 20
minGap = 50
pulse = 90
slack = 40
endAt = 900
speeed = 5
[[belt.lane]]
name = "L1"
divert = "divert-1"
at = 800
`
	got := linesOf(t, bad)
	second := bad[:strings.LastIndex(bad, "[[belt]]")]
	from := strings.Count(second, "\n")
	for path, want := range map[string]int{
		"belt[0].lane[0].full":   at(bad, `full = "eye-1"`),
		"belt[0].lane[1].divert": at(bad, `divert = "divert-7"`),
		"belt[0].lane[1]":        at(bad, "[[belt.lane]]\nname = \"hospital\""),
		"belt[1].name":           from + 2,
		"belt[1].induct":         from + 3,
		"belt[1].tunnel":         from + 4,
		"belt[1].tunnelAt":       from + 5,
		"belt[1].minGap":         from + 6,
		"belt[1].pulse":          from + 7,
		"belt[1].speeed":         from + 10,
		"belt[1].end":            from + 1,
		"belt[1].lane[0].name":   from + 12,
	} {
		assert.Equal(t, want, got[path], "%s in %v", path, got)
	}

	for name, c := range map[string]struct{ old, new, path string }{
		"no broker":               {"[mqtt]\nlisten = \"127.0.0.1:1883\"\n", "", "device[1].link"},
		"an eye's option":         {"denoise=5ms", "denoise=5", "device[1].link"},
		"open to the network":     {`listen = "127.0.0.1:1883"`, `listen = "0.0.0.0:1883"`, "device[3]"},
		"password at the wrong":   {`listen = "127.0.0.1:1883"`, "listen = \"127.0.0.1:1883\"\nuser = \"edge\"", "mqtt.user"},
		"a broker that is none":   {`listen = "127.0.0.1:1883"`, `broker = "http://x"`, "mqtt.broker"},
		"both":                    {`listen = "127.0.0.1:1883"`, "listen = \"127.0.0.1:1883\"\nbroker = \"tcp://10.0.0.1:1883\"", "mqtt.listen"},
		"half a certificate":      {`listen = "127.0.0.1:1883"`, "listen = \"127.0.0.1:1883\"\ncert = \"a.pem\"", "mqtt.cert"},
		"a tunnel without a belt": {"tunnel = \"tunnel-1\"\n", "", "device[3]"},
		"a divert on a wire":      {"driver = \"divert\"\nlink = \"mqtt:\"", "driver = \"divert\"\nlink = \"tcp://10.0.0.4:1\"", "device[4].link"},
		"a secret for a pin":      {"link = \"gpio+sim:///run/pins.sock?debounce=5ms\"", "link = \"gpio+sim:///run/pins.sock\"\npasswordEnv = \"K\"", "device[2]"},
		"two secrets":             {"driver = \"divert\"\n", "driver = \"divert\"\nclient = \"tunnel-1\"\npasswordEnv = \"K\"\n", "device[4].passwordEnv"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, good+line, c.old)
			assert.Contains(t, linesOf(t, strings.Replace(good+line, c.old, c.new, 1)), c.path)
		})
	}
}

func TestAnExternalBroker(t *testing.T) {
	c, err := Parse("x.toml", []byte(strings.Replace(good+line, `listen = "127.0.0.1:1883"`, "broker = \"tls://10.0.0.5:8883\"\nuser = \"edge\"\npasswordEnv = \"EDGE_MQTT\"", 1)))
	require.NoError(t, err)
	assert.False(t, c.MQTT.Embedded())
}

// TestAPlaceThatCannotBe: each place is told at its own key, with the value that
// the key wants.
func TestAPlaceThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct{ old, new, says string }{
		"tunnel below 0":  {"tunnelAt = 700", "tunnelAt = -700", "tunnelAt is at least 690"},
		"tunnel too near": {"tunnelAt = 700", "tunnelAt = 689", "tunnelAt is at least 690"},
		"weigher below 0": {"endAt = 6000", "endAt = 6000\nweighAt = -1", "weighAt: must not be negative"},
		"end below 0":     {"endAt = 6000", "endAt = -1", "endAt: must lie behind the tunnel's window, at more than 790"},
		"no end":          {"endAt = 6000\n", "", "endAt: must lie behind the tunnel's window, at more than 790"},
		"lane below 0":    {"at = 2000", "at = -2000", "belt[0].lane[0].at: its divert must lie between the tunnel's window and the end, from 790 to 6000"},
		"lane too far":    {"at = 2000", "at = 6000", "belt[0].lane[0].at: its divert"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, line, c.old)
			text := good + strings.Replace(line, c.old, c.new, 1)
			_, err := Parse("x.toml", []byte(text))
			require.ErrorContains(t, err, c.says)
			assert.Len(t, linesOf(t, text), 1, "one fault, not its consequences: %v", err)
		})
	}
	_, err := Parse("x.toml", []byte(good+strings.Replace(line, "tunnelAt = 700", "tunnelAt = 690", 1)))
	require.NoError(t, err)
}
