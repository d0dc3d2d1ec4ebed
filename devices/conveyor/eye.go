package conveyor

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// EyeConfig is what a photo-eye needs to be read well.
type EyeConfig struct {
	Invert   bool          // dark-on, or PNP instead of NPN
	Denoise  time.Duration // pulses shorter than this are noise
	Debounce time.Duration // after a change, look again only when this is over
	Stuck    int64         // mm of belt for which a level may hold; 0: any
}

// ErrEye is returned for a configuration that cannot be.
var ErrEye = errors.New("conveyor: denoise and debounce are 0 to 1 s, stuck is not negative")

// Change is a clean change of an eye.
type Change struct {
	Blocked bool
	At      time.Time // when the level came to be
}

// Eye makes clean changes of an eye's raw levels.
type Eye struct {
	cfg     EyeConfig
	level   bool // raw
	since   time.Time
	told    bool
	known   bool
	last    time.Time // of the last change that was told
	order   time.Time // the device's newest time
	back    time.Time // of the last message that was much older
	backs   int       // how many such came in their own order
	stray   int
	moved   int64 // belt position of the last change
	alarmed bool
}

// NewEye makes an eye that is taken as clear until its first change.
func NewEye(cfg EyeConfig) (*Eye, error) {
	if cfg.Denoise < 0 || cfg.Debounce < 0 || cfg.Denoise > time.Second || cfg.Debounce > time.Second || cfg.Stuck < 0 {
		return nil, ErrEye
	}
	return &Eye{cfg: cfg}, nil
}

// Level takes a raw level at a time, and gives the changes that became certain
// before it: call Due at the time that it returned too.
func (e *Eye) Level(level bool, at time.Time) []Change {
	level = level != e.cfg.Invert
	out := e.Due(at)
	if level != e.level || e.since.IsZero() {
		e.level, e.since = level, at
	}
	return append(out, e.Due(at)...)
}

const (
	// disorder is how late a message can be overtaken by a newer one.
	disorder = 2 * time.Second
	// agreed is how many messages in their own order, one after the other, show that a
	// clock was set back: the eye must not be blind until it has caught up, which of one
	// that was a year ahead is a year.
	agreed = 3
)

// Message is Level for a message of a device with a clock of its own: one that is
// older than the newest is out of order, and left out, unless its clock was set back.
// A zero time is that of a device without a clock.
func (e *Eye) Message(level bool, device, came time.Time) []Change {
	if !device.IsZero() {
		if device.Before(e.order) && !e.setBack(device, came) {
			e.stray++
			return nil
		}
		e.order, e.back, e.backs = device, time.Time{}, 0
	}
	return e.Level(level, came)
}

// setBack tells that a message older than the newest comes from a clock that was set:
// to the time that it is, or to another that goes on since.
func (e *Eye) setBack(device, came time.Time) bool {
	if e.order.Sub(device) <= disorder {
		return false
	}
	if came.Sub(device).Abs() <= disorder {
		return true
	}
	if !device.After(e.back) {
		e.backs = 0
	}
	e.back = device
	e.backs++
	return e.backs >= agreed
}

// Inverted tells an eye whose raw level is high while nothing is before it.
func (e *Eye) Inverted() bool { return e.cfg.Invert }

// Stray counts messages that came out of order.
func (e *Eye) Stray() int { return e.stray }

// Due gives the change that is certain by now, if there is one.
func (e *Eye) Due(now time.Time) []Change {
	if at, ok := e.Next(); !ok || now.Before(at) {
		return nil
	}
	e.told, e.known, e.last, e.alarmed = e.level, true, now, false
	return []Change{{e.level, e.since}}
}

// Next says when Due is to be called, where something waits.
func (e *Eye) Next() (time.Time, bool) {
	if e.since.IsZero() || e.level == e.told && (e.known || !e.level) {
		return time.Time{}, false
	}
	at := e.since.Add(e.cfg.Denoise)
	if hold := e.last.Add(e.cfg.Debounce); e.known && hold.After(at) {
		at = hold
	}
	return at, true
}

// Blocked is the last level that was told.
func (e *Eye) Blocked() bool { return e.told }

// Moved tells where the belt is; changed says that the eye changed since. True
// once when its level has held for longer than Stuck: the sensor is stuck, or
// gone, or the belt is jammed.
func (e *Eye) Moved(pos int64, changed bool) bool {
	if changed || e.moved == 0 {
		e.moved, e.alarmed = pos, false
	}
	if e.cfg.Stuck == 0 || e.alarmed || pos-e.moved <= e.cfg.Stuck {
		return false
	}
	e.alarmed = true
	return true
}

// EyeOptions reads the options of a photo-eye behind a broker, as they stand in
// its link: invert=true, denoise=5ms, debounce=20ms. It tells every fault.
func EyeOptions(q url.Values) (EyeConfig, error) {
	var cfg EyeConfig
	var faults []error
	for key, v := range q {
		var err error
		switch key {
		case "invert":
			cfg.Invert, err = strconv.ParseBool(v[0])
		case "denoise":
			cfg.Denoise, err = time.ParseDuration(v[0])
		case "debounce":
			cfg.Debounce, err = time.ParseDuration(v[0])
		default:
			err = errors.New("is not known; known: invert, denoise, debounce")
		}
		if err != nil || len(v) > 1 {
			faults = append(faults, fmt.Errorf("option %s is not good: invert=true|false, denoise= and debounce= as in 5ms, each once", key))
		}
	}
	if _, err := NewEye(cfg); err != nil {
		faults = append(faults, err)
	}
	return cfg, errors.Join(faults...)
}
