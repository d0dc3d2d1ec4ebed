// Package belt holds the built edge with a whole belt to the promise of the
// sorter: boxes that were packed travel over a simulated line behind a real
// broker, the edge and the broker are killed under way, and an oracle over the
// pulled events and the line's own ledger says whether any went to a wrong lane,
// was counted twice, or is not accounted for.
//
// It holds tests only. BUILT=later leaves out those whose edge is a program of its own.
package belt
