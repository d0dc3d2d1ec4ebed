// Package linktest holds wires for tests: Pipe (in memory, fit for
// testing/synctest), Record, Playback and Cut, a wire that fails at byte n.
//
// It may import devices and the standard library, and is imported by tests only.
//
// Invariants: a Playback whose script was not used up fails its test; Cut lets
// exactly n bytes through, never one more.
package linktest
