package scanner

// manyMarks in a row of codes that were not there before say that a scanner which once
// left the mark away was changed for one that never does.
const manyMarks = 3

// marks judges the retransmit bit of SSI. A decoder sets it only on a packet that it
// has sent before and had no acknowledgement for, so that one which is marked without
// having been here before, while nothing was lost on the way, comes from a scanner that
// sets it always: of that scanner the bit says nothing, and the same code again is
// somebody's second read. It is believed again with the first packet without it.
type marks struct {
	clear bool // a packet without the mark came on this line
	fresh int  // marked ones in a row that were not there before
	lost  bool // what was sent last may have been lost or refused: a repeat may come first
}

// repeat judges a code; same: it is the one that was taken last.
func (m *marks) repeat(marked, same bool) bool {
	switch {
	case !marked:
		m.clear, m.fresh = true, 0
	case !same && !m.lost:
		m.fresh++
	}
	m.lost = false
	return marked && (m.fresh == 0 || m.clear && m.fresh < manyMarks)
}
