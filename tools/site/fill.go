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
	"slices"
	"strconv"
	"strings"
	"time"
)

var lead = regexp.MustCompile(`(?m)^lead: badge (\S+), PIN (\d+)\nlead of the crew: badge (\S+), PIN (\d+)$`)

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
	open, _, err := s.openOrders(ctx)
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
	args := []string{"--seed", fmt.Sprint(day), "--orders", fmt.Sprint(s.count), "--epoch", epoch}
	if s.desks() {
		args = append(args, "--returns", fmt.Sprint(max(10, s.count/10)))
	}
	text, err := s.scenario(ctx, args...)
	if err != nil {
		return err
	}
	if s.Days > 0 {
		text = ofDay(text, day)
	}
	if err := s.push(ctx, out, s.dayFile(), text); err != nil {
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
	args := []string{"--for", s.orders, "--epoch", epoch}
	if s.desks() {
		args = append(args, "--returns", "20")
	}
	text, err := s.scenario(ctx, args...)
	if err != nil {
		return err
	}
	if err := s.push(ctx, out, s.dayFile(), text); err != nil {
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
		s.LeadBadge, s.LeadPIN, s.CrewLead, s.CrewPIN = string(m[1]), string(m[2]), string(m[3]), string(m[4])
	}
	return text.Bytes(), nil
}

// dayFile is where the records lie that were pushed last.
func (s *site) dayFile() string {
	if s.orders != "" {
		return "floor.ndjson"
	}
	return "day.ndjson"
}

// stuck is how long nothing may change before the next day comes, at speed 1.
const stuck = 30 * time.Minute

// nextDay pushes another day of made-up orders when all are on their trucks, or when
// nothing came of the rest for long.
func (s *site) nextDay(ctx context.Context, out io.Writer) error {
	open, stages, err := s.openOrders(ctx)
	if err != nil {
		return nil // the edge is away; it is started again
	}
	if stages != s.stages || s.since.IsZero() {
		s.stages, s.since = stages, time.Now()
	}
	quiet := time.Duration(float64(stuck) / s.speed)
	switch {
	case s.orders != "", s.alone, open > 0 && time.Since(s.since) < max(quiet, time.Minute), open == 0 && time.Since(s.since) < 20*time.Second:
		return nil
	case open > 0:
		fmt.Fprintf(out, "%d orders of day %d are left, and nothing came of them for %s; the next day begins\n", open, s.Days, time.Since(s.since).Round(time.Second))
	default:
		fmt.Fprintf(out, "day %d is on its trucks; the next day begins\n", s.Days)
	}
	s.since = time.Time{}
	return s.madeUpOrders(ctx, out, "")
}

// ofDay keeps of a later day's records only orders and returns, under ids of that day: the
// people and places are there already, and the lead keeps the PIN.
func ofDay(text []byte, day uint64) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(text) {
		var r map[string]any
		if json.Unmarshal(line, &r) != nil || !slices.Contains([]any{"order", "return", "sku", "location"}, r["kind"]) {
			continue
		}
		if r["kind"] == "order" || r["kind"] == "return" {
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

// openOrders counts the orders that can still be worked, and says how many are at
// which stage, from the edge's metrics: a login as the lead would end the lead's session.
func (s *site) openOrders(ctx context.Context) (open int, stages string, err error) {
	r, err := http.DefaultClient.Do(request(ctx, "GET", s.url()+"/metrics", "", nil))
	if err != nil {
		return 0, "", err
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	for _, m := range gauge.FindAllSubmatch(text, -1) {
		n, _ := strconv.Atoi(string(m[2])) // digits, by the expression
		if stage := string(m[1]); stage != "shipped" && stage != "cancelled" && stage != "parked" {
			open += n
		}
		stages += string(m[0]) + "\n"
	}
	return open, stages, err
}

// tell prints where to go, what to press, and who works what.
func (s *site) tell(ctx context.Context, out io.Writer) error {
	roster, err := s.command(ctx, "firmware-sim", append(s.crew(), "--who")...).Output()
	if err != nil {
		return fmt.Errorf("firmware-sim floor --who: %w", err)
	}
	who := "    " + strings.ReplaceAll(strings.TrimSpace(string(roster)), "\n", "\n    ")
	switch {
	case s.alone:
		who = "    nobody but you: all orders are yours, and those of the scripts"
	case s.shift > 0:
		who += "\n    each for a shift, with rests; then the badge 100 higher takes over"
	}
	env, err := s.scripts()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, `
  The site is running:   %s
    as a picker, packer, loader,    badge W-200 (no PIN); the crew has those below
    or at the returns desk
    as the site lead                badge %s, PIN %s
  What to press: type the badge, Enter. A worker: press the first row, then scan what the screen
  asks for. Without a scanner: type the code and Enter; a place is LOC- and what is shown, a tote
  any of TOTE-08000 on, an article the number after … (codes: %s). The lead: watch.

  Who works what:
%s

%s
  With curl alone:   . %s; docs/order.sh   (an order from record to truck; more scripts beside it: README)
  Pull by hand:      . %[7]s; curl -H "Authorization: Bearer $EDGE_TRY_KEY" '%s/sync/v1/events?after=start'
    EDGE_TRY_KEY=%s   (reads and acknowledges; a place of its own)
    EDGE_WMS_KEY=%s   (the site's own puller holds its lease)
    EDGE_AUDIT_KEY=%s   (reads events, never acknowledges)
  Pulled events: %s   labels: %s   logs: %s
  Ctrl-C ends everything; make run again goes on; rm -r %s begins anew.
`, s.url(), s.LeadBadge, s.LeadPIN, s.path(s.dayFile()), who, s.devicesTold(), env, s.url(), s.Keys["EDGE_TRY_KEY"], s.Keys["EDGE_WMS_KEY"], s.Keys["EDGE_AUDIT_KEY"],
		s.path("pulled"), s.path("labels"), s.path("*.log"), s.folder)
	return nil
}
