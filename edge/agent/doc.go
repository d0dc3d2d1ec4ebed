// Package agent is the composition root: it opens what one edge consists of,
// wires the parts and runs them together. It is the only package that sees
// everything; it decides nothing about the floor.
//
// Open prepares (locks the data folder, opens keys, vault, journal and store,
// recovers the state), Run blocks until the context ends or a part fails. After
// a failed flush Run returns the fault and the process is to end: the service
// manager starts it again, and Open reads what the disk really holds.
package agent
