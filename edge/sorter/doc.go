// Package sorter follows parcels on the belt from the induct eye to a lane, and
// commands the diverts.
//
// A Tracker is pure: belt position, eyes, tunnel reads, weights, confirmations in;
// facts, verdicts and commands out. No clock, no I/O, no goroutine. It knows where
// parcels are and not what they are: a read is a question to the floor (Read),
// which decides it in its own turn (edge/floor, Route) and whose answer the parcel
// follows (Decided).
//
// It imports the standard library and edge. Positions are millimetres of belt
// (devices/conveyor makes them of pulses), never seconds.
//
// The caller commits a Step's Events first and only then publishes its Commands
// and Verdicts and acknowledges the read (edge/belt does). A Tracker belongs to one
// goroutine.
//
// Invariants:
//   - Hospital needs no command: whatever is not proven goes straight on to it. A
//     parcel gets a truck's lane only for a code of its own, read while it and no
//     other lay in the tunnel's window.
//   - A code is given to a parcel by where it lay when it was read. A read that is
//     late, has no clock, names an id seen before, or finds no parcel or two is
//     reported and moves nothing; a no-read never inherits a code.
//   - Two boxes that cannot be told apart (longer than the longest, a gap below
//     the least, two codes) go to hospital, both.
//   - A lane counts as confirmed only by a confirmation of that box and lane,
//     while the parcel is at that divert. Later, it is a late confirm and a person
//     looks. What is seen at the end of the belt after all takes its confirmation
//     back (reason contradicted).
//   - A divert on a pin is fired only while its parcel lies before it, and never
//     while its pin or the eye in its lane is away. That eye proves one parcel: the
//     one that was fired at and can be there by now. What else it sees is a stray,
//     and for a person; fired alone is confirmed by nobody.
//   - After a start, after a jam and after an eye or the encoder was away nothing
//     is decided until the belt has carried off what nobody has followed: never a
//     guessed truck.
//   - Every inducted parcel ends exactly once: diverted, rejected or lost.
package sorter
