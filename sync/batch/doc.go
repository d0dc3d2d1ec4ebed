// Package batch holds what travels between an edge and those who pull from it
// or push to it (sync contract): heads, cursors, the hash chain, problems,
// status. Both sides use it: sync/feed and sync/reference on the edge,
// sync/pull, sync/push and the sinks at the centre.
//
// It imports the standard library and edge only.
//
// Invariants:
//   - A cursor is opaque to everybody but the edge that made it. Text that an
//     edge never gave out does not decode: it carries a MAC under that edge's
//     own key.
//   - The chain is hash(0) = SHA-256(epoch text), hash(n) = SHA-256(hash(n-1) ||
//     line n without its newline), on raw bytes.
package batch
