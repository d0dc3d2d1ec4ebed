// Package reference takes reference data from the central WMS (sync contract,
// section 2): NDJSON of any size, one record a line, upserts.
//
// A line is parsed strictly (types, duplicate names, UTF-8), becomes a record of
// package edge, and goes where it belongs: what is ordered with the scans
// (orders, changes, returns, ranges, stock, pick lists, carrier scans) to the
// engine, everything else to the catalogue. Recipients and workers' names go to
// the vault first.
//
// It imports the standard library, edge and sync/batch.
//
// Invariants:
//   - The order of lines is kept: a run of catalogue records is on disk and in
//     force before the record behind it is decided, and the other way round.
//   - A bad record is refused by its line and harms no other. A detail names the
//     field and never quotes its value.
//   - The answer leaves after everything accepted is on disk. If the store or
//     the vault cannot take a record the whole request fails, and is to be sent
//     again whole: records are upserts.
//   - Memory is bounded whatever the size of the body.
package reference
