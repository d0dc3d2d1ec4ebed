// Package practice keeps something to practise on: orders made up of the site's
// own articles, totes that wait at the desks and boxes that wait at the docks; and
// it answers for the printers, so that no label of practice comes out of one.
//
// It works through the engine like everybody else, on the state of practice alone:
// every message of it is marked, and none names a printer or a carrier's number.
//
// It imports the standard library, edge, edge/catalogue and edge/floor.
//
// Invariants:
//   - Nothing happens while nobody practises, and what was practised is forgotten
//     when nobody does any more: the state of practice stays small.
//   - Every message that it sends is marked as practice.
package practice
