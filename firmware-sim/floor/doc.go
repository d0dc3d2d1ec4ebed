// Package floor plays the floor of one configuration: the printers it names, at
// the addresses it names, a person who puts paper in, and a crew that works
// against its HTTP port. What goes wrong and when may come from a fault script.
//
// It reads of the configuration only what it plays, and leaves judging the rest
// to the program whose configuration it is. It imports the other packages of
// firmware-sim, go-toml, and never devices, labels or edge.
//
// Invariant: Run returns when ctx ends or the crew is done, with every printer
// and socket closed.
package floor
