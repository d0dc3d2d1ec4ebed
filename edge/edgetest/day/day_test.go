package day

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest"
	"dcedge/edge/edgetest/sitetest"
	"dcedge/firmware-sim/crew"
	simfloor "dcedge/firmware-sim/floor"
	"dcedge/firmware-sim/printer"
	"dcedge/firmware-sim/scenario"
	"dcedge/sync/pull"
	"dcedge/sync/push"
	"dcedge/sync/sink/file"
)

// The real day (UCI Online Retail, 2010-12-01), as its own file counts it.
const (
	dayOrders = 127
	dayUnits  = 26_909
)

// people do all of it: wrong scans, doubled pulls, lost lines, ids again,
// shorts, undone scans, lines put off, second totes.
func people() crew.Traits {
	return crew.Traits{Wrong: .02, Double: .01, Cut: .01, Repeat: .02, Short: .01, Undo: .01, Skip: .02, Tote: .01}
}

func limit() time.Duration {
	if n, err := strconv.Atoi(os.Getenv("DAY_SECONDS")); err == nil && n > 0 {
		return time.Duration(n) * time.Second
	}
	return 6 * time.Minute // a quiet two-core machine needs half a minute, a busy one with -race four
}

// realDay pushes what the file of orders lacks and then the file, its days
// moved to today, as `wms push --as-of now` does.
func realDay(t *testing.T, s *sitetest.Site) {
	t.Helper()
	folder := os.Getenv("CONFORMANCE_DATA")
	if folder == "" {
		t.Skip("NOT PROVEN HERE: the real day. CONFORMANCE_DATA names no folder; run it by make test")
	}
	text, err := os.ReadFile(filepath.Join(folder, "orders-2010-12-01.ndjson"))
	require.NoError(t, err)
	zone, err := time.LoadLocation("Asia/Seoul")
	require.NoError(t, err)
	site, err := scenario.Floor(bytes.NewReader(text), scenario.Config{Seed: 1, Epoch: s.Epoch, Now: time.Now().In(zone)})
	require.NoError(t, err)
	var rest bytes.Buffer
	_, err = site.WriteTo(&rest)
	require.NoError(t, err)
	days, ok, err := push.DaysTo(bytes.NewReader(text), time.Now())
	require.NoError(t, err)
	require.True(t, ok)
	send(t, s, rest.Bytes(), 0)
	send(t, s, text, days)
}

func send(t *testing.T, s *sitetest.Site, text []byte, days int) {
	t.Helper()
	sum, err := push.Run(t.Context(), push.Config{URL: s.URL, Key: sitetest.WMSKey, Days: days, Logger: slog.New(slog.DiscardHandler)}, bytes.NewReader(text))
	require.NoError(t, err)
	require.Empty(t, sum.Rejected)
	require.Equal(t, sum.Lines, sum.Accepted)
}

// work lets a crew work until nothing is left to do.
func work(t *testing.T, s *sitetest.Site, traits crew.Traits) (crew.Stats, []crew.Entry) {
	t.Helper()
	return workWith(t, s, simfloor.People(10, len(s.Printers), 3), traits, limit(), nil)
}

// workWith lets these people work at most so long; beside runs beside them, until
// they are done.
func workWith(t *testing.T, s *sitetest.Site, people []crew.Worker, traits crew.Traits, most time.Duration,
	beside func(ctx context.Context, c *crew.Crew),
) (crew.Stats, []crew.Entry) {
	t.Helper()
	papers := map[string]crew.Paper{}
	for _, p := range s.Printers {
		papers[p.Name()] = simfloor.Paper{Printer: p}
	}
	var ledger bytes.Buffer
	c, err := crew.New(crew.Config{URL: s.URL, Workers: people, Totes: simfloor.Totes(), Printer: papers,
		Traits: traits, Seed: 7, Speed: 100, Idle: 200 * time.Millisecond, StopAfter: 6 * time.Second, Ledger: &ledger})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), most)
	defer cancel()
	var wg sync.WaitGroup
	if beside != nil {
		wg.Go(func() { beside(ctx, c) })
	}
	require.NoError(t, c.Run(ctx))
	if ctx.Err() != nil {
		t.Errorf("the crew was not done after %s", most)
	}
	cancel()
	wg.Wait()
	return c.Stats(), entriesOf(t, &ledger)
}

// entriesOf reads a crew's ledger.
func entriesOf(t *testing.T, ledger *bytes.Buffer) (entries []crew.Entry) {
	t.Helper()
	lines := bufio.NewScanner(ledger)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e crew.Entry
		require.NoError(t, json.Unmarshal(lines.Bytes(), &e))
		entries = append(entries, e)
	}
	require.NoError(t, lines.Err())
	return entries
}

