package linktest

import (
	"bytes"
	"context"
	"errors"
	"sync"

	"dcedge/devices"
)

// ErrCut is returned by a wire that was cut.
var ErrCut = errors.New("linktest: wire cut")

// Cut is an Opener whose wire breaks after n bytes of what matters: counting
// starts when a write begins with Mark (so that status questions before a label
// do not count). It cuts once; later connections are whole.
type Cut struct {
	next  devices.Opener
	mark  []byte
	limit int

	mu   sync.Mutex
	done bool
}

// NewCut makes a Cut around next that breaks after n bytes counted from the
// first write that contains mark.
func NewCut(next devices.Opener, mark string, n int) *Cut {
	return &Cut{next: next, mark: []byte(mark), limit: n}
}

// Happened says whether the wire was cut.
func (c *Cut) Happened() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.done
}

// Open opens the next wire and puts the cut on it.
func (c *Cut) Open(ctx context.Context) (devices.Conn, error) {
	conn, err := c.next.Open(ctx)
	if err != nil {
		return nil, err
	}
	return &cutConn{Conn: conn, cut: c, left: -1}, nil
}

type cutConn struct {
	devices.Conn
	cut  *Cut
	left int // bytes still let through; negative: not counting yet
}

func (c *cutConn) Write(p []byte) (int, error) {
	c.cut.mu.Lock()
	if c.cut.done {
		c.cut.mu.Unlock()
		return c.Conn.Write(p)
	}
	if c.left < 0 && bytes.Contains(p, c.cut.mark) {
		c.left = bytes.Index(p, c.cut.mark) + c.cut.limit
	}
	if c.left < 0 || len(p) <= c.left {
		if c.left >= 0 {
			c.left -= len(p)
		}
		c.cut.mu.Unlock()
		return c.Conn.Write(p)
	}
	c.cut.done = true
	c.cut.mu.Unlock()
	n, err := c.Conn.Write(p[:c.left])
	_ = c.Close()
	if err == nil {
		err = ErrCut
	}
	return n, err
}
