package bench

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"

	"dcedge/edge/engine/group"
)

const rawBytes = 480

type rawRequest struct {
	body []byte
	wake chan struct{}
	err  error
}

// runRaw is the limit: one goroutine drains the queue, frames what it took
// (length and CRC32C), appends it to a growing file with one write and one
// fdatasync, and answers.
func runRaw(ctx context.Context, cfg Config, name string) (Result, error) {
	size := cfg.Bytes
	if size == 0 {
		size = rawBytes
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return Result{}, fmt.Errorf("bench: %w", err)
	}
	queue := group.NewQueue[*rawRequest](2048)
	ctx, cancel := context.WithTimeout(ctx, time.Duration(cfg.Seconds*float64(time.Second)))
	defer cancel()
	meters := make([]meter, cfg.Scanners)
	var scanners sync.WaitGroup
	begin := time.Now()
	for i := range meters {
		scanners.Go(func() { rawScanner(ctx, queue, size, &meters[i]) })
	}
	done := make(chan struct{})
	var flushes uint64
	go func() {
		defer close(done)
		flushes, err = rawLoop(queue, f)
	}()
	scanners.Wait()
	secs := time.Since(begin).Seconds()
	queue.Close()
	queue.Kick()
	<-done
	res := summary(meters, secs)
	res.Flushes, res.Bytes = flushes, size
	return res, errors.Join(err, f.Close())
}

func rawScanner(ctx context.Context, queue *group.Queue[*rawRequest], size int, m *meter) {
	q := &rawRequest{body: make([]byte, max(0, size-8)), wake: make(chan struct{}, 1)}
	for i := range q.body {
		q.body[i] = byte('a' + i%26)
	}
	for ctx.Err() == nil {
		from := time.Now()
		if queue.Put(context.Background(), q) != nil {
			return
		}
		<-q.wake
		if q.err != nil {
			return
		}
		m.add(time.Since(from))
	}
}

func rawLoop(queue *group.Queue[*rawRequest], f *os.File) (flushes uint64, err error) {
	start := time.Now()
	window := group.Window{Mono: func() time.Duration { return time.Since(start) }, Spin: runtime.GOMAXPROCS(0) > 1}
	table := crc32.MakeTable(crc32.Castagnoli)
	var list []*rawRequest
	var buf []byte
	for {
		list = queue.Take(list[:0], 1024)
		if len(list) == 0 {
			if queue.Closed() {
				return flushes, err
			}
			<-queue.Ready()
			continue
		}
		buf = buf[:0]
		for _, q := range list {
			buf = binary.LittleEndian.AppendUint32(buf, uint32(len(q.body)))
			buf = binary.LittleEndian.AppendUint32(buf, crc32.Checksum(q.body, table))
			buf = append(buf, q.body...)
		}
		from := time.Now()
		if err == nil {
			if _, err = f.Write(buf); err == nil {
				err = syscall.Fdatasync(int(f.Fd()))
			}
			flushes++
		}
		took := time.Since(from)
		for _, q := range list {
			q.err = err
			q.wake <- struct{}{}
		}
		for window.Landed(len(list), queue.Len(), took, 0); !window.Over(queue.Len()); {
			window.Pause(queue.Ready())
		}
	}
}
