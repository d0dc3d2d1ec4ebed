package engine

import (
	"context"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// BenchmarkPickScan is what one scan costs on the engine's goroutine without
// the disk: decided, applied, encoded and answered in batches of 128.
func BenchmarkPickScan(b *testing.B) {
	const crew = 128
	f := &fakeFollower{}
	e, err := New(Config{Policy: policy(), NoWindow: true}, Deps{Log: &fakeLog{}, Follower: f, Past: f,
		Recovered: &Recovered{State: floor.NewState()}, Catalogue: testCatalogue(), Logger: quietLog()})
	require.NoError(b, err)
	go e.publish.run()
	screens := make([]*edge.Screen, crew)
	orders, totes, ids := 0, 0, uint64(0)
	push := func(n int) {
		for range n {
			orders++
			m := order(3*orders + 2)
			for i := range m.Body.(*edge.OrderRecord).Lines {
				m.Body.(*edge.OrderRecord).Lines[i].Quantity = 3
			}
			require.NoError(b, e.serve(context.Background(), []*request{{message: m, done: func(edge.Verdict, error) {}, turn: e.memory.enter()}}))
		}
	}
	push(2*crew + b.N/6) // none is pushed while the clock runs
	list := make([]*request, crew)
	roles := []edge.Role{edge.Picker}
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; n += crew {
		for i := range list {
			code := ""
			if s := screens[i]; s != nil && s.Flow != edge.Idle && len(s.Expect) > 0 {
				code = s.Expect[0].Code
			}
			if code == "" {
				totes++
				code = fmt.Sprintf("TOTE-%05d", totes%99999+1)
			}
			ids++
			var r [10]byte
			binary.BigEndian.PutUint64(r[2:], ids)
			m := &edge.Message{Kind: edge.Scan, ID: edge.NewID(time.Now(), r), Worker: workerName(i), Roles: roles, Device: "pda", Code: code}
			list[i] = &request{message: m, turn: e.memory.enter(), done: func(v edge.Verdict, err error) { screens[i] = v.Screen }}
		}
		require.NoError(b, e.serve(context.Background(), list))
	}
}

func workerName(i int) string { return fmt.Sprintf("w-%d", i) }
