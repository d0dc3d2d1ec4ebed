package putlight

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"dcedge/devices/mqtt"
	"dcedge/edge"
)

// Floor is the engine: nil means that a message's events are on disk.
type Floor interface {
	Submit(ctx context.Context, m *edge.Message) (edge.Verdict, error)
}

// Wire tells devices. It does not block.
type Wire interface {
	Send(c mqtt.Command) error
}

// Person is a worker with a live session.
type Person struct {
	Worker, Session string
	Roles           []edge.Role
	Proven          bool
}

// Press is a press of a light's button, or news of the light; one of Ack and Fail
// is called for a press.
type Press struct {
	mqtt.Message
	Ack, Fail func()
}

// Deps is what a wall works with.
type Deps struct {
	Floor  Floor
	Wire   Wire
	Person func(worker string) (Person, bool)
	Code   func(cell string) string // what a scanner reads of it
	Shown  func(worker string, v edge.Verdict)
	Now    func() time.Time
	Key    []byte // of content hashes
	Log    *slog.Logger
}

// Wall is the lights of a site's cells. Committed and Take may be called from
// any goroutine.
type Wall struct {
	cells map[string]bool
	deps  Deps
	in    chan Press
	wake  chan struct{} // holds one

	mu   sync.Mutex
	aims map[string]aim // by work: what is on its way

	// Of Run.
	ids     edge.DeviceIDs
	shows   map[string]shown         // by cell
	colours map[string]int           // by work
	last    map[string]*edge.Message // by light: one that comes again is the same, of the same worker
}

// aim is an item on its way to a cell.
type aim struct {
	cell, worker, order, line string
	quantity                  int
}

// shown is what a light was told last.
type shown struct {
	aim
	work, id, colour string
}

// Bounds.
const (
	presses      = 64 // that wait
	decideWithin = 1500 * time.Millisecond
	stepCell     = "cell" // of a hand that is on its way to one (floor contract)
)

// colours tell workers at one wall apart.
var colours = [...]string{"green", "blue", "yellow", "magenta", "cyan", "white"}

// New makes the lights of the cells that have one.
func New(cells []string, deps Deps) (*Wall, error) {
	if deps.Floor == nil || deps.Wire == nil || deps.Person == nil || deps.Code == nil || deps.Shown == nil || deps.Now == nil || deps.Log == nil {
		return nil, errors.New("putlight: floor, wire, people, codes, screens, clock and log are required")
	}
	w := &Wall{cells: map[string]bool{}, deps: deps, in: make(chan Press, presses), wake: make(chan struct{}, 1), aims: map[string]aim{},
		shows: map[string]shown{}, colours: map[string]int{}, last: map[string]*edge.Message{}}
	for _, c := range cells {
		w.cells[c] = true
	}
	return w, nil
}

// Committed follows the engine. It does not block.
func (w *Wall) Committed(c *edge.Commit) {
	changed := false
	w.mu.Lock()
	for i := range c.Changes {
		if c.Changes[i].Table != edge.TableWork {
			continue
		}
		key := c.Changes[i].Key
		x, _ := c.Changes[i].Value.(*edge.Work)
		if x == nil || x.Flow != edge.Put || x.Hand == nil || x.Hand.Step != stepCell {
			if _, had := w.aims[key]; had {
				delete(w.aims, key)
				changed = true
			}
			continue
		}
		w.aims[key] = aim{cell: x.Hand.First, worker: x.Worker, order: x.Order, line: x.Hand.Line, quantity: x.Hand.Quantity}
		changed = true
	}
	w.mu.Unlock()
	if changed {
		w.look()
	}
}

func (w *Wall) look() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Take hands over what a light sent; it waits for room until ctx ends.
func (w *Wall) Take(ctx context.Context, p Press) {
	select {
	case w.in <- p:
	case <-ctx.Done():
		if p.Durable() {
			p.Fail()
		}
	}
}

// Shine has a light told again what it should show. It does not block.
func (w *Wall) Shine(cell string) {
	select {
	case w.in <- Press{Message: mqtt.Message{Device: cell, What: mqtt.Online, Online: true}}:
	default: // it is told with the next item
	}
}

// Run shows and listens until ctx ends.
func (w *Wall) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			w.giveBack()
			return nil
		case <-w.wake:
			w.show()
		case p := <-w.in:
			switch {
			case p.What == mqtt.Pressed:
				w.pressed(ctx, p)
			case p.What == mqtt.Online && p.Online:
				w.again(p.Device)
			case p.Durable():
				p.Ack()
			}
		}
	}
}

