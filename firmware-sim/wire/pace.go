package wire

import (
	"context"
	"io"
	"time"
)

// bitsPerByte on a serial line: start, eight of data, stop.
const bitsPerByte = 10

// paced lets bytes through no faster than a baud rate does.
type paced struct {
	io.ReadWriteCloser
	ctx       context.Context
	perByte   time.Duration
	piece     int // bytes of about 5 ms
	in, write time.Time
}

func (l *Line) pace(ctx context.Context, conn io.ReadWriteCloser) io.ReadWriteCloser {
	if l.baud == 0 {
		return conn
	}
	per := time.Duration(float64(time.Second) * bitsPerByte / float64(l.baud) / l.clock)
	return &paced{ReadWriteCloser: conn, ctx: ctx, perByte: per, piece: max(1, int(5*time.Millisecond/max(per, 1)))}
}

// Read gives at most the bytes of a few milliseconds and takes as long.
func (p *paced) Read(b []byte) (int, error) {
	n, err := p.ReadWriteCloser.Read(b[:min(len(b), p.piece)])
	p.spend(&p.in, n)
	return n, err
}

// Write takes as long as the line needs.
func (p *paced) Write(b []byte) (int, error) {
	done := 0
	for done < len(b) {
		n, err := p.ReadWriteCloser.Write(b[done:min(len(b), done+p.piece)])
		done += n
		if err != nil {
			return done, err
		}
		p.spend(&p.write, n)
	}
	return done, nil
}

// spend waits until n more bytes have passed since the line was free.
func (p *paced) spend(free *time.Time, n int) {
	now := time.Now()
	if free.Before(now) {
		*free = now
	}
	*free = free.Add(time.Duration(n) * p.perByte)
	_ = sleep(p.ctx, time.Until(*free)) // the end of ctx shows at the next call
}
