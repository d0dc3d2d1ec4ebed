package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"dcedge/edge"
	"dcedge/edge/engine"
	"dcedge/edge/journal"
	"dcedge/edge/store"
)

const growers = 256 // closed-loop scanners

// growth makes a data folder hold events: orders of three lines, all picked
// and waiting for a packer, so many that as many events come of them.
type growth struct {
	dir      string
	prefix   string // of the orders
	events   uint64 // that the journal holds in the end, about
	orders   int
	from, to time.Time // the days in which it happened
	totes    *atomic.Int64
}

// fastClock lets the days of a growth pass with the messages.
type fastClock struct {
	engine.SystemClock
	from time.Time
	step time.Duration
	n    *atomic.Int64
}

// Wall implements engine.Clock.
func (c fastClock) Wall() time.Time { return c.from.Add(time.Duration(c.n.Load()) * c.step) }

// grown is the engine while it grows.
type grown struct {
	growth
	engine   *engine.Engine
	log      *journal.Log
	clock    fastClock
	quantity int
	next     atomic.Int64
}

// grow runs the real engine, journal and store on the folder, which may hold
// events already.
func (g growth) grow(ctx context.Context) (err error) {
	if err := os.MkdirAll(g.dir, 0o700); err != nil {
		return err
	}
	quiet := slog.New(slog.DiscardHandler)
	behind, err := store.Open(store.Options{Dir: g.dir, Logger: quiet})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, behind.Close()) }()
	log, err := journal.Open(journal.Options{FS: journal.OSFS{}, Dir: filepath.Join(g.dir, "journal"), Logger: quiet, Floors: []journal.Floor{behind.Floor()}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	recovered, err := engine.Recover(log, behind, quiet)
	if err != nil {
		return err
	}
	snap, err := snapshot()
	if err != nil {
		return err
	}
	left := g.events - min(g.events, log.Head().Seq)
	x := &grown{growth: g, log: log, quantity: max(1, int(left)/(3*g.orders)-2),
		clock: fastClock{SystemClock: engine.NewSystemClock(), from: g.from, step: g.to.Sub(g.from) / time.Duration(left+1), n: new(atomic.Int64)}}
	policy := &edge.Policy{Site: "ICN1", Epoch: log.Epoch(), Zone: time.FixedZone("KST", 9*3600), HashKey: []byte("bench"),
		Pick: edge.PickPolicy{Location: "always", Type: "never"}}
	x.engine, err = engine.New(engine.Config{Policy: policy, TimeTrusted: func() bool { return true }}, engine.Deps{Log: log, Follower: behind, Past: behind,
		Recovered: recovered, Catalogue: snap, Logger: quiet, Clock: x.clock})
	if err != nil {
		return err
	}
	return x.run(ctx, behind)
}

// run serves until every order is picked, and ends as the edge does: the
// engine before the store.
func (x *grown) run(ctx context.Context, behind *store.Store) error {
	ended := make(chan error, 2)
	engineCtx, stopEngine := context.WithCancel(context.Background())
	storeCtx, stopStore := context.WithCancel(context.Background())
	go func() { ended <- behind.Run(storeCtx) }()
	go func() { ended <- x.engine.Run(engineCtx); stopStore() }()
	errs := make([]error, growers)
	var all sync.WaitGroup
	for i := range growers {
		all.Go(func() { errs[i] = x.pick(ctx, i) })
	}
	all.Wait()
	stopEngine()
	for range 2 {
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, ctx.Err())...)
}

// pick sends an order and picks one, again and again.
func (x *grown) pick(ctx context.Context, n int) error {
	worker, roles, ids := fmt.Sprintf("grower-%d", n), []edge.Role{edge.Picker}, uint32(0)
	device := fmt.Sprintf("pda-g-%d", n)
	var sc *edge.Screen
	for ctx.Err() == nil {
		code := ""
		if sc != nil && sc.Flow != edge.Idle && len(sc.Expect) > 0 {
			code = sc.Expect[0].Code
		}
		if code == "" {
			i := int(x.next.Add(1))
			if i > x.orders {
				return nil
			}
			if _, err := x.engine.Submit(ctx, x.order(i)); err != nil {
				return err
			}
			code = toteCode(int(x.totes.Add(1)))
		}
		ids++
		x.clock.n.Add(1)
		var random [10]byte
		binary.BigEndian.PutUint16(random[3:], uint16(n))
		binary.BigEndian.PutUint32(random[6:], ids)
		m := &edge.Message{Kind: edge.Scan, ID: edge.NewID(x.clock.Wall(), random), Worker: worker, Roles: roles, Device: device, Code: code, Source: "wedge"}
		copy(m.Hash[:], code)
		v, err := x.engine.Submit(ctx, m)
		if err != nil {
			return err
		}
		if !v.OK {
			return fmt.Errorf("grow: scan of %q refused: %s %s", code, v.Code, v.Say.Key)
		}
		sc = v.Screen
	}
	return ctx.Err()
}

func (x *grown) order(n int) *edge.Message {
	r := &edge.OrderRecord{ID: fmt.Sprintf("%s%07d", x.prefix, n), Client: client, Carrier: carrier, Hash: fmt.Sprintf("h%d", n)}
	for i := range 3 {
		k := (n*31 + i*17) % skus
		r.Lines = append(r.Lines, edge.OrderLine{Line: fmt.Sprint(i + 1), SKU: skuID(k), Quantity: x.quantity, Location: locationID(k)})
	}
	return &edge.Message{Kind: edge.Record, Body: r}
}
