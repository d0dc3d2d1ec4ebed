// Package feed serves the sync API of an edge (sync contract, section 1): the
// events in batches, acknowledgements, leases, status, epochs, signed heads,
// and the schema and OpenAPI documents of all this.
//
// It imports the standard library, edge, sync/batch and klauspost/compress
// (zstd). The log, the recorder of private records and the clock come in
// through small interfaces.
//
// Invariants:
//   - Only flushed events are served, byte for byte as stored; the same place
//     gives the same lines for as long as they are kept.
//   - Nothing of the log is held while a socket blocks: a batch is copied first.
//   - An acknowledgement is on disk before it is answered, never moves a place
//     backwards, and never passes an event that this log does not hold.
//   - Keys are kept as SHA-256 only (they are random, not passwords) and
//     compared in constant time.
package feed
