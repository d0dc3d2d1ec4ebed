// Package heap sets how far the heap may grow before the collector runs.
//
// Go's own rule is a share of what lives. An edge at rest has little that
// lives, so under load it would collect many times a second. Here the share
// follows from a fixed headroom: with 10 MB alive and 32 MB of headroom the
// collector runs a third as often, and with 100 MB alive the heap does not
// double.
//
// It imports the standard library only. The setting is the process's: one
// Tuner runs at a time.
package heap
