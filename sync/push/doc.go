// Package push sends a file of reference data to an edge (sync contract,
// section 2), in parts, so that a cut line costs one part and progress is what
// the edge has on disk. On request it moves the file's days to today.
//
// It imports the standard library, sync/batch and edge/supervise.
//
// Invariants:
//   - Parts are sent one after another, each until it is answered: the order of
//     lines is kept. A part is sent again after a cut; records are upserts.
//   - Every line of the file is counted once: accepted, unchanged or rejected.
//   - Moving days changes dates inside the texts of JSON values and no other
//     byte.
package push
