package crew

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"
)

// Config says who works where and how.
type Config struct {
	URL     string // of the edge: http://host:port or https://…
	Workers []Worker
	Totes   []string         // codes of free totes; the crew goes round them
	Printer map[string]Paper // by the printer's name; none: waybills are read off the screen
	Traits  Traits
	Seed    uint64

	// Pace is the mean time of one hand movement before Speed; 0: none.
	Pace time.Duration
	// Speed divides every pause. 1 by default.
	Speed float64
	// Idle is the pause before asking again where there is no work (not
	// divided by Speed). 1 s by default.
	Idle time.Duration
	// CloseAfter lets a loader close a truck with a reason when no box came for
	// so long. 0: only once the cut-off has passed.
	CloseAfter time.Duration
	// StopAfter ends Run when nothing was picked, packed or loaded for so long
	// and nobody has picking or packing in hand. 0: never.
	StopAfter time.Duration

	// Hours are those of a shift; zero: nobody begins one, rests, or goes home.
	Hours Hours
	// Old gives the numbers that parcels which come back went out under, by the
	// number of the way back: the old label is still on them.
	Old map[string][]string

	Boxes  Boxes     // nil: a packed box lies at its dock at once; it may be a Hospital too
	Lights bool      // the cells of put walls have lights: whoever puts presses the button
	Ledger io.Writer // NDJSON of everything sent and seen; nil: none
	Client *http.Client
	Log    *slog.Logger
}

// Worker is one person with a badge.
type Worker struct {
	Badge  string
	PIN    string // where the site asks for one
	Device string // name of the PDA or desk; "pda-"+Badge by default
	Key    string // device key, where devices are enrolled
	// Flows to try, the usual one first: pick, put, pack, load, count, replenish,
	// return, hospital. Or lead alone: somebody has a look at the cases, gives badges
	// to guests and signs the end of the shift.
	Flows []string
	// Mode of picking (order by default, cluster, total, zone), of packing (order
	// by default, single) or of loading (a truck by default, container).
	Mode string
	// Station is named on a start of pack; empty: the first free one.
	Station string
	// Relief is the badge of who takes this place over when the shift ends, and
	// back after the next; empty: the same comes again after a rest.
	Relief string
	// Guest has no badge of their own: a lead of the crew gives one for the day. The
	// first one practises before.
	Guest bool
}

// Hours are those of a person's shift, at speed 1.
type Hours struct {
	Shift time.Duration // from the start check to going home; 0: there is none
	Work  time.Duration // from one rest to the next; 0: nobody rests
	Rest  time.Duration
}

// Boxes is what carries packed boxes to the docks. Its methods may be called from
// any goroutine, and for a box that they do not know.
type Boxes interface {
	Packed(waybill string)    // it has its label and leaves the desk
	Lies(waybill string) bool // a loader can reach it
	Loaded(waybill string)    // it is on a truck, or in a cage
}

// Hospital is where boxes lie that a belt set aside. Its methods may be called from
// any goroutine.
type Hospital interface {
	Lying() int                    // boxes that wait for somebody
	Take() (Parcel, bool)          // the next one goes on somebody's table
	Leave(waybill string, way Way) // it leaves the table, or the shelf for held boxes
}

// Parcel is a box as a person sees it.
type Parcel struct {
	Code string // that stands on it, in figures; empty: there is no label
	Torn bool   // no scanner reads it
}

// Way is where a box goes from the table of the hospital.
type Way string

// The ways of a box.
const (
	ToBelt  Way = "belt"  // once more
	ToDock  Way = "dock"  // by hand: no lane takes it
	ToShelf Way = "shelf" // it is held: it stays near
	ToDesk  Way = "desk"  // it is packed again
	Away    Way = "away"  // cancelled, or nobody's
)

// Traits are rates from 0 to 1 of what people do wrong or otherwise.
type Traits struct {
	Wrong  float64 // scans something else first
	Double float64 // pulls the trigger twice: same code, two ids
	Cut    float64 // loses the line after sending, before the verdict
	Repeat float64 // sends a decided message again, and checks the answer
	Short  float64 // of lines: not enough in the bin
	Undo   float64 // takes an item scan back
	Skip   float64 // puts a line off
	Tote   float64 // of lines: takes another tote (addTote)
	// Odd is the share of what comes back or lies in the hospital that is not as it
	// was told: a piece more or less, nobody's parcel, a code that cannot be read.
	Odd float64
}

func (w Worker) leads() bool { return slices.Contains(w.Flows, "lead") }

// ErrConfig is returned by New when a value of Config cannot be used.
var ErrConfig = errors.New("crew: bad configuration")

func (c Config) withDefaults() Config {
	if c.Speed == 0 {
		c.Speed = 1
	}
	if c.Idle == 0 {
		c.Idle = time.Second
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: 15 * time.Second}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func (c Config) validate() error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.URL == "" {
		bad("url is empty")
	}
	if len(c.Workers) == 0 {
		bad("no workers")
	}
	seen := map[string]bool{}
	for i, w := range c.Workers {
		if !w.Guest && (w.Badge == "" || seen[w.Badge] || w.Relief != "" && seen[w.Relief]) {
			bad("worker %d: badge is empty or used twice", i+1)
		}
		seen[w.Badge], seen[w.Relief] = true, true
		if w.leads() && (w.PIN == "" || len(w.Flows) > 1) {
			bad("worker %s: a lead has a PIN, and does nothing else", w.Badge)
		}
		if w.Guest && !slices.ContainsFunc(c.Workers, Worker.leads) {
			bad("worker %d: nobody leads who could give a guest a badge", i+1)
		}
		if len(w.Flows) == 0 {
			bad("worker %s: no flows", w.Badge)
		}
		for _, f := range w.Flows {
			switch f {
			case "pick", "put", "pack", "load", "count", "replenish", "return", "hospital", "lead":
			default:
				bad("worker %s: flow %q is not played", w.Badge, f)
			}
			if f == "pick" && len(c.Totes) == 0 {
				bad("worker %s picks, and there are no totes", w.Badge)
			}
		}
	}
	t := c.Traits
	for _, rate := range []float64{t.Wrong, t.Double, t.Cut, t.Repeat, t.Short, t.Undo, t.Skip, t.Tote, t.Odd} {
		if rate < 0 || rate > 1 {
			bad("a trait lies outside 0 to 1")
		}
	}
	if c.Speed <= 0 || c.Pace < 0 || c.Idle < 0 || c.Hours.Shift < 0 || c.Hours.Work < 0 || c.Hours.Rest < 0 {
		bad("speed must be above 0, pace, idle and hours not below")
	}
	if len(faults) > 0 {
		return fmt.Errorf("%w: %w", ErrConfig, errors.Join(faults...))
	}
	return nil
}
