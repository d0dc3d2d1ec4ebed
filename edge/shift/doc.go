// Package shift keeps the ends of shifts that leads signed: what was open, the
// digest of the history, whether there is a note for the next lead, and who has
// read it.
//
// It imports the standard library and edge. What it keeps it writes through a
// Recorder (the engine's journal) as private records: an end of a shift stands in
// the feed as counts alone, the note lies sealed in the vault.
//
// Invariants:
//   - An entry is on disk before its shift.ended is submitted: a note is never
//     lost to a power cut, and an entry without Seq was not signed.
//   - The newest entries are kept, the rest are forgotten.
package shift
