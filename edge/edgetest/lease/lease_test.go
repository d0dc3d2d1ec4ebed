package lease

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/edge/engine"
	"dcedge/edge/journal"
	"dcedge/edge/journal/journaltest"
	"dcedge/edge/store"
	"dcedge/labels/waybill"
)

const (
	desks  = 8
	first  = 65000000000
	logDir = "data/journal"
)

// site is one edge through its lives.
type site struct {
	t     *testing.T
	rnd   *rand.Rand
	disk  *journaltest.Disk
	dir   string
	cat   *catalogue.Snapshot
	pol   *edge.Policy
	desks []*desk
	out   *outside

	power, kills, ends int
}

func newSite(t *testing.T, seed uint64) *site {
	s := &site{t: t, rnd: rand.New(rand.NewPCG(seed, 7)), disk: journaltest.New(seed), dir: t.TempDir(), out: &outside{boxes: map[string]map[string]bool{}}}
	s.pol = &edge.Policy{Site: "T", Epoch: "01JLEASE", Zone: time.FixedZone("KST", 9*3600), HashKey: []byte("k"),
		Pick: edge.PickPolicy{Location: "never", Type: "afterFirst", TypeFrom: 4}}
	e := catalogue.New().Edit()
	for _, r := range []any{&edge.ClientRecord{ID: "default"}, &edge.CarrierRecord{ID: "cj", Waybill: edge.WaybillFormat{Format: "cj"}},
		&edge.ToteRange{ID: "t", First: "TOTE-00001", Last: "TOTE-99999"}, &edge.LocationRecord{ID: "L"},
		&edge.SKURecord{Client: "default", ID: "S", Barcodes: []edge.Barcode{{Code: "EA"}}}} {
		_, err := e.Put(r, false)
		require.NoError(t, err)
	}
	s.cat = e.Snapshot()
	for n := 1; n <= desks; n++ {
		s.pol.Stations = append(s.pol.Stations, edge.Station{Name: fmt.Sprintf("pack-%d", n), Printers: []string{fmt.Sprintf("p%d", n)}})
		s.desks = append(s.desks, &desk{n: n, rnd: rand.New(rand.NewPCG(seed, uint64(n))), out: s.out})
	}
	return s
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// life starts the edge, lets the desks work until it ends, and tells whether
// they were done. prepare is called before they begin.
func (s *site) life(prepare func(context.Context, *engine.Engine), lasts time.Duration) (done bool) {
	st, err := store.Open(store.Options{Dir: s.dir, Logger: quiet(), NoSync: true})
	require.NoError(s.t, err)
	log, err := journal.Open(journal.Options{FS: s.disk, Dir: logDir, SegmentBytes: 64 << 10, Inline: true, Logger: quiet(),
		NewEpoch: func() string { return s.pol.Epoch }, Floors: []journal.Floor{st.Floor()}})
	require.NoError(s.t, err)
	rec, err := engine.Recover(log, st, quiet())
	require.NoError(s.t, err)
	e, err := engine.New(engine.Config{Policy: s.pol, TickEvery: time.Hour}, engine.Deps{Log: log, Follower: st, Past: st, Recovered: rec, Catalogue: s.cat, Logger: quiet()})
	require.NoError(s.t, err)
	ctx, stop := context.WithCancel(s.t.Context())
	followed := make(chan error, 1)
	go func() { followed <- st.Run(ctx) }()
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx); stop() }()
	if prepare != nil {
		prepare(ctx, e)
	}
	if lasts > 0 {
		defer time.AfterFunc(lasts, stop).Stop() // a kill: nobody waits for anything
	}
	var left atomic.Int32
	left.Store(desks)
	var wg sync.WaitGroup
	for _, d := range s.desks {
		wg.Go(func() {
			for ctx.Err() == nil {
				no, err := d.step(ctx, e)
				if no {
					if left.Add(-1) == 0 {
						stop()
					}
					return
				}
				if errors.Is(err, engine.ErrFull) { // the disk gave no next segment: an operator restarts
					stop()
					return
				}
				if err != nil && !errors.Is(err, engine.ErrStopped) && ctx.Err() == nil && !errors.Is(err, engine.ErrFailed) {
					assert.NoError(s.t, err)
					return
				}
			}
		})
	}
	wg.Wait()
	stop()
	err = <-ended
	<-followed
	if err != nil {
		require.ErrorIs(s.t, err, engine.ErrFailed)
	}
	_ = log.Close() // may have failed before
	require.NoError(s.t, st.Close())
	return left.Load() <= 0
}

// fill brings the lease and more orders than it has numbers.
func (s *site) fill(numbers int) func(context.Context, *engine.Engine) {
	return func(ctx context.Context, e *engine.Engine) {
		put := func(kind edge.Kind, body any) {
			_, err := e.Submit(ctx, &edge.Message{Kind: kind, Body: body})
			require.NoError(s.t, err)
		}
		for n := 1; n <= desks; n++ {
			put(edge.Print, &edge.PrintReport{Stage: edge.StagePrinter, Printer: fmt.Sprintf("p%d", n), State: "ready"})
		}
		put(edge.Record, &edge.WaybillRange{ID: "r", Carrier: "cj", Client: "default", FirstSerial: first, Count: uint64(numbers), Epoch: s.pol.Epoch})
		for i := range numbers + desks {
			put(edge.Record, &edge.OrderRecord{ID: fmt.Sprintf("O%04d", i), Client: "default", Carrier: "cj", Hash: fmt.Sprint(i), Waybill: s.brought(i, numbers),
				Lines: []edge.OrderLine{{Line: "1", SKU: "S", Quantity: 1, Location: "L"}}})
		}
	}
}

