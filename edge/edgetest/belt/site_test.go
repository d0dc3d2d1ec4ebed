package belt

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest"
	"dcedge/edge/edgetest/sitetest"
	"dcedge/firmware-sim/conveyor"
	"dcedge/firmware-sim/crew"
	"dcedge/firmware-sim/floor"
	"dcedge/firmware-sim/scenario"
)

// demoSite starts the built edge on the demo's configuration, at free ports, with
// a made-up day, and the floor that plays its devices and people.
func demoSite(t *testing.T, orders int) (*rig, *floor.Floor) {
	t.Helper()
	bin, err := program()
	require.NoError(t, err)
	lines, err := os.MkdirTemp("", "belt") // a socket's path is short
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(lines) })
	r := &rig{t: t, dir: t.TempDir(), bin: bin, http: free(t)}
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "configs", "demo.toml"))
	require.NoError(t, err)
	places := []string{"./run/data", filepath.Join(r.dir, "data"), "127.0.0.1:8080", r.http, "/tmp/dcedge-site", lines}
	for _, at := range []string{"127.0.0.1:1883", "127.0.0.1:9101", "127.0.0.1:9102", "127.0.0.1:9103", "127.0.0.1:9104"} {
		require.Contains(t, string(text), at)
		places = append(places, at, free(t))
	}
	config := strings.NewReplacer(places...).Replace(string(text))
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "edge.toml"), []byte(config), 0o600))
	plan, err := floor.ReadPlan([]byte(config))
	require.NoError(t, err)
	f, err := floor.New(floor.Config{Plan: plan, Seed: 1, Speed: 20, Pace: time.Second, Pickers: 6, Packers: 3, Loaders: 3, NoReads: 0.05,
		Refill: time.Second, Traits: crew.Traits{Wrong: .02, Repeat: .02, Cut: .01}})
	require.NoError(t, err)
	r.start()
	t.Cleanup(r.kill)
	made, err := scenario.Generate(scenario.Config{Seed: 1, Orders: orders, Epoch: r.site.Epoch, Now: time.Now().In(time.FixedZone("KST", 9*3600))})
	require.NoError(t, err)
	var all []string
	for _, x := range made.Records {
		line, err := json.Marshal(x)
		require.NoError(t, err)
		all = append(all, string(line))
	}
	r.site.Push(all...)
	return r, f
}

// shown are the devices of the page, and whether each is well.
func (r *rig) shown() map[string]bool {
	r.t.Helper()
	var list struct {
		Items []struct {
			Name string
			OK   bool
		}
	}
	r.site.Do("GET", "/devicez", "", nil).JSON(r.t, &list)
	out := map[string]bool{}
	for _, x := range list.Items {
		out[x.Name] = x.OK
	}
	return out
}

// pull takes a device away and gives it back, and tells how long the page took to
// say so.
func (r *rig) pull(f *floor.Floor, name string) (gone, back time.Duration) {
	r.t.Helper()
	away, give := `{"away":true}`, `{"away":false}`
	d := f.Device(name)
	switch {
	case strings.HasPrefix(name, "printer"):
		away, give = `{"refuse":true}`, `{"refuse":false}`
	case d == nil: // an eye on a pin: its board
		away, give, d = `{"pins":true}`, `{"pins":false}`, f.Conveyor()
	}
	until := func(what string, ok bool) time.Duration {
		act, err := d.Prepare(json.RawMessage(what))
		require.NoError(r.t, err, name)
		act()
		began := time.Now()
		require.Eventually(r.t, func() bool { return r.shown()[name] == ok }, 20*time.Second, 10*time.Millisecond, "%s: %s", name, what)
		return time.Since(began)
	}
	return until(away, false), until(give, true)
}

// loaded tells how many boxes have a label and how many are on a truck.
func loaded(events []event) (bound, trucks int) {
	for _, e := range events {
		switch e.Type {
		case "waybill.bound":
			bound++
		case "box.loaded":
			trucks++
		}
	}
	return bound, trucks
}

// Must show: the site of make run, with people, serial devices, an MQTT belt, pins
// and printers. Each device is pulled in turn while boxes travel: the page says
// so within 2 s, it comes back by itself, and every box gets to its truck once.
func TestTheDemoSitePulledApart(t *testing.T) {
	orders := 16 // make soak works hundreds
	if n, err := strconv.Atoi(os.Getenv("SITE_ORDERS")); err == nil {
		orders = n
	}
	r, f := demoSite(t, orders)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx) }()
	t.Cleanup(stop)
	well := func() bool {
		for _, ok := range r.shown() {
			if !ok {
				return false
			}
		}
		return true
	}
	require.Eventually(t, well, 30*time.Second, 50*time.Millisecond, "%v", r.shown())
	require.Eventually(t, func() bool { return len(f.Conveyor().Entries()) > 2 }, time.Minute, 50*time.Millisecond, "boxes on the belt")

	var slowestGone, slowestBack time.Duration
	pulled := 0
	for name := range r.shown() {
		if name == "mqtt" || name == "line-1" { // the edge's own
			continue
		}
		gone, back := r.pull(f, name)
		slowestGone, slowestBack = max(slowestGone, gone), max(slowestBack, back)
		pulled++
	}
	assert.Less(t, slowestGone, 2*time.Second, "told on the page")

	var bound, trucks int
	require.Eventually(t, func() bool {
		bound, trucks = loaded(pull(t, r.site))
		return bound >= orders && trucks == bound
	}, time.Duration(4+orders/20)*time.Minute, time.Second, "boxes to the trucks")
	require.Eventually(t, well, 20*time.Second, 50*time.Millisecond)
	stop()
	require.NoError(t, <-ended)
	r.judged(f.Conveyor().Entries(), f)
	t.Logf("%d orders, %d boxes bound, %d on trucks; %d devices pulled: told within %v, back within %v", orders, bound, trucks, pulled, slowestGone, slowestBack)
}

// judged looks at the pulled events and at where the parcels really went.
func (r *rig) judged(entries []conveyor.Entry, f *floor.Floor) {
	r.t.Helper()
	own := map[string]string{"65": "cj", "52": "hanjin", "31": "lotte", "94": "logen"}
	for _, e := range entries {
		assert.Contains(r.t, []string{own[e.Codes[0][:2]], "hospital"}, e.Where, "parcel %v", e.Codes)
	}
	told := map[string]int{}
	for _, e := range pull(r.t, r.site) {
		if e.Data.Read != "" && (e.Type == "parcel.read" || e.Type == "parcel.noRead") {
			told[e.Data.Read]++
		}
	}
	for _, x := range f.Conveyor().Tunnel().Reads() {
		assert.Equal(r.t, 1, told[x.ID], "read %s", x.ID)
	}
	o := edgetest.NewOracle(r.site.Epoch)
	for after := "start"; ; {
		feed := r.site.Do("GET", "/sync/v1/events?limit=10000&after="+url.QueryEscape(after), sitetest.WMSKey, nil)
		head, lines, _ := bytes.Cut(feed.Body, []byte("\n"))
		var batch struct {
			Batch struct {
				Count int
				Next  string
			}
		}
		require.NoError(r.t, json.Unmarshal(head, &batch))
		if after = batch.Batch.Next; batch.Batch.Count == 0 {
			break
		}
		for line := range bytes.Lines(lines) {
			o.Line(bytes.TrimSuffix(line, []byte("\n")))
		}
	}
	assert.Empty(r.t, o.Faults())
}
