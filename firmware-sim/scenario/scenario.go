package scenario

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"time"
)

// Config says which day to make up. Zero values take the defaults named.
type Config struct {
	Seed    uint64
	Orders  int       // 200
	SKUs    int       // 600, over both clients
	Returns int       // parcels that are announced to come back; 0: none
	Now     time.Time // cut-offs lie after it; required
	Epoch   string    // of the edge, for waybill ranges; empty: no ranges
	Secrets io.Reader // PIN and salt; crypto/rand by default
}

// Site is what was made up. Its PINs are known here and nowhere else.
type Site struct {
	Records   []any // in the order in which they are sent
	LeadBadge string
	LeadPIN   string // 6 digits

	CrewLead, CrewPIN string // badge and PIN of a second lead, who works with a crew
}

// ErrConfig is returned when a value of Config cannot be used.
var ErrConfig = errors.New("scenario: bad configuration")

func (c Config) prepared() (Config, error) {
	if c.Orders == 0 {
		c.Orders = 200
	}
	if c.SKUs == 0 {
		c.SKUs = 600
	}
	if c.Secrets == nil {
		c.Secrets = rand.Reader
	}
	switch {
	case c.Now.IsZero():
		return c, fmt.Errorf("%w: now is not set", ErrConfig)
	case c.Orders < 0 || c.Orders > 100_000:
		return c, fmt.Errorf("%w: orders must lie between 1 and 100000", ErrConfig)
	case c.SKUs < 10 || c.SKUs > 50_000:
		return c, fmt.Errorf("%w: skus must lie between 10 and 50000", ErrConfig)
	}
	return c, nil
}

// WriteTo writes the records, one JSON object a line.
func (s *Site) WriteTo(w io.Writer) (int64, error) {
	var n int64
	for _, r := range s.Records {
		line, err := json.Marshal(r)
		if err != nil {
			return n, fmt.Errorf("scenario: %w", err)
		}
		k, err := w.Write(append(line, '\n'))
		n += int64(k)
		if err != nil {
			return n, fmt.Errorf("scenario: %w", err)
		}
	}
	return n, nil
}

// Generate makes up a whole site and its day: two clients, their articles and
// locations, people, totes, docks, carriers with cut-offs 1, 3 and 6 hours from
// now, waybill ranges and orders.
func Generate(cfg Config) (*Site, error) {
	cfg, err := cfg.prepared()
	if err != nil {
		return nil, err
	}
	site := &Site{}
	bosses, err := site.leads(cfg)
	if err != nil {
		return nil, err
	}
	site.build(cfg, bosses)
	return site, nil
}

// leads makes the people who need a PIN.
func (s *Site) leads(cfg Config) (bosses []workerRecord, err error) {
	for n, pin := range []*string{&s.LeadPIN, &s.CrewPIN} {
		boss, err := lead(cfg, n+1, pin)
		if err != nil {
			return nil, err
		}
		bosses = append(bosses, boss)
	}
	s.LeadBadge, s.CrewLead = bosses[0].Badge, bosses[1].Badge
	return bosses, nil
}

// build makes up everything but the leads.
func (s *Site) build(cfg Config, bosses []workerRecord) {
	rng := mrand.New(mrand.NewPCG(cfg.Seed, 0x6463656467650001))
	cutoffs := cutoffsAfter(cfg.Now)
	f := floor{
		clients: []string{"default", "hanbit"}, carriers: carriers(), cutoffs: hours(cutoffs, cfg.Now), epoch: cfg.Epoch,
	}
	f.add(s, rng, bosses)
	goods := articles(rng, cfg.SKUs, f.clients)
	for _, l := range locations(goods) {
		s.Records = append(s.Records, l)
	}
	for _, client := range f.clients {
		for _, g := range goods[client] {
			s.Records = append(s.Records, *g)
		}
	}
	o := orders{rng: rng, goods: goods, cutoffs: cutoffs, now: cfg.Now}
	for i := range cfg.Orders {
		s.Records = append(s.Records, o.next(i+1))
	}
	for i := range cfg.Returns {
		client := []string{"default", "default", "default", "hanbit"}[rng.IntN(4)]
		s.Records = append(s.Records, back(rng, cfg.Now, i+1, client, o.lines(client)))
	}
}

// cutoffsAfter are three cut-offs on the half hour, about 1, 3 and 6 hours on.
func cutoffsAfter(now time.Time) []time.Time {
	var all []time.Time
	for _, d := range []time.Duration{time.Hour, 3 * time.Hour, 6 * time.Hour} {
		all = append(all, now.Add(d+29*time.Minute).Truncate(30*time.Minute))
	}
	return all
}

// hours writes cut-offs as local clock times of the business day of now; past
// midnight they go on counting: "25:30".
func hours(cutoffs []time.Time, now time.Time) []string {
	var all []string
	for _, c := range cutoffs {
		c = c.In(now.Location())
		h := c.Hour()
		if c.YearDay() != now.YearDay() {
			h += 24
		}
		all = append(all, fmt.Sprintf("%02d:%02d", h, c.Minute()))
	}
	return all
}

// orders makes up one order after another.
type orders struct {
	rng     *mrand.Rand
	goods   map[string][]*skuRecord
	cutoffs []time.Time
	now     time.Time
}

func (o *orders) next(n int) orderRecord {
	rng := o.rng
	client := "default"
	if rng.Float64() < .25 {
		client = "hanbit"
	}
	at := pick(rng, places())
	r := orderRecord{
		Kind: "order", ID: fmt.Sprintf("%s%05d", o.now.Format("060102"), n),
		OrderedAt: stamp(o.now.Add(-time.Duration(rng.IntN(180*60)) * time.Second)),
		Channel:   pick(rng, []string{"web", "app", "market", "phone"}),
		Carrier:   carrierOf(rng), Cutoff: stamp(o.cutoffs[min(rng.IntN(4), 2)]),
		Priority: 1 + rng.IntN(9), Freight: "credit", Recipient: recipient(rng, at),
	}
	if client != "default" {
		r.Client = client
	}
	if rng.Float64() < .97 { // the rest was not cleaned: 미정제
		r.Routing = &routing{
			SortCode: at.sort, SubCode: at.sub, Branch: at.branch, Zone: fmt.Sprintf("P%02d", rng.IntN(51)),
			AddressShort: at.short, Version: "2026-11",
		}
	}
	r.Lines = o.lines(client)
	return r
}

// lines draws different articles of one client.
func (o *orders) lines(client string) []orderLine {
	goods := o.goods[client]
	count, large := lineCount(o.rng)
	count = min(count, len(goods))
	seen := make(map[int]bool, count)
	lines := make([]orderLine, 0, count)
	for len(lines) < count {
		i := min(int(draw(o.rng, popularity())*float64(len(goods))), len(goods)-1)
		for seen[i] { // a popular article again: the next one on the list
			i = (i + 1) % len(goods)
		}
		seen[i] = true
		lines = append(lines, orderLine{
			ID: fmt.Sprint(len(lines) + 1), SKU: goods[i].ID, Quantity: pieces(o.rng, large), Location: goods[i].location,
		})
	}
	return lines
}

// carrierOf follows the shares of the real day's file: 60, 27, 25, 15 of 127.
func carrierOf(rng *mrand.Rand) string {
	switch u := rng.IntN(127); {
	case u < 60:
		return "cj"
	case u < 87:
		return "hanjin"
	case u < 112:
		return "lotte"
	}
	return "logen"
}

// stamp is RFC 3339 with milliseconds and offset.
func stamp(at time.Time) string { return at.Format("2006-01-02T15:04:05.000Z07:00") }
