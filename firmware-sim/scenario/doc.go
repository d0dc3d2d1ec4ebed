// Package scenario makes up what a site needs before anybody can work: its
// master data and a day of orders, as NDJSON reference records (sync contract,
// section 2), from a seed.
//
// The shape of the day (lines an order, pieces a line, how few articles make up
// most lines) follows one real trading day, carried over as figures; every
// article, person and address is made up. It imports the standard library and
// x/crypto (the lead's PIN hash).
//
// Invariants:
//   - the same Config gives the same records, byte for byte, except the lead's
//     PIN and its salt, which come from Config.Secrets;
//   - barcodes are valid GTINs of the restricted prefix 29, no two alike within
//     a client;
//   - every order line names an article of its client and the location where
//     it lies.
package scenario
