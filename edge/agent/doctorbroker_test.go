package agent

import (
	"context"
	"net"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/porttest"
	"dcedge/firmware-sim/lights"
	"dcedge/firmware-sim/wire"
)

const walled = plain + `
[mqtt]
BROKER
[[device]]
name = "cell-1"
driver = "light"
link = "mqtt:"
[[device]]
name = "cell-2"
driver = "light"
link = "mqtt:"
[[device]]
name = "eye-1"
driver = "photoeye"
link = "gpio+sim://PINS/pin?pin=EYE1"
[[device]]
name = "eye-2"
driver = "photoeye"
link = "gpio+sim://PINS/none?pin=EYE2"
`

// aside runs a simulator until the test ends.
func aside(t *testing.T, run func(context.Context) error) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	t.Cleanup(func() { stop(); assert.NoError(t, <-done) })
}

func findings(t *testing.T, text string, env Env, change ...string) map[string]Finding {
	t.Helper()
	found := map[string]Finding{}
	for _, f := range Doctor(t.Context(), configOf(t, text, change...), env) {
		assert.True(t, f.OK || f.Do != "", "a fault without what to do: %+v", f)
		if !f.OK || found[f.Part].Part == "" {
			found[f.Part] = f
		}
	}
	return found
}

func TestDoctorAsksWhatIsBehindTheBrokerAndOnPins(t *testing.T) {
	addr, dir := porttest.Free(t), t.TempDir()
	l, err := lights.New(lights.Config{Broker: wire.Broker{URL: "tcp://" + addr}, Site: "TEST", Name: "cell-1", Class: lights.Put})
	require.NoError(t, err)
	aside(t, l.Run)
	pins, err := wire.NewPins(filepath.Join(dir, "pin"), "EYE1")
	require.NoError(t, err)
	aside(t, pins.Run)
	<-pins.Ready()
	found := findings(t, walled, env, "BROKER", `listen = "`+addr+`"`, "PINS", dir)
	assert.True(t, found["mqtt"].OK, "%+v", found["mqtt"])
	assert.True(t, found["cell-1"].OK, "%+v", found["cell-1"])
	assert.False(t, found["cell-2"].OK)
	assert.Contains(t, found["cell-2"].Do, "may speak there as cell-2")
	assert.True(t, found["eye-1"].OK, "%+v", found["eye-1"])
	assert.False(t, found["eye-2"].OK)
}

func TestDoctorOfABrokerThatCannotBeHad(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, taken.Close()) })
	for name, broker := range map[string]string{
		"the port is another's": `listen = "` + taken.Addr().String() + `"`,
		"no broker is there":    `broker = "tcp://` + porttest.Free(t) + `"`,
		"no password":           `broker = "tcp://` + porttest.Free(t) + "\"\nuser = \"edge\"\npasswordEnv = \"NONE\"",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := findings(t, walled, func(k string) string {
				if k == "NONE" {
					return ""
				}
				return env(k)
			}, "BROKER", broker, "PINS", t.TempDir())
			assert.False(t, found["mqtt"].OK, "%+v", found["mqtt"])
			assert.Contains(t, found["cell-1"].Do, "first see to the broker")
			assert.Equal(t, name == "no password", !found["keys"].OK)
		})
	}
}
