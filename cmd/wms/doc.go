// Command wms stands at the central side: it pushes reference data to an edge
// and pulls an edge's events.
//
// It imports kong, sync/* and the standard library, and holds flags, signals,
// exit codes and the progress bar; the work is in sync/push, sync/pull and
// sync/sink.
//
// Exit codes: 0 done; 1 failed; 2 the command line is wrong; 3 pushed, and some
// lines were rejected.
package main
