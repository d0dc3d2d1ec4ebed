package day

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
	"dcedge/firmware-sim/crew"
	simfloor "dcedge/firmware-sim/floor"
	"dcedge/firmware-sim/printer"
	"dcedge/firmware-sim/scenario"
)

// designPeak is what a site is built for (orders an hour at its peak); a peak day
// brings two and a half times as much.
const designPeak = 1500

// peakOrders is how many orders the day has: PEAK_ORDERS, 20,000 in make soak.
func peakOrders() int {
	if n, err := strconv.Atoi(os.Getenv("PEAK_ORDERS")); err == nil && n > 0 {
		return n
	}
	return 300
}

// TestPeakDay: the orders of a peak day, 3 % wrong scans, 1 % of lines short, 2 %
// of orders changed wherever they happen to be, one printer without paper and one
// without power for a while. The day is finished, and the pulled events alone say
// that it was done right; every change has one answer.
func TestPeakDay(t *testing.T) {
	t.Parallel()
	n := peakOrders()
	s := sitetest.Start(t, sitetest.Options{Printers: 4, Clock: 100, Keep: n + 1000, Share: true})
	orders := peakDay(t, s, n)
	stop := puller(t, s)
	traits := people()
	traits.Wrong = .03
	began := time.Now()
	var asked []string
	stats, entries := workWith(t, s, simfloor.People(24, 8, 3), traits, limit()*time.Duration(1+n/1000), func(ctx context.Context, c *crew.Crew) {
		var wg sync.WaitGroup
		wg.Go(func() { breakTwo(ctx, c, s.Printers, n) })
		asked = changeSome(ctx, t, c, s, orders)
		wg.Wait()
	})
	took := time.Since(began)
	dir := stop()
	o := judge(t, s.Epoch, dir)
	sum := o.Totals()
	rate := float64(n) / took.Hours()
	t.Logf("%d orders in %s: %.0f an hour, %.1f times the peak of a peak day (%d)", n, took.Round(time.Millisecond), rate, rate/(2.5*designPeak), designPeak*5/2)
	t.Logf("events: %+v", sum)
	t.Logf("crew: %+v", stats)
	t.Logf("verdicts, as their sender saw them: %s", waits(entries))

	assert.Empty(t, o.Faults())
	assert.Empty(t, o.Unfinished())
	assert.Equal(t, n, sum.Orders)
	assert.GreaterOrEqual(t, sum.Picked, sum.Packed)
	onPaper(t, s, o)
	assert.GreaterOrEqual(t, out(s.Printers), sum.Loaded)
	verdicts, unknown := agree(t, s.Epoch, o, entries)
	t.Logf("%d verdicts agree with the log, %d unknown", verdicts, unknown)
	assert.Zero(t, stats.Broken, "repeats answered otherwise than the first time")
	assert.Positive(t, stats.Shorts)

	given := answers(t, dir)
	for _, id := range asked {
		assert.Len(t, given[id], 1, "answers to change %s", id)
	}
	count := map[string]int{}
	for _, a := range given {
		for _, what := range a {
			count[what]++
		}
	}
	t.Logf("%d changes: %v", len(asked), count)
	assert.GreaterOrEqual(t, len(asked), n*2/100)
}

// peakDay pushes a made-up site and n orders, and gives the orders as pushed.
func peakDay(t *testing.T, s *sitetest.Site, n int) []map[string]any {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Seoul")
	require.NoError(t, err)
	made, err := scenario.Generate(scenario.Config{Seed: 11, Orders: n, SKUs: 2000, Epoch: s.Epoch, Now: time.Now().In(zone)})
	require.NoError(t, err)
	var text bytes.Buffer
	_, err = made.WriteTo(&text)
	require.NoError(t, err)
	var orders []map[string]any
	for line := range bytes.Lines(text.Bytes()) {
		var r map[string]any
		require.NoError(t, json.Unmarshal(line, &r))
		if r["kind"] == "order" {
			orders = append(orders, r)
		}
	}
	send(t, s, text.Bytes(), 0)
	return orders
}

