// Package scanner plays barcode scanners: hand scanners and fixed scanners on a
// serial line or a TCP port (Scanner), and a scan tunnel at an MQTT broker
// (Tunnel).
//
// It is written from the makers' manuals and the device contract alone: it
// imports the standard library and the packages wire and fault of firmware-sim,
// and never devices, labels or edge.
//
// Framings of Scanner (Config.Protocol):
//
//	cr lf crlf tab  the code, then that end
//	stx             STX code ETX
//	ack             STX code ETX; waits for ACK (06), sends again on NAK (15) or
//	                silence, three times in all
//	none            the code alone: only a silence ends it
//	ssi             Zebra Simple Serial Interface (Symbol SE-923 integration guide,
//	                chapters 6 and 7): packets with a checksum, CMD_ACK and CMD_NAK,
//	                sent again twice with the retransmit bit
//
// A Tunnel publishes each read (or no-read) and publishes it again until a
// verdict names its id, as the contract asks of a device behind a broker that
// acknowledges before anybody has read.
//
// Invariants:
//   - what was put into the queue leaves in order, each with its own record of
//     how it was sent and what came back;
//   - chance (double reads, noise, no-reads) comes from the seed alone;
//   - a code is sent byte for byte as given: GS stays GS.
package scanner
