// Package board keeps what the site lead looks at: counts of orders by
// carrier, cut-off and stage, who works on what, printers, trucks, how far
// behind each consumer is, and what is in trouble.
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
//   - It holds no personal data: orders carry a reference to the recipient.
package board
