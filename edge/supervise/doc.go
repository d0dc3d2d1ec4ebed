// Package supervise keeps long-running parts alive: Group runs them together
// and ends them together, Restart runs one again after a fault with a capped,
// jittered Backoff, Board knows how each one is.
//
// It imports the standard library only. A Runner blocks until its context ends
// or it fails; it never restarts itself.
package supervise
