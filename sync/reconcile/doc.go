// Package reconcile takes what the WMS saw behind the place where an edge's
// epoch before was sealed (sync contract, section 2: after a restore), and hands
// it to the engine: ids of decided scans, orders, boxes, waybill numbers and
// ranges. The floor stays closed until one request says that it is all.
//
// It imports the standard library, edge and sync/batch.
//
// Invariants:
//   - A request is one message and is taken whole or not at all; what was told
//     before changes nothing when it is told again. The answer leaves after the
//     flush.
//   - What is not understood is refused, an unknown member too: a number that is
//     told under a wrong name would be given out a second time.
//   - A detail names the member and never quotes its value.
package reconcile
