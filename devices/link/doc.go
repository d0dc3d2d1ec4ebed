// Package link opens the wires to devices by URL.
//
// It may import devices and the standard library; links of other kinds (serial,
// GPIO) bring their own libraries with them. Known schemes: tcp.
//
// Invariants:
//   - New validates the whole URL; Open only dials.
//   - Dialling has a deadline, an idle connection has keep-alives, and a close by
//     Abort never delivers bytes that were still buffered.
//   - Which addresses may be dialled (loopback, link-local) is decided by the
//     configuration, not here.
package link
