// Package edge holds the words of the floor: what a worker or a device says
// (Message), what the edge answers (Verdict, Screen), what is written down for
// ever (Event), what is open right now (Order, Tote, Box, Work, Attempt, Truck,
// Lease) and what the central WMS sends (the records).
//
// It imports the standard library only and decides nothing: the rules are in
// edge/floor, the one writer is edge/engine.
//
// Invariants:
//   - An Event is a fact: resolved SKU, line, quantity, policy outcome. State is
//     computed from events alone, never from the catalogue or the configuration.
//   - No Event holds personal data: a recipient is a RecipientRef, an unknown
//     scanned text is its length and a keyed hash.
//   - Values that left the engine (entities in a Commit, screens) are immutable.
package edge
