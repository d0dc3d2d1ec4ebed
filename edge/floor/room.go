package floor

import (
	"slices"

	"dcedge/edge"
	"dcedge/edge/catalogue"
)

// rooms are pieces of memory from which the small things of a message are
// taken: each is given out once and belongs to who got it. They are no state.
type rooms struct {
	picks   []edge.PickEvent
	args    []edge.Arg
	article struct { // that was looked up last
		of         *catalogue.Snapshot
		client, id string
		record     *edge.SKURecord
	}
	menus [menuAll + 1][]string // of pickers: shared by all screens, never written
}

// roomFor is how many pieces are made at a time: few enough that one that is
// kept does not hold much.
const roomFor = 16

// next takes a zero value.
func next[T any](room *[]T) *T {
	if len(*room) == 0 {
		*room = make([]T, roomFor)
	}
	v := &(*room)[0]
	*room = (*room)[1:]
	return v
}

// What a picker's screen offers beside help and leave.
const (
	menuTyping = 1 << iota
	menuLine   // short, skip, confirm, addTote, handOver
	menuUndo
	menuClose
	menuEmpty
	menuCapture // short, skip, confirm
	menuFetch   // skip
	menuAll     = menuTyping | menuLine | menuUndo | menuClose | menuEmpty | menuCapture | menuFetch
)

// pickActions gives the buttons of a picker.
func (r *rooms) pickActions(menu uint) []string {
	if r.menus[menu] != nil {
		return r.menus[menu]
	}
	var out []string
	for _, group := range []struct {
		bit     uint
		actions []string
	}{{menuEmpty, []string{"empty"}}, {menuClose, []string{"close"}}, {menuTyping, []string{"quantity"}}, {menuLine, []string{"short", "skip", "confirm", "addTote", "handOver"}},
		{menuCapture, []string{"short", "skip", "confirm"}}, {menuFetch, []string{"skip"}},
		{menuUndo, []string{"undo"}}} {
		if menu&group.bit != 0 {
			out = append(out, group.actions...)
		}
	}
	out = append(out, "help", "leave")
	r.menus[menu] = slices.Clip(out)
	return r.menus[menu]
}

// counted says how many pieces are there and how many are wanted.
func (d *decider) counted(key string, have, want int) edge.Say {
	room := &d.s.room.args
	if len(*room) < 2 {
		*room = make([]edge.Arg, 2*roomFor)
	}
	args := (*room)[:2:2]
	*room = (*room)[2:]
	args[0], args[1] = edge.N("have", have), edge.N("want", want)
	return edge.Say{Key: key, Args: args}
}
