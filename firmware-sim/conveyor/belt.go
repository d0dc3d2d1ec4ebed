package conveyor

import (
	"cmp"
	"slices"
	"time"
)

// Parcel is what is put on the belt.
type Parcel struct {
	Codes  []string `json:"codes"`  // on its labels; none: it cannot be read
	Length int      `json:"length"` // mm (300)
	Grams  string   `json:"grams"`  // decimal text ("1000")
	Gap    int      `json:"gap"`    // mm of free belt before it is put on (500); below 0: it touches the one ahead
}

// Kind of an event.
type Kind uint8

// Kinds of events.
const (
	EyeChanged Kind = iota // Name, Blocked
	Pulse                  // Blocked: the level of the encoder
	AtTunnel               // Parcel, Codes
	AtWeigher              // Parcel, Grams
	Diverted               // Name, Parcel, Command
	Left                   // Parcel is in a lane: see its entry
)

// Event is something that the devices of the belt see.
type Event struct {
	Kind    Kind
	Name    string // of the eye or divert
	Parcel  int    // number
	Blocked bool
	Codes   []string
	Grams   string
	Command Command
}

// Command sends the parcel of a read into a lane.
type Command struct {
	ID   string `json:"id"`
	Re   string `json:"re"`
	Box  string `json:"box"`
	Lane string `json:"lane"`
}

// Order is a command as the ledger has it.
type Order struct {
	Command
	Divert  string `json:"divert"`
	Dropped string `json:"dropped,omitempty"` // why; empty: it was taken
}

// Where a parcel is; anything else is a lane.
const (
	Waiting = "(waiting)"
	OnBelt  = "(belt)"
)

// Entry is what became of a parcel.
type Entry struct {
	N      int           `json:"n"`
	Codes  []string      `json:"codes"`
	Where  string        `json:"where"`        // lane, or Waiting, OnBelt
	By     string        `json:"by,omitempty"` // divert; empty: it left at the end
	In     time.Duration `json:"in"`           // belt time, ns
	Out    time.Duration `json:"out"`
	Passes int           `json:"passes"` // rounds begun
	Reads  []string      `json:"reads"`  // ids, of all rounds
	Orders []Order       `json:"orders,omitempty"`
}

// Trouble is what is wrong with the belt. The zero value is a healthy line.
type Trouble struct {
	Stop      bool   `json:"stop"`      // the belt stands
	Speed     int    `json:"speed"`     // mm a second; 0: as laid out
	Jam       string `json:"jam"`       // a parcel that comes to this eye or divert sticks there, the belt runs on
	StuckEye  string `json:"stuckEye"`  // this eye is blocked, or
	ClearEye  string `json:"clearEye"`  // sees nothing
	Bounce    int    `json:"bounce"`    // extra pulses at every change of an eye
	Dead      string `json:"dead"`      // this divert takes commands and does not move
	Sticks    string `json:"sticks"`    // this divert on a pin stays out once it was driven
	Blind     string `json:"blind"`     // this divert pushes off whatever comes next, as one that does not look at "re"
	Full      string `json:"full"`      // this lane takes nothing
	NoEncoder bool   `json:"noEncoder"` // pulses stop while the belt runs
	Touching  bool   `json:"touching"`  // parcels are put on without a gap
}

type box struct {
	entry  *Entry
	parcel Parcel
	rear   int64              // µm
	ids    []string           // of this round
	orders map[string]Command // by divert
}

func (b *box) front() int64 { return b.rear + int64(b.parcel.Length)*1000 }

// Belt is the line without its wires. It is not for several goroutines.
type Belt struct {
	layout  Layout
	trouble Trouble
	boxes   []*box // the front-most first
	queue   []*box
	entries []*Entry
	byID    map[string]*box
	gone    map[string]*Entry // reads of parcels that are no longer on the belt, or of an earlier round
	lanes   map[string]int
	back    []returning // in loops, in the order of their return
	blocked map[string]bool
	driven  map[string]bool    // diverts on pins that are out
	mouths  []entering         // parcels on their way into a lane
	blind   map[string]Command // the command that a blind divert will carry out next
	travel  int64              // µm of belt
	rest    int64              // nm not yet travelled
	pulse   bool
	now     time.Duration
	events  []Event
}

// returning is a parcel in a loop that brings it back to the start.
type returning struct {
	*box
	at int64 // travel of the belt when it is there, µm
}

// entering is a parcel that a divert pushed into a lane, and where the belt was then.
type entering struct {
	lane         string
	from, length int64 // µm
}

// mouthAt is how far behind the divert the eye in a lane's mouth stands, µm.
const mouthAt = 100_000

// subStep is how far parcels move between two looks at the eyes, in µm.
const subStep = 5000

