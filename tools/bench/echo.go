package main

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/gorilla/websocket"

	"dcedge/edge/engine/group"
)

// request is one frame on its way to the disk.
type request struct {
	body []byte // what is appended
	wake chan struct{}
}

// echo is the limit of the socket: gorilla with the edge's buffers, each frame
// appended as so many bytes to a growing file and flushed in the edge's group
// loop, then sent back.
func echo(ctx context.Context, args []string, out io.Writer) (err error) {
	fs := flag.NewFlagSet("echo", flag.ContinueOnError)
	listen := fs.String("listen", "127.0.0.1:0", "address")
	file := fs.String("file", "", "file to append to")
	size := fs.Int("bytes", 480, "bytes to append for each frame")
	if err := fs.Parse(args); err != nil {
		return err
	}
	f, err := os.OpenFile(*file, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	queue := group.NewQueue[*request](2048)
	upgrader := websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024, WriteBufferPool: &sync.Pool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/readyz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if ws, err := upgrader.Upgrade(w, r, nil); err == nil {
			go echoSocket(ctx, ws, queue, max(8, *size))
		}
	})
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "listening on", l.Addr())
	server := &http.Server{Handler: mux}
	stop := context.AfterFunc(ctx, func() { _ = server.Close(); queue.Close(); queue.Kick() })
	defer stop()
	go func() { _ = server.Serve(l) }() // ends with the context
	return appendLoop(queue, f)
}

func echoSocket(ctx context.Context, ws *websocket.Conn, queue *group.Queue[*request], size int) {
	defer ws.Close()
	q := &request{body: make([]byte, size-8), wake: make(chan struct{}, 1)}
	for {
		kind, text, err := ws.ReadMessage()
		if err != nil {
			return
		}
		copy(q.body, text)
		if queue.Put(ctx, q) != nil {
			return
		}
		<-q.wake
		if ws.WriteMessage(kind, text) != nil {
			return
		}
	}
}

// appendLoop is the raw loop of edge/engine/bench.
func appendLoop(queue *group.Queue[*request], f *os.File) error {
	start := time.Now()
	window := group.Window{Mono: func() time.Duration { return time.Since(start) }, Spin: runtime.GOMAXPROCS(0) > 1}
	table := crc32.MakeTable(crc32.Castagnoli)
	var list []*request
	var buf []byte
	for {
		list = queue.Take(list[:0], 1024)
		if len(list) == 0 {
			if queue.Closed() {
				return nil
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
		if _, err := f.Write(buf); err != nil {
			return err
		}
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			return err
		}
		took := time.Since(from)
		for _, q := range list {
			q.wake <- struct{}{}
		}
		for window.Landed(len(list), queue.Len(), took, 0); !window.Over(queue.Len()); {
			window.Pause(queue.Ready())
		}
	}
}
