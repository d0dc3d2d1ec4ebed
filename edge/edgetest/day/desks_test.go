package day

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest"
	"dcedge/edge/edgetest/porttest"
	"dcedge/edge/edgetest/sitetest"
	"dcedge/firmware-sim/crew"
	simfloor "dcedge/firmware-sim/floor"
	"dcedge/firmware-sim/scenario"
)

// beltOf is a belt from the desks to a lane for each carrier, and printers at it.
func beltOf(t *testing.T, printers int) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "[mqtt]\nlisten = %q\n", porttest.Free(t))
	for i := range printers {
		fmt.Fprintf(&b, "[[device]]\nname = \"printer-%d\"\ndriver = \"zebra\"\nlink = \"tcp://%s\"\n", i+1, porttest.Free(t))
		fmt.Fprintf(&b, "[[station]]\nname = \"pack-%d\"\nprinters = [\"printer-%[1]d\"]\n", i+1)
	}
	for _, d := range [][2]string{{"eye-1", "photoeye"}, {"eye-9", "photoeye"}, {"enc-1", "photoeye"}, {"tunnel-1", "scanner"},
		{"d-cj", "divert"}, {"d-hanjin", "divert"}, {"d-lotte", "divert"}, {"d-logen", "divert"}} {
		fmt.Fprintf(&b, "[[device]]\nname = %q\ndriver = %q\nlink = \"mqtt:\"\n", d[0], d[1])
	}
	b.WriteString("[[belt]]\nname = \"line-1\"\nencoder = \"enc-1\"\npulse = 25\ninduct = \"eye-1\"\ntunnel = \"tunnel-1\"\ntunnelAt = 750\nend = \"eye-9\"\nendAt = 6500\n")
	for i, carrier := range []string{"cj", "hanjin", "lotte", "logen"} {
		fmt.Fprintf(&b, "[[belt.lane]]\nname = %q\ndivert = \"d-%[1]s\"\nat = %d\n", carrier, 2000+1200*i)
	}
	return b.String()
}

// theWMS cancels and holds orders whose boxes have just left the desk, and lets the
// held ones go again; it gives how many of each.
func theWMS(ctx context.Context, s *sitetest.Site) (cancelled, held int) {
	type change struct {
		id, client, order string
		at                time.Time
	}
	seen, n := map[string]bool{}, 0
	var later []change
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	say := func(c change, rev int, what string) {
		s.Push(fmt.Sprintf(`{"kind":"orderChange","id":"%s-%s","rev":%d,"client":%q,"order":%q,"change":%q,"reason":"wms"}`, c.id, what, rev, c.client, c.order, what))
	}
	for {
		select {
		case <-ctx.Done():
			return cancelled, held
		case <-tick.C:
		}
		for _, e := range boundOf(s) {
			if seen[e.Order] {
				continue
			}
			seen[e.Order] = true
			n++
			c := change{id: fmt.Sprintf("chg-%d", n), client: e.Client, order: e.Order, at: time.Now().Add(3 * time.Second)}
			switch n % 8 {
			case 3:
				say(c, 1, "cancel")
				cancelled++
			case 6:
				say(c, 1, "hold")
				held++
				later = append(later, c)
			}
		}
		for len(later) > 0 && time.Now().After(later[0].at) {
			say(later[0], 2, "release")
			later = later[1:]
		}
	}
}

// boundOf are the labels that were stuck on their boxes so far.
func boundOf(s *sitetest.Site) (out []boundBox) {
	feed := s.Do("GET", "/sync/v1/events?after=start&limit=10000", sitetest.WMSKey, nil)
	for line := range bytes.Lines(feed.Body) {
		var e boundBox
		if bytes.Contains(line, []byte(`"type":"waybill.bound"`)) && json.Unmarshal(line, &e) == nil {
			out = append(out, e)
		}
	}
	return out
}

// judgeWithout is the negative control: the same files but for the first event of
// a kind, with nothing to be seen of the gap.
func judgeWithout(t *testing.T, epoch, dir string, lost ...string) *edgetest.Oracle {
	t.Helper()
	isLost := func(line []byte) bool {
		return !slices.ContainsFunc(lost, func(part string) bool { return !bytes.Contains(line, []byte(part)) })
	}
	o, gone := edgetest.NewOracle(epoch), 0
	eachEvent(t, dir, func(line []byte) {
		if gone == 0 && isLost(line) {
			gone = 1
			return
		}
		var e struct{ Seq int }
		require.NoError(t, json.Unmarshal(line, &e))
		o.Line(bytes.Replace(line, fmt.Appendf(nil, `"seq":%d`, e.Seq), fmt.Appendf(nil, `"seq":%d`, e.Seq-gone), 1))
	})
	require.Equal(t, 1, gone, lost)
	return o
}

// ofDevices are the messages of the belt's devices: no person sent them.
func ofDevices(t *testing.T, dir string) (ids []string) {
	t.Helper()
	eachEvent(t, dir, func(line []byte) {
		var e struct{ Type, Scan, Worker string }
		require.NoError(t, json.Unmarshal(line, &e))
		if e.Worker == "" && strings.HasPrefix(e.Type, "parcel.") {
			ids = append(ids, e.Scan)
		}
	})
	return ids
}

type boundBox struct{ Order, Client string }