// puller follows the edge into a folder while the day is worked; stop has it
// catch up and gives the folder.
func puller(t *testing.T, s *sitetest.Site) (stop func() string) {
	t.Helper()
	dir := os.Getenv("DAY_KEEP") // where the events stay, to look at
	if dir == "" {
		dir = t.TempDir()
	}
	run := func(ctx context.Context, once bool) error {
		client, err := pull.NewClient(s.URL, sitetest.WMSKey, nil)
		if err != nil {
			return err
		}
		sink, err := file.Open(dir, 0)
		if err != nil {
			return err
		}
		defer sink.Close()
		p, err := pull.New(pull.Config{Client: client, Sink: sink, Wait: time.Second, Once: once, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			return err
		}
		return p.Run(ctx)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	var failed error
	wg.Go(func() { failed = run(ctx, false) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	return func() string {
		cancel()
		wg.Wait()
		require.NoError(t, failed)
		require.NoError(t, run(t.Context(), true))
		return dir
	}
}

// judge reads the pulled files and nothing else.
func judge(t *testing.T, epoch, dir string) *edgetest.Oracle {
	t.Helper()
	o := edgetest.NewOracle(epoch)
	eachEvent(t, dir, o.Line)
	return o
}

// eachEvent gives the pulled events, a line each without its newline.
func eachEvent(t *testing.T, dir string, take func(line []byte)) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "events-*.ndjson"))
	require.NoError(t, err)
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for line := range bytes.Lines(text) {
			take(bytes.TrimSuffix(line, []byte("\n")))
		}
	}
}

// agree checks the crew's ledger against the events: every verdict seen is what
// the log says, and the log says nothing of what nobody sent: people, or devices,
// whose reads are given.
func agree(t *testing.T, epoch string, o *edgetest.Oracle, entries []crew.Entry, reads ...string) (verdicts, unknown int) {
	t.Helper()
	sent, decided := map[string]bool{}, map[string]crew.Entry{}
	read := map[string]bool{}
	for _, id := range reads {
		read[id] = true
	}
	for _, e := range entries {
		switch e.T {
		case "sent":
			sent[e.ID] = true
		case "verdict":
			if first, had := decided[e.ID]; had {
				assert.True(t, e.Repeat, "%s: a second verdict that is no repeat", e.ID)
				assert.Equal(t, [...]any{first.OK, first.Code, first.Say, first.Epoch, first.Seq}, [...]any{e.OK, e.Code, e.Say, e.Epoch, e.Seq}, e.ID)
				continue
			}
			decided[e.ID] = e
			verdicts++
			seq, ok := o.ScanEnd(e.ID)
			if !assert.True(t, ok, "%s was answered %s and caused no event (I1)", e.ID, e.Code) {
				continue
			}
			assert.Equal(t, seq, e.Seq, "%s: the receipt is not its last event", e.ID)
			assert.Equal(t, epoch, e.Epoch)
		default:
			assert.Fail(t, "ledger", "%+v", e)
		}
	}
	for id := range o.Scans() {
		assert.True(t, sent[id] || read[id], "events of %s, which nobody sent", id)
	}
	return verdicts, len(sent) - len(decided)
}

func out(printers []*printer.Printer) (n int) {
	for _, p := range printers {
		n += int(p.Status().Odometer)
	}
	return n
}

// aShare leaves a day out where only a share of them is wanted (DAYS=some): the race
// detector makes each day five times as long and sees the same code in the others.
func aShare(t *testing.T) {
	t.Helper()
	if os.Getenv("DAYS") == "some" {
		t.Skip("DAYS=some: this day is worked without the race detector (tools/test.sh)")
	}
}

func TestRealDay(t *testing.T) {
	aShare(t)
	s := sitetest.Start(t, sitetest.Options{Printers: 4, Clock: 100})
	realDay(t, s)
	stop := puller(t, s)
	began := time.Now()
	stats, entries := work(t, s, people())
	took := time.Since(began)
	o := judge(t, s.Epoch, stop())
	sum := o.Totals()
	t.Logf("%s: %+v", took.Round(time.Millisecond), sum)
	t.Logf("crew: %+v", stats)

	assert.Empty(t, o.Faults())
	assert.Empty(t, o.Unfinished())
	assert.Equal(t, dayOrders, sum.Orders)
	assert.Equal(t, dayUnits, sum.Units)
	assert.Equal(t, dayUnits, sum.Picked+sum.Short)
	assert.Equal(t, sum.Picked, sum.Packed)
	assert.Positive(t, sum.Short, "the crew found nothing missing: the day was too tame")
	assert.Equal(t, sum.Boxes, sum.Bound)
	assert.Equal(t, sum.Boxes, sum.Loaded)
	assert.Equal(t, sum.Bound+sum.Granted, out(s.Printers), "labels out of the printers")
	assert.Positive(t, sum.TrucksClosed)
	onPaper(t, s, o)

	verdicts, unknown := agree(t, s.Epoch, o, entries)
	t.Logf("%d verdicts agree with the log, %d unknown", verdicts, unknown)
	assert.Greater(t, verdicts, dayOrders*10)
	assert.Zero(t, stats.Broken, "repeats answered otherwise than the first time")
	assert.Zero(t, stats.Errors)
	for name, n := range map[string]int64{"wrong": stats.Wrong, "doubled": stats.Doubled, "cuts": stats.Cuts, "repeats": stats.Repeats,
		"undone": stats.Undone, "shorts": stats.Shorts} {
		assert.Positive(t, n, "no %s: the day was too tame", name)
	}
}

