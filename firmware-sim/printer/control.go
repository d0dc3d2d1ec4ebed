package printer

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"dcedge/firmware-sim/wire"
)

// The HTTP/JSON port, for a crew in another process and for fault scripts:
//
//	GET  /status                 Status
//	GET  /labels?since=N&wait=S  []Label with n above N; waits up to S seconds for one
//	GET  /labels/N.png, N.zpl    one label, drawn or as received
//	POST /faults                 Faults, replacing those there are
//	POST /hands                  {"paper":n}, {"head":"open"|"closed"}, {"pause":true}, {"power":"lost"|"replay"},
//	                             {"ribbon":"out"|"in"}, {"take":true} (off the peel bar), {"replace":"serial number"}

// Handler serves the control port's routes.
func (p *Printer) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) { wire.Reply(w, p.Status()) })
	mux.HandleFunc("GET /labels", p.getLabels)
	mux.HandleFunc("GET /labels/{file}", p.getLabel)
	mux.HandleFunc("POST /faults", func(w http.ResponseWriter, r *http.Request) {
		var f Faults
		if wire.Take(w, r, &f) {
			p.SetFaults(f)
			wire.Reply(w, p.Status())
		}
	})
	mux.HandleFunc("POST /hands", p.postHands)
	return mux
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
	wire.Reply(w, labels)
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

	Ribbon string `json:"ribbon,omitempty"` // out, in
	Take   bool   `json:"take,omitempty"`   // the label off the peel bar

	Replace string `json:"replace,omitempty"` // another printer with this serial number stands there
}

// check says whether every word is known.
func (h Hands) check() error {
	for _, word := range [][3]string{{"head", h.Head, "open closed"}, {"power", h.Power, "lost replay"}, {"ribbon", h.Ribbon, "out in"}} {
		if word[1] != "" && !slices.Contains(strings.Fields(word[2]), word[1]) {
			return fmt.Errorf("printer: %s %q: one of %s", word[0], word[1], word[2])
		}
	}
	return nil
}

// Do carries out what Hands says; it returns an error for a word that it does
// not know, and then does nothing.
func (p *Printer) Do(h Hands) error {
	if err := h.check(); err != nil {
		return err
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
	if h.Ribbon != "" {
		p.SetRibbon(h.Ribbon == "out")
	}
	if h.Take {
		p.Take()
	}
	if h.Replace != "" {
		p.Replace(h.Replace)
	}
	return nil
}

func (p *Printer) postHands(w http.ResponseWriter, r *http.Request) {
	var h Hands
	if !wire.Take(w, r, &h) {
		return
	}
	if err := p.Do(h); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	wire.Reply(w, p.Status())
}
