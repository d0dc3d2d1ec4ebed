// Package journaltest is a disk in memory that fails like a disk: for crash
// tests of the journal and simulations of what stands on it.
//
// Disk keeps what the page cache shows and what is on the platter apart. A
// flush moves one to the other. Crash gives the disk that a power cut leaves:
// of the writes since the last flush any subset of 512-byte sectors, in any
// order; of the changes of names since the last SyncDir a prefix. Kill gives
// the disk that the end of the process leaves: the cache as it was. Faults
// make calls fail: a flush that errors loses some of the writes for ever while
// the cache goes on showing them.
//
// It may import edge/journal and the standard library. It is for tests only.
package journaltest