func (w *Wall) giveBack() {
	for {
		select {
		case p := <-w.in:
			if p.Durable() {
				p.Fail()
			}
		default:
			return
		}
	}
}

// show tells every light whose cell is aimed at otherwise than it was told.
func (w *Wall) show() {
	w.mu.Lock()
	now := make(map[string]shown, len(w.aims)) // by cell
	for work, a := range w.aims {
		if w.cells[a.cell] {
			now[a.cell] = shown{aim: a, work: work}
		}
	}
	for work := range w.colours {
		if _, still := w.aims[work]; !still {
			delete(w.colours, work)
		}
	}
	w.mu.Unlock()
	for cell, was := range w.shows {
		if _, still := now[cell]; !still {
			w.send(cell, mqtt.LightBody{ID: w.newID(), Colour: was.colour})
			delete(w.shows, cell)
		}
	}
	for cell, s := range now {
		if was, had := w.shows[cell]; had && was.aim == s.aim && was.work == s.work {
			continue
		}
		s.id, s.colour = w.newID(), w.colour(s.work)
		w.shows[cell] = s
		w.send(cell, mqtt.LightBody{ID: s.id, Quantity: s.quantity, Colour: s.colour})
	}
}

// colour gives a work one that no other has at the moment.
func (w *Wall) colour(work string) string {
	n, had := w.colours[work]
	if !had {
		taken := make([]int, 0, len(w.colours))
		for _, c := range w.colours {
			taken = append(taken, c)
		}
		for n = 0; slices.Contains(taken, n); n++ {
		}
		w.colours[work] = n
	}
	return colours[n%len(colours)]
}

// again tells a light that came back what it should show; one with nothing to
// show is put out.
func (w *Wall) again(cell string) {
	if !w.cells[cell] {
		return
	}
	s, on := w.shows[cell]
	if !on {
		w.send(cell, mqtt.LightBody{ID: w.newID(), Colour: colours[0]})
		return
	}
	w.send(cell, mqtt.LightBody{ID: s.id, Quantity: s.quantity, Colour: s.colour})
}

func (w *Wall) send(cell string, b mqtt.LightBody) {
	if err := w.deps.Wire.Send(mqtt.LightTo(cell, b)); err != nil {
		w.deps.Log.Debug("light was not told; the screen names the cell", "light", cell, "err", err)
	}
}

func (w *Wall) newID() string {
	var random [10]byte
	_, _ = rand.Read(random[:]) // never returns an error
	return edge.NewID(w.deps.Now(), random).String()
}

// pressed decides a press as a scan of its cell.
func (w *Wall) pressed(ctx context.Context, p Press) {
	m := w.last[p.Device]
	if id := w.ids.Of(p.Device, p.ID, w.deps.Now()); m == nil || m.ID != id {
		m = w.message(&p.Message, id)
		w.last[p.Device] = m
	}
	in, cancel := context.WithTimeout(ctx, decideWithin)
	defer cancel()
	once := *m // the engine writes into it
	v, err := w.deps.Floor.Submit(in, &once)
	if err != nil {
		w.deps.Log.Warn("press without an answer; the light sends it again", "light", p.Device, "err", err)
		p.Fail()
		return
	}
	p.Ack()
	if !v.Repeat {
		w.deps.Shown(m.Worker, v)
	}
}

// message is the scan that a press stands for: of the worker whose item is on
// its way there, else nobody's.
func (w *Wall) message(p *mqtt.Message, id edge.ID) *edge.Message {
	m := &edge.Message{Kind: edge.Scan, ID: id, DeviceAt: p.At, Worker: edge.StationWorker(p.Device), Device: p.Device, Code: w.deps.Code(p.Device), Source: "light"}
	mac := hmac.New(sha256.New, w.deps.Key)
	mac.Write([]byte("pressed " + p.Device))
	copy(m.Hash[:], mac.Sum(nil))
	s, on := w.shows[p.Device]
	if !on || p.Re != "" && p.Re != s.id {
		return m
	}
	if who, ok := w.deps.Person(s.worker); ok {
		m.Worker, m.Session, m.Roles, m.Proven = who.Worker, who.Session, who.Roles, who.Proven
	}
	return m
}
