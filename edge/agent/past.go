package agent

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"dcedge/edge"
	"dcedge/edge/board"
	"dcedge/edge/journal"
	"dcedge/edge/printing"
	"dcedge/edge/web"
	"dcedge/labels/layout"
)

// pastEvents shows the journal as the board reads it at its start.
type pastEvents struct{ *journal.Log }

var _ board.Past = pastEvents{}

// Head implements board.Past.
func (p pastEvents) Head() (place, seq uint64) {
	for _, e := range p.Epochs() {
		place, seq = place+e.Head.Seq, e.Head.Seq
	}
	return place, seq
}

// Oldest implements board.Past.
func (p pastEvents) Oldest() uint64 { return p.Epochs()[0].Oldest }

const pastBytes = 1 << 20 // read at a time

// Events implements board.Past. A line of a type that this program does not
// know is passed over: it counts in no figure.
func (p pastEvents) Events(place uint64, limit int) ([]edge.Event, uint64, error) {
	epochs, before := p.Epochs(), uint64(0)
	for len(epochs) > 1 && place >= before+epochs[0].Head.Seq {
		before += epochs[0].Head.Seq
		epochs = epochs[1:]
	}
	in, err := p.In(epochs[0].ID)
	if err != nil {
		return nil, 0, err
	}
	read, err := in.ReadEvents(place-before, limit, pastBytes, nil)
	if err != nil {
		return nil, 0, err
	}
	out := make([]edge.Event, 0, read.Count)
	for line := range bytes.Lines(read.Lines) {
		e, err := edge.ParseEvent(bytes.TrimSuffix(line, []byte("\n")))
		switch {
		case err == nil:
			out = append(out, e)
		case !errors.Is(err, edge.ErrEvent):
			return nil, 0, err
		}
	}
	return out, place + uint64(read.Count), nil
}

// closedCalls are the calls for help that leads closed before this start.
func (a *Agent) closedCalls() []board.PastCall {
	var out []board.PastCall
	for _, e := range a.access.Trail(trailRead) {
		if e.What == web.HelpClosed {
			out = append(out, board.PastCall{ID: e.Of, At: e.At})
		}
	}
	return out
}

// saidBehind is what leads said before this start of boxes that trucks left without.
func (a *Agent) saidBehind() []board.BehindSaid {
	var out []board.BehindSaid
	for _, e := range slices.Backward(a.access.Trail(trailRead)) { // it is the newest first
		switch e.What {
		case web.BehindOwned:
			out = append(out, board.BehindSaid{Truck: e.Of, Owner: e.Who})
		case web.BehindEnded:
			out = append(out, board.BehindSaid{Truck: e.Of, Ended: true})
		}
	}
	return out
}

const trailRead = 4000 // entries; more than access keeps

// undrawn lists the labels that do not come out, with the field of the template
// that cannot be drawn.
func (a *Agent) undrawn() []board.Undrawn {
	if a.printing == nil {
		return nil
	}
	problems := a.printing.Problems()
	out := make([]board.Undrawn, len(problems))
	for i, p := range problems {
		field, code := a.faults.of(p.Box)
		out[i] = board.Undrawn{Box: p.Box, Station: p.Station, Code: p.Code}
		if p.Code == codeRender {
			out[i].Field, out[i].Detail = field, code
		}
	}
	a.faults.keep(problems)
	return out
}

// codeRender is edge/printing's word for a label that the renderer refused.
const codeRender = "render"

// faults remembers why the renderer could not make a box's label; printing
// itself keeps only that it could not.
type faults struct {
	mu  sync.Mutex
	all map[string]fault // by box
}

type fault struct{ field, code string }

// watched is the renderer whose faults are remembered.
type watched struct {
	printing.Renderer
	faults *faults
}

// Render implements printing.Renderer.
func (w watched) Render(ctx context.Context, want printing.Want) (printing.Label, error) {
	label, err := w.Renderer.Render(ctx, want)
	w.faults.note(want.Box.ID, err)
	return label, err
}

func (f *faults) note(box string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.all, box)
	if err == nil {
		return
	}
	if f.all == nil {
		f.all = map[string]fault{}
	}
	var field *layout.FieldError
	switch {
	case errors.As(err, &field):
		f.all[box] = fault{field: field.Field, code: field.Code}
	case errors.Is(err, layout.ErrData):
		f.all[box] = fault{code: "tooLong"}
	case errors.Is(err, errLabel):
		f.all[box] = fault{code: "noTemplate"}
	default:
		f.all[box] = fault{code: "vault"}
	}
}

func (f *faults) of(box string) (field, code string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.all[box].field, cmp.Or(f.all[box].code, "other")
}

// keep forgets the faults of boxes that want nothing any more.
func (f *faults) keep(problems []printing.Problem) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.all) == 0 {
		return
	}
	still := map[string]bool{}
	for _, p := range problems {
		still[p.Box] = true
	}
	for box := range f.all {
		if !still[box] {
			delete(f.all, box)
		}
	}
}
