package scale

import "time"

// Verdict says what a weight can be used for.
type Verdict string

// The verdicts. Only OK is a weight; the others are what the person is told.
const (
	OK        Verdict = "ok"
	Empty     Verdict = "empty"     // nothing on the scale
	Moving    Verdict = "unstable"  // wait
	NotZeroed Verdict = "notZeroed" // take everything off first
	Negative  Verdict = "negative"  // take everything off, set to zero
	Over      Verdict = "overload"
	Under     Verdict = "underload"
	NoUnit    Verdict = "unit"   // the unit is not known, or it counts pieces: ask the person
	NoWeight  Verdict = "silent" // the scale is offline, silent or in error: ask the person
)

// Weight is what is on the scale.
type Weight struct {
	Verdict Verdict
	Grams   string // decimal text, e.g. "1204"; set with OK, Empty and Negative
	Value   string // as the scale shows it
	Unit    string
	Mode    string // gross or net; empty where the protocol does not tell
	Load    uint64 // which load since the start; one load is one parcel
	Zeroed  bool   // the scale was empty before this load
	At      time.Time
	Raw     []byte // the frame it was read from; kept in the record of what is charged by weight
}

// JudgeConfig says when a weight counts.
type JudgeConfig struct {
	Unit      string        // of a protocol that tells none (cas10); empty: such weights are not used
	Agree     int           // equal readings in a row that the scale calls stable
	AgreeMore int           // equal readings in a row where it does not say
	AgreeFor  time.Duration // and how long they last: some send each reading many times
	ZeroBelow string        // grams up to which the scale counts as empty, e.g. "5"
}

// Judge says which weights count. It is pure: time comes in with the frames.
type Judge struct {
	cfg JudgeConfig

	grams, unit string // of the last frame
	agree       int
	since       time.Time // of the first that agreed
	zeroed      bool      // empty was seen, and no other than stable loads since
	loaded      bool      // a load is on it
	load        uint64
}

// NewJudge makes a judge; Config of a Scale is where its settings are checked.
func NewJudge(c JudgeConfig) *Judge { return &Judge{cfg: c} }

// Restart forgets that the scale was empty: nobody knows what happened while it
// was not heard. Loads go on counting.
func (j *Judge) Restart() { j.agree, j.zeroed, j.loaded = 0, false, false }

// Add takes the next frame and says what it comes to.
func (j *Judge) Add(f Frame, raw []byte, at time.Time) Weight {
	w := Weight{Value: f.Value, Unit: f.Unit, Mode: f.Mode, Load: j.load, Zeroed: j.zeroed, At: at, Raw: raw}
	if w.Unit == "" && f.State == Unjudged {
		w.Unit = j.cfg.Unit
	}
	switch f.State {
	case Overload:
		w.Verdict, j.agree = Over, 0
		return w
	case Underload:
		w.Verdict, j.agree = Under, 0
		return w
	case Stable, Unjudged, Unstable:
	default:
		w.Verdict, j.agree = NoWeight, 0
		return w
	}
	grams, err := Grams(w.Value, w.Unit)
	if err != nil || f.Count {
		w.Verdict, j.agree = NoUnit, 0
		return w
	}
	if f.State == Unstable || !j.agrees(f.State, grams, w.Unit, at) {
		if f.State == Unstable {
			j.agree = 0
		}
		w.Verdict = Moving
		return w
	}
	w.Grams = grams
	j.settled(&w)
	return w
}

// agrees counts equal readings in a row.
func (j *Judge) agrees(s State, grams, unit string, at time.Time) bool {
	if grams != j.grams || unit != j.unit {
		j.agree = 0
	}
	if j.agree == 0 {
		j.since = at
	}
	j.grams, j.unit = grams, unit
	j.agree++
	if s == Unjudged {
		return j.agree >= j.cfg.AgreeMore && at.Sub(j.since) >= j.cfg.AgreeFor
	}
	return j.agree >= j.cfg.Agree
}

// settled judges a stable weight of known unit.
func (j *Judge) settled(w *Weight) {
	switch {
	case within(w.Grams, "0", j.cfg.ZeroBelow):
		w.Verdict, j.zeroed, j.loaded = Empty, true, false
	case compare(w.Grams, "0") < 0:
		w.Verdict, j.zeroed = Negative, false
	case !j.zeroed:
		w.Verdict = NotZeroed
	default:
		if !j.loaded {
			j.loaded = true
			j.load++
		}
		w.Verdict = OK
	}
	w.Load, w.Zeroed = j.load, j.zeroed
}
