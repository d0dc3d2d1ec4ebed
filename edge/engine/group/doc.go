// Package group holds the two halves of a group commit: a bounded queue that
// one goroutine drains whole, and the come-back window in which it waits for
// those whom it has just answered.
//
// It imports the standard library only. edge/engine commits with it, and
// edge/engine/bench runs the raw disk loop through the same code, so that the
// two can be compared.
package group
