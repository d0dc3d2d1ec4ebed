// Package fault plays a script of what goes wrong at simulated devices: what,
// when, and for how long.
//
//	[[fault]]
//	after = "30s"            # from the start, divided by the speed
//	for = "20s"              # then it is as it was before; left out: it stays
//	device = "scale-1"       # or printer = , scanner = , … : the word says no more
//	stuck = true             # the rest is for the device: see its package's Faults
//
// It imports the standard library and go-toml, never devices, labels or edge.
//
// Invariants: a script is checked whole before anything happens (every unknown
// key and device is told at once); a step that ends gives back only the keys that
// it changed; steps of the same instant come in the order of the file.
package fault
