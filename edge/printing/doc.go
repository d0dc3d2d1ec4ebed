// Package printing is the acting side of the label ledger. The ledger itself is
// the events that edge/floor decides; this package watches what they make true,
// prints what is wanted and reports what became of it.
//
// It may import edge, edge/supervise, devices and the standard library; printers,
// the engine and whoever makes the labels are interfaces declared here.
//
// Invariants (I6):
//   - The intent of an attempt is on disk before the first byte of its label
//     leaves, and an attempt's bytes are sent at most once.
//   - failed is reported only when provably no byte left. Whatever else is not
//     proven is inDoubt, and nothing in doubt is ever sent again from here: only
//     a person's answer makes the state want a label again.
//   - An attempt found open that this process did not begin is in doubt.
//   - After a "no" the named printer is proven empty first, else the number is
//     given up (renumber).
//   - One goroutine per printer; every wait has an end; what is waiting is the
//     state's own list of wanted labels, never a second queue.
package printing