// dayWithDesks works a day on the whole simulated floor, its belt too: returns desks,
// the hospital, shifts that end, people who rest, a guest, a lead.
func dayWithDesks(t *testing.T, mix simfloor.Mix, pick string, orders int) {
	s := sitetest.Start(t, sitetest.Options{Pick: pick + "\n" + beltOf(t, 3)})
	zone, err := time.LoadLocation("Asia/Seoul")
	require.NoError(t, err)
	made, err := scenario.Generate(scenario.Config{Seed: 5, Orders: orders, SKUs: 2000, Returns: 12, Epoch: s.Epoch, Now: time.Now().In(zone)})
	require.NoError(t, err)
	var text, ledger bytes.Buffer
	_, err = made.WriteTo(&text)
	require.NoError(t, err)
	send(t, s, text.Bytes(), 0)
	old, err := simfloor.OldLabels(&text)
	require.NoError(t, err)
	config, err := os.ReadFile(s.Config)
	require.NoError(t, err)
	plan, err := simfloor.ReadPlan(config)
	require.NoError(t, err)
	plan.URL = s.URL
	traits := people()
	traits.Odd = .25
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))
	f, err := simfloor.New(simfloor.Config{Plan: plan, Seed: 7, Speed: 100, Pace: 6 * time.Second, NoReads: .05, Traits: traits, Ledger: &ledger, Old: old,
		Hours: crew.Hours{Shift: 6 * time.Minute, Work: 4 * time.Minute, Rest: 30 * time.Second},
		Staff: simfloor.Staff{Mix: mix, Pickers: 7, Packers: 3, Loaders: 2, Returns: 2, Hospital: 1, Guests: 1, Lead: made.CrewLead, PIN: made.CrewPIN},
		Idle:  200 * time.Millisecond, StopAfter: 25 * time.Second, Log: log})
	require.NoError(t, err)
	s.Printers = f.Printers()
	stop := puller(t, s)
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	wms, done := context.WithCancel(ctx)
	var wg sync.WaitGroup
	var cancelled, held int
	wg.Go(func() { cancelled, held = theWMS(wms, s) })
	require.NoError(t, f.Run(ctx))
	assert.NoError(t, ctx.Err(), "the day did not end")
	done()
	wg.Wait()

	dir := stop()
	o := judge(t, s.Epoch, dir)
	sum, stats := o.Totals(), f.Stats()
	t.Logf("%+v", sum)
	t.Logf("crew: %+v", stats)
	t.Logf("cancelled behind the desk %d, held %d", cancelled, held)
	assert.Empty(t, o.Faults())
	assert.Empty(t, o.Unfinished())
	assert.Empty(t, o.Listed(), "boxes that wait in the hospital")
	assert.Empty(t, o.Waiting(), "returns that nobody worked")
	assert.Empty(t, o.OnShift(), "people who did not go home")
	assert.Equal(t, orders, sum.Orders)
	assert.Equal(t, sum.Units, sum.Picked+sum.Short)
	onPaper(t, s, o)
	agree(t, s.Epoch, o, entriesOf(t, &ledger), ofDevices(t, dir)...)
	assert.Zero(t, stats.Broken)
	assert.Zero(t, stats.Errors)
	if mix == simfloor.AllOf {
		bad := judgeWithout(t, s.Epoch, dir, `"type":"box.stowed"`)
		assert.NotEmpty(t, bad.Faults(), "the oracle does not see that a box came into a cage")
	}
	for _, lost := range [][]string{{`"type":"return.graded"`}, {`"reason":"return"`}, {`"type":"return.closed"`},
		{`"type":"shift.started"`, `"worker":"w-`}, {`"type":"shift.ended"`, `"worker":"w-`}} {
		bad := judgeWithout(t, s.Epoch, dir, lost...)
		assert.NotZero(t, len(bad.Faults())+len(bad.Unfinished())+len(bad.Waiting())+len(bad.OnShift()), "the oracle does not see that %s is lost", lost)
	}
	labels := 0
	eachEvent(t, dir, func(line []byte) {
		if bytes.Contains(line, []byte(`"label":"scanned"`)) {
			labels++
		}
	})
	assert.Positive(t, labels, "no test label was scanned back")
	stowed, caged := 0, 0
	eachEvent(t, dir, func(line []byte) {
		switch {
		case bytes.Contains(line, []byte(`"type":"box.stowed"`)):
			stowed++
		case bytes.Contains(line, []byte(`"type":"box.loaded"`)) && bytes.Contains(line, []byte(`"container":`)):
			caged++
		}
	})
	t.Logf("boxes put in cages %d, on trucks in them %d", stowed, caged)
	if mix == simfloor.AllOf {
		assert.Positive(t, stowed, "no box was put in a cage")
		assert.Positive(t, caged, "no box left in a cage")
	}
	for what, n := range map[string]int64{"cancelled": int64(cancelled), "held": int64(held), "returns": stats.Parcels, "hospital": stats.Patients,
		"shifts": stats.Shifts, "rests": stats.Rests, "guests": stats.Guests, "handed over": stats.Handed, "taken over": stats.Taken, "cases": stats.Cases, "signed": stats.Signed} {
		assert.Positive(t, n, "no %s: the day was too tame", what)
	}
}
