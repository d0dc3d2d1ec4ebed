package printer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// The HTTP/JSON port, for a crew in another process and for fault scripts:
//
//	GET  /status                 Status
//	GET  /labels?since=N&wait=S  []Label with n above N; waits up to S seconds for one
//	GET  /labels/N.png, N.zpl    one label, drawn or as received
//	POST /faults                 Faults, replacing those there are
//	POST /hands                  {"paper":n}, {"head":"open"|"closed"}, {"pause":true}, {"power":"lost"|"replay"}

// controlPort is the listener and its server; the zero value serves nothing.
type controlPort struct {
	ln     net.Listener
	server *http.Server
}

func (p *Printer) listenControl(ctx context.Context) (controlPort, error) {
	if p.cfg.Control == "" {
		return controlPort{}, nil
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", p.cfg.Control)
	if err != nil {
		return controlPort{}, fmt.Errorf("printer %s: control: %w", p.cfg.Name, err)
	}
	p.mu.Lock()
	p.control = ln.Addr().String()
	p.mu.Unlock()
	server := &http.Server{
		Handler: p.Handler(), ReadHeaderTimeout: 5 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	return controlPort{ln: ln, server: server}, nil
}

func (c controlPort) close() {
	if c.ln != nil {
		_ = c.ln.Close()
	}
}

func (c controlPort) serve(ctx context.Context) error {
	if c.ln == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	stop := context.AfterFunc(ctx, func() { _ = c.server.Close() })
	defer stop()
	if err := c.server.Serve(c.ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return ctx.Err()
}

// Handler serves the control port's routes.
func (p *Printer) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) { p.reply(w, p.Status()) })
	mux.HandleFunc("GET /labels", p.getLabels)
	mux.HandleFunc("GET /labels/{file}", p.getLabel)
	mux.HandleFunc("POST /faults", func(w http.ResponseWriter, r *http.Request) {
		var f Faults
		if decode(w, r, &f) {
			p.SetFaults(f)
			p.reply(w, p.Status())
		}
	})
	mux.HandleFunc("POST /hands", p.postHands)
	return mux
}

func (p *Printer) reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		p.cfg.Log.Debug("printer control answer", "printer", p.cfg.Name, "err", err)
	}
}

func decode(w http.ResponseWriter, r *http.Request, v any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		http.Error(w, "malformed: "+err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}

func (p *Printer) getLabels(w http.ResponseWriter, r *http.Request) {
	since, err := strconv.ParseInt(r.FormValue("since"), 10, 64)
	if err != nil && r.FormValue("since") != "" {
		http.Error(w, "since: a number is wanted", http.StatusBadRequest)
		return
	}
	seconds, err := strconv.ParseFloat(r.FormValue("wait"), 64)
	if err != nil && r.FormValue("wait") != "" {
		http.Error(w, "wait: seconds are wanted", http.StatusBadRequest)
		return
	}
	labels := p.Labels(since)
	if len(labels) == 0 && seconds > 0 {
		ctx, cancel := context.WithTimeout(r.Context(), time.Duration(min(seconds, 30)*float64(time.Second)))
		defer cancel()
		labels, _ = p.WaitLabels(ctx, since) // no label in time is an empty list
	}
	if labels == nil {
		labels = []Label{}
	}
	p.reply(w, labels)
}

func (p *Printer) getLabel(w http.ResponseWriter, r *http.Request) {
	var n int64
	var ext string
	if _, err := fmt.Sscanf(r.PathValue("file"), "%d.%s", &n, &ext); err != nil {
		http.NotFound(w, r)
		return
	}
	found := p.Labels(n - 1)
	if len(found) == 0 || found[0].N != n {
		http.NotFound(w, r)
		return
	}
	switch ext {
	case "png":
		w.Header().Set("Content-Type", "image/png")
		if err := found[0].PNG(w); err != nil {
			p.cfg.Log.Debug("printer control answer", "printer", p.cfg.Name, "err", err)
		}
	case "zpl":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if _, err := w.Write(found[0].ZPL()); err != nil {
			p.cfg.Log.Debug("printer control answer", "printer", p.cfg.Name, "err", err)
		}
	default:
		http.NotFound(w, r)
	}
}

// Hands is the body of POST /hands; what is left out stays as it is.
type Hands struct {
	Paper *int   `json:"paper,omitempty"` // labels on the new roll; below 0 endless
	Head  string `json:"head,omitempty"`  // open, closed
	Pause *bool  `json:"pause,omitempty"`
	Power string `json:"power,omitempty"` // lost, replay
}

// Do carries out what Hands says; it returns an error for a word that it does
// not know, and then does nothing.
func (p *Printer) Do(h Hands) error {
	if h.Head != "" && h.Head != "open" && h.Head != "closed" {
		return fmt.Errorf("printer: head %q: open or closed", h.Head)
	}
	if h.Power != "" && h.Power != "lost" && h.Power != "replay" {
		return fmt.Errorf("printer: power %q: lost or replay", h.Power)
	}
	if h.Power != "" {
		p.PowerCycle(h.Power == "replay")
	}
	if h.Paper != nil {
		p.SetPaper(*h.Paper)
	}
	if h.Head != "" {
		p.SetHead(h.Head == "open")
	}
	if h.Pause != nil {
		p.SetPause(*h.Pause)
	}
	return nil
}

func (p *Printer) postHands(w http.ResponseWriter, r *http.Request) {
	var h Hands
	if !decode(w, r, &h) {
		return
	}
	if err := p.Do(h); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.reply(w, p.Status())
}
