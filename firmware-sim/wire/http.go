package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// HTTP is the port of the person or script that works a simulated device. It is
// meant for loopback: whoever reaches it does as they like.
type HTTP struct {
	listen  string
	handler http.Handler
	ready   chan struct{}

	mu  sync.Mutex
	url string
}

// NewHTTP makes a port on host:port; with listen empty it serves nothing.
func NewHTTP(listen string, handler http.Handler) *HTTP {
	h := &HTTP{listen: listen, handler: handler, ready: make(chan struct{})}
	if listen == "" {
		close(h.ready)
	}
	return h
}

// Ready is closed when the port listens (at once where there is none).
func (h *HTTP) Ready() <-chan struct{} { return h.ready }

// URL is the base address; "" before Ready, or where there is none.
func (h *HTTP) URL() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.url
}

// Before has run begin when the port listens, so that a device that is reached can
// be worked too.
func (h *HTTP) Before(run func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return nil
		case <-h.ready:
			return run(ctx)
		}
	}
}

// Run serves until ctx ends.
func (h *HTTP) Run(ctx context.Context) error {
	if h.listen == "" {
		<-ctx.Done()
		return nil
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", h.listen)
	if err != nil {
		return fmt.Errorf("wire: control: %w", err)
	}
	h.mu.Lock()
	h.url = "http://" + ln.Addr().String()
	h.mu.Unlock()
	close(h.ready)
	server := &http.Server{
		Handler: h.handler, ReadHeaderTimeout: 5 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("wire: control: %w", err)
	}
	return nil
}

// Reply writes v as JSON. A caller that is gone is no fault of the device.
func Reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// Take reads a JSON body strictly into v; where it cannot it answers 400 and
// gives false.
func Take(w http.ResponseWriter, r *http.Request, v any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<22))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		http.Error(w, "malformed: "+err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}
