package belt

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/porttest"
	"dcedge/edge/edgetest/sitetest"
	"dcedge/firmware-sim/conveyor"
	"dcedge/firmware-sim/scanner"
	"dcedge/firmware-sim/wire"
)

// programs is where the edge is built for the tests; "" before.
var programs string

// program builds bin/edge once for all tests.
var program = sync.OnceValues(func() (string, error) {
	var err error
	if programs, err = os.MkdirTemp("", "edge-belt"); err != nil {
		return "", err
	}
	bin := filepath.Join(programs, "edge")
	out, err := exec.Command("go", "build", "-o", bin, "dcedge/cmd/edge").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return bin, err
})

// built is the edge as a program of its own. Where the race detector watches the tests
// (BUILT=later) it would see nothing of that process: those tests run without it.
func built(t *testing.T) string {
	t.Helper()
	if os.Getenv("BUILT") == "later" {
		t.Skip("BUILT=later: what the built edge does is tested without the race detector (tools/test.sh)")
	}
	bin, err := program()
	require.NoError(t, err)
	return bin
}

func TestMain(m *testing.M) {
	code := m.Run()
	if programs != "" {
		_ = os.RemoveAll(programs)
	}
	os.Exit(code)
}

// rig is a built edge with a belt that runs much faster than life, in step with
// what its devices tell.
type rig struct {
	t      *testing.T
	dir    string
	bin    string
	http   string
	broker string // address of the broker
	site   *sitetest.Site
	line   *conveyor.Conveyor
	hand   *scanner.Tunnel // at hospital

	cmd  *exec.Cmd
	said *bytes.Buffer
}

// The line: places of the simulator are counted from the start of its belt, the
// edge's from the induct eye, a metre further.
const (
	inductAt = 1000
	pulse    = 50
)

func layout() conveyor.Layout {
	return conveyor.Layout{Length: 6000, Pulse: pulse, Counter: "enc-1", Light: "stack-1",
		Eyes:   []conveyor.Eye{{Name: "eye-1", At: inductAt}, {Name: "eye-9", At: inductAt + 4000}, {Name: "eye-full", Lane: "L2"}},
		Tunnel: conveyor.Place{Name: "tunnel-1", At: inductAt + 750}, Weigher: conveyor.Place{Name: "w-1", At: inductAt + 300},
		Diverts: []conveyor.Divert{{Name: "d-1", At: inductAt + 1500, Lanes: []string{"L1"}}, {Name: "d-2", At: inductAt + 2200, Lanes: []string{"L2"}}, {Name: "d-9", At: inductAt + 2900, Lanes: []string{"round"}}},
		Lanes:   []conveyor.Lane{{Name: "round", Loop: 1000}}}
}

const beltConfig = `
[[belt]]
name = "line-1"
speed = 100000
encoder = "enc-1"
pulse = 50
stacklight = "stack-1"
hospital = "scan-h"
induct = "eye-1"
weigher = "w-1"
weighAt = 300
tunnel = "tunnel-1"
tunnelAt = 750
window = 100
end = "eye-9"
endAt = 4000
loop = "round"
maxLength = 500
slack = 70
minGap = 280
late = "3s"
[[belt.lane]]
name = "L1"
divert = "d-1"
at = 1500
[[belt.lane]]
name = "L2"
divert = "d-2"
at = 2200
full = "eye-full"
[[belt.lane]]
name = "round"
divert = "d-9"
at = 2900
`

// newRig makes a site with so many packed boxes; nothing runs yet. broker is the
// URL of another broker, or empty for the embedded one.
func newRig(t *testing.T, boxes int, broker string) (*rig, []label) {
	t.Helper()
	devices := ""
	for _, d := range [][2]string{{"eye-1", "photoeye"}, {"eye-9", "photoeye"}, {"eye-full", "photoeye"}, {"enc-1", "photoeye"}, {"tunnel-1", "scanner"}, {"scan-h", "scanner"}, {"w-1", "weigher"},
		{"d-1", "divert"}, {"d-2", "divert"}, {"d-9", "divert"}, {"stack-1", "stacklight"}} {
		devices += mqttDevice(d[0], d[1])
	}
	return newRigOf(t, boxes, broker, devices+beltConfig)
}

