package gs1

import "time"

// CodeZeroDay is day 00 where the day must be named: medicines and medical devices
// marked from 2025 on (GS1 General Specifications 24).
const CodeZeroDay = "zeroDay"

// namedDay is the first year in which healthcare items name the day.
const namedDay = 2025

// Expiry is the last day on which an item is good, in the calendar of the place.
type Expiry struct {
	AI               string // 17 use by, 15 best before
	Year, Month, Day int
	ZeroDay          bool // the symbol says day 00, the last of the month
}

// Expiry gives the day that a message names: use by (17), else best before (15);
// ok is false where it names neither. now sets the century. healthcare is a medicine
// or device: such may say day 00 only where it was made before 2025, which its
// production date (11) tells, else the expiry itself.
//
// Errors: [*Error] with CodeZeroDay, or that of a value that is no date.
func (m *Message) Expiry(now time.Time, healthcare bool) (e Expiry, ok bool, err error) {
	for _, ai := range [...]string{"17", "15"} {
		i := m.find(ai)
		if i < 0 {
			continue
		}
		e = Expiry{AI: ai}
		if e.Year, e.Month, e.Day, e.ZeroDay, err = Date(m.Elements[i].Value, now.Year()); err != nil {
			return Expiry{}, true, placed(err, &m.Elements[i])
		}
		made := e.Year
		if p := m.find("11"); p >= 0 {
			if made, _, _, _, err = Date(m.Elements[p].Value, now.Year()); err != nil {
				return Expiry{}, true, placed(err, &m.Elements[p])
			}
		}
		if healthcare && e.ZeroDay && made >= namedDay {
			return Expiry{}, true, &Error{Code: CodeZeroDay, AI: ai, At: m.Elements[i].at + 4, Len: 2, Detail: "a medicine or device names the day"}
		}
		return e, true, nil
	}
	return Expiry{}, false, nil
}

// Passed reports whether the day is over. It is good through its last minute, by the
// clock of now's own zone: give the time of the site.
func (e Expiry) Passed(now time.Time) bool {
	return !now.Before(time.Date(e.Year, time.Month(e.Month), e.Day+1, 0, 0, 0, 0, now.Location()))
}

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