// brought is the number that an order comes with: every 25th of the first half has
// one of the second half of the lease, which is then to be passed over.
func (s *site) brought(i, numbers int) string {
	if i%25 != 0 || i >= numbers/2 {
		return ""
	}
	n, err := waybill.Number("cj", first+uint64(numbers/2+i))
	require.NoError(s.t, err)
	return n
}

// work goes on through crashes until no number is left.
func (s *site) work(numbers, lives int) {
	s.life(func(ctx context.Context, e *engine.Engine) {
		s.fill(numbers)(ctx, e)
		s.disk.SetFaults(journaltest.Faults{PowerAt: s.disk.Counts().Changes + 50})
	}, 0)
	for n := 0; ; n++ {
		seed := s.rnd.Uint64()
		if n%3 == 2 {
			s.disk, s.kills = s.disk.Kill(seed), s.kills+1
		} else {
			s.disk, s.power = s.disk.Crash(seed), s.power+1
		}
		f := journaltest.Faults{}
		if n < lives { // then they may finish
			switch s.rnd.IntN(3) {
			case 0:
				f.FailFlushAt = 3 + s.rnd.IntN(40)
			default:
				f.PowerAt = 10 + s.rnd.IntN(150)
			}
		}
		s.disk.SetFaults(f)
		if s.life(nil, 0) {
			s.ends++
			return
		}
		require.Less(s.t, n, 10*lives+50, "the desks come to no end")
	}
}

// judge reads nothing but the events and what people hold; it gives what is wrong.
func (s *site) judge() (numbers, voided, burnt int, wrong []string) {
	log, err := journal.Open(journal.Options{FS: s.disk, Dir: logDir, Logger: quiet(), Inline: true, SegmentBytes: 64 << 10})
	if err != nil {
		return 0, 0, 0, []string{"the journal: " + err.Error()}
	}
	defer log.Close() //nolint:errcheck // only read
	box := map[string]string{}
	serials := map[uint64]int{}
	err = log.ReadFrames(0, func(f journal.Frame) error {
		if f.Kind != journal.Event {
			return nil
		}
		e, err := edge.ParseEvent(f.Line)
		d, ok := e.Data.(*edge.WaybillEvent)
		if err != nil || !ok {
			return err
		}
		switch e.Type {
		case edge.EvAssigned:
			if was, twice := box[d.Waybill]; twice {
				wrong = append(wrong, fmt.Sprintf("number %s: boxes %s and %s", d.Waybill, was, d.Box))
			}
			box[d.Waybill] = d.Box
		case edge.EvBurnt:
			if burnt++; box[d.Waybill] != d.Box {
				wrong = append(wrong, fmt.Sprintf("number %s burnt for %s, it is on %q", d.Waybill, d.Box, box[d.Waybill]))
			}
		case edge.EvVoided:
			voided++
			return nil
		}
		if d.Lease == "" || e.Type == edge.EvBound { // the order brought it
			return nil
		}
		serials[d.Serial]++
		if want, err := waybill.Number("cj", d.Serial); err != nil || want != d.Waybill {
			wrong = append(wrong, fmt.Sprintf("serial %d: number %s", d.Serial, d.Waybill))
		}
		return nil
	})
	if err != nil {
		wrong = append(wrong, err.Error())
	}
	for n := range len(serials) { // dense: none lost without a record
		if serials[first+uint64(n)] != 1 {
			wrong = append(wrong, fmt.Sprintf("serial %d stands in %d events", first+n, serials[first+uint64(n)]))
		}
	}
	for number, boxes := range s.out.boxes {
		if len(boxes) != 1 || !boxes[box[number]] {
			wrong = append(wrong, fmt.Sprintf("number %s is outside on %v, in the events on %q", number, boxes, box[number]))
		}
	}
	return len(serials), voided, burnt, wrong
}

func count(name string, def int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return def
}

func TestI3LeaseThroughCrashes(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED, NOTHING PROVEN: -short leaves the lease out")
	}
	for seed := range count("LEASE_SEEDS", 1) {
		s := newSite(t, uint64(seed))
		s.work(1000, 60)
		numbers, voided, burnt, wrong := s.judge()
		assert.Empty(t, wrong)
		assert.Equal(t, 1000, numbers, "the whole lease")
		assert.Greater(t, len(s.out.boxes), 800, "of which people held")
		assert.Positive(t, burnt, "passed over, with an event each")
		assert.Greater(t, s.power+s.kills, 20, "crashes")
		t.Logf("seed %d: lease of 1000, %d desks, %d power cuts, %d kills: %d numbers in the events once each, %d voided, %d burnt, %d held outside",
			seed, desks, s.power, s.kills, numbers, voided, burnt, len(s.out.boxes))
	}
}

// Negative control: on a disk that says it has flushed and has not, numbers that
// people hold are given to other boxes, or the journal sees it and does not open.
func TestI3IsLostOnALyingDisk(t *testing.T) {
	for seed := range uint64(10) {
		s := newSite(t, seed)
		s.disk.SetFaults(journaltest.Faults{LieOnFlush: true})
		s.life(s.fill(40), 100*time.Millisecond)
		s.disk = s.disk.Crash(seed)
		if _, _, _, wrong := s.judge(); len(wrong) > 0 {
			return
		}
	}
	t.Fatal("ten lying disks, and no number was lost: the proof above proves nothing")
}
