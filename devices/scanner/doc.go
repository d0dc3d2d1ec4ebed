// Package scanner is the driver for barcode scanners on a stream of bytes
// (serial, TCP): pure framers for what they send and a Driver that hands each
// read over and answers the scanner only when the read is on disk. Scanners that
// speak MQTT live in devices/mqtt.
//
// It may import devices and the standard library.
//
// Protocols (Config.Protocol):
//
//	auto   CR, LF, CR LF or ETX ends a code, STX begins one afresh (default)
//	cr lf crlf stx   that one framing only
//	ack    STX code ETX, answered by ACK (06) or NAK (15)
//	idle   a silence ends a code, for scanners that send no suffix; the weakest,
//	       as a delay on the way looks like an end
//	ssi    Zebra Simple Serial Interface: packets, checksum, CMD_ACK
//
// Invariants:
//   - Feed gives the same frames however the bytes are cut; only Quiet, which
//     tells that nothing came for a while, is about time.
//   - Half a code is never a read: a code without its end is left out, and so is
//     what follows a gap or the opening of a line until an end or a silence has
//     brought the framer back into step.
//   - GS (1D) and the other separators stay inside a code; a code with other
//     control characters or broken UTF-8 is noise.
//   - What is left out is counted, never guessed at.
//   - Who a scanner is, is forgotten with its line. SSI is asked for it in a silence
//     of 3 s after the line came and after anything that cannot be read; before its
//     first packet one such thing is a fault, else three in a row are.
//   - A repeat is left out in three cases only: an SSI packet that the scanner
//     marks as sent again and that was stored before, unless it marks all that it
//     sends; where scanners wait for an answer, the first code after a lost line
//     that is the one taken in the last second before it; and, as these scanners
//     give their reads no ids, the same code on the same scanner that comes back
//     without having been away for the bounce window. All are counted.
package scanner
