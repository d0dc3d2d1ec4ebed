package board

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"dcedge/edge"
)

// chargesKept is how long what the tunnel made of labels stays listed.
const chargesKept = 24 * time.Hour

// Charge is what the tunnel made of the labels of one printer, template and hour:
// a printer whose head wears shows here before it stops.
type Charge struct {
	Printer  string    `json:"printer"`
	Template string    `json:"template,omitempty"`
	Hour     time.Time `json:"hour"` // in which the labels were made
	Reads    int       `json:"reads"`
	NoReads  int       `json:"noReads"`
}

type chargeKey struct {
	printer, template string
	hour              int64
}

// noteRead charges a read, and the tries before it that were none, to the label.
func (v *view) noteRead(e *edge.Event, d *edge.ParcelEvent) {
	if e.Type != edge.EvParcelRead || d.Box == "" || d.Printer == "" || d.Labelled.IsZero() {
		return
	}
	hour := d.Labelled.Truncate(time.Hour)
	key := chargeKey{d.Printer, d.Template, hour.Unix()}
	c := v.charges[key]
	if c == nil {
		c = &Charge{Printer: d.Printer, Template: d.Template, Hour: hour}
		v.charges[key] = c
		for k := range v.charges {
			if v.now.Sub(time.Unix(k.hour, 0)) > chargesKept+time.Hour {
				delete(v.charges, k)
			}
		}
	}
	c.NoReads += d.Tries
	if d.Place != edge.HospitalLane { // there a person held it
		c.Reads++
	}
}

// chargeList gives what is charged to labels, the worst first; labels that were
// all read are no news.
func (v *view) chargeList() []Charge {
	var out []Charge
	for _, c := range v.charges {
		if c.NoReads > 0 {
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(a, b Charge) int {
		return cmp.Or(cmp.Compare(b.NoReads*(a.Reads+a.NoReads), a.NoReads*(b.Reads+b.NoReads)), cmp.Compare(b.NoReads, a.NoReads), cmp.Compare(a.Printer, b.Printer),
			cmp.Compare(a.Template, b.Template), a.Hour.Compare(b.Hour))
	})
	return out[:min(len(out), chargesShown)]
}

const chargesShown = 20 // the worst

func (c Charge) name() string {
	return fmt.Sprintf("%s:%s:%d", c.Printer, c.Template, c.Hour.Unix())
}

// noteMissed keeps the boxes that the belt did not see in time, or lost.
func (v *view) noteMissed(key string) {
	b := v.boxes[key]
	if b != nil && b.Missed && b.Truck == "" && !b.Shipped {
		v.missed[key] = b
		return
	}
	delete(v.missed, key)
}

// lost lists them, with the place where each was last seen.
func (v *view) lost() []Exception {
	var out []Exception
	for _, b := range v.missed {
		if live := v.liveOf(b); len(live) > 0 {
			out = append(out, Exception{Kind: "lost", ID: b.ID, Order: live[0].ID, Box: b.ID, Location: b.Seen, Station: b.Station, Since: b.At})
		}
	}
	return out
}
