package linktest

import (
	"context"
	"errors"
	"net"

	"dcedge/devices"
)

// ErrRefused is returned by Pipe.Open while nobody accepts.
var ErrRefused = errors.New("linktest: connection refused")

// Pipe is an Opener whose far ends come out of Accepted.
type Pipe struct {
	// Accepted gives the device's side of each connection.
	Accepted chan net.Conn
}

var _ devices.Opener = (*Pipe)(nil)

// NewPipe makes a Pipe that holds up to n connections not yet taken; further
// ones are refused.
func NewPipe(n int) *Pipe { return &Pipe{Accepted: make(chan net.Conn, n)} }

// Open makes a connection, or returns ErrRefused.
func (p *Pipe) Open(ctx context.Context) (devices.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	here, there := net.Pipe()
	select {
	case p.Accepted <- there:
		return here, nil
	default:
		return nil, ErrRefused
	}
}

// OpenerFunc makes an Opener of a function.
type OpenerFunc func(ctx context.Context) (devices.Conn, error)

// Open calls f.
func (f OpenerFunc) Open(ctx context.Context) (devices.Conn, error) { return f(ctx) }
