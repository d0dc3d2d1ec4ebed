// Package link opens the wires to devices by URL.
//
//	tcp://10.0.0.21:9100
//	serial:///dev/serial/by-id/usb-Honeywell?baud=9600&parity=none&bits=8&stop=1&flow=none
//	gpio://GPIO17?pull=up&invert=true&denoise=2ms&debounce=5ms
//	gpio+sim:///run/pins.sock?pin=eye-3&debounce=5ms
//
// New opens streams of bytes (tcp, serial), NewPin opens pins (gpio, gpio+sim).
// The scheme mqtt is no wire of its own: see devices/mqtt.
//
// It may import devices, the standard library, go.bug.st/serial, x/sys/unix and
// periph.io/x/{conn,host}.
//
// Invariants:
//   - New and NewPin validate the whole URL and tell every fault of it at once;
//     Open only opens.
//   - Dialling has a deadline, an idle connection has keep-alives, and a close by
//     Abort never delivers bytes that were still buffered.
//   - Which addresses may be dialled (loopback, link-local) is decided by the
//     configuration, not here.
//
// # Serial lines
//
// go.bug.st/serial sets the line up (speed, parity, bits, raw mode, exclusive
// use); the bytes go over a second, non-blocking descriptor of the same line.
// That library's own Read waits by select(2), which panics on descriptors of
// 1024 and up, and its Write cannot be given up, so that a device that holds the
// flow would keep a goroutine and its thread for ever. Over the runtime's poller
// Write keeps its deadline (10 s where none is set), Close wakes whoever waits,
// an idle line costs no thread, and an end by our own Close is os.ErrClosed, while
// a pulled adapter is anything else. Each way is watched by itself, and a reader
// may ask to be woken only once so many bytes lie there (devices.Gather): a scale
// that streams wakes the process once a frame.
//
// The path is opened anew by every Open, so a by-id link is followed to whatever
// tty the adapter came back as. What was received before Open is thrown away:
// those are stale scans. A line may still be opened in the middle of a code,
// which Midstream tells to the framers.
//
// # Pins of a simulator (gpio+sim)
//
// A simulator listens on a unix socket; the edge makes one connection per pin.
// Lines end in "\n", fields are separated by one space, a level is 0 or 1, a name
// is letters, digits and . _ - (at most 64). Lines that are not known are left
// out by both sides.
//
//	edge -> simulator
//	  pins              tell the level of every pin, outputs included
//	  set NAME 0|1      drive an output
//	simulator -> edge
//	  level NAME 0|1    the present level: for every pin after "pins", and on
//	                    every change of any pin, at once and in order
//
// A pin that is not told within 2 s after "pins" does not exist. The end of the
// connection is the loss of the pin.
package link