// NewBelt makes an empty belt; it returns ErrConfig.
func NewBelt(l Layout) (*Belt, error) {
	l = l.withDefaults()
	if err := l.Validate(); err != nil {
		return nil, err
	}
	l.Diverts = slices.Clone(l.Diverts)
	slices.SortFunc(l.Diverts, func(a, b Divert) int { return cmp.Compare(a.At, b.At) })
	return &Belt{
		layout: l, byID: map[string]*box{}, gone: map[string]*Entry{}, lanes: map[string]int{},
		blocked: map[string]bool{}, blind: map[string]Command{}, driven: map[string]bool{},
	}, nil
}

// Put queues a parcel and gives its number, from 1.
func (b *Belt) Put(p Parcel) int {
	if p.Length <= 0 {
		p.Length = 300
	}
	if p.Grams == "" {
		p.Grams = "1000"
	}
	switch {
	case p.Gap == 0:
		p.Gap = 500
	case p.Gap < 0:
		p.Gap = 0
	}
	e := &Entry{N: len(b.entries) + 1, Codes: slices.Clone(p.Codes), Where: Waiting}
	b.entries = append(b.entries, e)
	b.queue = append(b.queue, &box{entry: e, parcel: p})
	return e.N
}

// SetTrouble replaces what is wrong.
func (b *Belt) SetTrouble(t Trouble) {
	if was := b.trouble.Sticks; was != "" && was != t.Sticks {
		b.driven[was] = false // it is freed
	}
	b.trouble = t
}

// Trouble is what is wrong now.
func (b *Belt) Trouble() Trouble { return b.trouble }

// Empty takes everything out of a lane.
func (b *Belt) Empty(lane string) { b.lanes[lane] = 0 }

// Lanes gives how many parcels lie in each lane.
func (b *Belt) Lanes() map[string]int {
	out := map[string]int{}
	for k, v := range b.lanes {
		out[k] = v
	}
	return out
}

// Where tells where the parcel with a number is; "" where there is none.
func (b *Belt) Where(n int) string {
	if n < 1 || n > len(b.entries) {
		return ""
	}
	return b.entries[n-1].Where
}

// Take takes one parcel out of the lane that it lies in.
func (b *Belt) Take(n int) {
	if lane := b.Where(n); b.lanes[lane] > 0 {
		b.lanes[lane]--
	}
}

// Entries gives the ledger: every parcel ever put, in order.
func (b *Belt) Entries() []Entry {
	out := make([]Entry, len(b.entries))
	for i, e := range b.entries {
		out[i] = e.copied()
	}
	return out
}

func (e *Entry) copied() Entry {
	c := *e
	c.Codes, c.Reads, c.Orders = slices.Clone(e.Codes), slices.Clone(e.Reads), slices.Clone(e.Orders)
	return c
}

// Left says how many parcels wait and how many are on the belt.
func (b *Belt) Left() (waiting, on int) { return len(b.queue), len(b.boxes) + len(b.back) }

// Identify tells the belt which ids the tunnel gave to the reads of a parcel.
func (b *Belt) Identify(n int, ids []string) {
	for _, x := range b.boxes {
		if x.entry.N != n {
			continue
		}
		x.entry.Reads = append(x.entry.Reads, ids...)
		x.ids = append(x.ids, ids...)
		for _, id := range ids {
			b.byID[id] = x
		}
	}
}

// Drive drives a divert on a pin, or lets it rest.
func (b *Belt) Drive(divert string, on bool) {
	if on || b.trouble.Sticks != divert {
		b.driven[divert] = on
	}
}

// Command gives a command to a divert. It says why the divert drops it; "" where
// it takes it.
func (b *Belt) Command(divert string, c Command) (dropped string) {
	i := slices.IndexFunc(b.layout.Diverts, func(d Divert) bool { return d.Name == divert })
	if i < 0 {
		return "no such divert"
	}
	d := b.layout.Diverts[i]
	if b.trouble.Blind == divert {
		b.blind[divert] = c
		return ""
	}
	x := b.byID[c.Re]
	var entry *Entry
	at := int64(d.At) * 1000
	switch {
	case c.Lane != b.layout.End && !d.serves(c.Lane):
		dropped = "no such lane"
	case x == nil && b.gone[c.Re] != nil:
		dropped, entry = "passed", b.gone[c.Re]
	case x == nil:
		dropped = "no such read"
	case x.front() >= at:
		dropped = "passed"
	case d.Window > 0 && x.front() < at-int64(d.Window)*1000:
		dropped = "not in front yet"
	case c.Lane == b.layout.End: // takes an earlier command back
		delete(x.orders, divert)
	default:
		if x.orders == nil {
			x.orders = map[string]Command{}
		}
		x.orders[divert] = c
	}
	if x != nil {
		entry = x.entry
	}
	if entry != nil {
		entry.Orders = append(entry.Orders, Order{Command: c, Divert: divert, Dropped: dropped})
	}
	return dropped
}
