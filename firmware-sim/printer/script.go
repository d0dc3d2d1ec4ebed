package printer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"dcedge/firmware-sim/fault"
)

// freshRoll is how many labels are on the roll that ends a "paper = 0".
const freshRoll = 500

var _ fault.Device = (*Printer)(nil)

// Prepare reads a step of a fault script: the keys of Faults and of Hands, and
// heal = true, which ends every fault. What a hand did is undone by a hand: a new
// roll, the head closed, the pause ended; a power cycle and another printer are not undone.
func (p *Printer) Prepare(what json.RawMessage) (func() func(), error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(what, &keys); err != nil {
		return nil, fmt.Errorf("%w: %w", fault.ErrScript, err)
	}
	heal := string(keys["heal"]) == "true"
	delete(keys, "heal")
	broken, hands := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for k, v := range keys {
		if slices.Contains([]string{"paper", "head", "pause", "power", "ribbon", "take", "replace"}, k) {
			hands[k] = v
		} else {
			broken[k] = v
		}
	}
	h, err := readHands(hands)
	if err != nil {
		return nil, err
	}
	var breaks func() func()
	if len(broken) > 0 {
		text, err := json.Marshal(broken)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", fault.ErrScript, err)
		}
		if breaks, err = fault.Prepare(text, func() Faults { return p.Status().Faults }, p.SetFaults); err != nil {
			return nil, err
		}
	}
	return func() func() {
		before := p.Status()
		if heal {
			p.SetFaults(Faults{})
		}
		undo := func() {}
		if breaks != nil {
			undo = breaks()
		}
		_ = p.Do(h) // its words were read above
		return func() {
			undo()
			_ = p.Do(h.back(before))
		}
	}, nil
}

func readHands(keys map[string]json.RawMessage) (Hands, error) {
	text, err := json.Marshal(keys)
	if err != nil {
		return Hands{}, fmt.Errorf("%w: %w", fault.ErrScript, err)
	}
	var h Hands
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&h); err != nil {
		return Hands{}, fmt.Errorf("%w: %w", fault.ErrScript, err)
	}
	if err := h.check(); err != nil {
		return Hands{}, fmt.Errorf("%w: %w", fault.ErrScript, err)
	}
	return h, nil
}

// back is what undoes h.
func (h Hands) back(before Status) Hands {
	var b Hands
	if h.Paper != nil {
		roll := before.Paper
		if roll == 0 {
			roll = freshRoll
		}
		b.Paper = &roll
	}
	if h.Head != "" {
		b.Head = map[bool]string{true: "open", false: "closed"}[before.HeadOpen]
	}
	if h.Ribbon != "" {
		b.Ribbon = map[bool]string{true: "out", false: "in"}[before.RibbonOut]
	}
	if h.Pause != nil {
		b.Pause = &before.Paused
	}
	return b
}

// kept are the stored formats that outlive a power cut: those in flash (E:).
func kept(formats map[string]stored) map[string]stored {
	out := maps.Clone(formats)
	maps.DeleteFunc(out, func(_ string, s stored) bool { return !s.flash })
	if out == nil {
		out = map[string]stored{}
	}
	return out
}
