package floor

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"dcedge/firmware-sim/crew"
)

// Staff says who is there. Badges are W-001 on.
type Staff struct {
	Mix                       Mix // how they divide their work; "" is ByOrder
	Pickers, Packers, Loaders int
	Returns, Hospital         int    // at the desks of mixes that have them
	Guests                    int    // pickers with a badge of the day, which the crew's lead gives
	Lead, PIN                 string // badge of the crew's lead; empty: there is none
}

func (s Staff) hospital() int {
	if !s.Mix.desks() {
		return 0
	}
	return s.Hospital
}

// People are pickers, then packers, then loaders.
func People(pickers, packers, loaders int) []crew.Worker {
	return seat(nil, []post{{pickers, "pda-pick", "pick"}, {packers, "desk", "pack"}, {loaders, "pda-load", "load"}})
}

// post is some people at one kind of work.
type post struct {
	n            int
	device, flow string
}

func seat(all []crew.Worker, posts []post) []crew.Worker {
	for _, p := range posts {
		for i := range p.n {
			all = append(all, crew.Worker{
				Badge: fmt.Sprintf("W-%03d", len(all)+1), Device: fmt.Sprintf("%s-%02d", p.device, i+1), Flows: []string{p.flow},
			})
		}
	}
	return all
}

// nextShift is how far the badge of the relief lies behind the first one's.
const nextShift = 100

// People are everybody, with their work by the mix. Where the mix is order by order
// and the site has lights at a put wall, the last picker works at it. shifts gives
// each a relief.
func (s Staff) People(lights, shifts bool) []crew.Worker {
	all := People(s.Pickers, s.Packers, s.Loaders)
	s.Mix.Set(all)
	if lights && s.Pickers > 1 && (s.Mix == "" || s.Mix == ByOrder) {
		w := &all[s.Pickers-1]
		w.Flows, w.Mode = []string{"put", "pick"}, "total"
	}
	if s.Mix.desks() {
		all = seat(all, []post{{s.Returns, "desk-back", "return"}, {s.Hospital, "pda-hosp", "hospital"}})
	}
	if shifts && len(all) <= nextShift {
		for i := range all {
			all[i].Relief = fmt.Sprintf("W-%03d", i+1+nextShift)
		}
	}
	if s.Lead == "" || len(all) == 0 {
		return all
	}
	for i := range s.Guests {
		all = append(all, crew.Worker{Guest: true, Device: fmt.Sprintf("pda-guest-%02d", i+1), Flows: []string{"pick", "count", "replenish"}})
	}
	return append(all, crew.Worker{Badge: s.Lead, PIN: s.PIN, Device: "lead-crew", Flows: []string{"lead"}})
}

func (f *Floor) people() []crew.Worker {
	return f.cfg.People(len(f.cfg.Plan.Lights) > 0, f.cfg.Hours.Shift > 0)
}

// Roster tells who works what, a line for each kind of work.
func Roster(people []crew.Worker) []string {
	var kinds []string
	who := map[string][]string{}
	for _, w := range people {
		kind := w.Flows[0]
		switch {
		case w.Mode != "" && kind == "pick" || w.Mode == "single" || w.Mode == "container":
			kind += " " + w.Mode
		case kind == "return":
			kind = "returns desk"
		case kind == "lead":
			kind = "lead of the crew"
		}
		if who[kind] == nil {
			kinds = append(kinds, kind)
		}
		name := w.Badge
		if w.Guest {
			name = "a guest, badge of the day"
		}
		who[kind] = append(who[kind], name)
	}
	lines := make([]string, len(kinds))
	for i, k := range kinds {
		lines[i] = fmt.Sprintf("%-18s %s", k, strings.Join(who[k], " "))
	}
	return lines
}

// OldLabels reads of reference records what numbers returned parcels went out under,
// by the number of the way back.
func OldLabels(records io.Reader) (map[string][]string, error) {
	old := map[string][]string{}
	in := bufio.NewScanner(records)
	in.Buffer(nil, 1<<20)
	for n := 1; in.Scan(); n++ {
		var r struct {
			Waybill   string   `json:"waybill"`
			Originals []string `json:"originalWaybills"`
		}
		if !bytes.Contains(in.Bytes(), []byte(`"originalWaybills"`)) {
			continue
		}
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrPlan, n, err)
		}
		old[r.Waybill] = r.Originals
	}
	return old, in.Err()
}
