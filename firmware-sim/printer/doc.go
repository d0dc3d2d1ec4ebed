// Package printer plays a ZPL label printer on a TCP port, as the ZPL II
// manual describes one: it prints what it is sent, one label after another, at
// the speed of its motor, and answers status questions on the same line.
//
// It is written from the manual alone, so that a mistake in the program under
// test cannot sit on both sides of the wire: it imports the standard library,
// boombuler (bars of a drawn label) and x/image (letters of a drawn label), and
// never devices, labels or edge.
//
// Invariants:
//   - one connection at a time; the next waits in the listen queue;
//   - bytes held (partial format plus queued formats) never pass
//     Config.BufferBytes: the reader stops and TCP pushes back;
//   - a format is printed once per ^PQ copy, unless a fault asks for more;
//     every label that comes out is counted (Odometer) and kept;
//   - control commands (~HS, ~JA, ...) act when their last letter arrives, also
//     inside a format;
//   - a format cut by a lost connection is kept and glued to what comes next,
//     or dropped, as Config.DropPartial says.
package printer
