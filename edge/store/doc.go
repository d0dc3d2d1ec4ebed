// Package store keeps in bbolt, behind the journal, what the edge would
// otherwise have to compute from the journal's start: the floor's state, the
// verdicts of the last 72 hours by message id, the newest private records, the
// catalogue, and an index of closed orders.
//
// It is the only importer of bbolt besides edge/vault and imports edge,
// edge/catalogue and edge/journal (for its types) of the house.
//
// Invariants:
//
//   - The store is a cache. Nothing is answered from it that the journal did
//     not hold first, and a store that is lost or damaged is rebuilt from the
//     newest verified snapshot or from nothing, by replaying the journal.
//   - The state in it is that at exactly one place of the journal, the mark. A
//     generation that fits into one commit carries the mark in it; a larger one
//     is written in commits of at most 256 keys that also keep what they
//     overwrite, and a half-written one is rolled back when the store is opened.
//   - Outcomes, private records, closed orders and the catalogue may be ahead
//     of the mark: replaying them again changes nothing.
//   - Every value ends in a CRC32C over its bucket, its key and itself, and
//     every bucket has a count and a sum over these checksums, written in the
//     same commit: a flipped bit, a zeroed page, a lost key or a value in
//     another's place is found. What is bad is reported (ErrDamaged) and not
//     served.
//   - Files are created under a temporary name, flushed, renamed, and the
//     folder is flushed.
package store
