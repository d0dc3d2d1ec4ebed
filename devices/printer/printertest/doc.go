// Package printertest is a small printer for tests of the driver and of the
// label ledger: it answers on any net.Conn and remembers every label.
//
// It may import the standard library only and is imported by tests only. It is
// no judge of its own: the simulator in firmware-sim is written independently.
//
// Invariants: labels that came out stay counted over connections and faults;
// time is read when something asks, so it has no goroutine of its own and fits
// testing/synctest.
package printertest
