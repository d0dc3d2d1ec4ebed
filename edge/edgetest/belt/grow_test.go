package belt

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
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/edge/engine"
	"dcedge/edge/floor"
	"dcedge/edge/journal"
	"dcedge/edge/store"
)

// grow fills a data folder with packed boxes, each of an order of one piece, as
// an edge with pickers, packers and printers would have: the real rules, engine,
// journal and store, and nobody waits. It gives the numbers on the boxes.
func grow(t *testing.T, dir string, boxes int) []label {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o700))
	quiet := slog.New(slog.DiscardHandler)
	behind, err := store.Open(store.Options{Dir: dir, Logger: quiet})
	require.NoError(t, err)
	log, err := journal.Open(journal.Options{FS: journal.OSFS{}, Dir: filepath.Join(dir, "journal"), Logger: quiet, Floors: []journal.Floor{behind.Floor()}})
	require.NoError(t, err)
	recovered, err := engine.Recover(log, behind, quiet)
	require.NoError(t, err)
	edit := catalogue.New().Edit()
	for _, r := range []any{&edge.ClientRecord{ID: "default"}, &edge.ToteRange{ID: "t", First: "TOTE-000001", Last: "TOTE-999999"},
		&edge.CarrierRecord{ID: "cj", Waybill: edge.WaybillFormat{Format: "cj"}}, &edge.CarrierRecord{ID: "hanjin", Waybill: edge.WaybillFormat{Format: "hanjin"}},
		&edge.LocationRecord{ID: "L", Barcode: "LOC-L"}, &edge.SKURecord{Client: "default", ID: "S", WeightGrams: 100, Barcodes: []edge.Barcode{{Code: "ITEM", Quantity: 1}}}} {
		_, err := edit.Put(r, false)
		require.NoError(t, err)
	}
	const growers = 32
	policy := &edge.Policy{Site: "ICN1", Epoch: log.Epoch(), Zone: time.FixedZone("KST", 9*3600), HashKey: []byte("grow"), Pick: edge.PickPolicy{Location: "never", Type: "never"}}
	for i := range growers {
		policy.Stations = append(policy.Stations, edge.Station{Name: fmt.Sprint("pack-", i), Printers: []string{fmt.Sprint("p", i)}})
	}
	e, err := engine.New(engine.Config{Policy: policy}, engine.Deps{Log: log, Follower: behind, Past: behind, Recovered: recovered, Catalogue: edit.Snapshot(), Logger: quiet})
	require.NoError(t, err)
	ended := make(chan error, 2)
	engineCtx, stopEngine := context.WithCancel(context.Background())
	storeCtx, stopStore := context.WithCancel(context.Background())
	go func() { ended <- behind.Run(storeCtx) }()
	go func() { ended <- e.Run(engineCtx); stopStore() }()

	g := &grower{e: e}
	for i, c := range []string{"cj", "hanjin"} {
		g.must(g.submit(&edge.Message{Kind: edge.Record, Body: &edge.WaybillRange{ID: "lease-" + c, Carrier: c, Client: "default", FirstSerial: 65000000000 + uint64(i)*100_000_000, Count: 1_000_000, Epoch: log.Epoch()}}))
	}
	var all sync.WaitGroup
	for w := range growers {
		all.Go(func() {
			for {
				i := int(g.next.Add(1))
				if i > boxes || g.err.Load() != nil {
					return
				}
				g.box(w, i)
			}
		})
	}
	all.Wait()
	var out []label
	require.NoError(t, e.Read(t.Context(), func(v floor.View) {
		v.State.EachBox(func(b *edge.Box) {
			if b.Bound != "" {
				out = append(out, label{b.ID, b.Waybill, b.Carrier})
			}
		})
	}))
	stopEngine()
	for range 2 {
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	require.NoError(t, errors.Join(log.Close(), behind.Close()))
	if p := g.err.Load(); p != nil {
		t.Fatal(*p)
	}
	require.Len(t, out, boxes)
	return out
}

// label is a box and what a scanner reads on it.
type label struct{ box, code, carrier string }

type grower struct {
	e    *engine.Engine
	next atomic.Int64
	err  atomic.Pointer[error]
}

func (g *grower) must(v edge.Verdict, err error) edge.Verdict {
	if err == nil && !v.OK {
		err = fmt.Errorf("grow: refused: %s %s %s", v.Code, v.Say.Key, v.Detail)
	}
	if err != nil {
		g.err.CompareAndSwap(nil, &err)
	}
	return v
}

func (g *grower) submit(m *edge.Message) (edge.Verdict, error) {
	if p := g.err.Load(); p != nil {
		return edge.Verdict{}, *p
	}
	return g.e.Submit(context.Background(), m)
}

// box takes one order from the WMS to the label on its box.
func (g *grower) box(w, i int) {
	worker := fmt.Sprint("grower-", w)
	n := 0
	person := func(kind edge.Kind, code, action string, args edge.Args, rev uint64) edge.Verdict {
		n++
		var random [10]byte
		binary.BigEndian.PutUint32(random[2:], uint32(i))
		binary.BigEndian.PutUint16(random[8:], uint16(n))
		m := &edge.Message{Kind: kind, ID: edge.NewID(time.Now(), random), Worker: worker, Roles: []edge.Role{edge.Picker, edge.Packer}, Device: "pda", Code: code, Action: action, Args: args, Rev: rev, Source: "wedge"}
		copy(m.Hash[:], fmt.Sprint(code, action))
		return g.must(g.submit(m))
	}
	scan := func(code string) edge.Verdict { return person(edge.Scan, code, "", edge.Args{}, 0) }
	id, tote := fmt.Sprintf("o%06d", i), fmt.Sprintf("TOTE-%06d", i)
	g.must(g.submit(&edge.Message{Kind: edge.Record, Body: &edge.OrderRecord{ID: id, Client: "default", Carrier: []string{"cj", "hanjin"}[i%2], Hash: id,
		Lines: []edge.OrderLine{{Line: "1", SKU: "S", Quantity: 1, Location: "L"}}}}))
	sc, err := g.e.Screen(context.Background(), worker, []edge.Role{edge.Picker, edge.Packer})
	if err != nil {
		g.must(edge.Verdict{}, err)
		return
	}
	v := person(edge.Act, "", "start", edge.Args{Flow: edge.Pick, Orders: []string{id}}, sc.Rev)
	scan(tote)
	v = scan("ITEM")
	if v.Screen == nil {
		return
	}
	person(edge.Act, "", "start", edge.Args{Flow: edge.Pack, Station: fmt.Sprint("pack-", w)}, v.Screen.Rev)
	scan(tote)
	v = scan("ITEM")
	if v.Screen == nil {
		return
	}
	box, printer := v.Screen.Box, fmt.Sprint("p", w)
	print := func(r edge.PrintReport) edge.Verdict {
		r.Box, r.Printer = box, printer
		return g.must(g.submit(&edge.Message{Kind: edge.Print, Device: printer, Body: &r}))
	}
	attempt := print(edge.PrintReport{Stage: edge.StageIntent, Hash: "h", Template: "korea-100x150"}).Answer
	print(edge.PrintReport{Stage: edge.StageSent, Attempt: attempt})
	print(edge.PrintReport{Stage: edge.StagePrinted, Attempt: attempt, Evidence: "odometer"})
	after, err := g.e.Screen(context.Background(), worker, []edge.Role{edge.Picker, edge.Packer})
	if err != nil || len(after.Expect) == 0 {
		g.must(edge.Verdict{}, fmt.Errorf("grow: no waybill is expected: %w", err))
		return
	}
	scan(after.Expect[0].Code)
}
