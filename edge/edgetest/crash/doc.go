// Package crash breaks the real binary and looks at what is left: kill -9 under
// load with an outside ledger, every state that a power cut could leave on the
// disk (rebuilt from a strace), damaged files, a full disk, a failing flush.
//
// It holds tests only; they start the program as an operator would, speak the
// contracts with it, and judge by the pulled events, by what the printers gave
// out and by what was answered. Counts come from the environment (KILL_ROUNDS,
// IMAGES, DAMAGES), so that the soak runs the same tests for longer.
//
// Invariant: every guard that these tests prove has a negative control, a build
// without it that must fail the same check.
package crash
