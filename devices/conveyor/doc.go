// Package conveyor makes belt signals of sensors: clean photo-eye changes, belt
// movement in millimetres, one weight per parcel, one colour for a stack light,
// and which command a divert still owes an answer to.
//
// Eye, Belt, Weigher, StackLight and Diverts are pure: times and positions come
// in, they start no goroutine. PinEye is the driver of a photo-eye on a pin;
// sensors behind a broker come in by devices/mqtt, and their messages are given to
// the same types. It may import the standard library and devices.
//
// Invariants:
//   - Intervals are of the monotonic clock (the times that come in carry it, see
//     time.Time); a device's own clock only says in which order its messages were.
//   - A level counts once it has held for Denoise, and after a change was told the
//     next one waits for Debounce: a bounce gives no change, and no change that
//     lasts is lost. Denoise must be well under the least gap / belt speed.
//   - The belt's position never goes back; a counter that wraps is followed, one
//     that jumps (the encoder was off) is a fault, never a movement.
//   - A weight stands for one parcel: the next one needs an empty weigher first.
//   - A sensor that is stuck or silent while the belt moves raises one alarm; it
//     holds nothing else up (reliability B6, R5).
package conveyor