// reached waits until so many labels are on their boxes; false when the day ends
// first.
func reached(ctx context.Context, c *crew.Crew, labels int) bool {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for int(c.Stats().Waybills)/2 < labels { // scanned on the box and at the truck
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
	return true
}

// breakTwo has one printer without paper after a third of the day and another one
// unplugged after two thirds, each for a twentieth of it.
func breakTwo(ctx context.Context, c *crew.Crew, printers []*printer.Printer, n int) {
	if reached(ctx, c, n/3) {
		printers[0].SetPaper(0)
		reached(ctx, c, n/3+n/20)
	}
	printers[0].SetPaper(-1)
	if reached(ctx, c, n*2/3) {
		printers[1].SetFaults(printer.Faults{Refuse: true})
		reached(ctx, c, n*2/3+n/20)
	}
	printers[1].SetFaults(printer.Faults{})
}

// changeSome changes 2 % of the orders while the crew works, of every kind, wherever
// they are; it gives the ids of the changes that were pushed.
func changeSome(ctx context.Context, t *testing.T, c *crew.Crew, s *sitetest.Site, orders []map[string]any) (ids []string) {
	rng := rand.New(rand.NewPCG(5, 5))
	kinds := []string{"cancel", "cancel", "cancel", "cancelLine", "reduceLine", "hold", "readdress", "priority"}
	n := len(orders) * 2 / 100
	var open []string // held: released one change later
	for i, at := range rng.Perm(len(orders))[:n] {
		if !reached(ctx, c, len(orders)*8/10*i/n) {
			return ids
		}
		o := orders[at]
		lines := o["lines"].([]any)
		line := lines[rng.IntN(len(lines))].(map[string]any)
		r := map[string]any{"kind": "orderChange", "id": fmt.Sprintf("chg-%05d", i), "rev": 1, "order": o["id"], "change": kinds[i%len(kinds)]}
		if client, ok := o["client"]; ok {
			r["client"] = client
		}
		release := ""
		switch r["change"] {
		case "cancelLine":
			r["line"] = line["id"]
		case "reduceLine":
			r["line"], r["quantity"] = line["id"], 1
		case "hold":
			release = "held"
		case "readdress":
			r["recipient"], r["routing"] = orders[(at+1)%len(orders)]["recipient"], map[string]any{"sortCode": "1K23", "subCode": "7a", "version": "2026-11"}
			release = "readdressed"
		case "priority":
			r["priority"] = 9
		}
		batch := append(open, record(t, r))
		ids = append(ids, r["id"].(string))
		open = nil
		if release != "" {
			r["id"], r["rev"], r["change"], r["reason"] = r["id"].(string)+"-r", 2, "release", release
			delete(r, "recipient")
			delete(r, "routing")
			open = []string{record(t, r)}
			ids = append(ids, r["id"].(string))
		}
		send(t, s, []byte(strings.Join(batch, "")), 0)
	}
	if len(open) > 0 {
		send(t, s, []byte(strings.Join(open, "")), 0)
	}
	return ids
}

func record(t *testing.T, r map[string]any) string {
	line, err := json.Marshal(r)
	require.NoError(t, err)
	return string(line) + "\n"
}

// answers reads from the pulled events what became of every change: its kind and
// how far the order had come.
func answers(t *testing.T, dir string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	eachEvent(t, dir, func(line []byte) {
		var e struct {
			Type string `json:"type"`
			Data struct{ Change, Kind, Step, Truck string }
		}
		require.NoError(t, json.Unmarshal(line, &e))
		switch e.Type {
		case "order.changed", "order.cancelStopped", "order.cancelTooLate":
			if e.Data.Change != "" {
				all[e.Data.Change] = append(all[e.Data.Change], strings.Join([]string{strings.TrimPrefix(e.Type, "order."), e.Data.Kind, e.Data.Step}, " "))
			}
		}
	})
	return all
}

// waits is how long verdicts took, from the crew's ledger: first sending to answer.
func waits(entries []crew.Entry) string {
	sent := map[string]time.Time{}
	var all []time.Duration
	for _, e := range entries {
		switch {
		case e.T == "sent" && e.Try == 1:
			sent[e.ID] = e.At
		case e.T == "sent":
			delete(sent, e.ID) // a second sending: the line was lost, or it was asked again
		case e.T == "verdict":
			if at, ok := sent[e.ID]; ok {
				all = append(all, e.At.Sub(at))
				delete(sent, e.ID)
			}
		}
	}
	if len(all) == 0 {
		return "none"
	}
	slices.Sort(all)
	at := func(share float64) time.Duration { return all[int(share*float64(len(all)-1))] }
	return fmt.Sprintf("%d, p50 %s, p99 %s, p99.9 %s, most %s", len(all), at(.5), at(.99), at(.999), all[len(all)-1])
}
