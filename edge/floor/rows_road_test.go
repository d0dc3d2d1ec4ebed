package floor_test

import (
	"testing"

	"dcedge/edge"
)

// everyPlace asks for the place before each line.
func everyPlace(lines ...line) func(x *site) {
	return func(x *site) { x.pol.Pick.Location = "always"; begun(x, lines...) }
}

// atDesk gives a packer the tote of an order of these lines.
func atDesk(t *testing.T, lines ...line) func(x *site) {
	return func(x *site) {
		picked(t, x, "o1", "cj", "TOTE-00001", lines...)
		x.scan("k", "TOTE-00001")
	}
}

// inDoubt is a label of which nobody knows whether it came out; its attempt is A-1.
func inDoubt(t *testing.T) func(x *site) {
	return func(x *site) {
		atDesk(t, line{1, 1})(x)
		x.scan("k", "EA-1")
		v := x.print(edge.PrintReport{Stage: edge.StageIntent, Box: "B-1", Printer: "p1", RecipientVersion: 1, Hash: "ab"})
		x.print(edge.PrintReport{Stage: edge.StageSent, Box: "B-1", Attempt: v.Answer})
		x.print(edge.PrintReport{Stage: edge.StageInDoubt, Box: "B-1", Attempt: v.Answer})
	}
}

