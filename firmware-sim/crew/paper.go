package crew

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Slip is a label as a person sees it: what is written on it and what a
// scanner reads off it.
type Slip struct {
	N     int64    // rises with every label of a printer
	Texts []string // readable texts and comments
	Codes []string // barcodes
}

// Paper is a printer's out tray.
type Paper interface {
	// Slips gives the labels that came out after number since, in order.
	Slips(ctx context.Context, since int64) ([]Slip, error)
}

// HTTPPaper reads the control port of a simulated printer.
type HTTPPaper struct {
	URL    string // http://host:port
	Client *http.Client
}

var _ Paper = HTTPPaper{}

// Slips asks GET /labels?since=N.
func (h HTTPPaper) Slips(ctx context.Context, since int64) ([]Slip, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/labels?since=%d", h.URL, since), nil)
	if err != nil {
		return nil, fmt.Errorf("crew: labels: %w", err)
	}
	client := h.Client
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("crew: labels: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("crew: labels: %s", res.Status)
	}
	var labels []struct {
		N        int64    `json:"n"`
		Texts    []string `json:"texts"`
		Comments []string `json:"comments"`
		Barcodes []struct {
			Text string `json:"text"`
		} `json:"barcodes"`
	}
	if err := json.NewDecoder(res.Body).Decode(&labels); err != nil {
		return nil, fmt.Errorf("crew: labels: %w", err)
	}
	slips := make([]Slip, 0, len(labels))
	for _, l := range labels {
		s := Slip{N: l.N, Texts: append(l.Texts, l.Comments...)}
		for _, b := range l.Barcodes {
			s.Codes = append(s.Codes, b.Text)
		}
		slips = append(slips, s)
	}
	return slips, nil
}

// waybill is the code that a packer scans on a label: the one printed twice,
// else the longest; digits before letters.
func (s Slip) waybill() string {
	best, rank := "", -1
	count := map[string]int{}
	for _, c := range s.Codes {
		count[c]++
	}
	for _, c := range s.Codes {
		r := len(c)
		if strings.Trim(c, "0123456789") == "" {
			r += 100
		}
		if count[c] > 1 {
			r += 1000
		}
		if r > rank {
			best, rank = c, r
		}
	}
	return best
}

// says tells whether the label bears the word, not as part of a longer one.
func (s Slip) says(word string) bool {
	if word == "" {
		return false
	}
	for _, text := range s.Texts {
		for rest := text; ; {
			i := strings.Index(rest, word)
			if i < 0 {
				break
			}
			end := i + len(word)
			if (i == 0 || !letter(rest[i-1])) && (end == len(rest) || !letter(rest[end])) {
				return true
			}
			rest = rest[i+1:]
		}
	}
	return false
}

func letter(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}

// tray is what lies at one printer. Taken labels stick on boxes.
type tray struct {
	paper Paper

	mu    sync.Mutex
	last  int64
	slips []Slip
	taken map[string]bool // waybills scanned onto a box
	named bool            // labels of this printer bear orders or boxes in readable text

	attempts bool // and attempts
}

// keepSlips bounds what a tray remembers.
const keepSlips = 5000

func (t *tray) look(ctx context.Context) error {
	t.mu.Lock()
	since := t.last
	t.mu.Unlock()
	slips, err := t.paper.Slips(ctx, since)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range slips {
		if s.N > t.last {
			t.last = s.N
			t.slips = append(t.slips, s)
		}
	}
	if over := len(t.slips) - keepSlips; over > 0 {
		t.slips = append(t.slips[:0:0], t.slips[over:]...)
	}
	return nil
}

// newest is the number of the last label.
func (t *tray) newest() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// single gives the code of a label that came out after another and is no waybill: it
// stands there in letters too, and no number does. It is taken.
func (t *tray) single(n int64) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.slips {
		if s.N <= n || slices.ContainsFunc(s.Codes, digits) {
			continue
		}
		for _, code := range s.Codes {
			if s.says(code) && !t.taken[code] {
				t.taken[code] = true
				return code
			}
		}
	}
	return ""
}

func (t *tray) take(waybill string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.taken[waybill] = true
}

// holds says whether a label with this code came out.
func (t *tray) holds(code string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.slips {
		for _, c := range s.Codes {
			if c == code {
				return true
			}
		}
	}
	return false
}

// find gives the newest label, taken by nobody and not in tried, that bears the
// attempt, or else one of the words; byName says that one was found on it. As
// long as no label of this printer ever bore what is looked for, its labels are
// taken to be mute and the newest one will do.
func (t *tray) find(attempt string, words []string, tried map[string]bool) (code string, byName, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	free := func(s Slip) bool {
		c := s.waybill()
		return c != "" && !t.taken[c] && !tried[c]
	}
	newest := func(ok func(Slip) bool) string {
		for i := len(t.slips) - 1; i >= 0; i-- {
			if ok(t.slips[i]) {
				return t.slips[i].waybill()
			}
		}
		return ""
	}
	bears := func(word string, known *bool) string {
		return newest(func(s Slip) bool {
			if !s.says(word) {
				return false
			}
			*known = true
			return free(s)
		})
	}
	if attempt != "" {
		if code := bears(attempt, &t.attempts); code != "" || t.attempts {
			return code, true, code != ""
		}
	}
	for _, word := range words {
		if code := bears(word, &t.named); code != "" {
			return code, true, true
		}
	}
	code = newest(free)
	return code, false, code != "" && !t.named
}
