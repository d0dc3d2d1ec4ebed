// Package file is a sink of plain files: event lines as they are in
// events-EPOCH-FIRST.ndjson, and the place behind them in place.json.
//
// It imports the standard library and sync/batch.
//
// Invariants:
//   - One step stores both: the lines are written behind the committed size and
//     flushed, then place.json, which holds that size with cursor and hash, is
//     replaced by rename and the folder flushed. The rename is the commit: what
//     lies behind the committed size is a torn batch and is cut at the next
//     Open, and pulled again.
//   - Committed bytes are never written again. Open proves the newest file's
//     chain up to the committed place and refuses a folder that does not hold
//     what place.json says.
//   - One process at a time: the folder is locked.
package file
