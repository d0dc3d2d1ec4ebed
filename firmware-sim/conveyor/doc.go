// Package conveyor plays a sorting line: a belt with photo-eyes, an encoder, a scan
// tunnel, an in-line weigher, diverts into lanes and a stack light, at an MQTT
// broker and on simulated pins. Parcels are put on it through Put or the control
// port; where each one went stands in a ledger that knows nothing of what the
// program under test believes.
//
// It imports the standard library, go-toml (layouts) and the packages wire, fault,
// scanner and lights of firmware-sim, and never devices, labels or edge.
//
// # The belt
//
// A position is a length from the start of the belt, where the front of a parcel
// comes on. Parcels lie in order, never in one another: one that meets another
// stops on the moving belt. A parcel is read when its front passes the tunnel,
// weighed when its front passes the weigher, and pushed off when its front
// reaches a divert that holds a command for it. What no divert takes goes round
// again or into the lane at the end.
//
// # Commands
//
// A command names the read that it answers ("re"). A divert takes it while the
// parcel of that read, read on this round, is before it (and within its window,
// where it has one), and drops it otherwise: unknown, passed, not in front yet, a
// lane that it does not serve. What it dropped stands in the ledger with the
// reason. It confirms ("done") once the parcel is in the lane, until the broker
// has the message.
//
// Invariants:
//   - Belt is pure: no clock, no chance, no I/O; the same calls give the same events;
//   - every parcel is at any time in exactly one of: waiting, on the belt, a lane;
//   - lengths are whole micrometres, so that nothing creeps;
//   - Run gives back every connection, and writes what is left on the belt into
//     the ledger.
package conveyor
