package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
)

var lead = regexp.MustCompile(`badge (\S+), PIN (\d+)`)

// fill pushes the site's people, places and ranges once, and a day of orders
// when no order is open.
func (s *site) fill(ctx context.Context, out io.Writer) error {
	var status struct {
		Epoch string `json:"epoch"`
		Head  uint64 `json:"head"`
	}
	if err := ask(ctx, request(ctx, "GET", s.url()+"/sync/v1/status", s.Keys["EDGE_WMS_KEY"], nil), &status); err != nil {
		return err
	}
	open, err := s.openOrders(ctx)
	if err != nil {
		return err
	}
	if s.orders != "" {
		return s.realOrders(ctx, out, status.Epoch)
	}
	if s.Days > 0 && open > 0 {
		fmt.Fprintf(out, "going on with %d open orders\n", open)
		return nil
	}
	return s.madeUpOrders(ctx, out, status.Epoch)
}

func (s *site) madeUpOrders(ctx context.Context, out io.Writer, epoch string) error {
	day := s.seed + uint64(s.Days)
	text, err := s.scenario(ctx, "--seed", fmt.Sprint(day), "--orders", fmt.Sprint(s.count), "--epoch", epoch)
	if err != nil {
		return err
	}
	if s.Days > 0 {
		text = ofDay(text, day)
	}
	if err := s.push(ctx, out, "day.ndjson", text); err != nil {
		return err
	}
	s.Days++
	return s.save()
}

// realOrders pushes what a file of orders lacks, then the file, moved to today.
func (s *site) realOrders(ctx context.Context, out io.Writer, epoch string) error {
	if s.Orders == s.orders {
		fmt.Fprintf(out, "%s was pushed already; going on\n", s.orders)
		return nil
	}
	text, err := s.scenario(ctx, "--for", s.orders, "--epoch", epoch)
	if err != nil {
		return err
	}
	if err := s.push(ctx, out, "floor.ndjson", text); err != nil {
		return err
	}
	if err := s.wmsPush(ctx, out, s.orders, "--as-of", "now"); err != nil {
		return err
	}
	s.Orders, s.Days = s.orders, s.Days+1
	return s.save()
}

// scenario makes up records; the lead's badge and PIN are kept.
func (s *site) scenario(ctx context.Context, args ...string) ([]byte, error) {
	c := s.command(ctx, "firmware-sim", append([]string{"scenario"}, args...)...)
	var text, said bytes.Buffer
	c.Stdout, c.Stderr = &text, &said
	if err := c.Run(); err != nil {
		return nil, fmt.Errorf("firmware-sim scenario: %w: %s", err, said.String())
	}
	m := lead.FindSubmatch(said.Bytes())
	if m == nil {
		return nil, errors.New("firmware-sim scenario named no lead")
	}
	if s.Days == 0 { // kept by the caller's save, once the push has worked
		s.LeadBadge, s.LeadPIN = string(m[1]), string(m[2])
	}
	return text.Bytes(), nil
}

// ofDay keeps of a later day's records only orders, under ids of that day: the
// people and places are there already, and the lead keeps the PIN.
func ofDay(text []byte, day uint64) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(text) {
		var r map[string]any
		if json.Unmarshal(line, &r) != nil || r["kind"] != "order" && r["kind"] != "sku" && r["kind"] != "location" {
			continue
		}
		if r["kind"] == "order" {
			r["id"] = fmt.Sprintf("%v-%d", r["id"], day)
		}
		again, err := json.Marshal(r)
		if err == nil {
			out.Write(append(again, '\n'))
		}
	}
	return out.Bytes()
}

func (s *site) push(ctx context.Context, out io.Writer, name string, text []byte) error {
	file := s.path(name)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	return s.wmsPush(ctx, out, file)
}

func (s *site) wmsPush(ctx context.Context, out io.Writer, file string, more ...string) error {
	c := s.command(ctx, "wms", append([]string{"push", file, "--to", s.url()}, more...)...)
	c.Stdout, c.Stderr = out, out
	if err := c.Run(); err != nil {
		return fmt.Errorf("wms push %s: %w", file, err)
	}
	return nil
}

var gauge = regexp.MustCompile(`(?m)^edge_orders\{stage="(\w+)"\} (\d+)`)

// openOrders counts the orders that can still be worked, from the edge's
// metrics: a login as the lead would end the lead's session.
func (s *site) openOrders(ctx context.Context) (int, error) {
	r, err := http.DefaultClient.Do(request(ctx, "GET", s.url()+"/metrics", "", nil))
	if err != nil {
		return 0, err
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	open := 0
	for _, m := range gauge.FindAllSubmatch(text, -1) {
		n, _ := strconv.Atoi(string(m[2])) // digits, by the expression
		if stage := string(m[1]); stage != "shipped" && stage != "cancelled" && stage != "parked" {
			open += n
		}
	}
	return open, err
}

// tell prints where to go and what to press.
func (s *site) tell(out io.Writer) {
	fmt.Fprintf(out, `
  The site is running:   %s
    as a picker, packer or loader   badge W-200 (no PIN); the crew has W-001 to W-%03d
    as the site lead                badge %s, PIN %s
  What to press: type the badge, Enter. A worker: press the first row, then scan what the screen
  asks for. Without a scanner: type the code and Enter; a place is LOC- and what is shown, a tote
  any of TOTE-08000 on, an article the number after … (codes: %s). The lead: watch.

%s
  Pull by hand:      curl -H "Authorization: Bearer $EDGE_TRY_KEY" '%s/sync/v1/events?after=start'
    EDGE_TRY_KEY=%s   (reads and acknowledges; a place of its own)
    EDGE_WMS_KEY=%s   (the site's own puller holds its lease)
    EDGE_AUDIT_KEY=%s   (reads events, never acknowledges)
  Pulled events: %s   labels: %s   logs: %s
  Ctrl-C ends everything; make run again goes on; rm -r %s begins anew.
`, s.url(), s.pickers+s.packers+s.loaders, s.LeadBadge, s.LeadPIN, s.path("day.ndjson"), s.devicesTold(), s.url(), s.Keys["EDGE_TRY_KEY"], s.Keys["EDGE_WMS_KEY"], s.Keys["EDGE_AUDIT_KEY"],
		s.path("pulled"), s.path("labels"), s.path("*.log"), s.folder)
}
