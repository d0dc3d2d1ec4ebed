package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// wms is what the customers of a WMS do to the orders of a site whose hospital is
// worked: it reads what happens, as an auditor, and every now and then an order is
// cancelled or held when its box has just left the desk. What is held goes on after
// a while.
type wms struct {
	site   *site
	out    io.Writer
	cursor string
	live   bool            // all of the past is read
	seen   map[string]bool // orders
	held   []change
	n      int
}

// change is an orderChange.
type change struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Rev    int    `json:"rev"`
	Client string `json:"client,omitempty"`
	Order  string `json:"order"`
	Change string `json:"change"`
	Reason string `json:"reason,omitempty"`

	until time.Time
}

// Of thirty orders one is cancelled and one is held.
const changeEvery = 30

// heldFor is how long an order is held, at speed 1.
const heldFor = 5 * time.Minute

// run follows the events until ctx ends; an edge that is away comes back.
func (w *wms) run(ctx context.Context) {
	w.cursor, w.seen = "start", map[string]bool{}
	for ctx.Err() == nil {
		err := w.read(ctx)
		for err == nil && len(w.held) > 0 && time.Now().After(w.held[0].until) {
			err = w.say(ctx, w.held[0])
			if err == nil {
				w.held = w.held[1:]
			}
		}
		if err != nil {
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
}

// read takes the next batch of events.
func (w *wms) read(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	at := w.site.url() + "/sync/v1/events?limit=10000&wait=5&after=" + url.QueryEscape(w.cursor)
	r, err := http.DefaultClient.Do(request(ctx, "GET", at, w.site.Keys["EDGE_AUDIT_KEY"], nil))
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("events: %s", r.Status)
	}
	in := bufio.NewScanner(r.Body)
	in.Buffer(nil, 1<<20)
	var head struct {
		Batch struct {
			Count int
			Next  string
		}
	}
	if !in.Scan() {
		return fmt.Errorf("events: an empty answer: %w", in.Err())
	}
	if err := json.Unmarshal(in.Bytes(), &head); err != nil {
		return err
	}
	var bound []change
	for in.Scan() {
		if c, ok := w.bound(in.Bytes()); ok {
			bound = append(bound, c)
		}
	}
	if err := in.Err(); err != nil {
		return err
	}
	w.cursor = head.Batch.Next
	for _, c := range bound {
		if w.live {
			w.minded(ctx, c)
		}
	}
	w.live = w.live || head.Batch.Count == 0
	return nil
}

// bound reads of an event that the first box of an order has its label.
func (w *wms) bound(line []byte) (change, bool) {
	var e struct {
		Type, Order, Client string
		Practice            bool
	}
	if !bytes.Contains(line, []byte(`"type":"waybill.bound"`)) || json.Unmarshal(line, &e) != nil || e.Practice || w.seen[e.Order] {
		return change{}, false
	}
	w.seen[e.Order] = true
	return change{Kind: "orderChange", Client: e.Client, Order: e.Order}, true
}

// minded changes the mind of a customer now and then.
func (w *wms) minded(ctx context.Context, c change) {
	w.n++
	c.ID, c.Rev, c.Reason = fmt.Sprintf("%s-packed", c.Order), 1, "wms"
	switch w.n % changeEvery {
	case changeEvery / 3:
		c.Change = "cancel"
	case changeEvery * 2 / 3:
		c.Change = "hold"
	default:
		return
	}
	if w.say(ctx, c) != nil || c.Change != "hold" {
		return
	}
	c.ID, c.Rev, c.Change = c.ID+"-on", 2, "release"
	c.until = time.Now().Add(time.Duration(float64(heldFor) / w.site.speed))
	w.held = append(w.held, c)
}

// say pushes a change.
func (w *wms) say(ctx context.Context, c change) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	r := request(ctx, "POST", w.site.url()+"/sync/v1/reference", w.site.Keys["EDGE_WMS_KEY"], append(text, '\n'))
	r.Header.Set("Content-Type", "application/x-ndjson")
	var answer struct{ Accepted int }
	if err := ask(ctx, r, &answer); err != nil {
		return err
	}
	fmt.Fprintf(w.out, "the WMS: %s order %s, whose box has left the desk\n", c.Change, c.Order)
	return nil
}

// desks tells of the mixes with people at the returns desks and in the hospital.
func (s *site) desks() bool { return slices.Contains([]string{"returns", "all"}, s.mix) }

// minds tells of a site whose customers change their minds: not where the orders are
// those of whoever has the site alone, who would not know why one is cancelled.
func (s *site) minds() bool { return s.desks() && !s.alone }
