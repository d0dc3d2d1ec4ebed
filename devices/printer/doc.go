// Package printer is the driver for Zebra-type label printers: pure parsers for
// their answers (~HS, ~HQES, ~HI, ~HQOD) and a Driver that serves jobs and
// status over one connection.
//
// It may import devices and the standard library.
//
// Invariants:
//   - Every connection begins with ~JX, so that half a format left by an earlier
//     one is never glued to the next bytes.
//   - The bytes of a label are written at most once. NotSent is told only when
//     the wire took none of them; what is not proven is Unknown.
//   - A label is only begun on a printer that has just answered ~HS as ready
//     with an empty buffer, so what comes out afterwards is that label.
//   - An answer to an earlier, late question is never taken as proof.
//   - Silence on an open connection is a fault of unknown kind, not an absent
//     printer: ~HQES is asked then.
//   - Parsers are bounded and never panic; what they cannot read is counted and
//     left out, never guessed.
package printer
