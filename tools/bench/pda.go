package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"dcedge/edge"
)

// pda is one connected worker: it scans what the screen expects.
type pda struct {
	ws    *websocket.Conn
	in    chan arrival // answers and screens, in order
	totes *atomic.Int64
	rnd   *rand.Rand
	plain string // what is scanned at the echo, which has no screen
	code  string // what the screen expects; "" is a free tote
	rev   uint64
}

// arrival is a frame and when it came.
type arrival struct {
	at time.Time
	frame
}

type frame struct {
	T      string  `json:"t"`
	ID     string  `json:"id"`
	OK     bool    `json:"ok"`
	Code   string  `json:"code"`
	Detail string  `json:"detail"`
	Screen *screen `json:"screen"`
}

type screen struct {
	Rev    uint64 `json:"rev"`
	Flow   string `json:"flow"`
	Expect []struct {
		Code string `json:"code"`
	} `json:"expect"`
}

// crowd is the PDAs of one server.
type crowd []*pda

// connect logs n workers in, from the first-th on, and opens their sockets.
// Free totes are taken from totes on.
func connect(ctx context.Context, p *process, first, n int, totes *atomic.Int64) (crowd, error) {
	var c crowd
	for i := first; i < first+n; i++ {
		body := fmt.Sprintf(`{"badge":%q,"device":"pda-%d"}`, badge(i), i+1)
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/floor/v1/login", strings.NewReader(body))
		if err != nil {
			return c, err
		}
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			return c, err
		}
		text, err := io.ReadAll(a.Body)
		_ = a.Body.Close()
		var login struct{ Token string }
		if err = errors.Join(err, json.Unmarshal(text, &login)); err != nil || login.Token == "" {
			return c, fmt.Errorf("login of %s: %s %s (%w)", badge(i), a.Status, text, err)
		}
		d, err := dial(ctx, p, "/floor/v1/socket", http.Header{"Authorization": {"Bearer " + login.Token}})
		if err != nil {
			return c, err
		}
		d.totes = totes
		c = append(c, d)
	}
	return c, nil
}

// connectPlain opens n sockets of the echo.
func connectPlain(ctx context.Context, p *process, n int) (crowd, error) {
	var c crowd
	for range n {
		d, err := dial(ctx, p, "/", nil)
		if err != nil {
			return c, err
		}
		d.plain = "ITEM-00001"
		c = append(c, d)
	}
	return c, nil
}

func dial(ctx context.Context, p *process, path string, h http.Header) (*pda, error) {
	dialer := websocket.Dialer{ReadBufferSize: 4096, WriteBufferSize: 1024}
	ws, a, err := dialer.DialContext(ctx, "ws"+strings.TrimPrefix(p.url, "http")+path, h)
	if err != nil {
		return nil, fmt.Errorf("socket: %w (%v)", err, a)
	}
	d := &pda{ws: ws, in: make(chan arrival, 256)}
	go d.read()
	return d, nil
}

// read stamps every frame when it is here, before it is looked at.
func (d *pda) read() {
	defer close(d.in)
	for {
		_, text, err := d.ws.ReadMessage()
		if err != nil {
			return
		}
		a := arrival{at: time.Now()}
		if json.Unmarshal(text, &a.frame) != nil {
			return
		}
		d.in <- a
	}
}

func (c crowd) close() {
	for _, d := range c {
		_ = d.ws.Close()
	}
}

// see takes a screen over unless it is older than the one shown.
func (d *pda) see(s *screen) {
	if s == nil || s.Rev < d.rev {
		return
	}
	d.rev, d.code = s.Rev, ""
	if s.Flow != "idle" && len(s.Expect) > 0 {
		d.code = s.Expect[0].Code
	}
}

// scan sends one scan and waits for its answer. ok is that of the verdict.
func (d *pda) scan() (at time.Time, ok bool, err error) {
	for waiting := true; waiting; {
		select {
		case a, open := <-d.in:
			if !open {
				return at, false, errors.New("the socket ended")
			}
			d.see(a.Screen)
		default:
			waiting = false
		}
	}
	code := cmp.Or(d.plain, d.code)
	if code == "" {
		code = toteCode(int(d.totes.Add(1)))
	}
	now := time.Now()
	var random [10]byte
	for i := range random {
		random[i] = byte(d.rnd.Uint32())
	}
	id := edge.NewID(now, random).String()
	text := fmt.Appendf(nil, `{"t":"scan","id":%q,"code":%q,"at":%q,"source":"wedge"}`, id, code, now.UTC().Format(edge.TimeLayout))
	if err := d.ws.WriteMessage(websocket.TextMessage, text); err != nil {
		return at, false, err
	}
	late := time.NewTimer(20 * time.Second)
	defer late.Stop()
	for {
		select {
		case a, open := <-d.in:
			if !open {
				return at, false, errors.New("the socket ended")
			}
			d.see(a.Screen)
			if a.ID == id {
				return a.at, a.OK || d.plain != "", nil
			}
			if a.T == "error" {
				return at, false, fmt.Errorf("not decided: %s %s", a.Code, a.Detail)
			}
		case <-late.C:
			return at, false, errors.New("no verdict in 20 s")
		}
	}
}

// measured is one run of a crowd.
type measured struct {
	took    []time.Duration // sorted
	refused int
	secs    float64
}

func (m measured) ms(p float64) float64 { return percentile(m.took, p) }
func (m measured) rate() float64        { return float64(len(m.took)) / m.secs }

// load runs the crowd for a time. With a rate (scans a second of all together)
// every PDA has a scan due at a random instant of each of its periods, and the
// latency counts from that instant, also where the scan had to wait for the
// verdict before it; rate 0 is a closed loop.
func (c crowd) load(ctx context.Context, rate, seconds float64, seed uint64) (m measured, err error) {
	each, refused, errs := make([][]time.Duration, len(c)), make([]int, len(c)), make([]error, len(c))
	begin := time.Now()
	end := begin.Add(time.Duration(seconds * float64(time.Second)))
	var all sync.WaitGroup
	for i, d := range c {
		all.Go(func() {
			d.rnd = rand.New(rand.NewPCG(seed, uint64(i)))
			period := time.Duration(0)
			if rate > 0 {
				period = time.Duration(float64(len(c)) / rate * float64(time.Second))
			}
			for k := 0; ctx.Err() == nil; k++ {
				due := time.Now()
				if rate > 0 {
					due = begin.Add(time.Duration(k)*period + time.Duration(d.rnd.Int64N(int64(period))))
				}
				if !due.Before(end) {
					return
				}
				time.Sleep(time.Until(due))
				at, ok, err := d.scan()
				if err != nil {
					errs[i] = err
					return
				}
				each[i] = append(each[i], at.Sub(due))
				if !ok {
					refused[i]++
				}
			}
		})
	}
	all.Wait()
	m.secs = time.Since(begin).Seconds()
	for i := range c {
		m.took = append(m.took, each[i]...)
		m.refused += refused[i]
	}
	slices.Sort(m.took)
	if len(m.took) == 0 {
		errs = append(errs, errors.New("nothing was scanned"))
	}
	return m, errors.Join(append(errs, ctx.Err())...)
}

// fill starts a server's floor: people, places, then orders.
func (s *site) fill(ctx context.Context, p *process, prefix string, n int, seed uint64) error {
	text, err := reference()
	if err != nil {
		return err
	}
	if err := s.push(ctx, p, bytes.NewReader(text)); err != nil || n == 0 {
		return err
	}
	return s.push(ctx, p, bytes.NewReader(orders(prefix, n, seed)))
}
