package conveyor

import "time"

// Owed is a command that a divert has not answered.
type Owed struct {
	Divert, Re, Box, Lane string
	At                    time.Time
}

// Diverts knows which commands were not answered: one divert that never answers
// is broken, and the devices page says so. It decides about no parcel.
type Diverts struct {
	Within time.Duration // a command wants its answer within this

	owed   []Owed
	failed map[string]int // in a row, by divert
}

const maxOwed = 256

// Sent notes a command. A later one of the same read replaces it: nothing is
// owed for a parcel that was let go.
func (d *Diverts) Sent(o Owed, letGo bool) {
	for i, have := range d.owed {
		if have.Re == o.Re {
			d.owed = append(d.owed[:i], d.owed[i+1:]...)
			break
		}
	}
	if letGo {
		return
	}
	if d.owed = append(d.owed, o); len(d.owed) > maxOwed {
		d.owed = d.owed[1:]
	}
}

// Done notes an answer, and gives the command that it answers.
func (d *Diverts) Done(divert, box, lane string) (Owed, bool) {
	for i, o := range d.owed {
		if o.Divert == divert && o.Box == box && o.Lane == lane {
			d.owed = append(d.owed[:i], d.owed[i+1:]...)
			delete(d.failed, divert)
			return o, true
		}
	}
	return Owed{}, false
}

// Overdue gives the commands whose time is over, and forgets them.
func (d *Diverts) Overdue(now time.Time) []Owed {
	var out []Owed
	keep := d.owed[:0]
	for _, o := range d.owed {
		if now.Sub(o.At) <= d.Within {
			keep = append(keep, o)
			continue
		}
		out = append(out, o)
		if d.failed == nil {
			d.failed = map[string]int{}
		}
		d.failed[o.Divert]++
	}
	d.owed = keep
	return out
}

// Silent tells a divert that has left three commands in a row unanswered.
func (d *Diverts) Silent(divert string) bool { return d.failed[divert] >= 3 }

// Owes tells that an answer is awaited.
func (d *Diverts) Owes() bool { return len(d.owed) > 0 }
