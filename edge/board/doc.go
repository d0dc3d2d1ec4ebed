// Package board keeps what the site lead looks at: counts of orders by
// carrier, cut-off and stage, who works on what, printers, trucks, how far
// behind each consumer is, what is in trouble, and who calls for help.
//
// It imports the standard library, edge and edge/floor's words through edge
// only. It is fed by the engine's commits and never asks the engine again
// after its start; the subscriber only notes what changed (the newest value of
// each entity wins), so it can neither block the engine nor grow beyond what
// is open.
//
// Invariants:
//   - A Delta with number n applied to the snapshot n-1 gives the snapshot n.
//   - Figures are of one instant: everything of one commit or nothing of it.
//   - An event is counted once: what stood in the log at the start by the past,
//     which is read in the background and bounded, what follows as it comes.
//     The figures say since when they count and while the past is being read.
//   - It holds no personal data: orders carry a reference to the recipient.
package board
