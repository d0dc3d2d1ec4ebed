// Package wire is how a simulated device is reached: a TCP port, a serial line
// (the slave of a pseudo terminal under a name of its own), an MQTT broker, the
// pins of a board, and a small HTTP port for the person or script that works the
// device.
//
// It is written from the contract and the manuals alone. It imports the standard
// library, creack/pty, x/sys/unix and the Eclipse MQTT client, and never devices,
// labels or edge.
//
// # Places
//
// A Line is named by
//
//	127.0.0.1:9101, tcp://127.0.0.1:9101   a TCP port; port 0 takes a free one
//	pty:/run/site/tty-scale-1?baud=9600    a serial line under that name
//	pty:                                   a serial line under the system's name
//	mem:                                   a pipe in this process, opened by Line.Dial
//
// With baud the line is as slow as a real one (ten bits a byte, both ways).
//
// # Pins
//
// A Pins socket speaks lines that end in "\n". The host says "pins" (tell the
// level of every pin) and "set NAME 0|1" (drive an output); the simulator says
// "level NAME 0|1", for every pin after "pins" and on every change.
//
// Invariants:
//   - the slave of a serial line is raw from the start and held open here, so
//     that a host which comes and goes does not hang the line up; Pull closes
//     both ends, which the host sees as a pulled adapter, and the line comes back
//     as another tty under the same name;
//   - a name that is taken by anything but a link (or a dead socket) is refused,
//     never overwritten;
//   - a Line serves one connection at a time, the next one waits;
//   - a Station's commands are subscribed anew at every connection of a clean
//     session, and a command that the broker kept (retained) is left out;
//   - Run returns when its context ends, with every name and port given back.
package wire