// TestRowsOfTheStraightRoad are the rows of places, items, desks, doubtful prints
// and trucks that an order meets on its way.
func TestRowsOfTheStraightRoad(t *testing.T) {
	number := numbersOf(t, inDoubt(t))("B-1")
	boxes := func(x *site) {
		packed(t, x, "o1", "cj", "TOTE-00001")
		packed(t, x, "o2", "hanjin", "TOTE-00002")
		packed(t, x, "o3", "cj", "TOTE-00003")
		x.scan("l", "DOCK-D1")
	}
	one, other, last := numbersOf(t, boxes)("B-1"), numbersOf(t, boxes)("B-2"), numbersOf(t, boxes)("B-3")
	half := func(x *site) {
		boxes(x)
		picked(t, x, "o4", "cj", "TOTE-00004", line{1, 1})
		x.scan("k2", "TOTE-00004")
		x.scan("k2", "EA-1")
		x.label("B-4")
	}
	runRows(t, []flowRow{
		{row: "2.2-2", name: "a tote in which a cancelled order's goods lie", who: "p2", set: func(x *site) {
			picked(t, x, "o1", "cj", "TOTE-00001", line{1, 1})
			cancelO1(x)
			x.record(order("o2", "cj", line{2, 1}))
			x.act("p2", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o2"}})
		}, scan: "TOTE-00001",
			code: edge.Cancelled, say: "order.cancelled", step: "cancelled", events: "scan.refused"},
		{row: "2.2-4", name: "its place", set: everyPlace(line{1, 2}), scan: "LOC-L1",
			code: edge.OK, say: "pick.location", step: "item", events: "location.confirmed"},
		{row: "2.2-4", name: "another place", set: everyPlace(line{1, 2}), scan: "LOC-L2",
			code: edge.Wrong, say: "pick.wrongLocation", step: "location", events: "scan.refused"},
		{row: "2.2-4", name: "an item before its place", set: everyPlace(line{1, 2}), scan: "EA-1",
			code: edge.Unexpected, say: "scan.unexpected", step: "location", events: "scan.refused"},
		{row: "2.2-4", name: "a place that nobody knows", set: everyPlace(line{1, 2}), scan: "LOC-XX",
			code: edge.Unknown, say: "scan.unknown", step: "location", events: "scan.refused"},
		{row: "2.2-4", name: "the next place is asked for", set: func(x *site) { everyPlace(line{1, 1}, line{2, 1})(x); x.scan("p", "LOC-L1") }, scan: "EA-1",
			code: edge.Done, say: "pick.lineDone", step: "location", events: "pick.confirmed"},
		{row: "2.2-4", name: "never asked for", set: func(x *site) { x.pol.Pick.Location = "never"; begun(x, line{1, 2}) }, scan: "LOC-L1",
			code: edge.Unexpected, say: "scan.unexpected", step: "item", events: "scan.refused"},
		{row: "2.2-5", name: "its item", set: func(x *site) { begun(x, line{1, 2}) }, scan: "EA-1",
			code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-5", name: "another item", set: func(x *site) { begun(x, line{1, 2}) }, scan: "EA-2",
			code: edge.Wrong, say: "pick.wrongItem", step: "item", events: "scan.refused"},
		{row: "2.2-5", name: "a code that nobody knows", set: func(x *site) { begun(x, line{1, 2}) }, scan: "NO-SUCH",
			code: edge.Unknown, say: "scan.unknown", step: "item", events: "scan.refused"},
		{row: "2.2-7", name: "the last piece", set: func(x *site) { begun(x, line{1, 1}) }, scan: "EA-1",
			code: edge.Done, say: "pick.done", step: "", events: "pick.confirmed work.finished"},
		{row: "2.5-2", name: "a piece at the desk", who: "k", set: atDesk(t, line{1, 2}), scan: "EA-1",
			code: edge.OK, say: "pack.item", step: "item", events: "pack.item"},
		{row: "2.5-2", name: "an article that the tote does not want", who: "k", set: atDesk(t, line{1, 2}), scan: "EA-2",
			code: edge.Over, say: "pack.over", step: "item", events: "scan.refused"},
		{row: "2.5-2", name: "one too many of a line", who: "k", set: func(x *site) { atDesk(t, line{1, 1}, line{2, 1})(x); x.scan("k", "EA-1") }, scan: "EA-1",
			code: edge.Over, say: "pack.over", step: "item", events: "scan.refused"},
		{row: "2.5-2", name: "a code that nobody knows", who: "k", set: atDesk(t, line{1, 2}), scan: "NO-SUCH",
			code: edge.Unknown, say: "scan.unknown", step: "item", events: "scan.refused"},
		{row: "2.5-4", name: "the last piece", who: "k", set: atDesk(t, line{1, 1}), scan: "EA-1",
			code: edge.Done, say: "pack.allIn", step: "printing", events: "pack.item box.closed waybill.assigned"},
		{row: "2.5-5", name: "in doubt: it came out", who: "k", set: inDoubt(t), act: "printed", args: edge.Args{Attempt: "A-1", Outcome: "yes"},
			code: edge.OK, say: "label.stick", step: "waybill", events: "label.settled"},
		{row: "2.5-5", name: "in doubt: it did not", who: "k", set: inDoubt(t), act: "printed", args: edge.Args{Attempt: "A-1", Outcome: "no"},
			code: edge.OK, say: "label.again", step: "printing", events: "label.settled"},
		{row: "2.5-5", name: "in doubt: its scan settles it", who: "k", set: inDoubt(t), scan: number,
			code: edge.Done, say: "pack.orderDone", step: "", events: "label.settled waybill.bound tote.released work.finished"},
		{row: "2.7-2", name: "a box", who: "l", set: boxes, scan: one,
			code: edge.OK, say: "load.box", step: "waybill", events: "box.loaded"},
		{row: "2.7-2", name: "the last one", who: "l", set: func(x *site) { boxes(x); x.scan("l", one) }, scan: last,
			code: edge.Done, say: "load.all", step: "waybill", events: "box.loaded"},
		{row: "2.7-2", name: "another carrier's", who: "l", set: boxes, scan: other,
			code: edge.Wrong, say: "load.wrongCarrier", step: "waybill", events: "scan.refused"},
		{row: "2.7-2", name: "twice", who: "l", set: func(x *site) { boxes(x); x.scan("l", one) }, scan: one,
			code: edge.Duplicate, say: "load.again", step: "waybill", events: "scan.refused"},
		{row: "2.7-2", name: "its label is on no box", who: "l", set: half, scan: numbersOf(t, half)("B-4"),
			code: edge.Hold, say: "load.notPacked", step: "waybill", events: "scan.refused"},
		{row: "2.7-2", name: "held", who: "l", set: func(x *site) { boxes(x); heldO1(x) }, scan: one,
			code: edge.Hold, say: "order.held", step: "waybill", events: "scan.refused"},
		{row: "2.7-2", name: "cancelled", who: "l", set: func(x *site) { boxes(x); cancelO1(x) }, scan: one,
			code: edge.Cancelled, say: "order.cancelled", step: "cancelled", events: "scan.refused"},
	})
}
