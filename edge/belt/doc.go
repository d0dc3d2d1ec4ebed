// Package belt runs one belt of a site: what its devices say goes to the tracker
// (edge/sorter), what that makes of it to the floor, and what was decided back to
// the devices.
//
//	l, _ := belt.New(cfg, deps)
//	go l.Run(ctx)              // supervised: each run begins with a flush of the belt
//	l.Take(ctx, received)      // of devices behind a broker
//	l.Change("eye-3", change)  // of eyes on pins
//
// It may import edge, edge/sorter and devices.
//
// Invariants:
//   - A read is answered, its command sent and its message acknowledged only after
//     the flush of its event; so is a confirmation. Facts that nobody waits for are
//     handed to the floor in their order, ahead of whatever comes later.
//   - A durable message is acknowledged or failed exactly once, also when the run
//     ends before it was looked at.
//   - An error of the floor ends the run: the tracker is ahead of the journal. The
//     next run begins with a belt of which nothing is known, and each parcel of the
//     run before ends as lost.
//   - Positions are of the time at which a message came (devices/conveyor): a
//     message that waits behind a flush is not late.
//   - Nothing that a device says blocks another belt's device for longer than one
//     answer of the floor.
package belt
