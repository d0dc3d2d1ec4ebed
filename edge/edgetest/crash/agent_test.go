package crash

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/agent"
	"dcedge/edge/config"
	"dcedge/edge/edgetest"
)

// openWhole opens everything that an edge consists of, keys and vault too, and
// closes it again.
func openWhole(dir string) error {
	file := dir + ".toml"
	err := os.WriteFile(file, fmt.Appendf(nil, "site = \"CRASH\"\ndata = %q\n[http]\nlisten = \"127.0.0.1:0\"\ntls = \"off\"\n[pii]\nkeyEnv = \"PII\"\n[login]\ndevices = \"open\"\n"+
		"[[consumer]]\nname = \"wms\"\nkeyEnv = \"WMS\"\nscopes = [\"events:read\", \"ack\"]\nrequired = true\n", dir), 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(file)
	cfg, err := config.Load(file)
	if err != nil {
		return err
	}
	env := func(string) string { return base64.StdEncoding.EncodeToString(piiKey()) }
	a, err := agent.Open(cfg, env, slog.New(slog.DiscardHandler), func(string) {})
	if err != nil {
		return err
	}
	return a.Close()
}

func piiKey() []byte { return []byte(strings.Repeat("\x07", 32)) }

// TestChecksCanFail holds that the checks of this package see what they are for.
func TestChecksCanFail(t *testing.T) {
	r := &rig{epoch: "E", t: t}
	p := newPuller(r)
	h := newHand(r, 1, "pick", true)
	now := time.Now().Format(time.RFC3339Nano)
	answered := func(seq int) *message {
		m := h.scan("X")
		m.first = &verdict{ID: m.id, Code: "wrong", Receipt: fmt.Appendf(nil, `{"epoch":"E","seq":%d}`, seq)}
		return m
	}
	good, late, lost := answered(1), answered(3), answered(9)
	for i, m := range []*message{good, late} {
		p.oracle.Line(fmt.Appendf(nil, `{"seq":%d,"at":"%s","type":"scan.refused","scan":"%s","data":{}}`, i+1, now, m.id))
	}
	require.Empty(t, p.oracle.Faults())
	p.check(h, 0)
	require.Len(t, h.faults, 2)
	assert.Contains(t, h.faults[0], "I2: "+late.id)
	assert.Contains(t, h.faults[1], "I1: "+lost.id)

	h.faults = nil
	h.settle(&verdict{T: "verdict", ID: good.id, Code: "wrong", Receipt: good.first.Receipt, Repeat: true}, true)
	assert.Empty(t, h.faults)
	h.settle(&verdict{T: "verdict", ID: good.id, Code: "wrong", Receipt: good.first.Receipt}, true)
	h.settle(&verdict{T: "verdict", ID: good.id, Code: "ok", Receipt: good.first.Receipt, Repeat: true}, true)
	assert.Len(t, h.faults, 2, "decided twice, or otherwise than before")

	p.oracle.Line(fmt.Appendf(nil, `{"seq":4,"at":"%s","type":"scan.refused","data":{}}`, now))
	assert.NotEmpty(t, p.oracle.Faults(), "a gap")
	other := edgetest.NewOracle("F")
	assert.NotEqual(t, other.Hash(), edgetest.NewOracle("E").Hash())

	chain := [][32]byte{{1}, {2}, {3}}
	past := &history{epoch: "E", chain: chain, states: map[uint64]string{1: "s"}}
	for name, l := range map[string]*left{
		"another history": {epoch: "E", chain: [][32]byte{{1}, {9}}},
		"more":            {epoch: "E", chain: append(chain, [32]byte{4})},
		"another state":   {epoch: "E", chain: chain[:2], state: "x", head: place(1)},
		"lost":            {epoch: "E", chain: chain[:2], state: "s", head: place(1)},
		"begun anew":      {epoch: "G", chain: chain[:1]},
	} {
		assert.Error(t, l.contradicts(past, []claim{{id: "m", seq: 2}}), name)
	}
}
