package printing_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"dcedge/devices"
	"dcedge/devices/link/linktest"
)

// gusher is a wire whose printer answers for a moment, and then sends without end.
type gusher struct {
	devices.Conn
	on    *atomic.Bool
	reads int
}

func (g *gusher) Read(p []byte) (int, error) {
	n, err := g.Conn.Read(p)
	if g.reads++; g.on.Load() && g.reads > 2 {
		err = &devices.Fault{Device: "p1", Op: "read", Class: devices.Corrupt, Err: devices.ErrFlood, Hint: "switch it off and on"}
	}
	return n, err
}

// TestFailoverFromAFloodingPrinter: it is as good as gone, and is not ready again at
// each connection, only once it was well for a while.
func TestFailoverFromAFloodingPrinter(t *testing.T) {
	var on atomic.Bool
	run(t, options{printers: pair(), wire: func(name string, o devices.Opener) devices.Opener {
		return linktest.OpenerFunc(func(ctx context.Context) (devices.Conn, error) {
			c, err := o.Open(ctx)
			if err != nil || name != "p1" {
				return c, err
			}
			return &gusher{Conn: c, on: &on}, nil
		})
	}}, func(t *testing.T, s *site) {
		on.Store(true)
		wait(1500 * time.Millisecond) // it was looked at
		s.floor.pack("b1", "pack-1", "6500")
		wait(4 * time.Second) // two of patience, one to print
		assert.Equal(t, 1, s.fakes["p2"].Count("6500"), "%v", s.floor.stages("b1"))
		s.floor.pack("b2", "pack-1", "6507")
		wait(2500 * time.Millisecond)
		assert.Equal(t, 1, s.fakes["p2"].Count("6507"), "the next one does not wait")
		said := len(s.floor.states("p1"))
		wait(time.Minute)
		assert.Len(t, s.floor.states("p1"), said, "one word of it, however often it is opened")
		on.Store(false)
		wait(devices.Calm + 5*time.Second)
		s.floor.pack("b3", "pack-1", "6514")
		wait(5 * time.Second)
		assert.Equal(t, 1, s.fakes["p1"].Count("6514"), "back again")
		assert.Equal(t, 3, s.labels("6500")+s.labels("6507")+s.labels("6514"))
	})
}
