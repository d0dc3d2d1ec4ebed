// Package pull is the reference consumer of an edge's events (sync contract,
// section 1): it pulls from the cursor that its sink holds, proves every batch
// (digest, density, chain across batches), has the sink store events and cursor
// in one atomic step, and then acknowledges.
//
// It imports the standard library, sync/batch, edge/supervise and
// klauspost/compress (zstd).
//
// Invariants:
//   - Nothing is stored that does not continue what is stored; nothing is
//     acknowledged that is not stored. So it may be killed anywhere and every
//     event is in the sink exactly once, in order (I4).
//   - A torn answer, a lost one or a lost acknowledgement is asked again, with
//     growing waits. Another history, a gap or a lost lease is never passed
//     over: Run ends with an error that says what to do.
package pull
