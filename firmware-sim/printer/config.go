package printer

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Defaults of a mid-range 203 dpi desk printer.
const (
	defaultSpeed   = 150.0     // mm of label a second
	defaultBuffer  = 256 << 10 // bytes
	defaultKeep    = 5000      // labels
	defaultDots    = 8         // dots per mm
	defaultLength  = 150       // mm, where no ^LL was ever sent
	maxFormatBytes = 4 << 20   // largest BufferBytes that New takes
)

// Config says which printer to play. Zero values take the defaults above.
type Config struct {
	Name    string       // shown in labels and logs; required
	Listen  string       // host:port of the ZPL port, port 0 takes a free one; or pty:/name (see wire); required
	Control string       // host:port of the HTTP/JSON port; empty: none
	Model   string       // answered to ~HI
	Serial  string       // answered to device.unique_id
	Folder  string       // where every label's ZPL is kept; empty: memory only
	Speed   float64      // mm a second
	Clock   float64      // how many times faster than real time the motor runs; 1 by default
	Dots    int          // dots per mm: 6, 8, 12 or 24
	Keep    int          // labels kept in memory, the oldest leaves first
	Paper   int          // labels on the roll; 0: never runs out
	Log     *slog.Logger // nil: silent

	BufferBytes int           // receive buffer
	DropPartial bool          // a lost connection clears the partial format
	Peel        bool          // has a peel bar and begins in peel mode (^MMP, ^MMT change it)
	TakeAfter   time.Duration // a label at the peel bar is taken after so long; 0: only by a hand
}

// Faults are what a test or a fault script switches on. The zero value is a
// healthy printer.
type Faults struct {
	// CutAfter closes the next connection after this many received bytes
	// (0: as soon as it is taken). It acts once, then is nil again.
	CutAfter *int64 `json:"cutAfter"`
	// CutLabel cuts the connection when so many bytes of the next format have come,
	// wherever its end is; what is on its way then is lost. It acts once.
	CutLabel *int64 `json:"cutLabel"`
	// Silent leaves every status question unanswered.
	Silent bool `json:"silent"`
	// SilentOnFault leaves ~HS unanswered while media is out or the head is
	// open, as Zebra's page on ~HS says of some models; ~HQES still answers.
	SilentOnFault bool `json:"silentOnFault"`
	// Garble damages every answer to ~HS.
	Garble bool `json:"garble"`
	// Refuse closes the port, so that a dial is refused; of a serial line it pulls
	// the adapter.
	Refuse bool `json:"refuse"`
	// Twice makes the next n labels come out a second time.
	Twice int `json:"twice"`
	// Late holds every answer back for so many milliseconds.
	Late int `json:"late"`
	// Hot overheats the head: nothing is printed until it is cool.
	Hot bool `json:"hot"`
}

// ErrConfig is returned by New when a value of Config cannot be used.
var ErrConfig = errors.New("printer: bad configuration")

func (c Config) withDefaults() Config {
	if c.Speed == 0 {
		c.Speed = defaultSpeed
	}
	if c.Clock == 0 {
		c.Clock = 1
	}
	if c.Dots == 0 {
		c.Dots = defaultDots
	}
	if c.Keep == 0 {
		c.Keep = defaultKeep
	}
	if c.BufferBytes == 0 {
		c.BufferBytes = defaultBuffer
	}
	if c.Model == "" {
		c.Model = "ZD421-203dpi"
	}
	if c.Serial == "" {
		c.Serial = "SIM-" + c.Name
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func (c Config) validate() error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.Name == "" {
		bad("name is empty")
	}
	if c.Listen == "" {
		bad("listen is empty")
	}
	if c.Speed <= 0 || c.Clock <= 0 {
		bad("speed and clock must be above 0")
	}
	switch c.Dots {
	case 6, 8, 12, 24:
	default:
		bad("dots must be 6, 8, 12 or 24 per mm")
	}
	if c.Keep < 1 || c.Paper < 0 {
		bad("keep must be above 0 and paper not below")
	}
	if c.BufferBytes < 64 || c.BufferBytes > maxFormatBytes {
		bad("bufferBytes must lie between 64 and %d", maxFormatBytes)
	}
	if len(faults) > 0 {
		return fmt.Errorf("%w: %w", ErrConfig, errors.Join(faults...))
	}
	return nil
}