// newRigOf is newRig with devices and a belt of its own.
func newRigOf(t *testing.T, boxes int, broker, line string) (*rig, []label) {
	t.Helper()
	bin := built(t)
	r := &rig{t: t, dir: t.TempDir(), bin: bin, http: porttest.Free(t), broker: broker}
	mqtt := fmt.Sprintf("broker = %q", broker)
	if broker == "" {
		listen := porttest.Free(t)
		mqtt, r.broker = fmt.Sprintf("listen = %q", listen), "tcp://"+listen
	}
	config := fmt.Sprintf("site = \"ICN1\"\ndata = %q\n[http]\nlisten = %q\n[pii]\nkeyEnv = \"EDGE_PII_KEY\"\n[login]\ndevices = \"open\"\n[[consumer]]\nname = \"wms\"\nkeyEnv = \"EDGE_WMS_KEY\"\n"+
		"scopes = [\"events:read\", \"ack\", \"reference:write\"]\nrequired = true\n[mqtt]\n%s\n", filepath.Join(r.dir, "data"), r.http, mqtt)
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "edge.toml"), []byte(config+line), 0o600))
	labels := grow(t, filepath.Join(r.dir, "data"), boxes)
	t.Cleanup(r.kill)
	return r, labels
}

// start starts the edge, and waits until it takes scans.
func (r *rig) start() {
	r.t.Helper()
	r.said = &bytes.Buffer{}
	r.cmd = exec.Command(r.bin, "run", "--config", filepath.Join(r.dir, "edge.toml"), "--log", "info")
	r.cmd.Stdout, r.cmd.Stderr = r.said, r.said
	for _, name := range []string{"EDGE_PII_KEY", "EDGE_WMS_KEY", "EDGE_AUDIT_KEY"} {
		r.cmd.Env = append(r.cmd.Env, name+"="+sitetest.Env(name))
	}
	require.NoError(r.t, r.cmd.Start())
	require.Eventually(r.t, func() bool {
		a, err := http.Get("http://" + r.http + "/readyz")
		return err == nil && a.Body.Close() == nil && a.StatusCode == http.StatusOK
	}, 30*time.Second, 20*time.Millisecond, "the edge is not ready: %s", r.said)
	r.site = sitetest.Attach(r.t, "http://"+r.http)
}

// kill ends the edge as a power cut does.
func (r *rig) kill() {
	if r.cmd != nil {
		_ = r.cmd.Process.Kill()
		_ = r.cmd.Wait() // it was killed
		r.cmd = nil
	}
}

// plan pushes carriers and the lane plan.
func (r *rig) plan() {
	r.site.Push(`{"kind":"client","id":"default"}`, `{"kind":"carrier","id":"cj","waybill":{"format":"cj"}}`, `{"kind":"carrier","id":"hanjin","waybill":{"format":"hanjin"}}`,
		`{"kind":"lane","id":"L1","carrier":"cj"}`, `{"kind":"lane","id":"L2","carrier":"hanjin"}`)
}

// devices starts the line and the hospital's scanner.
func (r *rig) devices(seed uint64) {
	r.t.Helper()
	r.play(conveyor.Config{Layout: layout(), Seed: seed, Clock: 1000, Patient: true})
}

// play starts a line and the hospital's scanner.
func (r *rig) play(c conveyor.Config) {
	r.t.Helper()
	var err error
	b := wire.Broker{URL: r.broker}
	c.Broker, c.Site = b, "ICN1"
	r.line, err = conveyor.New(c)
	require.NoError(r.t, err)
	r.hand, err = scanner.NewTunnel(scanner.TunnelConfig{Broker: b, Site: "ICN1", Name: "scan-h"})
	require.NoError(r.t, err)
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { _ = r.line.Run(ctx) })
	all.Go(func() { _ = r.hand.Run(ctx) })
	r.t.Cleanup(func() { stop(); all.Wait() })
	up, done := context.WithTimeout(ctx, 30*time.Second)
	defer done()
	require.NoError(r.t, r.line.WaitReady(up))
	<-r.hand.Ready()
}
