package gs1

import "time"

// CodeZeroDay is day 00 where the day must be named: medicines and medical devices
// marked from 2025 on (GS1 General Specifications 24).
const CodeZeroDay = "zeroDay"

// namedDay is the first year in which healthcare items name the day.
const namedDay = 2025

// Expiry is the last day on which an item is good, in the calendar of the place.
type Expiry struct {
	AI               string // 17 use by, 7003 use by with its time, 15 best before
	Year, Month, Day int
	ZeroDay          bool // the symbol says day 00, the last of the month
	// Timed says that the item is good until Hour and Minute of the day only (7003). Midnight
	// is 24:00 of the day before: nothing is good on a day that it does not live to see.
	Timed        bool
	Hour, Minute int
}

// Expiry gives the day that a message names: use by (17, or 7003 with its time; of
// both the earlier), else best before (15); ok is false where it names none. now sets
// the century. healthcare is a medicine or device: such may say day 00 only where it
// was made before 2025, which its production date (11) tells, else the expiry itself.
//
// Errors: [*Error] with CodeZeroDay, or that of a value that is no date.
func (m *Message) Expiry(now time.Time, healthcare bool) (e Expiry, ok bool, err error) {
	for _, ai := range [...]string{"17", "7003", "15"} {
		i := m.find(ai)
		if i < 0 || ai == "15" && ok {
			continue
		}
		one, err := m.expiry(i, now.Year(), healthcare)
		if err != nil {
			return Expiry{}, true, err
		}
		if !ok || one.end(time.UTC).Before(e.end(time.UTC)) {
			e, ok = one, true
		}
	}
	return e, ok, nil
}

// expiry reads the date in one element.
func (m *Message) expiry(i, thisYear int, healthcare bool) (Expiry, error) {
	el := &m.Elements[i]
	e, date := Expiry{AI: el.AI}, el.Value
	if el.AI == "7003" {
		date = date[:min(6, len(date))]
		if code, at, n := hourMinute(el.Value[len(date):]); code != "" {
			return e, placed(&Error{Code: code, At: len(date) + at, Len: n, Detail: "no time of day"}, el)
		}
		e.Timed = true
		e.Hour, _ = number(el.Value[6:8])
		e.Minute, _ = number(el.Value[8:])
	}
	var err error
	if e.Year, e.Month, e.Day, e.ZeroDay, err = Date(date, thisYear); err != nil {
		return e, placed(err, el)
	}
	if e.Timed && e.Hour == 0 && e.Minute == 0 {
		before := time.Date(e.Year, time.Month(e.Month), e.Day-1, 0, 0, 0, 0, time.UTC)
		e.Year, e.Month, e.Day, e.Hour = before.Year(), int(before.Month()), before.Day(), 24
	}
	made := e.Year
	if p := m.find("11"); p >= 0 {
		if made, _, _, _, err = Date(m.Elements[p].Value, thisYear); err != nil {
			return e, placed(err, &m.Elements[p])
		}
	}
	if healthcare && e.ZeroDay && made >= namedDay {
		return e, &Error{Code: CodeZeroDay, AI: el.AI, At: el.at + 4, Len: 2, Detail: "a medicine or device names the day"}
	}
	return e, nil
}

// end is the instant from which the item is good no more.
func (e Expiry) end(zone *time.Location) time.Time {
	if e.Timed {
		return time.Date(e.Year, time.Month(e.Month), e.Day, e.Hour, e.Minute, 0, 0, zone)
	}
	return time.Date(e.Year, time.Month(e.Month), e.Day+1, 0, 0, 0, 0, zone)
}

// Passed reports whether the item is over: the day with its last minute, or the time of
// a day, by the clock of now's own zone: give the time of the site.
func (e Expiry) Passed(now time.Time) bool { return !now.Before(e.end(now.Location())) }

// find gives the place of an AI among the elements, -1 where it is not there.
func (m *Message) find(ai string) int {
	for i := range m.Elements {
		if m.Elements[i].AI == ai {
			return i
		}
	}
	return -1
}

// placed names the AI and the place in the whole data.
func placed(err error, e *Element) error {
	if f, ok := err.(*Error); ok {
		f.AI, f.At = e.AI, f.At+e.at
	}
	return err
}
