// Package zpl writes ZPL II labels and reads and writes its graphic encodings.
//
// A [Label] is a typed encoder: callers give numbers and text, never commands.
// Text is escaped here and nowhere else, so no caller and no data can reach the
// stream with a raw byte.
//
// Invariants:
//   - data reaches the stream only inside ^FH ^FD ... ^FS, with every byte outside
//     [A-Za-z0-9 .,:/()+-] and outside printable UTF-8 written as _XX;
//   - every label carries its whole set-up (^CI28, size, origin, orientation): what
//     an earlier label left behind does not show;
//   - one label per ^XA ... ^XZ, ^PQ1 always; no command that writes to flash, stores
//     an object or changes a prefix is ever written;
//   - coordinates and sizes are dots of the printer's resolution.
//
// It imports the standard library only.
package zpl
