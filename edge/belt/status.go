package belt

import (
	"slices"
	"strings"
	"time"

	"dcedge/devices"
	"dcedge/devices/conveyor"
	"dcedge/edge"
	"dcedge/edge/sorter"
)

// The conditions of a belt. Any other is the reason of what is the matter.
const (
	Ready    = "ready"
	Stopped  = "stopped"
	Flushing = "flushing" // nothing is decided until what nobody followed is carried off
)

// Status is what is known of a belt, for the devices page and doctor.
type Status struct {
	devices.Info
	Condition string
	Since     time.Time
	Detail    string
	Where     string // the eye or lane that it is about
	Reads     uint64
	Sorted    uint64 // reads that sent a parcel to its own lane
	Refused   map[string]uint64

	matters []matter
}

type matter struct{ reason, where string }

// Status is what is known now.
func (l *Line) Status() Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	st := l.st
	st.matters = nil
	st.Refused = make(map[string]uint64, len(l.st.Refused))
	for k, n := range l.st.Refused {
		st.Refused[k] = n
	}
	return st
}

// Hint says what a person can do about a condition, in English.
func Hint(condition, where string) string {
	switch condition {
	case Ready:
		return ""
	case string(edge.ReasonJam):
		return "stop the belt and clear it at " + where
	case string(edge.ReasonLaneFull):
		return "empty lane " + where
	case "clock":
		return "set the clock of " + where + " by NTP: its reads come too late to say of which parcel they are"
	case "eye":
		return "clean and align " + where + ": parcels pass that it does not see"
	case "encoder":
		return "look at the encoder and its wheel: parcels pass and it counts nothing"
	case "sensor":
		return where + " is away, or not believed: see its line, and let it come back; until then the belt does not know where parcels are"
	case "divert":
		return "divert " + where + " answers nothing, or its pin is away: see its power, its controller and the devices that are offline"
	case "stray":
		return "take out of lane " + where + " what was not sent there: its divert sticks, or its eye flickers"
	case Flushing:
		return "let the belt run until what lies before the tunnel has passed; all of it goes to hospital"
	}
	return "see the edge's log"
}

// trouble keeps what is the matter with the belt; false: it did so before.
func (l *Line) trouble(reason, where string, on bool) (news bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.st.matters, matter{reason, where})
	if (i >= 0) == on {
		return false
	}
	if on {
		l.st.matters = append(l.st.matters, matter{reason, where})
	} else {
		l.st.matters = slices.Delete(l.st.matters, i, i+1)
	}
	return true
}

// matters tells that something of a reason is the matter, wherever.
func (l *Line) matters(reason string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.st.matters, func(m matter) bool { return m.reason == reason })
}

// settle shows the worst of what is the matter.
func (l *Line) settle() {
	why, flushing := l.tracker.Flushing()
	l.mu.Lock()
	condition, detail, where := Ready, "", ""
	if flushing {
		condition, detail = Flushing, string(why)
	}
	for _, m := range l.st.matters {
		if condition == Ready || condition == Flushing || colourOf(m.reason) == conveyor.Red {
			condition, detail, where = m.reason, "", m.where
		}
	}
	l.mu.Unlock()
	l.conditionAt(condition, detail, where)
	if l.flush == flushing {
		return
	}
	l.flush = flushing
	if _, changed := l.light.Set(conveyor.Signal{Colour: conveyor.Amber, Reason: Flushing}, flushing); changed {
		l.shine()
	}
}

func (l *Line) condition(c, detail string) { l.conditionAt(c, detail, "") }

func (l *Line) conditionAt(c, detail, where string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.st.Condition != c {
		l.st.Since = time.Now()
	}
	l.st.Condition, l.st.Detail, l.st.Where = c, detail, where
}

// count counts what reads came to.
func (l *Line) count(v sorter.Verdict) {
	if v.Repeat {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.st.Reads++
	if v.OK {
		l.st.Sorted++
		return
	}
	if l.st.Refused == nil {
		l.st.Refused = map[string]uint64{}
	}
	l.st.Refused[v.Code]++
}

// Refusals lists what reads were refused for, in English.
func (s *Status) Refusals() string {
	var out []string
	for k := range s.Refused {
		out = append(out, k)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
