// Package ipp drives an A4 printer over the Internet Printing Protocol (RFC 8010,
// 8011): one directly on the network, or a queue of CUPS.
//
// No IPP library for Go can be had here, so the few attributes that are needed are
// written and read by this package itself; its tests hold it to a real CUPS.
//
// It may import devices and the standard library.
//
// Invariants:
//   - Every request has a deadline; an answer is bounded in bytes, attributes and
//     depth, and what cannot be read is an error, never a guess.
//   - NotSent is told only where the printer refused a document or nothing reached
//     it; a document whose answer got lost is Unknown and is not sent again from
//     here.
//   - Printed is the printer's own word (job-state completed), with its name.
//   - A printer's state is told in the words of devices.Condition.
package ipp
