package bench

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"dcedge/edge"
	"dcedge/edge/engine"
	"dcedge/edge/engine/heap"
	"dcedge/edge/journal"
	"dcedge/edge/store"
)

// rig is an engine with everything behind it.
type rig struct {
	log    *journal.Log
	store  *store.Store
	engine *engine.Engine
	cancel context.CancelFunc
	ended  chan error
	orders atomic.Int64
	totes  atomic.Int64
	crews  atomic.Int64
}

func runEngine(ctx context.Context, cfg Config, dir string) (res Result, err error) {
	r, err := newRig(cfg, dir)
	if err != nil {
		return Result{}, fmt.Errorf("bench: %w", err)
	}
	defer func() { err = errors.Join(err, r.end()) }()
	for range 2 * cfg.Scanners {
		if err := r.order(ctx); err != nil {
			return Result{}, fmt.Errorf("bench: %w", err)
		}
	}
	before := r.engine.Stats()
	ctx, cancel := context.WithTimeout(ctx, time.Duration(cfg.Seconds*float64(time.Second)))
	defer cancel()
	meters, errs := make([]meter, cfg.Scanners), make([]error, cfg.Scanners)
	var scanners sync.WaitGroup
	begin := time.Now()
	for i := range meters {
		scanners.Go(func() { errs[i] = r.scanner(ctx, i, &meters[i]) })
	}
	scanners.Wait()
	secs := time.Since(begin).Seconds()
	res = summary(meters, secs)
	after := r.engine.Stats()
	res.Flushing = (after.Flushing - before.Flushing).Seconds() / secs
	res.Flushes = after.Flushes - before.Flushes
	if n := after.Messages - before.Messages; n > 0 {
		res.Bytes = int((after.Bytes - before.Bytes) / n)
	}
	return res, errors.Join(errs...)
}

func newRig(cfg Config, dir string) (r *rig, err error) {
	r = &rig{ended: make(chan error, 3)}
	if r.store, err = store.Open(store.Options{Dir: dir, Logger: cfg.Logger}); err != nil {
		return nil, err
	}
	r.log, err = journal.Open(journal.Options{FS: journal.OSFS{}, Dir: filepath.Join(dir, "journal"), Logger: cfg.Logger,
		Floors: []journal.Floor{r.store.Floor()}})
	if err != nil {
		return nil, errors.Join(err, r.store.Close())
	}
	rec, err := engine.Recover(r.log, r.store, cfg.Logger)
	if err != nil {
		return nil, errors.Join(err, r.log.Close(), r.store.Close())
	}
	cat, err := demoCatalogue()
	if err != nil {
		return nil, errors.Join(err, r.log.Close(), r.store.Close())
	}
	policy := &edge.Policy{Site: "BENCH", Epoch: r.log.Epoch(), Zone: time.FixedZone("KST", 9*3600), HashKey: []byte("bench"),
		Pick: edge.PickPolicy{Location: "always", Type: "never"}}
	r.engine, err = engine.New(engine.Config{Policy: policy, MaxBatch: max(1024, cfg.Scanners)}, engine.Deps{Log: r.log,
		Follower: r.store, Past: r.store, Recovered: rec, Catalogue: cat, Logger: cfg.Logger})
	if err != nil {
		return nil, errors.Join(err, r.log.Close(), r.store.Close())
	}
	var ctx context.Context
	ctx, r.cancel = context.WithCancel(context.Background())
	tuner, err := heap.New(heap.Headroom)
	if err != nil {
		return nil, errors.Join(err, r.log.Close(), r.store.Close())
	}
	go func() { r.ended <- tuner.Run(ctx) }()
	storeCtx, stopStore := context.WithCancel(context.Background())
	go func() { r.ended <- r.store.Run(storeCtx) }()
	go func() {
		defer stopStore()
		r.ended <- r.engine.Run(ctx)
	}()
	return r, nil
}

func (r *rig) end() error {
	r.cancel()
	return errors.Join(<-r.ended, <-r.ended, <-r.ended, r.log.Close(), r.store.Close())
}

func (r *rig) order(ctx context.Context) error {
	_, err := r.engine.Submit(ctx, orderMessage(int(r.orders.Add(1))))
	return err
}

// scanner works orders one after another: it scans what its screen expects.
func (r *rig) scanner(ctx context.Context, n int, m *meter) error {
	s := &scanner{rig: r, n: n}
	s.message = edge.Message{Kind: edge.Scan, Worker: fmt.Sprintf("w-%d", n), Device: fmt.Sprintf("pda-%d", n),
		Roles: []edge.Role{edge.Picker}, Source: "bench"}
	from := time.Now()
	for ctx.Err() == nil {
		if err := s.next(ctx, from); err != nil {
			return s.unless(ctx, err)
		}
		v, err := r.engine.Submit(context.Background(), &s.message)
		if err != nil {
			return s.unless(ctx, err)
		}
		to := time.Now()
		m.add(to.Sub(from))
		from = to
		if !v.OK {
			return fmt.Errorf("bench: scan of %q refused: %s %s", s.message.Code, v.Code, v.Say.Key)
		}
		s.screen = v.Screen
	}
	return nil
}

type scanner struct {
	*rig
	n       int
	ids     uint64
	message edge.Message // one after another: Submit has returned before the next
	screen  *edge.Screen
}

func (s *scanner) unless(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// next makes the message that the screen asks for, at the time now.
func (s *scanner) next(ctx context.Context, now time.Time) error {
	code := ""
	if s.screen != nil && s.screen.Flow != edge.Idle && len(s.screen.Expect) > 0 {
		code = s.screen.Expect[0].Code
	} else if err := s.order(ctx); err != nil { // the next one begins with a free tote
		return err
	}
	if code == "" {
		code = toteCode(int(s.totes.Add(1)))
	}
	s.ids++
	var r [10]byte
	binary.BigEndian.PutUint16(r[2:], uint16(s.n))
	binary.BigEndian.PutUint32(r[6:], uint32(s.ids))
	m := &s.message
	m.ID, m.Code, m.Hash = edge.NewID(now, r), code, [16]byte{}
	copy(m.Hash[:], code)
	return nil
}