// onPaper compares what lies in the trays with what the boxes bear.
func onPaper(t *testing.T, s *sitetest.Site, o *edgetest.Oracle) {
	t.Helper()
	printed := map[string]int{}
	for _, p := range s.Printers {
		for _, l := range p.Labels(0) {
			assert.Empty(t, l.Faults, "label %d of %s", l.N, l.Printer)
			count := map[string]int{}
			for _, b := range l.Barcodes {
				count[b.Text]++
			}
			for code, n := range count {
				if n == 2 { // the number stands twice on a label
					printed[code]++
				}
			}
		}
	}
	seen := map[string]bool{}
	for box, waybill := range o.Waybills() {
		assert.False(t, seen[waybill], "waybill %s on two boxes", waybill)
		seen[waybill] = true
		assert.Positive(t, printed[waybill], "box %s bears %s, which no printer printed", box, waybill)
	}
}

// TestDayWithBadPrinters: lines that break in the middle of a label, paper that
// runs out and power that fails. A person looks in the tray; never do two labels
// of one number come out without somebody's yes (I6).
func TestDayWithBadPrinters(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Printers: 3, Clock: 100})
	zone, err := time.LoadLocation("Asia/Seoul")
	require.NoError(t, err)
	made, err := scenario.Generate(scenario.Config{Seed: 3, Orders: 60, SKUs: 60, Epoch: s.Epoch, Now: time.Now().In(zone)})
	require.NoError(t, err)
	var text bytes.Buffer
	_, err = made.WriteTo(&text)
	require.NoError(t, err)
	send(t, s, text.Bytes(), 0)

	ctx, cancel := context.WithCancel(t.Context())
	var gremlin sync.WaitGroup
	for i, p := range s.Printers {
		gremlin.Go(func() { bother(ctx, p, int64(i)) })
	}
	t.Cleanup(func() { cancel(); gremlin.Wait() })
	stop := puller(t, s)
	stats, entries := work(t, s, people())
	cancel()
	o := judge(t, s.Epoch, stop())
	sum := o.Totals()
	t.Logf("%+v", sum)
	t.Logf("crew: %+v", stats)
	assert.Empty(t, o.Faults())
	assert.Empty(t, o.Unfinished())
	agree(t, s.Epoch, o, entries)
	assert.Zero(t, stats.Broken)
	assert.Greater(t, sum.Labels, sum.Boxes, "nothing went wrong: the printers were too good")
	assert.LessOrEqual(t, out(s.Printers), sum.Labels, "a label came out that no attempt asked for")

	printed := map[string]int{} // by attempt: its mark stands on the label
	for _, p := range s.Printers {
		for _, l := range p.Labels(0) {
			for id := range o.Attempts() {
				if slices.Contains(l.Texts, id) {
					printed[id]++
				}
			}
		}
	}
	for id, n := range printed {
		assert.Equal(t, 1, n, "attempt %s came out %d times", id, n)
	}
	assert.Len(t, printed, out(s.Printers), "every label bears its attempt")
	onPaper(t, s, o)
}

// bother breaks a printer again and again: the line after some bytes, the paper,
// the power.
func bother(ctx context.Context, p *printer.Printer, seed int64) {
	rng := rand.New(rand.NewPCG(uint64(seed), 1))
	for label := int64(0); ; label = p.Status().Odometer {
		if p.WaitStatus(ctx, func(s printer.Status) bool { return s.Odometer > label }) != nil {
			return
		}
		switch rng.IntN(3) {
		case 0:
			n := rng.Int64N(9000)
			p.SetFaults(printer.Faults{CutAfter: &n})
		case 1:
			p.SetPaper(1)
			if p.WaitStatus(ctx, func(s printer.Status) bool { return s.PaperOut }) != nil {
				return
			}
			p.SetPaper(-1)
		default:
			p.PowerCycle(rng.IntN(2) == 0)
		}
	}
}
