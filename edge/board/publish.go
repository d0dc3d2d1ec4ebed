package board

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Snapshot is the whole board at number N: Items by section and name.
type Snapshot struct {
	N     uint64                                `json:"n"`
	Items map[string]map[string]json.RawMessage `json:"items"`
}

// Delta is what changed from number N-1 to N.
type Delta struct {
	N    uint64                                `json:"n"`
	Set  map[string]map[string]json.RawMessage `json:"set,omitempty"`
	Gone map[string][]string                   `json:"gone,omitempty"`
}

// subscriber gets deltas; a full queue ends it.
type subscriber struct{ ch chan Delta }

// queued is how many deltas a subscriber may be behind.
const queued = 32

// Snapshot gives the board as it is.
func (b *Board) Snapshot() Snapshot {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.snapshot()
}

func (b *Board) snapshot() Snapshot {
	s := Snapshot{N: b.n, Items: map[string]map[string]json.RawMessage{}}
	for _, section := range []string{"head", "rows", "exceptions", "workers", "printers", "devices", "consumers", "trucks", "leases", "reads"} {
		s.Items[section] = map[string]json.RawMessage{}
	}
	for k, v := range b.items {
		section, name, _ := strings.Cut(k, "/")
		if s.Items[section] == nil {
			s.Items[section] = map[string]json.RawMessage{}
		}
		s.Items[section][name] = json.RawMessage(v)
	}
	return s
}

// Subscribe gives the board as it is and a channel of what changes after it,
// without a gap. The channel is closed when its reader is too slow, when the
// board ends, or by cancel.
func (b *Board) Subscribe() (Snapshot, <-chan Delta, func()) {
	s := &subscriber{ch: make(chan Delta, queued)}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs[s] = struct{}{}
	cancel := func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.remove(s)
	}
	return b.snapshot(), s.ch, cancel
}

func (b *Board) remove(s *subscriber) {
	if _, there := b.subs[s]; there {
		delete(b.subs, s)
		close(s.ch)
	}
}

func (b *Board) closeSubscribers() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for s := range b.subs {
		b.remove(s)
	}
}

// publish compares the view with what was last told; b.mu is held.
func (b *Board) publish() {
	troubles := b.view.troubles()
	next := b.view.render(troubles)
	b.worst = b.worst[:0]
	for _, e := range troubles {
		b.worst = append(b.worst, e.key())
	}
	d := Delta{N: b.n + 1, Set: map[string]map[string]json.RawMessage{}, Gone: map[string][]string{}}
	for k, v := range next {
		if b.items[k] == v {
			continue
		}
		section, name, _ := strings.Cut(k, "/")
		if d.Set[section] == nil {
			d.Set[section] = map[string]json.RawMessage{}
		}
		d.Set[section][name] = json.RawMessage(v)
	}
	for k := range b.items {
		if _, still := next[k]; !still {
			section, name, _ := strings.Cut(k, "/")
			d.Gone[section] = append(d.Gone[section], name)
		}
	}
	if len(d.Set) == 0 && len(d.Gone) == 0 {
		return
	}
	b.n, b.items = d.N, next
	for s := range b.subs {
		select {
		case s.ch <- d:
		default:
			b.remove(s)
		}
	}
}

// Section lists the items of a section by name; of "exceptions" the worst
// first. nil: there is no such section.
func (b *Board) Section(section string) []json.RawMessage {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if section == "exceptions" {
		out := []json.RawMessage{}
		for _, name := range b.worst { // as published: the view may be ahead of the items
			if item, there := b.items["exceptions/"+name]; there {
				out = append(out, json.RawMessage(item))
			}
		}
		return out
	}
	items := b.snapshot().Items[section]
	if items == nil {
		return nil
	}
	out := make([]json.RawMessage, 0, len(items))
	for _, name := range slices.Sorted(maps.Keys(items)) {
		out = append(out, items[name])
	}
	return out
}
