// Package devices holds the words that every device driver shares: what a
// driver is, what it hands over, how a connection to a device looks, and how a
// fault is classed.
//
// It may import the standard library only. Drivers live in devices/*; what they
// need from each other or from the edge they declare themselves as interfaces.
//
// Invariants:
//   - Driver.Run is the only lifecycle. It opens what it needs, blocks, closes
//     what it opened and never retries: the one supervisor does.
//   - A Reading is acknowledged on the wire only after Sink.Read returned nil,
//     which means that it is on disk.
//   - Every error that leaves a driver is a *Fault: classed once, with the name
//     of the device and a hint that an installer can act on.
//   - A driver reports each change of its state once, and keeps a Status (Monitor)
//     that doctor and the devices page read without asking the wire.
//   - PrintResult never flatters: NotSent is proof that no byte of the label
//     left, Printed is proof by the printer, everything else is Unknown.
package devices
