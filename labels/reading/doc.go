// Package reading says what the system makes of a code: the one place where GS1
// data, article numbers, carriers' numbers and keyboard damage are told apart. It
// answers `edge barcode`, the installer's page and the floor alike.
//
// Invariants:
//   - a code is told as unknown rather than guessed at; what else it may be stands beside
//     the answer (hint, alsoWaybill), never in its place;
//   - a fault is a code with a place, never a quoted input;
//   - a repaired code is told as repaired, with its cause.
//
// It imports labels/gs1, labels/symbology, labels/waybill and the standard library,
// and is pure.
package reading
